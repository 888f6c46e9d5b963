/* cli/policy_loopholes.h: what a lane lets through that its author hardly meant: a requirement asks
 * for an attestation, and looks neither at a test's result nor at how many doses were given; and to
 * CertLogic two values that are missing are equal.
 */
#ifndef GARITA_CLI_POLICY_LOOPHOLES_H
#define GARITA_CLI_POLICY_LOOPHOLES_H

#include <jansson.h>

#include <garita/lane.h>

#include "json_place.h"
#include "policy_mistakes.h"

/* Warns of each alternative of a requirement that a test meets, if of a kind of subject that it is
 * asked of no rule reads attestations.test's result; and that a vaccination meets, if none reads
 * its dose. lane was read from value, whose lists have its requirements and rules in the same
 * order. */
void policy_loopholes_check_lane(struct policy_mistakes *mistakes, const struct json_place *place,
                                 const garita_lane *lane, const json_t *value);

/* Warns of each {"===": [{"var": …}, {"var": …}]} in a valid expression, unless it is evaluated
 * only where one of the two is there: in the second operand of an "if" whose condition is its
 * "var", or behind it in an "and". */
void policy_loopholes_check_rule(struct policy_mistakes *mistakes, const struct json_place *place,
                                 const json_t *expression);

/* Warns of an id of an employer or a company that has characters beyond ASCII. */
void policy_loopholes_check_id(struct policy_mistakes *mistakes, const struct json_place *place,
                               garita_utf8 id);

#endif
