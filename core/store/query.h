/* core/store/query.h: every statement of SQL that the store runs after it is open, prepared once. */
#ifndef GARITA_STORE_QUERY_H
#define GARITA_STORE_QUERY_H

#include <garita/store.h>

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

/* X(constant, SQL) */
#define QUERIES(X)                                                                                 \
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
    X(TRUSTED_ADD, "INSERT INTO trusted (statement) VALUES (?1)")                                  \
    X(TRUSTED_REMOVE, "DELETE FROM trusted WHERE statement = ?1")                                  \
    X(OWN_AUTHORITIES, "SELECT statement FROM register WHERE type = 1 ORDER BY signer, serial")    \
    X(SIGNER_GET, "SELECT number, next_serial,"                                                    \
                  " (SELECT max(serial) FROM register WHERE signer = number)"                      \
                  " FROM signer WHERE first_key = ?1")                                             \
    X(SIGNER_ADD, "INSERT INTO signer (first_key, next_serial) VALUES (?1, 1)")                    \
    X(SIGNER_ADVANCE, "UPDATE signer SET next_serial = ?2 + 1 WHERE number = ?1")                  \
    X(REGISTER_ADD, "INSERT INTO register (signer, serial, key_number, type, issued, ref,"         \
                    " statement) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")                             \
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
sqlite3_stmt *query_start(garita_store *store, garita_store_error *error,
                          enum query_id id);

/* Steps to the next row. Returns GARITA_STORE_OK with *has_row, or the error. */
garita_store_error query_step(garita_store *store, bool *has_row, sqlite3_stmt *statement);

/* Steps a query that gives no rows, and resets it. A broken UNIQUE or PRIMARY KEY is EXISTS. */
garita_store_error query_run(garita_store *store, sqlite3_stmt *statement);

/* Lets go of the rows, and of the snapshot that reading them holds. */
void query_end(sqlite3_stmt *statement);

/* Bytes that stay as they are until the query has been run. */
void query_bind_bytes(sqlite3_stmt *statement, int at, const void *bytes, size_t bytes_len);
void query_bind_number(sqlite3_stmt *statement, int at, int64_t number);

/* A column that must be a blob of 1 to len_max bytes, or an integer from min to max. False if not. */
bool query_bytes(sqlite3_stmt *statement, int column, const uint8_t **bytes, size_t *bytes_len,
                 size_t len_max);
bool query_number(sqlite3_stmt *statement, int column, int64_t *out, int64_t min, int64_t max);

/* Notes that what was read is not what this program ever writes. */
garita_store_error query_damaged(garita_store *store, const char *what);

#endif
