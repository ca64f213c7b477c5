/* def haversine(lat1_e7, lon1_e7, lat2_e7, lon2_e7): ...
 * def haversine_many(lats1_e7, lons1_e7, lats2_e7, lons2_e7): ...
 * def path_length(lats_e7, lons_e7): ...
 */
#include "arguments.h"
#include "columns.h"
#include "functions.h"
#include "geo/rg_geo.h"
#include "geo/rg_geo_batch.h"
#include "parameters.h"
#include "vector.h"

PyObject *haversine(PyObject *module, PyObject *const *args, Py_ssize_t nargs, PyObject *keywords)
{
    static const parameters accepted = {
        "haversine", 4, 4, {"lat1_e7", "lon1_e7", "lat2_e7", "lon2_e7"}};
    PyObject *room[4];
    rg_point from, to;
    if (!arguments_bound(&accepted, &args, nargs, keywords, room) ||
        point_from(args, accepted.names, &from) < 0 ||
        point_from(args + 2, accepted.names + 2, &to) < 0)
        return NULL;
    if (are_like_degrees(from, to) && warn_of_degrees(PyModule_GetState(module), TAKES_E7) < 0)
        return NULL;
    return PyFloat_FromDouble(rg_haversine_m(from, to));
}

/* Two lists of points of one length. The first may be one point that stands for all. */
typedef struct point_pairs {
    bool from_one;
    rg_point from;
    coordinates lats1, lons1, lats2, lons2;
} point_pairs;

static void pairs_release(point_pairs *pairs)
{
    coordinates_release(&pairs->lons2);
    coordinates_release(&pairs->lats2);
    coordinates_release(&pairs->lons1);
    coordinates_release(&pairs->lats1);
}

/* True for an int, false for an array of ints, which may have __index__ too. */
static bool is_one_number(PyObject *argument)
{
    return PyIndex_Check(argument) && !PySequence_Check(argument);
}

/* Release the pairs on failure too. */
static int pairs_from(PyObject *const *columns, point_pairs *pairs)
{
    if (coordinates_from(columns[2], "lats2_e7", &pairs->lats2) < 0 ||
        coordinates_from(columns[3], "lons2_e7", &pairs->lons2) < 0 ||
        same_length("lats2_e7", pairs->lats2.count, "lons2_e7", pairs->lons2.count) < 0)
        return -1;
    pairs->from_one = is_one_number(columns[0]) && is_one_number(columns[1]);
    if (pairs->from_one)
        return point_from(columns, (const char *[]){"lats1_e7", "lons1_e7"}, &pairs->from);
    if (coordinates_from(columns[0], "lats1_e7", &pairs->lats1) < 0 ||
        coordinates_from(columns[1], "lons1_e7", &pairs->lons1) < 0 ||
        same_length("lats1_e7", pairs->lats1.count, "lons1_e7", pairs->lons1.count) < 0)
        return -1;
    return same_length("lats1_e7", pairs->lats1.count, "lats2_e7", pairs->lats2.count);
}

static void measure(const point_pairs *pairs, double *out_m)
{
    const int32_t *lats2_e7 = pairs->lats2.items, *lons2_e7 = pairs->lons2.items;
    size_t count = (size_t)pairs->lats2.count;
    if (pairs->from_one)
        rg_haversine_from_m(out_m, pairs->from, lats2_e7, lons2_e7, count);
    else
        rg_haversine_many_m(out_m, pairs->lats1.items, pairs->lons1.items, lats2_e7, lons2_e7,
                            count);
}

PyObject *haversine_many(PyObject *module, PyObject *const *args, Py_ssize_t nargs,
                         PyObject *keywords)
{
    static const parameters accepted = {
        "haversine_many", 4, 4, {"lats1_e7", "lons1_e7", "lats2_e7", "lons2_e7"}};
    PyObject *room[4], *distances = NULL;
    void *items_m;
    if (!arguments_bound(&accepted, &args, nargs, keywords, room))
        return NULL;
    point_pairs pairs = {0};
    if (pairs_from(args, &pairs) == 0)
        distances =
            vector_new(&items_m, PyModule_GetState(module), VECTOR_DOUBLE, pairs.lats2.count);
    if (distances) {
        Py_BEGIN_ALLOW_THREADS
        measure(&pairs, items_m);
        Py_END_ALLOW_THREADS
    }
    pairs_release(&pairs);
    return distances;
}

PyObject *path_length(PyObject *module, PyObject *const *args, Py_ssize_t nargs, PyObject *keywords)
{
    static const parameters accepted = {"path_length", 2, 2, {"lats_e7", "lons_e7"}};
    PyObject *room[2], *result = NULL;
    coordinates lats = {0}, lons = {0};
    if (!arguments_bound(&accepted, &args, nargs, keywords, room))
        return NULL;
    if (e7_pair_from(PyModule_GetState(module), args, TAKES_E7, &lats, &lons) == 0) {
        double length_m;
        Py_BEGIN_ALLOW_THREADS
        length_m = rg_path_length_m(lats.items, lons.items, (size_t)lats.count);
        Py_END_ALLOW_THREADS
        result = PyFloat_FromDouble(length_m);
    }
    coordinates_release(&lons);
    coordinates_release(&lats);
    return result;
}
