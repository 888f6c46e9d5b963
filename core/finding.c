#include "finding.h"

void garita_finding_fail_as(garita_finding *f, garita_reason reason, garita_outcome outcome)
{
    garita_check *check = &f->checks[garita_reason_stage(reason)];
    if (check->result != GARITA_CHECK_FAIL)
        *check = (garita_check){GARITA_CHECK_FAIL, reason};
    if (outcome > f->outcome) {
        f->outcome = outcome;
        f->reason = reason;
    }
}

void garita_finding_fail(garita_finding *f, garita_reason reason)
{
    garita_finding_fail_as(f, reason, garita_reason_outcome(reason));
}

void garita_finding_pass(garita_finding *f, garita_stage stage)
{
    if (f->checks[stage].result == GARITA_CHECK_SKIP)
        f->checks[stage].result = GARITA_CHECK_PASS;
}

void garita_finding_accept(garita_finding *f)
{
    if (f->outcome == GARITA_UNDECIDED) {
        f->outcome = GARITA_ACCEPT;
        f->reason = GARITA_REASON_OK;
    }
}
