/* The tables of FORMAT.md, section 9, as names: stages, reasons, outcomes. */
#include "finding.h"

#include <assert.h>

static const char *const stage_names[] = {
#define STAGE_NAME(constant, name) name,
    GARITA_STAGES(STAGE_NAME)
#undef STAGE_NAME
};

static const struct {
    const char *code;
    garita_stage stage;
    garita_outcome outcome;
} reasons[] = {{"", GARITA_STAGE_FORM, GARITA_UNDECIDED},
#define REASON_ROW(constant, code, stage, outcome) {code, GARITA_STAGE_##stage, GARITA_##outcome},
               GARITA_REASONS(REASON_ROW)
#undef REASON_ROW
};

const char *garita_stage_name(garita_stage stage)
{
    assert(stage < GARITA_STAGE_COUNT);
    return stage_names[stage];
}

static size_t row(garita_reason reason)
{
    assert((size_t)reason < sizeof reasons / sizeof reasons[0]);
    return (size_t)reason;
}

const char *garita_reason_code(garita_reason reason)
{
    return reasons[row(reason)].code;
}

garita_stage garita_reason_stage(garita_reason reason)
{
    return reasons[row(reason)].stage;
}

garita_outcome garita_reason_outcome(garita_reason reason)
{
    return reasons[row(reason)].outcome;
}

const char *garita_outcome_name(garita_outcome outcome)
{
    switch (outcome) {
    case GARITA_ACCEPT:
        return "accept";
    case GARITA_REFER:
        return "refer";
    case GARITA_REJECT:
        return "reject";
    case GARITA_NO_VERDICT:
        return "none";
    case GARITA_UNDECIDED:
        break;
    }
    return "undecided";
}
