/* rg_fingerprint: a 64-bit number by which to tell contents apart.
 *
 * Two contents that nobody chose to collide have the same fingerprint once in 2^64. It is no
 * defence against somebody who does, and no checksum: rg_checksum finds damage.
 * The same on every machine of the same byte order.
 * Threads: pure functions.
 */
#ifndef RG_FINGERPRINT_H
#define RG_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

/* The fingerprint of these bytes; never 0.
 * Cost: about the time to read memory. */
uint64_t rg_fingerprint(const void *data, size_t size);

#endif
