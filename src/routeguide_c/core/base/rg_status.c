#include "base/rg_status.h"

const char *rg_status_text(rg_status status)
{
    switch (status) {
    case RG_OK:
        return "no error";
    case RG_ENOMEM:
        return "out of memory";
    case RG_ECOUNT:
        return "too many features for one index";
    case RG_ENAME:
        return "a feature's name is too long";
    case RG_EUTF8:
        return "a feature's name is not UTF-8";
    case RG_EOFFSET:
        return "the offsets of the names do not ascend within their bytes";
    case RG_EID:
        return "no feature has this id";
    case RG_EMETADATA:
        return "the metadata is larger than 64 KiB";
    case RG_EIO:
        return "the system refused";
    case RG_ECORRUPT:
        return "the snapshot is damaged: its parts contradict each other";
    case RG_EVERSION:
        return "the snapshot has an unsupported version of the format";
    case RG_EPLACE:
        return "not a place on Earth";
    case RG_EANTIPODES:
        return "antipodes have no shorter arc between them";
    }
    return "unknown status";
}
