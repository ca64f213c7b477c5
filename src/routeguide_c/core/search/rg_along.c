/* A search divides the grid into blocks of cells. Each block keeps the runs of legs that may be
 * nearest to one of its places: as blocks get smaller, so do their runs, and a run is dropped if it
 * is too far away or, for every place of the block, further than another run. A block without runs
 * is finished. At the end each point of a few cells is compared with the few legs that are left.
 *
 *   blocks still to process, last in first out             their runs
 *
 *   | node 0: west half | node 0: NE | node 0: SE |        | of node 0 | of its east half |
 *            |                |            |                 ^           ^
 *            +----------------|------------|-----------------+           |
 *                             +------------+-----------------------------+
 */
#include "search/rg_along.h"

#include "base/rg_alloc.h"
#include "base/rg_prefetch.h"
#include "geo/rg_arc.h"
#include "geo/rg_runs.h"
#include "geo/rg_sphere.h"
#include "search/rg_grid_blocks.h"

#include <math.h>

enum {
    FEW_POINTS = 32, /* examined without dividing their block further */
    FEW_ROWS = 4     /* the most rows of such a block */
};

/* A node or block to process, and the part of the list with its runs. */
typedef struct task {
    uint32_t node;
    int level; /* the node's, 0 for the root */
    bool entered;
    /* If not entered: the entries that the node divides. */
    uint32_t begin, end;
    /* If entered: some of its cells. */
    rg_grid_block block;
    size_t first_run, past_runs;
} task;

/* The last point examined, because many points are often at one place. */
typedef struct last_place {
    rg_point point;
    bool near;
    rg_route_foot foot;
} last_place;

typedef struct search {
    const rg_grid *grid;
    const rg_route *route;
    double half_width_m;
    double limit; /* the same as a chord */
    rg_runs runs;
    rg_run_list list; /* the runs of all tasks, followed by those of the current one */
    task *tasks;
    size_t task_count, task_capacity;
    rg_route_foot *feet; /* on the legs that are nearest to a place */
    size_t feet_capacity;
    last_place last;
    rg_along_hits *hits;
    /* Limits for a grid that was not checked. */
    uint64_t points_left, cells_left;
} search;

/* --- vectors, with errors below RG_RUNS_ERROR / 10 --- */

static double cosine(double angle_e7)
{
    return 1 - 2 * rg_arc_haversine(rg_arc_fold(angle_e7));
}

static void vector_at(double vector[3], double lat_e7, double lon_e7)
{
    double cos_lat = cosine(lat_e7);
    vector[0] = cos_lat * cosine(lon_e7);
    vector[1] = cos_lat * cosine(lon_e7 - RG_POLE_E7);
    vector[2] = cosine(lat_e7 - RG_POLE_E7);
}

/* Finds a ball around the part of a box that is on Earth; returns false if there is none. Of a box
 * that spans at most half a turn of longitude, two corners are furthest from the middle. */
static bool ball_of_box(rg_ball *ball, rg_sphere_box box)
{
    double south = fmax(box.south, -RG_POLE_E7), north = fmin(box.north, RG_POLE_E7);
    double west = fmax(box.west, -RG_ANTIMERIDIAN_E7), east = fmin(box.east, RG_ANTIMERIDIAN_E7);
    if (south > north || west > east)
        return false;
    double lat = (south + north) / 2, lon = (west + east) / 2;
    double height = (north - south) / 2, width = (east - west) / 2;
    vector_at(ball->center, lat, lon);
    ball->radius = 2;
    if (width <= RG_POLE_E7) {
        double widest = fmax(cosine(south), cosine(north));
        double least = rg_arc_haversine(height);
        ball->radius = 2 * sqrt(least + cosine(lat) * widest * rg_arc_haversine(width));
    }
    return true;
}

/* --- tasks --- */

static rg_status push(search *s, task t)
{
    task *tasks = rg_grow(s->tasks, NULL, s->task_count, &s->task_capacity, 1, sizeof *tasks);
    if (!tasks)
        return RG_ENOMEM;
    s->tasks = tasks;
    s->tasks[s->task_count++] = t;
    return RG_OK;
}

/* --- examining points --- */

/* Orders feet along the route. Feet at one position differ by rounding only, and their order must
 * not depend on how they were found. */
static bool is_before(const rg_route_foot *a, const rg_route_foot *b)
{
    if (a->along_m != b->along_m)
        return a->along_m < b->along_m;
    return a->offset_m < b->offset_m || (a->offset_m == b->offset_m && a->side < b->side);
}

/* Chooses the earliest of the feet that count as nearest, with the least distance of all; returns
 * false if that is beyond the half width. */
static bool choose_foot(const search *s, size_t count, rg_route_foot *foot)
{
    double nearest_m = INFINITY;
    for (size_t i = 0; i < count; i++)
        nearest_m = fmin(nearest_m, s->feet[i].offset_m);
    if (count == 0 || nearest_m > s->half_width_m)
        return false;
    *foot = (rg_route_foot){.along_m = INFINITY};
    for (size_t i = 0; i < count; i++)
        if (s->feet[i].offset_m <= nearest_m + RG_ROUTE_TIE_M && is_before(&s->feet[i], foot))
            *foot = s->feet[i];
    foot->offset_m = nearest_m;
    return true;
}

/* Finds the foot of a point on Earth, if that is near enough, for s->last. */
static rg_status find_foot(search *s, const task *t, rg_point point)
{
    size_t runs = s->list.count;
    rg_ball place = {.radius = 0};
    vector_at(place.center, point.lat_e7, point.lon_e7);
    rg_status status =
        rg_runs_narrow(&s->runs, &s->list, t->first_run, t->past_runs, &place, s->limit);
    size_t legs = s->list.count - runs, count = 0;
    if (status != RG_OK)
        return status;
    if (legs > 0) {
        rg_route_foot *feet =
            rg_grow(s->feet, NULL, 0, &s->feet_capacity, legs * RG_ROUTE_FEET, sizeof *feet);
        if (!feet)
            return RG_ENOMEM;
        s->feet = feet;
        rg_route_place seen = rg_route_place_at(point);
        for (size_t i = runs; i < runs + legs; i++)
            count += rg_route_feet(s->route, s->runs.runs[s->list.items[i].run].first, &seen,
                                   s->feet + count);
    }
    s->list.count = runs;
    s->last.point = point;
    s->last.near = choose_foot(s, count, &s->last.foot);
    return RG_OK;
}

static rg_status examine(search *s, const task *t, uint32_t begin, uint32_t end)
{
    const rg_grid *grid = s->grid;
    if (begin > end || end > grid->count || end - begin > s->points_left)
        return RG_ECORRUPT;
    s->points_left -= end - begin;
    rg_status status = RG_OK;
    for (uint32_t i = begin; status == RG_OK && i < end; i++) {
        rg_point point = {grid->lats_e7[i], grid->lons_e7[i]};
        if (!rg_sphere_has(point))
            continue;
        if (!rg_point_equal(point, s->last.point))
            status = find_foot(s, t, point);
        if (status == RG_OK && s->last.near)
            status = rg_along_hits_add(s->hits, s->last.foot, grid->ids[i]);
    }
    return status;
}

/* A cell with more than RG_GRID_SPLIT points. */
static rg_status process_crowd(search *s, const task *t, uint32_t cell, uint32_t begin,
                               uint32_t end)
{
    const rg_grid_node *child = rg_grid_child_in(s->grid, s->grid->nodes + t->node, cell);
    if (!child)
        return examine(s, t, begin, end);
    return push(s, (task){.node = (uint32_t)(child - s->grid->nodes),
                          .level = t->level + 1,
                          .begin = begin,
                          .end = end,
                          .first_run = t->first_run,
                          .past_runs = t->past_runs});
}

static rg_status process_cells(search *s, const task *t)
{
    const rg_grid_node *node = s->grid->nodes + t->node;
    const uint32_t *starts = s->grid->starts + node->first_start;
    rg_status status = RG_OK;
    for (uint32_t row = t->block.row_lo; status == RG_OK && row <= t->block.row_hi; row++) {
        uint32_t first = row * node->cols + t->block.col_lo;
        uint32_t last = row * node->cols + t->block.col_hi;
        if (starts[last + 1] - starts[first] <= RG_GRID_SPLIT) {
            status = examine(s, t, starts[first], starts[last + 1]);
            continue;
        }
        for (uint32_t cell = first; status == RG_OK && cell <= last; cell++) {
            uint32_t begin = starts[cell], end = starts[cell + 1];
            status = end - begin <= RG_GRID_SPLIT ? examine(s, t, begin, end)
                                                  : process_crowd(s, t, cell, begin, end);
        }
    }
    return status;
}

/* --- processing tasks --- */

/* Checks a node, and makes the task one for all its cells. */
static rg_status enter(search *s, task *t)
{
    const rg_grid_node *node = s->grid->nodes + t->node;
    if (t->level == RG_GRID_LEVELS || !rg_grid_node_fits(s->grid, node, t->begin, t->end) ||
        (uint64_t)node->rows * node->cols > s->cells_left)
        return RG_ECORRUPT;
    s->cells_left -= (uint64_t)node->rows * node->cols;
    t->entered = true;
    t->block = (rg_grid_block){0, node->rows - 1, 0, node->cols - 1};
    return RG_OK;
}

/* Returns true for one cell, and for few points in few rows. Fetches their entries, because rows
 * are far from each other in memory. */
static bool is_small(const rg_grid *grid, const rg_grid_node *node, rg_grid_block block)
{
    if (block.row_lo == block.row_hi && block.col_lo == block.col_hi)
        return true;
    if (block.row_hi - block.row_lo >= FEW_ROWS)
        return false;
    const uint32_t *starts = grid->starts + node->first_start;
    size_t points = 0;
    for (uint32_t row = block.row_lo; row <= block.row_hi; row++) {
        uint32_t begin = starts[row * node->cols + block.col_lo];
        points += starts[row * node->cols + block.col_hi + 1] - begin;
        if (begin < grid->count) {
            rg_prefetch(grid->lats_e7 + begin);
            rg_prefetch(grid->lons_e7 + begin);
            rg_prefetch(grid->ids + begin);
        }
    }
    return points <= FEW_POINTS;
}

/* Divides a block in two across its longer side on Earth. */
static rg_status divide(search *s, const task *t, rg_sphere_box box)
{
    double height = box.north - box.south;
    double width = (box.east - box.west) *
                   cosine(fmax(-RG_POLE_E7, fmin(RG_POLE_E7, (box.south + box.north) / 2)));
    task one = *t, other = *t;
    rg_grid_block b = t->block;
    if (b.col_lo == b.col_hi || (b.row_lo < b.row_hi && height > width)) {
        one.block.row_hi = b.row_lo + (b.row_hi - b.row_lo) / 2;
        other.block.row_lo = one.block.row_hi + 1;
    } else {
        one.block.col_hi = b.col_lo + (b.col_hi - b.col_lo) / 2;
        other.block.col_lo = one.block.col_hi + 1;
    }
    rg_status status = push(s, other);
    return status == RG_OK ? push(s, one) : status;
}

/* Items of the list after the task's own runs belong to its children only, which are all finished
 * before the next older task. */
static rg_status process(search *s, task *t)
{
    const rg_grid_node *node = s->grid->nodes + t->node;
    s->list.count = t->past_runs;
    if (!t->entered) {
        rg_status status = enter(s, t);
        if (status != RG_OK)
            return status;
    }
    rg_sphere_box box = rg_grid_block_box(node, t->block);
    rg_ball ball;
    if (!ball_of_box(&ball, box))
        return RG_OK;
    rg_status status =
        rg_runs_narrow(&s->runs, &s->list, t->first_run, t->past_runs, &ball, s->limit);
    if (status != RG_OK || s->list.count == t->past_runs)
        return status;
    t->first_run = t->past_runs;
    t->past_runs = s->list.count;
    return is_small(s->grid, node, t->block) ? process_cells(s, t) : divide(s, t, box);
}

/* --- the whole search --- */

static rg_status process_all(search *s)
{
    rg_status status = rg_run_list_add(&s->list, (rg_run_item){.run = 0});
    if (status == RG_OK)
        status = push(s, (task){.end = s->grid->count, .past_runs = 1});
    while (status == RG_OK && s->task_count > 0) {
        task t = s->tasks[--s->task_count];
        status = process(s, &t);
    }
    if (status == RG_OK)
        rg_along_hits_sort(s->hits);
    return status;
}

rg_status rg_along_search(const rg_grid *grid, const rg_route *route, double half_width_m,
                          rg_along_hits *hits)
{
    if (grid->node_count == 0 || route->leg_count == 0)
        return RG_OK;
    search s = {.grid = grid,
                .route = route,
                .half_width_m = half_width_m,
                .limit = 2 * sqrt(rg_sphere_haversine_of_m(half_width_m)),
                .last = {.point = {INT32_MAX, INT32_MAX}}, /* not on Earth */
                .hits = hits,
                .points_left = grid->count,
                .cells_left = grid->start_count};
    rg_status status = rg_runs_build(&s.runs, route);
    if (status == RG_OK)
        status = process_all(&s);
    rg_free(s.feet);
    rg_free(s.tasks);
    rg_run_list_clear(&s.list);
    rg_runs_free(&s.runs);
    if (status != RG_OK)
        rg_along_hits_clear(hits);
    return status;
}
