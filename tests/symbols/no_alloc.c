/* The verify path allocates nothing: counts every allocation of the process, libsodium's too, by
 * standing in for the C library's functions, while texts are judged.
 */
#define _POSIX_C_SOURCE 200809L /* posix_memalign */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <garita/attestation.h>
#include <garita/packet.h>

#include "world.h"

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *old);

static unsigned long calls;

void *malloc(size_t size) {
    calls++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    calls++;
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    calls++;
    return __libc_realloc(old, size);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
    calls++;
    *out = __libc_memalign(alignment, size);
    return *out == NULL ? ENOMEM : 0;
}

void *aligned_alloc(size_t alignment, size_t size) {
    calls++;
    return __libc_memalign(alignment, size);
}

void free(void *old) {
    calls++;
    __libc_free(old);
}

static int judge(const garita_setting *setting, const char *what, const char *text, size_t text_len,
                 garita_reason expected) {
    static garita_verdict v;
    unsigned long before = calls;
    garita_verify_text(&v, setting, text, text_len);
    unsigned long spent = calls - before;
    int good = spent == 0 && v.reason == expected;
    if (!good)
        fprintf(stderr, "%s: %s, %lu calls of the allocator\n", what, garita_reason_code(v.reason),
                spent);
    return good;
}

/* A lane that asks for everything that a policy can ask for. */
static garita_lane policy_lane(void) {
    /* {"===": [{"var": "attestations.test.0.result"}, "negative"]} */
    static const uint8_t expression[] = "\x81\x03\x92\x81\x01\xba"
                                        "attestations.test.0.result\xa8negative";
    static const garita_requirement requirement = { .subjects = 1,
                                                    .alternative_count = 1,
                                                    .alternatives = { { 2, 7200 } } };
    static const garita_rule rule = { .subjects = 1,
                                      .otherwise = GARITA_REJECT,
                                      .expression = { expression, sizeof expression - 1 } };
    static const garita_role role = { .subjects = 1, .programmes = 2, .fewest = 1, .most = 1 };
    static const garita_utf8 denied = { "NOBODY-1", 8 };
    garita_lane lane = *garita_lane_builtin("any");
    lane.waives_policy = false;
    lane.requirements = &requirement;
    lane.rules = &rule;
    lane.roles = &role;
    lane.denied = &denied;
    lane.requirement_count = lane.rule_count = lane.role_count = lane.denied_count = 1;
    return lane;
}

/* The credential of agency 0 and a test of its holder, in one code. */
static size_t join_test(uint8_t out[GARITA_QR_STATEMENT_BYTES_MAX], const world *w,
                        const uint8_t *credential, size_t credential_len, uint8_t *test,
                        size_t *test_len) {
    garita_credential claims;
    garita_attestation a = { .serial = 9, .expires = GARITA_DAY_MAX, .kind = 2 };
    garita_fault fault;
    size_t len;
    world_credential(&claims, 7, NULL);
    garita_subject_of(&a.subject, &claims);
    a.fact.test.type = a.fact.test.result = 1;
    a.fact.test.sampled_at = WORLD_NOW - 3600;
    WORLD_REQUIRE(garita_attestation_issue(test, test_len, GARITA_ATTESTATION_BYTES_MAX, &fault, &a,
                                           &w->agencies[0].signer) == GARITA_OK);
    garita_parts parts = { .credential = { credential, credential_len },
                           .attestation_count = 1,
                           .attestations = { { test, *test_len } } };
    WORLD_REQUIRE(garita_packet_join(out, &len, GARITA_QR_STATEMENT_BYTES_MAX, &parts) ==
                  GARITA_OK);
    return len;
}

static int judge_by_policy(const world *w, const uint8_t *credential, size_t credential_len) {
    static uint8_t code[GARITA_QR_STATEMENT_BYTES_MAX], test[GARITA_ATTESTATION_BYTES_MAX];
    static char text[GARITA_QR_TEXT_MAX];
    garita_shown beside;
    size_t text_len, test_len;
    int good = 1;
    garita_lane lane = policy_lane();
    garita_setting setting = world_setting(w, "any");
    setting.lane = &lane;
    size_t len = join_test(code, w, credential, credential_len, test, &test_len);
    WORLD_REQUIRE(garita_text_encode(text, &text_len, sizeof text, code, len) == GARITA_OK);
    good &= judge(&setting, "joined", text, text_len, GARITA_REASON_OK);
    WORLD_REQUIRE(garita_text_encode(text, &text_len, sizeof text, credential, credential_len) ==
                  GARITA_OK);
    good &= judge(&setting, "alone", text, text_len, GARITA_REASON_RULE_FAILED);
    unsigned long before = calls;
    garita_verify_attestation(&beside, &setting, test, test_len);
    good &= calls == before;
    setting.beside = &beside;
    setting.beside_count = 1;
    good &= judge(&setting, "beside", text, text_len, GARITA_REASON_OK);
    return good;
}

int main(void) {
    static world w;
    static uint8_t statement[GARITA_CREDENTIAL_BYTES_MAX];
    static char text[GARITA_QR_TEXT_MAX];
    size_t text_len;
    int good = 1;
    world_make(&w, WORLD_AGENCIES_MAX);
    garita_setting any = world_setting(&w, "any"), by_default = world_setting(&w, "default");
    garita_setting late = any;
    late.clock.now += INT64_C(5) * 365 * 86400;

    WORLD_REQUIRE(calls > 0); /* the counting works: the world was built with malloc */
    size_t len = world_issue(statement, &w, WORLD_AGENCIES_MAX - 1, 7);
    WORLD_REQUIRE(garita_text_encode(text, &text_len, sizeof text, statement, len) == GARITA_OK);
    good &= judge(&any, "accepted", text, text_len, GARITA_REASON_OK);
    good &= judge(&by_default, "referred", text, text_len, GARITA_REASON_STATUS_MISSING);
    good &= judge(&late, "expired", text, text_len, GARITA_REASON_EXPIRED);
    good &= judge(&any, "cut off", text, text_len - 3, GARITA_REASON_MALFORMED);
    good &= judge(&any, "not Base45", "GT1:\x80", 5, GARITA_REASON_MALFORMED);
    good &= judge(&any, "foreign", "https://example.org", 19, GARITA_REASON_FOREIGN_QR);
    len = world_issue(statement, &w, 0, 7);
    good &= judge_by_policy(&w, statement, len);
    len = world_issue(statement, &w, WORLD_AGENCIES_MAX - 1, 7);
    statement[len - 1] ^= 1;
    WORLD_REQUIRE(garita_text_encode(text, &text_len, sizeof text, statement, len) == GARITA_OK);
    good &= judge(&any, "forged", text, text_len, GARITA_REASON_BAD_SIGNATURE);
    statement[10] ^= 1;
    WORLD_REQUIRE(garita_text_encode(text, &text_len, sizeof text, statement, len) == GARITA_OK);
    good &= judge(&any, "a stranger's", text, text_len, GARITA_REASON_UNKNOWN_ISSUER);
    world_free(&w);
    return good ? 0 : 1;
}
