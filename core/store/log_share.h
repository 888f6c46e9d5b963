/* core/store/log_share.h: what is kept beside one log and says something of others: an authority that
 * is certified in several places has a log for each, and proofs and evidence about its keys are
 * kept with the one to which they came.
 */
#ifndef GARITA_STORE_LOG_SHARE_H
#define GARITA_STORE_LOG_SHARE_H

#include <garita/book.h>

#include "internal.h"

/* Offers the proofs and the evidence of all logs with one first key to each log of an authority whose
 * keys signed them, in the book alone: what came before a chain was added counts for it too, and no
 * stranger who certifies the same first key has a say, since he lacks its other keys. */
garita_store_error log_share(garita_store *store, garita_book *book, const garita_trust *trust);

#endif
