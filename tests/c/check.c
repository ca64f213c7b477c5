#include "check.h"

#include "base/rg_alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *running = "";
static char current[256] = "";

void check_that(bool held, const char *condition, const char *file, int line)
{
    if (held)
        return;
    fprintf(stderr, "%s:%d: %s%s%s: failed: %s\n", file, line, running, *current ? ": " : "",
            current, condition);
    exit(EXIT_FAILURE);
}

void check_case(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(current, sizeof current, format, arguments);
    va_end(arguments);
}

void check_run(void (*test)(void), const char *name)
{
    running = name;
    current[0] = '\0';
    test();
    printf("ok  %s\n", name);
    fflush(stdout);
}

int check_rounds(int rounds)
{
    const char *factor = getenv("CHECK_ROUNDS");
    double scaled = factor ? rounds * strtod(factor, NULL) : rounds;
    return scaled < 1 ? 1 : (int)scaled;
}

/* Returns true if the fault that was to come after `skipped` allocations has not come. */
static bool still_armed(long skipped)
{
    for (long i = 0; i <= skipped; i++) {
        void *memory = rg_alloc(1, 1);
        if (!memory)
            return true;
        rg_free(memory);
    }
    return false;
}

void check_faults(bool (*operation)(void *context), void *context)
{
    enum { ALLOCATIONS_MAX = 1000 };
    long skipped = 0;
    for (; skipped < ALLOCATIONS_MAX; skipped++) {
        check_case("allocation %ld fails", skipped);
        rg_alloc_fail_after(skipped);
        bool succeeded = operation(context);
        bool armed = still_armed(skipped);
        rg_alloc_fail_after(-1);
        if (armed) {
            CHECK(succeeded);
            break;
        }
    }
    check_case("%ld allocations", skipped);
    CHECK(skipped < ALLOCATIONS_MAX);
}
