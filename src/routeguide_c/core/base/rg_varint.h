/* rg_varint: the variable-length numbers of the protobuf wire format, seven bits a byte.
 *
 * Ownership: writes into the caller's bytes.
 * Threads: pure functions.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
#ifndef RG_VARINT_H
#define RG_VARINT_H

#include <stddef.h>
#include <stdint.h>

/* Returns how many bytes rg_varint_write writes: 1 to 10. */
static inline size_t rg_varint_size(uint64_t value)
{
    size_t size = 1;
    for (; value >= 0x80; value >>= 7)
        size++;
    return size;
}

/* Writes the number at `to` and returns its end. */
static inline uint8_t *rg_varint_write(uint8_t *to, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *to++ = (uint8_t)(value | 0x80);
    *to++ = (uint8_t)value;
    return to;
}

#endif
