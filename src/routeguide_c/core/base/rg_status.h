/* rg_status: the one list of what can go wrong in the core.
 *
 * Functions that can fail return rg_status and leave their out-pointers untouched unless they
 * return RG_OK. An answer that is merely absent is not an error: it is a bool.
 */
#ifndef RG_STATUS_H
#define RG_STATUS_H

typedef enum rg_status {
    RG_OK = 0,
    RG_ENOMEM,     /* the allocator returned NULL, or a size does not fit in size_t */
    RG_ECOUNT,     /* more features than RG_FEATURES_MAX */
    RG_ENAME,      /* a name longer than RG_NAME_MAX bytes */
    RG_EUTF8,      /* a name that is not UTF-8 */
    RG_EOFFSET,    /* name offsets that do not ascend within the names' bytes */
    RG_EID,        /* an id that is of no feature */
    RG_EMETADATA,  /* metadata of more than RG_METADATA_MAX bytes */
    RG_EIO,        /* the system refused; an rg_fault has its errno */
    RG_ECORRUPT,   /* a snapshot's content contradicts itself */
    RG_EVERSION,   /* a snapshot in a version of the format that this code does not read */
    RG_EPLACE,     /* a point that is not on Earth where a place is asked for */
    RG_EANTIPODES, /* no arc between two places is the shorter one */
} rg_status;

/* A short lower-case phrase, never NULL, in static storage. */
const char *rg_status_text(rg_status status);

#endif
