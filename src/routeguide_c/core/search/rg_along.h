/* rg_along: finds the points of a grid near a route, and where the route passes them.
 *
 * Points off the Earth are never found. The foot of a hit is the nearest point of the route, or the
 * earliest one if several are equally near (RG_ROUTE_TIE_M), with the least of their distances.
 *
 * Ownership: borrows the grid and the route; the list is the caller's.
 * Threads: any number may search the same grid and route.
 * Cost: proportional to the cells that the corridor meets and the points in them, and grows slowly
 * with the number of legs; a microsecond or less for each hit.
 */
#ifndef RG_ALONG_H
#define RG_ALONG_H

#include "geo/rg_route.h"
#include "search/rg_along_hits.h"
#include "search/rg_grid.h"

/* Puts the points whose offset, as returned, is at most `half_width_m` into an empty list, ordered
 * by their position along the route, then by id. The half width is not negative and not NaN. A
 * failure leaves the list empty. RG_ECORRUPT: only for a grid that was not checked; its ids may
 * have any value. */
rg_status rg_along_search(const rg_grid *grid, const rg_route *route, double half_width_m,
                          rg_along_hits *hits);

#endif
