#include "log_verbs.h"

#include <garita/store_decisions.h>

#include "decision_tip.h"
#include "home_store.h"
#include "i18n.h"
#include "json_out.h"
#include "node_key.h"
#include "report.h"
#include "store_report.h"

const struct option log_prune_options[] = {
    OPTION_TEXT("older-than", 0, "AGE", struct log_prune_options, older_than,
                N_("entries of before that long ago: 90d, or 36h")),
    OPTION_END,
};

/* A century. */
enum { DAYS_MAX = 36525 };

/* Reads "90d" or "36h" as seconds. */
static bool read_age(int64_t *out, const char *text)
{
    int64_t number = 0;
    size_t digits = 0;

    for (; text[digits] >= '0' && text[digits] <= '9'; digits++) {
        number = 10 * number + (text[digits] - '0');
        if (number > DAYS_MAX * 24)
            return false;
    }
    bool is_days = text[digits] == 'd';
    if (digits == 0 || (!is_days && text[digits] != 'h') || text[digits + 1] != '\0' ||
        (is_days && number > DAYS_MAX))
        return false;
    *out = number * (is_days ? 86400 : 3600);
    return true;
}

static exit_status read_options(const struct context *context, int64_t *age_s,
                                const struct log_prune_options *given)
{
    const struct failure failure = {EXIT_USAGE, "usage", NULL, 0,
                                    _("as in --older-than 90d, or 36h")};

    if (given->older_than == NULL)
        return report_failure(context, &failure, "%s",
                              _("--older-than says what may go, and is missing"));
    if (!read_age(age_s, given->older_than))
        return report_failure(context, &failure, _("--older-than takes days or hours, not \"%s\""),
                              given->older_than);
    return EXIT_DONE;
}

struct prune {
    const struct context *context;
    garita_store *store;
    struct secret_key node_key;
    garita_clock clock;
    int64_t age_s;
    uint64_t pruned; /* entries */
    uint64_t up_to;
};

static exit_status failed(const struct prune *prune, garita_store_error error)
{
    return store_report(prune->context, error, garita_store_detail(prune->store));
}

/* What was found is on file; that something was is enough. */
static void on_flaw(void *context, const garita_decision_flaw *flaw)
{
    (void)context;
    (void)flaw;
}

/* Evidence of what was done to the log is not let go of. */
static exit_status check(const struct prune *prune)
{
    garita_decision_check result;
    garita_store_error error = garita_store_check_decisions(prune->store, &result, on_flaw, NULL,
                                                            prune->node_key.public_key, NULL);

    if (error != GARITA_STORE_OK)
        return failed(prune, error);
    if (result.flaws == 0)
        return EXIT_DONE;
    return report_failure(
        prune->context,
        &(struct failure){EXIT_REJECT, "log-damaged", prune->context->home, 0,
                          _("\"garita log verify\" says where; keep a copy of the "
                            "home as it is")},
        "%s", _("the log of decisions is damaged, and nothing was let go of"));
}

static garita_store_error add_tip(const struct prune *prune, const garita_decision_place *place)
{
    garita_stored_tip tip;

    /* The clock was looked at before. */
    if (!decision_tip_sign(&tip, &prune->node_key, prune->store, place, &prune->clock))
        return GARITA_STORE_IO;
    return garita_store_add_tip(prune->store, &tip);
}

/* Lets go of the entries up to place, says so in the log, and has tips vouch for both. */
static garita_store_error let_go(struct prune *prune, const garita_decision_place *place)
{
    const garita_decision act = {.kind = GARITA_DECISION_PRUNED,
                                 .has_moment = true,
                                 .moment = prune->clock.now,
                                 .pruned = place->position};
    garita_decision_place base, end;
    garita_store_error error = garita_store_decisions_base(prune->store, &base);

    if (error == GARITA_STORE_OK)
        error = add_tip(prune, place);
    if (error == GARITA_STORE_OK)
        error = garita_store_prune_decisions(prune->store, place);
    if (error == GARITA_STORE_OK)
        error = garita_store_add_decision(prune->store, &act);
    if (error == GARITA_STORE_OK)
        error = garita_store_decisions_end(prune->store, &end);
    if (error == GARITA_STORE_OK)
        error = add_tip(prune, &end);
    if (error == GARITA_STORE_OK) {
        prune->pruned = place->position - base.position;
        prune->up_to = place->position;
    }
    return error;
}

/* Inside a transaction. */
static exit_status prune_checked(struct prune *prune)
{
    garita_decision_place place;
    exit_status status = check(prune);

    if (status != EXIT_DONE)
        return status;
    garita_store_error error =
        garita_store_find_prunable(prune->store, &place, prune->clock.now - prune->age_s,
                                   prune->clock.now + GARITA_CLOCK_SKEW_S);
    if (error == GARITA_STORE_ABSENT)
        return EXIT_DONE;
    if (error == GARITA_STORE_OK)
        error = let_go(prune, &place);
    return error == GARITA_STORE_OK ? EXIT_DONE : failed(prune, error);
}

static exit_status prune_in_transaction(struct prune *prune)
{
    garita_store_error error = garita_store_begin(prune->store);

    if (error != GARITA_STORE_OK)
        return failed(prune, error);
    exit_status status = prune_checked(prune);
    if (status == EXIT_DONE) {
        error = garita_store_commit(prune->store);
        return error == GARITA_STORE_OK ? EXIT_DONE : failed(prune, error);
    }
    garita_store_rollback(prune->store);
    return status;
}

static exit_status tell(const struct prune *prune)
{
    if (prune->context->json)
        return json_out(prune->context, json_pack("{s:I, s:I}", "pruned", (json_int_t)prune->pruned,
                                                  "up_to", (json_int_t)prune->up_to));
    if (prune->pruned == 0)
        report_note(prune->context, "%s", _("no entry is that old"));
    else
        report_note(prune->context,
                    P_("let go of %llu entry; the log begins with entry %llu",
                       "let go of %llu entries; the log begins with entry %llu",
                       (unsigned long)prune->pruned),
                    (unsigned long long)prune->pruned, (unsigned long long)prune->up_to + 1);
    return EXIT_DONE;
}

exit_status log_prune_run(const struct context *context, const void *values, char *const *operands,
                          size_t operand_count)
{
    struct prune prune = {.context = context, .clock = context_clock(context)};
    exit_status status = read_options(context, &prune.age_s, values);

    (void)operands;
    (void)operand_count;
    if (status == EXIT_DONE && (!prune.clock.is_known || prune.clock.now > GARITA_MOMENT_MAX))
        status = decision_tip_no_clock(context);
    if (status == EXIT_DONE)
        status = home_store_open(context, &prune.store, GARITA_STORE_WRITE);
    if (status == EXIT_DONE)
        status = node_key_open(context, &prune.node_key);
    if (status == EXIT_DONE)
        status = prune_in_transaction(&prune);
    if (status == EXIT_DONE)
        status = tell(&prune);
    secret_key_close(&prune.node_key);
    garita_store_close(prune.store);
    return status;
}
