/* rg_route: a route on the sphere, and the feet of places: the points of the route nearest to them.
 *
 * The legs of a route are the shorter great-circle arcs between its vertices. Vertices that repeat
 * the place before them are left out. Directions and distances from a vertex are computed from
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
 * so that short legs and nearly antipodal ones have directions as exact as others (the latter by
 * the supplements of dlat and dlon). The distance of a place whose foot is a vertex is
 * rg_haversine_m's.
 *
 * Errors: distances and positions along the route are within 1e-8 m plus 4e-16 of the route's
 * length. If the foot is a vertex, the distance has the error of the haversine formula: 1e-7 m, and
 * next to antipodes, beyond 19,000 km, up to 0.2 m. A position is that of a foot whose distance is
 * within these errors of the least one; for a place nearly a quarter of the circumference away,
 * feet that are far from each other have such distances.
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

/* Feet whose distances differ by no more than this count as equally near. It is more than the
 * error, so that the two passes of a route that returns on itself are equally near. */
#define RG_ROUTE_TIE_M 1e-7

/* A direction in the plane that touches the Earth at a vertex, of length 1; 0 if there is none. */
typedef struct rg_route_way {
    double east, north;
} rg_route_way;

/* A place with the sine and cosine of its latitude. */
typedef struct rg_route_place {
    rg_point point;
    double sin_lat, cos_lat;
} rg_route_place;

typedef struct rg_route_vertex {
    rg_route_place place;
    rg_route_way arriving;  /* of the leg that ends here */
    rg_route_way departing; /* of the leg that starts here */
    double along_m;         /* from the start of the route */
} rg_route_vertex;

/* A leg as vectors from the center of the Earth, for rg_route_gap. */
typedef struct rg_route_leg {
    double from[3], to[3];
    double forward[3]; /* the direction at `from`, and back at `to`; 0 if the leg is a place */
    double backward[3];
    double left[3]; /* the pole of its great circle */
} rg_route_leg;

typedef struct rg_route {
    rg_route_vertex *vertices;
    rg_route_leg
        *legs; /* leg i starts at vertex i; a route of one vertex has a leg that ends there */
    size_t vertex_count, leg_count;
} rg_route;

/* A point of the route, and a place's distance from it. */
typedef struct rg_route_foot {
    double along_m;
    double offset_m; /* distance of the place */
    int side; /* of the place: -1 left, +1 right, 0 on the route or straight ahead or behind */
} rg_route_foot;

/* Builds a route. RG_EPLACE: vertex `*at` is off the Earth. RG_EANTIPODES: vertex `*at` and the
 * next one are antipodes. Another thread may write to the coordinates meanwhile. */
rg_status rg_route_build(rg_route **out, size_t *at, const int32_t *lats_e7, const int32_t *lons_e7,
                         size_t count);

/* Accepts NULL. */
void rg_route_free(rg_route *route);

/* Returns the place at a point on Earth. */
rg_route_place rg_route_place_at(rg_point point);

/* Returns the chord between the leg and a place, a vector of length 1. The error is below 1e-15
 * plus that of the vector. */
double rg_route_gap(const rg_route_leg *leg, const double place[3]);

enum { RG_ROUTE_FEET = 3 };

/* Finds the points of a leg from which the route leads away from this place in both directions, in
 * order; returns how many. A vertex that two legs share belongs to the later one. */
size_t rg_route_feet(const rg_route *route, size_t leg, const rg_route_place *place,
                     rg_route_foot feet[RG_ROUTE_FEET]);

#endif
