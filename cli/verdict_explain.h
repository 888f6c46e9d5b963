/* cli/verdict_explain.h: --explain: what the lane asked, what it looked at, and what came of it. */
#ifndef GARITA_CLI_VERDICT_EXPLAIN_H
#define GARITA_CLI_VERDICT_EXPLAIN_H

#include <garita/verify.h>

#include "buffer.h"
#include "verdict_remarks.h"

/* For people: the policy, the data that rules see, then each requirement and each rule with its
 * description, expression and outcome; a row each. Translated. */
void verdict_explain_add_text(struct buffer *out, const garita_verdict *verdict,
                              const struct remarks *remarks);

/* {"data":{…}|null,"requirements":[…],"rules":[…]}: the same for programs. data is null if no
 * credential could be read. */
void verdict_explain_add_json(struct buffer *out, const garita_verdict *verdict,
                              const struct remarks *remarks);

#endif
