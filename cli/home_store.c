#include "home_store.h"

#include "i18n.h"
#include "report.h"
#include "store_report.h"

exit_status home_store_open(const struct context *context, garita_store **out,
                            garita_store_mode mode)
{
    char detail[GARITA_STORE_DETAIL_SIZE];
    garita_store_error error = garita_store_open(out, detail, context->home, mode);

    if (error == GARITA_STORE_OK)
        return EXIT_DONE;
    /* That the file is not there is all that there is to say. */
    return store_report(context, error, error == GARITA_STORE_NO_HOME ? "" : detail);
}

void home_store_add_misfit(struct buffer *out, const garita_store_misfit *misfit)
{
    garita_authority authority;
    char id[GARITA_ID_TEXT_SIZE];

    if (garita_authority_inspect(&authority, NULL, NULL, misfit->bytes, misfit->bytes_len) !=
        GARITA_OK) {
        buffer_add_format(out, _("a stored authority statement is left out: %s"),
                          _(garita_error_text(misfit->error)));
        return;
    }
    garita_id_format(id, &authority.id);
    buffer_add_format(out, _("the stored statement about authority %s (%.*s) is left out: %s"), id,
                      (int)authority.name.len, authority.name.at,
                      _(garita_error_text(misfit->error)));
}

static void warn(void *data, const garita_store_misfit *misfit)
{
    const struct context *context = data;
    struct buffer text = {0};

    home_store_add_misfit(&text, misfit);
    report_warning(context, "%s", buffer_text(&text));
    buffer_free(&text);
}

typedef garita_store_error (*load)(garita_store *store, garita_trust **out,
                                   garita_store_on_misfit on_misfit, void *context);

static exit_status load_with(const struct context *context, garita_trust **out, garita_store *store,
                             load load_set)
{
    /* The callback's context is not const; a copy is. */
    struct context copy = *context;
    garita_store_error error = load_set(store, out, warn, &copy);

    return error == GARITA_STORE_OK ? EXIT_DONE
                                    : store_report(context, error, garita_store_detail(store));
}

exit_status home_store_load_trust(const struct context *context, garita_trust **out,
                                  garita_store *store)
{
    return load_with(context, out, store, garita_store_load_trust);
}

exit_status home_store_load_signers(const struct context *context, garita_trust **out,
                                    garita_store *store)
{
    return load_with(context, out, store, garita_store_load_signers);
}
