#include "published.h"

const uint32_t published_serials[SERIALS] = {1,
                                             2,
                                             3,
                                             9,
                                             65535,
                                             65536,
                                             65537,
                                             65538,
                                             131072,
                                             1000000,
                                             GARITA_SERIAL_MAX - 1,
                                             GARITA_SERIAL_MAX};
garita_event published_events[GARITA_BATCH_EVENTS_MAX];

enum { ISSUED = 1000, BAD_CHUNK = 77, DAY = 86400 };

uint8_t input_next(input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->at++;
}

uint8_t *exact(const void *bytes, size_t len)
{
    uint8_t *out = malloc(len > 0 ? len : 1);
    WORLD_REQUIRE(out != NULL);
    if (len > 0)
        memcpy(out, bytes, len);
    return out;
}

void release(garita_bytes bytes)
{
    free((void *)(uintptr_t)bytes.at);
}

/* --- histories --- */

void history_start(history *h, const garita_hash *id)
{
    *h = (history){.has_log = true};
    WORLD_REQUIRE(garita_log_start(&h->log, id) == GARITA_OK);
}

void history_copy(history *out, const history *from, const garita_hash *id)
{
    *out = *from;
    out->log = (garita_log){0};
    if (!out->has_log)
        return;
    WORLD_REQUIRE(garita_log_start(&out->log, id) == GARITA_OK);
    for (size_t i = 0; i < from->size; i++)
        WORLD_REQUIRE(garita_log_append(&out->log, published_events, from->batches[i].bytes,
                                        from->batches[i].len) == GARITA_OK);
}

void history_end(history *h)
{
    garita_log_end(&h->log);
}

static void append(history *h)
{
    const batch *b = &h->batches[h->size];
    standings *now = &h->at[h->size + 1];
    *now = h->at[h->size];
    for (size_t i = 0; i < SERIALS; i++)
        if (b->has[i] && now->of[i] != GARITA_STANDING_REVOKED)
            now->of[i] = b->to.of[i];
    garita_merkle_leaf(&h->leaves[h->size], b->bytes, b->len);
    h->size++;
}

bool history_add(history *h, input *in)
{
    garita_event events[SERIALS];
    size_t count = 0;
    if (h->size == BATCHES_MAX)
        return false;
    batch *b = &h->batches[h->size];
    *b = (batch){.is_readable = true};
    unsigned which = input_next(in), more = input_next(in), standing = more >> 4;
    which |= (more & 15) << 8;
    for (size_t i = 0; i < SERIALS; i++) {
        b->has[i] = (which >> i & 1) != 0;
        if (!b->has[i])
            continue;
        b->to.of[i] = (uint8_t)((standing + (standing > 2 ? i : 0)) % 3);
        events[count++] = (garita_event){published_serials[i], b->to.of[i], GARITA_CAUSE_LOST};
    }
    WORLD_REQUIRE(garita_batch_encode(b->bytes, &b->len, sizeof b->bytes, WORLD_NOW, events,
                                      count) == GARITA_OK);
    if (h->has_log)
        WORLD_REQUIRE(garita_log_append(&h->log, published_events, b->bytes, b->len) == GARITA_OK);
    append(h);
    return true;
}

bool history_add_junk(history *h, input *in)
{
    if (h->size == BATCHES_MAX)
        return false;
    batch *b = &h->batches[h->size];
    *b = (batch){.len = 5};
    memset(b->bytes, input_next(in), 4);
    b->bytes[4] = 0xff; /* a group of no code */
    h->has_log = false;
    append(h);
    return true;
}

void history_frontier(garita_frontier *out, const history *h, size_t size)
{
    size_t at = 0, peaks = 0;
    *out = (garita_frontier){.size = size};
    for (size_t len = 32; len > 0; len /= 2) {
        if (size & len) {
            naive_root(&out->peaks[peaks++], h->leaves + at, len);
            at += len;
        }
    }
}

/* --- sets --- */

void chunks_make(chunks *out, const standings *of, bool has_bad_chunk)
{
    static uint8_t bytes[GARITA_CHUNK_BYTES_MAX];
    garita_set *set;
    size_t len;
    *out = (chunks){0};
    WORLD_REQUIRE(garita_set_new(&set) == GARITA_OK);
    for (size_t i = 0; i < SERIALS; i++)
        WORLD_REQUIRE(garita_set_put(set, published_serials[i], (garita_standing)of->of[i]) ==
                      GARITA_OK);
    for (uint32_t i = 0; i < GARITA_CHUNKS; i++) {
        int32_t found = garita_set_next_chunk(set, i);
        if (has_bad_chunk && i <= BAD_CHUNK && (found < 0 || found > BAD_CHUNK)) {
            i = BAD_CHUNK; /* nothing else is in it */
            bytes[0] = 0x04;
            len = 1;
        } else if (found >= 0) {
            i = (uint32_t)found;
            garita_set_chunk(bytes, &len, set, i);
        } else {
            break;
        }
        out->indexes[out->count] = i;
        out->at[out->count++] = (garita_bytes){exact(bytes, len), len};
    }
    garita_set_free(set);
}

void chunks_end(chunks *c)
{
    for (size_t i = 0; i < c->count; i++)
        release(c->at[i]);
    *c = (chunks){0};
}

static void set_root(garita_hash *out, const standings *of, bool has_bad_chunk)
{
    chunks c;
    chunks_make(&c, of, has_bad_chunk);
    naive_set_root(out, c.indexes, c.at, c.count);
    chunks_end(&c);
}

void standings_root(garita_hash *out, const standings *of)
{
    set_root(out, of, false);
}

/* --- heads --- */

garita_bytes published_statement(const published *p)
{
    return (garita_bytes){p->bytes, p->len};
}

void published_honest(published *out, history *h, int64_t now, const garita_signer *signer)
{
    garita_hash root;
    garita_head before = h->log.head;
    bool had_head = h->log.has_head;
    WORLD_REQUIRE(h->has_log);
    WORLD_REQUIRE(garita_log_sign(&h->log, ISSUED, now, DAY, signer) == GARITA_OK);
    *out =
        (published){.of = h, .head = h->log.head, .len = h->log.head_len, .claims = h->at[h->size]};
    memcpy(out->bytes, h->log.head_bytes, out->len);
    if (had_head) /* whatever the clock says */
        WORLD_REQUIRE(garita_head_compare(&out->head, &before) > 0 &&
                      out->head.signed_at >= before.signed_at);
    history_frontier(&out->frontier, h, h->size);
    naive_root(&root, h->leaves, h->size);
    WORLD_REQUIRE(out->head.size == h->size && garita_hash_equal(&root, &out->head.root));
    standings_root(&root, &out->claims);
    WORLD_REQUIRE(garita_hash_equal(&root, &out->head.set_root));
}

void published_any(published *out, const history *h, input *in, const garita_signer *signer)
{
    enum { OTHER_TREE = 1, OTHER_SET = 2, BAD = 4, DUE_LATER = 8, STEP_S = 50 };
    size_t size = input_next(in) % (h->size + 1);
    int64_t time = WORLD_NOW + (input_next(in) - 128) * STEP_S;
    unsigned lies = input_next(in);
    *out = (published){.of = h, .claims = h->at[size], .has_bad_chunk = (lies & BAD) != 0};
    history_frontier(&out->frontier, h, size);
    if ((lies & OTHER_TREE) && size > 0) {
        out->has_other_tree = true;
        out->frontier.peaks[0].bytes[0] ^= 0x80; /* which no alteration of a proof comes to */
    }
    if (lies & OTHER_SET) {
        uint8_t which = input_next(in);
        out->claims.of[which % SERIALS] = which / SERIALS % 3;
    }
    out->head =
        (garita_head){.size = size, .issued = ISSUED, .signed_at = time, .next_due = time + DAY};
    if (lies & DUE_LATER) /* another head of the same moment */
        out->head.next_due++;
    garita_frontier_root(&out->head.root, &out->frontier);
    set_root(&out->head.set_root, &out->claims, out->has_bad_chunk);
    WORLD_REQUIRE(garita_head_issue(out->bytes, &out->len, sizeof out->bytes, NULL, &out->head,
                                    signer) == GARITA_OK);
}
