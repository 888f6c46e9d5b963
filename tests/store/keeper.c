/* A home's store behind the intake, beside other processes that write to it; and what such a home
 * has to pass on. */
#include "history.h"

#include <stdio.h>
#include <stdlib.h>

#include <sqlite3.h>

#include <garita/node.h>
#include <garita/store_carried.h>
#include <garita/store_keeper.h>
#include <garita/store_stock.h>

#include "world.h"

#define NOW WORLD_NOW

#define assert_store(got, expected)                                                                \
    assert_string_equal(garita_store_error_name(got),                                              \
                        garita_store_error_name(GARITA_STORE_##expected))

enum { BUNDLE_MAX = 1 << 20, BATCHES = 12 };

/* --- an anchor, an agency below it, and a machine that the agency certified --- */

static party anchor, agency, machine;
static blob pin_statement, agency_statement, node_statement;
static garita_scope pin_scope;
static garita_trust *trust; /* of the world: not a home's */
static const garita_issuer *anchors, *agencys;
static history of_anchor, of_agency;

static void certify_node(blob *out, uint32_t serial)
{
    garita_fault fault;
    garita_node node = {.serial = serial,
                        .expires = day("2031-01-31"),
                        .name = utf8("San Ysidro 1"),
                        .country = "USA",
                        .address_count = 1,
                        .addresses = {utf8("sy1.example.net:7701")}};
    memcpy(node.public_key, machine.public_key, sizeof node.public_key);
    garita_key_noise(NULL, node.noise_key, machine.secret_key);
    assert_ok(
        garita_node_issue(out->bytes, &out->len, sizeof out->bytes, &fault, &node, &agency.signer));
}

static int set_up(void **state)
{
    const grant of_itself = {.serial = 1, .depth = 4};
    const grant of_other = {.serial = 2, .until = "2030-12-31"};

    (void)state;
    party_make(&anchor, 400);
    party_make(&agency, 401);
    party_make(&machine, 402);
    certify(&pin_statement, &anchor, &anchor, of_itself);
    pin_scope = authority_of(&anchor, &of_itself).scope;
    certify(&agency_statement, &anchor, &agency, of_other);
    certify_node(&node_statement, 3);
    assert_ok(garita_trust_new(&trust));
    anchors = pin(trust, &anchor, of_itself);
    agencys = add(trust, &anchor, &agency, of_other);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    garita_trust_free(trust);
    return 0;
}

/* --- homes --- */

typedef struct station {
    char path[32];
    garita_store *store;
    garita_store_keeper *keeper;
    garita_trust *trust;
    garita_book *book;
    unsigned damages;
    unsigned refused[GARITA_REFUSED_FULL + 8];
} station;

static station here, there;

static garita_store *open_home(const station *s, garita_store_mode mode)
{
    char detail[GARITA_STORE_DETAIL_SIZE];
    garita_store *store;

    assert_store(garita_store_open(&store, detail, s->path, mode), OK);
    return store;
}

static void count_damage(void *context, const garita_issuer *authority, const char *what)
{
    station *s = context;

    (void)authority;
    assert_non_null(what);
    s->damages++;
}

static void keep_pin(garita_store *store)
{
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_add_pin(store, anchor.public_key, &pin_scope, pin_statement.bytes,
                                      pin_statement.len),
                 OK);
    assert_store(garita_store_commit(store), OK);
}

static void open_station(station *s)
{
    s->store = open_home(s, GARITA_STORE_WRITE);
    assert_store(garita_store_keeper_new(&s->keeper, s->store, false, count_damage, s), OK);
}

static void close_station(station *s)
{
    garita_store_keeper_free(s->keeper);
    garita_store_close(s->store);
    s->keeper = NULL;
    s->store = NULL;
}

/* A home in which the anchor is pinned. */
static void make_station(station *s)
{
    static unsigned count;
    uint8_t id[GARITA_HOME_ID_SIZE] = {(uint8_t)count};
    char detail[GARITA_STORE_DETAIL_SIZE];
    garita_home facts;
    bool created;

    *s = (station){0};
    snprintf(s->path, sizeof s->path, "keeper-%u", count++);
    assert_store(garita_store_create(&created, &facts, detail, s->path, "USA", id), OK);
    open_station(s);
    keep_pin(s->store);
}

static int begin(void **state)
{
    (void)state;
    make_station(&here);
    make_station(&there);
    history_start(&of_anchor, &anchor, anchors);
    history_start(&of_agency, &agency, agencys);
    return 0;
}

static int end(void **state)
{
    (void)state;
    close_station(&here);
    close_station(&there);
    history_end(&of_anchor);
    history_end(&of_agency);
    return 0;
}

static void look(station *s)
{
    assert_store(garita_store_keeper_view(s->keeper, &s->trust, &s->book), OK);
}

static const garita_issuer *agency_of(const station *s)
{
    return garita_trust_find(s->trust, NULL, &agency.signer.id, 1);
}

static const garita_log *log_of(station *s)
{
    look(s);
    assert_non_null(agency_of(s));
    return garita_book_log(s->book, agency_of(s));
}

/* --- bundles --- */

typedef struct bundle {
    size_t len;
    uint8_t bytes[BUNDLE_MAX];
} bundle;

static bundle sent;

static bool sink(void *context, const uint8_t *bytes, size_t len)
{
    bundle *out = context;

    assert_true(len <= sizeof out->bytes - out->len);
    memcpy(out->bytes + out->len, bytes, len);
    out->len += len;
    return true;
}

static void put(garita_message message)
{
    assert_true(garita_bundle_write(sink, &sent, &message));
}

static void start(void)
{
    sent.len = 0;
    assert_true(garita_bundle_write_header(sink, &sent));
}

static void put_statement(const blob *statement)
{
    put((garita_message){.kind = GARITA_MESSAGE_STATEMENT,
                         .bytes = {statement->bytes, statement->len}});
}

/* What a history has from a batch on, under its last head. */
static void put_tail(const history *h, uint64_t from)
{
    put((garita_message){.kind = GARITA_MESSAGE_TAIL,
                         .head = {h->log.head_bytes, h->log.head_len},
                         .frontier = h->before[from]});
    for (uint64_t i = from; i < h->log.head.size; i++)
        put((garita_message){.kind = GARITA_MESSAGE_BATCH, .bytes = h->batches[i]});
}

static void note_refusal(void *context, const garita_refusal *refusal)
{
    station *s = context;

    s->refused[refusal->kind]++;
}

/* Ends the bundle and takes it. */
static garita_intake_end take(station *s)
{
    static uint8_t *bytes;
    const garita_intake_listener listener = {.context = s, .refused = note_refusal};
    const garita_intake intake = {.keeper = garita_store_keeper_table(s->keeper),
                                  .listener = &listener,
                                  .events = history_events};
    garita_intake_end ended;

    put((garita_message){.kind = GARITA_MESSAGE_END});
    bytes = exact_copy(sent.bytes, sent.len);
    ended = garita_intake_bundle(&intake, NULL, bytes, sent.len);
    free(bytes);
    return ended;
}

static void assert_takes(station *s)
{
    assert_int_equal(take(s), GARITA_INTAKE_DONE);
}

static void assert_takes_tail(station *s, uint64_t from)
{
    start();
    put_tail(&of_agency, from);
    assert_takes(s);
}

static void publish(uint32_t serial)
{
    history_revoke(&of_agency, serial);
    history_sign(&of_agency, NOW + serial);
}

/* The agency, known and with some batches. */
static void take_first(station *s)
{
    for (uint32_t i = 0; i < BATCHES; i++)
        publish(100 + i);
    start();
    put_statement(&agency_statement);
    put_tail(&of_agency, 0);
    assert_takes(s);
}

/* --- taking --- */

static void what_was_taken_is_in_the_view_and_in_the_home(void **state)
{
    (void)state;
    look(&here);
    assert_null(agency_of(&here));
    take_first(&here);
    const garita_log *log = log_of(&here);
    assert_true(garita_head_equal(&log->head, &of_agency.log.head));
    assert_int_equal(standing_of(log, 100), GARITA_STANDING_REVOKED);
    garita_log seen, kept;
    assert_ok(garita_log_copy(&seen, log));
    log_state before = state_of(&seen);
    close_station(&here);
    open_station(&here);
    assert_ok(garita_log_copy(&kept, log_of(&here)));
    assert_same_state(&kept, before);
    garita_log_end(&kept);
    garita_log_end(&seen);
}

static void view_stays_while_nobody_else_changes_what_it_depends_on(void **state)
{
    (void)state;
    take_first(&here);
    look(&here);
    const garita_trust *before = here.trust;
    garita_store *other = open_home(&here, GARITA_STORE_WRITE);
    garita_head last = of_agency.log.head;
    for (uint32_t i = 0; i < 5; i++) {
        /* what another process keeps of its own does not matter */
        garita_store_error error = garita_store_begin(other);
        assert_store(error, OK);
        assert_store(garita_store_set_archive(other, i % 2 == 0), OK);
        assert_store(garita_store_commit(other), OK);
        publish(500 + i);
        assert_takes_tail(&here, last.size);
        last = of_agency.log.head;
        assert_true(garita_head_equal(&log_of(&here)->head, &last));
        assert_ptr_equal(here.trust, before);
    }
    garita_store_close(other);
}

static void view_follows_what_another_process_takes(void **state)
{
    (void)state;
    take_first(&here);
    look(&here);
    station other = here;
    open_station(&other);
    publish(700);
    assert_takes_tail(&other, BATCHES);
    close_station(&other);
    assert_true(garita_head_equal(&log_of(&here)->head, &of_agency.log.head));
    publish(701);
    assert_takes_tail(&here, BATCHES + 1);
    assert_int_equal(standing_of(log_of(&here), 700), GARITA_STANDING_REVOKED);
    assert_int_equal(standing_of(log_of(&here), 701), GARITA_STANDING_REVOKED);
}

/* --- between view and transaction --- */

/* The functions of the keeper, as the intake calls them. */
static const garita_keeper *table(void)
{
    return garita_store_keeper_table(here.keeper);
}

static bool load(garita_log *out, const garita_issuer *authority)
{
    garita_hash id;

    garita_log_id(&id, authority);
    return table()->load_log(table()->context, out, authority, &id);
}

static void book_is_brought_up_to_date_in_each_transaction(void **state)
{
    garita_trust *trust_now;
    garita_book *book;
    garita_log log;

    (void)state;
    take_first(&here);
    assert_true(table()->view(table()->context, &trust_now, &book));
    const garita_issuer *authority = garita_trust_find(trust_now, NULL, &agency.signer.id, 1);
    station other = here;
    open_station(&other);
    publish(700);
    assert_takes_tail(&other, BATCHES);
    close_station(&other);
    assert_int_equal(garita_book_log(book, authority)->head.size, BATCHES);
    assert_true(table()->begin(table()->context));
    assert_int_equal(garita_book_log(book, authority)->head.size, BATCHES + 1);
    assert_true(load(&log, authority));
    assert_int_equal(log.head.size, BATCHES + 1);
    assert_int_equal(standing_of(&log, 700), GARITA_STANDING_REVOKED);
    garita_log_end(&log);
    table()->rollback(table()->context);
}

static void nothing_is_taken_for_whom_the_home_trusts_no_longer(void **state)
{
    garita_trust *trust_now;
    garita_book *book;
    garita_log log;
    garita_carried carried = {.type = GARITA_TYPE_NODE, .serial = 3};

    (void)state;
    take_first(&here);
    assert_true(table()->view(table()->context, &trust_now, &book));
    const garita_issuer *authority = garita_trust_find(trust_now, NULL, &agency.signer.id, 1);
    garita_store *other = open_home(&here, GARITA_STORE_WRITE);
    assert_store(garita_store_begin(other), OK);
    assert_store(garita_store_remove_trusted(other, agency_statement.bytes, agency_statement.len),
                 OK);
    assert_store(garita_store_commit(other), OK);
    garita_store_close(other);
    assert_true(table()->begin(table()->context));
    assert_false(load(&log, authority));
    assert_store(garita_store_keeper_error(here.keeper), LOCKED);
    assert_false(table()->keep_carried(table()->context, &carried,
                                       (garita_bytes){node_statement.bytes, node_statement.len}));
    table()->rollback(table()->context);
    look(&here);
    assert_null(agency_of(&here));
    /* and it can be known again */
    start();
    put_statement(&agency_statement);
    assert_takes(&here);
    assert_int_equal(log_of(&here)->head.size, BATCHES);
}

static void trust_that_others_add_hinders_nothing(void **state)
{
    garita_trust *trust_now;
    garita_book *book;
    garita_log log;

    (void)state;
    assert_true(table()->view(table()->context, &trust_now, &book));
    const garita_issuer *authority = garita_trust_get(trust_now, 0);
    station other = here;
    open_station(&other);
    take_first(&other);
    close_station(&other);
    assert_true(table()->begin(table()->context));
    assert_true(load(&log, authority));
    garita_log_end(&log);
    table()->rollback(table()->context);
    assert_int_equal(log_of(&here)->head.size, BATCHES);
}

static void what_is_undone_is_as_it_was(void **state)
{
    garita_trust *trust_now;
    garita_book *book;
    garita_log log;
    garita_head before;

    (void)state;
    take_first(&here);
    before = log_of(&here)->head;
    publish(700);
    assert_true(table()->view(table()->context, &trust_now, &book));
    const garita_issuer *authority = garita_trust_find(trust_now, NULL, &agency.signer.id, 1);
    assert_true(table()->begin(table()->context));
    assert_true(load(&log, authority));
    signed_head head = of_agency.heads[of_agency.head_count - 1];
    garita_log_result result = offer_tail(&log, NULL, &of_agency, BATCHES, &head);
    assert_outcome(result, "extended");
    /* the book tells how it was until it is given the log */
    assert_true(garita_head_equal(&garita_book_log(book, authority)->head, &before));
    assert_int_equal(standing_of(garita_book_log(book, authority), 700), GARITA_STANDING_ACTIVE);
    const garita_log_added added = {
        .first = BATCHES, .batch_count = 1, .batches = &of_agency.batches[BATCHES]};
    assert_true(table()->keep_log(table()->context, &log, authority->first_key, &added));
    garita_hash id = log.id;
    assert_ok(garita_book_put(book, &log));
    assert_int_equal(standing_of(garita_book_log(book, authority), 700), GARITA_STANDING_REVOKED);
    table()->rollback(table()->context);
    table()->lost(table()->context, &id);
    assert_int_equal(standing_of(garita_book_log(book, authority), 700), GARITA_STANDING_ACTIVE);
    assert_true(garita_head_equal(&log_of(&here)->head, &before));
    assert_takes_tail(&here, BATCHES);
    assert_int_equal(standing_of(log_of(&here), 700), GARITA_STANDING_REVOKED);
}

/* --- damage --- */

static void sql(const char *text)
{
    sqlite3 *db;
    char path[64];

    snprintf(path, sizeof path, "%s/" GARITA_STORE_FILE, here.path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void damaged_log_is_told_and_taken_anew(void **state)
{
    (void)state;
    take_first(&here);
    look(&here);
    assert_int_equal(here.damages, 0);
    close_station(&here);
    sql("UPDATE batch SET leaf = zeroblob(32) WHERE position = 3");
    open_station(&here);
    assert_true(log_of(&here)->is_damaged);
    assert_int_equal(here.damages, 1);
    publish(700);
    assert_takes_tail(&here, BATCHES); /* leads to nothing */
    assert_int_equal(here.refused[GARITA_REFUSED_GAP], 1);
    assert_true(log_of(&here)->is_damaged);
    assert_takes_tail(&here, 0);
    assert_false(log_of(&here)->is_damaged);
    assert_int_equal(log_of(&here)->head.size, BATCHES + 1);
    close_station(&here);
    open_station(&here);
    assert_false(log_of(&here)->is_damaged);
}

static void batch_that_rotted_is_not_given(void **state)
{
    garita_store_shelf context;
    garita_shelf shelf;
    garita_plan plan;

    (void)state;
    take_first(&here);
    const garita_log *log = log_of(&here);
    garita_store_shelf_of(&shelf, &context, here.store, log);
    assert_true(garita_plan_for(&plan, &shelf, NULL, true));
    start();
    uint64_t batches;
    assert_true(garita_plan_write(&plan, &shelf, &batches, sink, &sent));
    assert_int_equal(batches, BATCHES);
    sql("UPDATE batch SET bytes = (SELECT bytes FROM batch WHERE position = 4)"
        " WHERE position = 3");
    start();
    assert_false(garita_plan_write(&plan, &shelf, &batches, sink, &sent));
    assert_store(context.error, OK);
    sql("DELETE FROM batch WHERE position = 3");
    start();
    assert_false(garita_plan_write(&plan, &shelf, &batches, sink, &sent));
    assert_store(context.error, CORRUPT);
}

/* --- the floor --- */

static void floor_is_what_two_authorities_attest(void **state)
{
    const garita_clock clock = {.is_known = true, .now = NOW + 1000};
    bool has_floor;
    int64_t floor;

    (void)state;
    take_first(&here);
    assert_store(garita_store_keeper_attest_floor(here.keeper, &clock), OK);
    assert_store(garita_store_floor(here.store, &has_floor, &floor), OK);
    assert_false(has_floor);
    history_sign(&of_anchor, NOW + 50);
    start();
    put_tail(&of_anchor, 0);
    assert_takes(&here);
    assert_store(garita_store_keeper_attest_floor(here.keeper, &clock), OK);
    assert_store(garita_store_floor(here.store, &has_floor, &floor), OK);
    assert_true(has_floor && floor == NOW + 50);
    history_sign(&of_anchor, NOW + 60);
    start();
    put_tail(&of_anchor, 0);
    assert_takes(&here);
    assert_store(garita_store_attest_floor(here.store, &clock), OK);
    assert_store(garita_store_floor(here.store, &has_floor, &floor), OK);
    assert_true(has_floor && floor == NOW + 60);
}

/* --- the stock --- */

static void take_all_kinds(station *s)
{
    take_first(s);
    history_sign(&of_anchor, NOW);
    start();
    put_tail(&of_anchor, 0);
    put_statement(&node_statement);
    assert_takes(s);
    /* a fork of the agency, with a revocation that nobody else has */
    static history fork;
    history_start(&fork, &agency, agencys);
    history_revoke(&fork, 4711);
    history_sign(&fork, NOW);
    start();
    put_tail(&fork, 0);
    assert_takes(s);
    history_end(&fork);
    assert_int_equal(standing_of(log_of(s), 4711), GARITA_STANDING_REVOKED);
}

static garita_stock stock_of(station *s)
{
    garita_stock stock;

    assert_store(garita_store_keeper_stock(s->keeper, &stock), OK);
    return stock;
}

static void stock_is_all_that_is_passed_on(void **state)
{
    static const unsigned kinds[] = {GARITA_STOCK_PROOF, GARITA_TYPE_AUTHORITY, GARITA_TYPE_NODE,
                                     GARITA_STOCK_EVIDENCE};

    (void)state;
    take_all_kinds(&here);
    garita_stock stock = stock_of(&here);
    assert_int_equal(stock.log_count, 2);
    assert_memory_equal(&stock.logs[0].id, &of_anchor.log.id, sizeof(garita_hash));
    assert_memory_equal(&stock.logs[1].id, &of_agency.log.id, sizeof(garita_hash));
    assert_memory_equal(&stock.logs[1].anchor, &of_anchor.log.id, sizeof(garita_hash));
    assert_true(stock.logs[1].is_given && stock.logs[1].is_equivocated);
    assert_true(stock.logs[0].is_given && !stock.logs[0].is_equivocated);
    assert_true(garita_head_equal(&stock.logs[1].head, &of_agency.log.head));
    assert_int_equal(stock.logs[1].frontier.size, BATCHES);
    assert_int_equal(stock.item_count, COUNT(kinds));
    for (size_t i = 0; i < COUNT(kinds); i++)
        assert_int_equal(stock.items[i].kind, kinds[i]);
    assert_memory_equal(&stock.items[1].log, &of_anchor.log.id, sizeof(garita_hash));
    assert_memory_equal(&stock.items[2].log, &of_agency.log.id, sizeof(garita_hash));
    assert_int_equal(stock.node_count, 1);
    const garita_stock_node *node = &stock.nodes[0];
    assert_memory_equal(node->public_key, machine.public_key, sizeof node->public_key);
    assert_memory_equal(&node->certifier, &of_agency.log.id, sizeof node->certifier);
    assert_string_equal(node->name, "San Ysidro 1");
    assert_string_equal(node->addresses[0], "sy1.example.net:7701");
    assert_false(node->is_revoked);
    assert_int_equal(node->from, INT64_MIN);
    /* the agency's end comes before the node's own */
    assert_int_equal(node->until, agencys->in_force_until);
    garita_stock_free(&stock);
}

/* What an agency signed it often trusts too. */
static void register_an_agency(station *s)
{
    const garita_register_entry entry = {.key_number = 1,
                                         .type = GARITA_TYPE_AUTHORITY,
                                         .serial = 1,
                                         .bytes = agency_statement.bytes,
                                         .bytes_len = agency_statement.len};
    garita_register_entry its = entry;
    uint32_t serial;

    memcpy(its.first_key, anchor.public_key, sizeof its.first_key);
    assert_store(garita_store_begin(s->store), OK);
    assert_store(garita_store_next_serial(s->store, &serial, its.first_key), OK);
    assert_int_equal(serial, its.serial);
    assert_store(garita_store_register(s->store, &its), OK);
    assert_store(garita_store_commit(s->store), OK);
}

static void what_a_home_signed_and_trusts_is_there_once(void **state)
{
    (void)state;
    take_first(&here);
    register_an_agency(&here);
    garita_stock stock = stock_of(&here);
    assert_int_equal(stock.item_count, 1);
    assert_int_equal(stock.items[0].kind, GARITA_TYPE_AUTHORITY);
    garita_stock_free(&stock);
}

static void stock_brings_another_home_to_the_same(void **state)
{
    (void)state;
    take_all_kinds(&here);
    garita_stock stock = stock_of(&here);
    start();
    for (size_t i = 0; i < stock.item_count; i++)
        assert_store(garita_store_write_item(here.store, &stock.items[i].log, stock.items[i].kind,
                                             &stock.items[i].digest, sink, &sent),
                     OK);
    for (size_t i = 0; i < stock.log_count; i++) {
        garita_store_shelf context;
        garita_shelf shelf;
        garita_plan plan;
        garita_store_shelf_of(&shelf, &context, here.store,
                              garita_book_log(here.book, stock.logs[i].authority));
        assert_true(garita_plan_for(&plan, &shelf, NULL, false));
        assert_true(garita_plan_write(&plan, &shelf, NULL, sink, &sent));
    }
    assert_takes(&there);
    garita_stock other = stock_of(&there);
    assert_int_equal(other.log_count, stock.log_count);
    for (size_t i = 0; i < stock.log_count; i++) {
        assert_memory_equal(&other.logs[i].id, &stock.logs[i].id, sizeof(garita_hash));
        assert_int_equal(other.logs[i].head_len, stock.logs[i].head_len);
        assert_memory_equal(other.logs[i].head_bytes, stock.logs[i].head_bytes,
                            stock.logs[i].head_len);
        assert_int_equal(other.logs[i].is_equivocated, stock.logs[i].is_equivocated);
    }
    assert_int_equal(other.item_count, stock.item_count);
    for (size_t i = 0; i < stock.item_count; i++) {
        assert_int_equal(other.items[i].kind, stock.items[i].kind);
        assert_memory_equal(&other.items[i].log, &stock.items[i].log, sizeof(garita_hash));
        assert_memory_equal(&other.items[i].digest, &stock.items[i].digest, sizeof(garita_digest));
    }
    assert_int_equal(other.node_count, 1);
    assert_int_equal(standing_of(log_of(&there), 4711), GARITA_STANDING_REVOKED);
    garita_stock_free(&other);
    garita_stock_free(&stock);
}

static void item_that_is_gone_is_absent(void **state)
{
    const unsigned kinds[] = {GARITA_TYPE_AUTHORITY, GARITA_TYPE_NODE, GARITA_TYPE_POLICY,
                              GARITA_STOCK_PROOF, GARITA_STOCK_EVIDENCE};
    const garita_digest digest = {{1}};

    (void)state;
    take_first(&here);
    start();
    size_t before = sent.len;
    for (size_t i = 0; i < COUNT(kinds); i++)
        assert_store(
            garita_store_write_item(here.store, &of_agency.log.id, kinds[i], &digest, sink, &sent),
            ABSENT);
    assert_int_equal(sent.len, before);
}

/* The intake drops what is revoked; here it is kept by other means, as an older program would. */
static void keep_node(station *s, const blob *statement)
{
    garita_carried carried;
    const garita_issuer *signer;

    look(s);
    assert_ok(
        garita_carried_read(&carried, &signer, s->trust, NULL, statement->bytes, statement->len));
    assert_store(garita_store_begin(s->store), OK);
    assert_store(garita_store_add_carried(s->store, &carried, statement->bytes, statement->len),
                 OK);
    assert_store(garita_store_commit(s->store), OK);
}

static void what_is_revoked_is_on_the_roster_and_not_passed_on(void **state)
{
    (void)state;
    take_first(&here);
    history_revoke(&of_agency, 3); /* the node's */
    history_sign(&of_agency, NOW + 700);
    assert_takes_tail(&here, BATCHES);
    keep_node(&here, &node_statement);
    garita_stock stock = stock_of(&here);
    assert_int_equal(stock.node_count, 1);
    assert_true(stock.nodes[0].is_revoked);
    for (size_t i = 0; i < stock.item_count; i++)
        assert_int_equal(stock.items[i].kind, GARITA_TYPE_AUTHORITY);
    garita_stock_free(&stock);
}

static void what_a_revoked_agency_signed_is_not_passed_on(void **state)
{
    (void)state;
    take_first(&here);
    history_revoke(&of_anchor, 2); /* the agency's */
    history_sign(&of_anchor, NOW + 700);
    start();
    put_tail(&of_anchor, 0);
    assert_takes(&here);
    keep_node(&here, &node_statement);
    garita_stock stock = stock_of(&here);
    assert_int_equal(stock.node_count, 1);
    assert_true(stock.nodes[0].is_revoked);
    assert_int_equal(stock.item_count, 1); /* that there is such an agency is no secret */
    assert_int_equal(stock.items[0].kind, GARITA_TYPE_AUTHORITY);
    assert_true(stock.logs[0].is_given);
    assert_false(stock.logs[1].is_given);
    assert_int_equal(stock.logs[1].head.size, BATCHES);
    assert_int_equal(stock.logs[1].frontier.size, 0);
    garita_stock_free(&stock);
}

static void what_has_no_chain_is_not_passed_on(void **state)
{
    (void)state;
    take_all_kinds(&here);
    assert_store(garita_store_begin(here.store), OK);
    assert_store(garita_store_remove_pin(here.store, anchor.public_key), OK);
    assert_store(garita_store_commit(here.store), OK);
    close_station(&here);
    open_station(&here);
    garita_stock stock = stock_of(&here);
    assert_int_equal(stock.log_count + stock.item_count + stock.node_count, 0);
    garita_stock_free(&stock);
}

#define test(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(what_was_taken_is_in_the_view_and_in_the_home),
        test(view_stays_while_nobody_else_changes_what_it_depends_on),
        test(view_follows_what_another_process_takes),
        test(book_is_brought_up_to_date_in_each_transaction),
        test(nothing_is_taken_for_whom_the_home_trusts_no_longer),
        test(trust_that_others_add_hinders_nothing),
        test(what_is_undone_is_as_it_was),
        test(damaged_log_is_told_and_taken_anew),
        test(batch_that_rotted_is_not_given),
        test(floor_is_what_two_authorities_attest),
        test(stock_is_all_that_is_passed_on),
        test(what_a_home_signed_and_trusts_is_there_once),
        test(stock_brings_another_home_to_the_same),
        test(item_that_is_gone_is_absent),
        test(what_is_revoked_is_on_the_roster_and_not_passed_on),
        test(what_a_revoked_agency_signed_is_not_passed_on),
        test(what_has_no_chain_is_not_passed_on),
    };

    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
