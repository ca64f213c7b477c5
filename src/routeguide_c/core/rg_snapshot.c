#include "rg_snapshot.h"

#include "base/rg_checksum.h"
#include "base/rg_file.h"
#include "base/rg_limits.h"
#include "base/rg_parallel.h"

#include <stdatomic.h>
#include <string.h>

enum {
    VERSION = 1,
    BYTE_ORDER = 0x01020304,
    ALIGNMENT = 64,
    WORTH_A_THREAD = 8 << 20, /* bytes of a file from which two threads are faster */
};

/* The first byte is not text, and line ends follow, so that a transfer as text damages it visibly.
 */
static const uint8_t magic[8] = {0x89, 'R', 'G', 'X', '\r', '\n', 0x1a, '\n'};

typedef struct file_section {
    uint32_t kind;     /* an rg_section */
    uint32_t checksum; /* of its bytes and the padding zeros */
    uint64_t offset;
    uint64_t size;
} file_section;

typedef struct file_header {
    uint8_t magic[8];
    uint32_t byte_order;
    uint32_t version;
    uint64_t file_size;
    uint32_t feature_count;
    uint32_t section_count;
    rg_box bounds;
    file_section sections[RG_SECTION_COUNT];
    uint64_t fingerprint; /* of the features: rg_fingerprint of the store blob; 0: not known */
    uint8_t reserved[36]; /* zeros */
    uint32_t checksum;    /* of all bytes before it */
} file_header;

_Static_assert(sizeof(file_header) == 384, "the header has the same size everywhere");
_Static_assert(sizeof(file_header) % ALIGNMENT == 0, "the first section follows it");

static const char header_name[] = "header";
static const uint8_t zeros[ALIGNMENT] = {0};

static uint64_t aligned(uint64_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static uint32_t header_checksum(const file_header *header)
{
    return rg_crc32c(0, header, offsetof(file_header, checksum));
}

static size_t padding_of(const file_section *entry)
{
    return (size_t)(aligned(entry->size) - entry->size);
}

/* Sets the positions of the sections. */
static void lay_out(file_header *header, const rg_sections *sections)
{
    *header = (file_header){
        .byte_order = BYTE_ORDER,
        .version = VERSION,
        .feature_count = sections->feature_count,
        .section_count = RG_SECTION_COUNT,
        .bounds = {.lo = {sections->bounds_e7[0], sections->bounds_e7[1]},
                   .hi = {sections->bounds_e7[2], sections->bounds_e7[3]}},
    };
    memcpy(header->magic, magic, sizeof magic);
    uint64_t offset = sizeof *header;
    for (uint32_t kind = 0; kind < RG_SECTION_COUNT; kind++) {
        uint64_t size = sections->of[kind].size;
        header->sections[kind] = (file_section){.kind = kind, .offset = offset, .size = size};
        offset += aligned(size);
    }
    header->file_size = offset;
}

/* The state that two threads share while a file is saved. Both read the positions of the sections
 * from the header. Only one sets the checksums and the fingerprint in it, only the other the last
 * two fields. */
typedef struct saving {
    const rg_index *index;
    const rg_sections *sections;
    file_header *header;
    rg_file_writer *writer;
    rg_status status; /* of the writing */
    rg_fault fault;
} saving;

/* Sets the checksums of the sections and the fingerprint. */
static void digest_sections(void *context)
{
    saving *work = context;
    for (uint32_t kind = 0; kind < RG_SECTION_COUNT; kind++) {
        file_section *entry = &work->header->sections[kind];
        uint32_t checksum = rg_crc32c(0, work->sections->of[kind].data, (size_t)entry->size);
        entry->checksum = rg_crc32c(checksum, zeros, padding_of(entry));
    }
    work->header->fingerprint = rg_index_fingerprint(work->index);
}

/* Writes all sections and their padding. */
static void write_sections(void *context)
{
    saving *work = context;
    for (uint32_t kind = 0; kind < RG_SECTION_COUNT && work->status == RG_OK; kind++) {
        const file_section *entry = &work->header->sections[kind];
        work->status = rg_file_write(work->writer, entry->offset, work->sections->of[kind].data,
                                     (size_t)entry->size, &work->fault);
        if (work->status == RG_OK)
            work->status = rg_file_write(work->writer, entry->offset + entry->size, zeros,
                                         padding_of(entry), &work->fault);
    }
}

/* Writes the header last, so that an unfinished file has none. */
static rg_status write_all(rg_file_writer *writer, const rg_index *index,
                           const rg_sections *sections, rg_fault *fault)
{
    file_header header;
    lay_out(&header, sections);
    saving work = {.index = index, .sections = sections, .header = &header, .writer = writer};
    if (header.file_size < WORTH_A_THREAD) {
        write_sections(&work);
        digest_sections(&work);
    } else {
        rg_parallel_two(write_sections, &work, digest_sections, &work);
    }
    if (work.status != RG_OK) {
        *fault = work.fault;
        return work.status;
    }
    header.checksum = header_checksum(&header);
    return rg_file_write(writer, 0, &header, sizeof header, fault);
}

rg_status rg_snapshot_save(const rg_index *index, const char *path, rg_slice metadata,
                           rg_fault *fault)
{
    if (metadata.size > RG_METADATA_MAX)
        return RG_EMETADATA;
    rg_sections sections;
    rg_index_list(index, &sections);
    sections.of[RG_SECTION_METADATA] = metadata;
    rg_file_writer writer;
    rg_status status = rg_file_begin(&writer, path, fault);
    if (status != RG_OK)
        return status;
    status = write_all(&writer, index, &sections, fault);
    if (status == RG_OK)
        return rg_file_commit(&writer, fault);
    rg_file_abandon(&writer);
    return status;
}

/* Checks the header except the sizes of the sections, which the parts of the index check. */
static rg_status check_header(const file_header *header, uint64_t file_size, rg_fault *fault)
{
    if (memcmp(header->magic, magic, sizeof magic) != 0)
        return rg_fault_corrupt(fault, header_name, "it is not the header of a snapshot");
    if (header->byte_order != BYTE_ORDER)
        return rg_fault_corrupt(fault, header_name, "it has the byte order of another machine");
    if (header->version != VERSION) {
        *fault = (rg_fault){.version = header->version};
        return RG_EVERSION;
    }
    if (header->checksum != header_checksum(header))
        return rg_fault_corrupt(fault, header_name, "its checksum does not match");
    if (header->file_size != file_size)
        return rg_fault_corrupt(fault, "file", "it is not as long as its header says");
    if (header->section_count != RG_SECTION_COUNT || header->feature_count > RG_FEATURES_MAX)
        return rg_fault_corrupt(fault, header_name, "its counts are impossible");
    if (!rg_box_has_point(header->bounds, header->bounds.lo))
        return rg_fault_corrupt(fault, header_name, "its bounds are impossible");
    if (header->sections[RG_SECTION_METADATA].size > RG_METADATA_MAX)
        return rg_section_corrupt(fault, RG_SECTION_METADATA, "it is too large");
    uint64_t offset = sizeof *header;
    for (uint32_t kind = 0; kind < RG_SECTION_COUNT; kind++) {
        const file_section *entry = &header->sections[kind];
        if (entry->kind != kind || entry->offset != offset || entry->size > file_size - offset ||
            aligned(entry->size) > file_size - offset)
            return rg_section_corrupt(fault, (rg_section)kind, "it is out of place");
        offset += aligned(entry->size);
    }
    if (offset != file_size)
        return rg_fault_corrupt(fault, header_name, "its sections do not fill the file");
    return RG_OK;
}

/* The jobs of a verification: the parts of the index, and the checksums of the sections. */
enum { JOBS = RG_INDEX_PARTS + RG_SECTION_COUNT };

static int job_of_section(rg_section section)
{
    return RG_INDEX_PARTS + (int)section;
}

typedef struct verification {
    const file_header *header;
    const rg_region *region;
    const rg_index *index;
    int order[JOBS];        /* of the jobs */
    atomic_int next;        /* position in `order` of the next job to start */
    rg_status status[JOBS]; /* by job */
    rg_fault fault[JOBS];
} verification;

static rg_status check_checksum(const file_header *header, const rg_region *region,
                                rg_section section, rg_fault *fault)
{
    const file_section *entry = &header->sections[section];
    if (rg_crc32c(0, region->data + entry->offset, (size_t)aligned(entry->size)) != entry->checksum)
        return rg_section_corrupt(fault, section, "its checksum does not match");
    return RG_OK;
}

/* Does one job after the other, until none is left. */
static void verify_jobs(void *context)
{
    verification *work = context;
    for (int at; (at = atomic_fetch_add(&work->next, 1)) < JOBS;) {
        int job = work->order[at];
        if (job < RG_INDEX_PARTS)
            work->status[job] =
                rg_index_check_part(work->index, (rg_index_part)job, &work->fault[job]);
        else
            work->status[job] = check_checksum(
                work->header, work->region, (rg_section)(job - RG_INDEX_PARTS), &work->fault[job]);
    }
}

/* Puts the longest jobs first, so that two threads end at about the same time. */
static void put_in_order(verification *work)
{
    const int longest[] = {job_of_section(RG_SECTION_STORE_BLOB), RG_INDEX_GRID};
    int count = 0;
    work->order[count++] = longest[0];
    work->order[count++] = longest[1];
    for (int job = 0; job < JOBS; job++)
        if (job != longest[0] && job != longest[1])
            work->order[count++] = job;
}

/* Verifies a file, a large one in two threads. A wrong checksum is reported before its effects on
 * the index, because it names the damaged section. */
static rg_status verify_all(const file_header *header, const rg_region *region,
                            const rg_index *index, rg_fault *fault)
{
    verification work = {.header = header, .region = region, .index = index};
    put_in_order(&work);
    if (region->size < WORTH_A_THREAD)
        verify_jobs(&work);
    else
        rg_parallel_two(verify_jobs, &work, verify_jobs, &work);
    for (int i = 0; i < JOBS; i++) {
        int job = (RG_INDEX_PARTS + i) % JOBS; /* checksums before parts of the index */
        if (work.status[job] != RG_OK) {
            *fault = work.fault[job];
            return work.status[job];
        }
    }
    return RG_OK;
}

static rg_sections sections_in(const file_header *header, const rg_region *region)
{
    rg_sections sections = {
        .feature_count = header->feature_count,
        .bounds_e7 = {header->bounds.lo.lat_e7, header->bounds.lo.lon_e7, header->bounds.hi.lat_e7,
                      header->bounds.hi.lon_e7},
        .fingerprint = header->fingerprint,
    };
    for (uint32_t kind = 0; kind < RG_SECTION_COUNT; kind++) {
        const file_section *entry = &header->sections[kind];
        sections.of[kind] = (rg_slice){region->data + entry->offset, (size_t)entry->size};
    }
    return sections;
}

/* Reads the header into memory before the rest, so that nothing is mapped or allocated for a file
 * that is not a snapshot, and a process that writes to the file cannot change the header after its
 * check. */
static rg_status load(file_header *header, rg_region *region, const char *path, bool map,
                      rg_fault *fault)
{
    rg_file_reader reader;
    rg_status status = rg_file_open(&reader, path, fault);
    if (status != RG_OK)
        return status;
    if (reader.size == 0)
        status = rg_fault_corrupt(fault, "file", "it is empty");
    else if (reader.size < sizeof *header)
        status = rg_fault_corrupt(fault, "file", "it is too short to be a snapshot");
    else
        status = rg_file_read(&reader, 0, header, sizeof *header, fault);
    if (status == RG_OK)
        status = check_header(header, reader.size, fault);
    if (status == RG_OK)
        status = rg_region_load(region, &reader, map, fault);
    rg_file_close(&reader);
    return status;
}

rg_status rg_snapshot_open(rg_index **out, const char *path, bool verify, bool map, rg_fault *fault)
{
    file_header header;
    rg_region region;
    rg_status status = load(&header, &region, path, map, fault);
    if (status != RG_OK)
        return status;
    rg_sections sections = sections_in(&header, &region);
    rg_index *index = NULL;
    status = rg_index_view(&index, &sections, region, fault);
    if (status == RG_OK && verify)
        status = verify_all(&header, &region, index, fault);
    if (status != RG_OK) {
        rg_index_free(index);
        return status;
    }
    *out = index;
    return RG_OK;
}
