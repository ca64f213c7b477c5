/* rg_alloc: the only door to the allocator.
 *
 * Ownership: the caller owns what it gets and gives it back with rg_free.
 * Threads: safe, as malloc is.
 * Built with RG_ALLOC_FAULTS, it can be told to fail one allocation, so that tests walk every
 * error path.
 */
#ifndef RG_ALLOC_H
#define RG_ALLOC_H

#include <stddef.h>

/* Room for `count` items of `size` bytes, uninitialised and aligned to a cache line. NULL when
 * memory is out or the product does not fit in size_t; never NULL for a count of zero. */
void *rg_alloc(size_t count, size_t size);

/* The same, zeroed. */
void *rg_alloc_zeroed(size_t count, size_t size);

/* Changes the room at `memory` (from this module, or NULL) from `used` bytes that matter to
 * `count` items of `size` bytes, `used` bytes kept, which are no more. On NULL the old room is
 * untouched. */
void *rg_realloc(void *memory, size_t used, size_t count, size_t size);

/* The same for arrays that may be large: where the system can it moves pages rather than copy them,
 * so that for most of the time there is one room and not two. Aligned no better than malloc's. */
void *rg_resize(void *memory, size_t used, size_t count, size_t size);

/* Accepts NULL. */
void rg_free(void *memory);

#ifdef RG_ALLOC_FAULTS
/* Fails the allocation that comes after `skipped` more, once. A negative count disarms. */
void rg_alloc_fail_after(long skipped);
#endif

#endif
