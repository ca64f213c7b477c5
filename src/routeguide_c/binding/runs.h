/* runs: numbers of any type in memory, and what columns of them are read into.
 *
 *   first | number | gap | number | ...        a number each `stride` bytes, from `first` on
 *
 * Ownership: a run borrows.
 * Threads: another thread may write to the memory meanwhile: each number is read once, then
 * checked.
 */
#ifndef RUNS_H
#define RUNS_H

#include "binding.h"

#include <stdint.h>

typedef enum number_class { NUMBER_SIGNED, NUMBER_UNSIGNED, NUMBER_FLOAT } number_class;

typedef struct number_type {
    number_class class;
    int size; /* bytes: 1, 2, 4, 8 of an integer; 2, 4, 8 or those of a long double */
    bool is_swapped;
} number_type;

typedef struct run {
    const char *first;
    Py_ssize_t count, stride;
    number_type type;
    const uint8_t *valid; /* a bit for each number, from bit valid_from on: 0 for a missing one */
    int64_t valid_from;   /* NULL and 0 if none can be missing */
} run;

/* The type that a format of the struct module names. False if it is not one number. */
bool number_type_from(const char *format, Py_ssize_t size, number_type *type);

/* What a column is read into. */
typedef enum column_target {
    TARGET_E7,      /* int32_t */
    TARGET_DEGREES, /* double, NaN included */
    TARGET_IDS,     /* uint32_t; negative numbers become ids of no feature */
} column_target;

size_t target_size(column_target target);

/* True if the numbers can be used where they are. */
bool run_is_ready(const run *numbers, column_target target);

/* The number at a position of a run of integers; INT64_MAX if it is greater, which no target takes
 * either. */
int64_t run_integer(const run *numbers, Py_ssize_t position);

/* Writes all numbers to `out`. -1, with an exception that names the argument and the position, if
 * one is missing or not what the target takes; the first has position `base`. */
int run_read(const run *numbers, column_target target, void *out, const char *name,
             Py_ssize_t base);

/* Reads an item of a sequence. */
int item_read(PyObject *item, column_target target, void *out, const char *name,
              Py_ssize_t position);

/* True for None and pandas.NA. */
bool item_is_nothing(PyObject *item);

/* Raises TypeError for an argument that is not a column; `reason`, if not NULL, says why. Always
 * -1.
 */
int not_a_column(PyObject *argument, column_target target, const char *name, PyObject *reason);

#endif
