/* scratch: files for a test, in a temporary folder. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <stddef.h>
#include <stdint.h>

/* Creates an empty folder. Only one may exist at a time. */
void scratch_begin(void);

/* Removes the folder and its files. */
void scratch_end(void);

/* Returns the path of a name in the folder, valid until the eighth call after. */
const char *scratch_path(const char *name);

/* Counts the files in the folder. */
size_t scratch_files(void);

typedef struct scratch_bytes {
    uint8_t *data; /* freed with free() */
    size_t size;
} scratch_bytes;

scratch_bytes scratch_read(const char *path);
void scratch_write(const char *path, const void *data, size_t size);

#endif
