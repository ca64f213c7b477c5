/* rg_degrees: columns of degrees as E7.
 *
 * Degrees become E7 as the nearest integer to the product with ten million, half to even, once that
 * is rounded to a double; for degrees with up to seven decimals that is exact.
 * Threads: pure functions.
 */
#ifndef RG_DEGREES_H
#define RG_DEGREES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* out_e7[i] is degrees[i], a double at any alignment; what is more than 180, which needs `most` to
 * be more, loses 360 degrees, after it was rounded. False, and the position of the first, where one
 * is not between `least` and `most`, which are inside, or is no number; -180 <= least <= most <=
 * 360.
 * Cost: about the time to read and write them. */
bool rg_degrees_to_e7(int32_t *out_e7, const void *degrees, size_t count, double least, double most,
                      size_t *wrong);

/* Converts one number as rg_degrees_to_e7 does. False if it is not between -most and most, which is
 * at most 180, or NaN. */
bool rg_degree_to_e7(int32_t *out_e7, double degrees, double most);

#endif
