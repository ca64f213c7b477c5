/* rg_degrees: converts columns of degrees to E7.
 *
 * The product with ten million, rounded to a double, is rounded to the nearest integer, half to
 * even; for degrees with up to seven decimals that is exact.
 *
 * Ownership: borrows the arrays for the call.
 * Threads: pure functions; another thread may write to the degrees meanwhile.
 * Cost: about the time to read and write the columns.
 */
#ifndef RG_DEGREES_H
#define RG_DEGREES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes to out_e7[i] the number degrees[i], a double at any alignment; 360 degrees are subtracted
 * from numbers above 180, after rounding. Returns false, and the position of the first wrong
 * number, if one is NaN or not between `least` and `most`, which are allowed. -180 <= least <= most
 * <= 360. */
bool rg_degrees_to_e7(int32_t *out_e7, const void *degrees, size_t count, double least, double most,
                      size_t *wrong);

/* Converts one number as rg_degrees_to_e7 does. False if it is not between -most and most, which is
 * at most 180, or NaN. */
bool rg_degree_to_e7(int32_t *out_e7, double degrees, double most);

#endif
