#include "search/rg_order_avx2.h"

#ifdef RG_SIMD_X86

#include <immintrin.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

RG_AVX2 INLINE __m256i load(const uint32_t *at)
{
    return _mm256_loadu_si256((const __m256i *)at);
}

RG_AVX2 INLINE void store(uint32_t *at, __m256i items)
{
    _mm256_storeu_si256((__m256i *)at, items);
}

RG_AVX2 INLINE __m256i broadcast(uint32_t item)
{
    return _mm256_set1_epi32((int)item);
}

/* Greater than any id, also in comparisons of signed numbers. */
static const uint32_t no_id = INT32_MAX;

RG_AVX2 INLINE __m256i first_lanes(void)
{
    return _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
}

rg_order_survey RG_AVX2 rg_order_survey_avx2(const uint32_t *ids, size_t count)
{
    rg_order_survey s = {ids[0], ids[0], true};
    size_t i = 1;
    if (count > 8) {
        __m256i lowest = load(ids), highest = lowest, descents = _mm256_setzero_si256();
        for (; count - i >= 8; i += 8) {
            __m256i here = load(ids + i);
            descents = _mm256_or_si256(descents, _mm256_cmpgt_epi32(load(ids + i - 1), here));
            lowest = _mm256_min_epi32(lowest, here);
            highest = _mm256_max_epi32(highest, here);
        }
        uint32_t lows[8], highs[8];
        store(lows, lowest);
        store(highs, highest);
        for (int lane = 0; lane < 8; lane++) {
            s.lowest = lows[lane] < s.lowest ? lows[lane] : s.lowest;
            s.highest = highs[lane] > s.highest ? highs[lane] : s.highest;
        }
        s.ascending = _mm256_testz_si256(descents, descents);
    }
    for (; i < count; i++) {
        s.ascending &= ids[i - 1] < ids[i];
        s.lowest = ids[i] < s.lowest ? ids[i] : s.lowest;
        s.highest = ids[i] > s.highest ? ids[i] : s.highest;
    }
    return s;
}

/* Sorts up to 8 * registers ids: each lane counts the ids below its own. */
RG_AVX2 INLINE void rank_sort(uint32_t *ids, size_t count, int registers)
{
    uint32_t copy[RG_ORDER_FEW], ranks[RG_ORDER_FEW];
    __m256i own[RG_ORDER_FEW / 8], rank[RG_ORDER_FEW / 8];
    for (int r = 0; r < registers; r++) {
        __m256i lane = _mm256_add_epi32(first_lanes(), _mm256_set1_epi32(8 * r));
        __m256i beyond = _mm256_cmpgt_epi32(lane, _mm256_set1_epi32((int)count - 1));
        own[r] = _mm256_blendv_epi8(load(ids + 8 * r), broadcast(no_id), beyond);
        rank[r] = _mm256_setzero_si256();
        store(copy + 8 * r, own[r]);
    }
    for (size_t i = 0; i < count; i++) {
        __m256i other = broadcast(copy[i]);
        for (int r = 0; r < registers; r++) /* a true comparison is -1 */
            rank[r] = _mm256_sub_epi32(rank[r], _mm256_cmpgt_epi32(own[r], other));
    }
    for (int r = 0; r < registers; r++)
        store(ranks + 8 * r, rank[r]);
    for (size_t i = 0; i < count; i++)
        ids[ranks[i]] = copy[i];
}

RG_AVX2 void rg_order_few_avx2(uint32_t *ids, size_t count)
{
    if (count <= 8)
        rank_sort(ids, count, 1);
    else if (count <= 16)
        rank_sort(ids, count, 2);
    else if (count <= 24)
        rank_sort(ids, count, 3);
    else
        rank_sort(ids, count, 4);
}

/* Writes `least` ids for every word, even if it has fewer, and then the rest. If most words have at
 * most `least` bits, the branch is predictable. */
RG_AVX2 INLINE void read_sparse(const uint64_t *words, size_t count, uint32_t base, uint32_t *to,
                                unsigned least)
{
    for (size_t i = 0; i < count; i++, base += 64) {
        uint64_t word = words[i];
        uint32_t *next = to;
        to += __builtin_popcountll(word);
        for (unsigned k = 0; k < least; k++) {
            *next++ = base + (uint32_t)_tzcnt_u64(word);
            word = _blsr_u64(word);
        }
        for (; word; word = _blsr_u64(word))
            *next++ = base + (uint32_t)_tzcnt_u64(word);
    }
}

/* Reads eight bits at a time. */
RG_AVX2 static void read_dense(const uint64_t *words, size_t count, uint32_t base, uint32_t *to)
{
    for (size_t i = 0; i < count; i++) {
        for (uint64_t rest = words[i], byte = 0; byte < 8; byte++, rest >>= 8, base += 8) {
            __m128i set = _mm_loadl_epi64((const __m128i *)&rg_simd_set_bits[rest & 0xff]);
            store(to, _mm256_add_epi32(broadcast(base), _mm256_cvtepu8_epi32(set)));
            to += __builtin_popcountll(rest & 0xff);
        }
    }
}

RG_AVX2 void rg_order_read_bits_avx2(const uint64_t *words, size_t count, uint32_t base,
                                     size_t bits, uint32_t *to)
{
    if (bits < count)
        read_sparse(words, count, base, to, 2);
    else if (bits < 3 * count)
        read_sparse(words, count, base, to, 4);
    else if (bits < 10 * count)
        read_sparse(words, count, base, to, 10);
    else
        read_dense(words, count, base, to);
}

enum { SLOTS = 8, SPILL = 64 };

/* A bucket is for 2^shift neighboring ids. */
typedef struct bucketing {
    uint32_t first;   /* the lowest id's bucket: id >> shift */
    uint32_t buckets; /* rounded up to a multiple of eight */
    unsigned shift;
} bucketing;

/* Chooses one and a half to three ids a bucket, on average: with more, buckets overflow; with
 * fewer, the network sorts mostly empty slots. */
static bucketing plan(rg_order_survey s, size_t count)
{
    uint64_t three_ids_width = 3 * ((uint64_t)s.highest - s.lowest + 1) / count;
    unsigned shift = 0;
    while (three_ids_width >> (shift + 1))
        shift++;
    uint32_t first = s.lowest >> shift;
    uint32_t buckets = (s.highest >> shift) - first + 1;
    return (bucketing){first, (buckets + 7) / 8 * 8, shift};
}

size_t rg_order_slots_size(rg_order_survey s, size_t count)
{
    return (size_t)plan(s, count).buckets * (SLOTS + 1) * sizeof(uint32_t);
}

/* Merges `more` ids, in any order, into the `count` sorted ones at `to`. */
static void merge_spill(uint32_t *to, size_t count, uint32_t *spill, size_t more)
{
    while (more > 0) {
        size_t largest = 0;
        for (size_t i = 1; i < more; i++)
            largest = spill[i] > spill[largest] ? i : largest;
        uint32_t id = spill[largest];
        spill[largest] = spill[more - 1];
        size_t at = 0, end = count;
        while (at < end) {
            size_t middle = (at + end) / 2;
            if (to[middle] < id)
                at = middle + 1;
            else
                end = middle;
        }
        memmove(to + at + more, to + at, (count - at) * sizeof *to);
        to[at + more - 1] = id;
        count = at;
        more--;
    }
}

/* Puts the lesser item of each lane into a, and the greater into b. */
RG_AVX2 INLINE void order(__m256i *a, __m256i *b)
{
    __m256i lesser = _mm256_min_epi32(*a, *b);
    *b = _mm256_max_epi32(*a, *b);
    *a = lesser;
}

/* Writes eight buckets, whose slots k stand at slots[k * stride + 0 .. 7], and returns the end.
 * Source of the network: the best known for eight inputs, 19 comparators. */
RG_AVX2 INLINE uint32_t *write_buckets(const uint32_t *slots, size_t stride, uint32_t *to)
{
    __m256i a = load(slots), b = load(slots + stride);
    __m256i c = load(slots + 2 * stride), d = load(slots + 3 * stride);
    __m256i e = load(slots + 4 * stride), f = load(slots + 5 * stride);
    __m256i g = load(slots + 6 * stride), h = load(slots + 7 * stride);

    /* Minus the number of slots taken, in each lane. */
    const __m256i none = broadcast(no_id);
    __m256i taken = _mm256_add_epi32(
        _mm256_add_epi32(
            _mm256_add_epi32(_mm256_cmpgt_epi32(none, a), _mm256_cmpgt_epi32(none, b)),
            _mm256_add_epi32(_mm256_cmpgt_epi32(none, c), _mm256_cmpgt_epi32(none, d))),
        _mm256_add_epi32(
            _mm256_add_epi32(_mm256_cmpgt_epi32(none, e), _mm256_cmpgt_epi32(none, f)),
            _mm256_add_epi32(_mm256_cmpgt_epi32(none, g), _mm256_cmpgt_epi32(none, h))));
    uint32_t counts[8];
    store(counts, _mm256_sub_epi32(_mm256_setzero_si256(), taken));

    order(&a, &c);
    order(&b, &d);
    order(&e, &g);
    order(&f, &h);
    order(&a, &e);
    order(&b, &f);
    order(&c, &g);
    order(&d, &h);
    order(&a, &b);
    order(&c, &d);
    order(&e, &f);
    order(&g, &h);
    order(&c, &e);
    order(&d, &f);
    order(&b, &e);
    order(&d, &g);
    order(&b, &c);
    order(&d, &e);
    order(&f, &g);

    /* Transposes, so that each register is one bucket. */
    __m256i ab = _mm256_unpacklo_epi32(a, b), ab2 = _mm256_unpackhi_epi32(a, b);
    __m256i cd = _mm256_unpacklo_epi32(c, d), cd2 = _mm256_unpackhi_epi32(c, d);
    __m256i ef = _mm256_unpacklo_epi32(e, f), ef2 = _mm256_unpackhi_epi32(e, f);
    __m256i gh = _mm256_unpacklo_epi32(g, h), gh2 = _mm256_unpackhi_epi32(g, h);
    __m256i low[4] = {_mm256_unpacklo_epi64(ab, cd), _mm256_unpackhi_epi64(ab, cd),
                      _mm256_unpacklo_epi64(ab2, cd2), _mm256_unpackhi_epi64(ab2, cd2)};
    __m256i high[4] = {_mm256_unpacklo_epi64(ef, gh), _mm256_unpackhi_epi64(ef, gh),
                       _mm256_unpacklo_epi64(ef2, gh2), _mm256_unpackhi_epi64(ef2, gh2)};
    for (int i = 0; i < 4; i++) {
        store(to, _mm256_permute2x128_si256(low[i], high[i], 0x20));
        to += counts[i];
    }
    for (int i = 0; i < 4; i++) {
        store(to, _mm256_permute2x128_si256(low[i], high[i], 0x31));
        to += counts[4 + i];
    }
    return to;
}

bool RG_AVX2 rg_order_slots_avx2(rg_order_survey s, uint32_t *ids, size_t count, void *scratch)
{
    /* slots[k * buckets + b] is slot k of bucket b; next[b] is where its next id goes. */
    const bucketing p = plan(s, count);
    const uint32_t buckets = p.buckets, full = buckets * SLOTS;
    uint32_t *slots = scratch, *next = slots + full;
    for (uint32_t b = 0; b < buckets; b += 8)
        store(next + b, _mm256_add_epi32(first_lanes(), broadcast(b)));
    for (uint32_t at = 0; at < full; at += 8)
        store(slots + at, broadcast(no_id));

    uint32_t spill[SPILL];
    size_t spilled = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t id = ids[i], bucket = (id >> p.shift) - p.first, at = next[bucket];
        next[bucket] = at + buckets;
        if (__builtin_expect(at < full, 1)) {
            slots[at] = id;
        } else {
            if (spilled == SPILL)
                return false;
            spill[spilled++] = id;
        }
    }
    uint32_t *end = ids;
    for (uint32_t b = 0; b < buckets; b += 8)
        end = write_buckets(slots + b, buckets, end);
    merge_spill(ids, (size_t)(end - ids), spill, spilled);
    return true;
}

#endif
