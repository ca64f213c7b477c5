/* rg_fault: the details of a status about a file.
 *
 * Ownership: plain data; the texts are in static storage.
 * Threads: a value belongs to one thread.
 */
#ifndef RG_FAULT_H
#define RG_FAULT_H

#include "base/rg_status.h"

#include <stdint.h>

typedef struct rg_fault {
    int os_error;      /* of RG_EIO: the system's errno */
    uint32_t version;  /* of RG_EVERSION: the file's */
    const char *where; /* of RG_ECORRUPT: the part of the file */
    const char *what;  /* of RG_ECORRUPT: what is wrong with it */
} rg_fault;

/* Returns RG_EIO, with the current errno in `fault`. */
rg_status rg_fault_system(rg_fault *fault);

/* Returns RG_ECORRUPT, with these two texts in `fault`. */
rg_status rg_fault_corrupt(rg_fault *fault, const char *where, const char *what);

#endif
