#include "geo/rg_route.h"

#include "base/rg_alloc.h"
#include "geo/rg_sphere.h"

#include <math.h>

enum {
    HALF_TURN_E7 = RG_ANTIMERIDIAN_E7,
    QUARTER_TURN_E7 = HALF_TURN_E7 / 2,
    EIGHTH_TURN_E7 = HALF_TURN_E7 / 4
};

/* --- sines of angles in E7, exact if they are 0 or 1 --- */

/* Reduces the angle, at most a half turn in size, to an eighth of a turn before it is rounded. */
static double sine(int64_t e7)
{
    double size_e7 = fabs((double)e7), value;
    if (size_e7 <= EIGHTH_TURN_E7)
        value = sin(size_e7 * RG_RADIANS_PER_E7);
    else if (size_e7 <= QUARTER_TURN_E7 + EIGHTH_TURN_E7)
        value = cos((size_e7 - QUARTER_TURN_E7) * RG_RADIANS_PER_E7);
    else
        value = sin((HALF_TURN_E7 - size_e7) * RG_RADIANS_PER_E7);
    return e7 < 0 ? -value : value;
}

static double cosine(int64_t e7)
{
    return sine(QUARTER_TURN_E7 - (e7 < 0 ? -e7 : e7));
}

/* --- directions from a vertex --- */

typedef struct sight {
    double east, north, up;
} sight;

static sight look(const rg_route_place *from, const rg_route_place *to)
{
    int64_t dlon_e7 = (int64_t)to->point.lon_e7 - from->point.lon_e7;
    if (dlon_e7 > HALF_TURN_E7)
        dlon_e7 -= 2 * (int64_t)HALF_TURN_E7;
    if (dlon_e7 < -HALF_TURN_E7)
        dlon_e7 += 2 * (int64_t)HALF_TURN_E7;
    int64_t size_e7 = dlon_e7 < 0 ? -dlon_e7 : dlon_e7;
    bool beyond = size_e7 > QUARTER_TURN_E7;
    double half = (double)(beyond ? HALF_TURN_E7 - size_e7 : size_e7) / 2 * RG_RADIANS_PER_E7;
    double s = sin(half), c = cos(half);
    double east = to->cos_lat * 2 * s * c;
    double lift = 2 * from->sin_lat * to->cos_lat * s * s;
    double level = from->cos_lat * to->cos_lat * (1 - 2 * s * s);
    double rise = from->sin_lat * to->sin_lat;
    return (sight){
        .east = dlon_e7 < 0 ? -east : east,
        .north = beyond ? sine((int64_t)to->point.lat_e7 + from->point.lat_e7) - lift
                        : sine((int64_t)to->point.lat_e7 - from->point.lat_e7) + lift,
        .up = beyond ? rise - level : rise + level,
    };
}

static double ahead(rg_route_way way, sight s)
{
    return s.east * way.east + s.north * way.north;
}

static double to_the_left(rg_route_way way, sight s)
{
    return s.north * way.east - s.east * way.north;
}

static int side_of(double left)
{
    return (left < 0) - (left > 0);
}

/* --- building --- */

rg_route_place rg_route_place_at(rg_point point)
{
    return (rg_route_place){rg_sphere_center_at(point).place, sine(point.lat_e7),
                            cosine(point.lat_e7)};
}

static bool same_place(rg_point a, rg_point b)
{
    return a.lat_e7 == b.lat_e7 &&
           (a.lon_e7 == b.lon_e7 || a.lat_e7 == RG_POLE_E7 || a.lat_e7 == -RG_POLE_E7);
}

static bool antipodes(rg_point a, rg_point b)
{
    int64_t dlon_e7 = (int64_t)a.lon_e7 - b.lon_e7;
    return a.lat_e7 == -b.lat_e7 && (dlon_e7 == HALF_TURN_E7 || dlon_e7 == -HALF_TURN_E7 ||
                                     a.lat_e7 == RG_POLE_E7 || a.lat_e7 == -RG_POLE_E7);
}

/* Copies the vertices, without those that repeat the place before them. */
static rg_status take_vertices(rg_route *route, size_t *at, const int32_t *lats_e7,
                               const int32_t *lons_e7, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        rg_route_vertex *vertex = &route->vertices[route->vertex_count];
        vertex->place.point = (rg_point){lats_e7[i], lons_e7[i]};
        if (!rg_sphere_has(vertex->place.point)) {
            *at = i;
            return RG_EPLACE;
        }
        *vertex = (rg_route_vertex){.place = rg_route_place_at(vertex->place.point)};
        if (i > 0 && same_place(vertex[-1].place.point, vertex->place.point))
            continue;
        if (i > 0 && antipodes(vertex[-1].place.point, vertex->place.point)) {
            *at = i - 1;
            return RG_EANTIPODES;
        }
        route->vertex_count++;
    }
    return RG_OK;
}

/* Finds the direction of a sight, and returns its distance as an angle. */
static double way_to(sight s, rg_route_way *way)
{
    double length = hypot(s.east, s.north);
    *way = (rg_route_way){s.east / length, s.north / length};
    return atan2(length, s.up);
}

/* Finds the directions at all vertices, and their positions along the route. Each length is added
 * with what rounding lost from the one before, so that the error does not grow with the number of
 * legs. */
static void set_out(rg_route *route)
{
    double lost_m = 0;
    for (size_t i = 1; i < route->vertex_count; i++) {
        rg_route_vertex *from = &route->vertices[i - 1], *to = &route->vertices[i];
        double angle = way_to(look(&from->place, &to->place), &from->departing);
        rg_route_way back;
        way_to(look(&to->place, &from->place), &back);
        to->arriving = (rg_route_way){-back.east, -back.north};
        double length_m = RG_EARTH_RADIUS_M * angle + lost_m;
        to->along_m = from->along_m + length_m;
        lost_m = length_m - (to->along_m - from->along_m);
    }
}

/* The axes of the plane that touches the Earth at a vertex, as vectors. */
typedef struct axes {
    double east[3], north[3], up[3];
} axes;

static axes axes_at(const rg_route_place *place)
{
    double s = sine(place->point.lon_e7), c = cosine(place->point.lon_e7);
    return (axes){
        {-s, c, 0},
        {-place->sin_lat * c, -place->sin_lat * s, place->cos_lat},
        {place->cos_lat * c, place->cos_lat * s, place->sin_lat},
    };
}

static rg_route_leg leg_between(const rg_route_vertex *from, const rg_route_vertex *to)
{
    rg_route_leg leg;
    axes here = axes_at(&from->place), there = axes_at(&to->place);
    for (int i = 0; i < 3; i++) {
        leg.from[i] = here.up[i];
        leg.to[i] = there.up[i];
        leg.forward[i] =
            from->departing.east * here.east[i] + from->departing.north * here.north[i];
        leg.backward[i] = -to->arriving.east * there.east[i] - to->arriving.north * there.north[i];
        leg.left[i] = from->departing.east * here.north[i] - from->departing.north * here.east[i];
    }
    return leg;
}

rg_status rg_route_build(rg_route **out, size_t *at, const int32_t *lats_e7, const int32_t *lons_e7,
                         size_t count)
{
    rg_route *route = rg_alloc_zeroed(1, sizeof *route);
    rg_status status = RG_ENOMEM;
    if (!route)
        return status;
    route->vertices = rg_alloc(count, sizeof *route->vertices);
    if (!route->vertices)
        goto fail;
    status = take_vertices(route, at, lats_e7, lons_e7, count);
    if (status != RG_OK)
        goto fail;
    route->leg_count = route->vertex_count > 1 ? route->vertex_count - 1 : route->vertex_count;
    route->legs = rg_alloc(route->leg_count, sizeof *route->legs);
    if (!route->legs) {
        status = RG_ENOMEM;
        goto fail;
    }
    set_out(route);
    for (size_t i = 0; i < route->leg_count; i++) {
        const rg_route_vertex *from = &route->vertices[i];
        route->legs[i] = leg_between(from, route->vertex_count > 1 ? from + 1 : from);
    }
    *out = route;
    return RG_OK;
fail:
    rg_route_free(route);
    return status;
}

void rg_route_free(rg_route *route)
{
    if (!route)
        return;
    rg_free(route->legs);
    rg_free(route->vertices);
    rg_free(route);
}

/* --- estimates --- */

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static double square_between(const double a[3], const double b[3])
{
    double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
    return x * x + y * y + z * z;
}

double rg_route_gap(const rg_route_leg *leg, const double place[3])
{
    double onward = dot(leg->forward, place);
    if (onward > 0 && dot(leg->backward, place) > 0) {
        /* The distance from the great circle's plane, and within the plane from the circle. */
        double out = dot(leg->from, place), height = dot(leg->left, place);
        double short_of = 1 - sqrt(onward * onward + out * out);
        return sqrt(height * height + short_of * short_of);
    }
    double from = square_between(leg->from, place), to = square_between(leg->to, place);
    return sqrt(from < to ? from : to);
}

/* --- feet --- */

/* Two directions, each within 1e-15 of the truth, count as opposite if their sum is shorter. */
static const double straight_back = 1e-9;

/* A place off a corner is on its outer side, which the mean of the two legs' directions decides. If
 * the second leg leads straight back, so that rounding would decide, the direction of arrival does.
 */
static rg_route_foot at_vertex(const rg_route_vertex *vertex, sight s, rg_point point)
{
    rg_route_foot foot = {.along_m = vertex->along_m};
    foot.offset_m = rg_sphere_distance_m(rg_sphere_center_at(vertex->place.point), point);
    rg_route_way way = {vertex->arriving.east + vertex->departing.east,
                        vertex->arriving.north + vertex->departing.north};
    if (hypot(way.east, way.north) < straight_back)
        way = vertex->arriving;
    foot.side = side_of(to_the_left(way, s));
    return foot;
}

/* Returns true if the route leads away from a place on both sides of a vertex. The legs on both
 * sides test the same numbers, so that exactly one of the three has the foot, whatever rounding
 * does. */
static bool is_foot(const rg_route_vertex *vertex, sight s)
{
    return ahead(vertex->arriving, s) >= 0 && ahead(vertex->departing, s) <= 0;
}

size_t rg_route_feet(const rg_route *route, size_t leg, const rg_route_place *place,
                     rg_route_foot feet[RG_ROUTE_FEET])
{
    size_t count = 0;
    const rg_route_vertex *from = &route->vertices[leg], *to = from + 1;
    sight s = look(&from->place, place);
    if (is_foot(from, s))
        feet[count++] = at_vertex(from, s, place->point);
    double onward = ahead(from->departing, s);
    bool last = leg + 2 == route->vertex_count;
    if (route->vertex_count == 1 || (!last && onward <= 0))
        return count;
    sight back = look(&to->place, place);
    if (onward > 0 && ahead(to->arriving, back) < 0) {
        double left = to_the_left(from->departing, s);
        double along_m = from->along_m + RG_EARTH_RADIUS_M * atan2(onward, s.up);
        feet[count++] = (rg_route_foot){
            .along_m = along_m < to->along_m ? along_m : to->along_m,
            .offset_m = RG_EARTH_RADIUS_M * atan2(fabs(left), hypot(onward, s.up)),
            .side = side_of(left),
        };
    }
    if (last && is_foot(to, back))
        feet[count++] = at_vertex(to, back, place->point);
    return count;
}
