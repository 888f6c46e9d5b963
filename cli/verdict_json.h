/* cli/verdict_json.h: a verdict as one line of JSON. */
#ifndef GARITA_CLI_VERDICT_JSON_H
#define GARITA_CLI_VERDICT_JSON_H

#include <garita/party.h>
#include <garita/verify.h>

#include "buffer.h"
#include "verdict_remarks.h"

/* Adds {"verdict":…} and a line feed. The members are those of the contract (README, "JSON"); what
 * is not known is null. issuer is a claim until the check "signature" has passed; issuer_name,
 * serial, programme, and holder, company or vehicle are there only then. */
void verdict_json_add(struct buffer *out, const garita_verdict *verdict,
                      const struct remarks *remarks);

/* The same for a party: {"verdict","reason","party":{…},"members":[…]}, where each member is such
 * an object as above. origins is of as many as party->count; remarks has no origin. */
void verdict_json_add_party(struct buffer *out, const garita_party *party,
                            const garita_verdict *const *members, const struct origin *origins,
                            const struct remarks *remarks);

/* {"waiting":"party","party":{…},"member":{…},"source","line"}: a member has come, of the party as
 * it is now. */
void verdict_json_add_member(struct buffer *out, const garita_party *party,
                             const garita_verdict *member, const struct remarks *remarks);

/* {"waiting":"credential","attestation":{…},"source","line"}: nobody here whom it is about. */
void verdict_json_add_waiting(struct buffer *out, const garita_shown *shown,
                              const struct origin *origin);

#endif
