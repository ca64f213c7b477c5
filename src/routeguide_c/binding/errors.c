#include "binding.h"

PyObject *raise_status(rg_status status)
{
    switch (status) {
    case RG_ENOMEM:
        return PyErr_NoMemory();
    case RG_ECOUNT:
    case RG_ENAME:
        PyErr_SetString(PyExc_ValueError, rg_status_text(status));
        return NULL;
    case RG_OK:
        break;
    }
    PyErr_Format(PyExc_SystemError, "unexpected status %d", (int)status);
    return NULL;
}
