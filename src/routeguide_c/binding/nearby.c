/* What a FeatureIndex answers about places rather than coordinates:
 *
 *     def nearest(self, lat_e7, lon_e7, k, max_distance_m=inf): ...
 *     def within(self, lat_e7, lon_e7, radius_m): ...
 *     def query_box(self, south, west, north, east): ...
 */
#include "arguments.h"
#include "errors.h"
#include "geo/rg_sphere.h"
#include "index_methods.h"
#include "index_object.h"
#include "vector.h"

/* Hits that a search may collect without allocating; it collects some more than it returns. */
enum { FEW_HITS = 256 };

static int place_from(PyObject *const *lat_then_lon, rg_point *place)
{
    if (point_from(lat_then_lon, (const char *[]){"lat_e7", "lon_e7"}, place) < 0)
        return -1;
    if (rg_sphere_has(*place))
        return 0;
    PyErr_Format(PyExc_ValueError, "no place on Earth: latitude %d, longitude %d", place->lat_e7,
                 place->lon_e7);
    return -1;
}

/* The tuple of the hits' ids and distances; takes over their memory. Clears the hits. */
static PyObject *columns_of(module_state *state, rg_hits *hits)
{
    Py_ssize_t count = (Py_ssize_t)hits->count;
    PyObject *ids, *distances_m, *columns = NULL;
    if (hits->distances_m == hits->lent) {
        ids = vector_copy(state, VECTOR_UINT32, count, hits->ids);
        distances_m = vector_copy(state, VECTOR_DOUBLE, count, hits->distances_m);
    } else {
        ids = vector_take(state, VECTOR_UINT32, count, hits->ids);
        distances_m = vector_take(state, VECTOR_DOUBLE, count, hits->distances_m);
        rg_hits_init(hits, NULL, NULL, 0); /* the items have an owner now, or are gone */
    }
    if (ids && distances_m)
        columns = PyTuple_Pack(2, ids, distances_m);
    Py_XDECREF(distances_m);
    Py_XDECREF(ids);
    rg_hits_clear(hits);
    return columns;
}

static PyObject *search(PyObject *self, rg_point centre, size_t most, double reach_m)
{
    double distances_m[FEW_HITS + RG_HITS_SLACK];
    uint32_t ids[FEW_HITS + RG_HITS_SLACK];
    rg_hits hits;
    rg_status status;
    rg_hits_init(&hits, distances_m, ids, FEW_HITS);
    Py_BEGIN_ALLOW_THREADS
    status = rg_index_nearest(index_of(self), centre, most, reach_m, &hits);
    Py_END_ALLOW_THREADS
    if (status == RG_OK)
        return columns_of(state_of(self), &hits);
    rg_hits_clear(&hits);
    return raise_status(state_of(self), status);
}

/* The fourth argument, by position or by name, borrowed; NULL where it is not given. */
static int max_distance_from(PyObject *const *args, Py_ssize_t nargs, PyObject *names,
                             PyObject **argument)
{
    Py_ssize_t named = names ? PyTuple_GET_SIZE(names) : 0;
    if (nargs < 3 || nargs + named > 4) {
        PyErr_Format(PyExc_TypeError, "nearest() takes 3 or 4 arguments but %zd were given",
                     nargs + named);
        return -1;
    }
    if (named && PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, 0), "max_distance_m")) {
        PyErr_Format(PyExc_TypeError, "nearest() got an unexpected keyword argument '%U'",
                     PyTuple_GET_ITEM(names, 0));
        return -1;
    }
    *argument = nargs + named == 4 ? args[3] : NULL;
    return 0;
}

PyObject *FeatureIndex_nearest(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                               PyObject *names)
{
    PyObject *max_distance;
    rg_point centre;
    size_t most;
    double reach_m = Py_HUGE_VAL;
    if (max_distance_from(args, nargs, names, &max_distance) < 0 || place_from(args, &centre) < 0 ||
        count_from(args[2], "k", &most) < 0 ||
        (max_distance && distance_from(max_distance, "max_distance_m", &reach_m) < 0))
        return NULL;
    return search(self, centre, most, reach_m);
}

PyObject *FeatureIndex_within(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    rg_point centre;
    double radius_m;
    if (!has_arguments("within", nargs, 3) || place_from(args, &centre) < 0 ||
        distance_from(args[2], "radius_m", &radius_m) < 0)
        return NULL;
    return search(self, centre, SIZE_MAX, radius_m);
}

PyObject *FeatureIndex_query_box(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    static const char *const names[] = {"south", "west", "north", "east"};
    rg_point south_west, north_east;
    if (!has_arguments("query_box", nargs, 4) || point_from(args, names, &south_west) < 0 ||
        point_from(args + 2, names + 2, &north_east) < 0)
        return NULL;
    if (south_west.lat_e7 > north_east.lat_e7) {
        PyErr_SetString(PyExc_ValueError, "south is north of north");
        return NULL;
    }
    /* Other threads run while a long one does; one across the antimeridian counts as its band. */
    rg_box reach = {south_west, north_east};
    if (south_west.lon_e7 > north_east.lon_e7) {
        reach.lo.lon_e7 = INT32_MIN;
        reach.hi.lon_e7 = INT32_MAX;
    }
    rg_ids ids;
    rg_ids_init(&ids, NULL, 0);
    PyThreadState *saved = rg_index_query_is_long(rg_index_query_bound(index_of(self), reach))
                               ? PyEval_SaveThread()
                               : NULL;
    rg_status status = rg_index_query_box(index_of(self), south_west, north_east, &ids);
    if (saved)
        PyEval_RestoreThread(saved);
    if (status != RG_OK) {
        rg_ids_clear(&ids);
        return raise_status(state_of(self), status);
    }
    return vector_from_ids(state_of(self), &ids);
}
