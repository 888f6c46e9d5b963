/* The status logs that a home keeps: what comes back is what was kept, and where it is not, nothing
 * that can still be read of revocations is missing. */
#include "history.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include <garita/store_carried.h>
#include <garita/store_keeper.h>
#include <garita/store_logs.h>
#include <garita/store_signing.h>
#include <garita/store_stock.h>

#include "world.h"

#define assert_store(got, expected)                                                                \
    assert_string_equal(garita_store_error_name(got),                                              \
                        garita_store_error_name(GARITA_STORE_##expected))

/* --- an anchor, an agency below it, and a home of its own for each test --- */

static party anchor, agency;
static garita_trust *trust;
static const garita_issuer *anchors, *agencys;
static history h, other; /* of the agency: half a megabyte each */

static char home[64];
static char detail[GARITA_STORE_DETAIL_SIZE];
static const uint8_t home_id[GARITA_HOME_ID_SIZE] = {1, 2, 3};

static garita_store *open_home(void)
{
    garita_store *store;

    assert_store(garita_store_open(&store, detail, home, GARITA_STORE_WRITE), OK);
    return store;
}

static void name_home(void)
{
    static unsigned count;

    snprintf(home, sizeof home, "logs-%u", count++);
}

static garita_store *make_home(void)
{
    garita_home facts;
    bool created;

    name_home();
    assert_store(garita_store_create(&created, &facts, detail, home, "USA", home_id), OK);
    assert_true(created);
    return open_home();
}

static void reopen(garita_store **store)
{
    garita_store_close(*store);
    *store = open_home();
}

static int set_up(void **state)
{
    (void)state;
    party_make(&anchor, 1);
    party_make(&agency, 2);
    assert_ok(garita_trust_new(&trust));
    anchors = pin(trust, &anchor, (grant){.serial = 1, .country = "USA"});
    agencys = add(trust, &anchor, &agency, (grant){.serial = 2});
    history_start(&h, &agency, agencys);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    history_end(&h);
    garita_trust_free(trust);
    return 0;
}

/* Runs SQL past the store, as damage would: no rule of a table hinders it. */
static void sql(const char *text)
{
    sqlite3 *db;
    char path[128];
    char *message = NULL;

    snprintf(path, sizeof path, "%s/" GARITA_STORE_FILE, home);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_exec(db, "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF", NULL, NULL,
                 NULL);
    if (sqlite3_exec(db, text, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", text, message);
    sqlite3_close(db);
}

static int64_t number(const char *text)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    char path[128];

    snprintf(path, sizeof path, "%s/" GARITA_STORE_FILE, home);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t out = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return out;
}

/* --- loading and keeping --- */

static garita_log load(garita_store *store, const char **what)
{
    garita_log log;
    const char *found;

    assert_store(garita_store_load_log(store, &log, &found, &h.log.id), OK);
    if (what != NULL)
        *what = found;
    else if (found != NULL)
        fail_msg("%s", found);
    return log;
}

static void keep(garita_store *store, garita_log *log, uint64_t first, const garita_bytes *batches,
                 size_t count)
{
    const garita_log_added added = {.first = first, .batch_count = count, .batches = batches};

    assert_store(garita_store_keep_log(store, log, agency.first_key, &added), OK);
}

/* Offers the head with the batches since from, and keeps what comes of it. */
static garita_log_result follow(garita_store *store, const history *from_whom, uint64_t from,
                                const signed_head *head)
{
    garita_store_leaves leaves;

    assert_store(garita_store_begin(store), OK);
    garita_log log = load(store, NULL);
    garita_leaf_source own = garita_store_leaf_source(&leaves, store, &log.id);
    garita_log_result result = offer_tail(&log, &own, from_whom, from, head);
    bool has_more = result.outcome == GARITA_LOG_EXTENDED;
    keep(store, &log, result.first_batch, from_whom->batches + from + result.first_offered,
         has_more ? (size_t)(head->head.size - result.first_batch) : 0);
    if (result.is_first_proof)
        assert_store(garita_store_keep_proof(store, &log.id, result.proof, result.proof_len), OK);
    assert_store(garita_store_commit(store), OK);
    garita_log_end(&log);
    return result;
}

static garita_log_result adopt(garita_store *store, const signed_head *head, const char **what)
{
    snapshot s;

    assert_store(garita_store_begin(store), OK);
    garita_log log = load(store, what);
    snapshot_make(&s, &h, log.has_head ? log.head.size : 0);
    garita_log_result result = offer_snapshot(&log, NULL, &s, head);
    assert_outcome(result, "adopted");
    keep(store, &log, 0, NULL, 0);
    assert_store(garita_store_commit(store), OK);
    garita_log_end(&log);
    snapshot_end(&s);
    return result;
}

/* The same with the leaf hashes from a size on. */
static void adopt_with_leaves(garita_store *store, const signed_head *head, uint64_t from)
{
    snapshot s;

    assert_store(garita_store_begin(store), OK);
    garita_log log = load(store, NULL);
    snapshot_make(&s, &h, 0);
    snapshot_add_leaves(&s, &h, from);
    garita_log_result result = offer_snapshot(&log, NULL, &s, head);
    assert_outcome(result, "adopted");
    const garita_log_added added = {.first = result.first_batch,
                                    .leaf_count = s.offer.leaf_count - result.first_offered,
                                    .leaves = s.offer.leaves + result.first_offered};
    assert_store(garita_store_keep_log(store, &log, agency.first_key, &added), OK);
    assert_store(garita_store_commit(store), OK);
    garita_log_end(&log);
    snapshot_end(&s);
}

/* That the home holds just what the publisher does. */
static void assert_holds(garita_store *store, garita_log *expected)
{
    log_state published = state_of(expected);
    garita_log log = load(store, NULL);

    assert_same_state(&log, published);
    garita_log_end(&log);
}

/* --- round trips --- */

static void a_log_that_nobody_kept_is_empty(void **state)
{
    garita_store *store = make_home();
    garita_log log = load(store, NULL);
    uint64_t bytes;

    (void)state;
    assert_false(log.has_head || log.is_damaged || log.is_equivocated);
    assert_int_equal(log.frontier.size, 0);
    assert_null(log.elsewhere);
    garita_log_end(&log);
    assert_store(garita_store_batch_bytes(store, &bytes, &h.log.id, 0), OK);
    assert_int_equal(bytes, 0);
    garita_store_close(store);
}

static void what_was_kept_is_there_after_opening_again(void **state)
{
    garita_store *store = make_home();

    (void)state;
    history_revoke(&h, 3, 70000);
    history_suspend(&h, 5);
    assert_outcome(follow(store, &h, 0, history_sign(&h, 1000)), "extended");
    assert_holds(store, &h.log);
    reopen(&store);
    assert_holds(store, &h.log);

    history_reinstate(&h, 5);
    history_revoke(&h, 131073, GARITA_SERIAL_MAX);
    assert_outcome(follow(store, &h, 2, history_sign(&h, 2000)), "extended");
    reopen(&store);
    assert_holds(store, &h.log);
    garita_log log = load(store, NULL);
    assert_int_equal(standing_of(&log, 3), GARITA_STANDING_REVOKED);
    assert_int_equal(standing_of(&log, 5), GARITA_STANDING_ACTIVE);
    assert_int_equal(standing_of(&log, GARITA_SERIAL_MAX), GARITA_STANDING_REVOKED);
    garita_log_end(&log);

    assert_outcome(follow(store, &h, 4, history_sign(&h, 3000)), "heartbeat");
    reopen(&store);
    assert_holds(store, &h.log);
    garita_store_close(store);
}

/* An empty log's head is one too. */
static void a_head_of_nothing_is_kept(void **state)
{
    garita_store *store = make_home();

    (void)state;
    assert_outcome(follow(store, &h, 0, history_sign(&h, 1000)), "extended");
    reopen(&store);
    assert_holds(store, &h.log);
    garita_store_close(store);
}

/* A publisher that suspends, reinstates and revokes in a few chunks. */
static void publish_random(unsigned seed, size_t batch_count)
{
    rng r = {seed};

    for (size_t i = 0; i < batch_count; i++) {
        garita_event events[40];
        size_t count = rng_below(&r, COUNT(events)) + 1;
        for (size_t j = 0; j < count; j++) {
            /* Distinct in a batch by their remainder. */
            uint32_t serial = (uint32_t)(1 + j + COUNT(events) * rng_below(&r, 5000));
            events[j] = (garita_event){serial, (uint8_t)rng_below(&r, 3), GARITA_CAUSE_LOST};
        }
        history_batch(&h, events, count);
        history_sign(&h, (int64_t)(1000 + i));
    }
}

static void many_steps_make_what_one_does(void **state)
{
    garita_store *store = make_home();

    (void)state;
    publish_random(7, 150);
    for (size_t i = 0; i < 150; i++) {
        assert_outcome(follow(store, &h, i, &h.heads[i]), "extended");
        if (i % 40 == 0)
            reopen(&store);
    }
    /* Twice, after 65 batches each: so much that is replayed is the exception. */
    assert_int_equal(number("SELECT chunks_at FROM log"), 130);
    assert_true(number("SELECT count(*) FROM chunk") > 0);
    reopen(&store);
    assert_holds(store, &h.log);
    garita_store_close(store);

    store = make_home();
    assert_outcome(follow(store, &h, 0, &h.heads[149]), "extended");
    assert_int_equal(number("SELECT chunks_at FROM log"), 150);
    reopen(&store);
    assert_holds(store, &h.log);
    garita_store_close(store);
}

/* A large batch is not replayed for long. */
static void chunks_are_written_after_so_many_bytes(void **state)
{
    enum { EVENTS = 60000 };
    static garita_event events[EVENTS];
    garita_store *store = make_home();

    (void)state;
    for (int i = 0; i < 2; i++) {
        for (uint32_t j = 0; j < EVENTS; j++)
            events[j] = (garita_event){1 + j * 700 + (uint32_t)i, GARITA_STANDING_REVOKED, 0};
        history_batch(&h, events, i == 0 ? 20000 : EVENTS);
        assert_outcome(follow(store, &h, (uint64_t)i, history_sign(&h, 1000 + i)), "extended");
        assert_int_equal(number("SELECT chunks_at FROM log"), i == 0 ? 0 : 2);
    }
    reopen(&store);
    assert_holds(store, &h.log);
    garita_store_close(store);
}

/* A chunk that is emptied again leaves no row. */
static void a_chunk_can_become_empty_again(void **state)
{
    garita_store *store = make_home();

    (void)state;
    history_suspend(&h, 70000);
    for (int i = 0; i < 66; i++)
        history_empty_batch(&h);
    follow(store, &h, 0, history_sign(&h, 1000));
    assert_int_equal(number("SELECT count(*) FROM chunk"), 1);
    history_reinstate(&h, 70000);
    for (int i = 0; i < 66; i++)
        history_empty_batch(&h);
    follow(store, &h, 67, history_sign(&h, 2000));
    assert_int_equal(number("SELECT count(*) FROM chunk"), 0);
    reopen(&store);
    assert_holds(store, &h.log);
    garita_store_close(store);
}

static void a_rolled_back_change_leaves_nothing(void **state)
{
    garita_store *store = make_home();

    (void)state;
    history_revoke(&h, 3);
    follow(store, &h, 0, history_sign(&h, 1000));
    log_state before = state_of(&h.log);
    history_revoke(&h, 4);
    const signed_head *head = history_sign(&h, 2000);
    assert_store(garita_store_begin(store), OK);
    garita_log log = load(store, NULL);
    assert_outcome(offer_tail(&log, NULL, &h, 1, head), "extended");
    keep(store, &log, 1, &h.batches[1], 1);
    garita_store_rollback(store);
    garita_log_end(&log);
    log = load(store, NULL);
    assert_same_state(&log, before);
    garita_log_end(&log);
    garita_store_close(store);
}

/* --- snapshots --- */

static bool to_nowhere(void *context, const uint8_t *bytes, size_t bytes_len)
{
    (void)bytes;
    *(size_t *)context += bytes_len;
    return true;
}

/* That the home can give who stands at this size what leads on from there. */
static void assert_gives(garita_store *store, uint64_t size, bool is_snapshot)
{
    garita_store_shelf context;
    garita_shelf shelf;
    garita_plan plan;
    garita_have_log theirs = {.id = h.log.id, .size = size};
    garita_log log = load(store, NULL);
    size_t len = 0;

    garita_frontier_root(&theirs.root, &h.before[size]);
    garita_store_shelf_of(&shelf, &context, store, &log);
    assert_true(garita_plan_for(&plan, &shelf, &theirs, false));
    assert_true(plan.has_snapshot == is_snapshot && !plan.is_out_of_reach);
    assert_int_equal(plan.from.size, size);
    assert_true(garita_plan_write(&plan, &shelf, NULL, to_nowhere, &len)); /* and it leads there */
    assert_true(len > 0);
    garita_log_end(&log);
}

/* Revocations at once that are more than the state that they make. */
static void revoke_many(uint32_t batches)
{
    static garita_event events[2000];

    for (uint32_t i = 0; i < batches; i++) {
        for (uint32_t j = 0; j < COUNT(events); j++)
            events[j] = (garita_event){1 + i + j * batches, GARITA_STANDING_REVOKED, 0};
        history_batch(&h, events, COUNT(events));
    }
}

/* Who adopts keeps the hashes, after its own, and serves those that stand where it stood, or
 * before.
 */
static void leaves_of_a_snapshot_are_kept_and_prove_on(void **state)
{
    garita_store *store = make_home();
    const char *what;

    (void)state;
    for (uint32_t i = 0; i < 7; i++)
        history_suspend(&h, 70000 + i);
    follow(store, &h, 0, history_sign(&h, 1000));
    revoke_many(16);
    adopt_with_leaves(store, history_sign(&h, 2000), 5);
    reopen(&store);
    h.log.batches_from = 23;
    assert_holds(store, &h.log);
    assert_int_equal(number("SELECT count(*) FROM batch"), 23);
    assert_int_equal(number("SELECT count(*) FROM batch WHERE bytes = x''"), 16);
    assert_gives(store, 7, true);
    assert_gives(store, 5, true);

    history_revoke(&h, 4000000);
    follow(store, &h, 23, history_sign(&h, 3000));
    reopen(&store);
    assert_holds(store, &h.log);
    assert_gives(store, 23, false);
    assert_gives(store, 5, true);

    revoke_many(3); /* the union aside, the second takes the place of all chunks */
    adopt_with_leaves(store, history_sign(&h, 4000), 24);
    reopen(&store);
    h.log.batches_from = 27;
    assert_holds(store, &h.log);
    assert_gives(store, 1, true);

    garita_store_close(store);
    sql("UPDATE batch SET leaf = zeroblob(32) WHERE position = 20");
    store = open_home();
    garita_log log = load(store, &what);
    assert_true(log.is_damaged && log.start == 0 && log.batches_from == 0);
    assert_string_equal(what, "the batches are not those of the log");
    assert_int_equal(standing_of(&log, 1), GARITA_STANDING_REVOKED);
    garita_log_end(&log);
    garita_store_close(store);
}

/* A newcomer's begin where they begin. */
static void leaves_that_a_newcomer_got_are_kept(void **state)
{
    garita_store *store = make_home();

    (void)state;
    revoke_many(9);
    adopt_with_leaves(store, history_sign(&h, 1000), 4);
    reopen(&store);
    h.log.start = 4;
    h.log.at_start = h.before[4];
    h.log.batches_from = 9;
    assert_holds(store, &h.log);
    assert_gives(store, 4, true);
    garita_store_close(store);
}

static void a_snapshot_is_kept_and_followed(void **state)
{
    garita_store *store = make_home();

    (void)state;
    history_revoke(&h, 3);
    follow(store, &h, 0, history_sign(&h, 1000));
    for (uint32_t i = 1; i < 80; i++)
        history_revoke(&h, i * 30000);
    adopt(store, history_sign(&h, 2000), NULL);
    assert_int_equal(number("SELECT count(*) FROM batch"), 0);

    reopen(&store);
    garita_log log = load(store, NULL);
    assert_int_equal(log.start, 80);
    garita_log_end(&log);
    /* A heartbeat writes no chunks. */
    sql("CREATE TRIGGER none BEFORE INSERT ON chunk BEGIN SELECT raise(ABORT, 'written'); END");
    reopen(&store);
    assert_outcome(follow(store, &h, 80, history_sign(&h, 3000)), "heartbeat");
    sql("DROP TRIGGER none");
    reopen(&store);
    h.log.start = h.log.batches_from = 80;
    h.log.at_start = h.before[80];
    assert_holds(store, &h.log);

    history_reinstate(&h, 30000);
    history_suspend(&h, 9);
    assert_outcome(follow(store, &h, 80, history_sign(&h, 4000)), "extended");
    reopen(&store);
    assert_holds(store, &h.log);
    garita_store_close(store);
}

/* --- forks, proofs, evidence --- */

static void a_fork_is_kept_with_its_proof_and_its_revocations(void **state)
{
    static uint8_t bytes[GARITA_EQUIVOCATION_BYTES_MAX];
    size_t len;
    garita_store *store = make_home();

    (void)state;
    assert_store(garita_store_get_proof(store, bytes, &len, &h.log.id), ABSENT);
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_keep_proof(store, &h.log.id, bytes, 1), ABSENT);
    garita_store_rollback(store);

    history_revoke(&h, 1);
    history_fork(&other, &h, agencys);
    history_revoke(&h, 2);
    history_revoke(&other, 200000);
    follow(store, &h, 0, history_sign(&h, 1000));
    garita_log_result result = follow(store, &other, 0, history_sign(&other, 1001));
    assert_outcome(result, "forked");
    reopen(&store);

    garita_log log = load(store, NULL);
    assert_true(log.is_equivocated);
    assert_int_equal(standing_of(&log, 2), GARITA_STANDING_REVOKED);
    assert_int_equal(standing_of(&log, 200000), GARITA_STANDING_REVOKED);
    assert_int_equal(standing_of(&log, 200001), GARITA_STANDING_ACTIVE);
    garita_log_end(&log);
    assert_store(garita_store_get_proof(store, bytes, &len, &h.log.id), OK);
    assert_int_equal(len, result.proof_len);
    assert_memory_equal(bytes, result.proof, len);
    assert_non_null(garita_equivocation_check(NULL, NULL, trust, NULL, bytes, len));

    /* The first proof stays. */
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_keep_proof(store, &h.log.id, (const uint8_t *)"x", 1), OK);
    assert_store(garita_store_commit(store), OK);
    assert_store(garita_store_get_proof(store, bytes, &len, &h.log.id), OK);
    assert_int_equal(len, result.proof_len);
    garita_store_close(store);
    history_end(&other);
}

static void a_set_that_differs_is_kept_as_it_is(void **state)
{
    garita_store *store = make_home();

    (void)state;
    history_revoke(&h, 1);
    signed_head lie = h.heads[0];
    history_sign(&h, 1000);
    garita_head head = h.heads[0].head;
    memset(head.set_root.bytes, 7, sizeof head.set_root.bytes);
    lie = sign_head(&agency, head);
    garita_log_result result = follow(store, &h, 0, &lie);
    assert_outcome(result, "extended");
    assert_true(result.set_differs_now);
    reopen(&store);
    garita_log log = load(store, NULL);
    assert_true(log.set_differs);
    assert_int_equal(log.set_differs_at, 1);
    assert_int_equal(standing_of(&log, 1), GARITA_STANDING_REVOKED);
    garita_log_end(&log);
    garita_store_close(store);
}

static garita_message evidence_of(const history *from, uint64_t index, const signed_head *head)
{
    garita_message out = {.kind = GARITA_MESSAGE_EVIDENCE,
                          .bytes = from->batches[index],
                          .head = statement_of(head),
                          .index = (uint32_t)index};

    out.path_count = history_prove(out.path, from, index, head->head.size);
    return out;
}

static bool count_evidence(void *context, const garita_message *evidence)
{
    garita_head head;
    garita_peek peek;
    garita_fault fault;
    garita_hash leaf;

    assert_int_equal(evidence->kind, GARITA_MESSAGE_EVIDENCE);
    assert_ok(garita_head_inspect(&head, &peek, &fault, evidence->head.at, evidence->head.len));
    garita_merkle_leaf(&leaf, evidence->bytes.at, evidence->bytes.len);
    assert_true(garita_merkle_includes(&head.root, head.size, evidence->index, &leaf,
                                       evidence->path, evidence->path_count));
    ++*(int *)context;
    return true;
}

static int evidence_count(garita_store *store)
{
    int count = 0;

    assert_store(garita_store_each_evidence(store, &h.log.id, count_evidence, &count), OK);
    return count;
}

/* Takes and keeps one piece of evidence; returns how many serials were revoked by it. */
static uint64_t take_evidence(garita_store *store, const garita_message *e, const garita_head *head)
{
    uint64_t gained;
    bool full;
    const char *what;

    assert_store(garita_store_begin(store), OK);
    garita_log log = load(store, &what);
    assert_ok(garita_log_offer_evidence(&log, &gained, history_events, head, e->index, e->bytes,
                                        e->path, e->path_count));
    keep(store, &log, 0, NULL, 0);
    assert_store(garita_store_keep_evidence(store, &full, &log.id, e), OK);
    assert_false(full);
    assert_store(garita_store_commit(store), OK);
    garita_log_end(&log);
    return gained;
}

static void evidence_is_kept_once(void **state)
{
    garita_store *store = make_home();
    bool full;

    (void)state;
    history_revoke(&h, 1);
    const signed_head *head = history_sign(&h, 1000);
    garita_message alone = evidence_of(&h, 0, head);
    assert_int_equal(alone.path_count, 0);
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_keep_evidence(store, &full, &h.log.id, &alone), ABSENT);
    garita_store_rollback(store);

    assert_int_equal(take_evidence(store, &alone, &head->head), 1);
    history_revoke(&h, 70000);
    head = history_sign(&h, 1001);
    garita_message second = evidence_of(&h, 1, head);
    assert_int_equal(take_evidence(store, &second, &head->head), 1);
    assert_int_equal(take_evidence(store, &second, &head->head), 0);
    assert_int_equal(evidence_count(store), 2);
    reopen(&store);
    assert_int_equal(evidence_count(store), 2);

    garita_log log = load(store, NULL);
    assert_false(log.has_head);
    assert_int_equal(standing_of(&log, 1), GARITA_STANDING_REVOKED);
    assert_int_equal(standing_of(&log, 70000), GARITA_STANDING_REVOKED);
    garita_log_end(&log);
    garita_store_close(store);
}

/* At the bound it is said, and nothing is kept; what is known already is no more. */
static void evidence_has_a_bound(void **state)
{
    static uint8_t bytes[GARITA_BATCH_BYTES_MAX];
    garita_store *store = make_home();
    garita_message e = {
        .kind = GARITA_MESSAGE_EVIDENCE, .bytes = {bytes, sizeof bytes}, .head = {bytes, 200}};
    garita_log log = load(store, NULL);
    bool full = false;
    int kept = 0;

    (void)state;
    assert_store(garita_store_begin(store), OK);
    keep(store, &log, 0, NULL, 0);
    for (; !full; kept += !full) {
        bytes[0] = (uint8_t)kept;
        assert_store(garita_store_keep_evidence(store, &full, &log.id, &e), OK);
    }
    assert_int_equal(kept, GARITA_STORE_EVIDENCE_BYTES_MAX / (sizeof bytes + 200));
    bytes[0] = 0;
    assert_store(garita_store_keep_evidence(store, &full, &log.id, &e), OK);
    assert_false(full);
    assert_store(garita_store_commit(store), OK);
    assert_int_equal(number("SELECT count(*) FROM evidence"), kept);
    garita_log_end(&log);
    garita_store_close(store);
}

/* --- going over what is kept --- */

struct expected {
    uint64_t at, stop_at;
};

static bool is_batch(void *context, const uint8_t *bytes, size_t len)
{
    struct expected *expected = context;
    const garita_bytes *batch = &h.batches[expected->at++];

    assert_int_equal(len, batch->len);
    assert_memory_equal(bytes, batch->at, len);
    return expected->at != expected->stop_at;
}

static bool is_the_log(void *context, const garita_hash *id,
                       const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    assert_memory_equal(id, &h.log.id, sizeof *id);
    assert_memory_equal(first_key, agency.first_key, GARITA_PUBLIC_KEY_SIZE);
    ++*(int *)context;
    return true;
}

static void what_is_kept_can_be_gone_over(void **state)
{
    garita_store *store = make_home();
    garita_store_leaves leaves;
    garita_hash leaf, expected;
    uint64_t bytes, sum = 0;
    int logs = 0;

    (void)state;
    publish_random(9, 20);
    follow(store, &h, 0, &h.heads[19]);
    struct expected all = {0}, some = {5, 9}, none = {20, 0};
    assert_store(garita_store_each_batch(store, &h.log.id, 0, is_batch, &all), OK);
    assert_int_equal(all.at, 20);
    assert_store(garita_store_each_batch(store, &h.log.id, 5, is_batch, &some), OK);
    assert_int_equal(some.at, 9);
    assert_store(garita_store_each_batch(store, &h.log.id, 20, is_batch, &none), OK);
    assert_int_equal(none.at, 20);

    for (size_t i = 5; i < 20; i++)
        sum += h.batches[i].len;
    assert_store(garita_store_batch_bytes(store, &bytes, &h.log.id, 5), OK);
    assert_int_equal(bytes, sum);
    assert_store(garita_store_each_log(store, is_the_log, &logs), OK);
    assert_int_equal(logs, 1);

    garita_leaf_source own = garita_store_leaf_source(&leaves, store, &h.log.id);
    assert_true(own.leaf(own.context, &leaf, 7));
    garita_merkle_leaf(&expected, h.batches[7].at, h.batches[7].len);
    assert_memory_equal(&leaf, &expected, sizeof leaf);
    assert_false(own.leaf(own.context, &leaf, 20));

    sql("DELETE FROM batch WHERE position = 7");
    struct expected gap = {0};
    assert_store(garita_store_each_batch(store, &h.log.id, 0, is_batch, &gap), CORRUPT);
    assert_int_equal(gap.at, 7);
    garita_store_close(store);
}

/* --- the share of one log --- */

static void the_oldest_batches_make_way(void **state)
{
    static uint8_t bytes[16];
    static garita_bytes batches[GARITA_STORE_BATCHES_MAX + 1];
    garita_event event = {77, GARITA_STANDING_REVOKED, GARITA_CAUSE_LOST}, none;
    garita_store *store = make_home();
    size_t len, empty_len;

    (void)state;
    uint8_t *first = bytes, empty[16];
    assert_ok(garita_batch_encode(first, &len, sizeof bytes, WORLD_NOW, &event, 1));
    assert_ok(garita_batch_encode(empty, &empty_len, sizeof empty, WORLD_NOW, &none, 0));
    batches[0] = (garita_bytes){first, len};
    for (size_t i = 1; i < COUNT(batches); i++)
        batches[i] = (garita_bytes){empty, empty_len};

    assert_store(garita_store_begin(store), OK);
    garita_log log = load(store, NULL);
    for (size_t i = 0; i < COUNT(batches); i++)
        assert_ok(garita_log_append(&log, history_events, batches[i].at, batches[i].len));
    assert_ok(garita_log_sign(&log, 100, 1000, 86400, &agency.signer));
    keep(store, &log, 0, batches, COUNT(batches));
    assert_store(garita_store_commit(store), OK);
    assert_int_equal(log.start, COUNT(batches) - GARITA_STORE_BATCHES_MAX / 8 * 7);
    assert_int_equal(log.at_start.size, log.start);
    assert_int_equal(number("SELECT count(*) FROM batch"), GARITA_STORE_BATCHES_MAX / 8 * 7);
    assert_int_equal(number("SELECT batch_bytes FROM log"),
                     GARITA_STORE_BATCHES_MAX / 8 * 7 * empty_len);

    assert_int_equal(standing_of(&log, 77), GARITA_STANDING_REVOKED);
    reopen(&store);
    assert_holds(store, &log);
    garita_log_end(&log);
    garita_store_close(store);
}

/* The same log in an archive. Where that ends nobody comes in a test. */
static void an_archive_keeps_them_all(void **state)
{
    static garita_bytes batches[GARITA_STORE_BATCHES_MAX + 1];
    garita_event none;
    garita_store *store = make_home();
    uint8_t empty[16];
    size_t len;

    (void)state;
    assert_ok(garita_batch_encode(empty, &len, sizeof empty, WORLD_NOW, &none, 0));
    for (size_t i = 0; i < COUNT(batches); i++)
        batches[i] = (garita_bytes){empty, len};
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_set_archive(store, true), OK);
    garita_log log = load(store, NULL);
    for (size_t i = 0; i < COUNT(batches); i++)
        assert_ok(garita_log_append(&log, history_events, batches[i].at, batches[i].len));
    assert_ok(garita_log_sign(&log, 100, 1000, 86400, &agency.signer));
    keep(store, &log, 0, batches, COUNT(batches));
    assert_store(garita_store_commit(store), OK);
    assert_int_equal(log.start, 0);
    assert_int_equal(number("SELECT count(*) FROM batch"), COUNT(batches));
    reopen(&store);
    assert_holds(store, &log);

    /* an archive no longer: the next change lets go of the oldest */
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_set_archive(store, false), OK);
    assert_ok(garita_log_append(&log, history_events, empty, len));
    assert_ok(garita_log_sign(&log, 101, 1001, 86400, &agency.signer));
    keep(store, &log, COUNT(batches), batches, 1);
    assert_store(garita_store_commit(store), OK);
    assert_int_equal(number("SELECT count(*) FROM batch"), GARITA_STORE_BATCHES_MAX / 8 * 7);
    reopen(&store);
    assert_holds(store, &log);
    garita_log_end(&log);
    garita_store_close(store);
}

/* --- damage --- */

/* Serials that the sound log has revoked, one for each place that it is kept in. */
enum {
    IN_CHUNK = 3,       /* in a chunk, of a batch that is gone with the snapshot */
    IN_CHUNK_2 = 70000, /* in another chunk */
    IN_BATCH = 4,       /* in a chunk and in a batch that is kept */
    IN_NEW = 200005,    /* in a batch since the chunks */
    IN_UNION = 300000,
    IN_UNION_2 = 400000,
    IN_EVIDENCE = 500000 /* in the union, and in evidence */
};

static const uint32_t all_revoked[] = {IN_CHUNK, IN_CHUNK_2, IN_BATCH,   IN_NEW,
                                       IN_UNION, IN_UNION_2, IN_EVIDENCE};

/* A home whose log has something in every column and table. */
static void make_full_home(void)
{
    garita_store *store = make_home();

    history_revoke(&h, IN_CHUNK, IN_CHUNK_2);
    history_suspend(&h, 8);
    adopt(store, history_sign(&h, 1000), NULL);

    history_fork(&other, &h, agencys);
    history_revoke(&other, IN_UNION, IN_UNION_2);
    history_revoke(&other, IN_EVIDENCE);
    const signed_head *fork = history_sign(&other, 1001);

    history_revoke(&h, IN_BATCH);
    for (int i = 0; i < 66; i++)
        history_empty_batch(&h);
    follow(store, &h, 2, history_sign(&h, 1002));
    history_revoke(&h, IN_NEW);
    history_empty_batch(&h);
    follow(store, &h, 69, history_sign(&h, 1003));

    garita_message evidence = evidence_of(&other, 3, fork);
    assert_int_equal(take_evidence(store, &evidence, &fork->head), 1);
    assert_outcome(follow(store, &other, 2, fork), "forked");
    garita_store_close(store);
    history_end(&other);
}

static void copy_home(const char *from)
{
    static uint8_t bytes[1 << 20];
    char path[128];

    snprintf(path, sizeof path, "%s/" GARITA_STORE_FILE, from);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_in_range(len, 1, sizeof bytes - 1);
    name_home();
    assert_int_equal(mkdir(home, 0700), 0);
    snprintf(path, sizeof path, "%s/" GARITA_STORE_FILE, home);
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

struct damage {
    const char *sql;
    uint32_t lost[3]; /* what can no longer be read */
    bool is_strayed;  /* the log is no longer found by its id */
};

static const struct damage sound = {.sql = "nothing was damaged"};
static const struct damage damages[] = {
    {"UPDATE log SET id = randomblob(32)", {0}, true},
    {"UPDATE log SET id = x'00'", {0}, true},
    {"UPDATE log SET first_key = zeroblob(32)", {0}, false},
    {"UPDATE log SET first_key = x''", {0}, false},
    {"UPDATE log SET is_damaged = 1", {0}, false},
    {"UPDATE log SET is_damaged = 7", {0}, false},
    {"UPDATE log SET size = size + 1", {0}, false},
    {"UPDATE log SET size = size - 1", {0}, false},
    {"UPDATE log SET size = 0", {0}, false},
    {"UPDATE log SET size = -1", {0}, false},
    {"UPDATE log SET size = 9223372036854775807", {0}, false},
    {"UPDATE log SET start = start + 1", {0}, false},
    {"UPDATE log SET start = 0", {0}, false},
    {"UPDATE log SET start = size + 1", {0}, false},
    {"UPDATE log SET chunks_at = size", {0}, false},
    {"UPDATE log SET chunks_at = start", {0}, false},
    {"UPDATE log SET chunks_at = 0", {0}, false},
    {"UPDATE log SET batch_bytes = 0", {0}, false},
    {"UPDATE log SET batch_bytes = -1", {0}, false},
    {"UPDATE log SET evidence_bytes = -1", {0}, false},
    {"UPDATE log SET set_differs_at = 3", {0}, false},
    {"UPDATE log SET set_differs_at = -3", {0}, false},
    {"UPDATE log SET set_root = zeroblob(32)", {0}, false},
    {"UPDATE log SET set_root = x'00'", {0}, false},
    {"UPDATE log SET elsewhere_root = zeroblob(32)", {0}, false},
    {"UPDATE log SET elsewhere_root = NULL", {0}, false},
    {"UPDATE log SET seal = zeroblob(32)", {0}, false},
    {"UPDATE log SET seal = x'00'", {0}, false},
    {"UPDATE log SET frontier = zeroblob(length(frontier))", {0}, false},
    {"UPDATE log SET frontier = x''", {0}, false},
    {"UPDATE log SET start_frontier = zeroblob(length(start_frontier))", {0}, false},
    {"UPDATE log SET start_frontier = zeroblob(1000000)", {0}, false},
    {"UPDATE log SET head = NULL", {0}, false},
    {"UPDATE log SET head = x'92'", {0}, false},
    {"UPDATE log SET head = zeroblob(100000)", {0}, false},
    {"UPDATE log SET head = CAST(substr(head, 1, length(head) - 1) || x'00' AS BLOB)", {0}, false},
    {"UPDATE log SET proof = NULL", {0}, false},
    {"UPDATE log SET proof = x'ff'", {0}, false},
    {"UPDATE log SET proof = zeroblob(100000)", {0}, false},

    {"UPDATE batch SET log = 9 WHERE position = 2", {0}, false},
    {"DELETE FROM batch WHERE position = 2", {0}, false},
    {"DELETE FROM batch WHERE position = 69", {IN_NEW}, false},
    {"DELETE FROM batch", {IN_NEW}, false},
    {"UPDATE batch SET position = 1000 WHERE position = 69", {0}, false},
    {"UPDATE batch SET position = 0 WHERE position = 69", {0}, false},
    {"UPDATE batch SET position = -1 WHERE position = 69", {IN_NEW}, false},
    {"UPDATE batch SET leaf = zeroblob(32) WHERE position = 69", {0}, false},
    {"UPDATE batch SET leaf = x'' WHERE position = 69", {0}, false},
    {"UPDATE batch SET bytes = x'' WHERE position = 69", {IN_NEW}, false},
    {"UPDATE batch SET bytes = zeroblob(1000000) WHERE position = 69", {IN_NEW}, false},
    {"UPDATE batch SET bytes = substr(bytes, 1, length(bytes) - 1) WHERE position = 69",
     {IN_NEW},
     false},

    {"DELETE FROM chunk WHERE position = 1", {IN_CHUNK_2}, false},
    {"DELETE FROM chunk", {IN_CHUNK, IN_CHUNK_2}, false},
    {"UPDATE chunk SET log = 9 WHERE position = 1", {IN_CHUNK_2}, false},
    {"UPDATE chunk SET position = 5 WHERE position = 1", {IN_CHUNK_2}, false},
    {"UPDATE chunk SET position = 65536 WHERE position = 1", {IN_CHUNK_2}, false},
    {"UPDATE chunk SET bytes = x'' WHERE position = 1", {IN_CHUNK_2}, false},
    {"UPDATE chunk SET bytes = x'ff' WHERE position = 0", {IN_CHUNK}, false},
    {"UPDATE chunk SET bytes = CAST(bytes || x'00' AS BLOB) WHERE position = 0", {IN_CHUNK}, false},
    {"UPDATE chunk SET bytes = zeroblob(1000000) WHERE position = 0", {IN_CHUNK}, false},
    {"UPDATE chunk SET bytes = x'04126600' WHERE position = 0", {IN_CHUNK}, false},

    {"UPDATE chunk SET bytes = x'ff' WHERE position = 1; UPDATE evidence SET bytes = x'ff'",
     {IN_CHUNK_2},
     false},
    {"DELETE FROM elsewhere WHERE position = 4", {IN_UNION}, false},
    {"DELETE FROM elsewhere", {IN_UNION, IN_UNION_2}, false},
    {"UPDATE elsewhere SET log = 9 WHERE position = 4", {IN_UNION}, false},
    {"UPDATE elsewhere SET position = 9 WHERE position = 4", {IN_UNION}, false},
    {"UPDATE elsewhere SET bytes = x'ff' WHERE position = 4", {IN_UNION}, false},
    {"UPDATE elsewhere SET bytes = x'04126600' WHERE position = 6", {IN_UNION_2}, false},
    {"UPDATE elsewhere SET bytes = zeroblob(8) WHERE position = 7", {0}, false},
};

static bool is_lost(const struct damage *damage, uint32_t serial)
{
    for (size_t i = 0; i < COUNT(damage->lost); i++)
        if (damage->lost[i] == serial)
            return true;
    return false;
}

static void assert_readable_is_revoked(const garita_log *log, const struct damage *damage)
{
    for (size_t i = 0; i < COUNT(all_revoked); i++)
        if (!is_lost(damage, all_revoked[i]) &&
            standing_of(log, all_revoked[i]) != GARITA_STANDING_REVOKED)
            fail_msg("%s: %u is not revoked", damage->sql, all_revoked[i]);
}

static const char *last_damage;

static void note_damage(void *context, const garita_issuer *authority, const char *what)
{
    last_damage = what;
    assert_ptr_equal(authority, agencys);
    assert_non_null(what);
    ++*(int *)context;
}

static void assert_book_is_damaged(garita_store *store, const struct damage *damage)
{
    garita_book *book;
    garita_status status;
    int count = 0;

    assert_store(garita_store_load_book(store, &book, trust, note_damage, &count), OK);
    if (count != 1)
        fail_msg("%s: damage was found %d times", damage->sql, count);
    const garita_log *log = garita_book_log(book, agencys);
    assert_non_null(log);
    assert_true(log->is_damaged);
    garita_log_status(log, &status, 1);
    assert_false(status.has_head);
    assert_readable_is_revoked(log, damage);
    garita_book_free(book);
}

/* The log, found damaged, is taken anew from a snapshot, and keeps what was revoked. */
static void assert_is_mended(garita_store *store, const struct damage *damage,
                             const signed_head *newest)
{
    garita_book *book;
    const char *what = NULL;
    int count = 0;

    adopt(store, newest, &what);
    assert_true(damage->is_strayed || what != NULL);
    reopen(&store);
    assert_store(garita_store_load_book(store, &book, trust, note_damage, &count), OK);
    if (count != 0)
        fail_msg("%s: not mended: %s", damage->sql, last_damage);
    const garita_log *log = garita_book_log(book, agencys);
    assert_true(log->has_head);
    assert_int_equal(log->head.signed_at, newest->head.signed_at);
    if (!damage->is_strayed) {
        assert_readable_is_revoked(log, damage);
        assert_true(log->is_equivocated || strstr(damage->sql, "proof = NULL") != NULL);
    }
    evidence_count(store); /* all of it can be read */
    garita_book_free(book);
    garita_store_close(store);
}

static void damage_costs_nothing_that_can_be_read(void **state)
{
    static char whole[sizeof home];
    garita_log log;
    const char *what;

    (void)state;
    make_full_home();
    memcpy(whole, home, sizeof whole);
    const signed_head *newest = history_sign(&h, 5000);
    for (size_t i = 0; i < COUNT(damages); i++) {
        const struct damage *damage = &damages[i];
        copy_home(whole);
        garita_store *store = open_home();
        log = load(store, NULL); /* sound as a copy */
        assert_readable_is_revoked(&log, &sound);
        garita_log_end(&log);
        garita_store_close(store);
        sql(damage->sql);

        store = open_home();
        if (!damage->is_strayed) {
            log = load(store, &what);
            if (!log.is_damaged || what == NULL)
                fail_msg("%s: not found", damage->sql);
            garita_status status;
            garita_log_status(&log, &status, 1);
            assert_false(status.has_head);
            assert_readable_is_revoked(&log, damage);
            garita_log_end(&log);
        }
        assert_book_is_damaged(store, damage);
        assert_is_mended(store, damage, newest);
    }
}

/* What a damaged log learns meanwhile is kept, and the damage is not forgotten over it. */
static void a_damaged_log_still_gains_revocations(void **state)
{
    garita_store *store;
    const char *what;

    (void)state;
    make_full_home();
    sql("UPDATE elsewhere SET bytes = x'ff' WHERE position = 4");
    history_fork(&other, &h, agencys);
    history_revoke(&other, IN_UNION + 1);
    history_revoke(&other, 600000);
    const signed_head *fork = history_sign(&other, 1001);
    garita_message evidence = evidence_of(&other, 71, fork);
    garita_message second = evidence_of(&other, 72, fork);

    store = open_home();
    assert_int_equal(take_evidence(store, &evidence, &fork->head), 1);
    reopen(&store);
    assert_int_equal(take_evidence(store, &second, &fork->head), 1);
    reopen(&store);
    garita_log log = load(store, &what);
    assert_true(log.is_damaged && what != NULL);
    assert_int_equal(standing_of(&log, IN_UNION + 1), GARITA_STANDING_REVOKED);
    assert_int_equal(standing_of(&log, 600000), GARITA_STANDING_REVOKED);
    assert_readable_is_revoked(&log, &(struct damage){.sql = "", .lost = {IN_UNION}});
    garita_log_end(&log);

    adopt(store, history_sign(&h, 5000), &what);
    log = load(store, NULL);
    assert_true(log.is_equivocated);
    assert_int_equal(standing_of(&log, 600000), GARITA_STANDING_REVOKED);
    assert_readable_is_revoked(&log, &(struct damage){.sql = "", .lost = {IN_UNION}});
    garita_log_end(&log);
    garita_store_close(store);
    history_end(&other);
}

static void a_proof_does_not_cover_damage_up(void **state)
{
    static uint8_t proof[GARITA_EQUIVOCATION_BYTES_MAX], bytes[GARITA_EQUIVOCATION_BYTES_MAX];
    size_t proof_len, len;
    const char *what;
    garita_store *store = make_home();
    garita_equivocation equivocation = {.form = GARITA_FORM_SAME_SIZE};

    (void)state;
    history_revoke(&h, 1);
    for (int i = 0; i < 2; i++) {
        history_sign(&h, 1000 + i);
        equivocation.heads[i] = statement_of(&h.heads[i]);
    }
    garita_equivocation_write(proof, &proof_len, &equivocation);
    follow(store, &h, 0, &h.heads[0]);
    garita_store_close(store);

    sql("UPDATE log SET head = zeroblob(length(head)), proof = x'ff'");
    store = open_home();
    assert_store(garita_store_get_proof(store, bytes, &len, &h.log.id), ABSENT);
    garita_log log = load(store, &what);
    assert_true(log.is_damaged && log.is_equivocated && !log.has_head);
    garita_log_end(&log);

    /* Another takes the place of what proves nothing; the rest is as damaged as before. */
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_keep_proof(store, &h.log.id, proof, proof_len), OK);
    assert_store(garita_store_commit(store), OK);
    assert_store(garita_store_get_proof(store, bytes, &len, &h.log.id), OK);
    assert_int_equal(len, proof_len);
    assert_memory_equal(bytes, proof, len);
    log = load(store, &what);
    assert_true(log.is_damaged && log.is_equivocated && !log.has_head);
    assert_int_equal(standing_of(&log, 1), GARITA_STANDING_REVOKED);
    garita_log_end(&log);
    garita_store_close(store);
}

/* Whose facts are certain keeps its head, so that nobody brings it back to an older state; the
 * damage that a transaction has seen stands after it. */
static void a_damaged_log_takes_nothing_older(void **state)
{
    garita_store *store = make_home();
    const char *what;
    snapshot s;

    (void)state;
    history_revoke(&h, 1);
    history_sign(&h, 1000);
    snapshot_make(&s, &h, 0);
    history_revoke(&h, 2);
    history_sign(&h, 2000);
    follow(store, &h, 0, &h.heads[1]);
    garita_store_close(store);
    sql("UPDATE batch SET leaf = zeroblob(32) WHERE position = 0");

    store = open_home();
    assert_store(garita_store_begin(store), OK);
    garita_log log = load(store, &what);
    assert_true(log.is_damaged);
    garita_log_result result = offer_snapshot(&log, NULL, &s, &h.heads[0]);
    assert_outcome(result, "older");
    result = offer_tail(&log, NULL, &h, 1, &h.heads[1]);
    assert_outcome(result, "gap");
    assert_store(garita_store_commit(store), OK);
    garita_log_end(&log);
    assert_int_equal(number("SELECT is_damaged FROM log"), 1);

    /* All of its batches do as well as a snapshot. */
    assert_store(garita_store_begin(store), OK);
    log = load(store, &what);
    assert_non_null(what);
    result = offer_tail(&log, NULL, &h, 0, &h.heads[1]);
    assert_outcome(result, "extended");
    keep(store, &log, result.first_batch, h.batches, 2);
    assert_store(garita_store_commit(store), OK);
    garita_log_end(&log);
    reopen(&store);
    assert_holds(store, &h.log);
    garita_store_close(store);
    snapshot_end(&s);
}

/* --- the book --- */

static void a_book_has_the_logs_of_the_trust_set(void **state)
{
    garita_store *store = make_home();
    garita_book *book;
    int count = 0;

    (void)state;
    history_revoke(&h, 1);
    follow(store, &h, 0, history_sign(&h, 1000));
    assert_store(garita_store_load_book(store, &book, trust, note_damage, &count), OK);
    assert_int_equal(count, 0);
    assert_int_equal(garita_book_count(book), 1);
    assert_null(garita_book_log(book, anchors));
    garita_log *log = garita_book_log(book, agencys);
    log_state published = state_of(&h.log);
    assert_same_state(log, published);
    garita_book_free(book);

    garita_trust *nobody;
    assert_ok(garita_trust_new(&nobody));
    assert_store(garita_store_load_book(store, &book, nobody, note_damage, &count), OK);
    assert_int_equal(garita_book_count(book), 0);
    garita_book_free(book);
    garita_trust_free(nobody);
    garita_store_close(store);
}

/* A head that nobody of the authority has signed, kept by a caller that did not ask. */
static void a_head_of_somebody_else_is_none(void **state)
{
    garita_store *store = make_home();
    garita_book *book;
    garita_status status;
    int count = 0;

    (void)state;
    history_revoke(&h, 1);
    const signed_head *head = history_sign(&h, 1000);
    party forger = anchor;
    forger.signer.id = agency.signer.id;
    signed_head forged = sign_head(&forger, head->head);
    follow(store, &h, 0, &forged);
    assert_store(garita_store_load_book(store, &book, trust, note_damage, &count), OK);
    assert_int_equal(count, 1);
    garita_log_status(garita_book_log(book, agencys), &status, 1);
    assert_false(status.has_head);
    assert_int_equal(status.standing, GARITA_STANDING_REVOKED);
    garita_book_free(book);
    garita_store_close(store);
}

/* --- two at once --- */

static void each_handle_sees_what_the_other_has_committed(void **state)
{
    garita_store *one = make_home(), *two = open_home();
    int64_t before, after;

    (void)state;
    history_revoke(&h, 1);
    history_sign(&h, 1000);
    assert_store(garita_store_version(two, &before), OK);
    assert_store(garita_store_version(two, &after), OK);
    assert_int_equal(before, after);
    follow(one, &h, 0, &h.heads[0]);
    assert_store(garita_store_version(two, &after), OK);
    assert_true(before != after);
    assert_holds(two, &h.log);

    history_revoke(&h, 2);
    history_sign(&h, 2000);
    follow(two, &h, 1, &h.heads[1]);
    assert_holds(one, &h.log);
    assert_outcome(follow(one, &h, 1, &h.heads[1]), "known");
    garita_store_close(one);
    garita_store_close(two);
}

/* --- serials --- */

static uint32_t next_serial(garita_store *store)
{
    uint32_t out;

    assert_store(garita_store_next_serial(store, &out, agency.first_key), OK);
    return out;
}

static void enter(garita_store *store, uint32_t serial)
{
    garita_register_entry entry = {.serial = serial,
                                   .key_number = 1,
                                   .type = GARITA_TYPE_CREDENTIAL,
                                   .bytes = (const uint8_t *)"x",
                                   .bytes_len = 1};

    memcpy(entry.first_key, agency.first_key, sizeof entry.first_key);
    assert_store(garita_store_register(store, &entry), OK);
}

static void serials_with_events_are_never_assigned(void **state)
{
    garita_store *store = make_home();

    (void)state;
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_note_signer(store, agency.first_key), OK);
    assert_store(garita_store_commit(store), OK);
    history_suspend(&h, 2, 3);
    history_reinstate(&h, 3); /* an event all the same */
    follow(store, &h, 0, history_sign(&h, 1000));
    assert_store(garita_store_begin(store), OK);
    assert_int_equal(next_serial(store), 1);
    enter(store, 1);
    assert_int_equal(next_serial(store), 4);
    enter(store, 4);
    assert_store(garita_store_commit(store), OK);

    /* Those that are assigned are not noted. */
    history_revoke(&h, 1, 6);
    follow(store, &h, 2, history_sign(&h, 2000));
    assert_int_equal(number("SELECT count(*) FROM skipped"), 3);

    /* By a snapshot, and by the union. */
    history_fork(&other, &h, agencys);
    history_revoke(&h, 5);
    history_suspend(&h, 7);
    adopt(store, history_sign(&h, 3000), NULL);
    history_revoke(&other, 8);
    history_empty_batch(&other);
    history_empty_batch(&other); /* larger than what is held: a smaller one could not be told */
    assert_outcome(follow(store, &other, 3, history_sign(&other, 3001)), "forked");
    assert_store(garita_store_begin(store), OK);
    assert_int_equal(next_serial(store), 9);
    garita_store_close(store);
    history_end(&other);
}

/* Nobody signs for them here: nothing is noted. */
static void serials_of_others_are_not_noted(void **state)
{
    garita_store *store = make_home();

    (void)state;
    history_revoke(&h, 1, 2, 3);
    follow(store, &h, 0, history_sign(&h, 1000));
    assert_int_equal(number("SELECT count(*) FROM skipped"), 0);
    garita_store_close(store);
}

/* --- the clock's floor --- */

static int64_t floor_of(garita_store *store)
{
    bool has;
    int64_t floor;

    assert_store(garita_store_floor(store, &has, &floor), OK);
    return has ? floor : -1;
}

static void the_floor_rises_and_is_set(void **state)
{
    garita_store *store = make_home();
    bool has;
    int64_t floor;

    (void)state;
    assert_int_equal(floor_of(store), -1);
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_raise_floor(store, 1000), OK);
    assert_store(garita_store_raise_floor(store, 500), OK);
    assert_store(garita_store_commit(store), OK);
    reopen(&store);
    assert_int_equal(floor_of(store), 1000);
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_set_floor(store, true, 10), OK);
    assert_int_equal(floor_of(store), 10);
    assert_store(garita_store_set_floor(store, false, 0), OK);
    assert_int_equal(floor_of(store), -1);
    assert_store(garita_store_raise_floor(store, GARITA_MOMENT_MAX), OK);
    assert_store(garita_store_commit(store), OK);
    assert_int_equal(floor_of(store), GARITA_MOMENT_MAX);
    garita_store_close(store);

    sql("UPDATE home SET clock_floor = -1");
    store = open_home();
    assert_store(garita_store_floor(store, &has, &floor), CORRUPT);
    garita_store_close(store);
}

/* --- homes of an earlier version --- */

/* As version 0.1.0 made one. */
static const char schema_1[] =
    "CREATE TABLE home (only INTEGER PRIMARY KEY CHECK (only = 1),"
    "  id BLOB NOT NULL CHECK (length(id) = 16),"
    "  country TEXT NOT NULL CHECK (length(country) <= 3)) STRICT;"
    "CREATE TABLE pin (position INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  first_key BLOB NOT NULL UNIQUE CHECK (length(first_key) = 32), statement BLOB NOT NULL,"
    "  countries TEXT NOT NULL, programmes INTEGER NOT NULL CHECK (programmes >= 0),"
    "  types INTEGER NOT NULL CHECK (types >= 0), depth INTEGER NOT NULL CHECK (depth >= 0))"
    "  STRICT;"
    "CREATE TABLE trusted (position INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  statement BLOB NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE signer (number INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  first_key BLOB NOT NULL UNIQUE CHECK (length(first_key) = 32),"
    "  next_serial INTEGER NOT NULL CHECK (next_serial BETWEEN 1 AND 4294967296)) STRICT;"
    "CREATE TABLE register (signer INTEGER NOT NULL REFERENCES signer (number),"
    "  serial INTEGER NOT NULL CHECK (serial BETWEEN 1 AND 4294967295),"
    "  key_number INTEGER NOT NULL CHECK (key_number BETWEEN 1 AND 255), type INTEGER NOT NULL,"
    "  issued INTEGER NOT NULL, ref BLOB, statement BLOB NOT NULL, PRIMARY KEY (signer, serial))"
    "  STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX register_ref ON register (signer, ref) WHERE ref IS NOT NULL;"
    "CREATE INDEX register_authority ON register (type) WHERE type = 1;"
    "PRAGMA application_id = 1195463241; PRAGMA user_version = 1;"
    "INSERT INTO home VALUES (1, x'00112233445566778899aabbccddeeff', 'MEX');"
    "INSERT INTO trusted (statement) VALUES (x'01');";

static bool take_nothing(void *context, const uint8_t *bytes, size_t bytes_len)
{
    (void)context;
    (void)bytes;
    (void)bytes_len;
    return true;
}

/* Requires that an authority statement of one byte is found by its digest. */
static void assert_written(garita_store *store, const uint8_t statement[1])
{
    garita_digest digest;

    garita_digest_of(&digest, statement, 1);
    assert_store(
        garita_store_write_item(store, NULL, GARITA_TYPE_AUTHORITY, &digest, take_nothing, NULL),
        OK);
}

static void a_home_of_an_earlier_version_is_brought_up_to_date(void **state)
{
    char insert[256], hex[2 * GARITA_PUBLIC_KEY_SIZE + 1];
    garita_register_entry entry;

    (void)state;
    name_home();
    assert_int_equal(mkdir(home, 0700), 0);
    sql("PRAGMA journal_mode = WAL");
    sql(schema_1);
    for (size_t i = 0; i < GARITA_PUBLIC_KEY_SIZE; i++)
        snprintf(hex + 2 * i, 3, "%02x", agency.first_key[i]);
    snprintf(insert, sizeof insert,
             "INSERT INTO signer (first_key, next_serial) VALUES (x'%s', 3);"
             "INSERT INTO register VALUES (1, 2, 1, 2, 1000, NULL, x'0102');"
             "INSERT INTO register VALUES (1, 1, 1, 1, 1000, NULL, x'03')",
             hex);
    sql(insert);

    garita_store *store = open_home();
    assert_string_equal(garita_store_home(store)->country, "MEX");
    assert_int_equal(number("PRAGMA user_version"), 3);
    assert_written(store, (const uint8_t[]){1}); /* trusted */
    assert_written(store, (const uint8_t[]){3}); /* of the register, an authority's */
    assert_int_equal(number("SELECT count(*) FROM register WHERE digest IS NOT NULL"), 1);
    assert_store(garita_store_get_serial(store, &entry, agency.first_key, 2), OK);
    assert_int_equal(entry.issued, 1000);
    assert_int_equal(floor_of(store), -1);
    history_revoke(&h, 3);
    follow(store, &h, 0, history_sign(&h, 1000));
    assert_store(garita_store_begin(store), OK);
    assert_int_equal(next_serial(store), 4);
    garita_store_rollback(store);
    reopen(&store);
    assert_holds(store, &h.log);
    garita_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
        TEST(a_log_that_nobody_kept_is_empty),
        TEST(what_was_kept_is_there_after_opening_again),
        TEST(a_head_of_nothing_is_kept),
        TEST(many_steps_make_what_one_does),
        TEST(chunks_are_written_after_so_many_bytes),
        TEST(a_chunk_can_become_empty_again),
        TEST(a_rolled_back_change_leaves_nothing),
        TEST(leaves_of_a_snapshot_are_kept_and_prove_on),
        TEST(leaves_that_a_newcomer_got_are_kept),
        TEST(a_snapshot_is_kept_and_followed),
        TEST(a_fork_is_kept_with_its_proof_and_its_revocations),
        TEST(a_set_that_differs_is_kept_as_it_is),
        TEST(evidence_is_kept_once),
        TEST(evidence_has_a_bound),
        TEST(what_is_kept_can_be_gone_over),
        TEST(the_oldest_batches_make_way),
        TEST(an_archive_keeps_them_all),
        TEST(damage_costs_nothing_that_can_be_read),
        TEST(a_damaged_log_still_gains_revocations),
        TEST(a_proof_does_not_cover_damage_up),
        TEST(a_damaged_log_takes_nothing_older),
        TEST(a_book_has_the_logs_of_the_trust_set),
        TEST(a_head_of_somebody_else_is_none),
        TEST(each_handle_sees_what_the_other_has_committed),
        TEST(serials_with_events_are_never_assigned),
        TEST(serials_of_others_are_not_noted),
        TEST(the_floor_rises_and_is_set),
        TEST(a_home_of_an_earlier_version_is_brought_up_to_date),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
