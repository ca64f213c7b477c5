#include "rg_table.h"

#include "rg_alloc.h"

/* The table is an array of buckets, a cache line each, in probing order: a point belongs in the
 * bucket that its hash names, or, that one being full, in the next that is not.
 *
 *   bucket | key 0 .. key 4 (8 bytes each) | id 0 .. id 4 (4 bytes each) | used |
 *
 * Nothing is ever removed, so a look-up may stop at the first bucket that is not full.
 */
enum { SLOTS = 5 };

typedef struct bucket {
    uint64_t keys[SLOTS];
    uint32_t ids[SLOTS];
    uint32_t used; /* slots taken, from the front */
} bucket;

_Static_assert(sizeof(bucket) == 64, "a bucket fills one cache line");

struct rg_table {
    bucket *buckets;
    uint32_t bucket_count; /* at least 1, with room to spare: some bucket is never full */
    bool borrowed;         /* the buckets are somebody else's */
};

static uint64_t key_of(rg_point point)
{
    return (uint64_t)(uint32_t)point.lat_e7 << 32 | (uint32_t)point.lon_e7;
}

/* A 64-bit finaliser: every bit of the key reaches every bit of the hash. Constants: Pelle
 * Evensen's and David Stafford's variants of MurmurHash3's fmix64, "Mix13". */
static uint64_t hash_of(uint64_t key)
{
    key ^= key >> 30;
    key *= UINT64_C(0xbf58476d1ce4e5b9);
    key ^= key >> 27;
    key *= UINT64_C(0x94d049bb133111eb);
    return key ^ key >> 31;
}

/* Spreads the hash over the buckets without a division: the high half of hash * count. */
static uint32_t home_of(const rg_table *table, uint64_t key)
{
    return (uint32_t)((hash_of(key) >> 32) * table->bucket_count >> 32);
}

static uint32_t next_of(const rg_table *table, uint32_t at)
{
    return at + 1 < table->bucket_count ? at + 1 : 0;
}

static void add(rg_table *table, uint64_t key, uint32_t id)
{
    for (uint32_t at = home_of(table, key);; at = next_of(table, at)) {
        bucket *b = &table->buckets[at];
        for (uint32_t i = 0; i < b->used; i++)
            if (b->keys[i] == key)
                return; /* ids come in ascending order: the first stays */
        if (b->used < SLOTS) {
            b->keys[b->used] = key;
            b->ids[b->used] = id;
            b->used++;
            return;
        }
    }
}

rg_status rg_table_build(rg_table **out, const int32_t *lats_e7, const int32_t *lons_e7,
                         uint32_t count)
{
    rg_table *table = rg_alloc_zeroed(1, sizeof *table);
    if (!table)
        return RG_ENOMEM;
    /* Three quarters full, and one bucket more, so that an empty slot always ends a probe. */
    table->bucket_count = (uint32_t)((uint64_t)count * 4 / (3 * SLOTS) + 1);
    table->buckets = rg_alloc_zeroed(table->bucket_count, sizeof *table->buckets);
    if (!table->buckets) {
        rg_table_free(table);
        return RG_ENOMEM;
    }
    for (uint32_t id = 0; id < count; id++)
        add(table, key_of((rg_point){lats_e7[id], lons_e7[id]}), id);
    *out = table;
    return RG_OK;
}

void rg_table_free(rg_table *table)
{
    if (!table)
        return;
    if (!table->borrowed)
        rg_free(table->buckets);
    rg_free(table);
}

bool rg_table_find(const rg_table *table, rg_point point, uint32_t *id)
{
    uint64_t key = key_of(point);
    uint32_t at = home_of(table, key);
    /* Only a view that was not checked can be full of buckets that are full, or fuller than full.
     */
    for (uint32_t probes = 0; probes < table->bucket_count; probes++, at = next_of(table, at)) {
        const bucket *b = &table->buckets[at];
        for (uint32_t i = 0; i < b->used && i < SLOTS; i++) {
            if (b->keys[i] == key) {
                *id = b->ids[i];
                return true;
            }
        }
        if (b->used < SLOTS)
            return false;
    }
    return false;
}

size_t rg_table_size(const rg_table *table)
{
    return sizeof *table + table->bucket_count * sizeof *table->buckets;
}

void rg_table_list(const rg_table *table, rg_sections *sections)
{
    sections->of[RG_SECTION_TABLE] =
        (rg_slice){(const uint8_t *)table->buckets, table->bucket_count * sizeof(bucket)};
}

rg_status rg_table_view(rg_table **out, const rg_sections *sections, rg_fault *fault)
{
    rg_slice section = sections->of[RG_SECTION_TABLE];
    size_t bucket_count = section.size / sizeof(bucket);
    if (section.size % sizeof(bucket) != 0 || bucket_count == 0 || bucket_count > UINT32_MAX)
        return rg_section_corrupt(fault, RG_SECTION_TABLE, "its size is impossible");
    rg_table *table = rg_alloc_zeroed(1, sizeof *table);
    if (!table)
        return RG_ENOMEM;
    *table = (rg_table){
        .buckets = (bucket *)section.data,
        .bucket_count = (uint32_t)bucket_count,
        .borrowed = true,
    };
    *out = table;
    return RG_OK;
}

rg_status rg_table_check(const rg_table *table, uint32_t count, rg_fault *fault)
{
    bool flawed = false, ends = false;
    for (uint32_t at = 0; at < table->bucket_count; at++) {
        const bucket *b = &table->buckets[at];
        flawed |= b->used > SLOTS;
        ends |= b->used < SLOTS;
        for (uint32_t i = 0; i < SLOTS; i++) /* a free slot's id is 0 */
            flawed |= b->ids[i] >= count && (b->ids[i] != 0 || i < b->used);
    }
    if (flawed || !ends)
        return rg_section_corrupt(fault, RG_SECTION_TABLE, "a bucket is impossible");
    return RG_OK;
}
