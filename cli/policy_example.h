/* cli/policy_example.h: the example travelers of a policy file, each with the verdict that it must
 * get.
 */
#ifndef GARITA_CLI_POLICY_EXAMPLE_H
#define GARITA_CLI_POLICY_EXAMPLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/batch.h>
#include <garita/policy.h>
#include <garita/verify.h>

#include "claims.h"
#include "json_place.h"
#include "policy_mistakes.h"

/* More examples than anybody reads; each costs as many signatures as it has statements. */
enum { POLICY_EXAMPLES_MAX = 1000 };

/* One who comes. */
struct policy_member {
    struct claims claims; /* of a credential */
    garita_standing standing;
    struct claims *attestations;
    size_t attestation_count; /* at most GARITA_SHOWN_MAX */
};

struct policy_example {
    garita_words name;
    const char *lane;
    int64_t at;   /* moment */
    size_t party; /* how many are said to come; 0: nobody said */
    struct policy_member *members;
    size_t member_count;    /* 1 to GARITA_PARTY_MAX */
    garita_outcome outcome; /* that is expected */
    garita_reason reason;
};

/* Texts point into the JSON that they were read from. Zero it before first use. */
struct policy_examples {
    struct policy_example *at;
    size_t count;
};

/* Reads the list; a null value is none. policy is that of the file, whose lanes they name. What is
 * wrong is added to the mistakes, and the list is then only to be freed. */
void policy_examples_read(struct policy_examples *out, struct policy_mistakes *mistakes,
                          const struct json_place *place, const json_t *value,
                          const garita_policy *policy);

void policy_examples_free(struct policy_examples *examples); /* an empty one is allowed */

/* The earliest moment of all; INT64_MAX without an example. And the latest; INT64_MIN. */
int64_t policy_examples_first(const struct policy_examples *examples);
int64_t policy_examples_last(const struct policy_examples *examples);

#endif
