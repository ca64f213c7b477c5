/* rg_sections: the arrays of an index, in the order of a snapshot.
 *
 * When an index is saved each of its parts lists its arrays here; when it is opened each part finds
 * its arrays here and reads them in place.
 *
 * Ownership: sections borrow from the index that is saved, or from the file that is opened.
 * Threads: plain data.
 */
#ifndef RG_SECTIONS_H
#define RG_SECTIONS_H

#include "base/rg_fault.h"
#include "base/rg_slice.h"

/* In the order of the file. The numbers are part of the format. */
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
    int32_t bounds_e7[4]; /* south, west, north, east: tight around all features; zeros if there are
                             none */
    uint64_t fingerprint; /* of a file that is opened: rg_index_fingerprint; 0: not known */
    rg_slice of[RG_SECTION_COUNT];
} rg_sections;

/* Returns the section's name, for messages. */
const char *rg_section_name(rg_section section);

/* Returns RG_ECORRUPT, with the section's name and this text in `fault`. */
rg_status rg_section_corrupt(rg_fault *fault, rg_section section, const char *what);

/* Returns RG_OK if the section has exactly `count` items of `size` bytes, otherwise RG_ECORRUPT. */
rg_status rg_section_expect(const rg_sections *sections, rg_section section, uint64_t count,
                            size_t size, rg_fault *fault);

#endif
