#include "log_share.h"

#include <stdlib.h>
#include <string.h>

#include <garita/store_logs.h>

struct sharing {
    garita_store *store;
    garita_book *book;
    const garita_trust *trust;
    const uint8_t *first_key;
    garita_event *events;     /* room for a batch */
    garita_store_error error; /* of a visit */
    garita_hash *ids;         /* logs with a first key that several have */
    uint8_t (*first_keys)[GARITA_PUBLIC_KEY_SIZE];
    size_t count, cap;
};

/* --- which logs --- */

static bool note_log(void *context, const garita_hash *id,
                     const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    struct sharing *sharing = context;

    if (!garita_book_has_several(sharing->book, first_key))
        return true;
    if (sharing->count == sharing->cap) {
        size_t cap = sharing->cap == 0 ? 16 : 2 * sharing->cap;
        garita_hash *ids = realloc(sharing->ids, cap * sizeof *ids);
        if (ids != NULL)
            sharing->ids = ids;
        uint8_t(*keys)[GARITA_PUBLIC_KEY_SIZE] =
            ids != NULL ? realloc(sharing->first_keys, cap * sizeof *keys) : NULL;
        if (keys == NULL) {
            sharing->error = GARITA_STORE_NO_MEMORY;
            return false;
        }
        sharing->first_keys = keys;
        sharing->cap = cap;
    }
    sharing->ids[sharing->count] = *id;
    memcpy(sharing->first_keys[sharing->count++], first_key, GARITA_PUBLIC_KEY_SIZE);
    return true;
}

/* --- to whom --- */

static bool is_of_key(const struct sharing *sharing, const garita_issuer *authority)
{
    return memcmp(authority->first_key, sharing->first_key, GARITA_PUBLIC_KEY_SIZE) == 0;
}

/* The authority's log in the book, a new one if there is none; null if memory is lacking. */
static garita_log *open_log(const struct sharing *sharing, const garita_issuer *authority)
{
    garita_hash id;
    garita_log fresh;
    garita_log *log = garita_book_log(sharing->book, authority);

    if (log != NULL)
        return log;
    garita_log_id(&id, authority);
    if (garita_log_start(&fresh, &id) != GARITA_OK)
        return NULL;
    if (garita_book_put(sharing->book, &fresh) == GARITA_OK)
        return garita_book_log(sharing->book, authority);
    garita_log_end(&fresh);
    return NULL;
}

/* --- proofs --- */

static garita_store_error share_proof(const struct sharing *sharing, const garita_hash *id)
{
    uint8_t bytes[GARITA_EQUIVOCATION_BYTES_MAX];
    size_t len;
    garita_equivocation proof;
    garita_head heads[2];
    const garita_issuer *authority = NULL;
    garita_store_error error = garita_store_get_proof(sharing->store, bytes, &len, id);

    if (error == GARITA_STORE_ABSENT)
        return GARITA_STORE_OK;
    if (error != GARITA_STORE_OK || garita_equivocation_read(&proof, bytes, len) != GARITA_OK)
        return error;
    while ((authority = garita_equivocation_check(heads, NULL, sharing->trust, authority, bytes,
                                                  len)) != NULL) {
        if (!is_of_key(sharing, authority) ||
            !garita_book_head_counts(sharing->book, authority, proof.heads[0]) ||
            !garita_book_head_counts(sharing->book, authority, proof.heads[1]))
            continue;
        garita_log *log = open_log(sharing, authority);
        if (log == NULL)
            return GARITA_STORE_NO_MEMORY;
        garita_log_offer_proof(log);
    }
    return GARITA_STORE_OK;
}

/* --- evidence --- */

/* Of an authority with more revocations than are kept nothing is known: for a verdict, until its log
 * is taken anew. */
static garita_error give_up(garita_log *log)
{
    const garita_hash id = log->id;

    garita_log_end(log);
    garita_error error = garita_log_start(log, &id);
    log->is_damaged = true;
    return error;
}

static garita_error offer_evidence(const struct sharing *sharing, const garita_issuer *authority,
                                   const garita_head *head, const garita_message *evidence)
{
    uint64_t gained;
    garita_log *log = open_log(sharing, authority);

    if (log == NULL)
        return GARITA_E_NO_MEMORY;
    garita_error error =
        garita_log_offer_evidence(log, &gained, sharing->events, head, evidence->index,
                                  evidence->bytes, evidence->path, evidence->path_count);
    return error == GARITA_E_FULL ? give_up(log) : error;
}

static bool share_evidence(void *context, const garita_message *evidence)
{
    struct sharing *sharing = context;
    garita_head head;
    const garita_issuer *authority = NULL;

    while ((authority = garita_head_signer(&head, NULL, sharing->trust, authority,
                                           evidence->head.at, evidence->head.len)) != NULL) {
        if (!is_of_key(sharing, authority) ||
            !garita_book_head_counts(sharing->book, authority, evidence->head))
            continue;
        if (offer_evidence(sharing, authority, &head, evidence) == GARITA_E_NO_MEMORY) {
            sharing->error = GARITA_STORE_NO_MEMORY;
            return false;
        }
    }
    return true;
}

/* What cannot be read of it is doctor's to tell. */
static garita_store_error share_all_evidence(struct sharing *sharing, const garita_hash *id)
{
    garita_store_error error =
        garita_store_each_evidence(sharing->store, id, share_evidence, sharing);

    if (sharing->error != GARITA_STORE_OK)
        return sharing->error;
    return error == GARITA_STORE_CORRUPT ? GARITA_STORE_OK : error;
}

/* --- all of it --- */

static garita_store_error share(struct sharing *sharing)
{
    garita_store_error error = GARITA_STORE_OK;

    if (sharing->count == 0)
        return GARITA_STORE_OK;
    sharing->events = calloc(GARITA_BATCH_EVENTS_MAX, sizeof *sharing->events);
    if (sharing->events == NULL)
        return GARITA_STORE_NO_MEMORY;
    for (size_t i = 0; i < sharing->count && error == GARITA_STORE_OK; i++) {
        sharing->first_key = sharing->first_keys[i];
        error = share_proof(sharing, &sharing->ids[i]);
        if (error == GARITA_STORE_OK)
            error = share_all_evidence(sharing, &sharing->ids[i]);
    }
    return error;
}

garita_store_error log_share(garita_store *store, garita_book *book, const garita_trust *trust)
{
    struct sharing sharing = {.store = store, .book = book, .trust = trust};
    garita_store_error error = garita_store_each_log(store, note_log, &sharing);

    if (error == GARITA_STORE_OK)
        error = sharing.error;
    if (error == GARITA_STORE_OK)
        error = share(&sharing);
    free(sharing.events);
    free(sharing.first_keys);
    free(sharing.ids);
    return error;
}
