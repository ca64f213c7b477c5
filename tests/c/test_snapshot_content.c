/* Snapshots with correct checksums whose parts contradict each other. */
#include "check.h"

#include "damage.h"
#include "rg_snapshot.h"
#include "sample_index.h"
#include "search/rg_grid_nodes.h"

#include <stdlib.h>
#include <string.h>

/* Corrects the checksums and checks that opening the file reports this. */
static void check_reported(scratch_bytes file, const char *where, const char *what)
{
    const char *path = scratch_path("wrong.rgx");
    rg_index *index = NULL;
    rg_fault fault = {0};
    damage_repair_checksums(file.data, file.size);
    scratch_write(path, file.data, file.size);
    CHECK(rg_snapshot_open(&index, path, true, true, &fault) == RG_ECORRUPT);
    CHECK(!index);
    CHECK(strcmp(fault.where, where) == 0);
    CHECK(strcmp(fault.what, what) == 0);
}

/* Every number that could lead to wrong memory is checked, even if the checksums are right. */
static void content_is_checked(void)
{
    scratch_begin();
    scratch_bytes file = sample_snapshot(SAMPLE_CLUSTERS, 100, 0);
    const char *path = scratch_path("wrong.rgx");
    size_t refused = 0;
    /* From the bases of the store on, without its blob and the coordinates, which may have any
     * value. */
    static const int sections[] = {3, 4, 6, 7, 10, 11};
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        for (uint8_t place = 0; place < 100; place++) {
            check_case("number %d of section %d", place, sections[i]);
            uint8_t script[8] = {2, (uint8_t)sections[i], place, 0, 0, 9, 0, 0x80};
            uint8_t *copy = malloc(file.size);
            CHECK(copy);
            memcpy(copy, file.data, file.size);
            CHECK(damage_apply(copy, file.size, script, sizeof script) == file.size);
            damage_repair_checksums(copy, file.size);
            scratch_write(path, copy, file.size);
            rg_index *index = NULL;
            rg_fault fault;
            rg_status status = rg_snapshot_open(&index, path, true, true, &fault);
            CHECK(status == RG_OK || status == RG_ECORRUPT);
            refused += status == RG_ECORRUPT;
            rg_index_free(index);
            free(copy);
        }
    }
    check_case("%zu refused", refused);
    CHECK(refused > 400);
    free(file.data);
    scratch_end();
}

/* Corrects the checksums, opens the file without verification, queries the middle half of its
 * longitudes and checks that counting them returns RG_ECORRUPT. */
static void check_query_is_refused(scratch_bytes file)
{
    const char *path = scratch_path("wrong.rgx");
    rg_index *index = NULL;
    rg_fault fault;
    rg_ids ids;
    damage_repair_checksums(file.data, file.size);
    scratch_write(path, file.data, file.size);
    CHECK(rg_snapshot_open(&index, path, true, true, &fault) == RG_ECORRUPT);
    CHECK(rg_snapshot_open(&index, path, false, true, &fault) == RG_OK);
    rg_box box;
    CHECK(rg_store_bounds(rg_index_store(index), &box));
    box.lo.lon_e7 /= 2;
    box.hi.lon_e7 /= 2;
    size_t count;
    CHECK(rg_index_query_count(&count, index, box) == RG_ECORRUPT);
    /* A query may test all features instead, which are valid. */
    rg_ids_init(&ids, NULL, 0);
    rg_status status = rg_index_query(index, box, &ids);
    CHECK(status == RG_OK || (status == RG_ECORRUPT && ids.count == 0));
    rg_ids_clear(&ids);
    rg_index_free(index);
}

static void a_node_within_itself_ends_a_query(void)
{
    scratch_begin();
    scratch_bytes file = sample_snapshot(SAMPLE_EARTH, 300, 0);
    rg_grid_node *root = (rg_grid_node *)damage_section(file.data, RG_SECTION_GRID_NODES);
    uint32_t *starts = (uint32_t *)damage_section(file.data, RG_SECTION_GRID_STARTS);
    root->rows = root->cols = 1;
    root->row_factor = root->col_factor = 0;
    root->first_child = 0;
    root->child_count = 1;
    starts[1] = 300;
    check_query_is_refused(file);
    free(file.data);
    scratch_end();
}

/* Overlapping rows would visit the entries of a node, and all nodes below, once a row. */
static void overlapping_rows_end_a_query(void)
{
    scratch_begin();
    scratch_bytes file = sample_snapshot(SAMPLE_EARTH, 300, 0);
    rg_grid_node *root = (rg_grid_node *)damage_section(file.data, RG_SECTION_GRID_NODES);
    uint32_t *starts = (uint32_t *)damage_section(file.data, RG_SECTION_GRID_STARTS);
    CHECK(root->rows >= 3 && root->cols >= 5);
    for (uint32_t cell = 1; cell < root->rows * root->cols; cell++)
        starts[cell] = cell % root->cols > root->cols / 2 ? 300 : 0;
    check_query_is_refused(file);
    free(file.data);
    scratch_end();
}

static void impossible_bounds_are_refused(void)
{
    enum { AT_SOUTH = 32 };
    scratch_begin();
    scratch_bytes file = sample_snapshot(SAMPLE_CLUSTERS, 100, 0);
    const char *path = scratch_path("wrong.rgx");
    rg_index *index = NULL;
    rg_fault fault;
    memcpy(file.data + AT_SOUTH, &(int32_t){INT32_MAX}, sizeof(int32_t));
    damage_repair_checksums(file.data, file.size);
    scratch_write(path, file.data, file.size);
    CHECK(rg_snapshot_open(&index, path, false, true, &fault) == RG_ECORRUPT);
    CHECK(strcmp(fault.what, "its bounds are impossible") == 0);
    free(file.data);
    file = sample_snapshot(SAMPLE_CLUSTERS, 100, 0);
    for (int edge = 0; edge < 4; edge++) {
        int32_t e7, wider = edge < 2 ? -1 : 1;
        memcpy(&e7, file.data + AT_SOUTH + 4 * edge, sizeof e7);
        memcpy(file.data + AT_SOUTH + 4 * edge, &(int32_t){e7 + wider}, sizeof e7);
        check_reported(file, "header", "its bounds are not those of the features");
        memcpy(file.data + AT_SOUTH + 4 * edge, &e7, sizeof e7);
    }
    free(file.data);
    scratch_end();
}

/* An id twice, and another one missing; all are below the count. */
static void ids_that_repeat_are_refused(void)
{
    enum { COUNT = 300 };
    scratch_begin();
    scratch_bytes file = sample_snapshot(SAMPLE_EARTH, COUNT, 0);
    uint32_t *ids = (uint32_t *)damage_section(file.data, RG_SECTION_GRID_IDS);
    for (uint32_t i = 0; i < COUNT; i++) {
        uint32_t kept = ids[i];
        check_case("entry %u", i);
        ids[i] = ids[(i + 1 + i % 17) % COUNT];
        check_reported(file, "grid ids", "an id is there twice");
        ids[i] = COUNT;
        check_reported(file, "grid ids", "an id is too large");
        ids[i] = kept;
    }
    free(file.data);
    scratch_end();
}

/* The coordinates of the grid must be those of the store. */
static void points_that_differ_from_the_stores_are_refused(void)
{
    enum { COUNT = 300 };
    static const rg_section columns[] = {RG_SECTION_GRID_LATS, RG_SECTION_GRID_LONS,
                                         RG_SECTION_STORE_LATS, RG_SECTION_STORE_LONS};
    scratch_begin();
    scratch_bytes file = sample_snapshot(SAMPLE_EARTH, COUNT, 0);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        uint32_t *e7s = (uint32_t *)damage_section(file.data, (int)columns[i]);
        for (uint32_t at = 0; at < COUNT; at += 7) {
            check_case("%s, number %u", rg_section_name(columns[i]), at);
            uint32_t kept = e7s[at], other = e7s[COUNT - 1 - at];
            if (i < 2) { /* in the store it could be outside the bounds */
                e7s[at] ^= UINT32_C(1) << at % 32;
                check_reported(file, "grid latitudes", "a point is not the store's");
            }
            e7s[at] = other; /* the same coordinates, at other features */
            e7s[COUNT - 1 - at] = kept;
            check_reported(file, "grid latitudes", "a point is not the store's");
            e7s[COUNT - 1 - at] = other;
            e7s[at] = kept;
        }
    }
    free(file.data);
    scratch_end();
}

/* Each section is valid by itself. */
static void sizes_that_do_not_match_are_refused(void)
{
    rg_index *index = sample_index_new(SAMPLE_NESTED, 600, 1);
    for (int kind = RG_SECTION_STORE_LATS; kind < RG_SECTION_COUNT; kind++) {
        rg_sections sections;
        rg_index_list(index, &sections);
        size_t size = sections.of[kind].size;
        if (kind == RG_SECTION_STORE_BLOB) /* the last feature may be of any size */
            continue;
        const size_t others[] = {0, 1, size - 1, size / 2 + 2, size - size / 10 * 9};
        for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
            check_case("%s of %zu bytes, not %zu", rg_section_name((rg_section)kind), others[i],
                       size);
            rg_index *view = NULL;
            rg_fault fault = {0};
            sections.of[kind].size = others[i];
            rg_status status = rg_index_view(&view, &sections, (rg_region){0}, &fault);
            CHECK((view != NULL) == (status == RG_OK));
            /* A table may have any number of buckets. */
            if (status == RG_OK && kind != RG_SECTION_TABLE)
                status = rg_index_check(view, &fault);
            CHECK(status == RG_ECORRUPT || kind == RG_SECTION_TABLE);
            CHECK(status == RG_OK || (fault.where && fault.what));
            rg_index_free(view);
        }
    }
    rg_index_free(index);
}

static void impossible_counts_are_refused(void)
{
    enum { AT_FEATURE_COUNT = 24, AT_SECTION_COUNT = 28 };
    static const struct {
        size_t at;
        uint32_t value;
    } cases[] = {{AT_FEATURE_COUNT, UINT32_C(0x80000000)}, {AT_SECTION_COUNT, 11}};
    scratch_begin();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scratch_bytes file = sample_snapshot(SAMPLE_EARTH, 10, 0);
        memcpy(file.data + cases[i].at, &cases[i].value, sizeof cases[i].value);
        check_reported(file, "header", "its counts are impossible");
        free(file.data);
    }
    scratch_end();
}

void test_snapshot_content(void)
{
    RUN(sizes_that_do_not_match_are_refused);
    RUN(impossible_counts_are_refused);
    RUN(content_is_checked);
    RUN(a_node_within_itself_ends_a_query);
    RUN(overlapping_rows_end_a_query);
    RUN(impossible_bounds_are_refused);
    RUN(ids_that_repeat_are_refused);
    RUN(points_that_differ_from_the_stores_are_refused);
}
