/* rg_index: features that can be found: a store, a grid over it, and a table beside it.
 *
 * Ownership: the index owns all three, and the file that they were opened from.
 * Threads: immutable; any number of readers, no lock. The fingerprint is found out when it is first
 * asked for, by as many threads as ask at that time.
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

/* Indexes a finished store and takes it over, on failure too. */
rg_status rg_index_build(rg_index **out, rg_store *store);

/* The same while names are still to be added: from rg_index_begin on, a large index is built in a
 * thread of its own, from the coordinates of `count` features that rg_store_place has put into the
 * store. rg_index_begin takes the store over, on failure too, but for the names that its caller
 * still adds; rg_index_end, once all of them are in it, the builder, on failure too. A builder that
 * comes to nothing is abandoned, which may wait for its thread. */
typedef struct rg_index_builder rg_index_builder;

rg_status rg_index_begin(rg_index_builder **out, rg_store *store, uint32_t count);
rg_status rg_index_end(rg_index **out, rg_index_builder *builder);
void rg_index_abandon(rg_index_builder *builder); /* accepts NULL */

/* Accepts NULL. */
void rg_index_free(rg_index *index);

/* The features, for as long as the index lives. */
const rg_store *rg_index_store(const rg_index *index);

/* True, and the id of the first feature in database order at exactly this point. */
bool rg_index_find(const rg_index *index, rg_point point, uint32_t *id);

/* The same for many points: ids[i] answers point i, -1 where there is no feature. */
void rg_index_find_many(const rg_index *index, const int32_t *lats_e7, const int32_t *lons_e7,
                        size_t count, int32_t *ids);

/* How many features lie exactly where one of a lower id does. Cost: one pass over the table. */
uint32_t rg_index_duplicate_count(const rg_index *index);

/* Appends the ids in the box, edges inside, ascending, to an empty list. On failure the list
 * is left empty. RG_ECORRUPT only for a file that was not checked. */
rg_status rg_index_query(const rg_index *index, rg_box box, rg_ids *ids);

/* How many features are in the box, edges inside. */
rg_status rg_index_query_count(size_t *out, const rg_index *index, rg_box box);

/* A query in two steps: at most how many features are in the box, and which of them are. Cost of
 * the first: far below that of the second, but for boxes with next to nothing in them. */
size_t rg_index_query_bound(const rg_index *index, rg_box box);
rg_status rg_index_query_within(const rg_index *index, rg_box box, size_t bound, rg_ids *ids);

/* True where a query of so many features takes long enough, tens of microseconds and more, for
 * others to want the processor's locks meanwhile. */
bool rg_index_query_is_long(size_t bound);

/* rg_index_query between two corners; where west is greater than east, the box that runs eastward
 * across the antimeridian, from west to +180 degrees and from -180 to east. Coordinates are
 * compared as they are: +180 and -180 are different ones. South is not greater than north. */
rg_status rg_index_query_box(const rg_index *index, rg_point south_west, rg_point north_east,
                             rg_ids *ids);

/* Puts the `most` features nearest to a place, or fewer where there are no more within `reach_m`,
 * into an empty list, nearest first, then by id: see rg_near_search. */
rg_status rg_index_nearest(const rg_index *index, rg_point center, size_t most, double reach_m,
                           rg_hits *hits);

/* Puts the features at most `half_width_m` off a route into an empty list, in order along it: see
 * rg_along_search. */
rg_status rg_index_along(const rg_index *index, const rg_route *route, double half_width_m,
                         rg_along_hits *hits);

/* Tells features apart, in every process and on every machine of the same byte order: see
 * rg_store_fingerprint. The metadata has no part in it.
 * Cost: O(1) for an index from a file; one that was built reads all encoded features when it is
 * first asked. */
uint64_t rg_index_fingerprint(const rg_index *index);

/* False where rg_index_fingerprint has to read all features. */
bool rg_index_knows_fingerprint(const rg_index *index);

/* Bytes that everything in the index occupies; of an index from a file, the file's. */
size_t rg_index_size(const rg_index *index);

/* Lists all arrays, for as long as the index lives. */
void rg_index_list(const rg_index *index, rg_sections *sections);

/* An index that reads the sections where they lie in the region, which it takes over, on failure
 * too. RG_ECORRUPT where their sizes do not fit together; what is in them is not looked at. */
rg_status rg_index_view(rg_index **out, const rg_sections *sections, rg_region region,
                        rg_fault *fault);

/* What is checked by itself, so that threads may share the work. */
typedef enum rg_index_part {
    RG_INDEX_STORE,
    RG_INDEX_GRID,
    RG_INDEX_TABLE,
} rg_index_part;

enum { RG_INDEX_PARTS = 3 };

/* RG_ECORRUPT unless every offset and id within the part is right. None relies on another to be.
 * Cost: a pass over it. */
rg_status rg_index_check_part(const rg_index *index, rg_index_part part, rg_fault *fault);

/* The same for all parts. */
rg_status rg_index_check(const rg_index *index, rg_fault *fault);

/* What the saver of the file wrote beside the features; empty for an index that was built. */
rg_slice rg_index_metadata(const rg_index *index);

#endif
