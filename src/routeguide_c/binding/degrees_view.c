/* class DegreesView:
 *     """The queries of a FeatureIndex in degrees: `index.degrees`."""
 *     def find(self, latitude, longitude): ...
 *     def find_many(self, latitudes, longitudes): ...
 *     def query(self, latitude1, longitude1, latitude2, longitude2): ...
 *     def query_count(self, latitude1, longitude1, latitude2, longitude2): ...
 *     def query_box(self, south, west, north, east): ...
 *     def nearest(self, latitude, longitude, k, max_distance_m=inf): ...
 *     def within(self, latitude, longitude, radius_m): ...
 *     def along(self, latitudes, longitudes, half_width_m): ...
 *     def location(self, id): ...
 *     def locations(self, ids=None): ...
 *     bounds
 */
#include "arguments.h"
#include "columns.h"
#include "docs.h"
#include "features.h"
#include "functions.h"
#include "index_methods.h"
#include "queries.h"

#include "geo/rg_degrees.h"

enum { LATITUDE_MAX = 90, LONGITUDE_MAX = 180 };

typedef struct degrees_view {
    PyObject_HEAD
    PyObject *index; /* it refers to nothing, so no cycle can form */
} degrees_view;

static PyObject *index_in(PyObject *view)
{
    return ((degrees_view *)view)->index;
}

PyObject *FeatureIndex_degrees(PyObject *self, void *Py_UNUSED(closure))
{
    PyTypeObject *type = state_of(self)->degrees_view_type;
    degrees_view *view = (degrees_view *)type->tp_alloc(type, 0);
    if (view)
        view->index = Py_NewRef(self);
    return (PyObject *)view;
}

static void DegreesView_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    Py_CLEAR(((degrees_view *)object)->index);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyObject *DegreesView_repr(PyObject *self)
{
    return PyUnicode_FromFormat("%R.degrees", index_in(self));
}

/* Degrees as E7. Raises TypeError for what is not a number, ValueError for what is not on Earth. */
static int degrees_from(PyObject *argument, const char *name, int most, int32_t *e7)
{
    double degrees = PyFloat_AsDouble(argument);
    if (degrees == -1 && PyErr_Occurred()) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_Format(PyExc_TypeError, "%s: expected degrees, not %.200s", name,
                         Py_TYPE(argument)->tp_name);
        return -1;
    }
    if (rg_degree_to_e7(e7, degrees, most))
        return 0;
    PyErr_Format(PyExc_ValueError, "%s: expected degrees between -%d and %d, not %R", name, most,
                 most, argument);
    return -1;
}

static int place_from(PyObject *const *args, const char *const *names, rg_point *place)
{
    if (degrees_from(args[0], names[0], LATITUDE_MAX, &place->lat_e7) < 0)
        return -1;
    return degrees_from(args[1], names[1], LONGITUDE_MAX, &place->lon_e7);
}

static PyObject *DegreesView_find(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                                  PyObject *names)
{
    static const parameters accepted = {"find", 2, 2, {"latitude", "longitude"}};
    PyObject *room[2];
    rg_point point;
    if (!arguments_bound(&accepted, &args, nargs, names, room) ||
        place_from(args, accepted.names, &point) < 0)
        return NULL;
    return index_find(index_in(self), point);
}

/* Reads two corners and searches between them. */
static PyObject *between_corners(PyObject *self, const parameters *accepted, PyObject *const *args,
                                 Py_ssize_t nargs, PyObject *names,
                                 PyObject *(*search)(PyObject *, rg_point, rg_point))
{
    PyObject *room[4];
    rg_point corner, other;
    if (!arguments_bound(accepted, &args, nargs, names, room) ||
        place_from(args, accepted->names, &corner) < 0 ||
        place_from(args + 2, accepted->names + 2, &other) < 0)
        return NULL;
    return search(index_in(self), corner, other);
}

static PyObject *DegreesView_query(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                                   PyObject *names)
{
    static const parameters accepted = {
        "query", 4, 4, {"latitude1", "longitude1", "latitude2", "longitude2"}};
    return between_corners(self, &accepted, args, nargs, names, index_query);
}

static PyObject *DegreesView_query_count(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                                         PyObject *names)
{
    static const parameters accepted = {
        "query_count", 4, 4, {"latitude1", "longitude1", "latitude2", "longitude2"}};
    return between_corners(self, &accepted, args, nargs, names, index_query_count);
}

static PyObject *DegreesView_query_box(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                                       PyObject *names)
{
    static const parameters accepted = {"query_box", 4, 4, {"south", "west", "north", "east"}};
    return between_corners(self, &accepted, args, nargs, names, index_query_box);
}

static PyObject *DegreesView_nearest(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                                     PyObject *names)
{
    static const parameters accepted = {
        "nearest", 3, 4, {"latitude", "longitude", "k", "max_distance_m"}};
    PyObject *room[4];
    rg_point center;
    size_t most;
    double reach_m;
    if (!arguments_bound(&accepted, &args, nargs, names, room) ||
        place_from(args, accepted.names, &center) < 0 ||
        nearest_limits_from(args + 2, &most, &reach_m) < 0)
        return NULL;
    return index_nearest(index_in(self), center, most, reach_m);
}

static PyObject *DegreesView_within(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                                    PyObject *names)
{
    static const parameters accepted = {"within", 3, 3, {"latitude", "longitude", "radius_m"}};
    PyObject *room[3];
    rg_point center;
    double radius_m;
    if (!arguments_bound(&accepted, &args, nargs, names, room) ||
        place_from(args, accepted.names, &center) < 0 ||
        distance_from(args[2], "radius_m", &radius_m) < 0)
        return NULL;
    return index_nearest(index_in(self), center, SIZE_MAX, radius_m);
}

static PyObject *DegreesView_find_many(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                                       PyObject *names)
{
    static const parameters accepted = {"find_many", 2, 2, {"latitudes", "longitudes"}};
    PyObject *room[2], *result = NULL;
    coordinates lats = {0}, lons = {0};
    if (!arguments_bound(&accepted, &args, nargs, names, room))
        return NULL;
    if (degrees_pair_from(args, &lats, &lons) == 0)
        result = index_find_many(index_in(self), lats.items, lons.items, lats.count);
    coordinates_release(&lons);
    coordinates_release(&lats);
    return result;
}

static PyObject *DegreesView_along(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                                   PyObject *names)
{
    static const parameters accepted = {"along", 3, 3, {"latitudes", "longitudes", "half_width_m"}};
    PyObject *room[3], *answer = NULL;
    coordinates lats = {0}, lons = {0};
    double half_width_m;
    if (!arguments_bound(&accepted, &args, nargs, names, room))
        return NULL;
    if (degrees_pair_from(args, &lats, &lons) == 0 &&
        distance_from(args[2], "half_width_m", &half_width_m) == 0)
        answer = index_along(index_in(self), lats.items, lons.items, lats.count, half_width_m);
    coordinates_release(&lons);
    coordinates_release(&lats);
    return answer;
}

static PyObject *DegreesView_location(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                                      PyObject *names)
{
    static const parameters accepted = {"location", 1, 1, {"id"}};
    PyObject *room[1];
    return arguments_bound(&accepted, &args, nargs, names, room)
               ? index_location(index_in(self), args[0], true)
               : NULL;
}

static PyObject *DegreesView_locations(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                                       PyObject *names)
{
    static const parameters accepted = {"locations", 0, 1, {"ids"}};
    PyObject *room[1];
    return arguments_bound(&accepted, &args, nargs, names, room)
               ? index_locations(index_in(self), args[0], true)
               : NULL;
}

static PyObject *DegreesView_bounds(PyObject *self, void *Py_UNUSED(closure))
{
    return index_bounds(index_in(self), true);
}

static PyMethodDef degrees_view_methods[] = {
    {"find", NAMED_FASTCALL(DegreesView_find), DOC_DegreesView_find},
    {"find_many", NAMED_FASTCALL(DegreesView_find_many), DOC_DegreesView_find_many},
    {"query", NAMED_FASTCALL(DegreesView_query), DOC_DegreesView_query},
    {"query_count", NAMED_FASTCALL(DegreesView_query_count), DOC_DegreesView_query_count},
    {"query_box", NAMED_FASTCALL(DegreesView_query_box), DOC_DegreesView_query_box},
    {"nearest", NAMED_FASTCALL(DegreesView_nearest), DOC_DegreesView_nearest},
    {"within", NAMED_FASTCALL(DegreesView_within), DOC_DegreesView_within},
    {"along", NAMED_FASTCALL(DegreesView_along), DOC_DegreesView_along},
    {"location", NAMED_FASTCALL(DegreesView_location), DOC_DegreesView_location},
    {"locations", NAMED_FASTCALL(DegreesView_locations), DOC_DegreesView_locations},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef degrees_view_attributes[] = {
    {"bounds", DegreesView_bounds, NULL, DOC_DegreesView_bounds, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot degrees_view_slots[] = {
    {Py_tp_doc, (void *)DOC_DegreesView}, /* a slot has no const */
    SLOT(Py_tp_dealloc, DegreesView_dealloc),
    SLOT(Py_tp_repr, DegreesView_repr),
    {Py_tp_methods, degrees_view_methods},
    {Py_tp_getset, degrees_view_attributes},
    {0, NULL},
};

PyType_Spec degrees_view_spec = {
    .name = "routeguide_c.DegreesView",
    .basicsize = sizeof(degrees_view),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = degrees_view_slots,
};
