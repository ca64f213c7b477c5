#include "rg_index.h"

#include "rg_alloc.h"
#include "rg_grid.h"
#include "rg_order.h"
#include "rg_scan.h"
#include "rg_table.h"

struct rg_index {
    rg_store *store;
    rg_grid *grid;
    rg_table *table;
};

rg_status rg_index_build(rg_index **out, rg_store *store)
{
    rg_status status = RG_ENOMEM;
    rg_index *index = rg_alloc_zeroed(1, sizeof *index);
    if (!index) {
        rg_store_free(store);
        return status;
    }
    index->store = store;
    const int32_t *lats_e7 = rg_store_lats_e7(store);
    const int32_t *lons_e7 = rg_store_lons_e7(store);
    uint32_t count = rg_store_count(store);
    status = rg_grid_build(&index->grid, lats_e7, lons_e7, count);
    if (status == RG_OK)
        status = rg_table_build(&index->table, lats_e7, lons_e7, count);
    if (status != RG_OK) {
        rg_index_free(index);
        return status;
    }
    *out = index;
    return RG_OK;
}

void rg_index_free(rg_index *index)
{
    if (!index)
        return;
    rg_table_free(index->table);
    rg_grid_free(index->grid);
    rg_store_free(index->store);
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

rg_status rg_index_query(const rg_index *index, rg_box box, rg_ids *ids)
{
    /* From this part of all features on, looking at every one of them in database order beats
     * putting the hits of the grid in order. */
    enum { MANY = 6 };
    uint32_t count = rg_store_count(index->store);
    rg_box bounds;
    if (!rg_store_bounds(index->store, &bounds))
        return RG_OK;
    if (rg_box_has_box(box, bounds))
        return take_all(count, ids);
    size_t most = rg_grid_estimate(index->grid, box, count / MANY);
    rg_status status = RG_OK;
    if (most > count / MANY) {
        status = rg_ids_reserve(ids, most);
        if (status == RG_OK)
            status = rg_scan_query(rg_store_lats_e7(index->store), rg_store_lons_e7(index->store),
                                   count, box, ids);
    } else {
        status = rg_grid_query(index->grid, box, ids);
        if (status == RG_OK)
            status = rg_order_ids(ids);
    }
    if (status != RG_OK)
        ids->count = 0;
    return status;
}

size_t rg_index_size(const rg_index *index)
{
    return sizeof *index + rg_store_size(index->store) + rg_grid_size(index->grid) +
           rg_table_size(index->table);
}
