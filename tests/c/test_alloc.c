#include "check.h"

#include "base/rg_alloc.h"

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
    unsigned char *memory = rg_resize(NULL, 0, 10, 1);
    CHECK(memory);
    memcpy(memory, "ten bytes", 10);
    memory = rg_resize(memory, 10, 5000, 2);
    CHECK(memory);
    CHECK(memcmp(memory, "ten bytes", 10) == 0);
    CHECK(!rg_resize(memory, 10, SIZE_MAX, 2));
    CHECK(memcmp(memory, "ten bytes", 10) == 0);
    rg_free(memory);
}

/* From sizes that are copied to those that are moved, and back. */
static void resized_memory_keeps_what_was_used(void)
{
    enum { SMALL = 1000, LARGE = 3 << 20, LARGEST = 70 << 20 };
    static const size_t sizes[] = {SMALL, LARGE, 2 * LARGE, LARGEST, 2 * LARGEST, LARGE, SMALL};
    unsigned char *memory = rg_resize(NULL, 0, 1, 1);
    size_t used = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (used > sizes[i])
            used = sizes[i];
        memory = rg_resize(memory, used, sizes[i], 1);
        CHECK(memory);
        for (size_t at = 0; at < used; at += 499)
            CHECK(memory[at] == at % 251);
        used = sizes[i];
        for (size_t at = 0; at < used; at++)
            memory[at] = (unsigned char)(at % 251);
    }
    CHECK(!rg_resize(memory, used, SIZE_MAX / 2, 2));
    rg_free(memory);
    memory = rg_alloc(LARGE, 1);
    rg_alloc_fail_after(0);
    CHECK(!rg_resize(memory, LARGE, LARGEST, 1));
    memset(memory, 1, LARGE);
    rg_free(memory);
}

static void a_growing_array_keeps_its_items(void)
{
    uint32_t *items = NULL;
    size_t capacity = 0, moves = 0;
    for (uint32_t count = 0; count < 100000; count++) {
        uint32_t *grown = rg_grow(items, NULL, count, &capacity, 1, sizeof *items);
        CHECK(grown && capacity > count);
        moves += grown != items;
        items = grown;
        items[count] = count;
    }
    for (uint32_t i = 0; i < 100000; i++)
        CHECK(items[i] == i);
    CHECK(moves < 20);
    size_t before = capacity;
    CHECK(!rg_grow(items, NULL, 100000, &capacity, SIZE_MAX / 2, sizeof *items));
    CHECK(!rg_grow(items, NULL, 100000, &capacity, SIZE_MAX, sizeof *items));
    rg_alloc_fail_after(0);
    CHECK(!rg_grow(items, NULL, 100000, &capacity, before, sizeof *items));
    CHECK(capacity == before && items[99999] == 99999);
    rg_free(items);
}

static void a_lent_array_is_copied_and_not_freed(void)
{
    uint32_t lent[4] = {1, 2, 3, 4};
    size_t capacity = 4;
    CHECK(rg_grow(lent, lent, 3, &capacity, 1, sizeof *lent) == lent);
    uint32_t *items = rg_grow(lent, lent, 4, &capacity, 1, sizeof *lent);
    CHECK(items && items != lent && capacity > 4);
    CHECK(memcmp(items, lent, sizeof lent) == 0);
    rg_free(items);
}

static void one_allocation_fails_on_demand(void)
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
    RUN(resized_memory_keeps_what_was_used);
    RUN(a_growing_array_keeps_its_items);
    RUN(a_lent_array_is_copied_and_not_freed);
    RUN(one_allocation_fails_on_demand);
}
