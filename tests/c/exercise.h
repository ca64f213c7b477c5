/* exercise: calls every function of an index. */
#ifndef EXERCISE_H
#define EXERCISE_H

#include "rg_index.h"
#include "sample.h"

/* Queries in every way, for random points and boxes, and reads every byte of the answers. Any index
 * passes, even one from a malicious file: ids have features, answers are in order or RG_ECORRUPT.
 * Allocations may fail. */
void exercise_index(const rg_index *index, sample_random *random);

/* Checks that two indexes give the same answers for all features and for random boxes. */
void exercise_equal(const rg_index *index, const rg_index *other, sample_random *random);

#endif
