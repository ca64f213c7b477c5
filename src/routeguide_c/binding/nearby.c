#include "answers.h"
#include "arguments.h"
#include "errors.h"
#include "index_object.h"
#include "queries.h"
#include "vector.h"

/* Hits that a search may collect without allocating; it collects some more than it returns. */
enum { FEW_HITS = 256 };

/* Returns the hits' ids and distances, whose memory it takes over. Clears the hits. */
static PyObject *hits_answer(module_state *state, rg_hits *hits)
{
    Py_ssize_t count = (Py_ssize_t)hits->count;
    PyObject *columns[2];
    if (hits->distances_m == hits->lent_m) {
        columns[0] = vector_copy(state, VECTOR_UINT32, count, hits->ids);
        columns[1] = vector_copy(state, VECTOR_DOUBLE, count, hits->distances_m);
    } else {
        columns[0] = vector_take(state, VECTOR_UINT32, count, hits->ids);
        columns[1] = vector_take(state, VECTOR_DOUBLE, count, hits->distances_m);
        rg_hits_init(hits, NULL, NULL, 0); /* the items have an owner now, or are gone */
    }
    rg_hits_clear(hits);
    return answer_new(state->answers, ANSWER_NEAREST, 2, columns);
}

PyObject *index_nearest(PyObject *index, rg_point center, size_t most, double reach_m)
{
    double distances_m[FEW_HITS + RG_HITS_SLACK];
    uint32_t ids[FEW_HITS + RG_HITS_SLACK];
    rg_hits hits;
    rg_status status;
    rg_hits_init(&hits, distances_m, ids, FEW_HITS);
    Py_BEGIN_ALLOW_THREADS
    status = rg_index_nearest(index_of(index), center, most, reach_m, &hits);
    Py_END_ALLOW_THREADS
    if (status == RG_OK)
        return hits_answer(state_of(index), &hits);
    rg_hits_clear(&hits);
    return raise_status(state_of(index), status);
}

int nearest_limits_from(PyObject *const *k_then_distance, size_t *most, double *reach_m)
{
    *reach_m = Py_HUGE_VAL;
    if (count_from(k_then_distance[0], "k", most) < 0)
        return -1;
    return k_then_distance[1] ? distance_from(k_then_distance[1], "max_distance_m", reach_m) : 0;
}
