#include "exercise.h"

#include "check.h"
#include "features/rg_page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Keeps the compiler from removing a read. */
static volatile uint8_t sink;

static void read_all(rg_slice slice)
{
    for (size_t i = 0; i < slice.size; i++)
        sink = slice.data[i];
}

/* Returns the index's coordinates, borrowed, as a set to draw points and boxes from. */
static sample_points points_of(const rg_store *store)
{
    return (sample_points){(int32_t *)rg_store_lats_e7(store), (int32_t *)rg_store_lons_e7(store),
                           rg_store_count(store)};
}

static void exercise_store(const rg_store *store)
{
    rg_box bounds;
    CHECK(rg_store_bounds(store, &bounds) == (rg_store_count(store) > 0));
    for (uint32_t id = 0; id < rg_store_count(store); id++) {
        rg_slice encoded = rg_store_encoded(store, id);
        read_all(encoded);
        read_all(rg_feature_name(encoded));
    }
}

/* Encodes pages of any features, including damaged ones. */
static void exercise_page(const rg_store *store, sample_random *random)
{
    enum { COUNT = 16 };
    uint32_t ids[COUNT];
    double meters[COUNT];
    int8_t sides[COUNT];
    if (rg_store_count(store) == 0)
        return;
    for (size_t i = 0; i < COUNT; i++) {
        ids[i] = (uint32_t)(sample_bits(random) % rg_store_count(store));
        meters[i] = (double)(sample_bits(random) % 2);
        sides[i] = (int8_t)(sample_bits(random) % 3 - 1);
    }
    rg_page page = {.ids = ids, .count = COUNT};
    if (sample_bits(random) % 2)
        page = (rg_page){ids, COUNT, {meters, meters}, sides, false};
    page.is_lookups = sample_bits(random) % 2;
    if (page.is_lookups)
        ids[0] = RG_PAGE_MISS;
    size_t size = 0;
    rg_status status = rg_page_size(&size, &page, store);
    CHECK(status == RG_OK || status == RG_ECORRUPT);
    if (status == RG_OK) {
        uint8_t *bytes = malloc(size);
        CHECK(bytes);
        CHECK(rg_page_write(bytes, &page, store) == bytes + size);
        free(bytes);
    }
    CHECK(rg_store_unnamed_count(store) <= rg_store_count(store));
    ids[0] = 0;
    rg_ids named;
    rg_ids_init(&named, NULL, 0);
    status = rg_store_named(store, ids, COUNT, &named);
    CHECK(status == RG_OK || status == RG_ENOMEM);
    CHECK(named.count <= COUNT);
    rg_ids_clear(&named);
}

static void exercise_find(const rg_index *index, rg_point point)
{
    uint32_t id = 0;
    int32_t same = -1;
    bool found = rg_index_find(index, point, &id);
    rg_index_find_many(index, &point.lat_e7, &point.lon_e7, 1, &same);
    CHECK(same == (found ? (int32_t)id : -1));
    CHECK(!found || id < rg_store_count(rg_index_store(index)));
    CHECK(rg_index_duplicate_count(index) <= rg_store_count(rg_index_store(index)));
}

static void exercise_query(const rg_index *index, rg_box box)
{
    rg_ids ids;
    rg_ids_init(&ids, NULL, 0);
    rg_status status = rg_index_query(index, box, &ids);
    CHECK(status == RG_OK || status == RG_ENOMEM || status == RG_ECORRUPT);
    CHECK(status == RG_OK || ids.count == 0);
    CHECK(ids.count <= rg_store_count(rg_index_store(index)));
    for (size_t i = 0; i < ids.count; i++)
        CHECK(ids.items[i] < rg_store_count(rg_index_store(index)));
    rg_ids_clear(&ids);
}

/* Searches along a route through the box's corners and back, if they are on Earth. */
static void exercise_along(const rg_index *index, rg_box box, double half_width_m)
{
    const int32_t lats_e7[] = {box.lo.lat_e7, box.hi.lat_e7, box.lo.lat_e7, box.lo.lat_e7};
    const int32_t lons_e7[] = {box.lo.lon_e7, box.hi.lon_e7, box.hi.lon_e7, box.lo.lon_e7};
    rg_route *route = NULL;
    rg_along_hits hits = {0};
    size_t at;
    rg_status status = rg_route_build(&route, &at, lats_e7, lons_e7, 4);
    if (status == RG_EPLACE || status == RG_EANTIPODES)
        CHECK(at < 4);
    else
        CHECK(status == RG_OK || status == RG_ENOMEM);
    if (status == RG_OK) {
        status = rg_index_along(index, route, half_width_m, &hits);
        CHECK(status == RG_OK || status == RG_ENOMEM || status == RG_ECORRUPT);
        CHECK(status == RG_OK || hits.count == 0);
        CHECK(hits.count <= rg_store_count(rg_index_store(index)));
    }
    for (size_t i = 0; i < hits.count; i++) {
        CHECK(hits.items[i].id < rg_store_count(rg_index_store(index)));
        CHECK(i == 0 || hits.items[i - 1].foot.along_m <= hits.items[i].foot.along_m);
    }
    rg_along_hits_clear(&hits);
    rg_route_free(route);
}

/* Counts the box, and queries the box that extends eastward between its corners. */
static void exercise_boxes(const rg_index *index, rg_box box)
{
    size_t count = 0;
    rg_ids ids;
    rg_status status = rg_index_query_count(&count, index, box);
    CHECK(status == RG_OK || status == RG_ECORRUPT);
    CHECK(count <= rg_store_count(rg_index_store(index)));
    rg_index_query_is_long(rg_index_query_bound(index, box));
    rg_ids_init(&ids, NULL, 0);
    status = rg_index_query_box(index, (rg_point){box.lo.lat_e7, box.hi.lon_e7},
                                (rg_point){box.hi.lat_e7, box.lo.lon_e7}, &ids);
    CHECK(status == RG_OK || status == RG_ENOMEM || status == RG_ECORRUPT);
    CHECK(status == RG_OK || ids.count == 0);
    for (size_t i = 0; i < ids.count; i++)
        CHECK(ids.items[i] < rg_store_count(rg_index_store(index)));
    rg_ids_clear(&ids);
}

static void exercise_nearest(const rg_index *index, sample_random *random)
{
    rg_point place = {sample_between(random, -900000000, 900000000),
                      sample_between(random, -1800000000, 1800000000)};
    for (size_t most = 1; most <= 1000; most *= 10) {
        rg_hits hits;
        rg_hits_init(&hits, NULL, NULL, 0);
        rg_status status = rg_index_nearest(index, place, most, INFINITY, &hits);
        CHECK(status == RG_OK || status == RG_ENOMEM || status == RG_ECORRUPT);
        CHECK(status == RG_OK || hits.count == 0);
        CHECK(hits.count <= most);
        for (size_t i = 0; i < hits.count; i++)
            CHECK(hits.ids[i] < rg_store_count(rg_index_store(index)));
        rg_hits_clear(&hits);
    }
}

void exercise_index(const rg_index *index, sample_random *random)
{
    enum { ROUNDS = 8 };
    const rg_store *store = rg_index_store(index);
    const rg_box everywhere = {{INT32_MIN, INT32_MIN}, {INT32_MAX, INT32_MAX}};
    sample_points points = points_of(store);
    rg_box bounds;
    CHECK(rg_index_size(index) > 0);
    read_all(rg_index_metadata(index));
    exercise_store(store);
    exercise_page(store, random);
    CHECK(rg_index_fingerprint(index) != 0);
    exercise_query(index, everywhere);
    if (rg_store_bounds(store, &bounds)) {
        /* Of an unchecked file, in any order. */
        bounds = rg_box_from_corners(bounds.lo, bounds.hi);
        exercise_query(index, bounds);
    }
    for (int i = 0; i < ROUNDS; i++) {
        rg_box box = sample_box(random, &points);
        exercise_query(index, box);
        exercise_boxes(index, box);
        exercise_find(index, box.lo);
        exercise_along(index, box, i % 2 ? 1e8 : 1e3);
    }
    exercise_nearest(index, random);
    for (uint32_t id = 0; id < points.count && id < ROUNDS; id++)
        exercise_find(index, rg_store_location(store, id));
}

static void check_same_bytes(rg_slice one, rg_slice other)
{
    CHECK(one.size == other.size);
    CHECK(memcmp(one.data, other.data, one.size) == 0);
}

static void check_same_query(const rg_index *index, const rg_index *other, rg_box box)
{
    rg_ids ids, same;
    rg_ids_init(&ids, NULL, 0);
    rg_ids_init(&same, NULL, 0);
    CHECK(rg_index_query(index, box, &ids) == RG_OK);
    CHECK(rg_index_query(other, box, &same) == RG_OK);
    CHECK(ids.count == same.count);
    CHECK(ids.count == 0 || memcmp(ids.items, same.items, ids.count * sizeof *ids.items) == 0);
    rg_ids_clear(&ids);
    rg_ids_clear(&same);
}

void exercise_equal(const rg_index *index, const rg_index *other, sample_random *random)
{
    const rg_store *store = rg_index_store(index), *same = rg_index_store(other);
    sample_points points = points_of(store);
    CHECK(rg_store_count(store) == rg_store_count(same));
    CHECK(rg_index_fingerprint(index) == rg_index_fingerprint(other));
    rg_box bounds = {0}, same_bounds = {0};
    CHECK(rg_store_bounds(store, &bounds) == rg_store_bounds(same, &same_bounds));
    CHECK(memcmp(&bounds, &same_bounds, sizeof bounds) == 0);
    for (uint32_t id = 0; id < points.count; id++) {
        rg_point point = rg_store_location(store, id);
        uint32_t found, also_found;
        CHECK(rg_point_equal(point, rg_store_location(same, id)));
        check_same_bytes(rg_store_encoded(store, id), rg_store_encoded(same, id));
        CHECK(rg_index_find(index, point, &found));
        CHECK(rg_index_find(other, point, &also_found));
        CHECK(found == also_found);
    }
    check_same_query(index, other, (rg_box){{INT32_MIN, INT32_MIN}, {INT32_MAX, INT32_MAX}});
    for (int i = 0; i < 50; i++)
        check_same_query(index, other, sample_box(random, &points));
}
