/* fuzz: the function that a fuzzer calls. Each target defines it in a file of its own, linked with
 * libFuzzer to search for failing inputs, or with replay.c to run the inputs in corpus/.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Tests one input. Returns 0; ends the program if a check fails. libFuzzer requires this name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
