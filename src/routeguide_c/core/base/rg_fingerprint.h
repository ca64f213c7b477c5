/* rg_fingerprint: a 64-bit number that distinguishes contents.
 *
 * Two different contents have the same fingerprint with probability 2^-64, unless they were chosen
 * to collide: it is no defence against that, and no checksum (rg_checksum detects damage). It is
 * the same on all machines of one byte order.
 *
 * Ownership: borrows the bytes for the call.
 * Threads: pure functions.
 * Cost: about the time to read memory.
 */
#ifndef RG_FINGERPRINT_H
#define RG_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

/* Returns the fingerprint of these bytes; never 0. */
uint64_t rg_fingerprint(const void *data, size_t size);

#endif
