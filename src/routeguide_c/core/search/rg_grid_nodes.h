/* rg_grid_nodes: the memory layout of a grid; shared by rg_grid.c, rg_grid_build.c,
 * rg_grid_sections.c and the searches on the sphere.
 *
 * Flat arrays without pointers, which can be written to a file as they are:
 *
 *   nodes   | root | its children .. | their children .. |     level by level
 *   starts  | of node 0: rows * cols + 1 | of node 1 | ...     indices of entries
 *   lats_e7 |                                                  one an entry, in cell order,
 *   lons_e7 |                                                  and RG_GRID_PADDING more
 *   ids     |
 */
#ifndef RG_GRID_NODES_H
#define RG_GRID_NODES_H

#include "search/rg_grid.h"

enum {
    RG_GRID_CELL_POINTS = 8, /* points a cell, on average */
    RG_GRID_LEVELS = 12,     /* of nodes; crowded cells of the last are not divided */
    RG_GRID_PADDING = 8      /* entries that a vector load may read beyond the end */
};

/* A grid over a run of entries. Cell (row, col) is number row * cols + col. */
typedef struct rg_grid_node {
    rg_box box; /* tight around the node's points */
    uint32_t rows;
    uint32_t cols;
    uint32_t row_factor; /* see rg_grid_axis_cell */
    uint32_t col_factor;
    uint32_t first_start; /* of its rows * cols + 1 */
    uint32_t first_child; /* its children are neighbors, by ascending cell */
    uint32_t child_count;
    uint32_t cell; /* the parent's cell that it divides; 0 in the root */
} rg_grid_node;

struct rg_grid {
    rg_grid_node *nodes; /* none if the grid is empty */
    uint32_t *starts;
    int32_t *lats_e7;
    int32_t *lons_e7;
    uint32_t *ids;
    uint32_t node_count;
    uint32_t start_count;
    uint32_t count; /* points */
    bool borrowed;  /* the arrays belong to a region */
};

/* Returns the factor that divides lo .. lo + span into cells: floor((value - lo + 1) * factor /
 * 2^32) increases with the value from 0 to at most cells - 1. Needs 1 <= cells <= span + 1. */
static inline uint32_t rg_grid_axis_factor(uint32_t span, uint32_t cells)
{
    return (uint32_t)((((uint64_t)cells << 32) - 1) / ((uint64_t)span + 1));
}

/* Returns the cell along one axis, for points and for borders alike; value >= lo. */
static inline uint32_t rg_grid_axis_cell(int32_t value, int32_t lo, uint32_t factor)
{
    uint64_t offset = (uint32_t)value - (uint32_t)lo;
    return (uint32_t)((offset * factor + factor) >> 32);
}

static inline uint32_t rg_grid_row(const rg_grid_node *node, int32_t lat_e7)
{
    return rg_grid_axis_cell(lat_e7, node->box.lo.lat_e7, node->row_factor);
}

static inline uint32_t rg_grid_col(const rg_grid_node *node, int32_t lon_e7)
{
    return rg_grid_axis_cell(lon_e7, node->box.lo.lon_e7, node->col_factor);
}

/* Returns true if the node divides exactly the entries from begin to end, into no more cells than
 * entries, and if its starts and its children are within the grid.
 *
 * Nodes, starts and ids of a file that was opened without a check may have any value. A walk calls
 * this function before it enters a node, and rg_grid_run_next before it reads entries. That keeps
 * it within the arrays, and its work on all nodes of a level within the number of entries. Both are
 * always true in a grid that was built or checked. */
static inline bool rg_grid_node_fits(const rg_grid *grid, const rg_grid_node *node, uint32_t begin,
                                     uint32_t end)
{
    uint64_t cells = (uint64_t)node->rows * node->cols;
    return begin < end && end <= grid->count && cells > 0 && cells <= end - begin &&
           cells + node->first_start < grid->start_count &&
           (uint64_t)node->first_child + node->child_count <= grid->node_count &&
           grid->starts[node->first_start] == begin &&
           grid->starts[node->first_start + cells] == end;
}

/* The entries of a node that are still to come in a walk in the order of its cells. */
typedef struct rg_grid_run {
    uint32_t begin;
    uint32_t end;
} rg_grid_run;

/* Moves the walk past the entries from begin to end; returns false if they are not still to come.
 */
static inline bool rg_grid_run_next(rg_grid_run *left, uint32_t begin, uint32_t end)
{
    if (begin < left->begin || begin > end || end > left->end)
        return false;
    left->begin = end;
    return true;
}

#endif
