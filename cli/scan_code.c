#include "scan_code.h"

#include <string.h>

#include <garita/credential.h>
#include <garita/packet.h>
#include <garita/statement.h>
#include <garita/text.h>

enum {
    /* A packet's head, and a statement's up to its type: at most 14 bytes. */
    FIRST_BYTES = 16,
    FIRST_CHARACTERS = sizeof GARITA_TEXT_PREFIX - 1 + FIRST_BYTES / 2 * 3
};

bool scan_code_bytes(uint8_t out[GARITA_QR_STATEMENT_BYTES_MAX], size_t *out_len,
                     const struct code *code)
{
    if (code->kind == CODE_TEXT)
        return garita_text_decode(out, out_len, GARITA_QR_STATEMENT_BYTES_MAX, NULL, code->at,
                                  code->len) == GARITA_OK;
    if (code->len > GARITA_QR_STATEMENT_BYTES_MAX)
        return false;
    memcpy(out, code->at, code->len);
    *out_len = code->len;
    return true;
}

/* The first bytes; how many. */
static size_t first_bytes(uint8_t out[FIRST_BYTES], const struct code *code)
{
    size_t len = code->len;

    if (code->kind == CODE_STATEMENT) {
        len = len < FIRST_BYTES ? len : FIRST_BYTES;
        memcpy(out, code->at, len);
        return len;
    }
    if (garita_text_decode(out, &len, FIRST_BYTES, NULL, code->at,
                           len < FIRST_CHARACTERS ? len : FIRST_CHARACTERS) != GARITA_OK)
        return 0;
    return len;
}

/* Whether a statement begins here that says it is an attestation: an array of two, a map of fewer
 * than 16 keys or with two bytes of count, then the keys version and type (core/FORMAT.md, "The
 * envelope"). */
static bool begins_attestation(const uint8_t *bytes, size_t len)
{
    static const uint8_t keys[] = {0x00, 0x01, 0x01, GARITA_TYPE_ATTESTATION};
    enum { STATEMENT = 0x92, SHORT_MAP = 0x80, LONG_MAP = 0xde };

    if (len < 2 || bytes[0] != STATEMENT)
        return false;
    size_t at = bytes[1] == LONG_MAP ? 4 : 2;
    return (at == 4 || (bytes[1] & 0xf0) == SHORT_MAP) && len >= at + sizeof keys &&
           memcmp(bytes + at, keys, sizeof keys) == 0;
}

/* Behind a packet's head: a bin of one byte of length, or of two. */
static size_t first_part(const uint8_t *bytes, size_t len)
{
    enum { BIN_8 = 0xc4, BIN_16 = 0xc5 };

    if (len < 3)
        return len;
    return bytes[2] == BIN_8 ? 4 : bytes[2] == BIN_16 ? 5 : len;
}

bool scan_code_is_attestation(const struct code *code)
{
    uint8_t bytes[FIRST_BYTES] = {0};

    if (code->kind == CODE_FAILURE)
        return false;
    size_t len = first_bytes(bytes, code);
    size_t at = garita_packet_is_one(bytes, len) ? first_part(bytes, len) : 0;

    return at < len && begins_attestation(bytes + at, len - at);
}

bool scan_code_subject(garita_subject *out, const uint8_t *bytes, size_t len)
{
    garita_parts parts;
    garita_credential credential;

    if (garita_packet_split(&parts, NULL, bytes, len) != GARITA_OK || parts.credential.len == 0 ||
        garita_credential_inspect(&credential, NULL, NULL, parts.credential.at,
                                  parts.credential.len) != GARITA_OK)
        return false;
    garita_subject_of(out, &credential);
    return true;
}
