/* A search keeps blocks of cells in a heap, ordered by the least haversine that a place in them can
 * have, and processes the nearest first. It ends when that is above the limit: the haversine of the
 * furthest of the nearest points found.
 *
 * When a node is entered, the points of a block of cells around the one nearest to the center are
 * examined immediately, which usually gives a limit that excludes all the rest.
 *
 *      +-----------------------+
 *      |         above         |    The rest of the node is four blocks. A block is divided when
 *      +-------+-------+-------+    its turn comes: by rows as long as it has more than one, then
 *      |  west | block |  east |    by columns. So a block that is one row high or as wide as the
 *      +-------+-------+-------+    node is a single run of entries, and one comparison shows
 *      |         below         |    that it is empty.
 *      +-----------------------+
 */
#include "search/rg_near.h"

#include "base/rg_alloc.h"
#include "base/rg_prefetch.h"
#include "geo/rg_sphere.h"
#include "search/rg_grid_blocks.h"

#include <math.h>

enum {
    MANY_POINTS = 4096, /* a first block with more is reduced to one cell */
    RUN_POINTS = 32,    /* examined without dividing their run further */
    CHUNK = 64,         /* points estimated at a time */
    LENT_TASKS = 64,    /* tasks on the stack; more are allocated */
};

/* A node or block to process. */
typedef struct task {
    double least; /* haversine */
    uint32_t node;
    int level; /* the node's, 0 for the root */
    bool entered;
    /* If not entered: the entries that the node divides. */
    uint32_t begin, end;
    /* If entered: a block of its cells. */
    uint32_t row_lo, row_hi, col_lo, col_hi;
} task;

typedef struct search {
    const rg_grid *grid;
    rg_sphere_center center;
    size_t most;
    double reach_e7;
    double limit;  /* haversine; points and tasks beyond it are not in the answer */
    rg_hits *hits; /* with estimates instead of distances, and entries instead of ids */
    task *tasks;   /* a heap */
    size_t task_count, task_capacity;
    task *lent_tasks;
    /* Limits for a grid that was not checked. */
    uint64_t points_left, cells_left;
} search;

/* --- the heap of tasks --- */

static rg_status push(search *s, task t)
{
    if (!(t.least <= s->limit))
        return RG_OK;
    task *tasks =
        rg_grow(s->tasks, s->lent_tasks, s->task_count, &s->task_capacity, 1, sizeof *tasks);
    if (!tasks)
        return RG_ENOMEM;
    s->tasks = tasks;
    size_t at = s->task_count++;
    for (; at > 0 && t.least < s->tasks[(at - 1) / 2].least; at = (at - 1) / 2)
        s->tasks[at] = s->tasks[(at - 1) / 2];
    s->tasks[at] = t;
    return RG_OK;
}

static task pop(search *s)
{
    task first = s->tasks[0], last = s->tasks[--s->task_count];
    size_t at = 0;
    for (size_t child = 1; child < s->task_count; child = 2 * at + 1) {
        child += child + 1 < s->task_count && s->tasks[child + 1].least < s->tasks[child].least;
        if (last.least <= s->tasks[child].least)
            break;
        s->tasks[at] = s->tasks[child];
        at = child;
    }
    s->tasks[at] = last;
    return first;
}

/* --- positions of cells --- */

static rg_sphere_box box_of_block(const rg_grid_node *node, const task *t)
{
    return rg_grid_block_box(node, (rg_grid_block){t->row_lo, t->row_hi, t->col_lo, t->col_hi});
}

/* Returns the row at a latitude, or the nearest row. */
static uint32_t row_at(const rg_grid_node *node, double lat_e7)
{
    if (lat_e7 <= node->box.lo.lat_e7)
        return 0;
    uint32_t row =
        lat_e7 < node->box.hi.lat_e7 ? rg_grid_row(node, (int32_t)lat_e7) : node->rows - 1;
    return row < node->rows ? row : node->rows - 1;
}

static uint32_t col_at(const rg_grid_node *node, double lon_e7)
{
    if (lon_e7 <= node->box.lo.lon_e7)
        return 0;
    uint32_t col =
        lon_e7 < node->box.hi.lon_e7 ? rg_grid_col(node, (int32_t)lon_e7) : node->cols - 1;
    return col < node->cols ? col : node->cols - 1;
}

/* Returns the longitude, or that plus or minus a turn, whichever is nearest to the node. */
static double lon_beside(const rg_grid_node *node, double lon_e7)
{
    const double turn = 2.0 * RG_ANTIMERIDIAN_E7;
    double west = node->box.lo.lon_e7 - lon_e7, east = lon_e7 - node->box.hi.lon_e7;
    if (west > 0 && turn - west - ((double)node->box.hi.lon_e7 - node->box.lo.lon_e7) < west)
        return lon_e7 + turn;
    if (east > 0 && turn - east - ((double)node->box.hi.lon_e7 - node->box.lo.lon_e7) < east)
        return lon_e7 - turn;
    return lon_e7;
}

/* --- examining points --- */

/* Drops points beyond the wanted number, once there are enough, and reduces the limit. */
static void tighten(search *s)
{
    if (s->hits->count < s->most)
        return;
    double limit = rg_sphere_at_most(rg_hits_reach(s->hits, s->most));
    s->limit = limit < s->limit ? limit : s->limit;
    rg_hits_drop(s->hits, s->limit);
}

static rg_status examine(search *s, uint32_t begin, uint32_t end)
{
    const rg_grid *grid = s->grid;
    if (begin > end || end > grid->count || end - begin > s->points_left)
        return RG_ECORRUPT;
    s->points_left -= end - begin;
    double haversines[CHUNK + RG_SPHERE_SLACK];
    for (uint32_t size; begin < end; begin += size) {
        size = end - begin < CHUNK ? end - begin : CHUNK;
        rg_status status = rg_hits_reserve(s->hits, size);
        if (status != RG_OK)
            return status;
        rg_sphere_estimate(haversines, s->center, grid->lats_e7 + begin, grid->lons_e7 + begin,
                           size);
        rg_hits_take(s->hits, haversines, begin, size, s->limit);
        if (s->hits->count >= 2 * s->most + 2 * CHUNK)
            tighten(s);
    }
    return RG_OK;
}

/* A cell with more than RG_GRID_SPLIT points. */
static rg_status process_crowd(search *s, const task *t, uint32_t cell, uint32_t begin,
                               uint32_t end)
{
    const rg_grid_node *node = s->grid->nodes + t->node;
    const rg_grid_node *child = rg_grid_child_in(s->grid, node, cell);
    if (child)
        return push(s, (task){.least = rg_sphere_least(s->center, rg_grid_node_box(child)),
                              .node = (uint32_t)(child - s->grid->nodes),
                              .level = t->level + 1,
                              .begin = begin,
                              .end = end});
    /* All of them are at one location, and their ids ascend. */
    if (t->level < RG_GRID_LEVELS - 1 && end - begin > s->most)
        end = begin + (uint32_t)s->most;
    return examine(s, begin, end);
}

/* The points of some cells in a row of them. */
static rg_status process_cells(search *s, const task *t, uint32_t first, uint32_t last)
{
    const uint32_t *starts = s->grid->starts + s->grid->nodes[t->node].first_start;
    if (starts[last + 1] - starts[first] <= RG_GRID_SPLIT)
        return examine(s, starts[first], starts[last + 1]);
    rg_status status = RG_OK;
    for (uint32_t cell = first; status == RG_OK && cell <= last; cell++) {
        uint32_t begin = starts[cell], end = starts[cell + 1];
        status = end - begin <= RG_GRID_SPLIT ? examine(s, begin, end)
                                              : process_crowd(s, t, cell, begin, end);
    }
    return status;
}

/* --- processing tasks --- */

/* Adds a block of the node's cells unless it is known to be empty or too far away. */
static rg_status push_block(search *s, const task *parent, uint32_t row_lo, uint32_t row_hi,
                            uint32_t col_lo, uint32_t col_hi)
{
    const rg_grid_node *node = s->grid->nodes + parent->node;
    const uint32_t *starts = s->grid->starts + node->first_start;
    task t = {.node = parent->node,
              .level = parent->level,
              .entered = true,
              .row_lo = row_lo,
              .row_hi = row_hi,
              .col_lo = col_lo,
              .col_hi = col_hi};
    t.least = rg_sphere_least(s->center, box_of_block(node, &t));
    if (!(t.least <= s->limit))
        return RG_OK;
    bool in_one_run = row_lo == row_hi || (col_lo == 0 && col_hi == node->cols - 1);
    uint32_t first = row_lo * node->cols + col_lo, last = row_hi * node->cols + col_hi;
    return in_one_run && starts[first] == starts[last + 1] ? RG_OK : push(s, t);
}

/* Returns the distance from the center, in E7 of latitude, within which enough points are expected,
 * if they are as dense there as in the whole node. */
static double promising_e7(const search *s, const rg_grid_node *node, uint32_t points)
{
    double height_e7 = (double)node->box.hi.lat_e7 - node->box.lo.lat_e7 + 1;
    double width_e7 = (double)node->box.hi.lon_e7 - node->box.lo.lon_e7 + 1;
    double wanted = (double)s->most;
    double area_e14 =
        (wanted + sqrt(wanted) + 1) * height_e7 * width_e7 * s->center.cosine / points;
    double radius_e7 = sqrt(area_e14 / RG_PI);
    return radius_e7 < s->reach_e7 ? radius_e7 : s->reach_e7;
}

/* Counts the entries in a block, and fetches them, because its rows are far from each other in
 * memory. */
static size_t count_block(const rg_grid *grid, const rg_grid_node *node, const task *t)
{
    enum { LINE = 16 }; /* entries in a cache line */
    const uint32_t *starts = grid->starts + node->first_start;
    size_t count = 0;
    for (uint32_t row = t->row_lo; row <= t->row_hi; row++) {
        uint32_t begin = starts[row * node->cols + t->col_lo];
        uint32_t end = starts[row * node->cols + t->col_hi + 1];
        for (uint32_t entry = begin; entry < end + LINE && entry < begin + 4 * LINE;
             entry += LINE) {
            rg_prefetch(grid->lats_e7 + entry);
            rg_prefetch(grid->lons_e7 + entry);
            rg_prefetch(grid->ids + entry);
        }
        count += end - begin;
    }
    return count;
}

/* Returns the block of cells around the center to examine first. */
static task first_block(const search *s, const rg_grid_node *node, const task *parent)
{
    double lat_e7 = s->center.place.lat_e7, lon_e7 = lon_beside(node, s->center.place.lon_e7);
    double dlat_e7 = promising_e7(s, node, parent->end - parent->begin);
    double dlon_e7 = dlat_e7 / (s->center.cosine + 1e-9);
    task t = {.node = parent->node,
              .level = parent->level,
              .entered = true,
              .row_lo = row_at(node, lat_e7 - dlat_e7),
              .row_hi = row_at(node, lat_e7 + dlat_e7),
              .col_lo = col_at(node, lon_e7 - dlon_e7),
              .col_hi = col_at(node, lon_e7 + dlon_e7)};
    if (count_block(s->grid, node, &t) > MANY_POINTS) {
        t.row_lo = t.row_hi = row_at(node, lat_e7);
        t.col_lo = t.col_hi = col_at(node, lon_e7);
    }
    return t;
}

static rg_status enter(search *s, const task *t)
{
    const rg_grid *grid = s->grid;
    const rg_grid_node *node = grid->nodes + t->node;
    if (t->level == RG_GRID_LEVELS || !rg_grid_node_fits(grid, node, t->begin, t->end) ||
        (uint64_t)node->rows * node->cols > s->cells_left)
        return RG_ECORRUPT;
    s->cells_left -= (uint64_t)node->rows * node->cols;

    task block = first_block(s, node, t);
    rg_status status = RG_OK;
    for (uint32_t row = block.row_lo; status == RG_OK && row <= block.row_hi; row++)
        status =
            process_cells(s, t, row * node->cols + block.col_lo, row * node->cols + block.col_hi);
    tighten(s);
    if (status == RG_OK && block.row_lo > 0)
        status = push_block(s, t, 0, block.row_lo - 1, 0, node->cols - 1);
    if (status == RG_OK && block.row_hi < node->rows - 1)
        status = push_block(s, t, block.row_hi + 1, node->rows - 1, 0, node->cols - 1);
    if (status == RG_OK && block.col_lo > 0)
        status = push_block(s, t, block.row_lo, block.row_hi, 0, block.col_lo - 1);
    if (status == RG_OK && block.col_hi < node->cols - 1)
        status = push_block(s, t, block.row_lo, block.row_hi, block.col_hi + 1, node->cols - 1);
    return status;
}

static rg_status divide(search *s, const task *t)
{
    const rg_grid_node *node = s->grid->nodes + t->node;
    const uint32_t *starts = s->grid->starts + node->first_start;
    uint32_t first = t->row_lo * node->cols + t->col_lo;
    uint32_t last = t->row_hi * node->cols + t->col_hi;
    bool in_one_run = t->row_lo == t->row_hi || (t->col_lo == 0 && t->col_hi == node->cols - 1);
    if (first == last || (in_one_run && starts[last + 1] - starts[first] <= RUN_POINTS)) {
        rg_status status = process_cells(s, t, first, last);
        if (s->hits->count > s->most + s->most / 8)
            tighten(s);
        return status;
    }
    rg_status status;
    if (t->row_lo < t->row_hi) {
        uint32_t middle = t->row_lo + (t->row_hi - t->row_lo) / 2;
        status = push_block(s, t, t->row_lo, middle, t->col_lo, t->col_hi);
        if (status == RG_OK)
            status = push_block(s, t, middle + 1, t->row_hi, t->col_lo, t->col_hi);
    } else {
        uint32_t middle = t->col_lo + (t->col_hi - t->col_lo) / 2;
        status = push_block(s, t, t->row_lo, t->row_hi, t->col_lo, middle);
        if (status == RG_OK)
            status = push_block(s, t, t->row_lo, t->row_hi, middle + 1, t->col_hi);
    }
    return status;
}

/* --- from estimates to the answer --- */

/* Replaces estimates by distances, and entries by ids. */
static void measure(search *s)
{
    int32_t lats_e7[CHUNK], lons_e7[CHUNK];
    const rg_grid *grid = s->grid;
    uint32_t *ids = s->hits->ids;
    for (size_t done = 0, size; done < s->hits->count; done += size, ids += size) {
        size = s->hits->count - done < CHUNK ? s->hits->count - done : CHUNK;
        for (size_t i = 0; i < size; i++) {
            uint32_t entry = ids[i];
            lats_e7[i] = grid->lats_e7[entry];
            lons_e7[i] = grid->lons_e7[entry];
            ids[i] = grid->ids[entry];
        }
        rg_sphere_distances_m(s->hits->distances_m + done, s->center, lats_e7, lons_e7, size);
    }
}

static rg_status finish(search *s, double reach_m)
{
    tighten(s);
    measure(s);
    rg_status status = rg_hits_sort(s->hits);
    if (status != RG_OK)
        return status;
    rg_hits *hits = s->hits;
    if (hits->count > s->most)
        hits->count = s->most;
    while (hits->count > 0 && hits->distances_m[hits->count - 1] > reach_m)
        hits->count--;
    return RG_OK;
}

rg_status rg_near_search(const rg_grid *grid, rg_point center, size_t most, double reach_m,
                         rg_hits *hits)
{
    if (grid->node_count == 0 || most == 0)
        return RG_OK;
    if (most > grid->count)
        most = grid->count;
    task lent[LENT_TASKS];
    search s = {.grid = grid,
                .center = rg_sphere_center_at(center),
                .most = most,
                .reach_e7 = reach_m / (RG_EARTH_RADIUS_M * RG_RADIANS_PER_E7),
                .limit = rg_sphere_at_most(rg_sphere_haversine_of_m(reach_m)),
                .hits = hits,
                .tasks = lent,
                .task_capacity = LENT_TASKS,
                .lent_tasks = lent,
                .points_left = grid->count,
                .cells_left = grid->start_count};
    task root = {.least = rg_sphere_least(s.center, rg_grid_node_box(grid->nodes)),
                 .end = grid->count};
    rg_status status = push(&s, root);
    while (status == RG_OK && s.task_count > 0 && s.tasks[0].least <= s.limit) {
        task t = pop(&s);
        status = t.entered ? divide(&s, &t) : enter(&s, &t);
    }
    if (s.tasks != lent)
        rg_free(s.tasks);
    if (status == RG_OK)
        status = finish(&s, reach_m);
    if (status != RG_OK)
        hits->count = 0;
    return status;
}
