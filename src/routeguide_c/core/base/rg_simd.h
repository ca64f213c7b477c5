/* rg_simd: whether the core uses AVX2 and AVX-512, decided once a process. (rg_checksum has a
 * choice of its own.)
 *
 * AVX2, with the bit instructions that every such processor has, where compiler and processor
 * know it; else, and wherever the environment says ROUTEGUIDE_SIMD=scalar, plain C. The answers
 * are the same, but for the last digits of rg_geo_fast. A function for AVX2 is marked RG_AVX2 and
 * compiled where RG_SIMD_X86 is defined. A few have a form for AVX-512 with VBMI2, too, marked
 * RG_AVX512 and compiled where RG_SIMD_AVX512 is defined; ROUTEGUIDE_SIMD=avx2 goes without them.
 * Threads: safe.
 */
#ifndef RG_SIMD_H
#define RG_SIMD_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define RG_SIMD_X86 1
#define RG_AVX2 __attribute__((target("avx2,fma,bmi,bmi2,popcnt")))
#if defined(__clang__) ? __clang_major__ >= 8 : __GNUC__ >= 9 /* older ones know less of it */
#define RG_SIMD_AVX512 1
#define RG_AVX512                                                                                  \
    __attribute__((target("avx2,fma,bmi,bmi2,popcnt,avx512f,avx512bw,avx512cd,avx512vbmi2")))
#endif
#endif

/* True when functions marked RG_AVX2 may be called, and should be. */
bool rg_simd_avx2(void);

/* The same of functions marked RG_AVX512; never true where rg_simd_avx2 is not. */
bool rg_simd_avx512(void);

#ifdef RG_SIMD_X86
/* Byte i of entry m is the position of the i-th lowest set bit of m: the lanes that a mask of
 * eight keeps. */
extern const uint64_t rg_simd_set_bits[256];
#endif

#endif
