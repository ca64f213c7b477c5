#include "rg_geo.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

/* As Python's math.radians: one product with pi / 180, itself rounded once. */
static double radians(double degrees)
{
    return degrees * (pi / 180.0);
}

static double degrees_from_e7(int32_t e7)
{
    return e7 / 10000000.0;
}

double rg_haversine_m(rg_point from, rg_point to)
{
    double from_lat = degrees_from_e7(from.lat_e7), from_lon = degrees_from_e7(from.lon_e7);
    double to_lat = degrees_from_e7(to.lat_e7), to_lon = degrees_from_e7(to.lon_e7);
    double half_dlat = radians(to_lat - from_lat) / 2;
    double half_dlon = radians(to_lon - from_lon) / 2;
    double a = pow(sin(half_dlat), 2) +
               cos(radians(from_lat)) * cos(radians(to_lat)) * pow(sin(half_dlon), 2);
    /* On paper 0 <= a <= 1; rounding can step over either end. */
    if (a > 1)
        return RG_EARTH_RADIUS_M * pi;
    if (a < 0)
        return 0;
    double angle = 2 * atan2(sqrt(a), sqrt(1 - a));
    return RG_EARTH_RADIUS_M * angle;
}

double rg_path_length_m(const int32_t *lats_e7, const int32_t *lons_e7, size_t count)
{
    double length_m = 0.0;
    for (size_t i = 1; i < count; i++) {
        rg_point from = {lats_e7[i - 1], lons_e7[i - 1]};
        rg_point to = {lats_e7[i], lons_e7[i]};
        length_m += rg_haversine_m(from, to);
    }
    return length_m;
}
