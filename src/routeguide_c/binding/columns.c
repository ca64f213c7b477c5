#include "columns.h"

#include "arguments.h"
#include "arrow_columns.h"
#include "attributes.h"
#include "base/rg_alloc.h"
#include "geo/rg_degrees.h"

#include <math.h>
#include <string.h>

static int make_room(number_column *out, Py_ssize_t count, column_target target)
{
    out->copied = rg_alloc((size_t)count, target_size(target));
    if (!out->copied) {
        PyErr_NoMemory();
        return -1;
    }
    out->items = out->copied;
    out->count = count;
    return 0;
}

static int read_sequence(PyObject *argument, const char *name, column_target target,
                         number_column *out)
{
    PyObject *sequence = PySequence_Fast(argument, "a column has to be iterable");
    if (!sequence)
        return PyErr_ExceptionMatches(PyExc_TypeError) && !Py_TYPE(argument)->tp_iter &&
                       !PySequence_Check(argument)
                   ? not_a_column(argument, target, name, NULL)
                   : -1;
    Py_ssize_t count = PySequence_Fast_GET_SIZE(sequence), i = 0;
    int failed = make_room(out, count, target);
    for (; !failed && i < count; i++) {
        /* An item's methods are the caller's code, which may shorten the caller's list. */
        if (i >= PySequence_Fast_GET_SIZE(sequence)) {
            PyErr_Format(PyExc_ValueError, "%s changed while it was read", name);
            failed = -1;
            break;
        }
        PyObject *item = Py_NewRef(PySequence_Fast_GET_ITEM(sequence, i));
        failed =
            item_read(item, target, (char *)out->copied + (size_t)i * target_size(target), name, i);
        Py_DECREF(item);
    }
    Py_DECREF(sequence);
    return failed;
}

/* Gets the argument's buffer. Raises TypeError if it has none, as numpy's arrays of dates; a
 * memoryview's ValueError, that it was released, is passed on. */
static int view_from(PyObject *argument, const char *name, column_target target, Py_buffer *view)
{
    if (PyObject_GetBuffer(argument, view, PyBUF_FORMAT | PyBUF_STRIDES) == 0)
        return 0;
    if (!PyMemoryView_Check(argument) && PyErr_ExceptionMatches(PyExc_ValueError)) {
        PyObject *type, *reason, *traceback;
        PyErr_Fetch(&type, &reason, &traceback);
        not_a_column(argument, target, name, reason);
        Py_XDECREF(traceback);
        Py_XDECREF(reason);
        Py_DECREF(type);
    }
    return -1;
}

/* Refuses numpy's masked arrays, whose buffers show masked numbers too. */
static int check_unmasked(PyObject *argument, const char *name)
{
    if (!PyType_HasFeature(Py_TYPE(argument), Py_TPFLAGS_HEAPTYPE))
        return 0;
    PyObject *mask = optional_attribute_of(argument, "mask");
    if (mask)
        PyErr_Format(PyExc_TypeError, "%s: masked arrays are not read; pass x.filled(...)", name);
    Py_XDECREF(mask);
    return PyErr_Occurred() ? -1 : 0;
}

/* Reads the buffer in `out->view`, which is the argument's. */
static int read_buffer(PyObject *argument, const char *name, column_target target,
                       number_column *out)
{
    const Py_buffer *view = &out->view;
    if (check_unmasked(argument, name) < 0)
        return -1;
    if (view->ndim != 1) {
        PyErr_Format(PyExc_TypeError, "%s: expected one dimension, not %d", name, view->ndim);
        return -1;
    }
    run numbers = {
        .first = view->buf,
        .count = view->shape[0],
        .stride = view->strides ? view->strides[0] : view->itemsize, /* ctypes leaves them out */
    };
    if (!number_type_from(view->format, view->itemsize, &numbers.type)) {
        if (view->format && strcmp(view->format, "O") == 0)
            return read_sequence(argument, name, target, out);
        PyErr_Format(PyExc_TypeError, "%s: expected numbers, not items of format '%s'", name,
                     view->format);
        return -1;
    }
    if (run_is_ready(&numbers, target)) {
        out->items = numbers.first;
        out->count = numbers.count;
        return 0;
    }
    if (make_room(out, numbers.count, target) < 0)
        return -1;
    return run_read(&numbers, target, out->copied, name, 0);
}

static int read_arrow(arrow_column *found, const char *name, column_target target,
                      number_column *out)
{
    if (make_room(out, found->count, target) < 0)
        return -1;
    return arrow_column_read(found, target, out->copied, name);
}

/* Reads what `__array__` returns; 1 if the argument has no such method or it returns no buffer. */
static int read_array(PyObject *argument, const char *name, column_target target,
                      number_column *out)
{
    PyObject *method = optional_attribute_of(argument, "__array__");
    if (!method)
        return PyErr_Occurred() ? -1 : 1;
    PyObject *array = PyObject_CallNoArgs(method);
    Py_DECREF(method);
    if (!array)
        return -1;
    int result = 1;
    if (PyObject_CheckBuffer(array))
        result = view_from(array, name, target, &out->view) < 0
                     ? -1
                     : read_buffer(array, name, target, out);
    Py_DECREF(array);
    return result;
}

int column_from(PyObject *argument, const char *name, column_target target, number_column *out)
{
    if (PyList_CheckExact(argument) || PyTuple_CheckExact(argument))
        return read_sequence(argument, name, target, out);
    if (is_never_a_column(argument))
        return not_a_column(argument, target, name, NULL);
    if (PyObject_CheckBuffer(argument)) {
        if (view_from(argument, name, target, &out->view) < 0)
            return -1;
        return read_buffer(argument, name, target, out);
    }
    arrow_column found = {0};
    int result = arrow_column_from(argument, name, false, &found);
    if (result > 0)
        result = read_arrow(&found, name, target, out);
    else if (result == 0)
        result = 1;
    arrow_column_release(&found);
    if (result > 0)
        result = read_array(argument, name, target, out);
    return result > 0 ? read_sequence(argument, name, target, out) : result;
}

void column_release(number_column *values)
{
    if (values->view.obj)
        PyBuffer_Release(&values->view);
    rg_free(values->copied);
    *values = (number_column){0};
}

int coordinates_from(PyObject *argument, const char *name, coordinates *out)
{
    if (column_from(argument, name, TARGET_E7, &out->column) < 0)
        return -1;
    out->items = out->column.items;
    out->count = out->column.count;
    return 0;
}

/* Numbers that are too large for degrees may be E7. */
enum { MORE_THAN_DEGREES = 1000 };

static void raise_outside(const char *name, const number_column *degrees, size_t wrong, int least,
                          int most)
{
    double value;
    memcpy(&value, (const char *)degrees->items + wrong * sizeof value, sizeof value);
    if (isnan(value)) {
        PyErr_Format(PyExc_ValueError, "%s[%zu] is missing", name, wrong);
        return;
    }
    PyObject *number = PyFloat_FromDouble(value);
    if (number)
        PyErr_Format(PyExc_ValueError, "%s[%zu]: %S is not between %d and %d%s", name, wrong,
                     number, least, most,
                     fabs(value) > MORE_THAN_DEGREES ? "; FeatureIndex takes E7 integers" : "");
    Py_XDECREF(number);
}

int coordinates_from_degrees(PyObject *argument, const char *name, int least, int most,
                             coordinates *out)
{
    number_column degrees = {0};
    int result = column_from(argument, name, TARGET_DEGREES, &degrees);
    if (result == 0)
        result = make_room(&out->column, degrees.count, TARGET_E7);
    if (result == 0) {
        bool all_inside;
        size_t wrong = 0;
        Py_BEGIN_ALLOW_THREADS
        all_inside = rg_degrees_to_e7(out->column.copied, degrees.items, (size_t)degrees.count,
                                      least, most, &wrong);
        Py_END_ALLOW_THREADS
        out->items = out->column.items;
        out->count = out->column.count;
        if (!all_inside) {
            raise_outside(name, &degrees, wrong, least, most);
            result = -1;
        }
    }
    column_release(&degrees);
    return result;
}

void coordinates_release(coordinates *values)
{
    column_release(&values->column);
    *values = (coordinates){0};
}

int coordinate_pair_from(PyObject *const *lats_then_lons, coordinates *lats, coordinates *lons)
{
    if (coordinates_from(lats_then_lons[0], "lats_e7", lats) < 0 ||
        coordinates_from(lats_then_lons[1], "lons_e7", lons) < 0)
        return -1;
    return same_length("lats_e7", lats->count, "lons_e7", lons->count);
}

/* True if all of the E7 coordinates would be on Earth as degrees, and some are not 0. */
static bool all_are_like_degrees(const coordinates *lats, const coordinates *lons)
{
    int32_t any = 0;
    for (Py_ssize_t i = 0; i < lats->count; i++) {
        rg_point point = {lats->items[i], lons->items[i]};
        if (!is_like_degrees(point))
            return false;
        any |= point.lat_e7 | point.lon_e7;
    }
    return any != 0;
}

int e7_pair_from(const module_state *state, PyObject *const *lats_then_lons, const char *way_out,
                 coordinates *lats, coordinates *lons)
{
    if (coordinate_pair_from(lats_then_lons, lats, lons) < 0)
        return -1;
    return all_are_like_degrees(lats, lons) ? warn_of_degrees(state, way_out) : 0;
}

int degrees_pair_from(PyObject *const *lats_then_lons, coordinates *lats, coordinates *lons)
{
    if (coordinates_from_degrees(lats_then_lons[0], "latitudes", -90, 90, lats) < 0 ||
        coordinates_from_degrees(lats_then_lons[1], "longitudes", -180, 180, lons) < 0)
        return -1;
    return same_length("latitudes", lats->count, "longitudes", lons->count);
}
