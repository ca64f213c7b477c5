/* rg_ids: a growing list of feature ids, the shape in which queries answer.
 *
 * Ownership: the list owns its heap memory; it starts in room that its caller lends, so that
 * small answers allocate nothing.
 * Threads: one list belongs to one thread.
 */
#ifndef RG_IDS_H
#define RG_IDS_H

#include "base/rg_status.h"

#include <stddef.h>
#include <stdint.h>

/* Items that may be written past the reserved end: vector stores write whole registers. */
enum { RG_IDS_SLACK = 16 };

typedef struct rg_ids {
    uint32_t *items;
    size_t count;
    size_t capacity; /* items that fit, with the slack */
    uint32_t *lent;  /* the caller's room; equal to items until the list outgrows it */
} rg_ids;

/* An empty list in the caller's `room`, which holds `capacity` + RG_IDS_SLACK items and outlives
 * the list. With room NULL and capacity 0 the first reservation allocates. */
void rg_ids_init(rg_ids *ids, uint32_t *room, size_t capacity);

/* Makes sure that `more` items fit behind the present ones, and the slack behind those. */
rg_status rg_ids_reserve(rg_ids *ids, size_t more);

/* Frees what the list allocated and leaves it empty, without room. */
void rg_ids_clear(rg_ids *ids);

#endif
