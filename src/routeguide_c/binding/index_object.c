#include "index_object.h"

#include "arguments.h"
#include "columns.h"
#include "errors.h"
#include "names.h"

PyObject *feature_index_take(PyTypeObject *type, rg_index *index)
{
    index_object *self = (index_object *)type->tp_alloc(type, 0);
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

/* While this thread reads the names, another one builds what depends on the coordinates alone. The
 * interpreter's lock is held until all names are read, so that no thread changes the list. */
static rg_index *index_from(module_state *state, const coordinates *lats, const coordinates *lons,
                            name_column *names)
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

static PyObject *construct(PyTypeObject *type, PyObject *const *arguments, bool are_degrees)
{
    module_state *state = PyType_GetModuleState(type);
    coordinates lats = {0}, lons = {0};
    name_column names = {0};
    rg_index *index = NULL;
    const char *first = are_degrees ? "latitudes" : "lats_e7";
    int failed = are_degrees ? degrees_pair_from(arguments, &lats, &lons)
                             : e7_pair_from(state, arguments, FROM_DEGREES, &lats, &lons);
    if (!failed && names_from(arguments[2], first, lats.count, &names) == 0)
        index = index_from(state, &lats, &lons, &names);
    names_release(&names);
    coordinates_release(&lons);
    coordinates_release(&lats);
    return index ? feature_index_take(type, index) : NULL;
}

PyObject *FeatureIndex_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"lats_e7", "lons_e7", "names", NULL};
    PyObject *arguments[3] = {NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO|O:FeatureIndex", keywords, &arguments[0],
                                     &arguments[1], &arguments[2]))
        return NULL;
    return construct(type, arguments, false);
}

PyObject *FeatureIndex_from_degrees(PyObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"latitudes", "longitudes", "names", NULL};
    PyObject *arguments[3] = {NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO|O:from_degrees", keywords, &arguments[0],
                                     &arguments[1], &arguments[2]))
        return NULL;
    return construct((PyTypeObject *)type, arguments, true);
}

void FeatureIndex_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    index_object *self = (index_object *)object;
    if (self->weakrefs)
        PyObject_ClearWeakRefs(object);
    Py_CLEAR(self->opened_by); /* str, bytes and bool: no cycle can form */
    rg_index_free(self->index);
    type->tp_free(object);
    Py_DECREF(type);
}
