#include "authority_sign.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include <garita/date.h>

#include "artifact.h"
#include "i18n.h"
#include "json_out.h"
#include "own_serials.h"
#include "report.h"
#include "store_report.h"

enum { DEFAULT_YEARS = 20 };

uint32_t authority_sign_default_expiry(int64_t now)
{
    char text[GARITA_DATE_TEXT_SIZE];
    char later[GARITA_MOMENT_TEXT_SIZE];
    unsigned year, month, day_of_month;
    int64_t today = now / 86400;
    uint32_t day = GARITA_DAY_MAX;

    if (today < 0 || today > GARITA_DAY_MAX)
        return GARITA_DAY_MAX;
    garita_day_format(text, (uint32_t)today);
    if (sscanf(text, "%u-%u-%u", &year, &month, &day_of_month) != 3)
        return GARITA_DAY_MAX;
    /* Of a leap day the day before, where the year has none. */
    for (unsigned i = 0; i < 2; i++) {
        int len = snprintf(later, sizeof later, "%04u-%02u-%02u", year + DEFAULT_YEARS, month,
                           day_of_month - i);
        if (garita_day_parse(&day, later, (size_t)len) == GARITA_OK)
            return day;
    }
    return GARITA_DAY_MAX;
}

exit_status authority_read_day(const struct context *context, uint32_t *out, const char *option,
                               const char *text)
{
    if (garita_day_parse(out, text, strlen(text)) == GARITA_OK)
        return EXIT_DONE;
    return report_failure(context,
                          &(struct failure){EXIT_USAGE, garita_error_name(GARITA_E_DATE), NULL, 0,
                                            _("year, month and day, as in 2031-01-31")},
                          _("--%s: \"%s\" is no date"), option, text);
}

exit_status authority_read_until(const struct context *context, uint32_t *out, const char *text,
                                 int64_t now)
{
    exit_status status = authority_read_day(context, out, "until", text);

    if (status != EXIT_DONE || garita_day_expires(*out) > now)
        return status;
    return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, NULL}, "%s",
                          _("--until is in the past"));
}

static exit_status cannot_issue(const struct context *context, garita_error error,
                                const garita_fault *fault)
{
    if (error == GARITA_E_NO_MEMORY)
        return report_no_memory(context);
    return report_failure(context,
                          &(struct failure){EXIT_USAGE, garita_error_name(error), NULL, 0, NULL},
                          "%s: %s", fault->field, _(garita_error_text(error)));
}

exit_status authority_sign(const struct context *context, struct authority_signed *out,
                           struct signing *signing, const garita_authority *authority,
                           const garita_signer *signer,
                           const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE], int64_t now)
{
    garita_fault fault = {.field = ""};

    exit_status status = own_serials_reserve(context, signing);
    if (status != EXIT_DONE)
        return status;
    garita_store_error error = garita_store_next_serial(signing->store, &out->serial, first_key);
    if (error != GARITA_STORE_OK)
        return store_report(context, error, garita_store_detail(signing->store));
    out->authority = *authority;
    out->authority.serial = out->serial;
    out->issuer = signer->id;

    garita_error why = garita_authority_issue(out->bytes, &out->bytes_len, sizeof out->bytes,
                                              &fault, &out->authority, signer);
    if (why != GARITA_OK)
        return cannot_issue(context, why, &fault);

    garita_register_entry entry = {
        .serial = out->serial,
        .key_number = signer->key_number,
        .type = GARITA_TYPE_AUTHORITY,
        .issued = now,
        .bytes = out->bytes,
        .bytes_len = out->bytes_len,
    };
    memcpy(entry.first_key, first_key, GARITA_PUBLIC_KEY_SIZE);
    error = garita_store_register(signing->store, &entry);
    return error == GARITA_STORE_OK
               ? EXIT_DONE
               : store_report(context, error, garita_store_detail(signing->store));
}

/* --- handing out --- */

exit_status authority_check_output(const struct context *context, const char *output)
{
    artifact_format format = ARTIFACT_BIN;

    if (output == NULL)
        return EXIT_DONE;
    if (strcmp(output, "-") == 0 && context->json)
        return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, NULL}, "%s",
                              _("--json and -o - both want standard output"));
    if (!artifact_format_of_path(&format, output))
        format = ARTIFACT_BIN;
    return output_file_check(context, output, artifact_kind(format));
}

static exit_status write_out(const struct context *context,
                             const struct authority_signed *statement, const char *output)
{
    struct buffer file = {0};
    struct artifact_style style = {ARTIFACT_BIN, GARITA_QR_ECC_M, GARITA_QR_SCALE_DEFAULT};

    if (!artifact_format_of_path(&style.format, output))
        style.format = ARTIFACT_BIN;
    /* The longest of them, 1,024 bytes, fits version 33-M. */
    garita_error error = artifact_make(&file, NULL, &style, statement->bytes, statement->bytes_len);
    exit_status status = error == GARITA_OK
                             ? output_file_write(context, output, artifact_kind(style.format),
                                                 OUTPUT_MODE_PUBLIC, file.at, file.len)
                             : report_no_memory(context);
    buffer_free(&file);
    return status;
}

static exit_status tell_json(const struct context *context,
                             const struct authority_signed *statement, const char *output,
                             const char *text)
{
    const garita_authority *authority = &statement->authority;
    char fingerprint[GARITA_FINGERPRINT_TEXT_SIZE];
    char issuer[GARITA_ID_TEXT_SIZE];
    char subject[GARITA_ID_TEXT_SIZE];
    char until[GARITA_DATE_TEXT_SIZE];
    garita_id id;

    garita_key_id(&id, authority->key_number == 1 ? authority->public_key : authority->first_key);
    garita_id_format(subject, &id);
    garita_id_format(issuer, &statement->issuer);
    garita_key_fingerprint_format(fingerprint, authority->public_key);
    garita_day_format(until, authority->expires);
    return json_out(context,
                    json_pack("{s:I, s:s, s:s, s:i, s:s, s:s, s:o, s:s, s:i}", "serial",
                              (json_int_t)statement->serial, "issuer", issuer, "subject", subject,
                              "key_number", (int)authority->key_number, "fingerprint", fingerprint,
                              "expires", until, "file", json_out_text_or_null(output), "text", text,
                              "bytes", (int)statement->bytes_len));
}

static void tell_people(const struct context *context, const struct authority_signed *statement)
{
    const garita_authority *authority = &statement->authority;
    char fingerprint[GARITA_FINGERPRINT_TEXT_SIZE];
    char until[GARITA_DATE_TEXT_SIZE];
    char subject[GARITA_ID_TEXT_SIZE];
    garita_id id;

    garita_key_id(&id, authority->key_number == 1 ? authority->public_key : authority->first_key);
    garita_id_format(subject, &id);
    garita_key_fingerprint_format(fingerprint, authority->public_key);
    garita_day_format(until, authority->expires);
    report_note(context, _("%.*s, %s: authority %s, key %d, until %s"), (int)authority->name.len,
                authority->name.at, authority->country, subject, authority->key_number, until);
    report_note(context, _("fingerprint %s"), fingerprint);
}

exit_status authority_hand_out(const struct context *context,
                               const struct authority_signed *statement, const char *output,
                               const char *key_name)
{
    struct buffer text = {0};
    exit_status status = EXIT_DONE;

    if (artifact_text(&text, statement->bytes, statement->bytes_len) != GARITA_OK ||
        buffer_text(&text)[0] == '\0')
        return report_no_memory(context);
    tell_people(context, statement);
    if (output != NULL)
        status = write_out(context, statement, output);
    if (status != EXIT_DONE) {
        report_note(context,
                    _("it is signed, and in the register; write it again with: garita issue --as "
                      "%s --reprint %lu -o FILE.bin"),
                    key_name, (unsigned long)statement->serial);
    } else if (context->json) {
        status = tell_json(context, statement, output, text.at);
    } else if (output == NULL) {
        fprintf(context->out, "%lu\n%s\n", (unsigned long)statement->serial, text.at);
    } else if (strcmp(output, "-") == 0) {
        report_note(context, _("serial %lu"), (unsigned long)statement->serial);
    } else {
        fprintf(context->out, "%lu\n", (unsigned long)statement->serial);
    }
    buffer_free(&text);
    return status;
}
