#include "rg_alloc.h"
#include "rg_grid_nodes.h"

#include <string.h>

void rg_grid_free(rg_grid *grid)
{
    if (!grid)
        return;
    if (!grid->borrowed) {
        rg_free(grid->nodes);
        rg_free(grid->starts);
        rg_free(grid->lats_e7);
        rg_free(grid->lons_e7);
        rg_free(grid->ids);
    }
    rg_free(grid);
}

/* Copies the ids of all entries from begin to end. */
static rg_status take_run(const rg_grid *grid, rg_grid_run *left, uint32_t begin, uint32_t end,
                          rg_ids *ids)
{
    if (!rg_grid_run_next(left, begin, end))
        return RG_ECORRUPT;
    rg_status status = rg_ids_reserve(ids, end - begin);
    if (status != RG_OK)
        return status;
    memcpy(ids->items + ids->count, grid->ids + begin, (end - begin) * sizeof *grid->ids);
    ids->count += end - begin;
    return RG_OK;
}

/* Copies the ids of those entries from begin to end that are in the box. */
static rg_status test_run(const rg_grid *grid, rg_grid_run *left, uint32_t begin, uint32_t end,
                          rg_box box, rg_ids *ids)
{
    if (!rg_grid_run_next(left, begin, end))
        return RG_ECORRUPT;
    rg_status status = rg_ids_reserve(ids, end - begin);
    if (status != RG_OK)
        return status;
    for (uint32_t i = begin; i < end; i++) {
        ids->items[ids->count] = grid->ids[i];
        ids->count += rg_box_has_point(box, (rg_point){grid->lats_e7[i], grid->lons_e7[i]});
    }
    return RG_OK;
}

static rg_status query_node(const rg_grid *grid, const rg_grid_node *node, int level,
                            rg_grid_run run, rg_box box, rg_ids *ids);

/* The node's first child at this cell or a later one. */
static const rg_grid_node *child_from(const rg_grid *grid, const rg_grid_node *node, uint32_t cell)
{
    const rg_grid_node *child = grid->nodes + node->first_child;
    uint32_t count = node->child_count;
    while (count) {
        uint32_t half = count / 2;
        if (child[half].cell < cell) {
            child += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return child;
}

/* Cells from first to last of one row, on the rim of the box. */
static rg_status test_cells(const rg_grid *grid, const rg_grid_node *node, int level,
                            rg_grid_run *left, uint32_t first, uint32_t last, rg_box box,
                            rg_ids *ids)
{
    const uint32_t *starts = grid->starts + node->first_start;
    uint32_t begin = starts[first];
    if (starts[last + 1] - begin > RG_GRID_SPLIT) {
        const rg_grid_node *end = grid->nodes + node->first_child + node->child_count;
        const rg_grid_node *child = child_from(grid, node, first);
        for (; child < end && child->cell <= last; child++) {
            rg_grid_run run = {starts[child->cell], starts[child->cell + 1]};
            rg_status status = test_run(grid, left, begin, run.begin, box, ids);
            if (status == RG_OK && !rg_grid_run_next(left, run.begin, run.end))
                status = RG_ECORRUPT;
            if (status == RG_OK)
                status = query_node(grid, child, level + 1, run, box, ids);
            if (status != RG_OK)
                return status;
            begin = run.end;
        }
    }
    return test_run(grid, left, begin, starts[last + 1], box, ids);
}

/* The node on this level, 0 for the root, that divides the run. */
static rg_status query_node(const rg_grid *grid, const rg_grid_node *node, int level,
                            rg_grid_run run, rg_box box, rg_ids *ids)
{
    if (level == RG_GRID_LEVELS || !rg_grid_node_fits(grid, node, run.begin, run.end))
        return RG_ECORRUPT;
    if (!rg_box_meets(box, node->box))
        return RG_OK;
    if (rg_box_has_box(box, node->box))
        return take_run(grid, &run, run.begin, run.end, ids);

    /* A border outside the node's box leaves nothing to test on its side. */
    bool south = box.lo.lat_e7 > node->box.lo.lat_e7, north = box.hi.lat_e7 < node->box.hi.lat_e7;
    bool west = box.lo.lon_e7 > node->box.lo.lon_e7, east = box.hi.lon_e7 < node->box.hi.lon_e7;
    uint32_t row_lo = south ? rg_grid_row(node, box.lo.lat_e7) : 0;
    uint32_t row_hi = north ? rg_grid_row(node, box.hi.lat_e7) : node->rows - 1;
    uint32_t col_lo = west ? rg_grid_col(node, box.lo.lon_e7) : 0;
    uint32_t col_hi = east ? rg_grid_col(node, box.hi.lon_e7) : node->cols - 1;
    if (row_lo > row_hi || row_hi >= node->rows || col_lo > col_hi || col_hi >= node->cols)
        return RG_ECORRUPT;
    const uint32_t *starts = grid->starts + node->first_start;
    for (uint32_t row = row_lo; row <= row_hi; row++) {
        uint32_t first = row * node->cols + col_lo, last = row * node->cols + col_hi;
        bool rim = (row == row_lo && south) || (row == row_hi && north) ||
                   (first == last && (west || east));
        rg_status status = RG_OK;
        if (rim) {
            status = test_cells(grid, node, level, &run, first, last, box, ids);
        } else {
            if (west)
                status = test_cells(grid, node, level, &run, first, first, box, ids);
            if (status == RG_OK)
                status = take_run(grid, &run, starts[first + west], starts[last + 1 - east], ids);
            if (status == RG_OK && east)
                status = test_cells(grid, node, level, &run, last, last, box, ids);
        }
        if (status != RG_OK)
            return status;
    }
    return RG_OK;
}

rg_status rg_grid_query(const rg_grid *grid, rg_box box, rg_ids *ids)
{
    if (grid->node_count == 0)
        return RG_OK;
    size_t count = ids->count;
    rg_status status = query_node(grid, grid->nodes, 0, (rg_grid_run){0, grid->count}, box, ids);
    if (status != RG_OK)
        ids->count = count;
    return status;
}

size_t rg_grid_size(const rg_grid *grid)
{
    size_t entries = grid->count ? (size_t)grid->count + RG_GRID_PADDING : 0;
    return sizeof *grid + grid->node_count * sizeof *grid->nodes +
           grid->start_count * sizeof *grid->starts +
           entries * (sizeof *grid->lats_e7 + sizeof *grid->lons_e7 + sizeof *grid->ids);
}
