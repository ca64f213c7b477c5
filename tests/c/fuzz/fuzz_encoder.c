/* Encodes a feature and decodes it with a decoder that shares nothing with the encoder; and reads
 * the name of any bytes as if they were a feature. */
#include "fuzz.h"

#include "../check.h"

#include "features/rg_feature.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct decoded {
    rg_slice name;
    uint64_t lat, lon;
} decoded;

static uint64_t read_varint(rg_slice *from)
{
    uint64_t value = 0;
    bool ended = false;
    for (unsigned shift = 0; shift < 64 && !ended; shift += 7) {
        CHECK(from->size > 0);
        uint8_t byte = *from->data++;
        from->size--;
        value |= (uint64_t)(byte & 0x7f) << shift;
        ended = byte < 0x80;
    }
    CHECK(ended);
    return value;
}

static rg_slice read_bytes(rg_slice *from)
{
    uint64_t size = read_varint(from);
    CHECK(size <= from->size);
    rg_slice bytes = {from->data, (size_t)size};
    from->data += size;
    from->size -= size;
    return bytes;
}

static decoded decode(rg_slice feature)
{
    decoded result = {{feature.data, 0}, 0, 0};
    uint64_t last_tag = 0;
    bool located = false;
    while (feature.size) {
        uint64_t tag = read_varint(&feature);
        CHECK(tag > last_tag);
        last_tag = tag;
        CHECK(tag == (1 << 3 | 2) || tag == (2 << 3 | 2));
        if (tag == (1 << 3 | 2)) {
            result.name = read_bytes(&feature);
            CHECK(result.name.size > 0);
            continue;
        }
        located = true;
        for (rg_slice point = read_bytes(&feature); point.size;) {
            uint64_t axis = read_varint(&point);
            CHECK(axis == 1 << 3 || axis == 2 << 3);
            uint64_t *e7 = axis == 1 << 3 ? &result.lat : &result.lon;
            CHECK(*e7 == 0);
            *e7 = read_varint(&point);
            CHECK(*e7 != 0);
        }
    }
    CHECK(located);
    return result;
}

static void check_round_trip(rg_point location, const char *name, size_t name_size)
{
    size_t size = rg_feature_encoded_size(location, name_size);
    CHECK(size >= RG_FEATURE_SIZE_MIN && size <= name_size + RG_FEATURE_OVERHEAD_MAX);
    uint8_t *encoded = malloc(size);
    CHECK(encoded);
    CHECK(rg_feature_encode(encoded, location, name, name_size) == encoded + size);
    decoded back = decode((rg_slice){encoded, size});
    CHECK(back.lat == (uint64_t)(int64_t)location.lat_e7);
    CHECK(back.lon == (uint64_t)(int64_t)location.lon_e7);
    CHECK(back.name.size == name_size);
    CHECK(name_size == 0 || memcmp(back.name.data, name, name_size) == 0);
    rg_slice found = rg_feature_name((rg_slice){encoded, size});
    CHECK(found.size == name_size);
    CHECK(name_size == 0 || found.data == back.name.data);
    free(encoded);
}

/* Bytes that are not a feature give a name within them, or an empty one. */
static void check_name_of_anything(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size + 1); /* of exactly the size, for the sanitizer */
    CHECK(copy);
    copy = realloc(copy, size ? size : 1);
    CHECK(copy);
    if (size)
        memcpy(copy, data, size);
    rg_slice name = rg_feature_name((rg_slice){copy, size});
    CHECK(name.data >= copy && name.data <= copy + size);
    CHECK(name.size <= (size_t)(copy + size - name.data));
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_name_of_anything(data, size);
    rg_point location;
    if (size < sizeof location)
        return 0;
    memcpy(&location, data, sizeof location);
    check_round_trip(location, (const char *)data + sizeof location, size - sizeof location);
    return 0;
}
