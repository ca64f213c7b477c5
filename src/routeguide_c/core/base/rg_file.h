/* rg_file: files of a snapshot: replaced in one step, read into memory or mapped.
 *
 * Functions fail with RG_EIO and the system's errno in `fault`, or with RG_ENOMEM.
 *
 * Ownership: a writer and a reader own their descriptors, a region its memory.
 * Threads: a value belongs to one thread; a loaded region has any number of readers.
 * Cost: the time to write or read the file; mapping it is O(1).
 */
#ifndef RG_FILE_H
#define RG_FILE_H

#include "base/rg_fault.h"
#include "base/rg_status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file that is being written and will replace the one at its path, if there is one. */
typedef struct rg_file_writer {
    int folder; /* descriptors; -1 where closed */
    int file;
    const char *name; /* of the destination within the folder; borrowed from the caller's path */
    char temporary[48];
} rg_file_writer;

/* Creates a file for `path`, which must outlive the writer, with a temporary name in the same
 * folder. It has the permissions of the file that it will replace, otherwise those that open()
 * gives. A symbolic link is replaced itself; a folder is refused with EISDIR, any other file that
 * is not regular with RG_ECORRUPT. */
rg_status rg_file_begin(rg_file_writer *writer, const char *path, rg_fault *fault);

/* Writes all bytes at the offset. */
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

/* Opens a regular file. A folder is refused with EISDIR, any other file with RG_ECORRUPT. */
rg_status rg_file_open(rg_file_reader *reader, const char *path, rg_fault *fault);

/* Reads exactly `size` bytes; RG_ECORRUPT if the file is shorter. */
rg_status rg_file_read(const rg_file_reader *reader, uint64_t offset, void *data, size_t size,
                       rg_fault *fault);

void rg_file_close(rg_file_reader *reader);

/* The bytes of a whole file, in memory or mapped. */
typedef struct rg_region {
    const uint8_t *data;
    size_t size;
    bool mapped;
} rg_region;

/* Maps the file read-only and shared if `map` is true and the platform has mmap; otherwise reads it
 * into memory. The reader may be closed afterwards. */
rg_status rg_region_load(rg_region *region, const rg_file_reader *reader, bool map,
                         rg_fault *fault);

/* Accepts a zeroed region. */
void rg_region_free(rg_region *region);

#endif
