/* earth: places to search around, and sets of points brought there. */
#ifndef EARTH_H
#define EARTH_H

#include "geo/rg_point.h"
#include "sample.h"

bool earth_has(rg_point point);

bool earth_is_pole(rg_point point);

/* A longitude within +-180 degrees; both names of the antimeridian come up. */
int32_t earth_wrapped(int64_t lon_e7);

/* Equator, antimeridian, poles, what is beside them, and elsewhere. */
enum { EARTH_ANCHORS = 8 };
extern const rg_point earth_anchors[EARTH_ANCHORS];

rg_point earth_anywhere(sample_random *random);

/* A place at most so far north or south, and so far east or west; over a pole a little less. */
rg_point earth_beside(sample_random *random, rg_point point, int32_t reach_e7);

/* A route of steps short and long: on and back, to a place it was at, to itself, next to the place
 * on the other side of the Earth. Starts at `start`. No two that follow each other are antipodes.
 */
void earth_route(sample_random *random, rg_point start, int32_t *lats_e7, int32_t *lons_e7,
                 size_t count);

/* Brings a set onto the Earth, around an anchor, at a scale of 1 to 2^-shift: over a pole points
 * go down the other side. */
void earth_bring(sample_points *points, rg_point anchor, int shift);

#endif
