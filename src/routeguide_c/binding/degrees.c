/* def e7_from_latitudes(degrees): ...
 * def e7_from_longitudes(degrees, *, wrap=False): ...
 * def count_byte(data, byte): ...
 */
#include "arguments.h"
#include "base/rg_bytes.h"
#include "functions.h"
#include "geo/rg_degrees.h"
#include "numbers.h"
#include "vector.h"

#include <string.h>

static void raise_outside(const char *name, const numbers *degrees, size_t wrong, int least,
                          int most)
{
    double value;
    memcpy(&value, (const char *)degrees->items + wrong * sizeof value, sizeof value);
    PyObject *number = PyFloat_FromDouble(value);
    if (number)
        PyErr_Format(PyExc_ValueError, "%s: %S at position %zu is not between %d and %d", name,
                     number, wrong, least, most);
    Py_XDECREF(number);
}

/* `name` is the argument's, for messages. */
static PyObject *converted(module_state *state, PyObject *argument, const char *name, int least,
                           int most)
{
    numbers degrees = {0};
    void *items_e7;
    PyObject *result = NULL;
    if (numbers_from(state, argument, name, NUMBERS_DOUBLES, &degrees) == 0)
        result = vector_new(&items_e7, state, VECTOR_INT32, degrees.count);
    if (result) {
        bool all_inside;
        size_t wrong = 0;
        Py_BEGIN_ALLOW_THREADS
        all_inside =
            rg_degrees_to_e7(items_e7, degrees.items, (size_t)degrees.count, least, most, &wrong);
        Py_END_ALLOW_THREADS
        if (!all_inside) {
            Py_CLEAR(result);
            raise_outside(name, &degrees, wrong, least, most);
        }
    }
    numbers_release(&degrees);
    return result;
}

PyObject *e7_from_latitudes(PyObject *module, PyObject *degrees)
{
    return converted(PyModule_GetState(module), degrees, "latitudes", -90, 90);
}

PyObject *e7_from_longitudes(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"", "wrap", NULL};
    PyObject *degrees;
    int wrap = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|$p:e7_from_longitudes", names, &degrees,
                                     &wrap))
        return NULL;
    return converted(PyModule_GetState(module), degrees, "longitudes", -180, wrap ? 360 : 180);
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
