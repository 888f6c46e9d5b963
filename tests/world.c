#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <garita/authority.h>
#include <garita/date.h>

_Noreturn void world_abort(const char *file, int line, const char *what) {
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

static garita_utf8 utf8(const char *text) {
    return (garita_utf8){ text, text == NULL ? 0 : strlen(text) };
}

static uint32_t day(const char *text) {
    uint32_t out;
    WORLD_REQUIRE(garita_day_parse(&out, text, strlen(text)) == GARITA_OK);
    return out;
}

void world_agency_make(world_agency *agency, uint8_t seed_byte) {
    uint8_t seed[GARITA_SEED_SIZE];
    memset(seed, seed_byte, sizeof seed);
    garita_key_pair(agency->secret_key, agency->public_key, seed);
    garita_key_id(&agency->signer.id, agency->public_key);
    agency->signer.key_number = 1;
    agency->signer.secret_key = agency->secret_key;
}

static void certify(world_agency *subject, const world_agency *by, uint32_t serial,
                    const char *country, uint8_t depth) {
    garita_authority authority = { .serial = serial,
                                   .expires = day("2045-12-31"),
                                   .key_number = 1,
                                   .name = utf8("Agency of the test world") };
    memcpy(authority.public_key, subject->public_key, sizeof authority.public_key);
    memcpy(authority.country, country, sizeof "USA");
    if (by != subject) {
        garita_pin_default(&authority.scope, country);
        authority.scope.depth = depth;
    }
    garita_fault fault;
    WORLD_REQUIRE(garita_authority_issue(subject->statement, &subject->statement_len,
                                         sizeof subject->statement, &fault, &authority,
                                         &by->signer) == GARITA_OK);
}

void world_make(world *w, size_t agency_count) {
    static const char *const countries[2] = { "USA", "MEX" };
    WORLD_REQUIRE(agency_count >= 1 && agency_count <= WORLD_AGENCIES_MAX);
    WORLD_REQUIRE(garita_init() == GARITA_OK);
    *w = (world){ .agency_count = agency_count };
    WORLD_REQUIRE(garita_trust_new(&w->trust) == GARITA_OK);
    for (size_t i = 0; i < 2; i++) {
        world_agency *anchor = &w->anchors[i];
        garita_scope scope;
        world_agency_make(anchor, (uint8_t)(1 + i));
        certify(anchor, anchor, 1, countries[i], 0);
        garita_pin_default(&scope, countries[i]);
        WORLD_REQUIRE(garita_trust_pin(w->trust, NULL, NULL, &scope, anchor->statement,
                                       anchor->statement_len) == GARITA_OK);
    }
    for (size_t i = 0; i < agency_count; i++) {
        world_agency *agency = &w->agencies[i];
        world_agency_make(agency, (uint8_t)(10 + i));
        certify(agency, &w->anchors[i % 2], (uint32_t)(2 + i / 2), countries[i % 2], i == 0);
        WORLD_REQUIRE(garita_trust_add(w->trust, NULL, NULL, agency->statement,
                                       agency->statement_len) == GARITA_OK);
    }
}

void world_free(world *w) {
    garita_trust_free(w->trust);
    *w = (world){ 0 };
}

void world_credential(garita_credential *out, uint32_t serial, const char *employer_name) {
    *out = (garita_credential){ .serial = serial,
                                .not_before = day("2026-01-01"),
                                .expires = day("2031-01-01"),
                                .programme = WORLD_SENTRI,
                                .name = utf8("MARÍA FERNANDA GARCÍA LÓPEZ"),
                                .birth_date = 19880402,
                                .nationality = utf8("MEX"),
                                .document_type = 1,
                                .document_country = utf8("MEX"),
                                .document_number = utf8("G12345678"),
                                .employer_id = utf8("IMMEX-1234-2006"),
                                .employer_name = utf8(employer_name) };
}

size_t world_issue(uint8_t out[GARITA_CREDENTIAL_BYTES_MAX], const world *w, size_t agency,
                   uint32_t serial) {
    garita_credential credential;
    garita_fault fault;
    size_t len;
    world_credential(&credential, serial, NULL);
    WORLD_REQUIRE(garita_credential_issue(out, &len, GARITA_CREDENTIAL_BYTES_MAX, &fault,
                                          &credential, &w->agencies[agency].signer) == GARITA_OK);
    return len;
}

/* prefix || map, as FORMAT.md section 2 has it; the caller frees it. */
static uint8_t *message(size_t *len, const uint8_t *map, size_t map_len, garita_type type) {
    static const char *const names[] = { [GARITA_TYPE_AUTHORITY] = "authority",
                                         [GARITA_TYPE_CREDENTIAL] = "credential",
                                         [GARITA_TYPE_ATTESTATION] = "attestation",
                                         [GARITA_TYPE_HEAD] = "head",
                                         [GARITA_TYPE_POLICY] = "policy",
                                         [GARITA_TYPE_NODE] = "node",
                                         [GARITA_TYPE_TIP] = "tip" };
    char prefix[32];
    int prefix_len = snprintf(prefix, sizeof prefix, "garita/v1/%s", names[type]) + 1;
    *len = (size_t)prefix_len + map_len;
    uint8_t *out = malloc(*len);
    WORLD_REQUIRE(out != NULL);
    memcpy(out, prefix, (size_t)prefix_len);
    if (map_len > 0)
        memcpy(out + prefix_len, map, map_len);
    return out;
}

size_t world_sign(uint8_t *out, const uint8_t *map, size_t map_len, garita_type type,
                  const uint8_t secret_key[GARITA_SECRET_KEY_SIZE]) {
    size_t len;
    uint8_t *signed_part = message(&len, map, map_len, type);
    out[0] = 0x92;
    if (map_len > 0)
        memcpy(out + 1, map, map_len);
    out[1 + map_len] = 0xc4;
    out[2 + map_len] = 0x40;
    crypto_sign_detached(out + 3 + map_len, NULL, signed_part, len, secret_key);
    free(signed_part);
    return map_len + WORLD_ENVELOPE;
}

int world_is_signed(const uint8_t *statement, size_t len, garita_type type,
                    const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE]) {
    if (len < WORLD_ENVELOPE || statement[0] != 0x92)
        return 0;
    size_t signed_len;
    uint8_t *signed_part = message(&signed_len, statement + 1, len - WORLD_ENVELOPE, type);
    int good = crypto_sign_verify_detached(statement + len - GARITA_SIGNATURE_SIZE, signed_part,
                                           signed_len, public_key) == 0;
    free(signed_part);
    return good;
}

garita_setting world_setting(const world *w, const char *lane) {
    return (garita_setting){ .trust = w->trust,
                             .lane = garita_lane_builtin(lane),
                             .clock = { .is_known = true, .now = WORLD_NOW } };
}
