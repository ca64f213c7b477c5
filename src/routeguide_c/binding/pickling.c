/* How a FeatureIndex is pickled: one from a file as the arguments of `open`, which opens the file
 * again; one that was built as its content, which is indexed again.
 *
 *     def __reduce__(self): ...
 *     def __copy__(self): ...
 *     def __deepcopy__(self, memo): ...
 */
#include "attributes.h"
#include "errors.h"
#include "features/rg_rows.h"
#include "functions.h"
#include "index_methods.h"
#include "index_object.h"

#include <string.h>

/* The features as columns, in bytes objects. */
enum { LATS, LONS, NAME_OFFSETS, NAME_BYTES, CONTENT_COLUMNS };

static rg_slice name_of(const rg_store *store, uint32_t id)
{
    return rg_feature_name(rg_store_encoded(store, id));
}

static PyObject *coordinates_of(const int32_t *e7, uint32_t count)
{
    return PyBytes_FromStringAndSize((const char *)e7, (Py_ssize_t)(count * sizeof *e7));
}

/* Writes where each name ends; returns where the last one does. */
static int64_t write_offsets(char *to, const rg_store *store)
{
    int64_t end = 0;
    uint32_t count = rg_store_count(store);
    memcpy(to, &end, sizeof end);
    for (uint32_t id = 0; id < count; id++) {
        end += (int64_t)name_of(store, id).size;
        memcpy(to + (id + 1) * sizeof end, &end, sizeof end);
    }
    return end;
}

static void write_names(char *to, const rg_store *store)
{
    uint32_t count = rg_store_count(store);
    for (uint32_t id = 0; id < count; id++) {
        rg_slice name = name_of(store, id);
        if (name.size)
            memcpy(to, name.data, name.size);
        to += name.size;
    }
}

static PyObject *content_of(const rg_store *store)
{
    uint32_t count = rg_store_count(store);
    PyObject *content = PyTuple_New(CONTENT_COLUMNS);
    PyObject *offsets = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)count * 8 + 8);
    int64_t size = offsets ? write_offsets(PyBytes_AS_STRING(offsets), store) : 0;
    PyObject *names = offsets ? PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size) : NULL;
    PyObject *lats = names ? coordinates_of(rg_store_lats_e7(store), count) : NULL;
    PyObject *lons = lats ? coordinates_of(rg_store_lons_e7(store), count) : NULL;
    if (content && lons) {
        write_names(PyBytes_AS_STRING(names), store);
        PyTuple_SET_ITEM(content, LATS, lats);
        PyTuple_SET_ITEM(content, LONS, lons);
        PyTuple_SET_ITEM(content, NAME_OFFSETS, offsets);
        PyTuple_SET_ITEM(content, NAME_BYTES, names);
        return content;
    }
    Py_XDECREF(lons);
    Py_XDECREF(lats);
    Py_XDECREF(names);
    Py_XDECREF(offsets);
    Py_XDECREF(content);
    return NULL;
}

PyObject *FeatureIndex_reduce(PyObject *self, PyObject *Py_UNUSED(unused))
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject *opened_by = ((index_object *)self)->opened_by;
    PyObject *arguments =
        opened_by ? Py_NewRef(opened_by) : content_of(rg_index_store(index_of(self)));
    if (!arguments)
        return NULL;
    PyObject *maker = opened_by ? attribute_of((PyObject *)type, "open")
                                : attribute_of(PyType_GetModule(type), "_index_from_content");
    PyObject *reduced = maker ? PyTuple_Pack(2, maker, arguments) : NULL;
    Py_XDECREF(maker);
    Py_DECREF(arguments);
    return reduced;
}

PyObject *index_from_content(PyObject *module, PyObject *args)
{
    module_state *state = PyModule_GetState(module);
    PyObject *columns[CONTENT_COLUMNS];
    if (!PyArg_ParseTuple(args, "SSSS:_index_from_content", &columns[LATS], &columns[LONS],
                          &columns[NAME_OFFSETS], &columns[NAME_BYTES]))
        return NULL;
    Py_ssize_t count = PyBytes_GET_SIZE(columns[LATS]) / 4;
    if (PyBytes_GET_SIZE(columns[LATS]) != 4 * count ||
        PyBytes_GET_SIZE(columns[LONS]) != 4 * count ||
        PyBytes_GET_SIZE(columns[NAME_OFFSETS]) != 8 * count + 8)
        return PyErr_Format(PyExc_ValueError, "the columns of the pickle differ in length");
    rg_rows rows = {
        .count = (size_t)count,
        .lats_e7 = PyBytes_AS_STRING(columns[LATS]),
        .lons_e7 = PyBytes_AS_STRING(columns[LONS]),
        .name_offsets = PyBytes_AS_STRING(columns[NAME_OFFSETS]),
        .offsets_are_wide = true,
        .name_bytes = (const uint8_t *)PyBytes_AS_STRING(columns[NAME_BYTES]),
        .name_bytes_size = (size_t)PyBytes_GET_SIZE(columns[NAME_BYTES]),
    };
    rg_store *store = NULL;
    size_t wrong_row = 0;
    rg_status status = rg_store_new(&store, rows.count, 0);
    if (status == RG_OK)
        status = rg_rows_add(store, &rows, &wrong_row);
    if (status == RG_OK)
        return feature_index_build(state->feature_index_type, store);
    rg_store_free(store);
    return raise_row_status(state, status, wrong_row);
}

PyObject *FeatureIndex_copy(PyObject *self, PyObject *Py_UNUSED(unused))
{
    return Py_NewRef(self);
}
