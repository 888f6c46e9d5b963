#include "log_verbs.h"

#include <string.h>

#include <sodium.h>

#include <garita/date.h>
#include <garita/store_decisions.h>

#include "home_store.h"
#include "i18n.h"
#include "input_file.h"
#include "json_out.h"
#include "node_key.h"
#include "public_key.h"
#include "report.h"
#include "store_report.h"

const struct option log_verify_options[] = {
    OPTION_TEXT("tip", 0, "FILE", struct log_verify_options, tip,
                N_("a tip that was kept elsewhere: it must be of this very log")),
    OPTION_TEXT("key", 0, "PUBFILE", struct log_verify_options, key,
                N_("check tips by this public key, not by the one that lies in the home")),
    OPTION_END,
};

/* Damage, as of `doctor`. */
static const exit_status damaged = EXIT_REJECT;

enum {
    /* What is said of a log in which nothing is right. */
    FLAWS_SHOWN_MAX = 50
};

struct verify {
    const struct context *context;
    const char *tip_path; /* null if none was given */
    garita_tip tip;
    bool has_key;
    bool is_key_given; /* by hand: not the home's own */
    uint8_t key[GARITA_PUBLIC_KEY_SIZE];
    exit_status status;
    uint64_t flaws;
    garita_decision_check result;
};

/* --- what is given --- */

static exit_status read_key_file(struct verify *verify, const char *path)
{
    garita_public_key_file file;
    exit_status status = public_key_read(verify->context, &file, path);

    verify->has_key = status == EXIT_DONE;
    if (verify->has_key)
        memcpy(verify->key, file.public_key, sizeof verify->key);
    return status;
}

/* The key of the home. One that never logged has none, and no tips. */
static exit_status read_home_key(struct verify *verify)
{
    struct secret_key key = {0};

    if (!node_key_is_there(verify->context))
        return EXIT_DONE;
    exit_status status = secret_key_load(verify->context, &key, NODE_KEY_NAME);
    if (status == EXIT_DONE)
        memcpy(verify->key, key.public_key, sizeof verify->key);
    verify->has_key = status == EXIT_DONE;
    secret_key_close(&key);
    return status;
}

static exit_status tip_of_another_key(const struct verify *verify, const garita_id *signer)
{
    char is[GARITA_ID_TEXT_SIZE];
    char must[GARITA_ID_TEXT_SIZE];
    garita_id id;

    garita_key_id(&id, verify->key);
    garita_id_format(is, signer);
    garita_id_format(must, &id);
    if (verify->is_key_given)
        return report_failure(verify->context,
                              &(struct failure){damaged, "tip-forged", verify->tip_path, 0,
                                                _("a tip of another home, or not the key that "
                                                  "signed it")},
                              _("signed by the node key %s, and the key given is %s"), is, must);
    return report_failure(
        verify->context,
        &(struct failure){damaged, "tip-forged", verify->tip_path, 0,
                          _("a tip of another home, or one of the two keys was replaced: the tip's "
                            "may be given with --key")},
        _("signed by the node key %s, and this home's is %s"), is, must);
}

static exit_status read_tip(struct verify *verify)
{
    struct input_file file = {0};
    garita_peek peek;
    exit_status status =
        input_file_read(verify->context, &file, verify->tip_path, GARITA_TIP_BYTES_MAX);

    if (status != EXIT_DONE)
        return status;
    garita_error error = GARITA_E_UNKNOWN_ISSUER;
    if (verify->has_key)
        error = garita_tip_verify(&verify->tip, verify->key, file.bytes, file.len);
    if (error == GARITA_E_UNKNOWN_ISSUER && verify->has_key &&
        garita_tip_inspect(&verify->tip, &peek, NULL, file.bytes, file.len) == GARITA_OK)
        status = tip_of_another_key(verify, &peek.signer);
    else if (error != GARITA_OK)
        status = report_failure(
            verify->context,
            &(struct failure){EXIT_BAD_INPUT, garita_error_name(error), verify->tip_path, 0,
                              verify->has_key ? NULL : _("this home has no key \"node\"")},
            _("cannot be used as a tip: %s"), _(garita_error_text(error)));
    input_file_free(&file);
    return status;
}

/* --- what is found --- */

static void describe(struct buffer *out, const garita_decision_flaw *flaw, uint64_t begins_behind,
                     bool is_key_given)
{
    unsigned long long first = flaw->first;
    unsigned long long last = flaw->last;
    char when[GARITA_MOMENT_TEXT_SIZE] = "";

    if (flaw->has_tip)
        garita_moment_format(when, flaw->signed_at);
    switch (flaw->kind) {
    case GARITA_DECISION_FLAW_CHANGED:
        if (first == last)
            buffer_add_format(out, _("entry %llu is not the one that was logged in its place"),
                              first);
        else
            buffer_add_format(
                out, _("entries %llu to %llu are not those that were logged in their places"),
                first, last);
        break;
    case GARITA_DECISION_FLAW_MISSING:
        if (first == last)
            buffer_add_format(out, _("entry %llu is missing"), first);
        else
            buffer_add_format(out, _("entries %llu to %llu are missing"), first, last);
        break;
    case GARITA_DECISION_FLAW_UNREADABLE:
        if (first == last)
            buffer_add_format(out, _("entry %llu cannot be read"), first);
        else
            buffer_add_format(out, _("entries %llu to %llu cannot be read"), first, last);
        break;
    case GARITA_DECISION_FLAW_START:
        buffer_add_format(out,
                          _("the log begins behind entry %llu, and no tip vouches for that: its "
                            "beginning was cut off"),
                          last);
        break;
    case GARITA_DECISION_FLAW_CUT:
        buffer_add_format(
            out,
            _("the log ends with entry %llu, and had entry %llu when a tip was signed "
              "on %s: its end was cut off"),
            first - 1, last, when);
        break;
    case GARITA_DECISION_FLAW_DIFFERS:
        buffer_add_format(
            out, _("among the entries %llu to %llu are not those that a tip was signed for on %s"),
            first, last, when);
        break;
    case GARITA_DECISION_FLAW_FORGED:
        if (flaw->is_given)
            buffer_add_text(out, _("this tip is of another home's log"));
        else if (is_key_given)
            buffer_add_text(out, _("a tip that is kept is not signed by the key given"));
        else
            buffer_add_text(out, _("a tip that is kept is not signed by this home's node key"));
        if (!flaw->is_given)
            buffer_add_format(out, _(", at entry %llu"), last);
        break;
    case GARITA_DECISION_FLAW_TOO_OLD:
        buffer_add_format(out, _("this tip is of entry %llu, and entries are kept from %llu on"),
                          last, (unsigned long long)begins_behind + 1);
        break;
    }
}

static void on_flaw(void *data, const garita_decision_flaw *flaw)
{
    struct verify *verify = data;
    struct buffer text = {0};
    /* A tip that outlived its entries shows nothing wrong, and nothing right. */
    bool is_damage = flaw->kind != GARITA_DECISION_FLAW_TOO_OLD;
    exit_status status = is_damage ? damaged : EXIT_NOT_FOUND;

    if (verify->status != damaged)
        verify->status = status;
    if (++verify->flaws > FLAWS_SHOWN_MAX)
        return;
    describe(&text, flaw, verify->result.base.position, verify->is_key_given);
    report_failure(verify->context,
                   &(struct failure){status, garita_decision_flaw_name(flaw->kind),
                                     flaw->is_given ? verify->tip_path : verify->context->home, 0,
                                     NULL},
                   "%s", buffer_text(&text));
    buffer_free(&text);
}

/* --- what it comes to --- */

static json_t *to_json(const struct verify *verify)
{
    const garita_decision_check *result = &verify->result;
    char hash[2 * GARITA_HASH_SIZE + 1];
    char when[GARITA_MOMENT_TEXT_SIZE];

    sodium_bin2hex(hash, sizeof hash, result->end.hash.bytes, GARITA_HASH_SIZE);
    garita_moment_format(when, result->tip_signed);
    return json_pack(
        "{s:b, s:I, s:I, s:s, s:I, s:I, s:o, s:o, s:b}", "whole",
        (int)(verify->status == EXIT_DONE), "first", (json_int_t)result->base.position + 1, "last",
        (json_int_t)result->end.position, "hash", hash, "tips", (json_int_t)result->tips, "vouched",
        (json_int_t)(result->tips > 0 ? result->tip_at : 0), "vouched_at",
        result->tips > 0 ? json_string(when) : json_null(), "given",
        verify->tip_path != NULL ? json_boolean(result->given_is_good) : json_null(), "signatures",
        (int)verify->has_key);
}

static void add_result(struct buffer *out, const struct verify *verify)
{
    const garita_decision_check *result = &verify->result;
    unsigned long long first = result->base.position + 1;
    unsigned long long last = result->end.position;
    unsigned long long count = last + 1 - first;
    char when[GARITA_MOMENT_TEXT_SIZE];
    char hash[2 * GARITA_HASH_SIZE + 1];

    if (count == 0 && last == 0)
        buffer_add_format(out, "%s\n", _("the log is whole, and empty"));
    else if (count == 0)
        buffer_add_format(
            out, _("the log is whole: entry %llu was the last to go, and none came\n"), last);
    else
        buffer_add_format(out,
                          P_("the log is whole: %llu entry, %llu to %llu\n",
                             "the log is whole: %llu entries, %llu to %llu\n",
                             (unsigned long)count),
                          count, first, last);
    garita_moment_format(when, result->tip_signed);
    if (result->tips > 0)
        buffer_add_format(
            out,
            P_("%llu tip is good; it vouches for it up to entry %llu, on %s\n",
               "%llu tips are good; the last vouches for it up to entry %llu, on %s\n",
               (unsigned long)result->tips),
            (unsigned long long)result->tips, (unsigned long long)result->tip_at, when);
    if (result->given_is_good) {
        garita_moment_format(when, verify->tip.signed_at);
        buffer_add_format(out, _("the tip given is of this log: entry %llu, on %s\n"),
                          (unsigned long long)verify->tip.place.position, when);
    }
    sodium_bin2hex(hash, sizeof hash, result->end.hash.bytes, GARITA_HASH_SIZE);
    buffer_add_format(out, _("hash %s\n"), hash);
}

static void warn_of_gaps(const struct verify *verify)
{
    if (!verify->has_key && verify->result.tips > 0)
        report_warning(verify->context, "%s",
                       _("this home has no key \"node\": the signatures of its tips were not "
                         "checked"));
    if (verify->result.tips == 0 && verify->result.end.position > 0)
        report_warning(verify->context, "%s",
                       _("no tip vouches for the log: \"garita log tip\" signs one"));
    if (verify->flaws > FLAWS_SHOWN_MAX)
        report_note(verify->context, _("%llu more were found"),
                    (unsigned long long)(verify->flaws - FLAWS_SHOWN_MAX));
}

static exit_status conclude(const struct verify *verify)
{
    struct buffer text = {0};
    exit_status status = EXIT_DONE;

    warn_of_gaps(verify);
    if (verify->context->json) {
        status = json_out(verify->context, to_json(verify));
    } else if (verify->status == EXIT_DONE) {
        add_result(&text, verify);
        status = text.failed ? report_no_memory(verify->context) : EXIT_DONE;
        fwrite(text.at, 1, text.len, verify->context->out);
        buffer_free(&text);
    }
    return status == EXIT_DONE ? verify->status : status;
}

static exit_status check(struct verify *verify)
{
    garita_store *store = NULL;
    exit_status status = home_store_open(verify->context, &store, GARITA_STORE_READ);

    if (status == EXIT_DONE) {
        garita_store_error error = garita_store_check_decisions(
            store, &verify->result, on_flaw, verify, verify->has_key ? verify->key : NULL,
            verify->tip_path != NULL ? &verify->tip : NULL);
        status = error == GARITA_STORE_OK
                     ? conclude(verify)
                     : store_report(verify->context, error, garita_store_detail(store));
    }
    garita_store_close(store);
    return status;
}

exit_status log_verify_run(const struct context *context, const void *values, char *const *operands,
                           size_t operand_count)
{
    const struct log_verify_options *given = values;
    struct verify verify = {
        .context = context, .tip_path = given->tip, .is_key_given = given->key != NULL};

    (void)operands;
    (void)operand_count;
    exit_status status =
        given->key != NULL ? read_key_file(&verify, given->key) : read_home_key(&verify);
    if (status == EXIT_DONE && given->tip != NULL)
        status = read_tip(&verify);
    return status == EXIT_DONE ? check(&verify) : status;
}
