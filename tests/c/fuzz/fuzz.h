/* fuzz: what a fuzzer gives bytes to. Each target is one function in a file of its own, linked with
 * libFuzzer to look for bytes that break it, or with replay.c to run those that were found.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The name is libFuzzer's. Returns 0; ends the program where something does not hold. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
