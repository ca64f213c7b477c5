/* rg_order: sorts feature ids ascending, which is database order.
 *
 * Ownership: allocates scratch memory for one call.
 * Threads: a list belongs to one thread.
 * Cost: one pass if the ids already ascend, otherwise a few passes.
 */
#ifndef RG_ORDER_H
#define RG_ORDER_H

#include "base/rg_ids.h"
#include "base/rg_status.h"

/* Sorts distinct ids below RG_FEATURES_MAX. RG_ENOMEM, for the scratch of a long list, leaves them
 * in another order. */
rg_status rg_order_ids(rg_ids *ids);

#endif
