/* earth: places to search around, and sets of points moved there. */
#ifndef EARTH_H
#define EARTH_H

#include "geo/rg_point.h"
#include "sample.h"

bool earth_has(rg_point point);

bool earth_is_pole(rg_point point);

/* Returns the longitude within +-180 degrees; the antimeridian may be either. */
int32_t earth_wrapped(int64_t lon_e7);

/* On and beside the equator, the antimeridian and the poles, and elsewhere. */
enum { EARTH_ANCHORS = 8 };
extern const rg_point earth_anchors[EARTH_ANCHORS];

rg_point earth_anywhere(sample_random *random);

/* Returns a place at most `reach_e7` to the north or south and to the east or west, cut off at the
 * poles. */
rg_point earth_beside(sample_random *random, rg_point point, int32_t reach_e7);

/* Makes a route from `start` with short and long steps: on, back, to an earlier vertex, to the same
 * one, next to the antipode. No two consecutive vertices are antipodes. */
void earth_route(sample_random *random, rg_point start, int32_t *lats_e7, int32_t *lons_e7,
                 size_t count);

/* Moves a set onto the Earth around an anchor, scaled by 2^-shift; points beyond a pole continue on
 * the other side. */
void earth_bring(sample_points *points, rg_point anchor, int shift);

#endif
