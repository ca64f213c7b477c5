/* rg_geo_batch: many distances in one call, each equal to rg_haversine_m's in every bit.
 *
 * The formula is worked off in steps over a block of pairs, so that the processor overlaps one
 * pair's slow functions with the next one's, and pow is called only where its result is in doubt.
 * Threads: pure functions.
 * Cost: that of the formula; from one point or along a path less, whose cosines are shared.
 */
#ifndef RG_GEO_BATCH_H
#define RG_GEO_BATCH_H

#include "geo/rg_point.h"

#include <stddef.h>

/* out_m[i] is the distance from point i of the first two arrays to point i of the others. */
void rg_haversine_many_m(double *out_m, const int32_t *lats1_e7, const int32_t *lons1_e7,
                         const int32_t *lats2_e7, const int32_t *lons2_e7, size_t count);

/* out_m[i] is the distance from one point to point i. */
void rg_haversine_from_m(double *out_m, rg_point from, const int32_t *lats_e7,
                         const int32_t *lons_e7, size_t count);

/* Metres along the points in order, the legs added from first to last; 0 for less than two. */
double rg_path_length_m(const int32_t *lats_e7, const int32_t *lons_e7, size_t count);

#endif
