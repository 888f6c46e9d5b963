#include "revoked.h"

#include <stddef.h>

#include <garita/statement.h>

const garita_issuer *revoked_on_chain(const garita_book *book, const garita_issuer *record)
{
    if (!garita_book_is_revoked(book, record))
        return NULL;
    while (record->parent != record && garita_book_is_revoked(book, record->parent))
        record = record->parent;
    return record;
}

const garita_issuer *revoked_authority(const garita_book *book, const garita_trust *trust,
                                       const garita_issuer *authority)
{
    for (size_t i = 0; i < garita_trust_count(trust); i++) {
        const garita_issuer *record = garita_trust_get(trust, i);
        if (garita_issuer_same_authority(record, authority) &&
            !garita_book_is_revoked(book, record))
            return NULL;
    }
    return revoked_on_chain(book, authority);
}

const garita_issuer *revoked_signer(const garita_book *book, const garita_trust *trust,
                                    const garita_issuer *authority, garita_bytes head_statement)
{
    garita_peek peek;

    if (garita_statement_peek(&peek, NULL, GARITA_TYPE_HEAD, head_statement.at,
                              head_statement.len) != GARITA_OK)
        return NULL;
    for (const garita_issuer *record = NULL;
         (record = garita_trust_find(trust, record, &peek.signer, peek.key_number)) != NULL;)
        if (garita_issuer_same_authority(record, authority) && garita_book_is_revoked(book, record))
            return revoked_on_chain(book, record);
    return NULL;
}
