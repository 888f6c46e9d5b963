#include "schema.h"

#include <stdio.h>

#include <garita/bundle.h>

#include "error.h"

/* Migration i leads from version i to i + 1. What has been released never changes here: later
 * versions append.
 *
 * Numbers that two processes must not both assign are kept apart by the keys of the tables,
 * whatever the code above does: two statements of one authority with one serial cannot both be
 * there. */
static const char *const migrations[] = {
    /* 0 to 1 */
    "CREATE TABLE home ("
    "  only INTEGER PRIMARY KEY CHECK (only = 1),"
    "  id BLOB NOT NULL CHECK (length(id) = 16),"
    "  country TEXT NOT NULL CHECK (length(country) <= 3)" /* '' for none */
    ") STRICT;"

    "CREATE TABLE pin ("
    "  position INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  first_key BLOB NOT NULL UNIQUE CHECK (length(first_key) = 32),"
    "  statement BLOB NOT NULL,"
    "  countries TEXT NOT NULL," /* ascending, a space between */
    "  programmes INTEGER NOT NULL CHECK (programmes >= 0),"
    "  types INTEGER NOT NULL CHECK (types >= 0),"
    "  depth INTEGER NOT NULL CHECK (depth >= 0)"
    ") STRICT;"

    "CREATE TABLE trusted ("
    "  position INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  statement BLOB NOT NULL UNIQUE"
    ") STRICT;"

    /* The authorities that this home signs for; serials are theirs, over all their keys. */
    "CREATE TABLE signer ("
    "  number INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  first_key BLOB NOT NULL UNIQUE CHECK (length(first_key) = 32),"
    "  next_serial INTEGER NOT NULL CHECK (next_serial BETWEEN 1 AND 4294967296)"
    ") STRICT;"

    "CREATE TABLE register ("
    "  signer INTEGER NOT NULL REFERENCES signer (number),"
    "  serial INTEGER NOT NULL CHECK (serial BETWEEN 1 AND 4294967295),"
    "  key_number INTEGER NOT NULL CHECK (key_number BETWEEN 1 AND 255),"
    "  type INTEGER NOT NULL,"
    "  issued INTEGER NOT NULL," /* moment */
    "  ref BLOB,"
    "  statement BLOB NOT NULL,"
    "  PRIMARY KEY (signer, serial)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX register_ref ON register (signer, ref) WHERE ref IS NOT NULL;"
    /* Few among many credentials: those that tell whose keys are whose. */
    "CREATE INDEX register_authority ON register (type) WHERE type = 1;",

    /* 1 to 2: status logs, the counter against restored backups, the log of decisions */
    /* 0: no counter yet */
    "ALTER TABLE home ADD COLUMN generation INTEGER NOT NULL DEFAULT 0 CHECK (generation >= 0);"
    "ALTER TABLE home ADD COLUMN clock_floor INTEGER;" /* moment */

    /* store_signing.h: 0 sure, 1 in doubt, 2 confirmed since */
    "ALTER TABLE signer ADD COLUMN doubt INTEGER NOT NULL DEFAULT 0 CHECK (doubt BETWEEN 0 AND 2);"
    /* Serials that have events before they were assigned: never assigned. */
    "CREATE TABLE skipped ("
    "  signer INTEGER NOT NULL REFERENCES signer (number),"
    "  serial INTEGER NOT NULL CHECK (serial BETWEEN 1 AND 4294967295),"
    "  PRIMARY KEY (signer, serial)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE log ("
    "  number INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  id BLOB NOT NULL UNIQUE CHECK (length(id) = 32)," /* garita_log_id */
    "  first_key BLOB NOT NULL CHECK (length(first_key) = 32),"
    /* Found not to hold together; until it is replaced as a whole. */
    "  is_damaged INTEGER NOT NULL DEFAULT 0 CHECK (is_damaged BETWEEN 0 AND 1),"
    "  size INTEGER NOT NULL CHECK (size BETWEEN 0 AND 4294967295),"
    "  start INTEGER NOT NULL CHECK (start BETWEEN 0 AND size)," /* the first batch kept */
    "  chunks_at INTEGER NOT NULL CHECK (chunks_at BETWEEN start AND size)," /* what chunk holds */
    "  batch_bytes INTEGER NOT NULL CHECK (batch_bytes >= 0)," /* of the batches kept, */
    "  evidence_bytes INTEGER NOT NULL DEFAULT 0 CHECK (evidence_bytes >= 0)," /* of evidence */
    "  set_differs_at INTEGER,"                                  /* form 4 was found at this size */
    "  set_root BLOB NOT NULL CHECK (length(set_root) = 32),"    /* of the set at size */
    "  elsewhere_root BLOB CHECK (length(elsewhere_root) = 32)," /* of the union, if there is one */
    "  seal BLOB NOT NULL CHECK (length(seal) = 32),"            /* of this row: log_row.c */
    "  frontier BLOB NOT NULL,"                                  /* the peaks at size */
    "  start_frontier BLOB NOT NULL,"
    "  head BLOB," /* the newest head's statement */
    "  proof BLOB" /* of an equivocation */
    ") STRICT;"

    "CREATE TABLE batch ("
    "  log INTEGER NOT NULL REFERENCES log (number),"
    "  position INTEGER NOT NULL CHECK (position >= 0),"
    "  leaf BLOB NOT NULL CHECK (length(leaf) = 32)," /* its hash, so that proofs need no more */
    "  bytes BLOB NOT NULL,"
    "  PRIMARY KEY (log, position)"
    ") STRICT;"

    /* The set at chunks_at, and the union, which is always whole. */
    "CREATE TABLE chunk ("
    "  log INTEGER NOT NULL REFERENCES log (number),"
    "  position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 65535),"
    "  bytes BLOB NOT NULL,"
    "  PRIMARY KEY (log, position)"
    ") STRICT;"
    "CREATE TABLE elsewhere ("
    "  log INTEGER NOT NULL REFERENCES log (number),"
    "  position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 65535),"
    "  bytes BLOB NOT NULL,"
    "  PRIMARY KEY (log, position)"
    ") STRICT;"

    "CREATE TABLE evidence ("
    "  log INTEGER NOT NULL REFERENCES log (number),"
    "  digest BLOB NOT NULL CHECK (length(digest) = 16)," /* of the batch: garita_digest_of */
    "  position INTEGER NOT NULL CHECK (position >= 0),"  /* the batch's, in the tree of its head */
    "  head BLOB NOT NULL,"
    "  path BLOB NOT NULL," /* 32 bytes a hash */
    "  bytes BLOB NOT NULL,"
    "  PRIMARY KEY (log, digest)"
    ") STRICT;"

    /* What the lanes decided, chained by hashes. An entry that its age removed leaves the chain
     * checkable: base is the hash before the first that is kept. */
    "CREATE TABLE decision ("
    "  position INTEGER PRIMARY KEY CHECK (position >= 1),"
    "  moment INTEGER NOT NULL," /* for retention; the entry has it too */
    "  entry BLOB NOT NULL,"
    "  hash BLOB NOT NULL CHECK (length(hash) = 32)"
    ") STRICT;"
    "CREATE TABLE decision_base ("
    "  only INTEGER PRIMARY KEY CHECK (only = 1),"
    "  position INTEGER NOT NULL CHECK (position >= 0)," /* of the last entry that is gone */
    "  hash BLOB NOT NULL CHECK (length(hash) = 32)"
    ") STRICT;"
    "CREATE TABLE decision_tip ("
    "  position INTEGER PRIMARY KEY," /* of the entry that it was signed at */
    "  signed_at INTEGER NOT NULL,"
    "  tip BLOB NOT NULL"
    ") STRICT;",

    /* 2 to 3: what a home carries for others, and archives */
    "ALTER TABLE home ADD COLUMN is_archive INTEGER NOT NULL DEFAULT 0"
    " CHECK (is_archive BETWEEN 0 AND 1);"
    "CREATE TABLE carried ("
    "  position INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 16)," /* garita_digest_of */
    "  type INTEGER NOT NULL,"
    "  log BLOB NOT NULL CHECK (length(log) = 32),"       /* garita_log_id of its signer, */
    "  branch BLOB NOT NULL CHECK (length(branch) = 32)," /* of what that hangs on */
    "  anchor BLOB NOT NULL CHECK (length(anchor) = 32)," /* and of its anchor */
    "  serial INTEGER NOT NULL CHECK (serial BETWEEN 1 AND 4294967295),"
    "  subject BLOB NOT NULL CHECK (length(subject) = 32)," /* of a node its key, else zero */
    "  seal BLOB NOT NULL CHECK (length(seal) = 16),"       /* of this row: carried.c */
    "  statement BLOB NOT NULL"
    ") STRICT;"
    /* Of authority statements, so that one that a peer asks for is one look: garita_digest_of. */
    "ALTER TABLE trusted ADD COLUMN digest BLOB CHECK (length(digest) = 16);"
    "UPDATE trusted SET digest = garita_digest(statement);"
    "CREATE INDEX trusted_digest ON trusted (digest);"
    "ALTER TABLE register ADD COLUMN digest BLOB CHECK (length(digest) = 16);"
    "UPDATE register SET digest = garita_digest(statement) WHERE type = 1;"
    "CREATE INDEX register_digest ON register (digest) WHERE digest IS NOT NULL;"
    "CREATE INDEX register_node ON register (type, signer) WHERE type = 6;"
    /* The first batch whose bytes are kept; of those between start and here, and maybe of some more
     * before, bytes are none, and only the leaf hash is kept. */
    "ALTER TABLE log ADD COLUMN batches_from INTEGER NOT NULL DEFAULT 0 CHECK (batches_from >= 0);"
    "UPDATE log SET batches_from = start;",
};

const int schema_version = (int)(sizeof migrations / sizeof migrations[0]);

static garita_store_error pragma(sqlite3 *db, int *out, char *detail, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    *out = code == SQLITE_ROW ? sqlite3_column_int(statement, 0) : 0;
    garita_store_error error =
        code == SQLITE_ROW ? GARITA_STORE_OK : store_error_of_db(detail, db, code);
    sqlite3_finalize(statement);
    return error;
}

garita_store_error schema_read(sqlite3 *db, int *version, char *detail)
{
    int application = 0;
    int objects = 0;
    garita_store_error error = pragma(db, version, detail, "PRAGMA user_version");

    if (error == GARITA_STORE_OK)
        error = pragma(db, &application, detail, "PRAGMA application_id");
    if (error == GARITA_STORE_OK)
        error = pragma(db, &objects, detail, "SELECT count(*) FROM sqlite_schema");
    if (error != GARITA_STORE_OK)
        return error;

    /* A file in which nothing was ever written has all zero: a home half made. */
    if (*version == 0 && application == 0 && objects == 0)
        return GARITA_STORE_OK;
    if (application != SCHEMA_APPLICATION_ID || *version < 1)
        return GARITA_STORE_NOT_A_HOME;
    if (*version > schema_version) {
        snprintf(detail, GARITA_STORE_DETAIL_SIZE, "schema %d, this program knows %d", *version,
                 schema_version);
        return GARITA_STORE_NEWER;
    }
    return GARITA_STORE_OK;
}

/* SQL's garita_digest, for migrations alone: no index depends on it. */
static void digest(sqlite3_context *context, int count, sqlite3_value **values)
{
    garita_digest out;
    const uint8_t *bytes = sqlite3_value_blob(values[0]);

    (void)count;
    garita_digest_of(&out, bytes, (size_t)sqlite3_value_bytes(values[0]));
    sqlite3_result_blob(context, out.bytes, sizeof out.bytes, SQLITE_TRANSIENT);
}

garita_store_error schema_migrate(sqlite3 *db, char *detail, int from)
{
    char sql[96];
    int code = sqlite3_create_function(db, "garita_digest", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                       NULL, digest, NULL, NULL);

    if (code != SQLITE_OK)
        return store_error_of_db(detail, db, code);
    for (int version = from; version < schema_version; version++) {
        code = sqlite3_exec(db, migrations[version], NULL, NULL, NULL);
        if (code != SQLITE_OK)
            return store_error_of_db(detail, db, code);
    }
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d",
             SCHEMA_APPLICATION_ID, schema_version);
    code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? GARITA_STORE_OK : store_error_of_db(detail, db, code);
}
