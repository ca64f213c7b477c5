/* rg_ids: a growing list of feature ids, the answer of queries.
 *
 * Ownership: the list owns its heap memory; it starts in an array that its caller lends, so that
 * small answers allocate nothing.
 * Threads: a list belongs to one thread.
 * Cost: a list that grows is copied, at most a few times its final size in all.
 */
#ifndef RG_IDS_H
#define RG_IDS_H

#include "base/rg_status.h"

#include <stddef.h>
#include <stdint.h>

/* Items that may be written past the reserved end, because vector stores write whole registers. */
enum { RG_IDS_SLACK = 16 };

typedef struct rg_ids {
    uint32_t *items;
    size_t count;
    size_t capacity; /* items that fit, with the slack */
    uint32_t *lent;  /* the caller's array; equal to items until the list outgrows it */
} rg_ids;

/* Makes an empty list in the caller's array `room`, which has `capacity` + RG_IDS_SLACK items and
 * outlives the list; or, with NULL and 0, one whose first reservation allocates. */
void rg_ids_init(rg_ids *ids, uint32_t *room, size_t capacity);

/* Makes room for `more` items and the slack behind the present ones. RG_ENOMEM changes nothing. */
rg_status rg_ids_reserve(rg_ids *ids, size_t more);

/* Frees what the list allocated and leaves it empty, with no array. */
void rg_ids_clear(rg_ids *ids);

#endif
