/* class FeatureIndex:
 *     """Features in database order, found by point, by box, by distance. Immutable."""
 *     def __len__(self): ...
 *     def unnamed_count(self): ...
 *     def duplicate_count(self): ...
 *     def to_arrow(self): ...
 *     nbytes; fingerprint; __geo_interface__
 *
 * and what index_object.c, e7_queries.c, features.c, degrees_view.c, arrow_stream.c, pickling.c and
 * snapshot.c add.
 */
#include "functions.h"
#include "index_methods.h"
#include "index_object.h"
#include "parameters.h"

#include "docs.h"

#include <structmember.h>

static const rg_store *store_of(PyObject *object)
{
    return rg_index_store(index_of(object));
}

static PyObject *FeatureIndex_repr(PyObject *self)
{
    uint32_t count = rg_store_count(store_of(self));
    return PyUnicode_FromFormat("<FeatureIndex of %u feature%s>", count, count == 1 ? "" : "s");
}

static Py_ssize_t FeatureIndex_length(PyObject *self)
{
    return (Py_ssize_t)rg_store_count(store_of(self));
}

static PyObject *FeatureIndex_unnamed_count(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    uint32_t count;
    Py_BEGIN_ALLOW_THREADS
    count = rg_store_unnamed_count(store_of(self));
    Py_END_ALLOW_THREADS
    return PyLong_FromUnsignedLong(count);
}

static PyObject *FeatureIndex_duplicate_count(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    uint32_t count;
    Py_BEGIN_ALLOW_THREADS
    count = rg_index_duplicate_count(index_of(self));
    Py_END_ALLOW_THREADS
    return PyLong_FromUnsignedLong(count);
}

static PyObject *FeatureIndex_nbytes(PyObject *self, void *Py_UNUSED(closure))
{
    return PyLong_FromSize_t(rg_index_size(index_of(self)));
}

static PyObject *FeatureIndex_fingerprint(PyObject *self, void *Py_UNUSED(closure))
{
    const rg_index *index = index_of(self);
    if (!rg_index_knows_fingerprint(index)) {
        Py_BEGIN_ALLOW_THREADS
        rg_index_fingerprint(index);
        Py_END_ALLOW_THREADS
    }
    char digits[17];
    PyOS_snprintf(digits, sizeof digits, "%016llx",
                  (unsigned long long)rg_index_fingerprint(index));
    return PyUnicode_FromString(digits);
}

/* Calls a function of ../exchange.py with the index. */
static PyObject *exchanged(PyObject *self, const char *function)
{
    PyObject *module = PyImport_ImportModule("routeguide_c.exchange");
    PyObject *result = module ? PyObject_CallMethod(module, function, "O", self) : NULL;
    Py_XDECREF(module);
    return result;
}

static PyObject *FeatureIndex_to_arrow(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    return exchanged(self, "table_of");
}

static PyObject *FeatureIndex_geo_interface(PyObject *self, void *Py_UNUSED(closure))
{
    return exchanged(self, "feature_collection_of");
}

static PyMethodDef feature_index_methods[] = {
    {"find", NAMED_FASTCALL(FeatureIndex_find), DOC_FeatureIndex_find},
    {"find_many", NAMED_FASTCALL(FeatureIndex_find_many), DOC_FeatureIndex_find_many},
    {"query", NAMED_FASTCALL(FeatureIndex_query), DOC_FeatureIndex_query},
    {"query_count", NAMED_FASTCALL(FeatureIndex_query_count), DOC_FeatureIndex_query_count},
    {"query_box", NAMED_FASTCALL(FeatureIndex_query_box), DOC_FeatureIndex_query_box},
    {"nearest", NAMED_FASTCALL(FeatureIndex_nearest), DOC_FeatureIndex_nearest},
    {"within", NAMED_FASTCALL(FeatureIndex_within), DOC_FeatureIndex_within},
    {"along", NAMED_FASTCALL(FeatureIndex_along), DOC_FeatureIndex_along},
    {"name", NAMED_FASTCALL(FeatureIndex_name), DOC_FeatureIndex_name},
    {"names", NAMED_FASTCALL(FeatureIndex_names), DOC_FeatureIndex_names},
    {"named", NAMED_FASTCALL(FeatureIndex_named), DOC_FeatureIndex_named},
    {"location", NAMED_FASTCALL(FeatureIndex_location), DOC_FeatureIndex_location},
    {"locations", NAMED_FASTCALL(FeatureIndex_locations), DOC_FeatureIndex_locations},
    {"unnamed_count", FeatureIndex_unnamed_count, METH_NOARGS, DOC_FeatureIndex_unnamed_count},
    {"duplicate_count", FeatureIndex_duplicate_count, METH_NOARGS,
     DOC_FeatureIndex_duplicate_count},
    {"to_arrow", FeatureIndex_to_arrow, METH_NOARGS, DOC_FeatureIndex_to_arrow},
    {"__arrow_c_stream__", KEYWORDS(FeatureIndex_arrow_stream),
     DOC_FeatureIndex___arrow_c_stream__},
    {"from_degrees", KEYWORDS(FeatureIndex_from_degrees) | METH_CLASS,
     DOC_FeatureIndex_from_degrees},
    {"__reduce__", FeatureIndex_reduce, METH_NOARGS, DOC_FeatureIndex___reduce__},
    {"__copy__", FeatureIndex_copy, METH_NOARGS, DOC_FeatureIndex___copy__},
    {"__deepcopy__", FeatureIndex_copy, METH_O, DOC_FeatureIndex___deepcopy__},
    {"save", KEYWORDS(FeatureIndex_save), DOC_FeatureIndex_save},
    {"open", KEYWORDS(FeatureIndex_open) | METH_CLASS, DOC_FeatureIndex_open},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef feature_index_attributes[] = {
    {"degrees", FeatureIndex_degrees, NULL, DOC_FeatureIndex_degrees, NULL},
    {"lats_e7", FeatureIndex_lats_e7, NULL, DOC_FeatureIndex_lats_e7, NULL},
    {"lons_e7", FeatureIndex_lons_e7, NULL, DOC_FeatureIndex_lons_e7, NULL},
    {"bounds", FeatureIndex_bounds, NULL, DOC_FeatureIndex_bounds, NULL},
    {"nbytes", FeatureIndex_nbytes, NULL, DOC_FeatureIndex_nbytes, NULL},
    {"fingerprint", FeatureIndex_fingerprint, NULL, DOC_FeatureIndex_fingerprint, NULL},
    {"__geo_interface__", FeatureIndex_geo_interface, NULL, DOC_FeatureIndex___geo_interface__,
     NULL},
    {"metadata", FeatureIndex_metadata, NULL, DOC_FeatureIndex_metadata, NULL},
    {"sections", FeatureIndex_sections, NULL, DOC_FeatureIndex_sections, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMemberDef feature_index_members[] = {
    {"__weaklistoffset__", T_PYSSIZET, offsetof(index_object, weakrefs), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot feature_index_slots[] = {
    {Py_tp_doc, (void *)DOC_FeatureIndex}, /* a slot has no const */
    SLOT(Py_tp_new, FeatureIndex_new),
    SLOT(Py_tp_dealloc, FeatureIndex_dealloc),
    SLOT(Py_tp_repr, FeatureIndex_repr),
    {Py_tp_methods, feature_index_methods},
    {Py_tp_getset, feature_index_attributes},
    SLOT(Py_sq_length, FeatureIndex_length),
    SLOT(Py_sq_item, FeatureIndex_item),
    SLOT(Py_tp_iter, PySeqIter_New), /* sq_item would do to iterate, but not to be an Iterable */
    {Py_tp_members, feature_index_members},
    {0, NULL},
};

PyType_Spec feature_index_spec = {
    .name = "routeguide_c.FeatureIndex",
    .basicsize = sizeof(index_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = feature_index_slots,
};
