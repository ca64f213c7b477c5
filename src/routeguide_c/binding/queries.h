/* queries: the searches of a FeatureIndex, once their arguments are known to be E7. The methods of
 * FeatureIndex and of DegreesView read their arguments and end here.
 *
 * Ownership: each takes a FeatureIndex that its caller keeps alive, and returns a new reference,
 * or NULL with an exception.
 * Threads: other threads run during whatever may take long.
 */
#ifndef QUERIES_H
#define QUERIES_H

#include "binding.h"

#include "geo/rg_point.h"

/* queries.c */

/* Returns the id of the first feature at the point, or None. */
PyObject *index_find(PyObject *index, rg_point point);

/* Returns that id for each point, -1 for None. Another thread may write into the columns meanwhile:
 * that changes answers and nothing else, since no value read from them addresses memory
 * unchecked. */
PyObject *index_find_many(PyObject *index, const int32_t *lats_e7, const int32_t *lons_e7,
                          Py_ssize_t count);

/* Returns the ids in the box, whose corners are in any order. */
PyObject *index_query(PyObject *index, rg_point corner, rg_point other);
PyObject *index_query_count(PyObject *index, rg_point corner, rg_point other);

/* Returns the ids in the box that runs eastward, across the antimeridian if west is greater than
 * east. Raises ValueError if south is greater than north. */
PyObject *index_query_box(PyObject *index, rg_point south_west, rg_point north_east);

/* nearby.c: returns the `most` features nearest to a place on Earth, within `reach_m`. */
PyObject *index_nearest(PyObject *index, rg_point center, size_t most, double reach_m);

/* Reads the arguments k and max_distance_m, which may be NULL for infinity. */
int nearest_limits_from(PyObject *const *k_then_distance, size_t *most, double *reach_m);

/* along.c: returns the features along a route of equally many latitudes and longitudes. */
PyObject *index_along(PyObject *index, const int32_t *lats_e7, const int32_t *lons_e7,
                      Py_ssize_t count, double half_width_m);

#endif
