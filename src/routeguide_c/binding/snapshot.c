/* class FeatureIndex, its methods that read and write files:
 *     def save(self, path, metadata=None): ...
 *     @classmethod
 *     def open(cls, path, verify=True, map=True): ...
 *     metadata; sections
 */
#include "attributes.h"
#include "errors.h"
#include "index_methods.h"
#include "index_object.h"
#include "rg_snapshot.h"

/* A path as the caller wrote it, for messages, and encoded for the system. */
typedef struct file_path {
    PyObject *written; /* str or bytes */
    PyObject *encoded; /* bytes */
} file_path;

static int path_from(PyObject *argument, file_path *path)
{
    path->written = PyOS_FSPath(argument);
    return path->written && PyUnicode_FSConverter(path->written, &path->encoded) ? 0 : -1;
}

/* The arguments of `open`, with the path made absolute, since the folder of the process may change.
 * Symbolic links and ".." stay. */
static PyObject *opened_by(const file_path *path, int verify, int map)
{
    PyObject *absolute = NULL;
    if (PyBytes_AS_STRING(path->encoded)[0] == '/') {
        absolute = Py_NewRef(path->written);
    } else {
        PyObject *os = PyImport_ImportModule("os");
        PyObject *os_path = os ? attribute_of(os, "path") : NULL;
        const char *getcwd = PyBytes_Check(path->written) ? "getcwdb" : "getcwd";
        PyObject *folder = os_path ? PyObject_CallMethod(os, getcwd, NULL) : NULL;
        if (folder)
            absolute = PyObject_CallMethod(os_path, "join", "NO", folder, path->written);
        Py_XDECREF(os_path);
        Py_XDECREF(os);
    }
    return absolute ? Py_BuildValue("NNN", absolute, PyBool_FromLong(verify), PyBool_FromLong(map))
                    : NULL;
}

static void path_release(file_path *path)
{
    Py_CLEAR(path->encoded);
    Py_CLEAR(path->written);
}

/* A copy of the metadata to save: the caller's, or by default what the index was opened with, so
 * that saving it again loses nothing. */
static PyObject *metadata_from(PyObject *self, PyObject *argument)
{
    if (argument == Py_None)
        return FeatureIndex_metadata(self, NULL);
    if (PyObject_CheckBuffer(argument))
        return PyBytes_FromObject(argument);
    PyErr_Format(PyExc_TypeError, "metadata: expected a bytes-like object or None, not %.200s",
                 Py_TYPE(argument)->tp_name);
    return NULL;
}

PyObject *FeatureIndex_save(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"path", "metadata", NULL};
    PyObject *path_argument, *metadata_argument = Py_None, *metadata = NULL, *result = NULL;
    file_path path = {NULL, NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:save", keywords, &path_argument,
                                     &metadata_argument))
        return NULL;
    if (path_from(path_argument, &path) == 0)
        metadata = metadata_from(self, metadata_argument);
    if (metadata) {
        rg_slice bytes = {(const uint8_t *)PyBytes_AS_STRING(metadata),
                          (size_t)PyBytes_GET_SIZE(metadata)};
        rg_fault fault = {0};
        rg_status status;
        Py_BEGIN_ALLOW_THREADS
        status = rg_snapshot_save(index_of(self), PyBytes_AS_STRING(path.encoded), bytes, &fault);
        Py_END_ALLOW_THREADS
        result = status == RG_OK ? Py_NewRef(Py_None)
                                 : raise_file_status(state_of(self), status, &fault, path.written);
    }
    Py_XDECREF(metadata);
    path_release(&path);
    return result;
}

PyObject *FeatureIndex_open(PyObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"path", "verify", "map", NULL};
    PyObject *path_argument, *result = NULL;
    file_path path = {NULL, NULL};
    int verify = 1, map = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|pp:open", keywords, &path_argument, &verify,
                                     &map))
        return NULL;
    PyObject *arguments = NULL;
    if (path_from(path_argument, &path) == 0)
        arguments = opened_by(&path, verify, map);
    if (arguments) {
        rg_index *index = NULL;
        rg_fault fault = {0};
        rg_status status;
        Py_BEGIN_ALLOW_THREADS
        status = rg_snapshot_open(&index, PyBytes_AS_STRING(path.encoded), verify, map, &fault);
        Py_END_ALLOW_THREADS
        result = status == RG_OK ? feature_index_take((PyTypeObject *)type, index)
                                 : raise_file_status(PyType_GetModuleState((PyTypeObject *)type),
                                                     status, &fault, path.written);
    }
    if (result)
        ((index_object *)result)->opened_by = Py_NewRef(arguments);
    Py_XDECREF(arguments);
    path_release(&path);
    return result;
}

PyObject *FeatureIndex_metadata(PyObject *self, void *Py_UNUSED(closure))
{
    rg_slice metadata = rg_index_metadata(index_of(self));
    return PyBytes_FromStringAndSize((const char *)metadata.data, (Py_ssize_t)metadata.size);
}

PyObject *FeatureIndex_sections(PyObject *self, void *Py_UNUSED(closure))
{
    rg_sections sections;
    rg_index_list(index_of(self), &sections);
    PyObject *sizes = PyDict_New();
    for (int kind = 0; sizes && kind < RG_SECTION_COUNT; kind++) {
        PyObject *size = PyLong_FromSize_t(sections.of[kind].size);
        if (!size || PyDict_SetItemString(sizes, rg_section_name((rg_section)kind), size) < 0)
            Py_CLEAR(sizes);
        Py_XDECREF(size);
    }
    return sizes;
}
