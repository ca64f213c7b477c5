/* rg_sections: the arrays of a whole index, as a snapshot holds them.
 *
 * Each part of the index lists its arrays here when it is saved, and takes them from here when it
 * is opened, to read them where they lie.
 * Ownership: sections borrow: from the index that is saved, or from the file that is opened.
 */
#ifndef RG_SECTIONS_H
#define RG_SECTIONS_H

#include "base/rg_fault.h"
#include "base/rg_slice.h"

/* In the order of the file. The numbers are part of its format. */
typedef enum rg_section {
    RG_SECTION_METADATA = 0,
    RG_SECTION_STORE_LATS = 1,
    RG_SECTION_STORE_LONS = 2,
    RG_SECTION_STORE_BASES = 3,
    RG_SECTION_STORE_OFFSETS = 4,
    RG_SECTION_STORE_BLOB = 5,
    RG_SECTION_GRID_NODES = 6,
    RG_SECTION_GRID_STARTS = 7,
    RG_SECTION_GRID_LATS = 8,
    RG_SECTION_GRID_LONS = 9,
    RG_SECTION_GRID_IDS = 10,
    RG_SECTION_TABLE = 11,
} rg_section;

enum { RG_SECTION_COUNT = 12 };

typedef struct rg_sections {
    uint32_t feature_count;
    int32_t bounds_e7[4]; /* south, west, north, east: tight around all features; 0 without any */
    uint64_t fingerprint; /* of a file that is opened: rg_index_fingerprint; 0: not known */
    rg_slice of[RG_SECTION_COUNT];
} rg_sections;

/* For messages. */
const char *rg_section_name(rg_section section);

/* Returns RG_ECORRUPT with the section and this text in `fault`. */
rg_status rg_section_corrupt(rg_fault *fault, rg_section section, const char *what);

/* RG_OK when the section has exactly `count` items of `size` bytes, else RG_ECORRUPT. */
rg_status rg_section_expect(const rg_sections *sections, rg_section section, uint64_t count,
                            size_t size, rg_fault *fault);

#endif
