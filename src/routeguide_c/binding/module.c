/* routeguide_c._core: the module itself, its state and its types. */
#include "answers.h"
#include "functions.h"

#include "attributes.h"
#include "base/rg_simd.h"
#include "docs.h"
#include "parameters.h"
#include "vector.h"

/* Makes the type, publishes it under its own name and keeps it in the state. */
static int add_type(PyObject *module, PyType_Spec *spec, PyTypeObject **kept)
{
    *kept = (PyTypeObject *)PyType_FromModuleAndSpec(module, spec, NULL);
    return *kept ? PyModule_AddType(module, *kept) : -1;
}

static int add_snapshot_error(PyObject *module, PyObject **kept)
{
    *kept = PyErr_NewExceptionWithDoc("routeguide_c.SnapshotError", DOC_SnapshotError,
                                      PyExc_ValueError, NULL);
    return *kept ? PyModule_AddObjectRef(module, "SnapshotError", *kept) : -1;
}

static int check_simd_setting(void)
{
    if (rg_simd_setting_is_known())
        return 0;
    PyErr_SetString(PyExc_ImportError, "the environment variable " RG_SIMD_SETTING
                                       " must be " RG_SIMD_SETTINGS ", or not set");
    return -1;
}

static int add_degrees_warning(PyObject *module, PyObject **kept)
{
    *kept = PyErr_NewExceptionWithDoc("routeguide_c.DegreesWarning", DOC_DegreesWarning,
                                      PyExc_UserWarning, NULL);
    return *kept ? PyModule_AddObjectRef(module, "DegreesWarning", *kept) : -1;
}

static int module_exec(PyObject *module)
{
    module_state *state = PyModule_GetState(module);
    if (check_simd_setting() < 0)
        return -1;
    state->answers = answer_types_load();
    state->attribute_names = state->answers ? attribute_names() : NULL;
    if (!state->attribute_names || add_type(module, &vector_spec, &state->vector_type) < 0 ||
        add_type(module, &degrees_view_spec, &state->degrees_view_type) < 0 ||
        add_type(module, &feature_index_spec, &state->feature_index_type) < 0 ||
        add_type(module, &builder_spec, &state->builder_type) < 0 ||
        add_snapshot_error(module, &state->snapshot_error) < 0 ||
        add_degrees_warning(module, &state->degrees_warning) < 0)
        return -1;
    return add_type(module, &trip_spec, &state->trip_type);
}

static int module_traverse(PyObject *module, visitproc visit, void *arg)
{
    module_state *state = PyModule_GetState(module);
    Py_VISIT(state->feature_index_type);
    Py_VISIT(state->builder_type);
    Py_VISIT(state->trip_type);
    Py_VISIT(state->vector_type);
    Py_VISIT(state->snapshot_error);
    Py_VISIT(state->degrees_warning);
    Py_VISIT(state->degrees_view_type);
    Py_VISIT(state->attribute_names);
    return answer_types_traverse(state->answers, visit, arg);
}

static int module_clear(PyObject *module)
{
    module_state *state = PyModule_GetState(module);
    Py_CLEAR(state->feature_index_type);
    Py_CLEAR(state->builder_type);
    Py_CLEAR(state->trip_type);
    Py_CLEAR(state->vector_type);
    Py_CLEAR(state->snapshot_error);
    Py_CLEAR(state->degrees_warning);
    Py_CLEAR(state->attribute_names);
    Py_CLEAR(state->degrees_view_type);
    answer_types_free(state->answers);
    state->answers = NULL;
    return 0;
}

static void module_free(void *module)
{
    module_clear(module);
}

static PyModuleDef_Slot slots[] = {
    SLOT(Py_mod_exec, module_exec),
    {0, NULL},
};

static PyMethodDef functions[] = {
    {"haversine", NAMED_FASTCALL(haversine), DOC_haversine},
    {"haversine_many", NAMED_FASTCALL(haversine_many), DOC_haversine_many},
    {"path_length", NAMED_FASTCALL(path_length), DOC_path_length},
    {"e7_from_latitudes", NAMED_FASTCALL(e7_from_latitudes), DOC_e7_from_latitudes},
    {"e7_from_longitudes", KEYWORDS(e7_from_longitudes), DOC_e7_from_longitudes},
    {"count_byte", NAMED_FASTCALL(count_byte), DOC_count_byte},
    {"_index_from_content", index_from_content, METH_VARARGS, NULL}, /* for pickles */
    {"_encoded_at", FASTCALL(encoded_at_point), DOC__encoded_at},
    {"_encode_each", FASTCALL(encode_each), DOC__encode_each},
    {"_page_bytes", FASTCALL(page_bytes), DOC__page_bytes},
    {"_encode_page", FASTCALL(encode_page), DOC__encode_page},
    {"_encode_lookups", FASTCALL(encode_lookups), DOC__encode_lookups},
    {"_encode_nearby_page", FASTCALL(encode_nearby_page), DOC__encode_nearby_page},
    {"_encode_route_page", FASTCALL(encode_route_page), DOC__encode_route_page},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "routeguide_c._core",
    .m_doc = "A spatial index of point features and great-circle distances.",
    .m_size = sizeof(module_state),
    .m_methods = functions,
    .m_slots = slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};

PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&definition);
}
