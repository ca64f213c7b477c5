/* sample: random numbers and sets of points, which are the same in every run and on every machine.
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "geo/rg_point.h"

#include <stddef.h>
#include <stdint.h>

typedef struct sample_random {
    uint64_t state; /* any value is a seed */
} sample_random;

uint64_t sample_bits(sample_random *random);

/* Returns a number from 0 to bound - 1. */
uint32_t sample_below(sample_random *random, uint32_t bound);

/* Returns a number from lo to hi, both included. */
int32_t sample_between(sample_random *random, int32_t lo, int32_t hi);

typedef enum sample_shape {
    SAMPLE_EARTH,           /* uniform over +-90 and +-180 degrees */
    SAMPLE_FULL_RANGE,      /* uniform over all of int32 */
    SAMPLE_CLUSTERS,        /* crowds of different sizes and densities */
    SAMPLE_SPOT,            /* one dense spot, and two outliers far away */
    SAMPLE_HORIZONTAL_LINE, /* one latitude */
    SAMPLE_VERTICAL_LINE,   /* one longitude */
    SAMPLE_DIAGONAL,
    SAMPLE_ONE_PLACE,  /* all duplicates */
    SAMPLE_FEW_PLACES, /* many duplicates each, some of them neighbors */
    SAMPLE_LATTICE,    /* small whole numbers: borders and points coincide */
    SAMPLE_NESTED,     /* a crowd in the corner of a crowd in the corner of ..., 30 times */
    SAMPLE_EXTREMES,   /* INT32_MIN, INT32_MAX, -1, 0, 1 and their neighbors */
    SAMPLE_SHAPES      /* how many shapes there are */
} sample_shape;

const char *sample_shape_name(sample_shape shape);

typedef struct sample_points {
    int32_t *lats_e7;
    int32_t *lons_e7;
    uint32_t count;
} sample_points;

/* Makes a set in random order, to be freed with sample_points_free. Half of the seeds sort it by a
 * coordinate, like databases made region by region. */
sample_points sample_points_new(sample_shape shape, uint32_t count, uint64_t seed);

void sample_points_free(sample_points *points);

/* Returns a box for the set: between two of its points, closely around one, degenerate, up to the
 * ends of int32, or anywhere. Its borders are often exactly on a point or next to one. */
rg_box sample_box(sample_random *random, const sample_points *points);

#endif
