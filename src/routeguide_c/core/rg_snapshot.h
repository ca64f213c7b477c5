/* rg_snapshot: an index as a file, which opens by being mapped.
 *
 *   | header | metadata | store latitudes | ... | grid ids | table |
 *
 * The arrays lie in the file as they do in memory, each from a multiple of 64 bytes on. Every byte
 * is under a checksum. The header holds the features' fingerprint, as their saver knew it.
 *
 * Threads: one index may be saved by several; an index that was opened is as any other.
 */
#ifndef RG_SNAPSHOT_H
#define RG_SNAPSHOT_H

#include "base/rg_fault.h"
#include "rg_index.h"

#include <stdbool.h>

/* Bytes of metadata, at most. */
enum { RG_METADATA_MAX = 65536 };

/* Writes the index to a file at `path`, which is there whole or not at all: it is made beside its
 * place, flushed and renamed. The metadata is the caller's and stays opaque. RG_EIO leaves what was
 * at `path` as it was.
 * Cost: the time to write so much to the disk. */
rg_status rg_snapshot_save(const rg_index *index, const char *path, rg_slice metadata,
                           rg_fault *fault);

/* Opens a file that rg_snapshot_save wrote, mapped and shared with other processes or read into
 * memory. RG_ECORRUPT or RG_EVERSION for anything else.
 *
 * With `verify` every checksum, offset and id is checked. Without, only the header is, and content
 * that is damaged or hostile gives wrong answers or RG_ECORRUPT later; but the memory of the
 * process is safe from it either way, as long as nobody writes to the file or truncates it while
 * it is mapped.
 * Cost: with `verify` a pass over the file, without O(1). */
rg_status rg_snapshot_open(rg_index **out, const char *path, bool verify, bool map,
                           rg_fault *fault);

#endif
