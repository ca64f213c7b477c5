#include "attributes.h"

PyObject *attribute_names(void)
{
    static const char *const names[] = {"__arrow_c_array__", "__arrow_c_stream__", "__array__",
                                        "mask"};
    enum { COUNT = sizeof names / sizeof *names };
    PyObject *tuple = PyTuple_New(COUNT);
    for (Py_ssize_t i = 0; tuple && i < COUNT; i++) {
        PyObject *name = PyUnicode_InternFromString(names[i]);
        if (name)
            PyTuple_SET_ITEM(tuple, i, name);
        else
            Py_CLEAR(tuple);
    }
    return tuple;
}

PyObject *attribute_of(PyObject *object, const char *name)
{
    PyObject *interned = PyUnicode_InternFromString(name);
    PyObject *attribute = interned ? PyObject_GetAttr(object, interned) : NULL;
    Py_XDECREF(interned);
    return attribute;
}

PyObject *optional_attribute_of(PyObject *object, const char *name)
{
    PyObject *attribute = attribute_of(object, name);
    if (!attribute && PyErr_ExceptionMatches(PyExc_AttributeError))
        PyErr_Clear();
    return attribute;
}
