/* cli/revoked.h: who is withdrawn, by whom: what stands in the logs of those above. */
#ifndef GARITA_CLI_REVOKED_H
#define GARITA_CLI_REVOKED_H

#include <garita/book.h>

/* Of the statements on the chain of this record that are revoked, the one nearest to the anchor:
 * the record that it made. Its parent revoked it; an anchor's is itself. Null if none is. */
const garita_issuer *revoked_on_chain(const garita_book *book, const garita_issuer *record);

/* The same for an authority, given by any of its records: null as long as one of all its records,
 * be it of another key or of a renewal, is not revoked. */
const garita_issuer *revoked_authority(const garita_book *book, const garita_trust *trust,
                                       const garita_issuer *authority);

/* The same for the key that signed a head of this authority. Null too if it is no key of it. */
const garita_issuer *revoked_signer(const garita_book *book, const garita_trust *trust,
                                    const garita_issuer *authority, garita_bytes head_statement);

#endif
