/* The lanes that are built in, and whom a lane denies. */
#include <garita/lane.h>

#include <string.h>

#include <garita/programme.h>

enum { DAY_S = 86400 };

/* Any programme, those that no table of today lists among them, but for the one that stands for
 * attestations alone: nobody travels by it. */
#define PROGRAMMES (UINT64_MAX & ~(UINT64_C(1) << GARITA_PROGRAMME_HEALTH))

/* One age for each level of the chain: a log that nothing is added to is signed anew less often the
 * higher it stands (DESIGN, rule of trust 6). */
static const garita_lane lanes[] = {
    {.name = "default",
     .programmes = PROGRAMMES,
     .refer_after = {.issuer = 7 * DAY_S, .between = 90 * DAY_S, .anchor = 400 * DAY_S}},
    {.name = "any",
     .programmes = PROGRAMMES,
     .waives_status_missing = true,
     .waives_serial_unknown = true,
     .waives_freshness = true,
     .waives_policy = true},
};

const garita_lane *garita_lane_builtin(const char *name)
{
    for (size_t i = 0; i < sizeof lanes / sizeof lanes[0]; i++)
        if (strcmp(lanes[i].name, name) == 0)
            return &lanes[i];
    return NULL;
}

bool garita_lane_denies(const garita_lane *lane, garita_utf8 id)
{
    for (size_t i = 0; i < lane->denied_count; i++)
        if (garita_company_id_equal(lane->denied[i], id))
            return true;
    return false;
}
