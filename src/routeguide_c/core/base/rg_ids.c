#include "base/rg_ids.h"

#include "base/rg_alloc.h"

#include <stdint.h>

void rg_ids_init(rg_ids *ids, uint32_t *room, size_t capacity)
{
    *ids = (rg_ids){.items = room, .capacity = capacity, .lent = room};
}

rg_status rg_ids_reserve(rg_ids *ids, size_t more)
{
    if (more <= ids->capacity - ids->count && ids->items)
        return RG_OK;
    if (more > SIZE_MAX / sizeof *ids->items / 2 - ids->capacity - RG_IDS_SLACK)
        return RG_ENOMEM;
    size_t capacity = ids->count + more;
    if (capacity < 2 * ids->capacity)
        capacity = 2 * ids->capacity;
    uint32_t *old = ids->items == ids->lent ? NULL : ids->items;
    uint32_t *items = rg_alloc(capacity + RG_IDS_SLACK, sizeof *items);
    if (!items)
        return RG_ENOMEM;
    for (size_t i = 0; i < ids->count; i++)
        items[i] = ids->items[i];
    rg_free(old);
    ids->items = items;
    ids->capacity = capacity;
    return RG_OK;
}

void rg_ids_clear(rg_ids *ids)
{
    if (ids->items != ids->lent)
        rg_free(ids->items);
    rg_ids_init(ids, NULL, 0);
}
