#include "audit.h"

#include <garita/bundle.h>
#include <garita/equivocation.h>

#include "i18n.h"
#include "input_file.h"
#include "progress.h"
#include "report.h"
#include "sync_bundle.h"

/* --- proofs --- */

static void refuse(struct audit *audit, const char *source, garita_error error)
{
    audit->is_bad_input = true;
    report_failure(audit->context,
                   &(struct failure){EXIT_BAD_INPUT, garita_error_name(error), source, 0, NULL},
                   _("a proof of equivocation in it does not hold: %s"),
                   _(garita_error_text(error)));
}

static exit_status check_proof(struct audit *audit, const char *source, garita_bytes proof)
{
    const garita_trust *trust = audit->stock.trust;
    garita_error error = GARITA_OK;
    exit_status status = EXIT_DONE;
    const garita_issuer *of =
        garita_equivocation_check(NULL, &error, trust, NULL, proof.at, proof.len);

    if (of == NULL && error == GARITA_E_UNKNOWN_ISSUER)
        report_note(audit->context,
                    _("%s: a proof about somebody whose chain reaches no anchor pinned here"),
                    source);
    else if (of == NULL)
        refuse(audit, source, error);
    for (; of != NULL && status == EXIT_DONE;
         of = garita_equivocation_check(NULL, NULL, trust, of, proof.at, proof.len))
        status = audit_print_proof(audit, of, proof, source);
    return status;
}

static exit_status check_proofs(struct audit *audit, const char *source,
                                const garita_bundle_index *index)
{
    garita_bundle_reader reader;
    garita_message message;
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < index->count && status == EXIT_DONE; i++) {
        if (index->at[i].kind != GARITA_MESSAGE_PROOF)
            continue;
        garita_bundle_index_first(index, &reader, &message, &index->at[i]);
        status = check_proof(audit, source, message.bytes);
    }
    return status;
}

/* --- bundles --- */

/* What a search through a bundle shows of itself. */
static void step(void *context, size_t done, size_t count)
{
    (void)count;
    progress_step(context, done);
}

/* Heads of nobody are no finding, and what is wrong with the others shows nothing. */
static exit_status check_logs(struct audit *audit, const char *source,
                              const garita_bundle_index *index)
{
    struct progress progress = progress_start(audit->context, _("messages read"), index->count);
    const garita_pieces_listener listener = {.context = &progress, .progress = step};
    garita_pieces pieces;
    exit_status status = EXIT_DONE;

    if (!garita_pieces_find(&pieces, index, audit->stock.trust, &listener))
        status = report_no_memory(audit->context);
    progress_clear(&progress);
    if (status == EXIT_DONE)
        status = audit_follow(audit, index, source, pieces.at, pieces.count);
    garita_pieces_free(&pieces);
    return status;
}

static void refuse_cut(struct audit *audit, const char *source, const garita_fault *fault)
{
    audit->is_bad_input = true;
    report_failure(
        audit->context,
        &(struct failure){EXIT_BAD_INPUT, garita_error_name(fault->error), source, 0, NULL},
        _("the bundle cannot be read from byte %zu on: %s: %s"), fault->at, fault->field,
        _(garita_error_text(fault->error)));
}

static exit_status check_bundle(struct audit *audit, const struct input_file *file)
{
    garita_bundle_index index = {0};
    exit_status status = sync_bundle_check(audit->context, file->source, file->bytes, file->len);

    if (status == EXIT_DONE &&
        garita_bundle_index_make(&index, file->bytes, file->len) != GARITA_OK)
        status = report_no_memory(audit->context);
    if (status == EXIT_DONE)
        status = check_proofs(audit, file->source, &index);
    if (status == EXIT_DONE)
        status = check_logs(audit, file->source, &index);
    if (status == EXIT_DONE && index.fault.error != GARITA_OK)
        refuse_cut(audit, file->source, &index.fault);
    garita_bundle_index_free(&index);
    return status;
}

exit_status audit_file(struct audit *audit, const char *path)
{
    struct input_file file = {0};
    garita_equivocation proof;
    exit_status status = input_file_read(audit->context, &file, path, GARITA_BUNDLE_BYTES_MAX);

    if (status != EXIT_DONE)
        return status;
    if (garita_equivocation_read(&proof, file.bytes, file.len) == GARITA_OK)
        status = check_proof(audit, file.source, (garita_bytes){file.bytes, file.len});
    else
        status = check_bundle(audit, &file);
    input_file_free(&file);
    return status;
}
