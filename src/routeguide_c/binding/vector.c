/* class Vector(Sequence):
 *     """An immutable sequence of numbers in C memory and a read-only buffer."""
 *     def __len__(self): ...
 *     def __getitem__(self, index): ...
 *     def __contains__(self, value): ...
 *     def __eq__(self, other): ...
 *     def index(self, value, start=0, stop=sys.maxsize): ...
 *     def count(self, value): ...
 *     def tolist(self): ...
 *     def __arrow_c_schema__(self): ...
 *     def __arrow_c_array__(self, requested_schema=None): ...
 */
#include "vector.h"

#include "arrow_arrays.h"
#include "base/rg_alloc.h"
#include "docs.h"

#include <string.h>

typedef struct vector {
    PyObject_VAR_HEAD /* ob_size: bytes of room */
    void *items;      /* in room, or the owner's, or from rg_alloc and owned by the vector */
    PyObject *owner;  /* whose items these are; it refers to nothing, so no cycle can form */
    Py_ssize_t count;
    vector_format format;
    _Alignas(8) char room[]; /* small vectors need no second allocation */
} vector;

/* The most bytes that a vector holds in its own object: copying them costs less than allocating. */
enum { ROOM_MAX = 1024 };

/* The most items that a repr shows all of, and how many it shows of more. */
enum { SHOWN_MAX = 20, SHOWN = 8 };

static Py_ssize_t size_of(vector_format format)
{
    return format == VECTOR_DOUBLE ? 8 : 4;
}

static Py_ssize_t item_size(const vector *self)
{
    return size_of(self->format);
}

static char *letter_of(vector_format format)
{
    switch (format) {
    case VECTOR_UINT32:
        return "I";
    case VECTOR_INT32:
        return "i";
    case VECTOR_DOUBLE:
        break;
    }
    return "d";
}

/* Returns a vector whose items are uninitialized, in its own room or at `taken`. */
static vector *allocate(PyTypeObject *type, vector_format format, Py_ssize_t count, void *taken)
{
    vector *self = PyObject_NewVar(vector, type, taken ? 0 : count * size_of(format));
    if (!self)
        return NULL;
    self->items = taken ? taken : self->room;
    self->owner = NULL;
    self->count = count;
    self->format = format;
    return self;
}

PyObject *vector_take(module_state *state, vector_format format, Py_ssize_t count, void *items)
{
    vector *self;
    if (count <= ROOM_MAX / size_of(format)) {
        self = allocate(state->vector_type, format, count, NULL);
        if (self && count)
            memcpy(self->items, items, (size_t)(count * size_of(format)));
    } else {
        self = allocate(state->vector_type, format, count, items);
        if (self)
            return (PyObject *)self;
    }
    rg_free(items);
    return (PyObject *)self;
}

PyObject *vector_new(void **items, module_state *state, vector_format format, Py_ssize_t count)
{
    vector *self;
    if (count <= ROOM_MAX / size_of(format)) {
        self = allocate(state->vector_type, format, count, NULL);
    } else {
        void *room = rg_alloc((size_t)count, (size_t)size_of(format));
        if (!room)
            return PyErr_NoMemory();
        self = allocate(state->vector_type, format, count, room);
        if (!self)
            rg_free(room);
    }
    if (self)
        *items = self->items;
    return (PyObject *)self;
}

PyObject *vector_view(module_state *state, vector_format format, Py_ssize_t count,
                      const void *items, PyObject *owner)
{
    vector *self = allocate(state->vector_type, format, count, (void *)items);
    if (self)
        self->owner = Py_NewRef(owner);
    return (PyObject *)self;
}

PyObject *vector_copy(module_state *state, vector_format format, Py_ssize_t count,
                      const void *items)
{
    void *copied = NULL;
    PyObject *self = vector_new(&copied, state, format, count);
    if (self && count)
        memcpy(copied, items, (size_t)(count * size_of(format)));
    return self;
}

PyObject *vector_from_ids(module_state *state, rg_ids *ids)
{
    PyObject *result;
    if (ids->items == ids->lent) {
        result = vector_copy(state, VECTOR_UINT32, (Py_ssize_t)ids->count, ids->items);
    } else {
        result = vector_take(state, VECTOR_UINT32, (Py_ssize_t)ids->count, ids->items);
        rg_ids_init(ids, NULL, 0); /* the items have an owner now, or are gone */
    }
    rg_ids_clear(ids);
    return result;
}

static void Vector_dealloc(PyObject *object)
{
    vector *self = (vector *)object;
    PyTypeObject *type = Py_TYPE(object);
    if (self->owner)
        Py_CLEAR(self->owner);
    else if (self->items != self->room)
        rg_free(self->items);
    PyObject_Free(self);
    Py_DECREF(type);
}

static Py_ssize_t Vector_length(PyObject *self)
{
    return ((vector *)self)->count;
}

static PyObject *number_at(const vector *self, Py_ssize_t position)
{
    switch (self->format) {
    case VECTOR_UINT32:
        return PyLong_FromUnsignedLong(((const uint32_t *)self->items)[position]);
    case VECTOR_INT32:
        return PyLong_FromLong(((const int32_t *)self->items)[position]);
    case VECTOR_DOUBLE:
        break;
    }
    return PyFloat_FromDouble(((const double *)self->items)[position]);
}

static PyObject *Vector_item(PyObject *object, Py_ssize_t position)
{
    vector *self = (vector *)object;
    if (position < 0 || position >= self->count) {
        PyErr_SetString(PyExc_IndexError, "vector index out of range");
        return NULL;
    }
    return number_at(self, position);
}

static PyObject *slice_of(vector *self, PyObject *slice)
{
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(slice, &start, &stop, &step) < 0)
        return NULL;
    Py_ssize_t count = PySlice_AdjustIndices(self->count, &start, &stop, step);
    void *items;
    PyObject *part = vector_new(&items, state_of((PyObject *)self), self->format, count);
    if (!part)
        return NULL;
    Py_ssize_t size = item_size(self);
    for (Py_ssize_t i = 0; i < count; i++)
        memcpy((char *)items + i * size, (char *)self->items + (start + i * step) * size,
               (size_t)size);
    return part;
}

static PyObject *Vector_subscript(PyObject *object, PyObject *key)
{
    vector *self = (vector *)object;
    if (PySlice_Check(key))
        return slice_of(self, key);
    Py_ssize_t position = PyNumber_AsSsize_t(key, PyExc_IndexError);
    if (position == -1 && PyErr_Occurred())
        return NULL;
    return Vector_item(object, position < 0 ? position + self->count : position);
}

static int Vector_getbuffer(PyObject *object, Py_buffer *view, int flags)
{
    vector *self = (vector *)object;
    Py_ssize_t size = item_size(self);
    if (PyBuffer_FillInfo(view, object, self->items, self->count * size, 1, flags) < 0)
        return -1;
    view->itemsize = size;
    if (flags & PyBUF_FORMAT)
        view->format = letter_of(self->format);
    /* PyBuffer_FillInfo describes bytes, which is what a consumer gets that asks for no shape. */
    if (view->shape)
        view->shape = &self->count;
    return 0;
}

/* Returns a list of the first `count` numbers. */
static PyObject *list_of(const vector *self, Py_ssize_t count)
{
    PyObject *list = PyList_New(count);
    for (Py_ssize_t i = 0; list && i < count; i++) {
        PyObject *number = number_at(self, i);
        if (number)
            PyList_SET_ITEM(list, i, number);
        else
            Py_CLEAR(list);
    }
    return list;
}

static PyObject *Vector_tolist(PyObject *self, PyObject *Py_UNUSED(unused))
{
    return list_of((vector *)self, ((vector *)self)->count);
}

static PyObject *Vector_repr(PyObject *object)
{
    vector *self = (vector *)object;
    PyObject *text = NULL;
    PyObject *list = list_of(self, self->count > SHOWN_MAX ? SHOWN : self->count);
    PyObject *shown = list ? PyObject_Repr(list) : NULL;
    if (shown && self->count <= SHOWN_MAX) {
        text = PyUnicode_FromFormat("Vector(%U)", shown);
    } else if (shown) {
        PyObject *open = PyUnicode_Substring(shown, 0, PyUnicode_GET_LENGTH(shown) - 1);
        text =
            open ? PyUnicode_FromFormat("Vector(%U, ...], length=%zd)", open, self->count) : NULL;
        Py_XDECREF(open);
    }
    Py_XDECREF(shown);
    Py_XDECREF(list);
    return text;
}

static double double_at(const vector *self, Py_ssize_t position)
{
    switch (self->format) {
    case VECTOR_UINT32:
        return ((const uint32_t *)self->items)[position];
    case VECTOR_INT32:
        return ((const int32_t *)self->items)[position];
    case VECTOR_DOUBLE:
        break;
    }
    return ((const double *)self->items)[position];
}

/* True, and the value, for an int or a float that a double represents exactly. */
static bool double_from(PyObject *number, double *value)
{
    if (PyFloat_CheckExact(number)) {
        *value = PyFloat_AS_DOUBLE(number);
        return true;
    }
    if (!PyLong_CheckExact(number))
        return false;
    int overflow;
    long long integer = PyLong_AsLongLongAndOverflow(number, &overflow);
    *value = (double)integer;
    return !overflow && integer >= -(1LL << 53) && integer <= 1LL << 53;
}

/* 1 if the item at the position equals the number, 0 if not, -1 with an exception. */
static int equals(const vector *self, Py_ssize_t position, PyObject *number)
{
    PyObject *item = number_at(self, position);
    if (!item)
        return -1;
    int equal = PyObject_RichCompareBool(item, number, Py_EQ);
    Py_DECREF(item);
    return equal;
}

/* The position of the first item from `start` to `stop` that equals the value; `stop` if there is
 * none; -1 with an exception. */
static Py_ssize_t first_equal(const vector *self, PyObject *value, Py_ssize_t start,
                              Py_ssize_t stop)
{
    double wanted;
    if (double_from(value, &wanted)) {
        while (start < stop && double_at(self, start) != wanted)
            start++;
        return start;
    }
    for (; start < stop; start++) {
        int equal = equals(self, start, value);
        if (equal)
            return equal < 0 ? -1 : start;
    }
    return stop;
}

static int Vector_contains(PyObject *object, PyObject *value)
{
    vector *self = (vector *)object;
    Py_ssize_t found = first_equal(self, value, 0, self->count);
    return found < 0 ? -1 : found < self->count;
}

static PyObject *Vector_count(PyObject *object, PyObject *value)
{
    vector *self = (vector *)object;
    Py_ssize_t count = 0, found = first_equal(self, value, 0, self->count);
    while (found >= 0 && found < self->count) {
        count++;
        found = first_equal(self, value, found + 1, self->count);
    }
    return found < 0 ? NULL : PyLong_FromSsize_t(count);
}

/* An end of a slice, as list.index takes it: negative from the end, clamped. */
static int end_from(PyObject *argument, Py_ssize_t count, Py_ssize_t *end)
{
    if (!PyIndex_Check(argument)) {
        PyErr_Format(PyExc_TypeError, "start and stop: expected an int, not %.200s",
                     Py_TYPE(argument)->tp_name);
        return -1;
    }
    Py_ssize_t number = PyNumber_AsSsize_t(argument, NULL);
    if (number == -1 && PyErr_Occurred())
        return -1;
    if (number < 0)
        number = number < -count ? 0 : number + count;
    *end = number < count ? number : count;
    return 0;
}

static PyObject *Vector_index(PyObject *object, PyObject *const *args, Py_ssize_t nargs)
{
    vector *self = (vector *)object;
    Py_ssize_t start = 0, stop = self->count;
    if (nargs < 1 || nargs > 3)
        return PyErr_Format(PyExc_TypeError, "index() takes 1 to 3 arguments but %zd were given",
                            nargs);
    if ((nargs > 1 && end_from(args[1], self->count, &start) < 0) ||
        (nargs > 2 && end_from(args[2], self->count, &stop) < 0))
        return NULL;
    Py_ssize_t found = first_equal(self, args[0], start, stop);
    if (found < 0)
        return NULL;
    if (found >= stop)
        return PyErr_Format(PyExc_ValueError, "%R is not in the vector", args[0]);
    return PyLong_FromSsize_t(found);
}

/* 1, 0, or -1 with an exception, as are the results of the next two. */
static int equals_vector(const vector *self, const vector *other)
{
    if (self->count != other->count)
        return 0;
    Py_ssize_t i = 0;
    if (self->format == other->format && self->format != VECTOR_DOUBLE)
        return self->count == 0 ||
               memcmp(self->items, other->items, (size_t)(self->count * item_size(self))) == 0;
    while (i < self->count && double_at(self, i) == double_at(other, i))
        i++;
    return i == self->count;
}

static int equals_sequence(const vector *self, PyObject *other)
{
    Py_ssize_t count = PySequence_Size(other);
    if (count != self->count)
        return count < 0 ? -1 : 0;
    int equal = 1;
    for (Py_ssize_t i = 0; equal > 0 && i < count; i++) {
        double number;
        PyObject *item = PySequence_GetItem(other, i);
        if (!item)
            return -1;
        equal = double_from(item, &number) ? double_at(self, i) == number : equals(self, i, item);
        Py_DECREF(item);
    }
    return equal;
}

/* Compares with what Python itself regards as a sequence: lists, tuples, ranges, arrays and
 * classes registered as collections.abc.Sequence. A numpy array has its own comparison. */
static PyObject *Vector_richcompare(PyObject *object, PyObject *other, int operation)
{
    vector *self = (vector *)object;
    int equal;
    if (operation != Py_EQ && operation != Py_NE)
        Py_RETURN_NOTIMPLEMENTED;
    if (Py_IS_TYPE(other, Py_TYPE(object)))
        equal = equals_vector(self, (vector *)other);
    else if (PyType_HasFeature(Py_TYPE(other), Py_TPFLAGS_SEQUENCE))
        equal = equals_sequence(self, other);
    else
        Py_RETURN_NOTIMPLEMENTED;
    return equal < 0 ? NULL : PyBool_FromLong(equal == (operation == Py_EQ));
}

static const char *arrow_format(const vector *self)
{
    switch (self->format) {
    case VECTOR_UINT32:
        return "I";
    case VECTOR_INT32:
        return "i";
    case VECTOR_DOUBLE:
        break;
    }
    return "g";
}

static PyObject *Vector_arrow_schema(PyObject *object, PyObject *Py_UNUSED(unused))
{
    return arrow_schema_capsule(arrow_format((vector *)object));
}

/* A consumer that asked for another type casts what it gets, as Arrow's protocol allows. */
static PyObject *Vector_arrow_array(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"requested_schema", NULL};
    vector *self = (vector *)object;
    PyObject *requested, *array = NULL, *pair = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:__arrow_c_array__", names, &requested))
        return NULL;
    PyObject *schema = Vector_arrow_schema(object, NULL);
    if (schema)
        array = arrow_array_capsule(object, self->items, self->count);
    if (array)
        pair = PyTuple_Pack(2, schema, array);
    Py_XDECREF(array);
    Py_XDECREF(schema);
    return pair;
}

static PyMethodDef vector_methods[] = {
    {"index", FASTCALL(Vector_index), DOC_Vector_index},
    {"count", Vector_count, METH_O, DOC_Vector_count},
    {"tolist", Vector_tolist, METH_NOARGS, DOC_Vector_tolist},
    {"__arrow_c_schema__", Vector_arrow_schema, METH_NOARGS, DOC_Vector___arrow_c_schema__},
    {"__arrow_c_array__", KEYWORDS(Vector_arrow_array), DOC_Vector___arrow_c_array__},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS,
     PyDoc_STR("Vector[int] and Vector[float], for annotations.")},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot vector_slots[] = {
    {Py_tp_doc, (void *)DOC_Vector}, /* a slot has no const */
    SLOT(Py_tp_dealloc, Vector_dealloc),
    SLOT(Py_tp_repr, Vector_repr),
    SLOT(Py_tp_richcompare, Vector_richcompare),
    SLOT(Py_tp_hash, PyObject_HashNotImplemented), /* equal to lists, which have no hash either */
    {Py_tp_methods, vector_methods},
    SLOT(Py_sq_length, Vector_length),
    SLOT(Py_sq_item, Vector_item),
    SLOT(Py_sq_contains, Vector_contains),
    SLOT(Py_tp_iter, PySeqIter_New), /* sq_item would do to iterate, but not to be an Iterable */
    SLOT(Py_mp_length, Vector_length),
    SLOT(Py_mp_subscript, Vector_subscript),
    SLOT(Py_bf_getbuffer, Vector_getbuffer),
    {0, NULL},
};

PyType_Spec vector_spec = {
    .name = "routeguide_c.Vector",
    .basicsize = offsetof(vector, room),
    .itemsize = 1,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION |
             Py_TPFLAGS_SEQUENCE,
    .slots = vector_slots,
};
