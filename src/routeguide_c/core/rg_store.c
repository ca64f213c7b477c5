#include "rg_store.h"

#include "rg_alloc.h"
#include "rg_limits.h"

#include <assert.h>

enum { GROUP = 256 }; /* features that share a base */

/* An encoded feature whose coordinates are both seen on Earth has about this much beside its
 * name; more of them only makes the blob grow once. */
enum { TYPICAL_OVERHEAD = 21 };

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
};

static size_t group_count(size_t features)
{
    return (features + GROUP - 1) / GROUP;
}

rg_status rg_store_new(rg_store **out, size_t count, size_t names_size)
{
    if (count > RG_FEATURES_MAX)
        return RG_ECOUNT;
    if (names_size > SIZE_MAX / 2 || count > SIZE_MAX / 2 / TYPICAL_OVERHEAD)
        return RG_ENOMEM;
    rg_store *store = rg_alloc_zeroed(1, sizeof *store);
    if (!store)
        return RG_ENOMEM;
    store->capacity = (uint32_t)count;
    store->blob_capacity = names_size + count * TYPICAL_OVERHEAD;
    store->lats_e7 = rg_alloc(count, sizeof *store->lats_e7);
    store->lons_e7 = rg_alloc(count, sizeof *store->lons_e7);
    store->bases = rg_alloc(group_count(count), sizeof *store->bases);
    store->offsets = rg_alloc(count, sizeof *store->offsets);
    store->blob = rg_alloc(store->blob_capacity, 1);
    if (!store->lats_e7 || !store->lons_e7 || !store->bases || !store->offsets || !store->blob) {
        rg_store_free(store);
        return RG_ENOMEM;
    }
    *out = store;
    return RG_OK;
}

void rg_store_free(rg_store *store)
{
    if (!store)
        return;
    rg_free(store->lats_e7);
    rg_free(store->lons_e7);
    rg_free(store->bases);
    rg_free(store->offsets);
    rg_free(store->blob);
    rg_free(store);
}

static rg_status reserve_blob(rg_store *store, size_t more)
{
    if (more <= store->blob_capacity - store->blob_size)
        return RG_OK;
    size_t capacity = store->blob_size + more;
    capacity += capacity / 2;
    if (capacity < store->blob_size)
        return RG_ENOMEM;
    uint8_t *blob = rg_realloc(store->blob, store->blob_size, capacity, 1);
    if (!blob)
        return RG_ENOMEM;
    store->blob = blob;
    store->blob_capacity = capacity;
    return RG_OK;
}

static void widen(rg_box *bounds, rg_point point)
{
    if (point.lat_e7 < bounds->lo.lat_e7)
        bounds->lo.lat_e7 = point.lat_e7;
    if (point.lon_e7 < bounds->lo.lon_e7)
        bounds->lo.lon_e7 = point.lon_e7;
    if (point.lat_e7 > bounds->hi.lat_e7)
        bounds->hi.lat_e7 = point.lat_e7;
    if (point.lon_e7 > bounds->hi.lon_e7)
        bounds->hi.lon_e7 = point.lon_e7;
}

rg_status rg_store_add(rg_store *store, rg_point location, const char *name, size_t name_size)
{
    assert(store->count < store->capacity);
    if (name_size > RG_NAME_MAX)
        return RG_ENAME;
    rg_status status = reserve_blob(store, rg_feature_encoded_size(location, name_size));
    if (status != RG_OK)
        return status;

    uint32_t id = store->count;
    if (id % GROUP == 0)
        store->bases[id / GROUP] = store->blob_size;
    store->offsets[id] = (uint32_t)(store->blob_size - store->bases[id / GROUP]);
    store->lats_e7[id] = location.lat_e7;
    store->lons_e7[id] = location.lon_e7;
    uint8_t *end = rg_feature_encode(store->blob + store->blob_size, location, name, name_size);
    store->blob_size = (size_t)(end - store->blob);
    if (id == 0)
        store->bounds = (rg_box){location, location};
    widen(&store->bounds, location);
    store->count++;
    return RG_OK;
}

uint32_t rg_store_count(const rg_store *store)
{
    return store->count;
}

const int32_t *rg_store_lats_e7(const rg_store *store)
{
    return store->lats_e7;
}

const int32_t *rg_store_lons_e7(const rg_store *store)
{
    return store->lons_e7;
}

rg_point rg_store_location(const rg_store *store, uint32_t id)
{
    assert(id < store->count);
    return (rg_point){store->lats_e7[id], store->lons_e7[id]};
}

static uint64_t beginning(const rg_store *store, uint32_t id)
{
    return store->bases[id / GROUP] + store->offsets[id];
}

rg_slice rg_store_encoded(const rg_store *store, uint32_t id)
{
    assert(id < store->count);
    uint64_t begin = beginning(store, id);
    uint64_t end = id + 1 < store->count ? beginning(store, id + 1) : store->blob_size;
    return (rg_slice){store->blob + begin, (size_t)(end - begin)};
}

bool rg_store_bounds(const rg_store *store, rg_box *bounds)
{
    if (store->count == 0)
        return false;
    *bounds = store->bounds;
    return true;
}

size_t rg_store_size(const rg_store *store)
{
    size_t count = store->capacity;
    return sizeof *store + store->blob_capacity + group_count(count) * sizeof *store->bases +
           count * (sizeof *store->lats_e7 + sizeof *store->lons_e7 + sizeof *store->offsets);
}
