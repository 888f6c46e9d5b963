#include "policy_verbs.h"

#include <stdlib.h>
#include <string.h>

#include <garita/bundle.h>
#include <garita/policy.h>
#include <garita/store.h>

#include "carried_keep.h"
#include "home_store.h"
#include "i18n.h"
#include "input_file.h"
#include "json_out.h"
#include "policy_json.h"
#include "policy_standing.h"
#include "policy_text.h"
#include "report.h"
#include "store_report.h"
#include "text_out.h"

/* What a run works with. */
struct addition {
    struct input_file file;
    garita_policy *policy; /* points into the file */
    garita_store *store;
    garita_trust *trust;
    struct carried_keep keep;
    carried_kept became;
    const garita_issuer *signer;
};

/* --- reading --- */

static exit_status refuse_form(const struct context *context, const struct addition *addition,
                               garita_error error, const char *hint, const char *message)
{
    return report_failure(
        context,
        &(struct failure){EXIT_BAD_INPUT, garita_error_name(error), addition->file.source, 0, hint},
        "%s", message);
}

/* What is no policy's statement, and what it is instead. */
static exit_status refuse_other(const struct context *context, const struct addition *addition,
                                int type)
{
    const struct input_file *file = &addition->file;

    if (garita_bundle_is_one(file->bytes, file->len))
        return refuse_form(context, addition, GARITA_E_NOT_OURS,
                           _("a bundle is for: garita sync import"), _("no signed policy"));
    if (type != 0)
        return refuse_form(context, addition, GARITA_E_WRONG_TYPE,
                           _("\"garita inspect\" shows what it is; authorities and nodes are for: "
                             "garita trust add"),
                           _("a statement of another type than a policy"));
    if (file->len > 0 && memchr("{ \t\r\n", file->bytes[0], 5) != NULL)
        return refuse_form(context, addition, GARITA_E_NOT_OURS,
                           _("a policy as its authors write it is signed first: garita policy "
                             "sign --as KEY FILE.json -o FILE.policy"),
                           _("no signed policy"));
    return refuse_form(context, addition, GARITA_E_NOT_OURS, NULL, _("no signed policy"));
}

static exit_status read_policy(const struct context *context, struct addition *addition)
{
    const struct input_file *file = &addition->file;
    garita_fault fault = {.field = ""};
    int type = garita_statement_type(file->bytes, file->len);

    /* What is cut short has no type, and the reader says where. */
    if (type != GARITA_TYPE_POLICY && (type != 0 || policy_json_is_text(file->bytes, file->len)))
        return refuse_other(context, addition, type);
    garita_error error =
        garita_policy_inspect(&addition->policy, NULL, &fault, file->bytes, file->len);
    if (error == GARITA_OK)
        return EXIT_DONE;
    if (error == GARITA_E_NO_MEMORY)
        return report_no_memory(context);
    return report_failure(
        context,
        &(struct failure){EXIT_BAD_INPUT, garita_error_name(error), file->source, 0,
                          error == GARITA_E_UNKNOWN_KEY || error == GARITA_E_UNSUPPORTED_VERSION
                              ? _("it was made for a newer version of this program")
                              : NULL},
        "%s%s%s", fault.field, fault.field[0] != '\0' ? ": " : "", _(garita_error_text(error)));
}

/* --- refusing --- */

/* Who says to have signed it, for a name: what is refused for its scope was signed by one of them.
 */
static const garita_issuer *claimed_signer(const struct addition *addition)
{
    garita_peek peek;

    if (garita_statement_peek(&peek, NULL, GARITA_TYPE_POLICY, addition->file.bytes,
                              addition->file.len) != GARITA_OK)
        return NULL;
    return garita_trust_find(addition->trust, NULL, &peek.signer, peek.key_number);
}

static exit_status refuse_scope(const struct context *context, const struct addition *addition)
{
    const garita_issuer *signer = claimed_signer(addition);
    const struct failure failure = {
        EXIT_NOT_ALLOWED, garita_error_name(GARITA_E_OUT_OF_SCOPE), addition->file.source, 0,
        _("nothing was changed: what was in force stays so. Whoever certified the authority says "
          "what it may sign, and the pin of its anchor for which countries")};

    if (signer == NULL)
        return report_failure(context, &failure, "%s", _(garita_error_text(GARITA_E_OUT_OF_SCOPE)));
    if (!garita_scope_has_type(&signer->scope, GARITA_TYPE_POLICY))
        return report_failure(context, &failure, _("%s may not sign a statement of the type %s"),
                              signer->name, garita_type_name(GARITA_TYPE_POLICY));
    return report_failure(context, &failure, _("%s may not say what lanes of %s accept"),
                          signer->name, addition->policy->country);
}

static const char *hint_of(garita_error error)
{
    switch (error) {
    case GARITA_E_UNKNOWN_ISSUER:
        return _("first pin its anchor (garita trust add FILE --anchor) and add the statements "
                 "between, if there are any");
    case GARITA_E_SERIAL_TAKEN:
        return _("whoever signed it has said two things that cannot both be true: ask them, and "
                 "keep both files");
    case GARITA_E_FULL:
        return _("its authority has as many policies here as one may: it has to revoke those that "
                 "it no longer needs");
    default:
        return NULL;
    }
}

static exit_status refuse(const struct context *context, const struct addition *addition,
                          garita_error why)
{
    exit_status status = why == GARITA_E_BAD_SIGNATURE ? EXIT_BAD_INPUT : EXIT_NOT_ALLOWED;

    if (why == GARITA_E_NO_MEMORY)
        return report_no_memory(context);
    if (why == GARITA_E_OUT_OF_SCOPE)
        return refuse_scope(context, addition);
    if (why == GARITA_OK)
        return report_failure(
            context, &(struct failure){EXIT_NOT_ALLOWED, "revoked", addition->file.source, 0, NULL},
            _("%s, or who stands above it, has revoked this policy"), addition->signer->name);
    return report_failure(
        context,
        &(struct failure){status, garita_error_name(why), addition->file.source, 0, hint_of(why)},
        "%s", _(garita_error_text(why)));
}

/* --- keeping --- */

/* Whether its signer had the right to sign it, which is asked before it is kept: the type, and the
 * country, which carrying does not look at. */
static exit_status check_signer(const struct context *context, const struct addition *addition)
{
    garita_error error;

    return garita_policy_signer(NULL, &error, addition->trust, NULL, addition->file.bytes,
                                addition->file.len) != NULL
               ? EXIT_DONE
               : refuse(context, addition, error);
}

static exit_status add_inside(const struct context *context, struct addition *addition)
{
    const struct input_file *file = &addition->file;
    garita_error why = GARITA_OK;
    exit_status status = home_store_load_trust(context, &addition->trust, addition->store);

    if (status == EXIT_DONE)
        status = check_signer(context, addition);
    if (status == EXIT_DONE)
        status = carried_keep_open(context, &addition->keep, addition->store, addition->trust);
    if (status == EXIT_DONE)
        status = carried_keep_one(context, &addition->keep, &addition->became, &why,
                                  &addition->signer, file->bytes, file->len);
    if (status == EXIT_DONE && addition->became == CARRIED_KEPT_REFUSED)
        status = refuse(context, addition, why);
    return status;
}

static exit_status add(const struct context *context, struct addition *addition)
{
    exit_status status = home_store_open(context, &addition->store, GARITA_STORE_WRITE);

    if (status != EXIT_DONE)
        return status;
    garita_store_error error = garita_store_begin(addition->store);
    if (error == GARITA_STORE_OK) {
        status = add_inside(context, addition);
        if (status != EXIT_DONE) {
            garita_store_rollback(addition->store);
            return status;
        }
        error = garita_store_commit(addition->store);
    }
    return error == GARITA_STORE_OK
               ? EXIT_DONE
               : store_report(context, error, garita_store_detail(addition->store));
}

/* --- telling --- */

static void warn(const struct context *context, const struct addition *addition)
{
    const char *country = garita_store_home(addition->store)->country;

    if (addition->became == CARRIED_KEPT_TWIN)
        report_warning(context,
                       _("%s has signed another statement with this serial, %lu, which was kept "
                         "until now: of two all nodes keep the same one, which is this"),
                       addition->signer->name, (unsigned long)addition->policy->serial);
    if (country[0] == '\0')
        report_warning(context,
                       _("this home was told no country, so that no policy rules a lane here: make "
                         "one with garita init --country %s"),
                       addition->policy->country);
    else if (strcmp(country, addition->policy->country) != 0)
        report_warning(context,
                       _("this home is in %s: a policy of %s is kept and passed on, and rules no "
                         "lane here"),
                       country, addition->policy->country);
}

static exit_status tell_json(const struct context *context, const struct addition *addition,
                             const struct policy_here *one)
{
    json_t *object = one != NULL ? policy_standing_to_json(one) : json_object();

    json_object_set_new(object, "added",
                        json_boolean(addition->became == CARRIED_KEPT_ADDED ||
                                     addition->became == CARRIED_KEPT_TWIN ||
                                     addition->became == CARRIED_KEPT_RENEWED));
    json_object_set_new(object, "source", json_out_text_or_null(addition->file.source));
    return json_out(context, object);
}

static exit_status tell(const struct context *context, const struct addition *addition)
{
    struct policies_here here = {0};
    struct buffer text = {0};
    exit_status status = policies_here_read(context, &here);
    const struct policy_here *one =
        policies_here_find(&here, addition->file.bytes, addition->file.len);

    warn(context, addition);
    if (status == EXIT_DONE && context->json) {
        status = tell_json(context, addition, one);
    } else if (status == EXIT_DONE) {
        report_note(context,
                    addition->became == CARRIED_KEPT_KNOWN ? _("%s: known already")
                    : addition->became == CARRIED_KEPT_OLDER
                        ? _("%s: older than the policies that are kept of the same authority, "
                            "nothing changed")
                        : _("%s: added"),
                    addition->file.source);
        if (one != NULL) {
            policy_standing_add_policy(&text, &here, one);
            status = text_out(context, &text, 2);
        }
    }
    policies_here_free(&here);
    return status;
}

exit_status policy_add_run(const struct context *context, const void *values, char *const *operands,
                           size_t operand_count)
{
    struct addition addition = {0};
    exit_status status =
        input_file_read(context, &addition.file, operands[0], POLICY_JSON_BYTES_MAX);

    (void)values;
    (void)operand_count;
    if (status == EXIT_DONE)
        status = read_policy(context, &addition);
    if (status == EXIT_DONE)
        status = add(context, &addition);
    if (status == EXIT_DONE)
        status = tell(context, &addition);
    carried_keep_free(&addition.keep);
    garita_trust_free(addition.trust);
    garita_store_close(addition.store);
    garita_policy_free(addition.policy);
    input_file_free(&addition.file);
    return status;
}
