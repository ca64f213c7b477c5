#include "check.h"

#include "base/rg_alloc.h"
#include "earth.h"
#include "geo/rg_geo_batch.h"
#include "geo/rg_sphere.h"
#include "oracle.h"
#include "search/rg_grid_nodes.h"
#include "search/rg_near.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- the slow answer --- */

/* One distance of a batch, but -180 and +180 are one longitude and a pole has any. */
static double place_distance_m(rg_point from, rg_point to)
{
    if (from.lon_e7 == -1800000000)
        from.lon_e7 = 1800000000;
    if (to.lon_e7 == -1800000000)
        to.lon_e7 = 1800000000;
    if (earth_is_pole(from) || earth_is_pole(to))
        to.lon_e7 = from.lon_e7;
    double distance_m;
    rg_haversine_from_m(&distance_m, from, &to.lat_e7, &to.lon_e7, 1);
    return distance_m;
}

typedef struct oracle_hit {
    double distance_m;
    uint32_t id;
} oracle_hit;

static int compare_hits(const void *a, const void *b)
{
    const oracle_hit *x = a, *y = b;
    if (x->distance_m != y->distance_m)
        return x->distance_m < y->distance_m ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* Sorts all points on Earth, nearest first; returns how many. */
static size_t by_distance(const sample_points *points, rg_point center, oracle_hit *hits)
{
    size_t count = 0;
    for (uint32_t id = 0; id < points->count; id++) {
        rg_point point = {points->lats_e7[id], points->lons_e7[id]};
        if (earth_has(point))
            hits[count++] = (oracle_hit){place_distance_m(center, point), id};
    }
    qsort(hits, count, sizeof *hits, compare_hits);
    return count;
}

/* --- points --- */

/* Returns a place to search from: a point of the set, beside one, its antipode, a pole, anywhere.
 */
static rg_point center_for(sample_random *random, const sample_points *points)
{
    if (sample_below(random, 4) == 0)
        return earth_anchors[sample_below(random, EARTH_ANCHORS)];
    if (points->count == 0 || sample_below(random, 5) == 0)
        return earth_anywhere(random);
    uint32_t id = sample_below(random, points->count);
    rg_point point = {points->lats_e7[id], points->lons_e7[id]};
    if (!earth_has(point))
        return earth_anywhere(random);
    if (sample_below(random, 4) == 0)
        return (rg_point){-point.lat_e7, earth_wrapped((int64_t)point.lon_e7 + 1800000000)};
    if (sample_below(random, 3) == 0)
        return point;
    return earth_beside(random, point, 1 << sample_below(random, 29));
}

static double reach_for(sample_random *random, const oracle_hit *all, size_t count)
{
    switch (sample_below(random, 6)) {
    case 0:
        return 0;
    case 1:
        return 1.0 * sample_below(random, 21000000);
    case 2: /* the distance of a point, or the number before or after it */
        if (count > 0) {
            double reach_m = all[sample_below(random, (uint32_t)count)].distance_m;
            int32_t step = sample_between(random, -1, 1);
            return step == 0 || reach_m == 0 ? reach_m
                                             : nextafter(reach_m, step < 0 ? 0 : INFINITY);
        }
        return 1;
    default:
        return INFINITY;
    }
}

/* --- searches --- */

static void check_search(const rg_grid *grid, rg_point center, size_t most, double reach_m,
                         const oracle_hit *all, size_t count)
{
    double distances_m[70 + RG_HITS_SLACK];
    uint32_t ids[70 + RG_HITS_SLACK];
    rg_hits hits;
    rg_hits_init(&hits, distances_m, ids, 70);
    CHECK(rg_near_search(grid, center, most, reach_m, &hits) == RG_OK);
    size_t expected = 0;
    while (expected < count && expected < most && all[expected].distance_m <= reach_m)
        expected++;
    CHECK(hits.count == expected);
    for (size_t i = 0; i < expected; i++) {
        CHECK(hits.ids[i] == all[i].id);
        CHECK(memcmp(&hits.distances_m[i], &all[i].distance_m, sizeof(double)) == 0);
    }
    rg_hits_clear(&hits);
}

static void check_searches(const sample_points *points, uint64_t seed, int searches)
{
    static const size_t mosts[] = {0, 1, 2, 3, 10, 10, 10, 30, 100, 1000, SIZE_MAX};
    rg_grid *grid = NULL;
    CHECK(rg_grid_build(&grid, points->lats_e7, points->lons_e7, points->count) == RG_OK);
    oracle_hit *all = malloc((points->count + 1) * sizeof *all);
    CHECK(all);
    sample_random random = {seed};
    for (int i = 0; i < searches; i++) {
        rg_point center = center_for(&random, points);
        size_t count = by_distance(points, center, all);
        for (int j = 0; j < 4; j++) {
            size_t most = mosts[sample_below(&random, sizeof mosts / sizeof *mosts)];
            double reach_m = reach_for(&random, all, count);
            check_case("%u points, seed %llu: %zu from %d %d within %a", points->count,
                       (unsigned long long)seed, most, center.lat_e7, center.lon_e7, reach_m);
            check_search(grid, center, most, reach_m, all, count);
        }
    }
    free(all);
    rg_grid_free(grid);
}

static void searches_match_sorting_everything(void)
{
    static const uint32_t counts[] = {0, 1, 2, 9, 64, 65, 66, 200, 1000, 3000};
    for (sample_shape shape = 0; shape < SAMPLE_SHAPES; shape++)
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            for (uint64_t seed = 0; seed < (uint64_t)check_rounds(2); seed++) {
                sample_points points = sample_points_new(shape, counts[i], seed);
                check_searches(&points, seed, 6);
                sample_points_free(&points);
            }
}

static void searches_around_hard_places_match_sorting_everything(void)
{
    static const uint32_t counts[] = {1, 10, 70, 300, 2000};
    static const int shifts[] = {0, 2, 5, 12, 20, 28};
    for (sample_shape shape = 0; shape < SAMPLE_SHAPES; shape++)
        for (size_t anchor = 0; anchor < EARTH_ANCHORS; anchor++)
            for (int round = 0; round < check_rounds(3); round++) {
                sample_random random = {(uint64_t)round * 1000 + anchor};
                uint32_t count = counts[sample_below(&random, 5)];
                int shift = shifts[sample_below(&random, 6)];
                sample_points points = sample_points_new(shape, count, (uint64_t)round);
                earth_bring(&points, earth_anchors[anchor], shift);
                check_searches(&points, random.state, 6);
                sample_points_free(&points);
            }
}

static void searches_of_large_grids_match_sorting_everything(void)
{
    int count = check_rounds(50000);
    for (sample_shape shape = 0; shape < SAMPLE_SHAPES; shape++) {
        sample_points points = sample_points_new(shape, count < 50000 ? (uint32_t)count : 50000, 7);
        earth_bring(&points, earth_anchors[shape % EARTH_ANCHORS], (int)shape % 3);
        check_searches(&points, 8, 3);
        sample_points_free(&points);
    }
}

/* From a pole all points of a latitude are equally far away. */
static void equal_distances_are_ordered_by_id(void)
{
    enum { COUNT = 3000 };
    sample_points points = sample_points_new(SAMPLE_EARTH, COUNT, 3);
    for (uint32_t id = 0; id < COUNT; id++)
        points.lats_e7[id] = id % 3 ? 890000000 : 889999999;
    rg_grid *grid = NULL;
    CHECK(rg_grid_build(&grid, points.lats_e7, points.lons_e7, COUNT) == RG_OK);
    rg_point pole = {900000000, 77};
    rg_hits hits;
    rg_hits_init(&hits, NULL, NULL, 0);
    CHECK(rg_near_search(grid, pole, 100, INFINITY, &hits) == RG_OK);
    CHECK(hits.count == 100);
    for (uint32_t i = 0; i < 100; i++) {
        CHECK(hits.ids[i] == i / 2 * 3 + 1 + i % 2);
        CHECK(hits.distances_m[i] == hits.distances_m[0]);
    }
    rg_hits_clear(&hits);
    rg_grid_free(grid);
    sample_points_free(&points);
}

static void points_at_one_place_have_equal_distances(void)
{
    int32_t lats_e7[] = {10, 10, 900000000, 900000000, 900000000, 900000001, 0, 0};
    int32_t lons_e7[] = {1800000000, -1800000000, 0, 1800000000, -5, 0, 1800000001, -1800000001};
    static const rg_point antimeridian[] = {{10, 1800000000}, {10, -1800000000}};
    static const rg_point pole[] = {{900000000, 1}, {900000000, -1800000000}, {900000000, 0}};
    rg_grid *grid = NULL;
    CHECK(rg_grid_build(&grid, lats_e7, lons_e7, 8) == RG_OK);
    rg_hits hits;
    rg_hits_init(&hits, NULL, NULL, 0);
    for (size_t i = 0; i < 2; i++) {
        hits.count = 0;
        CHECK(rg_near_search(grid, antimeridian[i], 9, 0, &hits) == RG_OK);
        CHECK(hits.count == 2 && hits.ids[0] == 0 && hits.ids[1] == 1);
        CHECK(hits.distances_m[1] == 0);
    }
    for (size_t i = 0; i < 3; i++) {
        hits.count = 0;
        CHECK(rg_near_search(grid, pole[i], 9, INFINITY, &hits) == RG_OK);
        CHECK(hits.count == 5); /* points off the Earth are not found */
        CHECK(hits.ids[0] == 2 && hits.ids[1] == 3 && hits.ids[2] == 4);
        CHECK(hits.distances_m[2] == 0);
        CHECK(hits.distances_m[3] == hits.distances_m[4]);
    }
    rg_hits_clear(&hits);
    rg_grid_free(grid);
}

/* --- the bounds that searches rely on --- */

static void no_place_in_a_box_is_nearer_than_its_least(void)
{
    sample_random random = {31};
    for (int i = 0; i < check_rounds(20000); i++) {
        rg_point center = sample_below(&random, 3)
                              ? earth_anywhere(&random)
                              : earth_anchors[sample_below(&random, EARTH_ANCHORS)];
        rg_point inside = sample_below(&random, 3)
                              ? earth_anywhere(&random)
                              : earth_anchors[sample_below(&random, EARTH_ANCHORS)];
        int32_t reach_e7 = 1 << sample_below(&random, 31);
        rg_sphere_box box = {inside.lat_e7 - sample_below(&random, 2) * 1.0 * reach_e7,
                             inside.lon_e7 - sample_below(&random, 2) * 1.0 * reach_e7,
                             inside.lat_e7 + sample_below(&random, 2) * 1.0 * reach_e7,
                             inside.lon_e7 + sample_below(&random, 2) * 1.0 * reach_e7};
        check_case("from %d %d to %d %d", center.lat_e7, center.lon_e7, inside.lat_e7,
                   inside.lon_e7);
        double least = rg_sphere_least(rg_sphere_center_at(center), box);
        double half_sine = sin(place_distance_m(center, inside) / (2 * RG_EARTH_RADIUS_M));
        CHECK(least <= rg_sphere_at_most(half_sine * half_sine));
    }
}

/* A place whose estimate is further than the slack has a greater distance. */
static void distances_keep_the_order_of_estimates(void)
{
    sample_random random = {32};
    for (int i = 0; i < check_rounds(30000); i++) {
        rg_point center = center_for(&random, &(sample_points){0});
        int32_t lats_e7[2 + RG_SPHERE_SLACK] = {0}, lons_e7[2 + RG_SPHERE_SLACK] = {0};
        int32_t reach_e7 = 1 << sample_below(&random, 31), step_e7 = 1 << sample_below(&random, 20);
        lats_e7[0] = sample_between(&random, -reach_e7, reach_e7) % 900000001;
        lons_e7[0] =
            earth_wrapped((int64_t)center.lon_e7 + sample_between(&random, -reach_e7, reach_e7));
        lats_e7[1] = (lats_e7[0] + sample_between(&random, -step_e7, step_e7)) % 900000001;
        lons_e7[1] =
            earth_wrapped((int64_t)lons_e7[0] + sample_between(&random, -step_e7, step_e7));
        double estimates[2 + RG_SPHERE_SLACK];
        rg_sphere_estimate(estimates, rg_sphere_center_at(center), lats_e7, lons_e7, 2);
        int further = estimates[1] > estimates[0];
        if (estimates[further] <= rg_sphere_at_most(estimates[!further]))
            continue;
        check_case("from %d %d to %d %d and %d %d", center.lat_e7, center.lon_e7, lats_e7[0],
                   lons_e7[0], lats_e7[1], lons_e7[1]);
        CHECK(place_distance_m(center, (rg_point){lats_e7[further], lons_e7[further]}) >
              place_distance_m(center, (rg_point){lats_e7[!further], lons_e7[!further]}));
    }
}

/* --- failed allocations and damaged grids --- */

typedef struct lookup {
    const rg_grid *grid;
    rg_point center;
    size_t most;
} lookup;

static bool search_under_faults(void *context)
{
    const lookup *l = context;
    double distances_m[4 + RG_HITS_SLACK];
    uint32_t ids[4 + RG_HITS_SLACK];
    rg_hits hits;
    rg_hits_init(&hits, distances_m, ids, 4);
    rg_status status = rg_near_search(l->grid, l->center, l->most, INFINITY, &hits);
    CHECK(status == RG_OK || (status == RG_ENOMEM && hits.count == 0));
    rg_hits_clear(&hits);
    return status == RG_OK;
}

static void a_search_out_of_memory_is_empty(void)
{
    for (sample_shape shape = 0; shape < SAMPLE_SHAPES; shape++) {
        sample_points points = sample_points_new(shape, 3000, 1);
        rg_grid *grid = NULL;
        CHECK(rg_grid_build(&grid, points.lats_e7, points.lons_e7, points.count) == RG_OK);
        sample_random random = {3};
        for (size_t most = 1; most <= 1000; most *= 10) {
            lookup l = {grid, center_for(&random, &points), most};
            check_faults(search_under_faults, &l);
        }
        rg_grid_free(grid);
        sample_points_free(&points);
    }
}

/* An unchecked grid may have any content: a search gives an answer or RG_ECORRUPT, and is safe. */
static void a_search_survives_any_grid(void)
{
    sample_random random = {41};
    for (int round = 0; round < check_rounds(300); round++) {
        sample_shape shape = (sample_shape)sample_below(&random, SAMPLE_SHAPES);
        sample_points points = sample_points_new(shape, 1 + sample_below(&random, 2000), 1);
        rg_grid *grid = NULL;
        CHECK(rg_grid_build(&grid, points.lats_e7, points.lons_e7, points.count) == RG_OK);
        for (uint32_t i = 0; i <= sample_below(&random, 8); i++) {
            uint32_t *node = (uint32_t *)&grid->nodes[sample_below(&random, grid->node_count)];
            uint32_t value = sample_below(&random, 2) ? sample_below(&random, points.count + 2)
                                                      : (uint32_t)sample_bits(&random);
            if (sample_below(&random, 2))
                node[sample_below(&random, sizeof *grid->nodes / sizeof *node)] = value;
            else
                grid->starts[sample_below(&random, grid->start_count)] = value;
        }
        for (size_t most = 1; most <= 100; most *= 10) {
            rg_hits hits;
            rg_hits_init(&hits, NULL, NULL, 0);
            rg_status status =
                rg_near_search(grid, center_for(&random, &points), most, INFINITY, &hits);
            CHECK(status == RG_OK || (status == RG_ECORRUPT && hits.count == 0));
            rg_hits_clear(&hits);
        }
        rg_grid_free(grid);
        sample_points_free(&points);
    }
}

void test_near(void)
{
    RUN(searches_match_sorting_everything);
    RUN(searches_around_hard_places_match_sorting_everything);
    RUN(searches_of_large_grids_match_sorting_everything);
    RUN(equal_distances_are_ordered_by_id);
    RUN(points_at_one_place_have_equal_distances);
    RUN(no_place_in_a_box_is_nearer_than_its_least);
    RUN(distances_keep_the_order_of_estimates);
    RUN(a_search_out_of_memory_is_empty);
    RUN(a_search_survives_any_grid);
}
