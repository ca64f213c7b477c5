#include "numbers.h"

#include "base/rg_alloc.h"
#include "columns.h"

#include <string.h>

/* The formats of a kind, by the letters of the struct module, and its name in messages. */
static const struct {
    const char *letters;
    Py_ssize_t sizes[2]; /* of an item */
    const char *text;
} kinds[] = {
    [NUMBERS_DOUBLES] = {"d", {8, 8}, "64-bit floats"},
    [NUMBERS_OFFSETS] = {"ilq", {4, 8}, "32-bit or 64-bit signed integers"},
    [NUMBERS_BYTES] = {"Bbc", {1, 1}, "bytes"},
    [NUMBERS_SIGNS] = {"bil", {1, 4}, "8-bit or 32-bit signed integers"},
};

static const char *format_of(const Py_buffer *view)
{
    return view->format ? view->format : "B";
}

/* True for a format of the kind in native byte order, implied or spelled out. */
static bool is_of_kind(const Py_buffer *view, numbers_kind kind)
{
    const char *format = format_of(view);
    if (format[0] == '@' || format[0] == '=' || format[0] == (PY_LITTLE_ENDIAN ? '<' : '>'))
        format++;
    return format[0] && strchr(kinds[kind].letters, format[0]) && format[1] == '\0' &&
           (view->itemsize == kinds[kind].sizes[0] || view->itemsize == kinds[kind].sizes[1]);
}

static int ids_from(module_state *state, PyObject *argument, const char *name, numbers *out)
{
    int result = column_from(argument, name, TARGET_IDS, &out->column);
    out->items = out->column.items;
    out->count = out->column.count;
    out->item_size = sizeof(uint32_t);
    out->kind = NUMBERS_IDS;
    out->is_fixed = out->column.copied || Py_IS_TYPE(argument, state->vector_type);
    return result;
}

int numbers_from(module_state *state, PyObject *argument, const char *name, numbers_kind kind,
                 numbers *out)
{
    if (kind == NUMBERS_IDS)
        return ids_from(state, argument, name, out);
    if (!PyObject_CheckBuffer(argument)) {
        PyErr_Format(PyExc_TypeError, "%s: expected a buffer of %s, not %.200s", name,
                     kinds[kind].text, Py_TYPE(argument)->tp_name);
        return -1;
    }
    if (PyObject_GetBuffer(argument, &out->column.view, PyBUF_FORMAT | PyBUF_STRIDES) < 0)
        return -1;
    if (!is_of_kind(&out->column.view, kind) || out->column.view.ndim != 1) {
        PyErr_Format(PyExc_TypeError,
                     "%s: expected a one-dimensional buffer of %s, not format '%s' in %d "
                     "dimensions",
                     name, kinds[kind].text, format_of(&out->column.view), out->column.view.ndim);
        return -1;
    }
    if (!PyBuffer_IsContiguous(&out->column.view, 'C')) {
        PyErr_Format(PyExc_ValueError, "%s: the buffer must be C-contiguous", name);
        return -1;
    }
    out->items = out->column.view.buf;
    out->count = out->column.view.shape[0];
    out->item_size = out->column.view.itemsize;
    out->kind = kind;
    out->is_fixed = Py_IS_TYPE(argument, state->vector_type);
    return 0;
}

/* The signs of 32-bit numbers, in 8 bits. */
static void copy_signs(int8_t *to, const char *from, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int32_t number;
        memcpy(&number, from + i * sizeof number, sizeof number);
        to[i] = (int8_t)((number > 0) - (number < 0));
    }
}

int numbers_keep(numbers *values, Py_ssize_t start, Py_ssize_t stop)
{
    if (!values->items)
        return 0;
    Py_ssize_t size = values->item_size;
    size_t count = (size_t)(stop - start);
    const char *from = (const char *)values->items + start * size;
    bool are_wide_signs = values->kind == NUMBERS_SIGNS && size != 1;
    values->items = from;
    if (values->is_fixed && !are_wide_signs)
        return 0;
    values->column.copied = rg_alloc(count, (size_t)size);
    if (!values->column.copied) {
        PyErr_NoMemory();
        return -1;
    }
    if (are_wide_signs)
        copy_signs(values->column.copied, from, count);
    else if (count)
        memcpy(values->column.copied, from, count * (size_t)size);
    values->items = values->column.copied;
    return 0;
}

void numbers_release(numbers *values)
{
    column_release(&values->column);
    *values = (numbers){0};
}
