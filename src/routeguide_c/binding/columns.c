#include "columns.h"

#include "arguments.h"
#include "base/rg_alloc.h"

#include <string.h>

/* True for the format of a native int32, whether its byte order is implied or spelled out. */
static bool is_int32(const Py_buffer *view)
{
    const char *format = view->format ? view->format : "B";
    if (format[0] == '@' || format[0] == '=' || format[0] == (PY_LITTLE_ENDIAN ? '<' : '>'))
        format++;
    return view->itemsize == 4 && (format[0] == 'i' || format[0] == 'l') && format[1] == '\0';
}

/* Takes the items where they are, or a copy where int32 may not lie. */
static int take_items(coordinates *out)
{
    size_t count = (size_t)out->view.shape[0];
    out->count = out->view.shape[0];
    out->items = out->view.buf;
    if ((uintptr_t)out->view.buf % _Alignof(int32_t) == 0)
        return 0;
    out->copied = rg_alloc(count, sizeof *out->copied);
    if (!out->copied) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(out->copied, out->view.buf, count * sizeof *out->copied);
    out->items = out->copied;
    return 0;
}

static int borrow_buffer(PyObject *argument, const char *name, coordinates *out)
{
    /* Asking for strides leaves it to us to refuse them, in our words; whatever else the owner of
     * the buffer raises is the caller's to see. */
    if (PyObject_GetBuffer(argument, &out->view, PyBUF_FORMAT | PyBUF_STRIDES) < 0)
        return -1;
    if (!is_int32(&out->view) || out->view.ndim != 1)
        PyErr_Format(PyExc_TypeError,
                     "%s: expected a one-dimensional buffer of 32-bit signed integers, not "
                     "format '%s' in %d dimensions",
                     name, out->view.format ? out->view.format : "B", out->view.ndim);
    else if (!PyBuffer_IsContiguous(&out->view, 'C'))
        PyErr_Format(PyExc_ValueError, "%s: the buffer must be C-contiguous", name);
    else
        return take_items(out);
    return -1;
}

/* As int32_from, for the item at a position, which a refusal names. What the item's own __index__
 * raises stays as it is. */
static int item_from(PyObject *item, const char *name, Py_ssize_t position, int32_t *value)
{
    if (!PyIndex_Check(item)) {
        PyErr_Format(PyExc_TypeError, "%s[%zd]: expected an int, not %.200s", name, position,
                     Py_TYPE(item)->tp_name);
        return -1;
    }
    PyObject *number = PyNumber_Index(item);
    if (!number)
        return -1;
    int failed = int32_from(number, name, value);
    Py_DECREF(number);
    if (failed)
        PyErr_Format(PyExc_OverflowError, "%s[%zd]: coordinate does not fit in 32 bits", name,
                     position);
    return failed;
}

static int copy_sequence(PyObject *argument, const char *name, coordinates *out)
{
    char refusal[200];
    PyOS_snprintf(refusal, sizeof refusal, "%s: expected a buffer or a sequence of int, not %.100s",
                  name, Py_TYPE(argument)->tp_name);
    PyObject *sequence = PySequence_Fast(argument, refusal);
    if (!sequence)
        return -1;
    Py_ssize_t count = PySequence_Fast_GET_SIZE(sequence);
    int32_t *copied = rg_alloc((size_t)count, sizeof *copied);
    if (!copied) {
        PyErr_NoMemory();
        goto fail;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        /* An item's __index__ is the caller's code, which may shorten the caller's list. */
        if (i >= PySequence_Fast_GET_SIZE(sequence)) {
            PyErr_Format(PyExc_ValueError, "%s: changed while it was read", name);
            goto fail;
        }
        PyObject *item = Py_NewRef(PySequence_Fast_GET_ITEM(sequence, i));
        int failed = item_from(item, name, i, &copied[i]);
        Py_DECREF(item);
        if (failed)
            goto fail;
    }
    Py_DECREF(sequence);
    out->copied = copied;
    out->items = copied;
    out->count = count;
    return 0;

fail:
    rg_free(copied);
    Py_DECREF(sequence);
    return -1;
}

int coordinates_from(PyObject *argument, const char *name, coordinates *out)
{
    *out = (coordinates){0};
    if (PyObject_CheckBuffer(argument))
        return borrow_buffer(argument, name, out);
    return copy_sequence(argument, name, out);
}

void coordinates_release(coordinates *values)
{
    if (values->view.obj)
        PyBuffer_Release(&values->view);
    rg_free(values->copied);
    *values = (coordinates){0};
}

int coordinate_pair_from(PyObject *const *lats_then_lons, coordinates *lats, coordinates *lons)
{
    if (coordinates_from(lats_then_lons[0], "lats_e7", lats) < 0 ||
        coordinates_from(lats_then_lons[1], "lons_e7", lons) < 0)
        return -1;
    return same_length("lats_e7", lats->count, "lons_e7", lons->count);
}
