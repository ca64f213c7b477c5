/* class FeatureIndex:
 *     """Features in database order, found by point or by rectangle. Immutable."""
 *     def __new__(cls, latitudes, longitudes, names): ...
 *     def __len__(self): ...
 *     def find(self, lat_e7, lon_e7): ...
 *     def find_many(self, latitudes, longitudes): ...
 *     def query(self, lo_lat_e7, lo_lon_e7, hi_lat_e7, hi_lon_e7): ...
 *     def query_count(self, lo_lat_e7, lo_lon_e7, hi_lat_e7, hi_lon_e7): ...
 *     def query_box(self, south, west, north, east): ...                in nearby.c
 *     def nearest(self, lat_e7, lon_e7, k, max_distance_m=inf): ...     there, too
 *     def within(self, lat_e7, lon_e7, radius_m): ...                   there, too
 *     def unnamed_count(self): ...
 *     def duplicate_count(self): ...
 *     def named(self, ids): ...                                         in page.c
 *     def encode_page(self, ids, start, stop): ...                      there, and three more
 *     def name(self, id): ...
 *     def location(self, id): ...
 *     def encoded(self, id): ...
 *     latitudes; longitudes; bounds; nbytes; fingerprint
 *
 * and what snapshot.c adds.
 */
#include "arguments.h"
#include "columns.h"
#include "docs.h"
#include "errors.h"
#include "functions.h"
#include "index_methods.h"
#include "index_object.h"
#include "vector.h"

#include <structmember.h>

/* Ids that a query may answer without allocating. */
enum { FEW_IDS = 240 };

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

static const char *const point_names[] = {"lat_e7", "lon_e7"};

static PyObject *FeatureIndex_find(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    rg_point point;
    uint32_t id;
    if (!has_arguments("find", nargs, 2) || point_from(args, point_names, &point) < 0)
        return NULL;
    if (warn_if_degrees(self, point, point) < 0)
        return NULL;
    if (!rg_index_find(index_of(self), point, &id))
        Py_RETURN_NONE;
    return PyLong_FromLong((long)id); /* below 2^31, and quicker than from an unsigned one */
}

static PyObject *FeatureIndex_find_many(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    coordinates lats = {0}, lons = {0};
    PyObject *result = NULL;
    void *ids;
    if (!has_arguments("find_many", nargs, 2))
        return NULL;
    if (coordinate_pair_from(args, &lats, &lons) == 0)
        result = vector_new(&ids, state_of(self), VECTOR_INT32, lats.count);
    if (result) {
        /* Another thread may write into the buffers meanwhile: that changes answers, and nothing
         * else, since no value read from them is used to address memory unchecked. */
        Py_BEGIN_ALLOW_THREADS
        rg_index_find_many(index_of(self), lats.items, lons.items, (size_t)lats.count, ids);
        Py_END_ALLOW_THREADS
    }
    coordinates_release(&lons);
    coordinates_release(&lats);
    return result;
}

static int box_from(const char *function, PyObject *const *args, Py_ssize_t nargs, rg_box *box)
{
    static const char *const names[] = {"lo_lat_e7", "lo_lon_e7", "hi_lat_e7", "hi_lon_e7"};
    rg_point a, b;
    if (!has_arguments(function, nargs, 4) || point_from(args, names, &a) < 0 ||
        point_from(args + 2, names + 2, &b) < 0)
        return -1;
    *box = rg_box_from_corners(a, b);
    return 0;
}

/* Other threads run while a long query does. For a short one, giving the lock away and waiting to
 * have it back would take longer than the query. */
static rg_status query(const rg_index *index, rg_box box, rg_ids *ids)
{
    size_t bound = rg_index_query_bound(index, box);
    if (!rg_index_query_is_long(bound))
        return rg_index_query_within(index, box, bound, ids);
    rg_status status;
    Py_BEGIN_ALLOW_THREADS
    status = rg_index_query_within(index, box, bound, ids);
    Py_END_ALLOW_THREADS
    return status;
}

static PyObject *FeatureIndex_query(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    rg_box box;
    if (box_from("query", args, nargs, &box) < 0)
        return NULL;
    uint32_t room[FEW_IDS + RG_IDS_SLACK];
    rg_ids ids;
    rg_ids_init(&ids, room, FEW_IDS);
    rg_status status = query(index_of(self), box, &ids);
    if (status != RG_OK) {
        rg_ids_clear(&ids);
        return raise_status(state_of(self), status);
    }
    return vector_from_ids(state_of(self), &ids);
}

static PyObject *FeatureIndex_query_count(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    rg_box box;
    size_t count;
    if (box_from("query_count", args, nargs, &box) < 0)
        return NULL;
    rg_status status = rg_index_query_count(&count, index_of(self), box);
    if (status != RG_OK)
        return raise_status(state_of(self), status);
    return PyLong_FromSize_t(count);
}

static int id_from(PyObject *self, PyObject *argument, uint32_t *id)
{
    Py_ssize_t number = PyNumber_AsSsize_t(argument, PyExc_IndexError);
    if (number == -1 && PyErr_Occurred())
        return -1;
    if (number < 0 || number >= FeatureIndex_length(self)) {
        PyErr_Format(PyExc_IndexError, "no feature with id %zd", number);
        return -1;
    }
    *id = (uint32_t)number;
    return 0;
}

static int encoded_from(PyObject *self, PyObject *argument, rg_slice *encoded)
{
    uint32_t id;
    if (id_from(self, argument, &id) < 0)
        return -1;
    *encoded = rg_store_encoded(store_of(self), id);
    if (encoded->size)
        return 0;
    raise_status(state_of(self), RG_ECORRUPT);
    return -1;
}

static PyObject *FeatureIndex_name(PyObject *self, PyObject *argument)
{
    rg_slice encoded;
    if (encoded_from(self, argument, &encoded) < 0)
        return NULL;
    rg_slice name = rg_feature_name(encoded);
    return PyUnicode_DecodeUTF8((const char *)name.data, (Py_ssize_t)name.size, "strict");
}

static PyObject *FeatureIndex_location(PyObject *self, PyObject *argument)
{
    uint32_t id;
    if (id_from(self, argument, &id) < 0)
        return NULL;
    rg_point location = rg_store_location(store_of(self), id);
    return Py_BuildValue("ii", (int)location.lat_e7, (int)location.lon_e7);
}

static PyObject *FeatureIndex_encoded(PyObject *self, PyObject *argument)
{
    rg_slice encoded;
    if (encoded_from(self, argument, &encoded) < 0)
        return NULL;
    return PyBytes_FromStringAndSize((const char *)encoded.data, (Py_ssize_t)encoded.size);
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

/* A column of the store, where it lies. */
static PyObject *column(PyObject *self, const int32_t *values_e7)
{
    return vector_view(state_of(self), VECTOR_INT32, FeatureIndex_length(self), values_e7, self);
}

static PyObject *FeatureIndex_latitudes(PyObject *self, void *Py_UNUSED(closure))
{
    return column(self, rg_store_lats_e7(store_of(self)));
}

static PyObject *FeatureIndex_longitudes(PyObject *self, void *Py_UNUSED(closure))
{
    return column(self, rg_store_lons_e7(store_of(self)));
}

static PyObject *FeatureIndex_bounds(PyObject *self, void *Py_UNUSED(closure))
{
    rg_box bounds;
    if (!rg_store_bounds(store_of(self), &bounds))
        Py_RETURN_NONE;
    return Py_BuildValue("iiii", (int)bounds.lo.lat_e7, (int)bounds.lo.lon_e7,
                         (int)bounds.hi.lat_e7, (int)bounds.hi.lon_e7);
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

static PyMethodDef feature_index_methods[] = {
    {"find", FASTCALL(FeatureIndex_find), DOC_FeatureIndex_find},
    {"find_many", FASTCALL(FeatureIndex_find_many), DOC_FeatureIndex_find_many},
    {"query", FASTCALL(FeatureIndex_query), DOC_FeatureIndex_query},
    {"query_count", FASTCALL(FeatureIndex_query_count), DOC_FeatureIndex_query_count},
    {"query_box", FASTCALL(FeatureIndex_query_box), DOC_FeatureIndex_query_box},
    {"nearest", FASTCALL(FeatureIndex_nearest) | METH_KEYWORDS, DOC_FeatureIndex_nearest},
    {"within", FASTCALL(FeatureIndex_within), DOC_FeatureIndex_within},
    {"along", FASTCALL(FeatureIndex_along), DOC_FeatureIndex_along},
    {"unnamed_count", FeatureIndex_unnamed_count, METH_NOARGS, DOC_FeatureIndex_unnamed_count},
    {"duplicate_count", FeatureIndex_duplicate_count, METH_NOARGS,
     DOC_FeatureIndex_duplicate_count},
    {"named", FeatureIndex_named, METH_O, DOC_FeatureIndex_named},
    {"page_bytes", FASTCALL(FeatureIndex_page_bytes), DOC_FeatureIndex_page_bytes},
    {"encode_lookups", FeatureIndex_encode_lookups, METH_O, DOC_FeatureIndex_encode_lookups},
    {"encode_page", FASTCALL(FeatureIndex_encode_page), DOC_FeatureIndex_encode_page},
    {"encode_nearby_page", FASTCALL(FeatureIndex_encode_nearby_page),
     DOC_FeatureIndex_encode_nearby_page},
    {"encode_route_page", FASTCALL(FeatureIndex_encode_route_page),
     DOC_FeatureIndex_encode_route_page},
    {"name", FeatureIndex_name, METH_O, DOC_FeatureIndex_name},
    {"location", FeatureIndex_location, METH_O, DOC_FeatureIndex_location},
    {"encoded", FeatureIndex_encoded, METH_O, DOC_FeatureIndex_encoded},
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
    {"latitudes", FeatureIndex_latitudes, NULL, DOC_FeatureIndex_latitudes, NULL},
    {"longitudes", FeatureIndex_longitudes, NULL, DOC_FeatureIndex_longitudes, NULL},
    {"bounds", FeatureIndex_bounds, NULL, DOC_FeatureIndex_bounds, NULL},
    {"nbytes", FeatureIndex_nbytes, NULL, DOC_FeatureIndex_nbytes, NULL},
    {"fingerprint", FeatureIndex_fingerprint, NULL, DOC_FeatureIndex_fingerprint, NULL},
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
    SLOT(Py_tp_new, FeatureIndex_new),        SLOT(Py_tp_dealloc, FeatureIndex_dealloc),
    SLOT(Py_tp_repr, FeatureIndex_repr),      {Py_tp_methods, feature_index_methods},
    {Py_tp_getset, feature_index_attributes}, {Py_tp_members, feature_index_members},
    SLOT(Py_sq_length, FeatureIndex_length),  {0, NULL},
};

PyType_Spec feature_index_spec = {
    .name = "routeguide_c.FeatureIndex",
    .basicsize = sizeof(index_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = feature_index_slots,
};
