#include "answers.h"

static const char *const names[ANSWER_KINDS] = {
    [ANSWER_FEATURE] = "IndexedFeature",
    [ANSWER_LOCATION] = "Location",
    [ANSWER_LOCATIONS] = "Locations",
    [ANSWER_BOUNDS] = "Bounds",
    [ANSWER_NEAREST] = "NearestResult",
    [ANSWER_ALONG] = "AlongResult",
    [ANSWER_DEGREES_LOCATION] = "DegreesLocation",
    [ANSWER_DEGREES_LOCATIONS] = "DegreesLocations",
    [ANSWER_DEGREES_BOUNDS] = "DegreesBounds",
};

/* Returns the class of that name. Instances are filled as tuples are, so it has to be one. */
static PyTypeObject *class_of(PyObject *module, const char *name)
{
    PyObject *found = PyObject_GetAttrString(module, name);
    if (!found || (PyType_Check(found) && PyType_IsSubtype((PyTypeObject *)found, &PyTuple_Type)))
        return (PyTypeObject *)found;
    PyErr_Format(PyExc_TypeError, "routeguide_c.answers.%s is not a subclass of tuple", name);
    Py_DECREF(found);
    return NULL;
}

answer_types *answer_types_load(void)
{
    PyObject *module = PyImport_ImportModule("routeguide_c.answers");
    answer_types *types = module ? PyMem_Calloc(1, sizeof *types) : NULL;
    if (module && !types)
        PyErr_NoMemory();
    for (int kind = 0; types && kind < ANSWER_KINDS; kind++) {
        types->of[kind] = class_of(module, names[kind]);
        if (!types->of[kind]) {
            answer_types_free(types);
            types = NULL;
        }
    }
    Py_XDECREF(module);
    return types;
}

int answer_types_traverse(answer_types *types, visitproc visit, void *arg)
{
    for (int kind = 0; types && kind < ANSWER_KINDS; kind++)
        Py_VISIT(types->of[kind]);
    return 0;
}

void answer_types_free(answer_types *types)
{
    for (int kind = 0; types && kind < ANSWER_KINDS; kind++)
        Py_CLEAR(types->of[kind]);
    PyMem_Free(types);
}

/* True for kinds whose items refer to nothing: ints, floats and str. */
static bool is_of_atoms(answer_kind kind)
{
    return kind == ANSWER_FEATURE || kind == ANSWER_LOCATION || kind == ANSWER_BOUNDS ||
           kind == ANSWER_DEGREES_LOCATION || kind == ANSWER_DEGREES_BOUNDS;
}

PyObject *answer_new(const answer_types *types, answer_kind kind, Py_ssize_t count,
                     PyObject *const *items)
{
    PyTypeObject *type = types->of[kind];
    bool is_complete = true;
    for (Py_ssize_t i = 0; i < count; i++)
        is_complete &= items[i] != NULL;
    PyObject *answer = is_complete ? type->tp_alloc(type, count) : NULL;
#if PY_VERSION_HEX >= 0x030e0000
    if (answer)
        ((PyTupleObject *)answer)->ob_hash = -1; /* not known yet, as tuple itself marks it */
#endif
    for (Py_ssize_t i = 0; i < count; i++)
        if (answer)
            PyTuple_SET_ITEM(answer, i, items[i]);
        else
            Py_XDECREF(items[i]);
    if (answer && is_of_atoms(kind))
        PyObject_GC_UnTrack(answer); /* as the collector does with plain tuples of such items */
    return answer;
}
