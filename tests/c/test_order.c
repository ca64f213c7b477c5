#include "check.h"

#include "base/rg_alloc.h"
#include "base/rg_limits.h"
#include "oracle.h"
#include "search/rg_order.h"

#include <stdlib.h>
#include <string.h>

/* The distribution of a list's ids. */
typedef enum spread {
    ANYWHERE,   /* evenly over the universe, in random order */
    DENSE,      /* half of a short stretch, in random order */
    FULL,       /* all of a stretch, in random order */
    AT_THE_TOP, /* like ANYWHERE, just below RG_FEATURES_MAX */
    CROWDED,    /* most in a few short ranges far apart */
    ASCENDING,
    DESCENDING,
    RUNS,          /* short ascending runs, like the cells of a grid */
    NEARLY_SORTED, /* ascending except the last two */
    SPREADS
} spread;

static const char *const spread_names[SPREADS] = {
    "anywhere",  "dense",      "full", "at the top",    "crowded",
    "ascending", "descending", "runs", "nearly sorted",
};

static void reverse(uint32_t *ids, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        uint32_t id = ids[i];
        ids[i] = ids[count - 1 - i];
        ids[count - 1 - i] = id;
    }
}

static void shuffle(sample_random *random, uint32_t *ids, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = sample_below(random, (uint32_t)i);
        uint32_t id = ids[i - 1];
        ids[i - 1] = ids[j];
        ids[j] = id;
    }
}

/* Distinct ids below `universe`; returns how many, at most `count`. */
static size_t draw(sample_random *random, spread how, uint32_t *ids, size_t count,
                   uint32_t *universe)
{
    uint32_t reach = *universe;
    if (how == DENSE)
        reach = (uint32_t)(2 * count + 1) < reach ? (uint32_t)(2 * count + 1) : reach;
    for (size_t i = 0; i < count; i++) {
        ids[i] = sample_below(random, reach);
        if (how == CROWDED && i % 16)
            ids[i] = (ids[i] & 3) * (reach / 4) + ids[i] % 997 * (uint32_t)(count / 997 + 1);
        if (how == CROWDED && ids[i] >= reach)
            ids[i] = reach - 1;
        if (how == FULL)
            ids[i] = i < reach ? (uint32_t)i : 0;
    }
    oracle_sort(ids, count);
    size_t distinct = 0;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || ids[i] != ids[i - 1])
            ids[distinct++] = ids[i];
    if (how == AT_THE_TOP) {
        for (size_t i = 0; i < distinct; i++)
            ids[i] += RG_FEATURES_MAX - *universe;
        *universe = RG_FEATURES_MAX;
    }
    if (how == DESCENDING)
        reverse(ids, distinct);
    else if (how == NEARLY_SORTED && distinct > 1)
        reverse(ids + distinct - 2, 2);
    else if (how != ASCENDING && how != NEARLY_SORTED)
        shuffle(random, ids, distinct);
    for (size_t at = 0; how == RUNS && at < distinct; at += 9)
        oracle_sort(ids + at, distinct - at < 9 ? distinct - at : 9);
    return distinct;
}

/* Checks that the sorted list has the same ids, ascending. */
static void check_order(spread how, size_t count, uint32_t universe, uint64_t seed)
{
    check_case("%zu ids %s below %u, seed %llu", count, spread_names[how], universe,
               (unsigned long long)seed);
    sample_random random = {seed};
    rg_ids ids;
    rg_ids_init(&ids, NULL, 0);
    CHECK(rg_ids_reserve(&ids, count) == RG_OK);
    ids.count = draw(&random, how, ids.items, count, &universe);
    uint32_t *sorted = malloc((ids.count + 1) * sizeof *sorted);
    CHECK(sorted);
    memcpy(sorted, ids.items, ids.count * sizeof *sorted);
    oracle_sort(sorted, ids.count);
    size_t drawn = ids.count;
    CHECK(rg_order_ids(&ids) == RG_OK);
    CHECK(ids.count == drawn);
    CHECK(memcmp(sorted, ids.items, drawn * sizeof *sorted) == 0);
    free(sorted);
    rg_ids_clear(&ids);
}

static void short_lists_are_sorted(void)
{
    static const uint32_t universes[] = {1, 2, 100, 1000, 1000000, RG_FEATURES_MAX};
    for (spread how = 0; how < SPREADS; how++)
        for (size_t i = 0; i < sizeof universes / sizeof *universes; i++)
            for (size_t count = 0; count < 150; count++)
                check_order(how, count, universes[i], count + 1000 * i);
}

static void long_lists_are_sorted(void)
{
    static const uint32_t universes[] = {300000, 10000000, RG_FEATURES_MAX};
    static const size_t counts[] = {255,  256,  257,  500,   1000,  2047,  2048,
                                    4095, 4096, 4097, 10000, 30000, 70000, 200000};
    for (spread how = 0; how < SPREADS; how++)
        for (size_t i = 0; i < sizeof universes / sizeof *universes; i++)
            for (size_t j = 0; j < sizeof counts / sizeof *counts; j++)
                check_order(how, counts[j], universes[i], j);
}

static void lists_of_random_length_are_sorted(void)
{
    sample_random random = {77};
    for (int round = 0; round < check_rounds(300); round++) {
        spread how = (spread)sample_below(&random, SPREADS);
        size_t count = sample_below(&random, 1u << sample_below(&random, 15));
        uint32_t universe = 1 + sample_below(&random, RG_FEATURES_MAX >> sample_below(&random, 28));
        check_order(how, count, universe, sample_bits(&random));
    }
}

typedef struct order_case {
    spread how;
    size_t count;
    uint32_t universe;
} order_case;

static bool order(void *context)
{
    const order_case *c = context;
    sample_random random = {1};
    uint32_t universe = c->universe;
    uint32_t *room = malloc((c->count + RG_IDS_SLACK) * sizeof *room);
    uint32_t *sorted = malloc((c->count + RG_IDS_SLACK) * sizeof *sorted);
    CHECK(room && sorted);
    rg_ids ids;
    rg_ids_init(&ids, room, c->count);
    ids.count = draw(&random, c->how, ids.items, c->count, &universe);
    memcpy(sorted, ids.items, ids.count * sizeof *sorted);
    oracle_sort(sorted, ids.count);
    rg_status status = rg_order_ids(&ids);
    CHECK(status == RG_OK || status == RG_ENOMEM);
    if (status == RG_ENOMEM) /* the same ids in any order */
        oracle_sort(ids.items, ids.count);
    CHECK(memcmp(sorted, ids.items, ids.count * sizeof *sorted) == 0);
    free(room);
    free(sorted);
    return status == RG_OK;
}

static void a_list_out_of_memory_keeps_its_ids(void)
{
    order_case cases[] = {{ANYWHERE, 50, 100000},      {ANYWHERE, 1000, 1000000},
                          {ANYWHERE, 100000, 1000000}, {ANYWHERE, 20000, RG_FEATURES_MAX},
                          {CROWDED, 5000, 10000000},   {CROWDED, 100000, RG_FEATURES_MAX},
                          {DENSE, 100000, 1000000},    {FULL, 100000, 1000000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_faults(order, &cases[i]);
}

void test_order(void)
{
    RUN(short_lists_are_sorted);
    RUN(long_lists_are_sorted);
    RUN(lists_of_random_length_are_sorted);
    RUN(a_list_out_of_memory_keeps_its_ids);
}
