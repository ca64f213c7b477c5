/* rg_simd: whether the core uses AVX2, decided once a process. (rg_checksum decides for itself.)
 *
 * AVX2, with the bit instructions that every such processor has, is used if compiler and processor
 * know it and the environment does not say ROUTEGUIDE_SIMD=scalar; otherwise plain C is. The
 * answers are the same, except for the last digits of rg_geo_batch. A function for AVX2 is marked
 * RG_AVX2 and compiled where RG_SIMD_X86 is defined.
 *
 * Threads: safe, as long as no thread changes the environment.
 */
#ifndef RG_SIMD_H
#define RG_SIMD_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define RG_SIMD_X86 1
#define RG_AVX2 __attribute__((target("avx2,fma,bmi,bmi2,popcnt")))
#endif

/* The environment variable, and its values for messages; not set and empty mean auto. */
#define RG_SIMD_SETTING "ROUTEGUIDE_SIMD"
#define RG_SIMD_SETTINGS "auto or scalar"

/* Returns false if the variable has any other value, which is then taken for auto. */
bool rg_simd_setting_is_known(void);

/* Returns true if functions marked RG_AVX2 are to be called. */
bool rg_simd_avx2(void);

#ifdef RG_SIMD_X86
/* Byte i of entry m is the position of the i-th lowest set bit of m: the lanes that a mask of
 * eight keeps. */
extern const uint64_t rg_simd_set_bits[256];
#endif

#endif
