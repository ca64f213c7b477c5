#include "binding.h"

#include "rg_alloc.h"

bool wrong_argument_count(const char *function, Py_ssize_t got, Py_ssize_t wanted)
{
    PyErr_Format(PyExc_TypeError, "%s() takes %zd positional arguments but %zd were given",
                 function, wanted, got);
    return false;
}

int coordinate_overflows(void)
{
    PyErr_SetString(PyExc_OverflowError, "coordinate does not fit in 32 bits");
    return -1;
}

/* Puts the argument's name and the item's position in front of the exception's own words. */
static void name_item(const char *name, Py_ssize_t position)
{
    PyObject *type, *error, *traceback;
    PyErr_Fetch(&type, &error, &traceback);
    PyErr_Format(type, "%s[%zd]: %S", name, position, error);
    Py_XDECREF(type);
    Py_XDECREF(error);
    Py_XDECREF(traceback);
}

static int borrow_buffer(PyObject *argument, const char *name, coordinates *out)
{
    if (PyObject_GetBuffer(argument, &out->view, PyBUF_FORMAT | PyBUF_ND) < 0) {
        PyErr_Clear();
        PyErr_Format(PyExc_ValueError, "%s: the buffer must be C-contiguous", name);
        return -1;
    }
    const char *format = out->view.format ? out->view.format : "B";
    if (format[0] == '@' || format[0] == '=')
        format++;
    bool is_int32 = out->view.itemsize == 4 && (format[0] == 'i' || format[0] == 'l');
    if (!is_int32 || format[1] != '\0' || out->view.ndim != 1) {
        PyErr_Format(PyExc_TypeError,
                     "%s: expected a one-dimensional buffer of 32-bit signed integers, not "
                     "format '%s' in %d dimensions",
                     name, out->view.format ? out->view.format : "B", out->view.ndim);
        PyBuffer_Release(&out->view);
        return -1;
    }
    out->items = out->view.buf;
    out->count = out->view.shape[0];
    return 0;
}

static int copy_sequence(PyObject *argument, const char *name, coordinates *out)
{
    PyObject *sequence = PySequence_Fast(argument, "expected a buffer or a sequence of int");
    if (!sequence) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_Format(PyExc_TypeError, "%s: expected a buffer or a sequence of int, not %.200s",
                         name, Py_TYPE(argument)->tp_name);
        return -1;
    }
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
        int failed = int32_from(item, &copied[i]);
        Py_DECREF(item);
        if (failed) {
            name_item(name, i);
            goto fail;
        }
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

int same_length(const char *name, Py_ssize_t count, const char *other, Py_ssize_t other_count)
{
    if (count == other_count)
        return 0;
    PyErr_Format(PyExc_ValueError, "%s and %s differ in length: %zd and %zd", name, other, count,
                 other_count);
    return -1;
}

int coordinate_pair_from(PyObject *const *lats_then_lons, coordinates *lats, coordinates *lons)
{
    if (coordinates_from(lats_then_lons[0], "latitudes", lats) < 0 ||
        coordinates_from(lats_then_lons[1], "longitudes", lons) < 0)
        return -1;
    return same_length("latitudes", lats->count, "longitudes", lons->count);
}
