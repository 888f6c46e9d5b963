/* Node and policy statements behind a good signature: the input is a map, signed here by whom its
 * first byte says, as the type that the map claims. Whoever is found to have signed it did, and
 * may.
 */
#include "signers.h"

#include <garita/carried.h>

static signers s;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    signers_make(&s);
    return 0;
}

static bool may(const garita_issuer *record, const garita_carried *carried, const garita_node *node,
                const uint8_t *statement, size_t len)
{
    return world_is_signed(statement, len, carried->type, record->public_key) &&
           garita_scope_has_type(&record->scope, carried->type) &&
           (carried->type != GARITA_TYPE_NODE ||
            garita_scope_has_country(&record->scope, node->country));
}

static void require_signers(const uint8_t *statement, size_t len)
{
    garita_carried carried, other;
    garita_node node;
    const garita_issuer *r;
    garita_error e = garita_carried_read(&carried, &r, s.w.trust, NULL, statement, len);
    WORLD_REQUIRE((e == GARITA_OK) == (r != NULL));
    if (r == NULL) {
        WORLD_REQUIRE(carried.serial == 0);
        return;
    }
    bool is_node = carried.type == GARITA_TYPE_NODE;
    WORLD_REQUIRE(carried.serial >= 1 && len <= garita_type_bytes_max(carried.type));
    WORLD_REQUIRE(is_node == (garita_node_inspect(&node, NULL, NULL, statement, len) == GARITA_OK));
    WORLD_REQUIRE(!is_node || node.serial == carried.serial);
    WORLD_REQUIRE(garita_carried_compare(&carried, &carried) == GARITA_CARRIED_SAME);
    if (is_node)
        require_one_encoding(statement, len, GARITA_TYPE_NODE);
    for (size_t found = 0; r != NULL; found++) {
        WORLD_REQUIRE(found < garita_trust_count(s.w.trust));
        WORLD_REQUIRE(may(r, &carried, &node, statement, len));
        e = garita_carried_read(&other, &r, s.w.trust, r, statement, len);
        WORLD_REQUIRE(r == NULL || e == GARITA_OK);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > GARITA_NODE_BYTES_MAX)
        return 0;
    uint8_t *statement = malloc(size - 1 + WORLD_ENVELOPE);
    WORLD_REQUIRE(statement != NULL);
    for (int type = GARITA_TYPE_POLICY; type <= GARITA_TYPE_NODE; type++) {
        size_t len = world_sign(statement, data + 1, size - 1, (garita_type)type,
                                s.keys[data[0] % SIGNERS].secret_key);
        require_signers(statement, len);
    }
    free(statement);
    return 0;
}
