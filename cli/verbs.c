#include "verbs.h"

const struct verb *const verbs[] = {
    &verb_init,  &verb_key,  &verb_authority, &verb_node, &verb_trust,
    &verb_policy, &verb_issue, &verb_join, &verb_revoke, &verb_suspend, &verb_reinstate, &verb_head, &verb_scan, &verb_log, &verb_inspect,   &verb_status, &verb_peers,
    &verb_clock, &verb_doctor, &verb_sync, &verb_audit, NULL,
};
