/* rg_alloc: the core's memory; no other file calls the C library's allocator.
 *
 * Ownership: the caller owns what it gets and returns it with rg_free.
 * Threads: safe, like malloc.
 * Cost: that of malloc; blocks from 4 MiB on ask the system for pages of 2 MiB.
 * Built with RG_ALLOC_FAULTS it can make one allocation fail, so that tests reach every error path.
 */
#ifndef RG_ALLOC_H
#define RG_ALLOC_H

#include <stddef.h>

/* Returns room for `count` items of `size` bytes, uninitialized and aligned to a cache line; NULL
 * if memory is out or the product does not fit in size_t, never NULL for a count of zero. */
void *rg_alloc(size_t count, size_t size);

/* Returns the same room filled with zeros. */
void *rg_alloc_zeroed(size_t count, size_t size);

/* Returns a larger array with a copy of the first `count` items of the one at `memory`, and room
 * for `more` behind them: for rg_grow only. */
void *rg_move_to_larger(void *memory, void *lent, size_t count, size_t *capacity, size_t more,
                        size_t size);

/* Returns the array at `memory`, which has room for `*capacity` items of `size` bytes, with room
 * for `more` behind its first `count`: the array itself, or a larger one with a copy of these
 * items, and updates the capacity. An array that grows is half as large again at least. NULL leaves
 * it as it was. `lent` is NULL or an array that must not be freed. */
static inline void *rg_grow(void *memory, void *lent, size_t count, size_t *capacity, size_t more,
                            size_t size)
{
    if (memory && more <= *capacity - count)
        return memory;
    return rg_move_to_larger(memory, lent, count, capacity, more, size);
}

/* Returns the block at `memory` (from this module, or NULL) with room for `count` items of `size`
 * bytes and its first `used` bytes, which fit. NULL leaves it as it was. A large block moves its
 * pages where the system can do that, so that its content does not exist twice; the result is
 * aligned no better than malloc's. */
void *rg_resize(void *memory, size_t used, size_t count, size_t size);

/* Accepts NULL. */
void rg_free(void *memory);

#ifdef RG_ALLOC_FAULTS
/* Makes the allocation after the next `skipped` ones fail, once. A negative number switches that
 * off. */
void rg_alloc_fail_after(long skipped);
#endif

#endif
