#include <string.h>

#include <garita/date.h>

#include "duration.h"
#include "i18n.h"
#include "json_out.h"
#include "own_log.h"
#include "report.h"
#include "signing_act.h"
#include "verbs.h"

struct head_options {
    const char *as, *valid_for;
};

static const struct option options[] = {
    OPTION_TEXT("as", 0, "KEY", struct head_options, as, N_("the key of this home that signs")),
    OPTION_TEXT("valid-for", 0, "TIME", struct head_options, valid_for,
                N_("until when the next head is promised: 90m, 24h, 7d; if not given 7d for who "
                   "only issues, 90d for who certifies others, 400d for an anchor")),
    OPTION_END,
};

/* Longer than any head counts, and short enough for any sum. */
#define VALID_FOR_MAX_S (INT64_C(36500) * 86400)

static exit_status read_options(const struct context *context, const struct head_options *given,
                                int64_t *valid_for_s)
{
    *valid_for_s = 0;
    if (given->as == NULL)
        return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, NULL}, "%s",
                              _("--as KEY is needed: whose head?"));
    if (given->valid_for == NULL || duration_read(valid_for_s, given->valid_for, VALID_FOR_MAX_S))
        return EXIT_DONE;
    return report_failure(context,
                          &(struct failure){EXIT_USAGE, "usage", NULL, 0,
                                            _("a number with s, m, h or d, as in 90m, 24h, 7d")},
                          _("--valid-for takes a time, not \"%s\""), given->valid_for);
}

static void warn_if_capped(const struct own_logs *logs, int64_t valid_for_s)
{
    const struct own_log *own = own_logs_signed(logs);
    int64_t cap_s = own_log_validity(own->signer);

    if (valid_for_s > cap_s)
        report_warning(logs->context,
                       _("checkpoints let a head of %s count for %lld days at most, whatever it "
                         "says"),
                       own->signer->name, (long long)(cap_s / 86400));
}

/* A head on its way. */
struct heading {
    struct own_logs *logs;
    int64_t now;
    int64_t valid_for_s;
};

static exit_status sign_head(const struct context *context, struct signing *signing, void *what)
{
    const struct heading *heading = what;
    struct own_logs *logs = heading->logs;
    exit_status status = signing_reload(context, signing);

    if (status == EXIT_DONE)
        status = signing_check_known(context, signing);
    if (status == EXIT_DONE)
        status = own_logs_check(context, signing, heading->now);
    if (status == EXIT_DONE)
        status = own_logs_load(logs, context, signing, heading->now);
    if (status != EXIT_DONE)
        return status;
    own_logs_warn(logs);
    warn_if_capped(logs, heading->valid_for_s);
    return own_logs_sign(logs, heading->valid_for_s);
}

static exit_status act(const struct context *context, struct own_logs *logs,
                       struct signing *signing, int64_t now, int64_t valid_for_s)
{
    const garita_issuer *issuer = signing_next(signing, NULL);
    struct heading heading = {logs, now, valid_for_s};

    return signing_act_run(context, signing, issuer->first_key, issuer->name, sign_head, &heading);
}

static exit_status tell(const struct context *context, const struct own_logs *logs)
{
    const struct own_log *own = own_logs_signed(logs);
    char issuer[GARITA_ID_TEXT_SIZE];
    char due[GARITA_MOMENT_TEXT_SIZE];

    garita_moment_format(due, own->log.head.next_due);
    if (!context->json) {
        report_note(context,
                    _("%s: a head is signed: size %llu, issued %lu, the next one due by %s"),
                    own->authority->name, (unsigned long long)own->log.head.size,
                    (unsigned long)own->log.head.issued, due);
        return EXIT_DONE;
    }
    garita_id_format(issuer, &own->authority->id);
    json_t *object = json_pack("{s:s}", "issuer", issuer);
    own_log_add_head(object, own);
    return json_out(context, object);
}

static exit_status run(const struct context *context, const void *values, char *const *operands,
                       size_t operand_count)
{
    const struct head_options *given = values;
    struct signing signing = {0};
    struct own_logs logs = {0};
    int64_t now, valid_for_s;

    (void)operands;
    (void)operand_count;
    exit_status status = read_options(context, given, &valid_for_s);
    if (status == EXIT_DONE)
        status = signing_clock(context, &now);
    if (status != EXIT_DONE)
        return status;
    status = signing_open(context, &signing, given->as);
    if (status == EXIT_DONE)
        status = signing_check_known(context, &signing);
    if (status == EXIT_DONE)
        status = own_logs_check(context, &signing, now);
    if (status == EXIT_DONE)
        status = act(context, &logs, &signing, now, valid_for_s);
    if (status == EXIT_DONE)
        status = tell(context, &logs);
    own_logs_free(&logs);
    signing_close(&signing);
    return status;
}

const struct verb verb_head = {
    .name = "head",
    .summary = N_("sign that a status log is as it is, now"),
    .synopsis = "garita head --as KEY [--valid-for TIME]",
    .help = N_("Signs a fresh head of the status log of KEY's authority, even when nothing has\n"
               "changed: checkpoints that get it know that they missed nothing until then, and\n"
               "by when to expect the next. Without one they refer travelers in the end, since\n"
               "silence may hide a revocation. Where several homes of an authority sign, each\n"
               "first imports what the others have signed.\n"
               "\n"
               "  garita head --as cbp\n"
               "  garita head --as cbp --valid-for 24h"),
    .options = options,
    .options_size = sizeof(struct head_options),
    .needs_home = true,
    .run = run,
};
