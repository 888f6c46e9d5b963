#include "history.h"

#include <stdlib.h>

#include <sodium.h>

#include "world.h"

garita_event history_events[GARITA_BATCH_EVENTS_MAX];

/* --- heads --- */

garita_bytes statement_of(const signed_head *h)
{
    return (garita_bytes){h->bytes, h->len};
}

signed_head sign_head(const party *by, garita_head head)
{
    garita_fault fault;
    signed_head out = {.head = head};
    assert_ok(garita_head_issue(out.bytes, &out.len, sizeof out.bytes, &fault, &head, &by->signer));
    return out;
}

/* --- the publisher --- */

void history_start(history *h, const party *by, const garita_issuer *authority)
{
    garita_hash id;
    *h = (history){.by = by};
    garita_log_id(&id, authority);
    assert_ok(garita_log_start(&h->log, &id));
}

void history_fork(history *out, const history *from, const garita_issuer *authority)
{
    history_start(out, from->by, authority);
    for (uint64_t i = 0; i < from->log.frontier.size; i++) {
        const garita_bytes *batch = &from->batches[i];
        out->batches[i] = (garita_bytes){exact_copy(batch->at, batch->len), batch->len};
        out->before[i] = out->log.frontier;
        assert_ok(garita_log_append(&out->log, history_events, batch->at, batch->len));
    }
    out->before[out->log.frontier.size] = out->log.frontier;
    out->log.has_head = from->log.has_head;
    out->log.head = from->log.head;
    out->log.head_len = from->log.head_len;
    memcpy(out->log.head_bytes, from->log.head_bytes, from->log.head_len);
}

void history_end(history *h)
{
    for (size_t i = 0; i < HISTORY_BATCHES; i++)
        free((void *)(uintptr_t)h->batches[i].at);
    garita_log_end(&h->log);
    *h = (history){0};
}

void history_batch(history *h, garita_event *events, size_t event_count)
{
    static uint8_t bytes[GARITA_BATCH_BYTES_MAX];
    size_t len, index = h->log.frontier.size;
    WORLD_REQUIRE(index < HISTORY_BATCHES);
    assert_ok(garita_batch_encode(bytes, &len, sizeof bytes, WORLD_NOW, events, event_count));
    h->batches[index] = (garita_bytes){exact_copy(bytes, len), len};
    assert_ok(garita_log_append(&h->log, history_events, bytes, len));
    h->before[index + 1] = h->log.frontier;
}

void history_put(history *h, garita_standing standing, const uint32_t *serials)
{
    garita_event events[16];
    size_t count = 0;
    for (; serials[count] != 0; count++) {
        WORLD_REQUIRE(count < COUNT(events));
        events[count] = (garita_event){serials[count], (uint8_t)standing, GARITA_CAUSE_LOST};
    }
    history_batch(h, events, count);
}

void history_empty_batch(history *h)
{
    garita_event none;
    history_batch(h, &none, 0);
}

const signed_head *history_sign(history *h, int64_t now)
{
    WORLD_REQUIRE(h->head_count < HISTORY_HEADS);
    signed_head *out = &h->heads[h->head_count++];
    assert_ok(garita_log_sign(&h->log, 1000, now, 86400, &h->by->signer));
    out->head = h->log.head;
    out->len = h->log.head_len;
    memcpy(out->bytes, h->log.head_bytes, out->len);
    return out;
}

signed_head history_head_at(const history *h, uint64_t size, int64_t signed_at)
{
    garita_head head = {
        .size = size, .issued = 1000, .signed_at = signed_at, .next_due = signed_at + 86400};
    garita_set *set;
    assert_ok(garita_set_new(&set));
    for (uint64_t i = 0; i < size; i++) {
        int64_t time;
        size_t event_count;
        assert_ok(garita_batch_decode(&time, history_events, &event_count, NULL, h->batches[i].at,
                                      h->batches[i].len));
        assert_ok(garita_set_apply(set, history_events, event_count));
    }
    garita_set_root(&head.set_root, set);
    garita_set_free(set);
    garita_frontier_root(&head.root, &h->before[size]);
    return sign_head(h->by, head);
}

/* --- what is offered --- */

garita_log_tail tail_of(const history *h, uint64_t from, uint64_t size)
{
    WORLD_REQUIRE(from <= size && size <= h->log.frontier.size);
    return (garita_log_tail){&h->before[from], h->batches + from, (size_t)(size - from)};
}

static bool leaf(void *context, garita_hash *out, uint64_t index)
{
    const history *h = context;
    if (index >= h->log.frontier.size)
        return false;
    garita_merkle_leaf(out, h->batches[index].at, h->batches[index].len);
    return true;
}

garita_leaf_source leaves_of(const history *h)
{
    return (garita_leaf_source){.context = (void *)(uintptr_t)h, .leaf = leaf};
}

void snapshot_make(snapshot *s, const history *h, uint64_t path_from)
{
    uint8_t bytes[GARITA_CHUNK_BYTES_MAX];
    *s = (snapshot){.frontier = h->log.frontier,
                    .offer = {.frontier = &s->frontier,
                              .chunk_indexes = s->indexes,
                              .chunks = s->chunks,
                              .path_from = path_from,
                              .path = s->path}};
    size_t *count = &s->offer.chunk_count;
    for (int32_t i = -1; (i = garita_set_next_chunk(h->log.set, (uint32_t)(i + 1))) >= 0;) {
        size_t len;
        WORLD_REQUIRE(*count < COUNT(s->chunks));
        garita_set_chunk(bytes, &len, h->log.set, (uint32_t)i);
        s->indexes[*count] = (uint32_t)i;
        s->chunks[(*count)++] = (garita_bytes){exact_copy(bytes, len), len};
    }
    if (path_from > 0) {
        garita_leaf_source leaves = leaves_of(h);
        assert_true(garita_merkle_prove_consistency(s->path, &s->offer.path_count,
                                                    &h->before[path_from], &leaves,
                                                    h->log.frontier.size, true));
    }
}

void snapshot_add_leaves(snapshot *s, const history *h, uint64_t from)
{
    s->frontier = h->before[from];
    s->offer.leaf_count = (size_t)(h->log.frontier.size - from);
    s->offer.leaves = s->leaves;
    for (uint64_t i = from; i < h->log.frontier.size; i++)
        garita_merkle_leaf(&s->leaves[i - from], h->batches[i].at, h->batches[i].len);
}

void snapshot_end(snapshot *s)
{
    for (size_t i = 0; i < s->offer.chunk_count; i++)
        free((void *)(uintptr_t)s->chunks[i].at);
}

size_t history_prove(garita_hash proof[GARITA_PROOF_MAX], const history *h, uint64_t index,
                     uint64_t size)
{
    size_t count;
    garita_leaf_source leaves = leaves_of(h);
    assert_true(garita_merkle_prove_inclusion(proof, &count, &h->before[0], &leaves, index, size));
    return count;
}

/* --- the follower --- */

garita_log_result offer_tail(garita_log *log, const garita_leaf_source *own, const history *h,
                             uint64_t from, const signed_head *head)
{
    static garita_log_result out;
    garita_log_tail tail = tail_of(h, from, head->head.size);
    uint8_t *statement = exact_copy(head->bytes, head->len);
    garita_bytes *batches =
        (garita_bytes *)exact_copy(tail.batches, tail.batch_count * sizeof *batches);
    tail.batches = batches;
    assert_ok(garita_log_offer_tail(log, &out, history_events, own, &head->head,
                                    (garita_bytes){statement, head->len}, &tail));
    free(batches);
    free(statement);
    return out;
}

garita_log_result offer_snapshot(garita_log *log, const garita_leaf_source *own, snapshot *s,
                                 const signed_head *head)
{
    static garita_log_result out;
    uint8_t *statement = exact_copy(head->bytes, head->len);
    garita_hash *leaves =
        (garita_hash *)exact_copy(s->offer.leaves, s->offer.leaf_count * sizeof *leaves);
    garita_log_snapshot offer = s->offer;
    offer.leaves = leaves;
    assert_ok(garita_log_offer_snapshot(log, &out, own, &head->head,
                                        (garita_bytes){statement, head->len}, &offer));
    free(leaves);
    free(statement);
    return out;
}

static void add_frontier(crypto_hash_sha256_state *state, const garita_frontier *f)
{
    crypto_hash_sha256_update(state, (const uint8_t *)&f->size, sizeof f->size);
    crypto_hash_sha256_update(state, (const uint8_t *)f->peaks,
                              garita_frontier_count(f->size) * sizeof *f->peaks);
}

static void add_set(crypto_hash_sha256_state *state, garita_set *set)
{
    garita_hash root = {{0}};
    if (set)
        garita_set_root(&root, set);
    crypto_hash_sha256_update(state, root.bytes, sizeof root.bytes);
}

log_state state_of(garita_log *log)
{
    log_state out;
    crypto_hash_sha256_state state;
    uint64_t numbers[] = {log->has_head,
                          log->head_len,
                          log->head.size,
                          log->head.issued,
                          (uint64_t)log->head.signed_at,
                          (uint64_t)log->head.next_due,
                          log->start,
                          log->batches_from,
                          log->is_equivocated,
                          log->set_differs,
                          log->set_differs_at,
                          log->is_damaged};
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *)numbers, sizeof numbers);
    crypto_hash_sha256_update(&state, log->id.bytes, sizeof log->id.bytes);
    crypto_hash_sha256_update(&state, log->head_bytes, log->head_len);
    crypto_hash_sha256_update(&state, log->head.root.bytes, GARITA_HASH_SIZE);
    crypto_hash_sha256_update(&state, log->head.set_root.bytes, GARITA_HASH_SIZE);
    add_frontier(&state, &log->frontier);
    add_frontier(&state, &log->at_start);
    add_set(&state, log->set);
    add_set(&state, log->elsewhere);
    crypto_hash_sha256_final(&state, out.hash.bytes);
    return out;
}

garita_standing standing_of(const garita_log *log, uint32_t serial)
{
    garita_status status;
    garita_log_status(log, &status, serial);
    return status.standing;
}
