/* Functions of the module for the servers of this project: features as messages of its protos.
 *
 *     def _encoded_at(index, lat_e7, lon_e7): ...
 *     def _encode_each(index, ids, start, stop): ...
 *     def _page_bytes(index, ids, start, stop): ...
 *     def _encode_page(index, ids, start, stop): ...
 *     def _encode_lookups(index, ids): ...
 *     def _encode_nearby_page(index, ids, distances_m, start, stop): ...
 *     def _encode_route_page(index, ids, along_m, offset_m, sides, start, stop): ...
 */
#include "arguments.h"
#include "errors.h"
#include "features.h"
#include "functions.h"
#include "index_object.h"
#include "numbers.h"

#include "features/rg_page.h"

/* True if a function got `wanted` arguments, of which the first is a FeatureIndex. */
static bool has_index(PyObject *module, const char *function, PyObject *const *args,
                      Py_ssize_t nargs, Py_ssize_t wanted)
{
    module_state *state = PyModule_GetState(module);
    if (!has_arguments(function, nargs, wanted))
        return false;
    if (Py_IS_TYPE(args[0], state->feature_index_type))
        return true;
    PyErr_Format(PyExc_TypeError, "%s(): expected a FeatureIndex, not %.200s", function,
                 Py_TYPE(args[0])->tp_name);
    return false;
}

static PyObject *bytes_of(rg_slice encoded)
{
    return PyBytes_FromStringAndSize((const char *)encoded.data, (Py_ssize_t)encoded.size);
}

PyObject *encoded_at_point(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    uint32_t id;
    rg_point point;
    rg_slice feature;
    static const char *const names[] = {"lat_e7", "lon_e7"};
    if (!has_index(module, "_encoded_at", args, nargs, 3) ||
        point_from(args + 1, names, &point) < 0)
        return NULL;
    if (!rg_index_find(index_of(args[0]), point, &id))
        Py_RETURN_NONE;
    return encoded_at(args[0], id, &feature) < 0 ? NULL : bytes_of(feature);
}

/* The columns of a page, all of them as long as the ids. */
typedef struct page_columns {
    numbers ids, meters[2], sides;
} page_columns;

static void columns_release(page_columns *columns)
{
    numbers_release(&columns->sides);
    numbers_release(&columns->meters[1]);
    numbers_release(&columns->meters[0]);
    numbers_release(&columns->ids);
}

/* Reads an end of a slice of `count` items. */
static int bound_from(PyObject *argument, const char *name, Py_ssize_t count, Py_ssize_t *bound)
{
    size_t number;
    if (count_from(argument, name, &number) < 0)
        return -1;
    *bound = number < (size_t)count ? (Py_ssize_t)number : count;
    return 0;
}

/* Reads start and stop. The page borrows the entries between them from the columns, which hold
 * them where no other thread writes. */
static int page_from(page_columns *columns, PyObject *const *start_then_stop, rg_page *page)
{
    Py_ssize_t start, stop, count = columns->ids.count;
    if (bound_from(start_then_stop[0], "start", count, &start) < 0 ||
        bound_from(start_then_stop[1], "stop", count, &stop) < 0)
        return -1;
    if (stop < start)
        stop = start;
    if (numbers_keep(&columns->ids, start, stop) < 0 ||
        numbers_keep(&columns->meters[0], start, stop) < 0 ||
        numbers_keep(&columns->meters[1], start, stop) < 0 ||
        numbers_keep(&columns->sides, start, stop) < 0)
        return -1;
    page->ids = columns->ids.items;
    page->count = (size_t)(stop - start);
    page->meters[0] = columns->meters[0].items;
    page->meters[1] = columns->meters[1].items;
    page->sides = columns->sides.items;
    return 0;
}

/* Returns the bytes of a page, -1 with an exception. */
static Py_ssize_t size_of(PyObject *index, const rg_page *page)
{
    PyThreadState *saved = page->count >= MANY_FEATURES ? PyEval_SaveThread() : NULL;
    size_t size;
    rg_status status = rg_page_size(&size, page, rg_index_store(index_of(index)));
    if (saved)
        PyEval_RestoreThread(saved);
    if (status != RG_OK)
        raise_status(state_of(index), status);
    else if (size > PY_SSIZE_T_MAX)
        PyErr_NoMemory();
    else
        return (Py_ssize_t)size;
    return -1;
}

static PyObject *encode(PyObject *index, const rg_page *page)
{
    const rg_store *store = rg_index_store(index_of(index));
    Py_ssize_t size = size_of(index, page);
    PyObject *bytes = size < 0 ? NULL : PyBytes_FromStringAndSize(NULL, size);
    if (!bytes)
        return NULL;
    PyThreadState *saved = page->count >= MANY_FEATURES ? PyEval_SaveThread() : NULL;
    rg_page_write((uint8_t *)PyBytes_AS_STRING(bytes), page, store);
    if (saved)
        PyEval_RestoreThread(saved);
    return bytes;
}

/* Reads the ids, the argument after the index. */
static bool ids_column_from(PyObject *const *args, page_columns *columns)
{
    return numbers_from(state_of(args[0]), args[1], "ids", NUMBERS_IDS, &columns->ids) == 0;
}

/* Reads a column beside the ids. */
static bool beside_ids(PyObject *index, PyObject *argument, const char *name, numbers_kind kind,
                       const page_columns *columns, numbers *out)
{
    return numbers_from(state_of(index), argument, name, kind, out) == 0 &&
           same_length("ids", columns->ids.count, name, out->count) == 0;
}

/* Encodes what the columns hold if they are sound, and releases them. */
static PyObject *encode_columns(PyObject *index, page_columns *columns, bool is_sound,
                                PyObject *const *start_then_stop)
{
    rg_page page = {0};
    PyObject *bytes = NULL;
    if (is_sound && page_from(columns, start_then_stop, &page) == 0)
        bytes = encode(index, &page);
    columns_release(columns);
    return bytes;
}

PyObject *encode_each(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    page_columns columns = {0};
    rg_page page = {0};
    PyObject *list = NULL;
    if (!has_index(module, "_encode_each", args, nargs, 4))
        return NULL;
    if (ids_column_from(args, &columns) && page_from(&columns, args + 2, &page) == 0)
        list = PyList_New((Py_ssize_t)page.count);
    for (size_t i = 0; list && i < page.count; i++) {
        rg_slice feature;
        PyObject *bytes =
            has_feature(args[0], page.ids[i]) && encoded_at(args[0], page.ids[i], &feature) == 0
                ? bytes_of(feature)
                : NULL;
        if (bytes)
            PyList_SET_ITEM(list, (Py_ssize_t)i, bytes);
        else
            Py_CLEAR(list);
    }
    columns_release(&columns);
    return list;
}

PyObject *page_bytes(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    page_columns columns = {0};
    rg_page page = {0};
    Py_ssize_t size = -1;
    if (!has_index(module, "_page_bytes", args, nargs, 4))
        return NULL;
    if (ids_column_from(args, &columns) && page_from(&columns, args + 2, &page) == 0)
        size = size_of(args[0], &page);
    columns_release(&columns);
    return size < 0 ? NULL : PyLong_FromSsize_t(size);
}

PyObject *encode_page(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    page_columns columns = {0};
    if (!has_index(module, "_encode_page", args, nargs, 4))
        return NULL;
    return encode_columns(args[0], &columns, ids_column_from(args, &columns), args + 2);
}

PyObject *encode_lookups(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    page_columns columns = {0};
    PyObject *bytes = NULL;
    if (!has_index(module, "_encode_lookups", args, nargs, 2))
        return NULL;
    if (ids_column_from(args, &columns) && numbers_keep(&columns.ids, 0, columns.ids.count) == 0) {
        rg_page page = {
            .ids = columns.ids.items, .count = (size_t)columns.ids.count, .is_lookups = true};
        bytes = encode(args[0], &page);
    }
    columns_release(&columns);
    return bytes;
}

PyObject *encode_nearby_page(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    page_columns columns = {0};
    if (!has_index(module, "_encode_nearby_page", args, nargs, 5))
        return NULL;
    bool is_sound =
        ids_column_from(args, &columns) &&
        beside_ids(args[0], args[2], "distances_m", NUMBERS_DOUBLES, &columns, &columns.meters[0]);
    return encode_columns(args[0], &columns, is_sound, args + 3);
}

PyObject *encode_route_page(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    page_columns columns = {0};
    if (!has_index(module, "_encode_route_page", args, nargs, 7))
        return NULL;
    bool is_sound =
        ids_column_from(args, &columns) &&
        beside_ids(args[0], args[2], "along_m", NUMBERS_DOUBLES, &columns, &columns.meters[0]) &&
        beside_ids(args[0], args[3], "offset_m", NUMBERS_DOUBLES, &columns, &columns.meters[1]) &&
        beside_ids(args[0], args[4], "sides", NUMBERS_SIGNS, &columns, &columns.sides);
    return encode_columns(args[0], &columns, is_sound, args + 5);
}
