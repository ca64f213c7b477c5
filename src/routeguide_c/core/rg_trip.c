#include "rg_trip.h"

#include "geo/rg_geo.h"

void rg_trip_visit(rg_trip *trip, const rg_index *index, rg_point point)
{
    uint32_t id;
    if (rg_index_find(index, point, &id))
        trip->feature_count++;
    if (trip->point_count > 0)
        trip->distance_m += rg_haversine_m(trip->last, point);
    trip->point_count++;
    trip->last = point;
}
