/* cli/policy_standing.h: the policies that a home has, and whether each of them rules here now. */
#ifndef GARITA_CLI_POLICY_STANDING_H
#define GARITA_CLI_POLICY_STANDING_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/policies.h>

#include "buffer.h"
#include "carried_list.h"
#include "context.h"
#include "exit_status.h"
#include "home_view.h"

/* X(constant, stable name) */
#define POLICY_STANDINGS(X)                                                                        \
    X(IN_FORCE, "in-force")                                                                        \
    X(NOT_YET, "not-yet")     /* it begins later */                                                \
    X(OVER, "over")           /* its time is over */                                               \
    X(NEWER, "newer")         /* another of its authority's is in force: instead */                \
    X(SUSPENDED, "suspended") /* its serial */                                                     \
    X(REVOKED, "revoked")     /* its serial, or its signer */                                      \
    X(SIGNER_SUSPENDED, "signer-suspended")                                                        \
    X(EQUIVOCATED, "equivocated")                 /* its signer has shown two histories */         \
    X(SIGNER_NOT_IN_FORCE, "signer-not-in-force") /* no chain of it, by its dates */               \
    X(UNREADABLE, "unreadable")         /* newer than this program: lanes are without a policy */  \
    X(ELSEWHERE, "elsewhere")           /* of another country than the home */                     \
    X(NO_COUNTRY, "no-country")         /* the home was told none */                               \
    X(OUT_OF_SCOPE, "out-of-scope")     /* its signer may not say it */                            \
    X(UNKNOWN_ISSUER, "unknown-issuer") /* its signer is trusted no longer */                      \
    X(NO_CLOCK, "no-clock")

typedef enum policy_standing {
#define POLICY_STANDING_ENUM(constant, name) POLICY_STANDING_##constant,
    POLICY_STANDINGS(POLICY_STANDING_ENUM)
#undef POLICY_STANDING_ENUM
} policy_standing;

/* One that is kept here. */
struct policy_here {
    const struct carried_one *carried;
    garita_policy *policy; /* null: this program cannot read it */
    policy_standing standing;
    uint32_t instead; /* NEWER: the serial that rules */
};

/* All that are kept here, and by what that was judged. Zero it before first use. */
struct policies_here {
    garita_store *store;
    struct home_view view;
    garita_clock clock;
    struct carried_list carried;
    struct policy_here *at; /* by authority, the highest serial first */
    size_t count;
};

/* Opens the home and looks at all of them. EXIT_DONE, or another status after a report. */
exit_status policies_here_read(const struct context *context, struct policies_here *out);
void policies_here_free(struct policies_here *policies); /* an empty one is allowed */

/* The one with these bytes; null if it is not here. */
const struct policy_here *policies_here_find(const struct policies_here *policies,
                                             const uint8_t *bytes, size_t bytes_len);

/* Adds two lines about a policy: its title, country and authority; its serial and how it stands. */
void policy_standing_add_policy(struct buffer *out, const struct policies_here *policies,
                                const struct policy_here *one);

/* The same as JSON: {"serial","issuer","issuer_name","title","country","from","until","standing",
 * "instead"}. Null without memory. */
json_t *policy_standing_to_json(const struct policy_here *one);

#endif
