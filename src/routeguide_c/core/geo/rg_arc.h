/* rg_arc: haversines of angles in E7 by one polynomial, without libm; shared by rg_geo_batch.c,
 * rg_sphere.c and rg_along.c.
 *
 * With half the angles between two points, A = dlat / 2 and C = dlon / 2, and half the sum of the
 * latitudes, B, the haversine and its complement are sums of products that cannot cancel:
 *
 *   a     = sin(A)^2 cos(C)^2 + cos(B)^2 sin(C)^2
 *   1 - a = cos(A)^2 cos(C)^2 + sin(B)^2 sin(C)^2
 *
 * Each square is the haversine of an angle up to a half turn, for a cosine that of its supplement,
 * and differences in E7 are exact: the only error is the small relative one of the polynomial. On
 * Earth cos(B) >= sin(A).
 *
 * Ownership: plain values.
 * Threads: pure functions.
 * Cost: ten multiplications and additions a haversine.
 * Source: the coefficients come from tools/minimax.py.
 */
#ifndef RG_ARC_H
#define RG_ARC_H

#include "base/rg_simd.h"
#include "geo/rg_point.h"

#include <math.h>

/* sin(x / 2)^2 / x^2 in powers of x^2, for x in E7 up to a half turn; relative error 1.2e-12. */
static const double rg_arc_coefficients[8] = {
    7.61543549465871e-19,    -1.9331619254595775e-37,  1.9629159735416866e-56,
    -1.0677467022592919e-75, 3.613885592290889e-95,    -8.336611715503505e-115,
    1.3841395366362052e-134, -1.5511224531551245e-154,
};

/* Returns the haversine, sin(angle / 2)^2, of an angle from 0 to a half turn. */
static inline double rg_arc_haversine(double angle_e7)
{
    const double *c = rg_arc_coefficients;
    double x = angle_e7 * angle_e7, x2 = x * x, x4 = x2 * x2;
    double low = (c[0] + c[1] * x) + (c[2] + c[3] * x) * x2;
    double high = (c[4] + c[5] * x) + (c[6] + c[7] * x) * x2;
    return x * (low + high * x4);
}

/* Returns the angle between 0 and a half turn that has the same cosine as a difference or sum of
 * two int32. */
static inline double rg_arc_fold(double angle_e7)
{
    double size_e7 = fabs(angle_e7);
    return size_e7 > RG_HALF_TURN_E7 ? fabs(RG_FULL_TURN_E7 - size_e7) : size_e7;
}

#ifdef RG_SIMD_X86
#include <immintrin.h>

/* c0 + c1 x */
RG_AVX2 static inline __m256d rg_arc_line(const double *c, __m256d x)
{
    return _mm256_fmadd_pd(_mm256_set1_pd(c[1]), x, _mm256_set1_pd(c[0]));
}

/* c0 + c1 x + c2 x^2 + c3 x^3 */
RG_AVX2 static inline __m256d rg_arc_cubic(const double *c, __m256d x, __m256d x2)
{
    return _mm256_fmadd_pd(rg_arc_line(c + 2, x), x2, rg_arc_line(c, x));
}

/* Returns four haversines. */
RG_AVX2 static inline __m256d rg_arc_haversines(__m256d angles_e7)
{
    const double *c = rg_arc_coefficients;
    __m256d x = _mm256_mul_pd(angles_e7, angles_e7);
    __m256d x2 = _mm256_mul_pd(x, x), x4 = _mm256_mul_pd(x2, x2);
    return _mm256_mul_pd(x,
                         _mm256_fmadd_pd(rg_arc_cubic(c + 4, x, x2), x4, rg_arc_cubic(c, x, x2)));
}

/* Returns the haversines of the angles between four pairs of points. Lanes with a latitude out of
 * range have all bits set in `off_earth`, and no meaning. */
RG_AVX2 static inline __m256d rg_arc_between(__m256d lats1_e7, __m256d lons1_e7, __m256d lats2_e7,
                                             __m256d lons2_e7, __m256d *off_earth)
{
    const __m256d sign = _mm256_set1_pd(-0.0);
    __m256d dlat = _mm256_andnot_pd(sign, _mm256_sub_pd(lats1_e7, lats2_e7));
    __m256d slat = _mm256_andnot_pd(sign, _mm256_add_pd(lats1_e7, lats2_e7));
    __m256d dlon = _mm256_andnot_pd(sign, _mm256_sub_pd(lons1_e7, lons2_e7));
    __m256d rest_of_slat = _mm256_sub_pd(_mm256_set1_pd(RG_HALF_TURN_E7), slat);
    __m256d rest_of_dlon = _mm256_sub_pd(_mm256_set1_pd(RG_FULL_TURN_E7), dlon);
    dlon = _mm256_min_pd(dlon, _mm256_andnot_pd(sign, rest_of_dlon));

    /* dlat + slat is twice the larger latitude. */
    *off_earth = _mm256_cmp_pd(dlat, rest_of_slat, _CMP_GT_OQ);
    __m256d sin2_a = rg_arc_haversines(dlat), cos2_b = rg_arc_haversines(rest_of_slat);
    __m256d sin2_c = rg_arc_haversines(dlon);
    return _mm256_fmadd_pd(sin2_c, _mm256_sub_pd(cos2_b, sin2_a), sin2_a);
}

/* Loads four int32 as doubles. */
RG_AVX2 static inline __m256d rg_arc_load(const int32_t *values_e7)
{
    return _mm256_cvtepi32_pd(_mm_loadu_si128((const __m128i *)values_e7));
}
#endif

#endif
