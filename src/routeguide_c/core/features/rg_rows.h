/* rg_rows: features as columns, the names in one run of bytes, as Apache Arrow lays strings out.
 *
 *   lats_e7       | int32 | int32 | ...
 *   lons_e7       | int32 | int32 | ...
 *   name_offsets  | int32 or int64 | ...          one more than there are rows
 *   name_bytes    | name 0 | name 1 | ...         row i's from its offset to the next row's
 *
 * Ownership: rows borrow.
 * Threads: while rows are added, another thread may write to them: what is added is checked, and
 * is something that was in them.
 * Source: https://arrow.apache.org/docs/format/Columnar.html, Variable-size Binary Layout.
 */
#ifndef RG_ROWS_H
#define RG_ROWS_H

#include "features/rg_store.h"

typedef struct rg_rows {
    size_t count;
    const void *lats_e7; /* at any address, as all of them */
    const void *lons_e7;
    const void *name_offsets; /* of int64_t where they are wide, else of int32_t; from 0 or not */
    bool offsets_are_wide;
    const uint8_t *name_bytes;
    size_t name_bytes_size;
} rg_rows;

/* Appends all rows, or none and says which is wrong: RG_EOFFSET, RG_EUTF8, RG_ENAME. RG_ECOUNT or
 * RG_ENOMEM leave the number alone.
 * Cost: one pass. */
rg_status rg_rows_add(rg_store *store, const rg_rows *rows, size_t *wrong_row);

#endif
