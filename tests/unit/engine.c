/* The gossip engine alone, before peers that the test plays: what it says, to whom, and when. */
#include "engine/engine.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include <garita/log.h>

#include "engine/wire.h"
#include "history.h"
#include "world.h"

#define NOW WORLD_NOW

/* --- the rig: an engine, a world that it trusts, and all that it does --- */

enum { PACKETS = 2048, NODES = 24 };

static struct {
    struct engine *engine;
    int64_t ms;
    rng random;
    garita_trust *trust;
    party anchor, office;
    const garita_issuer *anchor_record, *office_record;
    history history;

    struct engine_log logs[2];
    struct engine_item items[8];
    size_t item_count;
    struct engine_node nodes[NODES];
    size_t node_count;
    blob item_bytes; /* what any item is */
    const uint8_t *run;
    size_t run_len; /* what any log gives */
    unsigned gives;

    struct packet {
        engine_link_id link;
        size_t len;
        uint8_t *bytes;
    } packets[PACKETS];
    size_t packet_count;
    bool is_reading; /* what is sent leaves at once */
    struct action {
        struct engine_action action;
        uint8_t *bytes;
        uint8_t noise_key[GARITA_NOISE_KEY_SIZE];
        bool has_key;
    } actions[256];
    size_t action_count;
} rig;

static void give_random(void *context, uint8_t *out, size_t len)
{
    (void)context;
    rng_fill(&rig.random, out, len);
}

static bool give_run(void *context, const garita_hash *log, const garita_have_log *theirs,
                     bool wants_batches, garita_bundle_sink sink, void *sink_context)
{
    (void)context, (void)log, (void)theirs, (void)wants_batches;
    rig.gives++;
    return rig.run && sink(sink_context, rig.run, rig.run_len);
}

static bool give_item(void *context, const garita_hash *log, unsigned kind,
                      const garita_digest *digest, garita_bundle_sink sink, void *sink_context)
{
    (void)context, (void)log, (void)digest;
    garita_message m = {.kind = kind == ENGINE_ITEM_PROOF ? GARITA_MESSAGE_PROOF
                                                          : GARITA_MESSAGE_STATEMENT,
                        .bytes = {rig.item_bytes.bytes, rig.item_bytes.len}};
    return garita_bundle_write(sink, sink_context, &m);
}

static struct engine_time now(void)
{
    return (struct engine_time){rig.ms, NOW + rig.ms / 1000};
}

static void forget(void)
{
    for (size_t i = 0; i < rig.packet_count; i++)
        free(rig.packets[i].bytes);
    for (size_t i = 0; i < rig.action_count; i++)
        free(rig.actions[i].bytes);
    rig.packet_count = rig.action_count = 0;
}

/* Lets it do all that it wants done. */
static void pump(void)
{
    const struct engine_action *a;
    while ((a = engine_next(rig.engine))) {
        uint8_t *bytes = malloc(a->len + 1);
        if (a->len > 0)
            memcpy(bytes, a->bytes, a->len);
        if (a->kind == ENGINE_SEND) {
            assert_true(rig.packet_count < PACKETS && a->len <= ENGINE_PACKET_MAX);
            engine_link_id link = a->link;
            size_t len = a->len;
            rig.packets[rig.packet_count++] = (struct packet){link, len, bytes};
            if (rig.is_reading)
                engine_sent(rig.engine, now(), link, len);
            continue;
        }
        assert_true(rig.action_count < COUNT(rig.actions));
        struct action *kept = &rig.actions[rig.action_count++];
        *kept = (struct action){.action = *a, .bytes = bytes, .has_key = a->noise_key};
        if (a->noise_key)
            memcpy(kept->noise_key, a->noise_key, sizeof kept->noise_key);
    }
}

/* Time goes on, tick by tick as it asks for them. */
static void wait_ms(int64_t ms)
{
    int64_t end = rig.ms + ms;
    for (int64_t due; (due = engine_due(rig.engine)) <= end;) {
        assert_true(due >= rig.ms);
        rig.ms = due > rig.ms ? due : rig.ms + 1; /* it is never due at once again */
        engine_tick(rig.engine, now());
        pump();
        assert_true(engine_due(rig.engine) > rig.ms);
    }
    rig.ms = end;
}

static const struct action *find_action(enum engine_action_kind kind, size_t index)
{
    for (size_t i = 0; i < rig.action_count; i++)
        if (rig.actions[i].action.kind == kind && index-- == 0)
            return &rig.actions[i];
    return NULL;
}

/* The first of a kind, which there must be. */
static const struct action *the_action(enum engine_action_kind kind)
{
    const struct action *found = find_action(kind, 0);
    if (!found) {
        fail_msg("no action %d", (int)kind);
        abort();
    }
    return found;
}

static size_t count_actions(enum engine_action_kind kind)
{
    size_t count = 0;
    while (find_action(kind, count))
        count++;
    return count;
}

/* The index-th message of a kind that was sent on a link. */
static bool find_sent(struct wire_message *out, engine_link_id link, uint8_t kind, size_t index)
{
    for (size_t i = 0; i < rig.packet_count; i++) {
        struct wire_reader reader = {rig.packets[i].bytes, rig.packets[i].len, 0};
        while (rig.packets[i].link == link && wire_next(&reader, out) == WIRE_OK)
            if (out->kind == kind && index-- == 0)
                return true;
    }
    return false;
}

static size_t count_sent(engine_link_id link, uint8_t kind)
{
    struct wire_message m;
    size_t count = 0;
    while (find_sent(&m, link, kind, count))
        count++;
    return count;
}

#define assert_sent(link, kind) assert_int_not_equal(count_sent(link, kind), 0)
#define assert_not_sent(link, kind) assert_int_equal(count_sent(link, kind), 0)

static void assert_closed(engine_link_id link, const char *reason)
{
    for (size_t i = 0; i < rig.action_count; i++)
        if (rig.actions[i].action.kind == ENGINE_CLOSE && rig.actions[i].action.link == link) {
            assert_string_equal(engine_reason_name(rig.actions[i].action.reason), reason);
            struct wire_message m;
            assert_true(find_sent(&m, link, WIRE_CLOSE, 0)); /* and it was told why */
            assert_int_equal(m.as.close.reason, rig.actions[i].action.reason);
            return;
        }
    fail_msg("link %u stands", link);
}

static void receive(engine_link_id link, const struct wire_message *m)
{
    uint8_t bytes[ENGINE_PACKET_MAX];
    struct wire_writer writer = {bytes, 0, sizeof bytes};
    assert_true(wire_put(&writer, m));
    uint8_t *exact = malloc(writer.len);
    memcpy(exact, bytes, writer.len);
    engine_received(rig.engine, now(), link, exact, writer.len);
    free(exact);
    pump();
}

/* --- what it holds --- */

/* A node by number: its Noise key begins with that, so that keys are in order. */
static void make_node(struct engine_node *out, uint8_t number)
{
    *out = (struct engine_node){.from = INT64_MIN, .until = NOW + 86400 * 365, .address_count = 1};
    memset(out->noise_key, number, sizeof out->noise_key);
    memset(out->public_key, number, sizeof out->public_key);
    memset(&out->certifier, number % 3, sizeof out->certifier);
    snprintf(out->name, sizeof out->name, "Node %u", number);
    snprintf(out->addresses[0], sizeof out->addresses[0], "node%u:7701", number);
}

/* The office's log as of a head of its history. */
static void hold_head(const signed_head *head)
{
    struct engine_log *log = &rig.logs[1];
    log->is_given = head;
    if (!head)
        return;
    log->head = head->head;
    log->head_len = head->len;
    memcpy(log->head_bytes, head->bytes, head->len);
    log->frontier = rig.history.before[head->head.size];
}

static void stock(void)
{
    struct engine_stock s = {rig.trust, rig.logs,      2, rig.items, rig.item_count,
                             rig.nodes, rig.node_count};
    assert_true(engine_stock(rig.engine, now(), &s));
    pump();
}

static void update_log(const signed_head *head)
{
    hold_head(head);
    assert_true(engine_log(rig.engine, now(), &rig.logs[1]));
    pump();
}

enum { OWN_KEY = 100 };

static int set_up(void **state)
{
    (void)state;
    memset(&rig, 0, sizeof rig);
    rig.random.state = 1;
    rig.ms = 1000000;
    rig.is_reading = true;
    assert_ok(garita_trust_new(&rig.trust));
    party_make(&rig.anchor, 1);
    party_make(&rig.office, 2);
    rig.anchor_record = pin(rig.trust, &rig.anchor, (grant){.serial = 1});
    rig.office_record = add(rig.trust, &rig.anchor, &rig.office, (grant){.serial = 2});
    history_start(&rig.history, &rig.office, rig.office_record);
    garita_log_id(&rig.logs[0].id, rig.anchor_record);
    rig.logs[0].anchor = rig.logs[0].id;
    garita_log_id(&rig.logs[1].id, rig.office_record);
    rig.logs[1].anchor = rig.logs[0].id;
    rig.item_bytes.len = 100;
    for (uint8_t i = 0; i < NODES; i++)
        make_node(&rig.nodes[i], (uint8_t)(i + 1));
    rig.node_count = 4;
    for (size_t i = 0; i < NODES; i++) /* nobody is called unless a test wants it */
        rig.nodes[i].address_count = 0;

    struct engine_config config = {.host = {NULL, give_random, give_run, give_item}};
    memset(config.noise_key, OWN_KEY, sizeof config.noise_key);
    rig.engine = engine_new(&config);
    assert_non_null(rig.engine);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    forget();
    engine_free(rig.engine);
    history_end(&rig.history);
    garita_trust_free(rig.trust);
    return 0;
}

/* A link with node number comes in, and stands. */
static void link_up(engine_link_id link, uint8_t number)
{
    uint8_t key[GARITA_NOISE_KEY_SIZE];
    memset(key, number, sizeof key);
    engine_opened(rig.engine, now(), link, 0, key, "192.0.2.1:1", NULL, 0);
    pump();
}

static garita_digest prefix_of(const struct engine_log *log)
{
    garita_digest prefix;
    memcpy(&prefix, &log->id, sizeof prefix);
    return prefix;
}

static void push_head(engine_link_id link, const signed_head *head)
{
    struct wire_message m = {.kind = WIRE_HEAD};
    m.as.head = (struct wire_head){prefix_of(&rig.logs[1]), {head->bytes, head->len}};
    receive(link, &m);
}

/* The history's first batch, then a second; heads[0] is of one, heads[1] of two. */
static void publish_two(void)
{
    history_revoke(&rig.history, 5);
    history_sign(&rig.history, NOW);
    history_revoke(&rig.history, 6);
    history_sign(&rig.history, NOW + 60);
}

static void bring_run(engine_link_id link, uint32_t number, const uint8_t *run, size_t len)
{
    garita_digest digest;
    crypto_generichash(digest.bytes, sizeof digest.bytes, run, len, NULL, 0);
    for (size_t at = 0; at < len; at += ENGINE_PIECE_BYTES) {
        size_t piece = len - at < ENGINE_PIECE_BYTES ? len - at : ENGINE_PIECE_BYTES;
        struct wire_message m = {.kind = WIRE_RUN};
        m.as.run = (struct wire_run){number, digest, len, at, {run + at, piece}};
        receive(link, &m);
    }
}

/* --- admission --- */

static void a_node_of_the_roster_is_greeted(void **state)
{
    (void)state;
    stock();
    link_up(1, 1);
    assert_non_null(find_action(ENGINE_UP, 0));
    assert_sent(1, WIRE_HELLO);
    assert_sent(1, WIRE_DIGEST);
}

static void who_is_no_node_is_refused_with_the_reason(void **state)
{
    (void)state;
    rig.nodes[0].is_revoked = true;
    rig.nodes[1].until = NOW;
    rig.nodes[2].from = NOW + 86400;
    stock();
    link_up(1, 77);
    assert_closed(1, "uncertified");
    link_up(2, 1);
    assert_closed(2, "revoked");
    link_up(3, 2);
    assert_closed(3, "expired");
    link_up(4, 3);
    assert_closed(4, "not-yet-valid");
    link_up(5, OWN_KEY);
    assert_closed(5, "self");
    assert_null(find_action(ENGINE_UP, 0));
}

static void without_a_clock_no_date_counts(void **state)
{
    (void)state;
    rig.nodes[1].until = NOW;
    struct engine_stock s = {rig.trust, rig.logs, 2, NULL, 0, rig.nodes, rig.node_count};
    struct engine_time unknown = {rig.ms, INT64_MIN};
    assert_true(engine_stock(rig.engine, unknown, &s));
    uint8_t key[GARITA_NOISE_KEY_SIZE];
    memset(key, 2, sizeof key);
    engine_opened(rig.engine, unknown, 1, 0, key, "192.0.2.1:1", NULL, 0);
    pump();
    assert_non_null(find_action(ENGINE_UP, 0));
}

static void a_newcomers_statements_are_taken_and_then_it_is_looked_for_again(void **state)
{
    (void)state;
    stock();
    uint8_t key[GARITA_NOISE_KEY_SIZE];
    const uint8_t payload[] = {GARITA_MESSAGE_STATEMENT, 3, 1, 2, 3};
    for (engine_link_id link = 1; link <= 2; link++) {
        forget();
        memset(key, 9 + (int)link, sizeof key);
        engine_opened(rig.engine, now(), link, 0, key, "192.0.2.1:1", payload, sizeof payload);
        pump();
        const struct action *take = the_action(ENGINE_TAKE);
        garita_bundle_reader reader;
        garita_message m;
        assert_ok(garita_bundle_open(&reader, take->bytes, take->action.len));
        assert_ok(garita_bundle_next(&reader, &m, NULL));
        assert_memory_equal(m.bytes.at, payload + 2, 3);
        uint32_t job = take->action.job;
        if (link == 1) { /* the first one is a node by then */
            make_node(&rig.nodes[4], 10);
            rig.node_count = 5;
            stock();
        }
        engine_taken(rig.engine, now(), job, &(struct engine_take_result){.is_kept = true});
        pump();
        if (link == 1)
            assert_non_null(find_action(ENGINE_UP, 0));
        else
            assert_closed(2, "uncertified");
    }
}

static void a_payload_of_anything_but_statements_is_malformed(void **state)
{
    (void)state;
    stock();
    uint8_t key[GARITA_NOISE_KEY_SIZE] = {99};
    const uint8_t payload[] = {GARITA_MESSAGE_PROOF, 3, 1, 2, 3};
    engine_opened(rig.engine, now(), 1, 0, key, "192.0.2.1:1", payload, sizeof payload);
    pump();
    assert_closed(1, "malformed");
    assert_null(find_action(ENGINE_TAKE, 0));
    /* and is kept away, by its key */
    engine_opened(rig.engine, now(), 2, 0, key, "192.0.2.1:1", NULL, 0);
    pump();
    assert_closed(2, "banned");
    link_up(3, 1); /* from the same address */
    assert_non_null(find_action(ENGINE_UP, 0));
}

static void a_session_ends_when_its_node_is_revoked(void **state)
{
    (void)state;
    stock();
    link_up(1, 1);
    link_up(2, 2);
    rig.nodes[0].is_revoked = true;
    stock();
    assert_closed(1, "revoked");
    struct engine_link_view view;
    engine_link_at(rig.engine, 1, &view);
    assert_true(view.is_up);
}

static void a_session_ends_when_its_node_expires(void **state)
{
    (void)state;
    rig.nodes[0].until = NOW + rig.ms / 1000 + 3;
    stock();
    link_up(1, 1);
    wait_ms(15000);
    assert_closed(1, "expired");
}

static void of_two_sessions_the_one_that_the_lower_key_dialed_stays(void **state)
{
    (void)state;
    rig.nodes[0].address_count = 1;
    stock();
    wait_ms(10);
    uint32_t dial = the_action(ENGINE_DIAL)->action.dial;
    link_up(1, 1); /* node 1 is below this one: what it dialed stays */
    engine_opened(rig.engine, now(), 2, dial, rig.nodes[0].noise_key, "node1:7701", NULL, 0);
    pump();
    assert_closed(2, "duplicate");
}

static void who_says_nothing_is_let_go(void **state)
{
    (void)state;
    stock();
    link_up(1, 1);
    wait_ms(3 * ENGINE_PERIOD_MS);
    assert_null(find_action(ENGINE_CLOSE, 0));
    wait_ms(ENGINE_PERIOD_MS);
    assert_closed(1, "silent");
}

/* --- links --- */

static void configured_peers_are_tried_every_five_seconds(void **state)
{
    (void)state;
    const char *const addresses[] = {"192.0.2.7:7701"};
    assert_true(engine_configure(rig.engine, now(), addresses, 1));
    stock();
    for (unsigned i = 0; i < 20; i++) {
        wait_ms(ENGINE_CONFIGURED_MS);
        const struct action *dial = the_action(ENGINE_DIAL);
        assert_false(dial->has_key);
        engine_dial_failed(rig.engine, now(), dial->action.dial);
        forget();
    }
}

static void of_one_certifier_three_are_chosen(void **state)
{
    (void)state;
    rig.node_count = NODES;
    for (size_t i = 0; i < NODES; i++) {
        rig.nodes[i].address_count = 1;
        memset(&rig.nodes[i].certifier, i < 20 ? 1 : 2, sizeof(garita_hash));
    }
    stock();
    wait_ms(60000); /* nobody answers meanwhile */
    size_t hostile = 0, all = count_actions(ENGINE_DIAL);
    for (size_t i = 0; i < all; i++) {
        const struct action *dial = find_action(ENGINE_DIAL, i);
        hostile += dial && dial->noise_key[0] <= 20;
    }
    assert_int_equal(all, 6);
    assert_int_equal(hostile, 3);
}

/* Those who call cannot take the place of those who are called. */
static void callers_do_not_fill_the_links(void **state)
{
    (void)state;
    rig.node_count = NODES;
    for (size_t i = 0; i < NODES; i++) {
        rig.nodes[i].address_count = i < 20 ? 0 : 1;
        memset(&rig.nodes[i].certifier, i < 20 ? 1 : 2, sizeof(garita_hash));
    }
    stock();
    for (uint8_t i = 1; i <= 20; i++)
        link_up(i, i);
    forget();
    wait_ms(100);
    assert_int_equal(count_actions(ENGINE_DIAL), 3);
}

/* --- heads and runs --- */

static void a_newer_head_is_pulled_and_only_relayed_when_it_is_kept(void **state)
{
    (void)state;
    publish_two();
    hold_head(&rig.history.heads[0]);
    stock();
    link_up(1, 1);
    link_up(2, 2);
    forget();
    push_head(1, &rig.history.heads[1]);
    struct wire_message want;
    assert_true(find_sent(&want, 1, WIRE_WANT, 0));
    assert_int_equal(want.as.want.size, 1);
    assert_not_sent(2, WIRE_HEAD);

    const uint8_t run[] = {GARITA_MESSAGE_BATCH, 1, 1};
    bring_run(1, want.as.want.number, run, sizeof run);
    const struct action *take = the_action(ENGINE_TAKE);
    assert_int_equal(take->action.len, GARITA_BUNDLE_HEADER_SIZE + sizeof run + 2);
    assert_memory_equal(take->bytes + GARITA_BUNDLE_HEADER_SIZE, run, sizeof run);
    assert_not_sent(2, WIRE_HEAD);

    update_log(&rig.history.heads[1]);
    assert_int_equal(count_sent(2, WIRE_HEAD), 1);
    assert_not_sent(1, WIRE_HEAD); /* who brought it knows it */
    engine_taken(rig.engine, now(), take->action.job,
                 &(struct engine_take_result){.is_kept = true});
    pump();
    assert_int_equal(count_sent(1, WIRE_WANT), 1);
}

static void a_heartbeat_is_taken_at_once(void **state)
{
    (void)state;
    history_revoke(&rig.history, 5);
    history_sign(&rig.history, NOW);
    history_sign(&rig.history, NOW + 60);
    hold_head(&rig.history.heads[0]);
    stock();
    link_up(1, 1);
    forget();
    push_head(1, &rig.history.heads[1]);
    const struct action *take = the_action(ENGINE_TAKE);
    garita_bundle_reader reader;
    garita_message m;
    assert_ok(garita_bundle_open(&reader, take->bytes, take->action.len));
    assert_ok(garita_bundle_next(&reader, &m, NULL));
    assert_int_equal(m.kind, GARITA_MESSAGE_TAIL);
    assert_memory_equal(m.head.at, rig.history.heads[1].bytes, rig.history.heads[1].len);
    assert_int_equal(m.frontier.size, 1);
    assert_memory_equal(m.frontier.peaks, rig.history.before[1].peaks, GARITA_HASH_SIZE);
}

static void heads_of_one_authority_are_relayed_once_a_second(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= 6; i++) {
        history_revoke(&rig.history, i);
        history_sign(&rig.history, NOW + i);
    }
    hold_head(&rig.history.heads[0]);
    stock();
    link_up(1, 1);
    forget();
    for (size_t i = 1; i < 6; i++)
        update_log(&rig.history.heads[i]);
    assert_int_equal(count_sent(1, WIRE_HEAD), 1);
    wait_ms(ENGINE_RELAY_MS + 1);
    assert_int_equal(count_sent(1, WIRE_HEAD), 2);
    struct wire_message m;
    assert_true(find_sent(&m, 1, WIRE_HEAD, 1)); /* the newest of them */
    assert_memory_equal(m.as.head.statement.at, rig.history.heads[5].bytes,
                        rig.history.heads[5].len);
}

static void an_older_head_is_answered_with_the_newer(void **state)
{
    (void)state;
    publish_two();
    hold_head(&rig.history.heads[1]);
    stock();
    link_up(1, 1);
    forget();
    push_head(1, &rig.history.heads[0]);
    assert_int_equal(count_sent(1, WIRE_HEAD), 1);
    assert_not_sent(1, WIRE_WANT);
}

static void a_head_that_nobody_can_read_costs_its_bringer_the_link(void **state)
{
    (void)state;
    publish_two();
    hold_head(&rig.history.heads[0]);
    stock();
    link_up(1, 1);
    for (unsigned i = 0; i <= ENGINE_STRIKES; i++) {
        signed_head broken = rig.history.heads[1];
        broken.len -= 1 + i;
        push_head(1, &broken);
        assert_not_sent(1, WIRE_WANT);
    }
    assert_closed(1, "forged");
}

/* An authority that certifies two keys with one number, one here and one there, shall not make
 * those who pass on what the one signed forgers to those who know the other. */
static void a_signature_that_is_not_good_here_is_no_offence(void **state)
{
    (void)state;
    publish_two();
    hold_head(&rig.history.heads[0]);
    stock();
    link_up(1, 1);
    for (unsigned i = 0; i < 2 * ENGINE_STRIKES; i++) {
        signed_head others = rig.history.heads[1];
        others.bytes[others.len - 1] ^= (uint8_t)(1 + i);
        push_head(1, &others);
        assert_not_sent(1, WIRE_WANT);
    }
    assert_null(find_action(ENGINE_CLOSE, 0));
    push_head(1, &rig.history.heads[1]);
    assert_sent(1, WIRE_WANT);
}

static void who_does_not_deliver_is_passed_over(void **state)
{
    (void)state;
    publish_two();
    hold_head(&rig.history.heads[0]);
    stock();
    for (uint8_t i = 1; i <= 3; i++)
        link_up(i, i);
    forget();
    for (uint8_t i = 1; i <= 3; i++)
        push_head(i, &rig.history.heads[1]);
    assert_int_equal(count_sent(1, WIRE_WANT), 1);
    assert_not_sent(2, WIRE_WANT);
    wait_ms(3000);
    assert_int_equal(count_sent(2, WIRE_WANT), 1);
    assert_int_equal(count_sent(3, WIRE_WANT), 1);
    /* the first may still answer */
    struct wire_message want;
    assert_true(find_sent(&want, 1, WIRE_WANT, 0));
    const uint8_t run[] = {GARITA_MESSAGE_BATCH, 1, 1};
    bring_run(1, want.as.want.number, run, sizeof run);
    assert_non_null(find_action(ENGINE_TAKE, 0));
}

/* A link that drips shields nobody: after ten seconds another is asked for what is missing. */
static void a_run_that_drips_is_asked_for_elsewhere_and_goes_on(void **state)
{
    (void)state;
    publish_two();
    hold_head(&rig.history.heads[0]);
    stock();
    link_up(1, 1);
    link_up(2, 2);
    forget();
    push_head(1, &rig.history.heads[1]);
    push_head(2, &rig.history.heads[1]);
    struct wire_message want, m = {.kind = WIRE_RUN};
    assert_true(find_sent(&want, 1, WIRE_WANT, 0));
    static uint8_t run[20 * ENGINE_PIECE_BYTES];
    rng_fill(&rig.random, run, sizeof run);
    garita_digest digest;
    crypto_generichash(digest.bytes, sizeof digest.bytes, run, sizeof run, NULL, 0);
    for (size_t i = 0; i < 11; i++) {
        m.as.run = (struct wire_run){want.as.want.number,
                                     digest,
                                     sizeof run,
                                     i * ENGINE_PIECE_BYTES,
                                     {run + i * ENGINE_PIECE_BYTES, ENGINE_PIECE_BYTES}};
        receive(1, &m);
        struct wire_message beat = {.kind = WIRE_HELLO};
        receive(2, &beat);
        wait_ms(1000);
    }
    assert_true(find_sent(&want, 2, WIRE_WANT, 0));
    assert_true(want.as.want.is_resumed);
    assert_memory_equal(&want.as.want.run, &digest, sizeof digest);
    assert_true(want.as.want.ranges[0].offset >= 9 * ENGINE_PIECE_BYTES);
    for (size_t i = want.as.want.ranges[0].offset / ENGINE_PIECE_BYTES; i < 20; i++) {
        m.as.run = (struct wire_run){want.as.want.number,
                                     digest,
                                     sizeof run,
                                     i * ENGINE_PIECE_BYTES,
                                     {run + i * ENGINE_PIECE_BYTES, ENGINE_PIECE_BYTES}};
        receive(2, &m);
    }
    const struct action *take = the_action(ENGINE_TAKE);
    assert_memory_equal(take->bytes + GARITA_BUNDLE_HEADER_SIZE, run, sizeof run);
}

static void pieces_may_come_in_any_order(void **state)
{
    (void)state;
    publish_two();
    hold_head(&rig.history.heads[0]);
    stock();
    link_up(1, 1);
    forget();
    push_head(1, &rig.history.heads[1]);
    struct wire_message want, m = {.kind = WIRE_RUN};
    assert_true(find_sent(&want, 1, WIRE_WANT, 0));
    static uint8_t run[9 * ENGINE_PIECE_BYTES + 17];
    rng_fill(&rig.random, run, sizeof run);
    garita_digest digest;
    crypto_generichash(digest.bytes, sizeof digest.bytes, run, sizeof run, NULL, 0);
    static const size_t order[] = {9, 3, 3, 0, 8, 1, 2, 7, 4, 6, 5};
    for (size_t i = 0; i < COUNT(order); i++) {
        assert_null(find_action(ENGINE_TAKE, 0));
        size_t at = order[i] * ENGINE_PIECE_BYTES;
        m.as.run = (struct wire_run){want.as.want.number,
                                     digest,
                                     sizeof run,
                                     at,
                                     {run + at, order[i] == 9 ? 17 : ENGINE_PIECE_BYTES}};
        receive(1, &m);
    }
    const struct action *take = the_action(ENGINE_TAKE);
    assert_memory_equal(take->bytes + GARITA_BUNDLE_HEADER_SIZE, run, sizeof run);
}

static void a_run_that_is_not_what_its_digest_says_was_forged(void **state)
{
    (void)state;
    publish_two();
    hold_head(&rig.history.heads[0]);
    stock();
    link_up(1, 1);
    forget();
    push_head(1, &rig.history.heads[1]);
    struct wire_message want, m = {.kind = WIRE_RUN};
    assert_true(find_sent(&want, 1, WIRE_WANT, 0));
    m.as.run = (struct wire_run){want.as.want.number, {{1}}, 3, 0, {(const uint8_t *)"abc", 3}};
    receive(1, &m);
    assert_null(find_action(ENGINE_TAKE, 0));
    assert_closed(1, "forged");
}

/* What one peer claims of a head and does not make good is not held against others. */
static void a_false_claim_does_not_speak_against_others(void **state)
{
    (void)state;
    publish_two();
    hold_head(&rig.history.heads[0]);
    stock();
    link_up(1, 1);
    link_up(2, 2);
    forget();
    push_head(1, &rig.history.heads[1]);
    struct wire_message want;
    assert_true(find_sent(&want, 1, WIRE_WANT, 0));
    const uint8_t run[] = {GARITA_MESSAGE_STATEMENT, 1, 1}; /* nothing about that head */
    bring_run(1, want.as.want.number, run, sizeof run);
    engine_taken(rig.engine, now(), the_action(ENGINE_TAKE)->action.job,
                 &(struct engine_take_result){.is_kept = true, .is_foreign = true});
    pump();
    push_head(2, &rig.history.heads[1]);
    assert_int_equal(count_sent(2, WIRE_WANT), 1);
}

static void what_the_disk_refused_is_tried_again(void **state)
{
    (void)state;
    publish_two();
    hold_head(&rig.history.heads[0]);
    stock();
    link_up(1, 1);
    forget();
    push_head(1, &rig.history.heads[1]);
    struct wire_message want;
    assert_true(find_sent(&want, 1, WIRE_WANT, 0));
    const uint8_t run[] = {GARITA_MESSAGE_BATCH, 1, 1};
    bring_run(1, want.as.want.number, run, sizeof run);
    engine_taken(rig.engine, now(), the_action(ENGINE_TAKE)->action.job,
                 &(struct engine_take_result){0});
    pump();
    assert_int_equal(count_sent(1, WIRE_WANT), 1);
    wait_ms(2 * ENGINE_RETRY_MS);
    assert_int_equal(count_sent(1, WIRE_WANT), 2);
}

/* --- giving --- */

static void a_run_is_given_in_pieces_and_what_is_missing_again(void **state)
{
    (void)state;
    publish_two();
    hold_head(&rig.history.heads[1]);
    static uint8_t run[3 * ENGINE_PIECE_BYTES + 5];
    rng_fill(&rig.random, run, sizeof run);
    rig.run = run;
    rig.run_len = sizeof run;
    stock();
    link_up(1, 1);
    forget();
    struct wire_message want = {.kind = WIRE_WANT}, m;
    want.as.want = (struct wire_want){.number = 7, .prefix = prefix_of(&rig.logs[1])};
    receive(1, &want);
    assert_int_equal(count_sent(1, WIRE_RUN), 4);
    for (size_t i = 0; i < 4; i++) {
        assert_true(find_sent(&m, 1, WIRE_RUN, i));
        assert_int_equal(m.as.run.total, sizeof run);
        assert_memory_equal(m.as.run.bytes.at, run + m.as.run.offset, m.as.run.bytes.len);
    }
    want.as.want.number = 8;
    want.as.want.is_resumed = true;
    want.as.want.run = m.as.run.run;
    want.as.want.range_count = 1;
    want.as.want.ranges[0] = (struct wire_range){ENGINE_PIECE_BYTES, ENGINE_PIECE_BYTES};
    forget();
    receive(1, &want);
    assert_int_equal(count_sent(1, WIRE_RUN), 1);
    assert_true(find_sent(&m, 1, WIRE_RUN, 0));
    assert_int_equal(m.as.run.offset, ENGINE_PIECE_BYTES);
    assert_int_equal(rig.gives, 1); /* it was made once */
}

static void who_asks_too_much_is_told_that_it_is_busy(void **state)
{
    (void)state;
    publish_two();
    hold_head(&rig.history.heads[1]);
    rig.run = (const uint8_t *)"run";
    rig.run_len = 3;
    stock();
    link_up(1, 1);
    struct wire_message want = {.kind = WIRE_WANT}, m;
    for (uint32_t i = 0; i < 2 * ENGINE_GIVES_BURST; i++) {
        want.as.want = (struct wire_want){
            .number = i, .prefix = prefix_of(&rig.logs[1]), .has_log = true, .signed_at = i};
        receive(1, &want);
    }
    assert_true(rig.gives <= ENGINE_GIVES_BURST);
    assert_true(find_sent(&m, 1, WIRE_NONE, 0));
    assert_int_equal(m.as.none.reason, WIRE_BUSY);
    assert_null(find_action(ENGINE_CLOSE, 0));
}

/* --- anti-entropy --- */

static void a_digest_that_differs_brings_the_whole_vector(void **state)
{
    (void)state;
    publish_two();
    hold_head(&rig.history.heads[1]);
    stock();
    link_up(1, 1);
    struct wire_message own, m;
    assert_true(find_sent(&own, 1, WIRE_DIGEST, 0));
    uint8_t entry[WIRE_DIGEST_ENTRY_SIZE];
    memcpy(entry, own.as.digest.entries, sizeof entry);
    assert_int_equal(own.as.digest.count, 1);
    struct wire_message digest = {.kind = WIRE_DIGEST};
    digest.as.digest.count = 1;
    digest.as.digest.entries = entry;

    forget();
    receive(1, &digest); /* the same */
    assert_not_sent(1, WIRE_VECTOR);
    struct engine_progress progress;
    engine_progress(rig.engine, &progress);
    assert_int_equal(progress.agreed_ms, rig.ms);

    entry[WIRE_TAG_SIZE] ^= 1;
    receive(1, &digest);
    assert_true(find_sent(&m, 1, WIRE_VECTOR, 0));
    assert_true(m.as.vector.wants_answer);
    struct wire_vector_log log;
    size_t count = 0, heads = 0;
    for (size_t at = 0; wire_vector_next(&m.as.vector, &at, &log); count++)
        heads += log.has_head;
    assert_int_equal(count, 2);
    assert_int_equal(heads, 1);
    forget();
    receive(1, &digest); /* it is under way already */
    assert_not_sent(1, WIRE_VECTOR);
}

static void receive_vector(engine_link_id link, const struct wire_vector_log *log)
{
    uint8_t bytes[WIRE_VECTOR_LOG_MAX];
    struct wire_writer writer = {bytes, 0, sizeof bytes};
    assert_true(wire_put_vector_log(&writer, log));
    struct wire_message m = {.kind = WIRE_VECTOR};
    memcpy(m.as.vector.tag, &rig.logs[0].id, WIRE_TAG_SIZE);
    m.as.vector.wants_answer = true;
    m.as.vector.entries = bytes;
    m.as.vector.entries_len = writer.len;
    receive(link, &m);
}

static void a_vector_is_answered_with_what_each_side_lacks(void **state)
{
    (void)state;
    publish_two();
    hold_head(&rig.history.heads[0]);
    rig.item_count = 2;
    rig.items[0] = (struct engine_item){.log = rig.logs[1].id, .kind = ENGINE_ITEM_NODE};
    rig.items[1] = (struct engine_item){.log = rig.logs[1].id, .kind = ENGINE_ITEM_PROOF};
    stock();
    link_up(1, 1);
    forget();
    struct wire_vector_log theirs = {.prefix = prefix_of(&rig.logs[1])};
    receive_vector(1, &theirs);
    assert_sent(1, WIRE_HEAD);
    assert_sent(1, WIRE_PROOF);
    assert_sent(1, WIRE_LIST);
    assert_sent(1, WIRE_VECTOR);
    assert_not_sent(1, WIRE_WANT);
    forget();
    theirs.has_head = true;
    theirs.size = 2;
    theirs.signed_at = NOW;
    receive_vector(1, &theirs);
    assert_sent(1, WIRE_WANT);
    assert_not_sent(1, WIRE_HEAD);
}

/* --- items --- */

static void list_one(engine_link_id link, const garita_digest *digest)
{
    struct wire_message m = {.kind = WIRE_LIST};
    m.as.items = (struct wire_items){prefix_of(&rig.logs[1]), ENGINE_ITEM_NODE, 1, digest->bytes};
    receive(link, &m);
}

static void an_item_is_asked_for_taken_and_if_refused_left_alone(void **state)
{
    (void)state;
    stock();
    link_up(1, 1);
    link_up(2, 2);
    forget();
    const uint8_t message[] = {GARITA_MESSAGE_STATEMENT, 3, 1, 2, 3};
    garita_digest digest;
    garita_digest_of(&digest, message + 2, 3);
    list_one(1, &digest);
    list_one(2, &digest);
    assert_int_equal(count_sent(1, WIRE_ASK), 1);
    assert_not_sent(2, WIRE_ASK);
    wait_ms(ENGINE_ASK_MS + 1100); /* no answer: the other */
    assert_int_equal(count_sent(2, WIRE_ASK), 1);
    struct wire_message m = {.kind = WIRE_STATEMENT};
    m.as.item.message = (garita_bytes){message, sizeof message};
    receive(2, &m);
    const struct action *take = the_action(ENGINE_TAKE);
    engine_taken(rig.engine, now(), take->action.job,
                 &(struct engine_take_result){.is_kept = true, .is_foreign = true});
    pump();
    forget();
    list_one(1, &digest);
    assert_not_sent(1, WIRE_ASK);
}

static void items_that_are_new_go_to_all_but_their_bringer(void **state)
{
    (void)state;
    stock();
    link_up(1, 1);
    link_up(2, 2);
    forget();
    const uint8_t message[] = {GARITA_MESSAGE_STATEMENT, 3, 1, 2, 3};
    struct wire_message m = {.kind = WIRE_STATEMENT};
    m.as.item.message = (garita_bytes){message, sizeof message};
    receive(1, &m);
    assert_not_sent(2, WIRE_STATEMENT);
    rig.item_count = 1;
    rig.items[0] = (struct engine_item){.log = rig.logs[1].id, .kind = ENGINE_ITEM_NODE};
    garita_digest_of(&rig.items[0].digest, message + 2, 3);
    stock();
    assert_int_equal(count_sent(2, WIRE_STATEMENT), 1);
    assert_not_sent(1, WIRE_STATEMENT);
}

static void receive_item(engine_link_id link, uint8_t kind, const uint8_t *message, size_t len)
{
    struct wire_message m = {.kind = kind};
    m.as.item.message = (garita_bytes){message, len};
    receive(link, &m);
}

/* The writer had the oldest bundle, and nothing of it was taken. */
static void refuse_take(void)
{
    const struct action *take = the_action(ENGINE_TAKE);
    engine_taken(rig.engine, now(), take->action.job,
                 &(struct engine_take_result){.is_kept = true, .is_foreign = true});
    pump();
}

static bool write_to(void *writer, const uint8_t *bytes, size_t len)
{
    struct wire_writer *to = writer;
    if (len > to->cap - to->len)
        return false;
    memcpy(to->bytes + to->len, bytes, len);
    to->len += len;
    return true;
}

static size_t write_message(uint8_t out[GARITA_MESSAGE_BYTES_MAX], const garita_message *message)
{
    struct wire_writer to = {out, 0, GARITA_MESSAGE_BYTES_MAX};
    assert_true(garita_bundle_write(write_to, &to, message));
    return to.len;
}

/* What is refused as a statement is no head that was refused. */
static void a_head_in_the_coat_of_an_item_is_not_refused_as_a_head(void **state)
{
    (void)state;
    publish_two();
    hold_head(&rig.history.heads[0]);
    stock();
    link_up(1, 1);
    link_up(2, 2);
    forget();
    const signed_head *fresh = &rig.history.heads[1];
    static uint8_t coat[GARITA_MESSAGE_BYTES_MAX];
    garita_message statement = {.kind = GARITA_MESSAGE_STATEMENT, .bytes = statement_of(fresh)};
    size_t len = write_message(coat, &statement);
    receive_item(1, WIRE_STATEMENT, coat, len);
    refuse_take();
    forget();
    push_head(2, fresh);
    assert_sent(2, WIRE_WANT);
}

/* A batch in a piece of evidence that proves nothing speaks against nobody who has the proof. */
static void evidence_is_refused_of_its_bringer_alone(void **state)
{
    (void)state;
    publish_two();
    stock();
    link_up(1, 1);
    link_up(2, 2);
    static uint8_t bad[GARITA_MESSAGE_BYTES_MAX], good[GARITA_MESSAGE_BYTES_MAX];
    garita_message evidence = {.kind = GARITA_MESSAGE_EVIDENCE,
                               .bytes = {rig.item_bytes.bytes, rig.item_bytes.len},
                               .head = statement_of(&rig.history.heads[0])};
    size_t bad_len = write_message(bad, &evidence);
    evidence.head = statement_of(&rig.history.heads[1]);
    size_t good_len = write_message(good, &evidence);
    forget();
    receive_item(1, WIRE_EVIDENCE, bad, bad_len);
    refuse_take();
    forget();
    receive_item(1, WIRE_EVIDENCE, good, good_len);
    assert_null(find_action(ENGINE_TAKE, 0)); /* he has had his say for a while */
    receive_item(2, WIRE_EVIDENCE, good, good_len);
    assert_int_equal(the_action(ENGINE_TAKE)->action.link, 2);
}

/* Whoever lists an item first, and wrongly, misleads nobody but those who ask him. */
static void who_lists_an_item_wrongly_does_not_hide_it(void **state)
{
    (void)state;
    stock();
    link_up(1, 1);
    link_up(2, 2);
    forget();
    garita_digest digest;
    memset(&digest, 7, sizeof digest);
    struct wire_message m = {.kind = WIRE_LIST};
    m.as.items = (struct wire_items){prefix_of(&rig.logs[0]), ENGINE_ITEM_POLICY, 1, digest.bytes};
    receive(1, &m);
    list_one(2, &digest);
    m.kind = WIRE_LARGE; /* nor does who says that it is long, and was not asked */
    receive(2, &m);
    wait_ms(ENGINE_ASK_MS + 1100);
    assert_true(find_sent(&m, 2, WIRE_ASK, 0));
    assert_int_equal(m.as.items.kind, ENGINE_ITEM_NODE);
    garita_digest office = prefix_of(&rig.logs[1]);
    assert_memory_equal(&m.as.items.prefix, &office, sizeof office);
    assert_not_sent(2, WIRE_WANT);
}

/* --- bounds --- */

/* Sessions of strangers, who wait for the writer, keep nobody out who is known. */
static void a_crowd_of_strangers_keeps_no_node_out(void **state)
{
    (void)state;
    stock();
    const uint8_t payload[] = {GARITA_MESSAGE_STATEMENT, 3, 1, 2, 3};
    for (unsigned i = 0; i < 2 * ENGINE_PENDING_MAX; i++) {
        uint8_t key[GARITA_NOISE_KEY_SIZE] = {0xff, (uint8_t)i};
        engine_opened(rig.engine, now(), 1000 + i, 0, key, "192.0.2.9:1", payload, sizeof payload);
        pump();
    }
    assert_closed(1000 + ENGINE_PENDING_MAX, "enough-links");
    forget();
    link_up(1, 1);
    assert_int_equal(the_action(ENGINE_UP)->action.link, 1);
}

/* Runs that somebody has asked for and does not read are in nobody's way. */
static void who_asks_for_much_and_reads_nothing_keeps_news_from_nobody(void **state)
{
    (void)state;
    static uint8_t run[2 * ENGINE_PIECE_BYTES];
    publish_two();
    hold_head(&rig.history.heads[1]);
    rig.run = run;
    rig.run_len = sizeof run;
    rig.node_count = NODES;
    stock();
    struct wire_message m = {.kind = WIRE_WANT};
    m.as.want = (struct wire_want){.prefix = prefix_of(&rig.logs[1]), .has_log = true};
    bool is_reading = rig.is_reading;
    for (engine_link_id link = 1; link < NODES; link++) {
        link_up(link, (uint8_t)link);
        rig.is_reading = link == NODES - 1;
        forget();
        for (unsigned i = 0; i < ENGINE_GIVING_MAX; i++) { /* each another question */
            m.as.want.number++;
            m.as.want.root.bytes[0] = (uint8_t)link;
            m.as.want.root.bytes[1] = (uint8_t)i;
            receive(link, &m);
        }
    }
    rig.is_reading = is_reading;
    assert_sent(NODES - 1, WIRE_RUN);
    assert_not_sent(NODES - 1, WIRE_NONE);
}

/* A piece of a run without end. */
static void drip(engine_link_id link, uint32_t number, uint64_t piece)
{
    static const uint8_t bytes[ENGINE_PIECE_BYTES];
    struct wire_message m = {.kind = WIRE_RUN};
    m.as.run = (struct wire_run){.number = number,
                                 .total = ENGINE_RUN_BYTES_MAX,
                                 .offset = piece * ENGINE_PIECE_BYTES,
                                 .bytes = {bytes, sizeof bytes}};
    receive(link, &m);
}

/* Runs that come drop by drop make place for others. */
static void who_promises_much_and_brings_nothing_keeps_news_from_nobody(void **state)
{
    (void)state;
    publish_two();
    hold_head(&rig.history.heads[0]);
    rig.node_count = NODES;
    stock();
    uint32_t numbers[ENGINE_PULLS_MAX];
    unsigned wants = 0;
    for (engine_link_id link = 1; link <= ENGINE_PULLS_MAX / ENGINE_PULLS_PER_LINK; link++) {
        link_up(link, (uint8_t)link);
        for (uint8_t i = 0; i < ENGINE_PULLS_PER_LINK; i++) {
            forget();
            garita_digest digest = {{(uint8_t)link, i}};
            list_one(link, &digest);
            struct wire_message m = {.kind = WIRE_LARGE};
            m.as.items =
                (struct wire_items){prefix_of(&rig.logs[1]), ENGINE_ITEM_NODE, 1, digest.bytes};
            receive(link, &m);
            assert_true(find_sent(&m, link, WIRE_WANT, 0));
            numbers[wants++] = m.as.want.number;
        }
    }
    link_up(NODES, NODES);
    forget();
    push_head(NODES, &rig.history.heads[1]);
    assert_not_sent(NODES, WIRE_WANT);
    for (uint64_t piece = 0; piece < 15; piece++) {
        for (unsigned i = 0; i < ENGINE_PULLS_MAX; i++)
            drip(1 + i / ENGINE_PULLS_PER_LINK, numbers[i], piece);
        wait_ms(800);
    }
    assert_sent(NODES, WIRE_WANT);
}

/* A node that is called where another authority says that it is: each word fails for itself, and
 * not time after time. */
static void two_words_about_one_key_are_tried_apart(void **state)
{
    (void)state;
    make_node(&rig.nodes[0], 1);
    make_node(&rig.nodes[1], 1);
    memset(&rig.nodes[1].certifier, 77, sizeof rig.nodes[1].certifier);
    snprintf(rig.nodes[1].addresses[0], sizeof rig.nodes[1].addresses[0], "victim:1");
    rig.node_count = 2;
    stock();
    unsigned calls = 0;
    for (int i = 0; i < 600; i++) {
        wait_ms(100);
        for (const struct action *a; (a = find_action(ENGINE_DIAL, 0)); calls++) {
            uint32_t dial = a->action.dial;
            forget();
            engine_dial_failed(rig.engine, now(), dial);
            pump();
        }
    }
    assert_in_range(calls, 4, 20); /* after 1, 2, 4, … seconds, each */
}

static void who_sends_too_much_is_told_and_closed(void **state)
{
    (void)state;
    stock();
    link_up(1, 1);
    link_up(2, 2);
    struct wire_message m = {.kind = WIRE_HELLO};
    for (unsigned i = 0; i < 2 * ENGINE_MESSAGES_BURST; i++)
        receive(1, &m);
    assert_closed(1, "flood");
    const uint8_t message[] = {GARITA_MESSAGE_STATEMENT, 3, 1, 2, 3};
    m = (struct wire_message){.kind = WIRE_STATEMENT};
    m.as.item.message = (garita_bytes){message, sizeof message};
    for (unsigned i = 0; i < 2 * ENGINE_UNASKED_BURST; i++)
        receive(2, &m);
    assert_closed(2, "unasked");
}

static void garbage_is_malformed(void **state)
{
    (void)state;
    stock();
    link_up(1, 1);
    engine_received(rig.engine, now(), 1, (const uint8_t *)"\x03garbage", 8);
    pump();
    assert_closed(1, "malformed");
}

/* A peer that reads nothing takes bounded memory, and is let go. */
static void who_does_not_read_is_let_go(void **state)
{
    (void)state;
    publish_two();
    hold_head(&rig.history.heads[1]);
    static uint8_t run[1024 * 1024];
    rig.run = run;
    rig.run_len = sizeof run;
    stock();
    link_up(1, 1);
    struct wire_message want = {.kind = WIRE_WANT};
    uint8_t bytes[256];
    struct wire_writer writer = {bytes, 0, sizeof bytes};
    want.as.want = (struct wire_want){.number = 7, .prefix = prefix_of(&rig.logs[1])};
    assert_true(wire_put(&writer, &want));
    engine_received(rig.engine, now(), 1, bytes, writer.len);
    const struct engine_action *a;
    size_t sent = 0;
    while ((a = engine_next(rig.engine)) && a->kind == ENGINE_SEND)
        sent += a->len; /* and nothing leaves */
    assert_true(sent <= ENGINE_BULK_QUEUED_MAX + ENGINE_PACKET_MAX);
    bool is_closed = false;
    for (unsigned i = 0; i < 40 && !is_closed; i++) {
        rig.ms += 1000;
        engine_tick(rig.engine, now());
        while ((a = engine_next(rig.engine)))
            is_closed |= a->kind == ENGINE_CLOSE;
    }
    assert_true(is_closed);
    assert_true(rig.ms - 1000000 <= ENGINE_CLOGGED_MS + 2000);
}

static void stopping_tells_everybody(void **state)
{
    (void)state;
    stock();
    link_up(1, 1);
    link_up(2, 2);
    engine_stop(rig.engine, now());
    pump();
    assert_closed(1, "stopping");
    assert_closed(2, "stopping");
    assert_true(engine_due(rig.engine) > rig.ms);
}

static void what_the_peer_closes_is_told(void **state)
{
    (void)state;
    stock();
    link_up(1, 1);
    struct wire_message m = {.kind = WIRE_CLOSE};
    m.as.close.reason = ENGINE_REVOKED;
    receive(1, &m);
    const struct action *told = the_action(ENGINE_TOLD);
    assert_int_equal(told->action.reason, ENGINE_REVOKED);
    assert_int_equal(the_action(ENGINE_CLOSE)->action.reason, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_node_of_the_roster_is_greeted),
        TEST(who_is_no_node_is_refused_with_the_reason),
        TEST(without_a_clock_no_date_counts),
        TEST(a_newcomers_statements_are_taken_and_then_it_is_looked_for_again),
        TEST(a_payload_of_anything_but_statements_is_malformed),
        TEST(a_session_ends_when_its_node_is_revoked),
        TEST(a_session_ends_when_its_node_expires),
        TEST(of_two_sessions_the_one_that_the_lower_key_dialed_stays),
        TEST(who_says_nothing_is_let_go),
        TEST(configured_peers_are_tried_every_five_seconds),
        TEST(of_one_certifier_three_are_chosen),
        TEST(callers_do_not_fill_the_links),
        TEST(a_newer_head_is_pulled_and_only_relayed_when_it_is_kept),
        TEST(a_heartbeat_is_taken_at_once),
        TEST(heads_of_one_authority_are_relayed_once_a_second),
        TEST(an_older_head_is_answered_with_the_newer),
        TEST(a_head_that_nobody_can_read_costs_its_bringer_the_link),
        TEST(a_signature_that_is_not_good_here_is_no_offence),
        TEST(who_does_not_deliver_is_passed_over),
        TEST(a_run_that_drips_is_asked_for_elsewhere_and_goes_on),
        TEST(pieces_may_come_in_any_order),
        TEST(a_run_that_is_not_what_its_digest_says_was_forged),
        TEST(a_false_claim_does_not_speak_against_others),
        TEST(what_the_disk_refused_is_tried_again),
        TEST(a_run_is_given_in_pieces_and_what_is_missing_again),
        TEST(who_asks_too_much_is_told_that_it_is_busy),
        TEST(a_digest_that_differs_brings_the_whole_vector),
        TEST(a_vector_is_answered_with_what_each_side_lacks),
        TEST(an_item_is_asked_for_taken_and_if_refused_left_alone),
        TEST(items_that_are_new_go_to_all_but_their_bringer),
        TEST(a_head_in_the_coat_of_an_item_is_not_refused_as_a_head),
        TEST(evidence_is_refused_of_its_bringer_alone),
        TEST(who_lists_an_item_wrongly_does_not_hide_it),
        TEST(a_crowd_of_strangers_keeps_no_node_out),
        TEST(who_asks_for_much_and_reads_nothing_keeps_news_from_nobody),
        TEST(who_promises_much_and_brings_nothing_keeps_news_from_nobody),
        TEST(two_words_about_one_key_are_tried_apart),
        TEST(who_sends_too_much_is_told_and_closed),
        TEST(garbage_is_malformed),
        TEST(who_does_not_read_is_let_go),
        TEST(stopping_tells_everybody),
        TEST(what_the_peer_closes_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
