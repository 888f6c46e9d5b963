/* What comes into a home, and what does not: from bundles, into a keeper in memory that can fail.
 * Each test runs twice: where the intake is given copies of logs, and where it is given the book's
 * own.
 */
#include <garita/intake.h>

#include <stdlib.h>

#include "history.h"
#include "memory_keeper.h"
#include "world.h"

#define NOW WORLD_NOW

/* --- people: usa -> region (two keys) -> office; mex pins too; nobody is unknown --- */

static party usa, mex, region, region_2, office, nobody, machine;
static blob region_said, region_2_said, office_said, mex_region_said;
static garita_trust *all; /* who is who, for those who publish */
static const garita_issuer *usa_is, *region_is, *office_is, *mex_is;

enum { USA_SERIAL = 1, REGION_SERIAL = 2, REGION_2_SERIAL = 3, OFFICE_SERIAL = 4 };

static void pin_both(garita_trust *trust)
{
    pin(trust, &usa, (grant){.serial = USA_SERIAL});
    pin(trust, &mex, (grant){.serial = USA_SERIAL, .country = "MEX"});
}

static const garita_issuer *must_add(const blob *statement)
{
    const garita_issuer *out;
    assert_ok(garita_trust_add(all, &out, NULL, statement->bytes, statement->len));
    return out;
}

static int begin_all(void **state)
{
    (void)state;
    party_make(&usa, 300);
    party_make(&mex, 301);
    party_make(&region, 302);
    party_rotate(&region_2, &region, 2, 303);
    party_make(&office, 304);
    party_make(&nobody, 305);
    party_make(&machine, 306);
    certify(&region_said, &usa, &region, (grant){.serial = REGION_SERIAL, .depth = 1});
    certify(&region_2_said, &usa, &region_2, (grant){.serial = REGION_2_SERIAL, .depth = 1});
    certify(&office_said, &region, &office,
            (grant){.serial = OFFICE_SERIAL,
                    .types = 1u << GARITA_TYPE_CREDENTIAL | 1u << GARITA_TYPE_HEAD});
    certify(&mex_region_said, &mex, &region, (grant){.serial = 9, .country = "MEX", .depth = 1});
    assert_ok(garita_trust_new(&all));
    pin_both(all);
    region_is = must_add(&region_said);
    must_add(&region_2_said);
    office_is = must_add(&office_said);
    usa_is = region_is->anchor;
    mex_is = garita_trust_find(all, NULL, &mex.signer.id, 1);
    return 0;
}

static int end_all(void **state)
{
    (void)state;
    garita_trust_free(all);
    return 0;
}

/* --- memory that runs out: the linker wraps the allocators --- */

/* Allocations of the intake until one fails: 0 is the next; negative is never. */
static int memory_fails_in = -1;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool runs_out(void)
{
    return !memory_keeper_is_at_work && memory_fails_in >= 0 && memory_fails_in-- == 0;
}

void *__wrap_malloc(size_t size)
{
    return runs_out() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return runs_out() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return runs_out() ? NULL : __real_realloc(old, size);
}

/* --- what was told --- */

enum { TOLD_MAX = 32 };

static struct told {
    garita_refusal refusals[TOLD_MAX];
    size_t refusal_count;
    garita_taken taken[TOLD_MAX];
    size_t taken_count;
    size_t new_statements, known_statements, dropped, viewed, settled;
    uint32_t dropped_serial;
} told;

static bool settles, refuses_to_settle;

static void on_statement(void *context, garita_bytes statement, garita_type type, bool is_new)
{
    (void)context;
    assert_true(statement.len > 0 && (int)type > 0);
    *(is_new ? &told.new_statements : &told.known_statements) += 1;
}

static void on_dropped(void *context, const garita_carried *carried)
{
    (void)context;
    told.dropped++;
    told.dropped_serial = carried->serial;
}

static void on_viewed(void *context, const garita_trust *trust, const garita_book *book)
{
    (void)context;
    assert_true(trust != NULL && book != NULL);
    told.viewed++;
}

static void on_refused(void *context, const garita_refusal *refusal)
{
    (void)context;
    WORLD_REQUIRE(told.refusal_count < TOLD_MAX);
    told.refusals[told.refusal_count++] = *refusal;
}

static bool on_settle(void *context, const garita_taken *taken, bool *is_changed)
{
    const memory_keeper *k = context;
    WORLD_REQUIRE(k->is_open && taken->log->set != NULL);
    told.settled++;
    *is_changed = settles;
    return !refuses_to_settle;
}

static void on_taken(void *context, const garita_taken *taken)
{
    const memory_keeper *k = context;
    WORLD_REQUIRE(!k->is_open && told.taken_count < TOLD_MAX);
    assert_non_null(taken->log);
    told.taken[told.taken_count++] = *taken;
}

/* --- the home --- */

static memory_keeper keeper;

static int begin_home(void **state)
{
    memory_keeper_start(&keeper, pin_both);
    keeper.gives_own = *state != NULL;
    settles = refuses_to_settle = false;
    return 0;
}

static int end_home(void **state)
{
    (void)state;
    memory_keeper_check(&keeper);
    memory_keeper_end(&keeper);
    return 0;
}

/* --- bundles --- */

typedef struct bundle {
    uint8_t *bytes;
    size_t len;
} bundle;

static bool sink(void *context, const uint8_t *bytes, size_t len)
{
    bundle *b = context;
    b->bytes = realloc(b->bytes, b->len + len + 1);
    WORLD_REQUIRE(b->bytes != NULL);
    memcpy(b->bytes + b->len, bytes, len);
    b->len += len;
    return true;
}

static void put(bundle *b, const garita_message *message)
{
    if (b->len == 0)
        assert_true(garita_bundle_write_header(sink, b));
    assert_true(garita_bundle_write(sink, b, message));
}

static void put_statement(bundle *b, const blob *statement)
{
    put(b, &(garita_message){.kind = GARITA_MESSAGE_STATEMENT,
                             .bytes = {statement->bytes, statement->len}});
}

static void put_tail(bundle *b, const history *h, uint64_t from, const signed_head *head)
{
    put(b, &(garita_message){.kind = GARITA_MESSAGE_TAIL,
                             .head = statement_of(head),
                             .frontier = h->before[from]});
    for (uint64_t i = from; i < head->head.size; i++)
        put(b, &(garita_message){.kind = GARITA_MESSAGE_BATCH, .bytes = h->batches[i]});
}

static void put_proof(bundle *b, const signed_head *first, const signed_head *second)
{
    uint8_t bytes[GARITA_EQUIVOCATION_BYTES_MAX];
    garita_equivocation proof = {.form = GARITA_FORM_SAME_SIZE};
    garita_message m = {.kind = GARITA_MESSAGE_PROOF, .bytes = {bytes, 0}};
    bool is_first = memcmp(first->bytes, second->bytes, first->len) < 0;
    proof.heads[0] = statement_of(is_first ? first : second);
    proof.heads[1] = statement_of(is_first ? second : first);
    garita_equivocation_write(bytes, &m.bytes.len, &proof);
    put(b, &m);
}

/* Takes it as it is, with memory for so many allocations; negative: for all. */
static garita_intake_end take_with(const bundle *b, int memory_for)
{
    const garita_intake_listener listener = {.context = &keeper,
                                             .statement = on_statement,
                                             .dropped = on_dropped,
                                             .viewed = on_viewed,
                                             .refused = on_refused,
                                             .settle = on_settle,
                                             .taken = on_taken};
    const garita_intake intake = {&keeper.table, &listener, history_events};
    uint8_t *copy = exact_copy(b->bytes, b->len);
    garita_fault fault;
    told = (struct told){.viewed = 0};
    memory_fails_in = memory_for;
    garita_intake_end end = garita_intake_bundle(&intake, &fault, copy, b->len);
    memory_fails_in = -1;
    free(copy);
    memory_keeper_check(&keeper);
    return end;
}

static garita_intake_end take_open(const bundle *b)
{
    return take_with(b, -1);
}

static garita_intake_end take(bundle *b)
{
    put(b, &(garita_message){.kind = GARITA_MESSAGE_END});
    garita_intake_end end = take_open(b);
    free(b->bytes);
    *b = (bundle){0};
    return end;
}

#define assert_done(end) assert_int_equal(end, GARITA_INTAKE_DONE)

/* Of one refusal. */
static void assert_refused(garita_refusal_kind kind, garita_message_kind message)
{
    assert_int_equal(told.refusal_count, 1);
    assert_int_equal(told.refusals[0].kind, kind);
    assert_int_equal(told.refusals[0].message, message);
}

static void take_chain(void)
{
    bundle b = {0};
    put_statement(&b, &office_said); /* in no good order */
    put_statement(&b, &region_2_said);
    put_statement(&b, &region_said);
    assert_done(take(&b));
    assert_int_equal(told.new_statements, 3);
    assert_int_equal(told.refusal_count, 0);
    assert_int_equal(keeper.commits, 1);
}

static void take_tail(const history *h, uint64_t from, const signed_head *head)
{
    bundle b = {0};
    put_tail(&b, h, from, head);
    assert_done(take(&b));
}

static garita_standing standing(const garita_issuer *authority, uint32_t serial)
{
    const kept_log *kept = memory_keeper_log(&keeper, authority);
    return kept != NULL ? standing_of(&kept->log, serial) : GARITA_STANDING_ACTIVE;
}

static const garita_log *book_log(const party *of)
{
    return garita_book_log(keeper.book, garita_trust_find(keeper.trust, NULL, &of->signer.id, 1));
}

/* --- logs --- */

static void a_bundle_is_taken_whole_and_once(void **state)
{
    (void)state;
    static history h;
    bundle b = {0};
    history_start(&h, &office, office_is);
    history_revoke(&h, 5, 6);
    history_suspend(&h, 7);
    const signed_head *head = history_sign(&h, NOW);
    put_tail(&b, &h, 0, head);
    put_statement(&b, &office_said);
    put_statement(&b, &region_said);
    put(&b, &(garita_message){.kind = GARITA_MESSAGE_END});
    assert_done(take_open(&b));
    assert_int_equal(told.new_statements, 2);
    assert_int_equal(told.viewed, 1);
    assert_int_equal(told.settled, 1);
    assert_int_equal(told.taken_count, 1);
    assert_int_equal(told.taken[0].outcome, GARITA_LOG_EXTENDED);
    assert_true(told.taken[0].is_changed && !told.taken[0].had_head);
    assert_int_equal(told.taken[0].batches, 2);
    assert_int_equal(keeper.commits, 2);
    assert_int_equal(standing(office_is, 5), GARITA_STANDING_REVOKED);
    assert_int_equal(standing(office_is, 7), GARITA_STANDING_SUSPENDED);

    garita_hash before = memory_keeper_hash(&keeper);
    assert_done(take_open(&b));
    garita_hash after = memory_keeper_hash(&keeper);
    assert_true(garita_hash_equal(&before, &after));
    assert_int_equal(told.taken[0].outcome, GARITA_LOG_KNOWN);
    assert_int_equal(told.new_statements, 0);
    assert_int_equal(told.known_statements, 2);
    assert_int_equal(keeper.commits, 2); /* nothing is written for nothing */
    free(b.bytes);
    history_end(&h);
}

static void what_comes_in_parts_adds_up(void **state)
{
    (void)state;
    static history h;
    take_chain();
    history_start(&h, &office, office_is);
    for (uint32_t i = 1; i <= 5; i++) {
        history_revoke(&h, i);
        take_tail(&h, i - 1, history_sign(&h, NOW + i));
        assert_int_equal(told.taken[0].outcome, GARITA_LOG_EXTENDED);
        assert_int_equal(told.taken[0].batches, 1);
        assert_int_equal(told.taken[0].revoked_before, i - 1);
    }
    take_tail(&h, 5, history_sign(&h, NOW + 9));
    assert_int_equal(told.taken[0].outcome, GARITA_LOG_HEARTBEAT);
    take_tail(&h, 2, &h.heads[2]);
    assert_int_equal(told.taken[0].outcome, GARITA_LOG_OLDER);
    assert_int_equal(told.taken[0].older.size, 3);
    assert_false(told.taken[0].is_changed);
    assert_int_equal(told.refusal_count, 0);
    history_end(&h);
}

static void a_snapshot_is_taken(void **state)
{
    (void)state;
    static history h;
    static snapshot s;
    bundle b = {0};
    take_chain();
    history_start(&h, &office, office_is);
    history_revoke(&h, 70000, 2);
    history_revoke(&h, 3);
    const signed_head *head = history_sign(&h, NOW);
    snapshot_make(&s, &h, 0);
    put(&b, &(garita_message){.kind = GARITA_MESSAGE_SNAPSHOT,
                              .head = statement_of(head),
                              .frontier = *s.offer.frontier});
    for (size_t i = 0; i < s.offer.chunk_count; i++)
        put(&b, &(garita_message){.kind = GARITA_MESSAGE_CHUNK,
                                  .index = s.offer.chunk_indexes[i],
                                  .bytes = s.offer.chunks[i]});
    assert_done(take(&b));
    assert_int_equal(told.taken[0].outcome, GARITA_LOG_ADOPTED);
    assert_int_equal(standing(office_is, 70000), GARITA_STANDING_REVOKED);
    snapshot_end(&s);
    history_end(&h);
}

static void anchors_come_first(void **state)
{
    (void)state;
    static history above, below;
    bundle b = {0};
    take_chain();
    history_start(&above, &usa, usa_is);
    history_revoke(&above, REGION_2_SERIAL);
    history_start(&below, &region_2, region_is);
    history_revoke(&below, 5);
    put_tail(&b, &below, 0, history_sign(&below, NOW));
    put_tail(&b, &above, 0, history_sign(&above, NOW));
    assert_done(take(&b));
    assert_refused(GARITA_REFUSED_REVOKED, GARITA_MESSAGE_TAIL);
    assert_int_equal(standing(region_is, 5), GARITA_STANDING_ACTIVE);
    assert_int_equal(standing(usa_is, REGION_2_SERIAL), GARITA_STANDING_REVOKED);
    history_end(&above);
    history_end(&below);
}

static void an_anchor_that_withdrew_itself_says_nothing_more(void **state)
{
    (void)state;
    static history h;
    history_start(&h, &usa, usa_is);
    history_revoke(&h, USA_SERIAL);
    take_tail(&h, 0, history_sign(&h, NOW));
    assert_int_equal(standing(usa_is, USA_SERIAL), GARITA_STANDING_REVOKED);
    history_revoke(&h, 99);
    take_tail(&h, 1, history_sign(&h, NOW + 1));
    assert_refused(GARITA_REFUSED_REVOKED, GARITA_MESSAGE_TAIL);
    assert_int_equal(standing(usa_is, 99), GARITA_STANDING_ACTIVE);
    take_tail(&h, 0, &h.heads[0]); /* what is known is no news */
    assert_int_equal(told.refusal_count, 0);
    assert_true(told.taken[0].is_passed_over);
    history_end(&h);
}

static void a_fork_is_proven_kept_and_its_revocations_count(void **state)
{
    (void)state;
    static history one, two;
    bundle b = {0};
    take_chain();
    history_start(&one, &office, office_is);
    history_revoke(&one, 1);
    history_fork(&two, &one, office_is);
    history_revoke(&one, 2);
    history_revoke(&two, 3);
    take_tail(&one, 0, history_sign(&one, NOW));
    take_tail(&two, 0, history_sign(&two, NOW));
    assert_int_equal(told.taken[0].outcome, GARITA_LOG_FORKED);
    assert_true(told.taken[0].is_proof_new && told.taken[0].is_contradicted);
    assert_int_equal(standing(office_is, 3), GARITA_STANDING_REVOKED);
    const kept_log *kept = memory_keeper_log(&keeper, office_is);
    assert_true(kept->has_proof && kept->log.is_equivocated);
    assert_int_equal(kept->evidence, 1);

    put_proof(&b, &one.heads[0], &two.heads[0]);
    assert_done(take(&b));
    assert_true(told.taken[0].is_contradicted && !told.taken[0].is_proof_new);
    assert_false(told.taken[0].is_changed);
    history_end(&one);
    history_end(&two);
}

static void a_proof_alone_is_kept(void **state)
{
    (void)state;
    static history one, two;
    bundle b = {0};
    take_chain();
    history_start(&one, &office, office_is);
    history_start(&two, &office, office_is);
    history_revoke(&one, 2);
    history_revoke(&two, 3);
    put_proof(&b, history_sign(&one, NOW), history_sign(&two, NOW));
    assert_done(take(&b));
    assert_true(told.taken[0].is_proof_new && told.taken[0].is_changed);
    assert_true(memory_keeper_log(&keeper, office_is)->has_proof);
    history_end(&one);
    history_end(&two);
}

static void evidence_adds_to_the_union(void **state)
{
    (void)state;
    static history h;
    bundle b = {0};
    garita_message m = {.kind = GARITA_MESSAGE_EVIDENCE, .index = 1};
    take_chain();
    history_start(&h, &office, office_is);
    history_revoke(&h, 1);
    history_revoke(&h, 2);
    m.head = statement_of(history_sign(&h, NOW));
    m.bytes = h.batches[1];
    m.path_count = history_prove(m.path, &h, 1, 2);
    put(&b, &m);
    assert_done(take(&b));
    assert_int_equal(told.taken[0].evidence, 1);
    assert_int_equal(standing(office_is, 2), GARITA_STANDING_REVOKED);
    assert_int_equal(standing(office_is, 1), GARITA_STANDING_ACTIVE);
    m.index = 0; /* it is not there */
    put(&b, &m);
    assert_done(take(&b));
    assert_refused(GARITA_REFUSED_DAMAGED, GARITA_MESSAGE_EVIDENCE);
    assert_int_equal(told.refusals[0].head.size, 2);
    history_end(&h);
}

/* --- what is refused --- */

static void strangers_are_left_out(void **state)
{
    (void)state;
    static history h;
    bundle b = {0};
    blob said;
    certify(&said, &nobody, &office, (grant){.serial = 3});
    put_statement(&b, &said);
    assert_done(take(&b));
    assert_refused(GARITA_REFUSED_FOREIGN, GARITA_MESSAGE_STATEMENT);
    assert_null(told.refusals[0].authority);
    history_start(&h, &office, office_is); /* nobody who is known here has certified it */
    history_revoke(&h, 1);
    take_tail(&h, 0, history_sign(&h, NOW));
    assert_refused(GARITA_REFUSED_FOREIGN, GARITA_MESSAGE_TAIL);
    assert_int_equal(keeper.commits, 0);
    history_end(&h);
}

static void what_is_beyond_a_scope_is_left_out(void **state)
{
    (void)state;
    bundle b = {0};
    blob said;
    certify(&said, &usa, &office, (grant){.serial = 8, .country = "CAN", .countries = "CAN"});
    put_statement(&b, &said);
    assert_done(take(&b));
    assert_refused(GARITA_REFUSED_OUTSIDE, GARITA_MESSAGE_STATEMENT);
}

static void a_forged_head_is_damaged(void **state)
{
    (void)state;
    static history h;
    take_chain();
    history_start(&h, &office, office_is);
    history_revoke(&h, 1);
    signed_head head = *history_sign(&h, NOW);
    head.bytes[head.len - 1] ^= 1;
    take_tail(&h, 0, &head);
    assert_refused(GARITA_REFUSED_DAMAGED, GARITA_MESSAGE_TAIL);
    assert_error(told.refusals[0].error, BAD_SIGNATURE);
    assert_string_equal(told.refusals[0].authority->name, office_is->name);
    assert_null(memory_keeper_log(&keeper, office_is));
    history_end(&h);
}

static void other_batches_are_a_mismatch(void **state)
{
    (void)state;
    static history h, other;
    take_chain();
    history_start(&h, &office, office_is);
    history_start(&other, &office, office_is);
    history_revoke(&h, 1);
    history_revoke(&other, 2);
    take_tail(&other, 0, history_sign(&h, NOW));
    assert_refused(GARITA_REFUSED_MISMATCH, GARITA_MESSAGE_TAIL);
    assert_string_equal(told.refusals[0].fault.field, "root");
    assert_int_equal(told.refusals[0].head.size, 1);
    assert_int_equal(standing(office_is, 2), GARITA_STANDING_ACTIVE);
    history_end(&h);
    history_end(&other);
}

static void a_gap_says_what_is_missing(void **state)
{
    (void)state;
    static history h;
    take_chain();
    history_start(&h, &office, office_is);
    history_revoke(&h, 1);
    take_tail(&h, 0, history_sign(&h, NOW));
    history_revoke(&h, 2);
    history_revoke(&h, 3);
    take_tail(&h, 2, history_sign(&h, NOW + 1));
    assert_refused(GARITA_REFUSED_GAP, GARITA_MESSAGE_END);
    assert_int_equal(told.refusals[0].held, 1);
    assert_int_equal(told.refusals[0].head.size, 3);
    assert_int_equal(standing(office_is, 3), GARITA_STANDING_ACTIVE);
    bundle b = {0};
    put_tail(&b, &h, 2, &h.heads[1]); /* what leads there may stand behind it */
    put_tail(&b, &h, 1, &h.heads[1]);
    assert_done(take(&b));
    assert_int_equal(told.refusal_count, 0);
    assert_int_equal(standing(office_is, 3), GARITA_STANDING_REVOKED);
    history_end(&h);
}

static void a_serial_is_given_once(void **state)
{
    (void)state;
    bundle b = {0};
    blob said;
    take_chain();
    certify(&said, &usa, &nobody, (grant){.serial = REGION_SERIAL});
    put_statement(&b, &said);
    assert_done(take(&b));
    assert_refused(GARITA_REFUSED_TAKEN, GARITA_MESSAGE_STATEMENT);
    assert_error(told.refusals[0].error, SERIAL_TAKEN);
}

static void statements_of_the_future_are_nobodys_fault(void **state)
{
    (void)state;
    bundle b = {0};
    blob said = region_said;
    uint8_t *version = memchr(said.bytes, 0x00, 8); /* key 0, then the version */
    assert_non_null(version);
    version[1] = 2;
    put_statement(&b, &said);
    assert_done(take(&b));
    assert_refused(GARITA_REFUSED_NEWER, GARITA_MESSAGE_STATEMENT);
    assert_error(told.refusals[0].error, UNSUPPORTED_VERSION);
}

/* The linker wraps it. */
static size_t others_memory;
size_t __wrap_garita_book_branch_memory(const garita_book *book, const garita_issuer *authority);
size_t __wrap_garita_book_branch_memory(const garita_book *book, const garita_issuer *authority)
{
    assert_true(book != NULL && authority != NULL);
    return others_memory;
}

static void beyond_its_share_only_a_proof_is_kept(void **state)
{
    (void)state;
    static history one, two;
    take_chain();
    history_start(&one, &office, office_is);
    history_revoke(&one, 1);
    history_fork(&two, &one, office_is);
    take_tail(&one, 0, history_sign(&one, NOW));
    history_revoke(&one, 2);
    history_revoke(&two, 3);
    others_memory = GARITA_BRANCH_SET_BYTES_MAX;
    garita_hash before = memory_keeper_hash(&keeper);
    take_tail(&one, 1, history_sign(&one, NOW + 1));
    assert_refused(GARITA_REFUSED_FULL, GARITA_MESSAGE_END);
    assert_int_equal(told.taken_count, 1);
    assert_false(told.taken[0].is_changed);
    assert_int_equal(told.taken[0].log->head.size, 1);
    garita_hash after = memory_keeper_hash(&keeper);
    assert_true(garita_hash_equal(&before, &after));
    others_memory = 0;
    take_tail(&one, 1, &one.heads[1]);
    others_memory = GARITA_BRANCH_SET_BYTES_MAX;
    take_tail(&two, 1, history_sign(&two, NOW + 1));
    assert_refused(GARITA_REFUSED_FULL, GARITA_MESSAGE_END);
    assert_true(told.taken[0].is_proof_new && told.taken[0].is_changed);
    assert_true(memory_keeper_log(&keeper, office_is)->has_proof);
    assert_int_equal(standing(office_is, 3), GARITA_STANDING_ACTIVE);
    others_memory = 0;
    history_end(&one);
    history_end(&two);
}

static void what_is_no_bundle_changes_nothing(void **state)
{
    (void)state;
    static const uint8_t bytes[] = "garita-c\x01";
    const bundle b = {(uint8_t *)(uintptr_t)bytes, sizeof bytes - 1};
    assert_int_equal(take_open(&b), GARITA_INTAKE_NO_BUNDLE);
    assert_int_equal(told.viewed, 0);
    assert_null(garita_bundle_origin(b.bytes, b.len));
}

static void what_stands_before_a_cut_is_taken(void **state)
{
    (void)state;
    static history h;
    bundle b = {0};
    static const uint8_t origin[GARITA_ORIGIN_SIZE] = {7, 8};
    put(&b, &(garita_message){.kind = GARITA_MESSAGE_ORIGIN, .bytes = {origin, sizeof origin}});
    history_start(&h, &usa, usa_is);
    history_revoke(&h, 50);
    put_tail(&b, &h, 0, history_sign(&h, NOW));
    history_revoke(&h, 51);
    put_tail(&b, &h, 1, history_sign(&h, NOW + 1));
    b.len--; /* in the last batch */
    assert_memory_equal(garita_bundle_origin(b.bytes, b.len), origin, sizeof origin);
    assert_int_equal(take_open(&b), GARITA_INTAKE_CUT);
    assert_int_equal(told.refusal_count, 0); /* the cut is told as that */
    assert_int_equal(standing(usa_is, 50), GARITA_STANDING_REVOKED);
    assert_int_equal(standing(usa_is, 51), GARITA_STANDING_ACTIVE);
    free(b.bytes);
    history_end(&h);
}

/* --- carried statements --- */

static blob node_of(const party *by, const party *subject, uint32_t serial, const char *name)
{
    garita_node n = {.serial = serial, .expires = 30000, .name = utf8(name), .country = "USA"};
    blob out;
    memcpy(n.public_key, subject->public_key, sizeof n.public_key);
    garita_key_noise(NULL, n.noise_key, subject->secret_key);
    assert_ok(garita_node_issue(out.bytes, &out.len, sizeof out.bytes, NULL, &n, &by->signer));
    return out;
}

/* Of a serial below 128, and something that only its reader knows. */
static blob policy_of(const party *by, uint8_t serial, uint8_t what)
{
    uint8_t map[] = {0x86, 0, 1, 1, GARITA_TYPE_POLICY,    2, 0xc4,   8,  0,   0, 0, 0, 0,
                     0,    0, 0, 3, by->signer.key_number, 4, serial, 40, what};
    blob out;
    memcpy(map + 8, by->signer.id.bytes, GARITA_ID_SIZE);
    sign(&out, by, GARITA_TYPE_POLICY, map, sizeof map);
    return out;
}

static void take_one(const blob *statement)
{
    bundle b = {0};
    put_statement(&b, statement);
    assert_done(take(&b));
}

static bool is_carried(const blob *statement)
{
    garita_digest digest;
    garita_digest_of(&digest, statement->bytes, statement->len);
    for (size_t i = 0; i < keeper.kept->carried_count; i++)
        if (memcmp(&keeper.kept->carried[i].carried.digest, &digest, sizeof digest) == 0)
            return true;
    return false;
}

static void carried_statements_come_with_their_chain(void **state)
{
    (void)state;
    bundle b = {0};
    blob node = node_of(&region, &machine, 20, "One"), policy = policy_of(&region, 21, 0);
    put_statement(&b, &policy);
    put_statement(&b, &node);
    put_statement(&b, &region_said);
    assert_done(take(&b));
    assert_int_equal(told.new_statements, 3);
    assert_true(is_carried(&node) && is_carried(&policy));
    unsigned commits = keeper.commits;
    take_one(&node);
    assert_int_equal(told.known_statements, 1);
    assert_int_equal(keeper.commits, commits);
}

static void a_newer_word_about_a_node_takes_the_place_of_an_older(void **state)
{
    (void)state;
    blob older = node_of(&region, &machine, 20, "One"),
         newer = node_of(&region, &machine, 25, "Two");
    blob other = node_of(&region, &office, 22, "Other"),
         from_usa = node_of(&usa, &machine, 5, "USA");
    take_chain();
    take_one(&older);
    take_one(&other);
    take_one(&from_usa);
    take_one(&newer);
    assert_int_equal(told.new_statements, 1);
    assert_int_equal(told.dropped, 1);
    assert_int_equal(told.dropped_serial, 20);
    assert_false(is_carried(&older));
    assert_true(is_carried(&newer) && is_carried(&other) && is_carried(&from_usa));
    take_one(&older);
    assert_int_equal(told.new_statements, 0);
    assert_int_equal(told.known_statements, 1);
    assert_false(is_carried(&older));
}

/* Whichever comes first, everybody keeps the one with the lower digest, and people are told. */
static void a_carried_serial_is_given_once(void **state)
{
    (void)state;
    blob first = policy_of(&region, 30, 0), second = policy_of(&region, 30, 1);
    garita_digest of_first, of_second;
    garita_digest_of(&of_first, first.bytes, first.len);
    garita_digest_of(&of_second, second.bytes, second.len);
    bool is_first = memcmp(&of_first, &of_second, sizeof of_first) < 0;
    const blob *low = is_first ? &first : &second, *high = is_first ? &second : &first;
    take_chain();
    take_one(high);
    take_one(low);
    assert_refused(GARITA_REFUSED_TAKEN, GARITA_MESSAGE_STATEMENT);
    assert_error(told.refusals[0].error, SERIAL_TAKEN);
    assert_int_equal(told.new_statements, 1);
    assert_int_equal(told.dropped, 1);
    assert_true(is_carried(low) && !is_carried(high));
    take_one(high);
    assert_refused(GARITA_REFUSED_TAKEN, GARITA_MESSAGE_STATEMENT);
    assert_int_equal(told.new_statements + told.known_statements + told.dropped, 0);
    assert_true(is_carried(low) && !is_carried(high));
}

static void the_newest_policies_are_carried(void **state)
{
    (void)state;
    blob policies[GARITA_POLICIES_PER_AUTHORITY_MAX + 2];
    take_chain();
    for (uint8_t i = 1; i < COUNT(policies); i++) {
        policies[i] = policy_of(&region, 40 + i, 0);
        take_one(&policies[i]);
        assert_int_equal(told.new_statements, 1);
    }
    assert_int_equal(told.dropped_serial, 41);
    policies[0] = policy_of(&region, 40, 0);
    take_one(&policies[0]);
    assert_refused(GARITA_REFUSED_FULL, GARITA_MESSAGE_STATEMENT);
    assert_int_equal(told.new_statements + told.known_statements + told.dropped, 0);
    assert_int_equal(keeper.kept->carried_count, GARITA_POLICIES_PER_AUTHORITY_MAX);
    assert_false(is_carried(&policies[0]) || is_carried(&policies[1]));
}

static void who_may_not_sign_policies_has_none_carried(void **state)
{
    (void)state;
    blob policy = policy_of(&office, 50, 0), forged = policy_of(&region, 51, 0);
    take_chain();
    take_one(&policy);
    assert_refused(GARITA_REFUSED_OUTSIDE, GARITA_MESSAGE_STATEMENT);
    forged.bytes[forged.len - 1] ^= 1;
    take_one(&forged);
    assert_refused(GARITA_REFUSED_DAMAGED, GARITA_MESSAGE_STATEMENT);
    assert_int_equal(keeper.kept->carried_count, 0);
}

static void a_revocation_takes_away_what_is_carried(void **state)
{
    (void)state;
    static history h;
    blob node = node_of(&region, &machine, 20, "One"), policy = policy_of(&region, 21, 0);
    take_chain();
    take_one(&node);
    take_one(&policy);
    history_start(&h, &region, region_is);
    history_suspend(&h, 21);
    take_tail(&h, 0, history_sign(&h, NOW));
    assert_int_equal(told.dropped, 0);
    history_revoke(&h, 20);
    unsigned commits = keeper.commits;
    take_tail(&h, 1, history_sign(&h, NOW + 1));
    assert_int_equal(keeper.commits, commits + 1); /* with it */
    assert_int_equal(told.dropped, 1);
    assert_int_equal(told.dropped_serial, 20);
    assert_false(is_carried(&node));
    assert_true(is_carried(&policy));
    take_one(&node);
    assert_refused(GARITA_REFUSED_REVOKED, GARITA_MESSAGE_STATEMENT);
    assert_false(is_carried(&node));
    history_end(&h);
}

static void a_revoked_key_takes_away_what_it_signed(void **state)
{
    (void)state;
    static history h;
    blob by_first = node_of(&region, &machine, 20, "One");
    blob by_second = node_of(&region_2, &office, 21, "Two");
    take_chain();
    take_one(&by_first);
    take_one(&by_second);
    history_start(&h, &usa, usa_is);
    history_revoke(&h, REGION_2_SERIAL);
    take_tail(&h, 0, history_sign(&h, NOW));
    assert_true(is_carried(&by_first) && !is_carried(&by_second));
    history_revoke(&h, REGION_SERIAL);
    take_tail(&h, 1, history_sign(&h, NOW + 1));
    assert_false(is_carried(&by_first));
    take_one(&by_first);
    assert_refused(GARITA_REFUSED_REVOKED, GARITA_MESSAGE_STATEMENT);
    history_end(&h);
}

static void what_another_chain_still_carries_stays(void **state)
{
    (void)state;
    static history h;
    blob policy = policy_of(&region, 21, 0);
    take_chain();
    take_one(&mex_region_said);
    assert_int_equal(told.new_statements, 1);
    take_one(&policy);
    history_start(&h, &usa, usa_is);
    history_revoke(&h, REGION_SERIAL);
    take_tail(&h, 0, history_sign(&h, NOW));
    assert_int_equal(told.dropped, 0);
    assert_true(is_carried(&policy));
    history_end(&h);
}

/* --- a keeper that fails --- */

/* All that a bundle can do, in one. */
static bundle make_much(history *h, history *other, history *above)
{
    bundle b = {0};
    blob node = node_of(&region, &machine, 20, "One"),
         newer = node_of(&region, &machine, 25, "Two");
    blob policy = policy_of(&region, 21, 0);
    put_statement(&b, &region_said);
    put_statement(&b, &region_2_said);
    put_statement(&b, &office_said);
    put_statement(&b, &node);
    put_statement(&b, &newer);
    put_statement(&b, &policy);
    history_start(h, &office, office_is);
    history_revoke(h, 1);
    history_fork(other, h, office_is);
    history_revoke(h, 2);
    history_revoke(other, 3);
    put_tail(&b, h, 0, history_sign(h, NOW));
    put_tail(&b, other, 0, history_sign(other, NOW + 1));
    history_start(above, &region, region_is);
    history_revoke(above, 21);
    put_tail(&b, above, 0, history_sign(above, NOW));
    put(&b, &(garita_message){.kind = GARITA_MESSAGE_END});
    return b;
}

static void what_cannot_be_kept_leaves_no_half(void **state)
{
    static history h, other, above;
    bundle b = make_much(&h, &other, &above);
    assert_done(take_open(&b));
    const garita_hash whole = memory_keeper_hash(&keeper);
    unsigned commits = keeper.commits;
    assert_int_equal(commits, 4);
    assert_int_equal(keeper.kept->carried_count, 1);
    garita_hash before = {{0}};
    unsigned last_commits = 0;
    garita_intake_end end = GARITA_INTAKE_NOT_KEPT;
    for (int i = 0; end != GARITA_INTAKE_DONE; i++) {
        memory_keeper_end(&keeper);
        begin_home(state);
        keeper.fail_in = i;
        end = take_open(&b);
        garita_hash after = memory_keeper_hash(&keeper);
        assert_true(keeper.commits >= last_commits && keeper.commits <= commits);
        /* what is kept is what some whole number of transactions made */
        if (i > 0 && keeper.commits == last_commits)
            assert_true(garita_hash_equal(&after, &before));
        before = after;
        last_commits = keeper.commits;
        if (end == GARITA_INTAKE_DONE)
            break;
        assert_int_equal(end, GARITA_INTAKE_NOT_KEPT);
        keeper.fail_in = -1;
        assert_done(take_open(&b)); /* and it can be taken again */
        assert_int_equal(keeper.kept->carried_count, 1);
        assert_true(standing(office_is, 3) == GARITA_STANDING_REVOKED);
    }
    assert_true(garita_hash_equal(&before, &whole));
    free(b.bytes);
    history_end(&h);
    history_end(&other);
    history_end(&above);
}

static void memory_that_runs_out_leaves_no_half(void **state)
{
    static history h, other, above;
    bundle b = make_much(&h, &other, &above);
    assert_done(take_open(&b));
    const garita_hash whole = memory_keeper_hash(&keeper);
    unsigned last_commits = 0;
    garita_intake_end end = GARITA_INTAKE_NO_MEMORY;
    for (int i = 0; end != GARITA_INTAKE_DONE; i++) {
        memory_keeper_end(&keeper);
        begin_home(state);
        end = take_with(&b, i);
        assert_true(keeper.commits >= last_commits);
        last_commits = keeper.commits;
        if (end == GARITA_INTAKE_DONE)
            break;
        assert_int_equal(end, GARITA_INTAKE_NO_MEMORY);
        assert_done(take_open(&b));
        assert_int_equal(keeper.kept->carried_count, 1);
        assert_true(standing(office_is, 3) == GARITA_STANDING_REVOKED);
    }
    garita_hash after = memory_keeper_hash(&keeper);
    assert_true(garita_hash_equal(&after, &whole));
    free(b.bytes);
    history_end(&h);
    history_end(&other);
    history_end(&above);
}

static void a_listener_may_add_to_a_transaction_or_end_it(void **state)
{
    (void)state;
    static history h;
    history_start(&h, &usa, usa_is);
    history_revoke(&h, 5);
    const signed_head *head = history_sign(&h, NOW);
    take_tail(&h, 0, head);
    unsigned commits = keeper.commits;
    settles = true;
    take_tail(&h, 0, head);
    assert_int_equal(keeper.commits, commits + 1);
    assert_true(told.taken[0].is_changed);
    history_revoke(&h, 6);
    refuses_to_settle = true;
    bundle b = {0};
    put_tail(&b, &h, 1, history_sign(&h, NOW + 1));
    assert_int_equal(take(&b), GARITA_INTAKE_NOT_KEPT);
    assert_int_equal(told.taken_count, 0);
    assert_int_equal(standing(usa_is, 6), GARITA_STANDING_ACTIVE);
    assert_int_equal(book_log(&usa)->head.size, 1);
    history_end(&h);
}

static void evidence_that_finds_no_room_is_told_of(void **state)
{
    (void)state;
    static history one, two;
    history_start(&one, &mex, mex_is);
    history_start(&two, &mex, mex_is);
    history_revoke(&one, 2);
    history_revoke(&two, 3);
    take_tail(&one, 0, history_sign(&one, NOW));
    keeper.evidence_is_full = true;
    take_tail(&two, 0, history_sign(&two, NOW));
    assert_true(told.taken[0].is_evidence_full);
    assert_int_equal(memory_keeper_log(&keeper, mex_is)->evidence, 0);
    assert_int_equal(standing(mex_is, 3), GARITA_STANDING_REVOKED);
    history_end(&one);
    history_end(&two);
}

#define TEST(function)                                                                             \
    {#function " (copies)", function, begin_home, end_home, NULL},                                 \
    {                                                                                              \
#function " (the book's)", function, begin_home, end_home, &keeper                         \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_bundle_is_taken_whole_and_once),
        TEST(what_comes_in_parts_adds_up),
        TEST(a_snapshot_is_taken),
        TEST(anchors_come_first),
        TEST(an_anchor_that_withdrew_itself_says_nothing_more),
        TEST(a_fork_is_proven_kept_and_its_revocations_count),
        TEST(a_proof_alone_is_kept),
        TEST(evidence_adds_to_the_union),
        TEST(strangers_are_left_out),
        TEST(what_is_beyond_a_scope_is_left_out),
        TEST(a_forged_head_is_damaged),
        TEST(other_batches_are_a_mismatch),
        TEST(a_gap_says_what_is_missing),
        TEST(a_serial_is_given_once),
        TEST(statements_of_the_future_are_nobodys_fault),
        TEST(beyond_its_share_only_a_proof_is_kept),
        TEST(what_is_no_bundle_changes_nothing),
        TEST(what_stands_before_a_cut_is_taken),
        TEST(carried_statements_come_with_their_chain),
        TEST(a_newer_word_about_a_node_takes_the_place_of_an_older),
        TEST(a_carried_serial_is_given_once),
        TEST(the_newest_policies_are_carried),
        TEST(who_may_not_sign_policies_has_none_carried),
        TEST(a_revocation_takes_away_what_is_carried),
        TEST(a_revoked_key_takes_away_what_it_signed),
        TEST(what_another_chain_still_carries_stays),
        TEST(what_cannot_be_kept_leaves_no_half),
        TEST(memory_that_runs_out_leaves_no_half),
        TEST(a_listener_may_add_to_a_transaction_or_end_it),
        TEST(evidence_that_finds_no_room_is_told_of),
    };
    WORLD_REQUIRE(garita_init() == GARITA_OK);
    return cmocka_run_group_tests_name("intake", tests, begin_all, end_all);
}
