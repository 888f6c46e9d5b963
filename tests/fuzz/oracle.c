#include "fuzz.h"

#include <msgpack.h>

#include <garita/attestation.h>
#include <garita/authority.h>
#include <garita/head.h>
#include <garita/node.h>

static void look(const msgpack_object *o, oracle *out) {
    if (o->type == MSGPACK_OBJECT_ARRAY) {
        for (uint32_t i = 0; i < o->via.array.size; i++)
            look(&o->via.array.ptr[i], out);
    } else if (o->type == MSGPACK_OBJECT_MAP) {
        for (uint32_t i = 0; i < o->via.map.size; i++) {
            const msgpack_object_kv *pair = &o->via.map.ptr[i];
            if (pair->key.type != MSGPACK_OBJECT_POSITIVE_INTEGER ||
                (i > 0 && pair->key.via.u64 <= o->via.map.ptr[i - 1].key.via.u64))
                out->is_canonical = false;
            else if (pair->key.via.u64 > GARITA_KEY_CRITICAL_MAX)
                out->has_ignorable_key = true;
            look(&pair->val, out);
        }
    } else if (o->type != MSGPACK_OBJECT_NIL && o->type != MSGPACK_OBJECT_BOOLEAN &&
               o->type != MSGPACK_OBJECT_POSITIVE_INTEGER &&
               o->type != MSGPACK_OBJECT_NEGATIVE_INTEGER && o->type != MSGPACK_OBJECT_STR &&
               o->type != MSGPACK_OBJECT_BIN) {
        out->is_canonical = false;
    }
}

oracle oracle_ask(const uint8_t *bytes, size_t len) {
    oracle out = { .is_canonical = true };
    msgpack_unpacked unpacked;
    msgpack_unpacked_init(&unpacked);
    size_t at = 0;
    WORLD_REQUIRE(msgpack_unpack_next(&unpacked, (const char *)bytes, len, &at) ==
                  MSGPACK_UNPACK_SUCCESS);
    msgpack_sbuffer again;
    msgpack_sbuffer_init(&again);
    msgpack_packer packer;
    msgpack_packer_init(&packer, &again, msgpack_sbuffer_write);
    WORLD_REQUIRE(msgpack_pack_object(&packer, unpacked.data) == 0);
    out.is_canonical = at == len && again.size == len && memcmp(again.data, bytes, len) == 0;
    look(&unpacked.data, &out);
    msgpack_sbuffer_destroy(&again);
    msgpack_unpacked_destroy(&unpacked);
    return out;
}

void require_one_encoding(const uint8_t *statement, size_t len, garita_type type) {
    static const uint8_t secret_key[GARITA_SECRET_KEY_SIZE] = { 1 }; /* any: the map is compared */
    uint8_t again[GARITA_CREDENTIAL_BYTES_MAX];
    size_t again_len = 0;
    garita_fault fault;
    garita_peek peek;
    garita_error e;
    if (type == GARITA_TYPE_CREDENTIAL) {
        garita_credential c;
        WORLD_REQUIRE(garita_credential_inspect(&c, &peek, &fault, statement, len) == GARITA_OK);
        garita_signer signer = { peek.signer, peek.key_number, secret_key };
        e = garita_credential_issue(again, &again_len, sizeof again, &fault, &c, &signer);
    } else if (type == GARITA_TYPE_ATTESTATION) {
        garita_attestation a;
        WORLD_REQUIRE(garita_attestation_inspect(&a, &peek, &fault, statement, len) == GARITA_OK);
        garita_signer signer = { peek.signer, peek.key_number, secret_key };
        e = garita_attestation_issue(again, &again_len, sizeof again, &fault, &a, &signer);
    } else if (type == GARITA_TYPE_HEAD) {
        garita_head h;
        WORLD_REQUIRE(garita_head_inspect(&h, &peek, &fault, statement, len) == GARITA_OK);
        garita_signer signer = { peek.signer, peek.key_number, secret_key };
        e = garita_head_issue(again, &again_len, GARITA_HEAD_BYTES_MAX, &fault, &h, &signer);
    } else if (type == GARITA_TYPE_NODE) {
        garita_node n;
        WORLD_REQUIRE(garita_node_inspect(&n, &peek, &fault, statement, len) == GARITA_OK);
        garita_signer signer = { peek.signer, peek.key_number, secret_key };
        e = garita_node_issue(again, &again_len, GARITA_NODE_BYTES_MAX, &fault, &n, &signer);
    } else {
        garita_authority a;
        WORLD_REQUIRE(garita_authority_inspect(&a, &peek, &fault, statement, len) == GARITA_OK);
        garita_signer signer = { peek.signer, peek.key_number, secret_key };
        e = garita_authority_issue(again, &again_len, GARITA_AUTHORITY_BYTES_MAX, &fault, &a, &signer);
    }
    WORLD_REQUIRE(e == GARITA_OK);
    const uint8_t *map = statement + 1;
    size_t map_len = len - WORLD_ENVELOPE, again_map_len = again_len - WORLD_ENVELOPE;
    oracle asked = oracle_ask(map, map_len);
    WORLD_REQUIRE(asked.is_canonical);
    if (asked.has_ignorable_key) {
        WORLD_REQUIRE(type == GARITA_TYPE_CREDENTIAL || type == GARITA_TYPE_ATTESTATION);
        WORLD_REQUIRE(again_map_len < map_len);
    } else {
        WORLD_REQUIRE(again_map_len == map_len && memcmp(again + 1, map, map_len) == 0);
    }
}
