/* rg_limits: the largest index. The sizes of all sections follow from these limits, which are
 * checked once, when features are added. */
#ifndef RG_LIMITS_H
#define RG_LIMITS_H

/* Ids fit in an int32, where -1 means none. */
#define RG_FEATURES_MAX UINT32_C(0x7fffffff)

/* Bytes of a name: the offsets of 256 encoded features must fit in 32 bits. */
#define RG_NAME_MAX UINT32_C(0xffff00)

#endif
