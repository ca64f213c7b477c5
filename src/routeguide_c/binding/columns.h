/* columns: numbers that callers pass by the thousand, in whatever their libraries keep them:
 * objects with the buffer protocol, the Arrow C data interface or `__array__`, and iterables, tried
 * in this order. Nothing is imported for any of them. `name` is a parameter's, for messages.
 *
 * Threads: numbers are borrowed from a buffer if they are what is asked for, so another thread may
 * write to them while the caller has given the interpreter's lock away. For E7 coordinates that is
 * harmless: each of the 2^32 values is one, and none addresses memory unchecked.
 */
#ifndef COLUMNS_H
#define COLUMNS_H

#include "runs.h"

/* A column as a run of the target's type, borrowed or converted. */
typedef struct number_column {
    const void *items;
    Py_ssize_t count;
    Py_buffer view; /* holds the buffer, if there is one */
    void *copied;   /* owns the copy, if there is one */
} number_column;

/* A struct starts zeroed and is released, on failure too. */
int column_from(PyObject *argument, const char *name, column_target target, number_column *out);
void column_release(number_column *values);

/* E7 coordinates. */
typedef struct coordinates {
    const int32_t *items;
    Py_ssize_t count;
    number_column column;
} coordinates;

/* Reads a column of E7 coordinates. A struct starts zeroed and is released, on failure too. */
int coordinates_from(PyObject *argument, const char *name, coordinates *out);

/* Reads a column of degrees between `least` and `most`, which are inside, and converts it; what is
 * above 180 loses 360 degrees. `copied` of the column always owns the items. */
int coordinates_from_degrees(PyObject *argument, const char *name, int least, int most,
                             coordinates *out);

void coordinates_release(coordinates *values);

/* Reads two columns of one length: the arguments lats_e7 and lons_e7, or latitudes and longitudes.
 * Release both, on failure too. */
int coordinate_pair_from(PyObject *const *lats_then_lons, coordinates *lats, coordinates *lons);

/* Reads such a pair, and emits DegreesWarning with the way out if all of it looks like degrees. */
int e7_pair_from(const module_state *state, PyObject *const *lats_then_lons, const char *way_out,
                 coordinates *lats, coordinates *lons);

#define FROM_DEGREES "FeatureIndex.from_degrees takes degrees"

int degrees_pair_from(PyObject *const *lats_then_lons, coordinates *lats, coordinates *lons);

#endif
