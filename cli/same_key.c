#include "same_key.h"

#include <stdlib.h>
#include <string.h>

#include <garita/authority.h>
#include <garita/store_logs.h>

#include "report.h"
#include "store_report.h"

/* What a statement of this home says of whom, whoever signed it. */
struct said {
    uint32_t serial;
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
};

struct search {
    garita_id signer;
    struct said *said;
    size_t count, cap;
    bool out_of_memory;
};

static bool collect(void *data, const uint8_t *bytes, size_t bytes_len)
{
    struct search *search = data;
    garita_authority authority;
    garita_peek peek;

    if (garita_authority_inspect(&authority, &peek, NULL, bytes, bytes_len) != GARITA_OK ||
        !garita_id_equal(&peek.signer, &search->signer))
        return true;
    if (search->count == search->cap) {
        size_t cap = search->cap == 0 ? 16 : 2 * search->cap;
        struct said *grown = realloc(search->said, cap * sizeof *grown);
        search->out_of_memory = grown == NULL;
        if (grown == NULL)
            return false;
        search->said = grown;
        search->cap = cap;
    }
    struct said *said = &search->said[search->count++];
    said->serial = authority.serial;
    memcpy(said->public_key, authority.public_key, sizeof said->public_key);
    return true;
}

/* An id is a hint: two authorities of this home may share one. */
static garita_store_error is_of(garita_store *store, bool *out, const struct said *said,
                                const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    garita_register_entry entry;
    garita_authority authority;
    garita_store_error error = garita_store_get_serial(store, &entry, first_key, said->serial);

    *out = error == GARITA_STORE_OK && entry.type == GARITA_TYPE_AUTHORITY &&
           garita_authority_inspect(&authority, NULL, NULL, entry.bytes, entry.bytes_len) ==
               GARITA_OK &&
           memcmp(authority.public_key, said->public_key, sizeof said->public_key) == 0;
    return error == GARITA_STORE_ABSENT ? GARITA_STORE_OK : error;
}

static bool is_named(const struct search *search, const struct said *wanted,
                     const struct serials *serials)
{
    for (size_t i = 0; i < search->count; i++)
        if (serials_has(serials, search->said[i].serial) &&
            memcmp(search->said[i].public_key, wanted->public_key, sizeof wanted->public_key) == 0)
            return true;
    return false;
}

exit_status same_key_find(const struct context *context, struct serials *out, garita_store *store,
                          const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                          const struct serials *serials)
{
    struct search search = {0};
    bool has_memory = true;

    garita_key_id(&search.signer, first_key);
    garita_store_error error = garita_store_each_own_authority(store, collect, &search);
    for (size_t i = 0; i < search.count && error == GARITA_STORE_OK && has_memory; i++) {
        const struct said *said = &search.said[i];
        bool is_ours;
        if (serials_has(serials, said->serial) || !is_named(&search, said, serials))
            continue;
        error = is_of(store, &is_ours, said, first_key);
        if (is_ours)
            has_memory = serials_add(out, said->serial);
    }
    free(search.said);
    if (search.out_of_memory || !has_memory)
        return report_no_memory(context);
    serials_sort(out);
    return error == GARITA_STORE_OK ? EXIT_DONE
                                    : store_report(context, error, garita_store_detail(store));
}
