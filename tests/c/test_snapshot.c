#define _POSIX_C_SOURCE 200809L

#include "check.h"

#include "damage.h"
#include "exercise.h"
#include "rg_grid_nodes.h"
#include "rg_snapshot.h"
#include "scratch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const rg_slice no_metadata = {(const uint8_t *)"", 0};

static rg_index *build(sample_shape shape, uint32_t count, uint64_t seed)
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

/* The index comes back from the file, in each way to open it. */
static void check_round_trip(const rg_index *index, const char *path, sample_random *random)
{
    static const rg_slice metadata = {(const uint8_t *)"four", 4};
    rg_fault fault;
    CHECK(rg_snapshot_save(index, path, metadata, &fault) == RG_OK);
    for (int way = 0; way < 4; way++) {
        rg_index *opened = NULL;
        CHECK(rg_snapshot_open(&opened, path, way & 1, way & 2, &fault) == RG_OK);
        exercise_equal(index, opened, random);
        exercise_index(opened, random);
        CHECK(rg_index_metadata(opened).size == 4);
        CHECK(memcmp(rg_index_metadata(opened).data, "four", 4) == 0);
        struct stat about;
        CHECK(stat(path, &about) == 0);
        CHECK(rg_index_size(opened) == (size_t)about.st_size);
        rg_index_free(opened);
    }
}

static void indexes_come_back(void)
{
    static const uint32_t counts[] = {0, 1, 2, 255, 256, 257, 1000, 3000};
    sample_random random = {7};
    scratch_begin();
    for (int shape = 0; shape < SAMPLE_SHAPES; shape++) {
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            check_case("%s, %u features", sample_shape_name((sample_shape)shape), counts[i]);
            rg_index *index = build((sample_shape)shape, counts[i], i);
            check_round_trip(index, scratch_path("index.rgx"), &random);
            rg_index_free(index);
        }
    }
    CHECK(scratch_files() == 1);
    scratch_end();
}

/* Large enough for two threads to verify it, and for lanes within its checksums. */
static void a_large_index_comes_back(void)
{
    sample_random random = {8};
    scratch_begin();
    rg_index *index = build(SAMPLE_CLUSTERS, 150000, 1);
    CHECK(rg_index_size(index) > (size_t)8 << 20);
    check_round_trip(index, scratch_path("index.rgx"), &random);
    rg_index_free(index);
    scratch_end();
}

static void an_opened_index_is_saved_onto_its_own_file(void)
{
    sample_random random = {9};
    rg_fault fault;
    scratch_begin();
    const char *path = scratch_path("index.rgx");
    rg_index *index = build(SAMPLE_EARTH, 500, 1), *opened = NULL, *again = NULL;
    CHECK(rg_snapshot_save(index, path, no_metadata, &fault) == RG_OK);
    CHECK(rg_snapshot_open(&opened, path, true, true, &fault) == RG_OK);
    CHECK(rg_snapshot_save(opened, path, no_metadata, &fault) == RG_OK);
    CHECK(rg_snapshot_open(&again, path, true, true, &fault) == RG_OK);
    CHECK(unlink(path) == 0);
    exercise_equal(index, opened, &random);
    exercise_equal(index, again, &random);
    rg_index_free(again);
    rg_index_free(opened);
    rg_index_free(index);
    scratch_end();
}

static void metadata_has_a_limit(void)
{
    rg_fault fault;
    scratch_begin();
    const char *path = scratch_path("index.rgx");
    rg_index *index = build(SAMPLE_EARTH, 10, 1), *opened = NULL;
    uint8_t *bytes = malloc(RG_METADATA_MAX + 1);
    CHECK(bytes);
    memset(bytes, 'x', RG_METADATA_MAX + 1);
    rg_slice metadata = {bytes, RG_METADATA_MAX + 1};
    CHECK(rg_snapshot_save(index, path, metadata, &fault) == RG_EMETADATA);
    CHECK(scratch_files() == 0);
    metadata.size = RG_METADATA_MAX;
    CHECK(rg_snapshot_save(index, path, metadata, &fault) == RG_OK);
    CHECK(rg_snapshot_open(&opened, path, true, true, &fault) == RG_OK);
    CHECK(rg_index_metadata(opened).size == RG_METADATA_MAX);
    CHECK(memcmp(rg_index_metadata(opened).data, bytes, RG_METADATA_MAX) == 0);
    rg_index_free(opened);
    free(bytes);
    rg_index_free(index);
    scratch_end();
}

/* A file of some features, and room behind it. */
static scratch_bytes snapshot_of(sample_shape shape, uint32_t count, size_t room)
{
    rg_fault fault;
    rg_index *index = build(shape, count, 1);
    rg_slice metadata = {(const uint8_t *)"metadata", 8};
    CHECK(rg_snapshot_save(index, scratch_path("sound.rgx"), metadata, &fault) == RG_OK);
    rg_index_free(index);
    scratch_bytes file = scratch_read(scratch_path("sound.rgx"));
    file.data = realloc(file.data, file.size + room);
    CHECK(file.data);
    memset(file.data + file.size, 0, room);
    return file;
}

static scratch_bytes small_snapshot(size_t room)
{
    return snapshot_of(SAMPLE_CLUSTERS, 100, room);
}

static void refuse(const char *path, bool map)
{
    rg_index *index = NULL;
    rg_fault fault = {0};
    rg_status status = rg_snapshot_open(&index, path, true, map, &fault);
    CHECK(status == RG_ECORRUPT || status == RG_EVERSION);
    CHECK(status != RG_ECORRUPT || (fault.where && fault.what));
    CHECK(!index);
}

static void every_flipped_bit_is_refused(void)
{
    scratch_begin();
    scratch_bytes file = small_snapshot(0);
    const char *path = scratch_path("sound.rgx");
    FILE *stream = fopen(path, "r+b");
    CHECK(stream);
    for (size_t at = 0; at < file.size; at++) {
        for (int bit = 0; bit < 8; bit++) {
            check_case("bit %d of byte %zu", bit, at);
            CHECK(fseek(stream, (long)at, SEEK_SET) == 0);
            CHECK(fputc(file.data[at] ^ 1 << bit, stream) != EOF && fflush(stream) == 0);
            refuse(path, bit % 2);
        }
        CHECK(fseek(stream, (long)at, SEEK_SET) == 0);
        CHECK(fputc(file.data[at], stream) != EOF && fflush(stream) == 0);
    }
    fclose(stream);
    rg_index *index = NULL;
    rg_fault fault;
    CHECK(rg_snapshot_open(&index, path, true, true, &fault) == RG_OK);
    rg_index_free(index);
    free(file.data);
    scratch_end();
}

static void every_other_length_is_refused(void)
{
    enum { LONGER = 200 };
    scratch_begin();
    scratch_bytes file = small_snapshot(LONGER);
    const char *path = scratch_path("other.rgx");
    for (size_t size = 0; size < file.size + LONGER; size++) {
        check_case("%zu of %zu bytes", size, file.size);
        if (size == file.size)
            continue;
        scratch_write(path, file.data, size);
        refuse(path, size % 2);
        rg_index *index = NULL;
        rg_fault fault;
        CHECK(rg_snapshot_open(&index, path, false, true, &fault) == RG_ECORRUPT);
    }
    free(file.data);
    scratch_end();
}

/* What is wrong is told, and a lazy opening sees what is in the header. */
static void faults_say_what_is_wrong(void)
{
    static const struct {
        size_t at;
        uint8_t value;
        const char *where;
        const char *what;
        bool lazy;
    } cases[] = {
        {0, 'R', "header", "it is not that of a snapshot", true},
        {8, 1, "header", "it has the byte order of another machine", true},
        {30, 1, "header", "its checksum does not match", true},
        {DAMAGE_HEADER_SIZE + 3, '?', "metadata", "its checksum does not match", false},
        {DAMAGE_HEADER_SIZE + 9, '?', "metadata", "its checksum does not match", false},
        {DAMAGE_HEADER_SIZE + 64, 0, "store latitudes", "its checksum does not match", false},
    };
    scratch_begin();
    scratch_bytes file = small_snapshot(0);
    const char *path = scratch_path("wrong.rgx");
    rg_index *index = NULL;
    rg_fault fault;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_case("byte %zu", cases[i].at);
        uint8_t kept = file.data[cases[i].at];
        CHECK(kept != cases[i].value);
        file.data[cases[i].at] = cases[i].value;
        scratch_write(path, file.data, file.size);
        CHECK(rg_snapshot_open(&index, path, true, true, &fault) == RG_ECORRUPT);
        CHECK(strcmp(fault.where, cases[i].where) == 0);
        CHECK(strcmp(fault.what, cases[i].what) == 0);
        rg_status lazily = rg_snapshot_open(&index, path, false, true, &fault);
        CHECK(lazily == (cases[i].lazy ? RG_ECORRUPT : RG_OK));
        rg_index_free(lazily == RG_OK ? index : NULL);
        file.data[cases[i].at] = kept;
    }
    file.data[12] = 77;
    scratch_write(path, file.data, file.size);
    CHECK(rg_snapshot_open(&index, path, false, true, &fault) == RG_EVERSION);
    CHECK(fault.version == 77);
    free(file.data);
    scratch_end();
}

/* Behind right checksums everything is checked that could lead astray. */
static void content_is_checked(void)
{
    scratch_begin();
    scratch_bytes file = small_snapshot(0);
    const char *path = scratch_path("wrong.rgx");
    size_t refused = 0;
    /* From the bases of the store on, without its blob, whose bytes may be anything, and without
     * the coordinates. */
    static const int sections[] = {3, 4, 6, 7, 10, 11};
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        for (uint8_t place = 0; place < 100; place++) {
            check_case("number %d of section %d", place, sections[i]);
            uint8_t script[8] = {2, (uint8_t)sections[i], place, 0, 0, 9, 0, 0x80};
            uint8_t *copy = malloc(file.size);
            CHECK(copy);
            memcpy(copy, file.data, file.size);
            CHECK(damage_apply(copy, file.size, script, sizeof script) == file.size);
            damage_repair_checksums(copy, file.size);
            scratch_write(path, copy, file.size);
            rg_index *index = NULL;
            rg_fault fault;
            rg_status status = rg_snapshot_open(&index, path, true, true, &fault);
            CHECK(status == RG_OK || status == RG_ECORRUPT);
            refused += status == RG_ECORRUPT;
            rg_index_free(index);
            free(copy);
        }
    }
    check_case("%zu refused", refused);
    CHECK(refused > 400);
    free(file.data);
    scratch_end();
}

/* Opens what is in the file after its checksums were made right, unchecked, asks for what is in
 * the middle half of its longitudes and expects to be told that it cannot be counted. */
static void check_query_is_refused(scratch_bytes file)
{
    const char *path = scratch_path("wrong.rgx");
    rg_index *index = NULL;
    rg_fault fault;
    rg_ids ids;
    damage_repair_checksums(file.data, file.size);
    scratch_write(path, file.data, file.size);
    CHECK(rg_snapshot_open(&index, path, true, true, &fault) == RG_ECORRUPT);
    CHECK(rg_snapshot_open(&index, path, false, true, &fault) == RG_OK);
    rg_box box;
    CHECK(rg_store_bounds(rg_index_store(index), &box));
    box.lo.lon_e7 /= 2;
    box.hi.lon_e7 /= 2;
    size_t count;
    CHECK(rg_index_query_count(&count, index, box) == RG_ECORRUPT);
    /* A query may look at all features instead, which are sound. */
    rg_ids_init(&ids, NULL, 0);
    rg_status status = rg_index_query(index, box, &ids);
    CHECK(status == RG_OK || (status == RG_ECORRUPT && ids.count == 0));
    rg_ids_clear(&ids);
    rg_index_free(index);
}

static void a_node_within_itself_ends_a_query(void)
{
    scratch_begin();
    scratch_bytes file = snapshot_of(SAMPLE_EARTH, 300, 0);
    rg_grid_node *root = (rg_grid_node *)damage_section(file.data, RG_SECTION_GRID_NODES);
    uint32_t *starts = (uint32_t *)damage_section(file.data, RG_SECTION_GRID_STARTS);
    root->rows = root->cols = 1;
    root->row_factor = root->col_factor = 0;
    root->first_child = 0;
    root->child_count = 1;
    starts[1] = 300;
    check_query_is_refused(file);
    free(file.data);
    scratch_end();
}

/* Rows that overlap would have a node's entries, and all below it, visited once for each. */
static void rows_that_overlap_end_a_query(void)
{
    scratch_begin();
    scratch_bytes file = snapshot_of(SAMPLE_EARTH, 300, 0);
    rg_grid_node *root = (rg_grid_node *)damage_section(file.data, RG_SECTION_GRID_NODES);
    uint32_t *starts = (uint32_t *)damage_section(file.data, RG_SECTION_GRID_STARTS);
    CHECK(root->rows >= 3 && root->cols >= 5);
    for (uint32_t cell = 1; cell < root->rows * root->cols; cell++)
        starts[cell] = cell % root->cols > root->cols / 2 ? 300 : 0;
    check_query_is_refused(file);
    free(file.data);
    scratch_end();
}

static void impossible_bounds_are_refused(void)
{
    enum { AT_SOUTH = 32 };
    scratch_begin();
    scratch_bytes file = small_snapshot(0);
    const char *path = scratch_path("wrong.rgx");
    rg_index *index = NULL;
    rg_fault fault;
    memcpy(file.data + AT_SOUTH, &(int32_t){INT32_MAX}, sizeof(int32_t));
    damage_repair_checksums(file.data, file.size);
    scratch_write(path, file.data, file.size);
    CHECK(rg_snapshot_open(&index, path, false, true, &fault) == RG_ECORRUPT);
    CHECK(strcmp(fault.what, "its bounds are impossible") == 0);
    free(file.data);
    scratch_end();
}

static void what_is_no_file_is_refused(void)
{
    rg_index *index = build(SAMPLE_EARTH, 10, 1), *opened = NULL;
    rg_fault fault;
    scratch_begin();
    CHECK(rg_snapshot_open(&opened, scratch_path("absent.rgx"), true, true, &fault) == RG_EIO);
    CHECK(fault.os_error == ENOENT);
    CHECK(rg_snapshot_open(&opened, scratch_path(""), true, true, &fault) == RG_EIO);
    CHECK(fault.os_error == EISDIR);
    CHECK(mkfifo(scratch_path("fifo"), 0600) == 0);
    CHECK(rg_snapshot_open(&opened, scratch_path("fifo"), true, true, &fault) == RG_ECORRUPT);
    CHECK(rg_snapshot_save(index, scratch_path("fifo"), no_metadata, &fault) == RG_ECORRUPT);
    CHECK(strcmp(fault.what, "it is not a regular file") == 0);
    CHECK(rg_snapshot_save(index, scratch_path(""), no_metadata, &fault) == RG_EIO);
    CHECK(fault.os_error == EISDIR);
    CHECK(mkdir(scratch_path("folder"), 0700) == 0);
    CHECK(rg_snapshot_save(index, scratch_path("folder"), no_metadata, &fault) == RG_EIO);
    CHECK(fault.os_error == EISDIR);
    CHECK(rg_snapshot_save(index, scratch_path("absent/index.rgx"), no_metadata, &fault) == RG_EIO);
    CHECK(fault.os_error == ENOENT);
    CHECK(rg_snapshot_save(index, "", no_metadata, &fault) == RG_EIO);
    CHECK(fault.os_error == ENOENT);
    CHECK(scratch_files() == 2);
    rg_index_free(index);
    scratch_end();
}

/* The system refuses to write past a limit, as a full disk does. */
static void a_failed_save_leaves_what_was_there(void)
{
    rg_index *small = build(SAMPLE_EARTH, 10, 1), *large = build(SAMPLE_EARTH, 50000, 1);
    rg_fault fault;
    scratch_begin();
    const char *path = scratch_path("index.rgx");
    CHECK(rg_snapshot_save(small, path, no_metadata, &fault) == RG_OK);
    scratch_bytes before = scratch_read(path);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit, lower;
    CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    for (rlim_t bytes = 0; bytes < 3000000; bytes += 500000) {
        lower = (struct rlimit){bytes, limit.rlim_max};
        CHECK(setrlimit(RLIMIT_FSIZE, &lower) == 0);
        rg_status status = rg_snapshot_save(large, path, no_metadata, &fault);
        CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
        CHECK(status == RG_EIO && fault.os_error == EFBIG);
        CHECK(scratch_files() == 1);
        scratch_bytes after = scratch_read(path);
        CHECK(after.size == before.size && memcmp(after.data, before.data, after.size) == 0);
        free(after.data);
    }
    signal(SIGXFSZ, SIG_DFL);
    free(before.data);
    rg_index_free(small);
    rg_index_free(large);
    scratch_end();
}

static mode_t mode_of(const char *path)
{
    struct stat about;
    CHECK(lstat(path, &about) == 0);
    return about.st_mode & 07777;
}

static void permissions_are_as_for_any_file(void)
{
    rg_index *index = build(SAMPLE_EARTH, 10, 1);
    rg_fault fault;
    scratch_begin();
    const char *path = scratch_path("index.rgx"), *target = scratch_path("target");
    mode_t mask = umask(027);
    CHECK(rg_snapshot_save(index, path, no_metadata, &fault) == RG_OK);
    CHECK(mode_of(path) == 0640);
    CHECK(chmod(path, 0666) == 0);
    CHECK(rg_snapshot_save(index, path, no_metadata, &fault) == RG_OK);
    CHECK(mode_of(path) == 0666);
    scratch_write(target, "target", 6);
    CHECK(unlink(path) == 0 && symlink(target, path) == 0);
    CHECK(rg_snapshot_save(index, path, no_metadata, &fault) == RG_OK);
    CHECK(mode_of(path) == 0640);
    scratch_bytes kept = scratch_read(target);
    CHECK(kept.size == 6);
    free(kept.data);
    umask(mask);
    rg_index_free(index);
    scratch_end();
}

typedef struct file_case {
    const rg_index *index;
    bool map;
} file_case;

static bool save_and_open(void *context)
{
    const file_case *with = context;
    const char *path = scratch_path("index.rgx");
    rg_index *opened = NULL;
    rg_fault fault;
    rg_status status = rg_snapshot_save(with->index, path, no_metadata, &fault);
    CHECK(status == RG_OK || status == RG_ENOMEM);
    CHECK(scratch_files() == 1);
    if (status == RG_OK)
        status = rg_snapshot_open(&opened, path, true, with->map, &fault);
    CHECK(status == RG_OK || status == RG_ENOMEM);
    CHECK((opened != NULL) == (status == RG_OK));
    rg_index_free(opened);
    return status == RG_OK;
}

static void out_of_memory_is_said(void)
{
    rg_fault fault;
    scratch_begin();
    rg_index *index = build(SAMPLE_EARTH, 300, 1);
    CHECK(rg_snapshot_save(index, scratch_path("index.rgx"), no_metadata, &fault) == RG_OK);
    check_faults(save_and_open, &(file_case){index, true});
    check_faults(save_and_open, &(file_case){index, false});
    rg_index_free(index);
    scratch_end();
}

void test_snapshot(void)
{
    RUN(indexes_come_back);
    RUN(a_large_index_comes_back);
    RUN(an_opened_index_is_saved_onto_its_own_file);
    RUN(metadata_has_a_limit);
    RUN(every_flipped_bit_is_refused);
    RUN(every_other_length_is_refused);
    RUN(faults_say_what_is_wrong);
    RUN(content_is_checked);
    RUN(a_node_within_itself_ends_a_query);
    RUN(rows_that_overlap_end_a_query);
    RUN(impossible_bounds_are_refused);
    RUN(what_is_no_file_is_refused);
    RUN(a_failed_save_leaves_what_was_there);
    RUN(permissions_are_as_for_any_file);
    RUN(out_of_memory_is_said);
}
