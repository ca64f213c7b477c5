/* arrow: numbers and names as Apache Arrow arrays, through its C data interface and the PyCapsules
 * that Python libraries exchange them in.
 *
 * Ownership: an array keeps alive the Python object whose memory it shows, until its consumer
 * releases it.
 * Threads: a consumer may release an array, and read a stream, in any thread, with or without the
 * interpreter's lock.
 * Source: https://arrow.apache.org/docs/format/CDataInterface.html
 */
#ifndef ARROW_H
#define ARROW_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdint.h>

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

/* arrow_arrays.c */

/* A reference to a Python object that can be shared and dropped without the interpreter's lock. */
typedef struct arrow_keeper arrow_keeper;

/* Returns a keeper with one holder, NULL with an exception. */
arrow_keeper *arrow_keeper_new(PyObject *kept);
void arrow_keeper_hold(arrow_keeper *keeper);
void arrow_keeper_drop(arrow_keeper *keeper);

/* Initialises a column of `count` numbers at `items`, memory that lives as long as what the keeper
 * keeps. 0 or ENOMEM. */
int arrow_column_init(struct ArrowArray *out, arrow_keeper *keeper, const void *items,
                      int64_t count);

/* Initialises the schema of a column without nulls. Both texts are constants. */
void arrow_schema_init(struct ArrowSchema *out, const char *format, const char *name);

/* Returns a capsule with the schema of a column of this format, a constant. */
PyObject *arrow_schema_capsule(const char *format);

/* Returns a capsule with the column of `count` numbers at `items`, memory that lives as long as
 * `owner`. */
PyObject *arrow_array_capsule(PyObject *owner, const void *items, Py_ssize_t count);

/* Returns a capsule with the stream, which it takes over, on failure too. */
PyObject *arrow_stream_capsule(struct ArrowArrayStream stream);

#endif
