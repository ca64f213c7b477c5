#include "check.h"

#include "oracle.h"
#include "search/rg_grid.h"
#include "search/rg_grid_nodes.h"

#include <stdlib.h>
#include <string.h>

static rg_grid *build(const sample_points *points)
{
    rg_grid *grid = NULL;
    CHECK(rg_grid_build(&grid, points->lats_e7, points->lons_e7, points->count) == RG_OK);
    CHECK(grid);
    return grid;
}

static void check_query(const rg_grid *grid, const sample_points *points, rg_box box,
                        uint32_t *scratch)
{
    uint32_t room[100 + RG_IDS_SLACK];
    rg_ids ids;
    rg_ids_init(&ids, room, 100);
    CHECK(rg_grid_query(grid, box, &ids) == RG_OK);
    size_t expected = oracle_query(points, box, scratch);
    CHECK(ids.count == expected);
    oracle_sort(ids.items, ids.count);
    CHECK(memcmp(ids.items, scratch, expected * sizeof *scratch) == 0);
    rg_ids_clear(&ids);
}

static void check_queries(sample_shape shape, uint32_t count, uint64_t seed, int queries)
{
    sample_points points = sample_points_new(shape, count, seed);
    rg_grid *grid = build(&points);
    uint32_t *scratch = malloc((count + 1) * sizeof *scratch);
    CHECK(scratch);
    sample_random random = {seed};
    for (int i = 0; i < queries; i++) {
        rg_box box = sample_box(&random, &points);
        check_case("%s, %u points, seed %llu, box %d %d to %d %d", sample_shape_name(shape), count,
                   (unsigned long long)seed, box.lo.lat_e7, box.lo.lon_e7, box.hi.lat_e7,
                   box.hi.lon_e7);
        check_query(grid, &points, box, scratch);
    }
    free(scratch);
    rg_grid_free(grid);
    sample_points_free(&points);
}

static void queries_match_a_scan(void)
{
    static const uint32_t counts[] = {0, 1, 2, 3, 8, 63, 64, 65, 66, 130, 200, 500, 1000, 4000};
    for (sample_shape shape = 0; shape < SAMPLE_SHAPES; shape++)
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            for (int round = 0; round < check_rounds(4); round++)
                check_queries(shape, counts[i], (uint64_t)round, 25);
}

/* Large enough for every way to sort a grid. */
static void queries_on_large_grids_match_a_scan(void)
{
    for (sample_shape shape = 0; shape < SAMPLE_SHAPES; shape++)
        for (uint64_t seed = 0; seed < 2; seed++)
            check_queries(shape, 60000, seed + 1, 20);
}

/* All boxes between the points of a small lattice: each border on, beside or between points. */
static void every_box_on_a_lattice_matches_a_scan(void)
{
    enum { SIDE = 9 };
    uint32_t scratch[3 * SIDE * SIDE];
    int32_t lats_e7[3 * SIDE * SIDE], lons_e7[3 * SIDE * SIDE];
    sample_points points = {lats_e7, lons_e7, 3 * SIDE * SIDE};
    for (int32_t i = 0; i < 3 * SIDE * SIDE; i++) {
        lats_e7[i] = i % SIDE * 2;
        lons_e7[i] = i / SIDE % SIDE * 2;
    }
    rg_grid *grid = build(&points);
    for (int32_t south = -1; south <= 2 * SIDE; south++)
        for (int32_t north = south; north <= 2 * SIDE; north++)
            for (int32_t west = -1; west <= 2 * SIDE; west++)
                for (int32_t east = west; east <= 2 * SIDE; east++) {
                    rg_box box = {{south, west}, {north, east}};
                    check_case("%d %d to %d %d", south, west, north, east);
                    check_query(grid, &points, box, scratch);
                }
    rg_grid_free(grid);
}

static void hits_are_appended_to_the_list(void)
{
    sample_points points = sample_points_new(SAMPLE_EARTH, 1000, 1);
    rg_grid *grid = build(&points);
    rg_box all = {{INT32_MIN, INT32_MIN}, {INT32_MAX, INT32_MAX}};
    rg_ids ids;
    rg_ids_init(&ids, NULL, 0);
    for (size_t round = 1; round <= 3; round++) {
        CHECK(rg_grid_query(grid, all, &ids) == RG_OK);
        CHECK(ids.count == round * 1000);
    }
    uint32_t seen[1000] = {0};
    for (size_t i = 0; i < ids.count; i++)
        seen[ids.items[i]]++;
    for (size_t id = 0; id < 1000; id++)
        CHECK(seen[id] == 3);
    rg_ids_clear(&ids);
    rg_grid_free(grid);
    sample_points_free(&points);
}

/* Checks the structure of a built grid; returns the level of the deepest node. */
static int check_node(const rg_grid *grid, const rg_grid_node *node, rg_box within)
{
    const uint32_t *starts = grid->starts + node->first_start;
    uint32_t cells = node->rows * node->cols;
    rg_box box = {{INT32_MAX, INT32_MAX}, {INT32_MIN, INT32_MIN}};
    CHECK(rg_box_has_box(within, node->box));
    CHECK(node->rows >= 1 && node->cols >= 1);
    CHECK(node->first_start + cells < grid->start_count);
    const rg_grid_node *child = grid->nodes + node->first_child, *end = child + node->child_count;
    int deepest = 0;
    for (uint32_t cell = 0; cell < cells; cell++) {
        CHECK(starts[cell] <= starts[cell + 1]);
        bool divided = child < end && child->cell == cell;
        for (uint32_t i = starts[cell]; i < starts[cell + 1]; i++) {
            rg_point point = {grid->lats_e7[i], grid->lons_e7[i]};
            CHECK(rg_box_has_point(node->box, point));
            CHECK(rg_grid_row(node, point.lat_e7) * node->cols + rg_grid_col(node, point.lon_e7) ==
                  cell);
            CHECK(divided || i == starts[cell] || grid->ids[i - 1] < grid->ids[i]);
            box.lo.lat_e7 = point.lat_e7 < box.lo.lat_e7 ? point.lat_e7 : box.lo.lat_e7;
            box.lo.lon_e7 = point.lon_e7 < box.lo.lon_e7 ? point.lon_e7 : box.lo.lon_e7;
            box.hi.lat_e7 = point.lat_e7 > box.hi.lat_e7 ? point.lat_e7 : box.hi.lat_e7;
            box.hi.lon_e7 = point.lon_e7 > box.hi.lon_e7 ? point.lon_e7 : box.hi.lon_e7;
        }
        if (divided) {
            const uint32_t *child_starts = grid->starts + child->first_start;
            CHECK(child_starts[0] == starts[cell]);
            CHECK(child_starts[child->rows * child->cols] == starts[cell + 1]);
            CHECK(starts[cell + 1] - starts[cell] > RG_GRID_SPLIT);
            int level = check_node(grid, child, node->box);
            deepest = level > deepest ? level : deepest;
            child++;
        }
    }
    CHECK(child == end);
    CHECK(rg_point_equal(box.lo, node->box.lo) && rg_point_equal(box.hi, node->box.hi));
    return deepest + 1;
}

static int check_structure(sample_shape shape, uint32_t count, uint64_t seed)
{
    sample_points points = sample_points_new(shape, count, seed);
    rg_grid *grid = build(&points);
    check_case("%s, %u points, seed %llu", sample_shape_name(shape), count,
               (unsigned long long)seed);
    const rg_box anywhere = {{INT32_MIN, INT32_MIN}, {INT32_MAX, INT32_MAX}};
    int levels = grid->node_count ? check_node(grid, grid->nodes, anywhere) : 0;
    CHECK((levels == 0) == (count == 0));
    CHECK(levels <= RG_GRID_LEVELS);
    unsigned char *seen = calloc(count + 1, 1);
    CHECK(seen);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t id = grid->ids[i];
        CHECK(id < count && !seen[id]++);
        CHECK(points.lats_e7[id] == grid->lats_e7[i] && points.lons_e7[id] == grid->lons_e7[i]);
    }
    free(seen);
    /* 12 bytes an entry, and a start for 8 entries on each level. */
    CHECK(rg_grid_size(grid) <= 1000 + count * (size_t)(12 + levels));
    rg_grid_free(grid);
    sample_points_free(&points);
    return levels;
}

static void grids_are_well_formed(void)
{
    static const uint32_t counts[] = {0, 1, 2, 64, 65, 130, 1000, 30000};
    int deepest = 0;
    for (sample_shape shape = 0; shape < SAMPLE_SHAPES; shape++)
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            for (uint64_t seed = 0; seed < 4; seed++) {
                int levels = check_structure(shape, counts[i], seed);
                deepest = levels > deepest ? levels : deepest;
            }
    CHECK(deepest == RG_GRID_LEVELS);
}

/* Crowded cells are divided until each has few points or one place. */
static void no_cell_stays_crowded(void)
{
    for (sample_shape shape = 0; shape < SAMPLE_SHAPES; shape++) {
        sample_points points = sample_points_new(shape, 30000, 4);
        rg_grid *grid = build(&points);
        uint32_t *scratch = malloc((points.count + 1) * sizeof *scratch);
        CHECK(scratch);
        for (uint32_t n = 0; shape != SAMPLE_NESTED && n < grid->node_count; n++) {
            const rg_grid_node *node = &grid->nodes[n];
            const uint32_t *starts = grid->starts + node->first_start;
            const rg_grid_node *child = grid->nodes + node->first_child;
            const rg_grid_node *end = child + node->child_count;
            for (uint32_t cell = 0; cell < node->rows * node->cols; cell++) {
                check_case("%s, node %u, cell %u", sample_shape_name(shape), n, cell);
                if (child < end && child->cell == cell) {
                    child++;
                    continue;
                }
                if (starts[cell + 1] - starts[cell] <= RG_GRID_SPLIT)
                    continue;
                for (uint32_t i = starts[cell]; i < starts[cell + 1]; i++)
                    CHECK(grid->lats_e7[i] == grid->lats_e7[starts[cell]] &&
                          grid->lons_e7[i] == grid->lons_e7[starts[cell]]);
            }
        }
        free(scratch);
        rg_grid_free(grid);
        sample_points_free(&points);
    }
}

/* For spans and cells of all sizes the ends are in the first and last cell. */
static void the_cell_never_decreases_with_the_coordinate(void)
{
    sample_random random = {5};
    for (int i = 0; i < check_rounds(20000); i++) {
        int32_t lo = INT32_MIN, hi = INT32_MAX;
        if (i) {
            lo = (int32_t)(uint32_t)sample_bits(&random);
            hi = sample_between(&random, lo, i % 2 || lo > 0 ? INT32_MAX : lo + 100);
        }
        uint32_t span = (uint32_t)hi - (uint32_t)lo;
        uint32_t cells = 1 + sample_below(&random, span >> sample_below(&random, 32));
        if (i % 16 == 0)
            cells = span == UINT32_MAX ? UINT32_MAX : span + 1;
        check_case("%u cells from %d to %d", cells, lo, hi);
        uint32_t factor = rg_grid_axis_factor(span, cells);
        CHECK(rg_grid_axis_cell(lo, lo, factor) == 0);
        CHECK(rg_grid_axis_cell(hi, lo, factor) < cells);
        int32_t value = sample_between(&random, lo, hi);
        if (value > lo)
            CHECK(rg_grid_axis_cell(value - 1, lo, factor) <= rg_grid_axis_cell(value, lo, factor));
        if (cells == (uint64_t)span + 1)
            CHECK(rg_grid_axis_cell(value, lo, factor) == (uint32_t)value - (uint32_t)lo);
    }
}

static bool build_under_faults(void *context)
{
    const sample_points *points = context;
    rg_grid *grid = NULL;
    rg_status status = rg_grid_build(&grid, points->lats_e7, points->lons_e7, points->count);
    CHECK(status == RG_OK || status == RG_ENOMEM);
    CHECK((grid != NULL) == (status == RG_OK));
    rg_grid_free(grid);
    return status == RG_OK;
}

static void building_a_grid_returns_enomem(void)
{
    static const uint32_t counts[] = {0, 10, 1000, 40000};
    for (sample_shape shape = 0; shape < SAMPLE_SHAPES; shape++)
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            sample_points points = sample_points_new(shape, counts[i], 1);
            check_faults(build_under_faults, &points);
            sample_points_free(&points);
        }
}

static const rg_grid *grid_at_hand;

static bool query_under_faults(void *context)
{
    const rg_box *box = context;
    uint32_t room[4 + RG_IDS_SLACK] = {1, 2, 3, 4};
    rg_ids ids;
    rg_ids_init(&ids, room, 4);
    ids.count = 4;
    rg_status status = rg_grid_query(grid_at_hand, *box, &ids);
    CHECK(status == RG_OK || (status == RG_ENOMEM && ids.count == 4));
    CHECK(ids.items[0] == 1 && ids.items[3] == 4);
    rg_ids_clear(&ids);
    return status == RG_OK;
}

static void a_query_out_of_memory_keeps_the_ids(void)
{
    for (sample_shape shape = 0; shape < SAMPLE_SHAPES; shape++) {
        sample_points points = sample_points_new(shape, 5000, 1);
        rg_grid *grid = build(&points);
        grid_at_hand = grid;
        sample_random random = {3};
        for (int i = 0; i < 20; i++) {
            rg_box box = sample_box(&random, &points);
            check_faults(query_under_faults, &box);
        }
        rg_grid_free(grid);
        sample_points_free(&points);
    }
}

void test_grid(void)
{
    RUN(the_cell_never_decreases_with_the_coordinate);
    RUN(queries_match_a_scan);
    RUN(queries_on_large_grids_match_a_scan);
    RUN(every_box_on_a_lattice_matches_a_scan);
    RUN(hits_are_appended_to_the_list);
    RUN(grids_are_well_formed);
    RUN(no_cell_stays_crowded);
    RUN(building_a_grid_returns_enomem);
    RUN(a_query_out_of_memory_keeps_the_ids);
}
