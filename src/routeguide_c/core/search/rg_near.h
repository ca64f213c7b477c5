/* rg_near: which points of a grid are nearest to a place, or within a distance of it, on the
 * sphere.
 *
 * Places and exact distances are rg_sphere's; order and limits go by the exact distance, ties by
 * id. Points off the Earth are no places and in no answer.
 *
 * Threads: reads the grid only; the list belongs to the caller.
 * Cost: mostly the exact distance of each hit; the rest is left out by bounds. Where very many
 * points are equally far, all their distances are computed.
 */
#ifndef RG_NEAR_H
#define RG_NEAR_H

#include "search/rg_grid.h"
#include "search/rg_hits.h"

/* Puts the `most` nearest points, or fewer where there are no more within `reach_m`, that distance
 * included, into an empty list, nearest first. The center is on Earth, reach_m not negative and
 * not NaN. On failure the list is left empty. RG_ECORRUPT only for a grid that was not checked,
 * whose ids may be anything, too. */
rg_status rg_near_search(const rg_grid *grid, rg_point center, size_t most, double reach_m,
                         rg_hits *hits);

#endif
