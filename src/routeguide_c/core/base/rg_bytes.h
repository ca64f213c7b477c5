/* rg_bytes: how often a byte occurs.
 *
 * Threads: pure functions.
 */
#ifndef RG_BYTES_H
#define RG_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* How many of the bytes equal `byte`. Cost: about the time to read them. */
size_t rg_bytes_count(const uint8_t *data, size_t size, uint8_t byte);

#endif
