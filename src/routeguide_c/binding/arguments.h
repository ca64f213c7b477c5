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

/* The layout of ints that quick_int32_from knows: digits of 30 bits, the sign beside their number.
 * Where it does not, it gives up on every int, which is slower but correct. */
#if !defined(PYPY_VERSION) && PYLONG_BITS_IN_DIGIT == 30 && PY_VERSION_HEX >= 0x030b0000 &&        \
    PY_VERSION_HEX < 0x030f0000
#define KNOWS_INTS 1
#endif

/* True, and the value, for an int of one or two digits that fits. PyLong_AsLong branches on sign
 * and size, which are random in coordinates: wrong guesses cost more than all the rest of it. */
static inline bool quick_int32_from(PyObject *argument, int32_t *value)
{
#ifdef KNOWS_INTS
    if (!PyLong_CheckExact(argument))
        return false;
#if PY_VERSION_HEX >= 0x030c0000
    const _PyLongValue *number = &((PyLongObject *)argument)->long_value;
    size_t beyond_first = (number->lv_tag >> 3) - 1;
    int64_t sign = -(int64_t)((number->lv_tag >> 1) & 1); /* all bits of a negative one's */
    const digit *digits = number->ob_digit;
#else
    int64_t size = Py_SIZE(argument), sign = size >> 63;
    size_t beyond_first = (size_t)((size ^ sign) - sign) - 1;
    const digit *digits = ((PyLongObject *)argument)->ob_digit;
#endif
    if (beyond_first > 1)
        return false;
    int64_t high = (int64_t)digits[beyond_first] << 30 & -(int64_t)beyond_first;
    int64_t result = ((high | digits[0]) ^ sign) - sign;
    *value = (int32_t)result;
    return result == *value;
#else
    (void)argument;
    (void)value;
    return false;
#endif
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

/* A distance in metres: not negative, not NaN. Raises TypeError and ValueError. */
int distance_from(PyObject *argument, const char *name, double *distance_m);

/* Raises ValueError if the two lengths differ. */
int same_length(const char *name, Py_ssize_t count, const char *other, Py_ssize_t other_count);

/* True for E7 coordinates that would be on Earth as degrees. */
static inline bool is_like_degrees(rg_point point)
{
    return (uint32_t)point.lat_e7 + 90 <= 180 && (uint32_t)point.lon_e7 + 180 <= 360;
}

int warn_of_degrees(PyObject *index);

/* Emits DegreesWarning if two corners of a box, or a point passed twice, are like degrees and not
 * both at 0, 0, where degrees and E7 are the same. -1 if the warning is raised as an exception. */
static inline int warn_if_degrees(PyObject *index, rg_point a, rg_point b)
{
    if (!is_like_degrees(a) || !is_like_degrees(b) ||
        (a.lat_e7 | a.lon_e7 | b.lat_e7 | b.lon_e7) == 0)
        return 0;
    return warn_of_degrees(index);
}

#endif
