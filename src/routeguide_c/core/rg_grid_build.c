#include "rg_alloc.h"
#include "rg_grid_nodes.h"

#include <math.h>
#include <string.h>

/* A run of points on its way into cells. */
typedef struct points {
    int32_t *lats_e7;
    int32_t *lons_e7;
    uint32_t *ids;
} points;

typedef struct builder {
    rg_grid *grid;
    points scratch; /* a copy of the run being sorted */
    uint32_t scratch_capacity;
    uint32_t node_capacity;
    uint32_t start_capacity;
} builder;

static rg_status points_reserve(points *run, uint32_t *capacity, uint32_t count)
{
    if (count <= *capacity)
        return RG_OK;
    rg_free(run->lats_e7);
    rg_free(run->lons_e7);
    rg_free(run->ids);
    *capacity = 0;
    run->lats_e7 = rg_alloc(count, sizeof *run->lats_e7);
    run->lons_e7 = rg_alloc(count, sizeof *run->lons_e7);
    run->ids = rg_alloc(count, sizeof *run->ids);
    if (!run->lats_e7 || !run->lons_e7 || !run->ids)
        return RG_ENOMEM;
    *capacity = count;
    return RG_OK;
}

static rg_status reserve_nodes(builder *b, uint32_t more)
{
    rg_grid *grid = b->grid;
    if (more <= b->node_capacity - grid->node_count)
        return RG_OK;
    uint32_t capacity = grid->node_count + more;
    capacity += capacity / 2;
    rg_grid_node *nodes =
        rg_realloc(grid->nodes, grid->node_count * sizeof *nodes, capacity, sizeof *nodes);
    if (!nodes)
        return RG_ENOMEM;
    grid->nodes = nodes;
    b->node_capacity = capacity;
    return RG_OK;
}

static rg_status reserve_starts(builder *b, uint32_t more)
{
    rg_grid *grid = b->grid;
    if (more <= b->start_capacity - grid->start_count)
        return RG_OK;
    uint64_t wanted = (uint64_t)grid->start_count + more;
    if (grid->start_count) /* not the root: more will come */
        wanted += wanted / 2;
    uint32_t capacity = wanted > UINT32_MAX ? UINT32_MAX : (uint32_t)wanted;
    uint32_t *starts =
        rg_realloc(grid->starts, grid->start_count * sizeof *starts, capacity, sizeof *starts);
    if (!starts)
        return RG_ENOMEM;
    grid->starts = starts;
    b->start_capacity = capacity;
    return RG_OK;
}

static rg_box tight_box(const int32_t *lats_e7, const int32_t *lons_e7, uint32_t count)
{
    rg_box box = {{INT32_MAX, INT32_MAX}, {INT32_MIN, INT32_MIN}};
    for (uint32_t i = 0; i < count; i++) {
        int32_t lat_e7 = lats_e7[i], lon_e7 = lons_e7[i];
        box.lo.lat_e7 = lat_e7 < box.lo.lat_e7 ? lat_e7 : box.lo.lat_e7;
        box.lo.lon_e7 = lon_e7 < box.lo.lon_e7 ? lon_e7 : box.lo.lon_e7;
        box.hi.lat_e7 = lat_e7 > box.hi.lat_e7 ? lat_e7 : box.hi.lat_e7;
        box.hi.lon_e7 = lon_e7 > box.hi.lon_e7 ? lon_e7 : box.hi.lon_e7;
    }
    return box;
}

/* Cells about as high as they are wide, but no more on an axis than it has coordinates. */
static void shape(rg_grid_node *node, uint32_t count)
{
    uint32_t height = (uint32_t)node->box.hi.lat_e7 - (uint32_t)node->box.lo.lat_e7;
    uint32_t width = (uint32_t)node->box.hi.lon_e7 - (uint32_t)node->box.lo.lon_e7;
    double rows_most = height + 1.0, cols_most = width + 1.0;
    double cells = count > RG_GRID_CELL_POINTS ? (double)(count / RG_GRID_CELL_POINTS) : 1.0;
    double rows = fmin(fmax(sqrt(cells * rows_most / cols_most), 1), fmin(cells, rows_most));
    double cols = fmin(fmax(floor(cells / floor(rows)), 1), cols_most);
    rows = fmin(fmax(floor(cells / cols), 1), rows_most);
    node->rows = (uint32_t)rows;
    node->cols = (uint32_t)cols;
    node->row_factor = rg_grid_axis_factor(height, node->rows);
    node->col_factor = rg_grid_axis_factor(width, node->cols);
}

static uint32_t cell_of(const rg_grid_node *node, int32_t lat_e7, int32_t lon_e7)
{
    return rg_grid_row(node, lat_e7) * node->cols + rg_grid_col(node, lon_e7);
}

/* Sorts `count` points by cell, stably, to the entries from `begin` on, and fills the starts. */
static void sort_run(const builder *b, const rg_grid_node *node, const int32_t *lats_e7,
                     const int32_t *lons_e7, const uint32_t *ids, uint32_t begin, uint32_t count)
{
    rg_grid *grid = b->grid;
    uint32_t cells = node->rows * node->cols;
    uint32_t *starts = grid->starts + node->first_start;
    starts[0] = begin;
    /* ends[cell] counts the cell's points, then is where its next point goes, and so comes to
     * rest where the next cell begins. */
    uint32_t *ends = starts + 1;
    memset(ends, 0, cells * sizeof *ends);
    for (uint32_t i = 0; i < count; i++)
        ends[cell_of(node, lats_e7[i], lons_e7[i])]++;
    uint32_t next = begin;
    for (uint32_t cell = 0; cell < cells; cell++) {
        uint32_t here = ends[cell];
        ends[cell] = next;
        next += here;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = ends[cell_of(node, lats_e7[i], lons_e7[i])]++;
        grid->lats_e7[at] = lats_e7[i];
        grid->lons_e7[at] = lons_e7[i];
        grid->ids[at] = ids ? ids[i] : i;
    }
}

/* Gives each crowded cell of the node a node of its own, still to be sorted. */
static rg_status add_children(builder *b, uint32_t parent)
{
    rg_grid *grid = b->grid;
    uint32_t cells = grid->nodes[parent].rows * grid->nodes[parent].cols;
    const uint32_t *starts = grid->starts + grid->nodes[parent].first_start;
    grid->nodes[parent].first_child = grid->node_count;
    for (uint32_t cell = 0; cell < cells; cell++) {
        uint32_t begin = starts[cell], count = starts[cell + 1] - begin;
        if (count <= RG_GRID_SPLIT)
            continue;
        rg_box box = tight_box(grid->lats_e7 + begin, grid->lons_e7 + begin, count);
        if (rg_point_equal(box.lo, box.hi))
            continue;
        rg_status status = reserve_nodes(b, 1);
        if (status != RG_OK)
            return status;
        grid->nodes[grid->node_count++] = (rg_grid_node){.box = box, .cell = cell};
        grid->nodes[parent].child_count++;
    }
    return RG_OK;
}

static rg_status sort_child(builder *b, uint32_t begin, uint32_t count, rg_grid_node *node)
{
    rg_grid *grid = b->grid;
    shape(node, count);
    rg_status status = reserve_starts(b, node->rows * node->cols + 1);
    if (status == RG_OK)
        status = points_reserve(&b->scratch, &b->scratch_capacity, count);
    if (status != RG_OK)
        return status;
    node->first_start = grid->start_count;
    grid->start_count += node->rows * node->cols + 1;
    memcpy(b->scratch.lats_e7, grid->lats_e7 + begin, count * sizeof *grid->lats_e7);
    memcpy(b->scratch.lons_e7, grid->lons_e7 + begin, count * sizeof *grid->lons_e7);
    memcpy(b->scratch.ids, grid->ids + begin, count * sizeof *grid->ids);
    sort_run(b, node, b->scratch.lats_e7, b->scratch.lons_e7, b->scratch.ids, begin, count);
    return RG_OK;
}

/* Level by level, a node after the other: its crowded cells become nodes and are sorted. */
static rg_status build_levels(builder *b)
{
    rg_grid *grid = b->grid;
    uint32_t level_begin = 0;
    for (int level = 1; level < RG_GRID_LEVELS; level++) {
        uint32_t level_end = grid->node_count;
        for (uint32_t parent = level_begin; parent < level_end; parent++) {
            rg_status status = add_children(b, parent);
            uint32_t child = grid->nodes[parent].first_child;
            for (; status == RG_OK && child < grid->node_count; child++) {
                const uint32_t *start =
                    grid->starts + grid->nodes[parent].first_start + grid->nodes[child].cell;
                status = sort_child(b, start[0], start[1] - start[0], &grid->nodes[child]);
            }
            if (status != RG_OK)
                return status;
        }
        level_begin = level_end;
    }
    return RG_OK;
}

static rg_status build(builder *b, const int32_t *lats_e7, const int32_t *lons_e7)
{
    rg_grid *grid = b->grid;
    uint32_t count = grid->count;
    if (count == 0)
        return RG_OK;
    grid->lats_e7 = rg_alloc((size_t)count + RG_GRID_PADDING, sizeof *grid->lats_e7);
    grid->lons_e7 = rg_alloc((size_t)count + RG_GRID_PADDING, sizeof *grid->lons_e7);
    grid->ids = rg_alloc((size_t)count + RG_GRID_PADDING, sizeof *grid->ids);
    if (!grid->lats_e7 || !grid->lons_e7 || !grid->ids)
        return RG_ENOMEM;
    memset(grid->lats_e7 + count, 0, RG_GRID_PADDING * sizeof *grid->lats_e7);
    memset(grid->lons_e7 + count, 0, RG_GRID_PADDING * sizeof *grid->lons_e7);
    memset(grid->ids + count, 0, RG_GRID_PADDING * sizeof *grid->ids);

    rg_status status = reserve_nodes(b, 1);
    if (status != RG_OK)
        return status;
    rg_grid_node *root = &grid->nodes[grid->node_count++];
    *root = (rg_grid_node){.box = tight_box(lats_e7, lons_e7, count)};
    shape(root, count);
    status = reserve_starts(b, root->rows * root->cols + 1);
    if (status != RG_OK)
        return status;
    grid->start_count = root->rows * root->cols + 1;
    sort_run(b, root, lats_e7, lons_e7, NULL, 0, count);
    return build_levels(b);
}

rg_status rg_grid_build(rg_grid **out, const int32_t *lats_e7, const int32_t *lons_e7,
                        uint32_t count)
{
    builder b = {.grid = rg_alloc_zeroed(1, sizeof *b.grid)};
    if (!b.grid)
        return RG_ENOMEM;
    b.grid->count = count;
    rg_status status = build(&b, lats_e7, lons_e7);
    rg_free(b.scratch.lats_e7);
    rg_free(b.scratch.lons_e7);
    rg_free(b.scratch.ids);
    if (status == RG_OK)
        *out = b.grid;
    else
        rg_grid_free(b.grid);
    return status;
}
