#include "home_watch.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <garita/store_logs.h>
#include <garita/store_view.h>

#include "home_store.h"
#include "i18n.h"
#include "report.h"
#include "store_report.h"

/* After a failure. The next traveler does not wait for a disk in trouble. */
enum { RETRY_AFTER_S = 10 };

struct home_watch {
    const struct context *context;
    garita_store *store;
    struct home_view view;
    int64_t version; /* at which the view was loaded, or seen to be the same */
    uint8_t knowledge[GARITA_STORE_KNOWLEDGE_SIZE]; /* of the view */
    bool has_failed;                                /* the last refresh */
    int64_t retry_s;                                /* when the next may be tried */
};

static int64_t steady_s(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/* The version is read first: what is committed between it and the rest is seen once more. */
static garita_store_error look(struct home_watch *watch, int64_t *version,
                               uint8_t knowledge[GARITA_STORE_KNOWLEDGE_SIZE])
{
    garita_store_error error = garita_store_version(watch->store, version);

    return error == GARITA_STORE_OK ? garita_store_knowledge(watch->store, knowledge) : error;
}

static garita_store_error load(struct home_watch *watch, struct home_view *out)
{
    int64_t version;
    uint8_t knowledge[GARITA_STORE_KNOWLEDGE_SIZE];
    garita_store_error error = look(watch, &version, knowledge);

    if (error == GARITA_STORE_OK)
        error = home_view_load(watch->context, out, watch->store);
    if (error == GARITA_STORE_OK) {
        watch->version = version;
        memcpy(watch->knowledge, knowledge, sizeof knowledge);
    }
    return error;
}

exit_status home_watch_open(const struct context *context, struct home_watch **out)
{
    struct home_watch *watch = calloc(1, sizeof *watch);

    *out = NULL;
    if (watch == NULL)
        return report_no_memory(context);
    watch->context = context;
    exit_status status = home_store_open(context, &watch->store, GARITA_STORE_READ);
    if (status == EXIT_DONE) {
        garita_store_error error = load(watch, &watch->view);
        if (error != GARITA_STORE_OK)
            status = store_report(context, error, garita_store_detail(watch->store));
    }
    if (status != EXIT_DONE) {
        home_watch_close(watch);
        return status;
    }
    home_view_warn(context, &watch->view);
    *out = watch;
    return EXIT_DONE;
}

void home_watch_close(struct home_watch *watch)
{
    if (watch == NULL)
        return;
    home_view_free(&watch->view);
    garita_store_close(watch->store);
    free(watch);
}

const struct home_view *home_watch_view(const struct home_watch *watch)
{
    return &watch->view;
}

/* The new view in the place of the old; what was said of the old is not said again. */
static void replace(struct home_watch *watch, struct home_view *new)
{
    bool is_news = new->notices.len != watch->view.notices.len ||
                   (new->notices.len > 0 &&
                    memcmp(new->notices.at, watch->view.notices.at, new->notices.len) != 0);

    if (is_news)
        home_view_warn(watch->context, new);
    home_view_free(&watch->view);
    watch->view = *new;
}

/* Whether a log of the view does not hold together. A repair may leave all that knowledge is made of
 * as it was. */
static bool is_damaged(const struct home_view *view)
{
    for (size_t i = 0; i < garita_book_count(view->book); i++)
        if (garita_book_get(view->book, i)->is_damaged)
            return true;
    return false;
}

static garita_store_error refresh(struct home_watch *watch)
{
    int64_t version = 0;
    uint8_t knowledge[GARITA_STORE_KNOWLEDGE_SIZE];
    struct home_view new;
    garita_store_error error = garita_store_version(watch->store, &version);

    if (error != GARITA_STORE_OK || (version == watch->version && !watch->has_failed))
        return error;
    error = look(watch, &version, knowledge);
    if (error != GARITA_STORE_OK)
        return error;
    if (memcmp(knowledge, watch->knowledge, sizeof knowledge) == 0 && !is_damaged(&watch->view)) {
        watch->version = version; /* a credential was issued, a decision logged */
        return GARITA_STORE_OK;
    }
    error = load(watch, &new);
    if (error == GARITA_STORE_OK)
        replace(watch, &new);
    return error;
}

void home_watch_refresh(struct home_watch *watch)
{
    if (watch->has_failed && steady_s() < watch->retry_s)
        return;
    garita_store_error error = refresh(watch);
    if (error != GARITA_STORE_OK && !watch->has_failed)
        report_warning(watch->context,
                       _("what this home knows cannot be read anew (%s); going on by what was "
                         "known before; see: garita doctor"),
                       _(garita_store_error_text(error)));
    watch->has_failed = error != GARITA_STORE_OK;
    if (watch->has_failed)
        watch->retry_s = steady_s() + RETRY_AFTER_S;
}
