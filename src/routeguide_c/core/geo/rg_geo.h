/* rg_geo: the great-circle distance between two points, as the documents' formula gives it.
 *
 * Ownership: no memory of its own.
 * Threads: pure functions.
 * Cost: four sines and cosines, two powers and an arctangent; rg_geo_batch measures many pairs
 * faster. Source: the haversine formula of the RouteGuide tutorials, with their order of
 * operations, so that the result equals theirs in every bit on the same libm. That takes a compiler
 * that neither contracts a product and a sum nor replaces pow(x, 2) by x * x, which differ in the
 * last bit for some x: -ffp-contract=off -fno-builtin-pow.
 */
#ifndef RG_GEO_H
#define RG_GEO_H

#include "geo/rg_point.h"

/* Returns the meters from one point to the other on a sphere of radius RG_EARTH_RADIUS_M. Where
 * rounding carries the haversine past 1, at or next to antipodes, the formula has no value and the
 * result is half the circumference. Coordinates out of range are angles like any other; where two
 * of them mean one place, rounding can carry the haversine below 0, and the result is 0. */
double rg_haversine_m(rg_point from, rg_point to);

#endif
