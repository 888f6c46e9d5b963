#include "verbs.h"

const struct verb *const verbs[] = {
    &verb_init,  &verb_key,  &verb_authority, &verb_trust,
    &verb_issue, &verb_scan, &verb_inspect,   NULL,
};
