/* rg_utf8: is it UTF-8?
 *
 * Threads: pure functions.
 * Source: The Unicode Standard, Table 3-7, Well-Formed UTF-8 Byte Sequences.
 */
#ifndef RG_UTF8_H
#define RG_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True where every byte is below 128. Cost: one pass, many bytes at a time. */
bool rg_utf8_is_ascii(const uint8_t *data, size_t size);

/* True for well-formed UTF-8: no overlong forms, no surrogates, nothing past U+10FFFF, nothing cut
 * short. Empty is well-formed.
 * Cost: one pass; ASCII eight bytes at a time. */
bool rg_utf8_is_valid(const uint8_t *data, size_t size);

#endif
