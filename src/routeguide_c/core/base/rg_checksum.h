/* rg_checksum: CRC-32C, the checksum of every byte of a snapshot.
 *
 * Reflected polynomial 0x82f63b78, register inverted before and after, so that any other program's
 * CRC-32C gives the same numbers. It finds every error that lies within 32 neighbouring bits, and
 * of all others one in 2^32 escapes.
 * Threads: pure functions.
 * Source: G. Castagnoli et al., Optimization of Cyclic Redundancy-Check Codes with 24 and 32
 * Parity Bits, 1993.
 */
#ifndef RG_CHECKSUM_H
#define RG_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* The checksum of bytes whose beginning has the checksum `crc` (0 for none) and goes on with these.
 * Cost: about the time to read memory with the processor's own instruction, else a few times it. */
uint32_t rg_crc32c(uint32_t crc, const void *data, size_t size);

/* The same on any processor; apart so that tests can compare the two. */
uint32_t rg_crc32c_portable(uint32_t crc, const void *data, size_t size);

#endif
