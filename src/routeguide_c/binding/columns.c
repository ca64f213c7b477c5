/* def e7_from_degrees(degrees, least, most): ...
 * def count_byte(data, byte): ...
 */
#include "binding.h"

#include "rg_bytes.h"
#include "rg_degrees.h"

#include <string.h>

static int bounds_from(PyObject *const *args, double *least, double *most)
{
    *least = PyFloat_AsDouble(args[0]);
    if (*least == -1 && PyErr_Occurred())
        return -1;
    *most = PyFloat_AsDouble(args[1]);
    if (*most == -1 && PyErr_Occurred())
        return -1;
    if (-180 <= *least && *least <= *most && *most <= 360)
        return 0;
    PyErr_Format(PyExc_ValueError, "expected -180 <= least <= most <= 360, not %S and %S", args[0],
                 args[1]);
    return -1;
}

static void raise_outside(const numbers *degrees, size_t wrong, PyObject *const *bounds)
{
    double value;
    memcpy(&value, (const char *)degrees->items + wrong * sizeof value, sizeof value);
    PyObject *number = PyFloat_FromDouble(value);
    if (number)
        PyErr_Format(PyExc_ValueError, "degrees: %S at position %zu is not between %S and %S",
                     number, wrong, bounds[0], bounds[1]);
    Py_XDECREF(number);
}

PyObject *e7_from_degrees(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    module_state *state = PyModule_GetState(module);
    numbers degrees = {0};
    double least, most;
    void *items_e7;
    PyObject *result = NULL;
    if (!has_arguments("e7_from_degrees", nargs, 3) || bounds_from(args + 1, &least, &most) < 0)
        return NULL;
    if (numbers_from(state, args[0], "degrees", NUMBERS_DOUBLES, &degrees) == 0)
        result = vector_new(&items_e7, state, VECTOR_INT32, degrees.count);
    if (result) {
        bool converted;
        size_t wrong = 0;
        Py_BEGIN_ALLOW_THREADS
        converted =
            rg_degrees_to_e7(items_e7, degrees.items, (size_t)degrees.count, least, most, &wrong);
        Py_END_ALLOW_THREADS
        if (!converted) {
            Py_CLEAR(result);
            raise_outside(&degrees, wrong, args + 1);
        }
    }
    numbers_release(&degrees);
    return result;
}

PyObject *count_byte(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    numbers data = {0};
    PyObject *result = NULL;
    if (!has_arguments("count_byte", nargs, 2))
        return NULL;
    int overflow = 0;
    long byte = PyLong_AsLongAndOverflow(args[1], &overflow);
    if (byte == -1 && PyErr_Occurred())
        return NULL;
    if (overflow || byte < 0 || byte > UINT8_MAX)
        return PyErr_Format(PyExc_ValueError, "byte: expected 0 to 255, not %S", args[1]);
    if (numbers_from(PyModule_GetState(module), args[0], "data", NUMBERS_BYTES, &data) == 0) {
        size_t count;
        Py_BEGIN_ALLOW_THREADS
        count = rg_bytes_count(data.items, (size_t)data.count, (uint8_t)byte);
        Py_END_ALLOW_THREADS
        result = PyLong_FromSize_t(count);
    }
    numbers_release(&data);
    return result;
}
