/* attributes: attributes of callers' objects by interned names.
 *
 * CPython looks attributes up by the address of their names first, and keeps a name in a table for
 * each address it was asked with: a new str for each look-up, as PyObject_GetAttrString makes one,
 * would fill that table and slow every other look-up down.
 */
#ifndef ATTRIBUTES_H
#define ATTRIBUTES_H

#include "binding.h"

/* A tuple of the names that are asked for. As long as it lives, they stay interned. */
PyObject *attribute_names(void);

/* The attribute; NULL with an exception, AttributeError if there is none. */
PyObject *attribute_of(PyObject *object, const char *name);

/* The attribute; NULL without an exception if there is none. */
PyObject *optional_attribute_of(PyObject *object, const char *name);

#endif
