/* rg_near: finds the points of a grid nearest to a place, or within a distance of it, on the
 * sphere.
 *
 * Distances are those of rg_sphere_distances_m, which decide order and limits; equal ones are
 * ordered by id. Points off the Earth are never found.
 *
 * Ownership: borrows the grid; the list is the caller's.
 * Threads: any number may search the same grid.
 * Cost: O(hits), and O(log n) for the cells around them. If very many points are equally far away,
 * the distances of all of them are computed.
 */
#ifndef RG_NEAR_H
#define RG_NEAR_H

#include "search/rg_grid.h"
#include "search/rg_hits.h"

/* Puts the `most` nearest points that are at most `reach_m` away into an empty list, nearest first.
 * The center is on Earth, reach_m not negative and not NaN. A failure leaves the list empty.
 * RG_ECORRUPT: only for a grid that was not checked; its ids may have any value. */
rg_status rg_near_search(const rg_grid *grid, rg_point center, size_t most, double reach_m,
                         rg_hits *hits);

#endif
