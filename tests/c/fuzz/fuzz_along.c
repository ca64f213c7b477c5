/* Searches any points along any route, and compares with every point and every leg. */
#include "fuzz.h"

#include "../check.h"

#include "geo/rg_sphere.h"
#include "search/rg_along.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The first bytes of the input; vertices and points follow as in memory. */
typedef struct choices {
    uint8_t vertices;
    uint8_t shift;  /* divides the distances of all coordinates by a power of two */
    int8_t width;   /* the half width is this power of two, in meters */
    uint8_t copies; /* of each point, each a step further */
    rg_point anchor;
} choices;

enum { VERTICES_MAX = 24, POINTS_MAX = 600 };

/* Returns a place on Earth, as far from the anchor as the shift allows. */
static rg_point place_from(const uint8_t *data, const choices *choice)
{
    rg_point point;
    memcpy(&point, data, sizeof point);
    int64_t lat_e7 = (int64_t)choice->anchor.lat_e7 + (point.lat_e7 >> choice->shift % 32);
    int64_t lon_e7 = (int64_t)choice->anchor.lon_e7 + (point.lon_e7 >> choice->shift % 32);
    return (rg_point){(int32_t)(lat_e7 % (RG_POLE_E7 + 1)),
                      (int32_t)(lon_e7 % (RG_ANTIMERIDIAN_E7 + 1))};
}

/* Returns the least distance of a point from the route. */
static double offset_m(const rg_route *route, rg_point point)
{
    rg_route_place place = rg_route_place_at(point);
    rg_route_foot feet[RG_ROUTE_FEET];
    double least_m = INFINITY;
    for (size_t leg = 0; leg < route->leg_count; leg++) {
        size_t count = rg_route_feet(route, leg, &place, feet);
        for (size_t i = 0; i < count; i++)
            least_m = fmin(least_m, feet[i].offset_m);
    }
    return least_m;
}

static void check_along(const rg_route *route, const int32_t *lats_e7, const int32_t *lons_e7,
                        uint32_t count, double half_width_m)
{
    rg_grid *grid = NULL;
    rg_along_hits hits = {0};
    static double found_m[POINTS_MAX];
    CHECK(rg_grid_build(&grid, lats_e7, lons_e7, count) == RG_OK);
    CHECK(rg_along_search(grid, route, half_width_m, &hits) == RG_OK);
    for (uint32_t id = 0; id < count; id++)
        found_m[id] = -1;
    for (size_t i = 0; i < hits.count; i++) {
        CHECK(hits.items[i].id < count && found_m[hits.items[i].id] == -1);
        found_m[hits.items[i].id] = hits.items[i].foot.offset_m;
    }
    for (uint32_t id = 0; id < count; id++) {
        double least_m = offset_m(route, (rg_point){lats_e7[id], lons_e7[id]});
        bool near = least_m <= half_width_m && least_m < INFINITY;
        CHECK(found_m[id] == (near ? least_m : -1));
    }
    rg_along_hits_clear(&hits);
    rg_grid_free(grid);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    choices choice;
    int32_t lats_e7[VERTICES_MAX], lons_e7[VERTICES_MAX];
    static int32_t point_lats_e7[POINTS_MAX], point_lons_e7[POINTS_MAX];
    if (size < sizeof choice)
        return 0;
    memcpy(&choice, data, sizeof choice);
    data += sizeof choice;
    size_t places = (size - sizeof choice) / sizeof(rg_point);
    size_t vertices = choice.vertices % (VERTICES_MAX + 1u);
    if (vertices > places)
        vertices = places;
    for (size_t i = 0; i < vertices; i++, data += sizeof(rg_point)) {
        rg_point vertex = place_from(data, &choice);
        lats_e7[i] = vertex.lat_e7;
        lons_e7[i] = vertex.lon_e7;
    }
    uint32_t count = 0, copies = choice.copies % 128 + 1u;
    for (size_t i = vertices; i < places; i++, data += sizeof(rg_point)) {
        rg_point point = place_from(data, &choice);
        for (uint32_t copy = 0; copy < copies && count < POINTS_MAX; copy++, count++) {
            point_lats_e7[count] = point.lat_e7;
            point_lons_e7[count] =
                point.lon_e7 > 0 ? point.lon_e7 - (int32_t)copy : point.lon_e7 + (int32_t)copy;
        }
    }
    rg_route *route = NULL;
    size_t at;
    rg_status status = rg_route_build(&route, &at, lats_e7, lons_e7, vertices);
    CHECK(status == RG_OK || (status == RG_EANTIPODES && at + 1 < vertices));
    if (status == RG_OK)
        check_along(route, point_lats_e7, point_lons_e7, count, ldexp(1, choice.width % 26));
    rg_route_free(route);
    return 0;
}
