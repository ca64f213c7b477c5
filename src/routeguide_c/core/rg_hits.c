#include "rg_hits.h"

#include "rg_alloc.h"

#include <stdbool.h>
#include <string.h>

enum {
    FEW = 24,           /* as many are sorted by insertion */
    BUCKETS_MAX = 1024, /* of a counting pass */
};

void rg_hits_init(rg_hits *hits, rg_hit *room, size_t capacity)
{
    *hits = (rg_hits){.items = room, .capacity = capacity, .lent = room};
}

rg_status rg_hits_reserve(rg_hits *hits, size_t more)
{
    if (more <= hits->capacity - hits->count)
        return RG_OK;
    if (more > SIZE_MAX / sizeof *hits->items / 4 - hits->capacity)
        return RG_ENOMEM;
    size_t capacity = hits->count + more;
    if (capacity < 2 * hits->capacity)
        capacity = 2 * hits->capacity;
    rg_hit *items = rg_alloc(capacity, sizeof *items);
    if (!items)
        return RG_ENOMEM;
    if (hits->count)
        memcpy(items, hits->items, hits->count * sizeof *items);
    if (hits->items != hits->lent)
        rg_free(hits->items);
    hits->items = items;
    hits->capacity = capacity;
    return RG_OK;
}

void rg_hits_clear(rg_hits *hits)
{
    if (hits->items != hits->lent)
        rg_free(hits->items);
    rg_hits_init(hits, NULL, 0);
}

static void swap(rg_hit *a, rg_hit *b)
{
    rg_hit kept = *a;
    *a = *b;
    *b = kept;
}

/* Quickselect with pivots drawn by a generator, so that no order of the items is a bad one. */
void rg_hits_select(rg_hits *hits, size_t nearest)
{
    rg_hit *items = hits->items;
    size_t lo = 0, hi = hits->count, wanted = nearest - 1;
    uint32_t random = 1;
    while (hi - lo > 1) {
        random = random * 1664525 + 1013904223;
        double pivot = items[lo + (size_t)(((uint64_t)random * (hi - lo)) >> 32)].distance_m;
        /* Less than the pivot before `less`, more than it from `more` on. */
        size_t less = lo, more = hi, i = lo;
        while (i < more) {
            if (items[i].distance_m < pivot)
                swap(&items[i++], &items[less++]);
            else if (items[i].distance_m > pivot)
                swap(&items[i], &items[--more]);
            else
                i++;
        }
        if (wanted < less)
            hi = less;
        else if (wanted >= more)
            lo = more;
        else
            return;
    }
}

static bool is_before(rg_hit a, rg_hit b)
{
    return a.distance_m < b.distance_m || (a.distance_m == b.distance_m && a.id < b.id);
}

static void sort_few(rg_hit *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        rg_hit item = items[i];
        size_t at = i;
        for (; at > 0 && is_before(item, items[at - 1]); at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

/* What a run is spread by: distances, or ids where the distances are all the same. */
typedef struct spread {
    double least;
    double scale; /* from a value above the least to its bucket */
    bool by_id;
} spread;

/* False where all items are the same, which has no order. */
static bool spread_out(const rg_hit *items, size_t count, size_t buckets, spread *out)
{
    double least = items[0].distance_m, most = least;
    uint32_t least_id = items[0].id, most_id = least_id;
    for (size_t i = 1; i < count; i++) {
        double distance_m = items[i].distance_m;
        uint32_t id = items[i].id;
        least = distance_m < least ? distance_m : least;
        most = distance_m > most ? distance_m : most;
        least_id = id < least_id ? id : least_id;
        most_id = id > most_id ? id : most_id;
    }
    if (least < most)
        *out = (spread){least, (double)(buckets - 1) / (most - least), false};
    else
        *out = (spread){least_id, (double)(buckets - 1) / ((double)most_id - least_id), true};
    return least < most || least_id < most_id;
}

/* Rises with the item, from 0 for the least to the last bucket for the most. */
static size_t bucket_of(const spread *s, rg_hit item, size_t buckets)
{
    double value = s->by_id ? item.id : item.distance_m;
    size_t bucket = (size_t)((value - s->least) * s->scale);
    return bucket < buckets ? bucket : buckets - 1;
}

/* Spreads the items over buckets, and each crowded bucket's once more. The least and the most fall
 * into different buckets, so that every pass divides. */
static void sort_many(rg_hit *items, rg_hit *scratch, size_t count)
{
    uint32_t ends[BUCKETS_MAX + 1] = {0};
    size_t buckets = count / 4 < BUCKETS_MAX ? count / 4 : BUCKETS_MAX;
    spread s;
    if (!spread_out(items, count, buckets, &s))
        return;
    for (size_t i = 0; i < count; i++)
        ends[bucket_of(&s, items[i], buckets) + 1]++;
    for (size_t bucket = 0; bucket < buckets; bucket++)
        ends[bucket + 1] += ends[bucket];
    for (size_t i = 0; i < count; i++)
        scratch[ends[bucket_of(&s, items[i], buckets)]++] = items[i];
    memcpy(items, scratch, count * sizeof *items);
    for (size_t bucket = 0, begin = 0; bucket < buckets; bucket++) {
        size_t size = ends[bucket] - begin;
        if (size <= FEW)
            sort_few(items + begin, size);
        else
            sort_many(items + begin, scratch, size);
        begin = ends[bucket];
    }
}

rg_status rg_hits_sort(rg_hits *hits)
{
    if (hits->count <= FEW) {
        sort_few(hits->items, hits->count);
        return RG_OK;
    }
    rg_hit *scratch = rg_alloc(hits->count, sizeof *scratch);
    if (!scratch)
        return RG_ENOMEM;
    sort_many(hits->items, scratch, hits->count);
    rg_free(scratch);
    return RG_OK;
}
