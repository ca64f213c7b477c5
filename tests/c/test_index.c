#include "check.h"

#include "base/rg_alloc.h"
#include "oracle.h"
#include "rg_index.h"

#include <stdlib.h>
#include <string.h>

/* Makes a store of unnamed features; NULL if memory is out. */
static rg_store *store_of(const sample_points *points)
{
    rg_store *store = NULL;
    if (rg_store_new(&store, points->count, 0) != RG_OK)
        return NULL;
    for (uint32_t id = 0; id < points->count; id++) {
        rg_point location = {points->lats_e7[id], points->lons_e7[id]};
        if (rg_store_add(store, location, "", 0) != RG_OK) {
            rg_store_free(store);
            return NULL;
        }
    }
    return store;
}

static rg_index *index_of(const sample_points *points)
{
    rg_index *index = NULL;
    CHECK(rg_index_build(&index, store_of(points)) == RG_OK);
    return index;
}

static void check_query(const rg_index *index, const sample_points *points, rg_box box,
                        uint32_t *scratch)
{
    uint32_t room[240 + RG_IDS_SLACK];
    rg_ids ids;
    rg_ids_init(&ids, room, 240);
    CHECK(rg_index_query(index, box, &ids) == RG_OK);
    CHECK(ids.count == oracle_query(points, box, scratch));
    CHECK(memcmp(ids.items, scratch, ids.count * sizeof *scratch) == 0);
    rg_ids_clear(&ids);
}

static void check_index(sample_shape shape, uint32_t count, uint64_t seed, int queries)
{
    sample_points points = sample_points_new(shape, count, seed);
    rg_index *index = index_of(&points);
    CHECK(rg_store_count(rg_index_store(index)) == count);
    uint32_t *scratch = malloc((count + 1) * sizeof *scratch);
    CHECK(scratch);
    sample_random random = {seed};
    for (int i = 0; i < queries; i++) {
        rg_box box = sample_box(&random, &points);
        check_case("%s, %u points, seed %llu, box %d %d to %d %d", sample_shape_name(shape), count,
                   (unsigned long long)seed, box.lo.lat_e7, box.lo.lon_e7, box.hi.lat_e7,
                   box.hi.lon_e7);
        check_query(index, &points, box, scratch);
        uint32_t id = UINT32_MAX;
        int64_t first = oracle_find(&points, box.lo);
        CHECK(rg_index_find(index, box.lo, &id) == (first >= 0));
        CHECK(first < 0 || id == first);
    }
    free(scratch);
    rg_index_free(index);
    sample_points_free(&points);
}

static void answers_match_a_scan_in_database_order(void)
{
    static const uint32_t counts[] = {0, 1, 2, 63, 64, 65, 100, 1000, 5000};
    for (sample_shape shape = 0; shape < SAMPLE_SHAPES; shape++)
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            for (int round = 0; round < check_rounds(4); round++)
                check_index(shape, counts[i], (uint64_t)round, 25);
}

/* Boxes from empty to everything, so that every way to answer is used. */
static void answers_of_all_sizes_match_a_scan(void)
{
    enum { COUNT = 100000 };
    static const sample_shape shapes[] = {SAMPLE_EARTH, SAMPLE_CLUSTERS, SAMPLE_SPOT,
                                          SAMPLE_DIAGONAL, SAMPLE_FEW_PLACES};
    uint32_t *scratch = malloc(COUNT * sizeof *scratch);
    CHECK(scratch);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        for (uint64_t seed = 1; seed < 3; seed++) {
            sample_points points = sample_points_new(shapes[i], COUNT, seed);
            rg_index *index = index_of(&points);
            rg_box bounds = {{0, 0}, {0, 0}};
            CHECK(rg_store_bounds(rg_index_store(index), &bounds));
            double height = (double)bounds.hi.lat_e7 - bounds.lo.lat_e7;
            double width = (double)bounds.hi.lon_e7 - bounds.lo.lon_e7;
            for (double part = 1; part > 1e-4; part *= 0.7) {
                rg_box box = {bounds.lo,
                              {(int32_t)(bounds.lo.lat_e7 + part * height),
                               (int32_t)(bounds.lo.lon_e7 + part * width)}};
                check_case("%s, seed %llu, %g of the bounds", sample_shape_name(shapes[i]),
                           (unsigned long long)seed, part);
                check_query(index, &points, box, scratch);
                box.hi.lat_e7 = bounds.hi.lat_e7;
                check_query(index, &points, box, scratch);
            }
            rg_index_free(index);
            sample_points_free(&points);
        }
    }
    free(scratch);
}

static void the_size_is_the_sum_of_the_parts(void)
{
    sample_points points = sample_points_new(SAMPLE_EARTH, 10000, 1);
    rg_index *index = index_of(&points);
    size_t store_size = rg_store_size(rg_index_store(index));
    size_t beside = rg_index_size(index) - store_size;
    CHECK(beside < 35 * (size_t)points.count);
    CHECK(beside > 12 * (size_t)points.count);
    rg_index_free(index);
    rg_index_free(NULL);
    sample_points_free(&points);
}

/* Makes a store with coordinates and without names. */
static rg_store *placed_store(const sample_points *points)
{
    rg_store *store = NULL;
    CHECK(rg_store_new(&store, points->count, 0) == RG_OK);
    rg_store_place(store, points->lats_e7, points->lons_e7, points->count);
    return store;
}

/* Small indexes, and ones that are built in a second thread. */
static void names_may_be_added_while_the_index_is_built(void)
{
    static const uint32_t counts[] = {0, 1, 1000, 100000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        check_case("%u points", counts[i]);
        sample_points points = sample_points_new(SAMPLE_CLUSTERS, counts[i], 5);
        rg_store *store = placed_store(&points);
        rg_index_builder *builder = NULL;
        rg_index *index = NULL;
        CHECK(rg_index_begin(&builder, store, counts[i]) == RG_OK);
        for (uint32_t id = 0; id < counts[i]; id++)
            CHECK(rg_store_add_name(store, "a name", id % 7) == RG_OK);
        CHECK(rg_index_end(&index, builder) == RG_OK);

        rg_index *other = index_of(&points);
        rg_box bounds, other_bounds;
        CHECK(rg_store_bounds(store, &bounds) == (counts[i] > 0));
        if (rg_store_bounds(rg_index_store(other), &other_bounds))
            CHECK(memcmp(&bounds, &other_bounds, sizeof bounds) == 0);
        for (uint32_t id = 0; id < counts[i]; id += 17) {
            rg_point point = {points.lats_e7[id], points.lons_e7[id]};
            uint32_t found = UINT32_MAX, other_found = UINT32_MAX;
            CHECK(rg_point_equal(rg_store_location(store, id), point));
            CHECK(rg_feature_name(rg_store_encoded(store, id)).size == id % 7);
            CHECK(rg_index_find(index, point, &found));
            CHECK(rg_index_find(other, point, &other_found) && found == other_found);
        }
        rg_index_free(other);
        rg_index_free(index);
        sample_points_free(&points);
    }
}

static void a_builder_may_be_abandoned(void)
{
    static const uint32_t counts[] = {0, 1000, 100000};
    rg_index_abandon(NULL);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        sample_points points = sample_points_new(SAMPLE_EARTH, counts[i], 5);
        rg_store *store = placed_store(&points);
        rg_index_builder *builder = NULL;
        CHECK(rg_index_begin(&builder, store, counts[i]) == RG_OK);
        if (counts[i])
            CHECK(rg_store_add_name(store, "the first", 9) == RG_OK);
        rg_index_abandon(builder);
        sample_points_free(&points);
    }
}

static bool build_under_faults(void *context)
{
    rg_store *store = store_of(context);
    if (!store)
        return false;
    rg_index *index = NULL;
    rg_status status = rg_index_build(&index, store);
    CHECK(status == RG_OK || status == RG_ENOMEM);
    CHECK((index != NULL) == (status == RG_OK));
    rg_index_free(index);
    return status == RG_OK;
}

static void building_an_index_returns_enomem(void)
{
    sample_points points = sample_points_new(SAMPLE_CLUSTERS, 3000, 1);
    check_faults(build_under_faults, &points);
    sample_points_free(&points);
}

typedef struct query_case {
    const rg_index *index;
    rg_box box;
} query_case;

static bool query_under_faults(void *context)
{
    const query_case *c = context;
    rg_ids ids;
    rg_ids_init(&ids, NULL, 0);
    rg_status status = rg_index_query(c->index, c->box, &ids);
    CHECK(status == RG_OK || status == RG_ENOMEM);
    CHECK(status == RG_OK || ids.count == 0);
    rg_ids_clear(&ids);
    return status == RG_OK;
}

static void a_query_out_of_memory_is_empty(void)
{
    sample_points points = sample_points_new(SAMPLE_EARTH, 200000, 1);
    rg_index *index = index_of(&points);
    for (int32_t reach_e7 = 900000000; reach_e7 > 1000; reach_e7 /= 2) {
        query_case c = {index, {{-reach_e7, -reach_e7}, {reach_e7, reach_e7}}};
        check_faults(query_under_faults, &c);
    }
    rg_index_free(index);
    sample_points_free(&points);
}

/* Builds an index from a store with or without unused room; NULL if memory is out. */
static rg_index *build_with_room(size_t room)
{
    rg_store *store = NULL;
    rg_index *index = NULL;
    rg_status status = rg_store_new(&store, 100 + room, 100 * 6 + room);
    for (int32_t i = 0; i < 100 && status == RG_OK; i++)
        status = rg_store_add(store, (rg_point){1, 1}, "", 0); /* 6 bytes */
    if (status == RG_OK)
        status = rg_index_build(&index, store);
    else
        rg_store_free(store);
    return status == RG_OK ? index : NULL;
}

/* Returns how many allocations must succeed for the index to be built. */
static long least_allocations(size_t room)
{
    for (long allocations = 0;; allocations++) {
        rg_alloc_fail_after(allocations);
        rg_index *index = build_with_room(room);
        rg_alloc_fail_after(-1);
        bool built = index != NULL;
        rg_index_free(index);
        if (built)
            return allocations;
    }
}

static void a_finished_index_survives_a_failed_trim(void)
{
    CHECK(least_allocations(1000) == least_allocations(0));
}

void test_index(void)
{
    RUN(a_finished_index_survives_a_failed_trim);
    RUN(answers_match_a_scan_in_database_order);
    RUN(answers_of_all_sizes_match_a_scan);
    RUN(the_size_is_the_sum_of_the_parts);
    RUN(names_may_be_added_while_the_index_is_built);
    RUN(a_builder_may_be_abandoned);
    RUN(building_an_index_returns_enomem);
    RUN(a_query_out_of_memory_is_empty);
}
