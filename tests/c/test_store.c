#include "check.h"

#include "base/rg_limits.h"
#include "features/rg_store.h"
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Makes a name with the id in it, of varying size, sometimes empty. */
static size_t name_of(uint32_t id, char name[64])
{
    if (id % 7 == 3) {
        name[0] = '\0';
        return 0;
    }
    return (size_t)snprintf(name, 64, "feature %u%.*s", id, (int)(id % 40),
                            " with a tail of words, more or less of it");
}

static rg_status fill(rg_store **out, const sample_points *points, size_t names_size)
{
    rg_store *store = NULL;
    rg_status status = rg_store_new(&store, points->count, names_size);
    for (uint32_t id = 0; status == RG_OK && id < points->count; id++) {
        char name[64];
        size_t size = name_of(id, name);
        rg_point location = {points->lats_e7[id], points->lons_e7[id]};
        status = rg_store_add(store, location, name, size);
    }
    if (status == RG_OK)
        *out = store;
    else
        rg_store_free(store);
    return status;
}

static void check_content(const rg_store *store, const sample_points *points)
{
    CHECK(rg_store_count(store) == points->count);
    for (uint32_t id = 0; id < points->count; id++) {
        rg_point location = {points->lats_e7[id], points->lons_e7[id]};
        CHECK(rg_point_equal(rg_store_location(store, id), location));
        CHECK(rg_store_lats_e7(store)[id] == location.lat_e7);
        CHECK(rg_store_lons_e7(store)[id] == location.lon_e7);
        char name[64];
        uint8_t encoded[128];
        size_t size = name_of(id, name);
        size_t encoded_size = (size_t)(rg_feature_encode(encoded, location, name, size) - encoded);
        rg_slice slice = rg_store_encoded(store, id);
        CHECK(slice.size == encoded_size);
        CHECK(memcmp(slice.data, encoded, encoded_size) == 0);
    }
}

static void features_come_back(void)
{
    static const uint32_t counts[] = {0, 1, 255, 256, 257, 511, 512, 513, 3000};
    static const size_t hints[] = {0, 1, 100, 100000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        for (size_t j = 0; j < sizeof hints / sizeof *hints; j++) {
            check_case("%u features, hint %zu", counts[i], hints[j]);
            sample_points points = sample_points_new(SAMPLE_FULL_RANGE, counts[i], i);
            rg_store *store = NULL;
            CHECK(fill(&store, &points, hints[j]) == RG_OK);
            check_content(store, &points);
            CHECK(rg_store_size(store) >= counts[i] * 14);
            rg_store_free(store);
            sample_points_free(&points);
        }
    }
}

static void bounds_are_tight(void)
{
    rg_store *store = NULL;
    rg_box bounds;
    CHECK(rg_store_new(&store, 3, 0) == RG_OK);
    CHECK(!rg_store_bounds(store, &bounds));
    CHECK(rg_store_add(store, (rg_point){5, -6}, "", 0) == RG_OK);
    CHECK(rg_store_bounds(store, &bounds));
    CHECK(rg_point_equal(bounds.lo, (rg_point){5, -6}));
    CHECK(rg_point_equal(bounds.hi, (rg_point){5, -6}));
    CHECK(rg_store_add(store, (rg_point){INT32_MIN, 7}, "", 0) == RG_OK);
    CHECK(rg_store_add(store, (rg_point){4, INT32_MAX}, "", 0) == RG_OK);
    CHECK(rg_store_bounds(store, &bounds));
    CHECK(rg_point_equal(bounds.lo, (rg_point){INT32_MIN, -6}));
    CHECK(rg_point_equal(bounds.hi, (rg_point){5, INT32_MAX}));
    rg_store_free(store);
}

static void features_that_are_too_large_are_refused(void)
{
    rg_store *store = NULL;
    CHECK(rg_store_new(&store, (size_t)RG_FEATURES_MAX + 1, 0) == RG_ECOUNT);
    CHECK(rg_store_new(&store, 1, SIZE_MAX) == RG_ENOMEM);
    CHECK(!store);
    CHECK(rg_store_new(&store, 2, 0) == RG_OK);
    char *name = calloc((size_t)RG_NAME_MAX + 1, 1);
    CHECK(name);
    CHECK(rg_store_add(store, (rg_point){0, 0}, name, (size_t)RG_NAME_MAX + 1) == RG_ENAME);
    CHECK(rg_store_count(store) == 0);
    CHECK(rg_store_add(store, (rg_point){0, 0}, name, RG_NAME_MAX) == RG_OK);
    CHECK(rg_store_add(store, (rg_point){0, 0}, "next", 4) == RG_OK);
    CHECK(rg_feature_name(rg_store_encoded(store, 0)).size == RG_NAME_MAX);
    CHECK(memcmp(rg_feature_name(rg_store_encoded(store, 1)).data, "next", 4) == 0);
    free(name);
    rg_store_free(store);
}

static bool fill_without_hint(void *context)
{
    const sample_points *points = context;
    rg_store *store = NULL;
    rg_status status = fill(&store, points, 0);
    CHECK(status == RG_OK || status == RG_ENOMEM);
    CHECK((store != NULL) == (status == RG_OK));
    if (store)
        check_content(store, points);
    rg_store_free(store);
    return status == RG_OK;
}

static void adding_to_a_store_returns_enomem(void)
{
    sample_points points = sample_points_new(SAMPLE_EARTH, 600, 1);
    check_faults(fill_without_hint, &points);
    sample_points_free(&points);
}

void test_store(void)
{
    RUN(features_come_back);
    RUN(bounds_are_tight);
    RUN(features_that_are_too_large_are_refused);
    RUN(adding_to_a_store_returns_enomem);
}
