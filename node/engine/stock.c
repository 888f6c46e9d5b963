#include "inside.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* --- kinds of items --- */

static const uint8_t kinds[WIRE_GROUPS] = {ENGINE_ITEM_AUTHORITY, ENGINE_ITEM_POLICY,
                                           ENGINE_ITEM_NODE, ENGINE_ITEM_PROOF,
                                           ENGINE_ITEM_EVIDENCE};

int group_of(uint8_t kind)
{
    for (int i = 0; i < WIRE_GROUPS; i++)
        if (kinds[i] == kind)
            return i;
    return -1;
}

uint8_t group_kind(size_t index)
{
    return kinds[index];
}

/* --- finding --- */

garita_digest log_prefix(const struct log *log)
{
    garita_digest prefix;
    memcpy(&prefix, &log->id, sizeof prefix);
    return prefix;
}

uint64_t head_mark(const garita_digest *digest)
{
    uint64_t mark;
    memcpy(&mark, digest, sizeof mark);
    return mark;
}

garita_digest head_name(const struct log *log, const garita_digest *head)
{
    uint8_t both[sizeof log->id + sizeof *head];
    garita_digest name;
    memcpy(both, &log->id, sizeof log->id);
    memcpy(both + sizeof log->id, head, sizeof *head);
    mix(&name, both, sizeof both);
    return name;
}

bool is_refused_head(const struct engine *e, const struct log *log, const garita_digest *head)
{
    if (e->refused.used == 0)
        return false;
    garita_digest name = head_name(log, head);
    return memo_find(&e->refused, e->now.ms, &name);
}

static uint32_t find(const struct engine *e, const void *id, size_t len)
{
    size_t low = 0, high = e->log_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = memcmp(&e->logs[middle].id, id, len);
        if (order == 0)
            return (uint32_t)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NO_SLOT;
}

uint32_t stock_find(const struct engine *e, const garita_hash *id)
{
    return find(e, id, sizeof *id);
}

uint32_t stock_find_prefix(const struct engine *e, const garita_digest *prefix)
{
    return find(e, prefix, sizeof *prefix);
}

struct anchor *stock_anchor(const struct engine *e, const uint8_t tag[WIRE_TAG_SIZE])
{
    size_t low = 0, high = e->anchor_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = memcmp(e->anchors[middle].tag, tag, WIRE_TAG_SIZE);
        if (order == 0)
            return &e->anchors[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static int compare_items(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->slot != y->slot)
        return x->slot < y->slot ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return memcmp(&x->digest, &y->digest, sizeof x->digest);
}

const struct item *stock_item_of(const struct engine *e, uint32_t slot, uint8_t kind,
                                 const garita_digest *digest)
{
    int at = group_of(kind);
    const struct group *group = &e->logs[slot].groups[at];
    if (kind == ENGINE_ITEM_PROOF) /* any is as good as another */
        return group->count > 0 ? &e->items[group->first] : NULL;
    struct item key = {slot, kind, *digest};
    return group->count == 0
               ? NULL
               : bsearch(&key, e->items + group->first, group->count, sizeof key, compare_items);
}

static size_t index_place(const struct engine *e, const uint32_t *index, size_t size,
                          const struct item *items, const garita_digest *digest)
{
    uint64_t hash;
    crypto_shorthash((unsigned char *)&hash, digest->bytes, sizeof *digest, e->memo_key);
    size_t at = hash & (size - 1);
    while (index[at] > 0 && memcmp(&items[index[at] - 1].digest, digest, sizeof *digest) != 0)
        at = (at + 1) & (size - 1);
    return at;
}

const struct item *stock_item(const struct engine *e, const garita_digest *digest)
{
    if (e->item_count == 0)
        return NULL;
    uint32_t at =
        e->item_index[index_place(e, e->item_index, e->item_index_size, e->items, digest)];
    return at > 0 ? &e->items[at - 1] : NULL;
}

/* --- digests --- */

static void put_number(uint8_t out[8], uint64_t value)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(value >> (56 - 8 * i));
}

/* PROTOCOL.md, "The digest of an anchor". */
const garita_digest *stock_digest(struct engine *e, struct anchor *anchor)
{
    if (anchor->is_known)
        return &anchor->digest;
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof anchor->digest);
    for (size_t i = 0; i < anchor->count; i++) {
        const struct log *log = &e->logs[e->by_anchor[anchor->first + i]];
        uint8_t entry[GARITA_HASH_SIZE + 1 + 8 + 8 + GARITA_DIGEST_SIZE] = {0};
        memcpy(entry, &log->id, GARITA_HASH_SIZE);
        entry[GARITA_HASH_SIZE] = log->is_given;
        if (log->is_given) {
            put_number(entry + GARITA_HASH_SIZE + 1, log->head.size);
            if (!HAS_BUG(e, NO_HEARTBEATS)) {
                put_number(entry + GARITA_HASH_SIZE + 9, (uint64_t)log->head.signed_at);
                memcpy(entry + GARITA_HASH_SIZE + 17, &log->head_digest, GARITA_DIGEST_SIZE);
            }
        }
        crypto_generichash_update(&state, entry, sizeof entry);
        for (size_t g = 0; g < WIRE_GROUPS; g++) {
            const struct group *group = &log->groups[g];
            if (group->count == 0 || HAS_BUG(e, NO_ITEMS) ||
                (HAS_BUG(e, PROOF_ONCE) && kinds[g] == ENGINE_ITEM_PROOF))
                continue;
            uint8_t body[1 + 8 + GARITA_DIGEST_SIZE] = {kinds[g]};
            if (kinds[g] != ENGINE_ITEM_PROOF) {
                put_number(body + 1, group->count);
                memcpy(body + 9, &group->digest, GARITA_DIGEST_SIZE);
            }
            crypto_generichash_update(&state, body, sizeof body);
        }
    }
    crypto_generichash_final(&state, anchor->digest.bytes, sizeof anchor->digest);
    anchor->is_known = true;
    return &anchor->digest;
}

static void digest_changed(struct engine *e, const garita_hash *anchor_id)
{
    struct anchor *anchor = stock_anchor(e, anchor_id->bytes);
    if (anchor)
        anchor->is_known = false;
}

/* --- one log --- */

static void log_free(struct log *log)
{
    free(log->bytes);
    free(log->claims);
}

/* Takes over what stands in the stock of a log. False if there is no memory. */
static bool log_set(struct log *log, const struct engine_log *from)
{
    size_t peaks = from->is_given ? garita_frontier_count(from->frontier.size) : 0;
    size_t head_len = from->is_given ? from->head_len : 0;
    uint8_t *bytes = malloc(head_len + peaks * GARITA_HASH_SIZE + 1);
    if (!bytes)
        return false;
    memcpy(bytes, from->head_bytes, head_len);
    memcpy(bytes + head_len, from->frontier.peaks, peaks * GARITA_HASH_SIZE);
    free(log->bytes);
    log->bytes = bytes;
    log->head_len = head_len;
    log->peak_count = peaks;
    log->id = from->id;
    log->anchor = from->anchor;
    memcpy(log->name, from->name, sizeof log->name);
    log->is_given = from->is_given;
    log->is_equivocated = from->is_equivocated;
    log->head = from->is_given ? from->head : (garita_head){0};
    log->head_digest = (garita_digest){{0}};
    if (log->is_given)
        garita_digest_of(&log->head_digest, bytes, head_len);
    return true;
}

static bool is_same_log(const struct log *log, const struct engine_log *from)
{
    return log->is_given == from->is_given && log->is_equivocated == from->is_equivocated &&
           (!log->is_given || (log->head_len == from->head_len &&
                               memcmp(log->bytes, from->head_bytes, from->head_len) == 0));
}

bool engine_log(struct engine *e, struct engine_time now, const struct engine_log *from)
{
    if (now.ms > e->now.ms)
        e->now.ms = now.ms;
    e->now.moment = now.moment;
    uint32_t slot = stock_find(e, &from->id);
    if (slot == NO_SLOT)
        return true; /* of somebody who is trusted no longer */
    struct log *log = &e->logs[slot];
    if (is_same_log(log, from))
        return true;
    garita_digest before = log->head_digest;
    if (!log_set(log, from))
        return false;
    digest_changed(e, &log->anchor);
    pull_prune(e, slot);
    if (log->is_given && memcmp(&before, &log->head_digest, sizeof before) != 0)
        gossip_news(e, slot);
    return true;
}

/* --- all of it --- */

/* What a new stock is put together in, before it takes the old one's place. */
struct made {
    struct log *logs;
    size_t log_count;
    uint32_t *by_anchor;
    struct anchor *anchors;
    size_t anchor_count;
    struct item *items;
    size_t item_count;
    uint32_t *index;
    size_t index_size;
    struct member *members;
    size_t member_count;
    char *text;
    uint32_t *moved; /* where each old log is now */
};

static void made_free(struct made *m)
{
    for (size_t i = 0; m->logs && i < m->log_count; i++)
        free(m->logs[i].bytes);
    free(m->logs);
    free(m->by_anchor);
    free(m->anchors);
    free(m->items);
    free(m->index);
    free(m->members);
    free(m->text);
    free(m->moved);
}

static int compare_logs(const void *a, const void *b)
{
    const struct log *x = a, *y = b;
    return memcmp(&x->id, &y->id, sizeof x->id);
}

/* Anchors with their logs, both ascending. */
struct placed {
    garita_hash anchor;
    uint32_t slot;
};

static int compare_placed(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    int order = memcmp(&x->anchor, &y->anchor, sizeof x->anchor);
    return order != 0 ? order : (x->slot > y->slot) - (x->slot < y->slot);
}

static bool make_anchors(struct made *m)
{
    struct placed *placed = calloc(m->log_count + 1, sizeof *placed);
    m->by_anchor = calloc(m->log_count + 1, sizeof *m->by_anchor);
    m->anchors = calloc(m->log_count + 1, sizeof *m->anchors);
    if (!placed || !m->by_anchor || !m->anchors) {
        free(placed);
        return false;
    }
    for (size_t i = 0; i < m->log_count; i++)
        placed[i] = (struct placed){m->logs[i].anchor, (uint32_t)i};
    qsort(placed, m->log_count, sizeof *placed, compare_placed);
    for (size_t i = 0; i < m->log_count; i++) {
        if (i == 0 || memcmp(&placed[i].anchor, &placed[i - 1].anchor, sizeof(garita_hash)) != 0) {
            struct anchor *anchor = &m->anchors[m->anchor_count++];
            anchor->id = placed[i].anchor;
            anchor->first = (uint32_t)i;
            memcpy(anchor->tag, &placed[i].anchor, WIRE_TAG_SIZE);
        }
        m->anchors[m->anchor_count - 1].count++;
        m->by_anchor[i] = placed[i].slot;
    }
    free(placed);
    return true;
}

static void start_log(const struct engine *e, struct log *log)
{
    log->is_new = true;
    bucket_fill(&log->takes, e->now.ms, ENGINE_LOG_TAKES_BURST);
}

static bool make_logs(struct made *m, const struct engine *e, const struct engine_stock *stock)
{
    m->logs = calloc(stock->log_count + 1, sizeof *m->logs);
    m->moved = malloc((e->log_count + 1) * sizeof *m->moved);
    if (!m->logs || !m->moved)
        return false;
    for (size_t i = 0; i < stock->log_count; i++, m->log_count++)
        if (log_set(&m->logs[i], &stock->logs[i]))
            start_log(e, &m->logs[i]);
        else
            return false;
    qsort(m->logs, m->log_count, sizeof *m->logs, compare_logs);
    size_t now = 0;
    for (size_t i = 0; i < e->log_count; i++) {
        while (now < m->log_count && compare_logs(&m->logs[now], &e->logs[i]) < 0)
            now++;
        bool is_there = now < m->log_count && compare_logs(&m->logs[now], &e->logs[i]) == 0;
        m->moved[i] = is_there ? (uint32_t)now : NO_SLOT;
    }
    return make_anchors(m);
}

static uint32_t made_slot(const struct made *m, const garita_hash *id)
{
    struct log key = {.id = *id};
    const struct log *found =
        m->log_count == 0 ? NULL : bsearch(&key, m->logs, m->log_count, sizeof key, compare_logs);
    return found ? (uint32_t)(found - m->logs) : NO_SLOT;
}

static bool make_items(struct made *m, const struct engine *e, const struct engine_stock *stock)
{
    m->index_size = 16;
    while (m->index_size < 2 * stock->item_count + 1)
        m->index_size *= 2;
    m->items = calloc(stock->item_count + 1, sizeof *m->items);
    m->index = calloc(m->index_size, sizeof *m->index);
    if (!m->items || !m->index)
        return false;
    for (size_t i = 0; i < stock->item_count; i++) {
        const struct engine_item *item = &stock->items[i];
        uint32_t slot = made_slot(m, &item->log);
        if (slot != NO_SLOT && group_of(item->kind) >= 0)
            m->items[m->item_count++] = (struct item){slot, item->kind, item->digest};
    }
    qsort(m->items, m->item_count, sizeof *m->items, compare_items);
    size_t once = 0; /* a list that names one twice would be malformed */
    for (size_t i = 0; i < m->item_count; i++)
        if (once == 0 || compare_items(&m->items[once - 1], &m->items[i]) != 0)
            m->items[once++] = m->items[i];
    m->item_count = once;
    for (size_t i = 0; i < m->item_count; i++) {
        struct item *item = &m->items[i];
        struct group *group = &m->logs[item->slot].groups[group_of(item->kind)];
        if (group->count++ == 0)
            group->first = (uint32_t)i;
        size_t place = index_place(e, m->index, m->index_size, m->items, &item->digest);
        if (m->index[place] == 0)
            m->index[place] = (uint32_t)i + 1;
    }
    for (size_t i = 0; i < m->log_count; i++)
        for (size_t g = 0; g < WIRE_GROUPS; g++) {
            struct group *group = &m->logs[i].groups[g];
            if (group->count == 0)
                continue;
            crypto_generichash_state state;
            crypto_generichash_init(&state, NULL, 0, sizeof group->digest);
            for (size_t k = 0; k < group->count; k++)
                crypto_generichash_update(&state, m->items[group->first + k].digest.bytes,
                                          GARITA_DIGEST_SIZE);
            crypto_generichash_final(&state, group->digest.bytes, sizeof group->digest);
        }
    return true;
}

static int compare_members(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    return memcmp(x->noise_key, y->noise_key, sizeof x->noise_key);
}

/* What was known of the same node, as the same authority names it. */
static const struct member *find_old(const struct engine *e, const struct member *member)
{
    for (const struct member *old = member_find(e, member->noise_key);
         old && old < e->members + e->member_count && compare_members(old, member) == 0; old++)
        if (memcmp(old->public_key, member->public_key, sizeof old->public_key) == 0 &&
            garita_hash_equal(&old->certifier, &member->certifier))
            return old;
    return NULL;
}

static bool make_roster(struct made *m, const struct engine *e, const struct engine_stock *stock)
{
    size_t text_len = 1;
    for (size_t i = 0; i < stock->node_count; i++) {
        text_len += strlen(stock->nodes[i].name) + 1;
        for (size_t a = 0; a < stock->nodes[i].address_count; a++)
            text_len += strlen(stock->nodes[i].addresses[a]) + 1;
    }
    m->members = calloc(stock->node_count + 1, sizeof *m->members);
    m->text = malloc(text_len);
    if (!m->members || !m->text)
        return false;
    size_t at = 0;
    for (size_t i = 0; i < stock->node_count; i++) {
        const struct engine_node *node = &stock->nodes[i];
        struct member *member = &m->members[m->member_count++];
        memcpy(member->public_key, node->public_key, sizeof member->public_key);
        memcpy(member->noise_key, node->noise_key, sizeof member->noise_key);
        memcpy(member->country, node->country, sizeof member->country);
        member->certifier = node->certifier;
        member->from = node->from;
        member->until = node->until;
        member->is_revoked = node->is_revoked;
        member->address_count = (uint8_t)node->address_count;
        member->name_at = (uint32_t)at;
        size_t len = strlen(node->name) + 1;
        memcpy(m->text + at, node->name, len);
        at += len;
        member->addresses_at = (uint32_t)at;
        for (size_t a = 0; a < node->address_count; a++) {
            len = strlen(node->addresses[a]) + 1;
            memcpy(m->text + at, node->addresses[a], len);
            at += len;
        }
        const struct member *old = find_old(e, member);
        if (old) {
            member->failures = old->failures;
            member->try_at = old->try_at;
            member->address_next = old->address_next;
        }
    }
    qsort(m->members, m->member_count, sizeof *m->members, compare_members);
    return true;
}

/* Whether the same logs stand in the same places. */
static bool is_unmoved(const struct made *m, const struct engine *e)
{
    for (size_t i = 0; i < e->log_count; i++)
        if (m->moved[i] != i)
            return false;
    return m->log_count == e->log_count;
}

/* Moves all that names a log by its place. */
static bool move_slots(struct engine *e, const struct made *m)
{
    for (size_t i = 0; i < e->link_count; i++)
        if (!link_make_room(e->links[i], m->log_count))
            return false; /* nothing has moved yet */
    size_t old_count = e->log_count;
    e->log_count = m->log_count;
    for (size_t i = 0; i < e->link_count; i++)
        link_move(e->links[i], m->moved, old_count);
    for (size_t i = 0; i < e->take_count; i++)
        if (e->takes[i].slot != NO_SLOT)
            e->takes[i].slot = m->moved[e->takes[i].slot];
    size_t relays = 0;
    for (size_t i = 0; i < e->relay_count; i++)
        if (m->moved[e->relays[i]] != NO_SLOT)
            e->relays[relays++] = m->moved[e->relays[i]];
    e->relay_count = relays;
    for (size_t i = 0; i < e->run_count; i++)
        if (e->runs[i]->slot != NO_SLOT)
            e->runs[i]->slot = m->moved[e->runs[i]->slot];
    for (size_t i = e->pull_count; i-- > 0;) {
        struct pull *pull = e->pulls[i];
        uint32_t slot = m->moved[pull->slot];
        if (slot == NO_SLOT)
            pull_free(e, pull);
        else
            pull->slot = slot;
    }
    items_moved(e, m->moved, old_count);
    return true;
}

/* What gossip knows of a log goes on with it. */
static void keep_state(struct log *log, struct log *old)
{
    log->claims = old->claims;
    log->claim_count = old->claim_count;
    log->claim_room = old->claim_room;
    old->claims = NULL;
    log->pull = old->pull;
    log->is_taking = old->is_taking;
    log->is_gapped = old->is_gapped;
    log->is_relay_due = old->is_relay_due;
    log->relay_at = old->relay_at;
    log->other_at = old->other_at;
    log->retry_at = old->retry_at;
    log->retry_ms = old->retry_ms;
    log->takes = old->takes;
    log->is_new = false;
}

void stock_free(struct engine *e)
{
    for (size_t i = 0; i < e->log_count; i++)
        log_free(&e->logs[i]);
    free(e->logs);
    free(e->by_anchor);
    free(e->anchors);
    free(e->items);
    free(e->item_index);
}

static bool make(struct made *m, const struct engine *e, const struct engine_stock *stock)
{
    return make_logs(m, e, stock) && make_items(m, e, stock) && make_roster(m, e, stock);
}

bool engine_stock(struct engine *e, struct engine_time now, const struct engine_stock *stock)
{
    if (now.ms > e->now.ms)
        e->now.ms = now.ms;
    e->now.moment = now.moment;
    struct made m = {0};
    size_t old_count = e->log_count;
    struct log *old_logs = e->logs;
    if (!make(&m, e, stock) || (!is_unmoved(&m, e) && !move_slots(e, &m))) {
        made_free(&m);
        return false;
    }
    bool has_new_logs = false;
    for (size_t i = 0; i < old_count; i++)
        if (m.moved[i] != NO_SLOT)
            keep_state(&m.logs[m.moved[i]], &old_logs[i]);

    struct engine old = *e;
    e->trust = stock->trust;
    e->logs = m.logs;
    e->log_count = m.log_count;
    e->by_anchor = m.by_anchor;
    e->anchors = m.anchors;
    e->anchor_count = m.anchor_count;
    e->items = m.items;
    e->item_count = m.item_count;
    e->item_index = m.index;
    e->item_index_size = m.index_size;
    free(e->members);
    free(e->roster_text);
    e->members = m.members;
    e->member_count = m.member_count;
    e->roster_text = m.text;

    bool has_new_authority = false;
    for (size_t i = 0; i < e->item_count; i++)
        if (old.item_count == 0 ||
            old.item_index[index_place(e, old.item_index, old.item_index_size, old.items,
                                       &e->items[i].digest)] == 0) {
            has_new_authority |= e->items[i].kind == ENGINE_ITEM_AUTHORITY;
            items_news(e, &e->items[i]);
        }
    for (size_t i = 0; i < e->log_count; i++)
        if (e->logs[i].is_new) {
            e->logs[i].is_new = false;
            has_new_logs = true;
            if (e->logs[i].is_given)
                gossip_news(e, (uint32_t)i);
        }
    /* whoever was nobody's may have a chain now, and what came from him may be taken */
    if (has_new_logs || has_new_authority) {
        memo_clear(&e->refused);
        memo_clear(&e->seen);
    }
    for (size_t i = 0; i < old_count; i++) {
        uint32_t slot = m.moved[i];
        if (slot == NO_SLOT)
            continue;
        pull_prune(e, slot);
        if (e->logs[slot].is_given && memcmp(&e->logs[slot].head_digest, &old_logs[i].head_digest,
                                             sizeof(garita_digest)) != 0)
            gossip_news(e, slot);
    }
    if (has_new_logs) /* more may be had now: to be found out before the period is over */
        for (size_t i = 0; i < e->link_count; i++) {
            int64_t soon = e->links[i]->digested_at + 1000;
            soon = (soon > e->now.ms ? soon : e->now.ms) + (int64_t)random_below(e, 200);
            if (soon < e->links[i]->digest_at)
                e->links[i]->digest_at = soon;
            link_set_due(e, e->links[i]);
        }
    for (size_t i = 0; i < old_count; i++)
        log_free(&old_logs[i]);
    free(old_logs);
    free(old.by_anchor);
    free(old.anchors);
    free(old.items);
    free(old.item_index);
    free(m.moved);
    link_judge_all(e);
    dial_soon(e);
    return true;
}
