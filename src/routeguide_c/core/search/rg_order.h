/* rg_order: sorts feature ids ascending, which is database order.
 *
 * Threads: no state; the scratch memory lives for one call.
 */
#ifndef RG_ORDER_H
#define RG_ORDER_H

#include "base/rg_ids.h"
#include "base/rg_status.h"

/* Sorts the distinct ids, each below RG_FEATURES_MAX. On failure (out of memory for the scratch
 * of a long list) they stand in some other order. Cost: one pass where they are already
 * ascending, else a few passes, more of
 * them where the ids are crowded. */
rg_status rg_order_ids(rg_ids *ids);

#endif
