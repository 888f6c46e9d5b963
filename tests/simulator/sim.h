/* sim.h: one simulated world: its nodes, the network between them, its time, and what goes wrong in
 * it.
 *
 * Everything hangs on the seed and on nothing else: time is a number, chance is dice.h, and what is
 * due at one time comes in the order in which it was put in.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "engine/engine.h"

#include "disk.h"
#include "queue.h"
#include "realm.h"
#include "trace.h"

#define SIM_MS INT64_C(1000) /* virtual time is in microseconds */
#define SIM_S (1000 * SIM_MS)
#define SIM_MINUTE (60 * SIM_S)
#define SIM_DAY (86400 * SIM_S)

/* What is injected. X(constant, words) */
#define SIM_FAULTS(X)                                                                              \
    X(LOSS, "packets lost")                                                                        \
    X(DUPLICATE, "packets duplicated")                                                             \
    X(REORDER, "packets out of order")                                                             \
    X(CLOG, "nodes on a clogged link")                                                             \
    X(ONE_WAY, "directions blocked")                                                               \
    X(PARTITION, "partitions")                                                                     \
    X(LONG_CUT, "cuts of days")                                                                    \
    X(CUT, "sessions cut with packets under way")                                                  \
    X(MOVE, "nodes moved to a new address")                                                        \
    X(CRASH, "crashes")                                                                            \
    X(CRASH_IN_WRITE, "crashes while something is written")                                        \
    X(CRASH_AFTER_WRITE, "crashes between persist and send")                                       \
    X(ROT, "records that rotted")                                                                  \
    X(FULL, "full disks")                                                                          \
    X(IMAGE, "nodes restored from an old image")                                                   \
    X(AGENCY_IMAGE, "agencies restored from an old image")                                         \
    X(CLOCK, "clocks that jumped")                                                                 \
    X(CLOCK_1970, "clocks that booted in 1970")                                                    \
    X(DRIFT, "clocks that drift")                                                                  \
    X(VERSION, "peers of a newer version")                                                         \
    X(STICK, "USB bundles")                                                                        \
    X(STICK_CUT, "USB bundles cut short")                                                          \
    X(STICK_OLD, "USB bundles that are old")                                                       \
    X(STICK_FOREIGN, "USB bundles of strangers")                                                   \
    X(STICK_GAP, "USB bundles with a gap")                                                         \
    X(STICK_HOSTILE, "USB bundles altered")                                                        \
    X(REVOCATION, "serials revoked")                                                               \
    X(ROTATION, "keys rotated")                                                                    \
    X(POLICY, "policies signed")                                                                   \
    X(NODE_REVOKED, "nodes revoked")                                                               \
    X(AUTHORITY_REVOKED, "authorities revoked")                                                    \
    X(SPLIT_SAME, "split views at one size")                                                       \
    X(SPLIT_OTHER, "split views at two sizes")                                                     \
    X(REGRESSION, "regressions")                                                                   \
    X(FOE_FLOOD, "peers that flood")                                                               \
    X(FOE_WITHHOLD, "peers that promise and withhold")                                             \
    X(FOE_DRIP, "peers that drip")                                                                 \
    X(FOE_REPLAY, "peers that replay")                                                             \
    X(FOE_FREEZE, "peers that freeze")                                                             \
    X(FOE_FORWARD, "peers that run ahead")                                                         \
    X(FOE_FORGE, "peers that forge")                                                               \
    X(FOE_BOMB, "peers that send bombs")                                                           \
    X(FOE_ECLIPSE, "peers that eclipse")

enum sim_fault {
#define SIM_FAULT_ENUM(constant, words) SIM_##constant,
    SIM_FAULTS(SIM_FAULT_ENUM)
#undef SIM_FAULT_ENUM
        SIM_FAULT_END
};

/* How the world is made. */
struct sim_options {
    uint64_t seed;
    unsigned nodes;
    unsigned bug;  /* enum engine_bug; needs the build with bugs */
    bool is_loud;  /* prints the trace as it goes */
    bool is_quiet; /* says nothing of a failure */
    bool has_faults;
    bool has_million;              /* a million serials at once */
    unsigned certifiers, agencies; /* of each country */
    int64_t latency, latency_more; /* of a message, and the mean of what is added */
    unsigned loss;                 /* per mille, without other faults */
    bool is_sparse; /* a node knows the six that it is linked with, and no node statement is passed
                       on: for ten thousand, of which the engines keep no full roster each */
};

enum foe {
    FOE_NONE = 0, /* honest */
    FOE_FLOOD,
    FOE_WITHHOLD,
    FOE_DRIP,
    FOE_REPLAY,
    FOE_FREEZE,
    FOE_FORWARD,
    FOE_FORGE,
    FOE_BOMB,
    FOE_ECLIPSE,
    FOE_END
};

/* What is to be run through the acceptance rules. */
struct take {
    struct take *next;
    uint32_t job;  /* of the engine; 0: somebody of this machine brought it */
    uint32_t link; /* who sent it; 0: several, or nobody */
    struct bytes bundle;
};

/* What a node has said that it holds, of one agency: it never says less again. */
struct shadow {
    uint64_t size;
    int64_t signed_at;
    bool is_equivocated;
    bool revoked[REALM_TRACKED];
};

struct sim;

enum { NODE_STATEMENTS_MAX = 32 };

struct node {
    struct sim *sim;
    unsigned index;
    struct dice dice;      /* what its engine draws from */
    struct engine *engine; /* null while it is down */
    struct disk *disk;
    bool is_up, is_gone; /* is_gone: revoked, or never to come back */
    enum foe foe;
    bool is_newer;           /* speaks a later version */
    bool stops_when_written; /* the next time, before anybody is told */
    bool has_met_foe;        /* since it started */
    bool is_archive;
    unsigned epoch; /* counts its starts: what was under way before one is void */

    char name[24], address[40];
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
    uint8_t noise_key[GARITA_NOISE_KEY_SIZE];
    unsigned certifier;                    /* among the agencies */
    size_t statement;                      /* among the realm's: the newest */
    uint32_t serials[NODE_STATEMENTS_MAX]; /* of all that were ever made about it */
    size_t serial_count;
    struct bytes payload; /* of a handshake: its chain */

    int64_t clock, drift; /* microseconds that the clock is ahead; parts in a million */
    bool has_clock;
    int64_t tick_at;
    int64_t ticked_at;   /* the last */
    unsigned idle_ticks; /* so often at that time */
    unsigned rate;       /* bytes a second that its line carries; 0: any */

    struct take *takes, **takes_end; /* of the writer */
    struct take *taking;             /* persisted, and not told yet */
    struct engine_take_result result;
    bool is_writing, has_changed_all;
    size_t changed_count;
    const garita_issuer *changed[REALM_AGENCIES_MAX];
    uint64_t version;

    uint32_t *sessions; /* that it has, up or not */
    size_t session_count, session_cap;

    struct shadow shadows[REALM_AGENCIES_MAX];
    size_t image;        /* of its disk, some time ago; 0: none */
    struct bytes stick;  /* a bundle that somebody made here, some time ago */
    struct bytes replay; /* packets of a foe */

    unsigned neighbours[ENGINE_LINKS]; /* of a sparse world */
    uint64_t heads_in, bodies_in, bytes_out, bytes_in;
    bool has_grown;   /* a log, by what is being written */
    int64_t grown_at; /* the last time that one had */
};

/* A secure channel between two nodes: what is sent on it comes from who is said to have sent it, or
 * does not come. Ends: 0 dialed, 1 was called. A link has the number of its session, at both ends.
 */
struct session {
    unsigned ends[2];
    unsigned epochs[2];
    bool is_open[2]; /* the engine at that end has been told of it */
    bool is_dead;
    int64_t free_at[2];       /* when the line from that end has sent all that waits */
    int64_t last_at[2];       /* when the last packet from that end arrives */
    int64_t revoked_since[2]; /* that end knows that the other is revoked; 0: it is not */
};

struct sim {
    struct sim_options options;
    struct dice dice;
    struct trace trace;
    struct queue queue;
    int64_t now;
    uint64_t events;
    struct realm realm;
    struct node *nodes;
    size_t node_count;
    struct session *sessions;
    size_t session_count, session_cap;

    /* the weather */
    unsigned loss, duplicates, reorders; /* per mille */
    uint8_t *blocks;                     /* from * node_count + to: packets do not pass */
    bool is_calm;                        /* faults have ended */
    bool is_cut_long;
    bool is_last; /* shortly before: no other weather comes */

    unsigned homes[REALM_AGENCIES_MAX]; /* the nodes that agencies publish at */
    unsigned doubtful;      /* the agency that does not know what it signed, + 1; 0: none */
    struct realm *stranger; /* of whom nobody here has heard */

    garita_event *events_room; /* of the intake */
    uint64_t injected[SIM_FAULT_END];
    size_t memory_max; /* the most that an honest engine took */
    bool has_failed;
    char failure[256];
};

/* --- events --- */

enum sim_event {
    SIM_TICK = 1, /* a: node */
    SIM_PACKET,   /* a: session, b: from which end; body: struct packet */
    SIM_LEFT,     /* a: session, b: from which end; body: the length */
    SIM_DIALED,   /* a: node, body: struct dial */
    SIM_OPEN,     /* a: session, b: end; body: struct dial */
    SIM_LOST,     /* a: session, b: end */
    SIM_WRITE,    /* a: node, b: epoch */
    SIM_WRITTEN,
    SIM_START, /* a: node: it comes up again */
    SIM_ACT    /* a: what; the run's own */
};

/* Says that something does not hold; the run ends. The first that is said counts. */
void sim_fail(struct sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));

void sim_count(struct sim *sim, enum sim_fault fault, uint64_t times);
const char *sim_fault_words(unsigned fault);

/* The world's true moment. */
int64_t sim_moment(const struct sim *sim);

/* Makes the world, its nodes down. */
void sim_make(struct sim *sim, const struct sim_options *options);
void sim_free(struct sim *sim);

/* Runs until some time, or a failure; act handles SIM_ACT. */
void sim_run(struct sim *sim, int64_t until, void (*act)(struct sim *sim, uint32_t what));

#endif
