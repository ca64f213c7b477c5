/* rg_limits: how large an index may be. The sizes of all sections follow from these, and are
 * checked against them once, where features come in. */
#ifndef RG_LIMITS_H
#define RG_LIMITS_H

/* Ids fit in an int32 with -1 to spare, and their top bit is free for marks. */
#define RG_FEATURES_MAX UINT32_C(0x7fffffff)

/* Bytes of one name: 256 encoded features must fit in 32 bits of offset. */
#define RG_NAME_MAX UINT32_C(0xffff00)

#endif
