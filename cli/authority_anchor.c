#include "authority_verbs.h"

#include <string.h>

#include <garita/date.h>

#include "authority_sign.h"
#include "hand_out.h"
#include "i18n.h"
#include "own_log.h"
#include "report.h"
#include "scope_text.h"
#include "signing_act.h"
#include "store_report.h"

const struct option authority_anchor_options[] = {
    OPTION_TEXT("name", 0, "TEXT", struct authority_anchor_options, name,
                N_("the name of the authority, as people are to read it")),
    OPTION_TEXT("country", 0, "CODE", struct authority_anchor_options, country,
                N_("its country, such as USA")),
    OPTION_TEXT("until", 0, "DATE", struct authority_anchor_options, until,
                N_("the last day, 20 years from now if not given; of an anchor that there is, a "
                   "later one than it has")),
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

/* What is asked for, and what this home has of the key. */
struct anchoring {
    const struct authority_anchor_options *given;
    struct signing signing;
    const garita_issuer *anchor; /* that the key is already; null if it is none */
    garita_authority wanted;
    int64_t now;
    struct authority_signed statement; /* by sign */
};

static exit_status hand_over(const struct context *context, const struct anchoring *anchoring,
                             const struct authority_signed *statement, bool is_renewal)
{
    const char *output = anchoring->given->output;
    bool is_file = output != NULL && strcmp(output, "-") != 0;
    const char *file = is_file ? output : "FILE";
    exit_status status =
        authority_hand_out(context, statement, output, anchoring->signing.key.name);

    if (status != EXIT_DONE)
        return status;
    if (is_renewal)
        report_note(context,
                    _("wherever the anchor is pinned, here too, this renews the pin: garita trust "
                      "add %s"),
                    file);
    else
        report_note(context,
                    _("pin it wherever it is to be trusted, here too: garita trust add --anchor "
                      "%s"),
                    file);
    return EXIT_DONE;
}

/* --- the anchor that the key is already --- */

static exit_status refuse_existing(const struct context *context, const struct anchoring *anchoring,
                                   const char *hint)
{
    const garita_issuer *anchor = anchoring->anchor;
    char until[GARITA_DATE_TEXT_SIZE];

    garita_day_format(until, signing_last_day(anchor));
    return report_failure(
        context, &(struct failure){EXIT_EXISTS, "exists", anchoring->signing.key.name, 0, hint},
        _("this key is the anchor %s, %s, until %s, already"), anchor->name, anchor->country,
        until);
}

/* Reads its statement from the register: where another home signed that, this one signs nothing. */
static exit_status read_own(const struct context *context, struct authority_signed *out,
                            const struct anchoring *anchoring)
{
    garita_store *store = anchoring->signing.store;
    const garita_issuer *anchor = anchoring->anchor;
    garita_register_entry entry;

    *out = (struct authority_signed){.issuer = anchor->id, .serial = anchor->serial};
    garita_store_error error =
        garita_store_get_serial(store, &entry, anchor->first_key, anchor->serial);
    /* Another statement has the serial where another home signed with this key too. */
    if (error == GARITA_STORE_ABSENT ||
        (error == GARITA_STORE_OK && entry.type != GARITA_TYPE_AUTHORITY))
        return report_failure(
            context,
            &(struct failure){EXIT_EXISTS, "exists", anchoring->signing.key.name, 0,
                              _("renew it there: two homes that sign for one "
                                "anchor would show two histories")},
            _("this key is the anchor %s already, which another home signed"), anchor->name);
    if (error != GARITA_STORE_OK)
        return store_report(context, error, garita_store_detail(store));
    if (entry.bytes_len > sizeof out->bytes)
        return store_report(context, GARITA_STORE_CORRUPT, "");
    memcpy(out->bytes, entry.bytes, entry.bytes_len);
    out->bytes_len = entry.bytes_len;
    return garita_authority_inspect(&out->authority, NULL, NULL, out->bytes, out->bytes_len) ==
                   GARITA_OK
               ? EXIT_DONE
               : store_report(context, GARITA_STORE_CORRUPT, "");
}

/* Name and country, where they are given, are those that the anchor has. */
static bool keeps_name(const struct anchoring *anchoring, const garita_authority *is)
{
    const garita_authority *wanted = &anchoring->wanted;

    return (anchoring->given->name == NULL ||
            (is->name.len == wanted->name.len &&
             memcmp(is->name.at, wanted->name.at, is->name.len) == 0)) &&
           (anchoring->given->country == NULL || strcmp(is->country, wanted->country) == 0);
}

static exit_status again(const struct context *context, const struct anchoring *anchoring,
                         const struct authority_signed *statement)
{
    exit_status status = signing_act_settle(context, anchoring->signing.store);

    if (status != EXIT_DONE)
        return status;
    report_note(context, "%s", _("this key is that anchor already; here is its statement again"));
    return hand_over(context, anchoring, statement, false);
}

/* --- signing --- */

/* Whether the key may become an anchor, or the anchor that it is be renewed: asked again inside the
 * act. */
static exit_status check(const struct context *context, struct anchoring *anchoring)
{
    const struct signing *signing = &anchoring->signing;
    const struct wish wish = {.type = GARITA_TYPE_AUTHORITY};
    exit_status status = find_anchor(context, &anchoring->anchor, signing);
    const garita_issuer *anchor = anchoring->anchor;

    if (status != EXIT_DONE || anchor == NULL)
        return status;
    if (garita_book_is_revoked(signing->book, anchor))
        return signing_refuse(context, signing, signing->key.name, 0, REFUSAL_REVOKED, anchor,
                              &wish);
    return garita_day_expires(anchoring->wanted.expires) > anchor->in_force_until
               ? EXIT_DONE
               : refuse_existing(context, anchoring,
                                 _("--until takes a later day: whoever pinned the longer one would "
                                   "keep that"));
}

/* Inside a transaction that the caller ends. */
static exit_status sign(const struct context *context, struct signing *signing, void *what)
{
    struct anchoring *anchoring = what;
    struct authority_signed *out = &anchoring->statement;
    garita_signer signer = {.key_number = 1, .secret_key = signing->key.secret_key};

    /* What was looked at before the passphrase was asked for may have changed. */
    exit_status status = signing_reload(context, signing);
    if (status == EXIT_DONE)
        status = check(context, anchoring);
    if (status != EXIT_DONE)
        return status;
    garita_key_id(&signer.id, signing->key.public_key);
    status = authority_sign(context, out, signing, &anchoring->wanted, &signer,
                            signing->key.public_key, anchoring->now);
    /* What is in the register now is the anchor that the head is of. */
    if (status == EXIT_DONE)
        status = signing_reload(context, signing);
    return status == EXIT_DONE ? own_logs_attest(context, signing, anchoring->now, false) : status;
}

static exit_status make(const struct context *context, struct anchoring *anchoring)
{
    struct signing *signing = &anchoring->signing;
    bool is_renewal = anchoring->anchor != NULL;
    exit_status status = signing_act_run(context, signing, signing->key.public_key,
                                         signing->key.name, sign, anchoring);

    return status == EXIT_DONE ? hand_over(context, anchoring, &anchoring->statement, is_renewal)
                               : status;
}

/* Gives the statement again, or, where a later end is asked for, signs another. */
static exit_status renew(const struct context *context, struct anchoring *anchoring)
{
    struct authority_signed statement;
    garita_authority *wanted = &anchoring->wanted;
    exit_status status = read_own(context, &statement, anchoring);

    if (status != EXIT_DONE)
        return status;
    if (!keeps_name(anchoring, &statement.authority))
        return refuse_existing(context, anchoring,
                               _("an anchor keeps its name and country: make another key with: "
                                 "garita key new"));
    if (anchoring->given->until == NULL || wanted->expires == statement.authority.expires)
        return again(context, anchoring, &statement);
    wanted->name = statement.authority.name;
    memcpy(wanted->country, statement.authority.country, sizeof wanted->country);
    status = check(context, anchoring);
    return status == EXIT_DONE ? make(context, anchoring) : status;
}

/* --- --- */

static exit_status read_options(const struct context *context, struct anchoring *anchoring)
{
    const struct authority_anchor_options *given = anchoring->given;
    garita_authority *wanted = &anchoring->wanted;
    exit_status status = EXIT_DONE;

    wanted->key_number = 1;
    if (given->name != NULL)
        wanted->name = (garita_utf8){given->name, strlen(given->name)};
    if (given->country != NULL)
        status = scope_text_read_country(context, wanted->country, "country", given->country);
    if (status == EXIT_DONE)
        status = hand_out_check(context, given->output);
    if (status == EXIT_DONE)
        status = signing_clock(context, &anchoring->now);
    if (status != EXIT_DONE)
        return status;
    wanted->expires = authority_sign_default_expiry(anchoring->now);
    return given->until == NULL
               ? EXIT_DONE
               : authority_read_until(context, &wanted->expires, given->until, anchoring->now);
}

static exit_status run(const struct context *context, struct anchoring *anchoring)
{
    const struct authority_anchor_options *given = anchoring->given;
    exit_status status = find_anchor(context, &anchoring->anchor, &anchoring->signing);

    if (status != EXIT_DONE)
        return status;
    if (anchoring->anchor != NULL)
        return renew(context, anchoring);
    if (given->name == NULL || given->country == NULL)
        return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, NULL}, "%s",
                              _("an anchor needs --name and --country"));
    return make(context, anchoring);
}

exit_status authority_anchor_run(const struct context *context, const void *values,
                                 char *const *operands, size_t operand_count)
{
    struct anchoring anchoring = {.given = values};
    exit_status status = read_options(context, &anchoring);

    (void)operand_count;
    if (status == EXIT_DONE)
        status = signing_open(context, &anchoring.signing, operands[0]);
    memcpy(anchoring.wanted.public_key, anchoring.signing.key.public_key,
           sizeof anchoring.wanted.public_key);
    if (status == EXIT_DONE)
        status = run(context, &anchoring);
    signing_close(&anchoring.signing);
    return status;
}
