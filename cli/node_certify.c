#include "node_verbs.h"

#include <string.h>

#include <garita/date.h>
#include <garita/node.h>

#include "authority_sign.h"
#include "hand_out.h"
#include "i18n.h"
#include "node_text.h"
#include "own_log.h"
#include "own_register.h"
#include "public_key.h"
#include "report.h"
#include "same_node.h"
#include "scope_text.h"
#include "serials.h"
#include "signing_act.h"

const struct option node_certify_options[] = {
    OPTION_TEXT("as", 0, "KEY", struct node_certify_options, as,
                N_("the key of this home that signs")),
    OPTION_TEXT("subject", 0, "PUBFILE", struct node_certify_options, subject,
                N_("the node's public key, from \"garita key export\" on its machine")),
    OPTION_TEXT("name", 0, "TEXT", struct node_certify_options, name,
                N_("the node's name, as people are to read it")),
    OPTION_TEXT("country", 0, "CODE", struct node_certify_options, country,
                N_("where it stands, such as MEX; the country of KEY's authority if not given")),
    OPTION_LIST("address", 0, "HOST:PORT", struct node_certify_options, addresses,
                GARITA_NODE_ADDRESSES_MAX,
                N_("where it is reached, up to four times; never, if not given")),
    OPTION_TEXT("from", 0, "DATE", struct node_certify_options, from,
                N_("the first day; always if not given")),
    OPTION_TEXT("until", 0, "DATE", struct node_certify_options, until,
                N_("the last day; 20 years from now if not given")),
    OPTION_TEXT("output", 'o', "FILE", struct node_certify_options, output,
                N_("where to write the statement: .txt, .png, .svg, or else its bytes")),
    OPTION_END,
};

/* What is to be certified, as it was asked for and as it comes out. */
struct certify {
    const struct node_certify_options *given;
    int64_t now;
    garita_node node; /* its texts point into the command line */
    /* by prepare */
    garita_scope countries;
    struct wish wish;
    const garita_issuer *issuer;
    bool was_shortened;
    /* by sign */
    garita_id issuer_id;
    uint8_t bytes[GARITA_NODE_BYTES_MAX];
    size_t bytes_len;
};

static exit_status usage(const struct context *context, const char *message, const char *hint)
{
    return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, hint}, "%s",
                          message);
}

/* --- the options --- */

static exit_status read_addresses(const struct context *context, struct certify *certify)
{
    const struct option_list *given = &certify->given->addresses;
    garita_node *node = &certify->node;

    for (size_t i = 0; i < given->count; i++) {
        size_t len = strlen(given->at[i]);
        if (!garita_address_is_wellformed(given->at[i], len))
            return report_failure(
                context,
                &(struct failure){EXIT_USAGE, "usage", NULL, 0,
                                  _("a name or an address, a colon and a port, as in "
                                    "sy1.example.net:7701, 192.0.2.1:7701, [2001:db8::1]:7701")},
                _("--address: \"%s\" is no HOST:PORT"), given->at[i]);
        node->addresses[node->address_count++] = (garita_utf8){given->at[i], len};
    }
    return EXIT_DONE;
}

static exit_status read_subject(const struct context *context, struct certify *certify)
{
    garita_public_key_file file;
    exit_status status = public_key_read(context, &file, certify->given->subject);

    if (status != EXIT_DONE)
        return status;
    if (!file.has_noise_key)
        return report_failure(
            context,
            &(struct failure){EXIT_BAD_INPUT, garita_error_name(GARITA_E_KEY_FILE),
                              certify->given->subject, 0,
                              _("export it again, with \"garita key export\" of this version: a "
                                "node's file has a second line")},
            "%s", _("this public key is without the key for the network"));
    memcpy(certify->node.public_key, file.public_key, sizeof certify->node.public_key);
    memcpy(certify->node.noise_key, file.noise_key, sizeof certify->node.noise_key);
    return EXIT_DONE;
}

static exit_status read_options(const struct context *context, struct certify *certify)
{
    const struct node_certify_options *given = certify->given;
    exit_status status = EXIT_DONE;

    if (given->as == NULL || given->subject == NULL || given->name == NULL)
        return usage(context, _("--as, --subject and --name are needed"), NULL);
    certify->node.name = (garita_utf8){given->name, strlen(given->name)};
    if (given->country != NULL)
        status = scope_text_read_country(context, certify->node.country, "country", given->country);
    if (status == EXIT_DONE)
        status = signing_clock(context, &certify->now);
    if (status == EXIT_DONE)
        status =
            authority_read_dates(context, &certify->node.has_start, &certify->node.not_before,
                                 &certify->node.expires, given->from, given->until, certify->now);
    if (status == EXIT_DONE)
        status = read_addresses(context, certify);
    if (status == EXIT_DONE)
        status = hand_out_check(context, given->output);
    return status == EXIT_DONE ? read_subject(context, certify) : status;
}

/* --- what the signer can give --- */

/* A key that signs for an authority and is carried about on a checkpoint's machine is a key too
 * many.
 */
static exit_status check_subject(const struct context *context, const struct certify *certify,
                                 const struct signing *signing)
{
    for (size_t i = 0; i < garita_trust_count(signing->trust); i++) {
        const garita_issuer *record = garita_trust_get(signing->trust, i);
        if (memcmp(record->public_key, certify->node.public_key, GARITA_PUBLIC_KEY_SIZE) == 0)
            return report_failure(
                context,
                &(struct failure){EXIT_NOT_ALLOWED, "key-in-use", certify->given->subject, 0,
                                  _("make another one on the node's machine: garita key new node "
                                    "--no-passphrase")},
                _("this key is one of the authority %s; a node has a key of its own"),
                record->name);
    }
    return EXIT_DONE;
}

static exit_status refuse(const struct context *context, const struct certify *certify,
                          const struct signing *signing, refusal why)
{
    const garita_issuer *issuer = certify->issuer;

    if (why != REFUSAL_TYPE || issuer->level == 0)
        return signing_refuse(context, signing, NULL, 0, why, issuer, &certify->wish);
    struct buffer hint = {0};
    buffer_add_text(&hint,
                    _("whoever certified it can allow it: garita authority certify --types "));
    scope_text_add_types_option(&hint, issuer->scope.types | 1u << GARITA_TYPE_NODE);
    exit_status status =
        report_failure(context,
                       &(struct failure){EXIT_NOT_ALLOWED, garita_error_name(GARITA_E_OUT_OF_SCOPE),
                                         NULL, 0, buffer_text(&hint)},
                       _("%s may not sign a statement of the type %s"), issuer->name,
                       garita_type_name(GARITA_TYPE_NODE));
    buffer_free(&hint);
    return status;
}

/* Decides everything that the options leave open, and whether it may be signed. */
static exit_status prepare(const struct context *context, struct certify *certify,
                           const struct signing *signing)
{
    const struct node_certify_options *given = certify->given;
    garita_node *node = &certify->node;
    refusal why;
    exit_status status = signing_check_known(context, signing);

    if (status == EXIT_DONE)
        status = check_subject(context, certify, signing);
    if (status != EXIT_DONE)
        return status;
    if (given->country == NULL)
        memcpy(node->country, signing_next(signing, NULL)->country, sizeof node->country);
    certify->countries = (garita_scope){0};
    garita_scope_add_country(&certify->countries, node->country);
    certify->wish = (struct wish){.type = GARITA_TYPE_NODE, .countries = &certify->countries};
    if (given->until != NULL)
        certify->wish.ends = garita_day_expires(node->expires);
    certify->issuer = signing_choose(signing, &why, &certify->wish, certify->now);
    if (why != REFUSAL_NONE)
        return refuse(context, certify, signing, why);
    if (given->until != NULL)
        return EXIT_DONE;

    uint32_t day = authority_sign_default_expiry(certify->now);
    uint32_t last = signing_last_day(certify->issuer);
    certify->was_shortened = last < day;
    node->expires = last < day ? last : day;
    if (node->has_start && node->expires < node->not_before)
        return usage(context, _("--from is after the last day"), NULL);
    return EXIT_DONE;
}

/* --- signing --- */

static exit_status sign_node(const struct context *context, struct certify *certify,
                             struct signing *signing)
{
    const garita_issuer *issuer = certify->issuer;
    const garita_signer signer = {issuer->id, issuer->key_number, signing->key.secret_key};
    garita_fault fault = {.field = ""};
    garita_node again;
    exit_status status =
        own_register_serial(context, &certify->node.serial, signing, issuer->first_key);

    if (status != EXIT_DONE)
        return status;
    certify->issuer_id = issuer->id;
    garita_error error = garita_node_issue(certify->bytes, &certify->bytes_len,
                                           sizeof certify->bytes, &fault, &certify->node, &signer);
    if (error != GARITA_OK)
        return own_register_refuse(context, error, &fault);
    /* What checkpoints would refuse is not signed. */
    if (garita_node_signer(&again, &error, signing->trust, NULL, certify->bytes,
                           certify->bytes_len) == NULL)
        return report_failure(
            context, &(struct failure){EXIT_NOT_ALLOWED, garita_error_name(error), NULL, 0, NULL},
            "%s", _(garita_error_text(error)));

    garita_register_entry entry = {
        .serial = certify->node.serial,
        .key_number = signer.key_number,
        .type = GARITA_TYPE_NODE,
        .issued = certify->now,
        .bytes = certify->bytes,
        .bytes_len = certify->bytes_len,
    };
    memcpy(entry.first_key, issuer->first_key, sizeof entry.first_key);
    return own_register_add(context, signing, &entry);
}

/* A machine that was withdrawn may have been in other hands, its key too. */
static exit_status warn_withdrawn(const struct context *context, const struct certify *certify,
                                  const struct signing *signing)
{
    struct own_logs logs = {0};
    struct same_nodes nodes = {0};
    struct serials serials = {0};
    exit_status status = own_logs_load(&logs, context, signing, certify->now);

    if (status == EXIT_DONE && !serials_add(&serials, certify->node.serial))
        status = report_no_memory(context);
    if (status == EXIT_DONE)
        status =
            same_node_find(context, &nodes, signing->store, certify->issuer->first_key, &serials);
    for (size_t i = 0; i < nodes.count; i++) {
        if (own_logs_standing(&logs, nodes.at[i].serial) != GARITA_STANDING_REVOKED)
            continue;
        report_warning(context,
                       _("this machine was certified before, as %s with serial %lu, and that was "
                         "revoked: if its key may have been in other hands, revoke this too, and "
                         "make a new key there"),
                       nodes.at[i].name, (unsigned long)nodes.at[i].serial);
        break;
    }
    serials_free(&serials);
    same_nodes_free(&nodes);
    own_logs_free(&logs);
    return status;
}

/* Inside a transaction that the caller ends. */
static exit_status sign(const struct context *context, struct signing *signing, void *what)
{
    struct certify *certify = what;
    /* What was looked at before the passphrase was asked for may have changed. */
    exit_status status = signing_reload(context, signing);

    if (status == EXIT_DONE)
        status = prepare(context, certify, signing);
    if (status == EXIT_DONE)
        status = sign_node(context, certify, signing);
    if (status == EXIT_DONE)
        status = warn_withdrawn(context, certify, signing);
    return status == EXIT_DONE ? own_logs_attest(context, signing, certify->now, false) : status;
}

/* --- telling --- */

static json_t *to_json(const struct certify *certify)
{
    char issuer[GARITA_ID_TEXT_SIZE];
    json_t *facts = json_object();
    json_t *node = node_text_to_json(&certify->node);

    garita_id_format(issuer, &certify->issuer_id);
    json_object_set_new(facts, "serial", json_integer((json_int_t)certify->node.serial));
    json_object_set_new(facts, "issuer", json_string(issuer));
    if (json_object_update(facts, node) != 0) {
        json_decref(facts);
        facts = NULL;
    }
    json_decref(node);
    return facts;
}

static void tell_people(const struct context *context, const struct certify *certify)
{
    char fingerprint[GARITA_FINGERPRINT_TEXT_SIZE];
    char until[GARITA_DATE_TEXT_SIZE];
    const garita_node *node = &certify->node;

    garita_key_fingerprint_format(fingerprint, node->public_key);
    garita_day_format(until, node->expires);
    report_note(context, _("%.*s, %s: node, until %s"), (int)node->name.len, node->name.at,
                node->country, until);
    report_note(context, _("fingerprint %s"), fingerprint);
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
    tell_people(context, certify);
    const struct hand_out what = {
        .bytes = certify->bytes,
        .bytes_len = certify->bytes_len,
        .serial = certify->node.serial,
        .output = certify->given->output,
        .key_name = signing->key.name,
    };
    return hand_out(context, &what, context->json ? to_json(certify) : NULL);
}

exit_status node_certify_run(const struct context *context, const void *values,
                             char *const *operands, size_t operand_count)
{
    struct certify certify = {.given = values};
    struct signing signing = {0};

    (void)operands;
    (void)operand_count;
    exit_status status = read_options(context, &certify);
    if (status == EXIT_DONE)
        status = signing_open(context, &signing, certify.given->as);
    if (status == EXIT_DONE)
        status = prepare(context, &certify, &signing);
    if (status == EXIT_DONE)
        status = certify_now(context, &certify, &signing);
    signing_close(&signing);
    return status;
}
