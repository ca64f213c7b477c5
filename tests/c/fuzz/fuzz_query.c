/* Builds an index of any points, and compares its answers with a linear scan. */
#include "fuzz.h"

#include "../check.h"
#include "../oracle.h"

#include "rg_index.h"

#include <stdlib.h>
#include <string.h>

/* The first bytes of the input; boxes and points follow as in memory. */
typedef struct choices {
    uint8_t lat_shift; /* divides the distances of coordinates by a power of two */
    uint8_t lon_shift;
    uint8_t copies; /* of each point, each a step further: crowds from few bytes */
    uint8_t lat_step;
    uint8_t lon_step;
    uint8_t boxes;
} choices;

enum { POINTS_MAX = 4000, BOXES_MAX = 8 };

static rg_point shifted(rg_point point, const choices *choice)
{
    return (rg_point){point.lat_e7 >> choice->lat_shift % 32,
                      point.lon_e7 >> choice->lon_shift % 32};
}

static int32_t stepped(int32_t e7, uint32_t step, uint32_t times)
{
    int64_t moved = (int64_t)e7 + (int64_t)step * times;
    return (int32_t)(moved > INT32_MAX ? INT32_MAX : moved);
}

static sample_points points_from(const choices *choice, const uint8_t *data, size_t size)
{
    uint32_t copies = choice->copies % 128 + 1u;
    size_t given = size / sizeof(rg_point);
    if (given > POINTS_MAX / copies)
        given = POINTS_MAX / copies;
    uint32_t count = (uint32_t)given * copies;
    sample_points points = {malloc(count * sizeof(int32_t) + 1),
                            malloc(count * sizeof(int32_t) + 1), count};
    CHECK(points.lats_e7 && points.lons_e7);
    for (uint32_t id = 0; id < count; id++) {
        rg_point point;
        memcpy(&point, data + id / copies * sizeof point, sizeof point);
        point = shifted(point, choice);
        points.lats_e7[id] = stepped(point.lat_e7, choice->lat_step, id % copies);
        points.lons_e7[id] = stepped(point.lon_e7, choice->lon_step, id % copies);
    }
    return points;
}

static rg_index *build(const sample_points *points)
{
    rg_store *store = NULL;
    CHECK(rg_store_new(&store, points->count, 0) == RG_OK);
    for (uint32_t id = 0; id < points->count; id++) {
        rg_point location = {points->lats_e7[id], points->lons_e7[id]};
        CHECK(rg_store_add(store, location, "name", id % 5) == RG_OK);
    }
    rg_index *index = NULL;
    CHECK(rg_index_build(&index, store) == RG_OK);
    return index;
}

static void check_find(const rg_index *index, const sample_points *points, rg_point point)
{
    uint32_t id;
    int64_t expected = oracle_find(points, point);
    CHECK(rg_index_find(index, point, &id) == (expected >= 0));
    CHECK(expected < 0 || id == expected);
    int32_t found;
    rg_index_find_many(index, &point.lat_e7, &point.lon_e7, 1, &found);
    CHECK(found == expected);
}

static void check_query(const rg_index *index, const sample_points *points, rg_box box)
{
    static uint32_t expected[POINTS_MAX];
    size_t count = oracle_query(points, box, expected);
    rg_ids ids;
    rg_ids_init(&ids, NULL, 0);
    CHECK(rg_index_query(index, box, &ids) == RG_OK);
    CHECK(ids.count == count);
    CHECK(count == 0 || memcmp(ids.items, expected, count * sizeof *expected) == 0);
    rg_ids_clear(&ids);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    choices choice;
    if (size < sizeof choice)
        return 0;
    memcpy(&choice, data, sizeof choice);
    data += sizeof choice;
    size -= sizeof choice;
    size_t boxes = choice.boxes % (BOXES_MAX + 1);
    if (boxes > size / sizeof(rg_box))
        boxes = size / sizeof(rg_box);
    const uint8_t *point_data = data + boxes * sizeof(rg_box);
    sample_points points = points_from(&choice, point_data, size - boxes * sizeof(rg_box));
    rg_index *index = build(&points);
    rg_fault fault;
    CHECK(rg_index_check(index, &fault) == RG_OK);
    for (size_t i = 0; i < boxes; i++) {
        rg_box raw;
        memcpy(&raw, data + i * sizeof raw, sizeof raw);
        rg_box box = rg_box_from_corners(shifted(raw.lo, &choice), shifted(raw.hi, &choice));
        check_query(index, &points, box);
        check_find(index, &points, box.lo);
    }
    for (uint32_t id = 0; id < points.count; id += points.count / 16 + 1) {
        rg_point point = {points.lats_e7[id], points.lons_e7[id]};
        check_find(index, &points, point);
        check_query(index, &points, (rg_box){point, point});
    }
    rg_index_free(index);
    free(points.lats_e7);
    free(points.lons_e7);
    return 0;
}
