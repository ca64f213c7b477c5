/* names: a column of names that a caller passes, and its way into a store. */
#ifndef NAMES_H
#define NAMES_H

#include "columns.h"

#include "features/rg_store.h"

/* The argument as a list or a tuple of `count` items, which may be anything. */
PyObject *names_from(PyObject *argument, Py_ssize_t count);

/* Appends a feature for each of the names, a list or a tuple as long as the coordinates, which are
 * NULL if rg_store_place has put them into the store. On failure the store has none of them. */
int store_add_names(module_state *state, rg_store *store, const coordinates *lats,
                    const coordinates *lons, PyObject *names);

#endif
