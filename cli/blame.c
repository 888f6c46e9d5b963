#include "blame.h"

#include <stddef.h>

/* Whether this step of the chain gives the reason. */
static bool gives(garita_reason reason, const garita_setting *setting, const garita_status *status,
                  garita_place place, uint32_t serial, bool is_own)
{
    switch (reason) {
    case GARITA_REASON_ISSUER_REVOKED:
        return !is_own && status->standing == GARITA_STANDING_REVOKED;
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

static const garita_issuer *find(garita_reason reason, const garita_issuer *issuer, uint32_t serial,
                                 const garita_setting *setting)
{
    const garita_issuer *authority = issuer;
    garita_place place = GARITA_PLACE_ISSUER;
    const garita_issuer *below = NULL; /* whose serial it is; null for the statement's own */

    if (authority == NULL || setting->status == NULL)
        return NULL;
    /* The statement's serial in its issuer's log; then each record's own in its parent's, up to
     * the anchor's, which is its own parent. */
    for (;;) {
        garita_status status = {0};
        setting->status->look_up(setting->status->context, &status, authority, serial);
        if (gives(reason, setting, &status, place, serial, below == NULL))
            return authority;
        if (below != NULL && below->parent == below)
            return NULL;
        below = below == NULL ? issuer : below->parent;
        authority = below->parent;
        serial = below->serial;
        place = authority->level == 0 ? GARITA_PLACE_ANCHOR : GARITA_PLACE_BETWEEN;
    }
}

const garita_issuer *blame_of(const garita_verdict *verdict, const garita_setting *setting)
{
    if (!verdict->has_credential)
        return NULL;
    return find(verdict->reason, verdict->issuer, verdict->credential.serial, setting);
}

const garita_issuer *blame_of_shown(const garita_shown *shown, const garita_setting *setting)
{
    if (!shown->is_readable)
        return NULL;
    return find(shown->reason, shown->issuer, shown->attestation.serial, setting);
}
