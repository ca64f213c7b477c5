#include "rg_index.h"

#include "rg_alloc.h"
#include "rg_grid.h"
#include "rg_order.h"
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

void rg_index_find_many(const rg_index *index, const int32_t *lats_e7, const int32_t *lons_e7,
                        size_t count, int32_t *ids)
{
    rg_table_find_many(index->table, lats_e7, lons_e7, count, ids);
}

rg_status rg_index_query(const rg_index *index, rg_box box, rg_ids *ids)
{
    rg_status status = rg_grid_query(index->grid, box, ids);
    if (status == RG_OK)
        status = rg_order_ids(ids, rg_store_count(index->store));
    if (status != RG_OK)
        ids->count = 0;
    return status;
}

size_t rg_index_size(const rg_index *index)
{
    return sizeof *index + rg_store_size(index->store) + rg_grid_size(index->grid) +
           rg_table_size(index->table);
}
