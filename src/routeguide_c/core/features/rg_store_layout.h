/* rg_store_layout: the struct of a store, shared by rg_store.c and rg_store_sections.c. rg_store.h
 * shows its arrays.
 */
#ifndef RG_STORE_LAYOUT_H
#define RG_STORE_LAYOUT_H

#include "features/rg_store.h"

enum { RG_STORE_GROUP = 256 }; /* features that share a base */

struct rg_store {
    uint32_t count;
    uint32_t capacity;
    int32_t *lats_e7;
    int32_t *lons_e7;
    uint64_t *bases;
    uint32_t *offsets;
    uint8_t *blob;
    size_t blob_size;
    size_t blob_capacity;
    rg_box bounds; /* tight, once count > 0 */
    bool borrowed; /* the arrays belong to a region */
};

static inline size_t rg_store_group_count(size_t features)
{
    return (features + RG_STORE_GROUP - 1) / RG_STORE_GROUP;
}

/* Returns the offset of a feature in the blob. */
static inline uint64_t rg_store_beginning(const rg_store *store, uint32_t id)
{
    return store->bases[id / RG_STORE_GROUP] + store->offsets[id];
}

#endif
