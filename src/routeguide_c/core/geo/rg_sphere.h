/* rg_sphere: how far apart places are, for searches: cheap estimates with a stated error, and
 * distances for the hits.
 *
 * A place is a point on Earth: latitude within +-90 and longitude within +-180 degrees, of which
 * -180 and +180 are the same; at a pole all longitudes are the same. Distances do not depend on how
 * a place is written: the antimeridian is measured at +180, and if one of two places is a pole,
 * both are measured at one longitude.
 *
 * Estimates are haversines, from 0 to 1, which increase with the distance. Their relative error is
 * below 1e-11.
 *
 * Ownership: plain values; the arrays are the caller's.
 * Threads: pure functions.
 * Cost: an estimate or a distance takes 3 ns in a batch with AVX2.
 */
#ifndef RG_SPHERE_H
#define RG_SPHERE_H

#include "geo/rg_point.h"

#include <stddef.h>

/* Points that rg_sphere_estimate may read, and results that it may write, past the last one. */
enum { RG_SPHERE_SLACK = 3 };

/* Where a search starts. */
typedef struct rg_sphere_center {
    rg_point place;
    double cosine; /* of the latitude, or a little less */
} rg_sphere_center;

/* A box on Earth in E7; it may be a little larger than what it stands for. */
typedef struct rg_sphere_box {
    double south, west, north, east;
} rg_sphere_box;

static inline bool rg_sphere_has(rg_point point)
{
    return point.lat_e7 >= -RG_POLE_E7 && point.lat_e7 <= RG_POLE_E7 &&
           point.lon_e7 >= -RG_ANTIMERIDIAN_E7 && point.lon_e7 <= RG_ANTIMERIDIAN_E7;
}

/* The point is on Earth. */
rg_sphere_center rg_sphere_center_at(rg_point point);

/* Writes the haversine from the center to each point, NaN for a point off the Earth. */
void rg_sphere_estimate(double *haversines, rg_sphere_center center, const int32_t *lats_e7,
                        const int32_t *lons_e7, size_t count);

/* No place in the box is nearer to the center; infinity where all of the box is off the Earth. */
double rg_sphere_least(rg_sphere_center center, rg_sphere_box box);

/* A place whose estimate, or whose box's least, is above this is further away, by its exact
 * distance, than each place of that estimate. */
double rg_sphere_at_most(double haversine);

/* The estimate of a distance, at least 0. */
double rg_sphere_haversine_of_m(double distance_m);

/* Returns the distance of one place from the center by rg_haversine_m. */
double rg_sphere_distance_m(rg_sphere_center center, rg_point place);

/* Writes the distance of each place from the center by rg_haversine_from_m; overwrites the
 * longitudes. */
void rg_sphere_distances_m(double *out_m, rg_sphere_center center, int32_t *lats_e7,
                           int32_t *lons_e7, size_t count);

#endif
