/* rg_rows: adds features from columns in the layout of Apache Arrow, with all names in one run of
 * bytes.
 *
 *   lats_e7       | int32 | int32 | ...
 *   lons_e7       | int32 | int32 | ...
 *   name_offsets  | int32 or int64 | ...          one more than rows
 *   name_bytes    | name 0 | name 1 | ...         each from its offset to the next one
 *
 * Ownership: rows borrow the columns for the call.
 * Threads: another thread may write to the columns meanwhile: each value is copied once, and
 * checked in the copy. Cost: one pass. Source: https://arrow.apache.org/docs/format/Columnar.html,
 * Variable-size Binary Layout.
 */
#ifndef RG_ROWS_H
#define RG_ROWS_H

#include "features/rg_store.h"

typedef struct rg_rows {
    size_t count;
    const void *lats_e7; /* at any alignment, like all columns */
    const void *lons_e7;
    const void *name_offsets; /* int64_t if wide, otherwise int32_t; the first need not be 0 */
    bool offsets_are_wide;
    const uint8_t *name_bytes;
    size_t name_bytes_size;
} rg_rows;

/* Appends all rows, or none: RG_EOFFSET, RG_EUTF8 or RG_ENAME with the number of the wrong row, or
 * RG_ECOUNT or RG_ENOMEM without it. */
rg_status rg_rows_add(rg_store *store, const rg_rows *rows, size_t *wrong_row);

#endif
