#include "check.h"

#include "features/rg_names.h"

#include <stdlib.h>
#include <string.h>

enum { COUNT = 900 };

/* A store whose names have 0 to 12 characters of 1 to 4 bytes. */
static rg_store *store_of_names(void)
{
    static const char *const letters[] = {"a", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x9c\xa8"};
    rg_store *store = NULL;
    CHECK(rg_store_new(&store, 0, 0) == RG_OK);
    for (uint32_t i = 0; i < COUNT; i++) {
        char name[12 * 4 + 1] = "";
        for (uint32_t letter = 0; letter < i % 13; letter++)
            strcat(name, letters[i / 13 % 4]);
        rg_point location = {(int32_t)i, -(int32_t)i};
        CHECK(rg_store_add(store, location, name, strlen(name)) == RG_OK);
    }
    return store;
}

static void check_names(const rg_store *store, uint32_t first, uint32_t count,
                        const int32_t *offsets)
{
    size_t size = (size_t)offsets[count];
    uint8_t *bytes = malloc(size ? size : 1); /* of just the size, for the sanitizer */
    CHECK(bytes);
    CHECK(offsets[0] == 0);
    CHECK(rg_names_copy(bytes, store, first, count, offsets) == RG_OK);
    for (uint32_t i = 0; i < count; i++) {
        rg_slice name = rg_feature_name(rg_store_encoded(store, first + i));
        check_case("name %u", (unsigned)(first + i));
        CHECK((size_t)(offsets[i + 1] - offsets[i]) == name.size);
        CHECK(memcmp(bytes + offsets[i], name.data, name.size) == 0);
    }
    free(bytes);
}

static void runs_of_every_length_hold_the_names(void)
{
    rg_store *store = store_of_names();
    int32_t offsets[COUNT + 1];
    for (uint32_t first = 0; first <= COUNT; first += 90) {
        for (uint32_t wanted = 0; wanted <= COUNT - first; wanted += 1 + wanted) {
            uint32_t count = wanted;
            CHECK(rg_names_measure(store, first, &count, offsets, INT32_MAX) == RG_OK);
            CHECK(count == wanted);
            check_names(store, first, count, offsets);
        }
    }
    rg_store_free(store);
}

static void a_run_ends_before_it_has_too_many_bytes(void)
{
    rg_store *store = store_of_names();
    int32_t offsets[COUNT + 1];
    for (int32_t most = 48; most < 500; most += 7) {
        for (uint32_t first = 0; first < COUNT;) {
            uint32_t count = COUNT - first;
            CHECK(rg_names_measure(store, first, &count, offsets, most) == RG_OK);
            CHECK(count >= 1 && offsets[count] <= most);
            check_names(store, first, count, offsets);
            first += count;
            if (first < COUNT) {
                size_t next = rg_feature_name(rg_store_encoded(store, first)).size;
                CHECK((size_t)offsets[count] + next > (size_t)most);
            }
        }
    }
    uint32_t count = COUNT - 12;
    CHECK(rg_names_measure(store, 12, &count, offsets, 11) == RG_ECORRUPT);
    rg_store_free(store);
}

static void check_not_utf8(const char *name, const char *next)
{
    rg_store *store = NULL;
    int32_t offsets[3];
    uint8_t bytes[100];
    uint32_t count = 2;
    CHECK(rg_store_new(&store, 0, 0) == RG_OK);
    CHECK(rg_store_add(store, (rg_point){1, 2}, name, strlen(name)) == RG_OK);
    CHECK(rg_store_add(store, (rg_point){3, 4}, next, strlen(next)) == RG_OK);
    CHECK(rg_names_measure(store, 0, &count, offsets, 100) == RG_OK);
    CHECK(rg_names_copy(bytes, store, 0, count, offsets) == RG_ECORRUPT);
    rg_store_free(store);
}

/* Names of a damaged file may be anything. */
static void names_that_are_not_utf8_are_refused(void)
{
    check_not_utf8("good", "bad \xff");
    check_not_utf8("\xe2\x82", "good");
    check_not_utf8("good", "\xe2\x82");
    check_not_utf8("a\xc3", "\xa4z"); /* UTF-8 together, but neither by itself */
}

void test_names(void)
{
    RUN(runs_of_every_length_hold_the_names);
    RUN(a_run_ends_before_it_has_too_many_bytes);
    RUN(names_that_are_not_utf8_are_refused);
}
