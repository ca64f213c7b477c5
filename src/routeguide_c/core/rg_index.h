/* rg_index: features that can be found: a store, a grid over it, and a table beside it.
 *
 * Ownership: the index owns all three.
 * Threads: immutable; any number of readers, no lock.
 */
#ifndef RG_INDEX_H
#define RG_INDEX_H

#include "rg_ids.h"
#include "rg_limits.h"
#include "rg_store.h"

typedef struct rg_index rg_index;

/* Indexes a finished store and takes it over, on failure too. */
rg_status rg_index_build(rg_index **out, rg_store *store);

/* Accepts NULL. */
void rg_index_free(rg_index *index);

/* The features, for as long as the index lives. */
const rg_store *rg_index_store(const rg_index *index);

/* True, and the id of the first feature in database order at exactly this point. */
bool rg_index_find(const rg_index *index, rg_point point, uint32_t *id);

/* The same for many points: ids[i] answers point i, -1 where there is no feature. */
void rg_index_find_many(const rg_index *index, const int32_t *lats_e7, const int32_t *lons_e7,
                        size_t count, int32_t *ids);

/* Appends the ids in the box, edges inside, ascending, to an empty list. On failure the list
 * is left empty. */
rg_status rg_index_query(const rg_index *index, rg_box box, rg_ids *ids);

/* Bytes that everything in the index occupies. */
size_t rg_index_size(const rg_index *index);

#endif
