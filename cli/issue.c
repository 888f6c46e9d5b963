#include "issue.h"

#include <string.h>

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
    exit_status status =
        report_failure(context,
                       &(struct failure){EXIT_BAD_INPUT, fault->code, row->source, line,
                                         fault->hint.len > 0 ? buffer_text(&fault->hint) : NULL},
                       "%s", buffer_text(&fault->message));
    claims_fault_free(fault);
    return status;
}

static struct wish wish_of(const struct issue_row *row)
{
    const garita_credential *credential = &row->claims.credential;

    return (struct wish){
        .type = GARITA_TYPE_CREDENTIAL,
        .programmes = UINT64_C(1) << credential->programme,
        .ends = garita_day_expires(credential->expires),
    };
}

exit_status issue_check(const struct issuing *issuing, const struct issue_row *row)
{
    const struct wish wish = wish_of(row);
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

/* Finds what was issued for the ref. *found is false if nothing was. */
static exit_status find_ref(const struct issuing *issuing, struct issue_row *row, bool *found,
                            const garita_issuer *issuer)
{
    garita_store *store = issuing->signing.store;
    garita_register_entry entry;
    garita_credential before;

    *found = false;
    if (row->claims.ref.len == 0)
        return EXIT_DONE;
    garita_store_error error =
        garita_store_get_ref(store, &entry, issuer->first_key, row->claims.ref);
    if (error == GARITA_STORE_ABSENT)
        return EXIT_DONE;
    if (error != GARITA_STORE_OK)
        return store_report(issuing->context, error, garita_store_detail(store));
    if (entry.bytes_len > sizeof row->bytes ||
        garita_credential_inspect(&before, NULL, NULL, entry.bytes, entry.bytes_len) != GARITA_OK)
        return store_report(issuing->context, GARITA_STORE_CORRUPT, "");
    if (!claims_equal(&before, &row->claims.credential))
        return ref_taken(issuing, row, entry.serial);
    row->serial = entry.serial;
    row->was_known = true;
    row->bytes_len = entry.bytes_len;
    memcpy(row->bytes, entry.bytes, entry.bytes_len);
    *found = true;
    return EXIT_DONE;
}

/* --- signing --- */

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
        .type = GARITA_TYPE_CREDENTIAL,
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

    if (garita_day_expires(row->claims.credential.expires) > issuing->now)
        return;
    garita_day_format(day, row->claims.credential.expires);
    if (row->line != 0)
        report_warning(issuing->context, _("%s:%llu: it expired on %s already"), row->source,
                       (unsigned long long)row->line, day);
    else
        report_warning(issuing->context, _("%s: it expired on %s already"), row->source, day);
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
    if (status != EXIT_DONE || found)
        return status;
    status = issue_check(issuing, row);
    if (status != EXIT_DONE)
        return status;

    warn_if_expired(issuing, row);

    garita_store_error error = garita_store_next_serial(store, &row->serial, issuer->first_key);
    if (error != GARITA_STORE_OK)
        return store_report(issuing->context, error, garita_store_detail(store));
    garita_credential credential = row->claims.credential;
    credential.serial = row->serial;
    garita_error why = garita_credential_issue(row->bytes, &row->bytes_len, sizeof row->bytes,
                                               &fault, &credential, &signer);
    if (why != GARITA_OK)
        return cannot_issue(issuing, row, why, fault.field);
    return enter(issuing, row, issuer);
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
        json_out_text_or_null(file), "bytes", (int)row->bytes_len, "qr_version", qr_version);
    if (object != NULL && row->line != 0)
        json_object_set_new(object, "line", json_integer((json_int_t)row->line));
    if (object != NULL && file == NULL &&
        artifact_text(&text, row->bytes, row->bytes_len) == GARITA_OK)
        json_object_set_new(object, "text", json_stringn(text.at, text.len));
    buffer_free(&text);
    return json_out(context, object);
}
