/* realm.h: a small world as gossip sees it: logs with a few heads each, items, a roster; and what
 * one node holds of it. The writer and the store of a node, as far as its engine can tell.
 */
#ifndef GARITA_FUZZ_REALM_H
#define GARITA_FUZZ_REALM_H

#include "engine/engine.h"

#include "fuzz.h"

enum { REALM_LOGS = 5, REALM_HEADS = 5, REALM_ITEMS = 15, REALM_NODES = 5 };

struct realm_head {
    garita_head head;
    uint8_t bytes[GARITA_HEAD_BYTES_MAX];
    size_t len;
    garita_digest digest;
    garita_frontier frontier;
};

struct realm_log {
    garita_hash id, anchor;
    struct realm_head heads[REALM_HEADS + 1]; /* ascending; the last is of another history */
    garita_bytes batches[REALM_HEADS];
    garita_frontier before[REALM_HEADS + 1]; /* [n]: of the first n batches */
    size_t batch_count;
};

/* message: as it stands in a bundle. */
struct realm_item {
    struct engine_item item;
    size_t log;
    garita_bytes message;
};

extern struct realm_log realm_logs[REALM_LOGS];
extern struct realm_item realm_items[REALM_ITEMS];
extern struct engine_node realm_nodes[REALM_NODES]; /* 3: in force later; 4: no longer */
extern const garita_trust *realm_trust;

void realm_make(void);

/* The number of a log, by the beginning of its id; REALM_LOGS if there is none. */
size_t realm_log_of(const garita_digest *prefix);
/* The number of an item; REALM_ITEMS if there is none. */
size_t realm_item_of(const garita_digest *digest);

/* What a node holds: sets of logs, items and nodes as bits, and for each log how many of its heads
 * have been there, 0 for none. */
struct holding {
    uint32_t logs, items, nodes, revoked;
    uint8_t heads[REALM_LOGS];
};

struct holding holding_all(void);
bool holding_is_equivocated(const struct holding *h, size_t log);
void holding_log(struct engine_log *out, const struct holding *h, size_t log);
/* Points into memory that the next call changes. */
struct engine_stock holding_stock(const struct holding *h);

/* engine_host.give and .item of a holding. */
bool holding_give(void *holding, const garita_hash *log, const garita_have_log *theirs,
                  bool wants_batches, garita_bundle_sink sink, void *sink_context);
bool holding_item(void *holding, const garita_hash *log, unsigned kind, const garita_digest *digest,
                  garita_bundle_sink sink, void *sink_context);

/* What the writer does with a bundle: whatever is of this world is kept. A log's head is, if it is
 * newer and batches lead there. Sets in *result what it finds; true if something is new. */
bool holding_take(struct holding *h, struct engine_take_result *result, const uint8_t *bundle,
                  size_t len);

/* Sinks. */
struct text {
    uint8_t at[64 * 1024];
    size_t len;
};
bool text_put(void *text, const uint8_t *bytes, size_t len);

#endif
