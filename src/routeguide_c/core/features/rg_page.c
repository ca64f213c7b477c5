#include "features/rg_page.h"

#include "base/rg_prefetch.h"
#include "base/rg_varint.h"

#include <string.h>

/* Field number * 8 + wire type: varint (0), fixed64 (1), length-delimited (2). */
enum { TAG_ENTRY = 1 * 8 + 2, TAG_FEATURE = 1 * 8 + 2, TAG_SIDE = 4 * 8 };
enum { SIDE_LEFT = 1, SIDE_RIGHT = 2, SIDE_ON = 3 };

static const uint8_t tag_meters[] = {2 * 8 + 1, 3 * 8 + 1};

enum { MESSAGE_FIELDS = sizeof tag_meters, FIXED64_SIZE = 8 };

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Returns the size of a field with its tag and length. */
static size_t delimited_size(size_t size)
{
    return 1 + rg_varint_size(size) + size;
}

/* Returns true if an entry contains the feature as field 1, false if it is the feature. */
static bool has_fields(const rg_page *page)
{
    return page->is_lookups || page->meters[0];
}

static bool is_miss(const rg_page *page, size_t i)
{
    return page->is_lookups && page->ids[i] == RG_PAGE_MISS;
}

static rg_slice feature_of(const rg_page *page, size_t i, const rg_store *store)
{
    return is_miss(page, i) ? (rg_slice){0} : rg_store_encoded(store, page->ids[i]);
}

/* Size 0 means that the feature is missing; no feature has it. */
static size_t entry_size(const rg_page *page, size_t i, size_t feature_size)
{
    if (!has_fields(page))
        return feature_size;
    size_t size = feature_size ? delimited_size(feature_size) : 0;
    for (size_t field = 0; field < MESSAGE_FIELDS; field++)
        if (page->meters[field] && bits_of(page->meters[field][i]))
            size += 1 + FIXED64_SIZE;
    return size + (page->sides ? 2 : 0);
}

rg_status rg_page_size(size_t *out, const rg_page *page, const rg_store *store)
{
    uint32_t count = rg_store_count(store);
    size_t total = 0;
    for (size_t i = 0; i < page->count; i++) {
        if (page->ids[i] >= count && !is_miss(page, i))
            return RG_EID;
        rg_slice encoded = feature_of(page, i, store);
        if (encoded.size == 0 && !is_miss(page, i))
            return RG_ECORRUPT;
        rg_prefetch(encoded.data); /* to be copied soon */
        size_t size = delimited_size(entry_size(page, i, encoded.size));
        if (size > SIZE_MAX - total)
            return RG_ENOMEM;
        total += size;
    }
    *out = total;
    return RG_OK;
}

/* The wire format is little-endian on every machine. */
static uint8_t *write_fixed64(uint8_t *to, uint64_t bits)
{
    for (int shift = 0; shift < 64; shift += 8)
        *to++ = (uint8_t)(bits >> shift);
    return to;
}

static uint8_t *write_feature(uint8_t *to, uint8_t tag, rg_slice encoded)
{
    *to++ = tag;
    to = rg_varint_write(to, encoded.size);
    memcpy(to, encoded.data, encoded.size);
    return to + encoded.size;
}

static uint8_t *write_message(uint8_t *to, const rg_page *page, size_t i, rg_slice encoded)
{
    *to++ = TAG_ENTRY;
    to = rg_varint_write(to, entry_size(page, i, encoded.size));
    if (encoded.size)
        to = write_feature(to, TAG_FEATURE, encoded);
    for (size_t field = 0; field < MESSAGE_FIELDS; field++) {
        uint64_t bits = page->meters[field] ? bits_of(page->meters[field][i]) : 0;
        if (bits == 0) /* -0.0 has a bit, and is written */
            continue;
        *to++ = tag_meters[field];
        to = write_fixed64(to, bits);
    }
    if (page->sides) {
        *to++ = TAG_SIDE;
        *to++ = page->sides[i] < 0 ? SIDE_LEFT : page->sides[i] > 0 ? SIDE_RIGHT : SIDE_ON;
    }
    return to;
}

uint8_t *rg_page_write(uint8_t *to, const rg_page *page, const rg_store *store)
{
    for (size_t i = 0; i < page->count; i++) {
        rg_slice encoded = feature_of(page, i, store);
        to = has_fields(page) ? write_message(to, page, i, encoded)
                              : write_feature(to, TAG_ENTRY, encoded);
    }
    return to;
}
