/* What doctor does about damaged logs: takes them anew by the rules of garita/log.h, from what
 * verifies, and from nothing else. What could be read of their revocations stays revoked. */
#include "doctor.h"

#include <stdlib.h>
#include <string.h>

#include <garita/log.h>
#include <garita/store_check.h>
#include <garita/store_logs.h>

#include "home_store.h"
#include "i18n.h"
#include "input_file.h"
#include "report.h"
#include "store_report.h"
#include "sync_bundle.h"
#include "sync_import.h"

/* As much as a bundle may bring. */
static const size_t batch_bytes_max = GARITA_BUNDLE_BYTES_MAX;

struct repair {
    struct doctor *doctor; /* its store is closed meanwhile */
    garita_store *store;   /* for writing */
};

static exit_status failed(const struct repair *repair, garita_store_error error)
{
    return store_report(repair->doctor->context, error, garita_store_detail(repair->store));
}

/* --- from its own batches --- */

/* Batches 0, 1 and so on, copied behind one another. */
struct batches {
    uint8_t *bytes;
    size_t len, cap;
    size_t *ends;
    size_t count, count_cap;
    bool is_whole; /* none is missing between them */
    bool out_of_memory;
};

static bool grow(struct batches *batches, size_t more)
{
    if (batches->count == batches->count_cap) {
        size_t cap = batches->count_cap == 0 ? 64 : 2 * batches->count_cap;
        size_t *ends = realloc(batches->ends, cap * sizeof *ends);
        if (ends == NULL)
            return false;
        batches->ends = ends;
        batches->count_cap = cap;
    }
    if (more > batches->cap - batches->len) {
        size_t cap = 2 * batches->cap + more;
        uint8_t *bytes = realloc(batches->bytes, cap);
        if (bytes == NULL)
            return false;
        batches->bytes = bytes;
        batches->cap = cap;
    }
    return true;
}

static bool collect(void *context, const garita_kept_batch *batch)
{
    struct batches *batches = context;

    batches->is_whole = batch->bytes != NULL && batch->position >= 0 &&
                        (uint64_t)batch->position == batches->count &&
                        batch->bytes_len <= batch_bytes_max - batches->len;
    if (!batches->is_whole)
        return false;
    batches->out_of_memory = !grow(batches, batch->bytes_len);
    if (batches->out_of_memory)
        return false;
    memcpy(batches->bytes + batches->len, batch->bytes, batch->bytes_len);
    batches->len += batch->bytes_len;
    batches->ends[batches->count++] = batches->len;
    return true;
}

/* Offers a damaged log its own head and batches. *is_taken if they made what the head says. */
static garita_store_error offer(struct repair *repair, garita_log *log,
                                const struct doctor_log *entry, const struct batches *batches,
                                bool *is_taken)
{
    static const garita_frontier nothing = {0};
    const garita_head head = log->head;
    uint8_t statement[GARITA_HEAD_BYTES_MAX];
    const garita_bytes head_statement = {statement, log->head_len};
    garita_bytes *list = calloc(batches->count + 1, sizeof *list);
    garita_log_result *result = malloc(sizeof *result);
    garita_store_error error = GARITA_STORE_NO_MEMORY;

    if (list != NULL && result != NULL) {
        const garita_log_tail tail = {&nothing, list, batches->count};
        for (size_t i = 0; i < batches->count; i++) {
            size_t begin = i == 0 ? 0 : batches->ends[i - 1];
            list[i] = (garita_bytes){batches->bytes + begin, batches->ends[i] - begin};
        }
        memcpy(statement, log->head_bytes, log->head_len);
        garita_error refused = garita_log_offer_tail(log, result, repair->doctor->events, NULL,
                                                     &head, head_statement, &tail);
        *is_taken = refused == GARITA_OK && result->outcome == GARITA_LOG_EXTENDED;
        error = refused == GARITA_E_NO_MEMORY ? GARITA_STORE_NO_MEMORY : GARITA_STORE_OK;
        const garita_log_added added = {.batch_count = batches->count, .batches = list};
        if (*is_taken)
            error = garita_store_keep_log(repair->store, log, entry->first_key, &added);
    }
    free(list);
    free(result);
    return error;
}

/* Inside a transaction. */
static garita_store_error rebuild(struct repair *repair, const struct doctor_log *entry,
                                  bool *is_taken)
{
    garita_log log = {0};
    struct batches batches = {.is_whole = true};
    garita_store_error error = garita_store_mark_damaged(repair->store, &entry->id);

    if (error == GARITA_STORE_OK)
        error = garita_store_load_log(repair->store, &log, NULL, &entry->id);
    if (error == GARITA_STORE_OK)
        error = garita_store_each_kept(repair->store, &entry->id, collect, &batches);
    if (error == GARITA_STORE_OK && batches.out_of_memory)
        error = GARITA_STORE_NO_MEMORY;
    garita_head head;
    if (error == GARITA_STORE_OK && batches.is_whole && log.has_head &&
        doctor_is_signed(&head, repair->doctor, &log.id,
                         (garita_bytes){log.head_bytes, log.head_len}))
        error = offer(repair, &log, entry, &batches, is_taken);
    garita_log_end(&log);
    free(batches.bytes);
    free(batches.ends);
    return error;
}

static exit_status try_to_rebuild(struct repair *repair, const struct doctor_log *entry,
                                  bool *is_taken)
{
    garita_store_error error = garita_store_begin(repair->store);

    *is_taken = false;
    if (error == GARITA_STORE_OK)
        error = rebuild(repair, entry, is_taken);
    if (error == GARITA_STORE_OK && *is_taken)
        error = garita_store_commit(repair->store);
    else
        garita_store_rollback(repair->store);
    return error == GARITA_STORE_OK ? EXIT_DONE : failed(repair, error);
}

/* --- from bundles --- */

/* A log that is marked takes nothing but a whole state: by the rules, one that is not older than
 * the head that it had. */
static exit_status mark(struct repair *repair, const struct doctor_log *entry)
{
    garita_store_error error = garita_store_begin(repair->store);

    if (error == GARITA_STORE_OK)
        error = garita_store_mark_damaged(repair->store, &entry->id);
    if (error == GARITA_STORE_OK)
        error = garita_store_commit(repair->store);
    garita_store_rollback(repair->store);
    return error == GARITA_STORE_OK ? EXIT_DONE : failed(repair, error);
}

/* --- evidence --- */

struct sifting {
    const struct doctor *doctor;
    const garita_hash *log;
};

static bool is_proven(void *context, const garita_message *evidence)
{
    const struct sifting *sifting = context;

    return doctor_is_proven(sifting->doctor, sifting->log, evidence);
}

static exit_status sift(struct repair *repair, const struct doctor_log *entry)
{
    struct sifting sifting = {repair->doctor, &entry->id};
    garita_store_error error = garita_store_begin(repair->store);

    if (error == GARITA_STORE_OK)
        error = garita_store_sift_evidence(repair->store, &entry->id, is_proven, &sifting);
    if (error == GARITA_STORE_OK)
        error = garita_store_commit(repair->store);
    garita_store_rollback(repair->store);
    return error == GARITA_STORE_OK ? EXIT_DONE : failed(repair, error);
}

/* --- statements that nobody can read any more --- */

struct statements {
    uint8_t (*at)[GARITA_AUTHORITY_BYTES_MAX];
    size_t *lens;
    size_t count;
    bool out_of_memory;
};

/* A bundle brings it again; as it is it says nothing to anybody. */
static void note_unreadable(void *context, const garita_store_misfit *misfit)
{
    struct statements *statements = context;
    garita_authority authority;
    garita_error error =
        misfit->error == GARITA_E_BAD_SIGNATURE
            ? GARITA_E_BAD_SIGNATURE
            : garita_authority_inspect(&authority, NULL, NULL, misfit->bytes, misfit->bytes_len);

    if (misfit->is_pin || error == GARITA_OK)
        return;
    void *at = realloc(statements->at, (statements->count + 1) * sizeof *statements->at);
    if (at != NULL)
        statements->at = at;
    void *lens = realloc(statements->lens, (statements->count + 1) * sizeof *statements->lens);
    if (lens != NULL)
        statements->lens = lens;
    if (at == NULL || lens == NULL) {
        statements->out_of_memory = true;
        return;
    }
    memcpy(statements->at[statements->count], misfit->bytes, misfit->bytes_len);
    statements->lens[statements->count++] = misfit->bytes_len;
}

/* Inside a transaction. */
static garita_store_error drop_unreadable(struct repair *repair, struct statements *statements)
{
    garita_trust *trust = NULL;
    garita_store_error error =
        garita_store_load_trust(repair->store, &trust, note_unreadable, statements);

    garita_trust_free(trust);
    if (error == GARITA_STORE_OK && statements->out_of_memory)
        error = GARITA_STORE_NO_MEMORY;
    for (size_t i = 0; i < statements->count && error == GARITA_STORE_OK; i++)
        error = garita_store_remove_trusted(repair->store, statements->at[i], statements->lens[i]);
    return error;
}

static exit_status drop_statements(struct repair *repair)
{
    struct statements statements = {0};
    garita_store_error error = garita_store_begin(repair->store);

    if (error == GARITA_STORE_OK)
        error = drop_unreadable(repair, &statements);
    if (error == GARITA_STORE_OK)
        error = garita_store_commit(repair->store);
    garita_store_rollback(repair->store);
    if (error == GARITA_STORE_OK && statements.count > 0)
        report_note(repair->doctor->context,
                    _("took away statements that can no longer be read: %zu"), statements.count);
    free(statements.at);
    free(statements.lens);
    return error == GARITA_STORE_OK ? EXIT_DONE : failed(repair, error);
}

/* --- all of it --- */

exit_status doctor_check_bundles(const struct context *context, char *const *bundles,
                                 size_t bundle_count)
{
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < bundle_count && status == EXIT_DONE; i++) {
        struct input_file file = {0};
        if (strcmp(bundles[i], "-") == 0)
            continue; /* it can be read once only */
        status = input_file_read(context, &file, bundles[i], GARITA_BUNDLE_BYTES_MAX);
        if (status == EXIT_DONE)
            status = sync_bundle_check(context, bundles[i], file.bytes, file.len);
        input_file_free(&file);
    }
    return status;
}

static exit_status repair_log(struct repair *repair, const struct doctor_log *entry,
                              bool has_bundles)
{
    bool is_taken = false;
    exit_status status = EXIT_DONE;

    if (entry->has_bad_evidence)
        status = sift(repair, entry);
    if (status != EXIT_DONE || !entry->is_damaged)
        return status;
    status = try_to_rebuild(repair, entry, &is_taken);
    if (status == EXIT_DONE && is_taken)
        report_note(repair->doctor->context, "%s",
                    _("made a log anew from its own batches, which are what its head was signed "
                      "for"));
    if (status == EXIT_DONE && !is_taken && has_bundles)
        status = mark(repair, entry);
    return status;
}

exit_status doctor_repair(struct doctor *doctor, char *const *bundles, size_t bundle_count)
{
    struct repair repair = {.doctor = doctor};
    exit_status status = home_store_open(doctor->context, &repair.store, GARITA_STORE_WRITE);

    for (size_t i = 0; i < doctor->damaged_count && status == EXIT_DONE; i++)
        status = repair_log(&repair, &doctor->damaged[i], bundle_count > 0);
    if (status == EXIT_DONE && bundle_count > 0)
        status = drop_statements(&repair);
    garita_store_close(repair.store);
    for (size_t i = 0; i < bundle_count && status == EXIT_DONE; i++) {
        struct sync_summary summary;
        status = sync_import_file(doctor->context, &summary, bundles[i]);
        /* What it had to refuse was told; the rest was taken. */
        if (status == EXIT_BAD_INPUT)
            status = EXIT_DONE;
    }
    return status;
}
