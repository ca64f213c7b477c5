/* rg_grid_blocks: the positions of a node's cells on Earth; shared by rg_near.c and rg_along.c.
 *
 * Ownership: borrows the grid.
 * Threads: pure functions.
 */
#ifndef RG_GRID_BLOCKS_H
#define RG_GRID_BLOCKS_H

#include "geo/rg_sphere.h"
#include "search/rg_grid_nodes.h"

/* The cells of a node in these rows and columns, the last ones included. */
typedef struct rg_grid_block {
    uint32_t row_lo, row_hi, col_lo, col_hi;
} rg_grid_block;

/* Returns where a row or column begins, or the last one ends, within less than two units: see
 * rg_grid_axis_cell. */
static inline double rg_grid_edge(int32_t lo, uint32_t factor, uint32_t cell)
{
    return factor ? lo + cell * (4294967296.0 / factor) : lo;
}

static inline rg_sphere_box rg_grid_node_box(const rg_grid_node *node)
{
    return (rg_sphere_box){node->box.lo.lat_e7, node->box.lo.lon_e7, node->box.hi.lat_e7,
                           node->box.hi.lon_e7};
}

/* Returns the block's part of the node's tight box, two units larger inside the node. */
static inline rg_sphere_box rg_grid_block_box(const rg_grid_node *node, rg_grid_block block)
{
    rg_sphere_box box = rg_grid_node_box(node);
    if (block.row_lo > 0)
        box.south = rg_grid_edge(node->box.lo.lat_e7, node->row_factor, block.row_lo) - 2;
    if (block.row_hi < node->rows - 1)
        box.north = rg_grid_edge(node->box.lo.lat_e7, node->row_factor, block.row_hi + 1) + 2;
    if (block.col_lo > 0)
        box.west = rg_grid_edge(node->box.lo.lon_e7, node->col_factor, block.col_lo) - 2;
    if (block.col_hi < node->cols - 1)
        box.east = rg_grid_edge(node->box.lo.lon_e7, node->col_factor, block.col_hi + 1) + 2;
    return box;
}

/* Returns the node's child in this cell, or NULL. */
static inline const rg_grid_node *rg_grid_child_in(const rg_grid *grid, const rg_grid_node *node,
                                                   uint32_t cell)
{
    const rg_grid_node *child = grid->nodes + node->first_child;
    uint32_t count = node->child_count;
    while (count > 1) {
        uint32_t half = count / 2;
        if (child[half].cell <= cell)
            child += half;
        count -= half;
    }
    return count && child->cell == cell ? child : NULL;
}

#endif
