#include "rg_status.h"

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
    }
    return "unknown status";
}
