#include "policy_verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <garita/date.h>
#include <garita/policy.h>

#include "artifact.h"
#include "i18n.h"
#include "json_out.h"
#include "output_file.h"
#include "own_log.h"
#include "own_register.h"
#include "policy_check.h"
#include "policy_text.h"
#include "report.h"
#include "scope_text.h"
#include "signing.h"
#include "signing_act.h"

const struct option policy_sign_options[] = {
    OPTION_TEXT("as", 0, "KEY", struct policy_sign_options, as,
                N_("the key of this home that signs")),
    OPTION_TEXT("output", 'o', "FILE", struct policy_sign_options, output,
                N_("where to write it; needed on a terminal and with --json, else standard "
                   "output if not given")),
    OPTION_END,
};

/* What is to be signed, as it was asked for and as it comes out. */
struct sign {
    const struct policy_sign_options *given;
    const char *source; /* of the file */
    const char *output;
    int64_t now;
    struct policy_json file;
    garita_policy policy; /* the file's, with what only signing gives */
    /* by prepare */
    garita_scope countries;
    struct wish wish;
    const garita_issuer *issuer;
    /* by sign */
    garita_id issuer_id;
    uint8_t *bytes;
    size_t bytes_len;
};

static exit_status usage(const struct context *context, const char *message, const char *hint)
{
    return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, hint}, "%s",
                          message);
}

/* A policy is longer than a line, or a QR code, may be: it is written as its bytes. */
static exit_status read_output(const struct context *context, struct sign *sign)
{
    artifact_format format = ARTIFACT_BIN;

    sign->output = sign->given->output;
    if (sign->output == NULL && (context->json || context->out_is_terminal))
        return usage(context, _("-o FILE is needed: a policy is too long for a line or a QR code"),
                     NULL);
    if (sign->output == NULL)
        sign->output = "-";
    if (strcmp(sign->output, "-") == 0 && context->json)
        return usage(context, _("--json and -o - both want standard output"), NULL);
    if (strcmp(sign->output, "-") != 0 && artifact_format_of_path(&format, sign->output) &&
        format != ARTIFACT_BIN)
        return usage(context, _("a policy is written as its bytes, not as a text or a picture"),
                     _("-o FILE.policy"));
    return output_file_check(context, sign->output, OUTPUT_BINARY);
}

/* --- what the signer can give --- */

static exit_status refuse(const struct context *context, const struct sign *sign,
                          const struct signing *signing, const char *source, refusal why)
{
    const garita_issuer *issuer = sign->issuer;
    struct buffer hint = {0};

    if (issuer->level == 0 || (why != REFUSAL_TYPE && why != REFUSAL_COUNTRIES))
        return signing_refuse(context, signing, source, 0, why, issuer, &sign->wish);
    if (why == REFUSAL_TYPE) {
        buffer_add_text(&hint,
                        _("whoever certified it can allow it: garita authority certify --types "));
        scope_text_add_types_option(&hint, issuer->scope.types | 1u << GARITA_TYPE_POLICY);
    } else {
        buffer_add_format(&hint,
                          _("have an authority of %s sign it, or one whose anchor is pinned with "
                            "that country"),
                          sign->policy.country);
    }
    exit_status status = why == REFUSAL_TYPE
                             ? report_failure(context,
                                              &(struct failure){EXIT_NOT_ALLOWED, "out-of-scope",
                                                                source, 0, buffer_text(&hint)},
                                              _("%s may not sign a statement of the type %s"),
                                              issuer->name, garita_type_name(GARITA_TYPE_POLICY))
                             : report_failure(context,
                                              &(struct failure){EXIT_NOT_ALLOWED, "out-of-scope",
                                                                source, 0, buffer_text(&hint)},
                                              _("%s may not say what lanes of %s accept"),
                                              issuer->name, sign->policy.country);
    buffer_free(&hint);
    return status;
}

/* Whether it may be signed now, by which record of the key. */
static exit_status prepare(const struct context *context, struct sign *sign,
                           const struct signing *signing)
{
    refusal why;
    exit_status status = signing_check_known(context, signing);

    if (status != EXIT_DONE)
        return status;
    sign->policy = sign->file.policy;
    if (!sign->file.has_from)
        sign->policy.from = sign->now;
    if (sign->policy.until <= sign->policy.from)
        return report_failure(context,
                              &(struct failure){EXIT_BAD_INPUT,
                                                garita_error_name(GARITA_E_DATE_ORDER),
                                                sign->source, 0, NULL},
                              "%s", _("\"until\" is past: it would never be in force"));
    sign->countries = (garita_scope){0};
    garita_scope_add_country(&sign->countries, sign->policy.country);
    sign->wish = (struct wish){
        .type = GARITA_TYPE_POLICY, .countries = &sign->countries, .ends = sign->policy.until};
    sign->issuer = signing_choose(signing, &why, &sign->wish, sign->now);
    return why == REFUSAL_NONE ? EXIT_DONE : refuse(context, sign, signing, sign->source, why);
}

/* --- signing --- */

static exit_status sign_policy(const struct context *context, struct sign *sign,
                               struct signing *signing)
{
    const garita_issuer *issuer = sign->issuer;
    const garita_signer signer = {issuer->id, issuer->key_number, signing->key.secret_key};
    garita_fault fault = {.field = ""};
    exit_status status =
        own_register_serial(context, &sign->policy.serial, signing, issuer->first_key);

    if (status != EXIT_DONE)
        return status;
    sign->issuer_id = issuer->id;
    garita_error error =
        garita_policy_issue(&sign->bytes, &sign->bytes_len, &fault, &sign->policy, &signer);
    if (error != GARITA_OK)
        return own_register_refuse(context, error, &fault);
    /* What checkpoints would refuse is not signed. */
    if (garita_policy_signer(NULL, &error, signing->trust, NULL, sign->bytes, sign->bytes_len) ==
        NULL)
        return report_failure(
            context, &(struct failure){EXIT_NOT_ALLOWED, garita_error_name(error), NULL, 0, NULL},
            "%s", _(garita_error_text(error)));

    garita_register_entry entry = {
        .serial = sign->policy.serial,
        .key_number = signer.key_number,
        .type = GARITA_TYPE_POLICY,
        .issued = sign->now,
        .bytes = sign->bytes,
        .bytes_len = sign->bytes_len,
    };
    memcpy(entry.first_key, issuer->first_key, sizeof entry.first_key);
    return own_register_add(context, signing, &entry);
}

/* Inside a transaction that the caller ends. */
static exit_status sign_inside(const struct context *context, struct signing *signing, void *what)
{
    struct sign *sign = what;
    /* What was looked at before the passphrase was asked for may have changed. */
    exit_status status = signing_reload(context, signing);

    if (status == EXIT_DONE)
        status = prepare(context, sign, signing);
    if (status == EXIT_DONE)
        status = sign_policy(context, sign, signing);
    return status == EXIT_DONE ? own_logs_attest(context, signing, sign->now, false) : status;
}

/* --- handing out --- */

static exit_status tell_json(const struct context *context, const struct sign *sign)
{
    char issuer[GARITA_ID_TEXT_SIZE];
    char from[GARITA_MOMENT_TEXT_SIZE];
    char until[GARITA_MOMENT_TEXT_SIZE];
    const garita_policy *policy = &sign->policy;

    garita_id_format(issuer, &sign->issuer_id);
    garita_moment_format(from, policy->from);
    garita_moment_format(until, policy->until);
    return json_out(context, json_pack("{s:I, s:s, s:o, s:s, s:s, s:s, s:s, s:I}", "serial",
                                       (json_int_t)policy->serial, "issuer", issuer, "title",
                                       policy_json_write_words(&policy->title), "country",
                                       policy->country, "from", from, "until", until, "file",
                                       sign->output, "bytes", (json_int_t)sign->bytes_len));
}

static void tell_people(const struct context *context, const struct sign *sign)
{
    char from[GARITA_MOMENT_TEXT_SIZE];
    char until[GARITA_MOMENT_TEXT_SIZE];
    const garita_policy *policy = &sign->policy;
    const garita_utf8 title = policy_text_words(&policy->title);

    garita_moment_format(from, policy->from);
    garita_moment_format(until, policy->until);
    report_note(context, _("%.*s, %s: policy, in force from %s until %s"), (int)title.len, title.at,
                policy->country, from, until);
}

static exit_status hand_out(const struct context *context, const struct sign *sign,
                            const struct signing *signing)
{
    const char *output = sign->output;
    unsigned long serial = sign->policy.serial;
    exit_status status = output_file_write(context, output, OUTPUT_BINARY, OUTPUT_MODE_PUBLIC,
                                           sign->bytes, sign->bytes_len);

    if (status != EXIT_DONE) {
        report_note(context,
                    _("it is signed, and in the register; write it again with: garita issue --as "
                      "%s --reprint %lu -o FILE.bin"),
                    signing->key.name, serial);
        return status;
    }
    tell_people(context, sign);
    if (context->json)
        return tell_json(context, sign);
    if (strcmp(output, "-") == 0)
        report_note(context, _("serial %lu"), serial);
    else
        fprintf(context->out, "%lu\n", serial);
    return EXIT_DONE;
}

static exit_status sign_now(const struct context *context, struct sign *sign,
                            struct signing *signing)
{
    exit_status status = signing_act_run(context, signing, sign->issuer->first_key,
                                         sign->issuer->name, sign_inside, sign);
    if (status != EXIT_DONE)
        return status;
    own_logs_warn_unsigned(context, signing, sign->now);
    return hand_out(context, sign, signing);
}

exit_status policy_sign_run(const struct context *context, const void *values,
                            char *const *operands, size_t operand_count)
{
    struct sign sign = {.given = values, .source = operands[0]};
    struct signing signing = {0};
    exit_status status = EXIT_DONE;

    (void)operand_count;
    if (sign.given->as == NULL)
        status = usage(context, _("--as KEY is needed: whose policy?"), NULL);
    else if (strcmp(operands[0], "-") == 0 && context->passphrase_file != NULL &&
             strcmp(context->passphrase_file, "-") == 0)
        status =
            usage(context, _("the policy and the passphrase cannot both be standard input"), NULL);
    if (status == EXIT_DONE)
        status = read_output(context, &sign);
    if (status == EXIT_DONE)
        status = signing_clock(context, &sign.now);
    if (status == EXIT_DONE)
        status =
            policy_check_file(context, &sign.file, operands[0], POLICY_CHECK_MISTAKES, sign.now);
    if (status == EXIT_DONE)
        status = signing_open(context, &signing, sign.given->as);
    if (status == EXIT_DONE)
        status = prepare(context, &sign, &signing);
    if (status == EXIT_DONE)
        status = sign_now(context, &sign, &signing);
    signing_close(&signing);
    free(sign.bytes);
    policy_json_free(&sign.file);
    return status;
}
