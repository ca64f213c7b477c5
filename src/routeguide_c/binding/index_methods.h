/* index_methods: the methods of FeatureIndex that are not in feature_index.c, for its tables of
 * methods. */
#ifndef INDEX_METHODS_H
#define INDEX_METHODS_H

#include "binding.h"
#include "parameters.h"

/* snapshot.c */
PyObject *FeatureIndex_save(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *FeatureIndex_open(PyObject *type, PyObject *args, PyObject *kwargs);
PyObject *FeatureIndex_metadata(PyObject *self, void *closure);
PyObject *FeatureIndex_sections(PyObject *self, void *closure);

/* pickling.c */
PyObject *FeatureIndex_reduce(PyObject *self, PyObject *unused);
PyObject *FeatureIndex_copy(PyObject *self, PyObject *unused);

/* e7_queries.c */
NAMED_FASTCALL_FUNCTION(FeatureIndex_find);
NAMED_FASTCALL_FUNCTION(FeatureIndex_find_many);
NAMED_FASTCALL_FUNCTION(FeatureIndex_query);
NAMED_FASTCALL_FUNCTION(FeatureIndex_query_count);
NAMED_FASTCALL_FUNCTION(FeatureIndex_query_box);
NAMED_FASTCALL_FUNCTION(FeatureIndex_nearest);
NAMED_FASTCALL_FUNCTION(FeatureIndex_within);
NAMED_FASTCALL_FUNCTION(FeatureIndex_along);

/* features.c */
NAMED_FASTCALL_FUNCTION(FeatureIndex_name);
NAMED_FASTCALL_FUNCTION(FeatureIndex_names);
NAMED_FASTCALL_FUNCTION(FeatureIndex_named);
NAMED_FASTCALL_FUNCTION(FeatureIndex_location);
NAMED_FASTCALL_FUNCTION(FeatureIndex_locations);
PyObject *FeatureIndex_item(PyObject *self, Py_ssize_t id);
PyObject *FeatureIndex_lats_e7(PyObject *self, void *closure);
PyObject *FeatureIndex_lons_e7(PyObject *self, void *closure);
PyObject *FeatureIndex_bounds(PyObject *self, void *closure);

/* degrees_view.c */
PyObject *FeatureIndex_degrees(PyObject *self, void *closure);

/* arrow_stream.c */
PyObject *FeatureIndex_arrow_stream(PyObject *self, PyObject *args, PyObject *kwargs);

#endif
