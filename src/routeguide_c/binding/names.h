/* names: a column of names that a caller passes, and its way into a store.
 *
 * Names are str, or texts of an Arrow array; None, NaN, pandas.NA and Arrow's null are no name.
 */
#ifndef NAMES_H
#define NAMES_H

#include "arrow_columns.h"
#include "columns.h"

#include "features/rg_store.h"

typedef struct name_column {
    Py_ssize_t count;
    PyObject *sequence; /* owned: a list or a tuple, whose items may be anything; or NULL */
    arrow_column texts; /* if there is no sequence; empty if there are no names at all */
    char *room;         /* owned: for a str that had to be encoded */
    Py_ssize_t capacity;
} name_column;

/* Reads the argument `names` beside `count` items of the argument `other`; NULL and None mean no
 * names. A struct starts zeroed and is released, on failure too. */
int names_from(PyObject *argument, const char *other, Py_ssize_t count, name_column *out);
void names_release(name_column *values);

/* Appends a feature for each of the names, as many as there are coordinates, which are NULL if
 * rg_store_place has put them into the store. No code of the caller runs meanwhile. On failure the
 * store has none of them. */
int store_add_names(module_state *state, rg_store *store, const coordinates *lats,
                    const coordinates *lons, name_column *names);

#endif
