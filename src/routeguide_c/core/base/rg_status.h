/* rg_status: the results of functions that can fail.
 *
 * Such a function leaves its out-pointers untouched unless it returns RG_OK. "Not found" is not an
 * error but an answer, returned as a bool.
 *
 * Ownership: none.
 * Threads: pure functions.
 */
#ifndef RG_STATUS_H
#define RG_STATUS_H

typedef enum rg_status {
    RG_OK = 0,
    RG_ENOMEM,     /* the allocator returned NULL, or a size does not fit in size_t */
    RG_ECOUNT,     /* more features than RG_FEATURES_MAX */
    RG_ENAME,      /* a name longer than RG_NAME_MAX bytes */
    RG_EUTF8,      /* a name that is not UTF-8 */
    RG_EOFFSET,    /* name offsets that do not increase within the names' bytes */
    RG_EID,        /* an id without a feature */
    RG_EMETADATA,  /* metadata of more than RG_METADATA_MAX bytes */
    RG_EIO,        /* a system call failed; an rg_fault has its errno */
    RG_ECORRUPT,   /* parts of a snapshot contradict each other */
    RG_EVERSION,   /* a snapshot with an unsupported version of the format */
    RG_EPLACE,     /* a point off the Earth instead of a place */
    RG_EANTIPODES, /* two places without a shorter arc between them */
} rg_status;

/* Returns a short lower-case phrase in static storage, never NULL. */
const char *rg_status_text(rg_status status);

#endif
