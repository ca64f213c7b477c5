/* arrow_arrays: columns of the extension as Apache Arrow arrays, in the PyCapsules in which Python
 * libraries exchange them.
 *
 * Ownership: an array keeps alive the Python object whose memory it shows, until its consumer
 * releases it.
 * Threads: a consumer may release an array, and read a stream, in any thread, with or without the
 * interpreter's lock.
 * Source: https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html
 */
#ifndef ARROW_ARRAYS_H
#define ARROW_ARRAYS_H

#include "arrow_abi.h"

/* A reference to a Python object that can be shared and dropped without the interpreter's lock. */
typedef struct arrow_keeper arrow_keeper;

/* Returns a keeper with one holder, NULL with an exception. */
arrow_keeper *arrow_keeper_new(PyObject *kept);
void arrow_keeper_drop(arrow_keeper *keeper);

/* Initializes a column of `count` numbers at `items`, memory that lives as long as what the keeper
 * keeps. 0 or ENOMEM. */
int arrow_column_init(struct ArrowArray *out, arrow_keeper *keeper, const void *items,
                      int64_t count);

/* Initializes the schema of a column without nulls. Both texts are constants. */
void arrow_schema_init(struct ArrowSchema *out, const char *format, const char *name);

/* Returns a capsule with the schema of a column of this format, a constant. */
PyObject *arrow_schema_capsule(const char *format);

/* Returns a capsule with the column of `count` numbers at `items`, memory that lives as long as
 * `owner`. */
PyObject *arrow_array_capsule(PyObject *owner, const void *items, Py_ssize_t count);

/* Returns a capsule with the stream, which it takes over, on failure too. */
PyObject *arrow_stream_capsule(struct ArrowArrayStream stream);

#endif
