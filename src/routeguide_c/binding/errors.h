/* errors: the one place where a status of the core becomes an exception. All of these return NULL.
 */
#ifndef ERRORS_H
#define ERRORS_H

#include "binding.h"

#include "base/rg_fault.h"
#include "base/rg_status.h"

PyObject *raise_status(module_state *state, rg_status status);

/* Names the row of what a caller passed. */
PyObject *raise_row_status(module_state *state, rg_status status, size_t row);

/* Names the file at `path`, a str or bytes. */
PyObject *raise_file_status(module_state *state, rg_status status, const rg_fault *fault,
                            PyObject *path);

/* Names the vertex `at` of a route. */
PyObject *raise_route_status(module_state *state, rg_status status, size_t at);

#endif
