/* garita/policy.h: an authority's word about what its country's lanes accept (core/FORMAT.md,
 * "policy").
 */
#ifndef GARITA_POLICY_H
#define GARITA_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/error.h>
#include <garita/lane.h>
#include <garita/limits.h>
#include <garita/statement.h>
#include <garita/trust.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whether a policy may name a lane so: 1 to GARITA_LANE_NAME_BYTES_MAX of a-z, 0-9, hyphen, dot and
 * slash, and not the name of a built-in lane. */
bool garita_lane_name_is_wellformed(const char *text, size_t text_len);

/* What is decoded points into the statement's bytes, and at arrays that one allocation holds. */
typedef struct garita_policy {
    uint32_t serial;
    int64_t from;  /* moment from which it is in force */
    int64_t until; /* the first at which it no longer is */
    char country[GARITA_COUNTRY_SIZE];
    garita_words title;
    size_t lane_count; /* 1 to GARITA_LANES_MAX; names ascend */
    garita_lane *lanes;
} garita_policy;

/* Decodes a verified policy: all of it, each rule too, so that a lane only ever works with what was
 * checked. *out is on the heap, for garita_policy_free; it points into the verified bytes. Any
 * error of the canonical form or of a field, with the place in *fault (may be null): UNKNOWN_KEY
 * where it is newer than this program, KEY_ORDER and TWICE where names are not ascending, RULE and
 * the others of garita_rule_check, DATE_ORDER, COUNTRY, RANGE, EMPTY; NO_MEMORY. *out is then null.
 * _inspect is for tools that do not judge, as garita_credential_inspect. */
garita_error garita_policy_decode(garita_policy **out, garita_fault *fault,
                                  const garita_verified *verified);
garita_error garita_policy_inspect(garita_policy **out, garita_peek *peek, garita_fault *fault,
                                   const uint8_t *bytes, size_t bytes_len);
void garita_policy_free(garita_policy *policy); /* null is allowed */

/* The keys that come first, of a policy that cannot be decoded: so that one that is newer than the
 * program is not taken for none. False if these are not readable either, and then it is in force
 * from the beginning of time to its end, for every country: *from is INT64_MIN, *until INT64_MAX,
 * country empty, and *serial 0 if that is not readable. */
bool garita_policy_peek(uint32_t *serial, int64_t *from, int64_t *until,
                        char country[GARITA_COUNTRY_SIZE], const garita_verified *verified);

/* Encodes and signs a policy. The statement is on the heap, for free(); *out is null on an error.
 * The same policy and key give the same bytes, and what is written is read back first.
 *
 * policy->lanes may come in any order, and are written by name; denied ids must ascend (bytewise,
 * the shorter first), each once; requirements, rules and roles stay in their order. Not looked at:
 * a lane's country, which is the policy's, and what only built-in lanes have
 * (waives_status_missing, waives_freshness, waives_policy, lacks_policy).
 *
 * Any error that garita_policy_decode has for what it says, with fault->field (fault may be null)
 * such as "lanes.rules.expression" and in fault->at the index in policy->lanes of the lane that is
 * meant, 0 where none is; TOO_LONG beyond GARITA_POLICY_BYTES_MAX; NO_MEMORY. */
garita_error garita_policy_issue(uint8_t **out, size_t *out_len, garita_fault *fault,
                                 const garita_policy *policy, const garita_signer *signer);

/* Who in the trust set signed it and may: its scope has the type policy and the policy's country.
 * Further ones by after, and *error (may be null), as of garita_node_signer; NO_MEMORY. *out (may
 * be null) is the policy, for garita_policy_free, and points into bytes; null without a signer. */
const garita_issuer *garita_policy_signer(garita_policy **out, garita_error *error,
                                          const garita_trust *trust, const garita_issuer *after,
                                          const uint8_t *bytes, size_t bytes_len);

#ifdef __cplusplus
}
#endif

#endif
