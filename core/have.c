/* The list of what a home has: see bundle.h. */
#include <garita/bundle.h>

#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "leb128.h"

static const uint8_t header[] = {'g', 'a', 'r', 'i', 't', 'a', '-', 'h', 0x01};
enum {
    MAGIC_SIZE = sizeof header - 1,
    NUMBER_SIZE = 8,
    LOG_SIZE = GARITA_HASH_SIZE + NUMBER_SIZE + GARITA_HASH_SIZE + NUMBER_SIZE
};

_Static_assert(sizeof(garita_digest) == GARITA_DIGEST_SIZE, "digests lie side by side");
_Static_assert(offsetof(garita_have_log, id) == 0, "logs are sorted by their first bytes");

void garita_digest_of(garita_digest *out, const uint8_t *bytes, size_t bytes_len)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, bytes, bytes_len);
    memcpy(out->bytes, hash, GARITA_DIGEST_SIZE);
}

/* --- reading --- */

static uint64_t read_number(const uint8_t bytes[NUMBER_SIZE])
{
    uint64_t value = 0;
    for (size_t i = 0; i < NUMBER_SIZE; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* Takes a count and that many items, which ascend by their first key_size bytes; may_repeat: two
 * may have the same. */
static garita_error read_items(const uint8_t **items, size_t *count, const uint8_t **at,
                               const uint8_t *end, size_t count_max, size_t item_size,
                               size_t key_size, bool may_repeat)
{
    uint64_t n;
    size_t len;
    garita_error e = garita_leb128_read(&n, &len, count_max, *at, (size_t)(end - *at));
    if (e != GARITA_OK)
        return e;
    *at += len;
    if (n > (size_t)(end - *at) / item_size)
        return GARITA_E_TRUNCATED;
    *items = *at;
    *count = (size_t)n;
    *at += *count * item_size;
    for (size_t i = 1; i < *count; i++) {
        int order = memcmp(*items + (i - 1) * item_size, *items + i * item_size, key_size);
        if (order > 0 || (order == 0 && !may_repeat))
            return GARITA_E_KEY_ORDER;
    }
    return GARITA_OK;
}

static garita_error read_list(garita_have *out, const uint8_t *at, const uint8_t *end)
{
    garita_error e = read_items(&out->logs, &out->log_count, &at, end, GARITA_HAVE_LOGS_MAX,
                                LOG_SIZE, GARITA_HASH_SIZE, false);
    if (e != GARITA_OK)
        return e;
    for (size_t i = 0; i < out->log_count; i++) {
        const uint8_t *size = out->logs + i * LOG_SIZE + GARITA_HASH_SIZE;
        const uint8_t *signed_at = size + NUMBER_SIZE + GARITA_HASH_SIZE;
        if (read_number(size) > GARITA_LOG_SIZE_MAX || read_number(signed_at) > GARITA_MOMENT_MAX)
            return GARITA_E_RANGE;
    }
    e = read_items(&out->digests, &out->digest_count, &at, end, GARITA_HAVE_DIGESTS_MAX,
                   GARITA_DIGEST_SIZE, GARITA_DIGEST_SIZE, true);
    if (e != GARITA_OK)
        return e;
    return at == end ? GARITA_OK : GARITA_E_TRAILING;
}

garita_error garita_have_read(garita_have *out, const uint8_t *bytes, size_t bytes_len)
{
    *out = (garita_have){0};
    size_t magic_len = bytes_len < MAGIC_SIZE ? bytes_len : MAGIC_SIZE;
    if (magic_len > 0 && memcmp(bytes, header, magic_len) != 0)
        return GARITA_E_ENVELOPE;
    if (bytes_len < sizeof header)
        return GARITA_E_TRUNCATED;
    if (bytes[MAGIC_SIZE] != header[MAGIC_SIZE])
        return GARITA_E_UNSUPPORTED_VERSION;
    garita_error e = read_list(out, bytes + sizeof header, bytes + bytes_len);
    if (e != GARITA_OK)
        *out = (garita_have){0};
    return e;
}

void garita_have_log_at(garita_have_log *out, const garita_have *have, size_t index)
{
    assert(index < have->log_count);
    const uint8_t *at = have->logs + index * LOG_SIZE;
    memcpy(out->id.bytes, at, GARITA_HASH_SIZE);
    at += GARITA_HASH_SIZE;
    out->size = read_number(at);
    at += NUMBER_SIZE;
    memcpy(out->root.bytes, at, GARITA_HASH_SIZE);
    at += GARITA_HASH_SIZE;
    out->signed_at = (int64_t)read_number(at);
}

bool garita_have_has(const garita_have *have, const garita_digest *digest)
{
    size_t low = 0, high = have->digest_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order =
            memcmp(have->digests + middle * GARITA_DIGEST_SIZE, digest->bytes, GARITA_DIGEST_SIZE);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* --- writing --- */

/* Items of one size that are sorted by their first bytes. */
typedef struct items {
    uint8_t *at;
    size_t item_size, key_size;
} items;

static bool is_lower(const items *list, size_t a, size_t b)
{
    return memcmp(list->at + a * list->item_size, list->at + b * list->item_size, list->key_size) <
           0;
}

static void swap(const items *list, size_t a, size_t b)
{
    uint8_t kept[sizeof(garita_have_log)];
    assert(list->item_size <= sizeof kept);
    memcpy(kept, list->at + a * list->item_size, list->item_size);
    memcpy(list->at + a * list->item_size, list->at + b * list->item_size, list->item_size);
    memcpy(list->at + b * list->item_size, kept, list->item_size);
}

/* Restores the heap of the first count items below one of them. */
static void sift_down(const items *list, size_t at, size_t count)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= count)
            return;
        if (child + 1 < count && is_lower(list, child, child + 1))
            child++;
        if (!is_lower(list, at, child))
            return;
        swap(list, at, child);
        at = child;
    }
}

/* A heapsort: qsort may allocate, and libgarita does not. */
static void sort(const items *list, size_t count)
{
    for (size_t i = count / 2; i > 0; i--)
        sift_down(list, i - 1, count);
    for (size_t left = count; left > 1; left--) {
        swap(list, 0, left - 1);
        sift_down(list, 0, left - 1);
    }
}

static uint8_t *write_number(uint8_t *out, uint64_t value)
{
    for (size_t i = 0; i < NUMBER_SIZE; i++)
        out[i] = (uint8_t)(value >> 8 * (NUMBER_SIZE - 1 - i) & 0xff);
    return out + NUMBER_SIZE;
}

static uint8_t *write_hash(uint8_t *out, const garita_hash *hash)
{
    memcpy(out, hash->bytes, GARITA_HASH_SIZE);
    return out + GARITA_HASH_SIZE;
}

size_t garita_have_size(size_t log_count, size_t digest_count)
{
    return sizeof header + garita_leb128_write(NULL, log_count) + log_count * LOG_SIZE +
           garita_leb128_write(NULL, digest_count) + digest_count * GARITA_DIGEST_SIZE;
}

void garita_have_write(uint8_t *out, garita_have_log *logs, size_t log_count,
                       garita_digest *digests, size_t digest_count)
{
    uint8_t *to = out;
    assert(log_count <= GARITA_HAVE_LOGS_MAX && digest_count <= GARITA_HAVE_DIGESTS_MAX);
    sort(&(items){(uint8_t *)logs, sizeof *logs, GARITA_HASH_SIZE}, log_count);
    sort(&(items){(uint8_t *)digests, sizeof *digests, GARITA_DIGEST_SIZE}, digest_count);
    memcpy(to, header, sizeof header);
    to += sizeof header;
    to += garita_leb128_write(to, log_count);
    for (size_t i = 0; i < log_count; i++) {
        to = write_hash(to, &logs[i].id);
        to = write_number(to, logs[i].size);
        to = write_hash(to, &logs[i].root);
        to = write_number(to, (uint64_t)logs[i].signed_at);
    }
    to += garita_leb128_write(to, digest_count);
    if (digest_count > 0)
        memcpy(to, digests, digest_count * GARITA_DIGEST_SIZE);
    to += digest_count * GARITA_DIGEST_SIZE;
    assert((size_t)(to - out) == garita_have_size(log_count, digest_count));
}
