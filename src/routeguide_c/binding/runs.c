#include "runs.h"

#include "arguments.h"

#include <math.h>
#include <string.h>

/* What messages say of a target, and which way out they show. */
static const struct {
    size_t size;
    const char *text;
} targets[] = {
    [TARGET_E7] = {sizeof(int32_t), "E7 integers"},
    [TARGET_DEGREES] = {sizeof(double), "degrees"},
    [TARGET_IDS] = {sizeof(uint32_t), "ids"},
};

size_t target_size(column_target target)
{
    return targets[target].size;
}

int not_a_column(PyObject *argument, column_target target, const char *name, PyObject *reason)
{
    const char *text = targets[target].text, *type = Py_TYPE(argument)->tp_name;
    if (reason)
        PyErr_Format(PyExc_TypeError, "%s: expected a column of %s, not %.200s: %S", name, text,
                     type, reason);
    else
        PyErr_Format(PyExc_TypeError, "%s: expected a column of %s, not %.200s", name, text, type);
    return -1;
}

bool number_type_from(const char *format, Py_ssize_t size, number_type *type)
{
    if (!format)
        format = "B";
    bool is_little = PY_LITTLE_ENDIAN;
    if (*format == '<' || *format == '>' || *format == '!')
        is_little = *format == '<';
    if (strchr("@=<>!", *format) && *format)
        format++;
    if (!*format || format[1])
        return false;
    if (strchr("bhilqn", *format))
        type->class = NUMBER_SIGNED;
    else if (strchr("BHILQN", *format))
        type->class = NUMBER_UNSIGNED;
    else if (strchr("efdg", *format))
        type->class = NUMBER_FLOAT;
    else
        return false;
    type->size = (int)size;
    type->is_swapped = size > 1 && is_little != PY_LITTLE_ENDIAN;
    if (*format == 'g')
        return !type->is_swapped && size == (Py_ssize_t)sizeof(long double);
    return size == 2 || size == 4 || size == 8 || (size == 1 && type->class != NUMBER_FLOAT);
}

bool run_is_ready(const run *numbers, column_target target)
{
    const number_type *type = &numbers->type;
    bool is_of_class = target == TARGET_DEGREES ? type->class == NUMBER_FLOAT
                       : target == TARGET_E7    ? type->class == NUMBER_SIGNED
                                                : type->class != NUMBER_FLOAT;
    size_t size = target_size(target);
    return is_of_class && !numbers->valid && !type->is_swapped && (size_t)type->size == size &&
           numbers->stride == type->size && (uintptr_t)numbers->first % size == 0;
}

static uint64_t bits_at(const run *numbers, Py_ssize_t position)
{
    const char *at = numbers->first + position * numbers->stride;
    uint64_t bits = 0;
    if (numbers->type.size == 8) {
        memcpy(&bits, at, 8);
    } else if (numbers->type.size == 4) {
        uint32_t narrow;
        memcpy(&narrow, at, 4);
        bits = narrow;
    } else if (numbers->type.size == 2) {
        uint16_t narrow;
        memcpy(&narrow, at, 2);
        bits = narrow;
    } else {
        bits = *(const uint8_t *)at;
    }
    return numbers->type.is_swapped ? __builtin_bswap64(bits) >> (64 - 8 * numbers->type.size)
                                    : bits;
}

int64_t run_integer(const run *numbers, Py_ssize_t position)
{
    uint64_t bits = bits_at(numbers, position);
    if (numbers->type.class == NUMBER_UNSIGNED)
        return bits > INT64_MAX ? INT64_MAX : (int64_t)bits;
    int unused = 64 - 8 * numbers->type.size;
    return (int64_t)(bits << unused) >> unused;
}

/* IEEE 754 binary16: a sign, five bits of exponent, ten of fraction. */
static double half_from(uint64_t bits)
{
    int exponent = (int)(bits >> 10 & 0x1f), fraction = (int)(bits & 0x3ff);
    double size = exponent == 0x1f ? (fraction ? (double)NAN : (double)INFINITY)
                  : exponent       ? ldexp(1024 + fraction, exponent - 25)
                                   : ldexp(fraction, -24);
    return bits >> 15 ? -size : size;
}

/* Of a run of floats. */
static double double_at(const run *numbers, Py_ssize_t position)
{
    if (numbers->type.size > 8) {
        long double wide;
        memcpy(&wide, numbers->first + position * numbers->stride, sizeof wide);
        return (double)wide;
    }
    uint64_t bits = bits_at(numbers, position);
    if (numbers->type.size == 8) {
        double number;
        memcpy(&number, &bits, sizeof number);
        return number;
    }
    if (numbers->type.size == 4) {
        uint32_t narrow = (uint32_t)bits;
        float number;
        memcpy(&number, &narrow, sizeof number);
        return (double)number;
    }
    return half_from(bits);
}

static bool is_missing(const run *numbers, Py_ssize_t position)
{
    if (!numbers->valid)
        return false;
    int64_t bit = numbers->valid_from + position;
    return !(numbers->valid[bit / 8] >> bit % 8 & 1);
}

/* The whole number at a position as an integer that may be out of range, or false. */
static bool whole_at(const run *numbers, Py_ssize_t position, int64_t *number)
{
    if (numbers->type.class != NUMBER_FLOAT) {
        *number = run_integer(numbers, position);
        return true;
    }
    double real = double_at(numbers, position);
    if (!(fabs(real) <= 1e18) || real != floor(real))
        return false;
    *number = (int64_t)real;
    return true;
}

static bool read_e7(const run *numbers, Py_ssize_t position, int32_t *out)
{
    int64_t number;
    if (!whole_at(numbers, position, &number) || number < INT32_MIN || number > INT32_MAX)
        return false;
    *out = (int32_t)number;
    return true;
}

static bool read_id(const run *numbers, Py_ssize_t position, uint32_t *out)
{
    int64_t number;
    if (!whole_at(numbers, position, &number) || number < INT32_MIN || number > UINT32_MAX)
        return false;
    *out = (uint32_t)number;
    return true;
}

static double read_degrees(const run *numbers, Py_ssize_t position)
{
    if (numbers->type.class == NUMBER_FLOAT)
        return double_at(numbers, position);
    return numbers->type.class == NUMBER_UNSIGNED ? (double)bits_at(numbers, position)
                                                  : (double)run_integer(numbers, position);
}

/* The position of the first number that is missing or not what the target takes, or the count. */
static Py_ssize_t read_all(const run *numbers, column_target target, void *out)
{
    Py_ssize_t i = 0;
    for (; i < numbers->count; i++) {
        if (is_missing(numbers, i))
            break;
        if (target == TARGET_DEGREES)
            ((double *)out)[i] = read_degrees(numbers, i);
        else if (target == TARGET_E7 ? !read_e7(numbers, i, (int32_t *)out + i)
                                     : !read_id(numbers, i, (uint32_t *)out + i))
            break;
    }
    return i;
}

static PyObject *object_at(const run *numbers, Py_ssize_t position)
{
    if (numbers->type.class == NUMBER_FLOAT)
        return PyFloat_FromDouble(double_at(numbers, position));
    if (numbers->type.class == NUMBER_UNSIGNED)
        return PyLong_FromUnsignedLongLong(bits_at(numbers, position));
    return PyLong_FromLongLong(run_integer(numbers, position));
}

static void raise_missing(const char *name, Py_ssize_t position)
{
    PyErr_Format(PyExc_ValueError, "%s[%zd] is missing", name, position);
}

static void raise_out_of_range(PyObject *number, column_target target, const char *name,
                               Py_ssize_t position)
{
    if (target == TARGET_IDS) {
        PyErr_Format(PyExc_IndexError, "%s[%zd]: no feature with id %S", name, position, number);
        return;
    }
    PyErr_Format(PyExc_OverflowError, "%s[%zd]: %S does not fit in 32 bits", name, position,
                 number);
}

static void raise_fraction(PyObject *number, column_target target, const char *name,
                           Py_ssize_t position)
{
    if (target == TARGET_IDS)
        PyErr_Format(PyExc_ValueError, "%s[%zd]: expected ids, not %S", name, position, number);
    else
        PyErr_Format(PyExc_ValueError,
                     "%s[%zd]: expected E7 integers, not %S; FeatureIndex.from_degrees and "
                     "e7_from_latitudes take degrees",
                     name, position, number);
}

/* Says what is wrong with the number at `i`, whose position in the whole column is `position`. */
static void raise_wrong(const run *numbers, Py_ssize_t i, column_target target, const char *name,
                        Py_ssize_t position)
{
    bool is_float = numbers->type.class == NUMBER_FLOAT;
    double real = is_float && !is_missing(numbers, i) ? double_at(numbers, i) : 0;
    if (is_missing(numbers, i) || isnan(real)) {
        raise_missing(name, position);
        return;
    }
    PyObject *number = object_at(numbers, i);
    if (!number)
        return;
    if (is_float && isfinite(real) && real != floor(real))
        raise_fraction(number, target, name, position);
    else
        raise_out_of_range(number, target, name, position);
    Py_DECREF(number);
}

int run_read(const run *numbers, column_target target, void *out, const char *name, Py_ssize_t base)
{
    Py_ssize_t wrong = read_all(numbers, target, out);
    if (wrong == numbers->count)
        return 0;
    raise_wrong(numbers, wrong, target, name, base + wrong);
    return -1;
}

/* pandas.NA is known by its type's name, since pandas is not imported. */
bool item_is_nothing(PyObject *item)
{
    return item == Py_None || strcmp(Py_TYPE(item)->tp_name, "NAType") == 0;
}

/* Reads the number at `value`. */
static int value_read(const void *value, number_class class, column_target target, void *out,
                      const char *name, Py_ssize_t position)
{
    run one = {.first = value, .count = 1, .stride = 8, .type = {class, 8, false}};
    return run_read(&one, target, out, name, position);
}

/* Raises TypeError for an item that is not a number. Always -1. */
static int not_an_item(PyObject *item, column_target target, const char *name, Py_ssize_t position)
{
    PyErr_Format(PyExc_TypeError, "%s[%zd]: expected %s, not %.200s", name, position,
                 targets[target].text, Py_TYPE(item)->tp_name);
    return -1;
}

static int integer_read(PyObject *item, column_target target, void *out, const char *name,
                        Py_ssize_t position)
{
    PyObject *number = PyNumber_Index(item);
    if (!number)
        return -1;
    int overflow = 0;
    long long value = PyLong_AsLongLongAndOverflow(number, &overflow);
    double degrees = overflow < 0 ? -(double)INFINITY : (double)INFINITY; /* anyhow off the Earth */
    if (overflow && target != TARGET_DEGREES)
        raise_out_of_range(number, target, name, position);
    Py_DECREF(number);
    if (overflow && target == TARGET_DEGREES)
        return value_read(&degrees, NUMBER_FLOAT, target, out, name, position);
    if (overflow || (value == -1 && PyErr_Occurred()))
        return -1;
    return value_read(&value, NUMBER_SIGNED, target, out, name, position);
}

int item_read(PyObject *item, column_target target, void *out, const char *name,
              Py_ssize_t position)
{
    if (target == TARGET_E7 && quick_int32_from(item, out))
        return 0;
    PyNumberMethods *methods = Py_TYPE(item)->tp_as_number;
    if (!PyFloat_Check(item) && PyIndex_Check(item))
        return integer_read(item, target, out, name, position);
    if (item_is_nothing(item)) {
        raise_missing(name, position);
        return -1;
    }
    if (!methods || !methods->nb_float || PyUnicode_Check(item) || PyBytes_Check(item) ||
        PyComplex_Check(item))
        return not_an_item(item, target, name, position);
    double value = PyFloat_AsDouble(item);
    if (value == -1 && PyErr_Occurred())
        return -1;
    return value_read(&value, NUMBER_FLOAT, target, out, name, position);
}
