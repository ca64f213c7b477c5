#include "features/rg_feature.h"

#include "base/rg_varint.h"

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

/* Writes eleven bytes and returns the end of the encoded ones. Without branches, because processors
 * cannot predict the sizes and signs of coordinates. */
static inline uint8_t *write_coordinate_freely(uint8_t *to, uint8_t tag, int32_t e7)
{
    uint64_t value = sign_extended(e7);
    size_t size = e7 < 0 ? 10 : 1;
    size += (size_t)(e7 >= 1 << 7) + (e7 >= 1 << 14) + (e7 >= 1 << 21) + (e7 >= 1 << 28);
    to[0] = tag;
    for (unsigned i = 0; i < 5; i++)
        to[1 + i] = (uint8_t)((value >> 7 * i & 0x7f) | (i + 1 < size ? 0x80 : 0));
    memcpy(to + 6, "\xff\xff\xff\xff\x01", 5); /* the high bits of a negative number */
    return to + (e7 == 0 ? 0 : 1 + size);
}

/* Writes the field that follows the name. */
static inline uint8_t *write_location_freely(uint8_t *to, rg_point location)
{
    uint8_t *end = write_coordinate_freely(to + 2, TAG_LATITUDE, location.lat_e7);
    end = write_coordinate_freely(end, TAG_LONGITUDE, location.lon_e7);
    to[0] = TAG_LOCATION;
    to[1] = (uint8_t)(end - to - 2);
    return end;
}

uint8_t *rg_feature_encode_roomily(uint8_t *to, rg_point location, const char *name,
                                   size_t name_size)
{
    if (name_size) {
        *to++ = TAG_NAME;
        to = rg_varint_write(to, name_size);
        memcpy(to, name, name_size);
        to += name_size;
    }
    return write_location_freely(to, location);
}

uint8_t *rg_feature_encode_freely(uint8_t *to, rg_point location, const uint8_t *name,
                                  size_t name_size)
{
    if (name_size) {
        *to++ = TAG_NAME;
        to = rg_varint_write(to, name_size);
        for (size_t at = 0; at < name_size; at += RG_FEATURE_NAME_STEP)
            memcpy(to + at, name + at, RG_FEATURE_NAME_STEP);
        to += name_size;
    }
    return write_location_freely(to, location);
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
