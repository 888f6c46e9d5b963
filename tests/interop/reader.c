/* reader: says what libgarita makes of bytes, so that the second verifier can be compared with it on
 * bytes that nobody wrote by hand. Of each line of standard input, a letter, a space and hexadecimal
 * digits, it prints the error, and of a bundle how many messages were read before it, of a packet how many
 * parts it has. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <garita/attestation.h>
#include <garita/batch.h>
#include <garita/bundle.h>
#include <garita/certlogic.h>
#include <garita/equivocation.h>
#include <garita/key.h>
#include <garita/packet.h>
#include <garita/policy.h>
#include <garita/set.h>

enum { LINE_MAX_BYTES = 1 << 20 };

static garita_error read_batch(const uint8_t *bytes, size_t len) {
    static garita_event events[GARITA_BATCH_EVENTS_MAX];
    int64_t time;
    size_t count;
    return garita_batch_decode(&time, events, &count, NULL, bytes, len);
}

static garita_error read_chunk(uint32_t index, const uint8_t *bytes, size_t len) {
    garita_set *set;
    garita_error e = garita_set_new(&set);
    if (e != GARITA_OK)
        return e;
    e = garita_set_put_chunk(set, index, bytes, len);
    garita_set_free(set);
    return e;
}

static garita_error read_bundle(size_t *count, const uint8_t *bytes, size_t len) {
    garita_bundle_reader reader;
    garita_message message;
    garita_error e = garita_bundle_open(&reader, bytes, len);
    while (e == GARITA_OK) {
        e = garita_bundle_next(&reader, &message, NULL);
        if (e != GARITA_OK || message.kind == GARITA_MESSAGE_END)
            break;
        ++*count;
    }
    return e;
}

static garita_error read_policy(const uint8_t *bytes, size_t len) {
    garita_policy *policy;
    garita_error e = garita_policy_inspect(&policy, NULL, NULL, bytes, len);
    garita_policy_free(policy);
    return e;
}

static garita_error read_packet(size_t *count, const uint8_t *bytes, size_t len) {
    garita_parts parts;
    garita_error e = garita_packet_split(&parts, NULL, bytes, len);
    *count = parts.attestation_count + (parts.credential.len > 0);
    return e;
}

static garita_error read_as(size_t *count, char kind, const uint8_t *bytes, size_t len) {
    garita_attestation attestation;
    garita_credential credential;
    garita_equivocation proof;
    garita_have have;
    switch (kind) {
    case 'a':
        return garita_attestation_inspect(&attestation, NULL, NULL, bytes, len);
    case 'b':
        return read_batch(bytes, len);
    case 'c':
        return read_chunk(0, bytes, len);
    case 'C': /* the last, which lacks an offset */
        return read_chunk(GARITA_CHUNKS - 1, bytes, len);
    case 'd':
        return garita_credential_inspect(&credential, NULL, NULL, bytes, len);
    case 'e':
        return garita_equivocation_read(&proof, bytes, len);
    case 'h':
        return garita_have_read(&have, bytes, len);
    case 'l':
        return read_policy(bytes, len);
    case 'p':
        return read_packet(count, bytes, len);
    case 'r':
        return garita_rule_check(NULL, bytes, len);
    case 'u':
        return read_bundle(count, bytes, len);
    default:
        fprintf(stderr, "reader: no kind %c\n", kind);
        exit(64);
    }
}

/* The digits as bytes on the heap, of exactly that length, so that AddressSanitizer sees a read behind
 * their end. */
static uint8_t *unhex(size_t *len, const char *digits) {
    *len = strspn(digits, "0123456789abcdef") / 2;
    uint8_t *out = malloc(*len > 0 ? *len : 1);
    for (size_t i = 0; out && i < *len; i++) {
        const char digit[3] = { digits[2 * i], digits[2 * i + 1], 0 };
        out[i] = (uint8_t)strtoul(digit, NULL, 16);
    }
    return out;
}

int main(void) {
    static char line[LINE_MAX_BYTES];
    if (garita_init() != GARITA_OK)
        return 1;
    while (fgets(line, sizeof line, stdin)) {
        size_t len, count = 0;
        uint8_t *bytes = strlen(line) > 2 ? unhex(&len, line + 2) : NULL;
        if (!bytes)
            return 1;
        garita_error e = read_as(&count, line[0], bytes, len);
        printf("%s %zu\n", garita_error_name(e), count);
        free(bytes);
    }
    return ferror(stdin) ? 74 : 0;
}
