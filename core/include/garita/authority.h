/* garita/authority.h: one authority's word about another (core/FORMAT.md, "authority"). */
#ifndef GARITA_AUTHORITY_H
#define GARITA_AUTHORITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/error.h>
#include <garita/key.h>
#include <garita/limits.h>
#include <garita/statement.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What somebody may do. A scope only ever narrows on its way down a chain. */
typedef struct garita_scope {
    uint64_t programmes; /* bit n: programme n */
    uint32_t types;      /* bit n: statement type n */
    uint8_t depth;       /* further levels of authorities below this one */
    uint8_t country_count;
    /* ascending, zero-terminated: where its authorities, nodes and policies may be */
    char countries[GARITA_COUNTRIES_MAX][GARITA_COUNTRY_SIZE];
} garita_scope;

bool garita_scope_has_country(const garita_scope *scope, const char *country);
bool garita_scope_has_type(const garita_scope *scope, garita_type type);
bool garita_scope_has_programme(const garita_scope *scope, unsigned code);

/* Adds a well-formed country in its place; adding one twice changes nothing. False if full. */
bool garita_scope_add_country(garita_scope *scope, const char *country);

/* Whether inner asks for nothing that outer lacks, depth excepted. */
bool garita_scope_contains(const garita_scope *outer, const garita_scope *inner);

/* What a child of a holder of parent has of what its statement says: sets are intersected, and
 * depth is the smaller of the statement's and one less than the parent's (0 stays 0). */
void garita_scope_narrow(garita_scope *out, const garita_scope *parent, const garita_scope *child);

typedef struct garita_authority {
    uint32_t serial;     /* in the signer's space */
    bool has_start;      /* without a start it has always been in force */
    uint32_t not_before; /* day, if has_start */
    uint32_t expires;    /* day, inclusive */
    garita_id id;        /* the subject's, for life */
    uint8_t key_number;
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
    uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]; /* equals public_key if key_number is 1 */
    garita_utf8 name;
    char country[GARITA_COUNTRY_SIZE];
    /* Signed by the subject's own authority: an anchor, or an anchor's further key. Such a
     * statement carries no scope: the pin gives it. */
    bool self_issued;
    garita_scope scope; /* zero if self_issued */
} garita_authority;

/* As garita_credential_decode, _inspect and _issue. For _issue, id, first_key (if key_number is 1)
 * and self_issued are derived, whatever the struct says. */
garita_error garita_authority_decode(garita_authority *out, garita_fault *fault,
                                     const garita_verified *verified);
garita_error garita_authority_inspect(garita_authority *out, garita_peek *peek, garita_fault *fault,
                                      const uint8_t *bytes, size_t bytes_len);
garita_error garita_authority_issue(uint8_t *out, size_t *out_len, size_t out_cap,
                                    garita_fault *fault, const garita_authority *authority,
                                    const garita_signer *signer);

#ifdef __cplusplus
}
#endif

#endif
