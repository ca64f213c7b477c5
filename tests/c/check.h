/* check: the framework of the C tests.
 *
 * A test is a function without arguments. The first check that fails prints its position and the
 * current case, and ends the program.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stddef.h>

#define CHECK(condition) check_that((condition), #condition, __FILE__, __LINE__)

/* Runs a test and prints that it passed. */
#define RUN(test) check_run(test, #test)

void check_that(bool held, const char *condition, const char *file, int line);
void check_run(void (*test)(void), const char *name);

/* Describes the current case, in the format of printf, for the message of a check that fails. */
#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
void check_case(const char *format, ...);

/* Returns how often to repeat a random test: `rounds` times the factor in the environment variable
 * CHECK_ROUNDS, 1 if that is not set; at least 1. */
int check_rounds(int rounds);

/* Calls `operation` again and again, each time with its next allocation failing, until none fails.
 * It must return true for success and false for RG_ENOMEM, and check for itself that nothing else
 * happens. The sanitizers detect leaks. */
void check_faults(bool (*operation)(void *context), void *context);

/* Run the tests of a file. */
void test_alloc(void);
void test_along(void);
void test_bytes(void);
void test_checksum(void);
void test_degrees(void);
void test_faults(void);
void test_feature(void);
void test_geo(void);
void test_geo_batch(void);
void test_grid(void);
void test_ids(void);
void test_near(void);
void test_index(void);
void test_order(void);
void test_page(void);
void test_rows(void);
void test_names(void);
void test_route(void);
void test_snapshot(void);
void test_snapshot_content(void);
void test_store(void);
void test_table(void);
void test_trip(void);

#endif
