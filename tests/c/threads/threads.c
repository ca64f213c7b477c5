/* Shares one index among threads, for the thread sanitizer. Usage: threads [planted]
 *
 * Each thread calls all functions and compares the answers with those of a single thread; some save
 * the index meanwhile. `planted` adds a race, a list of ids that all threads write to, to show that
 * the sanitizer detects it. */
#define _POSIX_C_SOURCE 200809L

#include "../check.h"
#include "../sample_index.h"

#include "geo/rg_geo_batch.h"
#include "rg_snapshot.h"
#include "rg_trip.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 6, ROUNDS = 10, QUESTIONS = 40, FEATURES = 20000, NEAREST = 10 };

typedef struct answers {
    rg_ids boxed[QUESTIONS];
    rg_ids across[QUESTIONS];
    rg_hits near[QUESTIONS];
    rg_hits around[QUESTIONS];
    size_t counts[QUESTIONS];
    int32_t found[QUESTIONS];
    double length_m;
    double travelled_m;
    uint64_t fingerprint;
} answers;

typedef struct shared {
    const rg_index *index;
    rg_box boxes[QUESTIONS];
    int32_t lats_e7[QUESTIONS]; /* of features and of points beside them */
    int32_t lons_e7[QUESTIONS];
    answers expected;
    bool planted;
} shared;

/* The planted race: a list that all threads use. */
static rg_ids scratch_of_all;

static void ask(const shared *with, answers *got)
{
    const rg_index *index = with->index;
    rg_trip trip = {0};
    for (int i = 0; i < QUESTIONS; i++) {
        rg_box box = with->boxes[i];
        rg_point place = {with->lats_e7[i], with->lons_e7[i]};
        uint32_t id;
        rg_ids_init(&got->boxed[i], NULL, 0);
        rg_ids_init(&got->across[i], NULL, 0);
        rg_hits_init(&got->near[i], NULL, NULL, 0);
        rg_hits_init(&got->around[i], NULL, NULL, 0);
        CHECK(rg_index_query(index, box, &got->boxed[i]) == RG_OK);
        CHECK(rg_index_query_box(index, (rg_point){box.lo.lat_e7, box.hi.lon_e7},
                                 (rg_point){box.hi.lat_e7, box.lo.lon_e7},
                                 &got->across[i]) == RG_OK);
        CHECK(rg_index_query_count(&got->counts[i], index, box) == RG_OK);
        CHECK(rg_index_query_is_long(rg_index_query_bound(index, box)) ||
              got->counts[i] < FEATURES);
        CHECK(rg_index_nearest(index, place, NEAREST, INFINITY, &got->near[i]) == RG_OK);
        CHECK(rg_index_nearest(index, place, SIZE_MAX, 20000, &got->around[i]) == RG_OK);
        CHECK(!rg_index_find(index, place, &id) || id < FEATURES);
        rg_trip_visit(&trip, index, place);
    }
    rg_index_find_many(index, with->lats_e7, with->lons_e7, QUESTIONS, got->found);
    got->length_m = rg_path_length_m(with->lats_e7, with->lons_e7, QUESTIONS);
    got->travelled_m = trip.distance_m;
    got->fingerprint = rg_index_fingerprint(index);
}

static void check_same_ids(const rg_ids *ids, const rg_ids *expected)
{
    CHECK(ids->count == expected->count);
    CHECK(ids->count == 0 ||
          memcmp(ids->items, expected->items, ids->count * sizeof *ids->items) == 0);
}

static void check_same_hits(const rg_hits *hits, const rg_hits *expected)
{
    CHECK(hits->count == expected->count);
    for (size_t i = 0; i < hits->count; i++)
        CHECK(hits->ids[i] == expected->ids[i] && hits->distances_m[i] == expected->distances_m[i]);
}

static void compare(const answers *got, const answers *expected)
{
    for (int i = 0; i < QUESTIONS; i++) {
        check_same_ids(&got->boxed[i], &expected->boxed[i]);
        check_same_ids(&got->across[i], &expected->across[i]);
        check_same_hits(&got->near[i], &expected->near[i]);
        check_same_hits(&got->around[i], &expected->around[i]);
        CHECK(got->counts[i] == got->boxed[i].count);
    }
    CHECK(memcmp(got->found, expected->found, sizeof got->found) == 0);
    CHECK(got->length_m == expected->length_m && got->travelled_m == expected->travelled_m);
    CHECK(got->fingerprint == expected->fingerprint);
}

static void answers_clear(answers *got)
{
    for (int i = 0; i < QUESTIONS; i++) {
        rg_ids_clear(&got->boxed[i]);
        rg_ids_clear(&got->across[i]);
        rg_hits_clear(&got->near[i]);
        rg_hits_clear(&got->around[i]);
    }
}

typedef struct worker {
    pthread_t thread;
    const shared *with;
    const char *path; /* where to save again and again; NULL for a reader */
} worker;

static void save_and_reopen(const worker *self)
{
    rg_fault fault;
    rg_index *again = NULL;
    rg_slice metadata = {(const uint8_t *)"threads", 7};
    CHECK(rg_snapshot_save(self->with->index, self->path, metadata, &fault) == RG_OK);
    CHECK(rg_snapshot_open(&again, self->path, true, true, &fault) == RG_OK);
    CHECK(rg_store_count(rg_index_store(again)) == FEATURES);
    rg_index_free(again);
}

static void *work(void *argument)
{
    const worker *self = argument;
    answers got;
    for (int round = 0; round < ROUNDS; round++) {
        if (self->path && round % 5 == 0)
            save_and_reopen(self);
        if (self->with->planted) {
            scratch_of_all.count = 0;
            CHECK(rg_index_query(self->with->index, self->with->boxes[round], &scratch_of_all) ==
                  RG_OK);
        }
        ask(self->with, &got);
        compare(&got, &self->with->expected);
        answers_clear(&got);
    }
    return NULL;
}

static void check_sharing(const rg_index *index, const rg_index *same, bool planted)
{
    static shared with;
    worker workers[THREADS];
    sample_random random = {11};
    const rg_store *store = rg_index_store(index);
    sample_points points = {(int32_t *)rg_store_lats_e7(store), (int32_t *)rg_store_lons_e7(store),
                            rg_store_count(store)};
    with = (shared){.planted = planted};
    for (int i = 0; i < QUESTIONS; i++) {
        rg_point place = rg_store_location(store, sample_below(&random, FEATURES));
        with.boxes[i] = sample_box(&random, &points);
        with.lats_e7[i] = place.lat_e7 - (place.lat_e7 > 0 ? i % 2 : 0);
        with.lons_e7[i] = place.lon_e7;
    }
    /* From another index, so that the threads are the first readers of this one. */
    with.index = same;
    ask(&with, &with.expected);
    with.index = index;
    for (int i = 0; i < THREADS; i++) {
        char name[] = {'a', '\0'};
        name[0] = (char)(name[0] + i / 2);
        /* Two threads save to each path. */
        workers[i] = (worker){.with = &with, .path = i < 4 ? scratch_path(name) : NULL};
    }
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(workers[i].thread, NULL) == 0);
    answers_clear(&with.expected);
}

static rg_index *opened(const rg_index *index, bool map)
{
    rg_index *same = NULL;
    rg_fault fault;
    const char *path = scratch_path("shared.rgx");
    CHECK(rg_snapshot_save(index, path, (rg_slice){(const uint8_t *)"", 0}, &fault) == RG_OK);
    CHECK(rg_snapshot_open(&same, path, true, map, &fault) == RG_OK);
    return same;
}

/* Enough features for two threads to build, save and verify the index. */
static void check_building_and_opening(void)
{
    enum { MANY = 150000 };
    rg_index *index = sample_index_new(SAMPLE_EARTH, MANY, 1), *same = opened(index, true);
    CHECK(rg_store_count(rg_index_store(same)) == MANY);
    rg_index_free(same);
    rg_index_free(index);
}

int main(int argc, char **argv)
{
    bool planted = argc > 1 && strcmp(argv[1], "planted") == 0;
    scratch_begin();
    rg_index *built = sample_index_new(SAMPLE_CLUSTERS, FEATURES, 1);
    rg_index *same = sample_index_new(SAMPLE_CLUSTERS, FEATURES, 1);
    rg_index *mapped = opened(same, true), *read = opened(same, false);
    check_sharing(built, same, planted);
    check_sharing(mapped, same, false);
    check_sharing(read, same, false);
    rg_index_free(same);
    rg_index_free(read);
    rg_index_free(mapped);
    rg_index_free(built);
    check_building_and_opening();
    scratch_end();
    printf("ok  %d threads on an index that was built, mapped or read\n", THREADS);
    return 0;
}
