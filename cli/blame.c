#include "blame.h"

#include <stddef.h>

/* Whether this step of the chain gives the reason. */
static bool gives(const garita_verdict *verdict, const garita_setting *setting,
                  const garita_status *status, garita_place place, uint32_t serial,
                  bool is_credential)
{
    switch (verdict->reason) {
    case GARITA_REASON_ISSUER_REVOKED:
        return !is_credential && status->standing == GARITA_STANDING_REVOKED;
    case GARITA_REASON_SUSPENDED:
        return status->standing == GARITA_STANDING_SUSPENDED;
    case GARITA_REASON_ISSUER_EQUIVOCATED:
        return status->equivocated;
    case GARITA_REASON_SERIAL_UNKNOWN:
        return status->has_head && serial > status->issued;
    case GARITA_REASON_STATUS_MISSING:
        return !status->has_head;
    case GARITA_REASON_STATUS_STALE:
        return status->has_head && garita_status_freshness(status, setting->lane, place,
                                                           &setting->clock) != GARITA_FRESH;
    default:
        return false;
    }
}

const garita_issuer *blame_of(const garita_verdict *verdict, const garita_setting *setting)
{
    const garita_issuer *authority = verdict->issuer;
    uint32_t serial = verdict->credential.serial;
    garita_place place = GARITA_PLACE_ISSUER;
    const garita_issuer *below = NULL; /* whose serial it is; null for the credential */

    if (authority == NULL || !verdict->has_credential || setting->status == NULL)
        return NULL;
    /* The credential's serial in its issuer's log; then each record's own in its parent's, up to
     * the anchor's, which is its own parent. */
    for (;;) {
        garita_status status = {0};
        setting->status->look_up(setting->status->context, &status, authority, serial);
        if (gives(verdict, setting, &status, place, serial, below == NULL))
            return authority;
        if (below != NULL && below->parent == below)
            return NULL;
        below = below == NULL ? verdict->issuer : below->parent;
        authority = below->parent;
        serial = below->serial;
        place = authority->level == 0 ? GARITA_PLACE_ANCHOR : GARITA_PLACE_BETWEEN;
    }
}
