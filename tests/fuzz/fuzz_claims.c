/* Claims as JSON, from an agency's file or batch: read, issued, and written again as `garita inspect`
 * writes them.
 */
#include "fuzz.h"

#include "claims.h"

static void require_round_trip(const garita_credential *credential) {
    json_t *written = claims_to_json(credential);
    WORLD_REQUIRE(written != NULL);
    char *text = json_dumps(written, JSON_COMPACT);
    WORLD_REQUIRE(text != NULL);
    struct claims again = { 0 };
    struct claims_fault fault = { 0 };
    WORLD_REQUIRE(claims_read(&again, &fault, text, strlen(text)));
    WORLD_REQUIRE(claims_equal(credential, &again.credential));
    claims_free(&again);
    claims_fault_free(&fault);
    free(text);
    json_decref(written);
}

static const uint8_t secret_key[GARITA_SECRET_KEY_SIZE] = { 1 };
static const garita_signer signer = { { { 1 } }, 1, secret_key };

static void require_attestation(garita_attestation *attestation) {
    uint8_t statement[GARITA_ATTESTATION_BYTES_MAX];
    size_t len;
    garita_fault why;
    garita_attestation read;
    WORLD_REQUIRE(attestation->serial == 0);
    attestation->serial = 1;
    garita_error e = garita_attestation_issue(statement, &len, sizeof statement, &why, attestation,
                                              &signer);
    if (e != GARITA_OK) {
        WORLD_REQUIRE(len == 0 && why.error == e && why.field[0] != 0);
        return;
    }
    WORLD_REQUIRE(garita_attestation_inspect(&read, NULL, &why, statement, len) == GARITA_OK);
    WORLD_REQUIRE(claims_attestation_equal(&read, attestation));
    json_t *written = claims_attestation_to_json(&read);
    struct claims again = { 0 };
    struct claims_fault fault = { 0 };
    WORLD_REQUIRE(claims_take(&again, &fault, written));
    WORLD_REQUIRE(claims_attestation_equal(&read, &again.attestation));
    claims_free(&again);
    json_decref(written);
}

/* What goes into the credential's code is about its subject. */
static void require_attached(const struct claims *claims) {
    garita_subject subject;
    garita_attestation attestation;
    garita_subject_of(&subject, &claims->credential);
    const garita_parts *parts = &claims->attached->parts;
    WORLD_REQUIRE(parts->credential.len == 0 && parts->attestation_count < GARITA_PACKET_PARTS_MAX);
    for (size_t i = 0; i < parts->attestation_count; i++) {
        WORLD_REQUIRE(garita_attestation_inspect(&attestation, NULL, NULL, parts->attestations[i].at,
                                                 parts->attestations[i].len) == GARITA_OK);
        WORLD_REQUIRE(garita_subject_equal(&attestation.subject, &subject));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct claims claims = { 0 };
    struct claims_fault fault = { 0 };
    if (!claims_read(&claims, &fault, (const char *)data, size)) {
        WORLD_REQUIRE(fault.code != NULL && buffer_text(&fault.message)[0] != 0);
        WORLD_REQUIRE(claims.root == NULL);
    } else if (claims.type == GARITA_TYPE_ATTESTATION) {
        require_attestation(&claims.attestation);
    } else {
        uint8_t statement[GARITA_CREDENTIAL_BYTES_MAX];
        size_t len;
        garita_fault why;
        garita_credential read;
        WORLD_REQUIRE(claims.credential.serial == 0);
        if (claims.attached != NULL)
            require_attached(&claims);
        claims.credential.serial = 1;
        require_round_trip(&claims.credential);
        garita_error e = garita_credential_issue(statement, &len, sizeof statement, &why,
                                                 &claims.credential, &signer);
        if (e == GARITA_OK) {
            WORLD_REQUIRE(garita_credential_inspect(&read, NULL, &why, statement, len) == GARITA_OK);
            WORLD_REQUIRE(claims_equal(&read, &claims.credential));
            require_round_trip(&read);
        } else {
            WORLD_REQUIRE(len == 0 && why.error == e && why.field[0] != 0);
        }
    }
    claims_free(&claims);
    claims_fault_free(&fault);
    return 0;
}
