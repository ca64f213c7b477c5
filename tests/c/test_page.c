#include "check.h"

#include "base/rg_fingerprint.h"
#include "features/rg_page.h"
#include "sample.h"

#include <string.h>

/* Three features: named, unnamed at the origin, and with a name whose length takes two bytes. */
static rg_store *three(void)
{
    static char long_name[200];
    rg_store *store = NULL;
    memset(long_name, 'x', sizeof long_name);
    CHECK(rg_store_new(&store, 3, 0) == RG_OK);
    CHECK(rg_store_add(store, (rg_point){1, 2}, "Pat", 3) == RG_OK);
    CHECK(rg_store_add(store, (rg_point){0, 0}, "", 0) == RG_OK);
    CHECK(rg_store_add(store, (rg_point){0, 0}, long_name, sizeof long_name) == RG_OK);
    return store;
}

static void check_page(const rg_page *page, const rg_store *store, const char *bytes, size_t size)
{
    uint8_t room[1024];
    size_t found = 0;
    memset(room, 0xaa, sizeof room);
    CHECK(rg_page_size(&found, page, store) == RG_OK);
    CHECK(found == size);
    CHECK(rg_page_write(room, page, store) == room + size);
    CHECK(memcmp(room, bytes, size) == 0);
    CHECK(room[size] == 0xaa);
}

#define CHECK_PAGE(page, store, bytes) check_page(page, store, bytes, sizeof(bytes) - 1)

#define PAT "\x0a\x03Pat\x12\x04\x08\x01\x10\x02" /* 11 bytes */
#define ONE "\x00\x00\x00\x00\x00\x00\xf0\x3f"
#define MINUS_ZERO "\x00\x00\x00\x00\x00\x00\x00\x80"

static void plain_pages(void)
{
    rg_store *store = three();
    static const uint32_t ids[] = {1, 0, 0};
    CHECK_PAGE((&(rg_page){.ids = ids, .count = 0}), store, "");
    CHECK_PAGE((&(rg_page){.ids = ids, .count = 3}), store,
               "\x0a\x02\x12\x00"
               "\x0a\x0b" PAT "\x0a\x0b" PAT);
    rg_store_free(store);
}

static void pages_of_lookups(void)
{
    rg_store *store = three();
    static const uint32_t ids[] = {RG_PAGE_MISS, 0, 1, RG_PAGE_MISS};
    CHECK_PAGE((&(rg_page){.ids = ids, .count = 4, .is_lookups = true}), store,
               "\x0a\x00\x0a\x0d\x0a\x0b" PAT "\x0a\x04\x0a\x02\x12\x00\x0a\x00");
    rg_store_free(store);
}

static void pages_with_distances(void)
{
    rg_store *store = three();
    static const uint32_t ids[] = {0, 1, 1};
    static const double distances_m[] = {1.0, 0.0, -0.0};
    rg_page page = {.ids = ids, .count = 3, .meters = {distances_m, NULL}};
    CHECK_PAGE(&page, store,
               "\x0a\x16\x0a\x0b" PAT "\x11" ONE "\x0a\x04\x0a\x02\x12\x00"
               "\x0a\x0d\x0a\x02\x12\x00\x11" MINUS_ZERO);
    rg_store_free(store);
}

static void pages_along_a_route(void)
{
    rg_store *store = three();
    static const uint32_t ids[] = {1, 1, 1};
    static const double along_m[] = {1.0, 0.0, 0.0}, offset_m[] = {0.0, 1.0, 0.0};
    static const int8_t sides[] = {-1, 0, 1};
    rg_page page = {.ids = ids, .count = 3, .meters = {along_m, offset_m}, .sides = sides};
    CHECK_PAGE(&page, store,
               "\x0a\x0f\x0a\x02\x12\x00\x11" ONE "\x20\x01"
               "\x0a\x0f\x0a\x02\x12\x00\x19" ONE "\x20\x03"
               "\x0a\x06\x0a\x02\x12\x00\x20\x02");
    rg_store_free(store);
}

/* Lengths that take two bytes. */
static void long_features(void)
{
    rg_store *store = three();
    static const uint32_t ids[] = {2};
    static const double along_m[] = {0.0};
    uint8_t room[1024];
    size_t size = 0;
    rg_page page = {.ids = ids, .count = 1};
    CHECK(rg_page_size(&size, &page, store) == RG_OK);
    CHECK(size == 3 + 205);
    CHECK(rg_page_write(room, &page, store) == room + size);
    CHECK(memcmp(room, "\x0a\xcd\x01\x0a\xc8\x01x", 7) == 0);
    page.meters[0] = along_m;
    CHECK(rg_page_size(&size, &page, store) == RG_OK);
    CHECK(size == 3 + 3 + 205);
    CHECK(rg_page_write(room, &page, store) == room + size);
    CHECK(memcmp(room, "\x0a\xd0\x01\x0a\xcd\x01\x0a\xc8\x01x", 10) == 0);
    rg_store_free(store);
}

static void ids_without_a_feature_are_refused(void)
{
    rg_store *store = three();
    static const uint32_t wrong[] = {3, INT32_MAX, UINT32_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        uint32_t ids[] = {0, wrong[i]};
        size_t size = 77;
        rg_ids named;
        rg_ids_init(&named, NULL, 0);
        CHECK(rg_page_size(&size, &(rg_page){.ids = ids, .count = 2}, store) == RG_EID);
        if (wrong[i] != RG_PAGE_MISS)
            CHECK(rg_page_size(&size, &(rg_page){.ids = ids, .count = 2, .is_lookups = true},
                               store) == RG_EID);
        CHECK(size == 77);
        CHECK(rg_store_named(store, ids, 2, &named) == RG_EID);
        CHECK(named.count == 0);
        rg_ids_clear(&named);
    }
    rg_store_free(store);
}

static bool names_within_memory(void *context)
{
    enum { COUNT = 5000 };
    rg_store *store = context;
    uint32_t ids[COUNT];
    for (uint32_t i = 0; i < COUNT; i++)
        ids[i] = i * 7 % 3;
    rg_ids named;
    rg_ids_init(&named, NULL, 0);
    rg_status status = rg_store_named(store, ids, COUNT, &named);
    CHECK(status == RG_OK || status == RG_ENOMEM);
    size_t found = 0;
    for (size_t i = 0; status == RG_OK && i < COUNT; i++)
        if (ids[i] != 1)
            CHECK(named.items[found++] == ids[i]);
    CHECK(named.count == found);
    rg_ids_clear(&named);
    return status == RG_OK;
}

static void named_features_keep_their_order(void)
{
    rg_store *store = three();
    CHECK(names_within_memory(store));
    check_faults(names_within_memory, store);
    rg_store_free(store);
}

/* Every single change of the content changes the fingerprint. */
static void different_contents_have_different_fingerprints(void)
{
    enum { MOST = 100 };
    uint8_t bytes[MOST + 1] = {0};
    uint64_t seen[MOST * 9 + 1];
    size_t count = 0;
    for (size_t size = 0; size <= MOST; size++) /* zeros, which differ in their number only */
        seen[count++] = rg_fingerprint(bytes, size);
    for (size_t bit = 0; bit < (size_t)MOST * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        seen[count++] = rg_fingerprint(bytes, MOST);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    CHECK(count == sizeof seen / sizeof *seen);
    for (size_t i = 0; i < count; i++) {
        CHECK(seen[i] != 0);
        for (size_t j = 0; j < i; j++)
            CHECK(seen[i] != seen[j]);
    }
}

/* The same bit, or neighboring ones, in any two bytes. */
static void two_changes_do_not_cancel(void)
{
    enum { SIZE = 128, BITS = SIZE * 8 };
    uint8_t bytes[SIZE];
    sample_random random = {3};
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)sample_bits(&random);
    uint64_t unchanged = rg_fingerprint(bytes, SIZE);
    for (size_t one = 0; one < BITS; one++) {
        bytes[one / 8] ^= (uint8_t)(1 << one % 8);
        for (size_t other = 0; other < one; other++) {
            bytes[other / 8] ^= (uint8_t)(1 << other % 8);
            CHECK(rg_fingerprint(bytes, SIZE) != unchanged);
            bytes[other / 8] ^= (uint8_t)(1 << other % 8);
        }
        bytes[one / 8] ^= (uint8_t)(1 << one % 8);
    }
    CHECK(rg_fingerprint(bytes, SIZE) == unchanged);
}

/* Snapshots contain the fingerprint, so it must never change. */
static void fingerprints_are_those_of_earlier_versions(void)
{
    const uint32_t little_endian = 1;
    if (*(const uint8_t *)&little_endian != 1)
        return;
    rg_store *store = three();
    CHECK(rg_fingerprint("", 0) == UINT64_C(0x8593fff002c1dbfa));
    CHECK(rg_store_fingerprint(store) == UINT64_C(0x8ccf8dc34c6cdfab));
    rg_store_free(store);
}

void test_page(void)
{
    RUN(plain_pages);
    RUN(pages_of_lookups);
    RUN(pages_with_distances);
    RUN(pages_along_a_route);
    RUN(long_features);
    RUN(ids_without_a_feature_are_refused);
    RUN(named_features_keep_their_order);
    RUN(different_contents_have_different_fingerprints);
    RUN(two_changes_do_not_cancel);
    RUN(fingerprints_are_those_of_earlier_versions);
}
