/* check: what the C tests are written with.
 *
 * A test is a function without arguments that returns where everything held. The first check that
 * fails says where and for which case, and ends the program.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stddef.h>

#define CHECK(condition) check_that((condition), #condition, __FILE__, __LINE__)

/* Runs a test and says that it held. */
#define RUN(test) check_run(test, #test)

void check_that(bool held, const char *condition, const char *file, int line);
void check_run(void (*test)(void), const char *name);

/* Describes the case at hand, printf's way, for the message of a check that fails. */
#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
void check_case(const char *format, ...);

/* How often to repeat what is random: `rounds` times the environment's CHECK_ROUNDS, which is a
 * factor, 1 where it is not set. */
int check_rounds(int rounds);

/* Calls `operation` with each of its allocations failing once in turn, until it gets by with all
 * of them. It returns true where it succeeded and false where it reported RG_ENOMEM, and checks
 * for itself that nothing else happens. The sanitizers see what it leaks. */
void check_faults(bool (*operation)(void *context), void *context);

/* One for each file of tests. */
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
