#include "inside.h"

#include <stdlib.h>
#include <string.h>

/* Statements, proofs and evidence. What is new is pushed; what is missing is listed by one side and
 * asked for by the other; what comes is gathered into a bundle while the writer has the one before.
 */

enum { LIST_PART = 256, SOURCE_MS = 60000 };

/* --- giving --- */

/* What is new here goes to all who have not brought it: proofs before all else. */
void items_news(struct engine *e, const struct item *item)
{
    const struct memo_entry *source = memo_find(&e->sources, e->now.ms, &item->digest);
    for (size_t i = 0; i < e->link_count; i++) {
        struct link *link = e->links[i];
        if (link->state != LINK_UP || (source && source->value == link->id))
            continue;
        struct item *due = item->kind == ENGINE_ITEM_PROOF
                               ? line_push_first(&link->answers, sizeof *due, ENGINE_ITEMS_DUE_MAX)
                               : line_push(&link->news, sizeof *due, ENGINE_ITEMS_DUE_MAX);
        if (due)
            *due = *item;
        out_wake(e, link);
        link_set_due(e, link);
    }
}

void items_list(struct engine *e, struct link *link, uint32_t slot, uint8_t kind)
{
    const struct list_due *lists = line_first(&link->lists, sizeof *lists);
    for (size_t i = 0; i < link->lists.count; i++)
        if (lists[i].slot == slot && lists[i].kind == kind)
            return;
    struct list_due *due = line_push(&link->lists, sizeof *due, ENGINE_LISTS_DUE_MAX);
    if (due)
        *due = (struct list_due){slot, kind, 0};
    out_wake(e, link);
}

static bool put_digests(const struct engine *e, struct wire_writer *writer, uint8_t kind,
                        uint32_t slot, uint8_t item_kind, const garita_digest *digests,
                        size_t count)
{
    struct wire_message m = {.kind = kind};
    m.as.items.prefix = log_prefix(&e->logs[slot]);
    m.as.items.kind = item_kind;
    m.as.items.digests = digests->bytes;
    m.as.items.count = count;
    return wire_put(writer, &m);
}

bool items_put_lists(struct engine *e, struct link *link, struct wire_writer *writer)
{
    struct list_due *due;
    bool has_put = false;
    while ((due = line_first(&link->lists, sizeof *due)) && writer->len < ENGINE_ITEM_BYTES_MAX) {
        const struct group *group = &e->logs[due->slot].groups[group_of(due->kind)];
        garita_digest digests[LIST_PART];
        size_t count = 0;
        while (due->from + count < group->count && count < LIST_PART) {
            digests[count] = e->items[group->first + due->from + count].digest;
            count++;
        }
        if (count > 0 && !put_digests(e, writer, WIRE_LIST, due->slot, due->kind, digests, count))
            break;
        has_put = true;
        due->from += (uint32_t)count;
        if (due->from >= group->count)
            line_pop(&link->lists);
    }
    return has_put;
}

void items_on_ask(struct engine *e, struct link *link, const struct wire_items *items)
{
    uint32_t slot = stock_find_prefix(e, &items->prefix);
    for (size_t i = 0; slot != NO_SLOT && i < items->count; i++) {
        garita_digest digest;
        memcpy(&digest, items->digests + i * sizeof digest, sizeof digest);
        const struct item *item = stock_item_of(e, slot, items->kind, &digest);
        struct item *due =
            item ? line_push(&link->answers, sizeof *due, ENGINE_ITEMS_DUE_MAX) : NULL;
        if (due)
            *due = *item;
        if (items->kind == ENGINE_ITEM_PROOF)
            break; /* there is one, whatever it was asked by */
    }
    out_wake(e, link);
}

/* The items that were asked for, or those that are new: these only so many a second. */
bool items_put_answers(struct engine *e, struct link *link, struct wire_writer *writer,
                       bool is_news)
{
    struct line *line = is_news ? &link->news : &link->answers;
    const struct engine_host *host = &e->config.host;
    const struct item *due;
    bool has_put = false;
    while (
        (due = line_first(line, sizeof *due)) &&
        (link->queued + writer->len < ENGINE_BULK_QUEUED_MAX || due->kind == ENGINE_ITEM_PROOF)) {
        struct item item = *due;
        if (writer->cap - writer->len < ENGINE_ITEM_BYTES_MAX)
            break;
        if (is_news &&
            !bucket_take(&link->pushes, e->now.ms, 1, ENGINE_PUSH_BURST, ENGINE_PUSH_PER_S)) {
            link->try_at = e->now.ms + 1000 / ENGINE_PUSH_PER_S;
            break;
        }
        line_pop(line);
        const garita_hash *log = &e->logs[item.slot].id;
        e->scratch_len = 0;
        if (!host->item(host->context, log, item.kind, &item.digest, out_sink, e))
            continue; /* it is gone by now */
        if (e->scratch_len <= ENGINE_ITEM_BYTES_MAX) {
            memcpy(writer->bytes + writer->len, e->scratch, e->scratch_len);
            writer->len += e->scratch_len;
        } else {
            put_digests(e, writer, is_news ? WIRE_LIST : WIRE_LARGE, item.slot, item.kind,
                        &item.digest, 1);
        }
        has_put = true;
    }
    out_trim(e);
    return has_put;
}

/* --- what is refused --- */

/* Bytes that stand for themselves are refused of everybody. A piece of evidence has the digest of
 * its batch, whatever head and path it comes with, and of proofs any is as good as another: of
 * these nothing is held against what others bring. And no name is that of a head, or of another
 * kind. */
static garita_digest refused_name(uint8_t kind, const garita_digest *digest, engine_link_id link)
{
    bool is_statement = kind != ENGINE_ITEM_PROOF && kind != ENGINE_ITEM_EVIDENCE;
    struct {
        garita_digest digest;
        engine_link_id link;
        uint32_t kind;
    } named = {*digest, is_statement ? 0 : link, is_statement ? ENGINE_ITEM_AUTHORITY : kind};
    garita_digest name;
    mix(&name, &named, sizeof named);
    return name;
}

void items_refuse(struct engine *e, uint8_t kind, const garita_digest *digest, engine_link_id link)
{
    garita_digest name = refused_name(kind, digest, link);
    memo_put(&e->refused, e->now.ms, &name, e->now.ms + ENGINE_REFUSED_MS, 0);
}

static bool is_refused(const struct engine *e, uint8_t kind, const garita_digest *digest,
                       engine_link_id link)
{
    garita_digest name = refused_name(kind, digest, link);
    return memo_find(&e->refused, e->now.ms, &name);
}

/* --- wanting --- */

static struct wanted *find_wanted(const struct engine *e, const garita_digest *digest)
{
    const struct memo_entry *entry = memo_find(&e->wanted_index, e->now.ms, digest);
    return entry && entry->value < e->wanted_count ? &e->wanted[entry->value] : NULL;
}

static void set_asked(struct engine *e, struct wanted *wanted, bool is_asked)
{
    if (wanted->is_asked == is_asked)
        return;
    wanted->is_asked = is_asked;
    struct link *link = link_find(e, wanted->at.link);
    if (!link)
        return;
    link->asked_count += is_asked ? 1 : (size_t)-1;
    link->has_wanted |= !is_asked;
    out_wake(e, link); /* there is room for more */
}

/* Whose turn it is has one more, or one less. */
static void count_wanted(const struct engine *e, const struct wanted *wanted, int change)
{
    struct link *link = link_find(e, wanted->at.link);
    if (link)
        link->wanted_count += (size_t)change;
}

static void forget_wanted(struct engine *e, struct wanted *wanted)
{
    set_asked(e, wanted, false);
    count_wanted(e, wanted, -1);
    memo_forget(&e->wanted_index, &wanted->digest);
    struct wanted *last = &e->wanted[--e->wanted_count];
    if (last != wanted) {
        *wanted = *last;
        memo_put(&e->wanted_index, e->now.ms, &wanted->digest, MEMO_FOREVER,
                 (uint32_t)(wanted - e->wanted));
    }
}

/* Turns to the next who has it. False: there is none, and it is forgotten until somebody says it
 * again. */
static bool turn(struct engine *e, struct wanted *wanted)
{
    set_asked(e, wanted, false);
    while (wanted->other_count > 0) {
        count_wanted(e, wanted, -1);
        wanted->at = wanted->others[0];
        count_wanted(e, wanted, 1);
        memmove(wanted->others, wanted->others + 1, --wanted->other_count * sizeof *wanted->others);
        struct link *link = link_up(e, wanted->at.link);
        if (link) {
            link->has_wanted = true;
            out_wake(e, link);
            return true;
        }
    }
    forget_wanted(e, wanted);
    return false;
}

/* One more who has it. Where there are too many, one goes by lot. */
static void add_lister(struct engine *e, struct wanted *wanted, const struct lister *lister)
{
    size_t room = sizeof wanted->others / sizeof *wanted->others;
    bool is_there = wanted->at.link == lister->link;
    for (size_t i = 0; i < wanted->other_count; i++)
        is_there |= wanted->others[i].link == lister->link;
    if (is_there)
        return;
    if (wanted->other_count < room)
        wanted->others[wanted->other_count++] = *lister;
    else
        wanted->others[random_below(e, room)] = *lister;
}

static void want(struct engine *e, struct link *link, uint32_t slot, uint8_t kind,
                 const garita_digest *digest)
{
    struct wanted *wanted = find_wanted(e, digest);
    const struct lister lister = {link->id, slot, kind};
    size_t max = link->is_outbound ? ENGINE_WANTED_MAX : ENGINE_WANTED_MAX / 2;
    if (wanted) {
        add_lister(e, wanted, &lister);
        return;
    }
    if (e->wanted_count >= max || link->wanted_count >= ENGINE_WANTED_PER_LINK ||
        !grow(&e->wanted, &e->wanted_room, e->wanted_count + 1, sizeof *e->wanted) ||
        !memo_put(&e->wanted_index, e->now.ms, digest, MEMO_FOREVER, (uint32_t)e->wanted_count))
        return;
    e->wanted[e->wanted_count++] = (struct wanted){.digest = *digest, .at = lister};
    link->wanted_count++;
    link->has_wanted = true;
    out_wake(e, link);
}

void items_on_list(struct engine *e, struct link *link, const struct wire_items *items)
{
    uint32_t slot = stock_find_prefix(e, &items->prefix);
    if (slot == NO_SLOT || (items->kind == ENGINE_ITEM_PROOF &&
                            e->logs[slot].groups[group_of(ENGINE_ITEM_PROOF)].count > 0))
        return;
    for (size_t i = 0; i < items->count; i++) {
        garita_digest digest;
        memcpy(&digest, items->digests + i * sizeof digest, sizeof digest);
        if (!stock_item_of(e, slot, items->kind, &digest) &&
            !is_refused(e, items->kind, &digest, link->id))
            want(e, link, slot, items->kind, &digest);
    }
}

static int compare_digests(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(garita_digest));
}

/* Asks a link for what it has and nobody was asked for yet: of one group at a time. */
bool items_put_asks(struct engine *e, struct link *link, struct wire_writer *writer)
{
    bool has_put = false;
    while (link->has_wanted && link->asked_count < ENGINE_ASKED_PER_LINK / 2) {
        garita_digest digests[ENGINE_ASKED_PER_LINK];
        size_t count = 0;
        uint32_t slot = NO_SLOT;
        uint8_t kind = 0;
        bool has_more = false;
        int64_t deadline = e->now.ms + pull_patience(link);
        for (size_t i = 0; i < e->wanted_count; i++) {
            struct wanted *wanted = &e->wanted[i];
            if (wanted->is_asked || wanted->at.link != link->id)
                continue;
            if (slot == NO_SLOT) {
                slot = wanted->at.slot;
                kind = wanted->at.kind;
            }
            if (wanted->at.slot != slot || wanted->at.kind != kind ||
                count == ENGINE_ASKED_PER_LINK) {
                has_more = true;
                continue;
            }
            digests[count++] = wanted->digest;
        }
        if (count == 0) {
            link->has_wanted = false;
            break;
        }
        qsort(digests, count, sizeof *digests, compare_digests);
        if (!put_digests(e, writer, WIRE_ASK, slot, kind, digests, count))
            break;
        for (size_t i = 0; i < count; i++) {
            struct wanted *wanted = find_wanted(e, &digests[i]);
            if (!wanted)
                continue;
            set_asked(e, wanted, true);
            wanted->deadline = deadline;
        }
        link->has_wanted = has_more;
        if (deadline < e->wanted_due)
            e->wanted_due = deadline;
        has_put = true;
    }
    return has_put;
}

void items_on_large(struct engine *e, struct link *link, const struct wire_items *items)
{
    uint32_t slot = stock_find_prefix(e, &items->prefix);
    for (size_t i = 0; slot != NO_SLOT && i < items->count; i++) {
        garita_digest digest;
        memcpy(&digest, items->digests + i * sizeof digest, sizeof digest);
        struct wanted *wanted = find_wanted(e, &digest);
        if (!wanted || !wanted->is_asked || wanted->at.link != link->id ||
            wanted->at.slot != slot || wanted->at.kind != items->kind)
            continue; /* it was not asked */
        pull_item(e, link, slot, items->kind, &digest);
        turn(e, wanted); /* who else has it says so too, or that it is not long at all */
    }
}

void items_tick(struct engine *e)
{
    if (e->now.ms < e->wanted_due)
        return;
    e->wanted_due = NEVER;
    for (size_t i = e->wanted_count; i-- > 0;) {
        struct wanted *wanted = &e->wanted[i];
        if (!wanted->is_asked)
            continue;
        if (e->now.ms >= wanted->deadline)
            turn(e, wanted);
        else if (wanted->deadline < e->wanted_due)
            e->wanted_due = wanted->deadline;
    }
}

void items_link_gone(struct engine *e, const struct link *link)
{
    for (size_t i = e->wanted_count; i-- > 0;)
        if (e->wanted[i].at.link == link->id)
            turn(e, &e->wanted[i]);
}

static bool move_lister(struct lister *lister, const uint32_t *moved, size_t old_count)
{
    lister->slot = lister->slot < old_count ? moved[lister->slot] : NO_SLOT;
    return lister->slot != NO_SLOT;
}

void items_moved(struct engine *e, const uint32_t *moved, size_t old_count)
{
    for (size_t i = e->wanted_count; i-- > 0;) {
        struct wanted *wanted = &e->wanted[i];
        size_t kept = 0;
        for (size_t k = 0; k < wanted->other_count; k++)
            if (move_lister(&wanted->others[k], moved, old_count))
                wanted->others[kept++] = wanted->others[k];
        wanted->other_count = (uint8_t)kept;
        if (!move_lister(&wanted->at, moved, old_count))
            turn(e, wanted);
    }
}

/* --- taking --- */

static bool gather_room(const struct engine *e, struct link *link, size_t len)
{
    if (!link->gathered)
        link->gathered = malloc(ENGINE_GATHER_ITEMS_MAX * sizeof *link->gathered);
    if (!link->taking)
        link->taking = malloc(ENGINE_GATHER_ITEMS_MAX * sizeof *link->taking);
    if (!link->gathered || !link->taking || link->gathered_count == ENGINE_GATHER_ITEMS_MAX)
        return false;
    if (!HAS_BUG(e, NO_BOUND) && link->gather_len + len > ENGINE_GATHER_BYTES_MAX)
        return false;
    return grow(&link->gather, &link->gather_room,
                link->gather_len + len + GARITA_BUNDLE_HEADER_SIZE + 2, 1);
}

static void gather_put(struct link *link, const uint8_t *bytes, size_t len)
{
    memcpy(link->gather + link->gather_len, bytes, len);
    link->gather_len += len;
}

static uint8_t kind_of(const struct wire_message *message)
{
    switch (message->kind) {
    case WIRE_PROOF:
        return ENGINE_ITEM_PROOF;
    case WIRE_EVIDENCE:
        return ENGINE_ITEM_EVIDENCE;
    default:
        return ENGINE_ITEM_AUTHORITY; /* or another statement */
    }
}

/* True: it was asked for. */
bool items_on_item(struct engine *e, struct link *link, const struct wire_message *message)
{
    const garita_digest *digest = &message->as.item.digest;
    garita_bytes bytes = message->as.item.message;
    const struct came came = {*digest, kind_of(message)};
    int64_t logs = (int64_t)e->log_count;
    struct wanted *wanted = find_wanted(e, digest);
    bool was_asked = wanted && wanted->is_asked && wanted->at.link == link->id;
    if (!was_asked && !HAS_BUG(e, NO_BOUND) &&
        !bucket_take(&link->unasked, e->now.ms, 1, ENGINE_UNASKED_BURST + logs,
                     ENGINE_UNASKED_PER_S + logs)) {
        link_close(e, link, ENGINE_UNASKED);
        return false;
    }
    memo_put(&e->sources, e->now.ms, digest, e->now.ms + SOURCE_MS, link->id);
    if (stock_item(e, digest)) {
        if (wanted)
            forget_wanted(e, wanted);
        return was_asked;
    }
    if (is_refused(e, came.kind, digest, link->id)) {
        if (was_asked)
            turn(e, wanted);
        return was_asked;
    }
    for (size_t i = 0; i < link->gathered_count + link->taking_count; i++) {
        const struct came *known =
            i < link->gathered_count ? &link->gathered[i] : &link->taking[i - link->gathered_count];
        if (known->kind == came.kind && memcmp(&known->digest, digest, sizeof *digest) == 0)
            return was_asked; /* the writer has it, or will */
    }
    if (!gather_room(e, link, bytes.len))
        return was_asked; /* as if lost: it is listed again */
    if (wanted && came.kind == ENGINE_ITEM_AUTHORITY)
        forget_wanted(e,
                      wanted); /* of the others only the writer knows whether it is what it says */
    if (link->gather_len == 0) {
        e->scratch_len = 0;
        garita_bundle_write_header(out_sink, e);
        gather_put(link, e->scratch, e->scratch_len);
    }
    gather_put(link, bytes.at, bytes.len);
    link->gathered[link->gathered_count++] = came;
    return was_asked;
}

void items_flush(struct engine *e, struct link *link)
{
    if (link->gathered_count == 0 || link->is_taking || link->state != LINK_UP)
        return;
    garita_message end = {.kind = GARITA_MESSAGE_END};
    e->scratch_len = 0;
    garita_bundle_write(out_sink, e, &end);
    gather_put(link, e->scratch, e->scratch_len);
    struct take take = {.kind = TAKE_ITEMS, .from = {link->id}, .from_count = 1, .slot = NO_SLOT};
    struct came *emptied = link->taking;
    uint8_t *bytes = link->gather;
    size_t len = link->gather_len;
    link->taking = link->gathered;
    link->taking_count = link->gathered_count;
    link->gathered = emptied;
    link->gathered_count = 0;
    link->gather = NULL;
    link->gather_len = link->gather_room = 0;
    link->is_taking = out_take(e, &take, bytes, len) != 0;
    if (!link->is_taking)
        link->taking_count = 0;
}

void items_taken(struct engine *e, const struct take *take, const struct engine_take_result *result)
{
    struct link *link = link_find(e, take->from[0]);
    if (!link)
        return;
    link->is_taking = false;
    for (size_t i = 0; result->is_kept && i < link->taking_count; i++) {
        const struct came *came = &link->taking[i];
        bool is_held = stock_item(e, &came->digest);
        if (!is_held)
            items_refuse(e, came->kind, &came->digest, link->id);
        struct wanted *wanted = find_wanted(e, &came->digest);
        if (wanted && is_held)
            forget_wanted(e, wanted);
        else if (wanted && wanted->at.link == link->id)
            turn(e, wanted);
    }
    link->taking_count = 0;
    if (link->state == LINK_UP && result->is_kept && result->is_wrong)
        link_close(e, link, ENGINE_FORGED);
    else
        items_flush(e, link);
}
