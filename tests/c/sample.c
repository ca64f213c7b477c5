#include "sample.h"

#include "check.h"

#include <stdlib.h>

/* The generator "splitmix64" of Steele, Lea and Flood, 2014. */
uint64_t sample_bits(sample_random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint32_t sample_below(sample_random *random, uint32_t bound)
{
    return (uint32_t)((sample_bits(random) >> 32) * bound >> 32);
}

int32_t sample_between(sample_random *random, int32_t lo, int32_t hi)
{
    uint64_t choices = (uint64_t)((int64_t)hi - lo) + 1;
    return (int32_t)(lo + (int64_t)((sample_bits(random) >> 32) * choices >> 32));
}

/* Moves the value by at most `reach` in either direction, not beyond the ends of int32. */
static int32_t near(sample_random *random, int32_t value, int32_t reach)
{
    int64_t moved = (int64_t)value + sample_between(random, -reach, reach);
    return (int32_t)(moved < INT32_MIN ? INT32_MIN : moved > INT32_MAX ? INT32_MAX : moved);
}

const char *sample_shape_name(sample_shape shape)
{
    static const char *const names[SAMPLE_SHAPES] = {
        [SAMPLE_EARTH] = "earth",
        [SAMPLE_FULL_RANGE] = "full range",
        [SAMPLE_CLUSTERS] = "clusters",
        [SAMPLE_SPOT] = "spot",
        [SAMPLE_HORIZONTAL_LINE] = "horizontal line",
        [SAMPLE_VERTICAL_LINE] = "vertical line",
        [SAMPLE_DIAGONAL] = "diagonal",
        [SAMPLE_ONE_PLACE] = "one place",
        [SAMPLE_FEW_PLACES] = "few places",
        [SAMPLE_LATTICE] = "lattice",
        [SAMPLE_NESTED] = "nested",
        [SAMPLE_EXTREMES] = "extremes",
    };
    return names[shape];
}

static rg_point on_earth(sample_random *random)
{
    return (rg_point){sample_between(random, -900000000, 900000000),
                      sample_between(random, -1800000000, 1800000000)};
}

static rg_point in_cluster(sample_random *random, uint64_t seed)
{
    sample_random centers = {seed * 1000 + sample_below(random, 20)};
    rg_point center = on_earth(&centers);
    int32_t reach = 1 << (4 + sample_below(&centers, 20));
    return (rg_point){near(random, center.lat_e7, reach), near(random, center.lon_e7, reach)};
}

static rg_point in_few_places(sample_random *random, uint64_t seed)
{
    sample_random places = {seed * 1000 + sample_below(random, 3)};
    rg_point place = on_earth(&places);
    return (rg_point){near(random, place.lat_e7, 1), near(random, place.lon_e7, 1)};
}

/* Half of the points are in the innermost crowd; the others are at 30 scales, each twice the one
 * before. */
static rg_point nested(sample_random *random)
{
    uint32_t draw = sample_below(random, 60);
    int32_t reach = draw < 30 ? INT32_MAX >> draw : 2;
    return (rg_point){reach - sample_between(random, 0, reach / 4 + 1),
                      reach - sample_between(random, 0, reach / 4 + 1)};
}

static int32_t extreme(sample_random *random)
{
    static const int32_t values[] = {INT32_MIN, INT32_MIN + 1, -1,        0,
                                     1,         INT32_MAX - 1, INT32_MAX, INT32_MAX / 2};
    return values[sample_below(random, sizeof values / sizeof *values)];
}

static rg_point point_of(sample_shape shape, sample_random *random, uint64_t seed, uint32_t id)
{
    switch (shape) {
    case SAMPLE_FULL_RANGE:
        return (rg_point){(int32_t)(uint32_t)sample_bits(random),
                          (int32_t)(uint32_t)sample_bits(random)};
    case SAMPLE_CLUSTERS:
        return in_cluster(random, seed);
    case SAMPLE_SPOT:
        if (id < 2)
            return (rg_point){id ? 900000000 : -900000000, id ? 1800000000 : -1800000000};
        return (rg_point){near(random, 408122808, 2000), near(random, -743999179, 2000)};
    case SAMPLE_HORIZONTAL_LINE:
        return (rg_point){1234567, on_earth(random).lon_e7};
    case SAMPLE_VERTICAL_LINE:
        return (rg_point){on_earth(random).lat_e7, INT32_MAX};
    case SAMPLE_DIAGONAL: {
        int32_t at = sample_between(random, -900000000, 900000000);
        return (rg_point){at, at};
    }
    case SAMPLE_ONE_PLACE:
        return (rg_point){-7, 7};
    case SAMPLE_FEW_PLACES:
        return in_few_places(random, seed);
    case SAMPLE_LATTICE:
        return (rg_point){sample_between(random, -20, 20), sample_between(random, -20, 20)};
    case SAMPLE_NESTED:
        return nested(random);
    case SAMPLE_EXTREMES:
        return (rg_point){extreme(random), extreme(random)};
    case SAMPLE_EARTH:
    case SAMPLE_SHAPES:
        break;
    }
    return on_earth(random);
}

static int by_latitude(const void *a, const void *b)
{
    const rg_point *p = a, *q = b;
    return (p->lat_e7 > q->lat_e7) - (p->lat_e7 < q->lat_e7);
}

static int by_longitude(const void *a, const void *b)
{
    const rg_point *p = a, *q = b;
    return (p->lon_e7 > q->lon_e7) - (p->lon_e7 < q->lon_e7);
}

/* Allocates without rg_alloc, so that no planned fault affects the tests themselves. */
static void *must_allocate(size_t count, size_t size)
{
    void *memory = malloc(count * size + 1);
    CHECK(memory);
    return memory;
}

sample_points sample_points_new(sample_shape shape, uint32_t count, uint64_t seed)
{
    sample_random random = {seed};
    rg_point *drawn = must_allocate(count, sizeof *drawn);
    for (uint32_t id = 0; id < count; id++)
        drawn[id] = point_of(shape, &random, seed, id);
    if (seed % 4 == 2)
        qsort(drawn, count, sizeof *drawn, by_latitude);
    if (seed % 4 == 3)
        qsort(drawn, count, sizeof *drawn, by_longitude);

    sample_points points = {must_allocate(count, sizeof(int32_t)),
                            must_allocate(count, sizeof(int32_t)), count};
    for (uint32_t id = 0; id < count; id++) {
        points.lats_e7[id] = drawn[id].lat_e7;
        points.lons_e7[id] = drawn[id].lon_e7;
    }
    free(drawn);
    return points;
}

void sample_points_free(sample_points *points)
{
    free(points->lats_e7);
    free(points->lons_e7);
    *points = (sample_points){NULL, NULL, 0};
}

/* One of the set's points, or the origin. */
static rg_point member(sample_random *random, const sample_points *points)
{
    if (points->count == 0)
        return (rg_point){0, 0};
    uint32_t id = sample_below(random, points->count);
    return (rg_point){points->lats_e7[id], points->lons_e7[id]};
}

static rg_point corner(sample_random *random, const sample_points *points)
{
    rg_point point = member(random, points);
    switch (sample_below(random, 6)) {
    case 0:
        return (rg_point){near(random, point.lat_e7, 1), near(random, point.lon_e7, 1)};
    case 1:
        return (rg_point){extreme(random), extreme(random)};
    case 2:
        return on_earth(random);
    case 3: /* the coordinates of two different points */
        return (rg_point){point.lat_e7, member(random, points).lon_e7};
    default:
        return point;
    }
}

rg_box sample_box(sample_random *random, const sample_points *points)
{
    rg_point a = corner(random, points), b = corner(random, points);
    switch (sample_below(random, 8)) {
    case 0:
        b = a;
        break;
    case 1: /* a line */
        b.lat_e7 = a.lat_e7;
        break;
    case 2:
        b.lon_e7 = a.lon_e7;
        break;
    case 3:
    case 4:
    case 5: { /* small, at one of many scales */
        int32_t reach = INT32_MAX >> sample_below(random, 31);
        b = (rg_point){near(random, a.lat_e7, reach), near(random, a.lon_e7, reach)};
        break;
    }
    default:
        break;
    }
    return rg_box_from_corners(a, b);
}
