/* cli/policy_trial.h: what a policy gives for example travelers: found by the real thing, in a
 * world of its own, with keys that nobody keeps.
 *
 * In that world each country that may be concerned has an anchor and, below it, one agency that may
 * sign anything. What is issued is really signed, the policy too; every status log has a head of
 * the moment of the example.
 */
#ifndef GARITA_CLI_POLICY_TRIAL_H
#define GARITA_CLI_POLICY_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/party.h>
#include <garita/policies.h>

#include "policy_example.h"

/* The policy's own country, and those of the programmes. */
enum { POLICY_TRIAL_COUNTRIES = 4 };

struct policy_trial_country {
    char country[GARITA_COUNTRY_SIZE];
    uint8_t *anchor_key, *agency_key; /* guarded; GARITA_SECRET_KEY_SIZE bytes each */
    const garita_issuer *anchor, *agency;
    uint32_t issued; /* by the agency */
};

/* Zero it before first use. */
struct policy_trial {
    garita_trust *trust;
    struct policy_trial_country countries[POLICY_TRIAL_COUNTRIES]; /* the policy's own first */
    size_t country_count;
    garita_event *events; /* room for a batch */
    uint8_t *statement;   /* the policy's */
    size_t statement_len;
    /* of the last run */
    garita_book *book;
    garita_policies *policies;
    garita_lane lane;
    garita_verdict *verdicts; /* on the heap, as are statements and shown */
    struct policy_trial_statement *statements;
    garita_shown *shown;
};

/* Makes the world, and signs the policy in it as if it were in force from one moment until another.
 * Free it in any case. An error of garita_policy_issue with its fault, or NO_MEMORY. */
garita_error policy_trial_open(struct policy_trial *out, garita_fault *fault,
                               const garita_policy *policy, int64_t from, int64_t until);
void policy_trial_close(struct policy_trial *trial); /* wipes; an empty one is allowed */

/* The whole party, not one of its members. */
#define POLICY_TRIAL_PARTY SIZE_MAX

/* Why a verdict is not better. */
struct policy_finding {
    size_t member; /* of the example, or POLICY_TRIAL_PARTY */
    garita_reason reason;
    garita_utf8 rule;        /* the id of the rule that failed; len 0: it was none */
    garita_words words;      /* the rule's or requirement's description, or a role's title */
    garita_utf8 denied;      /* the id that the lane denies */
    garita_rule_error error; /* that the rule met; OK: it gave false */
    size_t missing;          /* so many more of that role, or without words of anybody */
    bool is_unemployed; /* the employer that this member's credential names is not in the party */
    int kind;           /* of an attestation that does not count, for this reason; else 0 */
};

enum { POLICY_FINDINGS_MAX = 24 };

struct policy_result {
    bool has_lane; /* the policy names the lane; else nothing was judged */
    garita_outcome outcome;
    garita_reason reason;
    /* Which of the lane's failed or were lacking, of some member: bit n for number n. */
    uint64_t rules_failed;
    uint32_t requirements_lacked;
    size_t
        finding_count; /* the first POLICY_FINDINGS_MAX; behind them is room for one to be lost */
    struct policy_finding findings[POLICY_FINDINGS_MAX + 1];
};

/* Runs an example. *out points into the trial, until its next run. NO_MEMORY, or an error of
 * garita_credential_issue or garita_attestation_issue with its fault: then *member (and
 * *attestation, SIZE_MAX if it is the credential) says of which. */
garita_error policy_trial_run(struct policy_result *out, garita_fault *fault, size_t *member,
                              size_t *attestation, struct policy_trial *trial,
                              const struct policy_example *example);

#endif
