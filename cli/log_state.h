/* cli/log_state.h: how an authority's status log stands here, by the limits of a lane. */
#ifndef GARITA_CLI_LOG_STATE_H
#define GARITA_CLI_LOG_STATE_H

#include <garita/book.h>
#include <garita/verify.h>

#include "authority_logs.h"

enum log_state {
    LOG_STATE_MISSING, /* no head of it is known */
    LOG_STATE_DAMAGED, /* there was one, and what is kept of it does not hold together */
    LOG_STATE_REVOKED, /* the authority is, or one above it: nothing of it is accepted */
    LOG_STATE_EQUIVOCATED, /* it has signed two histories, or what its batches do not make */
    LOG_STATE_AHEAD,       /* its newest head bears a time that the clock has not reached */
    LOG_STATE_STALE,
    LOG_STATE_CURRENT
};

/* As a verdict would find it: a head whose key was revoked since is none. Without a clock nothing is
 * current. */
enum log_state log_state_of(const garita_book *book, const garita_trust *trust,
                            const garita_issuer *authority, const garita_lane *lane,
                            garita_place place, const garita_clock *clock);

/* "missing", "damaged", "revoked", "equivocated", "ahead", "stale", "current" */
const char *log_state_name(enum log_state state);

/* Where the authority's log stands for what is issued in the usual way: an anchor's; one of an
 * authority that has others below it; else an issuer's. */
garita_place log_state_place(const struct authority_logs *logs, const garita_issuer *authority);

/* "issuer", "between", "anchor" */
const char *log_state_place_name(garita_place place);

#endif
