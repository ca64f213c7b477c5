#include "check.h"

#include "rg_alloc.h"

#include <stdint.h>
#include <string.h>

static void memory_is_aligned_and_writable(void)
{
    for (size_t count = 0; count < 200; count++) {
        unsigned char *memory = rg_alloc(count, 1);
        CHECK(memory);
        CHECK((uintptr_t)memory % 64 == 0);
        memset(memory, 1, count);
        rg_free(memory);
    }
    rg_free(NULL);
}

static void a_product_past_size_max_gives_null(void)
{
    CHECK(!rg_alloc(SIZE_MAX, 1));
    CHECK(!rg_alloc(SIZE_MAX / 4, 8));
    CHECK(!rg_alloc_zeroed(SIZE_MAX / 2 + 1, 2));
}

static void zeroed_memory_is_zero(void)
{
    unsigned char *memory = rg_alloc_zeroed(1000, 3);
    CHECK(memory);
    for (size_t i = 0; i < 3000; i++)
        CHECK(memory[i] == 0);
    rg_free(memory);
}

static void moved_memory_keeps_what_was_used(void)
{
    unsigned char *memory = rg_realloc(NULL, 0, 10, 1);
    CHECK(memory);
    memcpy(memory, "ten bytes", 10);
    memory = rg_realloc(memory, 10, 5000, 2);
    CHECK(memory);
    CHECK(memcmp(memory, "ten bytes", 10) == 0);
    CHECK(!rg_realloc(memory, 10, SIZE_MAX, 2));
    CHECK(memcmp(memory, "ten bytes", 10) == 0);
    rg_free(memory);
}

static void one_allocation_fails_as_told(void)
{
    rg_alloc_fail_after(1);
    void *first = rg_alloc(1, 1);
    void *second = rg_alloc(1, 1);
    void *third = rg_alloc(1, 1);
    CHECK(first && !second && third);
    rg_free(first);
    rg_free(third);
}

void test_alloc(void)
{
    RUN(memory_is_aligned_and_writable);
    RUN(a_product_past_size_max_gives_null);
    RUN(zeroed_memory_is_zero);
    RUN(moved_memory_keeps_what_was_used);
    RUN(one_allocation_fails_as_told);
}
