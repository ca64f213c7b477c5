/* rg_order_avx2: the vector forms of parts of rg_order.c, for that file only.
 *
 * Ids are below 2^31. Up to RG_IDS_SLACK items beyond the last of a list may be read and written.
 *
 * Ownership: borrows the lists for the call.
 * Threads: a list belongs to one thread.
 */
#ifndef RG_ORDER_AVX2_H
#define RG_ORDER_AVX2_H

#include "base/rg_simd.h"

#include <stddef.h>

typedef struct rg_order_survey {
    uint32_t lowest;
    uint32_t highest;
    bool ascending;
} rg_order_survey;

#ifdef RG_SIMD_X86

enum { RG_ORDER_FEW = 32, RG_ORDER_SLOTS_MOST = 40000 };

/* Surveys a list of at least one id. */
rg_order_survey rg_order_survey_avx2(const uint32_t *ids, size_t count);

/* Sorts at most RG_ORDER_FEW ids, by counting for each how many are below it. */
void rg_order_few_avx2(uint32_t *ids, size_t count);

/* Writes the ids of the bits that are set in `count` words; that of the lowest bit is `base`.
 * `bits` is the number of bits set in all words. */
void rg_order_read_bits_avx2(const uint64_t *words, size_t count, uint32_t base, size_t bits,
                             uint32_t *to);

/* Returns the bytes of scratch that rg_order_slots_avx2 needs. */
size_t rg_order_slots_size(rg_order_survey s, size_t count);

/* Sorts ids that are spread about evenly between the lowest and the highest: puts each into one of
 * the eight slots of its bucket, sorts eight buckets at a time by a network across registers, and
 * writes them out. Returns false, with the ids unchanged, if too many buckets overflow. Fast for
 * lists up to RG_ORDER_SLOTS_MOST, correct for all. */
bool rg_order_slots_avx2(rg_order_survey s, uint32_t *ids, size_t count, void *scratch);

#endif
#endif
