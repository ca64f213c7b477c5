#include "check.h"

#include "base/rg_limits.h"
#include "features/rg_feature.h"
#include "oracle.h"

#include <stdlib.h>
#include <string.h>

static void check_encoding(rg_point location, const char *name, const char *bytes, size_t size)
{
    uint8_t room[128];
    memset(room, 0xaa, sizeof room);
    check_case("%d %d \"%s\"", location.lat_e7, location.lon_e7, name);
    CHECK(rg_feature_encoded_size(location, strlen(name)) == size);
    uint8_t *end = rg_feature_encode(room, location, name, strlen(name));
    CHECK(end == room + size);
    CHECK(memcmp(room, bytes, size) == 0);
    CHECK(*end == 0xaa);
    rg_slice read = rg_feature_name((rg_slice){room, size});
    CHECK(read.size == strlen(name));
    CHECK(memcmp(read.data, name, read.size) == 0);
}

#define CHECK_ENCODING(lat, lon, name, bytes)                                                      \
    check_encoding((rg_point){lat, lon}, name, bytes, sizeof(bytes) - 1)

/* The expected bytes are from protobuf's Python serializer. */
static void known_encodings(void)
{
    CHECK_ENCODING(0, 0, "", "\x12\x00");
    CHECK_ENCODING(1, 0, "", "\x12\x02\x08\x01");
    CHECK_ENCODING(0, 1, "", "\x12\x02\x10\x01");
    CHECK_ENCODING(127, 128, "", "\x12\x05\x08\x7f\x10\x80\x01");
    CHECK_ENCODING(0, 0, "a",
                   "\x0a\x01"
                   "a\x12\x00");
    CHECK_ENCODING(-1, 0, "", "\x12\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
    CHECK_ENCODING(INT32_MAX, INT32_MIN, "",
                   "\x12\x11\x08\xff\xff\xff\xff\x07\x10\x80\x80\x80\x80\xf8\xff\xff\xff\xff\x01");
    CHECK_ENCODING(407838351, -746143763, "Pat",
                   "\x0a\x03Pat\x12\x11\x08\x8f\xbd\xbc\xc2\x01"
                   "\x10\xed\xff\x9a\x9c\xfd\xff\xff\xff\xff\x01");
}

static void names_of_all_sizes_come_back(void)
{
    static const size_t sizes[] = {0, 1, 127, 128, 16383, 16384, 2097151, 2097152, RG_NAME_MAX};
    sample_random random = {1};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t size = sizes[i];
        check_case("%zu bytes", size);
        char *name = malloc(size + 1);
        uint8_t *encoded = malloc(size + RG_FEATURE_OVERHEAD_MAX);
        CHECK(name && encoded);
        for (size_t at = 0; at < size; at++)
            name[at] = (char)sample_bits(&random);
        rg_point location = {INT32_MIN, INT32_MIN};
        size_t encoded_size = rg_feature_encoded_size(location, size);
        CHECK(encoded_size <= size + RG_FEATURE_OVERHEAD_MAX);
        CHECK(rg_feature_encode(encoded, location, name, size) == encoded + encoded_size);
        rg_slice read = rg_feature_name((rg_slice){encoded, encoded_size});
        CHECK(read.size == size);
        CHECK(memcmp(read.data, name, size) == 0);
        free(name);
        free(encoded);
    }
}

/* Room and name have exactly the size required, for the sanitizer. */
static void check_freely(rg_point location, size_t name_size)
{
    size_t room = name_size + RG_FEATURE_OVERHEAD_MAX;
    uint8_t *name = malloc(name_size + RG_FEATURE_NAME_STEP);
    uint8_t *exact = malloc(room), *freely = malloc(room), *roomily = malloc(room);
    char *just_name = malloc(name_size + 1);
    CHECK(name && exact && freely && roomily && just_name);
    memset(name, 'n', name_size + RG_FEATURE_NAME_STEP);
    check_case("%d %d %zu", location.lat_e7, location.lon_e7, name_size);
    uint8_t *end = rg_feature_encode(exact, location, (char *)name, name_size);
    uint8_t *free_end = rg_feature_encode_freely(freely, location, name, name_size);
    CHECK(end - exact == free_end - freely);
    CHECK(memcmp(exact, freely, (size_t)(end - exact)) == 0);
    char *last_name = just_name + 1; /* ends where its memory ends; never NULL */
    memset(last_name, 'n', name_size);
    end = rg_feature_encode_roomily(roomily, location, last_name, name_size);
    CHECK(end - roomily == free_end - freely);
    CHECK(memcmp(roomily, freely, (size_t)(end - roomily)) == 0);
    free(name);
    free(exact);
    free(freely);
    free(roomily);
    free(just_name);
}

static void encoding_freely_gives_the_same(void)
{
    for (unsigned bit = 0; bit < 32; bit++)
        for (uint32_t around = 0; around < 3; around++) {
            int32_t e7 = (int32_t)((UINT32_C(1) << bit) + around - 1);
            for (size_t size = 0; size <= 50; size += 5) {
                check_freely((rg_point){e7, (int32_t)(0 - (uint32_t)e7)}, size);
                check_freely((rg_point){(int32_t)(0 - (uint32_t)e7), e7}, size);
            }
        }
    static const size_t sizes[] = {15, 16, 17, 127, 128, 16383, 16384, RG_NAME_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        check_freely((rg_point){INT32_MIN, INT32_MIN}, sizes[i]);
}

void test_feature(void)
{
    RUN(known_encodings);
    RUN(names_of_all_sizes_come_back);
    RUN(encoding_freely_gives_the_same);
}
