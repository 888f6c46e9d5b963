#include "inside.h"

#include <stdlib.h>
#include <string.h>

#include <garita/log.h>

/* Rounds of one digest against another after which a vector is sent only now and then: what differs
 * cannot be mended between these two (their pins differ, or an authority shows each another
 * history). */
enum { ROUNDS_MANY = 4, ROUNDS_APART = 6 };
/* A round trip above the first is an echo of long ago; each counts for an eighth of the mean. */
enum { RTT_SANE_MS = 30000, RTT_SMOOTH = 8 };
/* Between two vectors that answer the same link; and what of a vector goes in one message. */
enum { ANSWER_MS = 1000, VECTOR_PART = 4096 };

/* --- digests --- */

void gossip_digest(struct engine *e, struct link *link)
{
    uint8_t entries[WIRE_ANCHORS_MAX * WIRE_DIGEST_ENTRY_SIZE];
    struct wire_message m = {.kind = WIRE_DIGEST};
    struct wire_digest *digest = &m.as.digest;
    int64_t now = e->now.ms;
    digest->stamp = (uint16_t)now;
    if (link->has_stamp && now - link->stamp_at <= UINT16_MAX) {
        digest->has_echo = true;
        digest->echo = link->stamp;
        digest->held = (uint16_t)(now - link->stamp_at);
    }
    digest->entries = entries;
    if (!HAS_BUG(e, NO_ANTI_ENTROPY))
        for (size_t i = 0; i < e->anchor_count && i < WIRE_ANCHORS_MAX; i++, digest->count++) {
            uint8_t *entry = entries + i * WIRE_DIGEST_ENTRY_SIZE;
            memcpy(entry, e->anchors[i].tag, WIRE_TAG_SIZE);
            memcpy(entry + WIRE_TAG_SIZE, stock_digest(e, &e->anchors[i]), GARITA_DIGEST_SIZE);
        }
    link->digested_at = now;
    link->digest_at = now + jitter(e, e->config.period_ms);
    out_control(e, link, &m);
}

/* What was said between the two about an anchor. Null if there is no memory. */
static struct link_anchor *link_anchor(struct link *link, const uint8_t *tag)
{
    for (size_t i = 0; i < link->anchor_count; i++)
        if (memcmp(link->anchors[i].tag, tag, WIRE_TAG_SIZE) == 0)
            return &link->anchors[i];
    struct link_anchor *more =
        realloc(link->anchors, (link->anchor_count + 1) * sizeof *link->anchors);
    if (!more)
        return NULL;
    link->anchors = more;
    struct link_anchor *made = &more[link->anchor_count++];
    *made = (struct link_anchor){.asked_at = INT64_MIN, .answered_at = INT64_MIN};
    memcpy(made->tag, tag, WIRE_TAG_SIZE);
    return made;
}

static void vector_due(struct engine *e, struct link *link, const uint8_t *tag, bool wants_answer)
{
    size_t room = sizeof link->vectors / sizeof *link->vectors;
    for (size_t i = 0; i < link->vector_count; i++)
        if (memcmp(link->vectors[i].tag, tag, WIRE_TAG_SIZE) == 0) {
            link->vectors[i].wants_answer |= wants_answer;
            link->vectors[i].from = 0;
            return;
        }
    if (link->vector_count == room)
        return; /* at the next digest */
    struct vector_due *due = &link->vectors[link->vector_count++];
    *due = (struct vector_due){.wants_answer = wants_answer};
    memcpy(due->tag, tag, WIRE_TAG_SIZE);
    out_wake(e, link);
}

/* They differ about an anchor: the whole vector goes out, as it is when it goes. */
static void differ(struct engine *e, struct link *link, struct anchor *anchor,
                   const garita_digest *theirs)
{
    struct link_anchor *said = link_anchor(link, anchor->tag);
    if (!said)
        return;
    const garita_digest *mine = stock_digest(e, anchor);
    bool is_same = memcmp(&said->mine, mine, sizeof *mine) == 0 &&
                   memcmp(&said->theirs, theirs, sizeof *theirs) == 0;
    if (is_same && e->now.ms - said->asked_at < e->config.period_ms / 2)
        return; /* it is under way */
    said->rounds = is_same ? said->rounds + 1 : 0;
    said->mine = *mine;
    said->theirs = *theirs;
    if (said->rounds >= ROUNDS_MANY && said->rounds % ROUNDS_APART != 0)
        return;
    said->asked_at = e->now.ms;
    vector_due(e, link, anchor->tag, true);
}

void gossip_on_digest(struct engine *e, struct link *link, const struct wire_digest *digest)
{
    int64_t now = e->now.ms;
    if (digest->has_echo) {
        int64_t rtt = (uint16_t)((uint16_t)now - digest->echo - digest->held);
        if (rtt < RTT_SANE_MS)
            link->rtt_ms =
                link->rtt_ms < 0 ? rtt : (link->rtt_ms * (RTT_SMOOTH - 1) + rtt) / RTT_SMOOTH;
    }
    link->has_stamp = true;
    link->stamp = digest->stamp;
    link->stamp_at = now;
    bool agrees = false, differs = false;
    for (size_t i = 0; i < digest->count; i++) {
        struct wire_anchor theirs;
        wire_digest_at(&theirs, digest, i);
        struct anchor *anchor = stock_anchor(e, theirs.tag);
        if (!anchor)
            continue; /* pinned there alone */
        if (memcmp(stock_digest(e, anchor), &theirs.digest, sizeof theirs.digest) == 0) {
            agrees = true;
            continue;
        }
        differs = true;
        if (!HAS_BUG(e, NO_ANTI_ENTROPY))
            differ(e, link, anchor, &theirs.digest);
    }
    link->agrees = agrees && !differs;
    if (link->agrees)
        e->agreed_at = now;
}

/* --- vectors --- */

static bool has_group(const struct engine *e, const struct log *log, size_t index)
{
    (void)e;
    return log->groups[index].count > 0 && !HAS_BUG(e, NO_ITEMS) &&
           !(HAS_BUG(e, PROOF_ONCE) && group_kind(index) == ENGINE_ITEM_PROOF);
}

static void describe(const struct engine *e, const struct log *log, struct wire_vector_log *out)
{
    *out = (struct wire_vector_log){.prefix = log_prefix(log), .has_head = log->is_given};
    if (log->is_given) {
        out->size = log->head.size;
        out->signed_at = log->head.signed_at;
        out->head = log->head_digest;
        if (HAS_BUG(e, NO_HEARTBEATS)) {
            out->signed_at = 0;
            out->head = (garita_digest){{0}};
        }
    }
    for (size_t g = 0; g < WIRE_GROUPS; g++)
        if (has_group(e, log, g)) {
            struct wire_group *group = &out->groups[out->group_count++];
            group->kind = group_kind(g);
            group->count = log->groups[g].count;
            group->digest = log->groups[g].digest;
        }
}

bool gossip_put_vectors(struct engine *e, struct link *link, struct wire_writer *writer)
{
    if (link->vector_count == 0 || writer->len > ENGINE_ITEM_BYTES_MAX)
        return false;
    struct vector_due *due = &link->vectors[0];
    struct anchor *anchor = stock_anchor(e, due->tag);
    uint8_t bytes[VECTOR_PART + WIRE_VECTOR_LOG_MAX];
    struct wire_writer entries = {bytes, 0, sizeof bytes};
    while (anchor && due->from < anchor->count && entries.len < VECTOR_PART) {
        const struct log *log = &e->logs[e->by_anchor[anchor->first + due->from]];
        struct wire_vector_log entry;
        describe(e, log, &entry);
        uint32_t slot = e->by_anchor[anchor->first + due->from];
        bool is_left_out =
            HAS_BUG(e, CACHED_VECTOR) && link->logs[slot].known == head_mark(&log->head_digest);
        if (!is_left_out)
            wire_put_vector_log(&entries, &entry);
        due->from++;
    }
    struct wire_message m = {.kind = WIRE_VECTOR};
    memcpy(m.as.vector.tag, due->tag, WIRE_TAG_SIZE);
    m.as.vector.wants_answer = due->wants_answer;
    m.as.vector.entries = bytes;
    m.as.vector.entries_len = entries.len;
    due->wants_answer = false; /* one question is enough */
    wire_put(writer, &m);
    if (!anchor || due->from >= anchor->count)
        memmove(due, due + 1, --link->vector_count * sizeof *due);
    return true;
}

static const struct wire_group *theirs_of(const struct wire_vector_log *log, uint8_t kind)
{
    for (size_t i = 0; i < log->group_count; i++)
        if (log->groups[i].kind == kind)
            return &log->groups[i];
    return NULL;
}

/* What the other lacks of items: a proof goes at once, of all else it is told what there is. */
static void compare_groups(struct engine *e, struct link *link, uint32_t slot,
                           const struct wire_vector_log *theirs)
{
    const struct log *log = &e->logs[slot];
    for (size_t g = 0; g < WIRE_GROUPS; g++) {
        if (!has_group(e, log, g))
            continue;
        uint8_t kind = group_kind(g);
        const struct wire_group *group = theirs_of(theirs, kind);
        if (kind == ENGINE_ITEM_PROOF) {
            struct item *item =
                group ? NULL : line_push_first(&link->answers, sizeof *item, ENGINE_ITEMS_DUE_MAX);
            if (item)
                *item = e->items[log->groups[g].first];
        } else if (!group || group->count != log->groups[g].count ||
                   memcmp(&group->digest, &log->groups[g].digest, sizeof group->digest) != 0) {
            items_list(e, link, slot, kind);
        }
    }
    out_wake(e, link);
}

bool log_is_behind(const struct log *log, uint64_t size, int64_t signed_at)
{
    return !log->is_given || size > log->head.size ||
           (size == log->head.size && signed_at > log->head.signed_at);
}

static bool is_level(const struct log *log, uint64_t size, int64_t signed_at)
{
    return log->is_given && size == log->head.size && signed_at == log->head.signed_at;
}

static void compare_heads(struct engine *e, struct link *link, uint32_t slot,
                          const struct wire_vector_log *theirs)
{
    struct log *log = &e->logs[slot];
    struct link_log *state = &link->logs[slot];
    if (!HAS_BUG(e, CACHED_VECTOR))
        state->known = theirs->has_head ? head_mark(&theirs->head) : 0;
    if (!theirs->has_head) {
        if (log->is_given)
            gossip_head_due(e, link, slot);
        return;
    }
    if (log->is_given && memcmp(&theirs->head, &log->head_digest, sizeof theirs->head) == 0)
        return;
    if (HAS_BUG(e, NO_HEARTBEATS) && log->is_given && theirs->size == log->head.size)
        return;
    bool is_behind = log_is_behind(log, theirs->size, theirs->signed_at);
    if (is_behind || log->is_equivocated || is_level(log, theirs->size, theirs->signed_at)) {
        pull_claim(e, link, slot, theirs->size, theirs->signed_at, &theirs->head);
        pull_try(e, slot);
    }
    if (log->is_given && !is_behind)
        gossip_head_due(e, link, slot);
}

void gossip_on_vector(struct engine *e, struct link *link, const struct wire_vector *vector)
{
    struct anchor *anchor = stock_anchor(e, vector->tag);
    if (!anchor)
        return;
    struct wire_vector_log theirs;
    for (size_t at = 0; wire_vector_next(vector, &at, &theirs);) {
        uint32_t slot = stock_find_prefix(e, &theirs.prefix);
        if (slot == NO_SLOT || !garita_hash_equal(&e->logs[slot].anchor, &anchor->id))
            continue; /* nobody here, yet: first come statements */
        compare_heads(e, link, slot, &theirs);
        compare_groups(e, link, slot, &theirs);
    }
    struct link_anchor *said = link_anchor(link, vector->tag);
    if (!vector->wants_answer || !said)
        return;
    if (said->answered_at != INT64_MIN && e->now.ms - said->answered_at < ANSWER_MS)
        return;
    said->answered_at = e->now.ms;
    vector_due(e, link, vector->tag, false);
}

/* --- heads --- */

void gossip_head_due(struct engine *e, struct link *link, uint32_t slot)
{
    struct link_log *state = &link->logs[slot];
    if (state->is_due ||
        (HAS_BUG(e, CACHED_VECTOR) && state->known == head_mark(&e->logs[slot].head_digest)))
        return;
    uint32_t *due = line_push(&link->heads, sizeof *due, e->log_count);
    if (!due)
        return;
    *due = slot;
    state->is_due = true;
    out_wake(e, link);
}

bool gossip_put_heads(struct engine *e, struct link *link, struct wire_writer *writer)
{
    bool has_put = false;
    const uint32_t *slot;
    while ((slot = line_first(&link->heads, sizeof *slot))) {
        const struct log *log = &e->logs[*slot];
        struct link_log *state = &link->logs[*slot];
        uint64_t mark = head_mark(&log->head_digest);
        if (log->is_given && state->known != mark) {
            struct wire_message m = {.kind = WIRE_HEAD};
            m.as.head.prefix = log_prefix(log);
            m.as.head.statement = (garita_bytes){log->bytes, log->head_len};
            if (!wire_put(writer, &m))
                break;
            state->known = mark;
            has_put = true;
        }
        state->is_due = false;
        line_pop(&link->heads);
    }
    return has_put;
}

static void relay(struct engine *e, uint32_t slot)
{
    struct log *log = &e->logs[slot];
    log->is_relay_due = false;
    for (size_t i = 0; i < e->link_count; i++) {
        struct link *link = e->links[i];
        if (link->state != LINK_UP || link->logs[slot].known == head_mark(&log->head_digest))
            continue;
        gossip_head_due(e, link, slot);
        log->relay_at = e->now.ms + ENGINE_RELAY_MS;
    }
}

/* Rule of trust 10: the first at once, then one a second, and then the newest. */
void gossip_news(struct engine *e, uint32_t slot)
{
    struct log *log = &e->logs[slot];
    if (e->now.ms >= log->relay_at) {
        relay(e, slot);
        return;
    }
    if (log->is_relay_due ||
        !grow(&e->relays, &e->relay_room, e->relay_count + 1, sizeof *e->relays))
        return;
    log->is_relay_due = true;
    e->relays[e->relay_count++] = slot;
    if (log->relay_at < e->relay_due)
        e->relay_due = log->relay_at;
}

void gossip_relay_tick(struct engine *e)
{
    if (e->now.ms < e->relay_due)
        return;
    e->relay_due = NEVER;
    size_t kept = 0;
    for (size_t i = 0; i < e->relay_count; i++) {
        uint32_t slot = e->relays[i];
        int64_t at = e->logs[slot].relay_at;
        if (e->now.ms >= at) {
            relay(e, slot);
            continue;
        }
        e->relays[kept++] = slot;
        if (at < e->relay_due)
            e->relay_due = at;
    }
    e->relay_count = kept;
}

enum signature { SIGNED, SIGNED_BY_OTHERS, DAMAGED };

/* Whether a head is of this log's authority. Who else has its id, or another key of this number
 * that is not known here, is no forger: only what no node can read is its bringer's doing. */
static enum signature check(struct engine *e, const struct log *log, garita_bytes statement)
{
    garita_head head;
    garita_error error = GARITA_OK;
    const garita_issuer *issuer =
        garita_head_signer(&head, &error, e->trust, NULL, statement.at, statement.len);
    if (!issuer)
        return error == GARITA_E_UNKNOWN_ISSUER || error == GARITA_E_OUT_OF_SCOPE ||
                       error == GARITA_E_BAD_SIGNATURE || error == GARITA_E_UNSUPPORTED_VERSION
                   ? SIGNED_BY_OTHERS
                   : DAMAGED;
    for (; issuer;
         issuer = garita_head_signer(&head, NULL, e->trust, issuer, statement.at, statement.len)) {
        garita_hash id;
        garita_log_id(&id, issuer);
        if (garita_hash_equal(&id, &log->id))
            return SIGNED;
    }
    return SIGNED_BY_OTHERS;
}

/* The same state, attested later: the head alone is all that there is to take. */
static bool is_heartbeat(const struct log *log, const garita_head *head)
{
    return log->is_given && head->size == log->head.size && head->signed_at > log->head.signed_at &&
           garita_hash_equal(&head->root, &log->head.root) &&
           garita_hash_equal(&head->set_root, &log->head.set_root);
}

static void take_heartbeat(struct engine *e, struct link *link, uint32_t slot,
                           garita_bytes statement, const garita_digest *digest)
{
    struct log *log = &e->logs[slot];
    garita_message tail = {.kind = GARITA_MESSAGE_TAIL, .head = statement};
    tail.frontier.size = log->head.size;
    memcpy(tail.frontier.peaks, log->bytes + log->head_len, log->peak_count * GARITA_HASH_SIZE);
    garita_message end = {.kind = GARITA_MESSAGE_END};
    e->scratch_len = 0;
    if (e->take_count >= ENGINE_TAKES_MAX || !garita_bundle_write_header(out_sink, e) ||
        !garita_bundle_write(out_sink, e, &tail) || !garita_bundle_write(out_sink, e, &end))
        return;
    uint8_t *bytes = malloc(e->scratch_len);
    if (!bytes)
        return;
    memcpy(bytes, e->scratch, e->scratch_len);
    struct take take = {.kind = TAKE_HEARTBEAT,
                        .from = {link->id},
                        .from_count = 1,
                        .slot = slot,
                        .digest = *digest,
                        .before = log->head_digest};
    log->is_taking = out_take(e, &take, bytes, e->scratch_len) != 0;
}

#ifdef ENGINE_BUGS
/* What the mistakes do with a head that somebody pushed. */
static void mistake_head(struct engine *e, const struct link *link, uint32_t slot,
                         const garita_head *head, garita_bytes statement)
{
    struct log *log = &e->logs[slot];
    if (HAS_BUG(e, SEND_BEFORE_PERSIST) && log_is_behind(log, head->size, head->signed_at)) {
        struct wire_message m = {.kind = WIRE_HEAD};
        m.as.head.prefix = log_prefix(log);
        m.as.head.statement = statement;
        for (size_t i = 0; i < e->link_count; i++)
            if (e->links[i] != link && e->links[i]->state == LINK_UP)
                out_control(e, e->links[i], &m);
    }
    if (HAS_BUG(e, SMALLER_HEAD) && log->is_given && head->size < log->head.size) {
        uint8_t *bytes = malloc(statement.len + GARITA_FRONTIER_MAX * GARITA_HASH_SIZE);
        if (!bytes)
            return;
        memcpy(bytes, statement.at, statement.len);
        memset(bytes + statement.len, 0, GARITA_FRONTIER_MAX * GARITA_HASH_SIZE);
        free(log->bytes);
        log->bytes = bytes;
        log->head_len = statement.len;
        log->head = *head;
        garita_digest_of(&log->head_digest, statement.at, statement.len);
        struct anchor *anchor = stock_anchor(e, log->anchor.bytes);
        if (anchor)
            anchor->is_known = false;
        gossip_news(e, slot);
    }
}
#endif

static bool may_check(const struct engine *e, struct link *link)
{
    int64_t logs = (int64_t)e->log_count;
    return bucket_take(&link->checks, e->now.ms, 1, ENGINE_CHECKS_BURST + logs,
                       ENGINE_CHECKS_PER_S + logs);
}

void gossip_on_head(struct engine *e, struct link *link, const struct wire_head *message)
{
    uint32_t slot = stock_find_prefix(e, &message->prefix);
    if (slot == NO_SLOT)
        return;
    struct log *log = &e->logs[slot];
    garita_digest digest;
    garita_digest_of(&digest, message->statement.at, message->statement.len);
    link->logs[slot].known = head_mark(&digest);
    if ((log->is_given && memcmp(&digest, &log->head_digest, sizeof digest) == 0) ||
        is_refused_head(e, log, &digest))
        return;
    garita_head head;
    garita_peek peek;
    garita_fault fault;
    /* its signature is good for one log: another's may have the same key, or none of it */
    garita_digest name = head_name(log, &digest);
    if (!memo_find(&e->seen, e->now.ms, &name)) {
        if (!may_check(e, link))
            return;
        enum signature signature = check(e, log, message->statement);
        if (signature == SIGNED_BY_OTHERS)
            return;
        if (signature == DAMAGED) {
            link_strike(e, link);
            return;
        }
        memo_put(&e->seen, e->now.ms, &name, e->now.ms + ENGINE_REFUSED_MS, 0);
    }
    if (garita_head_inspect(&head, &peek, &fault, message->statement.at, message->statement.len) !=
        GARITA_OK)
        return; /* cannot be: its signature was checked by who reads it so */
#ifdef ENGINE_BUGS
    mistake_head(e, link, slot, &head, message->statement);
#endif
    bool is_behind = log_is_behind(log, head.size, head.signed_at);
    if (is_behind || log->is_equivocated || is_level(log, head.size, head.signed_at)) {
        pull_claim(e, link, slot, head.size, head.signed_at, &digest);
        if (is_heartbeat(log, &head) && !log->is_taking && e->now.ms >= log->retry_at &&
            pull_may_take(e, log))
            take_heartbeat(e, link, slot, message->statement, &digest);
        else
            pull_try(e, slot);
    } else {
        gossip_head_due(e, link, slot); /* it is behind */
    }
}

void gossip_heartbeat_taken(struct engine *e, const struct take *take,
                            const struct engine_take_result *result)
{
    if (take->slot == NO_SLOT)
        return;
    struct log *log = &e->logs[take->slot];
    log->is_taking = false;
    if (!result->is_kept) {
        pull_later(e, log);
        return;
    }
    log->retry_ms = log->retry_at = 0;
    /* it was not taken, and nothing else came of it: not again for a while */
    garita_digest name = head_name(log, &take->digest);
    if (memcmp(&log->head_digest, &take->before, sizeof take->before) == 0 && !result->is_gap)
        memo_put(&e->refused, e->now.ms, &name, e->now.ms + ENGINE_REFUSED_MS, 0);
    pull_prune(e, take->slot);
    pull_try(e, take->slot);
}
