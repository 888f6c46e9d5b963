/* garita/store_carried.h: the node and policy statements that a home carries (garita/carried.h). */
#ifndef GARITA_STORE_CARRIED_H
#define GARITA_STORE_CARRIED_H

#include <garita/carried.h>
#include <garita/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Keeps a statement that the caller has judged in this transaction. EXISTS if it is kept already,
 * just so. */
garita_store_error garita_store_add_carried(garita_store *store, const garita_carried *carried,
                                            const uint8_t *bytes, size_t bytes_len);

/* Forgets the statement with this digest, in a transaction; ABSENT. */
garita_store_error garita_store_remove_carried(garita_store *store, const garita_digest *digest);

/* Returns false to stop. */
typedef bool (*garita_store_visit_carried)(void *context, const garita_carried *carried,
                                           garita_bytes statement);

/* Called with each, as it was given to garita_store_add_carried, in the order of arrival. The bytes
 * are valid during the call, in which this store may not be used. What was carried for an authority
 * that is no longer trusted is among them: who hands a statement on, or believes it, reads it
 * against the trust set (garita_carried_read). What the disk has altered is not: it is as if it had
 * never come. */
garita_store_error garita_store_each_carried(garita_store *store, garita_store_visit_carried visit,
                                             void *context);

/* Calls visit, whatever it returns, with the one of this digest; ABSENT. */
garita_store_error garita_store_get_carried(garita_store *store, const garita_digest *digest,
                                            garita_store_visit_carried visit, void *context);

/* How many are kept, and how many more the disk has altered. */
garita_store_error garita_store_count_carried(garita_store *store, uint64_t *whole,
                                              uint64_t *damaged);

/* Whether this home keeps the batches of every log from the first that it got on (garitad
 * --archive): on disk, so that every process that writes to the home knows it. Of one log up to
 * GARITA_STORE_ARCHIVE_BATCHES_MAX and GARITA_STORE_ARCHIVE_BYTES_MAX, since it is a certified but
 * hostile authority alone that comes so far. set_archive is for a transaction. */
garita_store_error garita_store_is_archive(garita_store *store, bool *out);
garita_store_error garita_store_set_archive(garita_store *store, bool is_archive);

#ifdef __cplusplus
}
#endif

#endif
