#include "index_object.h"

#include "columns.h"
#include "errors.h"
#include "names.h"

PyObject *feature_index_take(PyTypeObject *type, rg_index *index)
{
    feature_index *self = (feature_index *)type->tp_alloc(type, 0);
    if (self)
        self->index = index;
    else
        rg_index_free(index);
    return (PyObject *)self;
}

PyObject *feature_index_build(PyTypeObject *type, rg_store *store)
{
    rg_index *index = NULL;
    rg_status status;
    Py_BEGIN_ALLOW_THREADS
    status = rg_index_build(&index, store);
    Py_END_ALLOW_THREADS
    if (status != RG_OK)
        return raise_status(PyType_GetModuleState(type), status);
    return feature_index_take(type, index);
}

/* A store of the coordinates, still without names. */
static rg_store *store_from(module_state *state, const coordinates *lats, const coordinates *lons)
{
    rg_store *store = NULL;
    rg_status status = rg_store_new(&store, (size_t)lats->count, 0);
    if (status == RG_OK)
        rg_store_place(store, lats->items, lons->items, (uint32_t)lats->count);
    else
        raise_status(state, status);
    return store;
}

/* While this thread reads the names, for which it needs the interpreter's lock, another one builds
 * what depends on the coordinates alone. The lock is held until all names are read, since others
 * could change the list meanwhile. */
static rg_index *index_from(module_state *state, const coordinates *lats, const coordinates *lons,
                            PyObject *names)
{
    rg_store *store = store_from(state, lats, lons);
    if (!store)
        return NULL;
    rg_index_builder *builder = NULL;
    rg_index *index = NULL;
    rg_status status = rg_index_begin(&builder, store, (uint32_t)lats->count);
    bool failed = status == RG_OK && store_add_names(state, store, NULL, NULL, names) < 0;
    Py_BEGIN_ALLOW_THREADS
    if (failed)
        rg_index_abandon(builder);
    else if (status == RG_OK)
        status = rg_index_end(&index, builder);
    Py_END_ALLOW_THREADS
    if (status != RG_OK)
        raise_status(state, status);
    return index;
}

PyObject *FeatureIndex_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *latitudes, *longitudes, *argument, *names = NULL;
    rg_index *index = NULL;
    coordinates lats = {0}, lons = {0};
    if (kwargs && PyDict_GET_SIZE(kwargs)) {
        PyErr_SetString(PyExc_TypeError, "FeatureIndex() takes no keyword arguments");
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "OOO:FeatureIndex", &latitudes, &longitudes, &argument))
        return NULL;
    if (coordinate_pair_from((PyObject *[]){latitudes, longitudes}, &lats, &lons) == 0)
        names = names_from(argument, lats.count);
    if (names)
        index = index_from(PyType_GetModuleState(type), &lats, &lons, names);
    Py_XDECREF(names);
    coordinates_release(&lons);
    coordinates_release(&lats);
    return index ? feature_index_take(type, index) : NULL;
}

void FeatureIndex_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    rg_index_free(((feature_index *)object)->index);
    type->tp_free(object);
    Py_DECREF(type);
}
