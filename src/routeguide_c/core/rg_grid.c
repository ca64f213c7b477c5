/* The thinnest slice: a linear scan in the grid's place, until the grid stands. */
#include "rg_grid.h"

#include "rg_alloc.h"

#include <string.h>

struct rg_grid {
    uint32_t count;
    int32_t *lats_e7;
    int32_t *lons_e7;
};

rg_status rg_grid_build(rg_grid **out, const int32_t *lats_e7, const int32_t *lons_e7,
                        uint32_t count)
{
    rg_grid *grid = rg_alloc_zeroed(1, sizeof *grid);
    if (!grid)
        return RG_ENOMEM;
    grid->count = count;
    grid->lats_e7 = rg_alloc(count, sizeof *lats_e7);
    grid->lons_e7 = rg_alloc(count, sizeof *lons_e7);
    if (!grid->lats_e7 || !grid->lons_e7) {
        rg_grid_free(grid);
        return RG_ENOMEM;
    }
    memcpy(grid->lats_e7, lats_e7, count * sizeof *lats_e7);
    memcpy(grid->lons_e7, lons_e7, count * sizeof *lons_e7);
    *out = grid;
    return RG_OK;
}

void rg_grid_free(rg_grid *grid)
{
    if (!grid)
        return;
    rg_free(grid->lats_e7);
    rg_free(grid->lons_e7);
    rg_free(grid);
}

rg_status rg_grid_query(const rg_grid *grid, rg_box box, rg_ids *ids)
{
    rg_status status = rg_ids_reserve(ids, grid->count);
    for (uint32_t id = 0; status == RG_OK && id < grid->count; id++)
        if (rg_box_has_point(box, (rg_point){grid->lats_e7[id], grid->lons_e7[id]}))
            ids->items[ids->count++] = id;
    return status;
}

size_t rg_grid_size(const rg_grid *grid)
{
    return sizeof *grid + grid->count * sizeof(rg_point);
}
