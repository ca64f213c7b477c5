/* rg_geo_fast: great-circle metres by polynomials, for those who have millions of them.
 *
 * Relative error below 1e-10 for coordinates on Earth, measured against arbitrary precision: next
 * to each other, at the poles, across the antimeridian and next to antipodes, where the documents'
 * formula itself is off by up to 3e-9. Zero for a point and itself. Coordinates out of range are
 * angles like any other, but an error is stated only for those in range. The last digits depend on
 * the processor's instructions.
 * Threads: pure functions.
 * Cost: some 60 arithmetic operations a pair, four pairs at a time with AVX2.
 */
#ifndef RG_GEO_FAST_H
#define RG_GEO_FAST_H

#include "geo/rg_point.h"

#include <stddef.h>

/* out_m[i] is the distance from point i of the first two arrays to point i of the others. */
void rg_haversine_many_fast_m(double *out_m, const int32_t *lats1_e7, const int32_t *lons1_e7,
                              const int32_t *lats2_e7, const int32_t *lons2_e7, size_t count);

/* out_m[i] is the distance from one point to point i. */
void rg_haversine_from_fast_m(double *out_m, rg_point from, const int32_t *lats_e7,
                              const int32_t *lons_e7, size_t count);

#endif
