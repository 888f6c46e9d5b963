#include <garita/statement.h>

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "reader.h"
#include "statement_io.h"

enum {
    VERSION = 1,
    ENVELOPE_FIRST = 0x92, /* an array of two */
    SIGNATURE_AT = 2,      /* behind 0xc4 0x40 */
    TAIL = SIGNATURE_AT + GARITA_SIGNATURE_SIZE
};

static_assert(GARITA_ENVELOPE_SIZE == 1 + TAIL, "the first byte, and what is behind the map");

static const uint8_t signature_header[SIGNATURE_AT] = {0xc4, GARITA_SIGNATURE_SIZE};

static const struct {
    const char *name;
    size_t bytes_max;
    unsigned depth_max;
} types[] = {
    [GARITA_TYPE_AUTHORITY] = {"authority", GARITA_AUTHORITY_BYTES_MAX, GARITA_AUTHORITY_DEPTH_MAX},
    [GARITA_TYPE_CREDENTIAL] = {"credential", GARITA_CREDENTIAL_BYTES_MAX,
                                GARITA_CREDENTIAL_DEPTH_MAX},
    [GARITA_TYPE_ATTESTATION] = {"attestation", GARITA_ATTESTATION_BYTES_MAX,
                                 GARITA_CREDENTIAL_DEPTH_MAX},
    [GARITA_TYPE_HEAD] = {"head", GARITA_HEAD_BYTES_MAX, GARITA_AUTHORITY_DEPTH_MAX},
    [GARITA_TYPE_POLICY] = {"policy", GARITA_POLICY_BYTES_MAX, GARITA_POLICY_DEPTH_MAX},
    [GARITA_TYPE_NODE] = {"node", GARITA_NODE_BYTES_MAX, GARITA_AUTHORITY_DEPTH_MAX},
    [GARITA_TYPE_TIP] = {"tip", GARITA_TIP_BYTES_MAX, GARITA_AUTHORITY_DEPTH_MAX},
};

static const size_t type_count = sizeof types / sizeof types[0];

static bool is_type(uint64_t type)
{
    return type < type_count && types[type].name != NULL; /* there are gaps */
}

const char *garita_type_name(uint64_t type)
{
    return is_type(type) ? types[type].name : NULL;
}

int garita_type_by_name(const char *name, size_t name_len)
{
    for (size_t t = 1; t < type_count; t++)
        if ((GARITA_TYPES_ALL >> t & 1) != 0 && strlen(types[t].name) == name_len &&
            memcmp(types[t].name, name, name_len) == 0)
            return (int)t;
    return 0;
}

size_t garita_type_bytes_max(garita_type type)
{
    assert(is_type((uint64_t)type));
    return types[type].bytes_max;
}

unsigned garita_type_depth_max(garita_type type)
{
    assert(is_type((uint64_t)type));
    return types[type].depth_max;
}

/* The first four keys are all there, in order, and first: each is read where it must stand. */
static bool read_first_key(garita_reader *r, garita_container *map, unsigned expected,
                           const char *field)
{
    unsigned key;
    size_t at = r->at;
    r->field = field;
    if (!garita_reader_key(r, map, &key))
        return garita_reader_fail(r, GARITA_E_MISSING_KEY, at);
    return key == expected || garita_reader_fail(r, GARITA_E_MISSING_KEY, at);
}

bool garita_statement_read_start(garita_reader *r, garita_container *map, garita_peek *out,
                                 garita_type expected)
{
    uint64_t number;
    const uint8_t *id;
    size_t at;

    if (!garita_reader_map(r, map))
        return false;
    if (!read_first_key(r, map, 0, "version"))
        return false;
    at = r->at;
    if (!garita_reader_uint(r, &number, 0, UINT64_MAX))
        return false;
    if (number != VERSION)
        return garita_reader_fail(r, GARITA_E_UNSUPPORTED_VERSION, at);

    if (!read_first_key(r, map, 1, "type"))
        return false;
    at = r->at;
    if (!garita_reader_uint(r, &number, 0, UINT64_MAX))
        return false;
    if (!is_type(number))
        return garita_reader_fail(r, GARITA_E_UNKNOWN_TYPE, at);
    if (expected != 0 && number != (uint64_t)expected)
        return garita_reader_fail(r, GARITA_E_WRONG_TYPE, at);
    out->type = (garita_type)number;

    if (!read_first_key(r, map, 2, "authority id") || !garita_reader_bin(r, &id, GARITA_ID_SIZE))
        return false;
    memcpy(out->signer.bytes, id, GARITA_ID_SIZE);

    if (!read_first_key(r, map, 3, "key number") ||
        !garita_reader_uint(r, &number, 1, GARITA_KEY_NUMBER_MAX))
        return false;
    out->key_number = (uint8_t)number;
    r->field = "";
    return true;
}

garita_error garita_statement_read_end(garita_reader *r, garita_fault *fault)
{
    garita_reader_end(r);
    if (fault)
        *fault = r->fault;
    return r->fault.error;
}

/* Finds map and signature: step 1 of FORMAT.md, "Reading", but for the bound. */
static bool find_parts(garita_reader *r, garita_peek *out, const uint8_t *bytes, size_t len,
                       unsigned depth_max)
{
    garita_reader_start(r, bytes, len, 0, depth_max);
    if (len < 2 + TAIL)
        return garita_reader_fail(r, GARITA_E_TRUNCATED, len);
    if (bytes[0] != ENVELOPE_FIRST)
        return garita_reader_fail(r, GARITA_E_ENVELOPE, 0);
    const uint8_t *tail = bytes + len - TAIL;
    if (memcmp(tail, signature_header, SIGNATURE_AT) != 0)
        return garita_reader_fail(r, GARITA_E_ENVELOPE, len - TAIL);
    out->map = bytes + 1;
    out->map_len = len - 1 - TAIL;
    out->signature = tail + SIGNATURE_AT;
    garita_reader_start(r, out->map, out->map_len, 1, depth_max);
    return true;
}

garita_error garita_statement_peek(garita_peek *out, garita_fault *fault, garita_type expected,
                                   const uint8_t *bytes, size_t bytes_len)
{
    garita_reader r;
    garita_container map;
    *out = (garita_peek){0};
    garita_reader_start(&r, bytes, bytes_len, 0, garita_type_depth_max(expected));
    bool ok = bytes_len <= garita_type_bytes_max(expected) ||
              garita_reader_fail(&r, GARITA_E_TOO_LONG, garita_type_bytes_max(expected));
    ok = ok && find_parts(&r, out, bytes, bytes_len, garita_type_depth_max(expected)) &&
         garita_statement_read_start(&r, &map, out, expected);
    if (!ok)
        *out = (garita_peek){0};
    if (fault)
        *fault = r.fault;
    return r.fault.error;
}

int garita_statement_type(const uint8_t *bytes, size_t bytes_len)
{
    garita_reader r;
    garita_container map;
    garita_peek peek = {0};
    bool ok = find_parts(&r, &peek, bytes, bytes_len, GARITA_POLICY_DEPTH_MAX) &&
              garita_statement_read_start(&r, &map, &peek, (garita_type)0);
    return ok ? (int)peek.type : 0;
}

/* Writes "garita/v1/" TYPE NUL; returns its length. */
static size_t write_prefix(uint8_t out[GARITA_SIGNING_PREFIX_MAX], garita_type type)
{
    static const char start[] = "garita/v1/";
    size_t start_len = sizeof start - 1;
    size_t name_size = strlen(types[type].name) + 1;
    assert(start_len + name_size <= GARITA_SIGNING_PREFIX_MAX);
    memcpy(out, start, start_len);
    memcpy(out + start_len, types[type].name, name_size);
    return start_len + name_size;
}

garita_error garita_statement_verify(garita_verified *out, const garita_peek *peek,
                                     const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE],
                                     uint8_t *scratch, size_t scratch_len)
{
    *out = (garita_verified){0};
    if (scratch_len < GARITA_SIGNING_PREFIX_MAX ||
        peek->map_len > scratch_len - GARITA_SIGNING_PREFIX_MAX)
        return GARITA_E_NO_SPACE;
    size_t prefix_len = write_prefix(scratch, peek->type);
    memcpy(scratch + prefix_len, peek->map, peek->map_len);
    if (crypto_sign_verify_detached(peek->signature, scratch, prefix_len + peek->map_len,
                                    public_key) != 0)
        return GARITA_E_BAD_SIGNATURE;
    *out = (garita_verified){.map = peek->map,
                             .map_len = peek->map_len,
                             .type = peek->type,
                             .signer = peek->signer,
                             .key_number = peek->key_number};
    return GARITA_OK;
}

garita_error garita_statement_sign(uint8_t *out, size_t *out_len, size_t out_cap, garita_type type,
                                   const garita_signer *signer, const uint8_t *map, size_t map_len)
{
    *out_len = 0;
    size_t max = garita_type_bytes_max(type);
    if (map_len > max - 1 - TAIL)
        return GARITA_E_TOO_LONG;
    size_t len = 1 + map_len + TAIL;
    if (len > out_cap)
        return GARITA_E_NO_SPACE;

    /* a policy is too much for a stack */
    uint8_t small[GARITA_SCRATCH_SIZE(GARITA_QR_STATEMENT_BYTES_MAX)];
    uint8_t *large = NULL, *message = small;
    if (map_len > sizeof small - GARITA_SIGNING_PREFIX_MAX) {
        large = malloc(GARITA_SCRATCH_SIZE(map_len));
        if (!large)
            return GARITA_E_NO_MEMORY;
        message = large;
    }
    size_t prefix_len = write_prefix(message, type);
    memcpy(message + prefix_len, map, map_len);
    out[0] = ENVELOPE_FIRST;
    memcpy(out + 1, map, map_len);
    memcpy(out + 1 + map_len, signature_header, SIGNATURE_AT);
    /* It cannot fail: libsodium's signing has no error. */
    crypto_sign_detached(out + 1 + map_len + SIGNATURE_AT, NULL, message, prefix_len + map_len,
                         signer->secret_key);
    free(large);
    *out_len = len;
    return GARITA_OK;
}
