#ifdef __linux__
#define _GNU_SOURCE /* sync_file_range */
#else
#define _POSIX_C_SOURCE 200809L
#endif
#define _FILE_OFFSET_BITS 64

#include "base/rg_file.h"

#include "base/rg_alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(_POSIX_MAPPED_FILES) && _POSIX_MAPPED_FILES > 0 && !defined(RG_NO_MMAP)
#define HAS_MMAP 1
#include <sys/mman.h>
#endif

/* The most that one system call reads, because some refuse 2 GiB, and writes, so that the disk
 * starts early. */
static const size_t read_max = (size_t)1 << 30, write_max = (size_t)1 << 20;

/* Closes the file without changing errno, which an earlier failure has set. */
static void close_quietly(int *descriptor)
{
    int kept = errno;
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
    errno = kept;
}

static rg_status fail_with(int os_error, rg_fault *fault)
{
    errno = os_error;
    return rg_fault_system(fault);
}

/* Opens the folder of `path` and finds the name within it. */
static rg_status open_folder(rg_file_writer *writer, const char *path, rg_fault *fault)
{
    const char *slash = strrchr(path, '/');
    writer->name = slash ? slash + 1 : path;
    if (*writer->name == '\0')
        return fail_with(slash ? EISDIR : ENOENT, fault);
    size_t size = slash ? (size_t)(slash - path) + 1 : 1; /* with the slash, for "/" */
    char *folder = rg_alloc(size + 1, 1);
    if (!folder)
        return RG_ENOMEM;
    memcpy(folder, slash ? path : ".", size);
    folder[size] = '\0';
    writer->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    rg_free(folder);
    return writer->folder < 0 ? rg_fault_system(fault) : RG_OK;
}

/* Creates a file with a name that no other writer uses. */
static rg_status create_temporary(rg_file_writer *writer, mode_t mode, rg_fault *fault)
{
    for (unsigned attempt = 0;; attempt++) {
        snprintf(writer->temporary, sizeof writer->temporary, ".rgx-%ld-%u.tmp", (long)getpid(),
                 attempt);
        writer->file = openat(writer->folder, writer->temporary,
                              O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (writer->file >= 0)
            return RG_OK;
        if (errno != EEXIST)
            return rg_fault_system(fault);
    }
}

rg_status rg_file_begin(rg_file_writer *writer, const char *path, rg_fault *fault)
{
    *writer = (rg_file_writer){.folder = -1, .file = -1};
    rg_status status = open_folder(writer, path, fault);
    if (status != RG_OK)
        return status;
    struct stat old;
    bool exists = fstatat(writer->folder, writer->name, &old, AT_SYMLINK_NOFOLLOW) == 0;
    bool keeps_mode = exists && S_ISREG(old.st_mode);
    mode_t mode = keeps_mode ? old.st_mode & 0777 : 0666;
    if (!exists && errno != ENOENT)
        status = rg_fault_system(fault);
    else if (exists && S_ISDIR(old.st_mode))
        status = fail_with(EISDIR, fault);
    else if (exists && !S_ISREG(old.st_mode) && !S_ISLNK(old.st_mode))
        status = rg_fault_corrupt(fault, "file", "it is not a regular file");
    else
        status = create_temporary(writer, mode, fault);
    /* The umask may have removed bits from a mode that is to be kept. */
    if (status == RG_OK && keeps_mode && fchmod(writer->file, mode) != 0)
        status = rg_fault_system(fault);
    if (status != RG_OK)
        rg_file_abandon(writer);
    return status;
}

/* Starts writing these bytes to the disk, so that less is left for the flush at the end. */
static void begin_flush(const rg_file_writer *writer, uint64_t offset, size_t size)
{
#ifdef SYNC_FILE_RANGE_WRITE
    (void)sync_file_range(writer->file, (off_t)offset, (off_t)size, SYNC_FILE_RANGE_WRITE);
#else
    (void)writer, (void)offset, (void)size;
#endif
}

rg_status rg_file_write(rg_file_writer *writer, uint64_t offset, const void *data, size_t size,
                        rg_fault *fault)
{
    const uint8_t *at = data;
    while (size) {
        size_t wanted = size < write_max ? size : write_max;
        ssize_t written = pwrite(writer->file, at, wanted, (off_t)offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return rg_fault_system(fault);
        begin_flush(writer, offset, (size_t)written);
        at += written;
        offset += (uint64_t)written;
        size -= (size_t)written;
    }
    return RG_OK;
}

/* Some file systems cannot flush a folder, and say so with EINVAL: then there is nothing to wait
 * for. */
static bool flush_folder(const rg_file_writer *writer)
{
    return fsync(writer->folder) == 0 || errno == EINVAL;
}

/* Flushes the folder once before the old file is replaced, so that a folder that cannot be flushed
 * costs nothing. If the second flush fails all the same, both files are whole, and after a power
 * cut either may be at the path: that is no reason to report a failed save. */
rg_status rg_file_commit(rg_file_writer *writer, rg_fault *fault)
{
    if (fsync(writer->file) != 0 || !flush_folder(writer) ||
        renameat(writer->folder, writer->temporary, writer->folder, writer->name) != 0) {
        rg_status status = rg_fault_system(fault);
        rg_file_abandon(writer);
        return status;
    }
    (void)flush_folder(writer);
    close_quietly(&writer->file);
    close_quietly(&writer->folder);
    return RG_OK;
}

void rg_file_abandon(rg_file_writer *writer)
{
    if (writer->file >= 0)
        unlinkat(writer->folder, writer->temporary, 0);
    close_quietly(&writer->file);
    close_quietly(&writer->folder);
}

rg_status rg_file_open(rg_file_reader *reader, const char *path, rg_fault *fault)
{
    /* Without O_NONBLOCK opening a FIFO would wait for its writer. */
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return rg_fault_system(fault);
    struct stat about;
    rg_status status = RG_OK;
    if (fstat(file, &about) != 0)
        status = rg_fault_system(fault);
    else if (S_ISDIR(about.st_mode))
        status = fail_with(EISDIR, fault);
    else if (!S_ISREG(about.st_mode))
        status = rg_fault_corrupt(fault, "file", "it is not a regular file");
    if (status != RG_OK) {
        close_quietly(&file);
        return status;
    }
    *reader = (rg_file_reader){.file = file, .size = (uint64_t)about.st_size};
    return RG_OK;
}

rg_status rg_file_read(const rg_file_reader *reader, uint64_t offset, void *data, size_t size,
                       rg_fault *fault)
{
    uint8_t *at = data;
    while (size) {
        size_t wanted = size < read_max ? size : read_max;
        ssize_t got = pread(reader->file, at, wanted, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return rg_fault_system(fault);
        if (got == 0)
            return rg_fault_corrupt(fault, "file", "it ends too early");
        at += got;
        offset += (uint64_t)got;
        size -= (size_t)got;
    }
    return RG_OK;
}

void rg_file_close(rg_file_reader *reader)
{
    close_quietly(&reader->file);
}

static rg_status read_region(rg_region *region, const rg_file_reader *reader, rg_fault *fault)
{
    uint8_t *data = rg_alloc((size_t)reader->size, 1);
    if (!data)
        return RG_ENOMEM;
    rg_status status = rg_file_read(reader, 0, data, (size_t)reader->size, fault);
    if (status != RG_OK) {
        rg_free(data);
        return status;
    }
    *region = (rg_region){.data = data, .size = (size_t)reader->size};
    return RG_OK;
}

#ifdef HAS_MMAP
static rg_status map_region(rg_region *region, const rg_file_reader *reader, rg_fault *fault)
{
    size_t size = (size_t)reader->size;
    void *data = mmap(NULL, size, PROT_READ, MAP_SHARED, reader->file, 0);
    if (data == MAP_FAILED)
        return rg_fault_system(fault);
    *region = (rg_region){.data = data, .size = size, .mapped = true};
    return RG_OK;
}
#endif

rg_status rg_region_load(rg_region *region, const rg_file_reader *reader, bool map, rg_fault *fault)
{
    if (reader->size > SIZE_MAX)
        return RG_ENOMEM;
#ifdef HAS_MMAP
    if (map)
        return map_region(region, reader, fault);
#else
    (void)map;
#endif
    return read_region(region, reader, fault);
}

void rg_region_free(rg_region *region)
{
#ifdef HAS_MMAP
    if (region->mapped)
        munmap((void *)region->data, region->size);
    else
#endif
        rg_free((void *)region->data);
    *region = (rg_region){0};
}
