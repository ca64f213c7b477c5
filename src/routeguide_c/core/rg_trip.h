/* rg_trip: a running summary of visited points.
 *
 * Ownership: plain data; borrows the index for each call.
 * Threads: a trip belongs to one thread.
 * Cost: a look-up and a distance a point.
 */
#ifndef RG_TRIP_H
#define RG_TRIP_H

#include "rg_index.h"

typedef struct rg_trip {
    uint64_t point_count;
    uint64_t feature_count; /* points with a feature, named or not */
    double distance_m;      /* the sum of the legs by rg_haversine_m, in the order of travel */
    rg_point last;          /* undefined while point_count is 0 */
} rg_trip;

/* Adds the next point. Zeros are a trip without points. */
void rg_trip_visit(rg_trip *trip, const rg_index *index, rg_point point);

#endif
