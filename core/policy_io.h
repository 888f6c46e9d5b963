/* policy_io.h: what the files about policies share. Private. */
#ifndef GARITA_POLICY_IO_H
#define GARITA_POLICY_IO_H

#include <garita/policy.h>

#include "signed_by.h"

/* Whether these bytes are a policy's map: what garita_policy_decode asks of one, without keeping
 * it. Nothing is allocated. */
garita_error garita_policy_check(garita_fault *fault, const uint8_t *map, size_t map_len);

/* The serial of a policy that need not be readable: its map is canonical, and has one. MISSING_KEY,
 * or what is wrong with the encoding. */
garita_error garita_policy_serial(uint32_t *serial, const garita_verified *verified);

/* As garita_signed_by_next, of a policy's bytes: the scratch that its check needs is allocated, and
 * only for who is known here. Errors of garita_statement_peek, and NO_MEMORY, too; *signer is then
 * null. */
garita_error garita_policy_next_signer(garita_verified *verified, const garita_issuer **signer,
                                       const garita_trust *trust, const garita_issuer *after,
                                       garita_signed_by_may may, void *context,
                                       const uint8_t *bytes, size_t bytes_len);

/* One space for all statements of an authority: whether what it said of another authority has this
 * serial. */
bool garita_serial_is_taken(const garita_trust *trust, const garita_issuer *signer,
                            uint32_t serial);

#endif
