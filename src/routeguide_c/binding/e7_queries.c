/* class FeatureIndex, its queries by E7 coordinates:
 *     def find(self, lat_e7, lon_e7): ...
 *     def find_many(self, lats_e7, lons_e7): ...
 *     def query(self, lat1_e7, lon1_e7, lat2_e7, lon2_e7): ...
 *     def query_count(self, lat1_e7, lon1_e7, lat2_e7, lon2_e7): ...
 *     def query_box(self, south_e7, west_e7, north_e7, east_e7): ...
 *     def nearest(self, lat_e7, lon_e7, k, max_distance_m=inf): ...
 *     def within(self, lat_e7, lon_e7, radius_m): ...
 *     def along(self, lats_e7, lons_e7, half_width_m): ...
 */
#include "arguments.h"
#include "columns.h"
#include "index_methods.h"
#include "queries.h"

#include "geo/rg_sphere.h"

/* Points that are read inline stay in registers: 10 to 15 ns of a query's 100. */
#define INLINE static inline __attribute__((always_inline))

/* Raises TypeError with the way out for degrees. */
static int raise_degrees(PyObject *const *lat_then_lon, const char *const *names)
{
    for (int i = 0; i < 2; i++)
        if (PyFloat_Check(lat_then_lon[i])) {
            PyErr_Format(PyExc_TypeError,
                         "%s: expected an E7 integer, not %R; index.degrees takes degrees",
                         names[i], lat_then_lon[i]);
            break;
        }
    return -1;
}

INLINE int e7_from(PyObject *const *lat_then_lon, const char *const *names, rg_point *point)
{
    return point_from(lat_then_lon, names, point) == 0 ? 0 : raise_degrees(lat_then_lon, names);
}

PyObject *FeatureIndex_find(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                            PyObject *names)
{
    static const parameters accepted = {"find", 2, 2, {"lat_e7", "lon_e7"}};
    PyObject *room[2];
    rg_point point;
    if (!arguments_bound(&accepted, &args, nargs, names, room) ||
        e7_from(args, accepted.names, &point) < 0 || warn_if_degrees(self, point, point) < 0)
        return NULL;
    return index_find(self, point);
}

PyObject *FeatureIndex_find_many(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                                 PyObject *names)
{
    static const parameters accepted = {"find_many", 2, 2, {"lats_e7", "lons_e7"}};
    PyObject *room[2], *result = NULL;
    coordinates lats = {0}, lons = {0};
    if (!arguments_bound(&accepted, &args, nargs, names, room))
        return NULL;
    if (e7_pair_from(state_of(self), args, DEGREES_VIEW, &lats, &lons) == 0)
        result = index_find_many(self, lats.items, lons.items, lats.count);
    coordinates_release(&lons);
    coordinates_release(&lats);
    return result;
}

/* Two corners. Both of them look like degrees, or neither does. */
INLINE int corners_from(PyObject *self, const parameters *accepted, PyObject *const *args,
                        rg_point *corner, rg_point *other)
{
    if (e7_from(args, accepted->names, corner) < 0 ||
        e7_from(args + 2, accepted->names + 2, other) < 0)
        return -1;
    return warn_if_degrees(self, *corner, *other);
}

PyObject *FeatureIndex_query(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                             PyObject *names)
{
    static const parameters accepted = {
        "query", 4, 4, {"lat1_e7", "lon1_e7", "lat2_e7", "lon2_e7"}};
    PyObject *room[4];
    rg_point corner, other;
    if (!arguments_bound(&accepted, &args, nargs, names, room) ||
        corners_from(self, &accepted, args, &corner, &other) < 0)
        return NULL;
    return index_query(self, corner, other);
}

PyObject *FeatureIndex_query_count(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                                   PyObject *names)
{
    static const parameters accepted = {
        "query_count", 4, 4, {"lat1_e7", "lon1_e7", "lat2_e7", "lon2_e7"}};
    PyObject *room[4];
    rg_point corner, other;
    if (!arguments_bound(&accepted, &args, nargs, names, room) ||
        corners_from(self, &accepted, args, &corner, &other) < 0)
        return NULL;
    return index_query_count(self, corner, other);
}

PyObject *FeatureIndex_query_box(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                                 PyObject *names)
{
    static const parameters accepted = {
        "query_box", 4, 4, {"south_e7", "west_e7", "north_e7", "east_e7"}};
    PyObject *room[4];
    rg_point south_west, north_east;
    if (!arguments_bound(&accepted, &args, nargs, names, room) ||
        corners_from(self, &accepted, args, &south_west, &north_east) < 0)
        return NULL;
    return index_query_box(self, south_west, north_east);
}

/* A center on Earth, where distances are measured. */
INLINE int center_from(PyObject *self, PyObject *const *args, const parameters *accepted,
                       rg_point *center)
{
    if (e7_from(args, accepted->names, center) < 0)
        return -1;
    if (rg_sphere_has(*center))
        return warn_if_degrees(self, *center, *center);
    PyErr_Format(PyExc_ValueError, "not on Earth: lat_e7 %d, lon_e7 %d", center->lat_e7,
                 center->lon_e7);
    return -1;
}

PyObject *FeatureIndex_nearest(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                               PyObject *names)
{
    static const parameters accepted = {
        "nearest", 3, 4, {"lat_e7", "lon_e7", "k", "max_distance_m"}};
    PyObject *room[4];
    rg_point center;
    size_t most;
    double reach_m;
    if (!arguments_bound(&accepted, &args, nargs, names, room) ||
        center_from(self, args, &accepted, &center) < 0 ||
        nearest_limits_from(args + 2, &most, &reach_m) < 0)
        return NULL;
    return index_nearest(self, center, most, reach_m);
}

PyObject *FeatureIndex_within(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                              PyObject *names)
{
    static const parameters accepted = {"within", 3, 3, {"lat_e7", "lon_e7", "radius_m"}};
    PyObject *room[3];
    rg_point center;
    double radius_m;
    if (!arguments_bound(&accepted, &args, nargs, names, room) ||
        center_from(self, args, &accepted, &center) < 0 ||
        distance_from(args[2], "radius_m", &radius_m) < 0)
        return NULL;
    return index_nearest(self, center, SIZE_MAX, radius_m);
}

PyObject *FeatureIndex_along(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                             PyObject *names)
{
    static const parameters accepted = {"along", 3, 3, {"lats_e7", "lons_e7", "half_width_m"}};
    PyObject *room[3], *answer = NULL;
    coordinates lats = {0}, lons = {0};
    double half_width_m;
    if (!arguments_bound(&accepted, &args, nargs, names, room))
        return NULL;
    if (e7_pair_from(state_of(self), args, DEGREES_VIEW, &lats, &lons) == 0 &&
        distance_from(args[2], "half_width_m", &half_width_m) == 0)
        answer = index_along(self, lats.items, lons.items, lats.count, half_width_m);
    coordinates_release(&lons);
    coordinates_release(&lats);
    return answer;
}
