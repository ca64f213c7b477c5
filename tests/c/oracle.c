#include "oracle.h"

#include <math.h>
#include <stdlib.h>

size_t oracle_query(const sample_points *points, rg_box box, uint32_t *ids)
{
    size_t count = 0;
    for (uint32_t id = 0; id < points->count; id++) {
        int32_t lat_e7 = points->lats_e7[id], lon_e7 = points->lons_e7[id];
        if (lat_e7 >= box.lo.lat_e7 && lat_e7 <= box.hi.lat_e7 && lon_e7 >= box.lo.lon_e7 &&
            lon_e7 <= box.hi.lon_e7)
            ids[count++] = id;
    }
    return count;
}

int64_t oracle_find(const sample_points *points, rg_point point)
{
    for (uint32_t id = 0; id < points->count; id++)
        if (points->lats_e7[id] == point.lat_e7 && points->lons_e7[id] == point.lon_e7)
            return id;
    return -1;
}

typedef struct vector {
    long double x, y, z;
} vector;

static vector vector_of(rg_point point)
{
    const long double radians_per_e7 = 3.14159265358979323846264338327950288L / 180 / 1e7L;
    long double lat = point.lat_e7 * radians_per_e7, lon = point.lon_e7 * radians_per_e7;
    return (vector){cosl(lat) * cosl(lon), cosl(lat) * sinl(lon), sinl(lat)};
}

long double oracle_distance_m(rg_point from, rg_point to)
{
    vector a = vector_of(from), b = vector_of(to);
    vector cross = {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
    long double sine = sqrtl(cross.x * cross.x + cross.y * cross.y + cross.z * cross.z);
    long double cosine = a.x * b.x + a.y * b.y + a.z * b.z;
    return 6371000 * atan2l(sine, cosine);
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

void oracle_sort(uint32_t *ids, size_t count)
{
    qsort(ids, count, sizeof *ids, compare);
}
