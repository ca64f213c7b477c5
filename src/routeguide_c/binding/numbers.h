/* numbers: columns of numbers that are not coordinates. */
#ifndef NUMBERS_H
#define NUMBERS_H

#include "binding.h"

typedef enum numbers_kind {
    NUMBERS_IDS,     /* uint32_t; a signed buffer's negative numbers are of no feature */
    NUMBERS_DOUBLES, /* double */
    NUMBERS_OFFSETS, /* int32_t or int64_t */
    NUMBERS_BYTES,   /* uint8_t */
    NUMBERS_SIGNS,   /* int8_t once kept, whatever the buffer's width */
} numbers_kind;

typedef struct numbers {
    const void *items;
    Py_ssize_t count; /* of the whole buffer */
    numbers_kind kind;
    bool is_fixed; /* a vector's: nobody changes them, and they are aligned */
    Py_buffer view;
    void *copied; /* owns the copy, if there is one */
} numbers;

/* `name` is a parameter's, for messages. A struct starts zeroed and is released, on failure
 * too. */
int numbers_from(module_state *state, PyObject *argument, const char *name, numbers_kind kind,
                 numbers *out);

/* Makes `items` those from start to stop, which are within its count, where nobody changes them:
 * copied unless they are a vector's. Does nothing for a struct that is still zeroed. */
int numbers_keep(numbers *values, Py_ssize_t start, Py_ssize_t stop);

void numbers_release(numbers *values);

#endif
