/* rg_feature: a feature in the protocol buffer wire format.
 *
 *     message Feature { string name = 1; Point location = 2; }
 *     message Point { int32 latitude = 1; int32 longitude = 2; }
 *
 * The bytes are those that protobuf's own serializers write: fields in order, an empty name and
 * zero coordinates omitted, the location always present, a negative number as ten bytes.
 *
 * Ownership: writes into the caller's bytes; a name that is read borrows the encoded bytes.
 * Threads: pure functions.
 * Cost: O(name).
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
#ifndef RG_FEATURE_H
#define RG_FEATURE_H

#include "base/rg_slice.h"
#include "geo/rg_point.h"

#include <stddef.h>
#include <stdint.h>

/* The most bytes of an encoded feature besides its name. */
enum { RG_FEATURE_OVERHEAD_MAX = 32 };

/* The bytes of a name that rg_feature_encode_freely copies at a time. */
enum { RG_FEATURE_NAME_STEP = 16 };

/* The fewest bytes of an encoded feature: the location's tag and length. */
enum { RG_FEATURE_SIZE_MIN = 2 };

/* Returns how many bytes rg_feature_encode writes. */
size_t rg_feature_encoded_size(rg_point location, size_t name_size);

/* Writes the feature at `to` and returns its end. The name is UTF-8, at most RG_NAME_MAX bytes. */
uint8_t *rg_feature_encode(uint8_t *to, rg_point location, const char *name, size_t name_size);

/* Writes the feature faster, and possibly undefined bytes beyond its end: up to
 * RG_FEATURE_OVERHEAD_MAX bytes more than the name has. Returns the end of the feature. */
uint8_t *rg_feature_encode_roomily(uint8_t *to, rg_point location, const char *name,
                                   size_t name_size);

/* Writes the feature like rg_feature_encode_roomily, and may also read up to RG_FEATURE_NAME_STEP
 * bytes beyond the end of the name. Returns the end of the feature. */
uint8_t *rg_feature_encode_freely(uint8_t *to, rg_point location, const uint8_t *name,
                                  size_t name_size);

/* Returns the name within an encoded feature, and an empty slice if it has none or the bytes do not
 * begin like a feature. The result is always within `encoded`. */
rg_slice rg_feature_name(rg_slice encoded);

#endif
