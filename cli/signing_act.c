#include "signing_act.h"

#include "i18n.h"
#include "report.h"
#include "store_report.h"

/* --- doubt --- */

static void say_why(struct buffer *out, garita_doubt doubt, const char *state)
{
    switch (doubt) {
    case GARITA_DOUBT_NONE:
        break;
    case GARITA_DOUBT_MISSING:
        buffer_add_format(out,
                          _("this home has signed before, and the counter of what it signed is not "
                            "in %s: the home was restored, or copied to another machine or user, "
                            "or the counter was lost"),
                          state);
        break;
    case GARITA_DOUBT_OLDER:
        buffer_add_format(out,
                          _("this home is older than the counter of what it signed, in %s: it was "
                            "restored from a backup, or it is one of two copies and the other has "
                            "signed"),
                          state);
        break;
    case GARITA_DOUBT_NEWER:
        buffer_add_format(out,
                          _("the counter of what this home signed, in %s, is older than the home: "
                            "that folder was restored, and the home may have been too"),
                          state);
        break;
    case GARITA_DOUBT_UNREADABLE:
        buffer_add_format(out,
                          _("the file in %s that should count what this home signed is no "
                            "counter"),
                          state);
        break;
    case GARITA_DOUBT_PENDING:
        buffer_add_format(out,
                          _("this home was restored or copied, as the counter in %s has shown, "
                            "and what it knows of this authority was not confirmed since"),
                          state);
        break;
    }
}

static exit_status refuse(const struct context *context, garita_doubt doubt, const char *name)
{
    struct buffer message = {0};
    struct buffer hint = {0};

    say_why(&message, doubt, context->state);
    if (doubt == GARITA_DOUBT_MISSING)
        buffer_add_text(&hint, _("if it is somewhere else, name that folder with --state DIR. "
                                 "Else "));
    if (doubt == GARITA_DOUBT_UNREADABLE)
        buffer_add_text(&hint, _("move that file away, and then "));
    buffer_add_format(&hint,
                      _("import a head of %s from a checkpoint that has the newest: garita sync "
                        "import FILE"),
                      name);
    exit_status status = report_failure(
        context,
        &(struct failure){EXIT_NOT_ALLOWED, "home-in-doubt", context->home, 0, buffer_text(&hint)},
        _("nothing is signed, since it could contradict what is in the world: %s"),
        buffer_text(&message));
    buffer_free(&message);
    buffer_free(&hint);
    return status;
}

static exit_status no_state(const struct context *context)
{
    return report_failure(
        context,
        &(struct failure){EXIT_NOT_FOUND, "no-state", NULL, 0, _("name it with --state DIR")}, "%s",
        _("cannot tell which folder keeps count of what this home signs"));
}

static exit_status judge(const struct context *context, garita_store *store,
                         garita_store_error error, garita_doubt doubt, const char *name)
{
    if (error != GARITA_STORE_OK)
        return store_report(context, error, garita_store_detail(store));
    return doubt == GARITA_DOUBT_NONE ? EXIT_DONE : refuse(context, doubt, name);
}

exit_status signing_act_check(const struct context *context, garita_store *store,
                              const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE], const char *name)
{
    garita_doubt doubt;

    if (context->state == NULL)
        return no_state(context);
    garita_store_error error = garita_store_doubt(store, &doubt, context->state, first_key);
    return judge(context, store, error, doubt, name);
}

/* --- the act --- */

exit_status signing_act_begin(const struct context *context, garita_store *store,
                              const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE], const char *name)
{
    garita_doubt doubt;

    if (context->state == NULL)
        return no_state(context);
    garita_store_error error = garita_store_sign_begin(store, &doubt, context->state, first_key);
    return judge(context, store, error, doubt, name);
}

exit_status signing_act_commit(const struct context *context, garita_store *store)
{
    bool is_kept;
    garita_store_error error = garita_store_sign_commit(store, &is_kept);

    if (error == GARITA_STORE_OK)
        return EXIT_DONE;
    exit_status status = store_report(context, error, garita_store_detail(store));
    if (is_kept)
        report_note(context, "%s",
                    _("it is signed all the same, and in this home; it can be handed out as soon "
                      "as the counter can be written"));
    return status;
}

exit_status signing_act_settle(const struct context *context, garita_store *store)
{
    garita_store_error error = GARITA_STORE_OK;

    if (context->state != NULL)
        error = garita_store_settle(store, context->state);
    return error == GARITA_STORE_OK ? EXIT_DONE
                                    : store_report(context, error, garita_store_detail(store));
}

exit_status signing_act_run(const struct context *context, struct signing *signing,
                            const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE], const char *name,
                            signing_act act, void *what)
{
    garita_store *store = signing->store;
    exit_status status = signing_act_check(context, store, first_key, name);

    if (status == EXIT_DONE)
        status = secret_key_unlock(context, &signing->key);
    if (status == EXIT_DONE)
        status = signing_act_begin(context, store, first_key, name);
    if (status != EXIT_DONE)
        return status;
    status = act(context, signing, what);
    if (status != EXIT_DONE) {
        garita_store_rollback(store);
        return status;
    }
    return signing_act_commit(context, store);
}
