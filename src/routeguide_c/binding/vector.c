/* class Vector:
 *     """An immutable run of numbers in C memory: a sequence and a read-only buffer."""
 *     def __len__(self): ...
 *     def __getitem__(self, index): ...
 *     def tolist(self): ...
 */
#include "binding.h"

#include "rg_alloc.h"

#include <string.h>

typedef struct vector {
    PyObject_VAR_HEAD /* ob_size: bytes of room */
        void *items;  /* into room, or allocated by the core and owned here */
    Py_ssize_t count;
    _Alignas(8) char room[]; /* small vectors need no second allocation */
} vector;

/* Up to so many bytes a vector is one small object, and copying costs less than allocating. */
enum { ROOM_MAX = 1024 };

static const Py_ssize_t item_size = sizeof(uint32_t);

/* A vector whose items are uninitialised, in its own room or at `taken`. */
static vector *vector_new(PyTypeObject *type, Py_ssize_t count, void *taken)
{
    vector *self = PyObject_NewVar(vector, type, taken ? 0 : count * item_size);
    if (!self)
        return NULL;
    self->items = taken ? taken : self->room;
    self->count = count;
    return self;
}

static PyObject *vector_copy(PyTypeObject *type, const void *items, Py_ssize_t count)
{
    vector *self = vector_new(type, count, NULL);
    if (self && count)
        memcpy(self->items, items, (size_t)(count * item_size));
    return (PyObject *)self;
}

PyObject *vector_from_ids(module_state *state, rg_ids *ids)
{
    Py_ssize_t count = (Py_ssize_t)ids->count;
    PyObject *result = NULL;
    if (ids->items == ids->lent || count * item_size <= ROOM_MAX) {
        result = vector_copy(state->vector_type, ids->items, count);
    } else {
        result = (PyObject *)vector_new(state->vector_type, count, ids->items);
        if (result)
            rg_ids_init(ids, NULL, 0); /* the vector owns the items now */
    }
    rg_ids_clear(ids);
    return result;
}

static void Vector_dealloc(PyObject *object)
{
    vector *self = (vector *)object;
    PyTypeObject *type = Py_TYPE(object);
    if (self->items != self->room)
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
    return PyLong_FromUnsignedLong(((const uint32_t *)self->items)[position]);
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
    vector *part = vector_new(Py_TYPE(self), count, NULL);
    if (!part)
        return NULL;
    for (Py_ssize_t i = 0; i < count; i++)
        memcpy((char *)part->items + i * item_size,
               (char *)self->items + (start + i * step) * item_size, (size_t)item_size);
    return (PyObject *)part;
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
    if (PyBuffer_FillInfo(view, object, self->items, self->count * item_size, 1, flags) < 0)
        return -1;
    view->itemsize = item_size;
    if (flags & PyBUF_FORMAT)
        view->format = "I";
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
    {"tolist", Vector_tolist, METH_NOARGS,
     PyDoc_STR("tolist($self, /)\n--\n\nThe numbers as a list.")},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot vector_slots[] = {
    {Py_tp_doc, "An immutable run of numbers in C memory: a sequence and a read-only buffer."},
    {Py_tp_dealloc, Vector_dealloc},
    {Py_tp_repr, Vector_repr},
    {Py_tp_methods, vector_methods},
    {Py_sq_length, Vector_length},
    {Py_sq_item, Vector_item}, /* gives the type its iterator */
    {Py_mp_length, Vector_length},
    {Py_mp_subscript, Vector_subscript},
    {Py_bf_getbuffer, Vector_getbuffer},
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
