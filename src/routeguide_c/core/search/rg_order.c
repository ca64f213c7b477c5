#include "search/rg_order.h"

#include "base/rg_alloc.h"
#include "search/rg_order_avx2.h"

#include <string.h>

/* The way to sort depends on the list:
 *
 *   few ids                            insertion; by rank with AVX2
 *   ascending                          nothing
 *   dense between lowest and highest   a bitmap of that range
 *   evenly spread, with AVX2           buckets of eight slots, if they fit in the caches
 *   any other                          radix, a byte at a time
 */
enum {
    FEW = 24,
    DENSE = 128,  /* the most bits of bitmap an id */
    SLOTTED = 32, /* the same for lists that the slots can sort */
    DIGITS = 256,
    ROOM = 2048 /* words of scratch on the stack */
};

/* Scratch memory: on the stack or, if that is too small, on the heap. */
typedef struct workspace {
    void *memory;
    size_t capacity; /* bytes */
    _Alignas(64) uint64_t room[ROOM];
} workspace;

static void *reserve(workspace *w, size_t bytes)
{
    void *memory = rg_grow(w->memory, w->room, 0, &w->capacity, bytes, 1);
    if (memory)
        w->memory = memory;
    return memory;
}

/* 0 to 63; `word` is not 0. */
static uint32_t lowest_bit(uint64_t word)
{
#if defined(__GNUC__) || defined(__clang__)
    return (uint32_t)__builtin_ctzll(word);
#else
    uint32_t position = 0;
    for (; !(word & 0xff); word >>= 8)
        position += 8;
    for (; !(word & 1); word >>= 1)
        position++;
    return position;
#endif
}

static rg_order_survey survey(const uint32_t *ids, size_t count)
{
#ifdef RG_SIMD_X86
    if (rg_simd_avx2())
        return rg_order_survey_avx2(ids, count);
#endif
    rg_order_survey s = {ids[0], ids[0], true};
    for (size_t i = 1; i < count; i++) {
        s.ascending &= ids[i - 1] < ids[i];
        s.lowest = ids[i] < s.lowest ? ids[i] : s.lowest;
        s.highest = ids[i] > s.highest ? ids[i] : s.highest;
    }
    return s;
}

static void sort_few(uint32_t *ids, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint32_t id = ids[i];
        size_t at = i;
        for (; at > 0 && ids[at - 1] > id; at--)
            ids[at] = ids[at - 1];
        ids[at] = id;
    }
}

static void read_bits(const uint64_t *words, size_t count, uint32_t base, uint32_t *to)
{
    for (size_t i = 0; i < count; i++, base += 64)
        for (uint64_t word = words[i]; word; word &= word - 1)
            *to++ = base + lowest_bit(word);
}

static rg_status sort_dense(rg_order_survey s, uint32_t *ids, size_t count, workspace *work)
{
    uint32_t base = s.lowest & ~UINT32_C(63);
    size_t words = (s.highest - base) / 64 + 1;
    uint64_t *bits = reserve(work, words * sizeof *bits);
    if (!bits)
        return RG_ENOMEM;
    memset(bits, 0, words * sizeof *bits);
    for (size_t i = 0; i < count; i++) {
        uint32_t at = ids[i] - base;
        bits[at / 64] |= UINT64_C(1) << at % 64;
    }
#ifdef RG_SIMD_X86
    if (rg_simd_avx2()) {
        rg_order_read_bits_avx2(bits, words, base, count, ids);
        return RG_OK;
    }
#endif
    read_bits(bits, words, base, ids);
    return RG_OK;
}

/* Sorts by each digit, lowest first, between the list and a copy. Digits that all ids share are
 * skipped. */
static rg_status sort_by_radix(rg_order_survey s, uint32_t *ids, size_t count, workspace *work)
{
    enum { PASSES = 4 };
    uint32_t *other = reserve(work, count * sizeof *other);
    if (!other)
        return RG_ENOMEM;
    uint32_t next[PASSES][DIGITS] = {0};
    for (size_t i = 0; i < count; i++) {
        uint32_t id = ids[i];
        for (int pass = 0; pass < PASSES; pass++)
            next[pass][id >> 8 * pass & 0xff]++;
    }
    uint32_t *from = ids, *to = other;
    for (int pass = 0; pass < PASSES; pass++) {
        if (next[pass][s.lowest >> 8 * pass & 0xff] == count)
            continue;
        uint32_t begin = 0;
        for (int digit = 0; digit < DIGITS; digit++) {
            uint32_t here = next[pass][digit];
            next[pass][digit] = begin;
            begin += here;
        }
        for (size_t i = 0; i < count; i++)
            to[next[pass][from[i] >> 8 * pass & 0xff]++] = from[i];
        uint32_t *sorted = to;
        to = from;
        from = sorted;
    }
    if (from != ids)
        memcpy(ids, from, count * sizeof *ids);
    return RG_OK;
}

static rg_status sort(uint32_t *ids, size_t count, workspace *work)
{
#ifdef RG_SIMD_X86
    if (count <= RG_ORDER_FEW && rg_simd_avx2()) {
        rg_order_few_avx2(ids, count);
        return RG_OK;
    }
#endif
    if (count <= FEW) {
        sort_few(ids, count);
        return RG_OK;
    }
    rg_order_survey s = survey(ids, count);
    if (s.ascending)
        return RG_OK;
    bool slotted = false;
#ifdef RG_SIMD_X86
    slotted = count <= RG_ORDER_SLOTS_MOST && rg_simd_avx2();
#endif
    if ((s.highest - s.lowest) / (slotted ? SLOTTED : DENSE) < count)
        return sort_dense(s, ids, count, work);
#ifdef RG_SIMD_X86
    if (slotted) {
        void *memory = reserve(work, rg_order_slots_size(s, count));
        if (!memory)
            return RG_ENOMEM;
        if (rg_order_slots_avx2(s, ids, count, memory))
            return RG_OK;
    }
#endif
    return sort_by_radix(s, ids, count, work);
}

rg_status rg_order_ids(rg_ids *ids)
{
    if (ids->count < 2)
        return RG_OK;
    workspace work;
    work.memory = work.room;
    work.capacity = sizeof work.room;
    rg_status status = sort(ids->items, ids->count, &work);
    if (work.memory != work.room)
        rg_free(work.memory);
    return status;
}
