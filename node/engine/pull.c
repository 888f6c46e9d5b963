#include "inside.h"

#include <stdlib.h>
#include <string.h>

/* Runs that are fetched: of logs, and of items that no packet holds. Somebody claims to have more;
 * he is asked for the run that leads there; and if it does not come, another is. */

enum {
    CLAIM_TRIES = 16,      /* a claim that was asked in vain so often is gone */
    FAILURES_FREE = 16,    /* so many go unanswered before it is asked less often: */
    FAILURE_DOUBLINGS = 3, /* the patience doubles with each more, so often at most */
    RTT_UNKNOWN_MS = 250,  /* of a link that was not measured yet */
    HOLES_MS = 200,        /* after the end of a run for what came out of order, at least */
    ITEM_CLAIMS = 8        /* who has one long item */
};

int64_t pull_patience(const struct link *link)
{
    int64_t rtt = link && link->rtt_ms >= 0 ? link->rtt_ms : RTT_UNKNOWN_MS;
    return ENGINE_ASK_MS + 4 * rtt;
}

/* --- claims --- */

/* Where the claims about what a pull is for stand. */
static struct claim *claims_of(struct engine *e, struct pull *pull, size_t **count)
{
    struct log *log = &e->logs[pull->slot];
    *count = pull->item ? &pull->claim_count : &log->claim_count;
    return pull->item ? pull->claims : log->claims;
}

static void drop_claim(struct claim *claims, size_t *count, size_t index)
{
    memmove(claims + index, claims + index + 1, (--*count - index) * sizeof *claims);
}

/* Of one link one claim. Where there are too many, one goes by lot: those who call must not crowd
 * out those who were called. */
static void add_claim(struct engine *e, struct claim **claims, size_t *count, size_t *room,
                      size_t max, const struct link *link, const struct claim *claim)
{
    for (size_t i = 0; i < *count; i++)
        if ((*claims)[i].link == claim->link) {
            uint32_t asked = (*claims)[i].asked;
            bool is_same = memcmp(&(*claims)[i].head, &claim->head, sizeof claim->head) == 0;
            (*claims)[i] = *claim;
            (*claims)[i].asked = is_same ? asked : 0;
            return;
        }
    if (*count >= max) {
        size_t victim = (size_t)random_below(e, *count);
        const struct link *other = link_up(e, (*claims)[victim].link);
        if (other && other->is_outbound && !link->is_outbound)
            return;
        drop_claim(*claims, count, victim);
    }
    if (!grow(claims, room, *count + 1, sizeof **claims))
        return;
    /* who did not deliver does not come before others because it claims again */
    uint32_t asked = 0;
    for (size_t i = 0; i < *count && link->standing < 0; i++)
        if ((*claims)[i].asked > asked)
            asked = (*claims)[i].asked;
    (*claims)[*count] = *claim;
    (*claims)[(*count)++].asked = asked;
}

void pull_claim(struct engine *e, struct link *link, uint32_t slot, uint64_t size,
                int64_t signed_at, const garita_digest *head)
{
    struct log *log = &e->logs[slot];
    if (is_refused_head(e, log, head))
        return;
    struct claim claim = {.link = link->id, .size = size, .signed_at = signed_at, .head = *head};
    add_claim(e, &log->claims, &log->claim_count, &log->claim_room, ENGINE_CLAIMS_PER_LOG, link,
              &claim);
}

enum use { USELESS, USEFUL, OTHER_HISTORY };

static enum use use_of(const struct engine *e, const struct log *log, const struct claim *claim)
{
    if (is_refused_head(e, log, &claim->head) ||
        (log->is_given && memcmp(&claim->head, &log->head_digest, sizeof claim->head) == 0))
        return USELESS;
    if (log_is_behind(log, claim->size, claim->signed_at))
        return USEFUL;
    bool is_level = claim->size == log->head.size && claim->signed_at == log->head.signed_at;
    return log->is_equivocated || is_level ? OTHER_HISTORY : USELESS;
}

void pull_prune(struct engine *e, uint32_t slot)
{
    struct log *log = &e->logs[slot];
    for (size_t i = log->claim_count; i-- > 0;)
        if (use_of(e, log, &log->claims[i]) == USELESS)
            drop_claim(log->claims, &log->claim_count, i);
}

/* --- runs, as they come in --- */

static uint64_t piece_count(const struct run *run)
{
    return (run->total + ENGINE_PIECE_BYTES - 1) / ENGINE_PIECE_BYTES;
}

static void run_free(struct engine *e, struct run *run)
{
    e->partial_bytes -= run->room;
    free(run->bytes);
    *run = (struct run){0};
}

static bool has_piece(const struct run *run, uint64_t piece)
{
    uint64_t at = piece % ENGINE_WINDOW_PIECES;
    return piece < run->whole ||
           (piece < run->whole + ENGINE_WINDOW_PIECES && (run->window[at / 8] >> at % 8 & 1));
}

static void send_stop(struct engine *e, const struct ask *ask)
{
    struct link *link = link_up(e, ask->link);
    struct wire_message m = {.kind = WIRE_STOP};
    m.as.stop.number = ask->number;
    if (link)
        out_control(e, link, &m);
}

static struct pull *oldest_resting(const struct engine *e, const struct pull *but)
{
    struct pull *oldest = NULL;
    for (size_t i = 0; i < e->pull_count; i++)
        if (e->pulls[i] != but && e->pulls[i]->ask_count == 0 &&
            (!oldest || e->pulls[i]->expires < oldest->expires))
            oldest = e->pulls[i];
    return oldest;
}

/* The one that is under way longest, for longer than a run should take: it makes place for others,
 * so that nobody keeps a node from its news by claims that he makes good drop by drop. Null: none.
 */
static struct pull *slowest(const struct engine *e, const struct pull *but)
{
    struct pull *found = NULL;
    for (size_t i = 0; i < e->pull_count; i++) {
        struct pull *pull = e->pulls[i];
        if (pull != but && pull->ask_count > 0 && e->now.ms - pull->begun_at >= ENGINE_HEDGE_MS &&
            (!found || pull->begun_at < found->begun_at))
            found = pull;
    }
    return found;
}

/* Whether there is so much memory more for a run of this pull: what rests goes for it, and then
 * what is slow. */
static bool make_memory(struct engine *e, const struct pull *pull, size_t more)
{
    if (HAS_BUG(e, NO_BOUND))
        return true;
    while (e->partial_bytes + e->take_bytes + more > ENGINE_PARTIAL_BYTES_MAX) {
        struct pull *victim = oldest_resting(e, pull);
        if (!victim && !(victim = slowest(e, pull)))
            return false;
        for (size_t i = 0; i < victim->ask_count; i++)
            send_stop(e, &victim->asks[i]);
        pull_free(e, victim);
    }
    return true;
}

/* Room for the run up to a piece, and for what a bundle has around it. It grows as the run comes.
 */
static bool run_room(struct engine *e, const struct pull *pull, struct run *run, uint64_t end)
{
    size_t need = GARITA_BUNDLE_HEADER_SIZE + (size_t)end + 2;
    if (need <= run->room)
        return true;
    size_t most = GARITA_BUNDLE_HEADER_SIZE + (size_t)run->total + 2, want = 2 * need;
    if (want > most)
        want = most;
    if (want < need)
        want = need;
    if (!make_memory(e, pull, want - run->room))
        return false;
    uint8_t *bytes = realloc(run->bytes, want);
    if (!bytes)
        return false;
    e->partial_bytes += want - run->room;
    run->bytes = bytes;
    run->room = want;
    return true;
}

static void add_source(struct run *run, engine_link_id link)
{
    for (size_t i = 0; i < run->from_count; i++)
        if (run->from[i] == link)
            return;
    if (run->from_count < sizeof run->from / sizeof *run->from)
        run->from[run->from_count++] = link;
}

/* Puts a piece where it belongs; false if it is there already, or too far ahead. */
static bool run_put(struct engine *e, const struct pull *pull, struct run *run,
                    const struct wire_run *m, engine_link_id link)
{
    uint64_t piece = m->offset / ENGINE_PIECE_BYTES;
    if (has_piece(run, piece) || piece >= run->whole + ENGINE_WINDOW_PIECES ||
        !run_room(e, pull, run, m->offset + m->bytes.len))
        return false;
    memcpy(run->bytes + GARITA_BUNDLE_HEADER_SIZE + m->offset, m->bytes.at, m->bytes.len);
    add_source(run, link);
    run->came++;
    uint64_t at = piece % ENGINE_WINDOW_PIECES;
    run->window[at / 8] |= (uint8_t)(1u << at % 8);
    for (at = run->whole % ENGINE_WINDOW_PIECES; run->window[at / 8] >> at % 8 & 1;
         at = run->whole % ENGINE_WINDOW_PIECES) {
        run->window[at / 8] &= (uint8_t) ~(1u << at % 8);
        run->whole++;
    }
    return true;
}

/* What is missing of it, as far as it was looked at, and then all the rest. */
static void run_holes(const struct run *run, struct wire_want *out)
{
    uint64_t count = piece_count(run), end = run->whole;
    for (uint64_t p = run->whole; p < run->whole + ENGINE_WINDOW_PIECES && p < count; p++)
        if (has_piece(run, p))
            end = p + 1;
    for (uint64_t p = run->whole; p < end && out->range_count + 1 < WIRE_RANGES_MAX;) {
        if (has_piece(run, p)) {
            p++;
            continue;
        }
        uint64_t first = p;
        while (p < end && !has_piece(run, p))
            p++;
        out->ranges[out->range_count++] =
            (struct wire_range){first * ENGINE_PIECE_BYTES, (p - first) * ENGINE_PIECE_BYTES};
    }
    if (end < count && out->range_count < WIRE_RANGES_MAX)
        out->ranges[out->range_count++] = (struct wire_range){end * ENGINE_PIECE_BYTES, 0};
}

/* --- pulls --- */

static struct ask *newest(struct pull *pull)
{
    return pull->ask_count > 0 ? &pull->asks[pull->ask_count - 1] : NULL;
}

/* The link that has the newest request counts it. Around every change of the requests. */
static void detach(struct engine *e, struct pull *pull)
{
    struct ask *ask = newest(pull);
    struct link *link = ask ? link_find(e, ask->link) : NULL;
    if (link)
        link->pull_count--;
}

static void attach(struct engine *e, struct pull *pull)
{
    struct ask *ask = newest(pull);
    struct link *link = ask ? link_find(e, ask->link) : NULL;
    if (link)
        link->pull_count++;
}

void pull_free(struct engine *e, struct pull *pull)
{
    detach(e, pull);
    if (!pull->item)
        e->logs[pull->slot].pull = NULL;
    for (size_t i = 0; i < 2; i++)
        run_free(e, &pull->runs[i]);
    for (size_t i = 0; i < e->pull_count; i++)
        if (e->pulls[i] == pull) {
            e->pulls[i] = e->pulls[--e->pull_count];
            break;
        }
    free(pull->claims);
    free(pull);
    e->is_waiting |= e->pull_count + 1 >= ENGINE_PULLS_MAX;
}

/* Nobody is asked any more; what came is kept for a while, in case somebody has the rest. */
static void rest(struct engine *e, struct pull *pull)
{
    detach(e, pull);
    pull->ask_count = 0;
    pull->expires = e->now.ms + ENGINE_PARTIAL_MS;
    if (!pull->runs[0].bytes && !pull->runs[1].bytes)
        pull_free(e, pull);
}

static size_t count_active(const struct engine *e)
{
    size_t count = 0;
    for (size_t i = 0; i < e->pull_count; i++)
        count += e->pulls[i]->ask_count > 0;
    return count;
}

static void set_aside(struct engine *e, struct pull *pull)
{
    for (size_t i = 0; i < pull->ask_count; i++)
        send_stop(e, &pull->asks[i]);
    rest(e, pull);
    e->is_waiting = true;
}

static struct pull *pull_new(struct engine *e, uint32_t slot, uint8_t item)
{
    struct pull *slow = slowest(e, NULL);
    if (count_active(e) >= ENGINE_PULLS_MAX && !slow)
        return NULL;
    if (count_active(e) >= ENGINE_PULLS_MAX)
        set_aside(e, slow);
    struct pull *oldest = oldest_resting(e, NULL);
    if (e->pull_count >= 2 * ENGINE_PULLS_MAX && oldest)
        pull_free(e, oldest);
    struct pull *pull = calloc(1, sizeof *pull);
    if (!pull || !grow(&e->pulls, &e->pull_room, e->pull_count + 1, sizeof *e->pulls)) {
        free(pull);
        return NULL;
    }
    pull->slot = slot;
    pull->item = item;
    e->pulls[e->pull_count++] = pull;
    if (!item)
        e->logs[slot].pull = pull;
    return pull;
}

static const struct run *run_of_link(const struct pull *pull, engine_link_id link)
{
    const struct run *best = NULL;
    for (size_t i = 0; i < 2; i++) {
        const struct run *run = &pull->runs[i];
        if (!run->bytes || run->came == 0 ||
            (pull->is_alone && (run->from_count != 1 || run->from[0] != link)))
            continue;
        if (!best || run->came > best->came)
            best = run;
    }
    return best;
}

static void ask(struct engine *e, struct pull *pull, struct link *link)
{
    const struct log *log = &e->logs[pull->slot];
    struct wire_message m = {.kind = WIRE_WANT};
    struct wire_want *want = &m.as.want;
    want->number = ++e->pull_number;
    want->prefix = log_prefix(log);
    want->item = pull->item;
    want->digest = pull->digest;
    want->wants_batches = !pull->item && (e->config.is_archive || log->is_gapped);
    if (!pull->item && log->is_given) {
        want->has_log = true;
        want->size = log->head.size;
        want->root = log->head.root;
        want->signed_at = log->head.signed_at;
    }
    const struct run *run = run_of_link(pull, link->id);
    if (run) {
        want->is_resumed = true;
        want->run = run->digest;
        run_holes(run, want);
        want->is_resumed = want->range_count > 0;
    }
    detach(e, pull);
    if (pull->ask_count == PULL_ASKS) {
        send_stop(e, &pull->asks[0]);
        memmove(pull->asks, pull->asks + 1, (PULL_ASKS - 1) * sizeof *pull->asks);
        pull->ask_count--;
    }
    /* nobody answers: less often */
    unsigned shift = pull->failures < FAILURES_FREE ? 0 : pull->failures - FAILURES_FREE;
    if (shift > FAILURE_DOUBLINGS)
        shift = FAILURE_DOUBLINGS;
    if (pull->ask_count == 0)
        pull->begun_at = e->now.ms;
    pull->asks[pull->ask_count++] =
        (struct ask){.link = link->id,
                     .number = want->number,
                     .at = e->now.ms,
                     .deadline = e->now.ms + (pull_patience(link) << shift)};
    attach(e, pull);
    out_control(e, link, &m);
}

/* Asks the next: of those who claim it the one that was asked least. False: nobody can be asked
 * now. */
static bool ask_next(struct engine *e, struct pull *pull, engine_link_id but)
{
    size_t *count;
    struct claim *claims = claims_of(e, pull, &count), *best = NULL;
    struct link *best_link = NULL;
    struct log *log = &e->logs[pull->slot];
    bool is_other = false;
    for (size_t i = 0; i < *count; i++) {
        struct claim *claim = &claims[i];
        enum use use = pull->item ? USEFUL : use_of(e, log, claim);
        struct link *link = link_up(e, claim->link);
        if (!link || use == USELESS || claim->link == but)
            continue;
        if (use == OTHER_HISTORY && !pull->is_other && e->now.ms < log->other_at) {
            if (log->other_at < e->others_at)
                e->others_at = log->other_at;
            continue;
        }
        if (link->pull_count >= ENGINE_PULLS_PER_LINK) {
            e->is_waiting = true;
            continue;
        }
        if (!best || claim->asked < best->asked ||
            (claim->asked == best->asked && link->standing > best_link->standing)) {
            best = claim;
            best_link = link;
            is_other = use == OTHER_HISTORY;
        }
    }
    if (!best)
        return false;
    best->asked++;
    if (is_other) {
        pull->is_other = true;
        log->other_at = e->now.ms + ENGINE_OTHER_MS;
    }
    ask(e, pull, best_link);
    return true;
}

/* Whether the writer may be given more of a log just now. */
bool pull_may_take(struct engine *e, struct log *log)
{
    return bucket_take(&log->takes, e->now.ms, 0, ENGINE_LOG_TAKES_BURST, ENGINE_LOG_TAKES_PER_S);
}

void pull_try(struct engine *e, uint32_t slot)
{
    struct log *log = &e->logs[slot];
    if (log->claim_count == 0 || log->is_taking || (log->pull && log->pull->ask_count > 0))
        return;
    if (e->now.ms < log->retry_at) {
        if (log->retry_at < e->others_at)
            e->others_at = log->retry_at;
        return;
    }
    if (!pull_may_take(e, log)) {
        log->retry_at = e->now.ms + 1000 / ENGINE_LOG_TAKES_PER_S;
        if (log->retry_at < e->others_at)
            e->others_at = log->retry_at;
        return;
    }
    bool is_new = !log->pull;
    struct pull *pull = is_new ? pull_new(e, slot, 0) : log->pull;
    if (!pull) {
        e->is_waiting = true;
        return;
    }
    if (!ask_next(e, pull, 0) && is_new)
        pull_free(e, pull);
}

/* Logs that found no place before. */
void pull_waiting(struct engine *e)
{
    if (!e->is_waiting || e->log_count == 0)
        return;
    e->is_waiting = false;
    for (size_t i = 0; i < e->log_count; i++) {
        size_t slot = (e->waiting_next + i) % e->log_count;
        if (count_active(e) >= ENGINE_PULLS_MAX && !slowest(e, NULL)) {
            e->waiting_next = slot;
            e->is_waiting = true;
            return;
        }
        if (e->logs[slot].claim_count == 0 ||
            (e->logs[slot].pull && e->logs[slot].pull->ask_count > 0))
            continue;
        pull_try(e, (uint32_t)slot);
    }
}

void pull_item(struct engine *e, struct link *link, uint32_t slot, uint8_t kind,
               const garita_digest *digest)
{
    struct pull *pull = NULL;
    for (size_t i = 0; i < e->pull_count && !pull; i++)
        if (e->pulls[i]->item == kind && e->pulls[i]->slot == slot &&
            memcmp(&e->pulls[i]->digest, digest, sizeof *digest) == 0)
            pull = e->pulls[i];
    if (!pull && (pull = pull_new(e, slot, kind)))
        pull->digest = *digest;
    if (!pull)
        return; /* the next list says it again */
    struct claim claim = {.link = link->id};
    add_claim(e, &pull->claims, &pull->claim_count, &pull->claim_room, ITEM_CLAIMS, link, &claim);
    if (pull->ask_count == 0 && !ask_next(e, pull, 0))
        rest(e, pull);
}

/* --- what comes --- */

static struct pull *find_ask(struct engine *e, const struct link *link, uint32_t number,
                             struct ask **out)
{
    for (size_t i = 0; i < e->pull_count; i++)
        for (size_t a = 0; a < e->pulls[i]->ask_count; a++)
            if (e->pulls[i]->asks[a].number == number && e->pulls[i]->asks[a].link == link->id) {
                *out = &e->pulls[i]->asks[a];
                return e->pulls[i];
            }
    return NULL;
}

/* The run that a piece belongs to. A new one takes the place of the one that has come less far: who
 * begins many and ends none shall not undo what others brought. Null: it is not worth it. */
static struct run *run_for(struct engine *e, struct pull *pull, const struct wire_run *m,
                           const struct link *link, bool is_newest)
{
    struct run *free_one = NULL, *less = &pull->runs[0];
    if (HAS_BUG(e, STALE_RUN) && pull->runs[0].bytes) {
        pull->runs[0].total = m->total;
        return &pull->runs[0];
    }
    for (size_t i = 0; i < 2; i++) {
        struct run *run = &pull->runs[i];
        if (!run->bytes) {
            free_one = free_one ? free_one : run;
            continue;
        }
        if (memcmp(&run->digest, &m->run, sizeof m->run) == 0 && run->total == m->total &&
            (!pull->is_alone || (run->from_count == 1 && run->from[0] == link->id)))
            return run;
        /* one digest, two lengths: one of them lies, and it is the other giver's run that would never
         * come to its end */
        if (is_newest && memcmp(&run->digest, &m->run, sizeof m->run) == 0 &&
            run->total != m->total) {
            run_free(e, run);
            free_one = free_one ? free_one : run;
            continue;
        }
        if (run->came < less->came)
            less = run;
    }
    if (!free_one && is_newest) {
        run_free(e, less);
        free_one = less;
    }
    if (!free_one)
        return NULL;
    free_one->digest = m->run;
    free_one->total = m->total;
    if (!run_room(e, pull, free_one, 1)) {
        run_free(e, free_one);
        return NULL;
    }
    e->scratch_len = 0;
    garita_bundle_write_header(out_sink, e);
    memcpy(free_one->bytes, e->scratch, GARITA_BUNDLE_HEADER_SIZE);
    return free_one;
}

static garita_bundle_reader read_run(const struct run *run)
{
    return (garita_bundle_reader){.bytes = run->bytes,
                                  .len = GARITA_BUNDLE_HEADER_SIZE + (size_t)run->total,
                                  .at = GARITA_BUNDLE_HEADER_SIZE};
}

/* The digest of the head that a log's run leads to; zero if there is none. */
static garita_digest head_in(const struct run *run)
{
    garita_digest digest = {{0}};
    garita_message m;
    for (garita_bundle_reader reader = read_run(run); reader.at < reader.len;) {
        if (garita_bundle_next(&reader, &m, NULL) != GARITA_OK)
            break;
        if (m.kind == GARITA_MESSAGE_TAIL || m.kind == GARITA_MESSAGE_SNAPSHOT)
            garita_digest_of(&digest, m.head.at, m.head.len);
    }
    return digest;
}

/* Whether it is a head, and nothing of what leads there. */
static bool is_bare(const struct run *run)
{
    garita_message m;
    garita_bundle_reader reader = read_run(run);
    return garita_bundle_next(&reader, &m, NULL) == GARITA_OK && m.kind == GARITA_MESSAGE_TAIL &&
           reader.at == reader.len;
}

/* Whether it is the item that was asked for, and nothing more. */
static bool is_item(const struct pull *pull, const struct run *run)
{
    garita_message m;
    garita_bundle_reader reader = read_run(run);
    if (garita_bundle_next(&reader, &m, NULL) != GARITA_OK || reader.at != reader.len)
        return false;
    if (pull->item == ENGINE_ITEM_PROOF)
        return m.kind == GARITA_MESSAGE_PROOF;
    garita_digest digest;
    garita_digest_of(&digest, m.bytes.at, m.bytes.len);
    garita_message_kind kind =
        pull->item == ENGINE_ITEM_EVIDENCE ? GARITA_MESSAGE_EVIDENCE : GARITA_MESSAGE_STATEMENT;
    return m.kind == kind && memcmp(&digest, &pull->digest, sizeof digest) == 0;
}

/* It is whole: to the writer with it. */
static void hand_over(struct engine *e, struct pull *pull, struct run *run)
{
    struct take take = {.kind = TAKE_RUN,
                        .from_count = run->from_count,
                        .slot = pull->slot,
                        .item = pull->item,
                        .digest = pull->item ? pull->digest : head_in(run),
                        .before = e->logs[pull->slot].head_digest,
                        .is_bare = !pull->item && is_bare(run)};
    memcpy(take.from, run->from, sizeof take.from);
    uint8_t *bytes = run->bytes;
    size_t len = GARITA_BUNDLE_HEADER_SIZE + (size_t)run->total;
    e->scratch_len = 0;
    garita_message end = {.kind = GARITA_MESSAGE_END};
    garita_bundle_write(out_sink, e, &end);
    if (len + e->scratch_len > run->room) { /* only where a run was resumed as another */
        pull_free(e, pull);
        return;
    }
    memcpy(bytes + len, e->scratch, e->scratch_len);
    len += e->scratch_len;
    e->partial_bytes -= run->room;
    run->bytes = NULL;
    run->room = 0;
    for (size_t i = 0; i < pull->ask_count; i++)
        send_stop(e, &pull->asks[i]);
    uint32_t slot = pull->slot;
    bool is_log = !pull->item;
    pull_free(e, pull);
    bool is_out = out_take(e, &take, bytes, len) != 0;
    if (is_log)
        e->logs[slot].is_taking = is_out;
}

/* All pieces came. True: it was handed over, and the pull is no more. */
static void complete(struct engine *e, struct pull *pull, struct run *run)
{
    garita_digest digest;
    mix(&digest, run->bytes + GARITA_BUNDLE_HEADER_SIZE, (size_t)run->total);
    bool is_right =
        memcmp(&digest, &run->digest, sizeof digest) == 0 && (!pull->item || is_item(pull, run));
    if (is_right || HAS_BUG(e, STALE_RUN)) {
        hand_over(e, pull, run);
        return;
    }
    /* one peer brought it: it lied. If there were several, who knows, and no honest one shall pay
     * for it: from now on each alone */
    engine_link_id from[SOURCES_MAX];
    size_t count = run->from_count;
    memcpy(from, run->from, sizeof from);
    run_free(e, run);
    pull->is_alone = true;
    if (newest(pull))
        newest(pull)->deadline = e->now.ms;
    for (size_t i = 0; i < count; i++) {
        struct link *link = link_up(e, from[i]);
        if (link && count == 1)
            link_close(e, link, ENGINE_FORGED);
        else if (link)
            link->standing--;
    }
}

bool pull_on_run(struct engine *e, struct link *link, const struct wire_run *m)
{
    struct ask *ask;
    struct pull *pull = find_ask(e, link, m->number, &ask);
    if (!pull)
        return false; /* it was stopped, and has not heard of it yet */
    bool is_newest = ask == newest(pull);
    struct run *run = run_for(e, pull, m, link, is_newest);
    if (!run || !run_put(e, pull, run, m, link->id))
        return false;
    link->run_at = e->now.ms;
    ask->has_progress = true;
    ask->deadline = e->now.ms + pull_patience(link);
    pull->failures = 0;
    if (is_newest && pull->ask_count > 1) { /* it delivers: the others need not */
        for (size_t i = 0; i + 1 < pull->ask_count; i++)
            send_stop(e, &pull->asks[i]);
        pull->asks[0] = *ask;
        pull->ask_count = 1;
        ask = &pull->asks[0];
    }
    if (run->whole >= piece_count(run)) {
        complete(e, pull, run);
        pull_waiting(e);
    } else if (m->offset + m->bytes.len == m->total) {
        /* its end came, and something before it did not: it is late, or lost */
        int64_t rtt = link->rtt_ms > HOLES_MS ? link->rtt_ms : HOLES_MS;
        if (e->now.ms + rtt < ask->deadline)
            ask->deadline = e->now.ms + rtt;
        ask->is_ended = true;
    }
    return true;
}

void pull_on_none(struct engine *e, struct link *link, const struct wire_none *none)
{
    struct ask *ask;
    struct pull *pull = find_ask(e, link, none->number, &ask);
    if (!pull)
        return;
    if (none->reason != WIRE_BUSY) { /* it has not what it claimed, or no longer */
        size_t *count;
        struct claim *claims = claims_of(e, pull, &count);
        for (size_t i = *count; i-- > 0;)
            if (claims[i].link == link->id)
                drop_claim(claims, count, i);
        link->standing--;
    }
    if (ask != newest(pull))
        return;
    if (none->reason == WIRE_BUSY) {
        ask->deadline = e->now.ms + pull_patience(link);
        ask_next(e, pull, link->id);
        return;
    }
    if (!ask_next(e, pull, link->id))
        rest(e, pull);
    pull_waiting(e);
}

/* --- who does not deliver --- */

static void next_one(struct engine *e, struct pull *pull)
{
    struct ask *ask = &pull->asks[pull->ask_count - 1];
    struct link *link = link_up(e, ask->link);
    bool is_late = e->now.ms >= ask->deadline;
    if (is_late && !ask->has_progress) {
        pull->failures++;
        if (link)
            link->standing--;
        size_t *count;
        struct claim *claims = claims_of(e, pull, &count);
        for (size_t i = *count; claims && i-- > 0;)
            if (claims[i].link == ask->link && claims[i].asked >= CLAIM_TRIES)
                drop_claim(claims, count, i);
    }
    if (ask_next(e, pull, ask->link))
        return;
    if (!is_late) {
        ask->at = e->now.ms; /* nobody else has it */
        return;
    }
    if (!ask_next(e, pull, 0))
        rest(e, pull);
}

/* Whether another claims it who was not asked yet. */
static bool has_unasked(const struct engine *e, const struct pull *pull, engine_link_id but)
{
    const struct log *log = &e->logs[pull->slot];
    for (size_t i = 0; !pull->item && i < log->claim_count; i++) {
        const struct claim *claim = &log->claims[i];
        const struct link *link =
            claim->asked == 0 && claim->link != but ? link_up(e, claim->link) : NULL;
        if (link && link->pull_count < ENGINE_PULLS_PER_LINK && use_of(e, log, claim) == USEFUL)
            return true;
    }
    return false;
}

/* When the next is to be asked. Who brings another run meanwhile is given time, but not for ever.
 */
static int64_t patience_ends(const struct engine *e, const struct pull *pull)
{
    const struct ask *ask = &pull->asks[pull->ask_count - 1];
    const struct link *link = link_find(e, ask->link);
    int64_t due = ask->deadline, hedge = ask->at + ENGINE_HEDGE_MS;
    if (!ask->has_progress && has_unasked(e, pull, ask->link)) {
        int64_t rtt = link && link->rtt_ms >= 0 ? link->rtt_ms : RTT_UNKNOWN_MS;
        int64_t sooner = ask->at + ENGINE_ASK_OTHER_MS + 3 * rtt;
        return sooner < due ? sooner : due;
    }
    if (link && !ask->is_ended && link->run_at + pull_patience(link) > due)
        due = link->run_at + pull_patience(link);
    return due < hedge ? due : hedge;
}

void pull_tick(struct engine *e)
{
    for (size_t i = e->pull_count; i-- > 0;) {
        if (i >= e->pull_count)
            continue;
        struct pull *pull = e->pulls[i];
        if (pull->ask_count == 0) {
            if (e->now.ms >= pull->expires)
                pull_free(e, pull);
        } else if (e->now.ms >= patience_ends(e, pull) && !HAS_BUG(e, IN_FLIGHT)) {
            next_one(e, pull);
        }
    }
    if (e->now.ms >= e->others_at) {
        e->others_at = NEVER;
        for (size_t i = 0; i < e->log_count; i++)
            pull_try(e, (uint32_t)i);
    }
    pull_waiting(e);
}

int64_t pull_due(const struct engine *e)
{
    int64_t due = NEVER;
    for (size_t i = 0; i < e->pull_count; i++) {
        const struct pull *pull = e->pulls[i];
        int64_t at = pull->ask_count == 0 ? pull->expires : patience_ends(e, pull);
        if (pull->ask_count > 0 && HAS_BUG(e, IN_FLIGHT))
            at = NEVER;
        if (at < due)
            due = at;
    }
    return due;
}

void pull_link_gone(struct engine *e, const struct link *link)
{
    for (size_t i = 0; i < e->log_count; i++)
        for (size_t c = e->logs[i].claim_count; c-- > 0;)
            if (e->logs[i].claims[c].link == link->id)
                drop_claim(e->logs[i].claims, &e->logs[i].claim_count, c);
    for (size_t i = e->pull_count; i-- > 0;) {
        if (i >= e->pull_count)
            continue;
        struct pull *pull = e->pulls[i];
        for (size_t c = pull->claim_count; c-- > 0;)
            if (pull->claims[c].link == link->id)
                drop_claim(pull->claims, &pull->claim_count, c);
        if (pull->ask_count == 0)
            continue;
        bool was_newest = newest(pull)->link == link->id;
        detach(e, pull);
        size_t kept = 0;
        for (size_t a = 0; a < pull->ask_count; a++)
            if (pull->asks[a].link != link->id)
                pull->asks[kept++] = pull->asks[a];
        pull->ask_count = kept;
        attach(e, pull);
        if (was_newest && !ask_next(e, pull, 0) && pull->ask_count == 0)
            rest(e, pull);
    }
}

/* --- what became of it --- */

void pull_later(struct engine *e, struct log *log)
{
    log->retry_ms = log->retry_ms == 0 ? ENGINE_RETRY_MS : log->retry_ms * 2;
    if (log->retry_ms > ENGINE_RETRY_MAX_MS)
        log->retry_ms = ENGINE_RETRY_MAX_MS;
    log->retry_at = e->now.ms + log->retry_ms;
    if (log->retry_at < e->others_at)
        e->others_at = log->retry_at;
}

/* Claims of those who brought it, and that it did not make good, are gone. What is refused, for
 * all, is only the head that was really in it: a claim is a word, and shall not speak against
 * others'. */
static void judge_claims(struct engine *e, const struct take *take,
                         const struct engine_take_result *result)
{
    struct log *log = &e->logs[take->slot];
    bool has_gained = memcmp(&log->head_digest, &take->before, sizeof take->before) != 0;
    bool is_held =
        log->is_given && memcmp(&log->head_digest, &take->digest, sizeof take->digest) == 0;
    if (!is_held && !result->is_gap && !result->is_wrong) {
        /* Another history's head is had once, with all that leads there: a giver that did not know
         * yet that there are two has sent the head alone. One that brought nothing may count later.
         */
        garita_digest name = head_name(log, &take->digest);
        if (log->is_equivocated && !take->is_bare)
            memo_put(&e->refused, e->now.ms, &name, e->now.ms + ENGINE_OTHER_KEPT_MS, 0);
        else if (!log->is_equivocated && !has_gained)
            memo_put(&e->refused, e->now.ms, &name, e->now.ms + ENGINE_REFUSED_MS, 0);
    }
    for (size_t f = 0; f < take->from_count; f++)
        for (size_t i = log->claim_count; i-- > 0;) {
            struct claim claim = log->claims[i];
            if (claim.link != take->from[f])
                continue;
            enum use use = use_of(e, log, &claim);
            struct link *link = link_up(e, claim.link);
            if (use == USEFUL && link)
                link->standing--;
            drop_claim(log->claims, &log->claim_count, i);
        }
}

/* Nothing shows that what came goes on from what is held: once it is told, and from then on it is
 * asked for batches, which show it wherever there are enough of them. */
static void note_gap(struct engine *e, struct log *log, bool is_gap)
{
    static const char what[] = ": what a peer gives leads to nothing that is held here";
    bool is_new = is_gap && !log->is_gapped;
    log->is_gapped = is_gap;
    size_t name_len = strlen(log->name);
    char *text = is_new ? malloc(name_len + sizeof what) : NULL;
    if (!text)
        return;
    memcpy(text, log->name, name_len);
    memcpy(text + name_len, what, sizeof what);
    action_put(e, &(struct engine_action){.kind = ENGINE_ALARM, .text = text}, (uint8_t *)text);
}

void pull_taken(struct engine *e, const struct take *take, const struct engine_take_result *result)
{
    if (take->slot != NO_SLOT) {
        struct log *log = &e->logs[take->slot];
        if (!take->item)
            log->is_taking = false;
        if (!result->is_kept) {
            if (!take->item)
                pull_later(e, log);
        } else if (take->item) {
            for (size_t i = 0; i < take->from_count && !stock_item(e, &take->digest); i++)
                items_refuse(e, take->item, &take->digest, take->from[i]);
        } else {
            log->retry_at = log->retry_ms = 0;
            note_gap(e, log, result->is_gap);
            judge_claims(e, take, result);
            pull_prune(e, take->slot);
        }
    }
    if (result->is_kept && result->is_wrong)
        for (size_t i = 0; i < take->from_count; i++) {
            struct link *link = link_up(e, take->from[i]);
            if (link && take->from_count == 1)
                link_close(e, link, ENGINE_FORGED);
            else if (link) /* each has vouched for all of it, by its digest */
                link_strike(e, link);
        }
    if (take->slot != NO_SLOT && !take->item)
        pull_try(e, take->slot);
    pull_waiting(e);
}
