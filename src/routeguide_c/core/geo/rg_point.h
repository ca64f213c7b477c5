/* rg_point: places and rectangles in E7, degrees times ten million, latitude before longitude.
 *
 * Any int32 is a legal coordinate here, in range or not: INT32_MIN and INT32_MAX included, so
 * neither may serve as a sentinel and no difference of two coordinates fits in an int32.
 */
#ifndef RG_POINT_H
#define RG_POINT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct rg_point {
    int32_t lat_e7;
    int32_t lon_e7;
} rg_point;

/* A closed rectangle: all four edges are inside. It holds lo <= hi on both axes. */
typedef struct rg_box {
    rg_point lo;
    rg_point hi;
} rg_box;

static inline bool rg_point_equal(rg_point a, rg_point b)
{
    return a.lat_e7 == b.lat_e7 && a.lon_e7 == b.lon_e7;
}

/* The box with these two opposite corners, given in any order. */
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

/* True when every point of `inner` is in `outer`. */
static inline bool rg_box_has_box(rg_box outer, rg_box inner)
{
    return rg_box_has_point(outer, inner.lo) && rg_box_has_point(outer, inner.hi);
}

static inline bool rg_box_meets(rg_box a, rg_box b)
{
    return a.lo.lat_e7 <= b.hi.lat_e7 && b.lo.lat_e7 <= a.hi.lat_e7 && a.lo.lon_e7 <= b.hi.lon_e7 &&
           b.lo.lon_e7 <= a.hi.lon_e7;
}

/* The tight box around points; inside out around none. */
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
