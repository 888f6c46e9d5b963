/* A program of somebody else that uses libgarita as installed: it is its own agency and its own
 * checkpoint. It ends well only if a good credential is accepted and an altered one is not.
 */
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include <garita/authority.h>
#include <garita/credential.h>
#include <garita/date.h>
#include <garita/programme.h>
#include <garita/text.h>
#include <garita/verify.h>

static garita_utf8 utf8(const char *text) {
    garita_utf8 view;
    view.at = text;
    view.len = strlen(text);
    return view;
}

static int expect(const garita_setting *setting, const char *text, size_t text_len,
                  garita_outcome outcome, garita_reason reason) {
    static garita_verdict verdict;
    garita_verify_text(&verdict, setting, text, text_len);
    printf("%s %s\n", garita_outcome_name(verdict.outcome), garita_reason_code(verdict.reason));
    return verdict.outcome == outcome && verdict.reason == reason;
}

int main(void) {
    uint8_t seed[GARITA_SEED_SIZE];
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
    if (garita_init() != GARITA_OK)
        return 1;
    uint8_t *secret_key = (uint8_t *)sodium_malloc(GARITA_SECRET_KEY_SIZE);
    if (secret_key == NULL)
        return 1;
    memset(seed, 7, sizeof seed);
    garita_key_pair(secret_key, public_key, seed);

    garita_signer signer;
    garita_key_id(&signer.id, public_key);
    signer.key_number = 1;
    signer.secret_key = secret_key;

    garita_authority anchor;
    memset(&anchor, 0, sizeof anchor);
    anchor.serial = 1;
    anchor.key_number = 1;
    memcpy(anchor.public_key, public_key, sizeof public_key);
    anchor.name = utf8("Somebody's agency");
    memcpy(anchor.country, "USA", sizeof "USA");
    if (garita_day_parse(&anchor.expires, "2040-01-01", 10) != GARITA_OK)
        return 1;
    uint8_t bytes[GARITA_CREDENTIAL_BYTES_MAX];
    size_t bytes_len;
    garita_fault fault;
    if (garita_authority_issue(bytes, &bytes_len, sizeof bytes, &fault, &anchor, &signer) != GARITA_OK)
        return 1;

    garita_trust *trust;
    garita_scope scope;
    if (garita_trust_new(&trust) != GARITA_OK)
        return 1;
    garita_pin_default(&scope, "USA");
    if (garita_trust_pin(trust, NULL, &fault, &scope, bytes, bytes_len) != GARITA_OK)
        return 1;

    const garita_programme *sentri = garita_programme_by_name("sentri", 6);
    const garita_document_type *passport = garita_document_type_by_name("passport", 8);
    if (sentri == NULL || passport == NULL)
        return 1;
    garita_credential credential;
    memset(&credential, 0, sizeof credential);
    credential.serial = 2;
    credential.programme = sentri->code;
    credential.name = utf8("JUANA P\xc3\x89REZ");
    credential.nationality = utf8("MEX");
    credential.document_type = passport->code;
    credential.document_country = utf8("MEX");
    credential.document_number = utf8("G00000001");
    if (garita_day_parse(&credential.not_before, "2026-01-01", 10) != GARITA_OK ||
        garita_day_parse(&credential.expires, "2031-01-01", 10) != GARITA_OK ||
        garita_birth_date_parse(&credential.birth_date, "1990-12-31", 10) != GARITA_OK)
        return 1;
    if (garita_credential_issue(bytes, &bytes_len, sizeof bytes, &fault, &credential, &signer) !=
        GARITA_OK) {
        printf("%s: %s\n", fault.field, garita_error_text(fault.error));
        return 1;
    }
    char text[GARITA_QR_TEXT_MAX];
    size_t text_len;
    if (garita_text_encode(text, &text_len, sizeof text, bytes, bytes_len) != GARITA_OK)
        return 1;

    garita_setting setting;
    memset(&setting, 0, sizeof setting);
    setting.trust = trust;
    setting.lane = garita_lane_builtin("any");
    setting.clock.is_known = true;
    if (garita_moment_parse(&setting.clock.now, "2027-06-01T12:00:00Z", 20) != GARITA_OK)
        return 1;
    int good = expect(&setting, text, text_len, GARITA_ACCEPT, GARITA_REASON_OK);
    bytes[bytes_len - 1] ^= 1;
    if (garita_text_encode(text, &text_len, sizeof text, bytes, bytes_len) != GARITA_OK)
        return 1;
    int bad = expect(&setting, text, text_len, GARITA_REJECT, GARITA_REASON_BAD_SIGNATURE);

    garita_trust_free(trust);
    sodium_free(secret_key);
    return good && bad ? 0 : 1;
}
