#include "scan_lane.h"

#include <stdio.h>

bool scan_lane_choose(struct scan_lane *out, const struct context *context,
                      const struct home_view *view, const char *name)
{
    const garita_lane *builtin = garita_lane_builtin(name);
    const garita_clock clock = home_view_clock(context, view);

    out->policy = NULL;
    if (builtin != NULL) {
        out->rules = *builtin;
        return true;
    }
    switch (garita_policies_lane(&out->rules, &out->policy, view->policies, name, &clock)) {
    case GARITA_LANE_RULED:
        return true;
    case GARITA_LANE_LACKING:
        out->policy = NULL;
        return true;
    case GARITA_LANE_UNKNOWN:
        break;
    }
    out->rules = *garita_lane_builtin("default");
    out->rules.lacks_policy = true;
    out->policy = NULL;
    (void)snprintf(out->rules.name, sizeof out->rules.name, "%s", name);
    return false;
}
