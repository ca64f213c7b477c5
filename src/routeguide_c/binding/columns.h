/* columns: coordinates that callers pass by the thousand. `name` is a parameter's, for messages. */
#ifndef COLUMNS_H
#define COLUMNS_H

#include "binding.h"

#include <stdint.h>

/* E7 coordinates, borrowed from the caller's buffer or converted. */
typedef struct coordinates {
    const int32_t *items;
    Py_ssize_t count;
    Py_buffer view;  /* holds the buffer, if there is one */
    int32_t *copied; /* owns the copy, if there is one */
} coordinates;

/* Reads a column of E7 coordinates. A struct starts zeroed and is released, on failure too. */
int coordinates_from(PyObject *argument, const char *name, coordinates *out);
void coordinates_release(coordinates *values);

/* Reads two columns of E7 coordinates of one length, the arguments lats_e7 and lons_e7. Release
 * both, on failure too. */
int coordinate_pair_from(PyObject *const *lats_then_lons, coordinates *lats, coordinates *lons);

#endif
