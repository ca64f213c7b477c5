/* rg_simd: whether the core uses AVX2, decided once a process. (rg_checksum has a choice of its
 * own.)
 *
 * AVX2, with the bit instructions that every such processor has, where compiler and processor
 * know it; else, and wherever the environment says ROUTEGUIDE_SIMD=scalar, plain C. The answers
 * are the same, but for the last digits of rg_geo_fast. A function for AVX2 is marked RG_AVX2 and
 * compiled where RG_SIMD_X86 is defined. Threads: safe.
 */
#ifndef RG_SIMD_H
#define RG_SIMD_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define RG_SIMD_X86 1
#define RG_AVX2 __attribute__((target("avx2,fma,bmi,bmi2,popcnt")))
#endif

/* True when functions marked RG_AVX2 may be called, and should be. */
bool rg_simd_avx2(void);

#ifdef RG_SIMD_X86
/* Byte i of entry m is the position of the i-th lowest set bit of m: the lanes that a mask of
 * eight keeps. */
extern const uint64_t rg_simd_set_bits[256];
#endif

#endif
