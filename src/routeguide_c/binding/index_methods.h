/* index_methods: the methods of FeatureIndex that are not in feature_index.c, for its tables of
 * methods. */
#ifndef INDEX_METHODS_H
#define INDEX_METHODS_H

#include "binding.h"

/* snapshot.c */
PyObject *FeatureIndex_save(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *FeatureIndex_open(PyObject *type, PyObject *args, PyObject *kwargs);
PyObject *FeatureIndex_metadata(PyObject *self, void *closure);
PyObject *FeatureIndex_sections(PyObject *self, void *closure);

/* pickling.c */
PyObject *FeatureIndex_reduce(PyObject *self, PyObject *unused);
PyObject *FeatureIndex_copy(PyObject *self, PyObject *unused);

/* nearby.c */
PyObject *FeatureIndex_nearest(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                               PyObject *names);
PyObject *FeatureIndex_within(PyObject *self, PyObject *const *args, Py_ssize_t nargs);
PyObject *FeatureIndex_query_box(PyObject *self, PyObject *const *args, Py_ssize_t nargs);

/* along.c */
PyObject *FeatureIndex_along(PyObject *self, PyObject *const *args, Py_ssize_t nargs);

/* page.c */
PyObject *FeatureIndex_encode_lookups(PyObject *self, PyObject *argument);
PyObject *FeatureIndex_encode_page(PyObject *self, PyObject *const *args, Py_ssize_t nargs);
PyObject *FeatureIndex_encode_nearby_page(PyObject *self, PyObject *const *args, Py_ssize_t nargs);
PyObject *FeatureIndex_encode_route_page(PyObject *self, PyObject *const *args, Py_ssize_t nargs);
PyObject *FeatureIndex_named(PyObject *self, PyObject *argument);
PyObject *FeatureIndex_page_bytes(PyObject *self, PyObject *const *args, Py_ssize_t nargs);

#endif
