#include "base/rg_alloc.h"
#include "features/rg_store_layout.h"

void rg_store_list(const rg_store *store, rg_sections *sections)
{
    size_t count = store->count;
    sections->feature_count = store->count;
    sections->bounds_e7[0] = store->bounds.lo.lat_e7;
    sections->bounds_e7[1] = store->bounds.lo.lon_e7;
    sections->bounds_e7[2] = store->bounds.hi.lat_e7;
    sections->bounds_e7[3] = store->bounds.hi.lon_e7;
    sections->of[RG_SECTION_STORE_LATS] =
        (rg_slice){(const uint8_t *)store->lats_e7, count * sizeof *store->lats_e7};
    sections->of[RG_SECTION_STORE_LONS] =
        (rg_slice){(const uint8_t *)store->lons_e7, count * sizeof *store->lons_e7};
    sections->of[RG_SECTION_STORE_BASES] = (rg_slice){
        (const uint8_t *)store->bases, rg_store_group_count(count) * sizeof *store->bases};
    sections->of[RG_SECTION_STORE_OFFSETS] =
        (rg_slice){(const uint8_t *)store->offsets, count * sizeof *store->offsets};
    sections->of[RG_SECTION_STORE_BLOB] = (rg_slice){store->blob, store->blob_size};
}

rg_status rg_store_view(rg_store **out, const rg_sections *sections, rg_fault *fault)
{
    uint32_t count = sections->feature_count;
    const rg_slice *of = sections->of;
    const struct {
        rg_section section;
        size_t count, item_size;
    } expected[] = {
        {RG_SECTION_STORE_LATS, count, sizeof(int32_t)},
        {RG_SECTION_STORE_LONS, count, sizeof(int32_t)},
        {RG_SECTION_STORE_BASES, rg_store_group_count(count), sizeof(uint64_t)},
        {RG_SECTION_STORE_OFFSETS, count, sizeof(uint32_t)},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        rg_status status = rg_section_expect(sections, expected[i].section, expected[i].count,
                                             expected[i].item_size, fault);
        if (status != RG_OK)
            return status;
    }
    rg_store *store = rg_alloc_zeroed(1, sizeof *store);
    if (!store)
        return RG_ENOMEM;
    *store = (rg_store){
        .count = count,
        .capacity = count,
        .lats_e7 = (int32_t *)of[RG_SECTION_STORE_LATS].data,
        .lons_e7 = (int32_t *)of[RG_SECTION_STORE_LONS].data,
        .bases = (uint64_t *)of[RG_SECTION_STORE_BASES].data,
        .offsets = (uint32_t *)of[RG_SECTION_STORE_OFFSETS].data,
        .blob = (uint8_t *)of[RG_SECTION_STORE_BLOB].data,
        .blob_size = of[RG_SECTION_STORE_BLOB].size,
        .blob_capacity = of[RG_SECTION_STORE_BLOB].size,
        .bounds = {.lo = {sections->bounds_e7[0], sections->bounds_e7[1]},
                   .hi = {sections->bounds_e7[2], sections->bounds_e7[3]}},
        .borrowed = true,
    };
    *out = store;
    return RG_OK;
}

/* Returns true if each feature begins at least the smallest size of one after its predecessor. */
static bool ascends(const uint32_t *offsets, size_t count)
{
    bool flawed = false;
    for (size_t i = 1; i < count; i++)
        flawed |= offsets[i] < offsets[i - 1] || offsets[i] - offsets[i - 1] < RG_FEATURE_SIZE_MIN;
    return !flawed;
}

static bool has_tight_bounds(const rg_store *store)
{
    if (store->count == 0)
        return true;
    rg_box box = rg_box_around(store->lats_e7, store->lons_e7, store->count);
    return rg_point_equal(box.lo, store->bounds.lo) && rg_point_equal(box.hi, store->bounds.hi);
}

rg_status rg_store_check(const rg_store *store, rg_fault *fault)
{
    if (!has_tight_bounds(store))
        return rg_fault_corrupt(fault, "header", "its bounds are not those of the features");
    uint64_t end = 0; /* the least offset of the next group */
    for (size_t first = 0; first < store->count; first += RG_STORE_GROUP) {
        size_t size = store->count - first < RG_STORE_GROUP ? store->count - first : RG_STORE_GROUP;
        uint64_t base = store->bases[first / RG_STORE_GROUP];
        const uint32_t *offsets = store->offsets + first;
        if (base < end || base > store->blob_size)
            return rg_section_corrupt(fault, RG_SECTION_STORE_BASES, "a base is out of place");
        if (offsets[0] != 0 || !ascends(offsets, size))
            return rg_section_corrupt(fault, RG_SECTION_STORE_OFFSETS, "offsets do not ascend");
        end = base + offsets[size - 1] + RG_FEATURE_SIZE_MIN;
    }
    if (end > store->blob_size)
        return rg_section_corrupt(fault, RG_SECTION_STORE_BLOB,
                                  "it is shorter than the offsets require");
    return RG_OK;
}
