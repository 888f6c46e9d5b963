/* What lies behind a good signature: the input is a map, signed here by an agency that the
 * checkpoint trusts, as a hostile or broken agency would. Its first byte says which agency.
 */
#include "judge.h"

static world w;

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    world_make(&w, 4);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0 || size > GARITA_CREDENTIAL_BYTES_MAX)
        return 0;
    uint8_t *statement = malloc(size - 1 + WORLD_ENVELOPE);
    WORLD_REQUIRE(statement != NULL);
    size_t len = world_sign(statement, data + 1, size - 1, GARITA_TYPE_CREDENTIAL,
                            w.agencies[data[0] % 4].secret_key);
    judge_statement(&w, statement, len);
    free(statement);
    return 0;
}
