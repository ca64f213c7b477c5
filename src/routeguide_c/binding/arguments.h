/* arguments: single numbers that callers pass. `name` is a parameter's, for messages. */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include "binding.h"

#include "geo/rg_point.h"

#include <stdint.h>

/* Raises TypeError; always false. */
bool wrong_argument_count(const char *function, Py_ssize_t got, Py_ssize_t wanted);

/* True when a FASTCALL got `wanted` arguments; raises TypeError if not. */
static inline bool has_arguments(const char *function, Py_ssize_t got, Py_ssize_t wanted)
{
    return got == wanted || wrong_argument_count(function, got, wanted);
}

int int32_from_slowly(PyObject *argument, const char *name, int32_t *value);

/* True, and the value, for most ints that fit in 32 bits. PyLong_AsLong branches on sign and size,
 * which are random in coordinates: on Python 3.11, without this, `find` takes 12 per cent longer.
 */
static inline bool quick_int32_from(PyObject *argument, int32_t *value)
{
    if (!PyLong_CheckExact(argument))
        return false;
#if PY_VERSION_HEX >= 0x030c0000
    if (!PyUnstable_Long_IsCompact((PyLongObject *)argument))
        return false;
    Py_ssize_t result = PyUnstable_Long_CompactValue((PyLongObject *)argument);
#elif PY_VERSION_HEX >= 0x030b0000 && PYLONG_BITS_IN_DIGIT == 30
    int64_t size = Py_SIZE(argument), sign = size >> 63; /* all bits of a negative one's */
    size_t beyond_first = (size_t)((size ^ sign) - sign) - 1;
    const digit *digits = ((PyLongObject *)argument)->ob_digit;
    if (beyond_first > 1)
        return false;
    int64_t high = (int64_t)digits[beyond_first] << 30 & -(int64_t)beyond_first;
    int64_t result = ((high | digits[0]) ^ sign) - sign;
#else
    int overflow = 0;
    long result = PyLong_AsLongAndOverflow(argument, &overflow);
    if (overflow)
        return false;
#endif
    *value = (int32_t)result;
    return result == *value;
}

/* An E7 coordinate: anything with __index__ that fits in 32 bits. Raises TypeError and
 * OverflowError. No pointer to `value` leaves it, so that compilers keep points in registers. */
static inline int int32_from(PyObject *argument, const char *name, int32_t *value)
{
    int32_t slow = 0;
    if (quick_int32_from(argument, value))
        return 0;
    int failed = int32_from_slowly(argument, name, &slow);
    *value = slow;
    return failed;
}

/* Two arguments as a point; `names` are theirs, as in a `parameters`. */
static inline int point_from(PyObject *const *lat_then_lon, const char *const *names,
                             rg_point *point)
{
    if (int32_from(lat_then_lon[0], names[0], &point->lat_e7) < 0)
        return -1;
    return int32_from(lat_then_lon[1], names[1], &point->lon_e7);
}

/* A number of features: 0 or more; more than there can be means all. Raises TypeError and
 * ValueError. */
int count_from(PyObject *argument, const char *name, size_t *count);

/* A distance in meters: not negative, not NaN. Raises TypeError and ValueError. */
int distance_from(PyObject *argument, const char *name, double *distance_m);

/* Raises ValueError if the two lengths differ. */
int same_length(const char *name, Py_ssize_t count, const char *other, Py_ssize_t other_count);

/* True for E7 coordinates that would be on Earth as degrees. */
static inline bool is_like_degrees(rg_point point)
{
    return (uint32_t)point.lat_e7 + 90 <= 180 && (uint32_t)point.lon_e7 + 180 <= 360;
}

/* True if two corners of a box, or a point passed twice, are like degrees and not both at 0, 0,
 * where degrees and E7 are the same. */
static inline bool are_like_degrees(rg_point a, rg_point b)
{
    return is_like_degrees(a) && is_like_degrees(b) &&
           (a.lat_e7 | a.lon_e7 | b.lat_e7 | b.lon_e7) != 0;
}

/* Ways out of the warning; the second is for functions that have no twin in degrees. */
#define DEGREES_VIEW "FeatureIndex.degrees takes degrees"
#define TAKES_E7 "E7 integers are degrees times 10,000,000"

/* Emits DegreesWarning. -1 if it is raised as an exception. */
int warn_of_degrees(const module_state *state, const char *way_out);

static inline int warn_if_degrees(PyObject *index, rg_point a, rg_point b)
{
    return are_like_degrees(a, b) ? warn_of_degrees(state_of(index), DEGREES_VIEW) : 0;
}

/* True for text and bytes, which are one item, and for mappings and sets, whose order is not that
 * of other columns. */
static inline bool is_never_a_column(PyObject *argument)
{
    return PyUnicode_Check(argument) || PyBytes_Check(argument) || PyByteArray_Check(argument) ||
           PyDict_Check(argument) || PyAnySet_Check(argument);
}

#endif
