/* rg_trip: the running summary of points visited one after the other.
 *
 * Ownership: plain data; it borrows the index that it is given.
 * Threads: one trip belongs to one thread.
 */
#ifndef RG_TRIP_H
#define RG_TRIP_H

#include "rg_index.h"

typedef struct rg_trip {
    uint64_t point_count;
    uint64_t feature_count; /* points with a feature, named or not */
    double distance_m;      /* the legs added in the order travelled */
    rg_point last;          /* meaningful once point_count > 0 */
} rg_trip;

/* Adds the next point. A trip starts zeroed. */
void rg_trip_visit(rg_trip *trip, const rg_index *index, rg_point point);

#endif
