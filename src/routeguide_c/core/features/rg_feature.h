/* rg_feature: a feature in the protocol buffer wire format.
 *
 *     message Feature { string name = 1; Point location = 2; }
 *     message Point { int32 latitude = 1; int32 longitude = 2; }
 *
 * The bytes are those that protobuf's own serialisers write: fields in order, an empty name and a
 * zero coordinate left out, the location always present, a negative number as ten bytes.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
#ifndef RG_FEATURE_H
#define RG_FEATURE_H

#include "base/rg_slice.h"
#include "geo/rg_point.h"

#include <stddef.h>
#include <stdint.h>

/* Bytes of one encoded feature beside its name, at most. */
enum { RG_FEATURE_OVERHEAD_MAX = 32 };

/* Bytes that rg_feature_encode_freely copies of a name at a time. */
enum { RG_FEATURE_NAME_STEP = 16 };

/* Bytes of an encoded feature, at least: the location's tag and length. */
enum { RG_FEATURE_SIZE_MIN = 2 };

/* Bytes that rg_feature_encode writes. */
size_t rg_feature_encoded_size(rg_point location, size_t name_size);

/* Writes the feature at `to` and returns the end of it. The name is UTF-8, at most RG_NAME_MAX. */
uint8_t *rg_feature_encode(uint8_t *to, rg_point location, const char *name, size_t name_size);

/* The same, quicker: it may write RG_FEATURE_OVERHEAD_MAX bytes more than the name has. What lies
 * behind the end returned means nothing. */
uint8_t *rg_feature_encode_roomily(uint8_t *to, rg_point location, const char *name,
                                   size_t name_size);

/* The same, quicker still: it may also read RG_FEATURE_NAME_STEP bytes more than the name has. */
uint8_t *rg_feature_encode_freely(uint8_t *to, rg_point location, const uint8_t *name,
                                  size_t name_size);

/* The name's bytes within an encoded feature; empty where the bytes are not one, which is no more
 * than a look at their beginning: the slice returned is always within the slice given. */
rg_slice rg_feature_name(rg_slice encoded);

#endif
