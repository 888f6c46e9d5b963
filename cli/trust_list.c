#include "trust_verbs.h"

#include "home_store.h"
#include "i18n.h"
#include "issuer_text.h"
#include "json_out.h"
#include "report.h"

static exit_status print(const struct context *context, const garita_issuer *issuer)
{
    struct buffer text = {0};

    if (context->json)
        return json_out(context, issuer_text_to_json(issuer));
    issuer_text_add(&text, issuer);
    exit_status status = text.failed ? report_no_memory(context) : EXIT_DONE;
    fwrite(text.at, 1, text.len, context->out);
    buffer_free(&text);
    return status;
}

/* Each record, then those below it, in the order in which they came. The depth is bounded. */
static exit_status print_below(const struct context *context, const garita_trust *trust,
                               const garita_issuer *parent)
{
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < garita_trust_count(trust) && status == EXIT_DONE; i++) {
        const garita_issuer *issuer = garita_trust_get(trust, i);
        bool is_anchor = issuer->anchor == issuer;
        if (parent == NULL ? !is_anchor : is_anchor || issuer->parent != parent)
            continue;
        status = print(context, issuer);
        if (status == EXIT_DONE)
            status = print_below(context, trust, issuer);
    }
    return status;
}

exit_status trust_list_run(const struct context *context, const void *values, char *const *operands,
                           size_t operand_count)
{
    garita_store *store;
    garita_trust *trust = NULL;
    exit_status status = home_store_open(context, &store, GARITA_STORE_READ);

    (void)values;
    (void)operands;
    (void)operand_count;
    if (status == EXIT_DONE)
        status = home_store_load_trust(context, &trust, store);
    if (status == EXIT_DONE)
        status = print_below(context, trust, NULL);
    if (status == EXIT_DONE && garita_trust_count(trust) == 0)
        report_note(context, "%s",
                    _("nobody is trusted yet; pin an anchor with: garita trust add FILE --anchor"));
    garita_trust_free(trust);
    garita_store_close(store);
    return status;
}
