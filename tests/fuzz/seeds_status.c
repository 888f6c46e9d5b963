/* Seeds of what is about status logs. */
#include "seeds.h"

#include <stdio.h>

#include <garita/bundle.h>
#include <garita/equivocation.h>

#include "published.h"
#include "signers.h"

#define REVOKED GARITA_STANDING_REVOKED
#define SUSPENDED GARITA_STANDING_SUSPENDED

/* What seeds are put together in. */
typedef struct text {
    uint8_t at[64 * 1024];
    size_t len;
} text;

static text t;

static bool put(void *context, const uint8_t *bytes, size_t len)
{
    text *to = context;
    WORLD_REQUIRE(len <= sizeof to->at - to->len);
    memcpy(to->at + to->len, bytes, len);
    to->len += len;
    return true;
}

static void put_byte(uint8_t byte)
{
    put(&t, &byte, 1);
}

static void write_seed(const char *fuzzer, const char *name)
{
    seed(fuzzer, name, t.at, t.len);
    t.len = 0;
}

/* --- batches --- */

static void batch_seed(const char *name, garita_event *events, size_t count)
{
    static uint8_t bytes[GARITA_BATCH_BYTES_MAX];
    size_t len;
    WORLD_REQUIRE(garita_batch_encode(bytes, &len, sizeof bytes, WORLD_NOW, events, count) ==
                  GARITA_OK);
    seed("batch", name, bytes, len);
}

static void batches(void)
{
    garita_event one = {4711, REVOKED, GARITA_CAUSE_LOST};
    garita_event groups[] = {{1, 0, 0},           {2, SUSPENDED, 1},        {3, REVOKED, 7},
                             {9, REVOKED, 7},     {70000, REVOKED, 63},     {5, REVOKED, 7},
                             {500, SUSPENDED, 1}, {GARITA_SERIAL_MAX, 0, 0}};
    garita_event many[200];
    batch_seed("none", NULL, 0);
    batch_seed("one", &one, 1);
    batch_seed("groups", groups, sizeof groups / sizeof groups[0]);
    for (uint32_t i = 0; i < 200; i++)
        many[i] = (garita_event){1 + i * i * 977, REVOKED, 0};
    batch_seed("many", many, 200);
    for (uint32_t i = 0; i < 200; i++)
        many[i] = (garita_event){1 + i, SUSPENDED, 0};
    batch_seed("row", many, 200);
    seed("batch", "group-again", "\x0c\xf5\xdf\0\x81\x0b\x01\xc9\x98\x81\0\1\0", 13);
}

/* --- chunks --- */

static void chunk_seed(const char *name, uint8_t index, uint32_t first, uint32_t step,
                       uint32_t count, uint32_t suspended_each)
{
    static uint8_t bytes[GARITA_CHUNK_BYTES_MAX];
    garita_set *set;
    size_t len;
    WORLD_REQUIRE(garita_set_new(&set) == GARITA_OK);
    for (uint32_t i = 0; i < count; i++)
        WORLD_REQUIRE(garita_set_put(set, 1 + first + i * step,
                                     suspended_each != 0 && i % suspended_each == 0
                                         ? GARITA_STANDING_SUSPENDED
                                         : GARITA_STANDING_REVOKED) == GARITA_OK);
    garita_set_chunk(bytes, &len, set, 0);
    garita_set_free(set);
    put_byte(index);
    put(&t, bytes, len);
    write_seed("chunk", name);
}

static void chunks_of_each_mode(void)
{
    chunk_seed("one", 0, 4710, 1, 1, 0);
    chunk_seed("rice", 1, 3, 977, 60, 0);
    chunk_seed("runs", 2, 1000, 1, 1000, 0);
    chunk_seed("all", 3, 0, 1, GARITA_CHUNK_SERIALS, 0);
    chunk_seed("both", 255, 7, 31, 200, 3);
    chunk_seed("suspended", 5, 7, 2, 20, 1);
    chunk_seed("far", 254, 9, 1, 1, 0);
    chunk_seed("last", 255, 65534, 1, 1, 0);
    chunk_seed("beyond-the-last", 255, 65535, 1, 1, 0);
    seed("chunk", "run-beyond", "\0\x81\x80\x10\x40\0\x10\0\0\0", 10);
    seed("chunk", "none-in-another-mode", "\0\x04\x12\x66\x01", 5);
    seed("chunk", "nothing", "\0\0\0", 3);
    seed("chunk", "in-both", "\0\x04\x12\x66\x04\x12\x66", 7);
    seed("chunk", "in-turn", "\0\x04\x12\x67\x04\x12\x66", 7);
    /* changes: two rows, and one that goes beyond the first */
    seed("chunk", "rows", "\0\0\x0a\x20\3\xe8\x20\0\x32\x20\0\x32\x20", 13);
    /* changes: a row, of which some are taken out, and come back */
    seed("chunk", "row",
         "\0\0\x0a\x22\0\x0a\0\0\x6d\0\0\x32\0\0\x34\0\0\x33\0\0\x32\1\0\x34\1\0\x33\1", 28);
    /* changes: each third serial, which is a bitmap, in both parts, and taken back */
    enum { THIRDS = 9, ROW = 3 * 2500 };
    enum { REVOKE = 56, SUSPEND = 58, REINSTATE = 57 };
    static const uint8_t ways[][3] = {{REVOKE}, {SUSPEND, REINSTATE}, {SUSPEND, REVOKE}};
    for (size_t way = 0; way < 3; way++) {
        char name[32];
        put_byte((uint8_t)way);
        for (size_t i = 0; i < 3 && ways[way][i] != 0; i++) {
            for (unsigned k = 0; k < THIRDS; k++) {
                put_byte((uint8_t)(k * ROW >> 8));
                put_byte((uint8_t)(k * ROW & 0xff));
                put_byte(ways[way][i]);
            }
        }
        snprintf(name, sizeof name, "changes-%zu", way);
        write_seed("chunk", name);
    }
}

/* --- heads --- */

static void head_seed(const signers *s, const char *name, uint8_t by, const garita_head *head)
{
    uint8_t bytes[GARITA_HEAD_BYTES_MAX];
    size_t len;
    WORLD_REQUIRE(garita_head_issue(bytes, &len, sizeof bytes, NULL, head, &s->keys[by].signer) ==
                  GARITA_OK);
    put_byte(by);
    put(&t, bytes + 1, len - WORLD_ENVELOPE);
    write_seed("head", name);
    if (by == 0)
        seed("statement", name, bytes, len);
}

static void heads(const signers *s)
{
    garita_head head = {.signed_at = WORLD_NOW, .next_due = WORLD_NOW + 86400};
    for (uint8_t by = 0; by < SIGNERS; by++) {
        char name[32];
        snprintf(name, sizeof name, "head-%u", by);
        head_seed(s, name, by, &head);
    }
    head.size = 70000;
    head.issued = GARITA_SERIAL_MAX;
    head.root.bytes[3] = 9;
    head_seed(s, "head-of-many", 0, &head);
}

/* --- proofs --- */

/* A head as fuzz_equivocation takes its numbers: size, roots, time. */
static void put_numbers(uint16_t size, uint8_t root, uint8_t set_root, uint16_t time)
{
    const uint8_t bytes[] = {(uint8_t)(size >> 8), (uint8_t)size, root, set_root,
                             (uint8_t)(time >> 8), (uint8_t)time};
    put(&t, bytes, sizeof bytes);
}

static void proof_seed(const char *name, uint8_t signer1, uint8_t signer2)
{
    put_byte(signer1);
    put_byte(signer2);
    write_seed("equivocation", name);
}

static void proofs(const signers *s)
{
    enum { FOLLOWED = 16, SWAPPED = 32, MAPS = 8 };
    put_byte(GARITA_FORM_SAME_SIZE);
    put_numbers(5, 1, 3, 9);
    put_numbers(5, 2, 3, 9);
    proof_seed("same-size", 2, 2);
    put_byte(GARITA_FORM_SAME_SIZE | SWAPPED);
    put_numbers(5, 1, 4, 9);
    put_numbers(5, 1, 3, 9);
    proof_seed("same-size-two-keys", 3, 6);
    put_byte(GARITA_FORM_REGRESSION);
    put_numbers(5, 1, 3, 1301);
    put_numbers(6, 2, 4, 1000);
    proof_seed("regression", 0, 5);
    static const uint8_t forks[][3] = {{3, 7, 4}, {4, 7, 2}, {4, 8, 2}, {6, 7, 3}, {1, 2, 2}};
    for (size_t i = 0; i < sizeof forks / sizeof forks[0]; i++) {
        char name[32];
        put_byte(GARITA_FORM_FORK | FOLLOWED);
        put_byte(forks[i][2]);
        for (uint8_t k = 0; k < forks[i][2]; k++)
            put_byte((uint8_t)(50 + k));
        put_numbers(forks[i][0], 1, (uint8_t)(i == 1), 9);
        put_numbers(forks[i][1], 2, 4, 9);
        snprintf(name, sizeof name, "fork-%zu", i);
        proof_seed(name, 2, 2);
    }
    garita_head head = {.size = 4, .signed_at = WORLD_NOW, .next_due = WORLD_NOW};
    put_byte(GARITA_FORM_SAME_SIZE | MAPS);
    for (uint8_t i = 0; i < 2; i++) {
        uint8_t bytes[GARITA_HEAD_BYTES_MAX];
        size_t len;
        head.root.bytes[0] = i;
        WORLD_REQUIRE(garita_head_issue(bytes, &len, sizeof bytes, NULL, &head,
                                        &s->keys[1].signer) == GARITA_OK);
        put_byte(1);
        put_byte(0);
        put_byte((uint8_t)(len - WORLD_ENVELOPE));
        put(&t, bytes + 1, len - WORLD_ENVELOPE);
    }
    write_seed("equivocation", "maps");
}

/* --- bundles --- */

static void bundles(const signers *s)
{
    static history h;
    static published first, last;
    static garita_message m;
    const garita_hash id = {{1}};
    const world_agency *by = &s->keys[2];
    history_start(&h, &id);
    for (uint8_t i = 0; i < 5; i++) {
        const uint8_t events[] = {(uint8_t)(3 << i), 0x20};
        history_add(&h, &(input){events, sizeof events});
        if (i == 2)
            published_honest(&first, &h, WORLD_NOW, &by->signer);
    }
    published_honest(&last, &h, WORLD_NOW + 9, &by->signer);

    garita_bundle_write_header(put, &t);
    m = (garita_message){.kind = GARITA_MESSAGE_ORIGIN, .bytes = {id.bytes, 16}};
    garita_bundle_write(put, &t, &m);
    m = (garita_message){.kind = GARITA_MESSAGE_STATEMENT,
                         .bytes = {by->statement, by->statement_len}};
    garita_bundle_write(put, &t, &m);
    m = (garita_message){.kind = GARITA_MESSAGE_PROOF, .bytes = {last.bytes, 20}};
    garita_bundle_write(put, &t, &m);
    m = (garita_message){.kind = GARITA_MESSAGE_TAIL, .head = published_statement(&last)};
    history_frontier(&m.frontier, &h, 3);
    garita_bundle_write(put, &t, &m);
    for (size_t i = 3; i < 5; i++) {
        m = (garita_message){.kind = GARITA_MESSAGE_BATCH,
                             .bytes = {h.batches[i].bytes, h.batches[i].len}};
        garita_bundle_write(put, &t, &m);
    }
    const uint8_t skipped[] = {200, 3, 'x', 'y', 'z'};
    put(&t, skipped, sizeof skipped);
    m = (garita_message){
        .kind = GARITA_MESSAGE_SNAPSHOT, .head = published_statement(&last), .path_from = 3};
    history_frontier(&m.frontier, &h, 4);
    m.path_count = naive_consistency(m.path, h.leaves, 5, 3);
    garita_bundle_write(put, &t, &m);
    m = (garita_message){.kind = GARITA_MESSAGE_LEAVES, .bytes = {h.leaves[4].bytes, 32}};
    garita_bundle_write(put, &t, &m);
    chunks c;
    chunks_make(&c, &last.claims, false);
    for (size_t i = 0; i < c.count; i++) {
        m = (garita_message){.kind = GARITA_MESSAGE_CHUNK, .index = c.indexes[i], .bytes = c.at[i]};
        garita_bundle_write(put, &t, &m);
    }
    chunks_end(&c);
    m = (garita_message){.kind = GARITA_MESSAGE_EVIDENCE,
                         .head = published_statement(&first),
                         .index = 1,
                         .bytes = {h.batches[1].bytes, h.batches[1].len}};
    m.path_count = naive_inclusion(m.path, h.leaves, 3, 1);
    garita_bundle_write(put, &t, &m);
    size_t cut = t.len;
    m = (garita_message){.kind = GARITA_MESSAGE_END};
    garita_bundle_write(put, &t, &m);
    seed("bundle", "cut", t.at, cut);
    write_seed("bundle", "whole");
    garita_bundle_write_header(put, &t);
    garita_bundle_write(put, &t, &m);
    write_seed("bundle", "empty");
    garita_bundle_write_header(put, &t);
    m = (garita_message){.kind = GARITA_MESSAGE_SNAPSHOT,
                         .head = published_statement(&last),
                         .frontier = last.frontier,
                         .path_from = last.head.size,
                         .path_count = 1};
    garita_bundle_write(put, &t, &m);
    write_seed("bundle", "path-from-its-own-size");
    history_end(&h);
}

static void haves(void)
{
    uint8_t bytes[512];
    garita_have_log logs[] = {{.id = {{9}}, .size = 3, .signed_at = WORLD_NOW},
                              {.id = {{1}}, .size = GARITA_LOG_SIZE_MAX}};
    garita_digest digests[] = {{{3}}, {{1}}, {{3}}};
    garita_have_write(bytes, logs, 2, digests, 3);
    seed("bundle", "have", bytes, garita_have_size(2, 3));
    garita_have_write(bytes, logs, 0, digests, 0);
    seed("bundle", "have-nothing", bytes, garita_have_size(0, 0));
}

/* --- acts, as fuzz_log.c reads them --- */

enum { ADD, PUBLISH, TAIL, SNAPSHOT, LIE, FORK, EVIDENCE, PROOF, JUNK, DAMAGE };
enum { A, B }; /* histories; checkpoints too */
/* Where an offer begins: HELD - 4 to HELD + 3 are such. */
enum { NO_LEAVES = 0, FROM_0 = 0, HELD = 132 };
enum { NOW = 128, LATER = 140 };

#define ADD_REVOKED(h, serials) ADD, (h), (serials), 0x20
#define ADD_SUSPENDED(h, serials) ADD, (h), (serials), 0x10
#define TAIL_TO(to, head, from) TAIL, (head), (to), (from), 0, 0
#define SNAPSHOT_TO(to, head, path_from) SNAPSHOT, (head), (to), NO_LEAVES, (path_from), 0, 0
#define LEAVES_TO(to, head, from) SNAPSHOT, (head), (to), (from), 0, 0, 0
#define BEGINNING ADD_REVOKED(A, 1), ADD_SUSPENDED(A, 6), PUBLISH, A, NOW

#define RUN(name, ...)                                                                             \
    do {                                                                                           \
        static const uint8_t acts_[] = {__VA_ARGS__};                                              \
        seed("log", name, acts_, sizeof acts_);                                                    \
    } while (0)

static void runs(void)
{
    RUN("honest", BEGINNING, TAIL_TO(A, 0, FROM_0), SNAPSHOT_TO(B, 0, FROM_0), ADD_REVOKED(A, 8),
        PUBLISH, A, LATER, TAIL_TO(A, 1, HELD), SNAPSHOT_TO(B, 1, HELD), PUBLISH, A, LATER,
        TAIL_TO(A, 2, HELD), TAIL_TO(B, 0, FROM_0), TAIL_TO(B, 2, HELD), TAIL_TO(B, 2, HELD));
    RUN("gap", BEGINNING, TAIL_TO(A, 0, HELD + 1), TAIL_TO(A, 0, FROM_0), ADD_REVOKED(A, 8),
        ADD_REVOKED(A, 16), PUBLISH, A, LATER, TAIL_TO(A, 1, HELD + 1), SNAPSHOT_TO(A, 1, FROM_0),
        SNAPSHOT_TO(A, 1, HELD + 1), SNAPSHOT_TO(A, 1, HELD - 1), SNAPSHOT_TO(A, 1, HELD));
    RUN("leaves", BEGINNING, TAIL_TO(A, 0, FROM_0), ADD_REVOKED(A, 8), ADD_REVOKED(A, 16), PUBLISH,
        A, LATER, LEAVES_TO(A, 1, HELD + 1), LEAVES_TO(A, 1, HELD), LEAVES_TO(B, 0, HELD),
        LEAVES_TO(B, 1, HELD - 1), FORK, ADD_REVOKED(A, 1), ADD_REVOKED(B, 32), ADD_REVOKED(B, 64),
        PUBLISH, A, LATER, PUBLISH, B, LATER, TAIL_TO(A, 2, HELD), LEAVES_TO(A, 3, HELD - 1));
    RUN("same-size", BEGINNING, FORK, ADD_REVOKED(A, 8), ADD_REVOKED(B, 16), PUBLISH, A, NOW,
        PUBLISH, B, NOW, TAIL_TO(A, 1, FROM_0), TAIL_TO(A, 2, FROM_0), SNAPSHOT_TO(B, 2, FROM_0),
        TAIL_TO(B, 1, FROM_0), PROOF, B);
    RUN("fork", BEGINNING, FORK, ADD_REVOKED(A, 8), PUBLISH, A, NOW, ADD_REVOKED(B, 16),
        ADD_REVOKED(B, 32), PUBLISH, B, NOW, TAIL_TO(A, 1, FROM_0), TAIL_TO(A, 2, FROM_0),
        TAIL_TO(B, 2, FROM_0), TAIL_TO(B, 1, FROM_0), SNAPSHOT_TO(A, 2, HELD));
    RUN("fork-from-where-it-forks", BEGINNING, FORK, ADD_REVOKED(A, 8), PUBLISH, A, NOW,
        ADD_REVOKED(B, 16 + 2), ADD_REVOKED(B, 32), PUBLISH, B, NOW, TAIL_TO(A, 1, FROM_0),
        TAIL_TO(A, 2, HELD - 1));
    RUN("same-moment", BEGINNING, LIE, A, 2, NOW, 8, TAIL_TO(A, 0, FROM_0), TAIL_TO(A, 1, FROM_0),
        DAMAGE, A, 1, TAIL_TO(A, 1, FROM_0));
    RUN("regression", BEGINNING, LIE, A, 1, LATER, 0, TAIL_TO(A, 0, FROM_0), TAIL_TO(A, 1, FROM_0),
        TAIL_TO(B, 1, FROM_0), TAIL_TO(B, 0, HELD + 1), TAIL_TO(B, 0, HELD));
    RUN("at-the-skew", BEGINNING, LIE, A, 1, NOW + 6, 0, LIE, A, 1, NOW + 7, 0,
        TAIL_TO(A, 0, FROM_0), TAIL_TO(A, 1, FROM_0), TAIL_TO(A, 2, FROM_0), TAIL_TO(B, 1, FROM_0),
        TAIL_TO(B, 0, HELD));
    RUN("other-set", BEGINNING, LIE, A, 2, LATER, 2, 0, TAIL_TO(A, 1, FROM_0),
        SNAPSHOT_TO(B, 0, FROM_0), SNAPSHOT_TO(B, 1, FROM_0), ADD_REVOKED(A, 8), LIE, A, 3, LATER,
        2, 0, SNAPSHOT_TO(B, 2, HELD));
    RUN("other-tree", BEGINNING, TAIL_TO(A, 0, FROM_0), LIE, A, 2, LATER, 1, TAIL_TO(A, 1, HELD),
        LIE, A, 1, NOW, 1, TAIL_TO(A, 2, HELD), TAIL_TO(B, 1, HELD), SNAPSHOT_TO(B, 1, FROM_0));
    RUN("evidence", BEGINNING, FORK, ADD_REVOKED(B, 64), PUBLISH, B, NOW, EVIDENCE, 1, A, 2, 0, 0,
        TAIL_TO(A, 0, FROM_0), EVIDENCE, 1, A, 2, 0, 0, EVIDENCE, 1, B, 0, 1, 0);
    RUN("junk", BEGINNING, JUNK, A, 7, LIE, A, 3, LATER, 0, TAIL_TO(A, 0, FROM_0),
        TAIL_TO(A, 1, HELD), SNAPSHOT_TO(A, 1, HELD), EVIDENCE, 1, B, 2, 0, 0, LIE, A, 2, LATER, 4,
        SNAPSHOT_TO(B, 2, FROM_0));
    RUN("damage", BEGINNING, TAIL_TO(A, 0, FROM_0), DAMAGE, A, 1, TAIL_TO(A, 0, HELD),
        TAIL_TO(A, 0, FROM_0), SNAPSHOT_TO(B, 0, FROM_0), DAMAGE, B, 0, SNAPSHOT_TO(B, 0, FROM_0),
        ADD_REVOKED(A, 8), PUBLISH, A, LATER, DAMAGE, B, 0x82, TAIL_TO(B, 1, FROM_0));
    /* how it is altered is as fuzz_log.c numbers it: of paths from 7 on, of leaves from 10 on */
    static const uint8_t before[] = {
        BEGINNING, TAIL_TO(A, 0, FROM_0), ADD_REVOKED(A, 0xf0), PUBLISH, A, LATER};
    for (uint8_t how = 1; how < 12; how++) {
        const uint8_t altered[] = {
            TAIL, 1, A, HELD, how, 5, SNAPSHOT, 1, A, how < 10 ? NO_LEAVES : HELD, HELD, how, 5};
        char name[32];
        put(&t, before, sizeof before);
        put(&t, altered, sizeof altered);
        snprintf(name, sizeof name, "altered-%u", how);
        write_seed("log", name);
    }
}

/* --- imports, as fuzz_import.c reads them --- */

enum { TAIL_OF, SNAPSHOT_OF, EVIDENCE_OF, PROOF_OF, STATEMENT_OF, CUT = 250, FLIP, IMPORT };
/* heads: those of 2, 3 and 6 batches, and a heartbeat; of a fork; lies; of the anchor */
enum {
    OF_2,
    OF_3,
    OF_6,
    AGAIN,
    FORK_4,
    FORK_5,
    BACK,
    SET_4,
    SET_4_MORE,
    TREE_5,
    BAD_3,
    OF_0,
    USA_1
};
enum { USA_2 = USA_1 + 1 }; /* which revokes the agency */
#define AGENCY STATEMENT_OF, 0, 0

#define IMPORTS(name, ...)                                                                         \
    do {                                                                                           \
        static const uint8_t groups_[] = {__VA_ARGS__};                                            \
        seed("import", name, groups_, sizeof groups_);                                             \
    } while (0)

static void imports(void)
{
    IMPORTS("honest", AGENCY, TAIL_OF, OF_2, 0, IMPORT, STATEMENT_OF, 1, 0, STATEMENT_OF, 2, 0,
            TAIL_OF, OF_6, 2, TAIL_OF, AGAIN, 6, TAIL_OF, USA_1, 0);
    IMPORTS("snapshots", AGENCY, SNAPSHOT_OF, OF_3, 0, IMPORT, SNAPSHOT_OF, OF_6, 3, TAIL_OF, OF_2,
            0);
    IMPORTS("fork", AGENCY, TAIL_OF, OF_6, 0, IMPORT, TAIL_OF, FORK_5, 3, TAIL_OF, FORK_4, 0,
            PROOF_OF, FORK_4, OF_6, EVIDENCE_OF, FORK_5, 4);
    IMPORTS("fork-first", AGENCY, SNAPSHOT_OF, FORK_5, 0, IMPORT, EVIDENCE_OF, OF_6, 3);
    IMPORTS("proof-first", AGENCY, PROOF_OF, BACK, OF_6, EVIDENCE_OF, FORK_4, 3, IMPORT, TAIL_OF,
            BACK, 0);
    IMPORTS("lies", AGENCY, SNAPSHOT_OF, SET_4, 0, IMPORT, SNAPSHOT_OF, SET_4_MORE, 0, TAIL_OF,
            TREE_5, 5, SNAPSHOT_OF, BAD_3, 0);
    IMPORTS("revoked", AGENCY, TAIL_OF, OF_2, 0, IMPORT, TAIL_OF, USA_2, 0, TAIL_OF, OF_3, 0);
    IMPORTS("cut", AGENCY, TAIL_OF, OF_6, 0, CUT, 9);
    IMPORTS("flipped", AGENCY, TAIL_OF, OF_6, 0, FLIP, 1, 200, 1);
    IMPORTS("gap", AGENCY, TAIL_OF, OF_2, 1, SNAPSHOT_OF, OF_0, 0);
}

void seeds_status(void)
{
    static signers s;
    signers_make(&s);
    batches();
    chunks_of_each_mode();
    heads(&s);
    proofs(&s);
    bundles(&s);
    haves();
    runs();
    imports();
    world_free(&s.w);
}
