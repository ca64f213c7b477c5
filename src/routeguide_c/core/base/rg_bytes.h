/* rg_bytes: counts a byte in a run of bytes.
 *
 * Ownership: borrows the bytes for the call.
 * Threads: pure functions.
 * Cost: about the time to read them.
 */
#ifndef RG_BYTES_H
#define RG_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* Returns how many of the bytes equal `byte`. */
size_t rg_bytes_count(const uint8_t *data, size_t size, uint8_t byte);

#endif
