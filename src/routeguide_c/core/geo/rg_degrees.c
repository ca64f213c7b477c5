#include "geo/rg_degrees.h"

#include "geo/rg_point.h"

#include <string.h>

enum { BLOCK = 512 };

static bool all_between(const double *degrees, size_t count, double least, double most)
{
    bool between = true;
    for (size_t i = 0; i < count; i++)
        between &= (degrees[i] >= least) & (degrees[i] <= most); /* false for NaN */
    return between;
}

static size_t first_outside(const double *degrees, size_t count, double least, double most)
{
    size_t i = 0;
    while (i < count && degrees[i] >= least && degrees[i] <= most)
        i++;
    return i;
}

/* A sum with this number has no bits for fractions: adding it rounds, and subtracting it leaves the
 * rounded value. Unlike rint, this takes only instructions that every processor has. It needs a
 * build without contraction, which would round the product and the sum at once. */
static const double no_fraction = 0x1.8p52;

static void convert(int32_t *out_e7, const double *degrees, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double e7 = degrees[i] * RG_E7_PER_DEGREE + no_fraction - no_fraction;
        out_e7[i] = (int32_t)(e7 - (degrees[i] > 180 ? RG_FULL_TURN_E7 : 0));
    }
}

bool rg_degrees_to_e7(int32_t *out_e7, const void *degrees, size_t count, double least, double most,
                      size_t *wrong)
{
    double block[BLOCK]; /* a copy, because another thread may write to the caller's array */
    for (size_t done = 0; done < count; done += BLOCK) {
        size_t some = count - done < BLOCK ? count - done : BLOCK;
        memcpy(block, (const char *)degrees + done * sizeof *block, some * sizeof *block);
        if (!all_between(block, some, least, most)) {
            *wrong = done + first_outside(block, some, least, most);
            return false;
        }
        convert(out_e7 + done, block, some);
    }
    return true;
}

bool rg_degree_to_e7(int32_t *out_e7, double degrees, double most)
{
    if (!(degrees >= -most && degrees <= most))
        return false;
    convert(out_e7, &degrees, 1);
    return true;
}
