#include "inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Runs that are given. One that several ask for is made once. */

static bool is_of(const struct kept_run *run, uint32_t slot, const struct wire_want *want)
{
    return run->slot == slot && run->item == want->item &&
           (!want->item || memcmp(&run->item_digest, &want->digest, sizeof want->digest) == 0);
}

/* A run at hand that answers: the one that is resumed, or one made for the same question at this
 * head. */
static struct kept_run *find_run(const struct engine *e, uint32_t slot,
                                 const struct wire_want *want)
{
    const struct log *log = &e->logs[slot];
    struct kept_run *found = NULL;
    for (size_t i = 0; i < e->run_count; i++) {
        struct kept_run *run = e->runs[i];
        if (!is_of(run, slot, want))
            continue;
        if (want->is_resumed && memcmp(&run->digest, &want->run, sizeof want->run) == 0)
            return run;
        bool is_same = want->item || (run->has_log == want->has_log && run->size == want->size &&
                                      run->signed_at == want->signed_at &&
                                      garita_hash_equal(&run->root, &want->root) &&
                                      run->wants_batches == want->wants_batches &&
                                      memcmp(&run->head, &log->head_digest, sizeof run->head) == 0);
        if (is_same)
            found = run;
    }
    return found;
}

static void none(struct engine *e, struct link *link, uint32_t number, enum wire_none_reason reason)
{
    struct wire_message m = {.kind = WIRE_NONE};
    m.as.none.number = number;
    m.as.none.reason = (uint8_t)reason;
    out_control(e, link, &m);
}

static void end_giving(struct link *link, size_t index)
{
    link->givings[index].run->users--;
    memmove(link->givings + index, link->givings + index + 1,
            (--link->giving_count - index) * sizeof *link->givings);
}

static void run_free(struct engine *e, size_t index)
{
    struct kept_run *run = e->runs[index];
    e->run_bytes -= run->len;
    e->runs[index] = e->runs[--e->run_count];
    free(run->bytes);
    free(run);
}

/* Ends what is being given of a run. Whoever got it goes on where he was, here or elsewhere. */
static void take_back(struct engine *e, const struct kept_run *run)
{
    for (size_t l = 0; l < e->link_count; l++) {
        struct link *link = e->links[l];
        for (size_t i = link->giving_count; i-- > 0;)
            if (link->givings[i].run == run) {
                none(e, link, link->givings[i].number, WIRE_BUSY);
                end_giving(link, i);
            }
    }
}

/* The run that goes first: of those that nobody is being given the oldest, else the one that is
 * given longest, for so long that whoever reads it has got some of it. run_count: none. */
static size_t first_to_go(const struct engine *e)
{
    size_t unused = e->run_count, held = e->run_count;
    for (size_t i = 0; i < e->run_count; i++) {
        const struct kept_run *run = e->runs[i];
        if (run->users == 0) {
            if (unused == e->run_count || run->used_at < e->runs[unused]->used_at)
                unused = i;
        } else if (e->now.ms - run->given_at >= ENGINE_RUN_HELD_MS) {
            if (held == e->run_count || run->given_at < e->runs[held]->given_at)
                held = i;
        }
    }
    return unused < e->run_count ? unused : held;
}

/* Lets go of runs until there is room: for a short one there always is, so that nobody keeps news
 * from others by asking for much and not reading it. */
static bool make_room(struct engine *e, size_t bytes)
{
    while (e->run_count >= ENGINE_RUNS_MAX ||
           (bytes > ENGINE_RUN_SHORT_BYTES && e->run_bytes + bytes > ENGINE_RUNS_BYTES_MAX)) {
        size_t index = first_to_go(e);
        if (index == e->run_count)
            return false;
        take_back(e, e->runs[index]);
        run_free(e, index);
    }
    return true;
}

/* Makes the run that answers. Null, with why. */
static struct kept_run *make_run(struct engine *e, uint32_t slot, const struct wire_want *want,
                                 enum wire_none_reason *why)
{
    const struct log *log = &e->logs[slot];
    const struct engine_host *host = &e->config.host;
    *why = WIRE_NOT_HERE;
    e->scratch_len = 0;
    bool is_made = false;
    if (want->item) {
        const struct item *item = stock_item_of(e, slot, want->item, &want->digest);
        is_made =
            item && host->item(host->context, &log->id, want->item, &item->digest, out_sink, e);
    } else if (log->is_given) {
        garita_have_log theirs = {
            .id = log->id, .size = want->size, .root = want->root, .signed_at = want->signed_at};
        is_made = host->give(host->context, &log->id, want->has_log ? &theirs : NULL,
                             want->wants_batches, out_sink, e);
    }
    if (!is_made)
        return NULL;
    *why = WIRE_NOTHING_NEW;
    if (e->scratch_len == 0)
        return NULL;
    *why = WIRE_BUSY;
    struct kept_run *run = calloc(1, sizeof *run);
    if (!run || !make_room(e, e->scratch_len) ||
        !grow(&e->runs, &e->run_room, e->run_count + 1, sizeof *e->runs)) {
        free(run);
        return NULL;
    }
    *run = (struct kept_run){.slot = slot,
                             .item = want->item,
                             .item_digest = want->digest,
                             .head = log->head_digest,
                             .has_log = want->has_log,
                             .wants_batches = want->wants_batches,
                             .size = want->size,
                             .root = want->root,
                             .signed_at = want->signed_at,
                             .len = e->scratch_len};
    /* what it was written to becomes the run's own */
    uint8_t *fitting = realloc(e->scratch, e->scratch_len);
    run->bytes = fitting ? fitting : e->scratch;
    e->scratch = NULL;
    e->scratch_room = e->scratch_len = 0;
    mix(&run->digest, run->bytes, run->len);
    e->run_bytes += run->len;
    e->runs[e->run_count++] = run;
    return run;
}

static bool may_give(struct engine *e, struct link *link, int64_t cost)
{
    return HAS_BUG(e, NO_BOUND) ||
           bucket_take(&link->gives, e->now.ms, cost, ENGINE_GIVES_BURST, ENGINE_GIVES_PER_S);
}

void give_on_want(struct engine *e, struct link *link, const struct wire_want *want)
{
    uint32_t slot = stock_find_prefix(e, &want->prefix);
    if (slot == NO_SLOT) {
        none(e, link, want->number, WIRE_NOT_HERE);
        return;
    }
    for (size_t i = 0; i < link->giving_count; i++)
        if (link->givings[i].number == want->number)
            return; /* it came twice */
    if (link->giving_count == ENGINE_GIVING_MAX || !may_give(e, link, 1)) {
        none(e, link, want->number, WIRE_BUSY);
        return;
    }
    enum wire_none_reason why = WIRE_BUSY;
    struct kept_run *run = find_run(e, slot, want);
    if (!run) {
        run = make_run(e, slot, want, &why);
        /* what was costly to make counts as several, afterwards, whatever came of it */
        size_t made = run ? run->len : e->scratch_len;
        int64_t cost = (int64_t)(made / ENGINE_GIVE_COST_BYTES);
        bucket_owe(&link->gives, cost < ENGINE_GIVES_BURST ? cost : ENGINE_GIVES_BURST);
        out_trim(e);
        if (!run) {
            none(e, link, want->number, why);
            return;
        }
    }
    if (run->users++ == 0)
        run->given_at = e->now.ms;
    run->used_at = e->now.ms;
    struct giving *giving = &link->givings[link->giving_count++];
    *giving = (struct giving){.number = want->number, .run = run, .range_count = 1};
    bool is_same = want->is_resumed && (memcmp(&run->digest, &want->run, sizeof want->run) == 0 ||
                                        HAS_BUG(e, STALE_RUN));
    giving->ranges[0] = (struct wire_range){0, run->len};
    if (is_same) {
        giving->range_count = 0;
        for (size_t i = 0; i < want->range_count; i++) {
            struct wire_range range = want->ranges[i];
            range.offset -= range.offset % ENGINE_PIECE_BYTES;
            if (range.offset >= run->len)
                continue;
            if (range.len == 0 || range.len > run->len - range.offset)
                range.len = run->len - range.offset;
            giving->ranges[giving->range_count++] = range;
        }
    }
    out_wake(e, link);
}

void give_on_stop(struct engine *e, struct link *link, const struct wire_stop *stop)
{
    (void)e;
    for (size_t i = 0; i < link->giving_count; i++)
        if (link->givings[i].number == stop->number) {
            end_giving(link, i);
            return;
        }
}

/* One piece of one run, in turn. */
bool give_piece(struct engine *e, struct link *link, struct wire_writer *writer)
{
    while (link->giving_count > 0) {
        size_t index = link->giving_next++ % link->giving_count;
        struct giving *giving = &link->givings[index];
        struct kept_run *run = giving->run;
        if (giving->range == giving->range_count) {
            end_giving(link, index);
            continue;
        }
        struct wire_range *range = &giving->ranges[giving->range];
        size_t len = run->len - (size_t)range->offset;
        if (len > ENGINE_PIECE_BYTES)
            len = ENGINE_PIECE_BYTES;
        struct wire_message m = {.kind = WIRE_RUN};
        m.as.run.number = giving->number;
        m.as.run.run = run->digest;
        m.as.run.total = run->len;
        m.as.run.offset = range->offset;
        m.as.run.bytes = (garita_bytes){run->bytes + range->offset, len};
        if (!wire_put(writer, &m))
            return false;
        run->used_at = e->now.ms;
        range->offset += len;
        range->len -= len < range->len ? len : range->len;
        if (range->len == 0)
            giving->range++;
        if (giving->range == giving->range_count)
            end_giving(link, index);
        return true;
    }
    return false;
}

void give_link_gone(struct engine *e, struct link *link)
{
    (void)e;
    while (link->giving_count > 0)
        end_giving(link, link->giving_count - 1);
}

void give_tick(struct engine *e)
{
    for (size_t i = e->run_count; i-- > 0;)
        if (e->runs[i]->users == 0 &&
            (e->now.ms - e->runs[i]->used_at >= ENGINE_RUN_KEPT_MS || e->runs[i]->slot == NO_SLOT))
            run_free(e, i);
}

int64_t give_due(const struct engine *e)
{
    int64_t due = NEVER;
    for (size_t i = 0; i < e->run_count; i++)
        if (e->runs[i]->users == 0 && e->runs[i]->used_at + ENGINE_RUN_KEPT_MS < due)
            due = e->runs[i]->used_at + ENGINE_RUN_KEPT_MS;
    return due;
}

void give_free(struct engine *e)
{
    while (e->run_count > 0)
        run_free(e, 0);
}
