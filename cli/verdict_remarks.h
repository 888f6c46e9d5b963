/* cli/verdict_remarks.h: what is to be said beside a verdict, for people and programs alike. */
#ifndef GARITA_CLI_VERDICT_REMARKS_H
#define GARITA_CLI_VERDICT_REMARKS_H

#include <stdbool.h>
#include <stdint.h>

#include <garita/policies.h>
#include <garita/verify.h>

#include "scan_code.h"
#include "terminal.h"

/* On what it is shown. */
struct screen {
    struct terminal terminal;
    bool has_color;
};

struct remarks {
    struct origin origin;
    const garita_setting *setting;       /* by which it was given */
    const garita_policies_entry *policy; /* that rules the lane; null for none */
    const char *hint;                    /* of advice_add_hint; null for nothing */
    const char *records;                 /* of advice_add_age; null for nothing */
    bool is_again;                       /* it takes the place of one that was given before, */
    uint64_t again_line;                 /* at this line; 0 if that had none */
    bool is_known;                       /* as nobody new was shown */
    bool explains;                       /* --explain: rules, data and outcomes too */
};

#endif
