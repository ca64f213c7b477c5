/* rg_geo_batch: many great-circle distances in one call, by polynomials.
 *
 * The relative error is below 1e-10 for coordinates on Earth, measured against arbitrary precision:
 * for neighbors, at the poles, across the antimeridian and next to antipodes, where the documents'
 * formula itself errs by up to 3e-9. A point is exactly 0 away from itself. Coordinates out of
 * range are angles like any other, but no error is stated for them. The last digits depend on the
 * processor's instructions, and not on the position of a pair in its array.
 *
 * Ownership: no memory of its own; the arrays are the caller's.
 * Threads: pure functions.
 * Cost: some 60 arithmetic operations a pair, four pairs at a time with AVX2: 3 ns a pair, where
 * rg_haversine_m takes 100.
 * Source: rg_arc.h; the coefficients are from tools/minimax.py.
 */
#ifndef RG_GEO_BATCH_H
#define RG_GEO_BATCH_H

#include "geo/rg_point.h"

#include <stddef.h>

/* Writes to out_m[i] the distance from point i of the first two arrays to point i of the others. */
void rg_haversine_many_m(double *out_m, const int32_t *lats1_e7, const int32_t *lons1_e7,
                         const int32_t *lats2_e7, const int32_t *lons2_e7, size_t count);

/* Writes to out_m[i] the distance from one point to point i. */
void rg_haversine_from_m(double *out_m, rg_point from, const int32_t *lats_e7,
                         const int32_t *lons_e7, size_t count);

/* Returns the meters along the points, the legs added from first to last; 0 for fewer than two. */
double rg_path_length_m(const int32_t *lats_e7, const int32_t *lons_e7, size_t count);

#endif
