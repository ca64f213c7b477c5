/* rg_scan: which points lie in a rectangle, by looking at all of them.
 *
 * Faster than any index where much of the set is in the rectangle, and the answer comes in order.
 * Cost: O(n) whatever is hit, at the speed of memory.
 */
#ifndef RG_SCAN_H
#define RG_SCAN_H

#include "base/rg_ids.h"
#include "geo/rg_point.h"

/* Appends the ids of all points in the box, edges inside, ascending; point i has id i. */
rg_status rg_scan_query(const int32_t *lats_e7, const int32_t *lons_e7, uint32_t count, rg_box box,
                        rg_ids *ids);

#endif
