/* rg_index: searchable features: a store, a grid and a table.
 *
 * Ownership: the index owns all three, and the file that they were opened from.
 * Threads: immutable; any number of readers, without a lock. The fingerprint is computed when it is
 * first needed, by every thread that needs it at that time. Cost: build O(n); about 31 bytes a
 * feature besides the store.
 */
#ifndef RG_INDEX_H
#define RG_INDEX_H

#include "base/rg_file.h"
#include "base/rg_ids.h"
#include "base/rg_limits.h"
#include "base/rg_sections.h"
#include "features/rg_store.h"
#include "search/rg_along.h"
#include "search/rg_hits.h"

typedef struct rg_index rg_index;

/* Indexes a store, which the index then owns; a failure frees it. */
rg_status rg_index_build(rg_index **out, rg_store *store);

/* An index that is built while names are still added to its store. */
typedef struct rg_index_builder rg_index_builder;

/* Starts building, for a large index in a second thread, from the coordinates of `count` features
 * that rg_store_place has copied into the store. The builder then owns the store, but the caller
 * still adds names to it; a failure frees it. */
rg_status rg_index_begin(rg_index_builder **out, rg_store *store, uint32_t count);

/* Finishes the index once all names are in the store. Frees the builder, also on failure. */
rg_status rg_index_end(rg_index **out, rg_index_builder *builder);

/* Frees a builder and its store, after waiting for its thread. Accepts NULL. */
void rg_index_abandon(rg_index_builder *builder);

/* Accepts NULL. */
void rg_index_free(rg_index *index);

/* Returns the features, which live as long as the index. */
const rg_store *rg_index_store(const rg_index *index);

/* Returns true, and the id of the first feature in database order, if there is one at exactly this
 * point. */
bool rg_index_find(const rg_index *index, rg_point point, uint32_t *id);

/* Finds many points: ids[i] answers point i, -1 if there is no feature. */
void rg_index_find_many(const rg_index *index, const int32_t *lats_e7, const int32_t *lons_e7,
                        size_t count, int32_t *ids);

/* Counts the features at exactly the point of one with a lower id. Cost: one pass over the table.
 */
uint32_t rg_index_duplicate_count(const rg_index *index);

/* Puts the ids of the features in the box, edges inside, into an empty list, ascending. A failure
 * leaves the list empty. RG_ECORRUPT: only for a file that was not checked. */
rg_status rg_index_query(const rg_index *index, rg_box box, rg_ids *ids);

/* Counts the features in the box, edges inside. RG_ECORRUPT: only for a file that was not checked.
 */
rg_status rg_index_query_count(size_t *out, const rg_index *index, rg_box box);

/* Returns an upper bound of the features in the box, the first step of a query. Cost: far below
 * that of the second step, unless the box has almost no features. */
size_t rg_index_query_bound(const rg_index *index, rg_box box);

/* Does the second step of rg_index_query, with that bound. */
rg_status rg_index_query_within(const rg_index *index, rg_box box, size_t bound, rg_ids *ids);

/* Returns true if a query with this bound takes tens of microseconds or more, so that a caller
 * should release its locks for it. */
bool rg_index_query_is_long(size_t bound);

/* Queries the box between two corners. If west is greater than east, the box extends eastward
 * across the antimeridian, from west to +180 degrees and from -180 to east. Coordinates are
 * compared as numbers: +180 and -180 are different. South must not exceed north. */
rg_status rg_index_query_box(const rg_index *index, rg_point south_west, rg_point north_east,
                             rg_ids *ids);

/* Puts the `most` features nearest to a place and within `reach_m` of it into an empty list,
 * nearest first, then by id: see rg_near_search. */
rg_status rg_index_nearest(const rg_index *index, rg_point center, size_t most, double reach_m,
                           rg_hits *hits);

/* Puts the features within `half_width_m` of a route into an empty list, in order along the route:
 * see rg_along_search. */
rg_status rg_index_along(const rg_index *index, const rg_route *route, double half_width_m,
                         rg_along_hits *hits);

/* Returns the fingerprint of the features, which is the same in every process and on every machine
 * of one byte order: see rg_store_fingerprint. The metadata does not matter. Cost: O(1) for an
 * index from a file; otherwise the first call reads all encoded features. */
uint64_t rg_index_fingerprint(const rg_index *index);

/* Returns false if rg_index_fingerprint has to read all features. */
bool rg_index_knows_fingerprint(const rg_index *index);

/* Returns how many bytes the index occupies; for an index from a file, the size of the file. */
size_t rg_index_size(const rg_index *index);

/* Lists all arrays, which live as long as the index. */
void rg_index_list(const rg_index *index, rg_sections *sections);

/* Creates an index that reads the sections in place. It owns the region that contains them; a
 * failure frees the region. RG_ECORRUPT if the sizes of the sections do not match. Their content is
 * not checked. */
rg_status rg_index_view(rg_index **out, const rg_sections *sections, rg_region region,
                        rg_fault *fault);

/* The parts that are checked separately, so that threads can share the work. */
typedef enum rg_index_part {
    RG_INDEX_STORE,
    RG_INDEX_GRID,
    RG_INDEX_TABLE,
} rg_index_part;

enum { RG_INDEX_PARTS = 3 };

/* Returns RG_ECORRUPT unless all offsets and ids of the part are valid; does not need another part
 * to be valid. Cost: a pass over the part. */
rg_status rg_index_check_part(const rg_index *index, rg_index_part part, rg_fault *fault);

/* Checks all parts. */
rg_status rg_index_check(const rg_index *index, rg_fault *fault);

/* Returns the metadata saved with the features; empty for an index that was built. */
rg_slice rg_index_metadata(const rg_index *index);

#endif
