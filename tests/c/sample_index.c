#include "sample_index.h"

#include "check.h"

#include "rg_snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

rg_index *sample_index_new(sample_shape shape, uint32_t count, uint64_t seed)
{
    sample_points points = sample_points_new(shape, count, seed);
    rg_store *store = NULL;
    CHECK(rg_store_new(&store, count, 0) == RG_OK);
    for (uint32_t id = 0; id < count; id++) {
        char name[32];
        int size = id % 5 ? snprintf(name, sizeof name, "feature %u", id) : 0;
        rg_point location = {points.lats_e7[id], points.lons_e7[id]};
        CHECK(rg_store_add(store, location, name, (size_t)size) == RG_OK);
    }
    sample_points_free(&points);
    rg_index *index = NULL;
    CHECK(rg_index_build(&index, store) == RG_OK);
    return index;
}

scratch_bytes sample_snapshot(sample_shape shape, uint32_t count, size_t room)
{
    rg_fault fault;
    rg_index *index = sample_index_new(shape, count, 1);
    rg_slice metadata = {(const uint8_t *)"metadata", 8};
    CHECK(rg_snapshot_save(index, scratch_path("sound.rgx"), metadata, &fault) == RG_OK);
    rg_index_free(index);
    scratch_bytes file = scratch_read(scratch_path("sound.rgx"));
    file.data = realloc(file.data, file.size + room);
    CHECK(file.data);
    memset(file.data + file.size, 0, room);
    return file;
}
