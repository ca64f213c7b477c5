#include "base/rg_alloc.h"
#include "base/rg_fingerprint.h"
#include "base/rg_limits.h"
#include "features/rg_store_layout.h"

#include <assert.h>
#include <string.h>

rg_status rg_store_new(rg_store **out, size_t count, size_t encoded_size)
{
    if (count > RG_FEATURES_MAX)
        return RG_ECOUNT;
    rg_store *store = rg_alloc_zeroed(1, sizeof *store);
    if (!store)
        return RG_ENOMEM;
    store->capacity = (uint32_t)count;
    store->blob_capacity = encoded_size;
    store->lats_e7 = rg_alloc(count, sizeof *store->lats_e7);
    store->lons_e7 = rg_alloc(count, sizeof *store->lons_e7);
    store->bases = rg_alloc(rg_store_group_count(count), sizeof *store->bases);
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
    if (!store->borrowed) {
        rg_free(store->lats_e7);
        rg_free(store->lons_e7);
        rg_free(store->bases);
        rg_free(store->offsets);
        rg_free(store->blob);
    }
    rg_free(store);
}

/* May fail after some of the arrays: the capacity never exceeds that of the smallest. */
static rg_status set_capacity(rg_store *store, size_t capacity)
{
    size_t used = store->count;
    if (capacity < store->capacity)
        store->capacity = (uint32_t)capacity;
    int32_t *lats_e7 = rg_resize(store->lats_e7, used * sizeof *lats_e7, capacity, sizeof *lats_e7);
    if (!lats_e7)
        return RG_ENOMEM;
    store->lats_e7 = lats_e7;
    int32_t *lons_e7 = rg_resize(store->lons_e7, used * sizeof *lons_e7, capacity, sizeof *lons_e7);
    if (!lons_e7)
        return RG_ENOMEM;
    store->lons_e7 = lons_e7;
    uint32_t *offsets =
        rg_resize(store->offsets, used * sizeof *offsets, capacity, sizeof *offsets);
    if (!offsets)
        return RG_ENOMEM;
    store->offsets = offsets;
    uint64_t *bases = rg_resize(store->bases, rg_store_group_count(used) * sizeof *bases,
                                rg_store_group_count(capacity), sizeof *bases);
    if (!bases)
        return RG_ENOMEM;
    store->bases = bases;
    store->capacity = (uint32_t)capacity;
    return RG_OK;
}

static rg_status set_blob_capacity(rg_store *store, size_t capacity)
{
    uint8_t *blob = rg_resize(store->blob, store->blob_size, capacity, 1);
    if (!blob)
        return RG_ENOMEM;
    store->blob = blob;
    store->blob_capacity = capacity;
    return RG_OK;
}

/* Half as large again, so that all growth together costs a few copies. The unused part of a large
 * block takes addresses but no memory. */
static size_t grown(size_t size)
{
    return size + size / 2 + 64;
}

static rg_status reserve_count(rg_store *store, size_t more)
{
    if (more <= store->capacity - store->count)
        return RG_OK;
    if (more > RG_FEATURES_MAX - store->count)
        return RG_ECOUNT;
    size_t needed = store->count + more, capacity = grown(store->capacity);
    if (capacity > RG_FEATURES_MAX)
        capacity = RG_FEATURES_MAX;
    return set_capacity(store, needed > capacity ? needed : capacity);
}

static rg_status reserve_blob(rg_store *store, size_t more)
{
    if (more <= store->blob_capacity - store->blob_size)
        return RG_OK;
    size_t needed = store->blob_size + more, capacity = grown(store->blob_capacity);
    if (needed < more)
        return RG_ENOMEM;
    return set_blob_capacity(store, needed > capacity ? needed : capacity);
}

/* Returns true if one more feature fits, whatever its location. */
static bool has_plenty(const rg_store *store, size_t name_size)
{
    return name_size + RG_FEATURE_OVERHEAD_MAX <= store->blob_capacity - store->blob_size;
}

/* Makes room for one more feature; computes its exact size only if space is short. */
static rg_status reserve_feature(rg_store *store, rg_point location, size_t name_size)
{
    if (has_plenty(store, name_size))
        return RG_OK;
    return reserve_blob(store, rg_feature_encoded_size(location, name_size));
}

void rg_store_trim(rg_store *store)
{
    if (store->capacity != store->count)
        (void)set_capacity(store, store->count);
    if (store->blob_capacity != store->blob_size)
        (void)set_blob_capacity(store, store->blob_size);
}

rg_status rg_store_reserve(rg_store *store, size_t more, size_t more_encoded)
{
    rg_status status = reserve_count(store, more);
    return status == RG_OK ? reserve_blob(store, more_encoded) : status;
}

rg_store_mark rg_store_end(const rg_store *store)
{
    return (rg_store_mark){store->count, store->blob_size, store->bounds};
}

void rg_store_cut(rg_store *store, rg_store_mark mark)
{
    store->count = mark.count;
    store->blob_size = mark.encoded_size;
    store->bounds = mark.bounds;
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

/* Writes the next feature into the blob, which has room for it. */
static void append(rg_store *store, rg_point location, const char *name, size_t name_size)
{
    uint32_t id = store->count++;
    if (id % RG_STORE_GROUP == 0)
        store->bases[id / RG_STORE_GROUP] = store->blob_size;
    store->offsets[id] = (uint32_t)(store->blob_size - store->bases[id / RG_STORE_GROUP]);
    uint8_t *to = store->blob + store->blob_size;
    uint8_t *end = has_plenty(store, name_size)
                       ? rg_feature_encode_roomily(to, location, name, name_size)
                       : rg_feature_encode(to, location, name, name_size);
    store->blob_size = (size_t)(end - store->blob);
}

rg_status rg_store_add(rg_store *store, rg_point location, const char *name, size_t name_size)
{
    if (name_size > RG_NAME_MAX)
        return RG_ENAME;
    rg_status status = reserve_count(store, 1);
    if (status == RG_OK)
        status = reserve_feature(store, location, name_size);
    if (status != RG_OK)
        return status;

    uint32_t id = store->count;
    store->lats_e7[id] = location.lat_e7;
    store->lons_e7[id] = location.lon_e7;
    if (id == 0)
        store->bounds = (rg_box){location, location};
    widen(&store->bounds, location);
    append(store, location, name, name_size);
    return RG_OK;
}

rg_status rg_store_add_block(rg_store *store, const rg_block *block)
{
    if (block->count == 0)
        return RG_OK;
    size_t names_size = block->ends[block->count - 1];
    rg_status status = rg_store_reserve(
        store, block->count, names_size + (size_t)block->count * RG_FEATURE_OVERHEAD_MAX);
    if (status != RG_OK)
        return status;

    uint32_t id = store->count;
    memcpy(store->lats_e7 + id, block->lats_e7, block->count * sizeof *block->lats_e7);
    memcpy(store->lons_e7 + id, block->lons_e7, block->count * sizeof *block->lons_e7);
    rg_box box = rg_box_around(block->lats_e7, block->lons_e7, block->count);
    if (id == 0)
        store->bounds = box;
    widen(&store->bounds, box.lo);
    widen(&store->bounds, box.hi);

    uint8_t *at = store->blob + store->blob_size;
    uint32_t begin = 0;
    for (uint32_t i = 0; i < block->count; i++, id++) {
        size_t position = (size_t)(at - store->blob);
        if (id % RG_STORE_GROUP == 0)
            store->bases[id / RG_STORE_GROUP] = position;
        store->offsets[id] = (uint32_t)(position - store->bases[id / RG_STORE_GROUP]);
        rg_point location = {block->lats_e7[i], block->lons_e7[i]};
        at = rg_feature_encode_freely(at, location, block->names + begin, block->ends[i] - begin);
        begin = block->ends[i];
    }
    store->count = id;
    store->blob_size = (size_t)(at - store->blob);
    return RG_OK;
}

void rg_store_place(rg_store *store, const int32_t *lats_e7, const int32_t *lons_e7, uint32_t count)
{
    assert(store->count == 0 && count <= store->capacity);
    if (count == 0)
        return;
    memcpy(store->lats_e7, lats_e7, count * sizeof *lats_e7);
    memcpy(store->lons_e7, lons_e7, count * sizeof *lons_e7);
    store->bounds = rg_box_around(store->lats_e7, store->lons_e7, count);
}

rg_status rg_store_add_name(rg_store *store, const char *name, size_t name_size)
{
    assert(store->count < store->capacity);
    if (name_size > RG_NAME_MAX)
        return RG_ENAME;
    rg_point location = {store->lats_e7[store->count], store->lons_e7[store->count]};
    rg_status status = reserve_feature(store, location, name_size);
    if (status == RG_OK)
        append(store, location, name, name_size);
    return status;
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

rg_slice rg_store_encoded(const rg_store *store, uint32_t id)
{
    assert(id < store->count);
    uint64_t begin = rg_store_beginning(store, id);
    uint64_t end = id + 1 < store->count ? rg_store_beginning(store, id + 1) : store->blob_size;
    if (begin > end || end > store->blob_size) /* only in a view */
        return (rg_slice){store->blob, 0};
    return (rg_slice){store->blob + begin, (size_t)(end - begin)};
}

rg_status rg_store_named(const rg_store *store, const uint32_t *ids, size_t count, rg_ids *named)
{
    enum { STEP = 1024 }; /* ids reserved at a time, so that few names take little memory */
    rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < count; i++) {
        if (i % STEP == 0)
            status = rg_ids_reserve(named, count - i < STEP ? count - i : STEP);
        if (status != RG_OK)
            break;
        if (ids[i] >= store->count) {
            status = RG_EID;
            break;
        }
        named->items[named->count] = ids[i];
        named->count += rg_feature_name(rg_store_encoded(store, ids[i])).size > 0;
    }
    if (status != RG_OK)
        named->count = 0;
    return status;
}

uint32_t rg_store_unnamed_count(const rg_store *store)
{
    uint32_t count = 0;
    for (uint32_t id = 0; id < store->count; id++)
        count += rg_feature_name(rg_store_encoded(store, id)).size == 0;
    return count;
}

/* A feature's encoding shows where it ends, so that the bytes alone determine all features. */
uint64_t rg_store_fingerprint(const rg_store *store)
{
    return rg_fingerprint(store->blob, store->blob_size);
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
    return sizeof *store + store->blob_capacity +
           rg_store_group_count(count) * sizeof *store->bases +
           count * (sizeof *store->lats_e7 + sizeof *store->lons_e7 + sizeof *store->offsets);
}
