/* rg_checksum: CRC-32C, the checksum of every byte of a snapshot.
 *
 * Reflected polynomial 0x82f63b78, register inverted before and after, as in every other CRC-32C.
 * It detects every error within 32 neighboring bits, and all others except one in 2^32.
 *
 * Ownership: borrows the bytes for the call.
 * Threads: pure functions.
 * Cost: about the time to read memory with the processor's instruction, otherwise a few times that.
 * Source: G. Castagnoli et al., Optimization of Cyclic Redundancy-Check Codes with 24 and 32
 * Parity Bits, 1993.
 */
#ifndef RG_CHECKSUM_H
#define RG_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Returns the checksum of these bytes after others with the checksum `crc`, 0 for none. */
uint32_t rg_crc32c(uint32_t crc, const void *data, size_t size);

/* Computes the same on any processor; public so that tests can compare the two. */
uint32_t rg_crc32c_portable(uint32_t crc, const void *data, size_t size);

#endif
