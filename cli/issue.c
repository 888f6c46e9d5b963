#include "issue.h"

#include <string.h>

#include <garita/authority.h>
#include <garita/date.h>

#include "i18n.h"
#include "json_out.h"
#include "own_serials.h"
#include "report.h"
#include "signing_act.h"
#include "store_report.h"

exit_status issue_refuse(const struct context *context, const struct issue_row *row,
                         struct claims_fault *fault)
{
    uint64_t line = row->line != 0 ? row->line : fault->line;

    if (strcmp(fault->code, garita_error_name(GARITA_E_NO_MEMORY)) == 0) {
        claims_fault_free(fault);
        return report_no_memory(context);
    }
    exit_status status =
        report_failure(context,
                       &(struct failure){EXIT_BAD_INPUT, fault->code, row->source, line,
                                         fault->hint.len > 0 ? buffer_text(&fault->hint) : NULL},
                       "%s", buffer_text(&fault->message));
    claims_fault_free(fault);
    return status;
}

static uint32_t expires_of(const struct claims *claims)
{
    return claims->type == GARITA_TYPE_ATTESTATION ? claims->attestation.expires
                                                   : claims->credential.expires;
}

/* What garita_attestation_in_scope asks, of who would sign. countries is room for the wish's. */
static struct wish wish_of(const struct claims *claims, garita_scope *countries)
{
    struct wish wish = {.type = claims->type, .ends = garita_day_expires(expires_of(claims))};
    const garita_attestation *attestation = &claims->attestation;

    if (claims->type != GARITA_TYPE_ATTESTATION) {
        wish.programmes = UINT64_C(1) << claims->credential.programme;
        return wish;
    }
    wish.programmes = UINT64_C(1) << garita_attestation_programme(attestation);
    if (attestation->kind == GARITA_ATTESTATION_ESSENTIAL_WORKER) {
        *countries = (garita_scope){0};
        garita_scope_add_country(countries, attestation->fact.essential_worker.country.at);
        wish.countries = countries;
    }
    return wish;
}

exit_status issue_check(const struct issuing *issuing, const struct issue_row *row)
{
    garita_scope countries;
    const struct wish wish = wish_of(&row->claims, &countries);
    refusal why;
    const garita_issuer *issuer = signing_choose(&issuing->signing, &why, &wish, issuing->now);

    return why == REFUSAL_NONE ? EXIT_DONE
                               : signing_refuse(issuing->context, &issuing->signing, row->source,
                                                row->line, why, issuer, &wish);
}

exit_status issue_unlock(struct issuing *issuing)
{
    const garita_issuer *issuer = signing_next(&issuing->signing, NULL);
    exit_status status = signing_act_check(issuing->context, issuing->signing.store,
                                           issuer->first_key, issuer->name);

    return status == EXIT_DONE ? secret_key_unlock(issuing->context, &issuing->signing.key)
                               : status;
}

exit_status issue_begin(const struct issuing *issuing)
{
    const garita_issuer *issuer = signing_next(&issuing->signing, NULL);

    exit_status status = signing_act_begin(issuing->context, issuing->signing.store,
                                           issuer->first_key, issuer->name);
    if (status == EXIT_DONE)
        status = own_serials_reserve(issuing->context, &issuing->signing);
    if (status != EXIT_DONE)
        garita_store_rollback(issuing->signing.store);
    return status;
}

/* --- a ref that was seen before --- */

static exit_status ref_taken(const struct issuing *issuing, const struct issue_row *row,
                             uint32_t serial)
{
    return report_failure(issuing->context,
                          &(struct failure){EXIT_BAD_INPUT, "ref-taken", row->source, row->line,
                                            _("give these claims a ref of their own; to withdraw "
                                              "what was issued, revoke its serial")},
                          _("ref: \"%.*s\" was given before, with other claims (serial %lu)"),
                          (int)row->claims.ref.len, row->claims.ref.at, (unsigned long)serial);
}

/* Whether the register's statement claims what the row does. *is_read is false if it says what no
 * such statement can. */
static bool claims_same(const struct claims *claims, const garita_register_entry *entry,
                        bool *is_read)
{
    garita_credential credential;
    garita_attestation attestation;

    *is_read = true;
    if (entry->type != claims->type)
        return false;
    if (claims->type == GARITA_TYPE_ATTESTATION) {
        *is_read = garita_attestation_inspect(&attestation, NULL, NULL, entry->bytes,
                                              entry->bytes_len) == GARITA_OK;
        return *is_read && claims_attestation_equal(&attestation, &claims->attestation);
    }
    *is_read = garita_credential_inspect(&credential, NULL, NULL, entry->bytes, entry->bytes_len) ==
               GARITA_OK;
    return *is_read && claims_equal(&credential, &claims->credential);
}

/* Finds what was issued for the ref. *found is false if nothing was. */
static exit_status find_ref(const struct issuing *issuing, struct issue_row *row, bool *found,
                            const garita_issuer *issuer)
{
    garita_store *store = issuing->signing.store;
    garita_register_entry entry;
    bool is_read;

    *found = false;
    if (row->claims.ref.len == 0)
        return EXIT_DONE;
    garita_store_error error =
        garita_store_get_ref(store, &entry, issuer->first_key, row->claims.ref);
    if (error == GARITA_STORE_ABSENT)
        return EXIT_DONE;
    if (error != GARITA_STORE_OK)
        return store_report(issuing->context, error, garita_store_detail(store));
    bool is_same = claims_same(&row->claims, &entry, &is_read);
    if (!is_read || entry.bytes_len > sizeof row->bytes)
        return store_report(issuing->context, GARITA_STORE_CORRUPT, "");
    if (!is_same)
        return ref_taken(issuing, row, entry.serial);
    row->serial = entry.serial;
    row->was_known = true;
    row->bytes_len = entry.bytes_len;
    memcpy(row->bytes, entry.bytes, entry.bytes_len);
    *found = true;
    return EXIT_DONE;
}

/* --- signing --- */

/* Signs the claims with the row's serial. */
static garita_error sign(struct issue_row *row, garita_fault *fault, const garita_signer *signer)
{
    garita_credential credential = row->claims.credential;
    garita_attestation attestation = row->claims.attestation;

    credential.serial = attestation.serial = row->serial;
    if (row->claims.type == GARITA_TYPE_ATTESTATION)
        return garita_attestation_issue(row->bytes, &row->bytes_len, sizeof row->bytes, fault,
                                        &attestation, signer);
    return garita_credential_issue(row->bytes, &row->bytes_len, sizeof row->bytes, fault,
                                   &credential, signer);
}

static exit_status cannot_issue(const struct issuing *issuing, const struct issue_row *row,
                                garita_error error, const char *field)
{
    if (error == GARITA_E_NO_MEMORY)
        return report_no_memory(issuing->context);
    return report_failure(
        issuing->context,
        &(struct failure){EXIT_BAD_INPUT, garita_error_name(error), row->source, row->line, NULL},
        "%s%s%s", field, field[0] != '\0' ? ": " : "", _(garita_error_text(error)));
}

static exit_status enter(const struct issuing *issuing, const struct issue_row *row,
                         const garita_issuer *issuer)
{
    garita_store *store = issuing->signing.store;
    garita_register_entry entry = {
        .serial = row->serial,
        .key_number = issuer->key_number,
        .type = row->claims.type,
        .issued = issuing->now,
        .ref = row->claims.ref,
        .bytes = row->bytes,
        .bytes_len = row->bytes_len,
    };

    memcpy(entry.first_key, issuer->first_key, sizeof entry.first_key);
    garita_store_error error = garita_store_register(store, &entry);
    return error == GARITA_STORE_OK
               ? EXIT_DONE
               : store_report(issuing->context, error, garita_store_detail(store));
}

/* Allowed, for what is only to be kept; but seldom meant. */
static void warn_if_expired(const struct issuing *issuing, const struct issue_row *row)
{
    char day[GARITA_DATE_TEXT_SIZE];
    uint32_t expires = expires_of(&row->claims);

    if (garita_day_expires(expires) > issuing->now)
        return;
    garita_day_format(day, expires);
    if (row->line != 0)
        report_warning(issuing->context, _("%s:%llu: it expired on %s already"), row->source,
                       (unsigned long long)row->line, day);
    else
        report_warning(issuing->context, _("%s: it expired on %s already"), row->source, day);
}

/* --- the code --- */

static bool is_signed_by_known(const struct signing *signing, garita_bytes statement)
{
    uint8_t scratch[GARITA_SCRATCH_SIZE(GARITA_ATTESTATION_BYTES_MAX)];
    garita_peek peek;
    garita_verified verified;

    if (garita_statement_peek(&peek, NULL, GARITA_TYPE_ATTESTATION, statement.at, statement.len) !=
        GARITA_OK)
        return false;
    for (const garita_issuer *issuer = NULL;
         (issuer = garita_trust_find(signing->trust, issuer, &peek.signer, peek.key_number)) !=
         NULL;)
        if (garita_statement_verify(&verified, &peek, issuer->public_key, scratch,
                                    sizeof scratch) == GARITA_OK)
            return true;
    return false;
}

/* An agency need not trust whom the checkpoints trust: so it is told, and no more. */
static void warn_if_unknown(const struct issuing *issuing, const struct issue_row *row)
{
    const garita_parts *parts = &row->claims.attached->parts;

    for (size_t i = 0; i < parts->attestation_count; i++) {
        if (is_signed_by_known(&issuing->signing, parts->attestations[i]))
            continue;
        if (row->line != 0)
            report_warning(issuing->context,
                           _("%s:%llu: attestation %zu is signed by nobody whom this home trusts"),
                           row->source, (unsigned long long)row->line, i + 1);
        else
            report_warning(issuing->context,
                           _("%s: attestation %zu is signed by nobody whom this home trusts"),
                           row->source, i + 1);
    }
}

static exit_status no_code(const struct issuing *issuing, const struct issue_row *row,
                           garita_error error)
{
    if (error == GARITA_E_NO_MEMORY)
        return report_no_memory(issuing->context);
    return report_failure(issuing->context,
                          &(struct failure){EXIT_BAD_INPUT, garita_error_name(error), row->source,
                                            row->line,
                                            _("attach fewer attestations, which can stand in a "
                                              "code of their own, or use a lower --ecc")},
                          "%s", _("no QR code holds this at the error correction asked for"));
}

/* Whether a code as long as it is with attestations can be drawn in the way asked for: before
 * anything is committed. */
static garita_error try_drawing(const struct issuing *issuing, const struct issue_row *row)
{
    struct buffer drawing = {0};
    int version;
    garita_error error = artifact_make(&drawing, issuing->context->json ? &version : NULL,
                                       &issuing->style, row->code, row->code_len);

    buffer_free(&drawing);
    return error;
}

/* Makes what is handed out of the row's statement. */
static exit_status compose(const struct issuing *issuing, struct issue_row *row)
{
    garita_parts parts;

    if (row->claims.attached == NULL) {
        row->code_len = row->bytes_len;
        memcpy(row->code, row->bytes, row->bytes_len);
        return EXIT_DONE;
    }
    parts = row->claims.attached->parts;
    parts.credential = (garita_bytes){row->bytes, row->bytes_len};
    garita_error error = garita_packet_join(row->code, &row->code_len, sizeof row->code, &parts);
    if (error == GARITA_OK)
        error = try_drawing(issuing, row);
    return error == GARITA_OK ? EXIT_DONE : no_code(issuing, row, error);
}

exit_status issue_sign(const struct issuing *issuing, struct issue_row *row)
{
    garita_store *store = issuing->signing.store;
    garita_fault fault = {.field = ""};
    const garita_issuer *issuer = signing_next(&issuing->signing, NULL);
    bool found;

    /* All records of the key have these in common. */
    const garita_signer signer = {issuer->id, issuer->key_number, issuing->signing.key.secret_key};
    row->issuer = issuer->id;
    exit_status status = find_ref(issuing, row, &found, issuer);
    if (status == EXIT_DONE && found)
        return compose(issuing, row);
    if (status == EXIT_DONE)
        status = issue_check(issuing, row);
    if (status != EXIT_DONE)
        return status;

    warn_if_expired(issuing, row);
    if (row->claims.attached != NULL)
        warn_if_unknown(issuing, row);

    garita_store_error error = garita_store_next_serial(store, &row->serial, issuer->first_key);
    if (error != GARITA_STORE_OK)
        return store_report(issuing->context, error, garita_store_detail(store));
    garita_error why = sign(row, &fault, &signer);
    if (why != GARITA_OK)
        return cannot_issue(issuing, row, why, fault.field);
    status = compose(issuing, row);
    return status == EXIT_DONE ? enter(issuing, row, issuer) : status;
}

/* --- telling --- */

exit_status issue_tell_json(const struct context *context, const struct issue_row *row,
                            const char *file, int qr_version)
{
    char issuer[GARITA_ID_TEXT_SIZE];
    struct buffer text = {0};
    garita_utf8 ref = row->claims.ref;

    garita_id_format(issuer, &row->issuer);
    json_t *object = json_pack(
        "{s:I, s:s, s:o, s:o, s:i, s:i}", "serial", (json_int_t)row->serial, "issuer", issuer,
        "ref", ref.len > 0 ? json_out_text(ref.at, ref.len) : json_null(), "file",
        json_out_text_or_null(file), "bytes", (int)row->code_len, "qr_version", qr_version);
    if (object != NULL && row->line != 0)
        json_object_set_new(object, "line", json_integer((json_int_t)row->line));
    if (object != NULL && file == NULL &&
        artifact_text(&text, row->code, row->code_len) == GARITA_OK)
        json_object_set_new(object, "text", json_stringn(text.at, text.len));
    buffer_free(&text);
    return json_out(context, object);
}
