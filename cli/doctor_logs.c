/* What doctor finds in the status logs. What a load checks (chunks, union, head and leaf hashes
 * against one another) is checked by loading; here the batches are gone over from the first one on,
 * and every signature and proof. */
#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <garita/log.h>
#include <garita/store_check.h>
#include <garita/store_logs.h>

#include "authorities.h"
#include "i18n.h"
#include "report.h"

struct log_check {
    struct doctor *doctor;
    struct doctor_log *entry;
    const garita_issuer *authority; /* null: nobody here */
    char where[GARITA_AUTHORITY_NAME_BYTES_MAX + 64];
    garita_log log;
    /* while the batches are gone over */
    uint64_t next;
    garita_frontier frontier;
    garita_set *replayed; /* what the batches from batches_from on make of nothing */
};

/* --- telling --- */

/* One finding is enough of a log: what follows follows from it. */
static void tell(struct log_check *check, const char *what)
{
    if (check->entry->is_damaged)
        return;
    check->entry->is_damaged = true;
    doctor_tell(check->doctor, DOCTOR_DAMAGE, check->where,
                _("import a bundle that has it whole: garita doctor --repair FILE; what could be "
                  "read of it counts until then, and nothing of it is accepted"),
                "%s", what);
}

static void tell_batch(struct log_check *check, uint64_t position, const char *what)
{
    struct buffer text = {0};

    buffer_add_format(&text, _("batch %llu %s"), (unsigned long long)position, what);
    tell(check, buffer_text(&text));
    buffer_free(&text);
}

/* --- batches --- */

static bool visit_batch(void *context, const garita_kept_batch *batch)
{
    struct log_check *check = context;
    struct doctor *doctor = check->doctor;
    garita_hash leaf;
    size_t event_count;
    int64_t time;

    doctor->counts.batches++;
    doctor_step(doctor);
    if (batch->position < 0 || (uint64_t)batch->position != check->next) {
        tell_batch(check, check->next, _("is missing"));
        return false;
    }
    bool is_past = check->next >= check->log.batches_from; /* else its leaf hash may be all */
    if (batch->leaf != NULL && batch->bytes == NULL && !is_past) {
        garita_frontier_append(&check->frontier, batch->leaf);
        check->next++;
        return true;
    }
    if (batch->bytes == NULL || batch->leaf == NULL ||
        garita_batch_decode(&time, doctor->events, &event_count, NULL, batch->bytes,
                            batch->bytes_len) != GARITA_OK) {
        tell_batch(check, check->next, _("cannot be read"));
        return false;
    }
    garita_merkle_leaf(&leaf, batch->bytes, batch->bytes_len);
    if (!garita_hash_equal(&leaf, batch->leaf)) {
        tell_batch(check, check->next, _("is not what was written"));
        return false;
    }
    garita_frontier_append(&check->frontier, &leaf);
    check->next++;
    if (!is_past)
        return true;
    garita_error error = garita_set_apply(check->replayed, doctor->events, event_count);
    doctor->out_of_memory |= error == GARITA_E_NO_MEMORY;
    return error == GARITA_OK;
}

/* What the batches make, beside what the head says and what is kept of the set. */
static void compare(struct log_check *check)
{
    const garita_log *log = &check->log;
    garita_hash made, held;

    garita_frontier_root(&made, &check->frontier);
    if (check->frontier.size != log->head.size || !garita_hash_equal(&made, &log->head.root)) {
        tell(check, _("its batches are not those that its head was signed for"));
        return;
    }
    garita_set_root(&made, check->replayed);
    garita_set_root(&held, log->set);
    if (log->batches_from == 0 ? !garita_hash_equal(&made, &held)
                               : !garita_set_covers(log->set, check->replayed))
        tell(check, _("its set is not what its batches make"));
    else if (!log->set_differs && !garita_hash_equal(&held, &log->head.set_root))
        tell(check, _("its set is not the one that its head was signed for"));
}

static garita_store_error check_batches(struct log_check *check)
{
    garita_log *log = &check->log;

    check->frontier = log->at_start;
    check->next = log->start;
    if (garita_set_new(&check->replayed) != GARITA_OK)
        return GARITA_STORE_NO_MEMORY;
    garita_store_error error =
        garita_store_each_kept(check->doctor->store, &log->id, visit_batch, check);
    if (error == GARITA_STORE_OK && check->doctor->out_of_memory)
        error = GARITA_STORE_NO_MEMORY;
    if (error == GARITA_STORE_OK && !check->entry->is_damaged && log->has_head)
        compare(check);
    garita_set_free(check->replayed);
    check->replayed = NULL;
    return error;
}

/* --- signatures and proofs --- */

bool doctor_is_signed(garita_head *out, const struct doctor *doctor, const garita_hash *log,
                      garita_bytes statement)
{
    garita_hash id;

    for (const garita_issuer *signer = NULL;
         (signer = garita_head_signer(out, NULL, doctor->signers, signer, statement.at,
                                      statement.len)) != NULL;) {
        garita_log_id(&id, signer);
        if (garita_hash_equal(&id, log))
            return true;
    }
    return false;
}

static void check_head(struct log_check *check)
{
    const garita_log *log = &check->log;
    garita_head head;

    if (log->has_head && (!doctor_is_signed(&head, check->doctor, &log->id,
                                            (garita_bytes){log->head_bytes, log->head_len}) ||
                          !garita_head_equal(&head, &log->head)))
        tell(check, _("its head was not signed by it, or by a key that may not"));
}

static garita_store_error check_proof(struct log_check *check)
{
    uint8_t proof[GARITA_EQUIVOCATION_BYTES_MAX];
    size_t len = 0;
    garita_store_error error =
        garita_store_get_proof(check->doctor->store, proof, &len, &check->log.id);

    if (error == GARITA_STORE_ABSENT && !check->log.is_equivocated)
        return GARITA_STORE_OK;
    if (error != GARITA_STORE_OK && error != GARITA_STORE_ABSENT && error != GARITA_STORE_CORRUPT)
        return error;
    for (const garita_issuer *liar = NULL;
         error == GARITA_STORE_OK &&
         (liar = garita_equivocation_check(NULL, NULL, check->doctor->signers, liar, proof, len)) !=
             NULL;)
        if (garita_issuer_same_authority(liar, check->authority))
            return GARITA_STORE_OK;
    doctor_tell(check->doctor, DOCTOR_DAMAGE, check->where,
                _("another checkpoint may have it: garita sync import FILE; until then it is taken "
                  "as proven"),
                "%s", _("the proof that it has signed two histories proves nothing"));
    return GARITA_STORE_OK;
}

bool doctor_is_proven(const struct doctor *doctor, const garita_hash *log,
                      const garita_message *evidence)
{
    garita_head head;
    garita_hash leaf;

    garita_merkle_leaf(&leaf, evidence->bytes.at, evidence->bytes.len);
    return doctor_is_signed(&head, doctor, log, evidence->head) &&
           garita_merkle_includes(&head.root, head.size, evidence->index, &leaf, evidence->path,
                                  evidence->path_count);
}

/* Whether all that it revokes is revoked. */
static bool counts(const struct log_check *check, const garita_message *evidence)
{
    garita_event *events = check->doctor->events;
    garita_status status;
    size_t count;
    int64_t time;

    if (garita_batch_decode(&time, events, &count, NULL, evidence->bytes.at, evidence->bytes.len) !=
        GARITA_OK)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (events[i].standing != GARITA_STANDING_REVOKED)
            continue;
        garita_log_status(&check->log, &status, events[i].serial);
        if (status.standing != GARITA_STANDING_REVOKED)
            return false;
    }
    return true;
}

static void tell_evidence(struct log_check *check, const char *what)
{
    check->entry->has_bad_evidence = true;
    doctor_tell(check->doctor, DOCTOR_DAMAGE, check->where,
                _("\"garita doctor --repair\" takes it away: it cannot be passed on, and what it "
                  "revoked here stays revoked"),
                "%s", what);
}

static bool visit_evidence(void *context, const garita_message *evidence)
{
    struct log_check *check = context;

    check->doctor->counts.evidence++;
    doctor_step(check->doctor);
    if (!doctor_is_proven(check->doctor, &check->log.id, evidence))
        tell_evidence(check, _("evidence of a revocation proves nothing"));
    else if (!counts(check, evidence))
        tell(check, _("there is evidence of a revocation that does not count here"));
    return true;
}

static garita_store_error check_evidence(struct log_check *check)
{
    garita_store_error error =
        garita_store_each_evidence(check->doctor->store, &check->log.id, visit_evidence, check);

    if (error != GARITA_STORE_CORRUPT)
        return error;
    tell_evidence(check, _("evidence of a revocation cannot be read"));
    return GARITA_STORE_OK;
}

/* No damage: the home holds what the authority did. */
static void warn_of_equivocation(const struct log_check *check)
{
    if (check->authority != NULL && (check->log.is_equivocated || check->log.set_differs))
        doctor_tell(check->doctor, DOCTOR_WARNING, check->where,
                    _("\"garita audit\" shows what it signed; tell your supervisor"), "%s",
                    _("it has signed two histories, or what its batches do not make: nothing of it "
                      "is accepted"));
}

static garita_store_error check_signatures(struct log_check *check)
{
    if (check->authority == NULL)
        return GARITA_STORE_OK; /* it counts for nothing */
    check_head(check);
    garita_store_error error = check_proof(check);
    return error == GARITA_STORE_OK ? check_evidence(check) : error;
}

/* --- one log --- */

static void name(struct log_check *check)
{
    char id[GARITA_ID_TEXT_SIZE];
    garita_id of_key;
    struct buffer text = {0};

    garita_key_id(&of_key, check->entry->first_key);
    garita_id_format(id, &of_key);
    if (check->authority != NULL)
        buffer_add_format(&text, _("log of %s (%s)"), check->authority->name, id);
    else if (check->doctor->signers != NULL)
        buffer_add_format(&text, _("log of authority %s, which is not trusted here"), id);
    else
        buffer_add_format(&text, _("log of authority %s"), id);
    snprintf(check->where, sizeof check->where, "%s", buffer_text(&text));
    buffer_free(&text);
}

static void remember(struct doctor *doctor, const struct doctor_log *entry)
{
    if (doctor->damaged_count == doctor->damaged_cap) {
        size_t cap = doctor->damaged_cap == 0 ? 8 : 2 * doctor->damaged_cap;
        struct doctor_log *damaged = realloc(doctor->damaged, cap * sizeof *damaged);
        if (damaged == NULL) {
            doctor->out_of_memory = true;
            return;
        }
        doctor->damaged = damaged;
        doctor->damaged_cap = cap;
    }
    doctor->damaged[doctor->damaged_count++] = *entry;
}

static exit_status check_log(struct doctor *doctor, struct doctor_log *entry,
                             const garita_issuer *authority)
{
    struct log_check check = {.doctor = doctor, .entry = entry, .authority = authority};
    const char *what = NULL;

    name(&check);
    doctor->counts.logs++;
    garita_store_error error = garita_store_load_log(doctor->store, &check.log, &what, &entry->id);
    if (error == GARITA_STORE_OK && check.log.is_damaged)
        tell(&check, what != NULL ? _(what) : _("it does not hold together"));
    if (error == GARITA_STORE_OK && !entry->is_damaged)
        error = check_batches(&check);
    if (error == GARITA_STORE_OK)
        error = check_signatures(&check);
    if (error == GARITA_STORE_OK)
        warn_of_equivocation(&check);
    if (entry->is_damaged || entry->has_bad_evidence)
        remember(doctor, entry);
    exit_status status = doctor_tell_store(doctor, check.where, error);
    garita_log_end(&check.log);
    return status;
}

/* --- all of them --- */

struct list {
    struct doctor *doctor;
    struct doctor_log *at;
    size_t count, cap;
};

static bool collect(void *context, const garita_hash *id,
                    const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    struct list *list = context;

    if (list->count == list->cap) {
        size_t cap = list->cap == 0 ? 16 : 2 * list->cap;
        struct doctor_log *at = realloc(list->at, cap * sizeof *at);
        if (at == NULL) {
            list->doctor->out_of_memory = true;
            return false;
        }
        list->at = at;
        list->cap = cap;
    }
    struct doctor_log *entry = &list->at[list->count++];
    *entry = (struct doctor_log){.id = *id};
    memcpy(entry->first_key, first_key, sizeof entry->first_key);
    return true;
}

static const garita_issuer *owner(const struct authorities *authorities, const garita_hash *id)
{
    garita_hash of_authority;

    for (size_t i = 0; i < authorities->count; i++) {
        garita_log_id(&of_authority, authorities->at[i]);
        if (garita_hash_equal(&of_authority, id))
            return authorities->at[i];
    }
    return NULL;
}

exit_status doctor_check_logs(struct doctor *doctor)
{
    struct list list = {.doctor = doctor};
    struct authorities authorities = {0};
    exit_status status = EXIT_DONE;

    if (doctor->signers != NULL && !authorities_of(&authorities, doctor->signers))
        return report_no_memory(doctor->context);
    garita_store_error error = garita_store_each_log(doctor->store, collect, &list);
    status = doctor_tell_store(doctor, _("status logs"), error);
    for (size_t i = 0; i < list.count && status == EXIT_DONE; i++)
        status = check_log(doctor, &list.at[i], owner(&authorities, &list.at[i].id));
    free(list.at);
    authorities_free(&authorities);
    return status;
}
