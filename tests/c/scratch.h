/* scratch: files for a test, in a folder of its own that goes when the test is done. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <stddef.h>
#include <stdint.h>

/* Makes an empty folder. One at a time. */
void scratch_begin(void);

/* Removes it with the files in it. */
void scratch_end(void);

/* The path of a name in the folder; good until the eighth call after. */
const char *scratch_path(const char *name);

/* How many files are in the folder. */
size_t scratch_files(void);

typedef struct scratch_bytes {
    uint8_t *data; /* freed with free() */
    size_t size;
} scratch_bytes;

scratch_bytes scratch_read(const char *path);
void scratch_write(const char *path, const void *data, size_t size);

#endif
