#include "authority_verbs.h"

#include <string.h>

#include <garita/date.h>

#include "authority_sign.h"
#include "hand_out.h"
#include "i18n.h"
#include "own_log.h"
#include "public_key.h"
#include "report.h"
#include "scope_text.h"
#include "signing_act.h"

const struct option authority_certify_options[] = {
    OPTION_TEXT("as", 0, "KEY", struct authority_certify_options, as,
                N_("the key of this home that signs")),
    OPTION_TEXT("subject", 0, "PUBFILE", struct authority_certify_options, subject,
                N_("the public key that is certified, from \"garita key export\"")),
    OPTION_TEXT("name", 0, "TEXT", struct authority_certify_options, name,
                N_("the authority's name, as people are to read it")),
    OPTION_TEXT("country", 0, "CODE", struct authority_certify_options, country,
                N_("its country, such as MEX")),
    OPTION_TEXT("programmes", 0, "LIST", struct authority_certify_options, programmes,
                N_("what it may issue, such as sentri,fast")),
    OPTION_TEXT(
        "types", 0, "LIST", struct authority_certify_options, types,
        N_("the statements that it may sign; credential,attestation,head if not given, as far as "
           "KEY can give them")),
    OPTION_TEXT("countries", 0, "LIST", struct authority_certify_options, countries,
                N_("where its own authorities, nodes and policies may be; its country if not "
                   "given")),
    OPTION_TEXT("depth", 0, "N", struct authority_certify_options, depth,
                N_("levels of authorities below it; as many as can be, if it may certify any")),
    OPTION_TEXT(
        "rotates", 0, "AUTHORITY", struct authority_certify_options, rotates,
        N_("the id of the authority whose further key this is: one authority signs from one home, "
           "or that of the further key imports first what the other exports")),
    OPTION_TEXT("from", 0, "DATE", struct authority_certify_options, from,
                N_("the first day; always if not given")),
    OPTION_TEXT("until", 0, "DATE", struct authority_certify_options, until,
                N_("the last day; 20 years from now if not given")),
    OPTION_TEXT("output", 'o', "FILE", struct authority_certify_options, output,
                N_("where to write the statement: .txt, .png, .svg, or else its bytes")),
    OPTION_END,
};

/* What is to be certified, as it was asked for and as it comes out. */
struct certify {
    const struct authority_certify_options *given;
    int64_t now;
    uint8_t subject_key[GARITA_PUBLIC_KEY_SIZE];
    garita_id rotates; /* if given */
    /* filled from the options, and by prepare with what they leave open */
    garita_authority authority;
    struct wish wish;
    garita_scope wish_countries;
    /* by prepare */
    const garita_issuer *issuer;
    bool was_shortened;
    /* by sign */
    struct authority_signed statement;
};

static exit_status usage(const struct context *context, const char *message, const char *hint)
{
    return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, hint}, "%s",
                          message);
}

static exit_status not_allowed(const struct context *context, garita_error error)
{
    return report_failure(
        context, &(struct failure){EXIT_NOT_ALLOWED, garita_error_name(error), NULL, 0, NULL}, "%s",
        _(garita_error_text(error)));
}

/* --- the options --- */

static exit_status read_scope(const struct context *context, struct certify *certify)
{
    const struct authority_certify_options *given = certify->given;
    garita_scope *scope = &certify->authority.scope;
    exit_status status = EXIT_DONE;

    if (given->programmes != NULL)
        status = scope_text_read_programmes(context, &scope->programmes, given->programmes);
    if (status == EXIT_DONE && given->types != NULL)
        status = scope_text_read_types(context, &scope->types, given->types);
    if (status == EXIT_DONE && given->countries != NULL)
        status = scope_text_read_countries(context, scope, given->countries);
    if (status == EXIT_DONE && given->depth != NULL) {
        if (given->depth[0] < '0' || given->depth[0] > '0' + GARITA_CHAIN_DEPTH_MAX ||
            given->depth[1] != '\0')
            return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, NULL},
                                  _("--depth takes a number from 0 to %d"), GARITA_CHAIN_DEPTH_MAX);
        scope->depth = (uint8_t)(given->depth[0] - '0');
    }
    return status;
}

static exit_status read_subject(const struct context *context, struct certify *certify)
{
    garita_public_key_file file;
    exit_status status = public_key_read(context, &file, certify->given->subject);

    if (status == EXIT_DONE)
        memcpy(certify->subject_key, file.public_key, sizeof certify->subject_key);
    return status;
}

static exit_status read_options(const struct context *context, struct certify *certify)
{
    const struct authority_certify_options *given = certify->given;
    exit_status status = EXIT_DONE;

    if (given->as == NULL || given->subject == NULL)
        return usage(context, _("--as and --subject are needed"), NULL);
    if (given->rotates == NULL &&
        (given->name == NULL || given->country == NULL || given->programmes == NULL))
        return usage(context, _("--name, --country and --programmes are needed"),
                     _("for a further key of an authority give --rotates and its id instead"));
    if (given->rotates != NULL &&
        garita_id_parse(&certify->rotates, given->rotates, strlen(given->rotates)) != GARITA_OK)
        return usage(context, _("--rotates takes an authority's id, 16 hexadecimal digits"),
                     _("\"garita trust list\" shows them"));
    if (given->name != NULL)
        certify->authority.name = (garita_utf8){given->name, strlen(given->name)};
    if (given->country != NULL)
        status =
            scope_text_read_country(context, certify->authority.country, "country", given->country);
    if (status == EXIT_DONE)
        status = signing_clock(context, &certify->now);
    if (status == EXIT_DONE)
        status = authority_read_dates(context, &certify->authority.has_start,
                                      &certify->authority.not_before, &certify->authority.expires,
                                      given->from, given->until, certify->now);
    if (status == EXIT_DONE)
        status = read_scope(context, certify);
    if (status == EXIT_DONE)
        status = hand_out_check(context, given->output);
    return status == EXIT_DONE ? read_subject(context, certify) : status;
}

/* --- whose key it is --- */

/* Whether the key that signs is of the authority that certified this record; for a record of that
 * very authority, whether it is an anchor, which certifies its own. */
static bool may_rotate(const struct signing *signing, const garita_issuer *record)
{
    for (const garita_issuer *issuer = signing_next(signing, NULL); issuer != NULL;
         issuer = signing_next(signing, issuer))
        if (garita_issuer_same_authority(record->parent, issuer))
            return true;
    return false;
}

static exit_status no_such_rotated(const struct context *context, const struct certify *certify,
                                   bool is_known)
{
    if (is_known)
        return report_failure(context,
                              &(struct failure){EXIT_NOT_ALLOWED,
                                                garita_error_name(GARITA_E_OUT_OF_SCOPE), NULL, 0,
                                                NULL},
                              _("a further key of %s comes from whoever certified its first, and "
                                "that is not %s"),
                              certify->given->rotates, certify->given->as);
    return report_failure(context,
                          &(struct failure){EXIT_NOT_FOUND, "no-authority", NULL, 0,
                                            _("\"garita trust list\" shows those there are")},
                          _("this home knows no authority %s"), certify->given->rotates);
}

/* The newest key of the authority that is rotated, and the number of the new one; or null, with
 * *status, after a report. */
static const garita_issuer *find_rotated(const struct context *context, exit_status *status,
                                         unsigned *number, const struct certify *certify,
                                         const struct signing *signing)
{
    const garita_issuer *newest = NULL;
    bool is_known = false;

    *number = 0;
    for (size_t i = 0; i < garita_trust_count(signing->trust); i++) {
        const garita_issuer *record = garita_trust_get(signing->trust, i);
        if (!garita_id_equal(&record->id, &certify->rotates))
            continue;
        is_known = true;
        if (!may_rotate(signing, record))
            continue;
        if (newest != NULL &&
            memcmp(newest->first_key, record->first_key, GARITA_PUBLIC_KEY_SIZE) != 0) {
            *status = report_failure(
                context, &(struct failure){EXIT_NOT_ALLOWED, "two-authorities", NULL, 0, NULL},
                _("%s and %s share this id"), newest->name, record->name);
            return NULL;
        }
        if (newest == NULL || record->key_number >= newest->key_number)
            newest = record;
        /* The same key again is a renewal, under the number that it has. */
        if (memcmp(record->public_key, certify->subject_key, GARITA_PUBLIC_KEY_SIZE) == 0)
            *number = record->key_number;
    }
    if (newest == NULL) {
        *status = no_such_rotated(context, certify, is_known);
        return NULL;
    }
    if (*number == 0)
        *number = newest->key_number + 1u;
    if (*number <= GARITA_KEY_NUMBER_MAX)
        return newest;
    *status = not_allowed(context, GARITA_E_FULL);
    return NULL;
}

/* Fills in what a further key has from the authority: all that is not given. */
static exit_status take_rotated(const struct context *context, struct certify *certify,
                                const struct signing *signing)
{
    const struct authority_certify_options *given = certify->given;
    garita_authority *authority = &certify->authority;
    exit_status status = EXIT_DONE;
    unsigned number;
    const garita_issuer *record = find_rotated(context, &status, &number, certify, signing);

    if (record == NULL)
        return status;
    authority->key_number = (uint8_t)number;
    memcpy(authority->first_key, record->first_key, GARITA_PUBLIC_KEY_SIZE);
    authority->self_issued = garita_issuer_same_authority(record->parent, record);
    if (given->name == NULL)
        authority->name = (garita_utf8){record->name, strlen(record->name)};
    if (given->country == NULL)
        memcpy(authority->country, record->country, sizeof authority->country);

    bool has_scope = given->programmes != NULL || given->types != NULL ||
                     given->countries != NULL || given->depth != NULL;
    if (authority->self_issued && has_scope)
        return usage(context, _("a further key of an anchor has the anchor's scope"),
                     _("leave out --programmes, --types, --countries and --depth"));
    if (authority->self_issued)
        return EXIT_DONE;
    if (given->programmes == NULL)
        authority->scope.programmes = record->scope.programmes;
    if (given->types == NULL)
        authority->scope.types = record->scope.types;
    if (given->depth == NULL && given->types == NULL)
        authority->scope.depth = record->scope.depth;
    if (given->countries == NULL) {
        authority->scope.country_count = record->scope.country_count;
        memcpy(authority->scope.countries, record->scope.countries,
               sizeof authority->scope.countries);
    }
    return EXIT_DONE;
}

/* Fills in what a new authority, or a renewed first key, has by default. */
static exit_status take_new(const struct context *context, struct certify *certify,
                            const struct signing *signing)
{
    const struct authority_certify_options *given = certify->given;
    garita_authority *authority = &certify->authority;

    for (size_t i = 0; i < garita_trust_count(signing->trust); i++) {
        const garita_issuer *record = garita_trust_get(signing->trust, i);
        char id[GARITA_ID_TEXT_SIZE];
        if (memcmp(record->public_key, certify->subject_key, GARITA_PUBLIC_KEY_SIZE) != 0 ||
            (record->key_number == 1 && record->level > 0))
            continue;
        garita_id_format(id, &record->id);
        if (record->level == 0)
            return report_failure(
                context, &(struct failure){EXIT_NOT_ALLOWED, "key-in-use", NULL, 0, NULL},
                _("this key is a key of the anchor %s (%s) already"), record->name, id);
        return report_failure(context,
                              &(struct failure){EXIT_NOT_ALLOWED, "key-in-use", NULL, 0,
                                                _("to certify it anew, give --rotates and the id")},
                              _("this key is key %d of %s (%s) already"), record->key_number,
                              record->name, id);
    }
    authority->key_number = 1;
    memcpy(authority->first_key, certify->subject_key, GARITA_PUBLIC_KEY_SIZE);
    if (given->types == NULL)
        authority->scope.types =
            1u << GARITA_TYPE_CREDENTIAL | 1u << GARITA_TYPE_ATTESTATION | 1u << GARITA_TYPE_HEAD;
    if (given->countries == NULL) {
        authority->scope.country_count = 0;
        garita_scope_add_country(&authority->scope, authority->country);
    }
    return EXIT_DONE;
}

/* --- what the signer can give --- */

static void make_wish(struct certify *certify)
{
    garita_authority *authority = &certify->authority;

    certify->wish = (struct wish){.type = GARITA_TYPE_AUTHORITY};
    certify->wish_countries = authority->scope;
    /* Full with sixteen others: then the scope itself is refused when it is signed. */
    garita_scope_add_country(&certify->wish_countries, authority->country);
    certify->wish.countries = &certify->wish_countries;
    if (certify->given->until != NULL)
        certify->wish.ends = garita_day_expires(authority->expires);
    if (authority->self_issued)
        return;
    certify->wish.is_level = true;
    certify->wish.programmes = authority->scope.programmes;
    certify->wish.types = authority->scope.types;
    certify->wish.depth = authority->scope.depth;
}

static exit_status fill_depth(const struct context *context, struct certify *certify)
{
    const struct authority_certify_options *given = certify->given;
    garita_scope *scope = &certify->authority.scope;

    if (certify->authority.self_issued || !garita_scope_has_type(scope, GARITA_TYPE_AUTHORITY))
        return EXIT_DONE;
    if (given->depth == NULL && (given->rotates == NULL || given->types != NULL))
        scope->depth = (uint8_t)(certify->issuer->scope.depth - 1);
    if (scope->depth > 0)
        return EXIT_DONE;
    return report_failure(context,
                          &(struct failure){EXIT_NOT_ALLOWED, garita_error_name(GARITA_E_TOO_DEEP),
                                            NULL, 0, _("leave authority out of --types")},
                          "%s", _("with no level below it, it could certify nobody"));
}

/* What an authority may sign by default: of what agencies do, all that the signer can give. */
static void fill_types(struct certify *certify, const struct signing *signing)
{
    uint32_t *types = &certify->authority.scope.types;
    uint32_t shared = 0;

    if (certify->given->rotates != NULL || certify->given->types != NULL)
        return;
    for (const garita_issuer *issuer = signing_next(signing, NULL); issuer != NULL;
         issuer = signing_next(signing, issuer))
        shared |= *types & issuer->scope.types;
    /* With nothing left the signer is refused for what it cannot give. */
    if (shared != 0)
        *types = shared;
}

/* Says what list of types could be given; EXIT_NOT_ALLOWED. */
static exit_status refuse_types(const struct context *context, const struct certify *certify)
{
    const uint32_t asked = certify->wish.types;
    const uint32_t can = certify->issuer->scope.types;
    struct buffer message = {0};
    struct buffer hint = {0};

    buffer_add_format(&message, _("%s may not let others sign: "), certify->issuer->name);
    scope_text_add_types(&message, asked & ~can);
    if ((asked & can) != 0) {
        buffer_add_text(&hint, "--types ");
        scope_text_add_types_option(&hint, asked & can);
    } else {
        buffer_add_text(&hint, _("its types: "));
        scope_text_add_types(&hint, can);
    }
    exit_status status =
        report_failure(context,
                       &(struct failure){EXIT_NOT_ALLOWED, garita_error_name(GARITA_E_OUT_OF_SCOPE),
                                         NULL, 0, buffer_text(&hint)},
                       "%s", buffer_text(&message));
    buffer_free(&message);
    buffer_free(&hint);
    return status;
}

/* Decides everything that the options leave open, and whether it may be signed. */
static exit_status prepare(const struct context *context, struct certify *certify,
                           const struct signing *signing)
{
    refusal why;
    exit_status status = signing_check_known(context, signing);

    if (status == EXIT_DONE)
        status = certify->given->rotates != NULL ? take_rotated(context, certify, signing)
                                                 : take_new(context, certify, signing);
    if (status != EXIT_DONE)
        return status;
    fill_types(certify, signing);
    make_wish(certify);
    certify->issuer = signing_choose(signing, &why, &certify->wish, certify->now);
    if (why == REFUSAL_TYPES)
        return refuse_types(context, certify);
    if (why != REFUSAL_NONE)
        return signing_refuse(context, signing, NULL, 0, why, certify->issuer, &certify->wish);

    memcpy(certify->authority.public_key, certify->subject_key, GARITA_PUBLIC_KEY_SIZE);
    if (certify->given->until == NULL) {
        uint32_t day = authority_sign_default_expiry(certify->now);
        uint32_t last = signing_last_day(certify->issuer);
        certify->was_shortened = last < day;
        certify->authority.expires = last < day ? last : day;
        if (certify->authority.has_start &&
            certify->authority.expires < certify->authority.not_before)
            return usage(context, _("--from is after the last day"), NULL);
    }
    return fill_depth(context, certify);
}

/* --- signing --- */

/* Inside a transaction that the caller ends. */
static exit_status sign(const struct context *context, struct signing *signing, void *what)
{
    struct certify *certify = what;
    struct authority_signed *out = &certify->statement;
    /* What was looked at before the passphrase was asked for may have changed. */
    exit_status status = signing_reload(context, signing);
    if (status == EXIT_DONE)
        status = prepare(context, certify, signing);
    if (status != EXIT_DONE)
        return status;

    const garita_signer signer = {certify->issuer->id, certify->issuer->key_number,
                                  signing->key.secret_key};
    status = authority_sign(context, out, signing, &certify->authority, &signer,
                            certify->issuer->first_key, certify->now);
    if (status != EXIT_DONE)
        return status;
    /* What checkpoints would refuse is not signed. */
    garita_error error = garita_trust_add(signing->trust, NULL, NULL, out->bytes, out->bytes_len);
    return error == GARITA_OK ? own_logs_attest(context, signing, certify->now, false)
                              : not_allowed(context, error);
}

static exit_status certify_now(const struct context *context, struct certify *certify,
                               struct signing *signing)
{
    exit_status status = signing_act_run(context, signing, certify->issuer->first_key,
                                         certify->issuer->name, sign, certify);
    if (status != EXIT_DONE)
        return status;
    own_logs_warn_unsigned(context, signing, certify->now);
    if (certify->was_shortened)
        report_note(context, _("no longer than %s itself is in force"), certify->issuer->name);
    return authority_hand_out(context, &certify->statement, certify->given->output,
                              signing->key.name);
}

exit_status authority_certify_run(const struct context *context, const void *values,
                                  char *const *operands, size_t operand_count)
{
    struct certify certify = {.given = values};
    struct signing signing = {0};

    (void)operands;
    (void)operand_count;
    exit_status status = read_options(context, &certify);
    if (status == EXIT_DONE)
        status = signing_open(context, &signing, certify.given->as);
    if (status == EXIT_DONE &&
        memcmp(certify.subject_key, signing.key.public_key, GARITA_PUBLIC_KEY_SIZE) == 0)
        status = usage(context, _("--subject is the key that signs"),
                       _("an anchor is made with: garita authority anchor"));
    if (status == EXIT_DONE)
        status = prepare(context, &certify, &signing);
    if (status == EXIT_DONE)
        status = certify_now(context, &certify, &signing);
    signing_close(&signing);
    return status;
}
