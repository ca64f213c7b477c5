#include "geo/rg_geo.h"

#include <math.h>

static double degrees_of(int32_t e7)
{
    return e7 / RG_E7_PER_DEGREE;
}

/* One product with pi / 180 rounded once, like Python's math.radians. */
static double radians_of(double degrees)
{
    return degrees * (RG_PI / 180.0);
}

double rg_haversine_m(rg_point from, rg_point to)
{
    double from_lat = degrees_of(from.lat_e7), from_lon = degrees_of(from.lon_e7);
    double to_lat = degrees_of(to.lat_e7), to_lon = degrees_of(to.lon_e7);
    double half_dlat = radians_of(to_lat - from_lat) / 2;
    double half_dlon = radians_of(to_lon - from_lon) / 2;
    double a = pow(sin(half_dlat), 2) +
               cos(radians_of(from_lat)) * cos(radians_of(to_lat)) * pow(sin(half_dlon), 2);
    if (a > 1)
        return RG_HALF_CIRCUMFERENCE_M;
    if (a < 0)
        return 0;
    double angle = 2 * atan2(sqrt(a), sqrt(1 - a));
    return RG_EARTH_RADIUS_M * angle;
}
