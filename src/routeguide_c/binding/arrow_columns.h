/* arrow_columns: columns that a caller passes as an Arrow array or a stream of them, through the
 * PyCapsules of `__arrow_c_array__` and `__arrow_c_stream__`.
 *
 * Ownership: a column holds the capsules, and the arrays of a stream, until it is released.
 * Trust: lengths, offsets, indexes and formats are checked before they are used. The interface does
 * not say how long a buffer is: that of offsets and values is as long as the array says.
 * Source: https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html
 */
#ifndef ARROW_COLUMNS_H
#define ARROW_COLUMNS_H

#include "arrow_abi.h"
#include "runs.h"

typedef enum arrow_kind {
    ARROW_NOTHING, /* every item is missing, and the type of the others not known */
    ARROW_NUMBERS,
    ARROW_UTF8,
    ARROW_LARGE_UTF8,
    ARROW_UTF8_VIEW,
    ARROW_OTHER,
} arrow_kind;

typedef struct arrow_column {
    PyObject *capsules; /* owned: what the method returned */
    struct ArrowArray *chunks;
    size_t chunk_count, room; /* room: of `chunks`, in chunks; 0 if they are one capsule's */
    Py_ssize_t count;         /* of all items */
    arrow_kind kind;          /* of the items, or of the dictionary's items */
    bool has_dictionary;
    number_type type;    /* of numbers, or of the dictionary's indexes */
    size_t chunk;        /* that the last text was in */
    Py_ssize_t chunk_at; /* position of its first item */
} arrow_column;

/* 1 if the argument gave a column of numbers, of texts if `texts`, or of nothing; 0 if it has
 * another type or no such method; -1 with an exception if what it gave is malformed. A struct
 * starts zeroed and is released in every case. */
int arrow_column_from(PyObject *argument, const char *name, bool texts, arrow_column *out);

/* Writes all numbers to `out`, as run_read does. */
int arrow_column_read(const arrow_column *column, column_target target, void *out,
                      const char *name);

typedef enum arrow_text { ARROW_TEXT, ARROW_TEXT_MISSING, ARROW_TEXT_MALFORMED } arrow_text;

/* The bytes of the text at a position below the count; they are not checked to be UTF-8. Cheap if
 * positions ascend. */
arrow_text arrow_column_text(arrow_column *column, Py_ssize_t position, const char **data,
                             Py_ssize_t *size);

void arrow_column_release(arrow_column *column);

#endif
