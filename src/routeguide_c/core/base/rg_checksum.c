#include "base/rg_checksum.h"

#include <string.h>

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define HAS_CRC_INSTRUCTION 1
#include <nmmintrin.h>
#endif

static const uint32_t polynomial = UINT32_C(0x82f63b78);

enum { STRIDE = 8 }; /* bytes that the portable loop processes at once */

/* Shifts one bit out of the register. */
static uint32_t step(uint32_t crc)
{
    return crc >> 1 ^ (crc & 1 ? polynomial : 0);
}

/* ahead[k][b] is what byte b does to the register after k more bytes. */
static void fill_tables(uint32_t ahead[STRIDE][256])
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
            crc = step(crc);
        ahead[0][byte] = crc;
    }
    for (int k = 1; k < STRIDE; k++)
        for (uint32_t byte = 0; byte < 256; byte++)
            ahead[k][byte] = ahead[k - 1][byte] >> 8 ^ ahead[0][ahead[k - 1][byte] & 0xff];
}

/* The tables are on the stack: filling them takes microseconds, and sharing them would take a lock
 * or 8 KiB of constants for a path that few processors need. */
uint32_t rg_crc32c_portable(uint32_t crc, const void *data, size_t size)
{
    uint32_t ahead[STRIDE][256];
    fill_tables(ahead);
    const uint8_t *at = data;
    crc = ~crc;
    for (; size >= STRIDE; at += STRIDE, size -= STRIDE) {
        crc = ahead[7][(crc ^ at[0]) & 0xff] ^ ahead[6][(crc >> 8 ^ at[1]) & 0xff] ^
              ahead[5][(crc >> 16 ^ at[2]) & 0xff] ^ ahead[4][crc >> 24 ^ at[3]] ^ ahead[3][at[4]] ^
              ahead[2][at[5]] ^ ahead[1][at[6]] ^ ahead[0][at[7]];
    }
    for (; size; at++, size--)
        crc = crc >> 8 ^ ahead[0][(crc ^ *at) & 0xff];
    return ~crc;
}

#ifdef HAS_CRC_INSTRUCTION

/* The instruction takes three cycles and can start every cycle: four lanes keep it busy. */
enum { LANES = 4, LANE_SIZE = 16384 };

/* What LANE_SIZE zero bytes do to a register, as a factor: x^(8 * LANE_SIZE) modulo the
 * polynomial, bit 31 being the coefficient of 1. */
static const uint32_t past_a_lane = UINT32_C(0xbf455269);

/* The product of two registers modulo the polynomial. */
static uint32_t multiply(uint32_t a, uint32_t b)
{
    uint32_t product = 0;
    for (int bit = 31; bit >= 0; bit--) {
        product ^= b & (0 - (a >> bit & 1));
        b = step(b);
    }
    return product;
}

static uint64_t load(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

__attribute__((target("sse4.2"))) static uint32_t with_instruction(uint32_t crc, const uint8_t *at,
                                                                   size_t size)
{
    uint64_t first = ~crc;
    for (; size >= LANES * LANE_SIZE; at += LANES * LANE_SIZE, size -= LANES * LANE_SIZE) {
        uint64_t second = 0, third = 0, fourth = 0;
        for (size_t i = 0; i < LANE_SIZE; i += sizeof(uint64_t)) {
            first = _mm_crc32_u64(first, load(at + i));
            second = _mm_crc32_u64(second, load(at + LANE_SIZE + i));
            third = _mm_crc32_u64(third, load(at + 2 * LANE_SIZE + i));
            fourth = _mm_crc32_u64(fourth, load(at + 3 * LANE_SIZE + i));
        }
        second ^= multiply(past_a_lane, (uint32_t)first);
        third ^= multiply(past_a_lane, (uint32_t)second);
        first = fourth ^ multiply(past_a_lane, (uint32_t)third);
    }
    for (; size >= sizeof(uint64_t); at += sizeof(uint64_t), size -= sizeof(uint64_t))
        first = _mm_crc32_u64(first, load(at));
    for (; size; at++, size--)
        first = _mm_crc32_u8((uint32_t)first, *at);
    return ~(uint32_t)first;
}

uint32_t rg_crc32c(uint32_t crc, const void *data, size_t size)
{
    if (__builtin_cpu_supports("sse4.2"))
        return with_instruction(crc, data, size);
    return rg_crc32c_portable(crc, data, size);
}

#else

uint32_t rg_crc32c(uint32_t crc, const void *data, size_t size)
{
    return rg_crc32c_portable(crc, data, size);
}

#endif
