/* Chains: the input is a run of authority maps, each signed here by one of four keys that the
 * checkpoint has pinned or may learn of, and added. A child must never do what its parent could not.
 *
 * Each map is preceded by the number of the key and the map's length in two bytes.
 */
#include "fuzz.h"

enum { KEYS = 4 };
static world_agency keys[KEYS]; /* 0 and 1 are anchors */
static world w;

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    world_make(&w, 1);
    keys[0] = w.anchors[0];
    keys[1] = w.anchors[1];
    world_agency_make(&keys[2], 10);
    world_agency_make(&keys[3], 11);
    return 0;
}

static void require_narrow(const garita_issuer *i) {
    const garita_issuer *p = i->parent;
    WORLD_REQUIRE(i->anchor->level == 0 && i->level <= GARITA_CHAIN_DEPTH_MAX);
    WORLD_REQUIRE(i->in_force_from >= p->in_force_from && i->in_force_until <= p->in_force_until);
    WORLD_REQUIRE(garita_scope_contains(&p->scope, &i->scope));
    WORLD_REQUIRE((i->scope.programmes & ~i->anchor->scope.programmes) == 0);
    WORLD_REQUIRE((i->scope.types & ~i->anchor->scope.types) == 0);
    if (p == i) {
        WORLD_REQUIRE(i->level == 0 && i->anchor == i);
        return;
    }
    WORLD_REQUIRE(garita_scope_has_type(&p->scope, GARITA_TYPE_AUTHORITY));
    WORLD_REQUIRE(garita_scope_has_country(&p->scope, i->country));
    if (i->level == p->level) /* a further key of an anchor */
        WORLD_REQUIRE(p->level == 0 && memcmp(i->first_key, p->first_key, sizeof i->first_key) == 0);
    else
        WORLD_REQUIRE(i->level == p->level + 1 && i->scope.depth < p->scope.depth);
    garita_id id;
    garita_key_id(&id, i->first_key);
    WORLD_REQUIRE(garita_id_equal(&id, &i->id));
    WORLD_REQUIRE(garita_key_check(i->public_key) == GARITA_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    garita_trust *trust;
    WORLD_REQUIRE(garita_trust_new(&trust) == GARITA_OK);
    for (size_t i = 0; i < 2; i++) {
        garita_scope scope;
        garita_pin_default(&scope, i == 0 ? "USA" : "MEX");
        WORLD_REQUIRE(garita_trust_pin(trust, NULL, NULL, &scope, keys[i].statement,
                                       keys[i].statement_len) == GARITA_OK);
    }
    while (size >= 3) {
        const world_agency *key = &keys[data[0] % KEYS];
        size_t map_len = (size_t)data[1] << 8 | data[2];
        data += 3;
        size -= 3;
        if (map_len > size)
            map_len = size;
        uint8_t statement[GARITA_AUTHORITY_BYTES_MAX + 64];
        if (map_len > sizeof statement - WORLD_ENVELOPE)
            break;
        size_t len = world_sign(statement, data, map_len, GARITA_TYPE_AUTHORITY, key->secret_key);
        data += map_len;
        size -= map_len;

        size_t before = garita_trust_count(trust);
        const garita_issuer *added = NULL;
        garita_fault fault;
        garita_error e = garita_trust_add(trust, &added, &fault, statement, len);
        WORLD_REQUIRE(e == GARITA_OK ? garita_trust_count(trust) > before
                                     : garita_trust_count(trust) == before);
        if (e == GARITA_OK) {
            require_one_encoding(statement, len, GARITA_TYPE_AUTHORITY);
            WORLD_REQUIRE(added == garita_trust_get(trust, before));
            WORLD_REQUIRE(garita_trust_add(trust, NULL, NULL, statement, len) ==
                          GARITA_E_ALREADY_KNOWN);
        }
        if (e == GARITA_OK || e == GARITA_E_ALREADY_KNOWN)
            WORLD_REQUIRE(len <= GARITA_AUTHORITY_BYTES_MAX);
    }
    for (size_t i = 0; i < garita_trust_count(trust); i++)
        require_narrow(garita_trust_get(trust, i));
    garita_trust_free(trust);
    return 0;
}
