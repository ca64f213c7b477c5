#include "check.h"

#include "oracle.h"
#include "search/rg_table.h"

/* Returns the expected answer: the first id at the point, or -1. */
static int64_t found(const rg_table *table, rg_point point)
{
    uint32_t id = UINT32_MAX;
    return rg_table_find(table, point, &id) ? (int64_t)id : -1;
}

static uint32_t distinct_points(const sample_points *points, uint32_t count)
{
    uint32_t distinct = 0;
    for (uint32_t id = 0; id < count; id++)
        distinct += oracle_find(points, (rg_point){points->lats_e7[id], points->lons_e7[id]}) == id;
    return distinct;
}

static void check_table(sample_shape shape, uint32_t count, uint64_t seed)
{
    check_case("%s, %u points, seed %llu", sample_shape_name(shape), count,
               (unsigned long long)seed);
    sample_points points = sample_points_new(shape, count, seed);
    rg_table *table = NULL;
    CHECK(rg_table_build(&table, points.lats_e7, points.lons_e7, count) == RG_OK);
    CHECK(rg_table_size(table) > 0);
    CHECK(rg_table_point_count(table) == distinct_points(&points, count));
    sample_random random = {seed};
    for (int i = 0; i < 100; i++) {
        rg_point point = sample_box(&random, &points).lo;
        CHECK(found(table, point) == oracle_find(&points, point));
        if (count) {
            uint32_t id = sample_below(&random, count);
            point = (rg_point){points.lats_e7[id], points.lons_e7[id]};
            CHECK(found(table, point) == oracle_find(&points, point));
            point = (rg_point){point.lon_e7, point.lat_e7};
            CHECK(found(table, point) == oracle_find(&points, point));
        }
    }
    rg_table_free(table);
    sample_points_free(&points);
}

static void lookups_match_a_scan(void)
{
    static const uint32_t counts[] = {0, 1, 2, 3, 4, 5, 6, 7, 10, 63, 100, 1000, 5000};
    for (sample_shape shape = 0; shape < SAMPLE_SHAPES; shape++)
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            for (int round = 0; round < check_rounds(2); round++)
                check_table(shape, counts[i], (uint64_t)round);
}

/* Every point of a larger set finds itself or an earlier one at the same point. */
static void every_point_is_found(void)
{
    for (sample_shape shape = 0; shape < SAMPLE_SHAPES; shape++) {
        enum { COUNT = 30000 };
        sample_points points = sample_points_new(shape, COUNT, 9);
        rg_table *table = NULL;
        CHECK(rg_table_build(&table, points.lats_e7, points.lons_e7, COUNT) == RG_OK);
        for (uint32_t id = 0; id < COUNT; id++) {
            check_case("%s, id %u", sample_shape_name(shape), id);
            rg_point point = {points.lats_e7[id], points.lons_e7[id]};
            int64_t first = found(table, point);
            CHECK(first >= 0 && first <= id);
            CHECK(points.lats_e7[first] == point.lat_e7 && points.lons_e7[first] == point.lon_e7);
        }
        rg_table_free(table);
        sample_points_free(&points);
    }
}

/* Batches of all sizes around the number of buckets fetched ahead; half of the points have a
 * feature. */
static void batches_match_single_lookups(void)
{
    enum { COUNT = 3000 };
    static int32_t lats_e7[COUNT], lons_e7[COUNT], ids[COUNT];
    for (sample_shape shape = 0; shape < SAMPLE_SHAPES; shape++) {
        check_case("%s", sample_shape_name(shape));
        sample_points points = sample_points_new(shape, COUNT / 2, 11);
        rg_table *table = NULL;
        CHECK(rg_table_build(&table, points.lats_e7, points.lons_e7, COUNT / 2) == RG_OK);
        sample_random random = {3};
        for (uint32_t i = 0; i < COUNT; i++) {
            uint32_t id = sample_below(&random, COUNT / 2);
            bool there = sample_below(&random, 2);
            lats_e7[i] = there ? points.lats_e7[id] : sample_box(&random, &points).lo.lat_e7;
            lons_e7[i] = points.lons_e7[id];
        }
        for (size_t count = 0; count <= COUNT; count += count < 100 ? 1 : COUNT - 100) {
            rg_table_find_many(table, lats_e7, lons_e7, count, ids);
            for (size_t i = 0; i < count; i++)
                CHECK(ids[i] == found(table, (rg_point){lats_e7[i], lons_e7[i]}));
        }
        rg_table_free(table);
        sample_points_free(&points);
    }
}

/* Many copies of points that are not in their home bucket, so that the list of late points fills;
 * some are two or three buckets further. */
static void batches_of_late_points_match_single_lookups(void)
{
    enum { COUNT = 3000, COPIES = 300 };
    static int32_t lats_e7[COPIES], lons_e7[COPIES], ids[COPIES];
    sample_points points = sample_points_new(SAMPLE_EARTH, COUNT, 12);
    rg_table *table = NULL;
    CHECK(rg_table_build(&table, points.lats_e7, points.lons_e7, COUNT) == RG_OK);
    for (uint32_t id = 0; id < COUNT; id++)
        for (int32_t off = 0; off < 2; off++) {
            rg_point point = {points.lats_e7[id] ^ off, points.lons_e7[id]};
            for (size_t i = 0; i < COPIES; i++) {
                lats_e7[i] = point.lat_e7;
                lons_e7[i] = point.lon_e7;
                ids[i] = -2;
            }
            rg_table_find_many(table, lats_e7, lons_e7, COPIES, ids);
            int64_t expected = found(table, point);
            for (size_t i = 0; i < COPIES; i++)
                CHECK(ids[i] == expected);
        }
    rg_table_free(table);
    sample_points_free(&points);
}

static bool build(void *context)
{
    const sample_points *points = context;
    rg_table *table = NULL;
    rg_status status = rg_table_build(&table, points->lats_e7, points->lons_e7, points->count);
    CHECK(status == RG_OK || status == RG_ENOMEM);
    CHECK((table != NULL) == (status == RG_OK));
    rg_table_free(table);
    return status == RG_OK;
}

static void building_a_table_returns_enomem(void)
{
    sample_points points = sample_points_new(SAMPLE_CLUSTERS, 5000, 1);
    check_faults(build, &points);
    sample_points_free(&points);
}

void test_table(void)
{
    RUN(lookups_match_a_scan);
    RUN(every_point_is_found);
    RUN(batches_match_single_lookups);
    RUN(batches_of_late_points_match_single_lookups);
    RUN(building_a_table_returns_enomem);
}
