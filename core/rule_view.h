/* rule_view.h: what a rule sees, of what is sure or of what is in doubt too. Private. */
#ifndef GARITA_RULE_VIEW_H
#define GARITA_RULE_VIEW_H

#include <garita/verify.h>

/* As garita_rule_view, which has with_doubtful false: else the attestations that are in doubt stand
 * among those that count, by the same rule of ages. */
void garita_rule_view_draw(garita_value *out, garita_room *room, char texts[GARITA_VIEW_TEXT_MAX],
                           const garita_verdict *verdict, const garita_setting *setting,
                           bool with_doubtful);

#endif
