#include "arrow_columns.h"

#include "attributes.h"

#include <string.h>

/* Formats of one letter. */
static const struct {
    char letter;
    number_type type;
} number_formats[] = {
    {'c', {NUMBER_SIGNED, 1, false}}, {'C', {NUMBER_UNSIGNED, 1, false}},
    {'s', {NUMBER_SIGNED, 2, false}}, {'S', {NUMBER_UNSIGNED, 2, false}},
    {'i', {NUMBER_SIGNED, 4, false}}, {'I', {NUMBER_UNSIGNED, 4, false}},
    {'l', {NUMBER_SIGNED, 8, false}}, {'L', {NUMBER_UNSIGNED, 8, false}},
    {'e', {NUMBER_FLOAT, 2, false}},  {'f', {NUMBER_FLOAT, 4, false}},
    {'g', {NUMBER_FLOAT, 8, false}},
};

static arrow_kind kind_of(const char *format, number_type *type)
{
    if (strcmp(format, "vu") == 0)
        return ARROW_UTF8_VIEW;
    if (strlen(format) != 1)
        return ARROW_OTHER;
    switch (format[0]) {
    case 'n':
        return ARROW_NOTHING;
    case 'u':
        return ARROW_UTF8;
    case 'U':
        return ARROW_LARGE_UTF8;
    }
    for (size_t i = 0; i < sizeof number_formats / sizeof *number_formats; i++)
        if (number_formats[i].letter == format[0]) {
            *type = number_formats[i].type;
            return ARROW_NUMBERS;
        }
    return ARROW_OTHER;
}

static int malformed(const char *name, const char *what)
{
    PyErr_Format(PyExc_ValueError, "%s: malformed Arrow data: %s", name, what);
    return -1;
}

/* True if a column of this type was asked for. */
static bool take_schema(const struct ArrowSchema *schema, bool texts, arrow_column *out)
{
    if (!schema->format)
        return false;
    out->kind = kind_of(schema->format, &out->type);
    out->has_dictionary = schema->dictionary;
    if (schema->dictionary) {
        number_type unused;
        if (out->kind != ARROW_NUMBERS || out->type.class == NUMBER_FLOAT ||
            schema->dictionary->dictionary || !schema->dictionary->format)
            return false;
        out->kind = kind_of(schema->dictionary->format, &unused);
        return texts && out->kind != ARROW_NUMBERS && out->kind != ARROW_OTHER;
    }
    return out->kind == ARROW_NOTHING ||
           (out->kind != ARROW_OTHER && (out->kind == ARROW_NUMBERS) == !texts);
}

/* Checks the sizes and buffers of an array whose items are of the kind. */
static int check_array(const struct ArrowArray *array, arrow_kind kind, const char *name)
{
    const int64_t most = PY_SSIZE_T_MAX / 16;
    if (array->length < 0 || array->offset < 0 || array->length > most ||
        array->offset > most - array->length)
        return malformed(name, "its length or offset");
    if (kind == ARROW_NOTHING || array->length == 0)
        return 0;
    int64_t buffers = kind == ARROW_NUMBERS ? 2 : 3;
    if (array->n_buffers < buffers || (kind != ARROW_UTF8_VIEW && array->n_buffers > buffers) ||
        !array->buffers || !array->buffers[1])
        return malformed(name, "its buffers");
    if (array->null_count > 0 && !array->buffers[0])
        return malformed(name, "nulls without a bitmap");
    return 0;
}

/* Checks an array of the column and counts its items. */
static int take_array(const struct ArrowArray *array, const char *name, arrow_column *out)
{
    if (check_array(array, out->has_dictionary ? ARROW_NUMBERS : out->kind, name) < 0)
        return -1;
    if (out->has_dictionary && !array->dictionary)
        return malformed(name, "no dictionary");
    if (out->has_dictionary && check_array(array->dictionary, out->kind, name) < 0)
        return -1;
    if (array->length > PY_SSIZE_T_MAX / 16 - out->count)
        return malformed(name, "its length");
    out->count += (Py_ssize_t)array->length;
    return 0;
}

static void *pointer_of(PyObject *capsule, const char *capsule_name, const char *name)
{
    void *pointer = PyCapsule_IsValid(capsule, capsule_name)
                        ? PyCapsule_GetPointer(capsule, capsule_name)
                        : NULL;
    if (!pointer)
        malformed(name, "not the capsule that the interface wants");
    return pointer;
}

/* Room for one more chunk, zeroed; NULL with an exception. */
static struct ArrowArray *next_chunk(arrow_column *out)
{
    if (out->chunk_count == out->room) {
        size_t room = out->room ? 2 * out->room : 4;
        struct ArrowArray *chunks = PyMem_Realloc(out->chunks, room * sizeof *chunks);
        if (!chunks) {
            PyErr_NoMemory();
            return NULL;
        }
        out->chunks = chunks;
        out->room = room;
    }
    struct ArrowArray *next = &out->chunks[out->chunk_count];
    *next = (struct ArrowArray){0};
    return next;
}

static int stream_failed(struct ArrowArrayStream *stream, const char *name)
{
    const char *text = stream->get_last_error(stream);
    if (!PyErr_Occurred())
        PyErr_Format(PyExc_ValueError, "%s: the Arrow stream failed: %s", name,
                     text ? text : "no reason given");
    return -1;
}

static int take_stream(PyObject *capsule, const char *name, bool texts, arrow_column *out)
{
    struct ArrowArrayStream *stream = pointer_of(capsule, "arrow_array_stream", name);
    struct ArrowSchema schema = {0};
    if (!stream || !stream->release)
        return stream ? malformed(name, "the stream was used already") : -1;
    if (stream->get_schema(stream, &schema) != 0)
        return stream_failed(stream, name);
    bool is_wanted = take_schema(&schema, texts, out);
    if (schema.release)
        schema.release(&schema);
    while (is_wanted) {
        struct ArrowArray *chunk = next_chunk(out);
        if (!chunk)
            return -1;
        if (stream->get_next(stream, chunk) != 0)
            return stream_failed(stream, name);
        if (!chunk->release)
            break;
        out->chunk_count++;
        if (take_array(chunk, name, out) < 0)
            return -1;
    }
    return is_wanted;
}

static int take_pair(PyObject *pair, const char *name, bool texts, arrow_column *out)
{
    if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2)
        return malformed(name, "not two capsules");
    struct ArrowSchema *schema = pointer_of(PyTuple_GET_ITEM(pair, 0), "arrow_schema", name);
    struct ArrowArray *array =
        schema ? pointer_of(PyTuple_GET_ITEM(pair, 1), "arrow_array", name) : NULL;
    if (!array)
        return -1;
    if (!schema->release || !array->release)
        return malformed(name, "the array was used already");
    if (!take_schema(schema, texts, out))
        return 0;
    out->chunks = array;
    out->chunk_count = 1;
    return take_array(array, name, out) < 0 ? -1 : 1;
}

/* Calls the method. Without one, and if it raises any Exception but MemoryError, NULL without an
 * exception: another protocol may still do. */
static PyObject *capsules_of(PyObject *argument, const char *method)
{
    PyObject *bound = attribute_of(argument, method);
    PyObject *result = bound ? PyObject_CallNoArgs(bound) : NULL;
    Py_XDECREF(bound);
    if (!result && PyErr_ExceptionMatches(PyExc_Exception) &&
        !PyErr_ExceptionMatches(PyExc_MemoryError))
        PyErr_Clear();
    return result;
}

int arrow_column_from(PyObject *argument, const char *name, bool texts, arrow_column *out)
{
    out->capsules = capsules_of(argument, "__arrow_c_array__");
    if (out->capsules)
        return take_pair(out->capsules, name, texts, out);
    if (!PyErr_Occurred())
        out->capsules = capsules_of(argument, "__arrow_c_stream__");
    if (out->capsules)
        return take_stream(out->capsules, name, texts, out);
    return PyErr_Occurred() ? -1 : 0;
}

static void release_chunks(arrow_column *column)
{
    for (size_t i = 0; i < column->chunk_count; i++)
        if (column->chunks[i].release)
            column->chunks[i].release(&column->chunks[i]);
    PyMem_Free(column->chunks);
}

/* The producer of the arrays may run Python code to release them, which must not find an exception
 * set. */
void arrow_column_release(arrow_column *column)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (column->room)
        release_chunks(column);
    Py_XDECREF(column->capsules);
    *column = (arrow_column){0};
    PyErr_Restore(type, value, traceback);
}

/* The bitmap of an array, NULL if nothing is missing. */
static const uint8_t *valid_of(const struct ArrowArray *array)
{
    return array->null_count == 0 ? NULL : array->buffers[0];
}

static run numbers_of(const struct ArrowArray *array, number_type type)
{
    return (run){
        .first = (const char *)array->buffers[1] + array->offset * type.size,
        .count = (Py_ssize_t)array->length,
        .stride = type.size,
        .type = type,
        .valid = valid_of(array),
        .valid_from = array->offset,
    };
}

int arrow_column_read(const arrow_column *column, column_target target, void *out, const char *name)
{
    static const uint8_t none_valid = 0;
    Py_ssize_t base = 0;
    for (size_t i = 0; i < column->chunk_count; i++) {
        const struct ArrowArray *array = &column->chunks[i];
        if (array->length == 0)
            continue;
        run numbers = {.count = 1, .valid = &none_valid};
        if (column->kind == ARROW_NUMBERS)
            numbers = numbers_of(array, column->type);
        if (run_read(&numbers, target, (char *)out + (size_t)base * target_size(target), name,
                     base) < 0)
            return -1;
        base += (Py_ssize_t)array->length;
    }
    return 0;
}

static bool has_text(const struct ArrowArray *array, int64_t position)
{
    const uint8_t *valid = valid_of(array);
    int64_t bit = array->offset + position;
    return !valid || (valid[bit / 8] >> bit % 8 & 1);
}

/* A text of an array of offsets into one buffer. */
static arrow_text text_between(const struct ArrowArray *array, int64_t begin, int64_t end,
                               const char **data, Py_ssize_t *size)
{
    if (begin < 0 || end < begin || (end > begin && !array->buffers[2]))
        return ARROW_TEXT_MALFORMED;
    *data = end > begin ? (const char *)array->buffers[2] + begin : "";
    *size = (Py_ssize_t)(end - begin);
    return ARROW_TEXT;
}

/* A text of up to 12 bytes is in the view itself; a longer one in one of the buffers from the third
 * to the last but one, whose lengths are in the last. */
static arrow_text text_in_view(const struct ArrowArray *array, int64_t position, const char **data,
                               Py_ssize_t *size)
{
    enum { VIEW = 16, INLINE = 12 };
    const char *view = (const char *)array->buffers[1] + (array->offset + position) * VIEW;
    int32_t length, buffer, offset;
    memcpy(&length, view, sizeof length);
    memcpy(&buffer, view + 8, sizeof buffer);
    memcpy(&offset, view + 12, sizeof offset);
    *size = length;
    *data = view + 4;
    if (length < 0)
        return ARROW_TEXT_MALFORMED;
    if (length <= INLINE)
        return ARROW_TEXT;
    const int64_t *lengths = array->buffers[array->n_buffers - 1];
    if (buffer < 0 || buffer >= array->n_buffers - 3 || !lengths || offset < 0 ||
        !array->buffers[2 + buffer] || lengths[buffer] < (int64_t)offset + length)
        return ARROW_TEXT_MALFORMED;
    *data = (const char *)array->buffers[2 + buffer] + offset;
    return ARROW_TEXT;
}

static arrow_text text_at(const struct ArrowArray *array, arrow_kind kind, int64_t position,
                          const char **data, Py_ssize_t *size)
{
    if (kind == ARROW_NOTHING || !has_text(array, position))
        return ARROW_TEXT_MISSING;
    int64_t at = array->offset + position;
    if (kind == ARROW_UTF8_VIEW)
        return text_in_view(array, position, data, size);
    if (kind == ARROW_LARGE_UTF8) {
        const int64_t *offsets = array->buffers[1];
        return text_between(array, offsets[at], offsets[at + 1], data, size);
    }
    const int32_t *offsets = array->buffers[1];
    return text_between(array, offsets[at], offsets[at + 1], data, size);
}

/* The array that has the position, which becomes one within it. */
static const struct ArrowArray *chunk_with(arrow_column *column, Py_ssize_t *position)
{
    if (*position < column->chunk_at)
        column->chunk = 0, column->chunk_at = 0;
    while (*position - column->chunk_at >= column->chunks[column->chunk].length)
        column->chunk_at += (Py_ssize_t)column->chunks[column->chunk++].length;
    *position -= column->chunk_at;
    return &column->chunks[column->chunk];
}

arrow_text arrow_column_text(arrow_column *column, Py_ssize_t position, const char **data,
                             Py_ssize_t *size)
{
    const struct ArrowArray *array = chunk_with(column, &position);
    if (!column->has_dictionary)
        return text_at(array, column->kind, position, data, size);
    if (!has_text(array, position))
        return ARROW_TEXT_MISSING;
    run indexes = numbers_of(array, column->type);
    int64_t index = run_integer(&indexes, position);
    if (index < 0 || index >= array->dictionary->length)
        return ARROW_TEXT_MALFORMED;
    return text_at(array->dictionary, column->kind, index, data, size);
}
