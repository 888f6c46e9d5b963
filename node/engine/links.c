#include "inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* --- finding, making, ending --- */

struct link *link_find(const struct engine *e, engine_link_id id)
{
    for (size_t i = 0; i < e->link_count; i++)
        if (e->link_ids[i] == id)
            return e->links[i];
    return NULL;
}

struct link *link_up(const struct engine *e, engine_link_id id)
{
    struct link *link = link_find(e, id);
    return link && link->state == LINK_UP ? link : NULL;
}

void link_free(struct link *link)
{
    line_end(&link->heads);
    line_end(&link->answers);
    line_end(&link->news);
    line_end(&link->lists);
    free(link->address);
    free(link->payload);
    free(link->node);
    free(link->logs);
    free(link->spare);
    free(link->control);
    free(link->anchors);
    free(link->gather);
    free(link->gathered);
    free(link->taking);
#ifdef ENGINE_BUGS
    free(link->hoard);
#endif
    free(link);
}

size_t link_bytes(const struct engine *e, const struct link *link)
{
    size_t hoard = 0;
#ifdef ENGINE_BUGS
    hoard = link->hoard_room;
#endif
    return hoard + sizeof *link + link->payload_len + (link->node ? sizeof *link->node : 0) +
           (link->logs ? e->log_count * sizeof *link->logs : 0) + link->control_room +
           link->heads.room * sizeof(uint32_t) +
           (link->answers.room + link->news.room) * sizeof(struct item) +
           link->lists.room * sizeof(struct list_due) + link->anchor_count * sizeof *link->anchors +
           link->gather_room +
           (link->gathered || link->taking ? 2 * ENGINE_GATHER_ITEMS_MAX * sizeof(struct came) : 0);
}

bool link_make_room(struct link *link, size_t log_count)
{
    free(link->spare);
    link->spare = calloc(log_count + 1, sizeof *link->spare);
    return link->spare;
}

void link_move(struct link *link, const uint32_t *moved, size_t old_count)
{
    if (!link->logs)
        return;
    for (size_t i = 0; i < old_count; i++)
        if (moved[i] != NO_SLOT)
            link->spare[moved[i]] = link->logs[i];
    free(link->logs);
    link->logs = link->spare;
    link->spare = NULL;
    size_t kept = 0;
    uint32_t *slots = line_first(&link->heads, sizeof *slots);
    for (size_t i = 0; i < link->heads.count; i++)
        if (moved[slots[i]] != NO_SLOT)
            slots[kept++] = moved[slots[i]];
    link->heads.count = kept;
    struct line *lines[] = {&link->answers, &link->news};
    for (size_t l = 0; l < 2; l++) {
        kept = 0;
        struct item *items = line_first(lines[l], sizeof *items);
        for (size_t i = 0; i < lines[l]->count; i++)
            if (moved[items[i].slot] != NO_SLOT) {
                items[kept] = items[i];
                items[kept++].slot = moved[items[i].slot];
            }
        lines[l]->count = kept;
    }
    kept = 0;
    struct list_due *lists = line_first(&link->lists, sizeof *lists);
    for (size_t i = 0; i < link->lists.count; i++)
        if (moved[lists[i].slot] != NO_SLOT) {
            lists[kept] = lists[i];
            lists[kept++].slot = moved[lists[i].slot];
        }
    link->lists.count = kept;
}

/* --- keeping away --- */

static struct ban *find_ban(const struct engine *e, const uint8_t *noise_key)
{
    for (size_t i = 0; i < e->ban_count; i++)
        if (memcmp(e->bans[i].noise_key, noise_key, GARITA_NOISE_KEY_SIZE) == 0)
            return &e->bans[i];
    return NULL;
}

bool is_banned(const struct engine *e, const uint8_t noise_key[GARITA_NOISE_KEY_SIZE])
{
    const struct ban *ban = find_ban(e, noise_key);
    return ban && ban->until > e->now.ms;
}

/* Those of nodes of the roster count for more than any other. */
static int64_t ban_worth(const struct engine *e, const struct ban *ban)
{
    int64_t left = ban->until > e->now.ms ? ban->until - e->now.ms : 0;
    return member_find(e, ban->noise_key) ? left + 2 * ENGINE_BAN_MAX_MS : left;
}

/* By key, never by address: others may stand behind the same. */
static void add_ban(struct engine *e, const uint8_t *noise_key)
{
    struct ban *ban = find_ban(e, noise_key);
    if (!ban && e->ban_count < ENGINE_BANS_MAX &&
        grow(&e->bans, &e->ban_room, e->ban_count + 1, sizeof *e->bans)) {
        ban = &e->bans[e->ban_count++];
        *ban = (struct ban){0};
    }
    if (!ban && e->ban_count == 0)
        return;
    if (!ban) { /* in place of the one that ends first, or is of nobody: such a key costs nothing */
        for (size_t i = 0; i < e->ban_count; i++)
            if (!ban || ban_worth(e, &e->bans[i]) < ban_worth(e, ban))
                ban = &e->bans[i];
        if (ban_worth(e, ban) > ENGINE_BAN_MAX_MS && !member_find(e, noise_key))
            return;
    }
    if (memcmp(ban->noise_key, noise_key, sizeof ban->noise_key) != 0 ||
        ban->forget_at <= e->now.ms)
        *ban = (struct ban){0};
    memcpy(ban->noise_key, noise_key, sizeof ban->noise_key);
    int64_t ms = ENGINE_BAN_MS;
    for (unsigned i = 0; i < ban->times && ms < ENGINE_BAN_MAX_MS; i++)
        ms *= 2;
    ban->times++;
    ban->until = e->now.ms + (ms < ENGINE_BAN_MAX_MS ? ms : ENGINE_BAN_MAX_MS);
    ban->forget_at = ban->until + ENGINE_BAN_MAX_MS;
}

/* What a node does that means no good. One that does not read may be behind a slow line: it is closed,
 * and may come back. */
static bool is_offence(unsigned reason)
{
    return reason == ENGINE_MALFORMED || reason == ENGINE_FLOOD || reason == ENGINE_FORGED ||
           reason == ENGINE_UNASKED;
}

void link_strike(struct engine *e, struct link *link)
{
    link->standing--;
    /* a bucket of strikes that are still free, in tokens of which one comes back at a time */
    int64_t passed = e->now.ms - link->strikes.at;
    link->strikes.at = e->now.ms;
    link->strikes.level += passed;
    if (link->strikes.level > ENGINE_STRIKES * (int64_t)ENGINE_STRIKE_MS)
        link->strikes.level = ENGINE_STRIKES * (int64_t)ENGINE_STRIKE_MS;
    if (link->strikes.level >= ENGINE_STRIKE_MS)
        link->strikes.level -= ENGINE_STRIKE_MS;
    else
        link_close(e, link, ENGINE_FORGED);
}

/* --- the end --- */

#ifdef ENGINE_BUGS
/* What the peer had is remembered past the session, and believed at the next. */
static void cache(struct engine *e, const struct link *link)
{
    for (size_t i = 0; i < e->log_count; i++) {
        struct cached *cached = NULL;
        for (size_t c = 0; c < e->cached_count && !cached; c++)
            if (memcmp(e->cached[c].noise_key, link->noise_key, sizeof link->noise_key) == 0 &&
                garita_hash_equal(&e->cached[c].log, &e->logs[i].id))
                cached = &e->cached[c];
        if (!cached && grow(&e->cached, &e->cached_room, e->cached_count + 1, sizeof *e->cached))
            cached = &e->cached[e->cached_count++];
        if (!cached)
            return;
        memcpy(cached->noise_key, link->noise_key, sizeof link->noise_key);
        cached->log = e->logs[i].id;
        cached->known = link->logs[i].known;
    }
}
#endif

void link_close(struct engine *e, struct link *link, unsigned reason)
{
    if (link->state == LINK_CLOSING)
        return;
    bool was_up = link->state == LINK_UP;
    link->state = LINK_CLOSING;
    link->reason = (uint8_t)reason;
    link->control_len = 0;
    if (is_offence(reason))
        add_ban(e, link->noise_key);
    if (reason != 0) {
        const char *name = engine_reason_name(reason);
        struct wire_message m = {.kind = WIRE_CLOSE};
        m.as.close.reason = (uint8_t)reason;
        m.as.close.text = (garita_bytes){(const uint8_t *)name, strlen(name)};
        out_control(e, link, &m);
    }
#ifdef ENGINE_BUGS
    if (was_up && HAS_BUG(e, CACHED_VECTOR))
        cache(e, link);
#endif
    if (was_up) {
        give_link_gone(e, link);
        items_link_gone(e, link);
        pull_link_gone(e, link);
        dial_remember(e);
        dial_soon(e);
    }
    out_wake(e, link);
    link_set_due(e, link);
}

/* --- admission --- */

/* Links of others, of this certifier. */
static size_t links_of(const struct engine *e, const garita_hash *certifier,
                       const uint8_t *noise_key)
{
    size_t count = 0;
    for (size_t i = 0; i < e->link_count; i++)
        count += e->links[i]->state == LINK_UP &&
                 garita_hash_equal(&e->links[i]->node->certifier, certifier) &&
                 memcmp(e->links[i]->noise_key, noise_key, GARITA_NOISE_KEY_SIZE) != 0;
    return count;
}

/* 0 if this key is a node's that may speak now; else why not. *member may be null. Where several
 * authorities name the key, it counts as of the one that has fewest links here: any of them may
 * name it, and shall not so put it among its own when they have had their share. */
static unsigned judge(const struct engine *e, const uint8_t *noise_key, const struct member **out)
{
    unsigned worst = ENGINE_UNCERTIFIED;
    *out = NULL;
    const struct member *member = member_find(e, noise_key);
    for (; member && member < e->members + e->member_count &&
           memcmp(member->noise_key, noise_key, GARITA_NOISE_KEY_SIZE) == 0;
         member++) {
        unsigned reason = 0;
        bool has_moment = e->now.moment != INT64_MIN;
        if (member->is_revoked)
            reason = ENGINE_REVOKED;
        else if (has_moment && e->now.moment >= member->until)
            reason = ENGINE_EXPIRED;
        else if (has_moment && e->now.moment < member->from)
            reason = ENGINE_NOT_YET;
        bool is_better =
            reason == 0 && worst == 0 &&
            links_of(e, &member->certifier, noise_key) < links_of(e, &(*out)->certifier, noise_key);
        if (!*out || (reason == 0 && worst != 0) || is_better) {
            *out = member;
            worst = reason;
        }
    }
    return worst;
}

static bool is_placed(const struct link *link, const struct link *than)
{
    return link != than && link->state == LINK_UP;
}

/* Whether a link that came in has a place; one of a certifier with too many goes for it. */
static bool has_place(struct engine *e, const struct link *link)
{
    size_t count = 0, same = 0;
    for (size_t i = 0; i < e->link_count; i++) {
        const struct link *other = e->links[i];
        if (!is_placed(other, link) || other->is_outbound)
            continue;
        count++;
        same += garita_hash_equal(&other->node->certifier, &link->node->certifier);
    }
    if (same >= ENGINE_INBOUND_PER_CERTIFIER)
        return false;
    if (count < ENGINE_INBOUND_MAX)
        return true;
    /* full: the newest of the certifier that has most */
    struct link *victim = NULL;
    size_t most = same + 1;
    for (size_t i = 0; i < e->link_count; i++) {
        struct link *other = e->links[i];
        if (!is_placed(other, link) || other->is_outbound)
            continue;
        size_t of = 0;
        for (size_t k = 0; k < e->link_count; k++)
            of += is_placed(e->links[k], link) && !e->links[k]->is_outbound &&
                  garita_hash_equal(&e->links[k]->node->certifier, &other->node->certifier);
        if (of > most || (victim && of == most && other->up_at > victim->up_at)) {
            victim = other;
            most = of;
        }
    }
    if (!victim)
        return false;
    link_close(e, victim, ENGINE_ENOUGH);
    return true;
}

/* Of two sessions with one node one stays, and both sides must find it to be the same: the one that
 * the lower key dialed; of two that one of them dialed, the newer. */
static bool settle_duplicate(struct engine *e, struct link *link)
{
    for (size_t i = 0; i < e->link_count; i++) {
        struct link *other = e->links[i];
        if (!is_placed(other, link) ||
            memcmp(other->noise_key, link->noise_key, sizeof link->noise_key) != 0)
            continue;
        if (other->is_outbound == link->is_outbound) {
            link->configured = link->configured >= 0 ? link->configured : other->configured;
            link_close(e, other, ENGINE_RENEWED);
            return true;
        }
        bool are_we_lower =
            memcmp(e->config.noise_key, link->noise_key, sizeof link->noise_key) < 0;
        if (link->is_outbound == are_we_lower) {
            link->configured = link->configured >= 0 ? link->configured : other->configured;
            link_close(e, other, ENGINE_DUPLICATE);
            return true;
        }
        other->configured = other->configured >= 0 ? other->configured : link->configured;
        return false;
    }
    return true;
}

static void greet(struct engine *e, struct link *link)
{
    struct wire_message hello = {.kind = WIRE_HELLO};
    hello.as.hello.version = WIRE_VERSION;
    hello.as.hello.flags = e->config.is_archive ? WIRE_HELLO_ARCHIVE : 0;
    out_control(e, link, &hello);
    gossip_digest(e, link);
}

#ifdef ENGINE_BUGS
static void recall(const struct engine *e, struct link *link)
{
    for (size_t i = 0; i < e->cached_count; i++)
        if (memcmp(e->cached[i].noise_key, link->noise_key, sizeof link->noise_key) == 0) {
            uint32_t slot = stock_find(e, &e->cached[i].log);
            if (slot != NO_SLOT)
                link->logs[slot].known = e->cached[i].known;
        }
}
#endif

static void come_up(struct engine *e, struct link *link, const struct member *member)
{
    int64_t now = e->now.ms;
    if (!link->node)
        link->node = calloc(1, sizeof *link->node);
    link->logs = calloc(e->log_count + 1, sizeof *link->logs);
    if (!link->node || !link->logs) {
        link_close(e, link, ENGINE_ENOUGH); /* no memory: others are better off */
        return;
    }
    member_show(e, member, link->node);
    if (!settle_duplicate(e, link)) {
        link_close(e, link, ENGINE_DUPLICATE);
        return;
    }
    if (!link->is_outbound && !has_place(e, link)) {
        link_close(e, link, ENGINE_ENOUGH);
        return;
    }
    free(link->payload);
    link->payload = NULL;
    link->payload_len = 0;
    link->state = LINK_UP;
    link->up_at = now;
#ifdef ENGINE_BUGS
    if (HAS_BUG(e, CACHED_VECTOR))
        recall(e, link);
#endif
    action_put(e, &(struct engine_action){.kind = ENGINE_UP, .link = link->id, .node = link->node},
               NULL);
    greet(e, link);
    dial_up(e, link);
    dial_remember(e);
}

/* Whether the payload is what one may be: statements, few of them. */
static bool is_payload(const struct link *link)
{
    struct wire_reader reader = {link->payload, link->payload_len, 0};
    struct wire_message m;
    enum wire_result result;
    for (size_t count = 0; (result = wire_next(&reader, &m)) == WIRE_OK; count++)
        if (m.kind != WIRE_STATEMENT || count == ENGINE_PAYLOAD_STATEMENTS)
            return false;
    return result == WIRE_END;
}

/* Hands the payload to the writer, if it may say something new. False if it has to wait. */
static bool take_payload(struct engine *e, struct link *link)
{
    if (e->payload_takes >= ENGINE_PAYLOAD_TAKES_MAX ||
        !bucket_take(&e->payloads, e->now.ms, 1, ENGINE_PAYLOADS_BURST, ENGINE_PAYLOADS_PER_S))
        return false;
    size_t len = GARITA_BUNDLE_HEADER_SIZE + link->payload_len + 2;
    e->scratch_len = 0;
    garita_message end = {.kind = GARITA_MESSAGE_END};
    uint8_t *bytes = malloc(len);
    if (!bytes || !garita_bundle_write_header(out_sink, e) ||
        !out_sink(e, link->payload, link->payload_len) || !garita_bundle_write(out_sink, e, &end)) {
        free(bytes);
        return false;
    }
    assert(e->scratch_len <= len);
    memcpy(bytes, e->scratch, e->scratch_len);
    struct take take = {.kind = TAKE_PAYLOAD, .from = {link->id}, .from_count = 1, .slot = NO_SLOT};
    if (out_take(e, &take, bytes, e->scratch_len) == 0)
        return false;
    e->payload_takes++;
    link->is_payload_taken = true;
    return true;
}

void link_admit(struct engine *e, struct link *link)
{
    const struct member *member;
    unsigned reason = judge(e, link->noise_key, &member);
    if (reason == 0) {
        come_up(e, link, member);
        return;
    }
    /* its payload may hold a newer word than the roster */
    if (!link->is_payload_taken && link->payload_len > 0) {
        if (!is_payload(link))
            link_close(e, link, ENGINE_MALFORMED);
        else if (!take_payload(e, link))
            link->try_at = e->now.ms + 1000 / ENGINE_PAYLOADS_PER_S;
        return;
    }
    if (member && !link->node && (link->node = calloc(1, sizeof *link->node)))
        member_show(e, member, link->node);
    link_close(e, link, reason);
}

void link_payload_taken(struct engine *e, const struct take *take,
                        const struct engine_take_result *result)
{
    e->payload_takes--;
    struct link *link = link_find(e, take->from[0]);
    if (!link || link->state != LINK_PENDING)
        return;
    const struct member *member;
    unsigned reason = judge(e, link->noise_key, &member);
    if (reason == 0)
        come_up(e, link, member);
    else if (!result->is_kept) {
        link->is_payload_taken = false; /* tried again, until it has waited too long */
        link->try_at = e->now.ms + ENGINE_RETRY_MS;
    } else if (result->is_wrong)
        link_close(e, link, ENGINE_FORGED);
    else if (result->is_revoked)
        link_close(e, link, ENGINE_REVOKED);
    else
        link_admit(e, link);
    link_set_due(e, link);
}

void engine_opened(struct engine *e, struct engine_time now, engine_link_id id, uint32_t number,
                   const uint8_t noise_key[GARITA_NOISE_KEY_SIZE], const char *address,
                   const uint8_t *payload, size_t payload_len)
{
    if (now.ms > e->now.ms)
        e->now.ms = now.ms;
    e->now.moment = now.moment;
    struct link *link = calloc(1, sizeof *link);
    char *text = calloc(1, strlen(address) + 1);
    size_t need = e->link_count + 1;
    if (!link || !text || !grow(&e->links, &e->link_room, need, sizeof *e->links) ||
        !grow(&e->link_ids, &e->id_room, need, sizeof *e->link_ids) ||
        !grow(&e->link_dues, &e->due_room, need, sizeof *e->link_dues)) {
        free(link);
        free(text);
        struct dial lost;
        dial_end(e, number, &lost);
        action_put(
            e, &(struct engine_action){.kind = ENGINE_CLOSE, .link = id, .reason = ENGINE_ENOUGH},
            NULL);
        return;
    }
    link->index = e->link_count;
    e->link_ids[e->link_count] = id;
    e->link_dues[e->link_count] = NEVER;
    e->links[e->link_count++] = link;
    int64_t ms = e->now.ms;
    struct dial dial;
    link->id = id;
    memcpy(text, address, strlen(address) + 1);
    link->address = text;
    memcpy(link->noise_key, noise_key, sizeof link->noise_key);
    link->is_outbound = number != 0;
    link->configured = -1;
    link->opened_at = link->heard_at = link->drained_at = ms;
    link->digest_at = link->renew_at = NEVER;
    link->digested_at = link->run_at = ms - ENGINE_SESSION_MS;
    link->end_at = ms + ENGINE_SESSION_MS;
    link->rtt_ms = -1;
    bucket_fill(&link->messages, ms, ENGINE_MESSAGES_BURST);
    bucket_fill(&link->bytes, ms, ENGINE_BYTES_BURST);
    bucket_fill(&link->unasked, ms, ENGINE_UNASKED_BURST);
    bucket_fill(&link->checks, ms, ENGINE_CHECKS_BURST);
    bucket_fill(&link->gives, ms, ENGINE_GIVES_BURST);
    bucket_fill(&link->pushes, ms, ENGINE_PUSH_BURST);
    link->strikes = (struct bucket){ENGINE_STRIKES * (int64_t)ENGINE_STRIKE_MS, ms};
    if (dial_end(e, number, &dial)) {
        link->configured = dial.configured;
        link->is_exploring = dial.is_exploring;
    }
    if (link->is_outbound)
        link->renew_at = ms + ENGINE_RENEW_MS + (int64_t)random_below(e, ENGINE_RENEW_SPREAD_MS);

    if (memcmp(noise_key, e->config.noise_key, sizeof link->noise_key) == 0) {
        link_close(e, link, ENGINE_SELF);
        return;
    }
    if (e->is_stopping || is_banned(e, noise_key)) {
        link_close(e, link, e->is_stopping ? ENGINE_STOPPING : ENGINE_BANNED);
        return;
    }
    size_t pending = 0;
    for (size_t i = 0; i < e->link_count; i++)
        pending += e->links[i]->state == LINK_PENDING;
    if (payload_len > ENGINE_PAYLOAD_MAX) {
        link_close(e, link, ENGINE_MALFORMED);
        return;
    }
    link->payload = malloc(payload_len + 1);
    /* strangers fill the places of strangers: not of nodes that are known, nor of who was called */
    const struct member *member;
    bool is_stranger = !link->is_outbound && judge(e, noise_key, &member) != 0;
    if (!link->payload || (is_stranger && pending > ENGINE_PENDING_MAX)) {
        link_close(e, link, ENGINE_ENOUGH);
        return;
    }
    if (payload_len > 0)
        memcpy(link->payload, payload, payload_len);
    link->payload_len = payload_len;
    link_admit(e, link);
    link_set_due(e, link);
}

/* A stolen node is revoked like any credential, and its sessions end. */
static void judge_again(struct engine *e, struct link *link)
{
    if (link->state != LINK_UP || HAS_BUG(e, REVOKED_PEER))
        return;
    const struct member *member;
    unsigned reason = judge(e, link->noise_key, &member);
    /* no statement of it is left: it was withdrawn, or who certified it */
    if (reason == ENGINE_UNCERTIFIED)
        reason = ENGINE_REVOKED;
    if (reason != 0)
        link_close(e, link, reason);
    else
        member_show(e, member, link->node);
}

void link_judge_all(struct engine *e)
{
    for (size_t i = 0; i < e->link_count; i++)
        judge_again(e, e->links[i]);
}

/* --- time --- */

static int64_t silence(const struct engine *e)
{
    return e->config.period_ms * ENGINE_SILENT_PERIODS_X2 / 2;
}

static bool is_clogged(const struct engine *e, const struct link *link)
{
    return link->queued > 0 && e->now.ms - link->drained_at >= ENGINE_CLOGGED_MS;
}

void link_tick(struct engine *e, struct link *link)
{
    int64_t now = e->now.ms;
    if (link->state == LINK_CLOSING)
        return;
    if (link->state == LINK_PENDING) {
        if (now - link->opened_at >= ENGINE_PENDING_MS)
            link_close(e, link, ENGINE_ENOUGH);
        else if (!link->is_payload_taken && now >= link->try_at)
            link_admit(e, link);
        return;
    }
    if (is_clogged(e, link)) {
        link_close(e, link, ENGINE_CLOGGED);
        return;
    }
    if (now - link->heard_at >= silence(e)) {
        link_close(e, link, ENGINE_SILENT);
        return;
    }
    if (now >= link->end_at) {
        link_close(e, link, ENGINE_RENEWED);
        return;
    }
    if (!link->is_lasting && now - link->up_at >= ENGINE_STEADY_MS) {
        link->is_lasting = true;
        member_lasts(e, link);
    }
    if (now >= link->renew_at)
        link->renew_at = now + (dial_renew(e, link) ? ENGINE_RENEW_MS : ENGINE_BACKOFF_MAX_MS);
    if (now >= link->digest_at) {
        judge_again(e, link); /* its dates */
        if (link->state == LINK_UP)
            gossip_digest(e, link);
    }
    if (link->news.count > 0 && now >= link->try_at)
        out_wake(e, link);
}

static int64_t due_of(const struct engine *e, const struct link *link)
{
    if (link->state == LINK_CLOSING)
        return NEVER;
    if (link->state == LINK_PENDING)
        return link->is_payload_taken ? link->opened_at + ENGINE_PENDING_MS : link->try_at;
    int64_t due = link->heard_at + silence(e);
    int64_t others[] = {link->end_at,
                        link->renew_at,
                        link->digest_at,
                        link->is_lasting ? NEVER : link->up_at + ENGINE_STEADY_MS,
                        link->queued > 0 ? link->drained_at + ENGINE_CLOGGED_MS : NEVER,
                        link->news.count > 0 && link->queued < ENGINE_BULK_QUEUED_MAX ? link->try_at
                                                                                      : NEVER};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i] < due)
            due = others[i];
    return due;
}

void link_set_due(struct engine *e, const struct link *link)
{
    e->link_dues[link->index] = due_of(e, link);
}
