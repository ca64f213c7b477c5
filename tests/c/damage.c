#include "damage.h"

#include "base/rg_checksum.h"

#include <string.h>

/* Positions in the header, by the specification. */
enum {
    AT_FEATURE_COUNT = 24,
    AT_SECTIONS = 48, /* entries of 24 bytes: kind, checksum, offset (8), size (8) */
    ENTRY_SIZE = 24,
    AT_CHECKSUM = DAMAGE_HEADER_SIZE - 4,
};

enum { EDIT_SIZE = 8 };

static uint32_t get32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static uint64_t get64(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static void put32(uint8_t *at, uint32_t value)
{
    memcpy(at, &value, sizeof value);
}

uint8_t *damage_section(uint8_t *file, int section)
{
    return file + get64(file + AT_SECTIONS + section * ENTRY_SIZE + 8);
}

void damage_repair_checksums(uint8_t *file, size_t size)
{
    if (size < DAMAGE_HEADER_SIZE)
        return;
    for (int i = 0; i < DAMAGE_SECTIONS; i++) {
        uint8_t *entry = file + AT_SECTIONS + i * ENTRY_SIZE;
        uint64_t offset = get64(entry + 8), length = get64(entry + 16);
        uint64_t padded = length + (64 - length % 64) % 64;
        if (offset <= size && padded >= length && padded <= size - offset)
            put32(entry + 4, rg_crc32c(0, file + offset, (size_t)padded));
    }
    put32(file + AT_CHECKSUM, rg_crc32c(0, file, AT_CHECKSUM));
}

/* Returns a number at or just past a limit. */
static uint32_t boundary(const uint8_t *file, uint8_t choice)
{
    uint32_t count = get32(file + AT_FEATURE_COUNT);
    const uint32_t numbers[] = {0,
                                1,
                                count - 1,
                                count,
                                count + 1,
                                2 * count,
                                UINT32_C(0x7fffffff),
                                UINT32_C(0x80000000),
                                UINT32_MAX - 1,
                                UINT32_MAX};
    return numbers[choice % (sizeof numbers / sizeof *numbers)];
}

/* Applies an edit: kind | section | position, 3 bytes | value, 3 bytes. */
static size_t apply_one(uint8_t *file, size_t size, const uint8_t *edit)
{
    enum { BIT, BYTE, NUMBER, NEAR, COPY, WHAT_COUNT };
    uint32_t section = edit[1] % (DAMAGE_SECTIONS + 1);
    uint64_t begin = 0, length = DAMAGE_HEADER_SIZE;
    if (section < DAMAGE_SECTIONS) {
        const uint8_t *entry = file + AT_SECTIONS + section * ENTRY_SIZE;
        begin = get64(entry + 8);
        length = get64(entry + 16);
    }
    if (edit[0] == 255) /* seldom */
        return size - (edit[2] | (size_t)edit[3] << 8) % size;
    if (begin > size || length > size - begin || length < 4)
        return size;
    uint32_t place = edit[2] | (uint32_t)edit[3] << 8 | (uint32_t)edit[4] << 16;
    uint32_t value = edit[5] | (uint32_t)edit[6] << 8 | (uint32_t)edit[7] << 16;
    uint8_t *byte = file + begin + place % length;
    uint8_t *number = file + begin + place % (length / 4) * 4;
    switch (edit[0] % WHAT_COUNT) {
    case BIT:
        *byte ^= (uint8_t)(1 << value % 8);
        break;
    case BYTE:
        *byte = (uint8_t)value;
        break;
    case NUMBER:
        put32(number, value & 0x800000 ? boundary(file, edit[5]) : value);
        break;
    case NEAR:
        put32(number, get32(number) + value % 16 - 8);
        break;
    case COPY:
        put32(number, get32(file + begin + value % (length / 4) * 4));
        break;
    }
    return size;
}

size_t damage_apply(uint8_t *file, size_t size, const uint8_t *script, size_t script_size)
{
    for (; script_size >= EDIT_SIZE && size >= DAMAGE_HEADER_SIZE;
         script += EDIT_SIZE, script_size -= EDIT_SIZE)
        size = apply_one(file, size, script);
    return size;
}
