#define _POSIX_C_SOURCE 200809L

#include "check.h"

#include "damage.h"
#include "exercise.h"
#include "rg_snapshot.h"
#include "sample_index.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const rg_slice no_metadata = {(const uint8_t *)"", 0};

/* Checks that the index comes back from the file in each way to open it. */
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
            rg_index *index = sample_index_new((sample_shape)shape, counts[i], i);
            check_round_trip(index, scratch_path("index.rgx"), &random);
            rg_index_free(index);
        }
    }
    CHECK(scratch_files() == 1);
    scratch_end();
}

/* Large enough for two threads to save and verify it, and for the lanes of its checksums. */
static void a_large_index_comes_back(void)
{
    sample_random random = {8};
    scratch_begin();
    rg_index *index = sample_index_new(SAMPLE_CLUSTERS, 150000, 1);
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
    rg_index *index = sample_index_new(SAMPLE_EARTH, 500, 1), *opened = NULL, *again = NULL;
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
    rg_index *index = sample_index_new(SAMPLE_EARTH, 10, 1), *opened = NULL;
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

static scratch_bytes small_snapshot(size_t room)
{
    return sample_snapshot(SAMPLE_CLUSTERS, 100, room);
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

/* Opening without verification reports what is wrong in the header. */
static void faults_name_what_is_wrong(void)
{
    static const struct {
        size_t at;
        uint8_t value;
        const char *where;
        const char *what;
        bool lazy;
    } cases[] = {
        {0, 'R', "header", "it is not the header of a snapshot", true},
        {8, 5, "header", "it has the byte order of another machine", true},
        {30, 1, "header", "its checksum does not match", true},
        {DAMAGE_HEADER_SIZE + 3, '?', "metadata", "its checksum does not match", false},
        {DAMAGE_HEADER_SIZE + 9, '?', "metadata", "its checksum does not match", false},
        {DAMAGE_HEADER_SIZE + 64, 0x55, "store latitudes", "its checksum does not match", false},
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
    memcpy(file.data + 12, &(uint32_t){77}, sizeof(uint32_t));
    scratch_write(path, file.data, file.size);
    CHECK(rg_snapshot_open(&index, path, false, true, &fault) == RG_EVERSION);
    CHECK(fault.version == 77);
    free(file.data);
    scratch_end();
}

static void folders_and_devices_are_refused(void)
{
    rg_index *index = sample_index_new(SAMPLE_EARTH, 10, 1), *opened = NULL;
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
    char here[1024];
    CHECK(getcwd(here, sizeof here) && chdir(scratch_path("folder")) == 0);
    CHECK(rg_snapshot_save(index, "index.rgx", no_metadata, &fault) == RG_OK);
    CHECK(rg_snapshot_open(&opened, "index.rgx", true, true, &fault) == RG_OK);
    CHECK(unlink("index.rgx") == 0 && chdir(here) == 0);
    rg_index_free(opened);
    CHECK(rg_snapshot_save(index, "", no_metadata, &fault) == RG_EIO);
    CHECK(fault.os_error == ENOENT);
    CHECK(scratch_files() == 2);
    rg_index_free(index);
    scratch_end();
}

/* Writing past a limit fails, as on a full disk. */
static void a_failed_save_keeps_the_old_file(void)
{
    rg_index *small = sample_index_new(SAMPLE_EARTH, 10, 1),
             *large = sample_index_new(SAMPLE_EARTH, 150000, 1);
    CHECK(rg_index_size(large) > (size_t)8 << 20); /* two threads save it */
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

#ifdef __linux__
/* Replaces the C library's function. If `folder_error` is not 0, flushing a folder succeeds
 * `folder_flushes` times and then fails with that error. */
static int folder_error, folder_flushes;

int fsync(int file)
{
    struct stat about;
    if (folder_error && fstat(file, &about) == 0 && S_ISDIR(about.st_mode) &&
        folder_flushes-- <= 0) {
        errno = folder_error;
        return -1;
    }
    return fdatasync(file);
}

static void a_folder_that_cannot_be_flushed_keeps_its_file(void)
{
    rg_index *small = sample_index_new(SAMPLE_EARTH, 10, 1),
             *large = sample_index_new(SAMPLE_EARTH, 1000, 1), *opened = NULL;
    rg_fault fault;
    scratch_begin();
    const char *path = scratch_path("index.rgx");
    CHECK(rg_snapshot_save(small, path, no_metadata, &fault) == RG_OK);
    scratch_bytes before = scratch_read(path);
    folder_error = EIO;
    CHECK(rg_snapshot_save(large, path, no_metadata, &fault) == RG_EIO);
    CHECK(fault.os_error == EIO);
    CHECK(scratch_files() == 1);
    scratch_bytes after = scratch_read(path);
    CHECK(after.size == before.size && memcmp(after.data, before.data, after.size) == 0);
    free(after.data);
    free(before.data);
    folder_error = EINVAL; /* the file system cannot flush folders */
    CHECK(rg_snapshot_save(large, path, no_metadata, &fault) == RG_OK);
    folder_error = EIO; /* once the file is replaced, which is no reason to fail */
    folder_flushes = 1;
    CHECK(rg_snapshot_save(large, path, no_metadata, &fault) == RG_OK);
    folder_error = folder_flushes = 0;
    CHECK(rg_snapshot_open(&opened, path, true, true, &fault) == RG_OK);
    CHECK(rg_store_count(rg_index_store(opened)) == 1000);
    rg_index_free(opened);
    rg_index_free(small);
    rg_index_free(large);
    scratch_end();
}
#endif

static mode_t mode_of(const char *path)
{
    struct stat about;
    CHECK(lstat(path, &about) == 0);
    return about.st_mode & 07777;
}

static void permissions_are_those_of_other_files(void)
{
    rg_index *index = sample_index_new(SAMPLE_EARTH, 10, 1);
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

static void saving_and_opening_return_enomem(void)
{
    rg_fault fault;
    scratch_begin();
    rg_index *index = sample_index_new(SAMPLE_EARTH, 300, 1);
    CHECK(rg_snapshot_save(index, scratch_path("index.rgx"), no_metadata, &fault) == RG_OK);
    check_faults(save_and_open, &(file_case){index, true});
    check_faults(save_and_open, &(file_case){index, false});
    rg_index_free(index);
    scratch_end();
}

/* The system refuses first the descriptor of the folder, then that of the file. */
static void too_many_open_files_are_reported(void)
{
    rg_index *index = sample_index_new(SAMPLE_EARTH, 10, 1), *opened = NULL;
    rg_fault fault;
    scratch_begin();
    const char *path = scratch_path("index.rgx");
    CHECK(rg_snapshot_save(index, path, no_metadata, &fault) == RG_OK);
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    int next = dup(0);
    CHECK(next >= 0 && close(next) == 0);
    for (rlim_t spare = 0; spare < 2; spare++) {
        struct rlimit lower = {(rlim_t)next + spare, limit.rlim_max};
        CHECK(setrlimit(RLIMIT_NOFILE, &lower) == 0);
        rg_status saved = rg_snapshot_save(index, path, no_metadata, &fault);
        CHECK(saved == RG_EIO && fault.os_error == EMFILE);
        rg_status status = rg_snapshot_open(&opened, path, true, false, &fault);
        CHECK(status == (spare ? RG_OK : RG_EIO));
        CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    }
    rg_index_free(opened);
    CHECK(scratch_files() == 1);
    rg_index_free(index);
    scratch_end();
}

void test_snapshot(void)
{
    RUN(too_many_open_files_are_reported);
    RUN(indexes_come_back);
    RUN(a_large_index_comes_back);
    RUN(an_opened_index_is_saved_onto_its_own_file);
    RUN(metadata_has_a_limit);
    RUN(every_flipped_bit_is_refused);
    RUN(every_other_length_is_refused);
    RUN(faults_name_what_is_wrong);
    RUN(folders_and_devices_are_refused);
    RUN(a_failed_save_keeps_the_old_file);
#ifdef __linux__
    RUN(a_folder_that_cannot_be_flushed_keeps_its_file);
#endif
    RUN(permissions_are_those_of_other_files);
    RUN(saving_and_opening_return_enomem);
}
