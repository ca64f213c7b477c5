/* sample_index: indexes of samples, and their snapshots. */
#ifndef SAMPLE_INDEX_H
#define SAMPLE_INDEX_H

#include "rg_index.h"
#include "sample.h"
#include "scratch.h"

/* Builds an index of a set of sample points, most of them with names. */
rg_index *sample_index_new(sample_shape shape, uint32_t count, uint64_t seed);

/* Saves such an index, with seed 1 and metadata, as sound.rgx in the scratch folder; returns the
 * file's bytes, with `room` more allocated behind them. */
scratch_bytes sample_snapshot(sample_shape shape, uint32_t count, size_t room);

#endif
