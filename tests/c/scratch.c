#define _POSIX_C_SOURCE 200809L

#include "scratch.h"

#include "check.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[256];

void scratch_begin(void)
{
    const char *parent = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/routeguide-XXXXXX", parent ? parent : "/tmp");
    CHECK(mkdtemp(folder));
}

/* Counts the files, and removes them. */
static size_t visit(bool removing)
{
    DIR *files = opendir(folder);
    CHECK(files);
    size_t count = 0;
    for (struct dirent *file; (file = readdir(files));) {
        if (strcmp(file->d_name, ".") == 0 || strcmp(file->d_name, "..") == 0)
            continue;
        count++;
        if (removing)
            CHECK(remove(scratch_path(file->d_name)) == 0);
    }
    closedir(files);
    return count;
}

void scratch_end(void)
{
    visit(true);
    CHECK(rmdir(folder) == 0);
}

const char *scratch_path(const char *name)
{
    static char paths[8][1024];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

size_t scratch_files(void)
{
    return visit(false);
}

scratch_bytes scratch_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    CHECK(file);
    CHECK(fseek(file, 0, SEEK_END) == 0);
    long size = ftell(file);
    CHECK(size >= 0);
    rewind(file);
    scratch_bytes bytes = {malloc((size_t)size + 1), (size_t)size};
    CHECK(bytes.data);
    CHECK(fread(bytes.data, 1, bytes.size, file) == bytes.size);
    fclose(file);
    return bytes;
}

void scratch_write(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    CHECK(file);
    CHECK(fwrite(data, 1, size, file) == size);
    CHECK(fclose(file) == 0);
}
