/* finding.h: what the stages found, one after another, and the verdict that it comes to. Private.
 */
#ifndef GARITA_FINDING_H
#define GARITA_FINDING_H

#include <garita/verify.h>

/* The rows of the table of reasons. */
garita_stage garita_reason_stage(garita_reason reason);
garita_outcome garita_reason_outcome(garita_reason reason);

/* Zero: nothing was judged. */
typedef struct garita_finding {
    garita_outcome outcome;
    garita_reason reason;
    garita_check checks[GARITA_STAGE_COUNT];
} garita_finding;

/* A reason was met, with the table's outcome or another. Reasons come in the table's order, so that
 * the first of the worst outcome stays. */
void garita_finding_fail(garita_finding *f, garita_reason reason);
void garita_finding_fail_as(garita_finding *f, garita_reason reason, garita_outcome outcome);

/* A stage was judged to its end: it has passed if nothing failed in it. */
void garita_finding_pass(garita_finding *f, garita_stage stage);

/* All was judged: accepted, if nothing failed. More that fails may follow. */
void garita_finding_accept(garita_finding *f);

#endif
