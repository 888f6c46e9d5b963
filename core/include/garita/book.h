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
 * trust set is ended. One with an id that is there takes the other's place, which is ended;
 * pointers to that one are then pointers to this. GARITA_E_NO_MEMORY, and *log stays the caller's.
 */
garita_error garita_book_put(garita_book *book, garita_log *log);

/* Whether a log that was kept, with this id and of an authority with this first key, is of nobody
 * in the trust set, while somebody there has the key: the chain is no longer trusted, or its anchor
 * no longer pinned, and another is. */
bool garita_book_is_other(const garita_book *book, const garita_hash *id,
                          const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]);

/* Puts in such a log, as garita_book_put, but not twice: one with whose key there is nobody is
 * ended. It is among those that garita_book_status knows of, and nowhere else. */
garita_error garita_book_put_other(garita_book *book, garita_log *log,
                                   const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]);

/* Whether several logs may speak for this first key: it is certified in several places, or one was
 * put in as another's. */
bool garita_book_has_several(const garita_book *book,
                             const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]);

/* Exchanges what two books of one trust set hold. */
void garita_book_swap(garita_book *a, garita_book *b);

/* Works out once what each look-up would work out again: who is revoked, and which heads count. For
 * when all logs are in: nobody may read meanwhile, nor is a log to be changed in place after. A log
 * that is put in later undoes it, and look-ups are slower until the book is settled again. */
void garita_book_settle(garita_book *book);

/* The log of this record's authority; null if there is none. Constant time, no allocation. */
garita_log *garita_book_log(const garita_book *book, const garita_issuer *authority);

/* The logs, in the order in which they were put in. */
size_t garita_book_count(const garita_book *book);
garita_log *garita_book_get(const garita_book *book, size_t index);

/* Memory that is taken by the sets of all authorities that hang on the same one right below an anchor
 * as this record's (garita_issuer_same_branch), but for its own. */
size_t garita_book_branch_memory(const garita_book *book, const garita_issuer *authority);

/* The log by whose head this record's authority is known for verdicts; null if no head counts. It
 * is its own, unless it was certified in another place too and the log there has a newer head that
 * is this authority's. */
const garita_log *garita_book_known(const garita_book *book, const garita_issuer *authority);

/* For garita_setting.status; valid as long as the book. Of an authority that was certified in
 * several places all logs count whose heads were signed with keys of this one (FORMAT.md, section
 * 14): the head is that of garita_book_known, and revoked is what is revoked in any of them. */
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
 * certified in two places is one. Heads signed later than now + GARITA_CLOCK_SKEW_S do not count,
 * nor do any if no clock is known; clock->floor is not looked at. False if there is none, and
 * *floor is 0.
 */
bool garita_book_floor(const garita_book *book, int64_t *floor, const garita_clock *clock);

#ifdef __cplusplus
}
#endif

#endif
