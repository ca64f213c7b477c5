#include "parameters.h"

static bool wrong_count(const parameters *accepted, Py_ssize_t nargs)
{
    if (accepted->required == accepted->count)
        PyErr_Format(PyExc_TypeError, "%s() takes %zd positional arguments but %zd were given",
                     accepted->function, accepted->count, nargs);
    else
        PyErr_Format(PyExc_TypeError, "%s() takes from %zd to %zd arguments but %zd were given",
                     accepted->function, accepted->required, accepted->count, nargs);
    return false;
}

static Py_ssize_t position_of(const parameters *accepted, PyObject *name)
{
    Py_ssize_t i = 0;
    while (i < accepted->count && PyUnicode_CompareWithASCIIString(name, accepted->names[i]) != 0)
        i++;
    return i;
}

bool arguments_bound_slowly(const parameters *accepted, PyObject *const **args, Py_ssize_t nargs,
                            PyObject *names, PyObject **room)
{
    Py_ssize_t named = names ? PyTuple_GET_SIZE(names) : 0;
    if (nargs > accepted->count || (!named && nargs < accepted->required))
        return wrong_count(accepted, nargs);
    for (Py_ssize_t i = 0; i < accepted->count; i++)
        room[i] = i < nargs ? (*args)[i] : NULL;
    for (Py_ssize_t i = 0; i < named; i++) {
        PyObject *name = PyTuple_GET_ITEM(names, i);
        Py_ssize_t position = position_of(accepted, name);
        if (position == accepted->count) {
            PyErr_Format(PyExc_TypeError, "%s() got an unexpected keyword argument '%U'",
                         accepted->function, name);
            return false;
        }
        if (room[position]) {
            PyErr_Format(PyExc_TypeError, "%s() got multiple values for argument '%U'",
                         accepted->function, name);
            return false;
        }
        room[position] = (*args)[nargs + i];
    }
    for (Py_ssize_t i = 0; i < accepted->required; i++)
        if (!room[i]) {
            PyErr_Format(PyExc_TypeError, "%s() missing required argument '%s'", accepted->function,
                         accepted->names[i]);
            return false;
        }
    *args = room;
    return true;
}
