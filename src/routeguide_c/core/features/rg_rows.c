#include "features/rg_rows.h"

#include "base/rg_utf8.h"

#include <string.h>

/* Rows are copied a block at a time, checked in the copy, and added from it. */
enum { BLOCK = 512, NAMES_SIZE = 64 * BLOCK };

typedef struct block {
    int32_t lats_e7[BLOCK], lons_e7[BLOCK];
    int64_t ends[BLOCK];        /* of the names */
    uint32_t short_ends[BLOCK]; /* of those below */
    uint8_t names[NAMES_SIZE + RG_FEATURE_NAME_STEP];
} block;

/* Copies offsets, widened to 64 bits. */
static void copy_offsets(int64_t *to, const rg_rows *rows, size_t first, size_t count)
{
    if (rows->offsets_are_wide) {
        memcpy(to, (const char *)rows->name_offsets + first * sizeof *to, count * sizeof *to);
        return;
    }
    int32_t narrow[BLOCK];
    memcpy(narrow, (const char *)rows->name_offsets + first * sizeof *narrow,
           count * sizeof *narrow);
    for (size_t i = 0; i < count; i++)
        to[i] = narrow[i];
}

static void copy_block(block *copy, const rg_rows *rows, size_t first, size_t count)
{
    size_t size = sizeof(int32_t);
    memcpy(copy->lats_e7, (const char *)rows->lats_e7 + first * size, count * size);
    memcpy(copy->lons_e7, (const char *)rows->lons_e7 + first * size, count * size);
    copy_offsets(copy->ends, rows, first + 1, count);
}

/* Copies the names, of which the first begins at `begin`. Returns false if the offsets are wrong or
 * the names do not fit, so that the rows must be added one by one. */
static bool copy_names(block *copy, const rg_rows *rows, int64_t begin, size_t count)
{
    int64_t last = copy->ends[count - 1];
    if (begin < 0 || begin > last || last - begin > NAMES_SIZE ||
        (uint64_t)last > rows->name_bytes_size)
        return false;
    int64_t before = begin;
    bool descends = false;
    for (size_t i = 0; i < count; i++) {
        descends |= copy->ends[i] < before;
        before = copy->ends[i];
        copy->short_ends[i] = (uint32_t)(before - begin);
    }
    size_t size = (size_t)(last - begin);
    if (descends)
        return false;
    if (size)
        memcpy(copy->names, rows->name_bytes + begin, size);
    memset(copy->names + size, 0, RG_FEATURE_NAME_STEP);
    return true;
}

/* Checks the names as one text, with no name beginning or ending within a character. */
static bool names_are_valid(const block *copy, size_t count)
{
    size_t size = copy->short_ends[count - 1];
    if (rg_utf8_is_ascii(copy->names, size))
        return true;
    bool is_cut = false;
    for (size_t i = 0; i < count; i++) /* after the last one is a zero */
        is_cut |= (copy->names[copy->short_ends[i]] & 0xc0) == 0x80;
    return !is_cut && rg_utf8_is_valid(copy->names, size);
}

/* Adds the feature, then checks the name that it now has. */
static rg_status add_row(rg_store *store, const rg_rows *rows, rg_point location, int64_t begin,
                         int64_t end)
{
    if (begin < 0 || begin > end || (uint64_t)end > rows->name_bytes_size)
        return RG_EOFFSET;
    size_t size = (size_t)(end - begin);
    const char *name = size ? (const char *)rows->name_bytes + begin : "";
    rg_status status = rg_store_add(store, location, name, size);
    if (status != RG_OK)
        return status;
    rg_slice copied = rg_feature_name(rg_store_encoded(store, rg_store_count(store) - 1));
    return rg_utf8_is_valid(copied.data, copied.size) ? RG_OK : RG_EUTF8;
}

static rg_status add_row_by_row(rg_store *store, const rg_rows *rows, const block *copy,
                                int64_t begin, size_t count, size_t *added)
{
    rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < count; i++) {
        rg_point location = {copy->lats_e7[i], copy->lons_e7[i]};
        status = add_row(store, rows, location, begin, copy->ends[i]);
        begin = copy->ends[i];
        *added += status == RG_OK;
    }
    return status;
}

static bool is_of_a_row(rg_status status)
{
    return status == RG_EOFFSET || status == RG_EUTF8 || status == RG_ENAME;
}

rg_status rg_rows_add(rg_store *store, const rg_rows *rows, size_t *wrong_row)
{
    if (rows->count == 0)
        return RG_OK;
    rg_store_mark before = rg_store_end(store);
    rg_status status = rg_store_reserve(store, rows->count, 0);
    block copy;
    int64_t begin;
    copy_offsets(&begin, rows, 0, 1);
    size_t row = 0;
    while (status == RG_OK && row < rows->count) {
        size_t count = rows->count - row < BLOCK ? rows->count - row : BLOCK;
        copy_block(&copy, rows, row, count);
        if (copy_names(&copy, rows, begin, count) && names_are_valid(&copy, count)) {
            rg_block names = {(uint32_t)count, copy.lats_e7, copy.lons_e7, copy.short_ends,
                              copy.names};
            status = rg_store_add_block(store, &names);
            row += status == RG_OK ? count : 0;
        } else {
            status = add_row_by_row(store, rows, &copy, begin, count, &row);
        }
        begin = copy.ends[count - 1];
    }
    if (status == RG_OK)
        return RG_OK;
    rg_store_cut(store, before);
    if (is_of_a_row(status))
        *wrong_row = row;
    return status;
}
