/* def e7_from_latitudes(latitudes): ...
 * def e7_from_longitudes(longitudes, *, wrap=False): ...
 * def count_byte(data, byte): ...
 */
#include "functions.h"

#include "base/rg_bytes.h"
#include "columns.h"
#include "numbers.h"
#include "parameters.h"
#include "vector.h"

/* A vector of the degrees as E7. `name` is the parameter's. */
static PyObject *converted(PyObject *module, PyObject *argument, const char *name, int least,
                           int most)
{
    coordinates e7 = {0};
    PyObject *result = NULL;
    if (coordinates_from_degrees(argument, name, least, most, &e7) == 0) {
        result = vector_take(PyModule_GetState(module), VECTOR_INT32, e7.count, e7.column.copied);
        e7.column.copied = NULL; /* the vector's now, or gone */
    }
    coordinates_release(&e7);
    return result;
}

PyObject *e7_from_latitudes(PyObject *module, PyObject *const *args, Py_ssize_t nargs,
                            PyObject *keywords)
{
    static const parameters accepted = {"e7_from_latitudes", 1, 1, {"latitudes"}};
    PyObject *room[1];
    if (!arguments_bound(&accepted, &args, nargs, keywords, room))
        return NULL;
    return converted(module, args[0], "latitudes", -90, 90);
}

PyObject *e7_from_longitudes(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"longitudes", "wrap", NULL};
    PyObject *degrees;
    int wrap = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|$p:e7_from_longitudes", keywords, &degrees,
                                     &wrap))
        return NULL;
    return converted(module, degrees, "longitudes", -180, wrap ? 360 : 180);
}

PyObject *count_byte(PyObject *module, PyObject *const *args, Py_ssize_t nargs, PyObject *keywords)
{
    static const parameters accepted = {"count_byte", 2, 2, {"data", "byte"}};
    PyObject *room[2];
    if (!arguments_bound(&accepted, &args, nargs, keywords, room))
        return NULL;
    int overflow = 0;
    long byte = PyLong_AsLongAndOverflow(args[1], &overflow);
    if (byte == -1 && PyErr_Occurred())
        return NULL;
    if (overflow || byte < 0 || byte > UINT8_MAX)
        return PyErr_Format(PyExc_ValueError, "byte: expected 0 to 255, not %S", args[1]);
    PyObject *result = NULL;
    numbers data = {0};
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
