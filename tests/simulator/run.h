/* run.h: one seed: a world in which everything goes wrong for a while, and then calm, in which all
 * that are connected and honest are to agree.
 */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include "sim.h"

/* Options for a run of so many nodes. */
struct sim_options run_options(uint64_t seed, unsigned nodes);

/* What came of it. */
struct run_result {
    bool has_failed;
    uint64_t hash; /* of all that happened */
    uint64_t events;
    int64_t calm_us; /* virtual time from calm to agreement */
    uint64_t injected[SIM_FAULT_END];
    size_t memory_max; /* the most that an honest engine took */
    char failure[256];
};

/* Runs it; where it fails says so on standard error, with the trace, unless it is quiet. */
void run(struct run_result *out, const struct sim_options *options);

#endif
