#include "memory_keeper.h"

#include <stdlib.h>

#include <sodium.h>

#include "history.h"
#include "world.h"

/* --- at work --- */

bool memory_keeper_is_at_work;

static bool enter(void)
{
    bool was = memory_keeper_is_at_work;
    memory_keeper_is_at_work = true;
    return was;
}

static void leave(const bool *was)
{
    memory_keeper_is_at_work = *was;
}

/* Until the function is left. */
#define AT_WORK const bool was_at_work __attribute__((cleanup(leave))) = enter()

/* --- what is kept --- */

static kept_state *copy_state(const kept_state *from)
{
    kept_state *out = malloc(sizeof *out);
    WORLD_REQUIRE(out != NULL);
    *out = *from;
    for (size_t i = 0; i < from->log_count; i++)
        assert_ok(garita_log_copy(&out->logs[i].log, &from->logs[i].log));
    return out;
}

static void free_state(kept_state *state)
{
    for (size_t i = 0; state != NULL && i < state->log_count; i++)
        garita_log_end(&state->logs[i].log);
    free(state);
}

static kept_log *find_log(kept_state *state, const garita_hash *id)
{
    for (size_t i = 0; i < state->log_count; i++)
        if (garita_hash_equal(&state->logs[i].log.id, id))
            return &state->logs[i];
    return NULL;
}

/* --- transactions --- */

/* A call in a transaction. */
static bool may(memory_keeper *k)
{
    WORLD_REQUIRE(k->is_open);
    return k->fail_in < 0 || k->fail_in-- != 0;
}

static void close_transaction(memory_keeper *k)
{
    k->is_open = false;
    free_state(k->changed);
    k->changed = NULL;
    garita_trust_free(k->statements);
    k->statements = NULL;
}

static bool begin(void *context)
{
    memory_keeper *k = context;
    AT_WORK;
    WORLD_REQUIRE(!k->is_open);
    k->is_open = true;
    k->changed = copy_state(k->kept);
    if (may(k))
        return true;
    close_transaction(k);
    return false;
}

static bool commit(void *context)
{
    memory_keeper *k = context;
    AT_WORK;
    bool is_kept = may(k);
    if (is_kept) {
        kept_state *old = k->kept;
        k->kept = k->changed;
        k->changed = old;
        k->commits++;
    }
    close_transaction(k);
    return is_kept;
}

static void rollback(void *context)
{
    AT_WORK;
    close_transaction(context);
}

/* --- statements --- */

static garita_trust *make_trust(const memory_keeper *k)
{
    garita_bytes statements[KEPT_STATEMENTS];
    garita_trust *out;
    assert_ok(garita_trust_new(&out));
    k->pin_anchors(out);
    for (size_t i = 0; i < k->kept->trusted_count; i++)
        statements[i] = (garita_bytes){k->kept->trusted[i].bytes, k->kept->trusted[i].len};
    assert_ok(garita_trust_load(out, NULL, statements, k->kept->trusted_count));
    return out;
}

static bool statement_trust(void *context, garita_trust **out)
{
    memory_keeper *k = context;
    AT_WORK;
    if (!may(k))
        return false;
    WORLD_REQUIRE(k->statements == NULL);
    *out = k->statements = make_trust(k);
    return true;
}

static blob blob_of(garita_bytes bytes)
{
    blob out = {.len = bytes.len};
    WORLD_REQUIRE(bytes.len <= sizeof out.bytes);
    memcpy(out.bytes, bytes.at, bytes.len);
    return out;
}

static bool keep_trusted(void *context, garita_bytes statement)
{
    memory_keeper *k = context;
    AT_WORK;
    if (!may(k))
        return false;
    WORLD_REQUIRE(k->changed->trusted_count < KEPT_STATEMENTS);
    k->changed->trusted[k->changed->trusted_count++] = blob_of(statement);
    return true;
}

static bool each_carried(void *context,
                         bool (*visit)(void *visitor, const garita_carried *carried,
                                       garita_bytes statement),
                         void *visitor)
{
    memory_keeper *k = context;
    AT_WORK;
    if (!may(k))
        return false;
    for (size_t i = 0; i < k->changed->carried_count; i++) {
        const kept_carried *each = &k->changed->carried[i];
        uint8_t *bytes = exact_copy(each->statement.bytes, each->statement.len);
        memory_keeper_is_at_work = was_at_work; /* the visit is the intake's */
        bool goes_on = visit(visitor, &each->carried, (garita_bytes){bytes, each->statement.len});
        memory_keeper_is_at_work = true;
        free(bytes);
        if (!goes_on)
            break;
    }
    return true;
}

static bool keep_carried(void *context, const garita_carried *carried, garita_bytes statement)
{
    memory_keeper *k = context;
    AT_WORK;
    if (!may(k))
        return false;
    WORLD_REQUIRE(k->changed->carried_count < KEPT_STATEMENTS);
    k->changed->carried[k->changed->carried_count++] = (kept_carried){*carried, blob_of(statement)};
    return true;
}

static bool drop_carried(void *context, const garita_carried *carried)
{
    memory_keeper *k = context;
    AT_WORK;
    kept_state *state = k->changed;
    if (!may(k))
        return false;
    for (size_t i = 0; i < state->carried_count; i++) {
        if (memcmp(&state->carried[i].carried.digest, &carried->digest, sizeof carried->digest) ==
            0) {
            state->carried[i] = state->carried[--state->carried_count];
            return true;
        }
    }
    WORLD_REQUIRE(!"what is dropped was kept");
    return false;
}

/* --- logs --- */

static void forget_view(memory_keeper *k)
{
    garita_book_free(k->book);
    garita_trust_free(k->trust);
    k->book = NULL;
    k->trust = NULL;
}

static bool view(void *context, garita_trust **trust, garita_book **book)
{
    memory_keeper *k = context;
    AT_WORK;
    WORLD_REQUIRE(!k->is_open);
    if (k->fail_in >= 0 && k->fail_in-- == 0)
        return false;
    forget_view(k);
    *trust = k->trust = make_trust(k);
    assert_ok(garita_book_new(&k->book, k->trust));
    *book = k->book;
    for (size_t i = 0; i < k->kept->log_count; i++) {
        garita_log copy;
        assert_ok(garita_log_copy(&copy, &k->kept->logs[i].log));
        assert_ok(garita_book_put(k->book, &copy));
    }
    return true;
}

static bool load_log(void *context, garita_log *out, const garita_issuer *authority,
                     const garita_hash *id)
{
    memory_keeper *k = context;
    AT_WORK;
    garita_log *known = garita_book_log(k->book, authority);
    if (!may(k))
        return false;
    if (k->gives_own && known != NULL) {
        *out = *known;
        *known = (garita_log){0};
        return true;
    }
    const kept_log *kept = find_log(k->changed, id);
    assert_ok(kept != NULL ? garita_log_copy(out, &kept->log) : garita_log_start(out, id));
    return true;
}

static void lost(void *context, const garita_hash *id)
{
    memory_keeper *k = context;
    AT_WORK;
    const kept_log *kept = find_log(k->kept, id);
    garita_log log;
    WORLD_REQUIRE(!k->is_open);
    assert_ok(kept != NULL ? garita_log_copy(&log, &kept->log) : garita_log_start(&log, id));
    assert_ok(garita_book_put(k->book, &log));
}

static void keep_leaf(kept_log *kept, const garita_hash *leaf)
{
    WORLD_REQUIRE(kept->leaf_count < KEPT_LEAVES);
    kept->leaves[kept->leaf_count++] = *leaf;
}

/* Whether the leaves that are kept are what the log says. */
static void check_leaves(const kept_log *kept)
{
    const garita_log *log = &kept->log;
    garita_frontier at = log->at_start;
    garita_hash made, expected;
    WORLD_REQUIRE(log->start <= log->batches_from && log->batches_from <= log->frontier.size);
    WORLD_REQUIRE(at.size == log->start && log->frontier.size - log->start == kept->leaf_count);
    for (size_t i = 0; i < kept->leaf_count; i++)
        garita_frontier_append(&at, &kept->leaves[i]);
    garita_frontier_root(&made, &at);
    garita_frontier_root(&expected, &log->frontier);
    WORLD_REQUIRE(garita_hash_equal(&made, &expected));
}

static bool keep_log(void *context, garita_log *log,
                     const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE], const garita_log_added *added)
{
    memory_keeper *k = context;
    AT_WORK;
    kept_log *kept = find_log(k->changed, &log->id);
    (void)first_key;
    if (!may(k))
        return false;
    if (kept == NULL) {
        WORLD_REQUIRE(k->changed->log_count < KEPT_LOGS);
        kept = &k->changed->logs[k->changed->log_count++];
        *kept = (kept_log){.leaf_count = 0};
    }
    if (kept->log.is_damaged || kept->log.start != log->start)
        kept->leaf_count = 0; /* taken anew */
    garita_log_end(&kept->log);
    assert_ok(garita_log_copy(&kept->log, log));
    WORLD_REQUIRE(added->leaf_count + added->batch_count == 0 ||
                  added->first == log->start + kept->leaf_count);
    for (size_t i = 0; i < added->leaf_count; i++)
        keep_leaf(kept, &added->leaves[i]);
    for (size_t i = 0; i < added->batch_count; i++) {
        garita_hash leaf;
        garita_merkle_leaf(&leaf, added->batches[i].at, added->batches[i].len);
        keep_leaf(kept, &leaf);
    }
    if (!log->is_damaged)
        check_leaves(kept);
    return true;
}

static bool keep_proof(void *context, const garita_hash *log, garita_bytes proof)
{
    memory_keeper *k = context;
    AT_WORK;
    kept_log *kept = find_log(k->changed, log);
    WORLD_REQUIRE(kept != NULL && proof.len > 0); /* the log comes first */
    if (!may(k))
        return false;
    kept->has_proof = true;
    return true;
}

static bool keep_evidence(void *context, bool *is_full, const garita_hash *log,
                          const garita_message *evidence)
{
    memory_keeper *k = context;
    AT_WORK;
    kept_log *kept = find_log(k->changed, log);
    WORLD_REQUIRE(kept != NULL && evidence->kind == GARITA_MESSAGE_EVIDENCE);
    if (!may(k))
        return false;
    *is_full = k->evidence_is_full;
    kept->evidence += !*is_full;
    return true;
}

static bool leaf(void *context, garita_hash *out, uint64_t index)
{
    const kept_log *kept = context;
    if (kept == NULL || index < kept->log.start || index - kept->log.start >= kept->leaf_count)
        return false;
    *out = kept->leaves[index - kept->log.start];
    return true;
}

static void leaves(void *context, garita_leaf_source *out, const garita_hash *log)
{
    memory_keeper *k = context;
    AT_WORK;
    *out = (garita_leaf_source){.context = find_log(k->changed, log), .leaf = leaf};
}

/* --- --- */

void memory_keeper_start(memory_keeper *out, void (*pin_anchors)(garita_trust *trust))
{
    *out = (memory_keeper){.table = {.context = out,
                                     .begin = begin,
                                     .commit = commit,
                                     .rollback = rollback,
                                     .statement_trust = statement_trust,
                                     .keep_trusted = keep_trusted,
                                     .view = view,
                                     .each_carried = each_carried,
                                     .keep_carried = keep_carried,
                                     .drop_carried = drop_carried,
                                     .load_log = load_log,
                                     .lost = lost,
                                     .keep_log = keep_log,
                                     .keep_proof = keep_proof,
                                     .keep_evidence = keep_evidence,
                                     .leaves = leaves},
                           .pin_anchors = pin_anchors,
                           .fail_in = -1};
    out->kept = calloc(1, sizeof *out->kept);
    WORLD_REQUIRE(out->kept != NULL);
}

void memory_keeper_end(memory_keeper *keeper)
{
    forget_view(keeper);
    close_transaction(keeper);
    free_state(keeper->kept);
}

static void add_bytes(crypto_hash_sha256_state *state, const void *bytes, size_t len)
{
    crypto_hash_sha256_update(state, bytes, len);
}

garita_hash memory_keeper_hash(const memory_keeper *keeper)
{
    crypto_hash_sha256_state state;
    garita_hash out;
    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < keeper->kept->trusted_count; i++)
        add_bytes(&state, keeper->kept->trusted[i].bytes, keeper->kept->trusted[i].len);
    for (size_t i = 0; i < keeper->kept->carried_count; i++)
        add_bytes(&state, &keeper->kept->carried[i].carried.digest, sizeof(garita_digest));
    for (size_t i = 0; i < keeper->kept->log_count; i++) {
        kept_log *each = &keeper->kept->logs[i];
        log_state log = state_of(&each->log);
        add_bytes(&state, &log, sizeof log);
        add_bytes(&state, &each->has_proof, sizeof each->has_proof);
        add_bytes(&state, &each->evidence, sizeof each->evidence);
    }
    crypto_hash_sha256_final(&state, out.bytes);
    return out;
}

void memory_keeper_check(memory_keeper *keeper)
{
    WORLD_REQUIRE(!keeper->is_open);
    if (keeper->book == NULL)
        return;
    for (size_t i = 0; i < garita_book_count(keeper->book); i++) {
        garita_log *log = garita_book_get(keeper->book, i);
        kept_log *kept = find_log(keeper->kept, &log->id);
        assert_non_null(log->set);
        if (kept == NULL) {
            assert_false(log->has_head);
            continue;
        }
        log_state expected = state_of(&kept->log);
        assert_same_state(log, expected);
    }
}

const kept_log *memory_keeper_log(const memory_keeper *keeper, const garita_issuer *authority)
{
    garita_hash id;
    garita_log_id(&id, authority);
    return find_log(keeper->kept, &id);
}
