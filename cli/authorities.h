/* cli/authorities.h: the authorities of a trust set, each once, however many keys and statements it
 * has.
 */
#ifndef GARITA_CLI_AUTHORITIES_H
#define GARITA_CLI_AUTHORITIES_H

#include <stdbool.h>
#include <stddef.h>

#include <garita/trust.h>

struct authorities {
    const garita_issuer **at; /* the first record of each: anchors in the order in which they came,
                                 behind each what is below it */
    size_t count;
};

/* False if memory runs out, and then there is nothing to free. The trust set must outlive it. */
bool authorities_of(struct authorities *out, const garita_trust *trust);
void authorities_free(struct authorities *authorities);

#endif
