/* rg_along: which points of a grid are near a route, and where the route passes them.
 *
 * Points off the Earth are no places and in no answer. A hit's foot is the nearest on the route,
 * the earliest where several are equally near (RG_ROUTE_TIE_M); its offset is the least of theirs.
 *
 * Threads: reads the grid and the route only; the list belongs to the caller.
 * Cost: grows with the cells that the corridor meets and the points in them, each looked at once,
 * and slowly with the number of legs; a microsecond or less for each hit.
 */
#ifndef RG_ALONG_H
#define RG_ALONG_H

#include "geo/rg_route.h"
#include "search/rg_along_hits.h"
#include "search/rg_grid.h"

/* Puts the points at most `half_width_m` off the route, that distance included, into an empty list,
 * in order along the route, then by id. Whether a point is near enough is decided by its offset as
 * it is returned. The half width is not negative and not NaN. On failure the list is left empty.
 * RG_ECORRUPT only for a grid that was not checked, whose ids may be anything, too. */
rg_status rg_along_search(const rg_grid *grid, const rg_route *route, double half_width_m,
                          rg_along_hits *hits);

#endif
