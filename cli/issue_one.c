#include "issue.h"

#include <string.h>

#include "i18n.h"
#include "input_file.h"
#include "json_out.h"
#include "output_file.h"
#include "own_log.h"
#include "report.h"
#include "signing_act.h"
#include "store_report.h"

/* --- the form in which it is handed on --- */

/* Made before anything is committed: what cannot be drawn uses no serial. */
struct drawing {
    struct buffer bytes;
    int qr_version;
};

static exit_status draw(const struct issuing *issuing, struct drawing *out,
                        const struct issue_row *row)
{
    const struct context *context = issuing->context;
    bool is_shown = issuing->given->output == NULL && !context->json;
    garita_error error = is_shown
                             ? artifact_terminal(&out->bytes, &out->qr_version, issuing->style.ecc,
                                                 context->out_has_color, row->code, row->code_len)
                             : artifact_make(&out->bytes, &out->qr_version, &issuing->style,
                                             row->code, row->code_len);

    if (error == GARITA_OK)
        return EXIT_DONE;
    if (error == GARITA_E_NO_MEMORY)
        return report_no_memory(context);
    return report_failure(context,
                          &(struct failure){EXIT_BAD_INPUT, garita_error_name(error), row->source,
                                            row->line,
                                            _("use a lower --ecc, or write a .bin file")},
                          "%s", _("no QR code holds this at the error correction asked for"));
}

static void tell_people(const struct issuing *issuing, const struct issue_row *row)
{
    const struct context *context = issuing->context;
    const char *output = issuing->given->output;
    unsigned long serial = row->serial;

    if (row->was_known)
        report_note(context, _("issued before with this ref; here it is again"));
    if (output == NULL)
        fprintf(context->out, _("serial %lu\n"), serial);
    else if (strcmp(output, "-") == 0)
        report_note(context, _("serial %lu"), serial);
    else
        fprintf(context->out, "%lu\n", serial);
}

/* What happens once the register holds it. */
static exit_status hand_out(const struct issuing *issuing, const struct issue_row *row,
                            const struct drawing *drawing)
{
    const struct context *context = issuing->context;
    const char *output = issuing->given->output;
    exit_status status = EXIT_DONE;

    if (output != NULL)
        status = output_file_write(context, output, artifact_kind(issuing->style.format),
                                   OUTPUT_MODE_SECRET, drawing->bytes.at, drawing->bytes.len);
    else if (!context->json)
        fwrite(drawing->bytes.at, 1, drawing->bytes.len, context->out);
    if (status != EXIT_DONE)
        report_note(context,
                    _("serial %lu is issued, and in the register; write it again with: garita "
                      "issue --as %s --reprint %lu -o FILE"),
                    (unsigned long)row->serial, issuing->given->as, (unsigned long)row->serial);
    if (context->json) {
        exit_status told =
            issue_tell_json(context, row, status == EXIT_DONE ? output : NULL, drawing->qr_version);
        return status == EXIT_DONE ? told : status;
    }
    if (status == EXIT_DONE)
        tell_people(issuing, row);
    return status;
}

/* --- issuing --- */

static exit_status sign_and_draw(const struct issuing *issuing, struct issue_row *row,
                                 struct drawing *drawing)
{
    const struct context *context = issuing->context;
    const struct signing *signing = &issuing->signing;
    exit_status status = issue_begin(issuing);

    if (status != EXIT_DONE)
        return status;
    status = issue_sign(issuing, row);
    if (status == EXIT_DONE)
        status = draw(issuing, drawing, row);
    if (status == EXIT_DONE)
        status = own_logs_attest(context, signing, issuing->now, row->was_known);
    if (status != EXIT_DONE) {
        garita_store_rollback(signing->store);
        return status;
    }
    return signing_act_commit(context, signing->store);
}

static exit_status issue_row(struct issuing *issuing, struct issue_row *row)
{
    struct drawing drawing = {0};
    /* A ref that was issued before is given again, whatever may be issued now. */
    exit_status status = row->claims.ref.len == 0 ? issue_check(issuing, row) : EXIT_DONE;

    if (status == EXIT_DONE)
        status = issue_unlock(issuing);
    if (status == EXIT_DONE)
        status = sign_and_draw(issuing, row, &drawing);
    if (status == EXIT_DONE && !row->was_known)
        own_logs_warn_unsigned(issuing->context, &issuing->signing, issuing->now);
    if (status == EXIT_DONE)
        status = hand_out(issuing, row, &drawing);
    buffer_free(&drawing.bytes);
    return status;
}

exit_status issue_one(struct issuing *issuing, const char *claims_path)
{
    struct input_file file = {0};
    struct issue_row row = {0};
    struct claims_fault fault = {0};
    exit_status status = input_file_read(issuing->context, &file, claims_path, CLAIMS_BYTES_MAX);

    if (status != EXIT_DONE)
        return status;
    row.source = file.source;
    if (!claims_read(&row.claims, &fault, (const char *)file.bytes, file.len))
        status = issue_refuse(issuing->context, &row, &fault);
    if (status == EXIT_DONE)
        status = signing_check_known(issuing->context, &issuing->signing);
    if (status == EXIT_DONE)
        status = issue_row(issuing, &row);
    claims_free(&row.claims);
    input_file_free(&file);
    return status;
}

/* --- again, from the register --- */

/* A policy may be longer than any QR code: it is handed out as a file alone. */
static exit_status copy_long(const struct issuing *issuing, struct drawing *out,
                             const garita_register_entry *entry)
{
    if (issuing->given->output == NULL || issuing->style.format != ARTIFACT_BIN)
        return report_failure(
            issuing->context,
            &(struct failure){EXIT_BAD_INPUT, garita_error_name(GARITA_E_TOO_LONG),
                              issuing->given->as, 0, _("write it into a file: -o FILE.bin")},
            "%s", _("no QR code holds it"));
    buffer_add(&out->bytes, entry->bytes, entry->bytes_len);
    return out->bytes.failed ? report_no_memory(issuing->context) : EXIT_DONE;
}

exit_status issue_reprint(struct issuing *issuing)
{
    const struct context *context = issuing->context;
    struct signing *signing = &issuing->signing;
    const garita_issuer *issuer = signing_next(signing, NULL);
    /* Its statements remain those of the authority, even if this home no longer knows that one. */
    const uint8_t *first_key = issuer != NULL ? issuer->first_key : signing->key.public_key;
    struct issue_row row = {.serial = (uint32_t)issuing->given->reprint};
    struct drawing drawing = {0};
    garita_register_entry entry;

    garita_store_error error =
        garita_store_get_serial(signing->store, &entry, first_key, row.serial);
    exit_status status = EXIT_DONE;
    if (error == GARITA_STORE_ABSENT)
        return report_failure(
            context, &(struct failure){EXIT_NOT_FOUND, "no-serial", issuing->given->as, 0, NULL},
            _("this home issued no serial %lu with this key's authority"),
            (unsigned long)row.serial);
    if (error != GARITA_STORE_OK)
        return store_report(context, error, garita_store_detail(signing->store));
    garita_key_id(&row.issuer, first_key);
    row.claims.ref = entry.ref;
    row.code_len = entry.bytes_len;
    bool is_code = entry.bytes_len <= sizeof row.code;
    if (is_code)
        memcpy(row.code, entry.bytes, entry.bytes_len);
    else
        status = copy_long(issuing, &drawing, &entry);
    if (status == EXIT_DONE)
        status = signing_act_settle(context, signing->store);
    if (status == EXIT_DONE && is_code)
        status = draw(issuing, &drawing, &row);
    if (status == EXIT_DONE)
        status = hand_out(issuing, &row, &drawing);
    buffer_free(&drawing.bytes);
    return status;
}
