#include "check.h"

#include "base/rg_limits.h"
#include "base/rg_utf8.h"
#include "features/rg_rows.h"
#include "sample.h"

#include <stdlib.h>
#include <string.h>

/* --- UTF-8 --- */

/* Encodes the code point by the definition, also surrogates. */
static size_t encode(uint32_t point, uint8_t bytes[4])
{
    if (point < 0x80) {
        bytes[0] = (uint8_t)point;
        return 1;
    }
    size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, point >>= 6)
        bytes[i] = (uint8_t)(0x80 | (point & 0x3f));
    bytes[0] = (uint8_t)(0xf00 >> size | point);
    return size;
}

static void every_code_point_except_surrogates_is_valid(void)
{
    for (uint32_t point = 0; point < 0x120000; point++) {
        uint8_t bytes[4];
        size_t size = encode(point, bytes);
        bool is_valid = point < 0x110000 && (point < 0xd800 || point > 0xdfff);
        check_case("U+%04X", point);
        CHECK(rg_utf8_is_valid(bytes, size) == is_valid);
        for (size_t part = 1; part < size; part++)
            CHECK(!rg_utf8_is_valid(bytes, part));
    }
}

/* Exactly the encodings of code points are valid, of all sequences of up to three bytes and those
 * of four that begin like a character of four. */
static void no_other_sequence_is_valid(void)
{
    static uint8_t valid[1 << 24 >> 3];
    for (uint32_t point = 0x80; point < 0x10000; point++) {
        uint8_t bytes[4];
        size_t size = encode(point, bytes);
        uint32_t key = 0;
        for (size_t i = 0; i < size; i++)
            key = key << 8 | bytes[i];
        if (point < 0xd800 || point > 0xdfff)
            valid[key >> 3] |= (uint8_t)(1 << (key & 7));
    }
    for (uint32_t key = 0x80; key < 1 << 24; key++) {
        uint8_t bytes[3] = {(uint8_t)(key >> 16), (uint8_t)(key >> 8), (uint8_t)key};
        size_t size = key < 0x100 ? 1 : key < 0x10000 ? 2 : 3;
        uint8_t lead = bytes[3 - size];
        /* One character; other keys have those whose first is shorter. */
        if (lead < 0x80 || (size == 3 && lead >= 0xc2 && lead < 0xe0))
            continue;
        CHECK(rg_utf8_is_valid(bytes + 3 - size, size) == (valid[key >> 3] >> (key & 7) & 1));
    }
}

/* Invalid bytes at any position of a text, after and before words of ASCII. */
static void invalid_bytes_are_found_at_every_position(void)
{
    enum { SIZE = 40 };
    for (size_t size = 0; size <= SIZE; size++) {
        uint8_t *text = malloc(size + 1); /* of exactly the size, for the sanitizer */
        CHECK(text);
        memset(text, 'x', size + 1);
        CHECK(rg_utf8_is_valid(text, size));
        for (size_t at = 0; at < size; at++) {
            text[at] = 0xe2; /* without its two continuation bytes */
            CHECK(!rg_utf8_is_valid(text, size));
            text[at] = 'x';
            if (at + 3 > size)
                continue;
            memcpy(text + at, "\xe2\x82\xac", 3);
            CHECK(rg_utf8_is_valid(text, size));
            memset(text + at, 'x', 3);
        }
        free(text);
    }
}

/* --- rows --- */

enum { ROWS = 1300 };

typedef struct columns {
    int32_t lats_e7[ROWS], lons_e7[ROWS], offsets[ROWS + 1];
    uint8_t bytes[ROWS * 4];
} columns;

static rg_rows fill(columns *c)
{
    for (size_t i = 0; i < ROWS; i++) {
        c->lats_e7[i] = (int32_t)i - 5;
        c->lons_e7[i] = (int32_t)(i * 1000);
    }
    for (size_t i = 0; i < ROWS; i++)
        memcpy(c->bytes + i * 4,
               "b\xc3\xa4"
               "c",
               4);
    /* Each name is two or three characters, from within one group of four bytes into the next. */
    for (size_t i = 0; i <= ROWS; i++)
        c->offsets[i] = i < ROWS ? (int32_t)(i * 4) + (i % 2 ? 0 : 3) : ROWS * 4;
    return (rg_rows){
        .count = ROWS,
        .lats_e7 = c->lats_e7,
        .lons_e7 = c->lons_e7,
        .name_offsets = c->offsets,
        .name_bytes = c->bytes,
        .name_bytes_size = sizeof c->bytes,
    };
}

static void check_added(const rg_store *store, uint32_t first, const columns *c)
{
    CHECK(rg_store_count(store) == first + ROWS);
    for (uint32_t i = 0; i < ROWS; i++) {
        rg_point location = {c->lats_e7[i], c->lons_e7[i]};
        CHECK(rg_point_equal(rg_store_location(store, first + i), location));
        rg_slice name = rg_feature_name(rg_store_encoded(store, first + i));
        CHECK(name.size == (size_t)(c->offsets[i + 1] - c->offsets[i]));
        CHECK(memcmp(name.data, c->bytes + c->offsets[i], name.size) == 0);
    }
}

static bool add_within_memory(void *context)
{
    columns *c = context;
    rg_rows rows = fill(c);
    int64_t wide[ROWS + 1];
    rg_store *store = NULL;
    size_t wrong = 77;
    rg_status status = rg_store_new(&store, 0, 0);
    for (uint32_t round = 0; status == RG_OK && round < 2; round++) {
        if (round == 1) {
            for (size_t i = 0; i <= ROWS; i++)
                wide[i] = c->offsets[i];
            rows.name_offsets = wide;
            rows.offsets_are_wide = true;
        }
        status = rg_rows_add(store, &rows, &wrong);
        if (status == RG_OK)
            check_added(store, round * ROWS, c);
        else
            CHECK(rg_store_count(store) == round * ROWS);
    }
    if (status == RG_OK)
        rg_store_trim(store);
    CHECK(status == RG_OK || status == RG_ENOMEM);
    CHECK(wrong == 77);
    if (status == RG_OK)
        check_added(store, ROWS, c);
    rg_store_free(store);
    return status == RG_OK;
}

static void rows_come_back(void)
{
    static columns c;
    CHECK(add_within_memory(&c));
    check_faults(add_within_memory, &c);
}

static void check_refused(const rg_rows *rows, rg_status status, size_t row)
{
    rg_store *store = NULL;
    rg_box bounds;
    size_t wrong = 0;
    CHECK(rg_store_new(&store, 0, 0) == RG_OK);
    CHECK(rg_store_add(store, (rg_point){7, 8}, "first", 5) == RG_OK);
    uint64_t before = rg_store_fingerprint(store);
    check_case("row %zu", row);
    CHECK(rg_rows_add(store, rows, &wrong) == status);
    CHECK(wrong == row);
    CHECK(rg_store_count(store) == 1);
    CHECK(rg_store_fingerprint(store) == before);
    CHECK(rg_store_bounds(store, &bounds));
    CHECK(rg_point_equal(bounds.lo, (rg_point){7, 8}));
    CHECK(rg_point_equal(bounds.hi, (rg_point){7, 8}));
    CHECK(rg_store_add(store, (rg_point){9, 9}, "next", 4) == RG_OK);
    CHECK(memcmp(rg_feature_name(rg_store_encoded(store, 1)).data, "next", 4) == 0);
    rg_store_free(store);
}

static void a_wrong_row_adds_nothing(void)
{
    static const size_t places[] = {0, 1, 511, 512, 1023, 1024, ROWS - 2, ROWS - 1};
    static columns c;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        size_t row = places[i];
        rg_rows rows = fill(&c);
        c.bytes[c.offsets[row]] = 0xff;
        check_refused(&rows, RG_EUTF8, row);
        rows = fill(&c);
        c.offsets[row + 1] = c.offsets[row] - 1;
        check_refused(&rows, RG_EOFFSET, row);
        rows = fill(&c);
        c.offsets[row + 1] = sizeof c.bytes + 1;
        check_refused(&rows, RG_EOFFSET, row);
        rows = fill(&c);
        c.offsets[row] = INT32_MIN;
        check_refused(&rows, RG_EOFFSET, row ? row - 1 : 0);
    }
}

/* Names that are added one by one, beside names that are added as a block. */
static void names_of_all_sizes_come_back(void)
{
    static columns c;
    static uint8_t bytes[ROWS * 200];
    rg_rows rows = fill(&c);
    int32_t end = 0;
    for (size_t i = 0; i < ROWS; i++) {
        c.offsets[i] = end;
        end += (int32_t)(i < 512 ? i % 70 : i < 1024 ? 200 : 0);
    }
    c.offsets[ROWS] = end;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)('a' + i % 26);
    rows.name_bytes = bytes;
    rows.name_bytes_size = (size_t)end;
    rg_store *store = NULL;
    size_t wrong;
    CHECK(rg_store_new(&store, 0, 0) == RG_OK);
    CHECK(rg_rows_add(store, &rows, &wrong) == RG_OK);
    for (uint32_t i = 0; i < ROWS; i++) {
        rg_slice name = rg_feature_name(rg_store_encoded(store, i));
        check_case("row %u", i);
        CHECK(name.size == (size_t)(c.offsets[i + 1] - c.offsets[i]));
        CHECK(memcmp(name.data, bytes + c.offsets[i], name.size) == 0);
    }
    rg_store_free(store);
}

/* Two names that are halves of one character are both invalid. */
static void a_character_in_two_names_is_refused(void)
{
    static columns c;
    rg_rows rows = fill(&c);
    c.offsets[100]++; /* from before a group's first byte to behind it, or to within its second */
    c.offsets[101] = c.offsets[100];
    memcpy(c.bytes + c.offsets[100] - 1, "\xc3\xa4", 2);
    check_refused(&rows, RG_EUTF8, 99);
}

static void no_rows_add_nothing(void)
{
    rg_store *store = NULL;
    size_t wrong;
    CHECK(rg_store_new(&store, 0, 0) == RG_OK);
    CHECK(rg_rows_add(store, &(rg_rows){0}, &wrong) == RG_OK);
    CHECK(rg_store_count(store) == 0);
    rg_store_free(store);
}

void test_rows(void)
{
    RUN(every_code_point_except_surrogates_is_valid);
    RUN(no_other_sequence_is_valid);
    RUN(invalid_bytes_are_found_at_every_position);
    RUN(rows_come_back);
    RUN(a_wrong_row_adds_nothing);
    RUN(names_of_all_sizes_come_back);
    RUN(a_character_in_two_names_is_refused);
    RUN(no_rows_add_nothing);
}
