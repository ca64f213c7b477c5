/* answers: the named tuples of ../answers.py, which queries answer with.
 *
 * The classes are made in Python, where they cost ten lines each and have _asdict, _replace and
 * typing; instances are made here. They are freed as those of any class are: a tp_dealloc of our
 * own would save 15 ns of 100 for a location, but ignore a finalizer that Python code gives a
 * class.
 */
#ifndef ANSWERS_H
#define ANSWERS_H

#include "binding.h"

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

typedef struct answer_types {
    PyTypeObject *of[ANSWER_KINDS];
} answer_types;

/* Imports the classes. NULL with an exception. */
answer_types *answer_types_load(void);

/* Both accept NULL. */
int answer_types_traverse(answer_types *types, visitproc visit, void *arg);
void answer_types_free(answer_types *types);

/* Returns an answer of `count` items, as many as it has fields, which it takes over, on failure
 * too. NULL if one of them is NULL, whose maker has set the exception. */
PyObject *answer_new(const answer_types *types, answer_kind kind, Py_ssize_t count,
                     PyObject *const *items);

#endif
