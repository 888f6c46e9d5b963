/* The messages of the gossip: every kind there and back, and what strangers make of them. */
#include "engine/wire.h"

#include <stdlib.h>

#include "engine/engine.h"
#include "unit.h"

enum { ROOM = ENGINE_PACKET_MAX + 64, NUMBER_MAX = 10, MUTATIONS = 20000 };

/* --- samples --- */

/* One of each kind, and of those that have parts, with and without them. */
enum { SAMPLES = 24 };
static struct wire_message samples[SAMPLES];
static size_t sample_count;
static uint8_t filling[ENGINE_PACKET_MAX];
static uint8_t statement[3 + 200], proof[3 + 150], evidence[512];
static size_t evidence_len;
static uint8_t anchors[WIRE_ANCHORS_MAX * WIRE_DIGEST_ENTRY_SIZE];
static uint8_t digests[40 * GARITA_DIGEST_SIZE];
static uint8_t entries[4 * WIRE_VECTOR_LOG_MAX];
static struct wire_vector_log logs[3];

static struct wire_message *add_sample(uint8_t kind)
{
    assert_true(sample_count < SAMPLES);
    samples[sample_count].kind = kind;
    return &samples[sample_count++];
}

static garita_digest digest_of(uint8_t byte)
{
    garita_digest out;
    memset(&out, byte, sizeof out);
    return out;
}

/* The message of a bundle: its kind, a length of two bytes, and so many bytes. */
static void make_item(uint8_t *out, uint8_t kind, size_t len)
{
    out[0] = kind;
    out[1] = (uint8_t)(len & 127) | 128;
    out[2] = (uint8_t)(len >> 7);
    memset(out + 3, 7, len);
}

static bool keep(void *context, const uint8_t *bytes, size_t len)
{
    (void)context;
    memcpy(evidence + evidence_len, bytes, len);
    evidence_len += len;
    return true;
}

static void make_vector_logs(void)
{
    logs[0].prefix = digest_of(1);
    logs[1] = (struct wire_vector_log){.prefix = digest_of(2),
                                       .has_head = true,
                                       .size = 300,
                                       .signed_at = 1811851200,
                                       .head = digest_of(9)};
    logs[2] = (struct wire_vector_log){.prefix = digest_of(3),
                                       .has_head = true,
                                       .size = GARITA_LOG_SIZE_MAX,
                                       .signed_at = GARITA_MOMENT_MAX,
                                       .head = digest_of(8),
                                       .group_count = WIRE_GROUPS};
    static const uint8_t kinds[WIRE_GROUPS] = {ENGINE_ITEM_AUTHORITY, ENGINE_ITEM_POLICY,
                                               ENGINE_ITEM_NODE, ENGINE_ITEM_PROOF,
                                               ENGINE_ITEM_EVIDENCE};
    for (size_t i = 0; i < WIRE_GROUPS; i++) {
        logs[2].groups[i].kind = kinds[i];
        logs[2].groups[i].count = kinds[i] == ENGINE_ITEM_PROOF ? 1 : UINT32_MAX;
        if (kinds[i] != ENGINE_ITEM_PROOF)
            logs[2].groups[i].digest = digest_of((uint8_t)(20 + i));
    }
}

static void add_wants(void)
{
    struct wire_want *want = &add_sample(WIRE_WANT)->as.want;
    *want = (struct wire_want){.number = 1, .prefix = digest_of(4)};
    want = &add_sample(WIRE_WANT)->as.want;
    *want = (struct wire_want){.number = UINT32_MAX,
                               .prefix = digest_of(4),
                               .wants_batches = true,
                               .has_log = true,
                               .size = 5,
                               .signed_at = 1811851200,
                               .is_resumed = true,
                               .run = digest_of(6),
                               .range_count = WIRE_RANGES_MAX};
    for (size_t i = 0; i < WIRE_RANGES_MAX; i++)
        want->ranges[i] = (struct wire_range){i * 2 * ENGINE_PIECE_BYTES, ENGINE_PIECE_BYTES};
    want->ranges[WIRE_RANGES_MAX - 1].len = 0;
    want = &add_sample(WIRE_WANT)->as.want;
    *want = (struct wire_want){
        .number = 128, .prefix = digest_of(4), .item = ENGINE_ITEM_POLICY, .digest = digest_of(5)};
}

static void add_runs(void)
{
    struct wire_run *run = &add_sample(WIRE_RUN)->as.run;
    *run = (struct wire_run){.number = 3,
                             .run = digest_of(6),
                             .total = ENGINE_RUN_BYTES_MAX,
                             .offset = ENGINE_PIECE_BYTES,
                             .bytes = {filling, ENGINE_PIECE_BYTES}};
    run = &add_sample(WIRE_RUN)->as.run;
    *run = (struct wire_run){
        .number = 4, .run = digest_of(6), .total = ENGINE_PIECE_BYTES + 1, .bytes = {filling, 1}};
    run->offset = ENGINE_PIECE_BYTES;
}

static int make_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof filling; i++)
        filling[i] = (uint8_t)(i * 31);
    for (size_t i = 0; i < WIRE_ANCHORS_MAX; i++)
        memset(anchors + i * WIRE_DIGEST_ENTRY_SIZE, (int)i, WIRE_DIGEST_ENTRY_SIZE);
    for (size_t i = 0; i < 40; i++)
        memset(digests + i * GARITA_DIGEST_SIZE, (int)i, GARITA_DIGEST_SIZE);
    make_item(statement, GARITA_MESSAGE_STATEMENT, sizeof statement - 3);
    make_item(proof, GARITA_MESSAGE_PROOF, sizeof proof - 3);
    evidence_len = 0;
    garita_message message = {.kind = GARITA_MESSAGE_EVIDENCE,
                              .bytes = {filling, 40},
                              .head = {filling, 100},
                              .path_count = 2};
    assert_true(garita_bundle_write(keep, NULL, &message));
    make_vector_logs();

    add_sample(WIRE_STATEMENT)->as.item.message = (garita_bytes){statement, sizeof statement};
    add_sample(WIRE_PROOF)->as.item.message = (garita_bytes){proof, sizeof proof};
    add_sample(WIRE_EVIDENCE)->as.item.message = (garita_bytes){evidence, evidence_len};
    add_sample(WIRE_HELLO)->as.hello =
        (struct wire_hello){.version = UINT64_MAX, .flags = WIRE_HELLO_ARCHIVE};
    add_sample(WIRE_DIGEST)->as.digest = (struct wire_digest){.stamp = 0xfedc};
    add_sample(WIRE_DIGEST)->as.digest = (struct wire_digest){.has_echo = true,
                                                              .stamp = 1,
                                                              .echo = 2,
                                                              .held = 0xffff,
                                                              .count = WIRE_ANCHORS_MAX,
                                                              .entries = anchors};
    struct wire_writer writer = {entries, 0, sizeof entries};
    for (size_t i = 0; i < COUNT(logs); i++)
        assert_true(wire_put_vector_log(&writer, &logs[i]));
    add_sample(WIRE_VECTOR)->as.vector =
        (struct wire_vector){.tag = {1, 2, 3}, .entries = entries, .entries_len = writer.len};
    add_sample(WIRE_VECTOR)->as.vector = (struct wire_vector){.wants_answer = true};
    add_sample(WIRE_HEAD)->as.head =
        (struct wire_head){digest_of(1), {filling, GARITA_HEAD_BYTES_MAX}};
    add_wants();
    add_runs();
    add_sample(WIRE_NONE)->as.none = (struct wire_none){7, WIRE_BUSY};
    static const uint8_t lists[] = {WIRE_LIST, WIRE_ASK, WIRE_LARGE};
    for (size_t i = 0; i < sizeof lists; i++)
        add_sample(lists[i])->as.items =
            (struct wire_items){digest_of(1), ENGINE_ITEM_NODE, 1 + 13 * i, digests};
    add_sample(WIRE_CLOSE)->as.close = (struct wire_close){ENGINE_FLOOD, {filling, WIRE_TEXT_MAX}};
    add_sample(WIRE_CLOSE)->as.close = (struct wire_close){.reason = ENGINE_STOPPING};
    add_sample(WIRE_STOP)->as.stop.number = UINT32_MAX;
    return 0;
}

/* --- bytes by hand --- */

struct packet {
    size_t len;
    uint8_t bytes[ROOM];
};

static void put(struct packet *p, const void *bytes, size_t len)
{
    assert_true(len <= sizeof p->bytes - p->len);
    memcpy(p->bytes + p->len, bytes, len);
    p->len += len;
}

static void put_byte(struct packet *p, unsigned byte)
{
    uint8_t one = (uint8_t)byte;
    put(p, &one, 1);
}

static void put_number(struct packet *p, uint64_t value)
{
    for (; value >= 128; value >>= 7)
        put_byte(p, (unsigned)(value & 127) | 128);
    put_byte(p, (unsigned)value);
}

static void put_digest(struct packet *p, uint8_t byte)
{
    garita_digest digest = digest_of(byte);
    put(p, &digest, sizeof digest);
}

static struct packet framed(uint8_t kind, const struct packet *body)
{
    static struct packet out;
    out.len = 0;
    put_byte(&out, kind);
    put_number(&out, body->len);
    put(&out, body->bytes, body->len);
    return out;
}

static struct packet written(const struct wire_message *m)
{
    static struct packet out;
    struct wire_writer writer = {out.bytes, 0, sizeof out.bytes};
    assert_true(wire_put(&writer, m));
    out.len = writer.len;
    return out;
}

/* Where the body begins. */
static size_t body_of(const struct packet *p)
{
    size_t at = 1;
    while (p->bytes[at++] & 128)
        ;
    return at;
}

/* Reads one message, out of memory of exactly this size. */
static enum wire_result read_bytes(const uint8_t *bytes, size_t len)
{
    struct wire_message m;
    uint8_t *exact = exact_copy(bytes, len);
    struct wire_reader reader = {exact, len, 0};
    enum wire_result result = wire_next(&reader, &m);
    if (result == WIRE_OK && m.kind == WIRE_VECTOR) {
        struct wire_vector_log log;
        size_t at = 0;
        while (wire_vector_next(&m.as.vector, &at, &log))
            ;
        assert_int_equal(at, m.as.vector.entries_len); /* well-formed to the last byte */
    }
    free(exact);
    return result;
}

static enum wire_result read_body(uint8_t kind, const struct packet *body)
{
    struct packet whole = framed(kind, body);
    return read_bytes(whole.bytes, whole.len);
}

#define assert_malformed(kind, body) assert_int_equal(read_body((kind), (body)), WIRE_MALFORMED)
#define assert_read(kind, body) assert_int_equal(read_body((kind), (body)), WIRE_OK)

/* --- there and back --- */

static void every_kind_comes_back_as_it_went(void **state)
{
    (void)state;
    for (size_t i = 0; i < sample_count; i++) {
        struct packet p = written(&samples[i]);
        struct wire_reader reader = {p.bytes, p.len, 0};
        struct wire_message m, none;
        assert_int_equal(wire_next(&reader, &m), WIRE_OK);
        assert_int_equal(m.kind, samples[i].kind);
        assert_int_equal(wire_next(&reader, &none), WIRE_END);
        struct packet again = written(&m);
        assert_int_equal(again.len, p.len);
        assert_memory_equal(again.bytes, p.bytes, p.len);
    }
}

static void fields_come_back_as_they_went(void **state)
{
    (void)state;
    for (size_t i = 0; i < sample_count; i++) {
        const struct wire_message *sent = &samples[i];
        struct packet p = written(sent);
        struct wire_reader reader = {p.bytes, p.len, 0};
        struct wire_message m;
        assert_int_equal(wire_next(&reader, &m), WIRE_OK);
        switch (m.kind) {
        case WIRE_STATEMENT:
        case WIRE_PROOF: {
            garita_digest digest;
            garita_digest_of(&digest, sent->as.item.message.at + 3, sent->as.item.message.len - 3);
            assert_memory_equal(&m.as.item.digest, &digest, sizeof digest);
            assert_int_equal(m.as.item.message.len, p.len);
            break;
        }
        case WIRE_HELLO:
            assert_true(m.as.hello.version == UINT64_MAX);
            assert_int_equal(m.as.hello.flags, WIRE_HELLO_ARCHIVE);
            break;
        case WIRE_DIGEST:
            assert_int_equal(m.as.digest.has_echo, sent->as.digest.has_echo);
            assert_int_equal(m.as.digest.stamp, sent->as.digest.stamp);
            assert_int_equal(m.as.digest.echo, sent->as.digest.echo);
            assert_int_equal(m.as.digest.held, sent->as.digest.held);
            assert_int_equal(m.as.digest.count, sent->as.digest.count);
            for (size_t k = 0; k < m.as.digest.count; k++) {
                struct wire_anchor anchor;
                wire_digest_at(&anchor, &m.as.digest, k);
                assert_int_equal(anchor.tag[0], k);
                assert_int_equal(anchor.digest.bytes[GARITA_DIGEST_SIZE - 1], k);
            }
            break;
        case WIRE_WANT:
            assert_int_equal(m.as.want.number, sent->as.want.number);
            assert_int_equal(m.as.want.item, sent->as.want.item);
            assert_memory_equal(&m.as.want.digest, &sent->as.want.digest, sizeof(garita_digest));
            assert_int_equal(m.as.want.wants_batches, sent->as.want.wants_batches);
            assert_int_equal(m.as.want.has_log, sent->as.want.has_log);
            assert_int_equal(m.as.want.size, sent->as.want.size);
            assert_int_equal(m.as.want.signed_at, sent->as.want.signed_at);
            assert_int_equal(m.as.want.range_count, sent->as.want.range_count);
            for (size_t k = 0; k < m.as.want.range_count; k++) {
                assert_int_equal(m.as.want.ranges[k].offset, sent->as.want.ranges[k].offset);
                assert_int_equal(m.as.want.ranges[k].len, sent->as.want.ranges[k].len);
            }
            break;
        case WIRE_RUN:
            assert_int_equal(m.as.run.number, sent->as.run.number);
            assert_int_equal(m.as.run.total, sent->as.run.total);
            assert_int_equal(m.as.run.offset, sent->as.run.offset);
            assert_int_equal(m.as.run.bytes.len, sent->as.run.bytes.len);
            break;
        case WIRE_CLOSE:
            assert_int_equal(m.as.close.reason, sent->as.close.reason);
            assert_int_equal(m.as.close.text.len, sent->as.close.text.len);
            break;
        default:
            break; /* their bytes are compared above */
        }
    }
}

static void entries_of_a_vector_come_back_as_they_went(void **state)
{
    (void)state;
    struct wire_vector vector = {.entries = entries};
    struct wire_writer writer = {entries, 0, sizeof entries};
    for (size_t i = 0; i < COUNT(logs); i++) {
        size_t before = writer.len;
        assert_true(wire_put_vector_log(&writer, &logs[i]));
        assert_true(writer.len - before <= WIRE_VECTOR_LOG_MAX);
    }
    vector.entries_len = writer.len;
    size_t at = 0;
    struct wire_vector_log log;
    for (size_t i = 0; i < COUNT(logs); i++) {
        assert_true(wire_vector_next(&vector, &at, &log));
        assert_memory_equal(&log.prefix, &logs[i].prefix, sizeof log.prefix);
        assert_int_equal(log.has_head, logs[i].has_head);
        assert_true(log.size == logs[i].size && log.signed_at == logs[i].signed_at);
        assert_memory_equal(&log.head, &logs[i].head, sizeof log.head);
        assert_int_equal(log.group_count, logs[i].group_count);
        for (size_t g = 0; g < log.group_count; g++) {
            assert_int_equal(log.groups[g].kind, logs[i].groups[g].kind);
            assert_int_equal(log.groups[g].count, logs[i].groups[g].count);
            assert_memory_equal(&log.groups[g].digest, &logs[i].groups[g].digest,
                                sizeof log.groups[g].digest);
        }
    }
    assert_false(wire_vector_next(&vector, &at, &log));
}

static void several_in_a_packet_are_read_in_turn(void **state)
{
    (void)state;
    struct packet p = {.len = 0};
    size_t count = 0;
    for (size_t i = 0; i < sample_count; i++) {
        struct packet one = written(&samples[i]);
        if (one.len > 1000)
            continue;
        put(&p, one.bytes, one.len);
        count++;
    }
    struct wire_reader reader = {p.bytes, p.len, 0};
    struct wire_message m;
    size_t seen = 0;
    while (wire_next(&reader, &m) == WIRE_OK)
        seen++;
    assert_int_equal(seen, count);
    assert_int_equal(reader.at, p.len);
}

/* --- writing --- */

static void what_does_not_fit_is_not_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < sample_count; i++) {
        struct packet p = written(&samples[i]);
        size_t step = p.len > 600 ? 97 : 1;
        for (size_t cap = 0; cap <= p.len + WIRE_FRAME_MAX; cap += step) {
            uint8_t *bytes = malloc(cap + 1); /* and a byte before */
            assert_non_null(bytes);
            struct wire_writer writer = {bytes, 1, cap + 1};
            bool is_written = wire_put(&writer, &samples[i]);
            assert_true(is_written ? cap >= p.len : cap < p.len + WIRE_FRAME_MAX);
            assert_int_equal(writer.len, is_written ? 1 + p.len : 1);
            if (is_written)
                assert_memory_equal(bytes + 1, p.bytes, p.len);
            free(bytes);
        }
    }
    uint8_t few[WIRE_VECTOR_LOG_MAX];
    for (size_t cap = 0; cap < GARITA_DIGEST_SIZE + 2; cap++) {
        struct wire_writer writer = {few, 0, cap};
        assert_false(wire_put_vector_log(&writer, &logs[0]));
        assert_int_equal(writer.len, 0);
    }
}

/* --- what is cut, or goes on --- */

static void cut_at_any_byte_it_is_malformed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sample_count; i++) {
        struct packet p = written(&samples[i]);
        assert_int_equal(read_bytes(p.bytes, 0), WIRE_END);
        for (size_t len = 1; len < p.len; len++)
            assert_int_equal(read_bytes(p.bytes, len), WIRE_MALFORMED);
    }
}

/* Kinds whose last part is bytes of any number take one more, if they are not full. */
static bool goes_on(const struct wire_message *m)
{
    return m->kind == WIRE_HELLO || m->kind == WIRE_STATEMENT || m->kind == WIRE_PROOF ||
           (m->kind == WIRE_EVIDENCE) || (m->kind == WIRE_CLOSE && m->as.close.text.len == 0);
}

static void a_body_that_goes_on_is_malformed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sample_count; i++) {
        struct packet p = written(&samples[i]), body = {.len = 0};
        size_t at = body_of(&p);
        put(&body, p.bytes + at, p.len - at);
        put_byte(&body, 0);
        enum wire_result result = read_body(samples[i].kind, &body);
        if (samples[i].kind == WIRE_EVIDENCE) /* its last part is the batch */
            continue;
        assert_int_equal(result, goes_on(&samples[i]) ? WIRE_OK : WIRE_MALFORMED);
    }
}

static void a_greeting_of_a_later_program_is_understood(void **state)
{
    (void)state;
    struct packet body = {.len = 0};
    put_number(&body, 300);
    put_byte(&body, 0xff); /* flags that there are not yet */
    put(&body, filling, 500);
    struct packet p = framed(WIRE_HELLO, &body);
    struct wire_reader reader = {p.bytes, p.len, 0};
    struct wire_message m;
    assert_int_equal(wire_next(&reader, &m), WIRE_OK);
    assert_int_equal(m.as.hello.version, 300);
    assert_int_equal(m.as.hello.flags, 0xff);
    assert_int_equal(reader.at, p.len);
}

static void unknown_kinds_are_skipped_from_64_on_and_refused_below(void **state)
{
    (void)state;
    static const uint8_t known[] = {WIRE_STATEMENT, WIRE_PROOF,  WIRE_EVIDENCE, WIRE_HELLO,
                                    WIRE_DIGEST,    WIRE_VECTOR, WIRE_HEAD,     WIRE_WANT,
                                    WIRE_RUN,       WIRE_NONE,   WIRE_LIST,     WIRE_ASK,
                                    WIRE_CLOSE,     WIRE_STOP,   WIRE_LARGE};
    struct packet body = {.len = 0};
    put(&body, filling, 200);
    for (unsigned kind = 0; kind < 256; kind++) {
        if (kind < WIRE_SKIPPED_MIN && memchr(known, (int)kind, sizeof known))
            continue;
        struct packet p = framed((uint8_t)kind, &body), behind = written(&samples[3]);
        put(&p, behind.bytes, behind.len);
        struct wire_reader reader = {p.bytes, p.len, 0};
        struct wire_message m;
        enum wire_result result = wire_next(&reader, &m);
        assert_int_equal(result, kind >= WIRE_SKIPPED_MIN ? WIRE_OK : WIRE_MALFORMED);
        if (result != WIRE_OK)
            continue;
        assert_int_equal(m.kind, WIRE_SKIPPED_MIN);
        assert_int_equal(wire_next(&reader, &m), WIRE_OK);
        assert_int_equal(m.kind, WIRE_HELLO);
    }
    assert_int_equal(sizeof known, 15);
}

/* --- numbers --- */

static void numbers_are_as_short_as_they_can_be(void **state)
{
    (void)state;
    static const struct {
        uint8_t bytes[NUMBER_MAX + 1];
        size_t len;
        enum wire_result result;
    } all[] = {
        {{0x00}, 1, WIRE_OK},
        {{0x7f}, 1, WIRE_OK},
        {{0xff, 0xff, 0xff, 0xff, 0x0f}, 5, WIRE_OK},
        {{0x80, 0x00}, 2, WIRE_MALFORMED},                   /* 0 in two bytes */
        {{0xff, 0x00}, 2, WIRE_MALFORMED},                   /* 127 in two */
        {{0x81, 0x80, 0x80, 0x80, 0x00}, 5, WIRE_MALFORMED}, /* 1 in five */
        {{0x80, 0x80, 0x80, 0x80, 0x10}, 5, WIRE_MALFORMED}, /* 2^32 */
        {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, 10, WIRE_MALFORMED},
        {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02}, 10, WIRE_MALFORMED},
        {{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}, 11, WIRE_MALFORMED},
        {{0x80}, 1, WIRE_MALFORMED},
    };
    for (size_t i = 0; i < COUNT(all); i++) {
        struct packet body = {.len = 0};
        put(&body, all[i].bytes, all[i].len);
        assert_int_equal(read_body(WIRE_STOP, &body), all[i].result);
    }
    /* 2^64 - 1 where any number may stand, and one more */
    struct packet body = {.len = 0};
    put_number(&body, UINT64_MAX);
    put_byte(&body, 0);
    assert_read(WIRE_HELLO, &body);
    body.bytes[NUMBER_MAX - 1] = 2;
    assert_malformed(WIRE_HELLO, &body);
}

static void a_length_in_a_frame_is_as_short_as_it_can_be(void **state)
{
    (void)state;
    for (size_t i = 0; i < sample_count; i++) {
        struct packet p = written(&samples[i]), longer = {.len = 0};
        size_t at = body_of(&p);
        put(&longer, p.bytes, at);
        longer.bytes[at - 1] |= 128;
        put_byte(&longer, 0);
        put(&longer, p.bytes + at, p.len - at);
        assert_int_equal(read_bytes(longer.bytes, longer.len), WIRE_MALFORMED);
    }
    /* one that no packet holds, and one that wraps */
    static const uint8_t lengths[][11] = {
        {200, 0x81, 0x80, 0x01, 0}, {200, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}};
    for (size_t i = 0; i < COUNT(lengths); i++)
        assert_int_equal(read_bytes(lengths[i], sizeof lengths[i]), WIRE_MALFORMED);
}

/* --- bounds --- */

static void counts_above_their_bounds_are_malformed(void **state)
{
    (void)state;
    struct packet body = {.len = 0};
    put(&body, "\0\0\0", 3); /* a digest of one anchor too many */
    for (size_t i = 0; i <= WIRE_ANCHORS_MAX; i++) {
        uint8_t entry[WIRE_DIGEST_ENTRY_SIZE];
        memset(entry, (int)i, sizeof entry);
        put(&body, entry, sizeof entry);
    }
    assert_malformed(WIRE_DIGEST, &body);
    body.len -= WIRE_DIGEST_ENTRY_SIZE;
    assert_read(WIRE_DIGEST, &body);

    body.len = 0; /* a head of one byte too many, and of none */
    put_digest(&body, 1);
    assert_malformed(WIRE_HEAD, &body);
    put(&body, filling, GARITA_HEAD_BYTES_MAX);
    assert_read(WIRE_HEAD, &body);
    put_byte(&body, 0);
    assert_malformed(WIRE_HEAD, &body);

    body.len = 0; /* a text of one byte too many */
    put_byte(&body, ENGINE_STOPPING);
    put(&body, filling, WIRE_TEXT_MAX + 1);
    assert_malformed(WIRE_CLOSE, &body);

    body.len = 0; /* a list of nothing */
    put_digest(&body, 1);
    put_byte(&body, ENGINE_ITEM_NODE);
    assert_malformed(WIRE_LIST, &body);
}

static struct packet vector_of(uint64_t size, uint64_t signed_at, unsigned groups)
{
    struct packet body = {.len = 0};
    put(&body, "12345678", WIRE_TAG_SIZE);
    put_byte(&body, 0);
    put_digest(&body, 1);
    put_byte(&body, 1);
    put_number(&body, size);
    put_number(&body, signed_at);
    put_digest(&body, 2);
    put_byte(&body, groups);
    return body;
}

static void put_group(struct packet *body, unsigned kind, uint64_t count)
{
    put_byte(body, kind);
    if (kind == ENGINE_ITEM_PROOF)
        return;
    put_number(body, count);
    put_digest(body, 3);
}

static void vectors_keep_to_their_bounds(void **state)
{
    (void)state;
    struct packet body = vector_of(GARITA_LOG_SIZE_MAX, GARITA_MOMENT_MAX, 0);
    assert_read(WIRE_VECTOR, &body);
    body = vector_of((uint64_t)GARITA_LOG_SIZE_MAX + 1, 1, 0);
    assert_malformed(WIRE_VECTOR, &body);
    body = vector_of(1, (uint64_t)GARITA_MOMENT_MAX + 1, 0);
    assert_malformed(WIRE_VECTOR, &body);

    body = vector_of(1, 1, 2); /* ascending kinds */
    put_group(&body, ENGINE_ITEM_AUTHORITY, 1);
    put_group(&body, ENGINE_ITEM_PROOF, 1);
    assert_read(WIRE_VECTOR, &body);
    body = vector_of(1, 1, 2);
    put_group(&body, ENGINE_ITEM_PROOF, 1);
    put_group(&body, ENGINE_ITEM_AUTHORITY, 1);
    assert_malformed(WIRE_VECTOR, &body);
    body = vector_of(1, 1, 2);
    put_group(&body, ENGINE_ITEM_NODE, 1);
    put_group(&body, ENGINE_ITEM_NODE, 1);
    assert_malformed(WIRE_VECTOR, &body);

    body = vector_of(1, 1, 1); /* a group of none, of too many, of no kind */
    put_group(&body, ENGINE_ITEM_NODE, 0);
    assert_malformed(WIRE_VECTOR, &body);
    body = vector_of(1, 1, 1);
    put_group(&body, ENGINE_ITEM_NODE, (uint64_t)UINT32_MAX + 1);
    assert_malformed(WIRE_VECTOR, &body);
    body = vector_of(1, 1, 1);
    put_group(&body, GARITA_TYPE_CREDENTIAL, 1);
    assert_malformed(WIRE_VECTOR, &body);
    body = vector_of(1, 1, WIRE_GROUPS + 1);
    for (unsigned kind = 1; kind <= WIRE_GROUPS + 1; kind++)
        put_group(&body, kind, 1);
    assert_malformed(WIRE_VECTOR, &body);

    body = vector_of(1, 1, 0); /* one log twice */
    put(&body, body.bytes + WIRE_TAG_SIZE + 1, body.len - WIRE_TAG_SIZE - 1);
    assert_malformed(WIRE_VECTOR, &body);
}

static struct packet want_of(unsigned flags, unsigned ranges)
{
    struct packet body = {.len = 0};
    put_number(&body, 1);
    put_digest(&body, 1);
    put_byte(&body, flags);
    put_digest(&body, 2);
    put_byte(&body, ranges);
    return body;
}

static void put_range(struct packet *body, uint64_t offset, uint64_t len)
{
    put_number(body, offset);
    put_number(body, len);
}

static void ranges_ascend_and_are_few(void **state)
{
    (void)state;
    enum { RESUMED = 4 };
    struct packet body = want_of(RESUMED, 0);
    assert_malformed(WIRE_WANT, &body);
    body = want_of(RESUMED, WIRE_RANGES_MAX + 1);
    for (unsigned i = 0; i <= WIRE_RANGES_MAX; i++)
        put_range(&body, i * 2, 1);
    assert_malformed(WIRE_WANT, &body);
    body = want_of(RESUMED, 2);
    put_range(&body, 10, 5);
    put_range(&body, 15, 0);
    assert_read(WIRE_WANT, &body);
    body = want_of(RESUMED, 2);
    put_range(&body, 10, 5);
    put_range(&body, 14, 1);
    assert_malformed(WIRE_WANT, &body);
    body = want_of(RESUMED, 2);
    put_range(&body, 10, 0); /* up to the end, and something behind it */
    put_range(&body, 20, 1);
    assert_malformed(WIRE_WANT, &body);
    body = want_of(RESUMED, 1);
    put_range(&body, ENGINE_RUN_BYTES_MAX + 1, 1);
    assert_malformed(WIRE_WANT, &body);
}

static struct packet run_of(uint64_t total, uint64_t offset, size_t len)
{
    struct packet body = {.len = 0};
    put_number(&body, 1);
    put_digest(&body, 1);
    put_number(&body, total);
    put_number(&body, offset);
    put(&body, filling, len);
    return body;
}

static void pieces_lie_where_all_look_for_them(void **state)
{
    (void)state;
    enum { PIECE = ENGINE_PIECE_BYTES };
    static const struct {
        uint64_t total, offset;
        size_t len;
        enum wire_result result;
    } all[] = {
        {1, 0, 1, WIRE_OK},
        {PIECE, 0, PIECE, WIRE_OK},
        {2 * PIECE, PIECE, PIECE, WIRE_OK},
        {ENGINE_RUN_BYTES_MAX, 0, PIECE, WIRE_OK},
        {0, 0, 1, WIRE_MALFORMED},
        {1, 0, 0, WIRE_MALFORMED},
        {PIECE, PIECE, 1, WIRE_MALFORMED},         /* behind the end */
        {PIECE, 0, PIECE - 1, WIRE_MALFORMED},     /* not up to it */
        {PIECE - 1, 0, PIECE, WIRE_MALFORMED},     /* beyond it */
        {3 * PIECE, 0, PIECE + 1, WIRE_MALFORMED}, /* longer than a piece */
        {3 * PIECE, 1, PIECE, WIRE_MALFORMED},     /* somewhere between */
        {ENGINE_RUN_BYTES_MAX + 1, 0, PIECE, WIRE_MALFORMED},
        {PIECE, UINT64_MAX - PIECE + 1, PIECE, WIRE_MALFORMED},
    };
    for (size_t i = 0; i < COUNT(all); i++) {
        struct packet body = run_of(all[i].total, all[i].offset, all[i].len);
        assert_int_equal(read_body(WIRE_RUN, &body), all[i].result);
    }
}

static void lists_ascend(void **state)
{
    (void)state;
    static const uint8_t kinds[] = {WIRE_LIST, WIRE_ASK, WIRE_LARGE};
    static const struct {
        uint8_t first, second;
        enum wire_result result;
    } all[] = {{1, 2, WIRE_OK}, {2, 1, WIRE_MALFORMED}, {1, 1, WIRE_MALFORMED}};
    for (size_t k = 0; k < sizeof kinds; k++)
        for (size_t i = 0; i < COUNT(all); i++) {
            struct packet body = {.len = 0};
            put_digest(&body, 9);
            put_byte(&body, ENGINE_ITEM_EVIDENCE);
            put_digest(&body, all[i].first);
            put_digest(&body, all[i].second);
            assert_int_equal(read_body(kinds[k], &body), all[i].result);
            body.bytes[GARITA_DIGEST_SIZE] = GARITA_TYPE_HEAD; /* which is no item */
            assert_malformed(kinds[k], &body);
        }
    struct packet body = {.len = 0}; /* anchors of a digest likewise */
    put(&body, "\0\0\0", 3);
    put(&body, anchors + WIRE_DIGEST_ENTRY_SIZE, WIRE_DIGEST_ENTRY_SIZE);
    put(&body, anchors, WIRE_DIGEST_ENTRY_SIZE);
    assert_malformed(WIRE_DIGEST, &body);
    memcpy(body.bytes + 3, anchors, WIRE_DIGEST_ENTRY_SIZE);
    assert_malformed(WIRE_DIGEST, &body);
}

static void flags_that_there_are_not_are_malformed(void **state)
{
    (void)state;
    struct packet body = {.len = 0};
    put(&body, "\2\0\0", 3);
    assert_malformed(WIRE_DIGEST, &body);
    body.len = 0;
    put(&body, "12345678\2", WIRE_TAG_SIZE + 1);
    assert_malformed(WIRE_VECTOR, &body);
    body = vector_of(1, 1, 0);
    body.bytes[WIRE_TAG_SIZE + 1 + GARITA_DIGEST_SIZE] |= 2;
    assert_malformed(WIRE_VECTOR, &body);
    body.len = 0;
    put_number(&body, 1);
    put_digest(&body, 1);
    put_byte(&body, 16);
    assert_malformed(WIRE_WANT, &body);
    body.len = 0; /* an item, and batches */
    put_number(&body, 1);
    put_digest(&body, 1);
    put_byte(&body, 8 | 2);
    put_byte(&body, ENGINE_ITEM_POLICY);
    put_digest(&body, 2);
    assert_malformed(WIRE_WANT, &body);
    body.bytes[1 + GARITA_DIGEST_SIZE] = 8;
    assert_read(WIRE_WANT, &body);
}

/* --- any bytes --- */

static void whatever_is_read_is_written_as_the_same_bytes(void **state)
{
    (void)state;
    rng r = {4};
    size_t good = 0, bad = 0;
    for (size_t i = 0; i < MUTATIONS; i++) {
        struct packet p = written(&samples[rng_below(&r, sample_count)]);
        for (size_t changes = rng_below(&r, 3); changes-- > 0;)
            p.bytes[rng_below(&r, p.len < 64 ? p.len : 64)] = (uint8_t)rng_next(&r);
        uint8_t *exact = exact_copy(p.bytes, p.len);
        struct wire_reader reader = {exact, p.len, 0};
        struct wire_message m;
        size_t at = 0;
        enum wire_result result;
        for (; (result = wire_next(&reader, &m)) == WIRE_OK; at = reader.at) {
            good++;
            if (m.kind == WIRE_SKIPPED_MIN || m.kind == WIRE_HELLO)
                continue;
            struct packet again = written(&m);
            assert_int_equal(again.len, reader.at - at);
            assert_memory_equal(again.bytes, exact + at, again.len);
        }
        bad += result == WIRE_MALFORMED;
        free(exact);
    }
    assert_true(good > 1000 && bad > 1000);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_comes_back_as_it_went),
        cmocka_unit_test(fields_come_back_as_they_went),
        cmocka_unit_test(entries_of_a_vector_come_back_as_they_went),
        cmocka_unit_test(several_in_a_packet_are_read_in_turn),
        cmocka_unit_test(what_does_not_fit_is_not_written),
        cmocka_unit_test(cut_at_any_byte_it_is_malformed),
        cmocka_unit_test(a_body_that_goes_on_is_malformed),
        cmocka_unit_test(a_greeting_of_a_later_program_is_understood),
        cmocka_unit_test(unknown_kinds_are_skipped_from_64_on_and_refused_below),
        cmocka_unit_test(numbers_are_as_short_as_they_can_be),
        cmocka_unit_test(a_length_in_a_frame_is_as_short_as_it_can_be),
        cmocka_unit_test(counts_above_their_bounds_are_malformed),
        cmocka_unit_test(vectors_keep_to_their_bounds),
        cmocka_unit_test(ranges_ascend_and_are_few),
        cmocka_unit_test(pieces_lie_where_all_look_for_them),
        cmocka_unit_test(lists_ascend),
        cmocka_unit_test(flags_that_there_are_not_are_malformed),
        cmocka_unit_test(whatever_is_read_is_written_as_the_same_bytes),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, make_samples, NULL);
}
