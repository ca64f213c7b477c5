/* class Trip:
 *     """The running summary of points visited one after the other on an index."""
 *     def __new__(cls, index): ...
 *     def visit(self, lat_e7, lon_e7): ...
 *     point_count; feature_count; distance_m
 */
#include "arguments.h"
#include "docs.h"
#include "functions.h"
#include "index_object.h"
#include "parameters.h"
#include "rg_trip.h"

typedef struct trip_object {
    PyObject_HEAD
    PyObject *feature_index; /* keeps the index alive; refers to nothing, so no cycle can form */
    rg_trip trip;
} trip_object;

static PyObject *Trip_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"index", NULL};
    PyObject *feature_index;
    module_state *state = PyType_GetModuleState(type);
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!:Trip", keywords, state->feature_index_type,
                                     &feature_index))
        return NULL;
    trip_object *self = (trip_object *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->feature_index = Py_NewRef(feature_index);
    return (PyObject *)self;
}

static void Trip_dealloc(PyObject *object)
{
    trip_object *self = (trip_object *)object;
    PyTypeObject *type = Py_TYPE(object);
    Py_CLEAR(self->feature_index);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyObject *Trip_visit(PyObject *object, PyObject *const *args, Py_ssize_t nargs,
                            PyObject *names)
{
    static const parameters accepted = {"visit", 2, 2, {"lat_e7", "lon_e7"}};
    trip_object *self = (trip_object *)object;
    PyObject *room[2];
    rg_point point;
    if (!arguments_bound(&accepted, &args, nargs, names, room) ||
        point_from(args, accepted.names, &point) < 0)
        return NULL;
    if (are_like_degrees(point, point) && warn_of_degrees(state_of(object), TAKES_E7) < 0)
        return NULL;
    rg_trip_visit(&self->trip, index_of(self->feature_index), point);
    Py_RETURN_NONE;
}

static PyObject *Trip_point_count(PyObject *self, void *Py_UNUSED(closure))
{
    return PyLong_FromUnsignedLongLong(((trip_object *)self)->trip.point_count);
}

static PyObject *Trip_feature_count(PyObject *self, void *Py_UNUSED(closure))
{
    return PyLong_FromUnsignedLongLong(((trip_object *)self)->trip.feature_count);
}

static PyObject *Trip_distance_m(PyObject *self, void *Py_UNUSED(closure))
{
    return PyFloat_FromDouble(((trip_object *)self)->trip.distance_m);
}

static PyMethodDef trip_methods[] = {
    {"visit", NAMED_FASTCALL(Trip_visit), DOC_Trip_visit},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef trip_attributes[] = {
    {"point_count", Trip_point_count, NULL, DOC_Trip_point_count, NULL},
    {"feature_count", Trip_feature_count, NULL, DOC_Trip_feature_count, NULL},
    {"distance_m", Trip_distance_m, NULL, DOC_Trip_distance_m, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot trip_slots[] = {
    {Py_tp_doc, (void *)DOC_Trip}, /* a slot has no const */
    SLOT(Py_tp_new, Trip_new),
    SLOT(Py_tp_dealloc, Trip_dealloc),
    {Py_tp_methods, trip_methods},
    {Py_tp_getset, trip_attributes},
    {0, NULL},
};

PyType_Spec trip_spec = {
    .name = "routeguide_c.Trip",
    .basicsize = sizeof(trip_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = trip_slots,
};
