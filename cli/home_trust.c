#include "home_trust.h"

#include <stdbool.h>
#include <string.h>

#include "home_store.h"
#include "i18n.h"
#include "report.h"

/* Whether an authority before this one has the same id. */
static bool is_told(const garita_trust *trust, size_t index)
{
    const garita_issuer *issuer = garita_trust_get(trust, index);

    for (size_t i = 0; i < index; i++)
        if (memcmp(&garita_trust_get(trust, i)->id, &issuer->id, sizeof issuer->id) == 0)
            return true;
    return false;
}

static void warn_of_contents(const struct context *context, const garita_trust *trust)
{
    char id[GARITA_ID_TEXT_SIZE];

    if (garita_trust_count(trust) == 0)
        report_warning(context, "%s",
                       _("no anchor is pinned here, so that every issuer is unknown: garita trust "
                         "add FILE --anchor"));
    for (size_t i = 0; i < garita_trust_count(trust); i++) {
        const garita_issuer *issuer = garita_trust_get(trust, i);
        if (!issuer->shares_id || is_told(trust, i))
            continue;
        garita_id_format(id, &issuer->id);
        report_warning(context, _("%s shares the id %s with another authority; each is tried"),
                       issuer->name, id);
    }
}

exit_status home_trust_load(const struct context *context, garita_trust **out)
{
    garita_store *store = NULL;

    *out = NULL;
    exit_status status = home_store_open(context, &store, GARITA_STORE_READ);
    if (status != EXIT_DONE)
        return status;
    status = home_store_load_trust(context, out, store);
    if (status == EXIT_DONE)
        warn_of_contents(context, *out);
    garita_store_close(store);
    return status;
}
