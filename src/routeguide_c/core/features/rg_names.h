/* rg_names: the names of consecutive features as one run of UTF-8 with offsets, the layout of
 * Apache Arrow's utf8 arrays: name i is bytes[offsets[i]] to bytes[offsets[i + 1]].
 *
 * Ownership: the caller's memory, in and out.
 * Threads: pure functions.
 * Cost: a pass over the encoded features each.
 */
#ifndef RG_NAMES_H
#define RG_NAMES_H

#include "features/rg_store.h"

/* Writes `*count` + 1 offsets for the names from feature `first` on, all of them below the store's
 * count. If their bytes would be more than `bytes_max`, it writes fewer and sets `*count`.
 * RG_ECORRUPT if the first name alone has more, which RG_NAME_MAX rules out, and for a feature that
 * a store from a file that was not checked does not have. */
rg_status rg_names_measure(const rg_store *store, uint32_t first, uint32_t *count, int32_t *offsets,
                           int32_t bytes_max);

/* Writes the bytes of the names that rg_names_measure wrote the offsets of. RG_ECORRUPT if one is
 * not UTF-8, only for a store from a file. */
rg_status rg_names_copy(uint8_t *to, const rg_store *store, uint32_t first, uint32_t count,
                        const int32_t *offsets);

#endif
