/* parameters: FASTCALL arguments, by position and by name.
 *
 * A call by position alone costs one comparison: its arguments are used where they are.
 */
#ifndef PARAMETERS_H
#define PARAMETERS_H

#include "binding.h"

enum { PARAMETERS_MAX = 6 };

typedef struct parameters {
    const char *function;
    Py_ssize_t required, count;
    const char *names[PARAMETERS_MAX];
} parameters;

bool arguments_bound_slowly(const parameters *accepted, PyObject *const **args, Py_ssize_t nargs,
                            PyObject *names, PyObject **room);

/* Makes `*args` as many as there are parameters, NULL for those that are left out, in `room` if
 * they are not where they are. False with TypeError set for wrong ones. */
static inline bool arguments_bound(const parameters *accepted, PyObject *const **args,
                                   Py_ssize_t nargs, PyObject *names, PyObject **room)
{
    return (nargs == accepted->count && !names) ||
           arguments_bound_slowly(accepted, args, nargs, names, room);
}

/* The declaration of a method that takes such arguments, and its entry in a table. */
#define NAMED_FASTCALL_FUNCTION(function)                                                          \
    PyObject *function(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *names)
#define NAMED_FASTCALL(function)                                                                   \
    (PyCFunction)(void (*)(void))(function), METH_FASTCALL | METH_KEYWORDS

#endif
