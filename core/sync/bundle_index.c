#include <garita/bundle_index.h>

#include <assert.h>
#include <stdlib.h>

/* Most bundles that a peer sends have one message or two. */
enum { FIRST_CAP = 4 };

/* Null if there is no memory. */
static garita_bundle_item *add(garita_bundle_index *index)
{
    if (index->count == index->cap) {
        size_t cap = index->cap == 0 ? FIRST_CAP : 2 * index->cap;
        garita_bundle_item *at = realloc(index->at, cap * sizeof *at);
        if (!at)
            return NULL;
        index->at = at;
        index->cap = cap;
    }
    return &index->at[index->count++];
}

static bool is_part(garita_message_kind kind)
{
    return kind == GARITA_MESSAGE_BATCH || kind == GARITA_MESSAGE_CHUNK ||
           kind == GARITA_MESSAGE_LEAVES;
}

/* The reader lets parts through only behind what they are parts of. */
static void add_part(garita_bundle_item *owner, const garita_message *part)
{
    owner->parts++;
    if (part->kind == GARITA_MESSAGE_LEAVES)
        owner->leaves += part->bytes.len / sizeof(garita_hash);
}

static garita_error read_all(garita_bundle_index *index, garita_bundle_reader *reader)
{
    garita_message message;
    for (;;) {
        size_t at = reader->at;
        if (garita_bundle_next(reader, &message, &index->fault) != GARITA_OK)
            break;
        if (message.kind == GARITA_MESSAGE_END)
            return GARITA_OK;
        if (message.kind == GARITA_MESSAGE_ORIGIN) {
            index->origin = message.bytes;
            continue;
        }
        if (is_part(message.kind)) {
            add_part(&index->at[index->count - 1], &message);
            continue;
        }
        if (index->count == GARITA_BUNDLE_ITEMS_MAX) {
            index->fault = (garita_fault){GARITA_E_FULL, at, "bundle"};
            return GARITA_OK;
        }
        garita_bundle_item *item = add(index);
        if (!item)
            return GARITA_E_NO_MEMORY;
        *item = (garita_bundle_item){.kind = message.kind, .at = at};
    }
    if (reader->open == GARITA_MESSAGE_TAIL || reader->open == GARITA_MESSAGE_SNAPSHOT)
        index->at[index->count - 1].is_cut = true;
    return GARITA_OK;
}

garita_error garita_bundle_index_make(garita_bundle_index *out, const uint8_t *bytes,
                                      size_t bytes_len)
{
    garita_bundle_reader reader;
    *out = (garita_bundle_index){.bytes = bytes, .len = bytes_len, .fault = {.field = ""}};
    garita_error error = garita_bundle_open(&reader, bytes, bytes_len);
    return error == GARITA_OK ? read_all(out, &reader) : error;
}

void garita_bundle_index_free(garita_bundle_index *index)
{
    free(index->at);
    *index = (garita_bundle_index){0};
}

void garita_bundle_index_first(const garita_bundle_index *index, garita_bundle_reader *reader,
                               garita_message *out, const garita_bundle_item *item)
{
    *reader = (garita_bundle_reader){.bytes = index->bytes, .len = index->len, .at = item->at};
    garita_bundle_index_next(reader, out);
}

void garita_bundle_index_next(garita_bundle_reader *reader, garita_message *out)
{
    garita_error error = garita_bundle_next(reader, out, NULL);
    assert(error == GARITA_OK); /* it was read when the index was made */
    (void)error;
}
