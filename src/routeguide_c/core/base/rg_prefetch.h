/* rg_prefetch: fetches memory into the caches before it is read, or read and written. A hint: any
 * address is allowed. */
#ifndef RG_PREFETCH_H
#define RG_PREFETCH_H

#if defined(__GNUC__) || defined(__clang__)
#define rg_prefetch(address) __builtin_prefetch(address)
#define rg_prefetch_to_write(address) __builtin_prefetch((address), 1)
#else
#define rg_prefetch(address) ((void)(address))
#define rg_prefetch_to_write(address) ((void)(address))
#endif

#endif
