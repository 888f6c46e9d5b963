/* revoke, suspend, reinstate: one thing with three names. */
#include <stdlib.h>
#include <string.h>

#include <garita/date.h>
#include <garita/store_signing.h>

#include "i18n.h"
#include "json_out.h"
#include "own_log.h"
#include "report.h"
#include "same_key.h"
#include "same_node.h"
#include "serials.h"
#include "signing_act.h"
#include "store_report.h"
#include "subjects.h"
#include "verbs.h"

struct change_options {
    const char *as, *reason, *serials_from;
    bool unregistered;
};

static const struct option options[] = {
    OPTION_TEXT("as", 0, "KEY", struct change_options, as, N_("the key of this home that signs")),
    OPTION_TEXT("reason", 0, "REASON", struct change_options, reason,
                N_("lost, stolen, withdrawn, deceased, fraud, error, key-compromise or "
                   "unspecified")),
    OPTION_TEXT("serials-from", 0, "FILE", struct change_options, serials_from,
                N_("a file of serials, one or a range on each line, # begins a comment; - is "
                   "standard input")),
    OPTION_FLAG("unregistered", 0, struct change_options, unregistered,
                N_("serials too that this home never issued")),
    OPTION_END,
};

/* What is to become of which serials, and what came of it. */
struct change {
    const struct context *context;
    const struct change_options *given;
    garita_standing standing;
    garita_cause cause;
    struct serials serials;
    struct subjects subjects;
    bool keeps_key;          /* of the authorities among them */
    struct serials same_key; /* statements that keep a key in force, see same_key.h */
    struct signing signing;
    int64_t now;
    size_t changed;
    struct own_logs logs;
};

static exit_status usage(const struct context *context, const char *message, const char *hint)
{
    return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, hint}, "%s",
                          message);
}

/* --- what is asked for --- */

static exit_status read_reason(struct change *change)
{
    const char *name = change->given->reason;
    struct buffer small = {0};
    struct buffer hint = {0};

    if (name == NULL)
        return EXIT_DONE;
    for (const char *at = name; *at != '\0'; at++)
        buffer_add_char(&small, *at >= 'A' && *at <= 'Z' ? (char)(*at + 'a' - 'A') : *at);
    int cause = small.failed ? -1 : garita_cause_by_name(small.at, small.len);
    buffer_free(&small);
    if (cause >= 0) {
        change->cause = (garita_cause)cause;
        return EXIT_DONE;
    }
    for (unsigned i = 0; garita_cause_name(i) != NULL; i++)
        buffer_add_format(&hint, "%s%s", i > 0 ? ", " : "", garita_cause_name(i));
    exit_status status = report_failure(
        change->context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, buffer_text(&hint)},
        _("\"%s\" is no reason that there is"), name);
    buffer_free(&hint);
    return status;
}

static exit_status read_serials(struct change *change, char *const *operands, size_t operand_count)
{
    const struct context *context = change->context;
    const char *path = change->given->serials_from;
    exit_status status = EXIT_DONE;

    if (path != NULL && strcmp(path, "-") == 0 && context->passphrase_file != NULL &&
        strcmp(context->passphrase_file, "-") == 0)
        return usage(context, _("the serials and the passphrase cannot both be standard input"),
                     NULL);
    for (size_t i = 0; i < operand_count && status == EXIT_DONE; i++)
        status = serials_add_argument(context, &change->serials, operands[i]);
    if (status == EXIT_DONE && path != NULL)
        status = serials_add_file(context, &change->serials, path);
    if (status != EXIT_DONE)
        return status;
    serials_sort(&change->serials);
    if (change->serials.count > 0)
        return EXIT_DONE;
    return report_failure(context, &(struct failure){EXIT_BAD_INPUT, "no-serial", path, 0, NULL},
                          "%s", _("there is no serial in it"));
}

static exit_status read_all(struct change *change, char *const *operands, size_t operand_count)
{
    if (change->given->as == NULL)
        return usage(change->context, _("--as KEY is needed: who issued them?"), NULL);
    if (operand_count == 0 && change->given->serials_from == NULL)
        return usage(change->context, _("serials are needed, here or with --serials-from"), NULL);
    exit_status status = read_reason(change);
    if (status == EXIT_DONE)
        status = read_serials(change, operands, operand_count);
    return status == EXIT_DONE ? signing_clock(change->context, &change->now) : status;
}

/* --- what the register knows of it --- */

static exit_status refuse_unknown(const struct change *change, const struct serials *unknown)
{
    struct buffer list = {0};

    serials_add_text(&list, unknown);
    exit_status status = report_failure(
        change->context,
        &(struct failure){EXIT_NOT_FOUND, "no-serial", change->given->as, 0,
                          _("nothing was done. If they were issued by another home of this "
                            "authority, or by this one, before it was restored, add "
                            "--unregistered")},
        P_("%zu serial is not in this home's register: %s",
           "%zu serials are not in this home's register: %s", unknown->count),
        unknown->count, buffer_text(&list));
    buffer_free(&list);
    return status;
}

/* Nobody but its own log can tell of an anchor, and revoked is final. */
static exit_status refuse_root(const struct change *change, const garita_issuer *issuer)
{
    return report_failure(
        change->context,
        &(struct failure){EXIT_NOT_ALLOWED, "anchor", change->given->as, 0,
                          _("nothing was done. If that is meant: --reason key-compromise")},
        _("%lu is the anchor %s itself: once it is revoked, nothing of it nor below it is ever "
          "accepted again, and its key can sign nothing more"),
        (unsigned long)change->subjects.root, issuer->name);
}

/* Before the register is asked: that of a restored home is not all that there is. */
static exit_status check_doubt(const struct change *change)
{
    const garita_issuer *issuer = signing_next(&change->signing, NULL);

    return signing_act_check(change->context, change->signing.store, issuer->first_key,
                             issuer->name);
}

static exit_status check_register(struct change *change)
{
    garita_store *store = change->signing.store;
    const garita_issuer *issuer = signing_next(&change->signing, NULL);
    struct subjects *subjects = &change->subjects;
    exit_status status = subjects_find(change->context, subjects, store, change->signing.trust,
                                       issuer->first_key, &change->serials);

    if (status == EXIT_DONE && subjects->unregistered.count > 0 && !change->given->unregistered)
        status = refuse_unknown(change, &subjects->unregistered);
    if (status != EXIT_DONE || change->standing == GARITA_STANDING_ACTIVE)
        return status;
    if (subjects->root != 0 && change->standing == GARITA_STANDING_REVOKED &&
        change->cause != GARITA_CAUSE_KEY_COMPROMISE)
        return refuse_root(change, issuer);
    return subjects->has_authority ? same_key_find(change->context, &change->same_key, store,
                                                   issuer->first_key, &change->serials)
                                   : EXIT_DONE;
}

/* --- doing it --- */

/* Revoked is final. */
static exit_status refuse_revoked(const struct change *change)
{
    struct serials revoked = {0};
    struct buffer list = {0};
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < change->serials.count && status == EXIT_DONE; i++)
        if (own_logs_standing(&change->logs, change->serials.at[i]) == GARITA_STANDING_REVOKED &&
            !serials_add(&revoked, change->serials.at[i]))
            status = report_no_memory(change->context);
    if (status == EXIT_DONE && revoked.count > 0) {
        serials_add_text(&list, &revoked);
        status =
            report_failure(change->context,
                           &(struct failure){EXIT_NOT_ALLOWED, "revoked", change->given->as, 0,
                                             _("nothing was done. Issue a new credential instead")},
                           P_("%zu serial is revoked, which is final: %s",
                              "%zu serials are revoked, which is final: %s", revoked.count),
                           revoked.count, buffer_text(&list));
    }
    buffer_free(&list);
    serials_free(&revoked);
    return status;
}

/* Other statements for a key that is to be withdrawn: with the key compromised they go too. */
static exit_status join_same_key(struct change *change)
{
    struct serials standing = {0};
    struct buffer list = {0};
    bool is_joined =
        change->standing == GARITA_STANDING_REVOKED && change->cause == GARITA_CAUSE_KEY_COMPROMISE;
    bool has_memory = true;

    for (size_t i = 0; i < change->same_key.count && has_memory; i++)
        if (own_logs_standing(&change->logs, change->same_key.at[i]) < change->standing)
            has_memory = serials_add(&standing, change->same_key.at[i]);
    serials_add_text(&list, &standing);
    if (standing.count > 0 && is_joined)
        report_note(change->context,
                    _("the compromised key is named by other statements too, which are revoked "
                      "with it: %s"),
                    buffer_text(&list));
    else if (standing.count > 0)
        report_warning(change->context,
                       _("the same key is named by other statements, and stays in force by them: "
                         "%s"),
                       buffer_text(&list));
    change->keeps_key = standing.count > 0 && !is_joined;
    for (size_t i = 0; i < standing.count && is_joined && has_memory; i++)
        has_memory = serials_add(&change->serials, standing.at[i]);
    serials_sort(&change->serials);
    buffer_free(&list);
    serials_free(&standing);
    return has_memory ? EXIT_DONE : report_no_memory(change->context);
}

/* A node that is revoked by one of its statements would come back by another one that somebody
 * still has. */
static exit_status join_same_nodes(struct change *change)
{
    const uint8_t *first_key = signing_next(&change->signing, NULL)->first_key;
    struct same_nodes nodes = {0};
    bool has_memory = true;

    if (change->standing != GARITA_STANDING_REVOKED)
        return EXIT_DONE;
    exit_status status =
        same_node_find(change->context, &nodes, change->signing.store, first_key, &change->serials);
    for (size_t i = 0; i < nodes.count && has_memory; i++) {
        const struct same_node *node = &nodes.at[i];
        if (own_logs_standing(&change->logs, node->serial) == GARITA_STANDING_REVOKED)
            continue;
        has_memory = serials_add(&change->serials, node->serial);
        subjects_add_node(&change->subjects, node->serial, node->name, node->with);
    }
    same_nodes_free(&nodes);
    serials_sort(&change->serials);
    if (!has_memory)
        return report_no_memory(change->context);
    return status;
}

/* In the act. */
static exit_status apply(struct change *change)
{
    const struct context *context = change->context;
    /* What was looked at before the passphrase was asked for may have changed. */
    exit_status status = signing_reload(context, &change->signing);

    if (status == EXIT_DONE)
        status = signing_check_known(context, &change->signing);
    if (status == EXIT_DONE)
        status = own_logs_check(context, &change->signing, change->now);
    if (status == EXIT_DONE)
        status = own_logs_load(&change->logs, context, &change->signing, change->now);
    if (status == EXIT_DONE && change->standing == GARITA_STANDING_ACTIVE)
        status = refuse_revoked(change);
    if (status == EXIT_DONE)
        status = join_same_key(change);
    if (status == EXIT_DONE)
        status = join_same_nodes(change);
    if (status != EXIT_DONE)
        return status;
    own_logs_warn(&change->logs);
    status = own_logs_append(&change->logs, &change->changed, change->serials.at,
                             change->serials.count, change->standing, change->cause);
    return status == EXIT_DONE && change->changed > 0 ? own_logs_sign(&change->logs, 0) : status;
}

static exit_status sign(struct change *change)
{
    const struct context *context = change->context;
    garita_store *store = change->signing.store;
    const garita_issuer *issuer = signing_next(&change->signing, NULL);
    exit_status status = secret_key_unlock(context, &change->signing.key);

    if (status == EXIT_DONE)
        status = signing_act_begin(context, store, issuer->first_key, issuer->name);
    if (status != EXIT_DONE)
        return status;
    status = apply(change);
    if (status == EXIT_DONE && change->changed > 0)
        return signing_act_commit(context, store);
    garita_store_rollback(store);
    return status;
}

/* --- telling --- */

static void tell_people(const struct change *change)
{
    const struct own_log *own = own_logs_signed(&change->logs);
    const char *name = own->authority->name;
    size_t unchanged = change->serials.count - change->changed;

    switch (change->standing) {
    case GARITA_STANDING_REVOKED:
        report_note(change->context, _("%s: %zu revoked, %zu were so before"), name,
                    change->changed, unchanged);
        break;
    case GARITA_STANDING_SUSPENDED:
        report_note(change->context, _("%s: %zu suspended, %zu were so before, or revoked"), name,
                    change->changed, unchanged);
        break;
    case GARITA_STANDING_ACTIVE:
        report_note(change->context, _("%s: %zu reinstated, %zu were not suspended"), name,
                    change->changed, unchanged);
        break;
    }
    subjects_tell(change->context, &change->subjects, change->standing, change->keeps_key);
    if (change->changed > 0)
        report_note(change->context, _("checkpoints learn of it from: garita sync export -o FILE"));
}

static exit_status tell(const struct change *change)
{
    const struct own_log *own = own_logs_signed(&change->logs);
    char issuer[GARITA_ID_TEXT_SIZE];

    if (!change->context->json) {
        tell_people(change);
        return EXIT_DONE;
    }
    garita_id_format(issuer, &own->authority->id);
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:I, s:I, s:o}", "issuer", issuer, "standing",
                  garita_standing_name(change->standing), "reason",
                  garita_cause_name(change->cause), "events", (json_int_t)change->changed,
                  "unchanged", (json_int_t)(change->serials.count - change->changed), "subjects",
                  subjects_to_json(&change->subjects));
    own_log_add_head(object, own);
    return json_out(change->context, object);
}

static exit_status run(const struct context *context, const void *values, char *const *operands,
                       size_t operand_count, garita_standing standing)
{
    struct change change = {.context = context, .given = values, .standing = standing};
    exit_status status = read_all(&change, operands, operand_count);

    if (status == EXIT_DONE)
        status = signing_open(context, &change.signing, change.given->as);
    if (status == EXIT_DONE)
        status = signing_check_known(context, &change.signing);
    if (status == EXIT_DONE)
        status = own_logs_check(context, &change.signing, change.now);
    if (status == EXIT_DONE)
        status = check_doubt(&change);
    if (status == EXIT_DONE)
        status = check_register(&change);
    if (status == EXIT_DONE)
        status = sign(&change);
    if (status == EXIT_DONE)
        status = tell(&change);
    own_logs_free(&change.logs);
    signing_close(&change.signing);
    serials_free(&change.serials);
    serials_free(&change.same_key);
    subjects_free(&change.subjects);
    return status;
}

static exit_status run_revoke(const struct context *context, const void *values,
                              char *const *operands, size_t operand_count)
{
    return run(context, values, operands, operand_count, GARITA_STANDING_REVOKED);
}

static exit_status run_suspend(const struct context *context, const void *values,
                               char *const *operands, size_t operand_count)
{
    return run(context, values, operands, operand_count, GARITA_STANDING_SUSPENDED);
}

static exit_status run_reinstate(const struct context *context, const void *values,
                                 char *const *operands, size_t operand_count)
{
    return run(context, values, operands, operand_count, GARITA_STANDING_ACTIVE);
}

const struct verb verb_revoke = {
    .name = "revoke",
    .summary = N_("withdraw credentials or authorities for good, by serial"),
    .synopsis = "garita revoke --as KEY SERIAL... [--reason REASON] [--serials-from FILE] "
                "[--unregistered]",
    .help = N_("Enters the serials in the status log of KEY's authority as revoked, and signs\n"
               "its new head: all of them, or on any failure none. Revoked is final: what was\n"
               "only mislaid is better suspended. Serials that were revoked before are left as\n"
               "they are. Any statement of the authority goes by its serial: a credential, an\n"
               "authority that it certified, a node, a policy. A node goes with all statements\n"
               "about it that this home signed for the authority. Where only the person is\n"
               "known: \"garita issue --json\" prints the serial, and issuing again\n"
               "with the same ref prints that of then.\n"
               "\n"
               "  garita revoke --as cbp 4711 --reason lost\n"
               "  garita revoke --as cbp 17 100-199 --reason fraud\n"
               "  garita revoke --as cbp --serials-from list.txt"),
    .options = options,
    .options_size = sizeof(struct change_options),
    .operands_max = SIZE_MAX,
    .needs_home = true,
    .run = run_revoke,
};

const struct verb verb_suspend = {
    .name = "suspend",
    .summary = N_("withdraw credentials or authorities until they are reinstated"),
    .synopsis = "garita suspend --as KEY SERIAL... [--reason REASON] [--serials-from FILE] "
                "[--unregistered]",
    .help = N_("Enters the serials in the status log of KEY's authority as suspended, and signs\n"
               "its new head. Checkpoints refer who shows one to a person. What is revoked\n"
               "stays revoked. A node keeps its links: only a revocation ends them.\n"
               "\n"
               "  garita suspend --as cbp 4711 --reason lost\n"
               "  garita reinstate --as cbp 4711"),
    .options = options,
    .options_size = sizeof(struct change_options),
    .operands_max = SIZE_MAX,
    .needs_home = true,
    .run = run_suspend,
};

const struct verb verb_reinstate = {
    .name = "reinstate",
    .summary = N_("end a suspension"),
    .synopsis = "garita reinstate --as KEY SERIAL... [--reason REASON] [--serials-from FILE] "
                "[--unregistered]",
    .help = N_("Enters the serials in the status log of KEY's authority as active again, and\n"
               "signs its new head. If one of them is revoked, nothing is done.\n"
               "\n"
               "  garita reinstate --as cbp 4711"),
    .options = options,
    .options_size = sizeof(struct change_options),
    .operands_max = SIZE_MAX,
    .needs_home = true,
    .run = run_reinstate,
};
