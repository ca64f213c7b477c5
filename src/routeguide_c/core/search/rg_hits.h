/* rg_hits: a growing list of features and their distances, the answer of searches around a place.
 *
 * Ownership: the list owns its heap memory; it starts in arrays that its caller lends, so that
 * small answers allocate nothing. Threads: a list belongs to one thread. Cost: a list that grows is
 * copied, at most a few times its final size in all.
 */
#ifndef RG_HITS_H
#define RG_HITS_H

#include "base/rg_status.h"

#include <stddef.h>
#include <stdint.h>

/* Items that may be written past the reserved end, because vector stores write whole registers. */
enum { RG_HITS_SLACK = 4 };

typedef struct rg_hits {
    double *distances_m;
    uint32_t *ids; /* of the same features */
    size_t count;
    size_t capacity; /* items that fit, with the slack */
    double *lent_m;  /* the caller's arrays, equal to those above until the list outgrows them */
    uint32_t *lent_ids;
} rg_hits;

/* Makes an empty list in the caller's two arrays, which have `capacity` + RG_HITS_SLACK items and
 * outlive it; or, with NULL, NULL and 0, one whose first reservation allocates. */
void rg_hits_init(rg_hits *hits, double *distances_m, uint32_t *ids, size_t capacity);

/* Makes room for `more` items and the slack behind the present ones. RG_ENOMEM changes no item. */
rg_status rg_hits_reserve(rg_hits *hits, size_t more);

/* Frees what the list allocated and leaves it empty, with no arrays. */
void rg_hits_clear(rg_hits *hits);

/* Appends those of `count` distances that are at most the limit, which NaN is not; their ids count
 * from `first_id`. The list has room for all of them. May read RG_HITS_SLACK - 1 distances more. */
void rg_hits_take(rg_hits *hits, const double *distances_m, uint32_t first_id, size_t count,
                  double limit_m);

/* Returns a distance that at least `nearest` of the items do not exceed, and few others; not always
 * the least one. 1 <= nearest <= count. */
double rg_hits_reach(const rg_hits *hits, size_t nearest);

/* Drops the items above the limit. */
void rg_hits_drop(rg_hits *hits, double limit_m);

/* Sorts by distance, then by id. Distances are not NaN. RG_ENOMEM, for the scratch of a long list,
 * leaves the items in another order. Cost: O(count) if the distances are spread. */
rg_status rg_hits_sort(rg_hits *hits);

#endif
