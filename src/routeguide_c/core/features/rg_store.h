/* rg_store: the features themselves, in database order: coordinates and encoded bytes.
 *
 *   lats_e7  | int32 | int32 | ...                     one a feature
 *   lons_e7  | int32 | int32 | ...
 *   blob     | feature 0 | feature 1 | ...             encoded, back to back
 *   bases    | uint64 | ...                            where each group of 256 begins in the blob
 *   offsets  | uint32 | uint32 | ...                   a feature's beginning, from its group's
 *
 * Ownership: the store owns its arrays; a view borrows them.
 * Threads: built by one, then immutable; any number of readers.
 * Cost: 12 bytes a feature beside its encoded bytes; every access O(1).
 */
#ifndef RG_STORE_H
#define RG_STORE_H

#include "base/rg_ids.h"
#include "base/rg_sections.h"
#include "base/rg_status.h"
#include "features/rg_feature.h"
#include "geo/rg_point.h"

typedef struct rg_store rg_store;

/* An empty store with room for `count` features of `encoded_size` bytes in all: hints that save
 * growing, not limits. RG_ECOUNT for more than RG_FEATURES_MAX. */
rg_status rg_store_new(rg_store **out, size_t count, size_t encoded_size);

/* Accepts NULL. */
void rg_store_free(rg_store *store);

/* Appends a feature. The name is UTF-8 and copied; its size may be 0. RG_ECOUNT, RG_ENAME or
 * RG_ENOMEM leave the store as it was. */
rg_status rg_store_add(rg_store *store, rg_point location, const char *name, size_t name_size);

/* Features as columns: name i ends at ends[i], where name i + 1 begins; name 0 begins at 0. Behind
 * the last name RG_FEATURE_NAME_STEP more bytes may be read. */
typedef struct rg_block {
    uint32_t count;
    const int32_t *lats_e7, *lons_e7;
    const uint32_t *ends;
    const uint8_t *names;
} rg_block;

/* Appends many features, quicker than one by one. Their names are at most RG_NAME_MAX long.
 * RG_ECOUNT or RG_ENOMEM leave the store as it was. */
rg_status rg_store_add_block(rg_store *store, const rg_block *block);

/* Makes sure that so many more features of so many encoded bytes in all fit without growing. */
rg_status rg_store_reserve(rg_store *store, size_t more, size_t more_encoded);

/* Returns unused room to the allocator, unless that has no memory for the smaller arrays. */
void rg_store_trim(rg_store *store);

/* Where a store ends, to cut off later what was added behind. */
typedef struct rg_store_mark {
    uint32_t count;
    size_t encoded_size;
    rg_box bounds;
} rg_store_mark;

rg_store_mark rg_store_end(const rg_store *store);
void rg_store_cut(rg_store *store, rg_store_mark mark);

/* The other way to fill an empty store: copies the coordinates of all features that it has room
 * for, at once, and then takes the name of one after the other. From rg_store_place on, any thread
 * may read the coordinates and the bounds while one thread adds names. */
void rg_store_place(rg_store *store, const int32_t *lats_e7, const int32_t *lons_e7,
                    uint32_t count);
rg_status rg_store_add_name(rg_store *store, const char *name, size_t name_size);

uint32_t rg_store_count(const rg_store *store);

/* One array a coordinate, rg_store_count long. */
const int32_t *rg_store_lats_e7(const rg_store *store);
const int32_t *rg_store_lons_e7(const rg_store *store);

/* The id is below the count, here and below. */
rg_point rg_store_location(const rg_store *store, uint32_t id);

/* The feature as a protocol buffer message. Never empty, but for a view of sections that were not
 * checked and have no such feature. */
rg_slice rg_store_encoded(const rg_store *store, uint32_t id);

/* Appends those of the ids whose feature has a name, in their order, to an empty list. RG_EID where
 * an id is of no feature. On failure the list is left empty. */
rg_status rg_store_named(const rg_store *store, const uint32_t *ids, size_t count, rg_ids *named);

/* How many features have no name. Cost: one pass over the encoded features. */
uint32_t rg_store_unnamed_count(const rg_store *store);

/* Depends on the features and their order alone: two stores have the same fingerprint when they
 * hold the same, and otherwise by accident. Never 0. Cost: one pass over the encoded features. */
uint64_t rg_store_fingerprint(const rg_store *store);

/* The tight box around all features; false for an empty store. */
bool rg_store_bounds(const rg_store *store, rg_box *bounds);

/* Bytes that the store occupies. */
size_t rg_store_size(const rg_store *store);

/* Enters the store's arrays, count and bounds. */
void rg_store_list(const rg_store *store, rg_sections *sections);

/* A store that reads the sections where they lie, which is longer than it lives. RG_ECORRUPT where
 * their sizes do not fit together; what is in them is not looked at. */
rg_status rg_store_view(rg_store **out, const rg_sections *sections, rg_fault *fault);

/* RG_ECORRUPT unless the bounds are tight and every offset is right. What the encoded features are
 * is not looked at. Cost: a pass over coordinates and offsets. */
rg_status rg_store_check(const rg_store *store, rg_fault *fault);

#endif
