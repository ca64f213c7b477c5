#include "check.h"

#include "geo/rg_geo_batch.h"
#include "oracle.h"

#include <math.h>
#include <string.h>

/* Around the size of a block and of a vector. */
static const size_t counts[] = {0, 1, 2, 3, 4, 5, 7, 255, 256, 257, 258, 513, 2000};

typedef struct pairs {
    int32_t lats1_e7[2000], lons1_e7[2000], lats2_e7[2000], lons2_e7[2000];
} pairs;

static rg_point first(const pairs *p, size_t i)
{
    return (rg_point){p->lats1_e7[i], p->lons1_e7[i]};
}

static rg_point second(const pairs *p, size_t i)
{
    return (rg_point){p->lats2_e7[i], p->lons2_e7[i]};
}

static void set(pairs *p, size_t i, rg_point from, rg_point to)
{
    p->lats1_e7[i] = from.lat_e7;
    p->lons1_e7[i] = from.lon_e7;
    p->lats2_e7[i] = to.lat_e7;
    p->lons2_e7[i] = to.lon_e7;
}

static int32_t any_coordinate(sample_random *random)
{
    return (int32_t)(uint32_t)sample_bits(random);
}

static rg_point anywhere(sample_random *random)
{
    return (rg_point){sample_between(random, -900000000, 900000000),
                      sample_between(random, -1800000000, 1800000000)};
}

static int32_t clamp(int64_t value, int32_t limit)
{
    return (int32_t)(value < -limit ? -limit : value > limit ? limit : value);
}

/* Returns a point on Earth close to another one, from one unit to about a radian away. */
static rg_point close_to(sample_random *random, rg_point point)
{
    int32_t reach_e7 = 1 << sample_below(random, 29);
    return (rg_point){
        clamp((int64_t)point.lat_e7 + sample_between(random, -reach_e7, reach_e7), 900000000),
        clamp((int64_t)point.lon_e7 + sample_between(random, -reach_e7, reach_e7), 1800000000)};
}

static rg_point antipode(rg_point point)
{
    return (rg_point){-point.lat_e7,
                      point.lon_e7 > 0 ? point.lon_e7 - 1800000000 : point.lon_e7 + 1800000000};
}

/* Sets a difficult pair on Earth, often next to a pole or the antimeridian. */
static void set_hard(pairs *p, size_t i, sample_random *random)
{
    static const int32_t edges[] = {0, 900000000, -900000000, 1800000000, -1800000000};
    rg_point from = anywhere(random);
    if (sample_below(random, 4) == 0)
        from.lon_e7 = close_to(random, (rg_point){0, edges[3 + sample_below(random, 2)]}).lon_e7;
    if (sample_below(random, 4) == 0)
        from.lat_e7 = close_to(random, (rg_point){edges[sample_below(random, 3)], 0}).lat_e7;
    rg_point to = close_to(random, from);
    switch (sample_below(random, 4)) {
    case 0:
        break;
    case 1: /* close, across the antimeridian */
        to.lon_e7 = to.lon_e7 > 0 ? to.lon_e7 - 1800000000 : to.lon_e7 + 1800000000;
        from.lon_e7 = antipode(from).lon_e7;
        break;
    case 2: /* close, across the pole */
        to.lon_e7 = antipode(to).lon_e7;
        break;
    default:
        to = antipode(to);
        break;
    }
    set(p, i, from, to);
}

static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

/* 2 asin of the root of a sum that cannot cancel, or of its complement, in long double. */
static double true_distance_m(rg_point from, rg_point to)
{
    const long double half = 3.14159265358979323846264338327950288L / 360e7L;
    long double dlat = fabsl((long double)from.lat_e7 - to.lat_e7);
    long double slat = fabsl((long double)from.lat_e7 + to.lat_e7);
    long double dlon = fabsl((long double)from.lon_e7 - to.lon_e7);
    dlon = dlon > 1.8e9L ? 3.6e9L - dlon : dlon;
    long double sin_a = sinl(half * dlat), cos_a = sinl(half * (1.8e9L - dlat));
    long double sin_b = sinl(half * slat), cos_b = sinl(half * (1.8e9L - slat));
    long double sin_c = sinl(half * dlon), cos_c = sinl(half * (1.8e9L - dlon));
    long double sine = hypotl(sin_a * cos_c, cos_b * sin_c);
    long double cosine = hypotl(cos_a * cos_c, sin_b * sin_c);
    return (double)(2 * 6371000 * atan2l(sine, cosine));
}

static void check_bound(const pairs *p, size_t count)
{
    static double got_m[2000];
    rg_haversine_many_m(got_m, p->lats1_e7, p->lons1_e7, p->lats2_e7, p->lons2_e7, count);
    for (size_t i = 0; i < count; i++) {
        rg_point from = first(p, i), to = second(p, i);
        double want_m = true_distance_m(from, to);
        check_case("%d %d to %d %d", from.lat_e7, from.lon_e7, to.lat_e7, to.lon_e7);
        CHECK(fabs(got_m[i] - want_m) <= 1e-10 * want_m);
    }
}

static void distances_keep_their_bound(void)
{
    static pairs p;
    sample_random random = {23};
    for (int round = 0; round < check_rounds(20); round++) {
        for (size_t i = 0; i < 2000; i++)
            set(&p, i, anywhere(&random), anywhere(&random));
        check_bound(&p, 2000);
        for (size_t i = 0; i < 2000; i++)
            set_hard(&p, i, &random);
        check_bound(&p, 2000);
    }
}

/* Compares the reference of the test above with one that shares nothing with the implementation. */
static void the_reference_agrees_with_vectors(void)
{
    sample_random random = {24};
    for (int i = 0; i < check_rounds(2000); i++) {
        rg_point from = anywhere(&random), to = anywhere(&random);
        double want_m = (double)oracle_distance_m(from, to);
        CHECK(fabs(true_distance_m(from, to) - want_m) <= 1e-14 * want_m + 1e-8);
    }
}

static void distances_do_not_depend_on_their_position(void)
{
    static pairs p;
    static double all_m[2000], got_m[2000];
    sample_random random = {25};
    for (size_t i = 0; i < 2000; i++)
        set_hard(&p, i, &random);
    rg_haversine_many_m(all_m, p.lats1_e7, p.lons1_e7, p.lats2_e7, p.lons2_e7, 2000);
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        size_t count = counts[c], skipped = (2000 - count) / 2;
        rg_haversine_many_m(got_m, p.lats1_e7 + skipped, p.lons1_e7 + skipped, p.lats2_e7 + skipped,
                            p.lons2_e7 + skipped, count);
        CHECK(memcmp(got_m, all_m + skipped, count * sizeof *got_m) == 0);
        rg_haversine_from_m(got_m, first(&p, c), p.lats2_e7, p.lons2_e7, count);
        for (size_t i = 0; i < count; i++) {
            rg_point from = first(&p, c), to = second(&p, i);
            double one_m;
            rg_haversine_many_m(&one_m, &from.lat_e7, &from.lon_e7, &to.lat_e7, &to.lon_e7, 1);
            CHECK(same_bits(got_m[i], one_m));
        }
    }
}

/* Off the Earth the error has no bound, but the angle is right, and a point is 0 away from itself.
 */
static void any_coordinates_are_angles(void)
{
    sample_random random = {26};
    for (int i = 0; i < check_rounds(20000); i++) {
        rg_point from = {any_coordinate(&random), any_coordinate(&random)};
        rg_point to = {any_coordinate(&random), any_coordinate(&random)};
        double got_m, zero_m;
        rg_haversine_many_m(&got_m, &from.lat_e7, &from.lon_e7, &to.lat_e7, &to.lon_e7, 1);
        rg_haversine_many_m(&zero_m, &from.lat_e7, &from.lon_e7, &from.lat_e7, &from.lon_e7, 1);
        check_case("%d %d to %d %d", from.lat_e7, from.lon_e7, to.lat_e7, to.lon_e7);
        CHECK(fabs(got_m - (double)oracle_distance_m(from, to)) < 0.01);
        CHECK(zero_m == 0);
    }
}

static void a_path_adds_its_legs_in_order(void)
{
    static int32_t lats_e7[2000], lons_e7[2000];
    sample_random random = {27};
    for (size_t i = 0; i < 2000; i++) {
        rg_point point = anywhere(&random);
        lats_e7[i] = point.lat_e7;
        lons_e7[i] = point.lon_e7;
    }
    CHECK(rg_path_length_m(NULL, NULL, 0) == 0);
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        double length_m = 0, leg_m;
        for (size_t i = 1; i < counts[c]; i++) {
            rg_haversine_many_m(&leg_m, &lats_e7[i - 1], &lons_e7[i - 1], &lats_e7[i], &lons_e7[i],
                                1);
            length_m += leg_m;
        }
        CHECK(same_bits(rg_path_length_m(lats_e7, lons_e7, counts[c]), length_m));
    }
}

void test_geo_batch(void)
{
    RUN(the_reference_agrees_with_vectors);
    RUN(distances_keep_their_bound);
    RUN(distances_do_not_depend_on_their_position);
    RUN(any_coordinates_are_angles);
    RUN(a_path_adds_its_legs_in_order);
}
