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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint8_t secret_key[GARITA_SECRET_KEY_SIZE] = { 1 };
    static const garita_signer signer = { { { 1 } }, 1, secret_key };
    struct claims claims = { 0 };
    struct claims_fault fault = { 0 };
    if (!claims_read(&claims, &fault, (const char *)data, size)) {
        WORLD_REQUIRE(fault.code != NULL && buffer_text(&fault.message)[0] != 0);
        WORLD_REQUIRE(claims.root == NULL);
    } else {
        uint8_t statement[GARITA_CREDENTIAL_BYTES_MAX];
        size_t len;
        garita_fault why;
        garita_credential read;
        WORLD_REQUIRE(claims.credential.serial == 0);
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
