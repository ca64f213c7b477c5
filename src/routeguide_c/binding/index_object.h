/* index_object: a FeatureIndex as the files that make one or implement its methods see it. */
#ifndef INDEX_OBJECT_H
#define INDEX_OBJECT_H

#include "binding.h"

#include "rg_index.h"

typedef struct index_object {
    PyObject_HEAD
    rg_index *index;     /* owned; never NULL in an object that Python can see */
    PyObject *opened_by; /* owned: the arguments of `open`, with an absolute path; or NULL */
    PyObject *weakrefs;  /* kept by CPython */
} index_object;

/* The index within a FeatureIndex, which the caller keeps alive. */
static inline const rg_index *index_of(PyObject *object)
{
    return ((index_object *)object)->index;
}

/* A FeatureIndex of this type around the index, which it takes over, on failure too. */
PyObject *feature_index_take(PyTypeObject *type, rg_index *index);

/* A FeatureIndex around a new index of the store, which it takes over, on failure too. */
PyObject *feature_index_build(PyTypeObject *type, rg_store *store);

/* Slots of the type. */
PyObject *FeatureIndex_new(PyTypeObject *type, PyObject *args, PyObject *kwargs);
void FeatureIndex_dealloc(PyObject *object);

/* A class method. */
PyObject *FeatureIndex_from_degrees(PyObject *type, PyObject *args, PyObject *kwargs);

#endif
