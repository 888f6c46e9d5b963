/* A whole statement whose signature nobody checks: peek as each type, then inspect. */
#include "fuzz.h"

#include <garita/attestation.h>
#include <garita/authority.h>
#include <garita/head.h>
#include <garita/node.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int claimed = garita_statement_type(data, size);
    WORLD_REQUIRE(claimed == 0 || garita_type_name((uint64_t)claimed) != NULL);
    int taken = 0;
    for (int number = GARITA_TYPE_AUTHORITY; number <= GARITA_TYPE_NODE; number++) {
        garita_type type = (garita_type)number;
        garita_peek peek;
        garita_fault fault;
        garita_error e = garita_statement_peek(&peek, &fault, type, data, size);
        if (e != GARITA_OK) {
            WORLD_REQUIRE(fault.error == e && fault.field != NULL && fault.at <= size);
            continue;
        }
        taken++;
        WORLD_REQUIRE(claimed == number && peek.type == type && peek.key_number >= 1);
        WORLD_REQUIRE(size <= garita_type_bytes_max(type));
        WORLD_REQUIRE(peek.map == data + 1 && peek.map_len == size - WORLD_ENVELOPE);
        WORLD_REQUIRE(peek.signature == data + size - GARITA_SIGNATURE_SIZE);
    }
    WORLD_REQUIRE(taken <= 1);

    garita_fault fault;
    garita_credential credential;
    garita_attestation attestation;
    garita_authority authority;
    garita_head head;
    garita_node node;
    if (garita_credential_inspect(&credential, NULL, &fault, data, size) == GARITA_OK) {
        WORLD_REQUIRE(claimed == GARITA_TYPE_CREDENTIAL);
        require_one_encoding(data, size, GARITA_TYPE_CREDENTIAL);
    }
    if (garita_attestation_inspect(&attestation, NULL, &fault, data, size) == GARITA_OK) {
        WORLD_REQUIRE(claimed == GARITA_TYPE_ATTESTATION);
        require_one_encoding(data, size, GARITA_TYPE_ATTESTATION);
    }
    if (garita_authority_inspect(&authority, NULL, &fault, data, size) == GARITA_OK) {
        WORLD_REQUIRE(claimed == GARITA_TYPE_AUTHORITY);
        require_one_encoding(data, size, GARITA_TYPE_AUTHORITY);
    }
    if (garita_head_inspect(&head, NULL, &fault, data, size) == GARITA_OK) {
        WORLD_REQUIRE(claimed == GARITA_TYPE_HEAD && head.signed_at <= head.next_due);
        require_one_encoding(data, size, GARITA_TYPE_HEAD);
    }
    if (garita_node_inspect(&node, NULL, &fault, data, size) == GARITA_OK) {
        WORLD_REQUIRE(claimed == GARITA_TYPE_NODE && node.serial >= 1);
        WORLD_REQUIRE(node.address_count <= GARITA_NODE_ADDRESSES_MAX);
        for (size_t i = 0; i < node.address_count; i++)
            WORLD_REQUIRE(
                garita_address_is_wellformed(node.addresses[i].at, node.addresses[i].len));
        require_one_encoding(data, size, GARITA_TYPE_NODE);
    }
    return 0;
}
