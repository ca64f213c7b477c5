/* rg_hits: a growing list of features and their distances, the shape in which searches around a
 * place answer.
 *
 * Ownership: as rg_ids: the list owns its heap memory and starts in room that its caller lends.
 * Threads: one list belongs to one thread.
 */
#ifndef RG_HITS_H
#define RG_HITS_H

#include "base/rg_status.h"

#include <stddef.h>
#include <stdint.h>

/* Items that may be written past the reserved end: vector stores write whole registers. */
enum { RG_HITS_SLACK = 4 };

typedef struct rg_hits {
    double *distances_m;
    uint32_t *ids; /* of the same features */
    size_t count;
    size_t capacity; /* items that fit, with the slack */
    double *lent_m;  /* the caller's arrays, equal to those above until the list outgrows them */
    uint32_t *lent_ids;
} rg_hits;

/* An empty list in the caller's room, two arrays of `capacity` + RG_HITS_SLACK items that outlive
 * it. Takes NULL, NULL and 0. */
void rg_hits_init(rg_hits *hits, double *distances_m, uint32_t *ids, size_t capacity);

/* Makes sure that `more` items fit behind the present ones, and the slack behind those. On failure
 * nothing changes. */
rg_status rg_hits_reserve(rg_hits *hits, size_t more);

/* Frees what the list allocated and leaves it empty, without room. */
void rg_hits_clear(rg_hits *hits);

/* Appends those of `count` distances that are not above the limit, and no NaN; their ids count up
 * from `first_id`. There is room for all of them. May read RG_HITS_SLACK - 1 distances more. */
void rg_hits_take(rg_hits *hits, const double *distances_m, uint32_t first_id, size_t count,
                  double limit_m);

/* A distance that at least `nearest` of the items do not exceed, and few others: not the least
 * such one. 1 <= nearest <= count. */
double rg_hits_reach(const rg_hits *hits, size_t nearest);

/* Drops the items above the limit. */
void rg_hits_drop(rg_hits *hits, double limit_m);

/* Sorts by distance, then by id. Distances are not NaN. On failure (out of memory for the scratch
 * of a long list) the items stand in some other order. Cost: O(count) for distances that spread. */
rg_status rg_hits_sort(rg_hits *hits);

#endif
