/* Damages a snapshot, corrects its checksums as an attacker could, and opens it: it is refused, or
 * all functions of its index are called.
 *
 * The input is not the file but the damage to one of a few valid ones, so that inputs are small and
 * survive changes of the format. */
#define _POSIX_C_SOURCE 200809L

#include "fuzz.h"

#include "../check.h"
#include "../damage.h"
#include "../exercise.h"
#include "../scratch.h"

#include "rg_snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first bytes of the input; the script for damage_apply follows. */
typedef struct choices {
    uint8_t base;
    uint8_t verify;
    uint8_t seed; /* of the queries */
} choices;

typedef struct base_shape {
    sample_shape shape;
    uint32_t count;
} base_shape;

/* Together they have all parts of a file: no features, groups of offsets, nested crowded cells,
 * full buckets. */
static const base_shape shapes[] = {
    {SAMPLE_EARTH, 0},     {SAMPLE_EARTH, 1},  {SAMPLE_CLUSTERS, 100},   {SAMPLE_EARTH, 300},
    {SAMPLE_NESTED, 1000}, {SAMPLE_SPOT, 400}, {SAMPLE_FEW_PLACES, 600},
};

enum { BASES = sizeof shapes / sizeof *shapes };

static scratch_bytes bases[BASES];

static scratch_bytes sound_snapshot(base_shape shape)
{
    sample_points points = sample_points_new(shape.shape, shape.count, 1);
    rg_store *store = NULL;
    CHECK(rg_store_new(&store, shape.count, 0) == RG_OK);
    for (uint32_t id = 0; id < shape.count; id++) {
        rg_point location = {points.lats_e7[id], points.lons_e7[id]};
        CHECK(rg_store_add(store, location, "a name", id % 7) == RG_OK);
    }
    sample_points_free(&points);
    rg_index *index = NULL;
    rg_fault fault;
    CHECK(rg_index_build(&index, store) == RG_OK);
    CHECK(rg_snapshot_save(index, scratch_path("base.rgx"),
                           (rg_slice){(const uint8_t *)"metadata", 8}, &fault) == RG_OK);
    rg_index_free(index);
    return scratch_read(scratch_path("base.rgx"));
}

/* The file to open: without a name, so that a fuzzer that is stopped leaves no file. */
static FILE *damaged;
static char damaged_path[32];

static void begin(void)
{
    if (damaged)
        return;
    scratch_begin();
    for (int i = 0; i < BASES; i++)
        bases[i] = sound_snapshot(shapes[i]);
    scratch_end();
    damaged = tmpfile();
    CHECK(damaged);
    snprintf(damaged_path, sizeof damaged_path, "/dev/fd/%d", fileno(damaged));
}

static void write_damaged(const uint8_t *file, size_t size)
{
    rewind(damaged);
    CHECK(fwrite(file, 1, size, damaged) == size);
    CHECK(fflush(damaged) == 0);
    CHECK(ftruncate(fileno(damaged), (off_t)size) == 0); /* last: from zero, ext4 flushes */
}

static void open_and_ask(const choices *choice)
{
    rg_index *index = NULL;
    rg_fault fault = {0};
    /* In memory, so that the sanitizer detects reads beyond the last byte. */
    rg_status status =
        rg_snapshot_open(&index, damaged_path, choice->verify % 2, choice->verify & 4, &fault);
    CHECK(status == RG_OK || status == RG_ECORRUPT || status == RG_EVERSION);
    CHECK(status != RG_ECORRUPT || (fault.where && fault.what));
    if (status == RG_OK)
        exercise_index(index, &(sample_random){choice->seed});
    rg_index_free(index);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    choices choice;
    if (size < sizeof choice)
        return 0;
    memcpy(&choice, data, sizeof choice);
    begin();
    const scratch_bytes *base = &bases[choice.base % BASES];
    uint8_t *file = malloc(base->size);
    CHECK(file);
    memcpy(file, base->data, base->size);
    size_t file_size = damage_apply(file, base->size, data + sizeof choice, size - sizeof choice);
    damage_repair_checksums(file, file_size);
    write_damaged(file, file_size);
    free(file);
    open_and_ask(&choice);
    return 0;
}
