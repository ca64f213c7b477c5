/* rg_runs: finds the legs of a route that may be nearest to a place, or to any place in a ball,
 * without examining all of them.
 *
 * A run is some consecutive legs, within a ball whose center is on the route. It is divided into
 * two halves, down to single legs:
 *
 *      run 0: legs 0 .. 6                  Distances are chords, straight lines through the Earth,
 *        run 1: legs 0 .. 2                between vectors of length 1: all of them obey the
 *          run 2: leg 0                    triangle inequality.
 *          run 3: legs 1 .. 2
 *            run 4 .. run 5
 *        run 6: legs 3 .. 6  ...
 *
 * Ownership: the runs borrow the route. A list owns its memory.
 * Threads: runs are immutable once built; a list belongs to one thread.
 * Cost: build O(n log n); a place among the legs of a long route: about log n steps.
 */
#ifndef RG_RUNS_H
#define RG_RUNS_H

#include "geo/rg_route.h"

/* The largest error of chords between vectors whose error is a tenth of it. */
#define RG_RUNS_ERROR 1e-10

typedef struct rg_ball {
    double center[3];
    double radius;
} rg_ball;

/* The halves of run i, if it has more than one leg, are run i + 1 and the run after that one's
 * parts. */
typedef struct rg_run {
    rg_ball ball; /* zeros for a single leg */
    uint32_t first, legs;
} rg_run;

typedef struct rg_runs {
    const rg_route *route;
    rg_run *runs; /* 2 n - 1 */
} rg_runs;

/* A run that may be nearest. */
typedef struct rg_run_item {
    double least; /* no point of the run is nearer */
    uint32_t run;
} rg_run_item;

typedef struct rg_run_list {
    rg_run_item *items;
    size_t count, capacity;
} rg_run_list;

/* Builds the runs of a route with at least one leg; RG_ENOMEM also for more than 2^31 legs. */
rg_status rg_runs_build(rg_runs *out, const rg_route *route);

void rg_runs_free(rg_runs *runs);

/* Divides the items of the list from `begin` to `end` into runs whose balls are no larger than
 * `ball`, and appends those that may contain the nearest point of the route to any place in the
 * ball, if that is within `limit`. A ball of radius 0 leaves the single legs that are at most 2
 * RG_RUNS_ERROR further than the nearest one. */
rg_status rg_runs_narrow(const rg_runs *runs, rg_run_list *list, size_t begin, size_t end,
                         const rg_ball *ball, double limit);

/* Appends an item. */
rg_status rg_run_list_add(rg_run_list *list, rg_run_item item);

void rg_run_list_clear(rg_run_list *list);

#endif
