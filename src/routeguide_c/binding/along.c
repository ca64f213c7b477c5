#include "answers.h"
#include "errors.h"
#include "index_object.h"
#include "queries.h"
#include "vector.h"

#include "search/rg_along.h"

enum { COLUMNS = 4 };

static const vector_format formats[COLUMNS] = {VECTOR_UINT32, VECTOR_DOUBLE, VECTOR_DOUBLE,
                                               VECTOR_INT32};

static void fill_in(void *const items[COLUMNS], const rg_along_hits *hits)
{
    uint32_t *ids = items[0];
    double *along_m = items[1], *offset_m = items[2];
    int32_t *sides = items[3];
    for (size_t i = 0; i < hits->count; i++) {
        ids[i] = hits->items[i].id;
        along_m[i] = hits->items[i].foot.along_m;
        offset_m[i] = hits->items[i].foot.offset_m;
        sides[i] = hits->items[i].foot.side;
    }
}

static PyObject *hits_answer(module_state *state, const rg_along_hits *hits)
{
    PyObject *columns[COLUMNS];
    void *items[COLUMNS];
    bool is_complete = true;
    for (int i = 0; i < COLUMNS; i++) {
        columns[i] = vector_new(&items[i], state, formats[i], (Py_ssize_t)hits->count);
        is_complete &= columns[i] != NULL;
    }
    if (is_complete)
        fill_in(items, hits);
    return answer_new(state->answers, ANSWER_ALONG, COLUMNS, columns);
}

PyObject *index_along(PyObject *index, const int32_t *lats_e7, const int32_t *lons_e7,
                      Py_ssize_t count, double half_width_m)
{
    rg_route *route = NULL;
    rg_along_hits hits = {0};
    size_t at = 0;
    rg_status status;
    Py_BEGIN_ALLOW_THREADS
    status = rg_route_build(&route, &at, lats_e7, lons_e7, (size_t)count);
    if (status == RG_OK)
        status = rg_index_along(index_of(index), route, half_width_m, &hits);
    rg_route_free(route);
    Py_END_ALLOW_THREADS
    PyObject *answer = status == RG_OK ? hits_answer(state_of(index), &hits)
                                       : raise_route_status(state_of(index), status, at);
    rg_along_hits_clear(&hits);
    return answer;
}
