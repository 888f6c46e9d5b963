#include "own_serials.h"

#include <garita/head.h>
#include <garita/log.h>
#include <garita/store_logs.h>
#include <garita/store_signing.h>

#include "i18n.h"
#include "report.h"
#include "store_report.h"

/* A head that is kept in the log of a record. */
struct kept {
    uint8_t bytes[GARITA_HEAD_BYTES_MAX];
    size_t len;
    garita_head head;
    garita_peek peek;
};

static bool is_by(const struct signing *signing, const struct kept *kept,
                  const garita_issuer *authority)
{
    garita_head head;

    return garita_head_is_by(&head, signing->trust, authority, kept->bytes, kept->len);
}

/* Whether it is the authority's own word, whoever certified it: by its first key, which is what the
 * authority is known by, by this key itself, or by one that all have certified. Anybody may certify
 * the first key together with a further key of his own, to use up the serials. */
static bool is_own(const struct signing *signing, const struct kept *kept,
                   const garita_issuer *record)
{
    if (kept->peek.key_number == 1 || kept->peek.key_number == record->key_number)
        return true;
    for (const garita_issuer *other = signing_next(signing, NULL); other != NULL;
         other = signing_next(signing, other))
        if (!is_by(signing, kept, other))
            return false;
    return true;
}

static exit_status refuse(const struct context *context, const garita_issuer *record,
                          const struct kept *kept)
{
    return report_failure(
        context,
        &(struct failure){EXIT_NOT_ALLOWED, "serials-doubtful", context->home, 0,
                          _("if that one certified it without its wish, take that one away here (garita trust "
                          "remove). Else have the others certify that key too (garita authority "
                          "certify)")},
        _("nothing is issued: a head says that %s has assigned serials up to %lu, signed with a "
          "key, number %u, that %s certified and others who certified it did not"),
        record->name, (unsigned long)kept->head.issued, kept->peek.key_number,
        record->parent->name);
}

static exit_status read_head(const struct context *context, const struct signing *signing,
                             struct kept *out, const garita_issuer *record)
{
    garita_hash id;
    garita_fault fault;

    garita_log_id(&id, record);
    garita_store_error error = garita_store_get_head(signing->store, out->bytes, &out->len, &id);
    if (error == GARITA_STORE_ABSENT)
        return EXIT_DONE;
    if (error != GARITA_STORE_OK)
        return store_report(context, error, garita_store_detail(signing->store));
    if (garita_head_inspect(&out->head, &out->peek, &fault, out->bytes, out->len) != GARITA_OK)
        out->len = 0; /* damaged: whoever signs on top of it speaks of that */
    return EXIT_DONE;
}

static exit_status reserve(const struct context *context, const struct signing *signing,
                           const garita_issuer *record)
{
    struct kept kept = {.len = 0};
    uint32_t next = 0;
    exit_status status = read_head(context, signing, &kept, record);

    if (status != EXIT_DONE || kept.len == 0)
        return status;
    garita_store_error error = garita_store_next_serial(signing->store, &next, record->first_key);
    if (error == GARITA_STORE_NO_SERIAL)
        return EXIT_DONE; /* for whoever takes one to say */
    if (error == GARITA_STORE_OK && (kept.head.issued < next || !is_by(signing, &kept, record)))
        return EXIT_DONE;
    if (error == GARITA_STORE_OK && !is_own(signing, &kept, record))
        return refuse(context, record, &kept);
    if (error == GARITA_STORE_OK)
        error = garita_store_reserve(signing->store, record->first_key, kept.head.issued);
    return error == GARITA_STORE_OK
               ? EXIT_DONE
               : store_report(context, error, garita_store_detail(signing->store));
}

exit_status own_serials_reserve(const struct context *context, const struct signing *signing)
{
    exit_status status = EXIT_DONE;

    for (const garita_issuer *record = signing_next(signing, NULL);
         record != NULL && status == EXIT_DONE; record = signing_next(signing, record))
        status = reserve(context, signing, record);
    return status;
}
