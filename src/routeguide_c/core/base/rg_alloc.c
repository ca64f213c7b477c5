#ifdef __linux__
#define _DEFAULT_SOURCE /* madvise */
#include <sys/mman.h>
#endif

#include "base/rg_alloc.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_LINE = 64, HUGE_PAGE = 2 << 20, LEAST_BYTES = 4096 /* of an array that grows */ };

#ifdef RG_ALLOC_FAULTS
#include <stdatomic.h>

static atomic_long skipped_before_fault = -1; /* threads of one build count together */

void rg_alloc_fail_after(long skipped)
{
    atomic_store(&skipped_before_fault, skipped);
}

static bool fault(void)
{
    return atomic_load(&skipped_before_fault) >= 0 &&
           atomic_fetch_sub(&skipped_before_fault, 1) == 0;
}
#else
static bool fault(void)
{
    return false;
}
#endif

/* aligned_alloc requires a multiple of the alignment. */
static void *alloc_aligned(size_t alignment, size_t bytes)
{
    return aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}

/* Look-ups in large arrays miss the processor's page table cache at nearly every step; pages of
 * 2 MiB, if the system grants them, avoid that. */
static void *alloc_large(size_t bytes)
{
    void *memory = alloc_aligned(HUGE_PAGE, bytes);
#ifdef MADV_HUGEPAGE
    if (memory)
        (void)madvise(memory, bytes, MADV_HUGEPAGE); /* a hint: may fail */
#endif
    return memory;
}

void *rg_alloc(size_t count, size_t size)
{
    if (fault() || (size != 0 && count > (SIZE_MAX - CACHE_LINE) / size))
        return NULL;
    size_t bytes = count * size;
    if (bytes >= 2 * (size_t)HUGE_PAGE && bytes <= SIZE_MAX - HUGE_PAGE)
        return alloc_large(bytes);
    return alloc_aligned(CACHE_LINE, bytes ? bytes : 1);
}

void *rg_alloc_zeroed(size_t count, size_t size)
{
    void *memory = rg_alloc(count, size);
    if (memory)
        memset(memory, 0, count * size);
    return memory;
}

void *rg_move_to_larger(void *memory, void *lent, size_t count, size_t *capacity, size_t more,
                        size_t size)
{
    if (more > SIZE_MAX - count)
        return NULL;
    size_t grown = *capacity + *capacity / 2, needed = count + more;
    if (grown < LEAST_BYTES / size)
        grown = LEAST_BYTES / size;
    if (grown < needed)
        grown = needed;
    void *moved = rg_alloc(grown, size);
    if (!moved)
        return NULL;
    if (count)
        memcpy(moved, memory, count * size);
    if (memory != lent)
        rg_free(memory);
    *capacity = grown;
    return moved;
}

/* Copies small blocks, which thereby come out aligned. */
static void *move(void *memory, size_t used, size_t count, size_t size)
{
    void *moved = rg_alloc(count, size);
    if (!moved)
        return NULL;
    if (used)
        memcpy(moved, memory, used);
    rg_free(memory);
    return moved;
}

void *rg_resize(void *memory, size_t used, size_t count, size_t size)
{
    if (used < HUGE_PAGE || size == 0 || count > PTRDIFF_MAX / size || count * size < used)
        return move(memory, used, count, size);
    return fault() ? NULL : realloc(memory, count * size);
}

void rg_free(void *memory)
{
    free(memory);
}
