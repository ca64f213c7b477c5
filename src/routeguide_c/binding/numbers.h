/* numbers: ids, and what callers pass beside them as buffers of one type. */
#ifndef NUMBERS_H
#define NUMBERS_H

#include "columns.h"

typedef enum numbers_kind {
    NUMBERS_IDS,     /* uint32_t, of any column of integers; negative ones are of no feature */
    NUMBERS_DOUBLES, /* double */
    NUMBERS_OFFSETS, /* int32_t or int64_t */
    NUMBERS_BYTES,   /* uint8_t */
    NUMBERS_SIGNS,   /* int8_t once kept, whatever the buffer's width */
} numbers_kind;

typedef struct numbers {
    const void *items;
    Py_ssize_t count, item_size; /* of the whole column */
    numbers_kind kind;
    bool is_fixed;        /* aligned, and not changed by others: a vector's, or a copy */
    number_column column; /* holds or owns the items */
} numbers;

/* `name` is a parameter's, for messages. A struct starts zeroed and is released, on failure
 * too. */
int numbers_from(module_state *state, PyObject *argument, const char *name, numbers_kind kind,
                 numbers *out);

/* Makes `items` those from start to stop, which are within its count, in memory that does not
 * change: copied unless they are fixed. Does nothing for a struct that is still zeroed. */
int numbers_keep(numbers *values, Py_ssize_t start, Py_ssize_t stop);

void numbers_release(numbers *values);

#endif
