#include "base/rg_sections.h"

const char *rg_section_name(rg_section section)
{
    static const char *const names[RG_SECTION_COUNT] = {
        "metadata",       "store latitudes", "store longitudes", "store bases",
        "store offsets",  "store blob",      "grid nodes",       "grid starts",
        "grid latitudes", "grid longitudes", "grid ids",         "table",
    };
    return names[section];
}

rg_status rg_section_corrupt(rg_fault *fault, rg_section section, const char *what)
{
    return rg_fault_corrupt(fault, rg_section_name(section), what);
}

rg_status rg_section_expect(const rg_sections *sections, rg_section section, uint64_t count,
                            size_t size, rg_fault *fault)
{
    size_t bytes = sections->of[section].size;
    if (bytes % size == 0 && bytes / size == count)
        return RG_OK;
    return rg_section_corrupt(fault, section, "its size does not match the other sections");
}
