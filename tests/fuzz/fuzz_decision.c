/* Entries and tips of the log of decisions: what is read is written again in the same bytes. */
#include "fuzz.h"

#include <garita/decision.h>
#include <garita/tip.h>

static void entry(const uint8_t *data, size_t size) {
    garita_decision decision;
    garita_fault fault;
    uint8_t again[GARITA_DECISION_BYTES_MAX];
    size_t again_len;
    if (garita_decision_read(&decision, &fault, data, size) != GARITA_OK) {
        WORLD_REQUIRE(fault.error != GARITA_OK && fault.at <= size && fault.field != NULL);
        WORLD_REQUIRE(decision.kind == 0);
        return;
    }
    WORLD_REQUIRE(oracle_ask(data, size).is_canonical);
    WORLD_REQUIRE(garita_decision_kind_name((uint64_t)decision.kind) != NULL);
    WORLD_REQUIRE(garita_decision_write(again, &again_len, &decision) == GARITA_OK);
    WORLD_REQUIRE(again_len == size && memcmp(again, data, size) == 0);
}

static void tip(const uint8_t *data, size_t size) {
    static world_agency node;
    static uint8_t is_made;
    garita_tip read, verified;
    garita_peek peek;
    garita_fault fault;
    uint8_t again[GARITA_TIP_BYTES_MAX];
    size_t again_len;
    if (!is_made)
        world_agency_make(&node, 7);
    is_made = 1;
    garita_error e = garita_tip_verify(&verified, node.public_key, data, size);
    if (garita_tip_inspect(&read, &peek, &fault, data, size) != GARITA_OK) {
        WORLD_REQUIRE(e != GARITA_OK && fault.error != GARITA_OK);
        return;
    }
    /* The same tip by this node: the same map, if it names this node and its key number. */
    WORLD_REQUIRE(garita_tip_issue(again, &again_len, &read, node.public_key, node.secret_key) ==
                  GARITA_OK);
    if (garita_id_equal(&peek.signer, &node.signer.id) && peek.key_number == 1) {
        WORLD_REQUIRE(again_len == size);
        WORLD_REQUIRE(memcmp(again, data, size - GARITA_SIGNATURE_SIZE) == 0);
    } else {
        WORLD_REQUIRE(e == GARITA_E_UNKNOWN_ISSUER);
    }
    WORLD_REQUIRE(garita_tip_verify(&verified, node.public_key, again, again_len) == GARITA_OK);
    WORLD_REQUIRE(memcmp(&verified.place.hash, &read.place.hash, sizeof read.place.hash) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    entry(data, size);
    tip(data, size);
    return 0;
}
