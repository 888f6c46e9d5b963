/* cli/foreign.h: what a QR code that is not ours seems to be, so that an officer can say more to a
 * traveler than "wrong code". By the first characters only: nothing is parsed or opened. */
#ifndef GARITA_CLI_FOREIGN_H
#define GARITA_CLI_FOREIGN_H

#include <stddef.h>

/* "looks like …" as a translated sentence part: "a web address (https://)". Never null. */
const char *foreign_looks_like(const char *text, size_t text_len);

#endif
