/* A code's bytes, taken apart: every part lies within them, and what was a packet is what joining
 * its parts gives, byte for byte.
 */
#include "fuzz.h"

#include <garita/packet.h>
#include <garita/statement.h>

/* Whether a part lies in the bytes, behind the one before it; returns its end. */
static const uint8_t *require_within(garita_bytes part, const uint8_t *from, const uint8_t *end)
{
    WORLD_REQUIRE(part.at >= from && part.at <= end && part.len <= (size_t)(end - part.at));
    return part.at + part.len;
}

static void require_parts(const garita_parts *parts, const uint8_t *bytes, size_t len)
{
    const uint8_t *at = bytes, *end = bytes + len;
    WORLD_REQUIRE(parts->attestation_count <= GARITA_PACKET_PARTS_MAX);
    WORLD_REQUIRE(parts->credential.len > 0 || parts->attestation_count > 0);
    if (parts->credential.len > 0)
        at = require_within(parts->credential, at, end);
    for (size_t i = 0; i < parts->attestation_count; i++) {
        at = require_within(parts->attestations[i], at, end);
        WORLD_REQUIRE(garita_statement_type(parts->attestations[i].at,
                                            parts->attestations[i].len) == GARITA_TYPE_ATTESTATION);
    }
    WORLD_REQUIRE(at == end);
}

static void require_joined(const garita_parts *parts, const uint8_t *bytes, size_t len)
{
    uint8_t again[GARITA_QR_STATEMENT_BYTES_MAX];
    size_t again_len = 0;
    WORLD_REQUIRE(garita_packet_join(again, &again_len, sizeof again, parts) == GARITA_OK);
    WORLD_REQUIRE(again_len == len && memcmp(again, bytes, len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    garita_parts parts;
    garita_fault fault;
    uint8_t *bytes = malloc(size + 1); /* a byte read behind it is found */
    WORLD_REQUIRE(bytes != NULL);
    memcpy(bytes + 1, data, size);
    bool is_packet = garita_packet_is_one(bytes + 1, size);
    garita_error e = garita_packet_split(&parts, &fault, bytes + 1, size);
    WORLD_REQUIRE(fault.error == e && fault.field != NULL && fault.at <= size);
    if (e != GARITA_OK) {
        WORLD_REQUIRE(is_packet || size == 0);
        WORLD_REQUIRE(parts.credential.len == 0 && parts.attestation_count == 0);
    } else {
        require_parts(&parts, bytes + 1, size);
        if (is_packet)
            require_joined(&parts, bytes + 1, size);
    }
    free(bytes);
    return 0;
}
