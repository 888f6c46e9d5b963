/* Whether a carried statement stands: the same for what comes and for what is kept. */
#include <garita/carried.h>

#include <string.h>

/* Whether a record may sign statements of this type; of nodes, of this country. */
static bool is_in_scope(const garita_issuer *record, garita_type type, const char *country)
{
    return garita_scope_has_type(&record->scope, type) &&
           (!country || garita_scope_has_country(&record->scope, country));
}

bool garita_carried_is_good(const garita_book *book, const garita_issuer *record, uint32_t serial)
{
    const garita_status_source *source = garita_book_status(book);
    garita_status status = {0};
    if (garita_book_is_revoked(book, record))
        return false;
    source->look_up(source->context, &status, record, serial);
    return status.standing != GARITA_STANDING_REVOKED;
}

/* Whether an authority, which was found to have signed it, has the key by a statement that stands:
 * a renewal may where the first was revoked. */
static bool stands(const garita_trust *trust, const garita_book *book, const garita_issuer *signer,
                   const garita_carried *carried, const uint8_t *bytes, size_t bytes_len)
{
    garita_peek peek;
    garita_node node;
    const char *country = NULL;
    if (garita_statement_peek(&peek, NULL, carried->type, bytes, bytes_len) != GARITA_OK)
        return false;
    if (carried->type == GARITA_TYPE_NODE) {
        if (garita_node_inspect(&node, NULL, NULL, bytes, bytes_len) != GARITA_OK)
            return false;
        country = node.country;
    }
    for (const garita_issuer *r = NULL;
         (r = garita_trust_find(trust, r, &peek.signer, peek.key_number)) != NULL;)
        if (garita_issuer_same_authority(r, signer) && is_in_scope(r, carried->type, country) &&
            garita_carried_is_good(book, r, carried->serial))
            return true;
    return false;
}

garita_carried_judgement garita_carried_judge(garita_carried *out, const garita_issuer **signer,
                                              garita_error *error, const garita_trust *trust,
                                              const garita_book *book, const uint8_t *bytes,
                                              size_t bytes_len)
{
    garita_carried_judgement found = GARITA_CARRIED_OF_NOBODY;
    const garita_issuer *each = NULL;
    garita_carried carried;
    *signer = NULL;
    *error = garita_carried_read(&carried, &each, trust, NULL, bytes, bytes_len);
    while (each) {
        bool is_standing = stands(trust, book, each, &carried, bytes, bytes_len);
        bool is_first = found == GARITA_CARRIED_OF_NOBODY;
        if (is_standing && (found != GARITA_CARRIED_STANDS ||
                            memcmp(&carried.log, &out->log, sizeof out->log) < 0)) {
            found = GARITA_CARRIED_STANDS;
            *out = carried;
            *signer = each;
        } else if (is_first) {
            found = GARITA_CARRIED_WITHDRAWN;
            *out = carried;
            *signer = each;
        }
        const garita_issuer *after = each;
        garita_carried_read(&carried, &each, trust, after, bytes, bytes_len);
    }
    return found;
}
