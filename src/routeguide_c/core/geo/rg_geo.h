/* rg_geo: great-circle distances in metres on a sphere of radius RG_EARTH_RADIUS_M.
 *
 * Source: the haversine formula as the RouteGuide tutorials write it; the order of operations
 * is theirs, so that each result equals theirs in every bit on the same libm. That holds only
 * without contraction to fused multiply-adds and with pow left as a call: pow(x, 2) and x * x
 * differ in the last bit for some x.
 * Threads: pure functions.
 */
#ifndef RG_GEO_H
#define RG_GEO_H

#include "geo/rg_point.h"

#define RG_EARTH_RADIUS_M 6371000.0

/* Metres from one point to the other. Where rounding carries the haversine past 1, at or next to
 * antipodes, the formula has no value and the result is half the circumference. Coordinates out
 * of range are angles like any other; where they name one place twice, rounding can carry the
 * haversine below 0, and the result is 0. */
double rg_haversine_m(rg_point from, rg_point to);

#endif
