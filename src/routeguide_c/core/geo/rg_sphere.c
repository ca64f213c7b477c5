#include "geo/rg_sphere.h"

#include "geo/rg_arc.h"
#include "geo/rg_geo.h"
#include "geo/rg_geo_batch.h"

#include <math.h>

/* Subtracted from a cosine, 1 minus twice a haversine, so that rounding never makes it too large.
 */
static const double cosine_error = 1e-11;

/* Single instructions, unlike fmin and fmax: no argument is NaN. */
static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static bool is_pole(rg_point point)
{
    return point.lat_e7 == RG_POLE_E7 || point.lat_e7 == -RG_POLE_E7;
}

static double least_cosine(double lat_e7)
{
    return larger(0, 1 - cosine_error - 2 * rg_arc_haversine(lat_e7));
}

rg_sphere_center rg_sphere_center_at(rg_point point)
{
    if (point.lon_e7 == -RG_ANTIMERIDIAN_E7)
        point.lon_e7 = RG_ANTIMERIDIAN_E7;
    return (rg_sphere_center){point, least_cosine(fabs((double)point.lat_e7))};
}

static double estimate(rg_point from, rg_point to)
{
    if (!rg_sphere_has(to))
        return NAN;
    double sin2_a = rg_arc_haversine(fabs((double)from.lat_e7 - to.lat_e7));
    double cos2_b = rg_arc_haversine(RG_HALF_TURN_E7 - fabs((double)from.lat_e7 + to.lat_e7));
    double sin2_c = rg_arc_haversine(rg_arc_fold((double)from.lon_e7 - to.lon_e7));
    return sin2_a + sin2_c * (cos2_b - sin2_a);
}

#ifdef RG_SIMD_X86
RG_AVX2 static void estimate_avx2(double *haversines, rg_point from, const int32_t *lats_e7,
                                  const int32_t *lons_e7, size_t count)
{
    const __m256d lat = _mm256_set1_pd(from.lat_e7), lon = _mm256_set1_pd(from.lon_e7);
    const __m256d sign = _mm256_set1_pd(-0.0), most = _mm256_set1_pd(RG_ANTIMERIDIAN_E7);
    for (size_t i = 0; i < count; i += 4) {
        __m256d lons = rg_arc_load(lons_e7 + i), off_earth;
        __m256d a = rg_arc_between(lat, lon, rg_arc_load(lats_e7 + i), lons, &off_earth);
        __m256d beyond = _mm256_cmp_pd(_mm256_andnot_pd(sign, lons), most, _CMP_GT_OQ);
        /* A double with all bits set is NaN. */
        _mm256_storeu_pd(haversines + i, _mm256_or_pd(a, _mm256_or_pd(off_earth, beyond)));
    }
}
#endif

void rg_sphere_estimate(double *haversines, rg_sphere_center center, const int32_t *lats_e7,
                        const int32_t *lons_e7, size_t count)
{
#ifdef RG_SIMD_X86
    if (rg_simd_avx2()) {
        estimate_avx2(haversines, center.place, lats_e7, lons_e7, count);
        return;
    }
#endif
    for (size_t i = 0; i < count; i++)
        haversines[i] = estimate(center.place, (rg_point){lats_e7[i], lons_e7[i]});
}

/* The haversine hav(dlat) + cos(lat1) cos(lat2) hav(dlon) is at least its value with each part at
 * the least that it has in the box. */
double rg_sphere_least(rg_sphere_center center, rg_sphere_box box)
{
    double lat = center.place.lat_e7, lon = center.place.lon_e7;
    double south = larger(box.south, -RG_POLE_E7), north = smaller(box.north, RG_POLE_E7);
    double west = larger(box.west, -RG_ANTIMERIDIAN_E7),
           east = smaller(box.east, RG_ANTIMERIDIAN_E7);
    if (south > north || west > east)
        return INFINITY;
    double dlat = larger(0, larger(south - lat, lat - north));
    double least = rg_arc_haversine(dlat);
    if (lon >= west && lon <= east)
        return least;
    double eastward = west - lon, westward = lon - east;
    if (eastward < 0)
        eastward += RG_FULL_TURN_E7;
    if (westward < 0)
        westward += RG_FULL_TURN_E7;
    double dlon = smaller(eastward, westward);
    double cosine = least_cosine(larger(fabs(south), fabs(north)));
    return least + center.cosine * cosine * rg_arc_haversine(dlon);
}

/* Distances are within 1e-10 of the truth, so their order is the true one where the truths differ
 * by a factor of 1 + 2e-10. The logarithm of a haversine grows at most twice as fast as that of its
 * angle: such distances have haversines that differ by 1 + 4e-10 or less. Estimates are within
 * 1e-11 of the haversines. */
double rg_sphere_at_most(double haversine)
{
    return haversine * (1 + 5e-10);
}

double rg_sphere_haversine_of_m(double distance_m)
{
    double half_angle = distance_m / (2 * RG_EARTH_RADIUS_M);
    if (half_angle > RG_PI / 2)
        return 1;
    double sine = sin(half_angle);
    return sine * sine;
}

/* The place with the longitude that it is measured at. */
static rg_point as_measured(rg_sphere_center center, rg_point place)
{
    if (is_pole(center.place) || is_pole(place))
        place.lon_e7 = center.place.lon_e7;
    else if (place.lon_e7 == -RG_ANTIMERIDIAN_E7)
        place.lon_e7 = RG_ANTIMERIDIAN_E7;
    return place;
}

double rg_sphere_distance_m(rg_sphere_center center, rg_point place)
{
    return rg_haversine_m(center.place, as_measured(center, place));
}

void rg_sphere_distances_m(double *out_m, rg_sphere_center center, int32_t *lats_e7,
                           int32_t *lons_e7, size_t count)
{
    for (size_t i = 0; i < count; i++)
        lons_e7[i] = as_measured(center, (rg_point){lats_e7[i], lons_e7[i]}).lon_e7;
    rg_haversine_from_m(out_m, center.place, lats_e7, lons_e7, count);
}
