/* garita/node.h: an authority's word about a node: a machine that carries what others signed from
 * checkpoint to checkpoint (core/FORMAT.md, "node").
 *
 * The node statements in force are the roster. A node's word counts for nothing but itself: who it
 * is, and where it can be reached.
 */
#ifndef GARITA_NODE_H
#define GARITA_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/error.h>
#include <garita/key.h>
#include <garita/limits.h>
#include <garita/statement.h>
#include <garita/trust.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct garita_node {
    uint32_t serial;     /* in the signer's space */
    bool has_start;      /* without a start it has always been in force */
    uint32_t not_before; /* day, if has_start */
    uint32_t expires;    /* day, inclusive */
    uint8_t
        public_key[GARITA_PUBLIC_KEY_SIZE];   /* Ed25519: it signs tips, and nothing on the wire */
    uint8_t noise_key[GARITA_NOISE_KEY_SIZE]; /* X25519: its static key in Noise */
    garita_utf8 name;                         /* at most GARITA_AUTHORITY_NAME_BYTES_MAX bytes */
    char country[GARITA_COUNTRY_SIZE];
    size_t address_count; /* 0: it is reached by nobody, and reaches others */
    garita_utf8 addresses[GARITA_NODE_ADDRESSES_MAX]; /* HOST:PORT, see garita_address_is_wellformed
                                                       */
} garita_node;

/* Whether text is HOST:PORT with a port from 1 to 65535 and a host that is a name of letters,
 * digits, hyphens and dots, an IPv4 address, or an IPv6 address in brackets; at most
 * GARITA_NODE_ADDRESS_BYTES_MAX bytes. Says nothing of whether anybody answers there. */
bool garita_address_is_wellformed(const char *text, size_t text_len);

/* As garita_credential_decode, _inspect and _issue. BAD_KEY for an Ed25519 key that
 * garita_key_check refuses, and for a Noise key of small order. */
garita_error garita_node_decode(garita_node *out, garita_fault *fault,
                                const garita_verified *verified);
garita_error garita_node_inspect(garita_node *out, garita_peek *peek, garita_fault *fault,
                                 const uint8_t *bytes, size_t bytes_len);
garita_error garita_node_issue(uint8_t *out, size_t *out_len, size_t out_cap, garita_fault *fault,
                               const garita_node *node, const garita_signer *signer);

/* Finds who certified a node, as garita_head_signer does for a head: the records whose scope has
 * the type node and the node's country, and under whose key it verifies. Dates and revocations are
 * the caller's question. error and after as there; OUT_OF_SCOPE also for the country. */
const garita_issuer *garita_node_signer(garita_node *out, garita_error *error,
                                        const garita_trust *trust, const garita_issuer *after,
                                        const uint8_t *bytes, size_t bytes_len);

/* The first moment at which it is in force by its own dates (INT64_MIN without a start), and the
 * first at which it no longer is, as of an authority: FORMAT.md, section 3. */
int64_t garita_node_from(const garita_node *node);
int64_t garita_node_until(const garita_node *node);

#ifdef __cplusplus
}
#endif

#endif
