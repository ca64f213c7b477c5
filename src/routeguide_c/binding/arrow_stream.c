/* The features of an index as a stream of record batches: lat_e7, lon_e7, name.
 *
 * Coordinates are shown where they lie in the index. Names lie within encoded features there, and
 * are copied, batch by batch.
 */
#include "arrow_arrays.h"
#include "index_methods.h"
#include "index_object.h"

#include "base/rg_alloc.h"
#include "features/rg_names.h"

#include <errno.h>

enum { COLUMNS = 3, BATCH = 1 << 17 };

/* --- the schema --- */

typedef struct table_schema {
    struct ArrowSchema columns[COLUMNS];
    struct ArrowSchema *children[COLUMNS];
} table_schema;

static void release_table_schema(struct ArrowSchema *schema)
{
    for (int i = 0; i < COLUMNS; i++)
        if (schema->children[i]->release)
            schema->children[i]->release(schema->children[i]);
    rg_free(schema->private_data);
    schema->release = NULL;
}

static int get_schema(struct ArrowArrayStream *Py_UNUSED(stream), struct ArrowSchema *out)
{
    table_schema *self = rg_alloc(1, sizeof *self);
    if (!self)
        return ENOMEM;
    arrow_schema_init(&self->columns[0], "i", "lat_e7");
    arrow_schema_init(&self->columns[1], "i", "lon_e7");
    arrow_schema_init(&self->columns[2], "u", "name");
    for (int i = 0; i < COLUMNS; i++)
        self->children[i] = &self->columns[i];
    *out = (struct ArrowSchema){
        .format = "+s",
        .name = "",
        .n_children = COLUMNS,
        .children = self->children,
        .release = release_table_schema,
        .private_data = self,
    };
    return 0;
}

/* --- a column of names --- */

typedef struct names_array {
    const void *buffers[3]; /* validity, offsets, bytes */
    int32_t *offsets;       /* owned */
    uint8_t *bytes;         /* owned */
} names_array;

static void names_array_free(names_array *self)
{
    if (!self)
        return;
    rg_free(self->bytes);
    rg_free(self->offsets);
    rg_free(self);
}

static void release_names(struct ArrowArray *array)
{
    names_array_free(array->private_data);
    array->release = NULL;
}

/* Initializes `out` with the names from feature `first` on: `*count`, or fewer if their bytes
 * would be too many for one array, which it then sets `*count` to. */
static rg_status names_init(struct ArrowArray *out, const rg_store *store, uint32_t first,
                            uint32_t *count)
{
    rg_status status = RG_ENOMEM;
    names_array *self = rg_alloc_zeroed(1, sizeof *self);
    if (self)
        self->offsets = rg_alloc((size_t)*count + 1, sizeof *self->offsets);
    if (!self || !self->offsets)
        goto fail;
    status = rg_names_measure(store, first, count, self->offsets, INT32_MAX);
    if (status != RG_OK)
        goto fail;
    self->bytes = rg_alloc((size_t)self->offsets[*count], 1);
    status =
        self->bytes ? rg_names_copy(self->bytes, store, first, *count, self->offsets) : RG_ENOMEM;
    if (status != RG_OK)
        goto fail;
    self->buffers[1] = self->offsets;
    self->buffers[2] = self->bytes;
    *out = (struct ArrowArray){
        .length = *count,
        .n_buffers = 3,
        .buffers = self->buffers,
        .release = release_names,
        .private_data = self,
    };
    return RG_OK;

fail:
    names_array_free(self);
    return status;
}

/* --- a batch --- */

typedef struct batch {
    const void *buffers[1]; /* validity */
    struct ArrowArray columns[COLUMNS];
    struct ArrowArray *children[COLUMNS];
} batch;

static void release_columns(batch *self)
{
    for (int i = 0; i < COLUMNS; i++)
        if (self->columns[i].release)
            self->columns[i].release(&self->columns[i]);
    rg_free(self);
}

static void release_batch(struct ArrowArray *array)
{
    release_columns(array->private_data);
    array->release = NULL;
}

/* --- the stream --- */

typedef struct stream_state {
    arrow_keeper *keeper; /* of the FeatureIndex */
    const rg_store *store;
    uint32_t next;
    rg_status status; /* of the last batch */
} stream_state;

static rg_status batch_init(batch *self, stream_state *state, uint32_t *count)
{
    rg_status status = names_init(&self->columns[2], state->store, state->next, count);
    if (status != RG_OK)
        return status;
    const int32_t *lats_e7 = rg_store_lats_e7(state->store) + state->next;
    const int32_t *lons_e7 = rg_store_lons_e7(state->store) + state->next;
    if (arrow_column_init(&self->columns[0], state->keeper, lats_e7, *count) != 0 ||
        arrow_column_init(&self->columns[1], state->keeper, lons_e7, *count) != 0)
        return RG_ENOMEM;
    for (int i = 0; i < COLUMNS; i++)
        self->children[i] = &self->columns[i];
    return RG_OK;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    stream_state *state = stream->private_data;
    uint32_t left = rg_store_count(state->store) - state->next;
    uint32_t count = left < BATCH ? left : BATCH;
    out->release = NULL; /* the end of a stream, as is */
    if (count == 0)
        return 0;
    batch *self = rg_alloc_zeroed(1, sizeof *self);
    state->status = self ? batch_init(self, state, &count) : RG_ENOMEM;
    if (state->status != RG_OK) {
        if (self)
            release_columns(self);
        return state->status == RG_ENOMEM ? ENOMEM : EINVAL;
    }
    state->next += count;
    *out = (struct ArrowArray){
        .length = count,
        .n_buffers = 1,
        .n_children = COLUMNS,
        .buffers = self->buffers,
        .children = self->children,
        .release = release_batch,
        .private_data = self,
    };
    return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream)
{
    return rg_status_text(((stream_state *)stream->private_data)->status);
}

static void release_stream(struct ArrowArrayStream *stream)
{
    stream_state *state = stream->private_data;
    arrow_keeper_drop(state->keeper);
    rg_free(state);
    stream->release = NULL;
}

/* A consumer that asked for another schema casts what it gets, as Arrow's protocol allows. */
PyObject *FeatureIndex_arrow_stream(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"requested_schema", NULL};
    PyObject *requested;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:__arrow_c_stream__", names, &requested))
        return NULL;
    stream_state *state = rg_alloc_zeroed(1, sizeof *state);
    if (!state)
        return PyErr_NoMemory();
    state->store = rg_index_store(index_of(self));
    state->keeper = arrow_keeper_new(self);
    if (!state->keeper) {
        rg_free(state);
        return NULL;
    }
    return arrow_stream_capsule((struct ArrowArrayStream){
        .get_schema = get_schema,
        .get_next = get_next,
        .get_last_error = get_last_error,
        .release = release_stream,
        .private_data = state,
    });
}
