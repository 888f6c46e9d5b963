/* The verify path allocates nothing: counts every allocation of the process, libsodium's too, by
 * standing in for the C library's functions, while texts are judged.
 */
#define _POSIX_C_SOURCE 200809L /* posix_memalign */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    statement[len - 1] ^= 1;
    WORLD_REQUIRE(garita_text_encode(text, &text_len, sizeof text, statement, len) == GARITA_OK);
    good &= judge(&any, "forged", text, text_len, GARITA_REASON_BAD_SIGNATURE);
    statement[10] ^= 1;
    WORLD_REQUIRE(garita_text_encode(text, &text_len, sizeof text, statement, len) == GARITA_OK);
    good &= judge(&any, "a stranger's", text, text_len, GARITA_REASON_UNKNOWN_ISSUER);
    world_free(&w);
    return good ? 0 : 1;
}
