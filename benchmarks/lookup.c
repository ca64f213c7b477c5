/* Compares the hash table with the grid for exact look-ups. Run by `make bench-lookup`.
 *
 * Prints nanoseconds a look-up on the same random points, median and quartiles of rounds in which
 * the two alternate, after comparing their answers.
 */
#define _POSIX_C_SOURCE 199309L

#include "base/rg_alloc.h"
#include "search/rg_grid.h"
#include "search/rg_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 21, LOOKUPS = 200000 };

static uint64_t state = 20151;

/* xorshift64*, Vigna 2016: "An experimental exploration of Marsaglia's xorshift generators". */
static uint32_t random_below(uint32_t limit)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)(((state * UINT64_C(2685821657736338717) >> 32) * limit) >> 32);
}

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static bool grid_find(const rg_grid *grid, rg_point point, uint32_t *id)
{
    uint32_t room[64 + RG_IDS_SLACK];
    rg_ids ids;
    rg_ids_init(&ids, room, 64);
    if (rg_grid_query(grid, (rg_box){point, point}, &ids) != RG_OK)
        abort();
    *id = UINT32_MAX;
    for (size_t i = 0; i < ids.count; i++)
        if (ids.items[i] < *id)
            *id = ids.items[i];
    bool found = ids.count > 0;
    rg_ids_clear(&ids);
    return found;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_row(uint32_t count, const char *points, const char *structure, double *ns)
{
    qsort(ns, ROUNDS, sizeof *ns, by_value);
    printf("%9u  %-6s  %-5s  %7.1f  %7.1f  %7.1f\n", count, points, structure, ns[ROUNDS / 4],
           ns[ROUNDS / 2], ns[3 * ROUNDS / 4]);
}

static void measure(uint32_t count, const rg_grid *grid, const rg_table *table,
                    const rg_point *points, uint32_t point_count, const char *label)
{
    static double grid_ns[ROUNDS], table_ns[ROUNDS];
    uint64_t grid_sum = 0, table_sum = 0;
    for (int round = -1; round < ROUNDS; round++) { /* round -1 warms up */
        uint32_t first = random_below(point_count - LOOKUPS + 1), id;
        double began = now_ns();
        for (uint32_t i = 0; i < LOOKUPS; i++)
            if (grid_find(grid, points[first + i], &id))
                grid_sum += id;
        double between = now_ns();
        for (uint32_t i = 0; i < LOOKUPS; i++)
            if (rg_table_find(table, points[first + i], &id))
                table_sum += id;
        if (round >= 0) {
            grid_ns[round] = (between - began) / LOOKUPS;
            table_ns[round] = (now_ns() - between) / LOOKUPS;
        }
    }
    if (grid_sum != table_sum)
        abort();
    print_row(count, label, "table", table_ns);
    print_row(count, label, "grid", grid_ns);
}

static void run(uint32_t count)
{
    enum { POINTS = 2 * LOOKUPS };
    int32_t *lats_e7 = rg_alloc(count, sizeof *lats_e7);
    int32_t *lons_e7 = rg_alloc(count, sizeof *lons_e7);
    rg_point *hits = rg_alloc(POINTS, sizeof *hits), *misses = rg_alloc(POINTS, sizeof *misses);
    rg_grid *grid;
    rg_table *table;
    if (!lats_e7 || !lons_e7 || !hits || !misses)
        abort();
    for (uint32_t i = 0; i < count; i++) {
        lats_e7[i] = (int32_t)random_below(1800000001) - 900000000;
        lons_e7[i] = (int32_t)((int64_t)random_below(3600000001) - 1800000000);
    }
    for (uint32_t i = 0; i < POINTS; i++) {
        uint32_t id = random_below(count);
        hits[i] = (rg_point){lats_e7[id], lons_e7[id]};
        misses[i] = (rg_point){lats_e7[id] ^ 1, lons_e7[id]};
    }
    if (rg_grid_build(&grid, lats_e7, lons_e7, count) != RG_OK ||
        rg_table_build(&table, lats_e7, lons_e7, count) != RG_OK)
        abort();
    measure(count, grid, table, hits, POINTS, "hits");
    measure(count, grid, table, misses, POINTS, "misses");
    printf("%9u  bytes a feature: table %.1f, grid %.1f\n", count,
           (double)rg_table_size(table) / count, (double)rg_grid_size(grid) / count);
    rg_table_free(table);
    rg_grid_free(grid);
    rg_free(lats_e7);
    rg_free(lons_e7);
    rg_free(hits);
    rg_free(misses);
}

int main(void)
{
    printf("%9s  %-6s  %-5s  %7s  %7s  %7s  (ns a look-up)\n", "features", "points", "by", "25%",
           "median", "75%");
    for (uint32_t count = 100; count <= 10000000; count *= count < 10000 ? 100 : 10)
        run(count);
    return 0;
}
