#include "base/rg_utf8.h"

#include <string.h>

static const uint64_t high_bits = UINT64_C(0x8080808080808080);

/* Without an early return, so that compilers use the widest vectors of the processor. */
bool rg_utf8_is_ascii(const uint8_t *data, size_t size)
{
    uint8_t bits = 0;
    for (size_t i = 0; i < size; i++)
        bits |= data[i];
    return bits < 0x80;
}

static bool is_continuation(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Returns the size of the character at `at`, which is not ASCII; 0 if it is not well-formed. The
 * range of the second byte excludes overlong forms, surrogates, and code points past U+10FFFF. */
static size_t character_size(const uint8_t *at, size_t left)
{
    uint8_t lead = at[0];
    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    size_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (left < size)
        return 0;
    uint8_t least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    uint8_t most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (at[1] < least || at[1] > most)
        return 0;
    for (size_t i = 2; i < size; i++)
        if (!is_continuation(at[i]))
            return 0;
    return size;
}

bool rg_utf8_is_valid(const uint8_t *data, size_t size)
{
    const uint8_t *at = data, *end = data + size;
    while (at < end) {
        uint64_t word = high_bits;
        if (end - at >= 8)
            memcpy(&word, at, sizeof word);
        if ((word & high_bits) == 0) {
            at += sizeof word;
            continue;
        }
        if (*at < 0x80) {
            at++;
            continue;
        }
        size_t step = character_size(at, (size_t)(end - at));
        if (step == 0)
            return false;
        at += step;
    }
    return true;
}
