/* Codes of several statements for fuzz_verify: what a lane of judge.c asks for, and what it does not. */
#include <string.h>

#include <garita/attestation.h>
#include <garita/packet.h>

#include "seeds.h"
#include "world.h"

static world w;

typedef struct statement {
    uint8_t at[GARITA_CREDENTIAL_BYTES_MAX];
    size_t len;
} statement;

/* A test of an hour ago; a serial's bits spell its status (judge.c). */
static void test_of(statement *out, const garita_credential *of, uint32_t serial, uint8_t type,
                    const world_agency *by) {
    garita_attestation a = { .serial = serial,
                             .expires = GARITA_DAY_MAX,
                             .kind = GARITA_ATTESTATION_TEST };
    garita_fault fault;
    garita_subject_of(&a.subject, of);
    a.fact.test.type = type;
    a.fact.test.result = 1;
    a.fact.test.sampled_at = WORLD_NOW - 3600;
    WORLD_REQUIRE(garita_attestation_issue(out->at, &out->len, sizeof out->at, &fault, &a,
                                           &by->signer) == GARITA_OK);
}

static void credential_of(statement *out, const garita_credential *claims) {
    garita_fault fault;
    WORLD_REQUIRE(garita_credential_issue(out->at, &out->len, sizeof out->at, &fault, claims,
                                          &w.agencies[0].signer) == GARITA_OK);
}

/* credential may be null. */
static void code(const char *name, const statement *credential, const statement *tests,
                 size_t count) {
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
    char text[GARITA_QR_TEXT_MAX];
    size_t len, text_len;
    garita_parts parts = { .attestation_count = count };
    if (credential != NULL)
        parts.credential = (garita_bytes){ credential->at, credential->len };
    for (size_t i = 0; i < count; i++)
        parts.attestations[i] = (garita_bytes){ tests[i].at, tests[i].len };
    WORLD_REQUIRE(garita_packet_join(bytes, &len, sizeof bytes, &parts) == GARITA_OK);
    WORLD_REQUIRE(garita_text_encode(text, &text_len, sizeof text, bytes, len) == GARITA_OK);
    seed("verify", name, text, text_len);
}

void seeds_lane(void) {
    static const uint32_t serials[] = { 8 + 64, 2 + 8 + 64, 4 + 8 + 64, 64 };
    statement card, tests[4];
    garita_credential claims, other;
    world_make(&w, 4);
    world_credential(&claims, 8 + 64, NULL);
    other = claims;
    other.document_number = (garita_utf8){ "X1", 2 };
    credential_of(&card, &claims);
    for (size_t i = 0; i < 4; i++)
        test_of(&tests[i], &claims, serials[i], 1, &w.agencies[i]);
    code("joined", &card, tests, 1);
    code("joined-several", &card, tests, 4);
    code("tests-alone", NULL, tests, 4);
    code("test-alone", NULL, tests, 1);
    test_of(&tests[0], &other, 8 + 64, 1, &w.agencies[0]);
    code("joined-another-s", &card, tests, 1);
    test_of(&tests[0], &claims, 8 + 64, 63, &w.agencies[0]);
    code("joined-nameless", &card, tests, 1);
    claims.employer_id = (garita_utf8){ "DENIED-1", 8 };
    credential_of(&card, &claims);
    code("denied", &card, tests, 1);
    world_free(&w);
}
