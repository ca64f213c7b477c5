/* Runs a fuzzing target on files. Usage: replay FILE... */
#include "fuzz.h"

#include "../scratch.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        scratch_bytes file = scratch_read(argv[i]);
        LLVMFuzzerTestOneInput(file.data, file.size);
        free(file.data);
    }
    printf("ok  %d inputs\n", argc - 1);
    return 0;
}
