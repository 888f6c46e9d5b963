#include "wire.h"

#include <string.h>

#include "engine.h"

/* --- numbers --- */

enum { BITS = 7, MORE = 0x80, LEB128_MAX = 10 };

static size_t write_number(uint8_t *out, uint64_t value)
{
    size_t len = 0;
    do {
        uint8_t low = value & (MORE - 1);
        value >>= BITS;
        out[len++] = (uint8_t)(value > 0 ? low | MORE : low);
    } while (value > 0);
    return len;
}

/* A cursor over one body. It stops for good at the first flaw. */
struct cursor {
    const uint8_t *bytes;
    size_t at, end;
    bool is_bad;
};

static const uint8_t *take(struct cursor *c, size_t len)
{
    if (c->is_bad || len > c->end - c->at) {
        c->is_bad = true;
        return NULL;
    }
    const uint8_t *taken = c->bytes + c->at;
    c->at += len;
    return taken;
}

static uint8_t take_byte(struct cursor *c)
{
    const uint8_t *byte = take(c, 1);
    return byte ? *byte : 0;
}

static uint16_t take_two(struct cursor *c)
{
    const uint8_t *two = take(c, 2);
    return two ? (uint16_t)((unsigned)two[0] << 8 | two[1]) : (uint16_t)0;
}

static uint64_t take_number(struct cursor *c, uint64_t max)
{
    uint64_t value = 0;
    uint8_t byte = 0;
    size_t len = 0;
    do {
        byte = take_byte(c);
        uint64_t low = byte & (MORE - 1);
        if (c->is_bad || len == LEB128_MAX || low << BITS * len >> BITS * len != low) {
            c->is_bad = true;
            return 0;
        }
        value |= low << BITS * len++;
    } while (byte & MORE);
    if ((len > 1 && byte == 0) || value > max) {
        c->is_bad = true;
        return 0;
    }
    return value;
}

static void take_digest(struct cursor *c, garita_digest *out)
{
    const uint8_t *bytes = take(c, sizeof *out);
    if (bytes)
        memcpy(out, bytes, sizeof *out);
}

static garita_bytes take_rest(struct cursor *c, size_t min, size_t max)
{
    size_t len = c->end - c->at;
    if (len < min || len > max)
        c->is_bad = true;
    const uint8_t *at = take(c, len);
    return (garita_bytes){at, at ? len : 0};
}

static bool is_item_kind(uint8_t kind)
{
    return kind == ENGINE_ITEM_AUTHORITY || kind == ENGINE_ITEM_POLICY ||
           kind == ENGINE_ITEM_NODE || kind == ENGINE_ITEM_PROOF || kind == ENGINE_ITEM_EVIDENCE;
}

static uint8_t take_item_kind(struct cursor *c)
{
    uint8_t kind = take_byte(c);
    if (!is_item_kind(kind))
        c->is_bad = true;
    return kind;
}

/* Flags that this version does not know are flaws: they might change what the rest means. */
static uint8_t take_flags(struct cursor *c, uint8_t known)
{
    uint8_t flags = take_byte(c);
    if (flags & ~known)
        c->is_bad = true;
    return flags;
}

/* --- flags on the wire --- */

enum {
    DIGEST_ECHO = 1,
    VECTOR_ANSWER = 1,
    LOG_HEAD = 1,
    WANT_LOG = 1,
    WANT_BATCHES = 2,
    WANT_RESUMED = 4,
    WANT_ITEM = 8
};

/* --- reading --- */

static void read_hello(struct cursor *c, struct wire_hello *out)
{
    out->version = take_number(c, UINT64_MAX);
    out->flags = take_byte(c);
    c->at = c->end; /* what a newer program says more */
}

static void read_digest(struct cursor *c, struct wire_digest *out)
{
    uint8_t flags = take_flags(c, DIGEST_ECHO);
    out->has_echo = flags & DIGEST_ECHO;
    out->stamp = take_two(c);
    if (out->has_echo) {
        out->echo = take_two(c);
        out->held = take_two(c);
    }
    garita_bytes rest = take_rest(c, 0, (size_t)WIRE_ANCHORS_MAX * WIRE_DIGEST_ENTRY_SIZE);
    if (rest.len % WIRE_DIGEST_ENTRY_SIZE != 0)
        c->is_bad = true;
    out->entries = rest.at;
    out->count = rest.len / WIRE_DIGEST_ENTRY_SIZE;
    for (size_t i = 1; i < out->count && !c->is_bad; i++)
        if (memcmp(rest.at + (i - 1) * WIRE_DIGEST_ENTRY_SIZE, rest.at + i * WIRE_DIGEST_ENTRY_SIZE,
                   WIRE_TAG_SIZE) >= 0)
            c->is_bad = true;
}

void wire_digest_at(struct wire_anchor *out, const struct wire_digest *digest, size_t index)
{
    const uint8_t *entry = digest->entries + index * WIRE_DIGEST_ENTRY_SIZE;
    memcpy(out->tag, entry, WIRE_TAG_SIZE);
    memcpy(&out->digest, entry + WIRE_TAG_SIZE, GARITA_DIGEST_SIZE);
}

static void read_vector_log(struct cursor *c, struct wire_vector_log *out)
{
    *out = (struct wire_vector_log){0};
    take_digest(c, &out->prefix);
    uint8_t flags = take_flags(c, LOG_HEAD);
    out->has_head = flags & LOG_HEAD;
    if (out->has_head) {
        out->size = take_number(c, GARITA_LOG_SIZE_MAX);
        out->signed_at = (int64_t)take_number(c, GARITA_MOMENT_MAX);
        take_digest(c, &out->head);
    }
    out->group_count = take_byte(c);
    if (out->group_count > WIRE_GROUPS)
        c->is_bad = true;
    for (size_t i = 0; i < out->group_count && !c->is_bad; i++) {
        struct wire_group *group = &out->groups[i];
        group->kind = take_item_kind(c);
        if (i > 0 && group->kind <= out->groups[i - 1].kind)
            c->is_bad = true;
        group->count = 1;
        if (group->kind == ENGINE_ITEM_PROOF)
            continue;
        group->count = take_number(c, UINT32_MAX);
        if (group->count == 0)
            c->is_bad = true;
        take_digest(c, &group->digest);
    }
}

bool wire_vector_next(const struct wire_vector *vector, size_t *at, struct wire_vector_log *out)
{
    struct cursor c = {vector->entries, *at, vector->entries_len, false};
    if (c.at == c.end)
        return false;
    read_vector_log(&c, out);
    *at = c.at;
    return !c.is_bad;
}

static void read_vector(struct cursor *c, struct wire_vector *out)
{
    const uint8_t *tag = take(c, WIRE_TAG_SIZE);
    if (tag)
        memcpy(out->tag, tag, WIRE_TAG_SIZE);
    out->wants_answer = take_flags(c, VECTOR_ANSWER) & VECTOR_ANSWER;
    if (c->is_bad)
        return;
    out->entries = c->bytes + c->at;
    out->entries_len = c->end - c->at;
    garita_digest before = {{0}};
    struct wire_vector_log log;
    for (bool is_first = true; c->at < c->end && !c->is_bad; is_first = false) {
        read_vector_log(c, &log);
        int order = memcmp(&log.prefix, &before, sizeof before);
        if (order < 0 || (order == 0 && !is_first))
            c->is_bad = true;
        before = log.prefix;
    }
}

static void read_head(struct cursor *c, struct wire_head *out)
{
    take_digest(c, &out->prefix);
    out->statement = take_rest(c, 1, GARITA_HEAD_BYTES_MAX);
}

static void read_ranges(struct cursor *c, struct wire_want *out)
{
    take_digest(c, &out->run);
    out->range_count = take_byte(c);
    if (out->range_count == 0 || out->range_count > WIRE_RANGES_MAX)
        c->is_bad = true;
    uint64_t behind = 0; /* the end of the one before */
    for (size_t i = 0; i < out->range_count && !c->is_bad; i++) {
        struct wire_range *range = &out->ranges[i];
        range->offset = take_number(c, ENGINE_RUN_BYTES_MAX);
        range->len = take_number(c, ENGINE_RUN_BYTES_MAX);
        if (range->offset < behind || (range->len == 0 && i + 1 < out->range_count))
            c->is_bad = true;
        behind = range->offset + range->len;
    }
}

static void read_want(struct cursor *c, struct wire_want *out)
{
    out->number = (uint32_t)take_number(c, UINT32_MAX);
    take_digest(c, &out->prefix);
    uint8_t flags = take_flags(c, WANT_LOG | WANT_BATCHES | WANT_RESUMED | WANT_ITEM);
    out->wants_batches = flags & WANT_BATCHES;
    out->has_log = flags & WANT_LOG;
    out->is_resumed = flags & WANT_RESUMED;
    if (flags & WANT_ITEM) {
        out->item = take_item_kind(c);
        take_digest(c, &out->digest);
        if (flags & (WANT_LOG | WANT_BATCHES))
            c->is_bad = true;
    }
    if (out->has_log) {
        out->size = take_number(c, GARITA_LOG_SIZE_MAX);
        const uint8_t *root = take(c, GARITA_HASH_SIZE);
        if (root)
            memcpy(&out->root, root, GARITA_HASH_SIZE);
        out->signed_at = (int64_t)take_number(c, GARITA_MOMENT_MAX);
    }
    if (out->is_resumed)
        read_ranges(c, out);
}

static void read_run(struct cursor *c, struct wire_run *out)
{
    out->number = (uint32_t)take_number(c, UINT32_MAX);
    take_digest(c, &out->run);
    out->total = take_number(c, ENGINE_RUN_BYTES_MAX);
    out->offset = take_number(c, ENGINE_RUN_BYTES_MAX);
    out->bytes = take_rest(c, 1, ENGINE_PIECE_BYTES);
    /* pieces lie where all look for them, and only the last is shorter */
    if (out->offset % ENGINE_PIECE_BYTES != 0 || out->offset >= out->total ||
        out->bytes.len > out->total - out->offset ||
        (out->bytes.len < ENGINE_PIECE_BYTES && out->offset + out->bytes.len != out->total))
        c->is_bad = true;
}

static void read_none(struct cursor *c, struct wire_none *out)
{
    out->number = (uint32_t)take_number(c, UINT32_MAX);
    out->reason = take_byte(c);
}

static void read_items(struct cursor *c, struct wire_items *out)
{
    take_digest(c, &out->prefix);
    out->kind = take_item_kind(c);
    garita_bytes rest = take_rest(c, GARITA_DIGEST_SIZE, ENGINE_PACKET_MAX);
    if (rest.len % GARITA_DIGEST_SIZE != 0)
        c->is_bad = true;
    out->digests = rest.at;
    out->count = rest.len / GARITA_DIGEST_SIZE;
    for (size_t i = 1; i < out->count && !c->is_bad; i++)
        if (memcmp(rest.at + (i - 1) * GARITA_DIGEST_SIZE, rest.at + i * GARITA_DIGEST_SIZE,
                   GARITA_DIGEST_SIZE) >= 0)
            c->is_bad = true;
}

static void read_close(struct cursor *c, struct wire_close *out)
{
    out->reason = take_byte(c);
    out->text = take_rest(c, 0, WIRE_TEXT_MAX);
}

static void read_body(struct cursor *c, struct wire_message *out)
{
    switch (out->kind) {
    case WIRE_HELLO:
        read_hello(c, &out->as.hello);
        break;
    case WIRE_DIGEST:
        read_digest(c, &out->as.digest);
        break;
    case WIRE_VECTOR:
        read_vector(c, &out->as.vector);
        break;
    case WIRE_HEAD:
        read_head(c, &out->as.head);
        break;
    case WIRE_WANT:
        read_want(c, &out->as.want);
        break;
    case WIRE_RUN:
        read_run(c, &out->as.run);
        break;
    case WIRE_NONE:
        read_none(c, &out->as.none);
        break;
    case WIRE_LIST:
    case WIRE_ASK:
    case WIRE_LARGE:
        read_items(c, &out->as.items);
        break;
    case WIRE_CLOSE:
        read_close(c, &out->as.close);
        break;
    case WIRE_STOP:
        out->as.stop.number = (uint32_t)take_number(c, UINT32_MAX);
        break;
    default:
        c->is_bad = true;
    }
    if (c->at != c->end)
        c->is_bad = true;
}

/* What a bundle holds too is read by the bundle's reader. */
static bool read_item(struct wire_message *out, const uint8_t *bytes, size_t len)
{
    garita_bundle_reader reader = {.bytes = bytes, .len = len};
    garita_message message;
    if (garita_bundle_next(&reader, &message, NULL) != GARITA_OK)
        return false;
    out->as.item.message = (garita_bytes){bytes, len};
    garita_digest_of(&out->as.item.digest, message.bytes.at, message.bytes.len);
    return true;
}

enum wire_result wire_next(struct wire_reader *reader, struct wire_message *out)
{
    if (reader->at == reader->len)
        return WIRE_END;
    memset(out, 0, sizeof *out);
    size_t start = reader->at;
    struct cursor c = {reader->bytes, start, reader->len, false};
    uint8_t kind = take_byte(&c);
    size_t len = (size_t)take_number(&c, ENGINE_PACKET_MAX);
    if (c.is_bad || len > c.end - c.at)
        return WIRE_MALFORMED;
    c.end = c.at + len;
    reader->at = c.end;
    out->kind = kind;
    if (kind >= WIRE_SKIPPED_MIN) {
        out->kind = WIRE_SKIPPED_MIN;
        return WIRE_OK;
    }
    if (kind == WIRE_STATEMENT || kind == WIRE_PROOF || kind == WIRE_EVIDENCE)
        return read_item(out, reader->bytes + start, c.end - start) ? WIRE_OK : WIRE_MALFORMED;
    read_body(&c, out);
    return c.is_bad ? WIRE_MALFORMED : WIRE_OK;
}

/* --- writing --- */

static void put(struct wire_writer *w, const void *bytes, size_t len)
{
    if (w->len <= w->cap && len <= w->cap - w->len) {
        if (len > 0)
            memcpy(w->bytes + w->len, bytes, len);
        w->len += len;
    } else {
        w->len = w->cap + 1; /* it did not fit, and nothing more does */
    }
}

static void put_byte(struct wire_writer *w, uint8_t byte)
{
    put(w, &byte, 1);
}

static void put_two(struct wire_writer *w, uint16_t value)
{
    put_byte(w, (uint8_t)(value >> 8));
    put_byte(w, (uint8_t)value);
}

static void put_number(struct wire_writer *w, uint64_t value)
{
    uint8_t bytes[LEB128_MAX];
    put(w, bytes, write_number(bytes, value));
}

static void put_digest(struct wire_writer *w, const garita_digest *digest)
{
    put(w, digest, sizeof *digest);
}

static void put_log(struct wire_writer *w, const struct wire_vector_log *log)
{
    put_digest(w, &log->prefix);
    put_byte(w, log->has_head ? LOG_HEAD : 0);
    if (log->has_head) {
        put_number(w, log->size);
        put_number(w, (uint64_t)log->signed_at);
        put_digest(w, &log->head);
    }
    put_byte(w, (uint8_t)log->group_count);
    for (size_t i = 0; i < log->group_count; i++) {
        put_byte(w, log->groups[i].kind);
        if (log->groups[i].kind == ENGINE_ITEM_PROOF)
            continue;
        put_number(w, log->groups[i].count);
        put_digest(w, &log->groups[i].digest);
    }
}

bool wire_put_vector_log(struct wire_writer *writer, const struct wire_vector_log *log)
{
    size_t before = writer->len;
    put_log(writer, log);
    if (writer->len <= writer->cap)
        return true;
    writer->len = before;
    return false;
}

static void put_want(struct wire_writer *w, const struct wire_want *want)
{
    put_number(w, want->number);
    put_digest(w, &want->prefix);
    put_byte(w,
             (uint8_t)((want->has_log ? WANT_LOG : 0) | (want->wants_batches ? WANT_BATCHES : 0) |
                       (want->is_resumed ? WANT_RESUMED : 0) | (want->item ? WANT_ITEM : 0)));
    if (want->item) {
        put_byte(w, want->item);
        put_digest(w, &want->digest);
    }
    if (want->has_log) {
        put_number(w, want->size);
        put(w, &want->root, sizeof want->root);
        put_number(w, (uint64_t)want->signed_at);
    }
    if (!want->is_resumed)
        return;
    put_digest(w, &want->run);
    put_byte(w, (uint8_t)want->range_count);
    for (size_t i = 0; i < want->range_count; i++) {
        put_number(w, want->ranges[i].offset);
        put_number(w, want->ranges[i].len);
    }
}

static void put_items(struct wire_writer *w, const struct wire_items *items)
{
    put_digest(w, &items->prefix);
    put_byte(w, items->kind);
    put(w, items->digests, items->count * GARITA_DIGEST_SIZE);
}

static void put_body(struct wire_writer *w, const struct wire_message *m)
{
    switch (m->kind) {
    case WIRE_HELLO:
        put_number(w, m->as.hello.version);
        put_byte(w, m->as.hello.flags);
        break;
    case WIRE_DIGEST:
        put_byte(w, m->as.digest.has_echo ? DIGEST_ECHO : 0);
        put_two(w, m->as.digest.stamp);
        if (m->as.digest.has_echo) {
            put_two(w, m->as.digest.echo);
            put_two(w, m->as.digest.held);
        }
        put(w, m->as.digest.entries, m->as.digest.count * WIRE_DIGEST_ENTRY_SIZE);
        break;
    case WIRE_VECTOR:
        put(w, m->as.vector.tag, WIRE_TAG_SIZE);
        put_byte(w, m->as.vector.wants_answer ? VECTOR_ANSWER : 0);
        put(w, m->as.vector.entries, m->as.vector.entries_len);
        break;
    case WIRE_HEAD:
        put_digest(w, &m->as.head.prefix);
        put(w, m->as.head.statement.at, m->as.head.statement.len);
        break;
    case WIRE_WANT:
        put_want(w, &m->as.want);
        break;
    case WIRE_RUN:
        put_number(w, m->as.run.number);
        put_digest(w, &m->as.run.run);
        put_number(w, m->as.run.total);
        put_number(w, m->as.run.offset);
        put(w, m->as.run.bytes.at, m->as.run.bytes.len);
        break;
    case WIRE_NONE:
        put_number(w, m->as.none.number);
        put_byte(w, m->as.none.reason);
        break;
    case WIRE_LIST:
    case WIRE_ASK:
    case WIRE_LARGE:
        put_items(w, &m->as.items);
        break;
    case WIRE_CLOSE:
        put_byte(w, m->as.close.reason);
        put(w, m->as.close.text.at, m->as.close.text.len);
        break;
    case WIRE_STOP:
        put_number(w, m->as.stop.number);
        break;
    default:
        break; /* of a kind to come: nothing */
    }
}

bool wire_put(struct wire_writer *writer, const struct wire_message *message)
{
    size_t before = writer->len;
    if (message->kind == WIRE_STATEMENT || message->kind == WIRE_PROOF ||
        message->kind == WIRE_EVIDENCE) {
        put(writer, message->as.item.message.at, message->as.item.message.len);
    } else {
        /* the body goes behind the longest frame there is, and is then moved up to its own */
        struct wire_writer body = {writer->bytes, before + WIRE_FRAME_MAX, writer->cap};
        if (writer->cap < body.len)
            return false;
        put_body(&body, message);
        if (body.len > body.cap)
            return false;
        size_t len = body.len - before - WIRE_FRAME_MAX;
        put_byte(writer, message->kind);
        put_number(writer, len);
        memmove(writer->bytes + writer->len, writer->bytes + before + WIRE_FRAME_MAX, len);
        writer->len += len;
    }
    if (writer->len <= writer->cap)
        return true;
    writer->len = before;
    return false;
}
