/* What a FeatureIndex holds of its features:
 *
 *     def __getitem__(self, id): ...
 *     def name(self, id): ...
 *     def names(self, ids=None): ...
 *     def location(self, id): ...
 *     def locations(self, ids=None): ...
 *     def named(self, ids): ...
 *     lats_e7; lons_e7; bounds
 */
#include "features.h"
#include "answers.h"
#include "errors.h"
#include "index_methods.h"
#include "index_object.h"
#include "numbers.h"
#include "vector.h"

static const rg_store *store_of(PyObject *index)
{
    return rg_index_store(index_of(index));
}

/* An id of a feature. Raises IndexError if there is none. */
static int id_from(PyObject *index, PyObject *argument, uint32_t *id)
{
    Py_ssize_t number = PyNumber_AsSsize_t(argument, PyExc_IndexError);
    if (number == -1 && PyErr_Occurred())
        return -1;
    if (number < 0 || number >= (Py_ssize_t)rg_store_count(store_of(index))) {
        PyErr_Format(PyExc_IndexError, "no feature with id %zd", number);
        return -1;
    }
    *id = (uint32_t)number;
    return 0;
}

bool has_feature(PyObject *index, uint32_t id)
{
    if (id < rg_store_count(store_of(index)))
        return true;
    raise_status(state_of(index), RG_EID);
    return false;
}

/* --- names --- */

static PyObject *raise_corrupt(PyObject *index)
{
    return raise_status(state_of(index), RG_ECORRUPT);
}

int encoded_at(PyObject *index, uint32_t id, rg_slice *encoded)
{
    *encoded = rg_store_encoded(store_of(index), id);
    if (encoded->size)
        return 0;
    raise_corrupt(index);
    return -1;
}

static PyObject *name_at(PyObject *index, uint32_t id)
{
    rg_slice encoded;
    if (encoded_at(index, id, &encoded) < 0)
        return NULL;
    rg_slice utf8 = rg_feature_name(encoded);
    PyObject *name = PyUnicode_DecodeUTF8((const char *)utf8.data, (Py_ssize_t)utf8.size, "strict");
    if (!name && PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)) /* of an unverified file */
        raise_corrupt(index);
    return name;
}

PyObject *FeatureIndex_name(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                            PyObject *names)
{
    static const parameters accepted = {"name", 1, 1, {"id"}};
    PyObject *bound[1];
    uint32_t id;
    if (!arguments_bound(&accepted, &args, nargs, names, bound) || id_from(self, args[0], &id) < 0)
        return NULL;
    return name_at(self, id);
}

/* Ids that a caller passed, in memory that does not change, or all ids of the index. */
typedef struct ids_argument {
    const uint32_t *items; /* NULL for all */
    size_t count;
    numbers held;
} ids_argument;

/* Raises IndexError for an id without a feature. Release on failure too. */
static int ids_from(PyObject *index, PyObject *argument, ids_argument *out)
{
    *out = (ids_argument){.count = rg_store_count(store_of(index))};
    if (!argument || argument == Py_None)
        return 0;
    if (numbers_from(state_of(index), argument, "ids", NUMBERS_IDS, &out->held) < 0 ||
        numbers_keep(&out->held, 0, out->held.count) < 0)
        return -1;
    out->items = out->held.items;
    out->count = (size_t)out->held.count;
    for (size_t i = 0; i < out->count; i++)
        if (!has_feature(index, out->items[i]))
            return -1;
    return 0;
}

PyObject *FeatureIndex_names(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                             PyObject *names)
{
    static const parameters accepted = {"names", 0, 1, {"ids"}};
    PyObject *bound[1], *list = NULL;
    ids_argument ids = {0};
    if (!arguments_bound(&accepted, &args, nargs, names, bound))
        return NULL;
    if (ids_from(self, args[0], &ids) == 0)
        list = PyList_New((Py_ssize_t)ids.count);
    for (size_t i = 0; list && i < ids.count; i++) {
        PyObject *name = name_at(self, ids.items ? ids.items[i] : (uint32_t)i);
        if (name)
            PyList_SET_ITEM(list, (Py_ssize_t)i, name);
        else
            Py_CLEAR(list);
    }
    numbers_release(&ids.held);
    return list;
}

PyObject *FeatureIndex_named(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                             PyObject *names)
{
    static const parameters accepted = {"named", 1, 1, {"ids"}};
    PyObject *bound[1], *result = NULL;
    numbers ids = {0};
    rg_ids named;
    rg_ids_init(&named, NULL, 0);
    if (!arguments_bound(&accepted, &args, nargs, names, bound))
        return NULL;
    if (numbers_from(state_of(self), args[0], "ids", NUMBERS_IDS, &ids) == 0 &&
        numbers_keep(&ids, 0, ids.count) == 0) {
        PyThreadState *saved = ids.count >= MANY_FEATURES ? PyEval_SaveThread() : NULL;
        rg_status status = rg_store_named(store_of(self), ids.items, (size_t)ids.count, &named);
        if (saved)
            PyEval_RestoreThread(saved);
        result = status == RG_OK ? vector_from_ids(state_of(self), &named)
                                 : raise_status(state_of(self), status);
    }
    rg_ids_clear(&named);
    numbers_release(&ids);
    return result;
}

/* --- locations --- */

/* A coordinate as an int, E7, or as a float, degrees. */
static PyObject *coordinate(int32_t e7, bool in_degrees)
{
    return in_degrees ? PyFloat_FromDouble(e7 / RG_E7_PER_DEGREE) : PyLong_FromLong(e7);
}

PyObject *index_location(PyObject *index, PyObject *argument, bool in_degrees)
{
    uint32_t id;
    if (id_from(index, argument, &id) < 0)
        return NULL;
    rg_point location = rg_store_location(store_of(index), id);
    PyObject *items[] = {coordinate(location.lat_e7, in_degrees),
                         coordinate(location.lon_e7, in_degrees)};
    return answer_new(state_of(index)->answers,
                      in_degrees ? ANSWER_DEGREES_LOCATION : ANSWER_LOCATION, 2, items);
}

PyObject *index_bounds(PyObject *index, bool in_degrees)
{
    rg_box bounds;
    if (!rg_store_bounds(store_of(index), &bounds))
        Py_RETURN_NONE;
    PyObject *items[] = {
        coordinate(bounds.lo.lat_e7, in_degrees), coordinate(bounds.lo.lon_e7, in_degrees),
        coordinate(bounds.hi.lat_e7, in_degrees), coordinate(bounds.hi.lon_e7, in_degrees)};
    return answer_new(state_of(index)->answers, in_degrees ? ANSWER_DEGREES_BOUNDS : ANSWER_BOUNDS,
                      4, items);
}

/* A vector of one coordinate of the features with these ids. */
static PyObject *gathered(PyObject *index, const ids_argument *ids, const int32_t *column_e7,
                          bool in_degrees)
{
    void *items;
    module_state *state = state_of(index);
    if (!ids->items && !in_degrees)
        return vector_view(state, VECTOR_INT32, (Py_ssize_t)ids->count, column_e7, index);
    PyObject *vector = vector_new(&items, state, in_degrees ? VECTOR_DOUBLE : VECTOR_INT32,
                                  (Py_ssize_t)ids->count);
    if (!vector)
        return NULL;
    PyThreadState *saved = ids->count >= MANY_FEATURES ? PyEval_SaveThread() : NULL;
    for (size_t i = 0; i < ids->count; i++) {
        int32_t e7 = column_e7[ids->items ? ids->items[i] : i];
        if (in_degrees)
            ((double *)items)[i] = e7 / RG_E7_PER_DEGREE;
        else
            ((int32_t *)items)[i] = e7;
    }
    if (saved)
        PyEval_RestoreThread(saved);
    return vector;
}

PyObject *index_locations(PyObject *index, PyObject *argument, bool in_degrees)
{
    ids_argument ids = {0};
    PyObject *answer = NULL;
    if (ids_from(index, argument, &ids) == 0) {
        const rg_store *store = store_of(index);
        PyObject *columns[] = {gathered(index, &ids, rg_store_lats_e7(store), in_degrees),
                               gathered(index, &ids, rg_store_lons_e7(store), in_degrees)};
        answer = answer_new(state_of(index)->answers,
                            in_degrees ? ANSWER_DEGREES_LOCATIONS : ANSWER_LOCATIONS, 2, columns);
    }
    numbers_release(&ids.held);
    return answer;
}

PyObject *FeatureIndex_location(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                                PyObject *names)
{
    static const parameters accepted = {"location", 1, 1, {"id"}};
    PyObject *bound[1];
    return arguments_bound(&accepted, &args, nargs, names, bound)
               ? index_location(self, args[0], false)
               : NULL;
}

PyObject *FeatureIndex_locations(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
                                 PyObject *names)
{
    static const parameters accepted = {"locations", 0, 1, {"ids"}};
    PyObject *bound[1];
    return arguments_bound(&accepted, &args, nargs, names, bound)
               ? index_locations(self, args[0], false)
               : NULL;
}

/* A column of the store, where it lies. */
static PyObject *column(PyObject *index, const int32_t *values_e7)
{
    Py_ssize_t count = (Py_ssize_t)rg_store_count(store_of(index));
    return vector_view(state_of(index), VECTOR_INT32, count, values_e7, index);
}

PyObject *FeatureIndex_lats_e7(PyObject *self, void *Py_UNUSED(closure))
{
    return column(self, rg_store_lats_e7(store_of(self)));
}

PyObject *FeatureIndex_lons_e7(PyObject *self, void *Py_UNUSED(closure))
{
    return column(self, rg_store_lons_e7(store_of(self)));
}

PyObject *FeatureIndex_bounds(PyObject *self, void *Py_UNUSED(closure))
{
    return index_bounds(self, false);
}

/* --- features --- */

PyObject *FeatureIndex_item(PyObject *self, Py_ssize_t id)
{
    const rg_store *store = store_of(self);
    if (id < 0 || id >= (Py_ssize_t)rg_store_count(store)) {
        PyErr_SetString(PyExc_IndexError, "feature index out of range");
        return NULL;
    }
    rg_point location = rg_store_location(store, (uint32_t)id);
    PyObject *items[] = {PyLong_FromLong(location.lat_e7), PyLong_FromLong(location.lon_e7),
                         name_at(self, (uint32_t)id)};
    return answer_new(state_of(self)->answers, ANSWER_FEATURE, 3, items);
}
