#include <sodium.h>
#include <string.h>

#include <garita/store_signing.h>

#include "home_store.h"
#include "i18n.h"
#include "json_out.h"
#include "report.h"
#include "scope_text.h"
#include "store_report.h"
#include "verbs.h"

struct init_options {
    const char *country;
};

static const struct option options[] = {
    OPTION_TEXT("country", 0, "CODE", struct init_options, country,
                N_("the country that the home is in, such as USA")),
    OPTION_END,
};

static exit_status other_country(const struct context *context, const garita_home *home)
{
    return report_failure(context,
                          &(struct failure){EXIT_EXISTS, "exists", context->home, 0,
                                            _("a home keeps its country: make another with "
                                              "--home DIR")},
                          _("there is a home already, and its country is %s"),
                          home->country[0] != '\0' ? home->country : _("not set"));
}

/* Checkpoints sign nothing, so that a counter that cannot be made does not end it here: whoever
 * signs is told again. */
static exit_status make_counter(const struct context *context)
{
    garita_store *store;
    garita_store_error error = GARITA_STORE_OK;

    if (context->state == NULL) {
        report_warning(
            context, "%s",
            _("cannot tell where to keep count of what this home signs; before it signs, "
              "name a folder with --state DIR"));
        return EXIT_DONE;
    }
    exit_status status = home_store_open(context, &store, GARITA_STORE_WRITE);
    if (status == EXIT_DONE)
        error = garita_store_make_counter(store, context->state);
    if (error == GARITA_STORE_COUNTER)
        report_warning(context,
                       _("the home cannot sign yet: the counter of what it signs cannot be written "
                         "(%s)"),
                       garita_store_detail(store));
    else if (error != GARITA_STORE_OK)
        status = store_report(context, error, garita_store_detail(store));
    garita_store_close(store);
    return status;
}

static exit_status tell(const struct context *context, const garita_home *home, bool created)
{
    char id[2 * GARITA_HOME_ID_SIZE + 1];

    if (!context->json) {
        report_note(context, created ? _("made the home %s") : _("there is a home already: %s"),
                    context->home);
        return EXIT_DONE;
    }
    sodium_bin2hex(id, sizeof id, home->id, sizeof home->id);
    return json_out(
        context, json_pack("{s:o, s:s, s:o, s:b}", "home", json_out_text_or_null(context->home),
                           "home_id", id, "country",
                           json_out_text_or_null(home->country[0] != '\0' ? home->country : NULL),
                           "created", (int)created));
}

static exit_status run(const struct context *context, const void *values, char *const *operands,
                       size_t operand_count)
{
    const struct init_options *init = values;
    char country[GARITA_COUNTRY_SIZE] = "";
    char detail[GARITA_STORE_DETAIL_SIZE];
    uint8_t id[GARITA_HOME_ID_SIZE];
    garita_home home;
    bool created;
    exit_status status = EXIT_DONE;

    (void)operands;
    (void)operand_count;
    if (init->country != NULL)
        status = scope_text_read_country(context, country, "country", init->country);
    if (status != EXIT_DONE)
        return status;

    randombytes_buf(id, sizeof id);
    garita_store_error error =
        garita_store_create(&created, &home, detail, context->home, country, id);
    if (error != GARITA_STORE_OK)
        return store_report(context, error, detail);
    if (init->country != NULL && strcmp(country, home.country) != 0)
        return other_country(context, &home);
    status = make_counter(context);
    return status == EXIT_DONE ? tell(context, &home, created) : status;
}

const struct verb verb_init = {
    .name = "init",
    .summary = N_("make a home: the directory that holds keys, trust and the register"),
    .synopsis = "garita init [--country CODE]",
    .help = N_("Makes the directory (mode 0700) and its store. A home that is there already\n"
               "is left as it is. What the home signs is counted outside of it, in a file below\n"
               "--state: a home that was restored from a backup, or copied, does not have the\n"
               "same count, and signs nothing until it has caught up with the world.\n"
               "\n"
               "  garita init --country USA\n"
               "  garita --home /media/usb/garita init"),
    .options = options,
    .options_size = sizeof(struct init_options),
    .needs_home = true,
    .run = run,
};
