/* Bundles, and lists of what a home has: whatever is read is written again as the same bytes. */
#include "fuzz.h"

#include <garita/bundle.h>

enum { KIND_SKIPPED_MIN = 64 };

/* What was written again. */
typedef struct written {
    uint8_t *at;
    size_t len, cap;
} written;

static bool sink(void *context, const uint8_t *bytes, size_t bytes_len)
{
    written *w = context;
    WORLD_REQUIRE(bytes_len <= w->cap - w->len); /* never more than was read */
    memcpy(w->at + w->len, bytes, bytes_len);
    w->len += bytes_len;
    return true;
}

static void require_inside(garita_bytes part, const uint8_t *data, size_t size)
{
    if (part.at != NULL)
        WORLD_REQUIRE(part.at >= data && part.len <= size &&
                      (size_t)(part.at - data) <= size - part.len);
    else
        WORLD_REQUIRE(part.len == 0);
}

/* The bytes are whole messages of kinds that may be skipped. */
static void require_skipped(const uint8_t *at, const uint8_t *end)
{
    while (at < end) {
        size_t len = 0;
        WORLD_REQUIRE(*at++ >= KIND_SKIPPED_MIN);
        for (unsigned shift = 0;; shift += 7) {
            WORLD_REQUIRE(at < end && shift <= 14);
            len |= (size_t)(*at & 127) << shift;
            if (*at++ < 128)
                break;
        }
        WORLD_REQUIRE(len <= GARITA_MESSAGE_BYTES_MAX && len <= (size_t)(end - at));
        at += len;
    }
}

/* Writes it behind what is there. */
static void require_same_bytes(const garita_message *m, const uint8_t *at, const uint8_t *end)
{
    written w = {.cap = (size_t)(end - at)};
    w.at = malloc(w.cap);
    WORLD_REQUIRE(w.at != NULL);
    WORLD_REQUIRE(garita_bundle_write(sink, &w, m));
    WORLD_REQUIRE(memcmp(w.at, end - w.len, w.len) == 0);
    require_skipped(at, end - w.len);
    free(w.at);
}

static void read_bundle(const uint8_t *data, size_t size)
{
    garita_bundle_reader reader;
    garita_message m;
    garita_fault fault;
    garita_message_kind open = GARITA_MESSAGE_END;
    garita_error e = garita_bundle_open(&reader, data, size);
    if (e != GARITA_OK) {
        WORLD_REQUIRE(e == GARITA_E_ENVELOPE || e == GARITA_E_TRUNCATED ||
                      e == GARITA_E_UNSUPPORTED_VERSION);
        return;
    }
    WORLD_REQUIRE(garita_bundle_is_one(data, size));
    do {
        size_t before = reader.at;
        e = garita_bundle_next(&reader, &m, &fault);
        WORLD_REQUIRE(fault.error == e && fault.field != NULL && fault.at <= size);
        if (e != GARITA_OK) {
            WORLD_REQUIRE(reader.at == before && m.bytes.at == NULL && m.head.at == NULL);
            return;
        }
        WORLD_REQUIRE(reader.at > before && reader.at <= size);
        require_inside(m.bytes, data, size);
        require_inside(m.head, data, size);
        WORLD_REQUIRE(m.path_count <= GARITA_PROOF_MAX && m.frontier.size <= GARITA_LOG_SIZE_MAX);
        WORLD_REQUIRE(m.kind == GARITA_MESSAGE_SNAPSHOT ? (m.path_from > 0) == (m.path_count > 0)
                                                        : m.path_from == 0);
        WORLD_REQUIRE(m.path_from == 0 || m.path_from < m.frontier.size);
        WORLD_REQUIRE(m.kind != GARITA_MESSAGE_BATCH || open == GARITA_MESSAGE_TAIL);
        bool is_of_snapshot = m.kind == GARITA_MESSAGE_CHUNK || m.kind == GARITA_MESSAGE_LEAVES;
        WORLD_REQUIRE(!is_of_snapshot || open == GARITA_MESSAGE_SNAPSHOT);
        WORLD_REQUIRE(m.kind != GARITA_MESSAGE_ORIGIN || before == GARITA_BUNDLE_HEADER_SIZE);
        if (m.kind != GARITA_MESSAGE_BATCH && !is_of_snapshot)
            open = m.kind;
        require_same_bytes(&m, data + before, data + reader.at);
    } while (m.kind != GARITA_MESSAGE_END);
    WORLD_REQUIRE(reader.at == size);
}

/* --- what a home has --- */

static bool is_listed(const garita_have *have, const garita_digest *digest)
{
    for (size_t i = 0; i < have->digest_count; i++)
        if (memcmp(have->digests + i * sizeof *digest, digest->bytes, sizeof *digest) == 0)
            return true;
    return false;
}

static void read_have(const uint8_t *data, size_t size)
{
    garita_have have;
    if (garita_have_read(&have, data, size) != GARITA_OK) {
        WORLD_REQUIRE(have.log_count == 0 && have.digest_count == 0);
        return;
    }
    WORLD_REQUIRE(garita_have_size(have.log_count, have.digest_count) == size);
    garita_have_log *logs = calloc(have.log_count + 1, sizeof *logs);
    garita_digest *digests = calloc(have.digest_count + 1, sizeof *digests);
    uint8_t *again = malloc(size);
    WORLD_REQUIRE(logs != NULL && digests != NULL && again != NULL);
    for (size_t i = 0; i < have.log_count; i++) {
        /* from the last to the first: writing sorts */
        garita_have_log_at(&logs[have.log_count - 1 - i], &have, i);
        WORLD_REQUIRE(logs[have.log_count - 1 - i].size <= GARITA_LOG_SIZE_MAX);
    }
    for (size_t i = 0; i < have.digest_count; i++) {
        garita_digest *digest = &digests[have.digest_count - 1 - i];
        memcpy(digest, have.digests + i * sizeof *digest, sizeof *digest);
        WORLD_REQUIRE(garita_have_has(&have, digest));
        garita_digest other = *digest;
        other.bytes[i % GARITA_DIGEST_SIZE] ^= 1;
        WORLD_REQUIRE(garita_have_has(&have, &other) == is_listed(&have, &other));
    }
    garita_have_write(again, logs, have.log_count, digests, have.digest_count);
    WORLD_REQUIRE(memcmp(again, data, size) == 0);
    free(logs);
    free(digests);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_bundle(data, size);
    read_have(data, size);
    return 0;
}
