/* class Vector:
 *     """An immutable run of numbers in C memory: a sequence and a read-only buffer."""
 *     def __len__(self): ...
 *     def __getitem__(self, index): ...
 *     def tolist(self): ...
 */
#include "vector.h"

#include "base/rg_alloc.h"
#include "docs.h"

#include <string.h>

typedef struct vector {
    PyObject_VAR_HEAD /* ob_size: bytes of room */
    void *items;      /* into room, or the owner's, or allocated by the core and owned here */
    PyObject *owner;  /* whose items these are; it refers to nothing, so no cycle can form */
    Py_ssize_t count;
    vector_format format;
    _Alignas(8) char room[]; /* small vectors need no second allocation */
} vector;

/* Up to so many bytes a vector is one small object, and copying costs less than allocating. */
enum { ROOM_MAX = 1024 };

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

/* A vector whose items are uninitialised, in its own room or at `taken`. */
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
    /* FillInfo describes bytes; a consumer that asked for no shape gets bytes. */
    if (view->shape)
        view->shape = &self->count;
    return 0;
}

static PyObject *Vector_tolist(PyObject *object, PyObject *Py_UNUSED(unused))
{
    vector *self = (vector *)object;
    PyObject *list = PyList_New(self->count);
    if (!list)
        return NULL;
    for (Py_ssize_t i = 0; i < self->count; i++) {
        PyObject *number = number_at(self, i);
        if (!number) {
            Py_DECREF(list);
            return NULL;
        }
        PyList_SET_ITEM(list, i, number);
    }
    return list;
}

static PyObject *Vector_repr(PyObject *object)
{
    PyObject *list = Vector_tolist(object, NULL);
    if (!list)
        return NULL;
    PyObject *text = PyUnicode_FromFormat("Vector(%R)", list);
    Py_DECREF(list);
    return text;
}

static PyMethodDef vector_methods[] = {
    {"tolist", Vector_tolist, METH_NOARGS, DOC_Vector_tolist},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS,
     PyDoc_STR("Vector[int] and Vector[float], for annotations.")},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot vector_slots[] = {
    {Py_tp_doc, (void *)DOC_Vector}, /* a slot has no const */
    SLOT(Py_tp_dealloc, Vector_dealloc),
    SLOT(Py_tp_repr, Vector_repr),
    {Py_tp_methods, vector_methods},
    SLOT(Py_sq_length, Vector_length),
    SLOT(Py_sq_item, Vector_item),
    SLOT(Py_tp_iter,
         PySeqIter_New), /* sq_item alone would iterate too, but not be seen as Iterable */
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
