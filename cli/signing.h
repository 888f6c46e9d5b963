/* cli/signing.h: which authority a key of this home is, and whether it may sign what is wanted. */
#ifndef GARITA_CLI_SIGNING_H
#define GARITA_CLI_SIGNING_H

#include <stdbool.h>
#include <stdint.h>

#include <garita/book.h>
#include <garita/store.h>

#include "context.h"
#include "exit_status.h"
#include "secret_key.h"

/* Zero it before first use. */
struct signing {
    garita_store *store;   /* open for writing */
    garita_trust *trust;   /* of garita_store_load_signers */
    garita_book *book;     /* the logs that tell whether the key was revoked, and no other */
    struct secret_key key; /* loaded; see secret_key_unlock */
};

/* Opens the home and loads the key of this name. Returns EXIT_DONE, or another status after a
 * report; close it in any case. */
exit_status signing_open(const struct context *context, struct signing *out, const char *key_name);
void signing_close(struct signing *signing);

/* Loads the authorities, and who of them is revoked, anew: inside a transaction, where nobody can
 * change them. */
exit_status signing_reload(const struct context *context, struct signing *signing);

/* The next record of the key; null in, first out, null after the last. */
const garita_issuer *signing_next(const struct signing *signing, const garita_issuer *after);

/* Checks that the key is of exactly one authority. EXIT_NOT_ALLOWED after a report if this home
 * knows none, or two between which nobody could tell. */
exit_status signing_check_known(const struct context *context, const struct signing *signing);

/* What is to be signed. */
struct wish {
    garita_type type;
    uint64_t programmes;           /* that it gives */
    uint32_t types;                /* that it gives: of an authority statement */
    const garita_scope *countries; /* only its countries; null for none */
    bool is_level; /* an authority one level below, with this many levels below it */
    uint8_t depth;
    int64_t ends; /* moment at which it ends */
};

typedef enum refusal {
    REFUSAL_NONE = 0,
    /* in the order in which they are looked for */
    REFUSAL_REVOKED,
    REFUSAL_NOT_YET,
    REFUSAL_EXPIRED,
    REFUSAL_TYPE,
    REFUSAL_LEVEL,
    REFUSAL_COUNTRIES,
    REFUSAL_PROGRAMMES,
    REFUSAL_TYPES,
    REFUSAL_DEPTH,
    REFUSAL_ENDS
} refusal;

/* The record under which the wish is granted at this moment, with REFUSAL_NONE; or, of those of the
 * key, the one that comes nearest, with what stands against it. The key must be known. */
const garita_issuer *signing_choose(const struct signing *signing, refusal *why,
                                    const struct wish *wish, int64_t now);

/* What stands against the wish under this record alone. */
refusal signing_judge(const struct signing *signing, const garita_issuer *issuer,
                      const struct wish *wish, int64_t now);

/* Reports a refusal: EXIT_NOT_ALLOWED. source and line as in struct failure. */
exit_status signing_refuse(const struct context *context, const struct signing *signing,
                           const char *source, uint64_t line, refusal why,
                           const garita_issuer *issuer, const struct wish *wish);

/* The last day on which what the issuer signs can be in force. */
uint32_t signing_last_day(const garita_issuer *issuer);

/* The moment at which something is signed; EXIT_NOT_ALLOWED after a report if no clock can be read.
 */
exit_status signing_clock(const struct context *context, int64_t *now);

#endif
