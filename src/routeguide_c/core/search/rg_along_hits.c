#include "search/rg_along_hits.h"

#include "base/rg_alloc.h"

#include <stdlib.h>

void rg_along_hits_clear(rg_along_hits *hits)
{
    rg_free(hits->items);
    *hits = (rg_along_hits){0};
}

rg_status rg_along_hits_add(rg_along_hits *hits, rg_route_foot foot, uint32_t id)
{
    rg_along_hit *items =
        rg_grow(hits->items, NULL, hits->count, &hits->capacity, 1, sizeof *items);
    if (!items)
        return RG_ENOMEM;
    hits->items = items;
    hits->items[hits->count++] = (rg_along_hit){foot, id};
    return RG_OK;
}

static int compare(const void *a, const void *b)
{
    const rg_along_hit *one = a, *other = b;
    if (one->foot.along_m != other->foot.along_m)
        return one->foot.along_m < other->foot.along_m ? -1 : 1;
    return (one->id > other->id) - (one->id < other->id);
}

void rg_along_hits_sort(rg_along_hits *hits)
{
    if (hits->count > 1)
        qsort(hits->items, hits->count, sizeof *hits->items, compare);
}
