#include "check.h"

#include "earth.h"
#include "geo/rg_sphere.h"
#include "search/rg_along.h"
#include "search/rg_grid_nodes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- the slow answer: every point with every leg --- */

static int compare_feet(const rg_route_foot *a, const rg_route_foot *b)
{
    if (a->along_m != b->along_m)
        return a->along_m < b->along_m ? -1 : 1;
    if (a->offset_m != b->offset_m)
        return a->offset_m < b->offset_m ? -1 : 1;
    return a->side - b->side;
}

/* Finds the earliest of the feet that count as nearest, with the least distance; returns false if
 * that is beyond the half width. */
static bool find_foot(const rg_route *route, rg_point point, double half_width_m,
                      rg_route_foot *foot)
{
    rg_route_place place = rg_route_place_at(point);
    rg_route_foot feet[RG_ROUTE_FEET];
    double least_m = INFINITY;
    for (size_t leg = 0; leg < route->leg_count; leg++) {
        size_t count = rg_route_feet(route, leg, &place, feet);
        for (size_t i = 0; i < count; i++)
            least_m = fmin(least_m, feet[i].offset_m);
    }
    *foot = (rg_route_foot){.along_m = INFINITY};
    for (size_t leg = 0; leg < route->leg_count; leg++) {
        size_t count = rg_route_feet(route, leg, &place, feet);
        for (size_t i = 0; i < count; i++)
            if (feet[i].offset_m <= least_m + RG_ROUTE_TIE_M && compare_feet(&feet[i], foot) < 0)
                *foot = feet[i];
    }
    foot->offset_m = least_m;
    return least_m <= half_width_m && foot->along_m < INFINITY;
}

static int compare_hits(const void *a, const void *b)
{
    const rg_along_hit *x = a, *y = b;
    if (x->foot.along_m != y->foot.along_m)
        return x->foot.along_m < y->foot.along_m ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static size_t all_along(const sample_points *points, const rg_route *route, double half_width_m,
                        rg_along_hit *hits)
{
    size_t count = 0;
    for (uint32_t id = 0; id < points->count; id++) {
        rg_point point = {points->lats_e7[id], points->lons_e7[id]};
        rg_route_foot foot;
        if (earth_has(point) && find_foot(route, point, half_width_m, &foot))
            hits[count++] = (rg_along_hit){foot, id};
    }
    qsort(hits, count, sizeof *hits, compare_hits);
    return count;
}

/* --- routes --- */

enum { VERTICES_MAX = 300 };

static rg_route *route_of(const int32_t *lats_e7, const int32_t *lons_e7, size_t count)
{
    rg_route *route = NULL;
    size_t at;
    CHECK(rg_route_build(&route, &at, lats_e7, lons_e7, count) == RG_OK);
    return route;
}

static rg_route *route_for(sample_random *random, const sample_points *points, size_t count_max)
{
    int32_t lats_e7[VERTICES_MAX], lons_e7[VERTICES_MAX];
    size_t count = sample_below(random, (uint32_t)count_max + 1);
    rg_point start = earth_anchors[sample_below(random, EARTH_ANCHORS)];
    if (points->count > 0 && sample_below(random, 3)) {
        uint32_t id = sample_below(random, points->count);
        rg_point point = {points->lats_e7[id], points->lons_e7[id]};
        if (earth_has(point))
            start = point;
    }
    earth_route(random, start, lats_e7, lons_e7, count);
    return route_of(lats_e7, lons_e7, count);
}

/* Returns half widths of all sizes, sometimes the distance of a point or the number just below it.
 */
static double half_width_for(sample_random *random, const sample_points *points,
                             const rg_route *route)
{
    rg_route_foot foot;
    uint32_t id = points->count ? sample_below(random, points->count) : 0;
    switch (sample_below(random, 8)) {
    case 0:
        return 0;
    case 1:
        return INFINITY;
    case 2:
    case 3:
    case 4: {
        rg_point point = {900000001, 0};
        if (points->count > 0)
            point = (rg_point){points->lats_e7[id], points->lons_e7[id]};
        if (!earth_has(point) || !find_foot(route, point, INFINITY, &foot))
            return 1;
        return sample_below(random, 2) ? foot.offset_m : nextafter(foot.offset_m, 0);
    }
    default:
        return ldexp(1 + sample_below(random, 1000) / 1000.0, (int)sample_below(random, 25));
    }
}

/* --- searches --- */

static void check_search(const rg_grid *grid, const sample_points *points, const rg_route *route,
                         double half_width_m, rg_along_hit *expected)
{
    rg_along_hits hits = {0};
    CHECK(rg_along_search(grid, route, half_width_m, &hits) == RG_OK);
    size_t count = all_along(points, route, half_width_m, expected);
    CHECK(hits.count == count);
    for (size_t i = 0; i < count; i++) {
        CHECK(hits.items[i].id == expected[i].id);
        CHECK(hits.items[i].foot.along_m == expected[i].foot.along_m);
        CHECK(hits.items[i].foot.offset_m == expected[i].foot.offset_m);
        CHECK(hits.items[i].foot.side == expected[i].foot.side);
    }
    rg_along_hits_clear(&hits);
}

static void check_searches(const sample_points *points, uint64_t seed, int routes,
                           size_t vertices_max)
{
    rg_grid *grid = NULL;
    CHECK(rg_grid_build(&grid, points->lats_e7, points->lons_e7, points->count) == RG_OK);
    rg_along_hit *expected = malloc((points->count + 1) * sizeof *expected);
    CHECK(expected);
    sample_random random = {seed};
    for (int i = 0; i < routes; i++) {
        rg_route *route = route_for(&random, points, vertices_max);
        for (int j = 0; j < 2; j++) {
            double half_width_m = half_width_for(&random, points, route);
            check_case("%u points, seed %llu, route %d of %zu legs: within %a", points->count,
                       (unsigned long long)seed, i, route->leg_count, half_width_m);
            check_search(grid, points, route, half_width_m, expected);
        }
        rg_route_free(route);
    }
    free(expected);
    rg_grid_free(grid);
}

static void searches_match_every_point_and_leg(void)
{
    static const uint32_t counts[] = {0, 1, 2, 9, 64, 65, 66, 200, 1000};
    for (sample_shape shape = 0; shape < SAMPLE_SHAPES; shape++)
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            for (uint64_t seed = 0; seed < (uint64_t)check_rounds(2); seed++) {
                sample_points points = sample_points_new(shape, counts[i], seed);
                check_searches(&points, seed, 4, 12);
                sample_points_free(&points);
            }
}

static void searches_around_hard_places_match_every_point_and_leg(void)
{
    static const uint32_t counts[] = {1, 10, 70, 300, 1000};
    static const int shifts[] = {0, 2, 5, 12, 20, 28};
    for (sample_shape shape = 0; shape < SAMPLE_SHAPES; shape++)
        for (size_t anchor = 0; anchor < EARTH_ANCHORS; anchor++)
            for (int round = 0; round < check_rounds(1); round++) {
                sample_random random = {(uint64_t)round * 1000 + anchor};
                uint32_t count = counts[sample_below(&random, 5)];
                int shift = shifts[sample_below(&random, 6)];
                sample_points points = sample_points_new(shape, count, (uint64_t)round);
                earth_bring(&points, earth_anchors[anchor], shift);
                check_searches(&points, random.state, 4, 12);
                sample_points_free(&points);
            }
}

static void searches_of_large_grids_and_long_routes_match_every_point_and_leg(void)
{
    for (sample_shape shape = 0; shape < SAMPLE_SHAPES; shape++) {
        sample_points points = sample_points_new(shape, 1500, 7);
        earth_bring(&points, earth_anchors[shape % EARTH_ANCHORS], (int)shape % 3);
        check_searches(&points, 8, check_rounds(2), VERTICES_MAX - 1);
        sample_points_free(&points);
    }
}

/* A route of many vertices that returns the same way: all feet are on its first half. */
static void feet_are_on_the_first_of_two_equal_passes(void)
{
    enum { LEGS = 2000, POINTS = 2000 };
    static int32_t lats_e7[2 * LEGS + 1], lons_e7[2 * LEGS + 1];
    for (int32_t i = 0; i <= 2 * LEGS; i++) {
        int32_t step = i < LEGS ? i : 2 * LEGS - i;
        lats_e7[i] = 450000000 + step * 1000;
        lons_e7[i] = 70000000 + step * 700 + step % 7 * 300;
    }
    rg_route *route = route_of(lats_e7, lons_e7, 2 * LEGS + 1);
    double half_m = route->vertices[LEGS].along_m;
    sample_random random = {57};
    sample_points points = sample_points_new(SAMPLE_EARTH, POINTS, 5);
    for (uint32_t id = 0; id < POINTS; id++) {
        points.lats_e7[id] = sample_between(&random, 449000000, 453000000);
        points.lons_e7[id] = sample_between(&random, 69000000, 73000000);
    }
    rg_grid *grid = NULL;
    CHECK(rg_grid_build(&grid, points.lats_e7, points.lons_e7, POINTS) == RG_OK);
    rg_along_hits hits = {0};
    CHECK(rg_along_search(grid, route, 100000, &hits) == RG_OK);
    CHECK(hits.count == POINTS);
    for (size_t i = 0; i < hits.count; i++)
        CHECK(hits.items[i].foot.along_m <= half_m);
    rg_along_hits_clear(&hits);
    rg_grid_free(grid);
    sample_points_free(&points);
    rg_route_free(route);
}

/* --- failed allocations and damaged grids --- */

typedef struct lookup {
    const rg_grid *grid;
    const rg_route *route;
} lookup;

static bool search_under_faults(void *context)
{
    const lookup *l = context;
    rg_along_hits hits = {0};
    rg_status status = rg_along_search(l->grid, l->route, 3000000, &hits);
    CHECK(status == RG_OK || (status == RG_ENOMEM && hits.count == 0));
    rg_along_hits_clear(&hits);
    return status == RG_OK;
}

static void a_search_out_of_memory_is_empty(void)
{
    for (sample_shape shape = 0; shape < SAMPLE_SHAPES; shape++) {
        sample_points points = sample_points_new(shape, 1000, 1);
        rg_grid *grid = NULL;
        CHECK(rg_grid_build(&grid, points.lats_e7, points.lons_e7, points.count) == RG_OK);
        sample_random random = {3};
        rg_route *route = route_for(&random, &points, VERTICES_MAX - 1);
        check_faults(search_under_faults, &(lookup){grid, route});
        rg_route_free(route);
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
        for (int i = 0; i < 3; i++) {
            rg_route *route = route_for(&random, &points, 10);
            rg_along_hits hits = {0};
            double half_width_m = i == 0 ? INFINITY : ldexp(1, (int)sample_below(&random, 25));
            rg_status status = rg_along_search(grid, route, half_width_m, &hits);
            CHECK(status == RG_OK || (status == RG_ECORRUPT && hits.count == 0));
            CHECK(hits.count <= points.count);
            rg_along_hits_clear(&hits);
            rg_route_free(route);
        }
        rg_grid_free(grid);
        sample_points_free(&points);
    }
}

void test_along(void)
{
    RUN(searches_match_every_point_and_leg);
    RUN(searches_around_hard_places_match_every_point_and_leg);
    RUN(searches_of_large_grids_and_long_routes_match_every_point_and_leg);
    RUN(feet_are_on_the_first_of_two_equal_passes);
    RUN(a_search_out_of_memory_is_empty);
    RUN(a_search_survives_any_grid);
}
