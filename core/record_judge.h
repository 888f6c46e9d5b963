/* record_judge.h: what one record of the trust set makes of a statement: its chain, and all that
 * chain and logs say of what the statement claims. FORMAT.md, section 9, but for form, signature
 * and policy. Private.
 */
#ifndef GARITA_RECORD_JUDGE_H
#define GARITA_RECORD_JUDGE_H

#include "finding.h"

/* What a statement of any type claims that is judged in the same way. */
typedef struct garita_claims {
    uint32_t serial;
    int64_t begins; /* the first moment at which it is in force */
    int64_t ends;   /* the first at which it no longer is */
} garita_claims;

/* The statement's own serial, its issuer's and so on up to the anchor's own; an anchor's further
 * key is one step more. */
enum { GARITA_STEPS_MAX = GARITA_CHAIN_DEPTH_MAX + 3 };

typedef struct garita_step {
    const garita_issuer *authority; /* whose log it is */
    garita_status status;           /* of the serial that matters at this step */
} garita_step;

typedef struct garita_record {
    const garita_issuer *issuer;
    garita_finding finding;
    size_t step_count;
    garita_step steps[GARITA_STEPS_MAX]; /* [0] is the statement's */
} garita_record;

/* Judges the chain: nothing of the statement is known but who is said to have signed it. */
void garita_record_chain(garita_record *out, const garita_issuer *issuer,
                         const garita_setting *setting);

/* Judges the rest, once the signature is good: the finding is then decided, stage policy apart. */
void garita_record_claims(garita_record *record, const garita_setting *setting,
                          const garita_claims *claims, bool is_in_scope);

#endif
