#include "check.h"

#include "earth.h"
#include "geo/rg_route.h"
#include "geo/rg_runs.h"
#include "geo/rg_sphere.h"
#include "oracle.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { VERTICES_MAX = 40 };

static const long double turn_e7 = 3600000000.0L;
static const long double pi = 3.141592653589793238462643383279502884L;

/* --- the slow answer: vectors of long double --- */

typedef struct vector {
    long double x, y, z;
} vector;

static vector vector_of(rg_point point)
{
    long double lat = 2 * pi * point.lat_e7 / turn_e7, lon = 2 * pi * point.lon_e7 / turn_e7;
    return (vector){cosl(lat) * cosl(lon), cosl(lat) * sinl(lon), sinl(lat)};
}

static vector cross(vector a, vector b)
{
    return (vector){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

/* Returns the direction of a x b, without cancellation if they are close. */
static vector pole_of(vector a, vector b)
{
    return cross((vector){a.x - b.x, a.y - b.y, a.z - b.z},
                 (vector){a.x + b.x, a.y + b.y, a.z + b.z});
}

static long double dot(vector a, vector b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static long double angle(vector a, vector b)
{
    vector across = cross(a, b);
    return atan2l(sqrtl(dot(across, across)), dot(a, b));
}

/* Returns the distance of a place from a leg, in meters. */
static long double distance_m(rg_point from, rg_point to, rg_point place)
{
    vector a = vector_of(from), b = vector_of(to), p = vector_of(place), n = pole_of(a, b);
    long double angles = fminl(angle(a, p), angle(b, p)), length = sqrtl(dot(n, n));
    if (length > 0 && dot(cross(n, a), p) > 0 && dot(cross(b, n), p) > 0)
        angles = fminl(angles, fabsl(pi / 2 - angle(n, p)));
    return angles * RG_EARTH_RADIUS_M;
}

/* --- routes --- */

typedef struct course {
    int32_t lats_e7[VERTICES_MAX], lons_e7[VERTICES_MAX];
    size_t count;
} course;

static rg_point vertex_of(const course *c, size_t i)
{
    return (rg_point){c->lats_e7[i], c->lons_e7[i]};
}

static course course_for(sample_random *random, size_t count_max)
{
    course c = {.count = 1 + sample_below(random, (uint32_t)count_max)};
    rg_point start = sample_below(random, 2) ? earth_anywhere(random)
                                             : earth_anchors[sample_below(random, EARTH_ANCHORS)];
    earth_route(random, start, c.lats_e7, c.lons_e7, c.count);
    return c;
}

static rg_route *route_of(const course *c)
{
    rg_route *route = NULL;
    size_t at;
    CHECK(rg_route_build(&route, &at, c->lats_e7, c->lons_e7, c->count) == RG_OK);
    return route;
}

static rg_point place_for(sample_random *random, const course *c)
{
    if (sample_below(random, 5) == 0)
        return earth_anywhere(random);
    rg_point vertex = vertex_of(c, sample_below(random, (uint32_t)c->count));
    return earth_beside(random, vertex, 1 << sample_below(random, 30));
}

/* Returns the nearest foot. */
static rg_route_foot nearest(const rg_route *route, rg_point point)
{
    rg_route_place place = rg_route_place_at(point);
    rg_route_foot feet[RG_ROUTE_FEET], best = {.offset_m = INFINITY};
    for (size_t leg = 0; leg < route->leg_count; leg++) {
        size_t count = rg_route_feet(route, leg, &place, feet);
        CHECK(count <= RG_ROUTE_FEET);
        for (size_t i = 0; i < count; i++)
            if (feet[i].offset_m < best.offset_m)
                best = feet[i];
    }
    return best;
}

/* --- tests --- */

static void offsets_are_the_true_distances(void)
{
    if (LDBL_MANT_DIG < 64)
        return; /* the slow answer is not more exact */
    sample_random random = {51};
    for (int i = 0; i < check_rounds(4000); i++) {
        course c = course_for(&random, 6);
        rg_route *route = route_of(&c);
        for (int j = 0; j < 5; j++) {
            rg_point point = place_for(&random, &c);
            long double least_m = INFINITY;
            bool in_doubt = false;
            for (size_t k = 0; k < c.count; k++) {
                rg_point from = vertex_of(&c, k), to = vertex_of(&c, k + 1 < c.count ? k + 1 : k);
                /* Not even long double finds the plane of nearly antipodal vectors. */
                in_doubt |= angle(vector_of(from), vector_of(to)) > pi - 1e-3L;
                least_m = fminl(least_m, distance_m(from, to, point));
            }
            if (in_doubt || least_m > 19000000)
                continue;
            rg_route_foot foot = nearest(route, point);
            check_case("%zu vertices from %d %d, point %d %d: %.9f not %.9Lf", c.count,
                       c.lats_e7[0], c.lons_e7[0], point.lat_e7, point.lon_e7, foot.offset_m,
                       least_m);
            CHECK(fabsl(foot.offset_m - least_m) < 1e-7);
        }
        rg_route_free(route);
    }
}

static void positions_are_sums_of_legs(void)
{
    sample_random random = {52};
    for (int i = 0; i < check_rounds(2000); i++) {
        course c = course_for(&random, VERTICES_MAX);
        rg_route *route = route_of(&c);
        long double along_m = 0;
        for (size_t k = 1; k < c.count; k++)
            along_m += angle(vector_of(vertex_of(&c, k - 1)), vector_of(vertex_of(&c, k))) *
                       RG_EARTH_RADIUS_M;
        CHECK(fabsl(route->vertices[route->vertex_count - 1].along_m - along_m) <
              1e-8 + along_m * 4e-16);
        for (size_t k = 1; k < route->vertex_count; k++)
            CHECK(route->vertices[k].along_m >= route->vertices[k - 1].along_m);
        rg_route_free(route);
    }
}

static void a_leg_has_the_same_feet_both_ways(void)
{
    sample_random random = {53};
    for (int i = 0; i < check_rounds(10000); i++) {
        course there = course_for(&random, 2);
        if (there.count < 2)
            continue;
        course back = there;
        for (size_t k = 0; k < 2; k++) {
            back.lats_e7[k] = there.lats_e7[1 - k];
            back.lons_e7[k] = there.lons_e7[1 - k];
        }
        rg_route *one = route_of(&there), *other = route_of(&back);
        rg_point point = place_for(&random, &there);
        check_case("from %d %d to %d %d: %d %d", there.lats_e7[0], there.lons_e7[0],
                   there.lats_e7[1], there.lons_e7[1], point.lat_e7, point.lon_e7);
        rg_route_foot foot = nearest(one, point), same = nearest(other, point);
        double bound_m = foot.offset_m < 1.9e7 ? 1e-7 : 0.5;
        CHECK(fabs(foot.offset_m - same.offset_m) < bound_m);
        if (foot.offset_m > 1e-6 && foot.side && same.side && one->vertex_count > 1 &&
            foot.along_m > 0 && foot.along_m < one->vertices[1].along_m)
            CHECK(foot.side == -same.side);
        rg_route_free(one);
        rg_route_free(other);
    }
}

static void gaps_are_chords(void)
{
    sample_random random = {54};
    for (int i = 0; i < check_rounds(5000); i++) {
        course c = course_for(&random, 4);
        rg_route *route = route_of(&c);
        rg_point point = place_for(&random, &c);
        vector exact = vector_of(point);
        const double place[3] = {(double)exact.x, (double)exact.y, (double)exact.z};
        double least = INFINITY;
        for (size_t leg = 0; leg < route->leg_count; leg++)
            least = fmin(least, rg_route_gap(&route->legs[leg], place));
        check_case("%zu vertices from %d %d, point %d %d", c.count, c.lats_e7[0], c.lons_e7[0],
                   point.lat_e7, point.lon_e7);
        double offset_m = nearest(route, point).offset_m;
        CHECK(fabs(least - 2 * sin(offset_m / (2 * RG_EARTH_RADIUS_M))) < 1e-13);
        rg_route_free(route);
    }
}

/* The list has all nearest legs, and none that are much further. */
static void runs_narrow_to_the_nearest_legs(void)
{
    sample_random random = {55};
    for (int i = 0; i < check_rounds(3000); i++) {
        course c = course_for(&random, VERTICES_MAX);
        rg_route *route = route_of(&c);
        rg_runs runs;
        rg_run_list list = {0};
        CHECK(rg_runs_build(&runs, route) == RG_OK);
        CHECK(rg_run_list_add(&list, (rg_run_item){.run = 0}) == RG_OK);
        vector exact = vector_of(place_for(&random, &c));
        rg_ball ball = {{(double)exact.x, (double)exact.y, (double)exact.z}, 0};
        double gaps[VERTICES_MAX], least = INFINITY;
        for (size_t leg = 0; leg < route->leg_count; leg++) {
            gaps[leg] = rg_route_gap(&route->legs[leg], ball.center);
            least = fmin(least, gaps[leg]);
        }
        /* Through a larger ball around the same place, or directly. */
        size_t begin = 0;
        if (sample_below(&random, 2)) {
            rg_ball wide = ball;
            wide.radius = ldexp(1, -(int)sample_below(&random, 30));
            begin = list.count;
            CHECK(rg_runs_narrow(&runs, &list, 0, 1, &wide, 2) == RG_OK);
        }
        size_t end = list.count;
        CHECK(rg_runs_narrow(&runs, &list, begin, end, &ball, 2) == RG_OK);
        bool found[VERTICES_MAX] = {false};
        for (size_t k = end; k < list.count; k++) {
            const rg_run *run = &runs.runs[list.items[k].run];
            CHECK(run->legs == 1 && run->first < route->leg_count && !found[run->first]);
            found[run->first] = true;
        }
        for (size_t leg = 0; leg < route->leg_count; leg++)
            CHECK(found[leg] ? gaps[leg] <= least + 2 * RG_RUNS_ERROR
                             : gaps[leg] >= least + RG_RUNS_ERROR / 2);
        end = list.count;
        CHECK(rg_runs_narrow(&runs, &list, 0, 1, &ball, least * 0.9 - 2e-10) == RG_OK);
        CHECK(list.count == end);
        rg_run_list_clear(&list);
        rg_runs_free(&runs);
        rg_route_free(route);
    }
}

static void check_foot(const course *c, rg_point point, double along_m, double offset_m, int side)
{
    rg_route *route = route_of(c);
    rg_route_foot foot = nearest(route, point);
    CHECK(fabs(foot.along_m - along_m) < 1e-6);
    CHECK(fabs(foot.offset_m - offset_m) < 1e-6);
    CHECK(foot.side == side);
    rg_route_free(route);
}

static void sides_are_seen_in_the_direction_of_travel(void)
{
    const double degree_m = RG_EARTH_RADIUS_M * 3.14159265358979323846 / 180;
    course east = {{0, 0}, {1790000000, -1790000000}, 2}; /* across the antimeridian */
    check_case("across the antimeridian");
    check_foot(&east, (rg_point){10000000, 1800000000}, degree_m, degree_m, -1);
    check_foot(&east, (rg_point){-10000000, -1800000000}, degree_m, degree_m, 1);
    check_foot(&east, (rg_point){0, 1795000000}, degree_m / 2, 0, 0);
    check_foot(&east, (rg_point){0, -1780000000}, 2 * degree_m, degree_m, 0); /* straight ahead */
    course over_the_pole = {{890000000, 890000000}, {0, 1800000000}, 2};
    check_case("over the pole");
    check_foot(&over_the_pole, (rg_point){900000000, 123}, degree_m, 0, 0);
    check_foot(&over_the_pole, (rg_point){890000000, 900000000}, degree_m, degree_m, 1);
    check_foot(&over_the_pole, (rg_point){890000000, -900000000}, degree_m, degree_m, -1);
    course one_place = {{10, 10, 10}, {1800000000, -1800000000, 1800000000}, 3};
    check_case("one place");
    check_foot(&one_place, (rg_point){20000010, 1800000000}, 0, 2 * degree_m, 0);
    /* Off a sharp left turn both sides of the legs' lines are the outer side. */
    course sharp = {{0, 0, 100000}, {0, 10000000, 0}, 3};
    check_case("a sharp corner");
    for (int32_t lat_e7 = -2000000; lat_e7 <= 2000000; lat_e7 += 1000000) {
        rg_route *route = route_of(&sharp);
        rg_route_foot foot = nearest(route, (rg_point){lat_e7, 13000000});
        CHECK(foot.side == 1 && fabs(foot.along_m - degree_m) < 1e-6);
        rg_route_free(route);
    }
    course there_and_back = {{0, 0, 0}, {0, 10000000, 0}, 3};
    check_case("there and back");
    rg_route *route = route_of(&there_and_back);
    CHECK(nearest(route, (rg_point){1000000, 13000000}).side == -1);
    CHECK(nearest(route, (rg_point){-1000000, 13000000}).side == 1);
    CHECK(nearest(route, (rg_point){0, 13000000}).side == 0);
    rg_route_free(route);
}

static void a_wrong_vertex_is_reported(void)
{
    rg_route *route = NULL;
    size_t at = 99;
    const int32_t off_lats_e7[] = {0, 0, 900000001}, off_lons_e7[] = {0, 0, 0};
    CHECK(rg_route_build(&route, &at, off_lats_e7, off_lons_e7, 3) == RG_EPLACE && at == 2);
    CHECK(rg_route_build(&route, &at, off_lons_e7, off_lats_e7, 3) == RG_OK); /* a longitude */
    rg_route_free(route);
    route = NULL;
    const rg_point antipodes[][2] = {
        {{0, 0}, {0, 1800000000}},         {{0, 0}, {0, -1800000000}},
        {{123, -456}, {-123, 1799999544}}, {{900000000, 5}, {-900000000, 77}},
        {{0, 900000000}, {0, -900000000}},
    };
    for (size_t i = 0; i < sizeof antipodes / sizeof *antipodes; i++) {
        rg_point a = antipodes[i][0], b = antipodes[i][1];
        const int32_t lats_e7[] = {a.lat_e7, a.lat_e7, b.lat_e7};
        const int32_t lons_e7[] = {a.lon_e7, a.lon_e7, b.lon_e7};
        CHECK(rg_route_build(&route, &at, lats_e7, lons_e7, 3) == RG_EANTIPODES && at == 1);
    }
    CHECK(!route);
    CHECK(rg_route_build(&route, &at, NULL, NULL, 0) == RG_OK);
    CHECK(route->leg_count == 0 && route->vertex_count == 0);
    rg_route_free(route);
    rg_route_free(NULL);
}

static bool build_under_faults(void *context)
{
    const course *c = context;
    rg_route *route = NULL;
    size_t at;
    rg_status status = rg_route_build(&route, &at, c->lats_e7, c->lons_e7, c->count);
    CHECK(status == RG_OK || (status == RG_ENOMEM && !route));
    rg_route_free(route);
    return status == RG_OK;
}

static void building_a_route_returns_enomem(void)
{
    sample_random random = {56};
    course c = course_for(&random, 5);
    check_faults(build_under_faults, &c);
}

void test_route(void)
{
    RUN(offsets_are_the_true_distances);
    RUN(positions_are_sums_of_legs);
    RUN(a_leg_has_the_same_feet_both_ways);
    RUN(gaps_are_chords);
    RUN(runs_narrow_to_the_nearest_legs);
    RUN(sides_are_seen_in_the_direction_of_travel);
    RUN(a_wrong_vertex_is_reported);
    RUN(building_a_route_returns_enomem);
}
