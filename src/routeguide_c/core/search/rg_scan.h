/* rg_scan: finds the points in a rectangle by testing all of them.
 *
 * Faster than any index if a large part of the set is in the rectangle; the answer is in order.
 *
 * Ownership: borrows the coordinates for the call.
 * Threads: any number may scan the same coordinates.
 * Cost: O(n), at the speed of memory.
 */
#ifndef RG_SCAN_H
#define RG_SCAN_H

#include "base/rg_ids.h"
#include "geo/rg_point.h"

/* Appends the ids of all points in the box, edges inside, ascending; point i has id i. */
rg_status rg_scan_query(const int32_t *lats_e7, const int32_t *lons_e7, uint32_t count, rg_box box,
                        rg_ids *ids);

#endif
