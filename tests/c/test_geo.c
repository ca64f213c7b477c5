#include "check.h"

#include "geo/rg_geo.h"
#include "oracle.h"

#include <math.h>

static const double half_circumference_m = RG_HALF_CIRCUMFERENCE_M;

/* Next to antipodes the haversine formula loses half of its digits. */
static void check_distance(rg_point from, rg_point to)
{
    check_case("%d %d to %d %d", from.lat_e7, from.lon_e7, to.lat_e7, to.lon_e7);
    double got_m = rg_haversine_m(from, to);
    double want_m = (double)oracle_distance_m(from, to);
    double tolerance_m = want_m > 0.999 * half_circumference_m ? 0.2 : 1e-6 + 1e-10 * want_m;
    CHECK(fabs(got_m - want_m) <= tolerance_m);
}

static rg_point anywhere(sample_random *random)
{
    return (rg_point){sample_between(random, -900000000, 900000000),
                      sample_between(random, -1800000000, 1800000000)};
}

static void distances_agree_with_vectors(void)
{
    sample_random random = {1};
    for (int i = 0; i < check_rounds(2000); i++) {
        rg_point from = anywhere(&random), to = anywhere(&random);
        check_distance(from, to);
        to = (rg_point){from.lat_e7 / 2 + sample_between(&random, -1000, 1000), from.lon_e7};
        check_distance(from, to);
    }
}

static void a_distance_is_the_same_both_ways(void)
{
    sample_random random = {2};
    for (int i = 0; i < check_rounds(2000); i++) {
        rg_point a = anywhere(&random), b = anywhere(&random);
        check_case("%d %d and %d %d", a.lat_e7, a.lon_e7, b.lat_e7, b.lon_e7);
        CHECK(fabs(rg_haversine_m(a, b) - rg_haversine_m(b, a)) <= 1e-8);
    }
}

static void nowhere_is_further_than_the_antipode(void)
{
    sample_random random = {3};
    for (int i = 0; i < check_rounds(5000); i++) {
        rg_point from = anywhere(&random);
        rg_point to = {-from.lat_e7,
                       from.lon_e7 > 0 ? from.lon_e7 - 1800000000 : from.lon_e7 + 1800000000};
        check_case("%d %d", from.lat_e7, from.lon_e7);
        double distance_m = rg_haversine_m(from, to);
        CHECK(distance_m <= half_circumference_m);
        CHECK(distance_m > half_circumference_m - 0.2);
    }
}

/* Coordinates off the Earth are angles like any other, and never give NaN. */
static void any_coordinates_have_a_distance(void)
{
    sample_random random = {4};
    for (int i = 0; i < check_rounds(5000); i++) {
        rg_point from = {(int32_t)(uint32_t)sample_bits(&random),
                         (int32_t)(uint32_t)sample_bits(&random)};
        rg_point to = {(int32_t)(uint32_t)sample_bits(&random),
                       (int32_t)(uint32_t)sample_bits(&random)};
        check_case("%d %d to %d %d", from.lat_e7, from.lon_e7, to.lat_e7, to.lon_e7);
        double distance_m = rg_haversine_m(from, to);
        CHECK(distance_m >= 0 && distance_m <= half_circumference_m);
    }
}

static void known_distances(void)
{
    rg_point origin = {0, 0}, north_pole = {900000000, 0}, far_pole = {900000000, 1230000000};
    rg_point east = {0, 1800000000}, west = {0, -1800000000};
    CHECK(rg_haversine_m(origin, origin) == 0);
    CHECK(fabs(rg_haversine_m(origin, north_pole) - half_circumference_m / 2) < 1e-6);
    CHECK(rg_haversine_m(north_pole, far_pole) < 1e-6);
    CHECK(rg_haversine_m(east, west) < 1e-6);
    CHECK(fabs(rg_haversine_m(origin, east) - half_circumference_m) < 1e-6);
    CHECK(fabs(rg_haversine_m(origin, (rg_point){0, 1}) - half_circumference_m / 180e7) < 1e-12);
}

void test_geo(void)
{
    RUN(distances_agree_with_vectors);
    RUN(a_distance_is_the_same_both_ways);
    RUN(nowhere_is_further_than_the_antipode);
    RUN(any_coordinates_have_a_distance);
    RUN(known_distances);
}
