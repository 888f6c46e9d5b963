#include <garita/packet.h>

#include <string.h>

#include <garita/statement.h>

#include "reader.h"
#include "writer.h"

enum {
    VERSION = 1,
    VERSION_MAX = 0x7f, /* a number of one byte; a map, say, is a statement's wrong envelope */
    FIRST_MIN = 0x93,   /* an array of the version and two parts */
    FIRST_MAX = 0x91 + GARITA_PACKET_PARTS_MAX,
    DEPTH_MAX = 1
};

bool garita_packet_is_one(const uint8_t *bytes, size_t bytes_len)
{
    return bytes_len > 1 && bytes[0] >= FIRST_MIN && bytes[0] <= FIRST_MAX &&
           bytes[1] <= VERSION_MAX;
}

/* --- apart --- */

static void take_part(garita_reader *r, garita_parts *out, bool is_first)
{
    garita_reader_value value;
    size_t at = r->at;
    if (!garita_reader_any(r, &value))
        return;
    if (value.kind != GARITA_READER_BIN) {
        garita_reader_fail(r, GARITA_E_WRONG_KIND, at);
        return;
    }
    garita_bytes part = {(const uint8_t *)value.as.text.at, value.as.text.len};
    int type = garita_statement_type(part.at, part.len);
    if (type == GARITA_TYPE_ATTESTATION)
        out->attestations[out->attestation_count++] = part;
    else if (type == GARITA_TYPE_CREDENTIAL && is_first)
        out->credential = part;
    else
        garita_reader_fail(r, GARITA_E_WRONG_TYPE, at);
}

static void take_version(garita_reader *r)
{
    uint64_t version;
    size_t at = r->at;
    r->field = "version";
    if (garita_reader_uint(r, &version, 0, UINT64_MAX) && version != VERSION)
        garita_reader_fail(r, GARITA_E_UNSUPPORTED_VERSION, at);
}

static void take_parts(garita_reader *r, garita_parts *out)
{
    garita_container array;
    garita_reader_array(r, &array);
    garita_reader_element(r, &array); /* the first byte says that there are at least three */
    take_version(r);
    r->field = "part";
    for (bool is_first = true; garita_reader_element(r, &array); is_first = false)
        take_part(r, out, is_first);
    r->field = "";
    garita_reader_leave(r, &array, 0);
    garita_reader_end(r);
}

static void take_single(garita_parts *out, const uint8_t *bytes, size_t bytes_len)
{
    garita_bytes whole = {bytes, bytes_len};
    if (garita_statement_type(bytes, bytes_len) == GARITA_TYPE_ATTESTATION)
        out->attestations[out->attestation_count++] = whole;
    else
        out->credential = whole;
}

garita_error garita_packet_split(garita_parts *out, garita_fault *fault, const uint8_t *bytes,
                                 size_t bytes_len)
{
    garita_reader r;
    *out = (garita_parts){0};
    garita_reader_start(&r, bytes, bytes_len, 0, DEPTH_MAX);
    if (bytes_len == 0)
        garita_reader_fail(&r, GARITA_E_TRUNCATED, 0);
    else if (!garita_packet_is_one(bytes, bytes_len))
        take_single(out, bytes, bytes_len);
    else if (bytes_len > GARITA_QR_STATEMENT_BYTES_MAX)
        garita_reader_fail(&r, GARITA_E_TOO_LONG, GARITA_QR_STATEMENT_BYTES_MAX);
    else
        take_parts(&r, out);
    if (r.fault.error != GARITA_OK)
        *out = (garita_parts){0};
    if (fault)
        *fault = r.fault;
    return r.fault.error;
}

/* --- together --- */

static bool are_of_their_types(const garita_parts *parts)
{
    if (parts->credential.len > 0 &&
        garita_statement_type(parts->credential.at, parts->credential.len) !=
            GARITA_TYPE_CREDENTIAL)
        return false;
    for (size_t i = 0; i < parts->attestation_count; i++)
        if (garita_statement_type(parts->attestations[i].at, parts->attestations[i].len) !=
            GARITA_TYPE_ATTESTATION)
            return false;
    return true;
}

static garita_error hand_out(uint8_t *out, size_t *out_len, size_t out_cap, const uint8_t *bytes,
                             size_t bytes_len)
{
    if (bytes_len > GARITA_QR_STATEMENT_BYTES_MAX)
        return GARITA_E_TOO_LONG;
    if (bytes_len > out_cap)
        return GARITA_E_NO_SPACE;
    memcpy(out, bytes, bytes_len);
    *out_len = bytes_len;
    return GARITA_OK;
}

garita_error garita_packet_join(uint8_t *out, size_t *out_len, size_t out_cap,
                                const garita_parts *parts)
{
    uint8_t room[GARITA_QR_STATEMENT_BYTES_MAX];
    garita_writer w;
    size_t count = parts->attestation_count + (parts->credential.len > 0 ? 1 : 0);
    *out_len = 0;
    if (count == 0)
        return GARITA_E_EMPTY;
    if (count > GARITA_PACKET_PARTS_MAX)
        return GARITA_E_FULL;
    if (!are_of_their_types(parts))
        return GARITA_E_WRONG_TYPE;

    if (count == 1) {
        garita_bytes alone = parts->credential.len > 0 ? parts->credential : parts->attestations[0];
        return hand_out(out, out_len, out_cap, alone.at, alone.len);
    }
    garita_writer_start(&w, room, sizeof room);
    garita_write_array(&w, 1 + count);
    garita_write_uint(&w, VERSION);
    if (parts->credential.len > 0)
        garita_write_bin(&w, parts->credential.at, parts->credential.len);
    for (size_t i = 0; i < parts->attestation_count; i++)
        garita_write_bin(&w, parts->attestations[i].at, parts->attestations[i].len);
    garita_error e = garita_writer_end(&w, NULL);
    return e == GARITA_OK ? hand_out(out, out_len, out_cap, room, w.len) : e;
}
