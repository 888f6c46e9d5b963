/* Heads behind a good signature: the input is a map, signed here by whom its first byte says, as a
 * hostile or broken authority would. Whoever is found to have signed it did, and may.
 */
#include "signers.h"

static signers s;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    signers_make(&s);
    return 0;
}

static void require_signers(const uint8_t *statement, size_t len)
{
    garita_head head, inspected, by;
    garita_peek peek;
    garita_error e;
    size_t expected = 0, found = 0, records = garita_trust_count(s.w.trust);
    const garita_issuer *r = garita_head_signer(&head, &e, s.w.trust, NULL, statement, len);
    bool is_head = garita_head_inspect(&inspected, &peek, NULL, statement, len) == GARITA_OK;
    for (size_t i = 0; i < records; i++) {
        const garita_issuer *record = garita_trust_get(s.w.trust, i);
        bool is_by = false;
        for (size_t k = 0; k < records && is_head; k++) {
            const garita_issuer *same = garita_trust_get(s.w.trust, k);
            is_by = is_by || (garita_issuer_same_authority(record, same) &&
                              signers_is_by(same, &peek, statement, len));
        }
        /* no authority here has one key in two records */
        expected += is_head && signers_is_by(record, &peek, statement, len);
        WORLD_REQUIRE(garita_head_is_by(&by, s.w.trust, record, statement, len) == is_by);
        WORLD_REQUIRE(garita_head_equal(&by, is_by ? &inspected : &(garita_head){0}));
    }
    WORLD_REQUIRE((e == GARITA_OK) == (r != NULL));
    WORLD_REQUIRE(garita_head_equal(&head, r != NULL ? &inspected : &(garita_head){0}));
    for (; r != NULL; r = garita_head_signer(&head, NULL, s.w.trust, r, statement, len)) {
        WORLD_REQUIRE(is_head && signers_is_by(r, &peek, statement, len));
        found++;
    }
    WORLD_REQUIRE(found == expected);
    if (found == 0)
        return;
    WORLD_REQUIRE(len <= GARITA_HEAD_BYTES_MAX && head.size <= GARITA_LOG_SIZE_MAX);
    WORLD_REQUIRE(head.signed_at >= 0 && head.signed_at <= head.next_due &&
                  head.next_due <= GARITA_MOMENT_MAX);
    require_one_encoding(statement, len, GARITA_TYPE_HEAD);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > GARITA_HEAD_BYTES_MAX)
        return 0;
    uint8_t *statement = malloc(size - 1 + WORLD_ENVELOPE);
    WORLD_REQUIRE(statement != NULL);
    size_t len = world_sign(statement, data + 1, size - 1, GARITA_TYPE_HEAD,
                            s.keys[data[0] % SIGNERS].secret_key);
    require_signers(statement, len);
    free(statement);
    return 0;
}
