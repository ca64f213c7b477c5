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

/* Points that rg_sphere_estimate may read, and results that it may write, beyond the last one. */
enum { RG_SPHERE_SLACK = 3 };

/* The place that a search starts at. */
typedef struct rg_sphere_center {
    rg_point place;
    double cosine; /* of the latitude, or a little less */
} rg_sphere_center;

/* A box on Earth in E7, possibly a little larger than the cells it contains. */
typedef struct rg_sphere_box {
    double south, west, north, east;
} rg_sphere_box;

static inline bool rg_sphere_has(rg_point point)
{
    return point.lat_e7 >= -RG_POLE_E7 && point.lat_e7 <= RG_POLE_E7 &&
           point.lon_e7 >= -RG_ANTIMERIDIAN_E7 && point.lon_e7 <= RG_ANTIMERIDIAN_E7;
}

/* Returns the center at a point on Earth. */
rg_sphere_center rg_sphere_center_at(rg_point point);

/* Writes the haversine between the center and each point, NaN for a point off the Earth. */
void rg_sphere_estimate(double *haversines, rg_sphere_center center, const int32_t *lats_e7,
                        const int32_t *lons_e7, size_t count);

/* Returns a haversine that no place in the box is below; infinity if the whole box is off the
 * Earth. */
double rg_sphere_least(rg_sphere_center center, rg_sphere_box box);

/* Returns a haversine such that a place whose estimate, or whose box's least, is above it has a
 * greater distance than every place with the given estimate. */
double rg_sphere_at_most(double haversine);

/* Returns the haversine of a distance, which is not negative. */
double rg_sphere_haversine_of_m(double distance_m);

/* Returns the distance of one place from the center by rg_haversine_m. */
double rg_sphere_distance_m(rg_sphere_center center, rg_point place);

/* Writes the distance of each place from the center by rg_haversine_from_m; overwrites the
 * longitudes. */
void rg_sphere_distances_m(double *out_m, rg_sphere_center center, int32_t *lats_e7,
                           int32_t *lons_e7, size_t count);

#endif
