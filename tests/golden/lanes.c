/* lanes GOLDEN: cards, attestations and packets below GOLDEN/lanes are what is written there, and
 * what libgarita writes of the same meaning is the same bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <garita/attestation.h>
#include <garita/date.h>
#include <garita/packet.h>
#include <garita/text.h>
#include <garita/verify.h>

#include "claims.h"
#include "golden.h"

#define CARDS "lanes/cards/"
#define ATTESTATIONS "lanes/attestations/"
#define PACKETS "lanes/packets/"

static const char *golden;

/* Judges each vector of a folder; at least so many must be there. */
static void judge_all(const char *start, size_t least,
                      bool (*judge)(const garita_trust *trust, const char *name, json_t *vector,
                                    const file *bytes)) {
    garita_trust *trust = trust_load_of_lanes(golden);
    names vectors = vectors_in(golden, start);
    size_t wrong = 0, count = vectors.count;
    for (size_t i = 0; i < vectors.count; i++) {
        json_t *vector = vector_json_of(golden, start, vectors.at[i]);
        file bytes = vector_bytes_of(golden, start, vectors.at[i]);
        assert_non_null(bytes.at);
        wrong += !judge(trust, vectors.at[i], vector, &bytes);
        file_free(&bytes);
        json_decref(vector);
    }
    names_free(&vectors);
    garita_trust_free(trust);
    assert_int_equal(wrong, 0);
    assert_true(count >= least);
}

/* Whether the text beside it, if there is one, holds these bytes. */
static bool text_holds(const char *start, const char *name, const file *bytes) {
    char path[512];
    uint8_t held[GARITA_QR_STATEMENT_BYTES_MAX];
    size_t len = 0;
    snprintf(path, sizeof path, "%s%s.txt", start, name);
    file text = file_read(golden, path);
    if (!text.at)
        return true;
    garita_error e = garita_text_decode(held, &len, sizeof held, NULL, (const char *)text.at,
                                        text.len);
    bool ok = e == GARITA_OK && len == bytes->len && memcmp(held, bytes->at, len) == 0;
    if (!ok)
        print_error("%s: .txt does not hold .bin\n", name);
    file_free(&text);
    return ok;
}

/* --- cards, and whom they are about --- */

static bool card_is_as_written(const garita_trust *trust, const char *name, json_t *vector,
                               const file *bytes) {
    garita_credential credential;
    garita_peek peek;
    garita_subject subject;
    (void)trust;
    assert_int_equal(garita_credential_inspect(&credential, &peek, NULL, bytes->at, bytes->len),
                     GARITA_OK);
    garita_subject_of(&subject, &credential);
    bool ok = is_as_written(name, "claims", json_object_get(vector, "claims"),
                      credential_claims_json(&credential));
    ok &= is_as_written(name, "subject", json_object_get(vector, "subject"),
                  hex_text_json(subject.bytes, sizeof subject.bytes));
    ok &= is_as_written(name, "serial", json_object_get(vector, "serial"),
                  json_integer(credential.serial));
    return ok & text_holds(CARDS, name, bytes);
}

static void cards_are_as_written(void **state) {
    (void)state;
    judge_all(CARDS, 15, card_is_as_written);
}

/* --- attestations --- */

static garita_setting setting_of(const garita_trust *trust, const json_t *vector) {
    const char *now = json_string_value(json_object_get(vector, "now"));
    garita_setting out = { .trust = trust, .lane = garita_lane_builtin("any"),
                           .clock = { .is_known = true } };
    assert_int_equal(garita_moment_parse(&out.clock.now, now, strlen(now)), GARITA_OK);
    return out;
}

static json_t *expect_json(const garita_shown *shown) {
    bool flawed = shown->fault.error != GARITA_OK;
    json_t *out = json_object();
    json_object_set_new(out, "verdict", json_string(garita_outcome_name(shown->outcome)));
    json_object_set_new(out, "reason", json_string(garita_reason_code(shown->reason)));
    json_object_set_new(out, "error",
                        flawed ? json_string(garita_error_name(shown->fault.error)) : json_null());
    json_object_set_new(out, "at",
                        flawed ? json_integer((json_int_t)shown->fault.at) : json_null());
    return out;
}

/* Those with keys that are ignored are not written so. */
static bool is_unusual(const char *name) {
    return strncmp(name, "ignorable-", strlen("ignorable-")) == 0;
}

static bool issues_again(const garita_shown *shown, const char *name, const file *bytes) {
    uint8_t again[GARITA_ATTESTATION_BYTES_MAX];
    size_t len;
    garita_attestation inspected;
    garita_peek peek;
    if (is_unusual(name))
        return true;
    assert_int_equal(garita_attestation_inspect(&inspected, &peek, NULL, bytes->at, bytes->len),
                     GARITA_OK);
    secret s = secret_for(golden, shown->issuer->public_key);
    garita_signer signer = { peek.signer, peek.key_number, s.secret_key };
    garita_error e = garita_attestation_issue(again, &len, sizeof again, NULL,
                                              &shown->attestation, &signer);
    bool ok = e == GARITA_OK && len == bytes->len && memcmp(again, bytes->at, len) == 0;
    if (!ok)
        print_error("%s: issued again, it has other bytes (%s)\n", name, garita_error_name(e));
    return ok;
}

static bool attestation_is_as_written(const garita_trust *trust, const char *name, json_t *vector,
                                      const file *bytes) {
    garita_shown shown;
    garita_setting setting = setting_of(trust, vector);
    garita_verify_attestation(&shown, &setting, bytes->at, bytes->len);
    bool ok = is_as_written(name, "expect", json_object_get(vector, "expect"), expect_json(&shown));
    ok &= is_as_written(name, "serial", json_object_get(vector, "serial"),
                  shown.is_readable ? json_integer(shown.attestation.serial) : json_null());
    ok &= is_as_written(name, "claims", json_object_get(vector, "claims"),
                  shown.is_readable ? attestation_claims_json(&shown.attestation) : json_null());
    if (shown.is_readable)
        ok &= issues_again(&shown, name, bytes);
    return ok & text_holds(ATTESTATIONS, name, bytes);
}

static void attestations_are_as_written(void **state) {
    (void)state;
    judge_all(ATTESTATIONS, 90, attestation_is_as_written);
}

/* --- packets --- */

static file part_named(const char *name) {
    file out = vector_bytes_of(golden, ATTESTATIONS, name);
    return out.at ? out : vector_bytes_of(golden, CARDS, name);
}

static garita_bytes part_at(const garita_parts *parts, size_t index) {
    if (parts->credential.len == 0)
        return parts->attestations[index];
    return index == 0 ? parts->credential : parts->attestations[index - 1];
}

static bool parts_are(const char *name, const json_t *written, const garita_parts *parts) {
    size_t count = parts->attestation_count + (parts->credential.len > 0);
    bool ok = json_array_size(written) == count;
    for (size_t i = 0; ok && i < count; i++) {
        file part = part_named(json_string_value(json_array_get(written, i)));
        garita_bytes found = part_at(parts, i);
        ok = part.at && part.len == found.len && memcmp(part.at, found.at, part.len) == 0;
        file_free(&part);
    }
    if (!ok)
        print_error("%s: other parts than written\n", name);
    return ok;
}

static bool packet_is_as_written(const garita_trust *trust, const char *name, json_t *vector,
                                 const file *bytes) {
    garita_parts parts;
    uint8_t joined[GARITA_QR_STATEMENT_BYTES_MAX];
    size_t len;
    const char *error = json_string_value(json_object_get(vector, "error"));
    garita_error e = garita_packet_split(&parts, NULL, bytes->at, bytes->len);
    (void)trust;
    if (strcmp(error ? error : "ok", garita_error_name(e)) != 0) {
        print_error("%s: written %s, observed %s\n", name, error ? error : "ok",
                    garita_error_name(e));
        return false;
    }
    if (e != GARITA_OK)
        return true;
    bool ok = parts_are(name, json_object_get(vector, "parts"), &parts);
    e = garita_packet_join(joined, &len, sizeof joined, &parts);
    if (e != GARITA_OK || len != bytes->len || memcmp(joined, bytes->at, len) != 0) {
        print_error("%s: joined again, it has other bytes (%s)\n", name, garita_error_name(e));
        ok = false;
    }
    return ok & text_holds(PACKETS, name, bytes);
}

static void packets_are_as_written(void **state) {
    (void)state;
    judge_all(PACKETS, 20, packet_is_as_written);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cards_are_as_written),
        cmocka_unit_test(attestations_are_as_written),
        cmocka_unit_test(packets_are_as_written),
    };
    if (argc != 2) {
        fprintf(stderr, "usage: lanes GOLDEN\n");
        return 64;
    }
    golden = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
