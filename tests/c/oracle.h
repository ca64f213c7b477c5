/* oracle: slow and simple answers to compare with. */
#ifndef ORACLE_H
#define ORACLE_H

#include "sample.h"

/* Writes the ids of the points in the box, ascending, and returns how many. `ids` must have room
 * for all points. */
size_t oracle_query(const sample_points *points, rg_box box, uint32_t *ids);

/* Returns the first id at exactly this point, or -1. */
int64_t oracle_find(const sample_points *points, rg_point point);

/* Returns great-circle meters by the angle between two vectors, in long double. */
long double oracle_distance_m(rg_point from, rg_point to);

void oracle_sort(uint32_t *ids, size_t count);

#endif
