#include "check.h"

#include "base/rg_bytes.h"
#include "sample.h"

#include <string.h>

enum { SIZE = 3 * 64 * 255 + 77 };

static size_t counted_one_by_one(const uint8_t *data, size_t size, uint8_t byte)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        if (data[i] == byte)
            count++;
    return count;
}

static void bytes_are_counted(void)
{
    static uint8_t data[SIZE];
    sample_random random = {5};
    for (size_t i = 0; i < SIZE; i++)
        data[i] = (uint8_t)(sample_bits(&random) % 3 * 127);
    for (size_t size = 0; size <= SIZE; size += size < 700 ? 1 : 4801) {
        check_case("%zu bytes", size);
        CHECK(rg_bytes_count(data, size, 127) == counted_one_by_one(data, size, 127));
        CHECK(rg_bytes_count(data + SIZE - size, size, 254) ==
              counted_one_by_one(data + SIZE - size, size, 254));
    }
    CHECK(rg_bytes_count(data, SIZE, 3) == 0);
}

/* More of them in each lane than a byte can count. */
static void bytes_that_are_all_equal_are_counted(void)
{
    static uint8_t data[SIZE];
    memset(data, 0xff, sizeof data);
    CHECK(rg_bytes_count(data, SIZE, 0xff) == SIZE);
    CHECK(rg_bytes_count(data, SIZE, 0) == 0);
}

void test_bytes(void)
{
    RUN(bytes_are_counted);
    RUN(bytes_that_are_all_equal_are_counted);
}
