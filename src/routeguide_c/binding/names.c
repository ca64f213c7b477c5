/* The UTF-8 of names. PyUnicode_AsUTF8AndSize would do, but keeps what it encodes within the str:
 * for ten million names that are not ASCII, half as much memory as the index takes, for as long as
 * the caller keeps them. */
#include "names.h"

#include "arguments.h"
#include "base/rg_prefetch.h"
#include "errors.h"

/* A name's bytes, good until the next is read into the same struct. */
typedef struct name_utf8 {
    const char *data;
    Py_ssize_t size;
    char *room; /* owned: for what had to be encoded */
    Py_ssize_t capacity;
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

/* The lead byte's high bits tell how many bytes follow, of six bits each. */
static char *write_point(char *to, Py_UCS4 point)
{
    static const unsigned char lead[] = {0, 0x00, 0xc0, 0xe0, 0xf0};
    int bytes = width(point);
    *to++ = (char)(lead[bytes] | point >> 6 * (bytes - 1));
    for (int i = bytes - 2; i >= 0; i--)
        *to++ = (char)(0x80 | (point >> 6 * i & 0x3f));
    return to;
}

static int reserve(name_utf8 *name, Py_ssize_t size)
{
    if (size <= name->capacity)
        return 0;
    char *room = PyMem_Realloc(name->room, (size_t)size);
    if (!room) {
        PyErr_NoMemory();
        return -1;
    }
    name->room = room;
    name->capacity = size;
    return 0;
}

/* A str of Latin-1, as most are that are not ASCII. Without branches, since processors
 * cannot foresee where the accents are. */
static char *write_latin_1(char *to, const Py_UCS1 *points, Py_ssize_t length)
{
    for (Py_ssize_t i = 0; i < length; i++) {
        unsigned point = points[i], is_wide = point >> 7;
        to[0] = (char)(is_wide ? 0xc0 | point >> 6 : point);
        to[1] = (char)(0x80 | (point & 0x3f)); /* the next one overwrites it where it is too much */
        to += 1 + is_wide;
    }
    return to;
}

/* NULL where there is a surrogate, which has no UTF-8. */
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

static int encode(name_utf8 *name, PyObject *text, Py_ssize_t position)
{
    int kind = (int)PyUnicode_KIND(text);
    int widest = kind == PyUnicode_1BYTE_KIND ? 2 : kind == PyUnicode_2BYTE_KIND ? 3 : 4;
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    if (length > PY_SSIZE_T_MAX / widest) {
        PyErr_NoMemory();
        return -1;
    }
    if (reserve(name, widest * length) < 0)
        return -1;
    char *end = kind == PyUnicode_1BYTE_KIND
                    ? write_latin_1(name->room, PyUnicode_1BYTE_DATA(text), length)
                    : write_points(name->room, kind, PyUnicode_DATA(text), length);
    if (!end) {
        PyErr_Format(PyExc_ValueError, "names[%zd]: lone surrogates have no UTF-8", position);
        return -1;
    }
    name->data = name->room;
    name->size = end - name->room;
    return 0;
}

/* Reads the item at this position of a list or tuple that is not changed meanwhile. A struct
 * starts zeroed and is released in the end. */
static int name_from(PyObject *names, Py_ssize_t position, name_utf8 *name)
{
    PyObject *text = PySequence_Fast_GET_ITEM(names, position);
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "names[%zd]: expected a str, not %.200s", position,
                     Py_TYPE(text)->tp_name);
        return -1;
    }
#if PY_VERSION_HEX < 0x030c0000
    if (PyUnicode_READY(text) < 0)
        return -1;
#endif
    if (!PyUnicode_IS_ASCII(text))
        return encode(name, text, position);
    name->data = PyUnicode_DATA(text);
    name->size = PyUnicode_GET_LENGTH(text);
    return 0;
}

static void name_release(name_utf8 *name)
{
    PyMem_Free(name->room);
    *name = (name_utf8){0};
}

/* Asks for a name that comes later, the line after its first, too; they are wherever Python put
 * them. */
static void prefetch_name(PyObject *names, Py_ssize_t position, Py_ssize_t count)
{
    enum { AHEAD = 16, LINE = 64 };
    if (position + AHEAD < count) {
        const char *text = (const char *)PySequence_Fast_GET_ITEM(names, position + AHEAD);
        rg_prefetch(text);
        rg_prefetch(text + LINE);
    }
}

/* Bytes that the features will have encoded, or -1. */
static Py_ssize_t encoded_size(const coordinates *lats, const coordinates *lons, PyObject *names,
                               name_utf8 *name)
{
    Py_ssize_t total = 0;
    for (Py_ssize_t i = 0; i < lats->count; i++) {
        prefetch_name(names, i, lats->count);
        if (name_from(names, i, name) < 0)
            return -1;
        rg_point location = {lats->items[i], lons->items[i]};
        size_t size = rg_feature_encoded_size(location, (size_t)name->size);
        if (size > (size_t)(PY_SSIZE_T_MAX - total)) {
            PyErr_NoMemory();
            return -1;
        }
        total += (Py_ssize_t)size;
    }
    return total;
}

/* Where more may follow, the names' sizes first, so that their bytes grow once; a name that is none
 * ends it there. An index that is being built meanwhile is trimmed in the end. */
int store_add_names(module_state *state, rg_store *store, const coordinates *lats,
                    const coordinates *lons, PyObject *names)
{
    rg_store_mark before = rg_store_end(store);
    Py_ssize_t count = PySequence_Fast_GET_SIZE(names), i = 0;
    name_utf8 name = {0};
    rg_status status = RG_OK;
    if (lats) {
        Py_ssize_t size = encoded_size(lats, lons, names, &name);
        if (size < 0)
            goto fail;
        status = rg_store_reserve(store, (size_t)count, (size_t)size);
    }
    for (; status == RG_OK && i < count; i++) {
        prefetch_name(names, i, count);
        if (name_from(names, i, &name) < 0)
            goto fail;
        if (lats)
            status = rg_store_add(store, (rg_point){lats->items[i], lons->items[i]}, name.data,
                                  (size_t)name.size);
        else
            status = rg_store_add_name(store, name.data, (size_t)name.size);
    }
    if (status == RG_OK) {
        name_release(&name);
        return 0;
    }
    raise_row_status(state, status, (size_t)i - 1);

fail:
    name_release(&name);
    rg_store_cut(store, before);
    return -1;
}

PyObject *names_from(PyObject *argument, Py_ssize_t count)
{
    if (PyUnicode_Check(argument)) {
        PyErr_SetString(PyExc_TypeError, "names: expected a sequence of str, not one str");
        return NULL;
    }
    PyObject *names = PySequence_Fast(argument, "names: expected a sequence of str");
    if (!names || same_length("lats_e7", count, "names", PySequence_Fast_GET_SIZE(names)) == 0)
        return names;
    Py_DECREF(names);
    return NULL;
}
