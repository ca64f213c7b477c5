/* binding: what every file of the extension includes. Each of them reads parse -> call -> wrap; all
 * that is worth testing without Python is in ../core.
 *
 * Ownership: as CPython's: functions that return PyObject * return a new reference, or NULL with
 * an exception set. int results are 0, or -1 with an exception set.
 */
#ifndef BINDING_H
#define BINDING_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdbool.h>

/* The module's state, one for each interpreter that imports it. module.c fills it in. */
typedef struct module_state {
    PyTypeObject *feature_index_type;
    PyTypeObject *builder_type;
    PyTypeObject *trip_type;
    PyTypeObject *vector_type;
    PyTypeObject *degrees_view_type;
    struct answer_types *answers; /* owned: see answers.h */
    PyObject *snapshot_error;
    PyObject *degrees_warning;
    PyObject *attribute_names;
} module_state;

/* The types are final, so an instance's own type always leads to the module. */
static inline module_state *state_of(PyObject *instance)
{
    return PyType_GetModuleState(Py_TYPE(instance));
}

/* Casts for a table of methods. */
#define FASTCALL(function) (PyCFunction)(void (*)(void))(function), METH_FASTCALL
#define KEYWORDS(function) (PyCFunction)(void (*)(void))(function), METH_VARARGS | METH_KEYWORDS

/* A function in a table of slots: POSIX has it be a void pointer, ISO C does not. */
#define SLOT(id, function)                                                                         \
    {                                                                                              \
        id, __extension__(void *)(function)                                                        \
    }

#endif
