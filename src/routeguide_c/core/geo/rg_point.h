/* rg_point: points and rectangles in E7, degrees times ten million, latitude before longitude, and
 * the constants of the sphere they are on.
 *
 * Every int32 is a legal coordinate, in range or not, INT32_MIN and INT32_MAX included: neither can
 * serve as a sentinel, and a difference of two coordinates does not fit in an int32.
 *
 * Ownership: plain values.
 * Threads: pure functions.
 */
#ifndef RG_POINT_H
#define RG_POINT_H

#include <stdbool.h>
#include <stdint.h>

#define RG_PI 3.14159265358979323846
#define RG_E7_PER_DEGREE 1e7
#define RG_RADIANS_PER_E7 (RG_PI / (180 * RG_E7_PER_DEGREE))
#define RG_EARTH_RADIUS_M 6371000.0
#define RG_HALF_CIRCUMFERENCE_M (RG_EARTH_RADIUS_M * RG_PI)

#define RG_POLE_E7 900000000          /* the latitude of the north pole */
#define RG_ANTIMERIDIAN_E7 1800000000 /* 180 degrees east */
#define RG_HALF_TURN_E7 1.8e9         /* angles, as doubles */
#define RG_FULL_TURN_E7 3.6e9

typedef struct rg_point {
    int32_t lat_e7;
    int32_t lon_e7;
} rg_point;

/* A closed rectangle: all four edges are inside. lo <= hi on both axes. */
typedef struct rg_box {
    rg_point lo;
    rg_point hi;
} rg_box;

static inline bool rg_point_equal(rg_point a, rg_point b)
{
    return a.lat_e7 == b.lat_e7 && a.lon_e7 == b.lon_e7;
}

/* Returns the box with these two opposite corners, in any order. */
static inline rg_box rg_box_from_corners(rg_point a, rg_point b)
{
    rg_box box = {
        .lo = {.lat_e7 = a.lat_e7 < b.lat_e7 ? a.lat_e7 : b.lat_e7,
               .lon_e7 = a.lon_e7 < b.lon_e7 ? a.lon_e7 : b.lon_e7},
        .hi = {.lat_e7 = a.lat_e7 < b.lat_e7 ? b.lat_e7 : a.lat_e7,
               .lon_e7 = a.lon_e7 < b.lon_e7 ? b.lon_e7 : a.lon_e7},
    };
    return box;
}

static inline bool rg_box_has_point(rg_box box, rg_point point)
{
    return point.lat_e7 >= box.lo.lat_e7 && point.lat_e7 <= box.hi.lat_e7 &&
           point.lon_e7 >= box.lo.lon_e7 && point.lon_e7 <= box.hi.lon_e7;
}

/* Returns true if every point of `inner` is in `outer`. */
static inline bool rg_box_has_box(rg_box outer, rg_box inner)
{
    return rg_box_has_point(outer, inner.lo) && rg_box_has_point(outer, inner.hi);
}

static inline bool rg_box_meets(rg_box a, rg_box b)
{
    return a.lo.lat_e7 <= b.hi.lat_e7 && b.lo.lat_e7 <= a.hi.lat_e7 && a.lo.lon_e7 <= b.hi.lon_e7 &&
           b.lo.lon_e7 <= a.hi.lon_e7;
}

/* Returns the tight box around the points; without points its lo is above its hi. */
static inline rg_box rg_box_around(const int32_t *lats_e7, const int32_t *lons_e7, uint32_t count)
{
    rg_box box = {{INT32_MAX, INT32_MAX}, {INT32_MIN, INT32_MIN}};
    for (uint32_t i = 0; i < count; i++) {
        int32_t lat_e7 = lats_e7[i], lon_e7 = lons_e7[i];
        box.lo.lat_e7 = lat_e7 < box.lo.lat_e7 ? lat_e7 : box.lo.lat_e7;
        box.lo.lon_e7 = lon_e7 < box.lo.lon_e7 ? lon_e7 : box.lo.lon_e7;
        box.hi.lat_e7 = lat_e7 > box.hi.lat_e7 ? lat_e7 : box.hi.lat_e7;
        box.hi.lon_e7 = lon_e7 > box.hi.lon_e7 ? lon_e7 : box.hi.lon_e7;
    }
    return box;
}

#endif
