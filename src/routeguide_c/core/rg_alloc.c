#include "rg_alloc.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_LINE = 64 };

#ifdef RG_ALLOC_FAULTS
static long skipped_before_fault = -1;

void rg_alloc_fail_after(long skipped)
{
    skipped_before_fault = skipped;
}

static bool fault(void)
{
    return skipped_before_fault >= 0 && skipped_before_fault-- == 0;
}
#else
static bool fault(void)
{
    return false;
}
#endif

void *rg_alloc(size_t count, size_t size)
{
    if (fault() || (size != 0 && count > (SIZE_MAX - CACHE_LINE) / size))
        return NULL;
    /* aligned_alloc wants a multiple of the alignment, and zero bytes may give NULL. */
    size_t bytes = (count * size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    return aligned_alloc(CACHE_LINE, bytes ? bytes : CACHE_LINE);
}

void *rg_alloc_zeroed(size_t count, size_t size)
{
    void *memory = rg_alloc(count, size);
    if (memory)
        memset(memory, 0, count * size);
    return memory;
}

void *rg_realloc(void *memory, size_t used, size_t count, size_t size)
{
    void *moved = rg_alloc(count, size);
    if (!moved)
        return NULL;
    if (used)
        memcpy(moved, memory, used);
    rg_free(memory);
    return moved;
}

void rg_free(void *memory)
{
    free(memory);
}
