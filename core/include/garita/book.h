/* garita/book.h: all logs that verdicts depend on, beside the trust set that they belong to.
 *
 * Filled by one thread, then only read, by any number of them.
 */
#ifndef GARITA_BOOK_H
#define GARITA_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/log.h>
#include <garita/trust.h>
#include <garita/verify.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct garita_book garita_book;

/* An empty book for this trust set, which must outlive it and not change. GARITA_E_NO_MEMORY. */
garita_error garita_book_new(garita_book **out, const garita_trust *trust);
void garita_book_free(garita_book *book); /* with its logs; null is allowed */

/* Gives the book a log: it takes over what *log holds, and *log is zeroed. A log of nobody in the
 * trust set is ended. One with an id that is there takes the other's place, which is ended; pointers
 * to that one are then pointers to this. GARITA_E_NO_MEMORY, and *log stays the caller's. */
garita_error garita_book_put(garita_book *book, garita_log *log);

/* The log of this record's authority; null if there is none. Constant time, no allocation. */
garita_log *garita_book_log(const garita_book *book, const garita_issuer *authority);

/* The logs, in the order in which they were put in. */
size_t garita_book_count(const garita_book *book);
garita_log *garita_book_get(const garita_book *book, size_t index);

/* For garita_setting.status; valid as long as the book. */
const garita_status_source *garita_book_status(const garita_book *book);

/* Whether a statement of the chain of this record is revoked: nothing that its key signs counts
 * from then on (rule of trust 5). */
bool garita_book_is_revoked(const garita_book *book, const garita_issuer *issuer);

/* Whether a head's statement counts, whose signature was found to be of this record's authority: by
 * some record the key that it names is the authority's, may sign heads, and is not revoked. To be
 * asked before a head is offered to a log, of both heads of a proof before it is kept, and of the
 * head of evidence. The book itself asks it of the heads in its logs: one that does not count is
 * none for a verdict, and gives no time. What its batches revoked stays so. */
bool garita_book_head_counts(const garita_book *book, const garita_issuer *authority,
                             garita_bytes head_statement);

/* The clock's floor as the heads in the book attest it (rule of trust 7): over two or more pinned
 * anchors, the newest time that authorities below two of them have both reached; with one pinned
 * anchor, that two authorities below it, itself among them, have both reached. An authority that is
 * certified in two places is one. Heads signed later than now + GARITA_CLOCK_SKEW_S do not count, nor
 * do any if no clock is known; clock->floor is not looked at. False if there is none, and *floor is 0.
 */
bool garita_book_floor(const garita_book *book, int64_t *floor, const garita_clock *clock);

#ifdef __cplusplus
}
#endif

#endif
