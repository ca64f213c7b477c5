#include "errors.h"

PyObject *raise_file_status(module_state *state, rg_status status, const rg_fault *fault,
                            PyObject *path)
{
    switch (status) {
    case RG_EIO:
        errno = fault->os_error;
        return PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path);
    case RG_ECORRUPT:
        return PyErr_Format(state->snapshot_error,
                            "%R is not a sound snapshot: %s: %s; save or import it again", path,
                            fault->where, fault->what);
    case RG_EVERSION:
        return PyErr_Format(state->snapshot_error,
                            "%R has version %u of the snapshot format, which this version of "
                            "routeguide does not read; save or import it again with this one",
                            path, fault->version);
    default:
        return raise_status(state, status);
    }
}

PyObject *raise_route_status(module_state *state, rg_status status, size_t at)
{
    switch (status) {
    case RG_EPLACE:
        return PyErr_Format(PyExc_ValueError, "vertex %zu of the route is not on Earth", at);
    case RG_EANTIPODES:
        return PyErr_Format(PyExc_ValueError,
                            "leg %zu of the route, from vertex %zu to %zu, is between antipodes: "
                            "no arc is the shorter one; put a vertex between them",
                            at, at, at + 1);
    default:
        return raise_status(state, status);
    }
}

PyObject *raise_row_status(module_state *state, rg_status status, size_t row)
{
    switch (status) {
    case RG_ENAME:
    case RG_EUTF8:
    case RG_EOFFSET:
        return PyErr_Format(PyExc_ValueError, "row %zu: %s", row, rg_status_text(status));
    default:
        return raise_status(state, status);
    }
}

PyObject *raise_status(module_state *state, rg_status status)
{
    switch (status) {
    case RG_ENOMEM:
        return PyErr_NoMemory();
    case RG_EID:
        PyErr_SetString(PyExc_IndexError, rg_status_text(status));
        return NULL;
    case RG_ECOUNT:
    case RG_ENAME:
    case RG_EUTF8:
    case RG_EOFFSET:
    case RG_EMETADATA:
    case RG_EPLACE:
    case RG_EANTIPODES:
        PyErr_SetString(PyExc_ValueError, rg_status_text(status));
        return NULL;
    case RG_ECORRUPT:
        return PyErr_Format(state->snapshot_error, "%s; open it with verify=True to see where",
                            rg_status_text(status));
    case RG_OK:
    case RG_EIO:
    case RG_EVERSION:
        break;
    }
    PyErr_Format(PyExc_SystemError, "unexpected status %d", (int)status);
    return NULL;
}
