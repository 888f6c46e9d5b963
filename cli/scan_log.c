#include "scan_log.h"

#include <stdlib.h>
#include <string.h>

#include <garita/store_decisions.h>

#include "decision_tip.h"
#include "home_store.h"
#include "i18n.h"
#include "node_key.h"
#include "report.h"

enum {
    /* An entry among others: its length, then its bytes. */
    LENGTH_BYTES = 2,
    /* What waits for a disk in trouble: a week of a busy lane. */
    WAITING_BYTES_MAX = 16 * 1024 * 1024
};

struct scan_log {
    const struct context *context;
    garita_store *store;
    struct secret_key node_key;
    bool with_names;
    struct buffer waiting; /* entries that are not in the log yet */
    bool is_behind;        /* the last commit failed */
    bool has_added;        /* in this run */
    bool has_warned_of_clock;
    uint64_t lost; /* verdicts that are in no entry: there was no room for it */
};

exit_status scan_log_open(const struct context *context, struct scan_log **out, bool with_names)
{
    struct scan_log *log = calloc(1, sizeof *log);

    *out = NULL;
    if (log == NULL)
        return report_no_memory(context);
    log->context = context;
    log->with_names = with_names;
    exit_status status = home_store_open(context, &log->store, GARITA_STORE_WRITE);
    if (status == EXIT_DONE)
        status = node_key_open_or_make(context, &log->node_key, log->store);
    else
        report_note(context, "%s",
                    _("--log writes to the home; without it, scan only reads there"));
    if (status != EXIT_DONE) {
        garita_store_close(log->store);
        free(log);
        return status;
    }
    *out = log;
    return EXIT_DONE;
}

/* --- entries on their way --- */

static void add_entry(struct buffer *entries, const garita_decision *decision)
{
    uint8_t entry[GARITA_DECISION_BYTES_MAX];
    uint8_t length[LENGTH_BYTES];
    size_t entry_len;

    if (garita_decision_write(entry, &entry_len, decision) != GARITA_OK) {
        /* A verdict is never in a form that has no entry; should it be, that is not passed over. */
        entries->failed = true;
        return;
    }
    length[0] = (uint8_t)(entry_len >> 8);
    length[1] = (uint8_t)(entry_len & 0xff);
    buffer_add(entries, length, sizeof length);
    buffer_add(entries, entry, entry_len);
}

void scan_log_note(struct buffer *entries, const struct scan_log *log,
                   const garita_verdict *verdict, const garita_setting *setting)
{
    garita_decision decision;

    if (log == NULL)
        return;
    garita_decision_of_verdict(&decision, verdict, setting->lane->name, &setting->clock,
                               log->with_names);
    add_entry(entries, &decision);
}

void scan_log_note_member(struct buffer *entries, const struct scan_log *log,
                          const garita_party *party, const garita_verdict *member,
                          const garita_setting *setting)
{
    const char *reason = garita_reason_code(party->reason);
    garita_decision decision;

    if (log == NULL)
        return;
    garita_decision_of_verdict(&decision, member, setting->lane->name, &setting->clock,
                               log->with_names);
    decision.outcome = party->outcome;
    decision.reason = (garita_utf8){reason, strlen(reason)};
    add_entry(entries, &decision);
}

/* Takes the entry at *at, and moves on; false behind the last. */
static bool next_entry(const struct buffer *entries, size_t *at, const uint8_t **entry,
                       size_t *entry_len)
{
    if (*at == entries->len)
        return false;
    const uint8_t *length = (const uint8_t *)entries->at + *at;
    *entry = length + LENGTH_BYTES;
    *entry_len = (size_t)length[0] << 8 | length[1];
    *at += LENGTH_BYTES + *entry_len;
    return true;
}

static uint64_t count_of(const struct buffer *entries)
{
    const uint8_t *entry;
    size_t entry_len;
    size_t at = 0;
    uint64_t count = 0;

    while (next_entry(entries, &at, &entry, &entry_len))
        count++;
    return count;
}

void scan_log_take(struct scan_log *log, struct buffer *entries)
{
    if (entries->failed)
        log->lost++; /* at least */
    if (entries->len <= WAITING_BYTES_MAX - log->waiting.len &&
        buffer_reserve(&log->waiting, entries->len))
        buffer_add(&log->waiting, entries->at, entries->len);
    else
        log->lost += count_of(entries);
    /* What waits already is whole, whatever could not be added to it. */
    log->waiting.failed = false;
    buffer_clear(entries);
    entries->failed = false;
}

/* --- committing --- */

/* Adds a tip of the end of the log; inside a transaction. */
static garita_store_error add_tip(struct scan_log *log, const garita_clock *clock)
{
    garita_decision_place end;
    garita_stored_tip tip;
    garita_store_error error = garita_store_decisions_end(log->store, &end);

    if (error != GARITA_STORE_OK)
        return error;
    if (decision_tip_sign(&tip, &log->node_key, log->store, &end, clock))
        return garita_store_add_tip(log->store, &tip);
    /* The entries count without one. */
    if (!log->has_warned_of_clock)
        report_warning(log->context, "%s",
                       _("no tip of the log can be signed: the clock cannot be used"));
    log->has_warned_of_clock = true;
    return GARITA_STORE_OK;
}

static garita_store_error add_waiting(struct scan_log *log)
{
    const uint8_t *entry;
    size_t entry_len;
    size_t at = 0;
    bool is_due;
    const garita_clock clock = context_clock(log->context);
    garita_store_error error = GARITA_STORE_OK;

    while (error == GARITA_STORE_OK && next_entry(&log->waiting, &at, &entry, &entry_len))
        error = garita_store_add_entry(log->store, entry, entry_len);
    if (error == GARITA_STORE_OK)
        error = garita_store_tip_is_due(log->store, &is_due, clock.now);
    if (error == GARITA_STORE_OK && is_due)
        error = add_tip(log, &clock);
    return error;
}

/* Runs work in a transaction of its own. */
static garita_store_error in_transaction(struct scan_log *log,
                                         garita_store_error (*work)(struct scan_log *log))
{
    garita_store_error error = garita_store_begin(log->store);

    if (error == GARITA_STORE_OK)
        error = work(log);
    if (error == GARITA_STORE_OK)
        return garita_store_commit(log->store);
    garita_store_rollback(log->store);
    return error;
}

static void warn(const struct scan_log *log, garita_store_error error)
{
    const char *detail = garita_store_detail(log->store);
    struct buffer why = {0};

    buffer_add_text(&why, _(garita_store_error_text(error)));
    if (detail[0] != '\0')
        buffer_add_format(&why, " (%s)", detail);
    report_warning(log->context, _("THE VERDICT IS NOT IN THE LOG: %s"), buffer_text(&why));
    buffer_free(&why);
}

bool scan_log_commit(struct scan_log *log)
{
    if (log->waiting.len == 0)
        return true;
    garita_store_error error = in_transaction(log, add_waiting);
    if (error != GARITA_STORE_OK) {
        log->is_behind = true;
        warn(log, error);
        return false;
    }
    if (log->is_behind)
        report_note(log->context, "%s",
                    _("the log can be written again, and the verdicts that waited are in it"));
    log->is_behind = false;
    log->has_added = true;
    buffer_clear(&log->waiting);
    return true;
}

bool scan_log_is_behind(const struct scan_log *log)
{
    return log->is_behind;
}

/* --- the end --- */

/* A tip of this run's end, unless the log has one there. */
static garita_store_error add_last_tip(struct scan_log *log)
{
    garita_decision_place end;
    garita_stored_tip tip;
    const garita_clock clock = context_clock(log->context);
    garita_store_error error = garita_store_decisions_end(log->store, &end);

    if (error == GARITA_STORE_OK)
        error = garita_store_newest_tip(log->store, &tip);
    if (error == GARITA_STORE_OK && tip.position == end.position)
        return GARITA_STORE_OK;
    return error == GARITA_STORE_OK || error == GARITA_STORE_ABSENT ? add_tip(log, &clock) : error;
}

static exit_status finish(struct scan_log *log)
{
    (void)scan_log_commit(log);
    uint64_t missing = log->lost + count_of(&log->waiting);
    garita_store_error error = log->has_added ? in_transaction(log, add_last_tip) : GARITA_STORE_OK;
    if (error != GARITA_STORE_OK)
        report_warning(log->context, _("no tip of the log was signed at the end of this scan: %s"),
                       _(garita_store_error_text(error)));
    if (missing == 0)
        return error == GARITA_STORE_OK ? EXIT_DONE : EXIT_IO;
    return report_failure(
        log->context, &(struct failure){EXIT_IO, "not-logged", log->context->home, 0, NULL},
        P_("%llu verdict that was given is not in the log",
           "%llu verdicts that were given are not in the log", (unsigned long)missing),
        (unsigned long long)missing);
}

exit_status scan_log_close(struct scan_log *log)
{
    if (log == NULL)
        return EXIT_DONE;
    exit_status status = finish(log);
    secret_key_close(&log->node_key);
    buffer_free(&log->waiting);
    garita_store_close(log->store);
    free(log);
    return status;
}
