#include "base/rg_bytes.h"

/* Each lane counts in a byte, so it takes at most 255 steps. */
enum { LANES = 64, STEPS = 255 };

static size_t sum_of(const uint8_t counts[LANES])
{
    size_t sum = 0;
    for (size_t lane = 0; lane < LANES; lane++)
        sum += counts[lane];
    return sum;
}

/* Side by side, so that compilers use the widest vectors of the processor. */
static size_t count_steps(const uint8_t *data, size_t steps, uint8_t byte)
{
    uint8_t counts[LANES] = {0};
    for (size_t step = 0; step < steps; step++)
        for (size_t lane = 0; lane < LANES; lane++)
            counts[lane] = (uint8_t)(counts[lane] + (data[step * LANES + lane] == byte));
    return sum_of(counts);
}

size_t rg_bytes_count(const uint8_t *data, size_t size, uint8_t byte)
{
    size_t count = 0;
    while (size >= LANES) {
        size_t steps = size / LANES < STEPS ? size / LANES : STEPS;
        count += count_steps(data, steps, byte);
        data += steps * LANES;
        size -= steps * LANES;
    }
    for (size_t i = 0; i < size; i++)
        count += data[i] == byte;
    return count;
}
