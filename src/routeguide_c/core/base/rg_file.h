/* rg_file: files as a snapshot needs them: replaced in one step, read whole or mapped.
 *
 * Threads: a value belongs to one thread; a region, once there, to any number of readers.
 * All functions that fail do so with RG_EIO and the system's reason in `fault`, beside RG_ENOMEM.
 */
#ifndef RG_FILE_H
#define RG_FILE_H

#include "base/rg_fault.h"
#include "base/rg_status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file on its way to replace another, or to appear where none was. */
typedef struct rg_file_writer {
    int folder; /* descriptors; -1 where closed */
    int file;
    const char *name; /* of the destination within the folder; borrowed from the caller's path */
    char temporary[48];
} rg_file_writer;

/* Begins a file at `path`, which outlives the writer, under a temporary name in the same folder.
 * It gets the permissions of the file that it will replace, else those that open() gives. A
 * symbolic link is replaced itself; a folder or a device is refused, the latter with RG_ECORRUPT.
 */
rg_status rg_file_begin(rg_file_writer *writer, const char *path, rg_fault *fault);

/* Writes all of it at the offset. */
rg_status rg_file_write(rg_file_writer *writer, uint64_t offset, const void *data, size_t size,
                        rg_fault *fault);

/* Replaces what is at the path by the file, whose content is flushed to the disk before, and ends
 * the writer. On failure what was at the path is still there. */
rg_status rg_file_commit(rg_file_writer *writer, rg_fault *fault);

/* Removes the temporary file and ends the writer. */
void rg_file_abandon(rg_file_writer *writer);

/* A file open for reading. */
typedef struct rg_file_reader {
    int file;
    uint64_t size;
} rg_file_reader;

/* Opens a regular file; anything else is RG_ECORRUPT, a folder the system's EISDIR. */
rg_status rg_file_open(rg_file_reader *reader, const char *path, rg_fault *fault);

/* Reads exactly `size` bytes; RG_ECORRUPT where the file ends before them. */
rg_status rg_file_read(const rg_file_reader *reader, uint64_t offset, void *data, size_t size,
                       rg_fault *fault);

void rg_file_close(rg_file_reader *reader);

/* The bytes of a whole file, in memory or mapped. */
typedef struct rg_region {
    const uint8_t *data;
    size_t size;
    bool mapped;
} rg_region;

/* Maps the file read-only and shared, or reads it into memory, as platforms without mmap always
 * do. The reader may be closed afterwards. */
rg_status rg_region_load(rg_region *region, const rg_file_reader *reader, bool map,
                         rg_fault *fault);

/* Takes a zeroed region too. */
void rg_region_free(rg_region *region);

#endif
