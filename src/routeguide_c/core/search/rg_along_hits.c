#include "search/rg_along_hits.h"

#include "base/rg_alloc.h"

#include <string.h>

void rg_along_hits_clear(rg_along_hits *hits)
{
    rg_free(hits->items);
    *hits = (rg_along_hits){0};
}

rg_status rg_along_hits_add(rg_along_hits *hits, rg_route_foot foot, uint32_t id)
{
    if (hits->count == hits->capacity) {
        size_t capacity = hits->capacity ? 2 * hits->capacity : 256;
        rg_along_hit *items =
            rg_realloc(hits->items, hits->count * sizeof *items, capacity, sizeof *items);
        if (!items)
            return RG_ENOMEM;
        hits->items = items;
        hits->capacity = capacity;
    }
    hits->items[hits->count++] = (rg_along_hit){foot, id};
    return RG_OK;
}

static bool in_order(const rg_along_hit *a, const rg_along_hit *b)
{
    return a->foot.along_m < b->foot.along_m ||
           (a->foot.along_m == b->foot.along_m && a->id <= b->id);
}

/* Merges neighbouring runs of `size` sorted items into runs of twice that. */
static void merge(rg_along_hit *to, const rg_along_hit *from, size_t count, size_t size)
{
    for (size_t begin = 0; begin < count; begin += 2 * size) {
        size_t middle = count - begin < size ? count : begin + size;
        size_t end = count - middle < size ? count : middle + size;
        for (size_t at = begin, left = begin, right = middle; at < end; at++)
            to[at] = right == end || (left < middle && in_order(&from[left], &from[right]))
                         ? from[left++]
                         : from[right++];
    }
}

rg_status rg_along_hits_sort(rg_along_hits *hits)
{
    if (hits->count < 2)
        return RG_OK;
    rg_along_hit *scratch = rg_alloc(hits->count, sizeof *scratch);
    if (!scratch)
        return RG_ENOMEM;
    rg_along_hit *from = hits->items, *to = scratch;
    for (size_t size = 1; size < hits->count; size *= 2) {
        merge(to, from, hits->count, size);
        rg_along_hit *merged = to;
        to = from;
        from = merged;
    }
    if (from == scratch)
        memcpy(hits->items, scratch, hits->count * sizeof *scratch);
    rg_free(scratch);
    return RG_OK;
}
