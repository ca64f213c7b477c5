/* What a FeatureIndex answers about routes:
 *
 *     def along(self, latitudes, longitudes, half_width_m): ...
 */
#include "arguments.h"
#include "columns.h"
#include "errors.h"
#include "index_methods.h"
#include "index_object.h"
#include "search/rg_along.h"
#include "vector.h"

enum { COLUMNS = 4 };

static const vector_format formats[COLUMNS] = {VECTOR_UINT32, VECTOR_DOUBLE, VECTOR_DOUBLE,
                                               VECTOR_INT32};

static void fill_in(void *const columns[COLUMNS], const rg_along_hits *hits)
{
    uint32_t *ids = columns[0];
    double *along_m = columns[1], *offset_m = columns[2];
    int32_t *sides = columns[3];
    for (size_t i = 0; i < hits->count; i++) {
        ids[i] = hits->items[i].id;
        along_m[i] = hits->items[i].foot.along_m;
        offset_m[i] = hits->items[i].foot.offset_m;
        sides[i] = hits->items[i].foot.side;
    }
}

static PyObject *columns_of(module_state *state, const rg_along_hits *hits)
{
    PyObject *answer = PyTuple_New(COLUMNS);
    void *columns[COLUMNS];
    for (Py_ssize_t i = 0; answer && i < COLUMNS; i++) {
        PyObject *column = vector_new(&columns[i], state, formats[i], (Py_ssize_t)hits->count);
        if (column)
            PyTuple_SET_ITEM(answer, i, column);
        else
            Py_CLEAR(answer);
    }
    if (answer)
        fill_in(columns, hits);
    return answer;
}

static PyObject *search(PyObject *self, const coordinates *lats, const coordinates *lons,
                        double half_width_m)
{
    rg_route *route = NULL;
    rg_along_hits hits = {0};
    size_t at = 0;
    rg_status status;
    Py_BEGIN_ALLOW_THREADS
    status = rg_route_build(&route, &at, lats->items, lons->items, (size_t)lats->count);
    if (status == RG_OK)
        status = rg_index_along(index_of(self), route, half_width_m, &hits);
    rg_route_free(route);
    Py_END_ALLOW_THREADS
    PyObject *answer = status == RG_OK ? columns_of(state_of(self), &hits)
                                       : raise_route_status(state_of(self), status, at);
    rg_along_hits_clear(&hits);
    return answer;
}

PyObject *FeatureIndex_along(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    coordinates lats = {0}, lons = {0};
    double half_width_m;
    PyObject *answer = NULL;
    if (!has_arguments("along", nargs, 3))
        return NULL;
    if (coordinate_pair_from(args, &lats, &lons) == 0 &&
        distance_from(args[2], "half_width_m", &half_width_m) == 0)
        answer = search(self, &lats, &lons, half_width_m);
    coordinates_release(&lons);
    coordinates_release(&lats);
    return answer;
}
