#include "host.h"

#include <string.h>

#include <sodium.h>

#include <garita/giving.h>
#include <garita/store_keeper.h>
#include <garita/store_stock.h>

#include "log.h"

/* A log whose set is larger than this is loaded anew for each who wants it. */
enum { KEPT_BYTES_MAX = 8 * 1024 * 1024 };

static void forget(struct host_log *slot)
{
    garita_log_end(&slot->log);
    *slot = (struct host_log){0};
}

/* The place of this log if it is loaded, else the one that was used longest ago. */
static struct host_log *slot_of(struct host *host, const garita_hash *id)
{
    struct host_log *oldest = &host->logs[0];

    for (size_t i = 0; i < HOST_LOGS; i++) {
        if (host->logs[i].is_there && garita_hash_equal(&host->logs[i].log.id, id))
            return &host->logs[i];
        if (host->logs[i].used < oldest->used)
            oldest = &host->logs[i];
    }
    return oldest;
}

static garita_store_error load(struct host *host, struct host_log **out, const garita_hash *id)
{
    struct host_log *slot = slot_of(host, id);
    uint8_t knowledge[GARITA_STORE_KNOWLEDGE_SIZE];
    garita_store_error error = garita_store_knowledge(host->reader, knowledge);

    *out = slot;
    if (error != GARITA_STORE_OK)
        return error;
    if (!slot->is_there || !garita_hash_equal(&slot->log.id, id) ||
        memcmp(slot->knowledge, knowledge, sizeof knowledge) != 0) {
        forget(slot);
        error = garita_store_load_log(host->reader, &slot->log, NULL, id);
        slot->is_there = error == GARITA_STORE_OK;
        memcpy(slot->knowledge, knowledge, sizeof knowledge);
    }
    slot->used = ++host->gives;
    return error;
}

static bool write_plan(struct host *host, const garita_log *log, const garita_have_log *theirs,
                       bool wants_batches, garita_bundle_sink sink, void *sink_context,
                       garita_store_error *error)
{
    garita_store_shelf context;
    garita_shelf shelf;
    garita_plan plan;

    garita_store_shelf_of(&shelf, &context, host->reader, log);
    /* Who asks as if it had nothing may hold a log that it no longer trusts, and then wants the
     * leaves, by which it knows the state for a continuation of it. */
    bool is_planned = theirs == NULL && !wants_batches
                          ? garita_plan_for_all(&plan, &shelf)
                          : garita_plan_for(&plan, &shelf, theirs, wants_batches);
    bool is_given = is_planned && garita_plan_write(&plan, &shelf, NULL, sink, sink_context);
    *error = context.error;
    return is_given;
}

static bool give(void *context, const garita_hash *log, const garita_have_log *theirs,
                 bool wants_batches, garita_bundle_sink sink, void *sink_context)
{
    struct host *host = context;
    struct host_log *slot = NULL;
    bool is_given = false;
    garita_store_error error = garita_store_hold(host->reader);

    if (error == GARITA_STORE_OK)
        error = load(host, &slot, log);
    if (error == GARITA_STORE_OK && slot->log.has_head && !slot->log.is_damaged)
        is_given = write_plan(host, &slot->log, theirs, wants_batches, sink, sink_context, &error);
    garita_store_rollback(host->reader);
    if (slot != NULL && slot->is_there && garita_set_memory(slot->log.set) > KEPT_BYTES_MAX)
        forget(slot);
    if (error != GARITA_STORE_OK)
        log_event(LOG_LEVEL_ERROR, "alarm", LOG_TEXT("text", "a log could not be read for a peer"),
                  LOG_TEXT("error", garita_store_error_name(error)),
                  LOG_TEXT("detail", garita_store_detail(host->reader)));
    return is_given;
}

static bool give_item(void *context, const garita_hash *log, unsigned kind,
                      const garita_digest *digest, garita_bundle_sink sink, void *sink_context)
{
    struct host *host = context;

    return garita_store_write_item(host->reader, log, kind, digest, sink, sink_context) ==
           GARITA_STORE_OK;
}

void host_random(void *context, uint8_t *out, size_t len)
{
    (void)context;
    randombytes_buf(out, len);
}

struct engine_host host_for_engine(struct host *host)
{
    return (struct engine_host){host, host_random, give, give_item};
}

void host_end(struct host *host)
{
    for (size_t i = 0; i < HOST_LOGS; i++)
        forget(&host->logs[i]);
}
