/* functions: the functions of the module and its types, for the tables in module.c. */
#ifndef FUNCTIONS_H
#define FUNCTIONS_H

#include "binding.h"

/* distances.c */
PyObject *haversine(PyObject *module, PyObject *const *args, Py_ssize_t nargs, PyObject *keywords);
PyObject *haversine_many(PyObject *module, PyObject *const *args, Py_ssize_t nargs,
                         PyObject *keywords);
PyObject *path_length(PyObject *module, PyObject *const *args, Py_ssize_t nargs,
                      PyObject *keywords);

/* degrees.c */
PyObject *e7_from_latitudes(PyObject *module, PyObject *const *args, Py_ssize_t nargs,
                            PyObject *keywords);
PyObject *e7_from_longitudes(PyObject *module, PyObject *args, PyObject *kwargs);
PyObject *count_byte(PyObject *module, PyObject *const *args, Py_ssize_t nargs, PyObject *keywords);

/* pickling.c */
PyObject *index_from_content(PyObject *module, PyObject *args);

/* page.c */
PyObject *encoded_at_point(PyObject *module, PyObject *const *args, Py_ssize_t nargs);
PyObject *encode_each(PyObject *module, PyObject *const *args, Py_ssize_t nargs);
PyObject *page_bytes(PyObject *module, PyObject *const *args, Py_ssize_t nargs);
PyObject *encode_page(PyObject *module, PyObject *const *args, Py_ssize_t nargs);
PyObject *encode_lookups(PyObject *module, PyObject *const *args, Py_ssize_t nargs);
PyObject *encode_nearby_page(PyObject *module, PyObject *const *args, Py_ssize_t nargs);
PyObject *encode_route_page(PyObject *module, PyObject *const *args, Py_ssize_t nargs);

extern PyType_Spec degrees_view_spec;
extern PyType_Spec feature_index_spec;
extern PyType_Spec builder_spec;
extern PyType_Spec trip_spec;

#endif
