/* cli/policy_text.h: what a policy says, and why a verdict under it is what it is, in words and in
 * JSON.
 */
#ifndef GARITA_CLI_POLICY_TEXT_H
#define GARITA_CLI_POLICY_TEXT_H

#include <jansson.h>
#include <stddef.h>

#include <garita/lane.h>

#include "buffer.h"
#include "policy_example.h"
#include "policy_trial.h"

/* The text in the chosen language. */
garita_utf8 policy_text_words(const garita_words *words);

/* Adds it. */
void policy_text_add_words(struct buffer *out, const garita_words *words);

/* Add what a part of a lane asks, in a few words, without a line end. */
void policy_text_add_programmes(struct buffer *out, uint64_t programmes); /* "SENTRI, NEXUS" */
void policy_text_add_ages(struct buffer *out, const garita_lane_ages *ages);
void policy_text_add_requirement(struct buffer *out, const garita_requirement *requirement);
void policy_text_add_rule(struct buffer *out, const garita_rule *rule);
void policy_text_add_role(struct buffer *out, const garita_role *role);
void policy_text_add_outcome(struct buffer *out, const char *reason, garita_outcome outcome);

/* Adds a lane as lines, each with so many blanks before it: the name and title, then, two blanks
 * further in, all that it asks. With is_whole the expressions of rules and each denied id too. */
void policy_text_add_lane(struct buffer *out, const garita_lane *lane, size_t indent,
                          bool is_whole);

/* Adds "reject (rule-failed)"; of what has no lane that there is none. */
void policy_text_add_result(struct buffer *out, const struct policy_result *result);

/* Adds a finding of an example, without a line end: whose it is, the reason, and its words. */
void policy_text_add_finding(struct buffer *out, const struct policy_finding *finding,
                             const struct policy_example *example);

/* An array of {"reason":CODE,"member":N|null,"rule":ID|null,"text":{"en","es"}|null}, the member
 * from 0, and "denied", "error", "missing", "lacks_employer", "attestation" where the finding has
 * them. Null without memory. */
json_t *policy_text_json_findings(const struct policy_result *result);

#endif
