/* cli/own_log.h: the status log of an authority that this home signs for.
 *
 * An authority that was certified in two places has a log for each, and all hold the same batches
 * under the same head: a head does not name the chain that it is of, and whoever trusts both offers
 * it to both, where two trees would prove two histories. Everything here happens in an act of signing
 * (signing_act.h), which the caller commits.
 */
#ifndef GARITA_CLI_OWN_LOG_H
#define GARITA_CLI_OWN_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include <garita/log.h>

#include "buffer.h"
#include "context.h"
#include "exit_status.h"
#include "signing.h"

struct own_log {
    garita_hash id;
    const garita_issuer *authority; /* a record of the key on this log's chain */
    const garita_issuer *signer;    /* the one under which heads are signed; null if none may */
    garita_log log;
    uint64_t first;    /* its size as it was loaded, or caught up: batches from here on are new */
    bool is_caught_up; /* with another, which is not kept yet */
};

/* Zero it before first use. */
struct own_logs {
    const struct context *context;
    const struct signing *signing;
    int64_t now;
    struct own_log *at;
    size_t count;
    garita_event *events, *scratch; /* room for a batch each */
    struct buffer batches;          /* that are new, for each log that may be signed */
    size_t *batch_ends;             /* in batches */
    size_t batch_count, batch_cap;
};

/* Whether heads may be signed with this key at this moment, for one log at least: before a
 * passphrase is asked for. EXIT_NOT_ALLOWED after a report. The key must be known. */
exit_status own_logs_check(const struct context *context, const struct signing *signing,
                           int64_t now);

/* The same for those whose own statements are the matter: says, once, that a head remains to be
 * signed with another key. */
void own_logs_warn_unsigned(const struct context *context, const struct signing *signing,
                            int64_t now);

/* Loads the logs of the key's authority, and lets those that heads may be signed for catch up with
 * the newest that a key of their authority signed. EXIT_IO after a report, where one does not hold
 * together too; EXIT_NOT_ALLOWED where they are not the same then: nothing can be signed that does
 * not contradict one of them. */
exit_status own_logs_load(struct own_logs *out, const struct context *context,
                          const struct signing *signing, int64_t now);
void own_logs_free(struct own_logs *logs); /* an empty one is allowed */

/* Warns where the newest head lies ahead of the clock: what is signed then, too; where it is proven
 * that two histories were signed; and where only some of the logs can go on. */
void own_logs_warn(const struct own_logs *logs);

/* How a serial stands: the gravest that any of the logs says. */
garita_standing own_logs_standing(const struct own_logs *logs, uint32_t serial);

/* Gives serials, ascending and each once, a standing where they have another, in every log that heads
 * may be signed for. *changed: how many events that were. */
exit_status own_logs_append(struct own_logs *logs, size_t *changed, const uint32_t *serials,
                            size_t count, garita_standing standing, garita_cause cause);

/* Whether a head signed now would bear a later moment than the newest that there is, in every log.
 */
bool own_logs_clock_moved(const struct own_logs *logs);

/* Signs a head, of all logs that the key may sign heads for, and keeps them. Where the clock has
 * not moved since the head before, the log moves on by an empty batch instead: many acts in one
 * second do not push heads into the future. valid_for_s: 0 for own_log_validity. */
exit_status own_logs_sign(struct own_logs *logs, int64_t valid_for_s);

/* The first log that the key may sign heads for; null if there is none. */
const struct own_log *own_logs_signed(const struct own_logs *logs);

/* Adds to a JSON object the log's newest head: "size", "issued", "signed_at", "next_due"; nothing
 * if it has none, or the object is null. */
void own_log_add_head(json_t *object, const struct own_log *own);

/* Whether the register holds a serial that no head knows of, as where a process was ended between.
 */
exit_status own_logs_behind(const struct own_logs *logs, bool *out);

/* A head, as each verb signs one that assigns a serial: loads, signs and frees. Does nothing where
 * the key may not sign heads, or, with only_if_behind, where the newest head knows all serials. */
exit_status own_logs_attest(const struct context *context, const struct signing *signing,
                            int64_t now, bool only_if_behind);

/* The longest that a head of this authority counts, and how long it is valid unless somebody says
 * otherwise: 400 days for an anchor, 90 for one that certifies others, 7 for whoever only issues.
 * Where an authority is both, each verdict caps what it reads (FORMAT.md, "head"). */
int64_t own_log_validity(const garita_issuer *authority);

#endif
