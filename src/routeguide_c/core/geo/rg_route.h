/* rg_route: a route over the sphere and where on it a place is nearest.
 *
 * A route is the shorter great-circle arcs, its legs, between vertices. Vertices that follow each
 * other at one place count once. Directions and distances around a vertex are worked out from the
 * differences of E7 coordinates, in the plane that touches the Earth there:
 *
 *        north
 *          |    . place          east  = cos(lat2) sin(dlon)
 *          |   .                 north = sin(dlat) + 2 sin(lat1) cos(lat2) sin(dlon / 2)^2
 *          |  .  leg  __--       up    = the cosine of the distance
 *          | . __ -- ^^
 *          + ------------ east   across the leg: the sine of the distance from its great circle
 *       vertex
 *
 * so that short legs and nearly antipodal ones have directions as good as any (the latter by the
 * complements of dlat and dlon). A place whose foot is a vertex is as far as rg_haversine_m says.
 *
 * Errors: distances and positions along the route are within 1e-8 m of the truth, and 4e-16 of the
 * route's length. Where the foot is a vertex, the distance has the haversine formula's error:
 * 1e-7 m, and next to antipodes, beyond 19,000 km, up to 0.2 m. A position is that of a foot which
 * is as near as can be told: a foot moves further than distances do where a place is nearly as far
 * as a quarter of the globe.
 *
 * Ownership: the route owns its arrays. It copies the coordinates.
 * Threads: immutable once built.
 * Cost: build O(vertices).
 */
#ifndef RG_ROUTE_H
#define RG_ROUTE_H

#include "base/rg_status.h"
#include "geo/rg_point.h"

#include <stddef.h>

/* Feet whose distances differ by no more count as equally near: more than they err, so that a way
 * back along the way there is as near as the way there. */
#define RG_ROUTE_TIE_M 1e-7

/* A direction in the plane that touches the Earth at a vertex; of length 1, or 0 where none. */
typedef struct rg_route_way {
    double east, north;
} rg_route_way;

/* A place with what is needed of its latitude. */
typedef struct rg_route_place {
    rg_point point;
    double sin_lat, cos_lat;
} rg_route_place;

typedef struct rg_route_vertex {
    rg_route_place place;
    rg_route_way arriving;  /* the way of the leg that ends here */
    rg_route_way departing; /* the way of the leg that starts here */
    double along_m;         /* from the start of the route */
} rg_route_vertex;

/* A leg as vectors from the center of the Earth, for rg_route_gap. */
typedef struct rg_route_leg {
    double from[3], to[3];
    double forward[3]; /* the way at `from`, and the way back at `to`: 0 where the leg is a place */
    double backward[3];
    double left[3]; /* the pole of its great circle */
} rg_route_leg;

typedef struct rg_route {
    rg_route_vertex *vertices;
    rg_route_leg
        *legs; /* leg i starts at vertex i; a route of one vertex is a leg that ends there */
    size_t vertex_count, leg_count;
} rg_route;

/* Where a route passes a place. */
typedef struct rg_route_foot {
    double along_m;
    double offset_m; /* how far the place is */
    int side; /* of the place: -1 left, +1 right, 0 on the route or straight ahead or behind */
} rg_route_foot;

/* RG_EPLACE: vertex `*at` is off the Earth. RG_EANTIPODES: there is no shorter arc from vertex
 * `*at` to the next one. A caller's other thread may write to the coordinates meanwhile. */
rg_status rg_route_build(rg_route **out, size_t *at, const int32_t *lats_e7, const int32_t *lons_e7,
                         size_t count);

/* Accepts NULL. */
void rg_route_free(rg_route *route);

/* The point is on Earth. */
rg_route_place rg_route_place_at(rg_point point);

/* The chord between the leg and a place, a vector of length 1; within 1e-15, and what the vector
 * errs. */
double rg_route_gap(const rg_route_leg *leg, const double place[3]);

enum { RG_ROUTE_FEET = 3 };

/* The places on a leg from where the route leads away from this place in both directions, in order;
 * returns how many. A vertex that two legs share is the later one's. */
size_t rg_route_feet(const rg_route *route, size_t leg, const rg_route_place *place,
                     rg_route_foot feet[RG_ROUTE_FEET]);

#endif
