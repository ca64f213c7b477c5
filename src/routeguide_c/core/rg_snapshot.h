/* rg_snapshot: saves an index to a file, and opens the file by mapping it.
 *
 *   | header | metadata | store latitudes | ... | grid ids | table |
 *
 * The arrays are in the file as in memory, each at a multiple of 64 bytes. Every byte has a
 * checksum. The header has the fingerprint of the features. docs/snapshot-format.md describes the
 * format.
 *
 * Ownership: an opened index owns the mapping or the memory of its file.
 * Threads: several threads may save one index, also to one path; an opened index is like any other.
 * Cost: saving takes the time to write the file; opening without verification is O(1).
 */
#ifndef RG_SNAPSHOT_H
#define RG_SNAPSHOT_H

#include "base/rg_fault.h"
#include "rg_index.h"

#include <stdbool.h>

/* The most bytes of metadata. */
enum { RG_METADATA_MAX = 65536 };

/* Saves the index and the caller's metadata to a file at `path`. The file appears complete or not
 * at all: it is written with a temporary name in the same folder, flushed to the disk and renamed.
 * Every failure leaves what was at `path` as it was. */
rg_status rg_snapshot_save(const rg_index *index, const char *path, rg_slice metadata,
                           rg_fault *fault);

/* Opens a file that rg_snapshot_save wrote: mapped and shared with other processes, or read into
 * memory. RG_ECORRUPT or RG_EVERSION for any other file, also for one with the byte order of
 * another machine.
 *
 * With `verify` every checksum, offset and id is checked; that takes a pass over the file. Without,
 * only the header is checked: damaged or malicious content then gives wrong answers or RG_ECORRUPT
 * later, but never an access outside the file, as long as no process changes the file while it is
 * mapped. */
rg_status rg_snapshot_open(rg_index **out, const char *path, bool verify, bool map,
                           rg_fault *fault);

#endif
