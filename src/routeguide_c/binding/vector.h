/* vector: the type Vector, which answers are made of. */
#ifndef VECTOR_H
#define VECTOR_H

#include "binding.h"

#include "base/rg_ids.h"

extern PyType_Spec vector_spec;

/* What a vector's items are, by the letters of the struct module. */
typedef enum vector_format {
    VECTOR_UINT32 = 'I',
    VECTOR_INT32 = 'i',
    VECTOR_DOUBLE = 'd',
} vector_format;

/* A vector of `count` items, which the caller fills in at *items before anyone else sees them. */
PyObject *vector_new(void **items, module_state *state, vector_format format, Py_ssize_t count);

/* A vector of its own copy of the items. */
PyObject *vector_copy(module_state *state, vector_format format, Py_ssize_t count,
                      const void *items);

/* A vector that shows the items where they lie, in memory that lives as long as `owner`. */
PyObject *vector_view(module_state *state, vector_format format, Py_ssize_t count,
                      const void *items, PyObject *owner);

/* A vector of the items at `items`, from rg_alloc, whose memory it takes over, on failure too. */
PyObject *vector_take(module_state *state, vector_format format, Py_ssize_t count, void *items);

/* A vector of the ids; takes over their memory, or copies it if they are few. Clears `ids`. */
PyObject *vector_from_ids(module_state *state, rg_ids *ids);

#endif
