/* rg_prefetch: asks for memory that will be read soon. A hint: it never faults. */
#ifndef RG_PREFETCH_H
#define RG_PREFETCH_H

#if defined(__GNUC__) || defined(__clang__)
#define rg_prefetch(address) __builtin_prefetch(address)
#else
#define rg_prefetch(address) ((void)(address))
#endif

#endif
