#include "rg_feature.h"

#include "rg_varint.h"

#include <string.h>

/* Tags of length-delimited (2) and varint (0) fields: field number * 8 + wire type. */
enum {
    TAG_NAME = 1 * 8 + 2,
    TAG_LOCATION = 2 * 8 + 2,
    TAG_LATITUDE = 1 * 8,
    TAG_LONGITUDE = 2 * 8
};

/* The wire carries an int32 as its 64-bit two's complement. */
static uint64_t sign_extended(int32_t value)
{
    return (uint64_t)(int64_t)value;
}

static size_t coordinate_size(int32_t e7)
{
    return e7 == 0 ? 0 : 1 + rg_varint_size(sign_extended(e7));
}

static uint8_t *write_coordinate(uint8_t *to, uint8_t tag, int32_t e7)
{
    if (e7 == 0)
        return to;
    *to++ = tag;
    return rg_varint_write(to, sign_extended(e7));
}

static size_t location_size(rg_point location)
{
    return coordinate_size(location.lat_e7) + coordinate_size(location.lon_e7);
}

size_t rg_feature_encoded_size(rg_point location, size_t name_size)
{
    size_t name_field = name_size == 0 ? 0 : 1 + rg_varint_size(name_size) + name_size;
    return name_field + 2 + location_size(location);
}

uint8_t *rg_feature_encode(uint8_t *to, rg_point location, const char *name, size_t name_size)
{
    if (name_size) {
        *to++ = TAG_NAME;
        to = rg_varint_write(to, name_size);
        memcpy(to, name, name_size);
        to += name_size;
    }
    *to++ = TAG_LOCATION;
    *to++ = (uint8_t)location_size(location); /* at most 22 */
    to = write_coordinate(to, TAG_LATITUDE, location.lat_e7);
    return write_coordinate(to, TAG_LONGITUDE, location.lon_e7);
}

rg_slice rg_feature_name(rg_slice encoded)
{
    const rg_slice none = {encoded.data, 0};
    const uint8_t *at = encoded.data, *end = encoded.data + encoded.size;
    if (at == end || *at++ != TAG_NAME)
        return none;
    size_t size = 0;
    for (unsigned shift = 0; at < end && shift < 28; shift += 7) {
        size |= (size_t)(*at & 0x7f) << shift;
        if (!(*at++ & 0x80))
            return size <= (size_t)(end - at) ? (rg_slice){at, size} : none;
    }
    return none;
}
