#include "search/rg_table.h"

#include "base/rg_alloc.h"
#include "base/rg_prefetch.h"
#include "base/rg_simd.h"

#define INLINE static inline __attribute__((always_inline))

/* The table is an array of buckets of a cache line. A point is in its home bucket, which its hash
 * selects or, if that is full, in the next one that is not.
 *
 *   bucket | key 0 .. key 4 (8 bytes each) | id 0 .. id 4 (4 bytes each) | used | overflowed |
 *
 * Nothing is ever removed, so a look-up may stop at the first bucket that has not overflowed.
 */
enum { SLOTS = 5 };

/* Points whose home buckets are fetched while earlier points are answered. */
enum { AHEAD = 32 };

typedef struct bucket {
    uint64_t keys[SLOTS]; /* unused slots repeat slot 0, so that all five are always compared */
    uint32_t ids[SLOTS];
    uint16_t used;       /* slots taken, from the front */
    uint16_t overflowed; /* 1 if a point with this home went on to the next bucket */
} bucket;

_Static_assert(sizeof(bucket) == 64, "a bucket fills one cache line");

struct rg_table {
    bucket *buckets;
    uint32_t bucket_count; /* at least 1, and so many that some bucket is not full */
    uint32_t id_end;       /* above every id; unchecked buckets may break this and the line above */
    bool borrowed;         /* the buckets belong to a region */
};

static uint64_t key_of(rg_point point)
{
    return (uint64_t)(uint32_t)point.lat_e7 << 32 | (uint32_t)point.lon_e7;
}

INLINE uint64_t key_at(const int32_t *lats_e7, const int32_t *lons_e7, size_t i)
{
    return key_of((rg_point){lats_e7[i], lons_e7[i]});
}

/* Mixes the key so that every bit of it affects every bit of the hash. Source: David Stafford's
 * variant "Mix13" of MurmurHash3's fmix64. */
static uint64_t hash_of(uint64_t key)
{
    key ^= key >> 30;
    key *= UINT64_C(0xbf58476d1ce4e5b9);
    key ^= key >> 27;
    key *= UINT64_C(0x94d049bb133111eb);
    return key ^ key >> 31;
}

/* Maps the hash to a bucket without a division: the high half of hash * count. */
static uint32_t home_of(const rg_table *table, uint64_t key)
{
    return (uint32_t)((hash_of(key) >> 32) * table->bucket_count >> 32);
}

static uint32_t next_of(const rg_table *table, uint32_t at)
{
    return at + 1 < table->bucket_count ? at + 1 : 0;
}

/* Returns the lowest slot with the key, or SLOTS. No branch depends on the slot, which a processor
 * cannot predict. */
static uint32_t slot_of(const bucket *b, uint64_t key)
{
    uint32_t equal = 1u << SLOTS;
    for (uint32_t i = 0; i < SLOTS; i++)
        equal |= (uint32_t)(b->keys[i] == key) << i;
    uint32_t slot = (uint32_t)__builtin_ctz(equal);
    return slot < b->used ? slot : SLOTS;
}

static void put(bucket *b, uint64_t key, uint32_t id)
{
    if (b->used == 0)
        for (uint32_t i = 0; i < SLOTS; i++)
            b->keys[i] = key;
    b->keys[b->used] = key;
    b->ids[b->used] = id;
    b->used++;
}

/* Ids come in ascending order, so the first one at a point is kept. */
static void add(rg_table *table, uint64_t key, uint32_t id)
{
    for (uint32_t at = home_of(table, key);; at = next_of(table, at)) {
        bucket *b = &table->buckets[at];
        if (slot_of(b, key) < SLOTS)
            return;
        if (b->used < SLOTS) {
            put(b, key, id);
            return;
        }
        b->overflowed = 1;
    }
}

rg_status rg_table_build(rg_table **out, const int32_t *lats_e7, const int32_t *lons_e7,
                         uint32_t count)
{
    rg_table *table = rg_alloc_zeroed(1, sizeof *table);
    if (!table)
        return RG_ENOMEM;
    table->id_end = count;
    /* Seven tenths full, plus one bucket, so that a slot is always free and every look-up ends. */
    table->bucket_count = (uint32_t)((uint64_t)count * 10 / (7 * SLOTS) + 1);
    table->buckets = rg_alloc_zeroed(table->bucket_count, sizeof *table->buckets);
    if (!table->buckets) {
        rg_table_free(table);
        return RG_ENOMEM;
    }
    for (uint32_t ahead = 0; ahead < count + AHEAD; ahead++) {
        if (ahead < count)
            rg_prefetch_to_write(&table->buckets[home_of(table, key_at(lats_e7, lons_e7, ahead))]);
        if (ahead >= AHEAD)
            add(table, key_at(lats_e7, lons_e7, ahead - AHEAD), ahead - AHEAD);
    }
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

static bool find_from(const rg_table *table, uint32_t home, uint64_t key, uint32_t *id)
{
    uint32_t at = home;
    do {
        const bucket *b = &table->buckets[at];
        uint32_t slot = slot_of(b, key);
        if (slot < SLOTS) {
            *id = b->ids[slot];
            return *id < table->id_end;
        }
        if (!b->overflowed)
            return false;
        at = next_of(table, at);
    } while (at != home);
    return false;
}

bool rg_table_find(const rg_table *table, rg_point point, uint32_t *id)
{
    uint64_t key = key_of(point);
    return find_from(table, home_of(table, key), key, id);
}

/* Points that are not answered by their home bucket are collected, and go on to the next bucket
 * when there are LATE of them. If more than STILL_LATE remain then, each is answered by itself. */
enum { LATE = 128, STILL_LATE = 64 };

typedef struct late {
    uint32_t count;
    uint32_t buckets[LATE]; /* searched last */
    size_t points[LATE];
} late;

typedef struct batch {
    const int32_t *lats_e7;
    const int32_t *lons_e7;
    int32_t *ids;
    size_t count;
} batch;

typedef uint32_t slot_function(const bucket *b, uint64_t key);

/* Computes a point's home bucket and fetches it. */
INLINE uint32_t set_out(const rg_table *table, const batch *b, size_t i)
{
    uint32_t home = home_of(table, key_at(b->lats_e7, b->lons_e7, i));
    rg_prefetch(&table->buckets[home]);
    return home;
}

/* Answers a point from a bucket, and adds it to the late ones if it may be in the next bucket. By
 * arithmetic, because an unpredictable branch costs more than all of it. */
INLINE void arrive(const rg_table *table, const batch *b, size_t i, uint32_t at, late *l,
                   slot_function *slot_of_key)
{
    const bucket *here = &table->buckets[at];
    uint32_t slot = slot_of_key(here, key_at(b->lats_e7, b->lons_e7, i));
    uint32_t id = here->ids[slot - (slot == SLOTS)];
    uint32_t here_it_is = (slot < here->used) & (slot != SLOTS); /* an unchecked file: used > 5 */
    uint32_t found = here_it_is & (id < table->id_end);
    b->ids[i] = (int32_t)(id | (found - 1)); /* -1 if not found */
    l->points[l->count] = i;
    l->buckets[l->count] = at;
    l->count += (here_it_is ^ 1) & (here->overflowed != 0);
}

/* Searches the next bucket for each of them, which answers most. */
INLINE void go_on(const rg_table *table, const batch *b, late *l, slot_function *slot_of_key)
{
    uint32_t count = l->count;
    for (uint32_t i = 0; i < count; i++) {
        l->buckets[i] = next_of(table, l->buckets[i]);
        rg_prefetch(&table->buckets[l->buckets[i]]);
    }
    l->count = 0;
    for (uint32_t i = 0; i < count; i++)
        arrive(table, b, l->points[i], l->buckets[i], l, slot_of_key);
}

static void answer_late(const rg_table *table, const batch *b, late *l)
{
    for (uint32_t i = 0; i < l->count; i++) {
        size_t point = l->points[i];
        uint32_t id;
        bool found = find_from(table, l->buckets[i], key_at(b->lats_e7, b->lons_e7, point), &id);
        b->ids[point] = found ? (int32_t)id : -1;
    }
    l->count = 0;
}

INLINE void find_many(const rg_table *shared, batch b, slot_function *slot_of_key)
{
    const rg_table table = *shared; /* a copy that stores cannot change, for the compiler */
    uint32_t homes[AHEAD];
    late l;
    l.count = 0;
    size_t first = b.count < AHEAD ? b.count : AHEAD;
    for (size_t i = 0; i < first; i++)
        homes[i] = set_out(&table, &b, i);
    for (size_t i = 0; i < b.count; i++) {
        uint32_t home = homes[i % AHEAD];
        if (i + AHEAD < b.count)
            homes[i % AHEAD] = set_out(&table, &b, i + AHEAD);
        arrive(&table, &b, i, home, &l, slot_of_key);
        if (l.count == LATE) {
            go_on(&table, &b, &l, slot_of_key);
            if (l.count > STILL_LATE)
                answer_late(&table, &b, &l);
        }
    }
    go_on(&table, &b, &l, slot_of_key);
    answer_late(&table, &b, &l);
}

#ifdef RG_SIMD_X86
#include <immintrin.h>

/* Does what slot_of does, with four keys at once. */
RG_AVX2 INLINE uint32_t slot_of_avx2(const bucket *b, uint64_t key)
{
    __m256i keys = _mm256_load_si256((const __m256i *)b->keys);
    __m256i equal = _mm256_cmpeq_epi64(keys, _mm256_set1_epi64x((long long)key));
    uint32_t slots = (uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(equal));
    slots |= (uint32_t)(b->keys[4] == key) << 4 | 1u << SLOTS;
    return (uint32_t)__builtin_ctz(slots);
}

RG_AVX2 static void find_many_avx2(const rg_table *table, batch b)
{
    find_many(table, b, slot_of_avx2);
}
#endif

void rg_table_find_many(const rg_table *table, const int32_t *lats_e7, const int32_t *lons_e7,
                        size_t count, int32_t *ids)
{
    batch b = {lats_e7, lons_e7, ids, count};
#ifdef RG_SIMD_X86
    if (rg_simd_avx2()) {
        find_many_avx2(table, b);
        return;
    }
#endif
    find_many(table, b, slot_of);
}

uint64_t rg_table_point_count(const rg_table *table)
{
    uint64_t count = 0;
    for (uint32_t at = 0; at < table->bucket_count; at++)
        count += table->buckets[at].used;
    return count;
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
        .id_end = sections->feature_count,
        .borrowed = true,
    };
    *out = table;
    return RG_OK;
}

rg_status rg_table_check(const rg_table *table, rg_fault *fault)
{
    bool flawed = false, ends = false;
    for (uint32_t at = 0; at < table->bucket_count; at++) {
        const bucket *b = &table->buckets[at];
        flawed |= b->used > SLOTS || b->overflowed > (b->used == SLOTS);
        ends |= !b->overflowed;
        for (uint32_t i = 0; i < SLOTS; i++) /* a free slot's id is 0 */
            flawed |= b->ids[i] >= table->id_end && (b->ids[i] != 0 || i < b->used);
    }
    if (flawed || !ends)
        return rg_section_corrupt(fault, RG_SECTION_TABLE, "a bucket is impossible");
    return RG_OK;
}
