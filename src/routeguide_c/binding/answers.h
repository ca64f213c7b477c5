/* answers: the named tuples of ../answers.py, which queries answer with.
 *
 * The classes are made in Python, where they cost ten lines each and have _asdict, pickling and
 * field docstrings; instances are made here.
 */
#ifndef ANSWERS_H
#define ANSWERS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>

typedef enum answer_kind {
    ANSWER_FEATURE,
    ANSWER_LOCATION,
    ANSWER_LOCATIONS,
    ANSWER_BOUNDS,
    ANSWER_NEAREST,
    ANSWER_ALONG,
    ANSWER_DEGREES_LOCATION,
    ANSWER_DEGREES_LOCATIONS,
    ANSWER_DEGREES_BOUNDS,
    ANSWER_KINDS
} answer_kind;

/* A part of the module's state, zeroed before it is loaded. */
typedef struct answer_types {
    PyTypeObject *of[ANSWER_KINDS];
} answer_types;

/* Imports the classes. 0, or -1 with an exception. */
int answer_types_load(answer_types *types);
int answer_types_traverse(answer_types *types, visitproc visit, void *arg);
void answer_types_clear(answer_types *types);

/* Returns an answer of `count` items, as many as it has fields, which it takes over, on failure
 * too. NULL if one of them is NULL, whose maker has set the exception. */
PyObject *answer_new(const answer_types *types, answer_kind kind, Py_ssize_t count,
                     PyObject *const *items);

#endif
