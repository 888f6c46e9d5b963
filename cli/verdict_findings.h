/* cli/verdict_findings.h: all that the lane's policy finds wrong with a credential, not its first
 * reason alone.
 */
#ifndef GARITA_CLI_VERDICT_FINDINGS_H
#define GARITA_CLI_VERDICT_FINDINGS_H

#include <stddef.h>

#include <garita/verify.h>

#include "buffer.h"

struct finding {
    garita_reason reason; /* of the stage policy */
    garita_outcome outcome;
    garita_words words;      /* what the policy says of it; empty if nothing */
    const garita_rule *rule; /* of RULE_FAILED */
    garita_rule_error error; /* why that could not be applied; OK: it was, and is not met */
};

enum { FINDINGS_MAX = GARITA_REQUIREMENTS_MAX + GARITA_RULES_MAX + 5 };

/* In the order of the table of reasons, then of the lane's lists. How many; none of a verdict that
 * passed the stage policy, or was not judged by it. setting is what the verdict was given by. */
size_t verdict_findings(struct finding out[FINDINGS_MAX], const garita_verdict *verdict,
                        const garita_setting *setting);

/* The one that the verdict's reason is about, or null. */
const struct finding *verdict_finding_of(const struct finding *findings, size_t count,
                                         const garita_verdict *verdict);

/* The words in the chosen language. */
garita_utf8 verdict_words(const garita_words *words);

/* The name that the credential or an attestation gives the company that the lane denies; len 0 if
 * they give none. verdict->denied.len > 0. */
garita_utf8 verdict_denied_name(const garita_verdict *verdict);

#endif
