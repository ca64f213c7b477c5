/* binding: what the files of the extension share. Each of them reads parse -> call -> wrap; all
 * that is worth testing without Python lives in ../core.
 *
 * Ownership: as CPython's: functions that return PyObject * return a new reference, or NULL with
 * an exception set. int results are 0, or -1 with an exception set.
 */
#ifndef BINDING_H
#define BINDING_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "answers.h"
#include "base/rg_fault.h"
#include "base/rg_ids.h"
#include "rg_index.h"

/* module.c: the module's state, one for each interpreter that imports it. */
typedef struct module_state {
    PyTypeObject *feature_index_type;
    PyTypeObject *builder_type;
    PyTypeObject *trip_type;
    PyTypeObject *vector_type;
    PyTypeObject *degrees_view_type;
    answer_types answers;
    PyObject *snapshot_error;
} module_state;

/* The types are final, so an instance's own type always leads to the module. */
static inline module_state *state_of(PyObject *instance)
{
    return PyType_GetModuleState(Py_TYPE(instance));
}

extern PyType_Spec feature_index_spec;
extern PyType_Spec builder_spec;
extern PyType_Spec trip_spec;
extern PyType_Spec vector_spec;
extern PyType_Spec degrees_view_spec;

/* errors.c: the one place where a status becomes an exception. Returns NULL. */
PyObject *raise_status(module_state *state, rg_status status);

/* The same for what went wrong with a row of what a caller passed, which the message names. */
PyObject *raise_row_status(module_state *state, rg_status status, size_t row);

/* The same for what went wrong with the file at `path`, a str or bytes. */
PyObject *raise_file_status(module_state *state, rg_status status, const rg_fault *fault,
                            PyObject *path);

/* The same for a route's vertices, of which that with index `at` is at fault. */
PyObject *raise_route_status(module_state *state, rg_status status, size_t at);

/* How functions stand in a table of methods. */
#define FASTCALL(function) (PyCFunction)(void (*)(void))(function), METH_FASTCALL
#define KEYWORDS(function) (PyCFunction)(void (*)(void))(function), METH_VARARGS | METH_KEYWORDS

/* arguments.c: what callers may pass. */

/* Raises TypeError; always false. */
bool wrong_argument_count(const char *function, Py_ssize_t got, Py_ssize_t wanted);

/* True when a FASTCALL got `wanted` arguments; raises TypeError where it did not. */
static inline bool has_arguments(const char *function, Py_ssize_t got, Py_ssize_t wanted)
{
    return got == wanted || wrong_argument_count(function, got, wanted);
}

/* Raises OverflowError; always -1. */
int coordinate_overflows(void);

/* The layout of ints that quick_int32_from knows: digits of 30 bits, the sign beside their number.
 * Where it does not, it gives up on every int, and all is as right and less quick. */
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

static inline int int32_from(PyObject *argument, int32_t *value)
{
    if (quick_int32_from(argument, value))
        return 0;
    int overflow = 0;
    long number = PyLong_AsLongAndOverflow(argument, &overflow);
    if (number == -1 && PyErr_Occurred())
        return -1;
    if (overflow != 0 || number < INT32_MIN || number > INT32_MAX)
        return coordinate_overflows();
    *value = (int32_t)number;
    return 0;
}

/* A number of features: 0 or more, and more than there can be is as good as all. Raises
 * ValueError. */
int count_from(PyObject *argument, const char *name, size_t *count);

static inline int point_from(PyObject *const *lat_then_lon, rg_point *point)
{
    if (int32_from(lat_then_lon[0], &point->lat_e7) < 0)
        return -1;
    return int32_from(lat_then_lon[1], &point->lon_e7);
}

/* Coordinates that a caller passed, borrowed from its buffer or copied out of its sequence. */
typedef struct coordinates {
    const int32_t *items;
    Py_ssize_t count;
    Py_buffer view;  /* holds the buffer, where there is one */
    int32_t *copied; /* owns the copy, where there is one */
} coordinates;

/* `name` is the argument's, for messages. A zeroed struct may be released. */
int coordinates_from(PyObject *argument, const char *name, coordinates *out);
void coordinates_release(coordinates *values);

/* A distance in metres: not negative, not NaN. */
int distance_from(PyObject *argument, const char *name, double *distance_m);

/* Latitudes and longitudes, equally long. Release both, on failure too. */
int coordinate_pair_from(PyObject *const *lats_then_lons, coordinates *lats, coordinates *lons);

/* Raises ValueError where the two lengths differ. */
int same_length(const char *name, Py_ssize_t count, const char *other, Py_ssize_t other_count);

/* numbers.c: buffers of numbers that are no coordinates. */

typedef enum numbers_kind {
    NUMBERS_IDS,     /* uint32_t; a signed buffer's negative numbers are of no feature */
    NUMBERS_DOUBLES, /* double */
    NUMBERS_OFFSETS, /* int32_t or int64_t */
    NUMBERS_BYTES,   /* uint8_t */
    NUMBERS_SIGNS,   /* int8_t once kept, whatever the buffer's width */
} numbers_kind;

typedef struct numbers {
    const void *items;
    Py_ssize_t count; /* of the whole buffer */
    numbers_kind kind;
    bool is_fixed; /* a vector's: nobody changes them, and they are aligned */
    Py_buffer view;
    void *copied; /* owns the copy, where there is one */
} numbers;

/* `name` is the argument's, for messages. A struct starts zeroed and is released, on failure
 * too. */
int numbers_from(module_state *state, PyObject *argument, const char *name, numbers_kind kind,
                 numbers *out);

/* Makes `items` those from start to stop, which are within its count, where nobody changes them:
 * copied, but for a vector's. Nothing for a struct that is still zeroed. */
int numbers_keep(numbers *values, Py_ssize_t start, Py_ssize_t stop);

void numbers_release(numbers *values);

/* names.c */

/* A name's bytes, good until the next is read into the same struct. */
typedef struct name_utf8 {
    const char *data;
    Py_ssize_t size;
    char *room; /* owned: for what had to be encoded */
    Py_ssize_t capacity;
} name_utf8;

/* Reads the item at this position of a list or tuple that is not changed meanwhile. A struct
 * starts zeroed and is released in the end. */
int name_from(PyObject *names, Py_ssize_t position, name_utf8 *name);
void name_release(name_utf8 *name);

/* distances.c: functions of the module. */
PyObject *haversine(PyObject *module, PyObject *const *args, Py_ssize_t nargs);
PyObject *haversine_many(PyObject *module, PyObject *args, PyObject *kwargs);
PyObject *path_length(PyObject *module, PyObject *const *args, Py_ssize_t nargs);

/* columns.c: functions of the module. */
PyObject *e7_from_latitudes(PyObject *module, PyObject *degrees);
PyObject *e7_from_longitudes(PyObject *module, PyObject *args, PyObject *kwargs);
PyObject *count_byte(PyObject *module, PyObject *const *args, Py_ssize_t nargs);

/* feature_index.c */

/* The index within a FeatureIndex, which the caller keeps alive. */
const rg_index *index_of(PyObject *feature_index);

/* A FeatureIndex of this type around the index, which it takes over, on failure too. */
PyObject *feature_index_take(PyTypeObject *type, rg_index *index);

/* The same around a new index of the store, which it takes over, on failure too. */
PyObject *feature_index_build(PyTypeObject *type, rg_store *store);

/* builder.c */

/* The argument as a list or a tuple of `count` items, which may be anything. */
PyObject *names_from(PyObject *argument, Py_ssize_t count);

/* Appends a feature for each of the names, a list or a tuple as long as the coordinates, which are
 * NULL where rg_store_place has put them into the store. On failure the store has none of them. */
int store_add_names(module_state *state, rg_store *store, const coordinates *lats,
                    const coordinates *lons, PyObject *names);

/* snapshot.c: methods of FeatureIndex. */
PyObject *FeatureIndex_save(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *FeatureIndex_open(PyObject *type, PyObject *args, PyObject *kwargs);
PyObject *FeatureIndex_metadata(PyObject *self, void *closure);
PyObject *FeatureIndex_sections(PyObject *self, void *closure);

/* e7_queries.c: methods of FeatureIndex. */
#define DECLARE_NAMED_FASTCALL(function)                                                           \
    PyObject *function(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *names)
DECLARE_NAMED_FASTCALL(FeatureIndex_find);
DECLARE_NAMED_FASTCALL(FeatureIndex_find_many);
DECLARE_NAMED_FASTCALL(FeatureIndex_query);
DECLARE_NAMED_FASTCALL(FeatureIndex_query_count);
DECLARE_NAMED_FASTCALL(FeatureIndex_query_box);
DECLARE_NAMED_FASTCALL(FeatureIndex_nearest);
DECLARE_NAMED_FASTCALL(FeatureIndex_within);
DECLARE_NAMED_FASTCALL(FeatureIndex_along);

/* features.c: methods and attributes of FeatureIndex. */
DECLARE_NAMED_FASTCALL(FeatureIndex_name);
DECLARE_NAMED_FASTCALL(FeatureIndex_names);
DECLARE_NAMED_FASTCALL(FeatureIndex_named);
DECLARE_NAMED_FASTCALL(FeatureIndex_location);
DECLARE_NAMED_FASTCALL(FeatureIndex_locations);
PyObject *FeatureIndex_item(PyObject *self, Py_ssize_t id);
PyObject *FeatureIndex_lats_e7(PyObject *self, void *closure);
PyObject *FeatureIndex_lons_e7(PyObject *self, void *closure);
PyObject *FeatureIndex_bounds(PyObject *self, void *closure);

/* degrees.c: an attribute of FeatureIndex. */
PyObject *FeatureIndex_degrees(PyObject *self, void *closure);

/* page.c: functions of the module. */
PyObject *encoded_at_point(PyObject *module, PyObject *const *args, Py_ssize_t nargs);
PyObject *encode_each(PyObject *module, PyObject *const *args, Py_ssize_t nargs);
PyObject *page_bytes(PyObject *module, PyObject *const *args, Py_ssize_t nargs);
PyObject *encode_page(PyObject *module, PyObject *const *args, Py_ssize_t nargs);
PyObject *encode_lookups(PyObject *module, PyObject *const *args, Py_ssize_t nargs);
PyObject *encode_nearby_page(PyObject *module, PyObject *const *args, Py_ssize_t nargs);
PyObject *encode_route_page(PyObject *module, PyObject *const *args, Py_ssize_t nargs);

/* vector.c */

/* What a vector's items are, by the letters of the struct module. */
typedef enum vector_format {
    VECTOR_UINT32 = 'I',
    VECTOR_INT32 = 'i',
    VECTOR_DOUBLE = 'd',
} vector_format;

/* A vector of `count` items, which the caller fills in at *items before anyone else sees them. */
PyObject *vector_new(void **items, module_state *state, vector_format format, Py_ssize_t count);

/* A vector of its own copy of the items. */
PyObject *vector_copy(module_state *state, vector_format format, Py_ssize_t count,
                      const void *items);

/* A vector that shows the items where they lie, in memory that lives as long as `owner`. */
PyObject *vector_view(module_state *state, vector_format format, Py_ssize_t count,
                      const void *items, PyObject *owner);

/* A vector of the items at `items`, from rg_alloc, whose memory it takes over, on failure too. */
PyObject *vector_take(module_state *state, vector_format format, Py_ssize_t count, void *items);

/* A vector of the ids; takes over their memory, or copies it where they are few. Clears `ids`. */
PyObject *vector_from_ids(module_state *state, rg_ids *ids);

#endif
