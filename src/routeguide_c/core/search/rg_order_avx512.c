#include "search/rg_order_avx512.h"

#ifdef RG_SIMD_AVX512

#include <immintrin.h>

#define INLINE static inline __attribute__((always_inline))

/* Ids, or words' bytes, that one register holds. */
enum { LANES = 16, BYTES = 64, WORDS = BYTES / 8 };

RG_AVX512 INLINE __m512i positions(void)
{
    static const uint8_t from_0[BYTES] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    return _mm512_loadu_si512(from_0);
}

/* Sixteen bytes as sixteen numbers. */
RG_AVX512 INLINE __m512i widened(__m128i bytes)
{
    return _mm512_cvtepu8_epi32(bytes);
}

RG_AVX512 INLINE void store(uint32_t *to, __m512i ids)
{
    _mm512_storeu_si512(to, ids);
}

/* The positions of the bits of each word, by keeping of all positions those whose bit is set. */
RG_AVX512 INLINE uint32_t *read_words(const uint64_t *words, size_t count, uint32_t base,
                                      uint32_t *to)
{
    for (size_t i = 0; i < count; i++, base += 64) {
        const __m512i bases = _mm512_set1_epi32((int)base);
        __m512i set = _mm512_maskz_compress_epi8(words[i], positions());
        unsigned bits = (unsigned)__builtin_popcountll(words[i]);
        store(to, _mm512_add_epi32(bases, widened(_mm512_castsi512_si128(set))));
        if (bits > LANES)
            store(to + LANES, _mm512_add_epi32(bases, widened(_mm512_extracti32x4_epi32(set, 1))));
        if (bits > 2 * LANES)
            store(to + 2 * LANES,
                  _mm512_add_epi32(bases, widened(_mm512_extracti32x4_epi32(set, 2))));
        if (bits > 3 * LANES)
            store(to + 3 * LANES,
                  _mm512_add_epi32(bases, widened(_mm512_extracti32x4_epi32(set, 3))));
        to += bits;
    }
    return to;
}

/* Eight words at a time: where so few bits are set that none of the 64 bytes has two of them and
 * at most sixteen have one, these bytes tell all. */
RG_AVX512 static void read_sparse(const uint64_t *words, size_t count, uint32_t base, uint32_t *to)
{
    size_t i = 0;
    for (; count - i >= WORDS; i += WORDS, base += WORDS * 64) {
        __m512i bytes = _mm512_loadu_si512(words + i);
        __m512i without_lowest =
            _mm512_and_si512(bytes, _mm512_sub_epi8(bytes, _mm512_set1_epi8(1)));
        __mmask64 any = _mm512_test_epi8_mask(bytes, bytes);
        __mmask64 several = _mm512_test_epi8_mask(without_lowest, without_lowest);
        unsigned ids = (unsigned)__builtin_popcountll(any);
        if (several || ids > LANES) {
            to = read_words(words + i, WORDS, base, to);
            continue;
        }
        __m512i bit = widened(_mm512_castsi512_si128(_mm512_maskz_compress_epi8(any, bytes)));
        __m512i byte =
            widened(_mm512_castsi512_si128(_mm512_maskz_compress_epi8(any, positions())));
        /* A bit's position is 31 minus the zeros above it. */
        __m512i first =
            _mm512_add_epi32(_mm512_slli_epi32(byte, 3), _mm512_set1_epi32((int)(base + 31)));
        store(to, _mm512_sub_epi32(first, _mm512_lzcnt_epi32(bit)));
        to += ids;
    }
    read_words(words + i, count - i, base, to);
}

RG_AVX512 void rg_order_read_bits_avx512(const uint64_t *words, size_t count, uint32_t base,
                                         size_t bits, uint32_t *to)
{
    if (bits < 2 * count)
        read_sparse(words, count, base, to);
    else
        read_words(words, count, base, to);
}

#endif
