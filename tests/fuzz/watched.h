/* watched.h: an engine with the host that it asks, and with everything that it wants done looked
 * at: each promise of engine.h that can be seen from outside is required here.
 */
#ifndef GARITA_FUZZ_WATCHED_H
#define GARITA_FUZZ_WATCHED_H

#include "engine/wire.h"
#include "realm.h"

enum {
    WATCHED_LINKS = 6,
    WATCHED_TAKES = ENGINE_TAKES_MAX,
    WATCHED_DIALS = 96,
    WATCHED_ASKED = 16,
    WATCHED_RUNS = 64
};

struct watched_link {
    engine_link_id id; /* 0: none */
    uint8_t noise_key[GARITA_NOISE_KEY_SIZE];
    bool is_up, is_told, is_closed;
    unsigned reason; /* of its end */
    size_t queued;   /* bytes that have not left */
    int64_t opened_at;
    int64_t messages; /* heard, that nobody can have asked for */
};

struct watched_take {
    uint32_t job;
    uint8_t *bytes;
    size_t len;
};

/* What a link was asked for. */
struct watched_ask {
    engine_link_id link;
    struct wire_message message; /* WANT; of ASK the first digest */
    garita_digest digest;
};

struct watched {
    struct engine *engine;
    struct holding holding;
    struct engine_time now;
    uint64_t dice;
    bool is_stopping;

    struct watched_link links[WATCHED_LINKS];
    engine_link_id last_link;
    struct watched_take takes[WATCHED_TAKES];
    size_t take_count;
    uint32_t last_job;
    uint32_t dials[WATCHED_DIALS];
    size_t dial_count;
    uint32_t last_dial;
    struct watched_ask asked[WATCHED_ASKED];
    size_t asked_count;

    uint32_t ever_items;
    uint32_t ever_heads[REALM_LOGS];
    uint64_t heard;                   /* bytes */
    garita_digest runs[WATCHED_RUNS]; /* of which pieces were heard */
    size_t run_count;

    /* Where packets go; may be null. */
    void (*send)(void *context, const struct watched_link *link, const uint8_t *bytes, size_t len);
    void *send_context;
};

/* The engine of node number self of the realm, whose holding is as it is from now on. Does not
 * move. */
void watched_start(struct watched *w, size_t self, struct holding holding);
void watched_end(struct watched *w);

/* Events. What names something by a number takes it modulo what there is. A take that is applied
 * goes into the holding, and its result says what was found, too. */
struct watched_link *watched_open(struct watched *w, uint32_t dial,
                                  const uint8_t noise_key[GARITA_NOISE_KEY_SIZE],
                                  const uint8_t *payload, size_t payload_len);
void watched_dial_failed(struct watched *w, size_t which);
void watched_hear(struct watched *w, struct watched_link *link, const uint8_t *bytes, size_t len);
void watched_sent(struct watched *w, struct watched_link *link, size_t len);
void watched_lose(struct watched *w, struct watched_link *link);
void watched_taken(struct watched *w, size_t which, const struct engine_take_result *result,
                   bool is_applied);
void watched_log(struct watched *w, size_t log, size_t heads);
void watched_stock(struct watched *w); /* after the holding was changed */
void watched_configure(struct watched *w, size_t count);
void watched_remember(struct watched *w, size_t count);
void watched_tick(struct watched *w, int64_t ms);
void watched_stop(struct watched *w);

#endif
