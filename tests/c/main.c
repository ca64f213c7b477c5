/* Runs all tests, or those of the files named: run [NAME ...], for example run snapshot trip. */
#include "check.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    void (*run)(void);
} files[] = {
    {"alloc", test_alloc},
    {"checksum", test_checksum},
    {"bytes", test_bytes},
    {"degrees", test_degrees},
    {"ids", test_ids},
    {"geo", test_geo},
    {"geo_batch", test_geo_batch},
    {"feature", test_feature},
    {"store", test_store},
    {"page", test_page},
    {"rows", test_rows},
    {"names", test_names},
    {"table", test_table},
    {"grid", test_grid},
    {"near", test_near},
    {"route", test_route},
    {"along", test_along},
    {"order", test_order},
    {"index", test_index},
    {"snapshot", test_snapshot},
    {"snapshot_content", test_snapshot_content},
    {"trip", test_trip},
    {"faults", test_faults},
};

static bool is_wanted(const char *name, int count, char **names)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return count == 0;
}

int main(int argc, char **argv)
{
    int run = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (is_wanted(files[i].name, argc - 1, argv + 1)) {
            files[i].run();
            run++;
        }
    if (run < argc - 1) {
        fprintf(stderr, "no tests of that name\n");
        return 2;
    }
    return 0;
}
