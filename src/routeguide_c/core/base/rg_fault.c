#include "base/rg_fault.h"

#include <errno.h>

rg_status rg_fault_system(rg_fault *fault)
{
    *fault = (rg_fault){.os_error = errno};
    return RG_EIO;
}

rg_status rg_fault_corrupt(rg_fault *fault, const char *where, const char *what)
{
    *fault = (rg_fault){.where = where, .what = what};
    return RG_ECORRUPT;
}
