/* cli/policy_json.h: a policy as its authors write it (garita-policy(1)), in both directions.
 *
 * Reading finds every mistake, each with its place; what the file leaves out gets its default here,
 * so that nobody after it asks again.
 */
#ifndef GARITA_CLI_POLICY_JSON_H
#define GARITA_CLI_POLICY_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/policy.h>

#include "context.h"
#include "exit_status.h"
#include "policy_example.h"
#include "policy_mistakes.h"

/* A policy of the greatest length that a statement may have, as text, and hundreds of examples. */
#define POLICY_JSON_BYTES_MAX ((size_t)4 * 1024 * 1024)

struct policy_json_part;

/* A policy file. Zero it before first use. */
struct policy_json {
    /* Without a serial; from is 0 unless has_from. Its lanes stand by name, those of the file by
     * order. It points into root and parts. */
    garita_policy policy;
    bool has_from;
    size_t *lane_at; /* of each lane in policy: its place in the file's list */
    struct policy_examples examples;
    json_t *root;
    struct policy_json_part *parts; /* what was allocated */
};

/* Reads a policy file. False if it has mistakes, which are added: *out may then lack parts, and is
 * only to be freed. */
bool policy_json_read(struct policy_json *out, struct policy_mistakes *mistakes, const char *text,
                      size_t text_len);

void policy_json_free(struct policy_json *policy); /* an empty one is allowed */

/* Whether bytes may be such a file, by how they begin: no text begins as a statement does. */
bool policy_json_is_text(const uint8_t *bytes, size_t len);

/* A policy as its file would be, without examples: what every field says, defaults too. Null if
 * memory ran out. */
json_t *policy_json_write(const garita_policy *policy);
json_t *policy_json_write_lane(const garita_lane *lane);
json_t *policy_json_write_words(const garita_words *words);    /* {"en":…,"es":…} */
json_t *policy_json_write_expression(garita_bytes expression); /* of a rule that was checked */

#endif
