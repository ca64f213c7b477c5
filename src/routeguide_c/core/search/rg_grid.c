#include "base/rg_alloc.h"
#include "base/rg_prefetch.h"
#include "base/rg_simd.h"
#include "search/rg_grid_nodes.h"

#include <string.h>

void rg_grid_free(rg_grid *grid)
{
    if (!grid)
        return;
    if (!grid->borrowed) {
        rg_free(grid->nodes);
        rg_free(grid->starts);
        rg_free(grid->lats_e7);
        rg_free(grid->lons_e7);
        rg_free(grid->ids);
    }
    rg_free(grid);
}

size_t rg_grid_size(const rg_grid *grid)
{
    size_t entries = grid->count ? (size_t)grid->count + RG_GRID_PADDING : 0;
    return sizeof *grid + grid->node_count * sizeof *grid->nodes +
           grid->start_count * sizeof *grid->starts +
           entries * (sizeof *grid->lats_e7 + sizeof *grid->lons_e7 + sizeof *grid->ids);
}

/* --- the part of a node that a box meets --- */

/* The rows and columns that a box meets, and on which sides its border runs through the outermost
 * of them: the points of other cells are inside and need no test. */
typedef struct window {
    uint32_t row_lo, row_hi;
    uint32_t col_lo, col_hi;
    bool south, north, west, east;
} window;

/* The box meets the node's. */
static window window_of(const rg_grid_node *node, rg_box box)
{
    window w = {
        .row_hi = node->rows - 1,
        .col_hi = node->cols - 1,
        .south = box.lo.lat_e7 > node->box.lo.lat_e7,
        .north = box.hi.lat_e7<node->box.hi.lat_e7, .west = box.lo.lon_e7> node->box.lo.lon_e7,
        .east = box.hi.lon_e7 < node->box.hi.lon_e7,
    };
    if (w.south)
        w.row_lo = rg_grid_row(node, box.lo.lat_e7);
    if (w.north)
        w.row_hi = rg_grid_row(node, box.hi.lat_e7);
    if (w.west)
        w.col_lo = rg_grid_col(node, box.lo.lon_e7);
    if (w.east)
        w.col_hi = rg_grid_col(node, box.hi.lon_e7);
    return w;
}

/* Returns true if the window is within the node, as it always is in a grid that was built or
 * checked. */
static bool window_fits(const rg_grid_node *node, window w)
{
    return w.row_lo <= w.row_hi && w.row_hi < node->rows && w.col_lo <= w.col_hi &&
           w.col_hi < node->cols;
}

/* Counts the entries in the window's cells. */
static size_t window_entries(const rg_grid *grid, const rg_grid_node *node, window w)
{
    const uint32_t *starts = grid->starts + node->first_start;
    size_t entries = 0;
    for (uint32_t row = w.row_lo; row <= w.row_hi; row++)
        entries += starts[row * node->cols + w.col_hi + 1] - starts[row * node->cols + w.col_lo];
    return entries;
}

/* Returns the node's first child at this cell or a later one, or the end of its children. */
static const rg_grid_node *child_from(const rg_grid *grid, const rg_grid_node *node, uint32_t cell)
{
    const rg_grid_node *child = grid->nodes + node->first_child;
    uint32_t count = node->child_count;
    while (count) {
        uint32_t half = count / 2;
        if (child[half].cell < cell) {
            child += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return child;
}

/* Windows with at most this many entries are fetched at once; otherwise a query, which reads row by
 * row, would wait for the memory of each row in turn. */
enum { FETCHED = 160 };

static void fetch_window(const rg_grid *grid, const rg_grid_node *node, window w)
{
    enum { LINE = 16 }; /* entries */
    const uint32_t *starts = grid->starts + node->first_start;
    for (uint32_t row = w.row_lo; row <= w.row_hi; row++) {
        uint32_t begin = starts[row * node->cols + w.col_lo];
        uint32_t end = starts[row * node->cols + w.col_hi + 1];
        if (begin > end || end > grid->count || end - begin > FETCHED)
            continue; /* only in a file that was not checked */
        for (uint32_t i = begin / LINE * LINE; i < end; i += LINE) {
            rg_prefetch(grid->lats_e7 + i);
            rg_prefetch(grid->lons_e7 + i);
            rg_prefetch(grid->ids + i);
        }
    }
}

/* `run` has the node's entries. A node that contradicts it counts as all entries. */
static size_t estimate_node(const rg_grid *grid, const rg_grid_node *node, int level,
                            rg_grid_run run, rg_box box, size_t enough)
{
    if (level == RG_GRID_LEVELS || !rg_grid_node_fits(grid, node, run.begin, run.end))
        return grid->count;
    if (!rg_box_meets(box, node->box))
        return 0;
    window w = window_of(node, box);
    if (!window_fits(node, w))
        return grid->count;
    size_t most = window_entries(grid, node, w);
    if (most <= FETCHED)
        fetch_window(grid, node, w);
    const uint32_t *starts = grid->starts + node->first_start;
    const rg_grid_node *child = grid->nodes + node->first_child, *end = child + node->child_count;
    for (uint32_t row = w.row_lo; child < end && row <= w.row_hi && most > enough; row++) {
        uint32_t first = row * node->cols + w.col_lo, last = row * node->cols + w.col_hi;
        const rg_grid_node *first_child = child_from(grid, node, first);
        child = first_child > child ? first_child : child; /* never back, for an unchecked file */
        for (; child < end && child->cell <= last && most > enough; child++) {
            if (rg_box_has_box(box, child->box))
                continue;
            rg_grid_run below = {starts[child->cell], starts[child->cell + 1]};
            size_t in_box = estimate_node(grid, child, level + 1, below, box, 0);
            size_t in_cell = below.end - below.begin;
            most -= in_cell > in_box ? in_cell - in_box : 0;
        }
    }
    return most < grid->count ? most : grid->count;
}

size_t rg_grid_estimate(const rg_grid *grid, rg_box box, size_t enough)
{
    rg_grid_run all = {0, grid->count};
    return grid->node_count ? estimate_node(grid, grid->nodes, 0, all, box, enough) : 0;
}

/* --- queries --- */

/* The operations on runs of entries, in plain C and with AVX2. take and test write at `to`, which
 * has room for the whole run and RG_IDS_SLACK more, and return the end. */
typedef struct kernels {
    uint32_t *(*take)(const rg_grid *grid, uint32_t begin, uint32_t end, uint32_t *to);
    uint32_t *(*test)(const rg_grid *grid, uint32_t begin, uint32_t end, const rg_box *box,
                      uint32_t *to);
    uint32_t (*count)(const rg_grid *grid, uint32_t begin, uint32_t end, const rg_box *box);
} kernels;

/* Copies the ids of all entries from begin to end. */
static uint32_t *take(const rg_grid *grid, uint32_t begin, uint32_t end, uint32_t *to)
{
    memcpy(to, grid->ids + begin, (end - begin) * sizeof *to);
    return to + (end - begin);
}

/* Copies the ids of those entries from begin to end that are in the box. */
static uint32_t *test(const rg_grid *grid, uint32_t begin, uint32_t end, const rg_box *box,
                      uint32_t *to)
{
    for (uint32_t i = begin; i < end; i++) {
        *to = grid->ids[i]; /* always written, kept if inside: no branch to predict */
        to += rg_box_has_point(*box, (rg_point){grid->lats_e7[i], grid->lons_e7[i]});
    }
    return to;
}

/* Counts those entries from begin to end that are in the box. */
static uint32_t count(const rg_grid *grid, uint32_t begin, uint32_t end, const rg_box *box)
{
    uint32_t inside = 0;
    for (uint32_t i = begin; i < end; i++)
        inside += rg_box_has_point(*box, (rg_point){grid->lats_e7[i], grid->lons_e7[i]});
    return inside;
}

#ifdef RG_SIMD_X86
#include <immintrin.h>

RG_AVX2 static uint32_t *take_avx2(const rg_grid *grid, uint32_t begin, uint32_t end, uint32_t *to)
{
    for (uint32_t i = 0; i < end - begin; i += 8)
        _mm256_storeu_si256((__m256i *)(to + i),
                            _mm256_loadu_si256((const __m256i *)(grid->ids + begin + i)));
    return to + (end - begin);
}

/* Returns a mask whose bit k is set if entry i + k is in the box and before the end, for k from 0
 * to 7. */
RG_AVX2 static inline unsigned inside_avx2(const rg_grid *grid, uint32_t i, uint32_t end,
                                           const rg_box *box)
{
    __m256i lat = _mm256_loadu_si256((const __m256i *)(grid->lats_e7 + i));
    __m256i lon = _mm256_loadu_si256((const __m256i *)(grid->lons_e7 + i));
    __m256i outside = _mm256_or_si256(
        _mm256_or_si256(_mm256_cmpgt_epi32(_mm256_set1_epi32(box->lo.lat_e7), lat),
                        _mm256_cmpgt_epi32(lat, _mm256_set1_epi32(box->hi.lat_e7))),
        _mm256_or_si256(_mm256_cmpgt_epi32(_mm256_set1_epi32(box->lo.lon_e7), lon),
                        _mm256_cmpgt_epi32(lon, _mm256_set1_epi32(box->hi.lon_e7))));
    unsigned inside = ~(unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(outside)) & 0xff;
    return end - i < 8 ? inside & ((1u << (end - i)) - 1) : inside;
}

RG_AVX2 static uint32_t *test_avx2(const rg_grid *grid, uint32_t begin, uint32_t end,
                                   const rg_box *box, uint32_t *to)
{
    const rg_box hoisted = *box; /* the stores cannot change it */
    for (uint32_t i = begin; i < end; i += 8) {
        unsigned inside = inside_avx2(grid, i, end, &hoisted);
        __m256i id = _mm256_loadu_si256((const __m256i *)(grid->ids + i));
        __m256i lanes =
            _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)&rg_simd_set_bits[inside]));
        _mm256_storeu_si256((__m256i *)to, _mm256_permutevar8x32_epi32(id, lanes));
        to += _mm_popcnt_u32(inside);
    }
    return to;
}

RG_AVX2 static uint32_t count_avx2(const rg_grid *grid, uint32_t begin, uint32_t end,
                                   const rg_box *box)
{
    uint32_t inside = 0;
    for (uint32_t i = begin; i < end; i += 8)
        inside += (uint32_t)_mm_popcnt_u32(inside_avx2(grid, i, end, box));
    return inside;
}
#endif

static const kernels *choose_kernels(void)
{
    static const kernels plain = {take, test, count};
#ifdef RG_SIMD_X86
    static const kernels avx2 = {take_avx2, test_avx2, count_avx2};
    if (rg_simd_avx2())
        return &avx2;
#endif
    return &plain;
}

typedef struct search {
    const rg_grid *grid;
    const kernels *kernels;
    rg_ids *ids;   /* receives the hits; NULL where they are only counted */
    size_t *count; /* of the hits, where they are only counted */
    rg_box box;
} search;

/* Takes the entries from begin to end: all of them if their cells are `inside` the box, else those
 * that are in it. */
static rg_status take_run(const search *s, rg_grid_run *left, uint32_t begin, uint32_t end,
                          bool inside)
{
    if (!rg_grid_run_next(left, begin, end))
        return RG_ECORRUPT;
    if (!s->ids) {
        *s->count += inside ? end - begin : s->kernels->count(s->grid, begin, end, &s->box);
        return RG_OK;
    }
    rg_status status = rg_ids_reserve(s->ids, end - begin);
    if (status == RG_OK) {
        uint32_t *to = s->ids->items + s->ids->count;
        to = inside ? s->kernels->take(s->grid, begin, end, to)
                    : s->kernels->test(s->grid, begin, end, &s->box, to);
        s->ids->count = (size_t)(to - s->ids->items);
    }
    return status;
}

static rg_status search_node(const search *s, const rg_grid_node *node, int level, rg_grid_run run);

/* Searches the cells from first to last of one row, which may be partly in the box. `left` has the
 * entries of the node, on this level, that are still to come. */
static rg_status test_cells(const search *s, const rg_grid_node *node, int level, rg_grid_run *left,
                            uint32_t first, uint32_t last)
{
    const uint32_t *starts = s->grid->starts + node->first_start;
    uint32_t begin = starts[first], end = starts[last + 1];
    if (node->child_count && end - begin > RG_GRID_SPLIT) {
        const rg_grid_node *child = child_from(s->grid, node, first);
        const rg_grid_node *past = s->grid->nodes + node->first_child + node->child_count;
        for (; child < past && child->cell <= last; child++) {
            rg_grid_run run = {starts[child->cell], starts[child->cell + 1]};
            rg_status status = take_run(s, left, begin, run.begin, false);
            if (status == RG_OK && !rg_grid_run_next(left, run.begin, run.end))
                status = RG_ECORRUPT;
            if (status == RG_OK)
                status = search_node(s, child, level + 1, run);
            if (status != RG_OK)
                return status;
            begin = run.end;
        }
    }
    return take_run(s, left, begin, end, false);
}

/* Searches a row that is neither on the southern nor on the northern rim. */
static rg_status search_inner_row(const search *s, const rg_grid_node *node, int level,
                                  rg_grid_run *left, uint32_t row, const window *w)
{
    const uint32_t *starts = s->grid->starts + node->first_start;
    uint32_t first = row * node->cols + w->col_lo, last = row * node->cols + w->col_hi;
    rg_status status = RG_OK;
    if (w->west)
        status = test_cells(s, node, level, left, first, first);
    if (status == RG_OK)
        status = take_run(s, left, starts[first + w->west], starts[last + 1 - w->east], true);
    if (status == RG_OK && w->east)
        status = test_cells(s, node, level, left, last, last);
    return status;
}

/* Searches the node on this level, 0 for the root, that divides the run. */
static rg_status search_node(const search *s, const rg_grid_node *node, int level, rg_grid_run run)
{
    if (level == RG_GRID_LEVELS || !rg_grid_node_fits(s->grid, node, run.begin, run.end))
        return RG_ECORRUPT;
    if (!rg_box_meets(s->box, node->box))
        return RG_OK;
    if (rg_box_has_box(s->box, node->box))
        return take_run(s, &run, run.begin, run.end, true);

    window w = window_of(node, s->box);
    if (!window_fits(node, w))
        return RG_ECORRUPT;
    /* Testing all of a few columns is faster than separating the inner ones. */
    bool narrow = w.col_hi - w.col_lo < 5;
    for (uint32_t row = w.row_lo; row <= w.row_hi; row++) {
        bool rim = (row == w.row_lo && w.south) || (row == w.row_hi && w.north) || narrow;
        uint32_t first = row * node->cols + w.col_lo, last = row * node->cols + w.col_hi;
        rg_status status = rim ? test_cells(s, node, level, &run, first, last)
                               : search_inner_row(s, node, level, &run, row, &w);
        if (status != RG_OK)
            return status;
    }
    return RG_OK;
}

rg_status rg_grid_query(const rg_grid *grid, rg_box box, rg_ids *ids)
{
    if (grid->node_count == 0)
        return RG_OK;
    size_t before = ids->count;
    search s = {.grid = grid, .kernels = choose_kernels(), .ids = ids, .box = box};
    rg_status status = search_node(&s, grid->nodes, 0, (rg_grid_run){0, grid->count});
    if (status != RG_OK)
        ids->count = before;
    return status;
}

rg_status rg_grid_count(size_t *out, const rg_grid *grid, rg_box box)
{
    size_t count = 0;
    search s = {.grid = grid, .kernels = choose_kernels(), .count = &count, .box = box};
    rg_status status = RG_OK;
    if (grid->node_count)
        status = search_node(&s, grid->nodes, 0, (rg_grid_run){0, grid->count});
    if (status == RG_OK)
        *out = count;
    return status;
}
