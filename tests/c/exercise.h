/* exercise: an index asked everything it can be asked. */
#ifndef EXERCISE_H
#define EXERCISE_H

#include "rg_index.h"
#include "sample.h"

/* Asks in every way, at points and boxes that `random` draws, and reads every byte of the answers.
 * Holds for any index, even one from a hostile file: ids are of features, answers are in order or
 * RG_ECORRUPT. An allocation may fail. */
void exercise_index(const rg_index *index, sample_random *random);

/* Two indexes that answer alike, feature by feature and for boxes that `random` draws. */
void exercise_equal(const rg_index *index, const rg_index *other, sample_random *random);

#endif
