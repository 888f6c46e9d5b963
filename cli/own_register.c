#include "own_register.h"

#include "i18n.h"
#include "own_serials.h"
#include "report.h"
#include "store_report.h"

exit_status own_register_serial(const struct context *context, uint32_t *out,
                                const struct signing *signing,
                                const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    exit_status status = own_serials_reserve(context, signing);

    if (status != EXIT_DONE)
        return status;
    garita_store_error error = garita_store_next_serial(signing->store, out, first_key);
    return error == GARITA_STORE_OK
               ? EXIT_DONE
               : store_report(context, error, garita_store_detail(signing->store));
}

exit_status own_register_add(const struct context *context, const struct signing *signing,
                             const garita_register_entry *entry)
{
    garita_store_error error = garita_store_register(signing->store, entry);

    return error == GARITA_STORE_OK
               ? EXIT_DONE
               : store_report(context, error, garita_store_detail(signing->store));
}

exit_status own_register_refuse(const struct context *context, garita_error error,
                                const garita_fault *fault)
{
    if (error == GARITA_E_NO_MEMORY)
        return report_no_memory(context);
    return report_failure(context,
                          &(struct failure){EXIT_USAGE, garita_error_name(error), NULL, 0, NULL},
                          "%s: %s", fault->field, _(garita_error_text(error)));
}
