#include "base/rg_fingerprint.h"

#include <string.h>

/* Independent steps, so that the processor overlaps their multiplications. */
enum { LANES = 4, WORD = sizeof(uint64_t) };

/* Fractions of the golden ratio and of the square root of two: odd, without a pattern of bits. */
static const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15);
static const uint64_t other = UINT64_C(0x6a09e667f3bcc909);

static uint64_t load(const uint8_t *at, size_t size)
{
    uint64_t word = 0;
    memcpy(&word, at, size);
    return word;
}

/* A permutation of the states for each word and of the words for each state, so that contents which
 * differ in a single word always have different states. A product carries differences to higher
 * bits only; the shift carries them back. */
static uint64_t mix(uint64_t state, uint64_t word)
{
    state = (state ^ word) * golden;
    state = (state ^ state >> 32) * other;
    return state ^ state >> 29;
}

uint64_t rg_fingerprint(const void *data, size_t size)
{
    const uint8_t *at = data;
    size_t left = size;
    uint64_t lanes[LANES] = {golden, 2 * golden, 3 * golden, 4 * golden};
    for (; left >= LANES * WORD; at += LANES * WORD, left -= LANES * WORD)
        for (size_t i = 0; i < LANES; i++)
            lanes[i] = mix(lanes[i], load(at + i * WORD, WORD));
    for (; left >= WORD; at += WORD, left -= WORD)
        lanes[0] = mix(lanes[0], load(at, WORD));
    if (left)
        lanes[0] = mix(lanes[0], load(at, left));
    /* The size distinguishes zeros of the content from those that fill the last word. */
    uint64_t state = mix(other, size);
    for (size_t i = 0; i < LANES; i++)
        state = mix(state, lanes[i]);
    return state ? state : 1;
}
