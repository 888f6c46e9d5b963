/* garita/packet.h: several statements in one QR code: a credential and attestations
 * (core/FORMAT.md, "Several statements in one code").
 *
 * A packet is no statement: nobody signs it, and it proves nothing. It is 0x93 to 0x99, then 0x01,
 * then two to eight statements, each a bin of its length; at most one is a credential, the first,
 * and the others are attestations. So its first byte is never a statement's.
 */
#ifndef GARITA_PACKET_H
#define GARITA_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/error.h>
#include <garita/limits.h>
#include <garita/trust.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The parts of a code's bytes: one, itself, if they are no packet. Parts point into bytes. */
typedef struct garita_parts {
    garita_bytes credential; /* len 0: there is none */
    size_t attestation_count;
    garita_bytes attestations[GARITA_PACKET_PARTS_MAX];
} garita_parts;

/* Whether they begin like a packet of this version or of one to come: such an array, and a number
 * below 128. */
bool garita_packet_is_one(const uint8_t *bytes, size_t bytes_len);

/* Takes them apart. A single statement of any other type than attestation is in the place of the
 * credential, whatever it is, for whoever judges to refuse; no bytes at all are TRUNCATED. Of a
 * packet, with the place in *fault (may be null): TOO_LONG, UNSUPPORTED_VERSION for another number
 * in the second place, WRONG_KIND, the errors of a number or a length in canonical form, TRUNCATED,
 * TRAILING, and WRONG_TYPE for a part that is neither, or a credential that is not first; *out is
 * then empty. Nothing in a part is looked at but what garita_statement_type does. */
garita_error garita_packet_split(garita_parts *out, garita_fault *fault, const uint8_t *bytes,
                                 size_t bytes_len);

/* Joins a credential (may be of len 0) and attestations; of one alone its bytes. out has room for
 * out_cap bytes (GARITA_QR_STATEMENT_BYTES_MAX is always enough). Checked in this order: EMPTY for
 * none, FULL for more than GARITA_PACKET_PARTS_MAX, WRONG_TYPE, TOO_LONG if it would fit no code,
 * NO_SPACE; *out_len is then 0. */
garita_error garita_packet_join(uint8_t *out, size_t *out_len, size_t out_cap,
                                const garita_parts *parts);

#ifdef __cplusplus
}
#endif

#endif
