#include "search/rg_hits.h"

#include "base/rg_alloc.h"
#include "base/rg_simd.h"

#include <stdbool.h>
#include <string.h>

void rg_hits_init(rg_hits *hits, double *distances_m, uint32_t *ids, size_t capacity)
{
    *hits = (rg_hits){
        .distances_m = distances_m,
        .ids = ids,
        .capacity = ids ? capacity + RG_HITS_SLACK : 0,
        .lent_m = distances_m,
        .lent_ids = ids,
    };
}

rg_status rg_hits_reserve(rg_hits *hits, size_t more)
{
    if (more > SIZE_MAX - RG_HITS_SLACK)
        return RG_ENOMEM;
    size_t capacity = hits->capacity;
    double *distances_m = rg_grow(hits->distances_m, hits->lent_m, hits->count, &capacity,
                                  more + RG_HITS_SLACK, sizeof *distances_m);
    if (!distances_m)
        return RG_ENOMEM;
    hits->distances_m = distances_m;
    uint32_t *ids = rg_grow(hits->ids, hits->lent_ids, hits->count, &hits->capacity,
                            more + RG_HITS_SLACK, sizeof *ids);
    if (!ids)
        return RG_ENOMEM;
    hits->ids = ids;
    hits->capacity = hits->capacity < capacity ? hits->capacity : capacity;
    return RG_OK;
}

void rg_hits_clear(rg_hits *hits)
{
    if (hits->distances_m != hits->lent_m)
        rg_free(hits->distances_m);
    if (hits->ids != hits->lent_ids)
        rg_free(hits->ids);
    rg_hits_init(hits, NULL, NULL, 0);
}

/* --- taking and dropping --- */

#ifdef RG_SIMD_X86
#include <immintrin.h>

/* Packs the kept ids and distances of four lanes to the front. */
RG_AVX2 static size_t take_avx2(double *to_m, uint32_t *to_ids, const double *distances_m,
                                uint32_t first_id, size_t count, double limit_m)
{
    const __m256d limit = _mm256_set1_pd(limit_m);
    __m128i ids = _mm_add_epi32(_mm_set1_epi32((int)first_id), _mm_setr_epi32(0, 1, 2, 3));
    size_t taken = 0;
    for (size_t i = 0; i < count; i += 4) {
        __m256d distances = _mm256_loadu_pd(distances_m + i);
        unsigned kept = (unsigned)_mm256_movemask_pd(_mm256_cmp_pd(distances, limit, _CMP_LE_OQ));
        if (count - i < 4)
            kept &= (1u << (count - i)) - 1;
        /* The positions of the kept lanes, once as lanes of 4 bytes and once as pairs of them. */
        __m128i lanes =
            _mm_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)&rg_simd_set_bits[kept]));
        __m256i pairs = _mm256_cvtepu32_epi64(_mm_slli_epi32(lanes, 1));
        pairs = _mm256_or_si256(
            pairs, _mm256_slli_epi64(_mm256_add_epi64(pairs, _mm256_set1_epi64x(1)), 32));
        __m256i packed = _mm256_permutevar8x32_epi32(_mm256_castpd_si256(distances), pairs);
        _mm256_storeu_pd(to_m + taken, _mm256_castsi256_pd(packed));
        __m128 packed_ids = _mm_permutevar_ps(_mm_castsi128_ps(ids), lanes);
        _mm_storeu_si128((__m128i *)(to_ids + taken), _mm_castps_si128(packed_ids));
        taken += (size_t)_mm_popcnt_u32(kept);
        ids = _mm_add_epi32(ids, _mm_set1_epi32(4));
    }
    return taken;
}
#endif

void rg_hits_take(rg_hits *hits, const double *distances_m, uint32_t first_id, size_t count,
                  double limit_m)
{
    double *to_m = hits->distances_m + hits->count;
    uint32_t *to_ids = hits->ids + hits->count;
#ifdef RG_SIMD_X86
    if (rg_simd_avx2()) {
        hits->count += take_avx2(to_m, to_ids, distances_m, first_id, count, limit_m);
        return;
    }
#endif
    size_t taken = 0;
    for (size_t i = 0; i < count; i++) {
        to_m[taken] = distances_m[i]; /* always written, kept if near: no branch to predict */
        to_ids[taken] = first_id + (uint32_t)i;
        taken += distances_m[i] <= limit_m;
    }
    hits->count += taken;
}

void rg_hits_drop(rg_hits *hits, double limit_m)
{
    size_t kept = 0;
    for (size_t i = 0; i < hits->count; i++) {
        double distance_m = hits->distances_m[i];
        hits->distances_m[kept] = distance_m;
        hits->ids[kept] = hits->ids[i];
        kept += distance_m <= limit_m;
    }
    hits->count = kept;
}

/* --- the nearest few --- */

typedef struct range {
    double lo, hi;
} range;

/* Four minima and maxima side by side, so that none waits for another. */
static range range_of(const double *values, size_t count)
{
    double lo[4], hi[4];
    for (size_t lane = 0; lane < 4; lane++)
        lo[lane] = hi[lane] = values[lane < count ? lane : 0];
    for (size_t i = 0; i + 4 <= count; i += 4)
        for (size_t lane = 0; lane < 4; lane++) {
            double value = values[i + lane];
            lo[lane] = value < lo[lane] ? value : lo[lane];
            hi[lane] = value > hi[lane] ? value : hi[lane];
        }
    range all = {lo[0], hi[0]};
    for (size_t lane = 1; lane < 4; lane++) {
        all.lo = lo[lane] < all.lo ? lo[lane] : all.lo;
        all.hi = hi[lane] > all.hi ? hi[lane] : all.hi;
    }
    for (size_t i = count / 4 * 4; i < count; i++) {
        all.lo = values[i] < all.lo ? values[i] : all.lo;
        all.hi = values[i] > all.hi ? values[i] : all.hi;
    }
    return all;
}

/* Counts the values in buckets, finds the bucket of the wanted one, and divides that bucket again
 * as long as it has too many. */
double rg_hits_reach(const rg_hits *hits, size_t nearest)
{
    enum { BUCKETS = 64, LOOKS = 6 };
    const double above_rounding = 1 + 1e-14;
    const double *values = hits->distances_m;
    range seen = range_of(values, hits->count);
    double reach = seen.hi;
    for (int look = 0; look < LOOKS && seen.lo < seen.hi; look++) {
        const double width = (seen.hi - seen.lo) / BUCKETS, scale = 1 / width;
        uint32_t counts[BUCKETS + 2] = {0}; /* the first and the last: outside the range */
        for (size_t i = 0; i < hits->count; i++) {
            double bucket = (values[i] - seen.lo) * scale + 1;
            bucket = bucket > 0 ? bucket : 0;
            counts[(size_t)(bucket < BUCKETS + 1 ? bucket : BUCKETS + 1)]++;
        }
        size_t bucket = 0, up_to = counts[0];
        while (up_to < nearest && bucket <= BUCKETS)
            up_to += counts[++bucket];
        if (bucket == 0 || bucket > BUCKETS)
            break;
        seen.hi = seen.lo + width * (double)bucket;
        seen.lo += width * (double)(bucket - 1);
        reach = seen.hi * above_rounding;
        if (up_to <= nearest + nearest / 4 + 2)
            break;
    }
    return reach;
}

/* --- sorting --- */

enum {
    FEW = 24,           /* as many are sorted by insertion */
    BUCKETS_MAX = 1024, /* of a counting pass */
};

static void sort_few(double *distances_m, uint32_t *ids, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        double distance_m = distances_m[i];
        uint32_t id = ids[i];
        size_t at = i;
        for (; at > 0 && (distance_m < distances_m[at - 1] ||
                          (distance_m == distances_m[at - 1] && id < ids[at - 1]));
             at--) {
            distances_m[at] = distances_m[at - 1];
            ids[at] = ids[at - 1];
        }
        distances_m[at] = distance_m;
        ids[at] = id;
    }
}

/* How a run is divided into buckets: by distance, or by id if all distances are equal. */
typedef struct spread {
    double least;
    double scale; /* from a value above the least to its bucket */
    bool by_id;
} spread;

/* Returns false if all items are equal and need no sorting. */
static bool spread_out(const double *distances_m, const uint32_t *ids, size_t count, size_t buckets,
                       spread *out)
{
    range distance = range_of(distances_m, count);
    if (distance.lo < distance.hi) {
        *out = (spread){distance.lo, (double)(buckets - 1) / (distance.hi - distance.lo), false};
        return true;
    }
    uint32_t lo = ids[0], hi = ids[0];
    for (size_t i = 1; i < count; i++) {
        lo = ids[i] < lo ? ids[i] : lo;
        hi = ids[i] > hi ? ids[i] : hi;
    }
    *out = (spread){lo, (double)(buckets - 1) / ((double)hi - lo), true};
    return lo < hi;
}

/* Returns a bucket that increases with the item, from 0 to the last one. */
static size_t bucket_of(const spread *s, double distance_m, uint32_t id, size_t buckets)
{
    double value = s->by_id ? id : distance_m;
    size_t bucket = (size_t)((value - s->least) * s->scale);
    return bucket < buckets ? bucket : buckets - 1;
}

/* Sorts the items into buckets, and those of crowded buckets again. The least and the greatest item
 * are in different buckets, so that every pass divides. The scratch is as long as the run. */
static void sort_many(double *distances_m, uint32_t *ids, size_t count, double *scratch_m,
                      uint32_t *scratch_ids)
{
    uint32_t ends[BUCKETS_MAX + 1] = {0};
    size_t buckets = count / 4 < BUCKETS_MAX ? count / 4 : BUCKETS_MAX;
    spread s;
    if (!spread_out(distances_m, ids, count, buckets, &s))
        return;
    for (size_t i = 0; i < count; i++)
        ends[bucket_of(&s, distances_m[i], ids[i], buckets) + 1]++;
    for (size_t bucket = 0; bucket < buckets; bucket++)
        ends[bucket + 1] += ends[bucket];
    for (size_t i = 0; i < count; i++) {
        uint32_t at = ends[bucket_of(&s, distances_m[i], ids[i], buckets)]++;
        scratch_m[at] = distances_m[i];
        scratch_ids[at] = ids[i];
    }
    memcpy(distances_m, scratch_m, count * sizeof *distances_m);
    memcpy(ids, scratch_ids, count * sizeof *ids);
    for (size_t bucket = 0, begin = 0; bucket < buckets; bucket++) {
        size_t size = ends[bucket] - begin;
        if (size <= FEW)
            sort_few(distances_m + begin, ids + begin, size);
        else
            sort_many(distances_m + begin, ids + begin, size, scratch_m, scratch_ids);
        begin = ends[bucket];
    }
}

rg_status rg_hits_sort(rg_hits *hits)
{
    if (hits->count <= FEW) {
        sort_few(hits->distances_m, hits->ids, hits->count);
        return RG_OK;
    }
    rg_status status = RG_ENOMEM;
    double *scratch_m = rg_alloc(hits->count, sizeof *scratch_m);
    uint32_t *scratch_ids = rg_alloc(hits->count, sizeof *scratch_ids);
    if (scratch_m && scratch_ids) {
        sort_many(hits->distances_m, hits->ids, hits->count, scratch_m, scratch_ids);
        status = RG_OK;
    }
    rg_free(scratch_ids);
    rg_free(scratch_m);
    return status;
}
