/* garita/store_logs.h: the status logs that a home keeps: batches, heads, sets, proofs, evidence,
 * and the clock's floor.
 *
 * Nothing here judges what may be kept: garita/log.h does, in memory. The usual change is
 *
 *   garita_store_begin        take the write lock
 *   garita_store_load_log     what is held
 *   garita_log_offer_...      the rules
 *   garita_store_keep_log     what came of it
 *   garita_store_commit
 *
 * and on any failure rollback and garita_log_end. What is written of a set is its chunks at some
 * size of the log, and the batches since: a chunk is written again only when enough batches have
 * gathered, so that a revocation costs its own few bytes.
 */
#ifndef GARITA_STORE_LOGS_H
#define GARITA_STORE_LOGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/book.h>
#include <garita/bundle.h>
#include <garita/log.h>
#include <garita/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- loading --- */

/* Loads the log with this id, an empty one if the home has none; the caller ends it. Chunks,
 * batches, frontier and head are checked against one another and against what was written down of
 * them: a log that does not hold together is loaded with is_damaged set and with whatever
 * revocations could be read, and *what (may be null) says what was found, in English; null if
 * nothing was. It keeps its head only if that is certainly what was written, so that an older state
 * does not take its place; garita_log_status shows none. Inside a transaction the damage is noted,
 * and stands until the log is replaced as a whole, by a snapshot or by batches from the first on.
 * On failure *out is zero. LOCKED, CORRUPT, IO, NO_MEMORY. */
garita_store_error garita_store_load_log(garita_store *store, garita_log *out, const char **what,
                                         const garita_hash *id);

/* Told of each log that does not hold together. */
typedef void (*garita_store_on_damage)(void *context, const garita_issuer *authority,
                                       const char *what);

/* Loads the logs of all authorities of a trust set, of one moment. *out is freed by
 * garita_book_free; null on failure. on_damage may be null. */
garita_store_error garita_store_load_book(garita_store *store, garita_book **out,
                                          const garita_trust *trust,
                                          garita_store_on_damage on_damage, void *context);

/* A number that changes when another connection, of this process or of another, has committed a
 * change to the home: what was loaded may be old then. Cheap enough to be asked before each
 * verdict. */
garita_store_error garita_store_version(garita_store *store, int64_t *out);

/* --- keeping: inside a transaction --- */

/* What is kept of one log's batches. With more bytes, those of the oldest batches are dropped and
 * batches_from moves on: what they did stays in the set, who needs them takes a snapshot, and their
 * leaf hashes prove to him that it is of the same history. With more batches, the oldest hashes are
 * dropped too and the log's start moves on. A certified but hostile authority could otherwise fill
 * the disk. The number bounds what it costs to load a log, which goes over all the hashes: a batch
 * every quarter of an hour for nearly two years. */
#define GARITA_STORE_BATCH_BYTES_MAX (64 * 1024 * 1024)
#define GARITA_STORE_BATCHES_MAX 65536
/* The same of an archive (garita/store_carried.h): a batch a minute for two years, or one every
 * quarter of an hour for thirty. Such a log takes a second or two to load. */
#define GARITA_STORE_ARCHIVE_BYTES_MAX (1024 * 1024 * 1024)
#define GARITA_STORE_ARCHIVE_BATCHES_MAX 1048576

/* Writes down what changed in a log that was loaded in this transaction: its head, frontier and
 * flags, what was added (from the size that the log had on; for one that was damaged, or has
 * another start, from its start on, and nothing that was written of it before stays), and of its
 * sets what is due. Where batches_from moved a snapshot was taken, and the set is written anew. The
 * log must stand at its head. Of one that is still damaged only the union is kept. log->start,
 * at_start and batches_from follow what is dropped. Serials of an authority that this home signs
 * for (garita_store_note_signer), and that are at or above its next serial, are noted: they are
 * never assigned (garita_store_next_serial). first_key: the authority's. */
garita_store_error garita_store_keep_log(garita_store *store, garita_log *log,
                                         const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                                         const garita_log_added *added);

/* Keeps the proof of an equivocation of this log; one that is there and can be read stays. ABSENT
 * if the log was never kept: garita_store_keep_log comes first. */
garita_store_error garita_store_keep_proof(garita_store *store, const garita_hash *log,
                                           const uint8_t *bytes, size_t bytes_len);

/* Keeps evidence, as a message of kind GARITA_MESSAGE_EVIDENCE. Known evidence is left as it is. At
 * GARITA_STORE_EVIDENCE_BYTES_MAX for a log: *full, and it is not kept; what it revoked is, by
 * garita_store_keep_log, which comes first: ABSENT if the log was never kept. */
#define GARITA_STORE_EVIDENCE_BYTES_MAX (16 * 1024 * 1024)
garita_store_error garita_store_keep_evidence(garita_store *store, bool *full,
                                              const garita_hash *log,
                                              const garita_message *evidence);

/* --- going over what is kept --- */

/* The leaf hashes of a log, from its start on, for garita_log_offer_... and for proofs; *context is
 * the caller's, and lives as long as the source. */
typedef struct garita_store_leaves {
    garita_store *store;
    garita_hash log;
} garita_store_leaves;
garita_leaf_source garita_store_leaf_source(garita_store_leaves *context, garita_store *store,
                                            const garita_hash *log);

/* Called with batches first, first + 1 and so on, up to the last; as garita_store_visit. first is
 * not below the log's batches_from. CORRUPT if one is missing, or what is kept of the log is not
 * what was written. */
garita_store_error garita_store_each_batch(garita_store *store, const garita_hash *log,
                                           uint64_t first, garita_store_visit visit, void *context);

/* The batches' bytes in all from number first on. */
garita_store_error garita_store_batch_bytes(garita_store *store, uint64_t *out,
                                            const garita_hash *log, uint64_t first);

/* The head kept for a log, without the rest of it: GARITA_HEAD_BYTES_MAX bytes, of which *len are
 * used. Nothing is checked of it. ABSENT. */
garita_store_error garita_store_get_head(garita_store *store, uint8_t *bytes, size_t *len,
                                         const garita_hash *log);

/* The proof kept for a log: GARITA_EQUIVOCATION_BYTES_MAX bytes, of which *len are used. ABSENT,
 * also where there was one that can no longer be read: garita_log.is_equivocated stays. */
garita_store_error garita_store_get_proof(garita_store *store, uint8_t *bytes, size_t *len,
                                          const garita_hash *log);

/* Called with each evidence of a log; returns false to stop. The message is valid during the call,
 * in which this store may not be used. CORRUPT, after the rest was visited, if some cannot be read.
 */
typedef bool (*garita_store_visit_evidence)(void *context, const garita_message *evidence);
garita_store_error garita_store_each_evidence(garita_store *store, const garita_hash *log,
                                              garita_store_visit_evidence visit, void *context);

/* Calls visit, whatever it returns, with that of a batch with this digest; ABSENT, also if it
 * cannot be read. */
garita_store_error garita_store_get_evidence(garita_store *store, const garita_hash *log,
                                             const garita_digest *digest,
                                             garita_store_visit_evidence visit, void *context);

/* Called with the id of each log that is kept, whether anybody in the trust set has it or not;
 * returns false to stop. This store may not be used in the call. */
typedef bool (*garita_store_visit_log)(void *context, const garita_hash *id,
                                       const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]);
garita_store_error garita_store_each_log(garita_store *store, garita_store_visit_log visit,
                                         void *context);

/* Called with each authority statement that this home signed. */
garita_store_error garita_store_each_own_authority(garita_store *store, garita_store_visit visit,
                                                   void *context);

/* --- the clock's floor --- */

/* *has is false if there is none. */
garita_store_error garita_store_floor(garita_store *store, bool *has, int64_t *floor);

/* Raises it if this is later: inside a transaction. */
garita_store_error garita_store_raise_floor(garita_store *store, int64_t floor);

/* Sets it to any moment, or takes it away (has false): the operator's act. */
garita_store_error garita_store_set_floor(garita_store *store, bool has, int64_t floor);

#ifdef __cplusplus
}
#endif

#endif
