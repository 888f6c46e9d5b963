#include "bugs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run.h"

enum { EXIT_USAGE = 64 };

#ifdef ENGINE_BUGS
static const struct {
    unsigned bug;
    const char *name;
} planted[] = {
    {ENGINE_BUG_SEND_BEFORE_PERSIST, "send-before-persist"},
    {ENGINE_BUG_CACHED_VECTOR, "cached-vector"},
    {ENGINE_BUG_IN_FLIGHT, "in-flight"},
    {ENGINE_BUG_SMALLER_HEAD, "smaller-head"},
    {ENGINE_BUG_NO_HEARTBEATS, "no-heartbeats"},
    {ENGINE_BUG_NO_ITEMS, "no-items"},
    {ENGINE_BUG_NO_ANTI_ENTROPY, "no-anti-entropy"},
    {ENGINE_BUG_PROOF_ONCE, "proof-once"},
    {ENGINE_BUG_NO_BOUND, "no-bound"},
    {ENGINE_BUG_REVOKED_PEER, "revoked-peer"},
    {ENGINE_BUG_STALE_RUN, "stale-run"},
};
_Static_assert(sizeof planted / sizeof planted[0] == ENGINE_BUG_END - 1, "each has a name");

static bool is_found(size_t which, uint64_t from, uint64_t seeds, unsigned nodes)
{
    for (uint64_t seed = from; seed < from + seeds; seed++) {
        struct sim_options options = run_options(seed, nodes);
        struct run_result result;
        options.bug = planted[which].bug;
        options.is_quiet = true;
        run(&result, &options);
        if (result.has_failed) {
            printf("%-22s found with seed %" PRIu64 ": %s\n", planted[which].name, seed,
                   result.failure);
            return true;
        }
    }
    printf("%-22s NOT FOUND in %" PRIu64 " seeds\n", planted[which].name, seeds);
    return false;
}

int bugs(const char *name, uint64_t from, uint64_t seeds, unsigned nodes)
{
    bool is_known = false, are_found = true;

    for (size_t i = 0; i < sizeof planted / sizeof planted[0]; i++) {
        if (strcmp(name, "all") != 0 && strcmp(name, planted[i].name) != 0)
            continue;
        is_known = true;
        are_found = is_found(i, from, seeds, nodes) && are_found;
    }
    if (!is_known) {
        fprintf(stderr, "sim: no bug is called %s\n", name);
        return EXIT_USAGE;
    }
    return are_found ? 0 : 1;
}
#else
int bugs(const char *name, uint64_t from, uint64_t seeds, unsigned nodes)
{
    (void)name;
    (void)from;
    (void)seeds;
    (void)nodes;
    fputs("sim: this is the engine of garitad, without bugs: run sim_bugs\n", stderr);
    return EXIT_USAGE;
}
#endif
