#include "log_state.h"

#include <stddef.h>

#include "revoked.h"

enum log_state log_state_of(const garita_book *book, const garita_trust *trust,
                            const garita_issuer *authority, const garita_lane *lane,
                            garita_place place, const garita_clock *clock)
{
    const garita_log *log = garita_book_log(book, authority);
    const garita_status_source *source = garita_book_status(book);
    garita_status status = {0};

    if (revoked_authority(book, trust, authority) != NULL)
        return LOG_STATE_REVOKED;
    if (log != NULL && log->is_damaged)
        return LOG_STATE_DAMAGED;
    source->look_up(source->context, &status, authority, 0);
    if (!status.has_head)
        return LOG_STATE_MISSING;
    if (status.equivocated)
        return LOG_STATE_EQUIVOCATED;
    if (clock->is_known && status.signed_at - GARITA_CLOCK_SKEW_S > clock->now)
        return LOG_STATE_AHEAD;
    if (!clock->is_known || garita_status_freshness(&status, lane, place, clock) != GARITA_FRESH)
        return LOG_STATE_STALE;
    return LOG_STATE_CURRENT;
}

const char *log_state_name(enum log_state state)
{
    switch (state) {
    case LOG_STATE_DAMAGED:
        return "damaged";
    case LOG_STATE_REVOKED:
        return "revoked";
    case LOG_STATE_EQUIVOCATED:
        return "equivocated";
    case LOG_STATE_AHEAD:
        return "ahead";
    case LOG_STATE_STALE:
        return "stale";
    case LOG_STATE_CURRENT:
        return "current";
    case LOG_STATE_MISSING:
        break;
    }
    return "missing";
}

garita_place log_state_place(const struct authority_logs *logs, const garita_issuer *authority)
{
    if (authority->level == 0)
        return GARITA_PLACE_ANCHOR;
    for (size_t i = 0; i < logs->count; i++) {
        const garita_issuer *other = logs->at[i].authority;
        if (other->level == authority->level + 1 &&
            garita_issuer_same_authority(other->parent, authority))
            return GARITA_PLACE_BETWEEN;
    }
    return GARITA_PLACE_ISSUER;
}

const char *log_state_place_name(garita_place place)
{
    switch (place) {
    case GARITA_PLACE_ANCHOR:
        return "anchor";
    case GARITA_PLACE_BETWEEN:
        return "between";
    case GARITA_PLACE_ISSUER:
        break;
    }
    return "issuer";
}
