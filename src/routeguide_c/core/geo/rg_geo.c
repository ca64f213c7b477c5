#include "geo/rg_geo.h"

#include "geo/rg_geo_steps.h"

static double squared(double x)
{
    double square;
    return rg_square(x, &square) ? square : pow(x, 2);
}

double rg_haversine_m(rg_point from, rg_point to)
{
    double from_lat = rg_degrees_from_e7(from.lat_e7), from_lon = rg_degrees_from_e7(from.lon_e7);
    double to_lat = rg_degrees_from_e7(to.lat_e7), to_lon = rg_degrees_from_e7(to.lon_e7);
    double half_dlat = rg_radians(to_lat - from_lat) / 2;
    double half_dlon = rg_radians(to_lon - from_lon) / 2;
    double a = squared(sin(half_dlat)) +
               cos(rg_radians(from_lat)) * cos(rg_radians(to_lat)) * squared(sin(half_dlon));
    return rg_metres_from_haversine(a);
}
