/* figures.h: the figures of the gossip that a simulation can give, as tables. */
#ifndef SIM_FIGURES_H
#define SIM_FIGURES_H

/* All of them, or the one with this name. The exit status: 0 if those that have a goal reached it.
 */
int figures(const char *name);

#endif
