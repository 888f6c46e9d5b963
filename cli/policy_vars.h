/* cli/policy_vars.h: what a rule looks at, beside what there is to see: a slip in a name is null to
 * a rule, which then fails everybody, or nobody.
 */
#ifndef GARITA_CLI_POLICY_VARS_H
#define GARITA_CLI_POLICY_VARS_H

#include <jansson.h>

#include "json_place.h"
#include "policy_mistakes.h"

/* Warns of each {"var": PATH} in a valid expression whose path no view has (core/FORMAT.md, "What a
 * rule sees"). In what a reduce goes through, "current" and "accumulator" are whatever they are. */
void policy_vars_check(struct policy_mistakes *mistakes, const struct json_place *place,
                       const json_t *expression);

#endif
