#include "home_view.h"

#include <string.h>

#include <garita/store_carried.h>
#include <garita/store_logs.h>
#include <garita/store_view.h>

#include "home_store.h"
#include "i18n.h"
#include "report.h"

/* --- what people are told --- */

static void note_misfit(void *context, const garita_store_misfit *misfit)
{
    struct buffer *notices = context;

    home_store_add_misfit(notices, misfit);
    buffer_add_char(notices, '\n');
}

static void note_damage(void *context, const garita_issuer *authority, const char *what)
{
    struct buffer *notices = context;

    buffer_add_format(notices,
                      _("the record of revocations by %s is damaged (%s); its credentials are at "
                        "best referred; garita doctor --repair FILE mends it"),
                      authority->name, _(what));
    buffer_add_char(notices, '\n');
}

/* Whether an authority before this one has the same id. */
static bool is_told(const garita_trust *trust, size_t index)
{
    const garita_issuer *issuer = garita_trust_get(trust, index);

    for (size_t i = 0; i < index; i++)
        if (garita_id_equal(&garita_trust_get(trust, i)->id, &issuer->id))
            return true;
    return false;
}

static void note_contents(struct home_view *view)
{
    struct buffer *notices = &view->notices;
    char id[GARITA_ID_TEXT_SIZE];

    if (garita_trust_count(view->trust) == 0)
        buffer_add_format(notices, "%s\n",
                          _("no anchor is pinned here, so that every issuer is unknown: garita "
                            "trust add FILE --anchor"));
    for (size_t i = 0; i < garita_trust_count(view->trust); i++) {
        const garita_issuer *issuer = garita_trust_get(view->trust, i);
        if (!issuer->shares_id || is_told(view->trust, i))
            continue;
        garita_id_format(id, &issuer->id);
        buffer_add_format(notices, _("%s shares the id %s with another authority; each is tried"),
                          issuer->name, id);
        buffer_add_char(notices, '\n');
    }
}

void home_view_warn(const struct context *context, const struct home_view *view)
{
    const struct buffer *notices = &view->notices;

    for (size_t begin = 0; begin < notices->len;) {
        const char *line = notices->at + begin;
        const char *end = memchr(line, '\n', notices->len - begin);
        size_t len = end != NULL ? (size_t)(end - line) : notices->len - begin;
        report_warning(context, "%.*s", (int)len, line);
        begin += len + 1;
    }
}

/* --- loading --- */

/* The floor is kept when something is imported; heads that were ahead of a wrong clock then may
 * count now. */
static garita_store_error load_floor(const struct context *context, struct home_view *view,
                                     garita_store *store)
{
    garita_clock clock = context_clock(context);
    int64_t attested = 0;
    garita_store_error error = garita_store_floor(store, &view->has_floor, &view->floor);

    if (error == GARITA_STORE_OK && garita_book_floor(view->book, &attested, &clock) &&
        (!view->has_floor || attested > view->floor)) {
        view->has_floor = true;
        view->floor = attested;
    }
    return error;
}

struct loading {
    garita_policies *policies;
    garita_error error;
};

static bool take_policy(void *context, const garita_carried *carried, garita_bytes statement)
{
    struct loading *loading = context;
    garita_policies_added added;

    if (carried->type == GARITA_TYPE_POLICY)
        loading->error =
            garita_policies_add(loading->policies, &added, statement.at, statement.len);
    return loading->error == GARITA_OK;
}

/* A policy that nobody here can read still rules out what is older. */
static void note_unreadable(struct home_view *view)
{
    struct buffer *notices = &view->notices;

    for (size_t i = 0; i < garita_policies_count(view->policies); i++) {
        const garita_policies_entry *entry = garita_policies_get(view->policies, i);
        if (entry->policy != NULL)
            continue;
        buffer_add_format(notices,
                          _("this program cannot read policy %lu by %s: while that is in force, "
                            "lanes that it may rule are referred (policy-missing); update this "
                            "station"),
                          (unsigned long)entry->serial, entry->signer->name);
        buffer_add_char(notices, '\n');
    }
}

static garita_store_error load_policies(struct home_view *view, garita_store *store)
{
    const char *country = garita_store_home(store)->country;

    if (garita_policies_new(&view->policies, view->trust, view->book, country) != GARITA_OK)
        return GARITA_STORE_NO_MEMORY;
    struct loading loading = {.policies = view->policies};
    garita_store_error error = garita_store_each_carried(store, take_policy, &loading);
    if (error == GARITA_STORE_OK && loading.error != GARITA_OK)
        error = GARITA_STORE_NO_MEMORY;
    if (error == GARITA_STORE_OK)
        note_unreadable(view);
    return error;
}

garita_store_error home_view_load(const struct context *context, struct home_view *out,
                                  garita_store *store)
{
    *out = (struct home_view){0};
    garita_store_error error = garita_store_hold(store);

    if (error == GARITA_STORE_OK)
        error = garita_store_load_trust(store, &out->trust, note_misfit, &out->notices);
    if (error == GARITA_STORE_OK)
        error = garita_store_load_book(store, &out->book, out->trust, note_damage, &out->notices);
    if (error == GARITA_STORE_OK)
        error = load_floor(context, out, store);
    if (error == GARITA_STORE_OK)
        error = load_policies(out, store);
    garita_store_rollback(store);
    if (error == GARITA_STORE_OK)
        note_contents(out);
    if (error == GARITA_STORE_OK && out->notices.failed)
        error = GARITA_STORE_NO_MEMORY;
    if (error != GARITA_STORE_OK)
        home_view_free(out);
    return error;
}

void home_view_free(struct home_view *view)
{
    garita_policies_free(view->policies);
    garita_book_free(view->book);
    garita_trust_free(view->trust);
    buffer_free(&view->notices);
    *view = (struct home_view){0};
}

/* --- judging --- */

garita_clock home_view_clock(const struct context *context, const struct home_view *view)
{
    garita_clock clock = context_clock(context);

    clock.has_floor = view->has_floor;
    clock.floor = view->floor;
    return clock;
}

garita_setting home_view_setting(const struct context *context, const struct home_view *view,
                                 const garita_lane *lane)
{
    return (garita_setting){.trust = view->trust,
                            .lane = lane,
                            .status = garita_book_status(view->book),
                            .clock = home_view_clock(context, view)};
}
