#include <garita/bundle.h>

#include <assert.h>
#include <string.h>

#include "leb128.h"

/* FORMAT.md, section 15. The last byte of the header is the version. */
static const uint8_t header[GARITA_BUNDLE_HEADER_SIZE] = {'g', 'a', 'r', 'i', 't',
                                                          'a', '-', 'b', 0x01};
enum {
    MAGIC_SIZE = GARITA_BUNDLE_HEADER_SIZE - 1,
    KIND_SKIPPED_MIN = 64, /* kinds from here on may be skipped by who does not know them */
    INDEX_BYTES = 2,       /* of a chunk */
    LENGTH_BYTES = 2       /* of the head of an evidence */
};

bool garita_bundle_is_one(const uint8_t *bytes, size_t bytes_len)
{
    return bytes_len >= MAGIC_SIZE && memcmp(bytes, header, MAGIC_SIZE) == 0;
}

/* --- reading --- */

garita_error garita_bundle_open(garita_bundle_reader *out, const uint8_t *bytes, size_t bytes_len)
{
    *out = (garita_bundle_reader){0};
    size_t magic_len = bytes_len < MAGIC_SIZE ? bytes_len : MAGIC_SIZE;
    if (magic_len > 0 && memcmp(bytes, header, magic_len) != 0)
        return GARITA_E_ENVELOPE;
    if (bytes_len < sizeof header)
        return GARITA_E_TRUNCATED;
    if (bytes[MAGIC_SIZE] != header[MAGIC_SIZE])
        return GARITA_E_UNSUPPORTED_VERSION;
    *out = (garita_bundle_reader){.bytes = bytes, .len = bytes_len, .at = sizeof header};
    return GARITA_OK;
}

/* A cursor over one message. It stops for good at the first flaw. */
typedef struct cursor {
    const uint8_t *bytes; /* of the bundle */
    size_t at;
    size_t end; /* where the message ends; of its header, the bundle */
    garita_fault fault;
} cursor;

static bool is_ok(const cursor *c)
{
    return c->fault.error == GARITA_OK;
}

static void fail_at(cursor *c, const char *field, garita_error error, size_t at)
{
    if (is_ok(c))
        c->fault = (garita_fault){error, at, field};
}

static void fail(cursor *c, const char *field, garita_error error)
{
    fail_at(c, field, error, c->at);
}

static garita_bytes take(cursor *c, const char *field, size_t len)
{
    if (is_ok(c) && len > c->end - c->at)
        fail_at(c, field, GARITA_E_TRUNCATED, c->end);
    if (!is_ok(c))
        return (garita_bytes){0};
    garita_bytes taken = {c->bytes + c->at, len};
    c->at += len;
    return taken;
}

/* All that is left of the message: at most max bytes. */
static garita_bytes take_rest(cursor *c, const char *field, size_t max)
{
    size_t len = c->end - c->at;
    if (is_ok(c) && len > max)
        fail_at(c, field, GARITA_E_TOO_LONG, c->at + max);
    return take(c, field, len);
}

/* The same of what must not be empty. */
static garita_bytes take_some(cursor *c, const char *field, size_t max)
{
    if (is_ok(c) && c->at == c->end)
        fail(c, field, GARITA_E_TRUNCATED);
    return take_rest(c, field, max);
}

static uint8_t take_byte(cursor *c, const char *field)
{
    garita_bytes byte = take(c, field, 1);
    return is_ok(c) ? byte.at[0] : 0;
}

static uint32_t take_two(cursor *c, const char *field)
{
    garita_bytes two = take(c, field, 2);
    return is_ok(c) ? (uint32_t)two.at[0] << 8 | two.at[1] : 0;
}

static uint64_t take_number(cursor *c, const char *field, uint64_t max)
{
    uint64_t value;
    size_t len;
    if (!is_ok(c))
        return 0;
    garita_error e = garita_leb128_read(&value, &len, max, c->bytes + c->at, c->end - c->at);
    if (e != GARITA_OK)
        fail_at(c, field, e, e == GARITA_E_TRUNCATED ? c->end : c->at);
    c->at += len;
    return value;
}

static void take_hashes(cursor *c, const char *field, garita_hash *out, size_t count)
{
    garita_bytes hashes = take(c, field, count * GARITA_HASH_SIZE);
    if (hashes.len > 0)
        memcpy(out, hashes.at, hashes.len);
}

static void read_frontier(cursor *c, const char *field, garita_frontier *out)
{
    out->size = take_number(c, field, GARITA_LOG_SIZE_MAX);
    take_hashes(c, field, out->peaks, garita_frontier_count(out->size));
}

static void read_path(cursor *c, const char *field, garita_message *out)
{
    size_t at = c->at;
    uint8_t count = take_byte(c, field);
    if (count > GARITA_PROOF_MAX)
        fail_at(c, field, GARITA_E_RANGE, at);
    if (!is_ok(c))
        return;
    out->path_count = count;
    take_hashes(c, field, out->path, count);
}

static void read_tail(cursor *c, garita_message *out)
{
    read_frontier(c, "tail.frontier", &out->frontier);
    out->head = take_some(c, "tail.head", GARITA_HEAD_BYTES_MAX);
}

static void read_snapshot(cursor *c, garita_message *out)
{
    read_frontier(c, "snapshot.frontier", &out->frontier);
    size_t at = c->at;
    out->path_from = take_number(c, "snapshot.path_from", GARITA_LOG_SIZE_MAX);
    if (out->path_from > 0 && out->path_from >= out->frontier.size)
        fail_at(c, "snapshot.path_from", GARITA_E_RANGE, at); /* a path leads to a larger size */
    at = c->at;
    read_path(c, "snapshot.path", out);
    if ((out->path_from > 0) != (out->path_count > 0))
        fail_at(c, "snapshot.path", GARITA_E_RANGE, at);
    out->head = take_some(c, "snapshot.head", GARITA_HEAD_BYTES_MAX);
}

static void read_chunk(cursor *c, garita_message *out)
{
    out->index = take_two(c, "chunk.index");
    out->bytes = take_some(c, "chunk", GARITA_CHUNK_BYTES_MAX);
}

/* Whole hashes, at least one. */
static void read_leaves(cursor *c, garita_message *out)
{
    size_t len = c->end - c->at;
    out->bytes = take_some(c, "leaves", GARITA_LEAVES_MAX * GARITA_HASH_SIZE);
    if (len % GARITA_HASH_SIZE != 0)
        fail(c, "leaves", GARITA_E_TRUNCATED);
}

static void read_evidence(cursor *c, garita_message *out)
{
    out->index = (uint32_t)take_number(c, "evidence.index", GARITA_LOG_SIZE_MAX - 1);
    read_path(c, "evidence.proof", out);
    size_t at = c->at, len = take_two(c, "evidence.head");
    if (len > GARITA_HEAD_BYTES_MAX)
        fail_at(c, "evidence.head", GARITA_E_TOO_LONG, at);
    if (len == 0)
        fail_at(c, "evidence.head", GARITA_E_TRUNCATED, at);
    out->head = take(c, "evidence.head", len);
    out->bytes = take_some(c, "evidence.batch", GARITA_BATCH_BYTES_MAX);
}

/* Reads a body whole, up to the message's end. */
static void read_body(cursor *c, garita_message *out)
{
    switch (out->kind) {
    case GARITA_MESSAGE_END:
        break;
    case GARITA_MESSAGE_STATEMENT:
        out->bytes = take_some(c, "statement", GARITA_POLICY_BYTES_MAX);
        break;
    case GARITA_MESSAGE_PROOF:
        out->bytes = take_some(c, "proof", GARITA_EQUIVOCATION_BYTES_MAX);
        break;
    case GARITA_MESSAGE_TAIL:
        read_tail(c, out);
        break;
    case GARITA_MESSAGE_BATCH:
        out->bytes = take_some(c, "batch", GARITA_BATCH_BYTES_MAX);
        break;
    case GARITA_MESSAGE_SNAPSHOT:
        read_snapshot(c, out);
        break;
    case GARITA_MESSAGE_CHUNK:
        read_chunk(c, out);
        break;
    case GARITA_MESSAGE_EVIDENCE:
        read_evidence(c, out);
        break;
    case GARITA_MESSAGE_LEAVES:
        read_leaves(c, out);
        break;
    case GARITA_MESSAGE_ORIGIN:
        out->bytes = take(c, "origin", GARITA_ORIGIN_SIZE);
        break;
    }
    if (is_ok(c) && c->at != c->end)
        fail(c, "message", GARITA_E_TRAILING);
}

/* The message that a part follows; END for one that is no part. */
static garita_message_kind whole_of(uint8_t kind)
{
    switch (kind) {
    case GARITA_MESSAGE_BATCH:
        return GARITA_MESSAGE_TAIL;
    case GARITA_MESSAGE_CHUNK:
    case GARITA_MESSAGE_LEAVES:
        return GARITA_MESSAGE_SNAPSHOT;
    default:
        return GARITA_MESSAGE_END;
    }
}

/* Reads kind and length, after which c->end is the message's. False for one that is skipped. */
static bool read_message_header(cursor *c, const garita_bundle_reader *reader, garita_message *out)
{
    size_t at = c->at;
    uint8_t kind = take_byte(c, "message.kind");
    /* Elsewhere it is skipped, as by who does not know it: to both it means the same. */
    bool is_origin = kind == GARITA_MESSAGE_ORIGIN && at == sizeof header;
    bool is_known = kind <= GARITA_MESSAGE_LEAVES || is_origin;
    if (!is_known && kind < KIND_SKIPPED_MIN)
        fail_at(c, "message.kind", GARITA_E_UNKNOWN_TYPE, at);
    garita_message_kind whole = whole_of(kind);
    if (whole != GARITA_MESSAGE_END && whole != reader->open)
        fail_at(c, "message.kind", GARITA_E_WRONG_KIND, at);
    at = c->at;
    uint64_t len = take_number(c, "message.length", UINT64_MAX);
    if (len > GARITA_MESSAGE_BYTES_MAX)
        fail_at(c, "message.length", GARITA_E_TOO_LONG, at);
    if (is_ok(c) && len > c->end - c->at)
        fail_at(c, "message", GARITA_E_TRUNCATED, c->end);
    if (is_ok(c))
        c->end = c->at + (size_t)len;
    out->kind = is_known ? (garita_message_kind)kind : GARITA_MESSAGE_END;
    return is_known;
}

garita_error garita_bundle_next(garita_bundle_reader *reader, garita_message *out,
                                garita_fault *fault)
{
    cursor c = {
        .bytes = reader->bytes, .at = reader->at, .end = reader->len, .fault = {GARITA_OK, 0, ""}};
    *out = (garita_message){0};
    while (!read_message_header(&c, reader, out) && is_ok(&c)) {
        c.at = c.end;
        c.end = reader->len;
    }
    if (is_ok(&c))
        read_body(&c, out);
    if (is_ok(&c) && out->kind == GARITA_MESSAGE_END && c.end != reader->len)
        fail(&c, "bundle", GARITA_E_TRAILING);
    if (fault)
        *fault = c.fault;
    if (!is_ok(&c)) {
        *out = (garita_message){0};
        return c.fault.error;
    }
    reader->at = c.end;
    if (whole_of((uint8_t)out->kind) == GARITA_MESSAGE_END)
        reader->open = out->kind;
    return GARITA_OK;
}

/* --- writing --- */

bool garita_bundle_write_header(garita_bundle_sink sink, void *context)
{
    return sink(context, header, sizeof header);
}

/* The pieces of a body, in order. Small numbers have their bytes here. */
typedef struct body {
    garita_bytes pieces[8];
    size_t count;
    size_t len;
    uint8_t numbers[2 * GARITA_LEB128_MAX + 1 + LENGTH_BYTES];
    size_t numbers_len;
} body;

static void put(body *b, const void *bytes, size_t len)
{
    assert(b->count < sizeof b->pieces / sizeof b->pieces[0]);
    b->pieces[b->count++] = (garita_bytes){bytes, len};
    b->len += len;
}

static void put_number(body *b, uint64_t value)
{
    uint8_t *to = b->numbers + b->numbers_len;
    size_t len = garita_leb128_write(to, value);
    b->numbers_len += len;
    put(b, to, len);
}

/* In this many bytes, most significant first. */
static void put_fixed(body *b, size_t value, size_t width)
{
    uint8_t *to = b->numbers + b->numbers_len;
    for (size_t i = 0; i < width; i++)
        to[i] = (uint8_t)(value >> 8 * (width - 1 - i) & 0xff);
    b->numbers_len += width;
    put(b, to, width);
}

static void put_frontier(body *b, const garita_frontier *frontier)
{
    assert(frontier->size <= GARITA_LOG_SIZE_MAX);
    put_number(b, frontier->size);
    put(b, frontier->peaks, garita_frontier_count(frontier->size) * GARITA_HASH_SIZE);
}

static void put_path(body *b, const garita_message *m)
{
    assert(m->path_count <= GARITA_PROOF_MAX);
    put_fixed(b, m->path_count, 1);
    put(b, m->path, m->path_count * GARITA_HASH_SIZE);
}

static void put_body(body *b, const garita_message *m)
{
    switch (m->kind) {
    case GARITA_MESSAGE_END:
        break;
    case GARITA_MESSAGE_STATEMENT:
    case GARITA_MESSAGE_PROOF:
    case GARITA_MESSAGE_BATCH:
    case GARITA_MESSAGE_LEAVES:
    case GARITA_MESSAGE_ORIGIN:
        put(b, m->bytes.at, m->bytes.len);
        break;
    case GARITA_MESSAGE_TAIL:
        put_frontier(b, &m->frontier);
        put(b, m->head.at, m->head.len);
        break;
    case GARITA_MESSAGE_SNAPSHOT:
        assert((m->path_from > 0) == (m->path_count > 0));
        put_frontier(b, &m->frontier);
        put_number(b, m->path_from);
        put_path(b, m);
        put(b, m->head.at, m->head.len);
        break;
    case GARITA_MESSAGE_CHUNK:
        assert(m->index < GARITA_CHUNKS);
        put_fixed(b, m->index, INDEX_BYTES);
        put(b, m->bytes.at, m->bytes.len);
        break;
    case GARITA_MESSAGE_EVIDENCE:
        put_number(b, m->index);
        put_path(b, m);
        put_fixed(b, m->head.len, LENGTH_BYTES);
        put(b, m->head.at, m->head.len);
        put(b, m->bytes.at, m->bytes.len);
        break;
    }
}

bool garita_bundle_write(garita_bundle_sink sink, void *context, const garita_message *message)
{
    uint8_t start[1 + GARITA_LEB128_MAX];
    body b = {.count = 0};
    put_body(&b, message);
    assert(b.len <= GARITA_MESSAGE_BYTES_MAX);
    start[0] = (uint8_t)message->kind;
    size_t start_len = 1 + garita_leb128_write(start + 1, b.len);
    if (!sink(context, start, start_len))
        return false;
    for (size_t i = 0; i < b.count; i++)
        if (b.pieces[i].len > 0 && !sink(context, b.pieces[i].at, b.pieces[i].len))
            return false;
    return true;
}
