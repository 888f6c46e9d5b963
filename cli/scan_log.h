/* cli/scan_log.h: `garita scan --log`: verdicts into the home's log of decisions.
 *
 * What is shown is in the log: the entries of a group of verdicts are committed, together, before
 * the first of them is written. But an officer must not be blind because a disk is full: what
 * cannot be logged is shown all the same, with a warning, is tried again with the next group, and
 * what is not in the log in the end makes the scan end with EXIT_IO.
 */
#ifndef GARITA_CLI_SCAN_LOG_H
#define GARITA_CLI_SCAN_LOG_H

#include <stdbool.h>

#include <garita/party.h>
#include <garita/verify.h>

#include "buffer.h"
#include "context.h"
#include "exit_status.h"

struct scan_log;

/* Opens the home's log for writing, and the node key, which is made if there is none. Returns
 * EXIT_DONE, or another status after a report, and then *out is null. */
exit_status scan_log_open(const struct context *context, struct scan_log **out, bool with_names);

/* Adds the entry for a verdict to a worker's entries; of a member of a party with what was decided
 * of the party. By any number of threads, to entries of their own. A null log does nothing. */
void scan_log_note(struct buffer *entries, const struct scan_log *log,
                   const garita_verdict *verdict, const garita_setting *setting);
void scan_log_note_member(struct buffer *entries, const struct scan_log *log,
                          const garita_party *party, const garita_verdict *member,
                          const garita_setting *setting);

/* Takes over a worker's entries, which are empty then, behind those taken over before. */
void scan_log_take(struct scan_log *log, struct buffer *entries);

/* Commits what was taken over. False if it is not in the log now: once that has happened, verdicts
 * are to be written first, so that nobody waits for a disk in trouble, until it is true again. */
bool scan_log_commit(struct scan_log *log);
bool scan_log_is_behind(const struct scan_log *log);

/* Commits what is left, signs a tip of this run, and frees the log. Returns EXIT_DONE, or EXIT_IO
 * after having reported how many decisions are not in it. Null is allowed. */
exit_status scan_log_close(struct scan_log *log);

#endif
