#include "store_report.h"

#include <stddef.h>

#include "i18n.h"
#include "report.h"

static exit_status status_of(garita_store_error error)
{
    switch (error) {
    case GARITA_STORE_NO_HOME:
    case GARITA_STORE_ABSENT:
        return EXIT_NOT_FOUND;
    case GARITA_STORE_NOT_A_HOME:
    case GARITA_STORE_NEWER:
        return EXIT_BAD_INPUT;
    case GARITA_STORE_EXISTS:
        return EXIT_EXISTS;
    case GARITA_STORE_READ_ONLY:
    case GARITA_STORE_DENIED:
    case GARITA_STORE_NO_SERIAL:
        return EXIT_NOT_ALLOWED;
    case GARITA_STORE_OK:
    case GARITA_STORE_NEEDS_RECOVERY:
    case GARITA_STORE_LOCKED:
    case GARITA_STORE_DISK_FULL:
    case GARITA_STORE_CORRUPT:
    case GARITA_STORE_IO:
    case GARITA_STORE_NO_MEMORY:
    case GARITA_STORE_COUNTER:
        break;
    }
    return EXIT_IO;
}

static const char *hint_for(garita_store_error error)
{
    switch (error) {
    case GARITA_STORE_NO_HOME:
        return _(
            "\"garita init\" makes a home, and \"garita trust add FILE --anchor\" pins whom it "
            "trusts; --home DIR names another place");
    case GARITA_STORE_NEWER:
        return _("use the newer version of this program");
    case GARITA_STORE_NEEDS_RECOVERY:
        return _("run any command on this home once where it can be written");
    case GARITA_STORE_LOCKED:
        return _("try again when the other process is done");
    case GARITA_STORE_DISK_FULL:
        return _("nothing was changed: make room on the disk, then run this again");
    case GARITA_STORE_CORRUPT:
        return _("keep a copy of the home as it is, then restore a backup");
    case GARITA_STORE_COUNTER:
        return _("whoever signs has to be able to write in this folder");
    default:
        return NULL;
    }
}

exit_status store_report(const struct context *context, garita_store_error error,
                         const char *detail)
{
    const char *text = _(garita_store_error_text(error));
    const char *source = error == GARITA_STORE_COUNTER ? context->state : context->home;

    return report_failure(context,
                          &(struct failure){status_of(error), garita_store_error_name(error),
                                            source, 0, hint_for(error)},
                          detail[0] != '\0' ? "%s (%s)" : "%s%s", text, detail);
}
