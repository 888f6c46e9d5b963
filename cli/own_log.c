#include "own_log.h"

#include <stdlib.h>
#include <string.h>

#include <garita/date.h>
#include <garita/store_logs.h>
#include <garita/store_signing.h>

#include "i18n.h"
#include "report.h"
#include "signing_moment.h"
#include "store_report.h"

static const struct wish head_wish = {.type = GARITA_TYPE_HEAD};

int64_t own_log_validity(const garita_issuer *authority)
{
    if (authority->level == 0)
        return GARITA_DUE_ANCHOR_S;
    return garita_scope_has_type(&authority->scope, GARITA_TYPE_AUTHORITY) ? GARITA_DUE_BETWEEN_S
                                                                           : GARITA_DUE_ISSUER_S;
}

/* --- whether --- */

exit_status own_logs_check(const struct context *context, const struct signing *signing,
                           int64_t now)
{
    refusal why;
    const garita_issuer *issuer = signing_choose(signing, &why, &head_wish, now);

    return why == REFUSAL_NONE
               ? EXIT_DONE
               : signing_refuse(context, signing, signing->key.name, 0, why, issuer, &head_wish);
}

void own_logs_warn_unsigned(const struct context *context, const struct signing *signing,
                            int64_t now)
{
    refusal why;
    const garita_issuer *issuer = signing_choose(signing, &why, &head_wish, now);

    if (why == REFUSAL_TYPE)
        report_note(context,
                    _("this key may not sign heads: until %s has signed one with a key that may "
                      "(garita head --as KEY), checkpoints refer what is signed now"),
                    issuer->name);
}

/* --- loading --- */

static bool add_log(struct own_logs *logs, const garita_hash *id, const garita_issuer *record)
{
    struct own_log *grown = realloc(logs->at, (logs->count + 1) * sizeof *grown);

    if (grown == NULL)
        return false;
    logs->at = grown;
    logs->at[logs->count++] = (struct own_log){.id = *id, .authority = record};
    return true;
}

/* A log for each chain on which the key hangs, with the record that may sign its heads. */
static bool find_logs(struct own_logs *logs)
{
    const struct signing *signing = logs->signing;

    for (const garita_issuer *record = signing_next(signing, NULL); record != NULL;
         record = signing_next(signing, record)) {
        garita_hash id;
        size_t i = 0;
        garita_log_id(&id, record);
        while (i < logs->count && !garita_hash_equal(&logs->at[i].id, &id))
            i++;
        if (i == logs->count && !add_log(logs, &id, record))
            return false;
        if (logs->at[i].signer == NULL &&
            signing_judge(signing, record, &head_wish, logs->now) == REFUSAL_NONE)
            logs->at[i].signer = record;
    }
    return true;
}

static exit_status damaged(const struct context *context, const struct own_log *own,
                           const char *what)
{
    return report_failure(
        context,
        &(struct failure){EXIT_IO, "log-damaged", context->home, 0,
                          _("\"garita doctor\" says what is wrong, and repairs what can be")},
        _("the status log of %s does not hold together, and nothing is signed on top of it: %s"),
        own->authority->name, what != NULL ? _(what) : "");
}

static exit_status load_log(struct own_logs *logs, struct own_log *own)
{
    const char *what = NULL;
    garita_store *store = logs->signing->store;
    garita_store_error error = garita_store_load_log(store, &own->log, &what, &own->id);

    if (error != GARITA_STORE_OK)
        return store_report(logs->context, error, garita_store_detail(store));
    own->first = own->log.frontier.size;
    return own->log.is_damaged ? damaged(logs->context, own, what) : EXIT_DONE;
}

/* --- the same in all --- */

static bool copy_set(garita_set **out, const garita_set *from)
{
    uint8_t bytes[GARITA_CHUNK_BYTES_MAX];
    size_t len;
    int32_t index = -1;

    if (garita_set_new(out) != GARITA_OK)
        return false;
    while ((index = garita_set_next_chunk(from, (uint32_t)(index + 1))) >= 0) {
        garita_set_chunk(bytes, &len, from, (uint32_t)index);
        if (garita_set_put_chunk(*out, (uint32_t)index, bytes, len) != GARITA_OK) {
            garita_set_free(*out);
            *out = NULL;
            return false;
        }
    }
    return true;
}

static bool has_same_root(const garita_frontier *a, const garita_frontier *b)
{
    garita_hash left, right;

    garita_frontier_root(&left, a);
    garita_frontier_root(&right, b);
    return a->size == b->size && garita_hash_equal(&left, &right);
}

/* Whether a log is how the other begins. False, too, where that cannot be told any more. */
static bool is_beginning(const struct own_logs *logs, const garita_log *log,
                         const garita_log *longer)
{
    garita_store_leaves context;
    garita_frontier frontier = longer->at_start;
    garita_hash leaf;

    if (log->frontier.size == 0 || has_same_root(&log->frontier, &longer->frontier))
        return true;
    garita_leaf_source leaves =
        garita_store_leaf_source(&context, logs->signing->store, &longer->id);
    while (frontier.size < log->frontier.size) {
        if (!leaves.leaf(leaves.context, &leaf, frontier.size))
            return false;
        garita_frontier_append(&frontier, &leaf);
    }
    return has_same_root(&log->frontier, &frontier);
}

/* The log with the newest head by a key of this authority: what a stranger who certified the same
 * key signed with one of his own is not. */
static const garita_log *newest_for(const struct own_logs *logs, const struct own_log *own)
{
    const garita_log *newest = &own->log;
    garita_head head;

    for (size_t i = 0; i < logs->count; i++) {
        const garita_log *log = &logs->at[i].log;
        if (log->has_head &&
            (!newest->has_head || garita_head_compare(&log->head, &newest->head) > 0) &&
            garita_head_is_by(&head, logs->signing->trust, own->authority, log->head_bytes,
                              log->head_len))
            newest = log;
    }
    return newest;
}

static void take_head(garita_log *log, const garita_log *from)
{
    log->has_head = true;
    log->head = from->head;
    log->head_len = from->head_len;
    memcpy(log->head_bytes, from->head_bytes, from->head_len);
}

/* Takes the state of the newest, as from a snapshot: its very batches and head, since others that
 * say the same would be another tree. */
static exit_status catch_up(struct own_logs *logs, struct own_log *own)
{
    const garita_log *from = newest_for(logs, own);
    garita_log *log = &own->log;

    if (own->signer == NULL || from == log || !is_beginning(logs, log, from))
        return EXIT_DONE;
    if (log->frontier.size < from->frontier.size) {
        garita_set *set;
        if (!copy_set(&set, from->set))
            return report_no_memory(logs->context);
        garita_set_free(log->set);
        log->set = set;
        log->frontier = log->at_start = from->frontier;
        log->start = log->batches_from = own->first = from->frontier.size;
    }
    log->set_differs = log->set_differs || from->set_differs;
    log->set_differs_at = from->set_differs ? from->set_differs_at : log->set_differs_at;
    take_head(log, from);
    own->is_caught_up = true;
    return EXIT_DONE;
}

static bool are_same(garita_log *a, garita_log *b)
{
    garita_hash left, right;

    garita_set_root(&left, a->set);
    garita_set_root(&right, b->set);
    return has_same_root(&a->frontier, &b->frontier) && garita_hash_equal(&left, &right);
}

static exit_status check_same(struct own_logs *logs)
{
    struct own_log *first = NULL;

    for (size_t i = 0; i < logs->count; i++) {
        struct own_log *own = &logs->at[i];
        if (own->signer == NULL)
            continue;
        if (first == NULL)
            first = own;
        else if (!are_same(&first->log, &own->log))
            return report_failure(
                logs->context,
                &(struct failure){
                    EXIT_NOT_ALLOWED, "logs-differ", logs->context->home, 0,
                    _("if one of the two certified it without its wish, take that one away here "
                      "(garita "
                      "trust remove). Else have both certify the key that signed the newest head "
                      "(garita authority certify)")},
                _("nothing is signed: the status logs of %s as certified by %s and by %s have gone "
                  "different ways, and what is signed now would contradict one of them"),
                own->authority->name, first->authority->parent->name, own->authority->parent->name);
    }
    return EXIT_DONE;
}

/* --- all of it --- */

exit_status own_logs_load(struct own_logs *out, const struct context *context,
                          const struct signing *signing, int64_t now)
{
    exit_status status = EXIT_DONE;

    *out = (struct own_logs){.context = context, .signing = signing, .now = now};
    out->events = calloc(GARITA_BATCH_EVENTS_MAX, sizeof *out->events);
    out->scratch = calloc(GARITA_BATCH_EVENTS_MAX, sizeof *out->scratch);
    if (out->events == NULL || out->scratch == NULL || !find_logs(out))
        status = report_no_memory(context);
    for (size_t i = 0; i < out->count && status == EXIT_DONE; i++)
        status = load_log(out, &out->at[i]);
    for (size_t i = 0; i < out->count && status == EXIT_DONE; i++)
        status = catch_up(out, &out->at[i]);
    return status == EXIT_DONE ? check_same(out) : status;
}

void own_logs_free(struct own_logs *logs)
{
    for (size_t i = 0; i < logs->count; i++)
        garita_log_end(&logs->at[i].log);
    buffer_free(&logs->batches);
    free(logs->batch_ends);
    free(logs->at);
    free(logs->events);
    free(logs->scratch);
    *logs = (struct own_logs){0};
}

/* --- adding --- */

static exit_status cannot(const struct own_logs *logs, const struct own_log *own,
                          garita_error error)
{
    if (error == GARITA_E_NO_MEMORY)
        return report_no_memory(logs->context);
    return report_failure(
        logs->context, &(struct failure){EXIT_NOT_ALLOWED, garita_error_name(error), NULL, 0, NULL},
        _("the status log of %s cannot take this: %s"), own->authority->name,
        _(garita_error_text(error)));
}

/* A batch's time is for people; a clock that is out of its range does not keep anything out. */
static int64_t batch_time(int64_t now)
{
    if (now < GARITA_BATCH_TIME_MIN)
        return GARITA_BATCH_TIME_MIN;
    return now > GARITA_BATCH_TIME_MAX ? GARITA_BATCH_TIME_MAX : now;
}

static bool note_batch(struct own_logs *logs, size_t len)
{
    if (logs->batch_count == logs->batch_cap) {
        size_t cap = logs->batch_cap == 0 ? 16 : 2 * logs->batch_cap;
        size_t *grown = realloc(logs->batch_ends, cap * sizeof *grown);
        if (grown == NULL)
            return false;
        logs->batch_ends = grown;
        logs->batch_cap = cap;
    }
    logs->batches.len += len;
    logs->batch_ends[logs->batch_count++] = logs->batches.len;
    return true;
}

/* Appends one batch, the same bytes, to all logs that may be signed. */
static exit_status append_batch(struct own_logs *logs, const uint8_t *batch, size_t len)
{
    for (size_t i = 0; i < logs->count; i++) {
        struct own_log *own = &logs->at[i];
        if (own->signer == NULL)
            continue;
        garita_error error = garita_log_append(&own->log, logs->scratch, batch, len);
        if (error != GARITA_OK)
            return cannot(logs, own, error);
    }
    return note_batch(logs, len) ? EXIT_DONE : report_no_memory(logs->context);
}

/* Adds these events as one batch, or in halves where a batch cannot hold them. */
static exit_status add_batch(struct own_logs *logs, garita_event *events, size_t count)
{
    size_t len;

    if (!buffer_reserve(&logs->batches, GARITA_BATCH_BYTES_MAX))
        return report_no_memory(logs->context);
    uint8_t *at = (uint8_t *)logs->batches.at + logs->batches.len;
    garita_error error =
        garita_batch_encode(at, &len, GARITA_BATCH_BYTES_MAX, batch_time(logs->now), events, count);
    if (error == GARITA_E_TOO_LONG && count > 1) {
        exit_status status = add_batch(logs, events, count / 2);
        return status == EXIT_DONE ? add_batch(logs, events + count / 2, count - count / 2)
                                   : status;
    }
    return error == GARITA_OK ? append_batch(logs, at, len)
                              : cannot(logs, own_logs_signed(logs), error);
}

garita_standing own_logs_standing(const struct own_logs *logs, uint32_t serial)
{
    garita_standing worst = GARITA_STANDING_ACTIVE;

    for (size_t i = 0; i < logs->count; i++) {
        garita_status status;
        garita_log_status(&logs->at[i].log, &status, serial);
        if (status.standing > worst)
            worst = status.standing;
    }
    return worst;
}

exit_status own_logs_append(struct own_logs *logs, size_t *changed, const uint32_t *serials,
                            size_t count, garita_standing standing, garita_cause cause)
{
    const struct own_log *own = own_logs_signed(logs);
    size_t pending = 0;
    exit_status status = EXIT_DONE;

    *changed = 0;
    for (size_t i = 0; i < count && own != NULL && status == EXIT_DONE; i++) {
        garita_standing is = garita_set_get(own->log.set, serials[i]);
        if (is == standing || is == GARITA_STANDING_REVOKED)
            continue;
        logs->events[pending++] = (garita_event){serials[i], (uint8_t)standing, (uint8_t)cause};
        ++*changed;
        if (pending == GARITA_BATCH_EVENTS_MAX) {
            status = add_batch(logs, logs->events, pending);
            pending = 0;
        }
    }
    return status == EXIT_DONE && pending > 0 ? add_batch(logs, logs->events, pending) : status;
}

/* --- signing --- */

static bool clock_moved(const struct own_logs *logs, const struct own_log *own)
{
    return !own->log.has_head || logs->now > own->log.head.signed_at;
}

bool own_logs_clock_moved(const struct own_logs *logs)
{
    for (size_t i = 0; i < logs->count; i++)
        if (logs->at[i].signer != NULL && !clock_moved(logs, &logs->at[i]))
            return false;
    return true;
}

static void warn(const struct own_logs *logs, const struct own_log *own)
{
    char moment[GARITA_MOMENT_TEXT_SIZE];

    if (own->log.is_equivocated || own->log.set_differs)
        report_warning(logs->context,
                       _("%s is known to have signed two histories (\"garita audit\" shows it): "
                         "checkpoints refer all that it issued, whatever it signs now"),
                       own->authority->name);
    if (own->signer == NULL && own_logs_signed(logs) != NULL)
        report_warning(logs->context,
                       _("below the anchor %s this key may sign no head of %s now: the log there "
                         "stays as it is"),
                       own->authority->anchor->name, own->authority->name);
    if (own->signer == NULL || !garita_log_is_ahead(&own->log, logs->now))
        return;
    garita_moment_format(moment, own->log.head.signed_at);
    report_warning(logs->context,
                   _("the newest head of %s says that it was signed at %s, which by this clock has "
                     "not come yet: the clock is behind, or was ahead then. What is signed now "
                     "bears that moment too, since an earlier one would prove two histories; "
                     "revocations count at once, but checkpoints call the log stale until then"),
                   own->authority->name, moment);
}

void own_logs_warn(const struct own_logs *logs)
{
    for (size_t i = 0; i < logs->count; i++)
        warn(logs, &logs->at[i]);
}

static exit_status keep(struct own_logs *logs, struct own_log *own)
{
    garita_store *store = logs->signing->store;
    garita_bytes *batches = calloc(logs->batch_count + 1, sizeof *batches);
    size_t begin = 0;

    if (batches == NULL)
        return report_no_memory(logs->context);
    for (size_t i = 0; i < logs->batch_count; i++) {
        batches[i] =
            (garita_bytes){(const uint8_t *)logs->batches.at + begin, logs->batch_ends[i] - begin};
        begin = logs->batch_ends[i];
    }
    const garita_log_added added = {
        .first = own->first, .batch_count = logs->batch_count, .batches = batches};
    garita_store_error error =
        garita_store_keep_log(store, &own->log, own->authority->first_key, &added);
    free(batches);
    return error == GARITA_STORE_OK
               ? EXIT_DONE
               : store_report(logs->context, error, garita_store_detail(store));
}

static exit_status read_issued(const struct own_logs *logs, const struct own_log *own,
                               uint32_t *out)
{
    garita_store *store = logs->signing->store;
    garita_store_error error = garita_store_issued(store, out, own->authority->first_key);

    return error == GARITA_STORE_OK
               ? EXIT_DONE
               : store_report(logs->context, error, garita_store_detail(store));
}

exit_status own_logs_behind(const struct own_logs *logs, bool *out)
{
    exit_status status = EXIT_DONE;
    uint32_t issued = 0;

    *out = false;
    for (size_t i = 0; i < logs->count && status == EXIT_DONE; i++) {
        const struct own_log *own = &logs->at[i];
        status = read_issued(logs, own, &issued);
        *out = *out || (own->signer != NULL &&
                        (!own->log.has_head || own->is_caught_up || issued > own->log.head.issued));
    }
    return status;
}

/* The shortest that one of them is to be valid: it is one head. */
static int64_t validity(const struct own_logs *logs)
{
    int64_t shortest = INT64_MAX;

    for (size_t i = 0; i < logs->count; i++) {
        int64_t own = INT64_MAX;
        if (logs->at[i].signer != NULL)
            own = own_log_validity(logs->at[i].signer);
        if (own < shortest)
            shortest = own;
    }
    return shortest;
}

/* Signs the head, of this log first. */
static exit_status sign(struct own_logs *logs, struct own_log *own, int64_t valid_for_s)
{
    const garita_signer signer = {own->signer->id, own->signer->key_number,
                                  logs->signing->key.secret_key};
    uint32_t issued;
    exit_status status = read_issued(logs, own, &issued);

    if (status == EXIT_DONE && own->log.has_head)
        status =
            signing_moment_check(logs->context, own->authority->name, &own->log.head, logs->now);
    if (status == EXIT_DONE && logs->batch_count == 0 && !clock_moved(logs, own))
        status = add_batch(logs, logs->events, 0);
    if (status != EXIT_DONE)
        return status;
    garita_error error = garita_log_sign(&own->log, issued, logs->now,
                                         valid_for_s > 0 ? valid_for_s : validity(logs), &signer);
    return error == GARITA_OK ? EXIT_DONE : cannot(logs, own, error);
}

exit_status own_logs_sign(struct own_logs *logs, int64_t valid_for_s)
{
    struct own_log *first = NULL;
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < logs->count && status == EXIT_DONE; i++) {
        struct own_log *own = &logs->at[i];
        if (own->signer == NULL)
            continue;
        if (first != NULL) {
            take_head(&own->log, &first->log);
        } else {
            first = own;
            status = sign(logs, own, valid_for_s);
        }
        if (status == EXIT_DONE)
            status = keep(logs, own);
    }
    return status;
}

const struct own_log *own_logs_signed(const struct own_logs *logs)
{
    for (size_t i = 0; i < logs->count; i++)
        if (logs->at[i].signer != NULL)
            return &logs->at[i];
    return NULL;
}

void own_log_add_head(json_t *object, const struct own_log *own)
{
    const garita_head *head = &own->log.head;
    char signed_at[GARITA_MOMENT_TEXT_SIZE], next_due[GARITA_MOMENT_TEXT_SIZE];

    if (!own->log.has_head || object == NULL)
        return;
    garita_moment_format(signed_at, head->signed_at);
    garita_moment_format(next_due, head->next_due);
    json_object_set_new(object, "size", json_integer((json_int_t)head->size));
    json_object_set_new(object, "issued", json_integer((json_int_t)head->issued));
    json_object_set_new(object, "signed_at", json_string(signed_at));
    json_object_set_new(object, "next_due", json_string(next_due));
}

exit_status own_logs_attest(const struct context *context, const struct signing *signing,
                            int64_t now, bool only_if_behind)
{
    struct own_logs logs;
    bool is_needed = true;
    exit_status status = own_logs_load(&logs, context, signing, now);

    if (status == EXIT_DONE && only_if_behind)
        status = own_logs_behind(&logs, &is_needed);
    if (status == EXIT_DONE && is_needed) {
        own_logs_warn(&logs);
        status = own_logs_sign(&logs, 0);
    }
    own_logs_free(&logs);
    return status;
}
