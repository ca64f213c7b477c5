/* class FeatureIndexBuilder:
 *     """Builds a FeatureIndex from features that arrive in pieces."""
 *     def __new__(cls, expected_count=0): ...
 *     def __len__(self): ...
 *     def extend(self, lats_e7, lons_e7, name_offsets, name_bytes): ...
 *     def extend_names(self, lats_e7, lons_e7, names=None): ...
 *     def build(self): ...
 */
#include "arguments.h"
#include "columns.h"
#include "docs.h"
#include "errors.h"
#include "features/rg_rows.h"
#include "functions.h"
#include "index_object.h"
#include "names.h"
#include "numbers.h"
#include "parameters.h"

typedef struct builder {
    PyObject_HEAD
    rg_store *store;  /* owned; NULL from build() to the next call */
    Py_ssize_t count; /* of features before the call that is adding some */
    bool is_busy;     /* a call uses the store, perhaps without the interpreter's lock */
} builder;

/* Reserves the store for this call until end(). False with an exception. */
static bool begin(builder *self)
{
    if (self->is_busy) {
        PyErr_SetString(PyExc_RuntimeError, "the builder is in use by another thread");
        return false;
    }
    if (!self->store) {
        rg_status status = rg_store_new(&self->store, 0, 0);
        if (status != RG_OK) {
            raise_status(state_of((PyObject *)self), status);
            return false;
        }
    }
    self->is_busy = true;
    return true;
}

static void end(builder *self)
{
    self->count = (Py_ssize_t)rg_store_count(self->store);
    self->is_busy = false;
}

static PyObject *Builder_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"expected_count", NULL};
    PyObject *argument = NULL;
    size_t expected = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:FeatureIndexBuilder", keywords, &argument))
        return NULL;
    if (argument && count_from(argument, "expected_count", &expected) < 0)
        return NULL;
    builder *self = (builder *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    rg_status status = rg_store_new(&self->store, expected, 0);
    if (status == RG_OK)
        return (PyObject *)self;
    Py_DECREF(self);
    return raise_status(PyType_GetModuleState(type), status);
}

static void Builder_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    rg_store_free(((builder *)object)->store);
    type->tp_free(object);
    Py_DECREF(type);
}

static Py_ssize_t Builder_length(PyObject *self)
{
    return ((builder *)self)->count;
}

static PyObject *Builder_repr(PyObject *self)
{
    Py_ssize_t count = Builder_length(self);
    return PyUnicode_FromFormat("<FeatureIndexBuilder of %zd feature%s>", count,
                                count == 1 ? "" : "s");
}

/* The columns of extend(). */
typedef struct rows_arguments {
    coordinates lats, lons;
    numbers offsets, bytes;
} rows_arguments;

static void rows_release(rows_arguments *arguments)
{
    numbers_release(&arguments->bytes);
    numbers_release(&arguments->offsets);
    coordinates_release(&arguments->lons);
    coordinates_release(&arguments->lats);
}

/* Reads the columns; release them, on failure too. */
static int rows_from(module_state *state, PyObject *const *args, rows_arguments *arguments,
                     rg_rows *rows)
{
    numbers *offsets = &arguments->offsets, *bytes = &arguments->bytes;
    if (coordinate_pair_from(args, &arguments->lats, &arguments->lons) < 0 ||
        numbers_from(state, args[2], "name_offsets", NUMBERS_OFFSETS, offsets) < 0 ||
        numbers_from(state, args[3], "name_bytes", NUMBERS_BYTES, bytes) < 0)
        return -1;
    Py_ssize_t count = arguments->lats.count;
    /* Without rows, Arrow may leave the one offset out. */
    if (offsets->count - 1 != count && !(offsets->count == 0 && count == 0)) {
        PyErr_Format(PyExc_ValueError,
                     "name_offsets: expected one more than the %zd of lats_e7, not %zd", count,
                     offsets->count);
        return -1;
    }
    *rows = (rg_rows){
        .count = (size_t)count,
        .lats_e7 = arguments->lats.items,
        .lons_e7 = arguments->lons.items,
        .name_offsets = offsets->items,
        .offsets_are_wide = offsets->item_size == sizeof(int64_t),
        .name_bytes = bytes->items,
        .name_bytes_size = (size_t)bytes->count,
    };
    return 0;
}

static PyObject *Builder_extend(PyObject *object, PyObject *const *args, Py_ssize_t nargs,
                                PyObject *keywords)
{
    static const parameters accepted = {
        "extend", 4, 4, {"lats_e7", "lons_e7", "name_offsets", "name_bytes"}};
    PyObject *room[4];
    builder *self = (builder *)object;
    rows_arguments arguments = {0};
    PyObject *result = NULL;
    rg_rows rows;
    if (!arguments_bound(&accepted, &args, nargs, keywords, room))
        return NULL;
    if (rows_from(state_of(object), args, &arguments, &rows) == 0 && begin(self)) {
        rg_status status;
        size_t wrong_row = 0;
        Py_BEGIN_ALLOW_THREADS
        status = rg_rows_add(self->store, &rows, &wrong_row);
        Py_END_ALLOW_THREADS
        end(self);
        result = status == RG_OK ? Py_NewRef(Py_None)
                                 : raise_row_status(state_of(object), status, wrong_row);
    }
    rows_release(&arguments);
    return result;
}

static PyObject *Builder_extend_names(PyObject *object, PyObject *const *args, Py_ssize_t nargs,
                                      PyObject *keywords)
{
    static const parameters accepted = {"extend_names", 2, 3, {"lats_e7", "lons_e7", "names"}};
    builder *self = (builder *)object;
    PyObject *room[3], *result = NULL;
    coordinates lats = {0}, lons = {0};
    name_column names = {0};
    if (!arguments_bound(&accepted, &args, nargs, keywords, room))
        return NULL;
    if (coordinate_pair_from(args, &lats, &lons) == 0 &&
        names_from(args[2], "lats_e7", lats.count, &names) == 0 && begin(self)) {
        if (store_add_names(state_of(object), self->store, &lats, &lons, &names) == 0)
            result = Py_NewRef(Py_None);
        end(self);
    }
    names_release(&names);
    coordinates_release(&lons);
    coordinates_release(&lats);
    return result;
}

static PyObject *Builder_build(PyObject *object, PyObject *Py_UNUSED(unused))
{
    builder *self = (builder *)object;
    if (!begin(self))
        return NULL;
    rg_store *store = self->store;
    self->store = NULL;
    self->count = 0;
    self->is_busy = false; /* from here on another thread may fill a new store */
    return feature_index_build(state_of(object)->feature_index_type, store);
}

static PyMethodDef builder_methods[] = {
    {"extend", NAMED_FASTCALL(Builder_extend), DOC_FeatureIndexBuilder_extend},
    {"extend_names", NAMED_FASTCALL(Builder_extend_names), DOC_FeatureIndexBuilder_extend_names},
    {"build", Builder_build, METH_NOARGS, DOC_FeatureIndexBuilder_build},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot builder_slots[] = {
    {Py_tp_doc, (void *)DOC_FeatureIndexBuilder}, /* a slot has no const */
    SLOT(Py_tp_new, Builder_new),
    SLOT(Py_tp_dealloc, Builder_dealloc),
    SLOT(Py_tp_repr, Builder_repr),
    {Py_tp_methods, builder_methods},
    SLOT(Py_sq_length, Builder_length),
    {0, NULL},
};

PyType_Spec builder_spec = {
    .name = "routeguide_c.FeatureIndexBuilder",
    .basicsize = sizeof(builder),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = builder_slots,
};
