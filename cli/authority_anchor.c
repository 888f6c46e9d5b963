#include "authority_verbs.h"

#include <string.h>

#include "authority_sign.h"
#include "i18n.h"
#include "report.h"
#include "scope_text.h"
#include "store_report.h"

const struct option authority_anchor_options[] = {
    OPTION_TEXT("name", 0, "TEXT", struct authority_anchor_options, name,
                N_("the name of the authority, as people are to read it")),
    OPTION_TEXT("country", 0, "CODE", struct authority_anchor_options, country,
                N_("its country, such as USA")),
    OPTION_TEXT("output", 'o', "FILE", struct authority_anchor_options, output,
                N_("where to write the statement: .txt, .png, .svg, or else its bytes")),
    OPTION_END,
};

/* The anchor that the key is already, or null. EXIT_NOT_ALLOWED if it is somebody else's. */
static exit_status find_anchor(const struct context *context, const garita_issuer **out,
                               const struct signing *signing)
{
    const garita_issuer *issuer = signing_next(signing, NULL);

    *out = NULL;
    for (; issuer != NULL; issuer = signing_next(signing, issuer)) {
        if (issuer->level > 0 || issuer->key_number != 1)
            return report_failure(context,
                                  &(struct failure){EXIT_NOT_ALLOWED, "key-in-use",
                                                    signing->key.name, 0,
                                                    _("make another with: garita key new")},
                                  _("this key is already key %d of %s, and an anchor needs one of "
                                    "its own"),
                                  issuer->key_number, issuer->name);
        *out = issuer;
    }
    return EXIT_DONE;
}

static exit_status hand_out(const struct context *context, const struct authority_signed *statement,
                            const char *output, const char *key_name)
{
    exit_status status = authority_hand_out(context, statement, output, key_name);
    bool is_file = output != NULL && strcmp(output, "-") != 0;

    if (status == EXIT_DONE)
        report_note(context,
                    _("pin it wherever it is to be trusted, here too: garita trust add --anchor "
                      "%s"),
                    is_file ? output : "FILE");
    return status;
}

/* Hands out again what was signed before, if it is the same that is asked for. */
static exit_status again(const struct context *context, struct signing *signing,
                         const garita_issuer *anchor, const garita_authority *wanted,
                         const char *output)
{
    struct authority_signed statement = {.issuer = anchor->id, .serial = anchor->serial};
    garita_register_entry entry;

    garita_store_error error =
        garita_store_get_serial(signing->store, &entry, anchor->first_key, anchor->serial);
    /* Another statement has the serial where another home signed with this key too. */
    if (error == GARITA_STORE_ABSENT ||
        (error == GARITA_STORE_OK && entry.type != GARITA_TYPE_AUTHORITY))
        return report_failure(
            context, &(struct failure){EXIT_EXISTS, "exists", signing->key.name, 0, NULL},
            _("this key is the anchor %s already, which another home signed"), anchor->name);
    if (error != GARITA_STORE_OK)
        return store_report(context, error, garita_store_detail(signing->store));
    if (entry.bytes_len > sizeof statement.bytes)
        return store_report(context, GARITA_STORE_CORRUPT, "");
    memcpy(statement.bytes, entry.bytes, entry.bytes_len);
    statement.bytes_len = entry.bytes_len;
    if (garita_authority_inspect(&statement.authority, NULL, NULL, statement.bytes,
                                 statement.bytes_len) != GARITA_OK)
        return store_report(context, GARITA_STORE_CORRUPT, "");

    const garita_authority *is = &statement.authority;
    if (is->name.len != wanted->name.len ||
        memcmp(is->name.at, wanted->name.at, is->name.len) != 0 ||
        strcmp(is->country, wanted->country) != 0)
        return report_failure(context,
                              &(struct failure){EXIT_EXISTS, "exists", signing->key.name, 0,
                                                _("an anchor keeps its name and country: make "
                                                  "another key with: garita key new")},
                              _("this key is the anchor %s, %s, already"), anchor->name,
                              anchor->country);
    report_note(context, "%s", _("this key is that anchor already; here is its statement again"));
    return hand_out(context, &statement, output, signing->key.name);
}

/* Signs inside a transaction that the caller ends. */
static exit_status sign(const struct context *context, struct authority_signed *out,
                        struct signing *signing, const garita_authority *wanted, int64_t now)
{
    const garita_issuer *anchor;
    garita_scope scope;
    garita_signer signer = {.key_number = 1, .secret_key = signing->key.secret_key};

    /* What was looked at before the passphrase was asked for may have changed. */
    exit_status status = signing_reload(context, signing);
    if (status == EXIT_DONE)
        status = find_anchor(context, &anchor, signing);
    if (status == EXIT_DONE && anchor != NULL)
        status = report_failure(
            context, &(struct failure){EXIT_EXISTS, "exists", signing->key.name, 0, NULL},
            _("this key is the anchor %s, %s, already"), anchor->name, anchor->country);
    if (status != EXIT_DONE)
        return status;

    garita_key_id(&signer.id, signing->key.public_key);
    status = authority_sign(context, out, signing, wanted, &signer, signing->key.public_key, now);
    if (status != EXIT_DONE)
        return status;
    garita_pin_default(&scope, wanted->country);
    garita_error error =
        garita_trust_pin(signing->trust, NULL, NULL, &scope, out->bytes, out->bytes_len);
    return error == GARITA_OK
               ? EXIT_DONE
               : report_failure(
                     context,
                     &(struct failure){EXIT_NOT_ALLOWED, garita_error_name(error), NULL, 0, NULL},
                     "%s", _(garita_error_text(error)));
}

static exit_status make(const struct context *context, struct signing *signing,
                        const garita_authority *wanted, int64_t now, const char *output)
{
    struct authority_signed statement = {0};
    exit_status status = secret_key_unlock(context, &signing->key);

    if (status != EXIT_DONE)
        return status;
    garita_store_error error = garita_store_begin(signing->store);
    if (error == GARITA_STORE_OK) {
        status = sign(context, &statement, signing, wanted, now);
        if (status != EXIT_DONE) {
            garita_store_rollback(signing->store);
            return status;
        }
        error = garita_store_commit(signing->store);
    }
    if (error != GARITA_STORE_OK)
        return store_report(context, error, garita_store_detail(signing->store));
    return hand_out(context, &statement, output, signing->key.name);
}

exit_status authority_anchor_run(const struct context *context, const void *values,
                                 char *const *operands, size_t operand_count)
{
    const struct authority_anchor_options *given = values;
    garita_authority wanted = {.key_number = 1};
    struct signing signing = {0};
    const garita_issuer *anchor = NULL;
    int64_t now;

    (void)operand_count;
    if (given->name == NULL || given->country == NULL)
        return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, NULL}, "%s",
                              _("an anchor needs --name and --country"));
    exit_status status =
        scope_text_read_country(context, wanted.country, "country", given->country);
    if (status == EXIT_DONE)
        status = authority_check_output(context, given->output);
    if (status == EXIT_DONE)
        status = signing_clock(context, &now);
    if (status != EXIT_DONE)
        return status;
    wanted.name = (garita_utf8){given->name, strlen(given->name)};
    wanted.expires = authority_sign_default_expiry(now);

    status = signing_open(context, &signing, operands[0]);
    memcpy(wanted.public_key, signing.key.public_key, sizeof wanted.public_key);
    if (status == EXIT_DONE)
        status = find_anchor(context, &anchor, &signing);
    if (status == EXIT_DONE)
        status = anchor != NULL ? again(context, &signing, anchor, &wanted, given->output)
                                : make(context, &signing, &wanted, now, given->output);
    signing_close(&signing);
    return status;
}
