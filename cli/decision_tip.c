#include "decision_tip.h"

#include <string.h>

#include "home_store.h"
#include "i18n.h"
#include "node_key.h"
#include "output_file.h"
#include "report.h"
#include "store_report.h"

bool decision_tip_sign(garita_stored_tip *out, const struct secret_key *node_key,
                       const garita_store *store, const garita_decision_place *place,
                       const garita_clock *clock)
{
    garita_tip tip = {.place = *place, .signed_at = clock->now};

    *out = (garita_stored_tip){.position = place->position, .signed_at = clock->now};
    memcpy(tip.home, garita_store_home(store)->id, sizeof tip.home);
    return clock->is_known && clock->now >= 0 && clock->now <= GARITA_MOMENT_MAX &&
           garita_tip_issue(out->bytes, &out->len, &tip, node_key->public_key,
                            node_key->secret_key) == GARITA_OK;
}

exit_status decision_tip_no_clock(const struct context *context)
{
    return report_failure(context, &(struct failure){EXIT_NOT_ALLOWED, "no-clock", NULL, 0, NULL},
                          "%s", _("no tip of the log can be signed: the clock cannot be used"));
}

/* Signs and keeps a tip of the end of the log. *has_clock is false if that is why there is none. */
static garita_store_error renew(const struct context *context, garita_stored_tip *out,
                                bool *has_clock, garita_store *store,
                                const struct secret_key *node_key)
{
    garita_decision_place end;
    const garita_clock clock = context_clock(context);
    garita_store_error error = garita_store_begin(store);

    *has_clock = true;
    if (error == GARITA_STORE_OK)
        error = garita_store_decisions_end(store, &end);
    if (error == GARITA_STORE_OK) {
        *has_clock = decision_tip_sign(out, node_key, store, &end, &clock);
        if (*has_clock)
            error = garita_store_add_tip(store, out);
    }
    if (error == GARITA_STORE_OK && *has_clock)
        return garita_store_commit(store);
    garita_store_rollback(store);
    return error;
}

static exit_status no_node_key(const struct context *context)
{
    return report_failure(context,
                          &(struct failure){EXIT_NOT_FOUND, "no-key", NODE_KEY_NAME, 0,
                                            _("garita scan --log makes it, and the log")},
                          "%s",
                          _("this home has no key \"node\", which signs tips: it has logged no "
                            "decision yet"));
}

static exit_status renew_or_report(const struct context *context, garita_stored_tip *out,
                                   garita_store *store, const struct secret_key *node_key)
{
    bool has_clock;
    garita_store_error error = renew(context, out, &has_clock, store, node_key);

    if (error != GARITA_STORE_OK)
        return store_report(context, error, garita_store_detail(store));
    return has_clock ? EXIT_DONE : decision_tip_no_clock(context);
}

exit_status decision_tip_write(const struct context *context, garita_stored_tip *out,
                               const char *path)
{
    garita_store *store = NULL;
    struct secret_key node_key = {0};
    garita_stored_tip tip = {0};
    exit_status status = EXIT_DONE;

    if (path != NULL)
        status = output_file_check(context, path, OUTPUT_BINARY);
    if (status == EXIT_DONE)
        status = home_store_open(context, &store, GARITA_STORE_WRITE);
    if (status == EXIT_DONE)
        status =
            node_key_is_there(context) ? node_key_open(context, &node_key) : no_node_key(context);
    if (status == EXIT_DONE)
        status = renew_or_report(context, &tip, store, &node_key);
    if (status == EXIT_DONE && path != NULL)
        status =
            output_file_write(context, path, OUTPUT_BINARY, OUTPUT_MODE_PUBLIC, tip.bytes, tip.len);
    if (out != NULL)
        *out = tip;
    secret_key_close(&node_key);
    garita_store_close(store);
    return status;
}

/* --- beside something else --- */

static void warn(const struct context *context, const char *why)
{
    report_warning(context, _("no tip of the log of decisions was signed: %s"), why);
}

static void renew_or_warn(const struct context *context, const struct secret_key *node_key)
{
    char detail[GARITA_STORE_DETAIL_SIZE];
    garita_store *store = NULL;
    garita_stored_tip tip;
    bool has_clock = true;
    garita_store_error error = garita_store_open(&store, detail, context->home, GARITA_STORE_WRITE);

    if (error == GARITA_STORE_OK)
        error = renew(context, &tip, &has_clock, store, node_key);
    if (error != GARITA_STORE_OK)
        warn(context, _(garita_store_error_text(error)));
    else if (!has_clock)
        warn(context, _("the clock cannot be used"));
    garita_store_close(store);
}

void decision_tip_keep(const struct context *context, garita_store *store)
{
    /* What is wrong with the key is said to people, and no failure of what this is done beside. */
    struct context aside = *context;
    struct secret_key node_key;
    garita_decision_place end;

    aside.json = false;
    if (garita_store_decisions_end(store, &end) != GARITA_STORE_OK || end.position == 0 ||
        !node_key_is_there(context) ||
        secret_key_load(&aside, &node_key, NODE_KEY_NAME) != EXIT_DONE)
        return;
    bool is_open = !node_key.has_passphrase && secret_key_unlock(&aside, &node_key) == EXIT_DONE;
    if (is_open)
        renew_or_warn(context, &node_key);
    secret_key_close(&node_key);
}
