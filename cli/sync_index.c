#include "sync_index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <garita/statement.h>

#include "i18n.h"
#include "report.h"

/* What somebody may have given instead of a bundle. */
static const char *hint_of(const uint8_t *bytes, size_t bytes_len)
{
    static const char list[] = "garita-h";

    if (bytes_len >= sizeof list - 1 && memcmp(bytes, list, sizeof list - 1) == 0)
        return _("this is a list of what a home has: give it to garita sync export --for");
    if (garita_statement_type(bytes, bytes_len) == GARITA_TYPE_AUTHORITY)
        return _("this is a single statement: garita trust add takes it");
    return _("a bundle is what \"garita sync export -o FILE\" writes");
}

static exit_status refuse(const struct context *context, const char *source, const uint8_t *bytes,
                          size_t bytes_len, garita_error error)
{
    const struct failure failure = {EXIT_BAD_INPUT, garita_error_name(error), source, 0,
                                    hint_of(bytes, bytes_len)};

    if (error == GARITA_E_UNSUPPORTED_VERSION)
        return report_failure(context, &failure, "%s",
                              _("a bundle of a newer version of this program"));
    return report_failure(context, &failure, "%s", _("not a bundle"));
}

/* Null if there is no memory. */
static struct sync_item *add(struct sync_index *index)
{
    if (index->count == index->cap) {
        size_t cap = index->cap == 0 ? 64 : 2 * index->cap;
        struct sync_item *at = realloc(index->at, cap * sizeof *at);
        if (at == NULL)
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

static exit_status read_all(const struct context *context, struct sync_index *index,
                            garita_bundle_reader *reader)
{
    garita_message message;

    for (;;) {
        size_t at = reader->at;
        if (garita_bundle_next(reader, &message, &index->fault) != GARITA_OK)
            break;
        if (message.kind == GARITA_MESSAGE_END)
            return EXIT_DONE;
        if (message.kind == GARITA_MESSAGE_ORIGIN) {
            index->origin = message.bytes;
            continue;
        }
        if (is_part(message.kind)) {
            struct sync_item *owner = &index->at[index->count - 1];
            owner->parts++;
            if (message.kind == GARITA_MESSAGE_LEAVES)
                owner->leaves += message.bytes.len / sizeof(garita_hash);
            continue;
        }
        if (index->count == SYNC_ITEMS_MAX) {
            index->fault = (garita_fault){GARITA_E_FULL, at, "bundle"};
            return EXIT_DONE;
        }
        struct sync_item *item = add(index);
        if (item == NULL)
            return report_no_memory(context);
        *item = (struct sync_item){.kind = message.kind, .at = at};
    }
    if (reader->open == GARITA_MESSAGE_TAIL || reader->open == GARITA_MESSAGE_SNAPSHOT)
        index->at[index->count - 1].is_cut = true;
    return EXIT_DONE;
}

exit_status sync_index_make(const struct context *context, struct sync_index *out,
                            const char *source, const uint8_t *bytes, size_t bytes_len)
{
    garita_bundle_reader reader;

    *out = (struct sync_index){.bytes = bytes, .len = bytes_len, .fault = {.field = ""}};
    garita_error error = garita_bundle_open(&reader, bytes, bytes_len);
    if (error != GARITA_OK)
        return refuse(context, source, bytes, bytes_len, error);
    return read_all(context, out, &reader);
}

void sync_index_free(struct sync_index *index)
{
    free(index->at);
    *index = (struct sync_index){0};
}

void sync_index_first(const struct sync_index *index, garita_bundle_reader *reader,
                      garita_message *out, const struct sync_item *item)
{
    *reader = (garita_bundle_reader){.bytes = index->bytes, .len = index->len, .at = item->at};
    sync_index_next(reader, out);
}

void sync_index_next(garita_bundle_reader *reader, garita_message *out)
{
    garita_error error = garita_bundle_next(reader, out, NULL);

    /* It was read when the index was made. */
    assert(error == GARITA_OK);
    (void)error;
}
