#include "base/rg_alloc.h"
#include "search/rg_grid_nodes.h"

/* Returns the number of entries in the arrays, with the padding for vector loads. */
static size_t entry_count(uint32_t count)
{
    return count ? (size_t)count + RG_GRID_PADDING : 0;
}

void rg_grid_list(const rg_grid *grid, rg_sections *sections)
{
    size_t entries = entry_count(grid->count);
    rg_slice *of = sections->of;
    of[RG_SECTION_GRID_NODES] =
        (rg_slice){(const uint8_t *)grid->nodes, grid->node_count * sizeof *grid->nodes};
    of[RG_SECTION_GRID_STARTS] =
        (rg_slice){(const uint8_t *)grid->starts, grid->start_count * sizeof *grid->starts};
    of[RG_SECTION_GRID_LATS] =
        (rg_slice){(const uint8_t *)grid->lats_e7, entries * sizeof *grid->lats_e7};
    of[RG_SECTION_GRID_LONS] =
        (rg_slice){(const uint8_t *)grid->lons_e7, entries * sizeof *grid->lons_e7};
    of[RG_SECTION_GRID_IDS] = (rg_slice){(const uint8_t *)grid->ids, entries * sizeof *grid->ids};
}

rg_status rg_grid_view(rg_grid **out, const rg_sections *sections, rg_fault *fault)
{
    const rg_slice *of = sections->of;
    uint32_t count = sections->feature_count;
    size_t node_count = of[RG_SECTION_GRID_NODES].size / sizeof(rg_grid_node);
    size_t start_count = of[RG_SECTION_GRID_STARTS].size / sizeof(uint32_t);
    const struct {
        rg_section section;
        size_t count, item_size;
    } expected[] = {
        {RG_SECTION_GRID_NODES, node_count, sizeof(rg_grid_node)},
        {RG_SECTION_GRID_STARTS, start_count, sizeof(uint32_t)},
        {RG_SECTION_GRID_LATS, entry_count(count), sizeof(int32_t)},
        {RG_SECTION_GRID_LONS, entry_count(count), sizeof(int32_t)},
        {RG_SECTION_GRID_IDS, entry_count(count), sizeof(uint32_t)},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        rg_status status = rg_section_expect(sections, expected[i].section, expected[i].count,
                                             expected[i].item_size, fault);
        if (status != RG_OK)
            return status;
    }
    if ((node_count > 0) != (count > 0) || node_count > UINT32_MAX)
        return rg_section_corrupt(fault, RG_SECTION_GRID_NODES, "their number is impossible");
    if (start_count > UINT32_MAX)
        return rg_section_corrupt(fault, RG_SECTION_GRID_STARTS, "their number is impossible");
    rg_grid *grid = rg_alloc_zeroed(1, sizeof *grid);
    if (!grid)
        return RG_ENOMEM;
    *grid = (rg_grid){
        .nodes = (rg_grid_node *)of[RG_SECTION_GRID_NODES].data,
        .starts = (uint32_t *)of[RG_SECTION_GRID_STARTS].data,
        .lats_e7 = (int32_t *)of[RG_SECTION_GRID_LATS].data,
        .lons_e7 = (int32_t *)of[RG_SECTION_GRID_LONS].data,
        .ids = (uint32_t *)of[RG_SECTION_GRID_IDS].data,
        .node_count = (uint32_t)node_count,
        .start_count = (uint32_t)start_count,
        .count = count,
        .borrowed = true,
    };
    *out = grid;
    return RG_OK;
}

/* Returns true if the node has a shape that rg_grid_build makes, and the starts of its cells
 * ascend. */
static bool is_sound(const rg_grid *grid, const rg_grid_node *node)
{
    uint32_t height = (uint32_t)node->box.hi.lat_e7 - (uint32_t)node->box.lo.lat_e7;
    uint32_t width = (uint32_t)node->box.hi.lon_e7 - (uint32_t)node->box.lo.lon_e7;
    if (!rg_box_has_point(node->box, node->box.lo) || node->rows - 1 > height ||
        node->cols - 1 > width || node->row_factor != rg_grid_axis_factor(height, node->rows) ||
        node->col_factor != rg_grid_axis_factor(width, node->cols))
        return false;
    const uint32_t *starts = grid->starts + node->first_start;
    uint32_t cells = node->rows * node->cols;
    bool descends = false;
    for (uint32_t cell = 0; cell < cells; cell++)
        descends |= starts[cell] > starts[cell + 1];
    return !descends;
}

/* Returns true if the children of a sound node are in its cells, by ascending cell. */
static bool has_sound_children(const rg_grid *grid, const rg_grid_node *node)
{
    const uint32_t *starts = grid->starts + node->first_start;
    uint32_t cells = node->rows * node->cols;
    uint32_t next_cell = 0;
    for (uint32_t i = 0; i < node->child_count; i++) {
        const rg_grid_node *child = grid->nodes + node->first_child + i;
        if (child->cell < next_cell || child->cell >= cells ||
            !rg_grid_node_fits(grid, child, starts[child->cell], starts[child->cell + 1]))
            return false;
        next_cell = child->cell + 1;
    }
    return true;
}

/* Returns true if all nodes are sound, and nodes and starts follow level by level without gaps. */
static bool has_sound_nodes(const rg_grid *grid)
{
    uint32_t next_child = 1, next_start = 0, level = 1, level_end = 1;
    if (!rg_grid_node_fits(grid, grid->nodes, 0, grid->count))
        return false;
    for (uint32_t i = 0; i < grid->node_count; i++) {
        const rg_grid_node *node = &grid->nodes[i];
        if (i == level_end) {
            level++;
            level_end = next_child;
        }
        if (i >= next_child || level > RG_GRID_LEVELS || node->first_start != next_start ||
            node->child_count > grid->node_count - next_child ||
            (node->child_count && node->first_child != next_child) || !is_sound(grid, node) ||
            !has_sound_children(grid, node))
            return false;
        next_child += node->child_count;
        next_start += node->rows * node->cols + 1;
    }
    return next_child == grid->node_count && next_start == grid->start_count;
}

/* Returns RG_OK if the ids are those of all points, each once. */
static rg_status check_ids(const rg_grid *grid, rg_fault *fault)
{
    size_t words = (size_t)grid->count / 64 + 1;
    uint64_t *seen = rg_alloc_zeroed(words, sizeof *seen);
    if (!seen)
        return RG_ENOMEM;
    bool too_large = false, missing = false;
    for (uint32_t i = 0; i < grid->count; i++) {
        uint32_t id = grid->ids[i];
        too_large |= id >= grid->count;
        id = id < grid->count ? id : 0;
        seen[id / 64] |= UINT64_C(1) << id % 64;
    }
    for (size_t i = 0; i + 1 < words; i++)
        missing |= seen[i] != UINT64_MAX;
    missing |= seen[words - 1] != (UINT64_C(1) << grid->count % 64) - 1;
    rg_free(seen);
    if (too_large)
        return rg_section_corrupt(fault, RG_SECTION_GRID_IDS, "an id is too large");
    if (missing)
        return rg_section_corrupt(fault, RG_SECTION_GRID_IDS, "an id is there twice");
    return RG_OK;
}

/* Hashes a point with its id, in a form that compilers vectorise. Source: NH in J. Black et al.,
 * UMAC: Fast and Secure Message Authentication, 1999. */
static uint64_t fingerprint(uint32_t id, int32_t lat_e7, int32_t lon_e7)
{
    return (uint64_t)((uint32_t)lat_e7 + id * UINT32_C(0x9e3779b9)) *
           ((uint32_t)lon_e7 + id * UINT32_C(0x85ebca6b));
}

/* Returns true if the entries are these points, whose ids are their positions. Compares sums over
 * all points, because the orders differ and looking up each point would miss the caches. */
static bool has_points(const rg_grid *grid, const int32_t *lats_e7, const int32_t *lons_e7)
{
    uint64_t entries = 0, points = 0;
    for (uint32_t i = 0; i < grid->count; i++)
        entries += fingerprint(grid->ids[i], grid->lats_e7[i], grid->lons_e7[i]);
    for (uint32_t id = 0; id < grid->count; id++)
        points += fingerprint(id, lats_e7[id], lons_e7[id]);
    return entries == points;
}

rg_status rg_grid_check(const rg_grid *grid, const int32_t *lats_e7, const int32_t *lons_e7,
                        rg_fault *fault)
{
    if (grid->count == 0)
        return RG_OK;
    if (!has_sound_nodes(grid))
        return rg_section_corrupt(fault, RG_SECTION_GRID_NODES, "a node is impossible");
    rg_status status = check_ids(grid, fault);
    if (status == RG_OK && !has_points(grid, lats_e7, lons_e7))
        return rg_section_corrupt(fault, RG_SECTION_GRID_LATS, "a point is not the store's");
    return status;
}
