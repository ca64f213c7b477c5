#include "binding.h"

/* Raises routeguide_c.SnapshotError with the message, which it takes over; NULL stands for an
 * exception already set. Errors are rare and the class is the module's, so it is looked up there
 * rather than handed through every function that can fail. Returns NULL. */
static PyObject *raise_snapshot_error(PyObject *message)
{
    PyObject *module = message ? PyImport_ImportModule("routeguide_c._core") : NULL;
    PyObject *type = module ? PyObject_GetAttrString(module, "SnapshotError") : NULL;
    if (type)
        PyErr_SetObject(type, message);
    Py_XDECREF(type);
    Py_XDECREF(module);
    Py_XDECREF(message);
    return NULL;
}

PyObject *raise_file_status(rg_status status, const rg_fault *fault, PyObject *path)
{
    switch (status) {
    case RG_EIO:
        errno = fault->os_error;
        return PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path);
    case RG_ECORRUPT:
        return raise_snapshot_error(
            PyUnicode_FromFormat("%R is not a sound snapshot: %s: %s; save or import it again",
                                 path, fault->where, fault->what));
    case RG_EVERSION:
        return raise_snapshot_error(PyUnicode_FromFormat(
            "%R has version %u of the snapshot format, which this version of routeguide does not "
            "read; save or import it again with this one",
            path, fault->version));
    default:
        return raise_status(status);
    }
}

PyObject *raise_status(rg_status status)
{
    switch (status) {
    case RG_ENOMEM:
        return PyErr_NoMemory();
    case RG_ECOUNT:
    case RG_ENAME:
    case RG_EMETADATA:
        PyErr_SetString(PyExc_ValueError, rg_status_text(status));
        return NULL;
    case RG_ECORRUPT:
        return raise_snapshot_error(PyUnicode_FromFormat(
            "%s; open it with verify=True to see where", rg_status_text(status)));
    case RG_OK:
    case RG_EIO:
    case RG_EVERSION:
        break;
    }
    PyErr_Format(PyExc_SystemError, "unexpected status %d", (int)status);
    return NULL;
}
