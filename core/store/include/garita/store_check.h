/* garita/store_check.h: a home's store looked over as a file and as tables, whatever is in them:
 * for doctor.
 */
#ifndef GARITA_STORE_CHECK_H
#define GARITA_STORE_CHECK_H

#include <stdbool.h>

#include <garita/merkle.h>
#include <garita/store.h>
#include <garita/store_logs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Told of each flaw, in SQLite's words; returns false to stop. */
typedef bool (*garita_store_visit_flaw)(void *context, const char *flaw);

/* Reads the whole file: its pages, its indexes against its tables, each row against what its table
 * demands and refers to. Returns GARITA_STORE_OK if it could be read to its end, with however many
 * flaws; LOCKED, CORRUPT (so damaged that not even this could be done), IO, NO_MEMORY. */
garita_store_error garita_store_each_flaw(garita_store *store, garita_store_visit_flaw visit,
                                          void *context);

/* Called with each entry of the register, by authority and serial; returns false to stop. What the
 * entry points to is valid during the call, in which this store may not be used. An entry that
 * cannot be read has bytes_len 0, and serial as it stands. */
typedef bool (*garita_store_visit_entry)(void *context, const garita_register_entry *entry);
garita_store_error garita_store_each_registered(garita_store *store, garita_store_visit_entry visit,
                                                void *context);

/* Called with the first key of each authority that this home has signed for. */
typedef bool (*garita_store_visit_signer)(void *context,
                                          const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]);
garita_store_error garita_store_each_signer(garita_store *store, garita_store_visit_signer visit,
                                            void *context);

/* One batch of a log as it lies there. What cannot be read is null or 0. */
typedef struct garita_kept_batch {
    int64_t position;
    const garita_hash *leaf; /* the hash that was kept beside it */
    const uint8_t *bytes;
    size_t bytes_len;
} garita_kept_batch;

/* Called with each batch of the log with this id, by position; returns false to stop. As above. */
typedef bool (*garita_store_visit_kept)(void *context, const garita_kept_batch *batch);
garita_store_error garita_store_each_kept(garita_store *store, const garita_hash *log,
                                          garita_store_visit_kept visit, void *context);

/* Notes that a log does not hold together, as garita_store_load_log does of what it finds itself:
 * until it is replaced as a whole it has no head for a verdict, and what could be read of it
 * counts. Inside a transaction. ABSENT. */
garita_store_error garita_store_mark_damaged(garita_store *store, const garita_hash *log);

/* Drops the evidence of a log that cannot be read, or that is_good says no to. What it revoked is
 * in the union. Inside a transaction. */
garita_store_error garita_store_sift_evidence(garita_store *store, const garita_hash *log,
                                              garita_store_visit_evidence is_good, void *context);

#ifdef __cplusplus
}
#endif

#endif
