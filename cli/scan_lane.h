/* cli/scan_lane.h: the lane that a scan judges for: built in, or as the policies that are in force
 * at this moment say it.
 */
#ifndef GARITA_CLI_SCAN_LANE_H
#define GARITA_CLI_SCAN_LANE_H

#include <stdbool.h>

#include <garita/policies.h>

#include "context.h"
#include "home_view.h"

struct scan_lane {
    garita_lane rules;                   /* points into the view by which it was chosen */
    const garita_policies_entry *policy; /* that says so; null of a built-in lane, or where none is
                                            in force */
};

/* Chooses the lane by this name at this moment. False if no policy of the view ever named it: *out
 * is then a lane whose policy is missing, for a scan that has begun under one that has gone since.
 */
bool scan_lane_choose(struct scan_lane *out, const struct context *context,
                      const struct home_view *view, const char *name);

#endif
