/* PyUnicode_AsUTF8AndSize would do, but keeps what it encodes within the str: for ten million names
 * that are not ASCII, half as much memory as the index, for as long as the caller keeps them. */
#include "names.h"

#include "arguments.h"
#include "attributes.h"
#include "base/rg_prefetch.h"
#include "base/rg_utf8.h"
#include "errors.h"

#include <math.h>

/* A name's bytes, good until the next is read. */
typedef struct name_utf8 {
    const char *data;
    Py_ssize_t size;
} name_utf8;

/* Bytes of a code point. */
static int width(Py_UCS4 point)
{
    return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

static bool is_surrogate(Py_UCS4 point)
{
    return point >= 0xd800 && point <= 0xdfff;
}

/* The high bits of the lead byte say how many bytes follow, of six bits each. */
static char *write_point(char *to, Py_UCS4 point)
{
    static const unsigned char lead[] = {0, 0x00, 0xc0, 0xe0, 0xf0};
    int bytes = width(point);
    *to++ = (char)(lead[bytes] | point >> 6 * (bytes - 1));
    for (int i = bytes - 2; i >= 0; i--)
        *to++ = (char)(0x80 | (point >> 6 * i & 0x3f));
    return to;
}

static int reserve(name_column *values, Py_ssize_t size)
{
    if (size <= values->capacity)
        return 0;
    char *room = PyMem_Realloc(values->room, (size_t)size);
    if (!room) {
        PyErr_NoMemory();
        return -1;
    }
    values->room = room;
    values->capacity = size;
    return 0;
}

/* For Latin-1, as most str that are not ASCII are. Without branches, since processors cannot
 * predict where the accents are. */
static char *write_latin_1(char *to, const Py_UCS1 *points, Py_ssize_t length)
{
    for (Py_ssize_t i = 0; i < length; i++) {
        unsigned point = points[i], is_wide = point >> 7;
        to[0] = (char)(is_wide ? 0xc0 | point >> 6 : point);
        to[1] = (char)(0x80 | (point & 0x3f)); /* of one byte: the next point overwrites it */
        to += 1 + is_wide;
    }
    return to;
}

/* NULL if there is a surrogate, which has no UTF-8. */
static char *write_points(char *to, int kind, const void *points, Py_ssize_t length)
{
    for (Py_ssize_t i = 0; i < length; i++) {
        Py_UCS4 point = PyUnicode_READ(kind, points, i);
        if (is_surrogate(point))
            return NULL;
        to = write_point(to, point);
    }
    return to;
}

static int encode(name_column *values, PyObject *text, Py_ssize_t position, name_utf8 *name)
{
    int kind = (int)PyUnicode_KIND(text);
    int widest = kind == PyUnicode_1BYTE_KIND ? 2 : kind == PyUnicode_2BYTE_KIND ? 3 : 4;
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    if (length > PY_SSIZE_T_MAX / widest) {
        PyErr_NoMemory();
        return -1;
    }
    if (reserve(values, widest * length) < 0)
        return -1;
    char *end = kind == PyUnicode_1BYTE_KIND
                    ? write_latin_1(values->room, PyUnicode_1BYTE_DATA(text), length)
                    : write_points(values->room, kind, PyUnicode_DATA(text), length);
    if (!end) {
        PyErr_Format(PyExc_ValueError, "names[%zd]: lone surrogates have no UTF-8", position);
        return -1;
    }
    *name = (name_utf8){values->room, end - values->room};
    return 0;
}

static int str_from(name_column *values, PyObject *text, Py_ssize_t position, name_utf8 *name)
{
#if PY_VERSION_HEX < 0x030c0000
    if (PyUnicode_READY(text) < 0)
        return -1;
#endif
    if (!PyUnicode_IS_ASCII(text))
        return encode(values, text, position, name);
    *name = (name_utf8){PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text)};
    return 0;
}

static int text_from(name_column *values, Py_ssize_t position, name_utf8 *name)
{
    *name = (name_utf8){"", 0};
    if (!values->texts.chunks)
        return 0;
    switch (arrow_column_text(&values->texts, position, &name->data, &name->size)) {
    case ARROW_TEXT_MISSING:
        return 0;
    case ARROW_TEXT_MALFORMED:
        PyErr_Format(PyExc_ValueError, "names[%zd]: malformed Arrow data", position);
        return -1;
    case ARROW_TEXT:
        break;
    }
    if (rg_utf8_is_valid((const uint8_t *)name->data, (size_t)name->size))
        return 0;
    PyErr_Format(PyExc_ValueError, "names[%zd]: not UTF-8", position);
    return -1;
}

/* True for what libraries write in place of a missing text. */
static bool is_missing_name(PyObject *item)
{
    return item_is_nothing(item) || (PyFloat_Check(item) && isnan(PyFloat_AS_DOUBLE(item)));
}

static int name_at(name_column *values, Py_ssize_t position, name_utf8 *name)
{
    if (!values->sequence)
        return text_from(values, position, name);
    PyObject *item = PySequence_Fast_GET_ITEM(values->sequence, position);
    if (PyUnicode_Check(item))
        return str_from(values, item, position, name);
    *name = (name_utf8){"", 0};
    if (is_missing_name(item))
        return 0;
    PyErr_Format(PyExc_TypeError, "names[%zd]: expected a str or None, not %.200s", position,
                 Py_TYPE(item)->tp_name);
    return -1;
}

/* Prefetches two cache lines of a later name: str objects are scattered over the heap. */
static void prefetch_name(const name_column *values, Py_ssize_t position)
{
    enum { AHEAD = 16, LINE = 64 };
    if (values->sequence && position + AHEAD < values->count) {
        const char *text =
            (const char *)PySequence_Fast_GET_ITEM(values->sequence, position + AHEAD);
        rg_prefetch(text);
        rg_prefetch(text + LINE);
    }
}

/* The size in bytes of the encoded features, or -1 with an exception. */
static Py_ssize_t encoded_size(const coordinates *lats, const coordinates *lons,
                               name_column *values)
{
    Py_ssize_t total = 0;
    for (Py_ssize_t i = 0; i < lats->count; i++) {
        name_utf8 name;
        prefetch_name(values, i);
        if (name_at(values, i, &name) < 0)
            return -1;
        rg_point location = {lats->items[i], lons->items[i]};
        size_t size = rg_feature_encoded_size(location, (size_t)name.size);
        if (size > (size_t)(PY_SSIZE_T_MAX - total)) {
            PyErr_NoMemory();
            return -1;
        }
        total += (Py_ssize_t)size;
    }
    return total;
}

/* If more features may follow, the sizes are added up first, so that the store grows once. */
int store_add_names(module_state *state, rg_store *store, const coordinates *lats,
                    const coordinates *lons, name_column *values)
{
    rg_store_mark before = rg_store_end(store);
    Py_ssize_t i = 0;
    rg_status status = RG_OK;
    if (lats) {
        Py_ssize_t size = encoded_size(lats, lons, values);
        if (size < 0)
            goto fail;
        status = rg_store_reserve(store, (size_t)values->count, (size_t)size);
    }
    for (; status == RG_OK && i < values->count; i++) {
        name_utf8 name;
        prefetch_name(values, i);
        if (name_at(values, i, &name) < 0)
            goto fail;
        if (lats)
            status = rg_store_add(store, (rg_point){lats->items[i], lons->items[i]}, name.data,
                                  (size_t)name.size);
        else
            status = rg_store_add_name(store, name.data, (size_t)name.size);
    }
    if (status == RG_OK)
        return 0;
    raise_row_status(state, status, (size_t)i - 1);

fail:
    rg_store_cut(store, before);
    return -1;
}

static int read_texts(PyObject *argument, name_column *out)
{
    if (PyList_CheckExact(argument) || PyTuple_CheckExact(argument))
        return 0;
    int found = arrow_column_from(argument, "names", true, &out->texts);
    if (found == 0)
        arrow_column_release(&out->texts);
    out->count = out->texts.count;
    return found;
}

/* What has the items: what `__array__` returns, or the argument itself. NULL with an exception. */
static PyObject *items_of(PyObject *argument)
{
    PyObject *method =
        PyObject_CheckBuffer(argument) ? NULL : optional_attribute_of(argument, "__array__");
    if (!method)
        return PyErr_Occurred() ? NULL : Py_NewRef(argument);
    PyObject *array = PyObject_CallNoArgs(method);
    Py_DECREF(method);
    return array;
}

static int read_sequence(PyObject *argument, name_column *out)
{
    PyObject *items = NULL;
    if (PyList_CheckExact(argument) || PyTuple_CheckExact(argument))
        items = Py_NewRef(argument);
    else if (!is_never_a_column(argument))
        items = items_of(argument);
    else
        PyErr_Format(PyExc_TypeError, "names: expected a column of str, not one %.200s",
                     Py_TYPE(argument)->tp_name);
    if (items)
        out->sequence = PySequence_Fast(items, "names: expected a column of str");
    Py_XDECREF(items);
    if (!out->sequence)
        return -1;
    out->count = PySequence_Fast_GET_SIZE(out->sequence);
    return 0;
}

int names_from(PyObject *argument, const char *other, Py_ssize_t count, name_column *out)
{
    out->count = count;
    if (!argument || argument == Py_None)
        return 0;
    int found = read_texts(argument, out);
    if (found < 0 || (found == 0 && read_sequence(argument, out) < 0))
        return -1;
    return same_length(other, count, "names", out->count);
}

void names_release(name_column *values)
{
    arrow_column_release(&values->texts);
    Py_CLEAR(values->sequence);
    PyMem_Free(values->room);
    *values = (name_column){0};
}
