#include "rg_order.h"

#include "rg_alloc.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

rg_status rg_order_ids(rg_ids *ids, uint32_t universe)
{
    (void)universe;
    for (size_t i = 1; i < ids->count; i++) {
        if (ids->items[i - 1] > ids->items[i]) {
            qsort(ids->items, ids->count, sizeof *ids->items, compare);
            break;
        }
    }
    return RG_OK;
}
