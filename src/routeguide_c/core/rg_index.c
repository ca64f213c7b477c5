#include "rg_index.h"

#include "base/rg_alloc.h"
#include "base/rg_parallel.h"
#include "geo/rg_sphere.h"
#include "search/rg_grid.h"
#include "search/rg_near.h"
#include "search/rg_order.h"
#include "search/rg_scan.h"
#include "search/rg_table.h"

#include <stdatomic.h>

/* Features from which building the grid in a second thread is faster. */
enum { WORTH_A_THREAD = 100000 };

struct rg_index {
    rg_store *store;
    rg_grid *grid;
    rg_table *table;
    rg_slice metadata;
    _Atomic uint64_t fingerprint; /* 0 until it is known */
    rg_region region;             /* the file's bytes, if the index was opened from one */
};

struct rg_index_builder {
    rg_index *index;
    uint32_t count;
    rg_task beside;
    atomic_flag table_taken; /* the thread that sets it builds the table */
    rg_status grid_status;
    rg_status table_status;
};

static void build_grid(rg_index_builder *builder)
{
    const rg_store *store = builder->index->store;
    builder->grid_status = rg_grid_build(&builder->index->grid, rg_store_lats_e7(store),
                                         rg_store_lons_e7(store), builder->count);
}

static void build_table(rg_index_builder *builder)
{
    const rg_store *store = builder->index->store;
    if (!atomic_flag_test_and_set(&builder->table_taken))
        builder->table_status = rg_table_build(&builder->index->table, rg_store_lats_e7(store),
                                               rg_store_lons_e7(store), builder->count);
}

static void build_both(void *context)
{
    build_grid(context);
    build_table(context);
}

rg_status rg_index_begin(rg_index_builder **out, rg_store *store, uint32_t count)
{
    rg_index_builder *builder = rg_alloc_zeroed(1, sizeof *builder);
    rg_index *index = rg_alloc_zeroed(1, sizeof *index);
    if (!builder || !index) {
        rg_free(index);
        rg_free(builder);
        rg_store_free(store);
        return RG_ENOMEM;
    }
    index->store = store;
    builder->index = index;
    builder->count = count;
    atomic_flag_clear(&builder->table_taken);
    rg_task_start(&builder->beside, build_both, builder, count >= WORTH_A_THREAD);
    *out = builder;
    return RG_OK;
}

rg_status rg_index_end(rg_index **out, rg_index_builder *builder)
{
    build_table(builder);
    rg_task_end(&builder->beside);
    rg_index *index = builder->index;
    rg_status status = builder->grid_status != RG_OK ? builder->grid_status : builder->table_status;
    if (status == RG_OK)
        rg_store_trim(index->store);
    rg_free(builder);
    if (status == RG_OK)
        *out = index;
    else
        rg_index_free(index);
    return status;
}

void rg_index_abandon(rg_index_builder *builder)
{
    if (!builder)
        return;
    atomic_flag_test_and_set(&builder->table_taken); /* not needed any more */
    if (builder->beside.beside)
        rg_task_end(&builder->beside);
    rg_index_free(builder->index);
    rg_free(builder);
}

rg_status rg_index_build(rg_index **out, rg_store *store)
{
    rg_index_builder *builder = NULL;
    rg_status status = rg_index_begin(&builder, store, rg_store_count(store));
    return status == RG_OK ? rg_index_end(out, builder) : status;
}

void rg_index_free(rg_index *index)
{
    if (!index)
        return;
    rg_table_free(index->table);
    rg_grid_free(index->grid);
    rg_store_free(index->store);
    rg_region_free(&index->region);
    rg_free(index);
}

const rg_store *rg_index_store(const rg_index *index)
{
    return index->store;
}

bool rg_index_find(const rg_index *index, rg_point point, uint32_t *id)
{
    return rg_table_find(index->table, point, id);
}

static bool all_below(const rg_ids *ids, uint32_t count)
{
    bool below = true;
    for (size_t i = 0; i < ids->count; i++)
        below &= ids->items[i] < count;
    return below;
}

/* Returns true if the ids ascend and all are below `count`. */
static bool ascend_below(const rg_ids *ids, uint32_t count)
{
    bool ascending = ids->count == 0 || ids->items[ids->count - 1] < count;
    for (size_t i = 1; i < ids->count; i++)
        ascending &= ids->items[i - 1] < ids->items[i];
    return ascending;
}

void rg_index_find_many(const rg_index *index, const int32_t *lats_e7, const int32_t *lons_e7,
                        size_t count, int32_t *ids)
{
    rg_table_find_many(index->table, lats_e7, lons_e7, count, ids);
}

uint32_t rg_index_duplicate_count(const rg_index *index)
{
    uint32_t count = rg_store_count(index->store);
    uint64_t points = rg_table_point_count(index->table);
    return points < count ? count - (uint32_t)points : 0; /* more: only in a view */
}

/* Appends 0 .. count - 1. */
static rg_status take_all(uint32_t count, rg_ids *ids)
{
    rg_status status = rg_ids_reserve(ids, count);
    if (status != RG_OK)
        return status;
    for (uint32_t id = 0; id < count; id++)
        ids->items[id] = id;
    ids->count = count;
    return RG_OK;
}

/* Ids from an unchecked file may be too large, which rg_order_ids does not allow, and may repeat,
 * which makes its result undefined. */
static rg_status query_grid(const rg_index *index, rg_box box, rg_ids *ids)
{
    bool from_file = index->region.data != NULL;
    uint32_t count = rg_store_count(index->store);
    rg_status status = rg_grid_query(index->grid, box, ids);
    if (status == RG_OK && from_file && !all_below(ids, count))
        return RG_ECORRUPT;
    if (status == RG_OK)
        status = rg_order_ids(ids);
    if (status == RG_OK && from_file && !ascend_below(ids, count))
        return RG_ECORRUPT;
    return status;
}

/* Tests every feature, in database order. `most` is an upper bound of the hits. */
static rg_status query_all(const rg_index *index, rg_box box, size_t most, rg_ids *ids)
{
    rg_status status = rg_ids_reserve(ids, most);
    if (status == RG_OK)
        status = rg_scan_query(rg_store_lats_e7(index->store), rg_store_lons_e7(index->store),
                               rg_store_count(index->store), box, ids);
    return status;
}

enum {
    /* If more than one in so many features may be in the box, testing all of them in database order
     * is faster than sorting the hits of the grid. */
    MANY = 6,
    LONG = 10000,   /* hits of a long query */
    ROOMY = 1 << 18 /* the most ids reserved for a bound */
};

size_t rg_index_query_bound(const rg_index *index, rg_box box)
{
    size_t count = rg_store_count(index->store);
    return rg_grid_estimate(index->grid, box, count / MANY < LONG ? count / MANY : LONG);
}

rg_status rg_index_query_within(const rg_index *index, rg_box box, size_t bound, rg_ids *ids)
{
    uint32_t count = rg_store_count(index->store);
    rg_box bounds;
    if (!rg_store_bounds(index->store, &bounds))
        return RG_OK;
    if (rg_box_has_box(box, bounds))
        return take_all(count, ids);
    rg_status status;
    if (bound > count / MANY) {
        status = query_all(index, box, bound, ids);
    } else {
        status = rg_ids_reserve(ids, bound < ROOMY ? bound : ROOMY);
        if (status == RG_OK)
            status = query_grid(index, box, ids);
    }
    if (status != RG_OK)
        ids->count = 0;
    return status;
}

rg_status rg_index_query(const rg_index *index, rg_box box, rg_ids *ids)
{
    return rg_index_query_within(index, box, rg_index_query_bound(index, box), ids);
}

rg_status rg_index_query_count(size_t *out, const rg_index *index, rg_box box)
{
    return rg_grid_count(out, index->grid, box);
}

bool rg_index_query_is_long(size_t bound)
{
    return bound > LONG;
}

/* Merges ascending ids into ascending ids, from the end. */
static rg_status merge(rg_ids *ids, const rg_ids *others)
{
    rg_status status = rg_ids_reserve(ids, others->count);
    if (status != RG_OK)
        return status;
    size_t left = ids->count, other = others->count, to = left + other;
    ids->count = to;
    while (other > 0) {
        bool is_other = left == 0 || others->items[other - 1] > ids->items[left - 1];
        ids->items[--to] = is_other ? others->items[--other] : ids->items[--left];
    }
    return RG_OK;
}

rg_status rg_index_query_box(const rg_index *index, rg_point south_west, rg_point north_east,
                             rg_ids *ids)
{
    if (south_west.lon_e7 <= north_east.lon_e7)
        return rg_index_query(index, (rg_box){south_west, north_east}, ids);
    rg_box east_of_it = {{south_west.lat_e7, -RG_ANTIMERIDIAN_E7}, north_east};
    rg_box west_of_it = {south_west, {north_east.lat_e7, RG_ANTIMERIDIAN_E7}};
    rg_ids others;
    rg_ids_init(&others, NULL, 0);
    rg_status status = RG_OK;
    if (east_of_it.lo.lon_e7 <= east_of_it.hi.lon_e7)
        status = rg_index_query(index, east_of_it, ids);
    if (status == RG_OK && west_of_it.lo.lon_e7 <= west_of_it.hi.lon_e7)
        status = rg_index_query(index, west_of_it, &others);
    if (status == RG_OK)
        status = merge(ids, &others);
    if (status != RG_OK)
        ids->count = 0;
    rg_ids_clear(&others);
    return status;
}

rg_status rg_index_nearest(const rg_index *index, rg_point center, size_t most, double reach_m,
                           rg_hits *hits)
{
    rg_status status = rg_near_search(index->grid, center, most, reach_m, hits);
    bool below = true;
    if (index->region.data)
        for (size_t i = 0; i < hits->count; i++)
            below &= hits->ids[i] < rg_store_count(index->store);
    if (below)
        return status;
    hits->count = 0;
    return RG_ECORRUPT;
}

rg_status rg_index_along(const rg_index *index, const rg_route *route, double half_width_m,
                         rg_along_hits *hits)
{
    rg_status status = rg_along_search(index->grid, route, half_width_m, hits);
    bool below = true;
    if (index->region.data)
        for (size_t i = 0; i < hits->count; i++)
            below &= hits->items[i].id < rg_store_count(index->store);
    if (below)
        return status;
    rg_along_hits_clear(hits);
    return RG_ECORRUPT;
}

static uint64_t known_fingerprint(const rg_index *index)
{
    return atomic_load_explicit(&((rg_index *)index)->fingerprint, memory_order_relaxed);
}

uint64_t rg_index_fingerprint(const rg_index *index)
{
    uint64_t fingerprint = known_fingerprint(index);
    if (fingerprint == 0) {
        fingerprint = rg_store_fingerprint(index->store);
        atomic_store_explicit(&((rg_index *)index)->fingerprint, fingerprint, memory_order_relaxed);
    }
    return fingerprint;
}

bool rg_index_knows_fingerprint(const rg_index *index)
{
    return known_fingerprint(index) != 0;
}

size_t rg_index_size(const rg_index *index)
{
    if (index->region.data)
        return index->region.size;
    return sizeof *index + rg_store_size(index->store) + rg_grid_size(index->grid) +
           rg_table_size(index->table);
}

void rg_index_list(const rg_index *index, rg_sections *sections)
{
    *sections = (rg_sections){0};
    rg_store_list(index->store, sections);
    rg_grid_list(index->grid, sections);
    rg_table_list(index->table, sections);
    sections->of[RG_SECTION_METADATA] = index->metadata;
}

rg_status rg_index_view(rg_index **out, const rg_sections *sections, rg_region region,
                        rg_fault *fault)
{
    rg_index *index = rg_alloc_zeroed(1, sizeof *index);
    if (!index) {
        rg_region_free(&region);
        return RG_ENOMEM;
    }
    index->region = region;
    atomic_init(&index->fingerprint, sections->fingerprint);
    index->metadata = sections->of[RG_SECTION_METADATA];
    rg_status status = rg_store_view(&index->store, sections, fault);
    if (status == RG_OK)
        status = rg_grid_view(&index->grid, sections, fault);
    if (status == RG_OK)
        status = rg_table_view(&index->table, sections, fault);
    if (status != RG_OK) {
        rg_index_free(index);
        return status;
    }
    *out = index;
    return RG_OK;
}

rg_status rg_index_check_part(const rg_index *index, rg_index_part part, rg_fault *fault)
{
    const rg_store *store = index->store;
    switch (part) {
    case RG_INDEX_STORE:
        return rg_store_check(store, fault);
    case RG_INDEX_GRID:
        return rg_grid_check(index->grid, rg_store_lats_e7(store), rg_store_lons_e7(store), fault);
    case RG_INDEX_TABLE:
        return rg_table_check(index->table, fault);
    }
    return RG_OK;
}

rg_status rg_index_check(const rg_index *index, rg_fault *fault)
{
    rg_status status = RG_OK;
    for (int part = 0; part < RG_INDEX_PARTS && status == RG_OK; part++)
        status = rg_index_check_part(index, (rg_index_part)part, fault);
    return status;
}

rg_slice rg_index_metadata(const rg_index *index)
{
    return index->metadata;
}
