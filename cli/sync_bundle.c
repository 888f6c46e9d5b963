#include "sync_bundle.h"

#include <string.h>

#include <garita/bundle.h>
#include <garita/statement.h>

#include "i18n.h"
#include "report.h"

/* What somebody may have given instead of a bundle. */
static const char *hint_of(const uint8_t *bytes, size_t bytes_len)
{
    static const char list[] = "garita-h";

    if (bytes_len >= sizeof list - 1 && memcmp(bytes, list, sizeof list - 1) == 0)
        return _("this is a list of what a home has: give it to garita sync export --for");
    if (garita_statement_type(bytes, bytes_len) == GARITA_TYPE_AUTHORITY)
        return _("this is a single statement: garita trust add takes it");
    return _("a bundle is what \"garita sync export -o FILE\" writes");
}

exit_status sync_bundle_check(const struct context *context, const char *source,
                              const uint8_t *bytes, size_t bytes_len)
{
    garita_bundle_reader reader;
    garita_error error = garita_bundle_open(&reader, bytes, bytes_len);
    const struct failure failure = {EXIT_BAD_INPUT, garita_error_name(error), source, 0,
                                    hint_of(bytes, bytes_len)};

    if (error == GARITA_OK)
        return EXIT_DONE;
    if (error == GARITA_E_UNSUPPORTED_VERSION)
        return report_failure(context, &failure, "%s",
                              _("a bundle of a newer version of this program"));
    return report_failure(context, &failure, "%s", _("not a bundle"));
}
