#include "arrow_arrays.h"

#include "base/rg_alloc.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>

struct arrow_keeper {
    atomic_size_t holders;
    PyObject *kept; /* owned */
};

/* True while this thread releases an array that no consumer took: it has the lock, and asking for
 * the lock again would block forever in a subinterpreter. */
static _Thread_local bool has_lock;

arrow_keeper *arrow_keeper_new(PyObject *kept)
{
    arrow_keeper *keeper = rg_alloc(1, sizeof *keeper);
    if (!keeper) {
        PyErr_NoMemory();
        return NULL;
    }
    atomic_init(&keeper->holders, 1);
    keeper->kept = Py_NewRef(kept);
    return keeper;
}

static void hold(arrow_keeper *keeper)
{
    atomic_fetch_add_explicit(&keeper->holders, 1, memory_order_relaxed);
}

void arrow_keeper_drop(arrow_keeper *keeper)
{
    if (atomic_fetch_sub_explicit(&keeper->holders, 1, memory_order_acq_rel) > 1)
        return;
    if (has_lock) {
        Py_DECREF(keeper->kept);
    } else if (Py_IsInitialized()) { /* or the process is about to end, and its memory with it */
        PyGILState_STATE state = PyGILState_Ensure();
        Py_DECREF(keeper->kept);
        PyGILState_Release(state);
    }
    rg_free(keeper);
}

/* --- columns --- */

typedef struct column {
    const void *buffers[2]; /* of validity, which no column has, and of items */
    arrow_keeper *keeper;
} column;

static void release_column(struct ArrowArray *array)
{
    column *self = array->private_data;
    arrow_keeper_drop(self->keeper);
    rg_free(self);
    array->release = NULL;
}

int arrow_column_init(struct ArrowArray *out, arrow_keeper *keeper, const void *items,
                      int64_t count)
{
    column *self = rg_alloc(1, sizeof *self);
    if (!self)
        return ENOMEM;
    hold(keeper);
    *self = (column){{NULL, items}, keeper};
    *out = (struct ArrowArray){
        .length = count,
        .n_buffers = 2,
        .buffers = self->buffers,
        .release = release_column,
        .private_data = self,
    };
    return 0;
}

static void release_schema(struct ArrowSchema *schema)
{
    schema->release = NULL; /* all its texts are constants */
}

void arrow_schema_init(struct ArrowSchema *out, const char *format, const char *name)
{
    *out = (struct ArrowSchema){.format = format, .name = name, .release = release_schema};
}

/* --- capsules --- */

static const char array_name[] = "arrow_array", schema_name[] = "arrow_schema",
                  stream_name[] = "arrow_array_stream";

/* A consumer moves the struct out and marks it as released; otherwise it is released here. */
#define DEFINE_FREE(function, type, name)                                                          \
    static void function(PyObject *capsule)                                                        \
    {                                                                                              \
        type *held = PyCapsule_GetPointer(capsule, name);                                          \
        has_lock = true;                                                                           \
        if (held->release)                                                                         \
            held->release(held);                                                                   \
        has_lock = false;                                                                          \
        rg_free(held);                                                                             \
    }

DEFINE_FREE(free_array, struct ArrowArray, array_name)
DEFINE_FREE(free_schema, struct ArrowSchema, schema_name)
DEFINE_FREE(free_stream, struct ArrowArrayStream, stream_name)

/* Returns room for a struct that a capsule will own, still released. */
static void *struct_new(size_t size)
{
    void *room = rg_alloc_zeroed(1, size);
    return room ? room : PyErr_NoMemory();
}

PyObject *arrow_schema_capsule(const char *format)
{
    struct ArrowSchema *schema = struct_new(sizeof *schema);
    if (!schema)
        return NULL;
    arrow_schema_init(schema, format, "");
    PyObject *capsule = PyCapsule_New(schema, schema_name, free_schema);
    if (!capsule)
        rg_free(schema);
    return capsule;
}

PyObject *arrow_array_capsule(PyObject *owner, const void *items, Py_ssize_t count)
{
    struct ArrowArray *array = struct_new(sizeof *array);
    if (!array)
        return NULL;
    PyObject *capsule = PyCapsule_New(array, array_name, free_array);
    if (!capsule) {
        rg_free(array);
        return NULL;
    }
    arrow_keeper *keeper = arrow_keeper_new(owner);
    if (!keeper) {
        Py_DECREF(capsule);
        return NULL;
    }
    if (arrow_column_init(array, keeper, items, count) != 0) {
        PyErr_NoMemory();
        Py_CLEAR(capsule);
    }
    has_lock = true;
    arrow_keeper_drop(keeper);
    has_lock = false;
    return capsule;
}

PyObject *arrow_stream_capsule(struct ArrowArrayStream stream)
{
    struct ArrowArrayStream *room = struct_new(sizeof *room);
    PyObject *capsule = room ? PyCapsule_New(room, stream_name, free_stream) : NULL;
    if (capsule) {
        *room = stream;
    } else {
        has_lock = true;
        stream.release(&stream);
        has_lock = false;
        rg_free(room);
    }
    return capsule;
}
