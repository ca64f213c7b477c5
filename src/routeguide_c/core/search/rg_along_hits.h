/* rg_along_hits: a growing list of features with their feet on a route, the answer of searches
 * along a route.
 *
 * Ownership: the list owns its memory.
 * Threads: a list belongs to one thread.
 * Cost: adding an item O(1) on average.
 */
#ifndef RG_ALONG_HITS_H
#define RG_ALONG_HITS_H

#include "base/rg_status.h"
#include "geo/rg_route.h"

#include <stddef.h>
#include <stdint.h>

typedef struct rg_along_hit {
    rg_route_foot foot;
    uint32_t id;
} rg_along_hit;

/* Zeros are an empty list. */
typedef struct rg_along_hits {
    rg_along_hit *items;
    size_t count, capacity;
} rg_along_hits;

/* Frees what the list allocated and leaves it empty. */
void rg_along_hits_clear(rg_along_hits *hits);

/* Appends an item. RG_ENOMEM changes nothing. */
rg_status rg_along_hits_add(rg_along_hits *hits, rg_route_foot foot, uint32_t id);

/* Sorts by the position along the route, then by id. Cost: O(count log count). */
void rg_along_hits_sort(rg_along_hits *hits);

#endif
