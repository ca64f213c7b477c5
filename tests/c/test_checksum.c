#include "check.h"

#include "base/rg_checksum.h"
#include "sample.h"

#include <stdlib.h>

/* Computes the checksum bit by bit, by its definition. */
static uint32_t crc_by_definition(const uint8_t *data, size_t size)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0x82f63b78) : 0);
    }
    return ~crc;
}

static uint8_t *random_bytes(size_t size)
{
    uint8_t *bytes = malloc(size);
    CHECK(bytes);
    sample_random random = {1};
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)sample_bits(&random);
    return bytes;
}

/* The check value of CRC-32C in catalogues of checksums. */
static void the_check_value_is_right(void)
{
    CHECK(rg_crc32c(0, "123456789", 9) == UINT32_C(0xe3069283));
    CHECK(rg_crc32c_portable(0, "123456789", 9) == UINT32_C(0xe3069283));
    CHECK(rg_crc32c(0, "", 0) == 0);
}

static void both_paths_match_the_definition(void)
{
    enum { BLOCK = 65536, SIZE = 3 * BLOCK + 100 };
    uint8_t *bytes = random_bytes(SIZE + 8);
    for (size_t size = 0; size < 100; size++) {
        for (size_t begin = 0; begin < 8; begin++) {
            check_case("%zu bytes at %zu", size, begin);
            uint32_t crc = crc_by_definition(bytes + begin, size);
            CHECK(rg_crc32c(0, bytes + begin, size) == crc);
            CHECK(rg_crc32c_portable(0, bytes + begin, size) == crc);
        }
    }
    for (size_t size = BLOCK; size <= SIZE; size += BLOCK / 2 + 1) {
        check_case("%zu bytes", size);
        uint32_t crc = crc_by_definition(bytes + 1, size);
        CHECK(rg_crc32c(0, bytes + 1, size) == crc);
        CHECK(rg_crc32c_portable(0, bytes + 1, size) == crc);
    }
    free(bytes);
}

static void pieces_add_up(void)
{
    enum { SIZE = 200000 };
    uint8_t *bytes = random_bytes(SIZE);
    uint32_t whole = crc_by_definition(bytes, SIZE);
    for (size_t cut = 0; cut <= SIZE; cut += 9973) {
        check_case("cut at %zu", cut);
        CHECK(rg_crc32c(rg_crc32c(0, bytes, cut), bytes + cut, SIZE - cut) == whole);
        CHECK(rg_crc32c_portable(rg_crc32c_portable(0, bytes, cut), bytes + cut, SIZE - cut) ==
              whole);
    }
    free(bytes);
}

void test_checksum(void)
{
    RUN(the_check_value_is_right);
    RUN(both_paths_match_the_definition);
    RUN(pieces_add_up);
}
