#include "base/rg_ids.h"

#include "base/rg_alloc.h"

#include <stdint.h>

void rg_ids_init(rg_ids *ids, uint32_t *room, size_t capacity)
{
    size_t items = room ? capacity + RG_IDS_SLACK : 0;
    *ids = (rg_ids){.items = room, .capacity = items, .lent = room};
}

rg_status rg_ids_reserve(rg_ids *ids, size_t more)
{
    if (more > SIZE_MAX - RG_IDS_SLACK)
        return RG_ENOMEM;
    uint32_t *items = rg_grow(ids->items, ids->lent, ids->count, &ids->capacity,
                              more + RG_IDS_SLACK, sizeof *items);
    if (!items)
        return RG_ENOMEM;
    ids->items = items;
    return RG_OK;
}

void rg_ids_clear(rg_ids *ids)
{
    if (ids->items != ids->lent)
        rg_free(ids->items);
    rg_ids_init(ids, NULL, 0);
}
