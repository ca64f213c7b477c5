/* rg_slice: a run of bytes that belongs to another object. */
#ifndef RG_SLICE_H
#define RG_SLICE_H

#include <stddef.h>
#include <stdint.h>

typedef struct rg_slice {
    const uint8_t *data;
    size_t size;
} rg_slice;

#endif
