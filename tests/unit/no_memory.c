/* Memory that runs out, at each allocation in turn: nothing is leaked (LeakSanitizer sees to that),
 * nothing is half done, and what failed succeeds when it is tried again.
 *
 * The linker wraps the allocators and crypto_pwhash, whose memory is libsodium's own.
 */
#include <stdlib.h>

#include <garita/key.h>
#include <garita/set.h>
#include <garita/trust.h>

#include "unit.h"
#include "world.h"

/* --- the wrapped functions --- */

/* Allocations until one fails: 0 is the next; negative is never. The tests set it for one call. */
static int fail_in = -1;
static unsigned allocations;

static bool fails(void)
{
    allocations++;
    return fail_in >= 0 && fail_in-- == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
int __real_crypto_pwhash(unsigned char *out, unsigned long long out_len, const char *passphrase,
                         unsigned long long passphrase_len, const unsigned char *salt,
                         unsigned long long ops, size_t memory, int algorithm);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
int __wrap_crypto_pwhash(unsigned char *out, unsigned long long out_len, const char *passphrase,
                         unsigned long long passphrase_len, const unsigned char *salt,
                         unsigned long long ops, size_t memory, int algorithm);

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

int __wrap_crypto_pwhash(unsigned char *out, unsigned long long out_len, const char *passphrase,
                         unsigned long long passphrase_len, const unsigned char *salt,
                         unsigned long long ops, size_t memory, int algorithm)
{
    return fails() ? -1
                   : __real_crypto_pwhash(out, out_len, passphrase, passphrase_len, salt, ops,
                                          memory, algorithm);
}

/* --- the trust set --- */

enum { AGENCIES = 20 }; /* more than the first room for records, so that it grows */

static party anchor, parent, agencies[AGENCIES];
static blob anchor_statement, parent_statements[2], statements[AGENCIES];
static garita_scope scope;
static garita_bytes list[AGENCIES + 2];

static int set_up(void **state)
{
    (void)state;
    party_make(&anchor, 120);
    party_make(&parent, 121);
    scope = scope_of("USA", 2, GARITA_TYPES_ALL, 4);
    certify(&anchor_statement, &anchor, &anchor, (grant){.serial = 1});
    for (uint32_t i = 0; i < 2; i++) /* and its renewal: each agency makes two records */
        certify(&parent_statements[i], &anchor, &parent, (grant){.serial = 2 + i, .depth = 1});
    for (uint32_t i = 0; i < AGENCIES; i++) {
        party_make(&agencies[i], 130 + i);
        certify(&statements[i], &parent, &agencies[i], (grant){.serial = 1 + i});
    }
    /* children before their parents */
    for (size_t i = 0; i < AGENCIES; i++)
        list[i] = (garita_bytes){statements[i].bytes, statements[i].len};
    for (size_t i = 0; i < 2; i++)
        list[AGENCIES + i] = (garita_bytes){parent_statements[i].bytes, parent_statements[i].len};
    return 0;
}

static void assert_good(const garita_trust *trust, const party *p, bool is_there)
{
    garita_credential c;
    blob b;
    static garita_verdict verdict;
    garita_setting setting = {.trust = trust,
                              .lane = garita_lane_builtin("any"),
                              .clock = {.is_known = true, .now = WORLD_NOW}};
    world_credential(&c, 1, NULL);
    issue(&b, p, &c);
    garita_verify_statement(&verdict, &setting, b.bytes, b.len);
    assert_string_equal(garita_reason_code(verdict.reason), is_there ? "ok" : "unknown-issuer");
}

static void new_set_without_memory_is_none(void **state)
{
    (void)state;
    garita_trust *trust = (garita_trust *)&anchor; /* anything */
    fail_in = 0;
    assert_error(garita_trust_new(&trust), NO_MEMORY);
    assert_null(trust);
    garita_trust_free(trust);
    assert_int_equal(fail_in, -1);
}

static void pin_without_memory_changes_nothing(void **state)
{
    (void)state;
    unsigned failures = 0;
    for (int n = 0;; n++) {
        garita_trust *trust;
        const garita_issuer *issuer = NULL;
        assert_ok(garita_trust_new(&trust));
        fail_in = n;
        garita_error e = garita_trust_pin(trust, &issuer, NULL, &scope, anchor_statement.bytes,
                                          anchor_statement.len);
        bool never_failed = fail_in >= 0;
        fail_in = -1;
        if (never_failed) {
            assert_ok(e);
            garita_trust_free(trust);
            break;
        }
        failures++;
        assert_error(e, NO_MEMORY);
        assert_null(issuer);
        assert_int_equal(garita_trust_count(trust), 0);
        assert_good(trust, &anchor, false);
        assert_ok(garita_trust_pin(trust, &issuer, NULL, &scope, anchor_statement.bytes,
                                   anchor_statement.len));
        assert_good(trust, &anchor, true);
        garita_trust_free(trust);
    }
    assert_true(failures >= 2); /* the list and the record */
}

/* Adds all, one failing allocation at a time: each statement comes in whole or not at all. */
static void add_without_memory_changes_nothing(void **state)
{
    (void)state;
    garita_trust *trust;
    unsigned failures = 0;
    assert_ok(garita_trust_new(&trust));
    assert_ok(
        garita_trust_pin(trust, NULL, NULL, &scope, anchor_statement.bytes, anchor_statement.len));
    for (size_t i = 0; i < 2; i++)
        assert_ok(garita_trust_add(trust, NULL, NULL, parent_statements[i].bytes,
                                   parent_statements[i].len));
    for (size_t i = 0; i < AGENCIES; i++) {
        size_t before = garita_trust_count(trust);
        for (int n = 0;; n++) {
            const garita_issuer *issuer = NULL;
            fail_in = n;
            garita_error e =
                garita_trust_add(trust, &issuer, NULL, statements[i].bytes, statements[i].len);
            bool never_failed = fail_in >= 0;
            fail_in = -1;
            if (never_failed) {
                assert_ok(e);
                break;
            }
            failures++;
            assert_error(e, NO_MEMORY);
            assert_null(issuer);
            assert_int_equal(garita_trust_count(trust), before);
            assert_null(garita_trust_find(trust, NULL, &agencies[i].signer.id, 1));
            assert_good(trust, &agencies[i], false);
            assert_good(trust, &parent, true);
        }
        assert_int_equal(garita_trust_count(trust), before + 2);
        assert_good(trust, &agencies[i], true);
        /* a set that failed and went on has the order of one that never failed */
        assert_memory_equal(garita_trust_get(trust, before)->public_key, agencies[i].public_key,
                            32);
    }
    assert_true(failures >= 2 * AGENCIES);
    garita_trust_free(trust);
}

static void load_without_memory_can_be_done_again(void **state)
{
    (void)state;
    size_t expected = 1 + 2 + 2 * AGENCIES;
    unsigned failures = 0;
    for (int n = 0;; n++) {
        garita_trust *trust;
        garita_error errors[COUNT(list)];
        assert_ok(garita_trust_new(&trust));
        assert_ok(garita_trust_pin(trust, NULL, NULL, &scope, anchor_statement.bytes,
                                   anchor_statement.len));
        memset(errors, 0xaa, sizeof errors);
        fail_in = n;
        garita_error e = garita_trust_load(trust, errors, list, COUNT(list));
        bool never_failed = fail_in >= 0;
        fail_in = -1;
        if (!never_failed) {
            size_t marked = 0;
            failures++;
            assert_error(e, NO_MEMORY);
            assert_true(garita_trust_count(trust) < expected);
            for (size_t i = 0; i < COUNT(list); i++) {
                assert_true(errors[i] == GARITA_OK || errors[i] == GARITA_E_UNKNOWN_ISSUER ||
                            errors[i] == GARITA_E_NO_MEMORY);
                marked += errors[i] == GARITA_E_NO_MEMORY;
            }
            assert_true(marked > 0);
            e = garita_trust_load(trust, errors, list, COUNT(list));
        }
        assert_ok(e);
        assert_int_equal(garita_trust_count(trust), expected);
        for (size_t i = 0; i < COUNT(list); i++)
            assert_ok(errors[i]);
        assert_good(trust, &agencies[AGENCIES - 1], true);
        garita_trust_free(trust);
        if (never_failed)
            break;
    }
    assert_true(failures >= expected - 1);
}

/* --- what must not allocate --- */

static void verdict_allocates_nothing(void **state)
{
    (void)state;
    garita_trust *trust;
    garita_error errors[COUNT(list)];
    garita_credential c;
    blob b;
    static garita_verdict verdict;
    assert_ok(garita_trust_new(&trust));
    assert_ok(
        garita_trust_pin(trust, NULL, NULL, &scope, anchor_statement.bytes, anchor_statement.len));
    assert_ok(garita_trust_load(trust, errors, list, COUNT(list)));
    garita_setting setting = {.trust = trust,
                              .lane = garita_lane_builtin("default"),
                              .clock = {.is_known = true, .now = WORLD_NOW}};
    world_credential(&c, 1, NULL);
    allocations = 0;
    issue(&b, &agencies[0], &c); /* nor does an issue */
    garita_verify_statement(&verdict, &setting, b.bytes, b.len);
    assert_int_equal(verdict.reason, GARITA_REASON_STATUS_MISSING);
    b.bytes[b.len - 1] ^= 1;
    garita_verify_statement(&verdict, &setting, b.bytes, b.len);
    assert_int_equal(verdict.reason, GARITA_REASON_BAD_SIGNATURE);
    garita_verify_text(&verdict, &setting, "GT1:BB8", 7);
    assert_int_equal(verdict.reason, GARITA_REASON_MALFORMED);
    assert_int_equal(allocations, 0);
    garita_trust_free(trust);
}

/* --- the status set --- */

enum { EVENTS = 6000, CHUNK = GARITA_CHUNK_SERIALS };

/* Runs that become a bitmap, and every hundredth in a chunk of its own. */
static garita_event nth_event(uint32_t n)
{
    static const uint8_t turns[] = {GARITA_STANDING_SUSPENDED, GARITA_STANDING_REVOKED,
                                    GARITA_STANDING_SUSPENDED, GARITA_STANDING_ACTIVE};
    garita_event event = {.serial = 1 + n * 2 % 10000, .standing = turns[n / 5 % 4]};
    if (n % 100 == 0)
        event.serial = 1 + n * CHUNK;
    if (n >= 5000) /* between those of before */
        event.serial = 2 + 2 * (n - 5000);
    return event;
}

/* The events as far as they go, with one allocation that fails. What was revoked before is revoked
 * after, and what failed is an error. Returns whether none failed. */
static bool events_without_memory(int n)
{
    garita_set *set;
    garita_error e = GARITA_OK;
    uint32_t done = 0;
    assert_ok(garita_set_new(&set));
    fail_in = n;
    while (done < EVENTS && e == GARITA_OK) {
        garita_event event = nth_event(done);
        e = garita_set_apply(set, &event, 1);
        done += e == GARITA_OK;
    }
    bool never_failed = fail_in >= 0;
    fail_in = -1;
    assert_string_equal(garita_error_name(e), never_failed ? "ok" : "no-memory");
    for (uint32_t i = 0; i < done; i++) {
        garita_event event = nth_event(i);
        if (event.standing == GARITA_STANDING_REVOKED)
            assert_int_equal(garita_set_get(set, event.serial), GARITA_STANDING_REVOKED);
    }
    garita_set_free(set);
    return never_failed;
}

static void events_without_memory_lose_no_revocation(void **state)
{
    (void)state;
    int n = 0;
    while (!events_without_memory(n))
        n++;
    assert_true(n > 100);
    garita_set *set = (garita_set *)&anchor; /* anything */
    fail_in = 0;
    assert_error(garita_set_new(&set), NO_MEMORY);
    assert_null(set);
}

static bool count_some(void *context, uint32_t serial)
{
    uint32_t *left = context;
    (void)serial;
    return --*left > 0;
}

/* A chunk comes in whole or not at all; and nothing but a change allocates. */
static void chunk_without_memory_changes_nothing(void **state)
{
    (void)state;
    static uint8_t bytes[GARITA_CHUNK_BYTES_MAX];
    garita_set *from, *to;
    garita_hash before, after;
    size_t len;
    unsigned failures = 0;
    assert_ok(garita_set_new(&from));
    assert_ok(garita_set_new(&to));
    for (uint32_t i = 0; i < EVENTS; i++) {
        garita_event event = nth_event(i);
        assert_ok(garita_set_apply(from, &event, 1));
    }
    for (int32_t index = -1; (index = garita_set_next_chunk(from, (uint32_t)(index + 1))) >= 0;) {
        allocations = 0;
        garita_set_chunk(bytes, &len, from, (uint32_t)index);
        garita_set_root(&before, to);
        assert_int_equal(allocations, 0);
        size_t memory = garita_set_memory(to);
        for (int n = 0;; n++) {
            fail_in = n;
            garita_error e = garita_set_put_chunk(to, (uint32_t)index, bytes, len);
            bool never_failed = fail_in >= 0;
            fail_in = -1;
            if (never_failed) {
                assert_ok(e);
                break;
            }
            failures++;
            assert_error(e, NO_MEMORY);
            assert_int_equal(garita_set_memory(to), memory);
            assert_int_equal(garita_set_next_chunk(to, (uint32_t)index), -1);
            garita_set_root(&after, to);
            assert_memory_equal(&before, &after, sizeof before);
        }
    }
    assert_true(failures > 100);
    allocations = 0;
    garita_set_root(&before, from);
    garita_set_root(&after, to);
    assert_memory_equal(&before, &after, sizeof before);
    for (uint32_t serial = 0; serial < 20000; serial++)
        assert_int_equal(garita_set_get(from, serial), garita_set_get(to, serial));
    assert_true(garita_set_covers(from, to) && garita_set_covers(to, from));
    uint32_t left = 100;
    garita_set_each_revoked(to, count_some, &left);
    garita_set_clean(to);
    assert_int_equal(allocations, 0);
    garita_set_free(from);
    garita_set_free(to);
}

/* --- Argon2id --- */

static void key_file_without_memory_for_argon2id_gives_nothing_away(void **state)
{
    (void)state;
    static const uint8_t zeros[GARITA_KEY_FILE_SIZE];
    static const uint8_t seed[GARITA_SEED_SIZE] = {1};
    static const uint8_t random[GARITA_KEY_FILE_SALT_SIZE + GARITA_KEY_FILE_NONCE_SIZE] = {2};
    static const garita_kdf_cost least = {1, 8192};
    uint8_t file[GARITA_KEY_FILE_SIZE], opened[GARITA_SEED_SIZE];
    memset(file, 0xaa, sizeof file);
    fail_in = 0;
    assert_error(garita_key_file_seal(file, seed, "x", 1, least, random), NO_MEMORY);
    assert_memory_equal(file, zeros, sizeof file);
    assert_ok(garita_key_file_seal(file, seed, "x", 1, least, random));
    memset(opened, 0xaa, sizeof opened);
    fail_in = 0;
    assert_error(garita_key_file_open(opened, file, sizeof file, "x", 1), NO_MEMORY);
    assert_memory_equal(opened, zeros, sizeof opened);
    assert_ok(garita_key_file_open(opened, file, sizeof file, "x", 1));
    assert_memory_equal(opened, seed, sizeof seed);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_set_without_memory_is_none),
        cmocka_unit_test(pin_without_memory_changes_nothing),
        cmocka_unit_test(add_without_memory_changes_nothing),
        cmocka_unit_test(load_without_memory_can_be_done_again),
        cmocka_unit_test(verdict_allocates_nothing),
        cmocka_unit_test(events_without_memory_lose_no_revocation),
        cmocka_unit_test(chunk_without_memory_changes_nothing),
        cmocka_unit_test(key_file_without_memory_for_argon2id_gives_nothing_away),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, NULL);
}
