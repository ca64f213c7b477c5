/* features: what a FeatureIndex holds of its features. The methods of FeatureIndex and of
 * DegreesView read their arguments and end here.
 *
 * Ownership: as in binding.h; each takes a FeatureIndex that its caller keeps alive.
 */
#ifndef FEATURES_H
#define FEATURES_H

#include "binding.h"

#include "base/rg_slice.h"

/* So many features, about half a millisecond of work, are worth letting other threads run. With
 * fewer, waiting to have the lock back may take longer than the work. */
enum { MANY_FEATURES = 10000 };

/* True for the id of a feature; raises IndexError if not. */
bool has_feature(PyObject *index, uint32_t id);

/* The encoded feature with this id. Raises SnapshotError for a damaged file. */
int encoded_at(PyObject *index, uint32_t id, rg_slice *encoded);

/* Return the location of the feature with this id, E7 or in degrees. */
PyObject *index_location(PyObject *index, PyObject *id, bool in_degrees);

/* Return the locations of the features with these ids, of all for NULL and None. */
PyObject *index_locations(PyObject *index, PyObject *ids, bool in_degrees);

/* Return the box around all features, None if there are none. */
PyObject *index_bounds(PyObject *index, bool in_degrees);

#endif
