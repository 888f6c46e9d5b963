/* status GOLDEN: what libgarita reads in the vectors below GOLDEN/status is what is written there, and
 * what it writes of the same meaning is the same bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <garita/batch.h>
#include <garita/bundle.h>
#include <garita/date.h>
#include <garita/equivocation.h>
#include <garita/head.h>
#include <garita/node.h>
#include <garita/set.h>
#include <garita/verify.h>

#include "golden.h"

static const char *golden;

/* --- vectors --- */

typedef struct vector {
    const char *name;
    json_t *json;
    file bytes;
    bool is_wrong; /* something of it was other than written */
} vector;

static const char *text_of(const json_t *object, const char *name) {
    return json_string_value(json_object_get(object, name));
}

/* Says what is not as written. */
static void expect(vector *v, const char *what, bool holds) {
    if (holds)
        return;
    print_error("%s: %s is not as written\n", v->name, what);
    v->is_wrong = true;
}

/* "ok" where the vector has no error. */
static void expect_error(vector *v, garita_error found) {
    const char *written = text_of(v->json, "error"), *name = garita_error_name(found);
    if (strcmp(name, written ? written : "ok") == 0)
        return;
    print_error("%s: written %s, found %s\n", v->name, written ? written : "ok", name);
    v->is_wrong = true;
}

/* Each vector of a folder is judged; the number of them is the least that there must be. */
static void judge(const char *folder, size_t least, void (*judge_one)(vector *v)) {
    char start[64], name[256];
    snprintf(start, sizeof start, "status/%s/", folder);
    names list = vectors_in(golden, start);
    size_t count = list.count, wrong = 0;
    for (size_t i = 0; i < list.count; i++) {
        vector v = { .name = list.at[i] };
        snprintf(name, sizeof name, "%s%s.json", start, v.name);
        v.json = json_read(golden, name);
        snprintf(name, sizeof name, "%s%s.bin", start, v.name);
        v.bytes = file_read(golden, name);
        judge_one(&v);
        wrong += v.is_wrong;
        json_decref(v.json);
        file_free(&v.bytes);
    }
    names_free(&list);
    assert_int_equal(wrong, 0);
    assert_true(count >= least);
}

/* --- numbers, hashes, bytes --- */

/* Visits the numbers of a list of numbers and of {"first", "count", "step"}. */
static void each_number(const json_t *list, void (*visit)(void *context, uint32_t n),
                        void *context) {
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);
        if (json_is_integer(row)) {
            visit(context, (uint32_t)json_integer_value(row));
            continue;
        }
        json_int_t n = json_integer_value(json_object_get(row, "first"));
        json_int_t step = json_integer_value(json_object_get(row, "step"));
        for (json_int_t left = json_integer_value(json_object_get(row, "count")); left > 0; left--)
            visit(context, (uint32_t)n), n += step;
    }
}

static bool is_hex(const json_t *text, const void *at, size_t len) {
    const char *hex = json_string_value(text);
    const uint8_t *bytes = at;
    if (!hex || strlen(hex) != 2 * len)
        return false;
    for (size_t i = 0; i < len; i++) {
        char digits[3];
        snprintf(digits, sizeof digits, "%02x", bytes[i]);
        if (memcmp(hex + 2 * i, digits, 2) != 0)
            return false;
    }
    return true;
}

static bool are_hashes(const json_t *list, const garita_hash *at, size_t count) {
    if (json_array_size(list) != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!is_hex(json_array_get(list, i), at[i].bytes, GARITA_HASH_SIZE))
            return false;
    return true;
}

static garita_hash hash_of(const json_t *object, const char *name) {
    garita_hash out;
    unhex(out.bytes, GARITA_HASH_SIZE, text_of(object, name));
    return out;
}

static int64_t moment_of(const json_t *object, const char *name) {
    const char *text = text_of(object, name);
    int64_t out;
    assert_int_equal(garita_moment_parse(&out, text, strlen(text)), GARITA_OK);
    return out;
}

/* --- batches --- */

/* Room for all events that a batch may have. */
typedef struct events {
    size_t count;
    uint8_t standing, cause; /* of those that are added */
    garita_event at[GARITA_BATCH_EVENTS_MAX];
} events;

static void add_event(void *context, uint32_t serial) {
    events *e = context;
    assert_true(e->count < GARITA_BATCH_EVENTS_MAX);
    e->at[e->count++] = (garita_event){ serial, e->standing, e->cause };
}

static void written_events(events *out, const json_t *groups) {
    out->count = 0;
    for (size_t i = 0; i < json_array_size(groups); i++) {
        const json_t *group = json_array_get(groups, i), *cause = json_object_get(group, "cause");
        const char *standing = text_of(group, "standing"), *name = json_string_value(cause);
        for (unsigned s = 0; s <= GARITA_STANDING_REVOKED; s++)
            if (strcmp(garita_standing_name((garita_standing)s), standing) == 0)
                out->standing = (uint8_t)s;
        out->cause = (uint8_t)(name ? garita_cause_by_name(name, strlen(name))
                                    : json_integer_value(cause));
        each_number(json_object_get(group, "serials"), add_event, out);
    }
}

static int by_serial(const void *a, const void *b) {
    const garita_event *x = a, *y = b;
    return (x->serial > y->serial) - (x->serial < y->serial);
}

static void judge_batch(vector *v) {
    static events written, found;
    static uint8_t made[GARITA_BATCH_BYTES_MAX];
    const json_t *batch = json_object_get(v->json, "batch");
    garita_fault fault;
    int64_t time;
    size_t made_len;
    garita_error e =
        garita_batch_decode(&time, found.at, &found.count, &fault, v->bytes.at, v->bytes.len);
    expect_error(v, e);
    if (e != GARITA_OK || !json_is_object(batch))
        return;
    written_events(&written, json_object_get(batch, "groups"));
    qsort(written.at, written.count, sizeof written.at[0], by_serial);
    expect(v, "its time", time == moment_of(batch, "time"));
    expect(v, "its number of events", found.count == written.count);
    for (size_t i = 0; i < found.count && !v->is_wrong; i++)
        expect(v, "an event", found.at[i].serial == written.at[i].serial &&
                                  found.at[i].standing == written.at[i].standing &&
                                  found.at[i].cause == written.at[i].cause);
    e = garita_batch_encode(made, &made_len, sizeof made, time, written.at, written.count);
    expect(v, "what is written of the same events",
           e == GARITA_OK && made_len == v->bytes.len &&
               memcmp(made, v->bytes.at, made_len) == 0);
}

static void each_batch_says_what_is_written(void **state) {
    (void)state;
    judge("batches", 40, judge_batch);
}

/* --- chunks and sets --- */

typedef struct filling {
    garita_set *set;
    uint64_t base; /* the serial before offset 0 */
    garita_standing standing;
} filling;

static void put(void *context, uint32_t n) {
    filling *f = context;
    assert_int_equal(garita_set_put(f->set, (uint32_t)(f->base + n), f->standing), GARITA_OK);
}

static bool is_same_set(garita_set *a, garita_set *b) {
    garita_hash root_a, root_b;
    garita_set_root(&root_a, a);
    garita_set_root(&root_b, b);
    return garita_hash_equal(&root_a, &root_b);
}

static void judge_chunk(vector *v) {
    uint8_t made[GARITA_CHUNK_BYTES_MAX];
    size_t made_len;
    uint32_t index = (uint32_t)json_integer_value(json_object_get(v->json, "index"));
    garita_set *read, *filled;
    assert_int_equal(garita_set_new(&read), GARITA_OK);
    assert_int_equal(garita_set_new(&filled), GARITA_OK);
    garita_error e = garita_set_put_chunk(read, index, v->bytes.at, v->bytes.len);
    expect_error(v, e);
    if (e == GARITA_OK) {
        filling f = { filled, (uint64_t)index * GARITA_CHUNK_SERIALS + 1, GARITA_STANDING_REVOKED };
        each_number(json_object_get(json_object_get(v->json, "revoked"), "offsets"), put, &f);
        f.standing = GARITA_STANDING_SUSPENDED;
        each_number(json_object_get(json_object_get(v->json, "suspended"), "offsets"), put, &f);
        expect(v, "its set", is_same_set(read, filled));
        expect(v, "its number of revoked", garita_set_revoked(read) == garita_set_revoked(filled));
        expect(v, "its number of suspended",
               garita_set_suspended(read) == garita_set_suspended(filled));
        garita_set_chunk(made, &made_len, filled, index);
        expect(v, "what is written of the same set",
               made_len == v->bytes.len && memcmp(made, v->bytes.at, made_len) == 0);
    } else {
        expect(v, "that nothing is kept of it", garita_set_next_chunk(read, 0) == -1);
    }
    garita_set_free(read);
    garita_set_free(filled);
}

static void each_chunk_says_what_is_written(void **state) {
    (void)state;
    judge("chunks", 60, judge_chunk);
}

static void judge_set(vector *v) {
    const json_t *chunks = json_object_get(v->json, "chunks");
    uint8_t made[GARITA_CHUNK_BYTES_MAX];
    size_t made_len, i = 0;
    garita_hash root;
    filling f = { .base = 0, .standing = GARITA_STANDING_REVOKED };
    assert_int_equal(garita_set_new(&f.set), GARITA_OK);
    each_number(json_object_get(v->json, "revoked"), put, &f);
    f.standing = GARITA_STANDING_SUSPENDED;
    each_number(json_object_get(v->json, "suspended"), put, &f);
    for (int32_t at = -1; (at = garita_set_next_chunk(f.set, (uint32_t)(at + 1))) >= 0; i++) {
        const json_t *chunk = json_array_get(chunks, i);
        garita_set_chunk(made, &made_len, f.set, (uint32_t)at);
        expect(v, "a chunk", chunk && json_integer_value(json_object_get(chunk, "index")) == at &&
                                 is_hex(json_object_get(chunk, "bytes"), made, made_len));
    }
    expect(v, "its number of chunks", i == json_array_size(chunks));
    garita_set_root(&root, f.set);
    expect(v, "its root", is_hex(json_object_get(v->json, "root"), root.bytes, GARITA_HASH_SIZE));
    garita_set_free(f.set);
}

static void each_set_has_the_root_that_is_written(void **state) {
    (void)state;
    judge("sets", 6, judge_set);
}

/* --- paths --- */

static void judge_path(vector *v) {
    const json_t *hashes = json_object_get(v->json, "hashes");
    const char *kind = text_of(v->json, "kind");
    garita_hash path[GARITA_PROOF_MAX];
    size_t count = json_array_size(hashes);
    bool holds;
    assert_true(count <= GARITA_PROOF_MAX);
    for (size_t i = 0; i < count; i++)
        unhex(path[i].bytes, GARITA_HASH_SIZE, json_string_value(json_array_get(hashes, i)));
    if (strcmp(kind, "inclusion") == 0) {
        garita_hash root = hash_of(v->json, "root"), leaf = hash_of(v->json, "leaf");
        holds = garita_merkle_includes(
            &root, (uint64_t)json_integer_value(json_object_get(v->json, "size")),
            (uint64_t)json_integer_value(json_object_get(v->json, "index")), &leaf, path, count);
    } else {
        garita_hash root1, root2 = hash_of(v->json, "root2");
        uint64_t size1 = (uint64_t)json_integer_value(json_object_get(v->json, "size1"));
        uint64_t size2 = (uint64_t)json_integer_value(json_object_get(v->json, "size2"));
        if (strcmp(kind, "prefix") == 0) {
            holds = garita_merkle_prefix_root(&root1, size1, &root2, size2, path, count);
            expect(v, "the root that it yields",
                   !holds || is_hex(json_object_get(v->json, "yields"), root1.bytes,
                                    GARITA_HASH_SIZE));
        } else {
            root1 = hash_of(v->json, "root1");
            holds = garita_merkle_consistent(&root1, size1, &root2, size2, path, count);
        }
    }
    expect_error(v, holds ? GARITA_OK : GARITA_E_NOT_PROVEN);
}

static void each_path_proves_what_is_written(void **state) {
    (void)state;
    judge("paths", 40, judge_path);
}

/* --- heads and proofs of equivocation --- */

static garita_trust *trust;

static bool is_head(const json_t *says, const garita_head *head) {
    garita_head written = {
        .size = (uint64_t)json_integer_value(json_object_get(says, "size")),
        .root = hash_of(says, "root"),
        .set_root = hash_of(says, "set_root"),
        .issued = (uint32_t)json_integer_value(json_object_get(says, "issued")),
        .signed_at = moment_of(says, "signed_at"),
        .next_due = moment_of(says, "next_due"),
    };
    return garita_head_equal(&written, head);
}

static void judge_head(vector *v) {
    garita_head head;
    garita_error e;
    const garita_issuer *signer =
        garita_head_signer(&head, &e, trust, NULL, v->bytes.at, v->bytes.len);
    const json_t *says = json_object_get(v->json, "head");
    expect_error(v, e);
    if (!signer || !json_is_object(says))
        return;
    const json_t *by = json_object_get(v->json, "signer");
    expect(v, "what it says", is_head(says, &head));
    expect(v, "its signer", is_hex(json_object_get(by, "id"), signer->id.bytes, GARITA_ID_SIZE) &&
                                json_integer_value(json_object_get(by, "key_number")) ==
                                    signer->key_number);
    expect(v, "its length", v->bytes.len <= 200);
}

static bool is_text(const json_t *written, garita_utf8 text) {
    return json_is_string(written) && json_string_length(written) == text.len &&
           memcmp(json_string_value(written), text.at, text.len) == 0;
}

static bool is_day(const json_t *written, bool has_day, uint32_t day) {
    char text[GARITA_DATE_TEXT_SIZE];
    garita_day_format(text, day);
    return has_day ? json_is_string(written) && strcmp(json_string_value(written), text) == 0
                   : json_is_null(written);
}

static bool is_node(const json_t *says, const garita_node *node) {
    const json_t *addresses = json_object_get(says, "addresses");
    bool is = json_integer_value(json_object_get(says, "serial")) == (json_int_t)node->serial &&
              is_day(json_object_get(says, "not_before"), node->has_start, node->not_before) &&
              is_day(json_object_get(says, "expires"), true, node->expires) &&
              is_hex(json_object_get(says, "public_key"), node->public_key,
                     GARITA_PUBLIC_KEY_SIZE) &&
              is_hex(json_object_get(says, "noise_key"), node->noise_key, GARITA_NOISE_KEY_SIZE) &&
              is_text(json_object_get(says, "name"), node->name) &&
              is_text(json_object_get(says, "country"),
                      (garita_utf8){ node->country, strlen(node->country) }) &&
              json_array_size(addresses) == node->address_count;
    for (size_t i = 0; is && i < node->address_count; i++)
        is = is_text(json_array_get(addresses, i), node->addresses[i]);
    return is;
}

static void judge_node(vector *v) {
    garita_node node;
    garita_error e;
    const garita_issuer *signer =
        garita_node_signer(&node, &e, trust, NULL, v->bytes.at, v->bytes.len);
    const json_t *says = json_object_get(v->json, "node");
    expect_error(v, e);
    if (!signer || !json_is_object(says))
        return;
    const json_t *by = json_object_get(v->json, "signer");
    expect(v, "what it says", is_node(says, &node));
    expect(v, "its signer", is_hex(json_object_get(by, "id"), signer->id.bytes, GARITA_ID_SIZE) &&
                                json_integer_value(json_object_get(by, "key_number")) ==
                                    signer->key_number);
}

static void each_node_says_what_is_written(void **state) {
    (void)state;
    judge("nodes", 40, judge_node);
}

static void each_head_says_what_is_written(void **state) {
    (void)state;
    judge("heads", 40, judge_head);
}

/* The key of this name, as keys.json has it. */
static void named_key(uint8_t out[GARITA_PUBLIC_KEY_SIZE], const char *name) {
    json_t *keys = json_read(golden, "keys.json");
    bool found = false;
    for (size_t i = 0; i < json_array_size(keys) && !found; i++) {
        const json_t *key = json_array_get(keys, i);
        found = strcmp(text_of(key, "name"), name) == 0;
        if (found)
            unhex(out, GARITA_PUBLIC_KEY_SIZE, text_of(key, "public_key"));
    }
    json_decref(keys);
    assert_true(found);
}

static void judge_proof(vector *v) {
    const json_t *proof = json_object_get(v->json, "proof");
    garita_equivocation read;
    garita_error e = garita_equivocation_read(&read, v->bytes.at, v->bytes.len);
    expect(v, "whether it can be read", (e == GARITA_OK) == json_is_object(proof));
    if (e == GARITA_OK && json_is_object(proof)) {
        uint8_t again[GARITA_EQUIVOCATION_BYTES_MAX];
        size_t again_len;
        expect(v, "its form", json_integer_value(json_object_get(proof, "form")) == read.form);
        expect(v, "its path", are_hashes(json_object_get(proof, "path"), read.path, read.path_count));
        for (size_t i = 0; i < 2; i++) {
            char name[256];
            snprintf(name, sizeof name, "status/%s",
                     json_string_value(json_array_get(json_object_get(proof, "heads"), i)));
            file head = file_read(golden, name);
            expect(v, "a head", head.at && head.len == read.heads[i].len &&
                                    memcmp(head.at, read.heads[i].at, head.len) == 0);
            file_free(&head);
        }
        garita_equivocation_write(again, &again_len, &read);
        expect(v, "what is written of it",
               again_len == v->bytes.len && memcmp(again, v->bytes.at, again_len) == 0);
    }
    const garita_issuer *accused =
        garita_equivocation_check(NULL, &e, trust, NULL, v->bytes.at, v->bytes.len);
    const char *proves = text_of(v->json, "proves");
    expect_error(v, e);
    expect(v, "whether it proves something", (accused != NULL) == (proves != NULL));
    if (accused && proves) {
        uint8_t key[GARITA_PUBLIC_KEY_SIZE];
        named_key(key, proves);
        expect(v, "whom it accuses", memcmp(key, accused->first_key, sizeof key) == 0);
    }
}

static void each_proof_proves_what_is_written(void **state) {
    (void)state;
    judge("equivocations", 30, judge_proof);
}

/* --- bundles --- */

static const char *kind_name(garita_message_kind kind) {
    static const char *const known[] = { "end",      "statement", "proof",    "tail",  "batch",
                                         "snapshot", "chunk",     "evidence", "leaves" };
    return kind == GARITA_MESSAGE_ORIGIN ? "origin" : known[kind];
}

static bool is_number(const json_t *object, const char *name, uint64_t value) {
    const json_t *number = json_object_get(object, name);
    return !number || json_integer_value(number) == (json_int_t)value;
}

/* Of a message all that is written. */
static bool is_message(const json_t *written, const garita_message *m) {
    const json_t *bytes = json_object_get(written, "bytes"), *head = json_object_get(written, "head");
    const json_t *path = json_object_get(written, "path");
    const json_t *frontier = json_object_get(written, "frontier");
    return written && strcmp(text_of(written, "kind"), kind_name(m->kind)) == 0 &&
           (bytes ? is_hex(bytes, m->bytes.at, m->bytes.len) : m->bytes.len == 0) &&
           (head ? is_hex(head, m->head.at, m->head.len) : m->head.len == 0) &&
           (path ? are_hashes(path, m->path, m->path_count) : m->path_count == 0) &&
           (frontier ? are_hashes(frontier, m->frontier.peaks,
                                  garita_frontier_count(m->frontier.size))
                     : m->frontier.size == 0) &&
           is_number(written, "size", m->frontier.size) && is_number(written, "index", m->index) &&
           is_number(written, "path_from", m->path_from);
}

typedef struct rewriting {
    size_t len;
    uint8_t at[1 << 20];
} rewriting;

static bool keep(void *context, const uint8_t *bytes, size_t bytes_len) {
    rewriting *r = context;
    if (bytes_len > sizeof r->at - r->len)
        return false;
    memcpy(r->at + r->len, bytes, bytes_len);
    r->len += bytes_len;
    return true;
}

/* Reads the first len bytes of a bundle to their end or a flaw; *rewritten is what came of the
 * messages. */
static garita_error read_bundle(vector *v, rewriting *rewritten, size_t len) {
    const json_t *messages = json_object_get(v->json, "messages");
    garita_bundle_reader reader;
    garita_message m;
    garita_fault fault;
    size_t i = 0;
    rewritten->len = 0;
    garita_error e = garita_bundle_open(&reader, v->bytes.at, len);
    assert_true(garita_bundle_write_header(keep, rewritten));
    while (e == GARITA_OK) {
        e = garita_bundle_next(&reader, &m, &fault);
        if (e != GARITA_OK)
            break;
        assert_true(garita_bundle_write(keep, rewritten, &m));
        if (m.kind == GARITA_MESSAGE_END)
            break;
        if (len == v->bytes.len)
            expect(v, "a message", is_message(json_array_get(messages, i), &m));
        i++;
    }
    expect(v, "the number of messages", len < v->bytes.len || i == json_array_size(messages));
    return e;
}

static void judge_bundle(vector *v) {
    static rewriting again;
    garita_error e = read_bundle(v, &again, v->bytes.len);
    expect_error(v, e);
    if (e != GARITA_OK)
        return;
    if (strcmp(v->name, "logs-with-more-in-between") == 0) /* what was skipped is gone */
        expect(v, "what is written of it", again.len < v->bytes.len);
    else
        expect(v, "what is written of it",
               again.len == v->bytes.len && memcmp(again.at, v->bytes.at, again.len) == 0);
    for (size_t len = 0; len < v->bytes.len && !v->is_wrong; len++)
        expect(v, "that a part of it is truncated",
               read_bundle(v, &again, len) == GARITA_E_TRUNCATED);
}

static void each_bundle_holds_what_is_written(void **state) {
    (void)state;
    judge("bundles", 80, judge_bundle);
}

/* --- lists of what a home has --- */

static void judge_have(vector *v) {
    const json_t *logs = json_object_get(v->json, "logs");
    const json_t *digests = json_object_get(v->json, "digests");
    garita_have have;
    garita_error e = garita_have_read(&have, v->bytes.at, v->bytes.len);
    expect_error(v, e);
    if (e != GARITA_OK || !json_is_array(logs))
        return;
    expect(v, "its numbers", have.log_count == json_array_size(logs) &&
                                 have.digest_count == json_array_size(digests));
    garita_have_log *log_list = calloc(have.log_count + 1, sizeof *log_list);
    garita_digest *digest_list = calloc(have.digest_count + 1, sizeof *digest_list);
    size_t size = garita_have_size(have.log_count, have.digest_count);
    uint8_t *again = malloc(size);
    assert_true(log_list && digest_list && again);
    for (size_t i = 0; i < have.log_count && !v->is_wrong; i++) {
        const json_t *log = json_array_get(logs, i);
        garita_have_log *found = &log_list[have.log_count - 1 - i]; /* the writer sorts */
        garita_have_log_at(found, &have, i);
        expect(v, "a log",
               is_hex(json_object_get(log, "id"), found->id.bytes, GARITA_HASH_SIZE) &&
                   is_hex(json_object_get(log, "root"), found->root.bytes, GARITA_HASH_SIZE) &&
                   is_number(log, "size", found->size) &&
                   is_number(log, "signed_at", (uint64_t)found->signed_at));
    }
    for (size_t i = 0; i < have.digest_count && !v->is_wrong; i++) {
        garita_digest *found = &digest_list[have.digest_count - 1 - i];
        unhex(found->bytes, GARITA_DIGEST_SIZE, json_string_value(json_array_get(digests, i)));
        expect(v, "a digest", garita_have_has(&have, found));
    }
    garita_have_write(again, log_list, have.log_count, digest_list, have.digest_count);
    expect(v, "what is written of it",
           size == v->bytes.len && memcmp(again, v->bytes.at, size) == 0);
    free(log_list);
    free(digest_list);
    free(again);
}

static void each_have_lists_what_is_written(void **state) {
    (void)state;
    judge("haves", 15, judge_have);
}

/* --- cards: with no log held, they are what their verdicts begin with --- */

static void judge_card(vector *v) {
    static garita_verdict verdict;
    const char *text = text_of(v->json, "text");
    garita_setting setting = { .trust = trust,
                               .lane = garita_lane_builtin("any"),
                               .clock = { .is_known = true, .now = 1811851200 } };
    garita_verify_text(&verdict, &setting, text, strlen(text));
    expect(v, "its verdict", verdict.outcome == GARITA_ACCEPT);
    expect(v, "its serial", is_number(v->json, "serial", verdict.credential.serial));
    expect(v, "its statement", verdict.bytes_len == v->bytes.len &&
                                   memcmp(verdict.bytes, v->bytes.at, v->bytes.len) == 0);
}

static void each_card_is_accepted_where_nothing_is_known(void **state) {
    (void)state;
    judge("cards", 15, judge_card);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_batch_says_what_is_written),
        cmocka_unit_test(each_chunk_says_what_is_written),
        cmocka_unit_test(each_set_has_the_root_that_is_written),
        cmocka_unit_test(each_path_proves_what_is_written),
        cmocka_unit_test(each_head_says_what_is_written),
        cmocka_unit_test(each_node_says_what_is_written),
        cmocka_unit_test(each_proof_proves_what_is_written),
        cmocka_unit_test(each_bundle_holds_what_is_written),
        cmocka_unit_test(each_have_lists_what_is_written),
        cmocka_unit_test(each_card_is_accepted_where_nothing_is_known),
    };
    if (argc != 2) {
        fprintf(stderr, "usage: status GOLDEN\n");
        return 64;
    }
    golden = argv[1];
    trust = trust_load(golden);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    garita_trust_free(trust);
    return failed;
}
