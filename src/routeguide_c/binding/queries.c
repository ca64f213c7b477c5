#include "queries.h"
#include "errors.h"
#include "index_object.h"
#include "vector.h"

/* Ids that a query may answer without allocating. */
enum { FEW_IDS = 240 };

PyObject *index_find(PyObject *index, rg_point point)
{
    uint32_t id;
    if (!rg_index_find(index_of(index), point, &id))
        Py_RETURN_NONE;
    return PyLong_FromLong((long)id); /* below 2^31, and faster than from an unsigned one */
}

PyObject *index_find_many(PyObject *index, const int32_t *lats_e7, const int32_t *lons_e7,
                          Py_ssize_t count)
{
    void *ids;
    PyObject *result = vector_new(&ids, state_of(index), VECTOR_INT32, count);
    if (!result)
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    rg_index_find_many(index_of(index), lats_e7, lons_e7, (size_t)count, ids);
    Py_END_ALLOW_THREADS
    return result;
}

/* Searches without the interpreter's lock if that takes long. For a short query, waiting to have
 * the lock back would take longer than the query. */
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

/* Wraps the ids, or raises; either way the list is cleared. */
static PyObject *ids_answer(PyObject *index, rg_status status, rg_ids *ids)
{
    if (status == RG_OK)
        return vector_from_ids(state_of(index), ids);
    rg_ids_clear(ids);
    return raise_status(state_of(index), status);
}

PyObject *index_query(PyObject *index, rg_point corner, rg_point other)
{
    uint32_t room[FEW_IDS + RG_IDS_SLACK];
    rg_ids ids;
    rg_ids_init(&ids, room, FEW_IDS);
    rg_status status = query(index_of(index), rg_box_from_corners(corner, other), &ids);
    return ids_answer(index, status, &ids);
}

PyObject *index_query_count(PyObject *index, rg_point corner, rg_point other)
{
    size_t count;
    rg_status status =
        rg_index_query_count(&count, index_of(index), rg_box_from_corners(corner, other));
    return status == RG_OK ? PyLong_FromSize_t(count) : raise_status(state_of(index), status);
}

PyObject *index_query_box(PyObject *index, rg_point south_west, rg_point north_east)
{
    if (south_west.lat_e7 > north_east.lat_e7) {
        PyErr_SetString(PyExc_ValueError, "south must not exceed north");
        return NULL;
    }
    /* One across the antimeridian is as long as its band around the Earth. */
    rg_box reach = {south_west, north_east};
    if (south_west.lon_e7 > north_east.lon_e7) {
        reach.lo.lon_e7 = INT32_MIN;
        reach.hi.lon_e7 = INT32_MAX;
    }
    uint32_t room[FEW_IDS + RG_IDS_SLACK];
    rg_ids ids;
    rg_ids_init(&ids, room, FEW_IDS);
    PyThreadState *saved = rg_index_query_is_long(rg_index_query_bound(index_of(index), reach))
                               ? PyEval_SaveThread()
                               : NULL;
    rg_status status = rg_index_query_box(index_of(index), south_west, north_east, &ids);
    if (saved)
        PyEval_RestoreThread(saved);
    return ids_answer(index, status, &ids);
}
