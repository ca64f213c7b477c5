/* Stands in for aligned_alloc and fails one call of it when told to, so that a test can walk the
 * error paths of an extension as it was built for use. */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_long skipped_before_failure = -1;

/* Fails the call that comes after `skipped` more, once. A negative count disarms. */
void fail_aligned_alloc_after(long skipped)
{
    atomic_store(&skipped_before_failure, skipped);
}

int aligned_alloc_still_to_fail(void)
{
    return atomic_load(&skipped_before_failure) >= 0;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    void *memory = NULL;
    if (atomic_fetch_sub(&skipped_before_failure, 1) == 0) {
        errno = ENOMEM;
        return NULL;
    }
    return posix_memalign(&memory, alignment, size) == 0 ? memory : NULL;
}
