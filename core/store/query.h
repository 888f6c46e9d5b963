/* core/store/query.h: every statement of SQL that the store runs after it is open, prepared once.
 */
#ifndef GARITA_STORE_QUERY_H
#define GARITA_STORE_QUERY_H

#include <garita/store.h>

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

/* The status logs: log_row.c, log_load.c, log_keep.c, logs.c, evidence.c, floor.c. The columns of a
 * log are in the order of enum log_column. */
#define LOG_COLUMNS                                                                                \
    "number, id, first_key, is_damaged, size, start, chunks_at, batch_bytes, evidence_bytes,"      \
    " set_differs_at, set_root, elsewhere_root, seal, frontier, start_frontier, head, proof,"      \
    " batches_from"
#define LOG_QUERIES(X)                                                                             \
    X(LOGS, "SELECT " LOG_COLUMNS " FROM log ORDER BY number")                                     \
    X(LOG_GET, "SELECT " LOG_COLUMNS " FROM log WHERE id = ?1")                                    \
    X(LOG_PUT, "INSERT INTO log (" LOG_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"     \
               " ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)"                                     \
               " ON CONFLICT (number) DO UPDATE SET first_key = ?3, is_damaged = ?4, size = ?5,"   \
               " start = ?6, chunks_at = ?7, batch_bytes = ?8, evidence_bytes = ?9,"               \
               " set_differs_at = ?10, set_root = ?11, elsewhere_root = ?12, seal = ?13,"          \
               " frontier = ?14, start_frontier = ?15, head = ?16, proof = ?17,"                   \
               " batches_from = ?18")                                                              \
    X(LOG_DAMAGED, "UPDATE log SET is_damaged = 1 WHERE number = ?1")                              \
    X(LOG_EVIDENCE_BYTES, "UPDATE log SET evidence_bytes = ?2 WHERE number = ?1")                  \
    X(BATCH_ADD, "INSERT INTO batch (log, position, leaf, bytes) VALUES (?1, ?2, ?3, ?4)")         \
    X(BATCHES, "SELECT position, leaf, bytes FROM batch WHERE log = ?1 AND position >= ?2"         \
               " ORDER BY position")                                                               \
    X(BATCHES_DROP, "DELETE FROM batch WHERE log = ?1 AND position < ?2")                          \
    X(BATCHES_CLEAR, "DELETE FROM batch WHERE log = ?1")                                           \
    X(BATCHES_EMPTY, "UPDATE batch SET bytes = x'' WHERE log = ?1 AND position < ?2"               \
                     " AND bytes <> x''")                                                          \
    X(BATCH_BYTES, "SELECT coalesce(sum(length(bytes)), 0) FROM batch"                             \
                   " WHERE log = ?1 AND position >= ?2")                                           \
    X(LEAVES, "SELECT position, leaf, length(bytes) FROM batch WHERE log = ?1 ORDER BY position")  \
    X(LEAF, "SELECT leaf FROM log JOIN batch ON log = number WHERE id = ?1 AND position = ?2")     \
    X(CHUNKS, "SELECT position, bytes FROM chunk WHERE log = ?1")                                  \
    X(CHUNK_PUT, "INSERT OR REPLACE INTO chunk (log, position, bytes) VALUES (?1, ?2, ?3)")        \
    X(CHUNK_REMOVE, "DELETE FROM chunk WHERE log = ?1 AND position = ?2")                          \
    X(CHUNKS_CLEAR, "DELETE FROM chunk WHERE log = ?1")                                            \
    X(ELSEWHERE, "SELECT position, bytes FROM elsewhere WHERE log = ?1")                           \
    X(ELSEWHERE_PUT, "INSERT OR REPLACE INTO elsewhere (log, position, bytes)"                     \
                     " VALUES (?1, ?2, ?3)")                                                       \
    X(ELSEWHERE_REMOVE, "DELETE FROM elsewhere WHERE log = ?1 AND position = ?2")                  \
    X(ELSEWHERE_CLEAR, "DELETE FROM elsewhere WHERE log = ?1")                                     \
    X(EVIDENCE, "SELECT position, head, path, bytes, rowid FROM evidence WHERE log = ?1"           \
                " ORDER BY digest")                                                                \
    X(EVIDENCE_GET, "SELECT position, head, path, bytes FROM evidence"                             \
                    " WHERE log = ?1 AND digest = ?2")                                             \
    X(EVIDENCE_HAS, "SELECT 1 FROM evidence WHERE log = ?1 AND digest = ?2")                       \
    X(EVIDENCE_DROP, "DELETE FROM evidence WHERE rowid = ?1")                                      \
    X(EVIDENCE_ADD, "INSERT INTO evidence (log, digest, position, head, path, bytes)"              \
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)")                                            \
    X(SKIPPED_ADD, "INSERT OR IGNORE INTO skipped (signer, serial) VALUES (?1, ?2)")               \
    X(SKIPPED, "SELECT serial FROM skipped WHERE signer = ?1 AND serial >= ?2 ORDER BY serial")    \
    X(FLOOR_GET, "SELECT clock_floor FROM home")                                                   \
    X(FLOOR_RAISE, "UPDATE home SET clock_floor = ?1"                                              \
                   " WHERE clock_floor IS NULL OR clock_floor < ?1")                               \
    X(FLOOR_SET, "UPDATE home SET clock_floor = ?1")                                               \
    X(VERSION, "PRAGMA data_version")

/* The log of decisions: decisions.c, decisions_check.c. */
#define DECISION_QUERIES(X)                                                                        \
    X(DECISION_BASE, "SELECT position, hash FROM decision_base")                                   \
    X(DECISION_BASE_SET, "INSERT OR REPLACE INTO decision_base VALUES (1, ?1, ?2)")                \
    X(DECISION_END, "SELECT position, hash FROM decision ORDER BY position DESC LIMIT 1")          \
    X(DECISION_ADD, "INSERT INTO decision (position, moment, entry, hash)"                         \
                    " VALUES (?1, ?2, ?3, ?4)")                                                    \
    X(DECISIONS, "SELECT position, hash, moment, entry FROM decision WHERE position > ?1"          \
                 " ORDER BY position LIMIT ?2")                                                    \
    X(DECISION_PRUNABLE,                                                                           \
      "SELECT position, hash FROM decision WHERE moment >= 0 AND moment < ?1"                      \
      " AND position < coalesce((SELECT position FROM decision WHERE moment BETWEEN ?1 AND ?2"     \
      " ORDER BY position LIMIT 1), 9223372036854775807) ORDER BY position DESC LIMIT 1")          \
    X(DECISION_PRUNE, "DELETE FROM decision WHERE position <= ?1")                                 \
    X(TIPS, "SELECT position, signed_at, tip FROM decision_tip WHERE position >= ?1"               \
            " ORDER BY position")                                                                  \
    X(TIP_UP_TO, "SELECT position, signed_at, tip FROM decision_tip WHERE position <= ?1"          \
                 " ORDER BY position DESC LIMIT 1")                                                \
    X(TIP_ADD, "INSERT OR REPLACE INTO decision_tip (position, signed_at, tip)"                    \
               " VALUES (?1, ?2, ?3)")                                                             \
    X(TIP_PRUNE, "DELETE FROM decision_tip WHERE position < ?1")

#define CARRIED_COLUMNS "digest, type, log, branch, anchor, serial, subject, seal, statement"

/* X(constant, SQL) */
#define QUERIES(X)                                                                                 \
    DECISION_QUERIES(X)                                                                            \
    LOG_QUERIES(X)                                                                                 \
    X(BEGIN, "BEGIN IMMEDIATE")                                                                    \
    X(COMMIT, "COMMIT")                                                                            \
    X(READ_BEGIN, "BEGIN")                                                                         \
    X(HOME, "SELECT id, country FROM home")                                                        \
    X(PINS, "SELECT statement, countries, programmes, types, depth FROM pin ORDER BY position")    \
    X(PIN_GET,                                                                                     \
      "SELECT statement, countries, programmes, types, depth FROM pin WHERE first_key = ?1")       \
    X(PIN_ADD, "INSERT INTO pin (first_key, statement, countries, programmes, types, depth)"       \
               " VALUES (?1, ?2, ?3, ?4, ?5, ?6)")                                                 \
    X(PIN_RENEW, "UPDATE pin SET statement = ?2 WHERE first_key = ?1")                             \
    X(PIN_REMOVE, "DELETE FROM pin WHERE first_key = ?1")                                          \
    X(TRUSTED, "SELECT statement FROM trusted ORDER BY position")                                  \
    X(TRUSTED_ADD, "INSERT INTO trusted (statement, digest) VALUES (?1, ?2)")                      \
    X(TRUSTED_REMOVE, "DELETE FROM trusted WHERE statement = ?1")                                  \
    X(TRUSTED_BY_DIGEST, "SELECT statement FROM trusted WHERE digest = ?1")                        \
    X(CARRIED, "SELECT " CARRIED_COLUMNS " FROM carried ORDER BY position")                        \
    X(CARRIED_GET, "SELECT " CARRIED_COLUMNS " FROM carried WHERE digest = ?1")                    \
    X(CARRIED_ADD,                                                                                 \
      "INSERT INTO carried (" CARRIED_COLUMNS ")"                                                  \
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (digest) DO UPDATE"                \
      " SET type = ?2, log = ?3, branch = ?4, anchor = ?5, serial = ?6, subject = ?7,"             \
      " seal = ?8, statement = ?9"                                                                 \
      " WHERE type <> ?2 OR log <> ?3 OR branch <> ?4 OR anchor <> ?5"                             \
      " OR serial <> ?6 OR subject <> ?7 OR seal <> ?8 OR statement <> ?9")                        \
    X(CARRIED_REMOVE, "DELETE FROM carried WHERE digest = ?1")                                     \
    X(ARCHIVE_GET, "SELECT is_archive FROM home")                                                  \
    X(ARCHIVE_SET, "UPDATE home SET is_archive = ?1")                                              \
    X(OWN_AUTHORITIES, "SELECT statement FROM register WHERE type = 1 ORDER BY signer, serial")    \
    X(SIGNER_GET, "SELECT number, next_serial,"                                                    \
                  " (SELECT max(serial) FROM register WHERE signer = number)"                      \
                  " FROM signer WHERE first_key = ?1")                                             \
    X(SIGNER_ADD, "INSERT INTO signer (first_key, next_serial) VALUES (?1, 1)")                    \
    X(SIGNER_ADVANCE, "UPDATE signer SET next_serial = ?2 + 1 WHERE number = ?1")                  \
    /* the counter against restored backups: signing.c */                                          \
    X(GENERATION, "SELECT generation FROM home")                                                   \
    X(GENERATION_SET, "UPDATE home SET generation = ?1")                                           \
    X(SIGNER_RESERVE, "UPDATE signer SET next_serial = min(?2 + ?3 + 1, 4294967296)"               \
                      " WHERE first_key = ?1 AND next_serial <= ?2")                               \
    X(SIGNER_NOTE, "INSERT OR IGNORE INTO signer (first_key, next_serial) VALUES (?1, 1)")         \
    X(SIGNER_DOUBT, "SELECT doubt FROM signer WHERE first_key = ?1")                               \
    X(SIGNER_DOUBT_OTHERS, "UPDATE signer SET doubt = 1 WHERE first_key <> ?1")                    \
    X(SIGNER_CONFIRM, "UPDATE signer SET doubt = 0,"                                               \
                      " next_serial = min(max(next_serial - 1, ?2) + ?3, 4294967296)"              \
                      " WHERE first_key = ?1")                                                     \
    X(REGISTER_TYPE, "SELECT type FROM register JOIN signer ON signer = number"                    \
                     " WHERE first_key = ?1 AND serial = ?2")                                      \
    X(REGISTER_LAST, "SELECT max(serial) FROM register JOIN signer ON signer = number"             \
                     " WHERE first_key = ?1")                                                      \
    X(REGISTER_ADD, "INSERT INTO register (signer, serial, key_number, type, issued, ref,"         \
                    " statement, digest) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")                 \
    X(REGISTER_BY_DIGEST, "SELECT statement FROM register WHERE digest = ?1")                      \
    X(REGISTER_NODES, "SELECT serial, register.statement FROM register"                            \
                      " JOIN signer ON signer = number"                                            \
                      " WHERE first_key = ?1 AND type = 6 ORDER BY serial")                        \
    X(REGISTER_BY_SERIAL, "SELECT serial, key_number, type, issued, ref, register.statement"       \
                          " FROM register JOIN signer ON signer = number"                          \
                          " WHERE first_key = ?1 AND serial = ?2")                                 \
    X(REGISTER_BY_REF, "SELECT serial, key_number, type, issued, ref, register.statement"          \
                       " FROM register JOIN signer ON signer = number"                             \
                       " WHERE first_key = ?1 AND ref = ?2")

enum query_id {
#define QUERY_ENUM(constant, sql) QUERY_##constant,
    QUERIES(QUERY_ENUM)
#undef QUERY_ENUM
        QUERY_COUNT
};

/* Readies a query for binding and stepping. Null, after having noted the failure, on error. */
sqlite3_stmt *query_start(garita_store *store, garita_store_error *error, enum query_id id);

/* Steps to the next row. Returns GARITA_STORE_OK with *has_row, or the error. */
garita_store_error query_step(garita_store *store, bool *has_row, sqlite3_stmt *statement);

/* Steps a query that gives no rows, and resets it. A broken UNIQUE or PRIMARY KEY is EXISTS. */
garita_store_error query_run(garita_store *store, sqlite3_stmt *statement);

/* Lets go of the rows, and of the snapshot that reading them holds. */
void query_end(sqlite3_stmt *statement);

/* Lets all that is read from now on be of one moment. *begun: there was no transaction, and
 * garita_store_rollback is to end this one. */
garita_store_error query_hold(garita_store *store, bool *begun);

/* Bytes that stay as they are until the query has been run. */
void query_bind_bytes(sqlite3_stmt *statement, int at, const void *bytes, size_t bytes_len);
void query_bind_number(sqlite3_stmt *statement, int at, int64_t number);

/* A column that must be a blob of 1 to len_max bytes, or an integer from min to max. False if not.
 */
bool query_bytes(sqlite3_stmt *statement, int column, const uint8_t **bytes, size_t *bytes_len,
                 size_t len_max);
bool query_number(sqlite3_stmt *statement, int column, int64_t *out, int64_t min, int64_t max);

/* Notes that what was read is not what this program ever writes. */
garita_store_error query_damaged(garita_store *store, const char *what);

#endif
