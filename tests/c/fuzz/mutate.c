/* Runs a fuzzing target on random inputs, the same in every run. Usage: mutate COUNT */
#include "fuzz.h"

#include "../sample.h"

#include <stdio.h>
#include <stdlib.h>

/* Mostly one or two edits, because a snapshot with more damage is refused before it is used. */
static size_t random_input(sample_random *random, uint8_t *input)
{
    enum { CHOICES = 3, EDIT_SIZE = 8 };
    size_t edits = sample_below(random, 4) ? sample_below(random, 3) : sample_below(random, 30);
    size_t size = CHOICES + edits * EDIT_SIZE;
    for (size_t i = 0; i < size; i++)
        input[i] = (uint8_t)sample_bits(random);
    return size;
}

int main(int argc, char **argv)
{
    long count = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
    if (count <= 0) {
        fprintf(stderr, "usage: mutate COUNT\n");
        return 2;
    }
    sample_random random = {1};
    uint8_t input[256];
    for (long i = 0; i < count; i++)
        LLVMFuzzerTestOneInput(input, random_input(&random, input));
    printf("ok  %ld mutations\n", count);
    return 0;
}
