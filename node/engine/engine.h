/* node/engine/engine.h: the gossip engine: what a node tells its peers and asks of them, as a
 * machine without I/O (node/PROTOCOL.md, "Gossip").
 *
 * Whatever happens is an event, a call of a function below; whatever the engine wants done is an
 * action, taken with engine_next until there is none. It has no socket, clock, thread, file or
 * random source: time comes with each event, the rest through struct engine_host. So the whole of
 * it runs in a simulator as it runs in garitad.
 *
 * What the node holds stands in its store. The engine has of it the stock: for each log its newest
 * head, and the digests of all else. What a peer says is never believed: it leaves the engine as a
 * TAKE, a bundle, for garitad's writer to put through the acceptance rules (garita/intake.h) and
 * keep, all in one transaction; only when the stock says that it is there do peers hear of it. That
 * is how nothing is sent before it is persisted.
 *
 * Nothing is known of what a packet's fate was: what is sent may be lost, come late or twice. (On
 * TCP it does not; the rules do not depend on it.)
 */
#ifndef GARITA_NODE_ENGINE_H
#define GARITA_NODE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/bundle.h>
#include <garita/head.h>
#include <garita/key.h>
#include <garita/merkle.h>
#include <garita/node.h>
#include <garita/trust.h>

#include "bounds.h"

struct engine;

/* --- what is given --- */

struct engine_host {
    void *context;
    void (*random)(void *context, uint8_t *out, size_t len);
    /* Writes the messages that bring a receiver up to the head of the log (garita/giving.h), to a
     * sink that takes at most ENGINE_RUN_BYTES_MAX. theirs null: the receiver has nothing of it, or
     * nothing that holds together: unless it wants batches, let it be what serves whoever comes
     * (garita_plan_for_all). Nothing written: there is nothing new for it. False if the log cannot
     * be given now. */
    bool (*give)(void *context, const garita_hash *log, const garita_have_log *theirs,
                 bool wants_batches, garita_bundle_sink sink, void *sink_context);
    /* Writes the bundle message of an item: STATEMENT, PROOF or EVIDENCE. False if it is gone. */
    bool (*item)(void *context, const garita_hash *log, unsigned kind, const garita_digest *digest,
                 garita_bundle_sink sink, void *sink_context);
};

struct engine_config {
    struct engine_host host;
    uint8_t noise_key[GARITA_NOISE_KEY_SIZE]; /* this node's own, public */
    bool is_archive;                          /* wants batches, never a snapshot in their place */
    unsigned links;    /* that it wants, ENGINE_LINKS unless a test says otherwise */
    int64_t period_ms; /* of anti-entropy: ENGINE_PERIOD_MS */
#ifdef ENGINE_BUGS
    unsigned bug; /* a test build's: which classic mistake to make, an enum engine_bug; 0: none */
#endif
};

/* A time: monotonic milliseconds, by which the engine waits, and the moment of the wall clock, not
 * below the store's floor, by which dates are judged (INT64_MIN: unknown; nothing has expired
 * then). */
struct engine_time {
    int64_t ms;
    int64_t moment;
};

/* --- the stock: what the node holds --- */

/* One log. */
struct engine_log {
    garita_hash id;
    garita_hash anchor; /* the id of its anchor's log: groups are by it */
    char name[GARITA_AUTHORITY_NAME_BYTES_MAX + 1];
    bool is_given; /* it has a head that counts, and holds together: others may have it. Else the
                      node wants it as if it had nothing */
    bool is_equivocated; /* a proof is kept: what is only found here (form 4) others cannot know */
    garita_head head;    /* zero if there is none */
    size_t head_len;
    uint8_t head_bytes[GARITA_HEAD_BYTES_MAX];
    garita_frontier frontier; /* at the head's size */
};

/* Anything else that is passed on whole. Where an authority has several logs, its statements are
 * listed by one rule at all nodes: under each log whose authority signed them. */
enum engine_item_kind {
    ENGINE_ITEM_AUTHORITY = GARITA_TYPE_AUTHORITY, /* an authority statement */
    ENGINE_ITEM_POLICY = GARITA_TYPE_POLICY,
    ENGINE_ITEM_NODE = GARITA_TYPE_NODE,
    ENGINE_ITEM_PROOF = 64, /* one for each log: any is as good as another */
    ENGINE_ITEM_EVIDENCE = 65
};
struct engine_item {
    garita_hash
        log; /* of the authority that signed it; of proofs and evidence: that they are about */
    garita_hash anchor;
    uint8_t kind; /* enum engine_item_kind */
    garita_digest digest;
};

/* A node of the roster, in force or not: who was withdrawn is told so. */
struct engine_node {
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
    uint8_t noise_key[GARITA_NOISE_KEY_SIZE];
    garita_hash certifier; /* who answers for it: the id of the log of the authority right below the
                              anchor, since that one may certify as many others as it likes */
    char name[GARITA_AUTHORITY_NAME_BYTES_MAX + 1];
    char country[GARITA_COUNTRY_SIZE];
    int64_t from, until; /* in force from the one moment up to before the other, chain and all */
    bool is_revoked;     /* or an authority of its chain is */
    size_t address_count;
    char addresses[GARITA_NODE_ADDRESSES_MAX][GARITA_NODE_ADDRESS_BYTES_MAX + 1];
};

/* All of it, of one moment. Arrays are the caller's, and copied; the trust set stays his, and is to
 * outlive the engine's next engine_stock. */
struct engine_stock {
    const garita_trust *trust;
    const struct engine_log *logs;
    size_t log_count;
    const struct engine_item *items; /* each once */
    size_t item_count;
    const struct engine_node *nodes;
    size_t node_count;
};

/* --- life --- */

/* An engine without peers and stock. Null if there is no memory. */
struct engine *engine_new(const struct engine_config *config);
void engine_free(struct engine *engine); /* null is allowed */

/* The addresses that an operator configured, HOST:PORT: always tried, at most 5 s apart; they take
 * the place of those of the last call. False if there is no memory, and nothing changed. */
bool engine_configure(struct engine *engine, struct engine_time now, const char *const *addresses,
                      size_t count);

/* Nodes that it had links with before a restart, by their Noise keys: preferred while there are
 * links to choose. At most ENGINE_REMEMBERED_MAX count. */
void engine_remember(struct engine *engine, const uint8_t (*noise_keys)[GARITA_NOISE_KEY_SIZE],
                     size_t count);

/* --- events --- */

/* What the node holds, all of it: at the start, and whenever statements, roster or trust change.
 * What is in it and was not before is news, and goes to peers, whoever brought it: a take, or
 * another process of this machine. False if there is no memory: the engine is as it was. */
bool engine_stock(struct engine *engine, struct engine_time now, const struct engine_stock *stock);

/* One log of the stock as it is now: after a take, or a local append. */
bool engine_log(struct engine *engine, struct engine_time now, const struct engine_log *log);

/* Time has passed: due at engine_due, harmless earlier. */
void engine_tick(struct engine *engine, struct engine_time now);
int64_t
engine_due(const struct engine *engine); /* monotonic milliseconds of the next tick wanted */

typedef uint32_t
    engine_link_id; /* names a session; the caller's choice, above 0, never used twice */

/* A secure channel stands. dial: the number of the DIAL that made it, 0 for one that came in.
 * noise_key: the peer's, proven. payload: what its handshake carried, bundle messages of its node
 * statement and chain: nothing of it is proven; it is read only where the roster does not know the
 * key. address: for people. */
void engine_opened(struct engine *engine, struct engine_time now, engine_link_id link,
                   uint32_t dial, const uint8_t noise_key[GARITA_NOISE_KEY_SIZE],
                   const char *address, const uint8_t *payload, size_t payload_len);

/* A dial came to nothing. */
void engine_dial_failed(struct engine *engine, struct engine_time now, uint32_t dial);

/* A packet arrived, 1 to ENGINE_PACKET_MAX bytes. */
void engine_received(struct engine *engine, struct engine_time now, engine_link_id link,
                     const uint8_t *bytes, size_t len);

/* Of what was to be sent on a link so many bytes have left for the network: of packets, as SEND
 * gave them. Until they have, they count as queued; a link of which nothing leaves for long is
 * closed. */
void engine_sent(struct engine *engine, struct engine_time now, engine_link_id link, size_t len);

/* The session is gone, whoever ended it; also after a CLOSE. */
void engine_lost(struct engine *engine, struct engine_time now, engine_link_id link);

/* What became of a TAKE. The stock has been brought up to date before. */
struct engine_take_result {
    bool is_kept;    /* false: the disk failed, or there was no memory. Nothing is known of it */
    bool is_wrong;   /* something in it was wrong in itself, or no head's: its giver's doing */
    bool is_foreign; /* something in it has no chain to an anchor here, or is out of scope */
    bool is_gap;     /* batches that lead to nothing here */
    bool is_revoked; /* news, signed with a revoked key */
};
void engine_taken(struct engine *engine, struct engine_time now, uint32_t job,
                  const struct engine_take_result *result);

/* The program is about to end: peers are told. */
void engine_stop(struct engine *engine, struct engine_time now);

/* --- actions --- */

/* Why a session ends. X(constant, code on the wire, name) */
#define ENGINE_REASONS(X)                                                                          \
    X(STOPPING, 1, "stopping")        /* the program ends */                                       \
    X(RENEWED, 2, "renewed")          /* another session takes this one's place */                 \
    X(DUPLICATE, 3, "duplicate")      /* there is a session with this node already */              \
    X(SELF, 4, "self")                /* a node that called itself */                              \
    X(ENOUGH, 5, "enough-links")      /* no place; others are better off */                        \
    X(SILENT, 6, "silent")            /* nothing was heard for too long */                         \
    X(UNCERTIFIED, 16, "uncertified") /* no chain from its key to an anchor pinned here */         \
    X(REVOKED, 17, "revoked")         /* its node statement, or an authority above it */           \
    X(EXPIRED, 18, "expired")                                                                      \
    X(NOT_YET, 19, "not-yet-valid")                                                                \
    X(MALFORMED, 32, "malformed") /* a message that cannot be read */                              \
    X(FLOOD, 33, "flood")         /* more than a peer may send */                                  \
    X(FORGED, 34, "forged")       /* something that is not what its signature or head says */      \
    X(UNASKED, 35, "unasked")     /* too much that nobody asked for */                             \
    X(CLOGGED, 36, "clogged")     /* it does not read what it asked for */                         \
    X(BANNED, 37, "banned")       /* kept away for a while after one of these */

enum engine_reason {
#define ENGINE_REASON_ENUM(constant, code, name) ENGINE_##constant = (code),
    ENGINE_REASONS(ENGINE_REASON_ENUM)
#undef ENGINE_REASON_ENUM
};
const char *engine_reason_name(unsigned reason); /* "?" for none */

enum engine_action_kind {
    ENGINE_SEND = 1, /* bytes on link: one packet */
    ENGINE_TAKE,  /* bytes are a bundle, whole, for the acceptance rules; answer: engine_taken(job)
                   */
    ENGINE_DIAL,  /* connect to address, number dial; answer: engine_opened or engine_dial_failed */
    ENGINE_CLOSE, /* end link, when what was to be sent before has left or a second has passed;
                     answer: engine_lost */
    ENGINE_UP,    /* link stands: node has been admitted. For people */
    ENGINE_TOLD,  /* the peer of link closes it, for this reason: it says so. For people */
    ENGINE_REMEMBER, /* bytes are the Noise keys, side by side, that engine_remember wants next time
                      */
    ENGINE_ALARM     /* text: what people should look at */
};

/* An action. What a kind does not have is zero. */
struct engine_action {
    enum engine_action_kind kind;
    engine_link_id link; /* SEND, CLOSE, UP, TOLD; of TAKE: who brought it, 0 if several did */
    uint32_t job;        /* TAKE */
    uint32_t dial;       /* DIAL */
    unsigned reason; /* CLOSE, TOLD: enum engine_reason; of a CLOSE 0: the peer has told its own */
    const struct engine_node *node; /* CLOSE, UP, TOLD: the peer's, null if it has none */
    const char *text;               /* DIAL: the address; ALARM */
    const uint8_t *noise_key; /* DIAL: the key that must answer there; null: any certified one */
    const uint8_t *bytes;
    size_t len;
};

/* The next action, in the order in which they are to be done; null if there is none. What it points
 * to is good until the next call of any function of this engine. */
const struct engine_action *engine_next(struct engine *engine);

/* --- for people --- */

struct engine_link_view {
    engine_link_id link;
    const struct engine_node *node; /* null while it is not admitted */
    const char *address;
    bool is_outbound, is_configured, is_up;
    int64_t since_ms; /* monotonic */
    int64_t rtt_ms;   /* smoothed; -1: not known yet */
    uint64_t bytes_in, bytes_out;
    bool agrees; /* by its last digest it holds what this node holds */
};
size_t engine_link_count(const struct engine *engine);
void engine_link_at(const struct engine *engine, size_t index, struct engine_link_view *out);

/* How far catching up has come. */
struct engine_progress {
    size_t logs_behind;          /* of which some peer has more, as far as it says */
    uint64_t bytes, bytes_total; /* of the runs that are under way */
    int64_t agreed_ms; /* monotonic moment of the last digest that agreed; -1: never yet */
};
void engine_progress(const struct engine *engine, struct engine_progress *out);

/* What the engine takes of memory, peers' buffers included. For tests and people. */
size_t engine_memory(const struct engine *engine);

#ifdef ENGINE_BUGS
/* Classic mistakes, each of which the simulator must find. */
enum engine_bug {
    ENGINE_BUG_NONE = 0,
    ENGINE_BUG_SEND_BEFORE_PERSIST, /* a head is relayed when it is read */
    ENGINE_BUG_CACHED_VECTOR,       /* what a peer had last time is believed to be what it has */
    ENGINE_BUG_IN_FLIGHT,           /* while a pull is under way nobody else is asked, ever */
    ENGINE_BUG_SMALLER_HEAD,        /* a head that is pushed takes the place of a larger one */
    ENGINE_BUG_NO_HEARTBEATS,       /* the digest leaves signed-at out */
    ENGINE_BUG_NO_ITEMS,            /* the digest leaves statements out */
    ENGINE_BUG_NO_ANTI_ENTROPY,     /* flooding is thought to be enough */
    ENGINE_BUG_PROOF_ONCE,          /* a proof is pushed when it is new, and never again */
    ENGINE_BUG_NO_BOUND,            /* what a peer sends is kept without end */
    ENGINE_BUG_REVOKED_PEER,        /* a session outlives its node's revocation */
    ENGINE_BUG_STALE_RUN,           /* a run is resumed by its offset alone, whatever it is of */
    ENGINE_BUG_END
};
#endif

#endif
