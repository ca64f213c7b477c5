#include "earth.h"

const rg_point earth_anchors[EARTH_ANCHORS] = {
    {0, 0},
    {0, 1800000000},
    {0, -1799999999},
    {900000000, 0},
    {-900000000, 1000000000},
    {899999990, -1800000000},
    {523000000, 134000000},
    {-450000000, -1500000000},
};

bool earth_has(rg_point point)
{
    return point.lat_e7 >= -900000000 && point.lat_e7 <= 900000000 && point.lon_e7 >= -1800000000 &&
           point.lon_e7 <= 1800000000;
}

bool earth_is_pole(rg_point point)
{
    return point.lat_e7 == 900000000 || point.lat_e7 == -900000000;
}

int32_t earth_wrapped(int64_t lon_e7)
{
    int64_t turned = (lon_e7 + 1800000000) % 3600000000;
    if (turned < 0)
        turned += 3600000000;
    if (turned == 0 && lon_e7 > 0)
        turned = 3600000000;
    return (int32_t)(turned - 1800000000);
}

rg_point earth_anywhere(sample_random *random)
{
    return (rg_point){sample_between(random, -900000000, 900000000),
                      sample_between(random, -1800000000, 1800000000)};
}

rg_point earth_beside(sample_random *random, rg_point point, int32_t reach_e7)
{
    int64_t lat_e7 = (int64_t)point.lat_e7 + sample_between(random, -reach_e7, reach_e7);
    lat_e7 = lat_e7 > 900000000 ? 900000000 : lat_e7 < -900000000 ? -900000000 : lat_e7;
    return (rg_point){(int32_t)lat_e7, earth_wrapped((int64_t)point.lon_e7 +
                                                     sample_between(random, -reach_e7, reach_e7))};
}

static rg_point antipode(rg_point point)
{
    return (rg_point){-point.lat_e7, earth_wrapped((int64_t)point.lon_e7 + 1800000000)};
}

/* Returns true if two points are one place: all longitudes of a pole are, and both of the
 * antimeridian. */
static bool are_antipodes(rg_point a, rg_point b)
{
    int64_t turn_e7 = ((int64_t)a.lon_e7 - b.lon_e7) % 3600000000;
    return a.lat_e7 == -b.lat_e7 &&
           (turn_e7 == 1800000000 || turn_e7 == -1800000000 || earth_is_pole(a));
}

static rg_point next_vertex(sample_random *random, const int32_t *lats_e7, const int32_t *lons_e7,
                            uint32_t count, int32_t reach_e7)
{
    rg_point last = {lats_e7[count - 1], lons_e7[count - 1]};
    uint32_t earlier = sample_below(random, count);
    switch (sample_below(random, 16)) {
    case 0:
        return last;
    case 1:
        return (rg_point){lats_e7[earlier], lons_e7[earlier]};
    case 2:
        return earth_beside(random, antipode(last), 1 << sample_below(random, 20));
    case 3:
        return earth_anywhere(random);
    case 4:
        return earth_anchors[sample_below(random, EARTH_ANCHORS)];
    case 5:
        return earth_beside(random, last, 2);
    default:
        return earth_beside(random, last, reach_e7);
    }
}

void earth_route(sample_random *random, rg_point start, int32_t *lats_e7, int32_t *lons_e7,
                 size_t count)
{
    int32_t reach_e7 = 1 << sample_below(random, 29);
    for (uint32_t i = 0; i < count; i++) {
        rg_point point = start;
        if (i > 0)
            do
                point = next_vertex(random, lats_e7, lons_e7, i, reach_e7);
            while (are_antipodes(point, (rg_point){lats_e7[i - 1], lons_e7[i - 1]}));
        lats_e7[i] = point.lat_e7;
        lons_e7[i] = point.lon_e7;
    }
}

void earth_bring(sample_points *points, rg_point anchor, int shift)
{
    for (uint32_t id = 0; id < points->count; id++) {
        int64_t lat_e7 = anchor.lat_e7 + ((int64_t)points->lats_e7[id] >> shift);
        int64_t lon_e7 = anchor.lon_e7 + ((int64_t)points->lons_e7[id] >> shift);
        while (lat_e7 > 900000000 || lat_e7 < -900000000) {
            lat_e7 = (lat_e7 > 0 ? 1800000000 : -1800000000) - lat_e7;
            lon_e7 += 1800000000;
        }
        points->lats_e7[id] = (int32_t)lat_e7;
        points->lons_e7[id] = earth_wrapped(lon_e7);
    }
}
