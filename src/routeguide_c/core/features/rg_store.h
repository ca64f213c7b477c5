/* rg_store: the features in database order, as coordinates and encoded bytes.
 *
 *   lats_e7  | int32 | int32 | ...                     one a feature
 *   lons_e7  | int32 | int32 | ...
 *   blob     | feature 0 | feature 1 | ...             encoded, back to back
 *   bases    | uint64 | ...                            the blob offset of each group of 256
 *   offsets  | uint32 | uint32 | ...                   a feature's offset from its group's
 *
 * Ownership: the store owns its arrays; a view borrows them.
 * Threads: one thread builds it; then it is immutable and has any number of readers.
 * Cost: 12 bytes a feature besides its encoded bytes; every access O(1).
 */
#ifndef RG_STORE_H
#define RG_STORE_H

#include "base/rg_ids.h"
#include "base/rg_sections.h"
#include "base/rg_status.h"
#include "features/rg_feature.h"
#include "geo/rg_point.h"

typedef struct rg_store rg_store;

/* Creates an empty store with room for `count` features of `encoded_size` bytes in all. It grows
 * beyond them if needed. RG_ECOUNT for more than RG_FEATURES_MAX. */
rg_status rg_store_new(rg_store **out, size_t count, size_t encoded_size);

/* Accepts NULL. */
void rg_store_free(rg_store *store);

/* Appends a feature. The name is UTF-8 and copied; its size may be 0. RG_ECOUNT, RG_ENAME or
 * RG_ENOMEM leave the store as it was. */
rg_status rg_store_add(rg_store *store, rg_point location, const char *name, size_t name_size);

/* Features as columns: name i ends at ends[i], where name i + 1 begins; name 0 begins at 0.
 * RG_FEATURE_NAME_STEP bytes after the last name must be readable. */
typedef struct rg_block {
    uint32_t count;
    const int32_t *lats_e7, *lons_e7;
    const uint32_t *ends;
    const uint8_t *names;
} rg_block;

/* Appends features faster than one by one. Their names are UTF-8 of at most RG_NAME_MAX bytes.
 * RG_ECOUNT or RG_ENOMEM leave the store as it was. */
rg_status rg_store_add_block(rg_store *store, const rg_block *block);

/* Makes room for `more` features of `more_encoded` bytes in all. */
rg_status rg_store_reserve(rg_store *store, size_t more, size_t more_encoded);

/* Returns unused room to the allocator, unless that has no memory for the smaller arrays. */
void rg_store_trim(rg_store *store);

/* The end of a store, for rg_store_cut. */
typedef struct rg_store_mark {
    uint32_t count;
    size_t encoded_size;
    rg_box bounds;
} rg_store_mark;

rg_store_mark rg_store_end(const rg_store *store);

/* Removes all features that were added after the mark was taken. */
void rg_store_cut(rg_store *store, rg_store_mark mark);

/* Fills an empty store in another way: copies the coordinates of all features, for which it has
 * room; rg_store_add_name then adds the name of each in turn. After rg_store_place other threads
 * may read the coordinates and the bounds while one thread adds names. */
void rg_store_place(rg_store *store, const int32_t *lats_e7, const int32_t *lons_e7,
                    uint32_t count);

/* Adds the next feature, at its place. The name is UTF-8 and copied. RG_ENAME or RG_ENOMEM leave
 * the store as it was. */
rg_status rg_store_add_name(rg_store *store, const char *name, size_t name_size);

uint32_t rg_store_count(const rg_store *store);

/* Return the coordinates of all features. */
const int32_t *rg_store_lats_e7(const rg_store *store);
const int32_t *rg_store_lons_e7(const rg_store *store);

/* Returns the location of a feature, whose id must be below the count. */
rg_point rg_store_location(const rg_store *store, uint32_t id);

/* Returns the feature as a protocol buffer message; the id must be below the count. The slice is
 * empty only for a view of unchecked sections with wrong offsets. */
rg_slice rg_store_encoded(const rg_store *store, uint32_t id);

/* Appends the ids of features that have a name, in the same order, to an empty list. RG_EID: an id
 * has no feature. A failure leaves the list empty. */
rg_status rg_store_named(const rg_store *store, const uint32_t *ids, size_t count, rg_ids *named);

/* Counts the features without a name. Cost: one pass over the encoded features. */
uint32_t rg_store_unnamed_count(const rg_store *store);

/* Returns the fingerprint of the features in their order; never 0. Cost: one pass over the encoded
 * features. */
uint64_t rg_store_fingerprint(const rg_store *store);

/* Finds the tight box around all features; returns false for an empty store. */
bool rg_store_bounds(const rg_store *store, rg_box *bounds);

/* Returns how many bytes the store occupies. */
size_t rg_store_size(const rg_store *store);

/* Lists the store's arrays, count and bounds. */
void rg_store_list(const rg_store *store, rg_sections *sections);

/* Creates a store that reads the sections in place; they must outlive it. RG_ECORRUPT if their
 * sizes do not match. Their content is not checked. */
rg_status rg_store_view(rg_store **out, const rg_sections *sections, rg_fault *fault);

/* Returns RG_ECORRUPT unless the bounds are tight and all offsets are valid. The encoded features
 * are not checked. Cost: a pass over coordinates and offsets. */
rg_status rg_store_check(const rg_store *store, rg_fault *fault);

#endif
