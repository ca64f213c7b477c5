/* rg_sphere: how far apart places are, for searches: estimates with a stated error, which are
 * cheap, and exact distances for what is left.
 *
 * A place is a point on Earth: latitude within +-90 and longitude within +-180 degrees, of which
 * -180 and +180 are the same; at a pole all longitudes are. Its distance from another place is
 * rg_haversine_m's, of one longitude for the antimeridian (+180) and, where one of the two is a
 * pole, of one longitude for both. So it does not depend on how a place is written.
 *
 * Estimates are haversines, from 0 to 1, which rise with the distance. All are within 1e-11 of the
 * truth, relatively.
 *
 * Threads: pure functions.
 */
#ifndef RG_SPHERE_H
#define RG_SPHERE_H

#include "geo/rg_geo.h"

#include <stddef.h>

#define RG_POLE_E7 900000000
#define RG_ANTIMERIDIAN_E7 1800000000
#define RG_METRES_PER_E7 (RG_EARTH_RADIUS_M * 3.14159265358979323846 / 1.8e9)

/* Points that rg_sphere_estimate may read, and results that it may write, past the last one. */
enum { RG_SPHERE_SLACK = 3 };

/* Where a search starts. */
typedef struct rg_sphere_centre {
    rg_point place;
    double cosine; /* of the latitude, or a little less */
} rg_sphere_centre;

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
rg_sphere_centre rg_sphere_centre_at(rg_point point);

/* Writes the haversine from the centre to each point, NaN for a point off the Earth. */
void rg_sphere_estimate(double *haversines, rg_sphere_centre centre, const int32_t *lats_e7,
                        const int32_t *lons_e7, size_t count);

/* No place in the box is nearer to the centre; infinity where all of the box is off the Earth. */
double rg_sphere_least(rg_sphere_centre centre, rg_sphere_box box);

/* A place whose estimate, or whose box's least, is above this is further away, by its exact
 * distance, than each place of that estimate. */
double rg_sphere_at_most(double haversine);

/* The estimate of a distance, at least 0. */
double rg_sphere_haversine_of_m(double distance_m);

/* Replaces each place by its exact distance from the centre; overwrites the coordinates. */
void rg_sphere_distances_m(double *out_m, rg_sphere_centre centre, int32_t *lats_e7,
                           int32_t *lons_e7, size_t count);

#endif
