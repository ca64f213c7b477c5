/* The distance between two points whose haversine is `a` is
 *
 *   2 R asin(sqrt(a))  or, beyond a quarter of the circumference,  pi R - 2 R asin(sqrt(1 - a))
 *
 * so that the arcsine is needed up to 1/2 only. rg_arc.h computes `a`.
 */
#include "geo/rg_geo_batch.h"

#include "geo/rg_arc.h"

enum { BLOCK = 256 }; /* pairs whose arrays stay in the first-level cache */

/* 2 R asin(x) / x in powers of x^2, for x^2 up to 1/2; relative error 4.6e-11. */
static const double arcsine_m[] = {
    12742000.000589235, 2123666.392614556,  955671.0210852905,  568212.9364009163,
    396638.14662417944, 201599.28552411665, 671216.4175759975,  -1345700.0200123207,
    3332921.815889556,  -3703097.117533414, 2227280.2718656687,
};

static double meters_of(double a)
{
    double x = a, x2 = x * x, x4 = x2 * x2;
    const double *c = arcsine_m;
    double low = (c[0] + c[1] * x) + (c[2] + c[3] * x) * x2;
    double middle = (c[4] + c[5] * x) + (c[6] + c[7] * x) * x2;
    double high = (c[8] + c[9] * x) + c[10] * x2;
    return sqrt(x) * (low + (middle + high * x4) * x4);
}

static double pair_m(rg_point from, rg_point to)
{
    double dlat = rg_arc_fold((double)from.lat_e7 - to.lat_e7);
    double slat = rg_arc_fold((double)from.lat_e7 + to.lat_e7);
    double dlon = rg_arc_fold((double)from.lon_e7 - to.lon_e7);
    double sin2_c = rg_arc_haversine(dlon), cos2_c = rg_arc_haversine(RG_HALF_TURN_E7 - dlon);
    double a = rg_arc_haversine(dlat) * cos2_c + rg_arc_haversine(RG_HALF_TURN_E7 - slat) * sin2_c;
    if (a <= 0.5)
        return meters_of(a);
    double rest =
        rg_arc_haversine(RG_HALF_TURN_E7 - dlat) * cos2_c + rg_arc_haversine(slat) * sin2_c;
    return RG_HALF_CIRCUMFERENCE_M - meters_of(rest);
}

#ifdef RG_SIMD_X86

/* A complement of `a` below this is not exact enough as a difference: pair_m computes it as a sum.
 * The points are then less than 1.8 degrees from antipodes. */
static const double nearly_antipodal = 1.0 / 4096;

RG_AVX2 static inline __m256d meters_of_four(__m256d a)
{
    const double *c = arcsine_m;
    __m256d x2 = _mm256_mul_pd(a, a), x4 = _mm256_mul_pd(x2, x2);
    __m256d high = _mm256_fmadd_pd(_mm256_set1_pd(c[10]), x2, rg_arc_line(c + 8, a));
    __m256d middle = _mm256_fmadd_pd(high, x4, rg_arc_cubic(c + 4, a, x2));
    __m256d low = rg_arc_cubic(c, a, x2);
    return _mm256_mul_pd(_mm256_sqrt_pd(a), _mm256_fmadd_pd(middle, x4, low));
}

/* Writes four distances, and returns a bit for each lane that needs pair_m instead: next to
 * antipodes, or out of range. */
RG_AVX2 static inline int four(double *out_m, __m256d lats1, __m256d lons1, __m256d lats2,
                               __m256d lons2)
{
    const __m256d sign = _mm256_set1_pd(-0.0);
    __m256d off_earth;
    __m256d a = rg_arc_between(lats1, lons1, lats2, lons2, &off_earth);
    __m256d rest = _mm256_sub_pd(_mm256_set1_pd(1), a);

    __m256d far = _mm256_cmp_pd(rest, a, _CMP_LT_OQ);
    __m256d near_m = meters_of_four(_mm256_min_pd(a, rest));
    __m256d base_m = _mm256_and_pd(far, _mm256_set1_pd(RG_HALF_CIRCUMFERENCE_M));
    _mm256_storeu_pd(out_m, _mm256_add_pd(base_m, _mm256_xor_pd(near_m, _mm256_and_pd(far, sign))));

    __m256d antipodal = _mm256_cmp_pd(rest, _mm256_set1_pd(nearly_antipodal), _CMP_LT_OQ);
    return _mm256_movemask_pd(_mm256_or_pd(off_earth, antipodal));
}

/* Takes a multiple of four pairs. */
RG_AVX2 static void fours(double *out_m, const int32_t *lats1_e7, const int32_t *lons1_e7,
                          const int32_t *lats2_e7, const int32_t *lons2_e7, size_t count)
{
    for (size_t i = 0; i < count; i += 4) {
        int left = four(out_m + i, rg_arc_load(lats1_e7 + i), rg_arc_load(lons1_e7 + i),
                        rg_arc_load(lats2_e7 + i), rg_arc_load(lons2_e7 + i));
        for (size_t lane = i; left; lane++, left >>= 1)
            if (left & 1)
                out_m[lane] = pair_m((rg_point){lats1_e7[lane], lons1_e7[lane]},
                                     (rg_point){lats2_e7[lane], lons2_e7[lane]});
    }
}

/* Fills the last pairs up to four, so that no distance depends on its position in the array. */
static void many_avx2(double *out_m, const int32_t *lats1_e7, const int32_t *lons1_e7,
                      const int32_t *lats2_e7, const int32_t *lons2_e7, size_t count)
{
    size_t last = count % 4, whole = count - last;
    fours(out_m, lats1_e7, lons1_e7, lats2_e7, lons2_e7, whole);
    int32_t filled_e7[4][4] = {{0}};
    double filled_m[4];
    for (size_t i = 0; i < last; i++) {
        filled_e7[0][i] = lats1_e7[whole + i];
        filled_e7[1][i] = lons1_e7[whole + i];
        filled_e7[2][i] = lats2_e7[whole + i];
        filled_e7[3][i] = lons2_e7[whole + i];
    }
    if (last)
        fours(filled_m, filled_e7[0], filled_e7[1], filled_e7[2], filled_e7[3], 4);
    for (size_t i = 0; i < last; i++)
        out_m[whole + i] = filled_m[i];
}
#endif

void rg_haversine_many_m(double *out_m, const int32_t *lats1_e7, const int32_t *lons1_e7,
                         const int32_t *lats2_e7, const int32_t *lons2_e7, size_t count)
{
#ifdef RG_SIMD_X86
    if (rg_simd_avx2()) {
        many_avx2(out_m, lats1_e7, lons1_e7, lats2_e7, lons2_e7, count);
        return;
    }
#endif
    for (size_t i = 0; i < count; i++)
        out_m[i] =
            pair_m((rg_point){lats1_e7[i], lons1_e7[i]}, (rg_point){lats2_e7[i], lons2_e7[i]});
}

void rg_haversine_from_m(double *out_m, rg_point from, const int32_t *lats_e7,
                         const int32_t *lons_e7, size_t count)
{
    int32_t from_lats_e7[BLOCK], from_lons_e7[BLOCK];
    size_t filled = count < BLOCK ? count : BLOCK;
    for (size_t i = 0; i < filled; i++) {
        from_lats_e7[i] = from.lat_e7;
        from_lons_e7[i] = from.lon_e7;
    }
    for (size_t i = 0; i < count; i += filled)
        rg_haversine_many_m(out_m + i, from_lats_e7, from_lons_e7, lats_e7 + i, lons_e7 + i,
                            count - i < filled ? count - i : filled);
}

double rg_path_length_m(const int32_t *lats_e7, const int32_t *lons_e7, size_t count)
{
    double legs_m[BLOCK], length_m = 0;
    for (size_t done = 0; done + 1 < count;) {
        size_t legs = count - 1 - done < BLOCK ? count - 1 - done : BLOCK;
        rg_haversine_many_m(legs_m, lats_e7 + done, lons_e7 + done, lats_e7 + done + 1,
                            lons_e7 + done + 1, legs);
        for (size_t i = 0; i < legs; i++)
            length_m += legs_m[i];
        done += legs;
    }
    return length_m;
}
