/* What a FeatureIndex answers about many ids at once:
 *
 *     def page_bytes(self, ids, start, stop): ...
 *     def encode_page(self, ids, start, stop): ...
 *     def encode_lookups(self, ids): ...
 *     def encode_nearby_page(self, ids, distances_m, start, stop): ...
 *     def encode_route_page(self, ids, along_m, offset_m, sides, start, stop): ...
 *     def named(self, ids): ...
 */
#include "arguments.h"
#include "errors.h"
#include "features/rg_page.h"
#include "index_methods.h"
#include "index_object.h"
#include "numbers.h"
#include "vector.h"

/* Features from which other threads run meanwhile: about half a millisecond. For fewer, having the
 * lock back may take longer than the page. */
enum { LONG_PAGE = 10000 };

/* The columns of a page, all of them as long as the ids. */
typedef struct page_columns {
    numbers ids, metres[2], sides;
} page_columns;

static void columns_release(page_columns *columns)
{
    numbers_release(&columns->sides);
    numbers_release(&columns->metres[1]);
    numbers_release(&columns->metres[0]);
    numbers_release(&columns->ids);
}

/* A slice's end within `count` items. */
static int bound_from(PyObject *argument, const char *name, Py_ssize_t count, Py_ssize_t *bound)
{
    size_t number;
    if (count_from(argument, name, &number) < 0)
        return -1;
    *bound = number < (size_t)count ? (Py_ssize_t)number : count;
    return 0;
}

/* The entries that the slice from start to stop leaves, in arrays that nobody else changes. */
static int page_from(page_columns *columns, PyObject *const *start_then_stop, rg_page *page)
{
    Py_ssize_t start, stop, count = columns->ids.count;
    if (bound_from(start_then_stop[0], "start", count, &start) < 0 ||
        bound_from(start_then_stop[1], "stop", count, &stop) < 0)
        return -1;
    if (stop < start)
        stop = start;
    if (numbers_keep(&columns->ids, start, stop) < 0 ||
        numbers_keep(&columns->metres[0], start, stop) < 0 ||
        numbers_keep(&columns->metres[1], start, stop) < 0 ||
        numbers_keep(&columns->sides, start, stop) < 0)
        return -1;
    page->ids = columns->ids.items;
    page->count = (size_t)(stop - start);
    page->metres[0] = columns->metres[0].items;
    page->metres[1] = columns->metres[1].items;
    page->sides = columns->sides.items;
    return 0;
}

/* Bytes of a page, -1 with an exception. */
static Py_ssize_t size_of(PyObject *self, const rg_page *page)
{
    PyThreadState *saved = page->count >= LONG_PAGE ? PyEval_SaveThread() : NULL;
    size_t size;
    rg_status status = rg_page_size(&size, page, rg_index_store(index_of(self)));
    if (saved)
        PyEval_RestoreThread(saved);
    if (status != RG_OK)
        raise_status(state_of(self), status);
    else if (size > PY_SSIZE_T_MAX)
        PyErr_NoMemory();
    else
        return (Py_ssize_t)size;
    return -1;
}

static PyObject *encode(PyObject *self, const rg_page *page)
{
    const rg_store *store = rg_index_store(index_of(self));
    Py_ssize_t size = size_of(self, page);
    PyObject *bytes = size < 0 ? NULL : PyBytes_FromStringAndSize(NULL, size);
    if (!bytes)
        return NULL;
    PyThreadState *saved = page->count >= LONG_PAGE ? PyEval_SaveThread() : NULL;
    rg_page_write((uint8_t *)PyBytes_AS_STRING(bytes), page, store);
    if (saved)
        PyEval_RestoreThread(saved);
    return bytes;
}

/* Encodes what the columns hold, and releases them. */
static PyObject *encode_columns(PyObject *self, page_columns *columns, bool sound,
                                PyObject *const *start_then_stop)
{
    rg_page page = {0};
    PyObject *bytes = NULL;
    if (sound && page_from(columns, start_then_stop, &page) == 0)
        bytes = encode(self, &page);
    columns_release(columns);
    return bytes;
}

PyObject *FeatureIndex_page_bytes(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    page_columns columns = {0};
    rg_page page = {0};
    Py_ssize_t size = -1;
    if (!has_arguments("page_bytes", nargs, 3))
        return NULL;
    if (numbers_from(state_of(self), args[0], "ids", NUMBERS_IDS, &columns.ids) == 0 &&
        page_from(&columns, args + 1, &page) == 0)
        size = size_of(self, &page);
    columns_release(&columns);
    return size < 0 ? NULL : PyLong_FromSsize_t(size);
}

PyObject *FeatureIndex_encode_page(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    page_columns columns = {0};
    if (!has_arguments("encode_page", nargs, 3))
        return NULL;
    bool sound = numbers_from(state_of(self), args[0], "ids", NUMBERS_IDS, &columns.ids) == 0;
    return encode_columns(self, &columns, sound, args + 1);
}

PyObject *FeatureIndex_encode_lookups(PyObject *self, PyObject *argument)
{
    page_columns columns = {0};
    PyObject *bytes = NULL;
    if (numbers_from(state_of(self), argument, "ids", NUMBERS_IDS, &columns.ids) == 0 &&
        numbers_keep(&columns.ids, 0, columns.ids.count) == 0) {
        rg_page page = {
            .ids = columns.ids.items, .count = (size_t)columns.ids.count, .is_lookups = true};
        bytes = encode(self, &page);
    }
    columns_release(&columns);
    return bytes;
}

/* A column beside the ids. */
static bool beside_ids(PyObject *self, PyObject *argument, const char *name, numbers_kind kind,
                       page_columns *columns, numbers *out)
{
    return numbers_from(state_of(self), argument, name, kind, out) == 0 &&
           same_length("ids", columns->ids.count, name, out->count) == 0;
}

PyObject *FeatureIndex_encode_nearby_page(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    page_columns columns = {0};
    if (!has_arguments("encode_nearby_page", nargs, 4))
        return NULL;
    bool sound =
        numbers_from(state_of(self), args[0], "ids", NUMBERS_IDS, &columns.ids) == 0 &&
        beside_ids(self, args[1], "distances_m", NUMBERS_DOUBLES, &columns, &columns.metres[0]);
    return encode_columns(self, &columns, sound, args + 2);
}

PyObject *FeatureIndex_encode_route_page(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    page_columns columns = {0};
    if (!has_arguments("encode_route_page", nargs, 6))
        return NULL;
    bool sound =
        numbers_from(state_of(self), args[0], "ids", NUMBERS_IDS, &columns.ids) == 0 &&
        beside_ids(self, args[1], "along_m", NUMBERS_DOUBLES, &columns, &columns.metres[0]) &&
        beside_ids(self, args[2], "offset_m", NUMBERS_DOUBLES, &columns, &columns.metres[1]) &&
        beside_ids(self, args[3], "sides", NUMBERS_SIGNS, &columns, &columns.sides);
    return encode_columns(self, &columns, sound, args + 4);
}

PyObject *FeatureIndex_named(PyObject *self, PyObject *argument)
{
    const rg_store *store = rg_index_store(index_of(self));
    numbers ids = {0};
    rg_ids named;
    rg_ids_init(&named, NULL, 0);
    PyObject *result = NULL;
    if (numbers_from(state_of(self), argument, "ids", NUMBERS_IDS, &ids) == 0 &&
        numbers_keep(&ids, 0, ids.count) == 0) {
        rg_status status;
        PyThreadState *saved = ids.count >= LONG_PAGE ? PyEval_SaveThread() : NULL;
        status = rg_store_named(store, ids.items, (size_t)ids.count, &named);
        if (saved)
            PyEval_RestoreThread(saved);
        result = status == RG_OK ? vector_from_ids(state_of(self), &named)
                                 : raise_status(state_of(self), status);
    }
    rg_ids_clear(&named);
    numbers_release(&ids);
    return result;
}
