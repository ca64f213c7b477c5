/* rg_geo_steps: the steps of the documents' haversine formula, shared by the single distance
 * (rg_geo.c) and the batches (rg_geo_batch.c), so that both have the same bits.
 */
#ifndef RG_GEO_STEPS_H
#define RG_GEO_STEPS_H

#include "geo/rg_geo.h"

#include <math.h>

#define RG_PI 3.14159265358979323846

static inline double rg_degrees_from_e7(int32_t e7)
{
    return e7 / 10000000.0;
}

/* As Python's math.radians: one product with pi / 180, itself rounded once. */
static inline double rg_radians(double degrees)
{
    return degrees * (RG_PI / 180.0);
}

/* How far from the true value, in units in the last place, a square may lie for its nearest double
 * to be what pow yields, too: half a unit less what pow errs beyond it. glibc states that its pow
 * errs by 0.54 at most; the worst in use elsewhere, fdlibm's, by 0.70. */
#ifdef __GLIBC__
#define RG_SQUARE_IS_SURE 0.46
#else
#define RG_SQUARE_IS_SURE 0.30
#endif

/* x * x, and true where pow(x, 2) is sure to be the same number: pow is by far the dearest step.
 *
 * e = x * x - square is exact, by Dekker's and Veltkamp's splitting. Adding 0.5 / s times e to
 * square rounds back to square only where |e| is at most s units in the last place; every other
 * double is then further than 1 - s units from the true square, which is further than pow errs.
 * For |x| at most 1 and not denormal. */
static inline bool rg_square(double x, double *square)
{
    double scaled = x * 134217729.0; /* 2^27 + 1 */
    double high = scaled - (scaled - x), low = x - high;
    double rounded = x * x;
    double e = ((high * high - rounded) + 2 * high * low) + low * low;
    *square = rounded;
    return rounded + e * (0.5 / RG_SQUARE_IS_SURE) == rounded;
}

/* Metres from the haversine `a` of an angle. On paper 0 <= a <= 1; rounding steps over either
 * end. */
static inline double rg_metres_from_haversine(double a)
{
    if (a > 1)
        return RG_EARTH_RADIUS_M * RG_PI;
    if (a < 0)
        return 0;
    double angle = 2 * atan2(sqrt(a), sqrt(1 - a));
    return RG_EARTH_RADIUS_M * angle;
}

#endif
