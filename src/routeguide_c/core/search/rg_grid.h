/* rg_grid: finds the points in a rectangle by a recursive grid of cells.
 *
 *   node 0: row-major cells over the tight box of all points, about 8 points a cell
 *
 *      row 1   | 4 | 5 | 6 | 7 |        starts:  one entry index a cell, and one for the end
 *      row 0   | 0 | 1 | 2 | 3 |        entries: [cell 0 .. | cell 1 .. | cell 2 .. | ...]
 *
 * A cell with more than RG_GRID_SPLIT points that are not all at one location has a node of its
 * own, over the tight box of its points, which are the same run of entries, sorted by that node's
 * cells. So neighboring cells of a row are always one run of entries.
 *
 * Ownership: the grid owns its arrays, with copies of the coordinates. A view borrows its arrays.
 * Threads: immutable once built; any number of readers.
 * Cost: build O(n), 12.5 to 13 bytes a point; query O(cells on the rectangle's rim + hits).
 */
#ifndef RG_GRID_H
#define RG_GRID_H

#include "base/rg_ids.h"
#include "base/rg_sections.h"
#include "base/rg_status.h"
#include "geo/rg_point.h"

/* The most points of a cell without a node of its own. */
enum { RG_GRID_SPLIT = 64 };

typedef struct rg_grid rg_grid;

/* Builds a grid of `count` points, from 0 to RG_FEATURES_MAX; point i has id i. */
rg_status rg_grid_build(rg_grid **out, const int32_t *lats_e7, const int32_t *lons_e7,
                        uint32_t count);

/* Accepts NULL. */
void rg_grid_free(rg_grid *grid);

/* Appends the ids of all points in the box, edges inside, in no particular order. A failure leaves
 * the list as it was. RG_ECORRUPT: only for a view that was not checked, whose ids may have any
 * value. */
rg_status rg_grid_query(const rg_grid *grid, rg_box box, rg_ids *ids);

/* Counts the points in the box, edges inside. RG_ECORRUPT: see rg_grid_query. Cost: that of a query
 * without the hits. */
rg_status rg_grid_count(size_t *out, const rg_grid *grid, rg_box box);

/* Returns an upper bound of the points in the box: the points of all cells that it meets, minus
 * those of crowded cells that are outside, until no more than `enough` are left. */
size_t rg_grid_estimate(const rg_grid *grid, rg_box box, size_t enough);

/* Returns how many bytes the grid occupies. */
size_t rg_grid_size(const rg_grid *grid);

/* Lists the grid's arrays. */
void rg_grid_list(const rg_grid *grid, rg_sections *sections);

/* Creates a grid that reads the sections in place; they must outlive it. RG_ECORRUPT if their sizes
 * do not match. Their content is not checked. */
rg_status rg_grid_view(rg_grid **out, const rg_sections *sections, rg_fault *fault);

/* Returns RG_ECORRUPT unless nodes and starts have the structure that rg_grid_build gives so many
 * points, and the entries are these points, point i with id i, each once. Ids are checked one by
 * one; coordinates by a sum over all points, which damage passes with a probability of about 2^-32
 * and an attacker can pass. That an entry is in its point's cell is not checked. RG_ENOMEM: the
 * check takes a bit of memory for each point. Cost: a pass over each array. */
rg_status rg_grid_check(const rg_grid *grid, const int32_t *lats_e7, const int32_t *lons_e7,
                        rg_fault *fault);

#endif
