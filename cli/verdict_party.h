/* cli/verdict_party.h: a verdict about a party, for people. */
#ifndef GARITA_CLI_VERDICT_PARTY_H
#define GARITA_CLI_VERDICT_PARTY_H

#include <stdbool.h>
#include <stddef.h>

#include <garita/party.h>

#include "buffer.h"
#include "verdict_remarks.h"

/* A verdict about a party: a line for each member, then the word, why and what to do; or a line.
 * The members were judged by remarks->setting; remarks has no origin. */
void verdict_party_add(struct buffer *out, const garita_party *party,
                       const garita_verdict *const *members, const struct remarks *remarks,
                       const struct screen *screen, bool is_big);

/* That this member of a party has come, and who is still missing. */
void verdict_party_add_member(struct buffer *out, const garita_party *party,
                              const garita_verdict *const *members, size_t index,
                              const struct remarks *remarks, const struct screen *screen,
                              bool is_big);

#endif
