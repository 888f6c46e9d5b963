#include "carried_keep.h"

#include <garita/store_logs.h>

#include "report.h"
#include "store_report.h"

struct reading {
    garita_carried_list *kept;
    bool out_of_memory;
};

static bool visit(void *data, const garita_carried *carried, garita_bytes statement)
{
    struct reading *reading = data;

    (void)statement;
    reading->out_of_memory = !garita_carried_list_add(reading->kept, carried);
    return !reading->out_of_memory;
}

exit_status carried_keep_open(const struct context *context, struct carried_keep *keep,
                              garita_store *store, const garita_trust *trust)
{
    struct reading reading = {.kept = &keep->kept};

    keep->store = store;
    keep->trust = trust;
    garita_store_error error = garita_store_load_book(store, &keep->book, trust, NULL, NULL);
    if (error == GARITA_STORE_OK)
        error = garita_store_each_carried(store, visit, &reading);
    if (reading.out_of_memory)
        return report_no_memory(context);
    garita_carried_list_sort(&keep->kept);
    return error == GARITA_STORE_OK ? EXIT_DONE
                                    : store_report(context, error, garita_store_detail(store));
}

void carried_keep_free(struct carried_keep *keep)
{
    garita_carried_list_free(&keep->kept);
    garita_book_free(keep->book);
    *keep = (struct carried_keep){0};
}

/* Keeps one in the place of what is gone for it. */
static garita_store_error put(struct carried_keep *keep, const garita_carried_ruling *ruling,
                              const garita_carried *carried, const uint8_t *bytes, size_t bytes_len)
{
    garita_store_error error = GARITA_STORE_OK;

    for (size_t i = 0; i < ruling->gone_count && error == GARITA_STORE_OK; i++)
        error = garita_store_remove_carried(keep->store, &ruling->gone[i].digest);
    if (error == GARITA_STORE_OK)
        error = garita_store_add_carried(keep->store, carried, bytes, bytes_len);
    return error;
}

/* Of one that is kept: what it took the place of. */
static carried_kept outcome_of(const garita_carried_ruling *ruling, const garita_carried *carried)
{
    if (ruling->has_twin)
        return CARRIED_KEPT_TWIN;
    for (size_t i = 0; i < ruling->gone_count; i++)
        if (garita_carried_compare(carried, &ruling->gone[i]) == GARITA_CARRIED_NEWER)
            return CARRIED_KEPT_RENEWED;
    return CARRIED_KEPT_ADDED;
}

exit_status carried_keep_one(const struct context *context, struct carried_keep *keep,
                             carried_kept *out, garita_error *why, const garita_issuer **signer,
                             const uint8_t *bytes, size_t bytes_len)
{
    garita_carried carried;
    garita_carried_ruling ruling;

    *out = CARRIED_KEPT_REFUSED;
    if (garita_carried_judge(&carried, signer, why, keep->trust, keep->book, bytes, bytes_len) !=
        GARITA_CARRIED_STANDS)
        return EXIT_DONE;
    if (!garita_carried_place(&ruling, &keep->kept, &carried))
        return report_no_memory(context);
    if (ruling.is_kept) {
        garita_store_error error = put(keep, &ruling, &carried, bytes, bytes_len);
        if (error != GARITA_STORE_OK)
            return store_report(context, error, garita_store_detail(keep->store));
        *out = outcome_of(&ruling, &carried);
    } else if (ruling.has_twin) {
        *why = GARITA_E_SERIAL_TAKEN;
    } else if (ruling.is_full) {
        *why = GARITA_E_FULL;
    } else {
        *out = ruling.is_known ? CARRIED_KEPT_KNOWN : CARRIED_KEPT_OLDER;
    }
    return EXIT_DONE;
}
