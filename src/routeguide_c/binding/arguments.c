#include "arguments.h"

bool wrong_argument_count(const char *function, Py_ssize_t got, Py_ssize_t wanted)
{
    PyErr_Format(PyExc_TypeError, "%s() takes %zd positional arguments but %zd were given",
                 function, wanted, got);
    return false;
}

int int32_from_slowly(PyObject *argument, const char *name, int32_t *value)
{
    if (!PyIndex_Check(argument)) {
        PyErr_Format(PyExc_TypeError, "%s: expected an integer, degrees times 10,000,000, not %R",
                     name, argument);
        return -1;
    }
    int overflow = 0;
    long number = PyLong_AsLongAndOverflow(argument, &overflow);
    if (number == -1 && PyErr_Occurred())
        return -1;
    *value = (int32_t)number;
    if (!overflow && number >= INT32_MIN && number <= INT32_MAX)
        return 0;
    PyErr_Format(PyExc_OverflowError, "%s: %S does not fit in 32 bits", name, argument);
    return -1;
}

int distance_from(PyObject *argument, const char *name, double *distance_m)
{
    PyNumberMethods *methods = Py_TYPE(argument)->tp_as_number;
    if (!PyIndex_Check(argument) && !(methods && methods->nb_float)) {
        PyErr_Format(PyExc_TypeError, "%s must be a number, not %.200s", name,
                     Py_TYPE(argument)->tp_name);
        return -1;
    }
    *distance_m = PyFloat_AsDouble(argument);
    if (*distance_m == -1 && PyErr_Occurred())
        return -1;
    if (*distance_m >= 0)
        return 0;
    PyErr_Format(PyExc_ValueError, "%s must not be negative or NaN: %R", name, argument);
    return -1;
}

int count_from(PyObject *argument, const char *name, size_t *count)
{
    if (!PyIndex_Check(argument)) {
        PyErr_Format(PyExc_TypeError, "%s must be an integer, not %.200s", name,
                     Py_TYPE(argument)->tp_name);
        return -1;
    }
    Py_ssize_t number = PyNumber_AsSsize_t(argument, NULL);
    if (number == -1 && PyErr_Occurred())
        return -1;
    *count = (size_t)number;
    if (number >= 0)
        return 0;
    PyErr_Format(PyExc_ValueError, "%s must not be negative: %R", name, argument);
    return -1;
}

int same_length(const char *name, Py_ssize_t count, const char *other, Py_ssize_t other_count)
{
    if (count == other_count)
        return 0;
    PyErr_Format(PyExc_ValueError, "%s and %s differ in length: %zd and %zd", name, other, count,
                 other_count);
    return -1;
}

int warn_of_degrees(const module_state *state, const char *way_out)
{
    return PyErr_WarnFormat(state->degrees_warning, 1,
                            "all coordinates are within 0.000018 degrees of 0, 0: %s", way_out);
}
