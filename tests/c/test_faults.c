/* Calls every function that can fail with each of its allocations failing once: it must return
 * RG_ENOMEM or succeed. The tests of the modules check the state after a failure; this file must
 * not miss a function, which tests/test_c_style.py checks by the headers. */
#include "check.h"

#include "base/rg_alloc.h"
#include "features/rg_page.h"
#include "features/rg_rows.h"
#include "geo/rg_geo_batch.h"
#include "geo/rg_runs.h"
#include "rg_snapshot.h"
#include "rg_trip.h"
#include "sample_index.h"
#include "search/rg_along.h"
#include "search/rg_grid.h"
#include "search/rg_near.h"
#include "search/rg_order.h"
#include "search/rg_scan.h"
#include "search/rg_table.h"

#include <math.h>
#include <string.h>

enum { COUNT = 3000, VERTICES = 40 };

static const rg_box everywhere = {{INT32_MIN, INT32_MIN}, {INT32_MAX, INT32_MAX}};
static const rg_box half = {{INT32_MIN, INT32_MIN}, {INT32_MAX, 0}};

/* The data of the operations; the index is built or opened from a file. */
static sample_points points;
static const rg_index *current_index;
static rg_grid *grid;

/* Returns true for RG_OK and false for RG_ENOMEM, the only failure allowed. */
static bool succeeded(rg_status status)
{
    CHECK(status == RG_OK || status == RG_ENOMEM);
    return status == RG_OK;
}

static bool add_to_store(void *context)
{
    (void)context;
    rg_store *store = NULL;
    rg_status status = rg_store_new(&store, COUNT, 0);
    CHECK((store != NULL) == (status == RG_OK));
    for (uint32_t id = 0; id < COUNT && status == RG_OK; id++)
        status = rg_store_add(store, (rg_point){points.lats_e7[id], points.lons_e7[id]}, "name", 4);
    rg_store_free(store);
    return succeeded(status);
}

/* Adds blocks, with more room than needed at the end. */
static bool add_rows_to_store(void *context)
{
    (void)context;
    static int32_t offsets[COUNT + 1]; /* zeros: all unnamed */
    rg_rows rows = {COUNT, points.lats_e7, points.lons_e7, offsets, false, (const uint8_t *)"", 0};
    static const uint32_t ends[COUNT]; /* zeros: all unnamed */
    static const uint8_t nothing[RG_FEATURE_NAME_STEP];
    rg_block block = {COUNT, points.lats_e7, points.lons_e7, ends, nothing};
    size_t wrong_row;
    rg_store *store = NULL;
    rg_status status = rg_store_new(&store, 0, 0);
    if (status == RG_OK)
        status = rg_rows_add(store, &rows, &wrong_row);
    if (status == RG_OK)
        status = rg_store_add_block(store, &block);
    if (status == RG_OK)
        status = rg_store_reserve(store, COUNT, COUNT);
    if (status == RG_OK)
        rg_store_trim(store);
    CHECK(status != RG_OK || rg_store_count(store) == 2 * COUNT);
    rg_store_free(store);
    return succeeded(status);
}

static bool build_grid(void *context)
{
    (void)context;
    rg_grid *built = NULL;
    rg_status status = rg_grid_build(&built, points.lats_e7, points.lons_e7, COUNT);
    CHECK((built != NULL) == (status == RG_OK));
    rg_grid_free(built);
    return succeeded(status);
}

static bool build_table(void *context)
{
    (void)context;
    rg_table *table = NULL;
    rg_status status = rg_table_build(&table, points.lats_e7, points.lons_e7, COUNT);
    CHECK((table != NULL) == (status == RG_OK));
    rg_table_free(table);
    return succeeded(status);
}

/* Builds an index so large that two threads do it; the allocation of either may fail. */
static bool build_large_index(void *context)
{
    enum { MANY = 110000 };
    (void)context;
    rg_store *store = NULL;
    rg_index *index = NULL;
    rg_status status = rg_store_new(&store, MANY, (size_t)MANY * RG_FEATURE_OVERHEAD_MAX);
    for (uint32_t id = 0; id < MANY && status == RG_OK; id++)
        status = rg_store_add(store, (rg_point){(int32_t)id, (int32_t)(id * 7919)}, "", 0);
    if (status == RG_OK)
        status = rg_index_build(&index, store);
    else
        rg_store_free(store);
    CHECK((index != NULL) == (status == RG_OK));
    rg_index_free(index);
    return succeeded(status);
}

/* Builds an index in another thread while names are added. */
static bool build_beside_names(void *context)
{
    const uint32_t *count = context;
    static int32_t lats_e7[110000], lons_e7[110000];
    rg_store *store = NULL;
    rg_index_builder *builder = NULL;
    rg_index *index = NULL;
    for (uint32_t id = 0; id < *count; id++) {
        lats_e7[id] = (int32_t)id;
        lons_e7[id] = (int32_t)(id * 7919);
    }
    rg_status status = rg_store_new(&store, *count, 0);
    if (status == RG_OK) {
        rg_store_place(store, lats_e7, lons_e7, *count);
        status = rg_index_begin(&builder, store, *count);
    }
    for (uint32_t id = 0; id < *count && status == RG_OK; id++)
        status = rg_store_add_name(store, "name", 4);
    if (status == RG_OK)
        status = rg_index_end(&index, builder);
    else
        rg_index_abandon(builder);
    CHECK((index != NULL) == (status == RG_OK));
    rg_index_free(index);
    return succeeded(status);
}

static bool view_and_check(void *context)
{
    (void)context;
    rg_sections sections;
    rg_fault fault;
    rg_store *store = NULL;
    rg_grid *same = NULL;
    rg_table *table = NULL;
    rg_index_list(current_index, &sections);
    rg_status status = rg_store_view(&store, &sections, &fault);
    if (status == RG_OK)
        status = rg_grid_view(&same, &sections, &fault);
    if (status == RG_OK)
        status = rg_table_view(&table, &sections, &fault);
    if (status == RG_OK)
        status = rg_store_check(store, &fault);
    if (status == RG_OK)
        status = rg_grid_check(same, points.lats_e7, points.lons_e7, &fault);
    if (status == RG_OK)
        status = rg_table_check(table, &fault);
    rg_table_free(table);
    rg_grid_free(same);
    rg_store_free(store);
    return succeeded(status);
}

/* Opens a view of a region, which the view frees. */
static bool view_index(void *context)
{
    (void)context;
    rg_sections sections;
    rg_fault fault;
    rg_index *index = NULL;
    rg_region region = {.data = rg_alloc(1, 1), .size = 1};
    if (!region.data)
        return false;
    rg_index_list(current_index, &sections);
    rg_status status = rg_index_view(&index, &sections, region, &fault);
    CHECK((index != NULL) == (status == RG_OK));
    if (status == RG_OK)
        status = rg_index_check(index, &fault);
    if (status == RG_OK)
        status = rg_index_check_part(index, RG_INDEX_GRID, &fault);
    rg_index_free(index);
    return succeeded(status);
}

static bool finish_ids(rg_status status, rg_ids *ids)
{
    CHECK(status == RG_OK || ids->count == 0);
    rg_ids_clear(ids);
    return succeeded(status);
}

static bool query(void *context)
{
    rg_ids ids;
    rg_ids_init(&ids, NULL, 0);
    return finish_ids(rg_index_query(current_index, *(const rg_box *)context, &ids), &ids);
}

static bool query_in_two_steps(void *context)
{
    rg_box box = *(const rg_box *)context;
    rg_ids ids;
    rg_ids_init(&ids, NULL, 0);
    size_t bound = rg_index_query_bound(current_index, box);
    return finish_ids(rg_index_query_within(current_index, box, bound, &ids), &ids);
}

static bool query_box(void *context)
{
    rg_box box = *(const rg_box *)context;
    rg_ids ids;
    rg_ids_init(&ids, NULL, 0);
    return finish_ids(rg_index_query_box(current_index, (rg_point){box.lo.lat_e7, box.hi.lon_e7},
                                         (rg_point){box.hi.lat_e7, box.lo.lon_e7}, &ids),
                      &ids);
}

static bool query_grid(void *context)
{
    size_t hits;
    rg_ids ids;
    rg_ids_init(&ids, NULL, 0);
    CHECK(rg_grid_count(&hits, grid, *(const rg_box *)context) == RG_OK);
    rg_status status = rg_grid_query(grid, *(const rg_box *)context, &ids);
    if (status == RG_OK)
        status = rg_order_ids(&ids);
    rg_ids_clear(&ids);
    return succeeded(status);
}

static bool keep_named(void *context)
{
    (void)context;
    static uint32_t all[COUNT];
    for (uint32_t id = 0; id < COUNT; id++)
        all[id] = id;
    rg_ids named;
    rg_ids_init(&named, NULL, 0);
    return finish_ids(rg_store_named(rg_index_store(current_index), all, COUNT, &named), &named);
}

static bool scan(void *context)
{
    rg_ids ids;
    rg_ids_init(&ids, NULL, 0);
    rg_status status = rg_ids_reserve(&ids, COUNT);
    if (status == RG_OK)
        status =
            rg_scan_query(points.lats_e7, points.lons_e7, COUNT, *(const rg_box *)context, &ids);
    rg_ids_clear(&ids);
    return succeeded(status);
}

static bool sort_hits(void *context)
{
    (void)context;
    rg_hits hits;
    rg_hits_init(&hits, NULL, NULL, 0);
    rg_status status = rg_hits_reserve(&hits, COUNT);
    if (status == RG_OK) {
        for (uint32_t id = 0; id < COUNT; id++) {
            hits.distances_m[id] = id * 7919 % COUNT;
            hits.ids[id] = id;
        }
        hits.count = COUNT;
        status = rg_hits_sort(&hits);
    }
    rg_hits_clear(&hits);
    return succeeded(status);
}

static bool sort_hits_of_a_route(void *context)
{
    (void)context;
    rg_along_hits hits = {0};
    rg_status status = RG_OK;
    uint32_t added = 0;
    for (; status == RG_OK && added < COUNT; added++)
        status = rg_along_hits_add(&hits, (rg_route_foot){.along_m = added * 7919 % COUNT}, added);
    CHECK(hits.count == added - (status != RG_OK));
    if (status == RG_OK)
        rg_along_hits_sort(&hits);
    bool sorted = true;
    for (uint32_t i = 1; i < hits.count; i++)
        sorted = sorted && hits.items[i - 1].foot.along_m <= hits.items[i].foot.along_m;
    CHECK(sorted || status != RG_OK);
    rg_along_hits_clear(&hits);
    return succeeded(status);
}

static bool search(void *context)
{
    size_t most = *(const size_t *)context;
    rg_point center = {1, 2};
    rg_hits hits, near;
    rg_hits_init(&hits, NULL, NULL, 0);
    rg_hits_init(&near, NULL, NULL, 0);
    rg_status status = rg_index_nearest(current_index, center, most, INFINITY, &hits);
    CHECK(status == RG_OK || hits.count == 0);
    if (status == RG_OK)
        status = rg_near_search(grid, center, most, INFINITY, &near);
    CHECK(status == RG_OK || near.count == 0);
    rg_hits_clear(&near);
    rg_hits_clear(&hits);
    return succeeded(status);
}

static bool search_along(void *context)
{
    const double *half_width_m = context;
    rg_route *route = NULL;
    rg_along_hits hits = {0}, near = {0};
    size_t at;
    rg_status status = rg_route_build(&route, &at, points.lats_e7, points.lons_e7, VERTICES);
    if (status == RG_OK)
        status = rg_index_along(current_index, route, *half_width_m, &hits);
    CHECK(status == RG_OK || hits.count == 0);
    if (status == RG_OK)
        status = rg_along_search(grid, route, *half_width_m, &near);
    CHECK(status == RG_OK || near.count == 0);
    rg_along_hits_clear(&near);
    rg_along_hits_clear(&hits);
    rg_route_free(route);
    return succeeded(status);
}

static bool narrow_runs(void *context)
{
    (void)context;
    static const rg_ball everywhere_ball = {.radius = 2};
    rg_route *route = NULL;
    rg_runs runs = {0};
    rg_run_list list = {0};
    size_t at;
    rg_status status = rg_route_build(&route, &at, points.lats_e7, points.lons_e7, VERTICES);
    if (status == RG_OK)
        status = rg_runs_build(&runs, route);
    if (status == RG_OK)
        status = rg_run_list_add(&list, (rg_run_item){0, 0});
    if (status == RG_OK)
        status = rg_runs_narrow(&runs, &list, 0, 1, &everywhere_ball, INFINITY);
    rg_run_list_clear(&list);
    rg_runs_free(&runs);
    rg_route_free(route);
    return succeeded(status);
}

static bool save(void *context)
{
    (void)context;
    rg_fault fault;
    rg_slice metadata = {(const uint8_t *)"metadata", 8};
    return succeeded(rg_snapshot_save(current_index, scratch_path("saved.rgx"), metadata, &fault));
}

static bool open_as(bool verify, bool map)
{
    rg_fault fault;
    rg_index *opened = NULL;
    rg_status status = rg_snapshot_open(&opened, scratch_path("opened.rgx"), verify, map, &fault);
    CHECK((opened != NULL) == (status == RG_OK));
    rg_index_free(opened);
    return succeeded(status);
}

static bool open_in_every_way(void *context)
{
    const int *way = context;
    return open_as(*way & 1, *way & 2);
}

/* Writes and reads a file in the steps of rg_snapshot. */
static bool write_and_read_a_file(void *context)
{
    (void)context;
    rg_fault fault;
    rg_file_writer writer;
    rg_file_reader reader;
    rg_region region;
    uint8_t bytes[4];
    rg_status status = rg_file_begin(&writer, scratch_path("file"), &fault);
    if (status == RG_OK)
        status = rg_file_write(&writer, 0, "four", 4, &fault);
    if (status == RG_OK)
        status = rg_file_commit(&writer, &fault);
    if (status == RG_OK)
        status = rg_file_open(&reader, scratch_path("file"), &fault);
    if (!succeeded(status))
        return false;
    CHECK(rg_file_read(&reader, 0, bytes, 4, &fault) == RG_OK && memcmp(bytes, "four", 4) == 0);
    status = rg_region_load(&region, &reader, false, &fault);
    if (status == RG_OK)
        rg_region_free(&region);
    rg_file_close(&reader);
    return succeeded(status);
}

/* Functions that cannot fail allocate nothing: the planned fault has not occurred after all of
 * them. */
static void check_what_cannot_fail(void)
{
    static double distances_m[COUNT];
    static int32_t found[COUNT];
    const int32_t *lats_e7 = points.lats_e7, *lons_e7 = points.lons_e7;
    uint32_t id;
    size_t hits;
    rg_trip trip = {0};
    rg_box bounds;
    rg_alloc_fail_after(0);
    for (uint32_t i = 0; i < 10; i++) {
        rg_point place = {lats_e7[i], lons_e7[i]};
        CHECK(rg_index_find(current_index, place, &id));
        rg_trip_visit(&trip, current_index, place);
        rg_haversine_from_m(distances_m, place, lats_e7, lons_e7, COUNT);
    }
    rg_index_find_many(current_index, lats_e7, lons_e7, COUNT, found);
    rg_haversine_many_m(distances_m, lats_e7, lons_e7, lats_e7, lons_e7, COUNT);
    CHECK(rg_path_length_m(lats_e7, lons_e7, COUNT) > 0);
    CHECK(rg_store_bounds(rg_index_store(current_index), &bounds));
    CHECK(rg_index_query_is_long(rg_index_query_bound(current_index, half)) == false);
    CHECK(rg_index_query_count(&hits, current_index, half) == RG_OK);
    CHECK(rg_index_fingerprint(current_index) != 0);
    rg_page page = {.ids = &id, .count = 1};
    CHECK(rg_page_size(&hits, &page, rg_index_store(current_index)) == RG_OK);
    CHECK(!rg_alloc(1, 1));
    rg_alloc_fail_after(-1);
}

static void query_everything(const rg_index *index)
{
    current_index = index;
    rg_box boxes[] = {half, everywhere, {{0, 0}, {0, 0}}, {{0, -100000000}, {300000000, 0}}};
    size_t mosts[] = {0, 1, 50, COUNT};
    double half_widths_m[] = {1e3, 1e6};
    for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++) {
        check_faults(query, &boxes[i]);
        check_faults(query_in_two_steps, &boxes[i]);
        check_faults(query_box, &boxes[i]);
        check_faults(query_grid, &boxes[i]);
        check_faults(scan, &boxes[i]);
    }
    for (size_t i = 0; i < sizeof mosts / sizeof *mosts; i++)
        check_faults(search, &mosts[i]);
    for (size_t i = 0; i < sizeof half_widths_m / sizeof *half_widths_m; i++)
        check_faults(search_along, &half_widths_m[i]);
    check_faults(keep_named, NULL);
    check_faults(view_and_check, NULL);
    check_faults(view_index, NULL);
    check_faults(save, NULL);
    check_what_cannot_fail();
}

static void builds_return_enomem(void)
{
    check_faults(add_to_store, NULL);
    check_faults(add_rows_to_store, NULL);
    check_faults(build_grid, NULL);
    check_faults(build_table, NULL);
    check_faults(build_large_index, NULL);
    uint32_t counts[] = {0, 1000, 110000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        check_faults(build_beside_names, &counts[i]);
    check_faults(sort_hits, NULL);
    check_faults(sort_hits_of_a_route, NULL);
    check_faults(narrow_runs, NULL);
}

static void operations_on_an_index_return_enomem(void)
{
    rg_fault fault;
    scratch_begin();
    rg_index *built = sample_index_new(SAMPLE_EARTH, COUNT, 1), *opened = NULL;
    CHECK(rg_snapshot_save(built, scratch_path("opened.rgx"), (rg_slice){(const uint8_t *)"", 0},
                           &fault) == RG_OK);
    query_everything(built);
    for (int way = 0; way < 4; way++)
        check_faults(open_in_every_way, &way);
    for (int map = 0; map < 2; map++) {
        CHECK(rg_snapshot_open(&opened, scratch_path("opened.rgx"), true, map, &fault) == RG_OK);
        query_everything(opened);
        rg_index_free(opened);
    }
    check_faults(write_and_read_a_file, NULL);
    rg_index_free(built);
    scratch_end();
}

static void each_status_has_a_different_text(void)
{
    for (int status = RG_OK; status <= RG_EANTIPODES; status++) {
        const char *text = rg_status_text((rg_status)status);
        CHECK(*text);
        for (int other = RG_OK; other < status; other++)
            CHECK(strcmp(text, rg_status_text((rg_status)other)) != 0);
    }
    CHECK(strcmp(rg_status_text((rg_status)(RG_EANTIPODES + 1)), "unknown status") == 0);
}

void test_faults(void)
{
    RUN(each_status_has_a_different_text);
    points = sample_points_new(SAMPLE_EARTH, COUNT, 1);
    CHECK(rg_grid_build(&grid, points.lats_e7, points.lons_e7, COUNT) == RG_OK);
    RUN(builds_return_enomem);
    RUN(operations_on_an_index_return_enomem);
    rg_grid_free(grid);
    sample_points_free(&points);
}
