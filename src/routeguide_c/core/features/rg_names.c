#include "features/rg_names.h"

#include "base/rg_utf8.h"

#include <string.h>

rg_status rg_names_measure(const rg_store *store, uint32_t first, uint32_t *count, int32_t *offsets,
                           int32_t bytes_max)
{
    size_t end = 0;
    for (uint32_t i = 0; i < *count; i++) {
        rg_slice encoded = rg_store_encoded(store, first + i);
        if (!encoded.size)
            return RG_ECORRUPT;
        size_t size = rg_feature_name(encoded).size;
        if (size > (size_t)bytes_max - end) {
            if (i == 0)
                return RG_ECORRUPT;
            *count = i;
            break;
        }
        offsets[i] = (int32_t)end;
        end += size;
    }
    offsets[*count] = (int32_t)end;
    return RG_OK;
}

/* True if the run of names is UTF-8 and so is each name: none begins within a character. */
static bool are_valid(const uint8_t *bytes, uint32_t count, const int32_t *offsets)
{
    size_t size = (size_t)offsets[count];
    if (rg_utf8_is_ascii(bytes, size))
        return true;
    bool is_cut = false;
    for (uint32_t i = 0; i < count; i++)
        if ((size_t)offsets[i] < size)
            is_cut |= (bytes[offsets[i]] & 0xc0) == 0x80;
    return !is_cut && rg_utf8_is_valid(bytes, size);
}

rg_status rg_names_copy(uint8_t *to, const rg_store *store, uint32_t first, uint32_t count,
                        const int32_t *offsets)
{
    for (uint32_t i = 0; i < count; i++) {
        rg_slice name = rg_feature_name(rg_store_encoded(store, first + i));
        if (name.size != (size_t)(offsets[i + 1] - offsets[i]))
            return RG_ECORRUPT; /* a mapped file that was written to meanwhile */
        if (name.size)
            memcpy(to + offsets[i], name.data, name.size);
    }
    return are_valid(to, count, offsets) ? RG_OK : RG_ECORRUPT;
}
