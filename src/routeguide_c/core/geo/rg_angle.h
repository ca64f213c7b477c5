/* rg_angle: half the angle between two points from its haversine, for many at once, in the very
 * bits of the C library's atan2, the dearest step of the exact distance.
 *
 * Where it is sure that atan2 would round to the same double it is not called: about nine times of
 * ten. Threads: pure functions.
 */
#ifndef RG_ANGLE_H
#define RG_ANGLE_H

#include <stddef.h>

enum { RG_ANGLES_MAX = 256 };

/* Replaces up to RG_ANGLES_MAX haversines by atan2(sqrt(a), sqrt(1 - a)), radians; one below 0 by
 * that of 0, one above 1 by that of 1. */
void rg_angles(double *haversines, size_t count);

#endif
