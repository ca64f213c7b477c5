#include "base/rg_alloc.h"
#include "search/rg_grid_nodes.h"

#include <math.h>
#include <string.h>

/* Cells that are sorted together: their points and the positions of their next entries stay in the
 * caches close to the processor. */
enum { BAND_CELLS = 4096 };

/* Points to be sorted. */
typedef struct points {
    const int32_t *lats_e7;
    const int32_t *lons_e7;
    const uint32_t *ids; /* NULL if point i has id i */
    uint32_t count;
} points;

enum { COLUMNS = 3 }; /* of an entry: latitude, longitude, id */

typedef struct builder {
    rg_grid *grid;
    size_t node_capacity, start_capacity;
    uint32_t *copy; /* the columns of points that are sorted back to where they came from */
    size_t copy_capacity;
    uint32_t *bands; /* where each band begins */
    size_t band_capacity;
} builder;

static rg_status reserve_copy(builder *b, uint32_t count)
{
    uint32_t *copy =
        rg_grow(b->copy, NULL, 0, &b->copy_capacity, COLUMNS * (size_t)count, sizeof *copy);
    if (!copy)
        return RG_ENOMEM;
    b->copy = copy;
    return RG_OK;
}

static rg_status reserve_bands(builder *b, uint32_t count)
{
    uint32_t *bands = rg_grow(b->bands, NULL, 0, &b->band_capacity, count, sizeof *bands);
    if (!bands)
        return RG_ENOMEM;
    b->bands = bands;
    return RG_OK;
}

static rg_status reserve_nodes(builder *b, uint32_t more)
{
    rg_grid *grid = b->grid;
    rg_grid_node *nodes =
        rg_grow(grid->nodes, NULL, grid->node_count, &b->node_capacity, more, sizeof *nodes);
    if (!nodes)
        return RG_ENOMEM;
    grid->nodes = nodes;
    return RG_OK;
}

static rg_status reserve_starts(builder *b, uint32_t more)
{
    rg_grid *grid = b->grid;
    uint32_t *starts =
        rg_grow(grid->starts, NULL, grid->start_count, &b->start_capacity, more, sizeof *starts);
    if (!starts)
        return RG_ENOMEM;
    grid->starts = starts;
    return RG_OK;
}

/* Chooses cells about as high as they are wide, with no more on an axis than it has coordinates. */
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

/* Replaces numbers of points by the position where each number's points begin, the first at
 * `begin`. */
static void sum_up(uint32_t *numbers, uint32_t count, uint32_t begin)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t here = numbers[i];
        numbers[i] = begin;
        begin += here;
    }
}

static void put(rg_grid *grid, uint32_t entry, const points *from, uint32_t i)
{
    grid->lats_e7[entry] = from->lats_e7[i];
    grid->lons_e7[entry] = from->lons_e7[i];
    grid->ids[entry] = from->ids ? from->ids[i] : i;
}

/* Sorts points of the cells first .. first + cells - 1 stably by cell into the entries from `begin`
 * on, and sets the ends of these cells. */
static void sort_cells(rg_grid *grid, const rg_grid_node *node, uint32_t first, uint32_t cells,
                       const points *from, uint32_t begin)
{
    /* ends[cell] is first the number of the cell's points, then the position of its next point, and
     * finally the beginning of the next cell. */
    uint32_t *ends = grid->starts + node->first_start + 1;
    memset(ends + first, 0, cells * sizeof *ends);
    for (uint32_t i = 0; i < from->count; i++)
        ends[cell_of(node, from->lats_e7[i], from->lons_e7[i])]++;
    sum_up(ends + first, cells, begin);
    for (uint32_t i = 0; i < from->count; i++)
        put(grid, ends[cell_of(node, from->lats_e7[i], from->lons_e7[i])]++, from, i);
}

/* Copies the entries from begin to end, and returns the copy. */
static points copy_run(const builder *b, uint32_t begin, uint32_t end)
{
    const rg_grid *grid = b->grid;
    uint32_t count = end - begin, *lats = b->copy, *lons = lats + count, *ids = lons + count;
    memcpy(lats, grid->lats_e7 + begin, count * sizeof *lats);
    memcpy(lons, grid->lons_e7 + begin, count * sizeof *lons);
    memcpy(ids, grid->ids + begin, count * sizeof *ids);
    return (points){(const int32_t *)lats, (const int32_t *)lons, ids, count};
}

/* Sorts by band of cells, then each band by cell: in one step over a large node every point would
 * miss the caches. */
static rg_status sort_bands(builder *b, const rg_grid_node *node, const points *from,
                            uint32_t begin)
{
    rg_grid *grid = b->grid;
    uint32_t cells = node->rows * node->cols, bands = (cells - 1) / BAND_CELLS + 1;
    rg_status status = reserve_bands(b, bands);
    if (status != RG_OK)
        return status;
    uint32_t *ends = b->bands;
    memset(ends, 0, bands * sizeof *ends);
    for (uint32_t i = 0; i < from->count; i++)
        ends[cell_of(node, from->lats_e7[i], from->lons_e7[i]) / BAND_CELLS]++;
    uint32_t most = 0;
    for (uint32_t band = 0; band < bands; band++)
        most = ends[band] > most ? ends[band] : most;
    sum_up(ends, bands, begin);
    for (uint32_t i = 0; i < from->count; i++)
        put(grid, ends[cell_of(node, from->lats_e7[i], from->lons_e7[i]) / BAND_CELLS]++, from, i);

    status = reserve_copy(b, most);
    for (uint32_t band = 0; band < bands && status == RG_OK; band++) {
        uint32_t first = band * BAND_CELLS;
        points copy = copy_run(b, begin, ends[band]);
        sort_cells(grid, node, first, cells - first < BAND_CELLS ? cells - first : BAND_CELLS,
                   &copy, begin);
        begin = ends[band];
    }
    return status;
}

/* Chooses the node's cells, and sorts its points into them in the entries from `begin` on. */
static rg_status sort_node(builder *b, rg_grid_node *node, const points *from, uint32_t begin)
{
    rg_grid *grid = b->grid;
    shape(node, from->count);
    uint32_t cells = node->rows * node->cols;
    rg_status status = reserve_starts(b, cells + 1);
    if (status != RG_OK)
        return status;
    node->first_start = grid->start_count;
    grid->start_count += cells + 1;
    grid->starts[node->first_start] = begin;
    if (cells > BAND_CELLS)
        return sort_bands(b, node, from, begin);
    sort_cells(grid, node, 0, cells, from, begin);
    return RG_OK;
}

/* Adds a node for each crowded cell of the node, without sorting it. */
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
        rg_box box = rg_box_around(grid->lats_e7 + begin, grid->lons_e7 + begin, count);
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

/* Sorts the entries of a node below the root by its cells. */
static rg_status sort_child(builder *b, rg_grid_node *node, uint32_t begin, uint32_t end)
{
    rg_status status = reserve_copy(b, end - begin);
    if (status != RG_OK)
        return status;
    points copy = copy_run(b, begin, end);
    return sort_node(b, node, &copy, begin);
}

/* Divides the crowded cells of each node, level by level. */
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
                status = sort_child(b, &grid->nodes[child], start[0], start[1]);
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
    *root = (rg_grid_node){.box = rg_box_around(lats_e7, lons_e7, count)};
    points all = {lats_e7, lons_e7, NULL, count};
    status = sort_node(b, root, &all, 0);
    return status == RG_OK ? build_levels(b) : status;
}

rg_status rg_grid_build(rg_grid **out, const int32_t *lats_e7, const int32_t *lons_e7,
                        uint32_t count)
{
    builder b = {.grid = rg_alloc_zeroed(1, sizeof *b.grid)};
    if (!b.grid)
        return RG_ENOMEM;
    b.grid->count = count;
    rg_status status = build(&b, lats_e7, lons_e7);
    rg_free(b.copy);
    rg_free(b.bands);
    if (status == RG_OK)
        *out = b.grid;
    else
        rg_grid_free(b.grid);
    return status;
}
