/* lane_judge.h: the stage policy of one credential: what its lane asks for. Private. */
#ifndef GARITA_LANE_JUDGE_H
#define GARITA_LANE_JUDGE_H

#include "finding.h"

/* Goes on with a finding that the other stages have decided. verdict->credential, issuer and what
 * was shown are there; fills verdict->requirements, rules and denied. */
void garita_lane_judge(garita_finding *f, garita_verdict *verdict, const garita_setting *setting);

/* What the table leaves to the lane's policy: REJECT unless it says REFER. */
garita_outcome garita_lane_mismatch_outcome(const garita_lane *lane);

#endif
