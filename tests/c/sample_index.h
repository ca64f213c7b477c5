/* sample_index: whole indexes of samples, and their snapshots. */
#ifndef SAMPLE_INDEX_H
#define SAMPLE_INDEX_H

#include "rg_index.h"
#include "sample.h"
#include "scratch.h"

/* An index of a set of sample points, most of which have a name. */
rg_index *sample_index_new(sample_shape shape, uint32_t count, uint64_t seed);

/* The bytes of a sound file of such an index, seed 1, with metadata, and `room` more behind them.
 * The file stays in the scratch folder, as sound.rgx. */
scratch_bytes sample_snapshot(sample_shape shape, uint32_t count, size_t room);

#endif
