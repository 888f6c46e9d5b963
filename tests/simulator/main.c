/* sim: runs seeds of the simulated world (tests/simulator/run.h), and prints what was injected.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "bugs.h"
#include "figures.h"
#include "verified.h"
#include "run.h"
#include "world.h"

static const char usage[] =
    "usage: sim [--seeds N] [--from SEED] [--nodes N]   runs N seeds (50) of so many nodes (20), "
    "up to\n"
    "           [--go-on]                               the first that fails; or all the same\n"
    "       sim --seed SEED [--nodes N] [--trace]       one seed; --trace prints all that happens\n"
    "       sim --same SEED [--nodes N]                 one seed twice: the traces must be the "
    "same\n"
    "       sim --bug NAME|all [--seeds N] [--nodes N]  a planted mistake must be found "
    "(sim_bugs)\n"
    "       sim --figures [NAME]                        the figures that are simulated\n"
    "Exits 0 if nothing failed, 1 if something did: with the seed, and a trace of what came "
    "before.\n";

enum { EXIT_USAGE = 64 };

struct arguments {
    uint64_t from, seeds;
    unsigned nodes;
    bool is_one, is_same, is_loud, goes_on, are_figures;
    const char *bug, *figure;
};

static void print_summary(const uint64_t *injected, size_t memory, uint64_t seeds, unsigned nodes,
                          uint64_t failures, uint64_t events, double seconds)
{
    uint64_t asked, checked;

    printf("%-48s %12s\n", "injected", "times");
    for (unsigned i = 0; i < SIM_FAULT_END; i++)
        printf("%-48s %12" PRIu64 "\n", sim_fault_words(i), injected[i]);
    verified_counts(&asked, &checked);
    printf("\n%" PRIu64 " seeds of %u nodes, %" PRIu64 " failures; %.1f million events in %.1f s, "
           "%.0f a second\n",
           seeds, nodes, failures, (double)events / 1e6, seconds, (double)events / seconds);
    printf("the most that an honest engine took of memory: %zu KiB\n", memory / 1024);
    printf("signatures and keys are checked once: %" PRIu64 " asked for, %" PRIu64
           " worked out by libsodium\n",
           asked, checked);
}

static double now(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static int run_seeds(const struct arguments *arguments)
{
    uint64_t injected[SIM_FAULT_END] = {0}, failures = 0, events = 0, seed;
    size_t memory = 0;
    double start = now();

    for (seed = arguments->from;
         seed < arguments->from + arguments->seeds && (failures == 0 || arguments->goes_on);
         seed++) {
        struct sim_options options = run_options(seed, arguments->nodes);
        struct run_result result;
        options.is_loud = arguments->is_loud;
        run(&result, &options);
        failures += result.has_failed;
        events += result.events;
        memory = result.memory_max > memory ? result.memory_max : memory;
        for (unsigned i = 0; i < SIM_FAULT_END; i++)
            injected[i] += result.injected[i];
    }
    print_summary(injected, memory, seed - arguments->from, arguments->nodes, failures, events,
                  now() - start);
    return failures == 0 ? 0 : 1;
}

static int run_twice(const struct arguments *arguments)
{
    struct sim_options options = run_options(arguments->from, arguments->nodes);
    struct run_result results[2];

    for (size_t i = 0; i < 2; i++) {
        verified_forget(); /* what was verified before must make no difference */
        run(&results[i], &options);
    }
    printf("seed %" PRIu64 ": trace hashes %016" PRIx64 " and %016" PRIx64 ", %" PRIu64 " events\n",
           arguments->from, results[0].hash, results[1].hash, results[0].events);
    return results[0].hash == results[1].hash && !results[0].has_failed ? 0 : 1;
}

static uint64_t number(const char *text)
{
    char *end;
    uint64_t out = strtoull(text == NULL ? "" : text, &end, 10);

    if (text == NULL || *end != '\0' || end == text || text[0] == '-') {
        fputs(usage, stderr);
        exit(EXIT_USAGE);
    }
    return out;
}

static bool parse(struct arguments *out, char **argv)
{
    *out = (struct arguments){.from = 1, .seeds = 50, .nodes = 20};
    for (size_t i = 1; argv[i] != NULL; i++) {
        const char *option = argv[i];
        if (strcmp(option, "--trace") == 0) {
            out->is_loud = true;
        } else if (strcmp(option, "--go-on") == 0) {
            out->goes_on = true;
        } else if (strcmp(option, "--figures") == 0) {
            out->are_figures = true;
            if (argv[i + 1] != NULL)
                out->figure = argv[++i];
        } else if (strcmp(option, "--seeds") == 0) {
            out->seeds = number(argv[i + 1]);
            i++;
        } else if (strcmp(option, "--from") == 0) {
            out->from = number(argv[i + 1]);
            i++;
        } else if (strcmp(option, "--seed") == 0 || strcmp(option, "--same") == 0) {
            out->is_one = true;
            out->is_same = strcmp(option, "--same") == 0;
            out->from = number(argv[i + 1]);
            out->seeds = 1;
            i++;
        } else if (strcmp(option, "--nodes") == 0) {
            uint64_t nodes = number(argv[i + 1]);
            if (nodes < 4 || nodes > 1000)
                return false;
            out->nodes = (unsigned)nodes;
            i++;
        } else if (strcmp(option, "--bug") == 0 && argv[i + 1] != NULL) {
            out->bug = argv[++i];
        } else {
            return false;
        }
    }
    return true;
}

/* The simulator has a source of chance of its own: nothing it links may have another. */
static uint32_t no_chance(void)
{
    world_abort(__FILE__, __LINE__, "nobody draws from the machine");
}

static void no_bytes(void *const out, const size_t len)
{
    (void)out;
    (void)len;
    world_abort(__FILE__, __LINE__, "nobody draws from the machine");
}

static const char *its_name(void)
{
    return "none";
}

int main(int argc, char **argv)
{
    static randombytes_implementation none = {
        .implementation_name = its_name, .random = no_chance, .buf = no_bytes};
    struct arguments arguments;

    (void)argc;
    for (size_t i = 1; argv[i] != NULL; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        }
    }
    if (!parse(&arguments, argv)) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    WORLD_REQUIRE(garita_init() == GARITA_OK);
    randombytes_set_implementation(&none);
    int status = arguments.are_figures ? figures(arguments.figure)
                 : arguments.bug != NULL
                     ? bugs(arguments.bug, arguments.from, arguments.seeds, arguments.nodes)
                 : arguments.is_same ? run_twice(&arguments)
                                     : run_seeds(&arguments);
    verified_forget();
    return status;
}
