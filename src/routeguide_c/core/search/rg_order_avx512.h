/* rg_order_avx512: reading bitmaps of ids out with AVX-512, for rg_order alone. */
#ifndef RG_ORDER_AVX512_H
#define RG_ORDER_AVX512_H

#include "base/rg_simd.h"

#include <stddef.h>

#ifdef RG_SIMD_AVX512

/* As rg_order_read_bits_avx2. Up to RG_IDS_SLACK items beyond the last id may be written. Cost: at
 * most 1.7 ns a word, however many bits it has, and half of it where most have none. */
void rg_order_read_bits_avx512(const uint64_t *words, size_t count, uint32_t base, size_t bits,
                               uint32_t *to);

#endif
#endif
