/* rg_grid: which points lie in a rectangle, by a recursive grid of cells.
 *
 *   node 0: row-major cells over the tight box of all points, about 8 points a cell
 *
 *      row 1   | 4 | 5 | 6 | 7 |        starts:  one entry index a cell, and one for the end
 *      row 0   | 0 | 1 | 2 | 3 |        entries: [cell 0 .. | cell 1 .. | cell 2 .. | ...]
 *
 * A cell with more than RG_GRID_SPLIT points that are not all at one location has a grid of its
 * own, over its own tight box; its points are the same run of entries, sorted once more. So a run
 * of neighbouring cells in a row is one run of entries whatever lies below it.
 *
 * Ownership: the grid owns its arrays. It copies the coordinates that it is built from. A view
 * borrows its arrays.
 * Threads: immutable once built; any number of readers.
 * Cost: build O(n), 12.5 to 13 bytes a point; query O(cells on the rectangle's rim + hits).
 */
#ifndef RG_GRID_H
#define RG_GRID_H

#include "base/rg_ids.h"
#include "base/rg_sections.h"
#include "base/rg_status.h"
#include "geo/rg_point.h"

/* Points that a cell may hold before it gets a grid of its own. */
enum { RG_GRID_SPLIT = 64 };

typedef struct rg_grid rg_grid;

/* Indexes `count` points (at most RG_FEATURES_MAX); point i has id i. Takes an empty set. */
rg_status rg_grid_build(rg_grid **out, const int32_t *lats_e7, const int32_t *lons_e7,
                        uint32_t count);

/* Accepts NULL. */
void rg_grid_free(rg_grid *grid);

/* Appends the ids of all points in the box, edges inside, in no particular order. On failure
 * `ids` keeps what it held before the call; RG_ECORRUPT only for a view that was not checked, in
 * which ids may be of no point. */
rg_status rg_grid_query(const rg_grid *grid, rg_box box, rg_ids *ids);

/* How many points are in the box, edges inside. RG_ECORRUPT as rg_grid_query. Cost: as that of a
 * query without the hits. */
rg_status rg_grid_count(size_t *out, const rg_grid *grid, rg_box box);

/* At most how many points are in the box: counts the cells that it meets, crowded ones more closely
 * as long as there are more than `enough`. */
size_t rg_grid_estimate(const rg_grid *grid, rg_box box, size_t enough);

/* Bytes that the grid occupies. */
size_t rg_grid_size(const rg_grid *grid);

/* Enters the grid's arrays. */
void rg_grid_list(const rg_grid *grid, rg_sections *sections);

/* A grid that reads the sections where they lie, which is longer than it lives. RG_ECORRUPT where
 * their sizes do not fit together; what is in them is not looked at. */
rg_status rg_grid_view(rg_grid **out, const rg_sections *sections, rg_fault *fault);

/* RG_ECORRUPT unless nodes and starts are such as rg_grid_build makes of so many points, and the
 * entries are these points, point i with id i, each once. Of the ids that is certain; coordinates
 * are compared by a sum over all points, which a mistake passes once in some 2^32 times, and
 * somebody who sets out to pass it can. Whether an entry is in its point's cell is not looked at.
 * Cost: a pass over each array, and a bit a point of memory meanwhile: RG_ENOMEM. */
rg_status rg_grid_check(const rg_grid *grid, const int32_t *lats_e7, const int32_t *lons_e7,
                        rg_fault *fault);

#endif
