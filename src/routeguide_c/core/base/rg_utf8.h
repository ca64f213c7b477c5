/* rg_utf8: checks that bytes are ASCII or UTF-8.
 *
 * Ownership: borrows the bytes for the call.
 * Threads: pure functions.
 * Cost: one pass; ASCII eight bytes or more at a time.
 * Source: The Unicode Standard, Table 3-7, Well-Formed UTF-8 Byte Sequences.
 */
#ifndef RG_UTF8_H
#define RG_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Returns true if every byte is below 128. */
bool rg_utf8_is_ascii(const uint8_t *data, size_t size);

/* Returns true for well-formed UTF-8: no overlong forms, surrogates, code points past U+10FFFF or
 * incomplete characters. No bytes are well-formed. */
bool rg_utf8_is_valid(const uint8_t *data, size_t size);

#endif
