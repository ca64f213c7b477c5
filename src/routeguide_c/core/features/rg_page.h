/* rg_page: many features as the entries of one protocol buffer message.
 *
 *     repeated Feature entries = 1;     or, where a feature may be missing or has distances, of
 *
 *     message Lookup        { Feature feature = 1; }
 *     message NearbyFeature { Feature feature = 1; double distance_m = 2; }
 *     message RouteFeature  { Feature feature = 1; double along_m = 2; double offset_m = 3;
 *                             Side side = 4; }        enum Side: 1 left, 2 right, 3 on the route
 *
 * The bytes are those that protobuf's own serialisers write: a number of +0.0 is left out.
 * Whatever other fields the message has may follow.
 *
 * Ownership: a page borrows all its arrays, which nobody changes while it is written.
 * Threads: pure functions.
 * Cost: two passes over the features, one to add up and one to copy.
 */
#ifndef RG_PAGE_H
#define RG_PAGE_H

#include "features/rg_store.h"

/* In a page of lookups, the place of a point that has no feature: -1 in the ids of a batch. */
#define RG_PAGE_MISS UINT32_MAX

typedef struct rg_page {
    const uint32_t *ids;
    size_t count;            /* of the ids, and of each array below that is not NULL */
    const double *metres[2]; /* fields 2 and 3; without the first, entries are plain features */
    const int8_t *sides;     /* field 4: negative is left, positive right, 0 on the route */
    bool is_lookups;         /* entries are Lookups, those of RG_PAGE_MISS without a feature */
} rg_page;

/* Bytes that rg_page_write writes. RG_EID where an id is of no feature, RG_ECORRUPT only for a
 * store from a file that was not checked. */
rg_status rg_page_size(size_t *out, const rg_page *page, const rg_store *store);

/* Writes a page whose size is known, and so its ids to be good, at `to`; returns its end. */
uint8_t *rg_page_write(uint8_t *to, const rg_page *page, const rg_store *store);

#endif
