/* rg_page: features as the entries of one protocol buffer message.
 *
 *     repeated Feature entries = 1;     or, if features may be missing or have distances, of
 *
 *     message Lookup        { Feature feature = 1; }
 *     message NearbyFeature { Feature feature = 1; double distance_m = 2; }
 *     message RouteFeature  { Feature feature = 1; double along_m = 2; double offset_m = 3;
 *                             Side side = 4; }        enum Side: 1 left, 2 right, 3 on the route
 *
 * The bytes are those that protobuf's own serializers write: +0.0 is omitted. Other fields of the
 * message may follow.
 *
 * Ownership: a page borrows its arrays, which must not change while it is written.
 * Threads: pure functions.
 * Cost: two passes over the features, one to add up and one to copy.
 */
#ifndef RG_PAGE_H
#define RG_PAGE_H

#include "features/rg_store.h"

/* The id of a lookup that found no feature: -1 in the ids of rg_index_find_many. */
#define RG_PAGE_MISS UINT32_MAX

typedef struct rg_page {
    const uint32_t *ids;
    size_t count;            /* of the ids, and of each array below that is not NULL */
    const double *meters[2]; /* fields 2 and 3; without the first, entries are features */
    const int8_t *sides;     /* field 4: negative is left, positive right, 0 on the route */
    bool is_lookups;         /* entries are Lookups; those with RG_PAGE_MISS have no feature */
} rg_page;

/* Computes how many bytes rg_page_write writes. RG_EID: an id has no feature. RG_ECORRUPT: only for
 * the store of a file that was not checked. */
rg_status rg_page_size(size_t *out, const rg_page *page, const rg_store *store);

/* Writes a page for which rg_page_size returned RG_OK at `to`, and returns its end. */
uint8_t *rg_page_write(uint8_t *to, const rg_page *page, const rg_store *store);

#endif
