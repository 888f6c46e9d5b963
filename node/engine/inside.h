/* node/engine/inside.h: what the engine's own files share. Private to them.
 *
 *   engine.c  life, events, time, views      stock.c   what the node holds, and what is news in it
 *   out.c     actions and packets            links.c   sessions: admission, bounds, ends
 *   dial.c    whom to call                   gossip.c  digests, vectors, heads
 *   pull.c    runs that are fetched          give.c    runs that are given
 *   items.c   statements, proofs, evidence   memo.c    digests remembered for a while
 *   wire.c    messages, as bytes
 */
#ifndef GARITA_NODE_INSIDE_H
#define GARITA_NODE_INSIDE_H

#include "engine.h"
#include "memo.h"
#include "wire.h"

/* A mistake that a test build makes when it is told to; no code at all in the other. */
#ifdef ENGINE_BUGS
#define HAS_BUG(e, name) ((e)->config.bug == ENGINE_BUG_##name)
#else
#define HAS_BUG(e, name) ((void)(e), false)
#endif

#define NEVER INT64_MAX
#define NO_SLOT UINT32_MAX

/* --- buckets --- */

/* Tokens in thousandths: they come with time, up to a burst, and what is done takes some. */
struct bucket {
    int64_t level, at;
};
void bucket_fill(struct bucket *bucket, int64_t now, int64_t burst);
bool bucket_take(struct bucket *bucket, int64_t now, int64_t cost, int64_t burst, int64_t per_s);
void bucket_owe(struct bucket *bucket, int64_t cost); /* for what was done already */

/* --- the stock --- */

struct claim {
    engine_link_id link;
    uint32_t asked; /* how often: the least asked is next */
    uint64_t size;
    int64_t signed_at;
    garita_digest head;
};

struct group {
    uint32_t first, count; /* of engine.items */
    garita_digest digest;
};

struct log {
    garita_hash id, anchor;
    char name[GARITA_AUTHORITY_NAME_BYTES_MAX + 1];
    bool is_given, is_equivocated;
    bool is_new; /* in the stock that is being taken over */
    garita_head head;
    garita_digest head_digest;
    size_t head_len, peak_count;
    uint8_t *bytes; /* the head's statement, then the frontier's peaks */
    struct group groups[WIRE_GROUPS];

    struct claim *claims;
    size_t claim_count, claim_room;
    struct pull *pull; /* under way, or kept in part; null */
    bool is_gapped;    /* a run led to nothing here: batches may */
    bool is_taking;    /* something about it is with the writer */
    bool is_relay_due;
    int64_t relay_at; /* no relay before */
    int64_t other_at; /* no pull of another history before */
    int64_t retry_at; /* none at all before: the disk failed, or has had enough of it */
    int64_t retry_ms;
    struct bucket takes;
};

struct item {
    uint32_t slot; /* of its log */
    uint8_t kind;
    garita_digest digest;
};

struct anchor {
    uint8_t tag[WIRE_TAG_SIZE];
    garita_hash id;
    uint32_t first, count; /* of engine.by_anchor */
    bool is_known;         /* the digest */
    garita_digest digest;
};

/* A node of the roster. Texts stand in engine.roster_text. */
struct member {
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
    uint8_t noise_key[GARITA_NOISE_KEY_SIZE];
    garita_hash certifier;
    int64_t from, until;
    bool is_revoked;
    char country[GARITA_COUNTRY_SIZE];
    uint8_t address_count, address_next;
    uint8_t failures;
    uint32_t name_at, addresses_at; /* the latter one after another */
    int64_t try_at;
};

/* --- links --- */

enum link_state { LINK_PENDING = 0, LINK_UP, LINK_CLOSING };

struct link_log {
    uint64_t known; /* the beginning of the digest of the head that it is known to have; 0: none */
    bool is_due;    /* a head is to be sent */
};

/* Things that wait their turn, in order. */
struct line {
    void *at;
    size_t first, count, room;
};

struct list_due {
    uint32_t slot;
    uint8_t kind;
    uint32_t from; /* so many of the group are sent already */
};

struct vector_due {
    uint8_t tag[WIRE_TAG_SIZE];
    bool wants_answer;
    uint32_t from;
};

/* What was last said about an anchor between the two, so that what cannot be mended is not said
 * again each time. */
struct link_anchor {
    uint8_t tag[WIRE_TAG_SIZE];
    garita_digest mine, theirs;
    unsigned rounds;     /* so often the same */
    int64_t asked_at;    /* a vector was sent that asks for theirs */
    int64_t answered_at; /* and one that answers */
};

/* An item that came, and is on its way to the writer. */
struct came {
    garita_digest digest;
    uint8_t kind; /* of what it was wrapped as: AUTHORITY for any statement */
};

struct giving {
    uint32_t number;
    struct kept_run *run;
    struct wire_range ranges[WIRE_RANGES_MAX];
    size_t range_count, range;
};

struct link {
    engine_link_id id;
    size_t index; /* in engine.links */
    enum link_state state;
    bool is_exploring;            /* it takes another's place */
    bool is_outbound, is_lasting; /* it stood for ENGINE_STEADY_MS */
    bool is_told;                 /* the peer said why it ends */
    bool is_queued;               /* it stands in engine.busy */
    bool is_handed;               /* its CLOSE was handed out */
    bool agrees;
    uint8_t reason;
    int configured; /* the address that led here, or -1 */
    uint8_t noise_key[GARITA_NOISE_KEY_SIZE];
    char *address;
    uint8_t *payload; /* while it is pending */
    size_t payload_len;
    bool is_payload_taken;
    struct engine_node *node;

    int64_t opened_at, up_at, heard_at, digest_at, renew_at, end_at;
    int64_t digested_at; /* when the last digest was sent */
    int64_t try_at;      /* of what is paced: its payload, then what is pushed */
    int64_t rtt_ms;
    bool has_stamp;
    uint16_t stamp;
    int64_t stamp_at;
    uint64_t bytes_in, bytes_out;
    size_t queued;
    int64_t drained_at;
    int standing;
    struct bucket messages, bytes, unasked, checks, strikes, gives, pushes;

    struct link_log *logs;  /* as many as there are; null before it is up */
    struct link_log *spare; /* for the next stock */
    uint8_t *control;
    size_t control_len, control_room;
    struct line heads;   /* uint32_t slots */
    struct line answers; /* struct item: asked for, and proofs */
    struct line news;    /* struct item: pushed */
    struct line lists;   /* struct list_due */
    struct vector_due vectors[4];
    size_t vector_count;
    struct link_anchor *anchors;
    size_t anchor_count;
    struct giving givings[ENGINE_GIVING_MAX];
    size_t giving_count, giving_next;

    size_t pull_count;   /* pulls whose newest request it has */
    size_t asked_count;  /* items asked of it */
    size_t wanted_count; /* items that it is asked for, or next to be */
    bool has_wanted;     /* items that it has are still to be asked for */
    int64_t run_at;      /* a piece of a run came last */

    uint8_t *gather; /* a bundle of items that wait for the writer */
    size_t gather_len, gather_room;
    struct came *gathered, *taking;
    size_t gathered_count, taking_count;
    bool is_taking;
#ifdef ENGINE_BUGS
    uint8_t *hoard; /* all that it ever sent */
    size_t hoard_len, hoard_room;
#endif
};

/* --- runs --- */

/* Who brought a run, as far as they are remembered: only one who brought all of it answers for it,
 * and any second shows that there were others. */
#define SOURCES_MAX 4

struct run {
    garita_digest digest;
    uint64_t total;
    uint8_t *bytes; /* the header of a bundle, then the run; null: none */
    size_t room;
    uint64_t whole; /* pieces without a gap */
    uint64_t came;  /* pieces in all */
    uint8_t
        window[ENGINE_WINDOW_PIECES / 8]; /* those beyond the first gap, by piece modulo its size */
    engine_link_id from[SOURCES_MAX];     /* who brought it */
    size_t from_count;
};

struct ask {
    engine_link_id link;
    uint32_t number;
    int64_t at, deadline;
    bool has_progress;
    bool is_ended; /* the last piece came, and others did not */
};

#define PULL_ASKS 3
struct pull {
    uint32_t slot;
    uint8_t item; /* 0: the log */
    garita_digest digest;
    struct claim *claims; /* of an item; a log has its own */
    size_t claim_count, claim_room;
    struct ask asks[PULL_ASKS]; /* the newest last */
    size_t ask_count;
    unsigned failures;
    int64_t begun_at; /* since then somebody is asked */
    struct run runs[2];
    bool is_alone; /* pieces of two peers made no run: now it is one peer's each time */
    bool is_other; /* another history of an equivocated log */
    int64_t expires;
};

struct kept_run {
    uint32_t slot;
    uint8_t item;
    garita_digest item_digest, head; /* the item; or the head at which it was made */
    bool has_log, wants_batches;
    uint64_t size;
    garita_hash root;
    int64_t signed_at;
    garita_digest digest;
    uint8_t *bytes;
    size_t len;
    size_t users;
    int64_t used_at;
    int64_t given_at; /* since then somebody is given it */
};

/* --- takes, items wanted, dials --- */

enum take_kind { TAKE_RUN = 1, TAKE_HEARTBEAT, TAKE_ITEMS, TAKE_PAYLOAD };

struct take {
    uint32_t job;
    enum take_kind kind;
    engine_link_id from[SOURCES_MAX];
    size_t from_count;
    uint32_t slot;
    uint8_t item;
    garita_digest digest; /* of the item; of the head that the bundle holds, of a log */
    garita_digest before; /* the log's head when it was handed out */
    bool is_bare;         /* the head, and nothing of what leads there */
    size_t len;
};

/* Who listed an item, and as what: whoever names it wrongly misleads only himself. */
struct lister {
    engine_link_id link;
    uint32_t slot;
    uint8_t kind;
};

struct wanted {
    garita_digest digest;
    bool is_asked;
    uint8_t other_count;
    struct lister at; /* who is asked, or is next */
    struct lister others[7];
    int64_t deadline;
};

struct dial {
    uint32_t number;
    int configured;                             /* or -1 */
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE]; /* of the roster's entry that was called: others */
    garita_hash certifier;                      /* may name the same Noise key */
    uint8_t noise_key[GARITA_NOISE_KEY_SIZE];
    bool has_key;
    bool is_renewal, is_exploring;
};

struct configured {
    char *address;
    int64_t try_at;
    bool has_key;
    uint8_t noise_key[GARITA_NOISE_KEY_SIZE]; /* who answered there last */
};

struct ban {
    uint8_t noise_key[GARITA_NOISE_KEY_SIZE];
    int64_t until, forget_at;
    unsigned times;
};

struct queued {
    struct engine_action action;
    uint8_t *owned; /* what it points to, freed with it */
};

/* --- the engine --- */

struct engine {
    struct engine_config config;
    struct engine_time now;
    uint8_t memo_key[MEMO_KEY_SIZE];

    /* stock: logs ascend by id, items by slot, kind and digest */
    const garita_trust *trust;
    struct log *logs;
    size_t log_count;
    uint32_t *by_anchor;
    struct anchor *anchors; /* ascending by tag */
    size_t anchor_count;
    struct item *items;
    size_t item_count;
    uint32_t *item_index; /* by digest; capacity is a power of two; holds index + 1 */
    size_t item_index_size;
    struct member *members; /* ascending by Noise key */
    size_t member_count;
    char *roster_text;

    struct link **links;
    engine_link_id
        *link_ids; /* of each, and when it is due: side by side, since all are looked at */
    int64_t *link_dues;
    size_t link_count, link_room, id_room, due_room;
    struct link **busy; /* those with something to send */
    size_t busy_count, busy_room;
    struct engine_node shown; /* for an action */

    struct configured *configured;
    size_t configured_count;
    uint8_t (*remembered)[GARITA_NOISE_KEY_SIZE];
    size_t remembered_count;
    struct dial dials[ENGINE_DIALS_MAX + ENGINE_CONFIGURED_MAX];
    size_t dial_count;
    uint32_t dial_number;
    int64_t seek_at, explore_at, remember_at;
    bool is_stopping;
    struct ban *bans;
    size_t ban_count, ban_room;

    struct pull **pulls;
    size_t pull_count, pull_room;
    uint32_t pull_number;
    size_t partial_bytes;
    bool is_waiting; /* some log has claims and found no place */
    size_t waiting_next;
    int64_t others_at; /* the soonest that another history may be pulled, or a failed take tried
                          again */
    struct kept_run **runs;
    size_t run_count, run_room;
    size_t run_bytes;

    struct take *takes;
    size_t take_count, take_room;
    uint32_t job;
    size_t take_bytes; /* with the writer */
    size_t payload_takes;
    struct bucket payloads;

    struct wanted *wanted;
    size_t wanted_count, wanted_room;
    struct memo wanted_index;
    int64_t wanted_due;
    struct memo refused; /* items and heads that are not wanted again */
    struct memo seen;    /* heads whose signature is good */
    struct memo sources; /* which link brought an item */
    uint32_t *relays;    /* slots of logs whose heads wait for their second */
    size_t relay_count, relay_room;
    int64_t relay_due;

    struct queued *actions;
    size_t action_first, action_count, action_room;
    struct queued handed; /* the action that the caller has */
    uint8_t *packet;      /* that is being put together */
    size_t packet_room;
    uint8_t *scratch; /* an item */
    size_t scratch_len, scratch_room;

    int64_t agreed_at;
#ifdef ENGINE_BUGS
    struct cached {
        uint8_t noise_key[GARITA_NOISE_KEY_SIZE];
        garita_hash log;
        uint64_t known;
    } * cached;
    size_t cached_count, cached_room;
#endif
};

/* engine.c */
bool grow(void *array, size_t *room, size_t need, size_t size); /* array: a pointer's address */
uint64_t random_below(struct engine *e, uint64_t limit);
int64_t jitter(struct engine *e, int64_t value); /* three quarters to five quarters of it */
void mix(garita_digest *out, const void *bytes, size_t len); /* BLAKE2b, 16 bytes */

/* A line's element, valid until the next push. */
void *line_push(struct line *line, size_t size, size_t max); /* null if it is full */
void *line_push_first(struct line *line, size_t size, size_t max);
void *line_first(const struct line *line, size_t size);
void line_pop(struct line *line);
void line_end(struct line *line);

/* stock.c */
uint32_t stock_find(const struct engine *e, const garita_hash *id);
uint32_t stock_find_prefix(const struct engine *e, const garita_digest *prefix);
struct anchor *stock_anchor(const struct engine *e, const uint8_t tag[WIRE_TAG_SIZE]);
const garita_digest *stock_digest(struct engine *e, struct anchor *anchor);
const struct item *stock_item(const struct engine *e, const garita_digest *digest);
const struct item *stock_item_of(const struct engine *e, uint32_t slot, uint8_t kind,
                                 const garita_digest *digest);
void stock_free(struct engine *e);
garita_digest log_prefix(const struct log *log);
uint64_t head_mark(const garita_digest *digest);
/* Heads are remembered by this: with the log that they are said to be of. */
garita_digest head_name(const struct log *log, const garita_digest *head);
bool is_refused_head(const struct engine *e, const struct log *log, const garita_digest *head);
int group_of(uint8_t kind); /* its place among a log's groups; -1: none */
uint8_t group_kind(size_t index);

/* out.c */
bool action_put(struct engine *e, const struct engine_action *action, uint8_t *owned);
void action_clear(struct engine *e);
void out_control(struct engine *e, struct link *link, const struct wire_message *message);
void out_wake(struct engine *e, struct link *link); /* it has something to send */
void out_forget(struct engine *e, const struct link *link);
bool out_is_idle(const struct link *link);
uint32_t out_take(struct engine *e, const struct take *take, uint8_t *bytes, size_t len);
bool out_sink(void *engine, const uint8_t *bytes, size_t len); /* to scratch */
void out_trim(struct engine *e); /* gives back what scratch has too much */

/* links.c */
struct link *link_find(const struct engine *e, engine_link_id id); /* null if it is gone */
struct link *link_up(const struct engine *e, engine_link_id id);   /* null unless it is up */
void link_close(struct engine *e, struct link *link, unsigned reason);
void link_strike(struct engine *e, struct link *link);
void link_admit(struct engine *e, struct link *link);
void link_judge_all(struct engine *e); /* after the roster changed */
void link_tick(struct engine *e, struct link *link);
void link_set_due(struct engine *e,
                  const struct link *link); /* after anything that makes it sooner */
void link_payload_taken(struct engine *e, const struct take *take,
                        const struct engine_take_result *result);
void link_free(struct link *link);
/* When the stock's logs are to stand in other places: room for what is known of each, and then the
 * move, moved being where each old one is now. */
bool link_make_room(struct link *link, size_t log_count);
void link_move(struct link *link, const uint32_t *moved, size_t old_count);
bool is_banned(const struct engine *e, const uint8_t noise_key[GARITA_NOISE_KEY_SIZE]);
size_t link_bytes(const struct engine *e, const struct link *link);

/* dial.c */
void dial_seek(struct engine *e);
void dial_soon(struct engine *e);
struct member *member_find(const struct engine *e, const uint8_t noise_key[GARITA_NOISE_KEY_SIZE]);
void member_show(const struct engine *e, const struct member *member, struct engine_node *out);
void member_failed(struct engine *e, const uint8_t *noise_key, const uint8_t *public_key,
                   const garita_hash *certifier);
void member_lasts(struct engine *e, const struct link *link); /* its failures are forgiven */
bool dial_end(struct engine *e, uint32_t number, struct dial *out);
bool dial_renew(struct engine *e, struct link *link);
void dial_up(struct engine *e, struct link *link);
void dial_remember(struct engine *e);

/* gossip.c */
void gossip_digest(struct engine *e, struct link *link);
void gossip_on_digest(struct engine *e, struct link *link, const struct wire_digest *digest);
void gossip_on_vector(struct engine *e, struct link *link, const struct wire_vector *vector);
void gossip_on_head(struct engine *e, struct link *link, const struct wire_head *head);
void gossip_news(struct engine *e, uint32_t slot); /* the log has a newer head */
void gossip_relay_tick(struct engine *e);
void gossip_head_due(struct engine *e, struct link *link, uint32_t slot);
void gossip_heartbeat_taken(struct engine *e, const struct take *take,
                            const struct engine_take_result *result);
bool log_is_behind(const struct log *log, uint64_t size, int64_t signed_at);

/* pull.c */
void pull_claim(struct engine *e, struct link *link, uint32_t slot, uint64_t size,
                int64_t signed_at, const garita_digest *head);
void pull_item(struct engine *e, struct link *link, uint32_t slot, uint8_t kind,
               const garita_digest *digest);
void pull_try(struct engine *e, uint32_t slot);
void pull_waiting(struct engine *e);
void pull_prune(struct engine *e, uint32_t slot); /* claims that its head has come up to */
bool pull_on_run(struct engine *e, struct link *link, const struct wire_run *run);
void pull_on_none(struct engine *e, struct link *link, const struct wire_none *none);
void pull_link_gone(struct engine *e, const struct link *link);
void pull_tick(struct engine *e);
int64_t pull_due(const struct engine *e);
void pull_taken(struct engine *e, const struct take *take, const struct engine_take_result *result);
void pull_free(struct engine *e, struct pull *pull);
void pull_later(struct engine *e, struct log *log); /* the disk failed */
bool pull_may_take(struct engine *e, struct log *log);
int64_t pull_patience(const struct link *link);

/* give.c */
void give_on_want(struct engine *e, struct link *link, const struct wire_want *want);
void give_on_stop(struct engine *e, struct link *link, const struct wire_stop *stop);
bool give_piece(struct engine *e, struct link *link, struct wire_writer *writer);
void give_link_gone(struct engine *e, struct link *link);
void give_tick(struct engine *e);
int64_t give_due(const struct engine *e);
void give_free(struct engine *e);

/* items.c */
void items_news(struct engine *e, const struct item *item);
void items_list(struct engine *e, struct link *link, uint32_t slot, uint8_t kind);
void items_refuse(struct engine *e, uint8_t kind, const garita_digest *digest, engine_link_id link);
void items_on_list(struct engine *e, struct link *link, const struct wire_items *items);
void items_on_ask(struct engine *e, struct link *link, const struct wire_items *items);
void items_on_large(struct engine *e, struct link *link, const struct wire_items *items);
bool items_on_item(struct engine *e, struct link *link, const struct wire_message *message);
void items_flush(struct engine *e, struct link *link);
void items_taken(struct engine *e, const struct take *take,
                 const struct engine_take_result *result);
void items_link_gone(struct engine *e, const struct link *link);
void items_moved(struct engine *e, const uint32_t *moved, size_t old_count);
void items_tick(struct engine *e);
bool items_put_answers(struct engine *e, struct link *link, struct wire_writer *writer,
                       bool is_news);
bool items_put_asks(struct engine *e, struct link *link, struct wire_writer *writer);
bool items_put_lists(struct engine *e, struct link *link, struct wire_writer *writer);
bool gossip_put_heads(struct engine *e, struct link *link, struct wire_writer *writer);
bool gossip_put_vectors(struct engine *e, struct link *link, struct wire_writer *writer);

#endif
