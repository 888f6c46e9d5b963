#include "sync_withdrawn.h"

#include <stdlib.h>

#include "i18n.h"
#include "report.h"

static bool is_revoked(const garita_log *log, uint32_t serial)
{
    garita_status status;

    if (log == NULL || log->set == NULL)
        return false;
    garita_log_status(log, &status, serial);
    return status.standing == GARITA_STANDING_REVOKED;
}

exit_status sync_withdrawn_note(struct sync_run *run, const garita_book *book)
{
    size_t count = garita_trust_count(run->trust);

    run->was_withdrawn = calloc(count + 1, sizeof *run->was_withdrawn);
    if (run->was_withdrawn == NULL)
        return report_no_memory(run->context);
    for (size_t i = 0; i < count; i++) {
        const garita_issuer *record = garita_trust_get(run->trust, i);
        run->was_withdrawn[i] = is_revoked(garita_book_log(book, record->parent), record->serial);
    }
    return EXIT_DONE;
}

/* Whether the authority has a statement by the one that was taken which is not revoked: of this
 * very key, or of any. */
static bool stands(const struct sync_run *run, const garita_taken *taken,
                   const garita_issuer *record, bool of_this_key)
{
    for (size_t i = 0; i < garita_trust_count(run->trust); i++) {
        const garita_issuer *other = garita_trust_get(run->trust, i);
        if (garita_issuer_same_authority(other, record) &&
            (!of_this_key || other->key_number == record->key_number) &&
            !is_revoked(taken->log, other->serial))
            return true;
    }
    return false;
}

/* Null in, the first out; null after the last. A renewed key is one of them once. */
static const garita_issuer *next(const struct sync_run *run, const garita_taken *taken,
                                 const garita_issuer *after)
{
    const garita_trust *trust = run->trust;

    for (size_t i = after != NULL ? after->index + 1 : 0; i < garita_trust_count(trust); i++) {
        const garita_issuer *record = garita_trust_get(trust, i);
        bool is_first = true;
        if (!garita_issuer_same_authority(record->parent, taken->authority) ||
            !is_revoked(taken->log, record->serial) || run->was_withdrawn[i] ||
            stands(run, taken, record, true))
            continue;
        for (size_t j = 0; j < i && is_first; j++) {
            const garita_issuer *other = garita_trust_get(trust, j);
            is_first = !garita_issuer_same_authority(other, record) ||
                       other->key_number != record->key_number || run->was_withdrawn[j];
        }
        if (is_first)
            return record;
    }
    return NULL;
}

void sync_withdrawn_tell(const struct sync_run *run, const garita_taken *taken)
{
    const struct context *context = run->context;

    for (const garita_issuer *record = NULL; (record = next(run, taken, record)) != NULL;) {
        if (record->parent == record)
            report_warning(context,
                           _("%s has withdrawn itself: nothing of it, nor of those below it, is "
                             "accepted from now on"),
                           record->name);
        else if (stands(run, taken, record, false))
            report_warning(context,
                           _("key %u of %s has been revoked by %s: whatever it signed is rejected "
                             "from now on"),
                           (unsigned)record->key_number, record->name, taken->authority->name);
        else
            report_warning(context,
                           _("%s has been revoked by %s: whatever it issued is rejected from now "
                             "on"),
                           record->name, taken->authority->name);
    }
}

json_t *sync_withdrawn_json(const struct sync_run *run, const garita_taken *taken)
{
    json_t *list = json_array();
    char id[GARITA_ID_TEXT_SIZE];

    for (const garita_issuer *record = NULL; (record = next(run, taken, record)) != NULL;) {
        garita_id_format(id, &record->id);
        json_array_append_new(list, json_string(id));
    }
    return list;
}
