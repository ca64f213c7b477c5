/* rg_hits: a growing list of features and their distances, the shape in which searches around a
 * point answer.
 *
 * Ownership: as rg_ids: the list owns its heap memory and starts in room that its caller lends.
 * Threads: one list belongs to one thread.
 */
#ifndef RG_HITS_H
#define RG_HITS_H

#include "rg_status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct rg_hit {
    double distance_m;
    uint32_t id;
} rg_hit;

typedef struct rg_hits {
    rg_hit *items;
    size_t count;
    size_t capacity;
    rg_hit *lent; /* the caller's room; equal to items until the list outgrows it */
} rg_hits;

/* An empty list in the caller's `room`, which outlives it. Takes NULL and 0. */
void rg_hits_init(rg_hits *hits, rg_hit *room, size_t capacity);

/* Makes sure that `more` items fit behind the present ones. On failure nothing changes. */
rg_status rg_hits_reserve(rg_hits *hits, size_t more);

/* Frees what the list allocated and leaves it empty, without room. */
void rg_hits_clear(rg_hits *hits);

/* Moves the `nearest` items of least distance to the front, in no particular order, the furthest
 * of them last. 1 <= nearest <= count. Cost: O(count). */
void rg_hits_select(rg_hits *hits, size_t nearest);

/* Sorts by distance, then by id. Distances are not NaN. On failure (out of memory for the scratch
 * of a long list) the items stand in some other order. Cost: O(count) for distances that spread. */
rg_status rg_hits_sort(rg_hits *hits);

#endif
