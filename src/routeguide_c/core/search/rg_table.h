/* rg_table: the first feature in database order at exactly a point, by a hash table.
 *
 * Ownership: the table owns its memory; it copies the coordinates that it is built from. A view
 * borrows its memory.
 * Threads: immutable once built; any number of readers.
 * Cost: build O(n), 17 to 21 bytes a distinct point; a lookup one cache miss on average.
 */
#ifndef RG_TABLE_H
#define RG_TABLE_H

#include "base/rg_sections.h"
#include "base/rg_status.h"
#include "geo/rg_point.h"

#include <stddef.h>

typedef struct rg_table rg_table;

/* Point i has id i; of several ids at one point the lowest is kept. */
rg_status rg_table_build(rg_table **out, const int32_t *lats_e7, const int32_t *lons_e7,
                         uint32_t count);

/* Accepts NULL. */
void rg_table_free(rg_table *table);

/* True, and the id, where a feature is at the point. */
bool rg_table_find(const rg_table *table, rg_point point, uint32_t *id);

/* The same for many points: ids[i] answers point i, -1 where there is no feature. Cost: less than
 * so many single look-ups, since each one's memory is fetched while earlier ones are answered. */
void rg_table_find_many(const rg_table *table, const int32_t *lats_e7, const int32_t *lons_e7,
                        size_t count, int32_t *ids);

/* How many distinct points there are; of a view that was not checked, some number. Cost: one pass
 * over the table. */
uint64_t rg_table_point_count(const rg_table *table);

/* Bytes that the table occupies. */
size_t rg_table_size(const rg_table *table);

/* Enters the table's array. */
void rg_table_list(const rg_table *table, rg_sections *sections);

/* A table that reads its section where it lies, which is longer than it lives. RG_ECORRUPT where
 * its size is impossible; what is in it is not looked at. */
rg_status rg_table_view(rg_table **out, const rg_sections *sections, rg_fault *fault);

/* RG_ECORRUPT unless every id is one of a feature and every look-up ends. Cost: one pass. */
rg_status rg_table_check(const rg_table *table, rg_fault *fault);

#endif
