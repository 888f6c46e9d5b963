/* core/store/log_row.h: the row of a log, which says what its batches and chunks must be.
 *
 * It bears a seal, a digest of the rest of it: not against an attacker, who could make another, but
 * against a disk that gives back what was never written. What the row names but does not hold is
 * bound by it: batches by the frontiers, the set and the union by their roots.
 */
#ifndef GARITA_STORE_LOG_ROW_H
#define GARITA_STORE_LOG_ROW_H

#include <garita/log.h>

#include "internal.h"

/* Marks what people are told of a log. This library knows nothing of languages; cli translates, and
 * cli/po/extract.sh finds the sentences by this mark. */
#define FINDING(text) (text)

struct log_row {
    int64_t number; /* 0: it is not in the table */
    garita_hash id;
    uint8_t first_key[GARITA_PUBLIC_KEY_SIZE];
    bool is_damaged;
    uint64_t size, start, batches_from, chunks_at;
    uint64_t batch_bytes, evidence_bytes; /* evidence_bytes is not sealed: a quota's count */
    bool set_differs;
    uint64_t set_differs_at;
    garita_hash set_root;
    bool has_elsewhere;
    garita_hash elsewhere_root;
    garita_frontier frontier, at_start;
    size_t head_len; /* 0: none */
    uint8_t head[GARITA_HEAD_BYTES_MAX];
    bool has_proof;
    size_t proof_len; /* 0: there was one, and it can no longer be read */
    uint8_t proof[GARITA_EQUIVOCATION_BYTES_MAX];
    const char *flaw; /* what is wrong with the row, in English; null if nothing is. A column that
                         cannot be read is zero. */
};

/* Reads the row of the log with this id; number 0 if there is none. */
garita_store_error log_row_get(garita_store *store, struct log_row *out, const garita_hash *id);

/* Reads the row that QUERY_LOGS or QUERY_LOG_GET stands at. */
void log_row_read(struct log_row *out, sqlite3_stmt *row);

/* The row of a log of which nothing is known. It is not in the table yet. */
garita_store_error log_row_new(struct log_row *out, const garita_hash *id,
                               const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]);

/* Writes the row, sealed; one that was not in the table gets its number. */
garita_store_error log_row_put(garita_store *store, struct log_row *row);

/* Notes that the log does not hold together, and leaves the rest of its row as evidence. */
garita_store_error log_row_mark_damaged(garita_store *store, int64_t number);

/* The bytes of a log's batches in all, from number first on. */
garita_store_error log_batch_bytes(garita_store *store, uint64_t *out, int64_t number,
                                   uint64_t first);

/* Runs a query whose only parameter is a log's number, and that gives no rows. */
garita_store_error log_run(garita_store *store, enum query_id id, int64_t number);

#endif
