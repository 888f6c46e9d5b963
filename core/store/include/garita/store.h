/* garita/store.h: what a home keeps on disk: its pins, the authorities it knows, and the register
 * of what it signed.
 *
 * One SQLite file, HOME/garita.db, in WAL mode with synchronous=FULL: what a call has acknowledged
 * survives kill -9 and loss of power. Any process may write: a change is a transaction that begins
 * by taking the home's one write lock, so that whatever was checked inside it is still true when it
 * is committed. A handle belongs to one thread.
 *
 * The handle is opened for reading or for writing. A home that only needs to be read may lie on a
 * read-only medium, see garita_store_open.
 */
#ifndef GARITA_STORE_H
#define GARITA_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/limits.h>
#include <garita/statement.h>
#include <garita/trust.h>

#ifdef __cplusplus
extern "C" {
#endif

/* X(constant, stable name, one English sentence) */
#define GARITA_STORE_ERRORS(X)                                                                     \
    X(OK, "ok", "success")                                                                         \
    X(NO_HOME, "no-home", "there is no home here")                                                 \
    X(NOT_A_HOME, "not-a-home", "garita.db is not the store of a Garita home")                     \
    X(NEWER, "home-newer", "the home was written by a newer version of this program")              \
    X(NEEDS_RECOVERY, "home-needs-recovery",                                                       \
      "the home was not closed cleanly and lies where it cannot be repaired")                      \
    X(LOCKED, "home-locked", "another process is writing to the home and does not finish")         \
    X(READ_ONLY, "home-read-only", "the home cannot be written to")                                \
    X(DENIED, "home-denied", "the home's files may not be opened by this user")                    \
    X(DISK_FULL, "disk-full", "the disk that holds the home is full")                              \
    X(CORRUPT, "home-damaged", "the home's store is damaged")                                      \
    X(IO, "home-io", "reading or writing the home failed")                                         \
    X(NO_MEMORY, "no-memory", "out of memory")                                                     \
    X(EXISTS, "already-there", "there is one already")                                             \
    X(ABSENT, "not-there", "there is none")                                                        \
    X(NO_SERIAL, "serials-used-up", "the authority has assigned its last serial")                  \
    X(COUNTER, "signing-counter",                                                                  \
      "the counter against restored backups cannot be read or written")

typedef enum garita_store_error {
#define GARITA_STORE_ERROR_ENUM(constant, name, text) GARITA_STORE_##constant,
    GARITA_STORE_ERRORS(GARITA_STORE_ERROR_ENUM)
#undef GARITA_STORE_ERROR_ENUM
} garita_store_error;

/* The stable name of an error; never null ("?" for a number that is none). */
const char *garita_store_error_name(garita_store_error error);

/* One English sentence, without a full stop, that says what the error means. */
const char *garita_store_error_text(garita_store_error error);

typedef struct garita_store garita_store;

/* What SQLite or the system said about a failure, such as "database disk image is malformed"; empty
 * where there is nothing to add. English, for the end of a message, not for a program. */
#define GARITA_STORE_DETAIL_SIZE 256

/* --- the home --- */

#define GARITA_HOME_ID_SIZE 16
#define GARITA_STORE_FILE "garita.db"

typedef struct garita_home {
    uint8_t id[GARITA_HOME_ID_SIZE];   /* random, made by garita_store_create; names no person */
    char country[GARITA_COUNTRY_SIZE]; /* empty if the home was not told one */
} garita_home;

/* Makes a home in the directory path, which is made too (mode 0700, as are missing parents; one
 * that is there keeps its mode), and the store in it (mode 0600). A home that a crash left half
 * made is completed.
 *
 * created  true if this call made it; false if there was one, which is then left as it is
 * facts    of the home that is there now
 * detail   GARITA_STORE_DETAIL_SIZE bytes for the system's words
 * path     the directory
 * country  a well-formed code, or "" for none
 * id       GARITA_HOME_ID_SIZE random bytes, used only if there is no home yet
 *
 * Returns GARITA_STORE_OK or any error but NO_HOME, EXISTS, ABSENT and NO_SERIAL. A caller that
 * asked for another country than facts has must say so itself. */
garita_store_error garita_store_create(bool *created, garita_home *facts, char *detail,
                                       const char *path, const char *country,
                                       const uint8_t id[GARITA_HOME_ID_SIZE]);

typedef enum garita_store_mode { GARITA_STORE_READ, GARITA_STORE_WRITE } garita_store_mode;

/* Opens the home in the directory path. *out is closed by garita_store_close; null on failure.
 * detail as above.
 *
 * For READ nothing in the store can be changed through the handle. Where the directory cannot be
 * written (a read-only medium, another user's home), the file is read as it lies, without locks:
 * right as long as nobody writes it meanwhile, which on such a medium nobody can. If the home was
 * there copied without being closed, so that a part of it still lies in garita.db-wal, that is
 * NEEDS_RECOVERY, never a silent older state.
 *
 * A store of an older schema is brought up to date first. Returns GARITA_STORE_OK or NO_HOME,
 * NOT_A_HOME, NEWER, NEEDS_RECOVERY, LOCKED, READ_ONLY, DENIED, DISK_FULL, CORRUPT, IO, NO_MEMORY.
 */
garita_store_error garita_store_open(garita_store **out, char *detail, const char *path,
                                     garita_store_mode mode);
void garita_store_close(garita_store *store); /* null is allowed; an open transaction is undone */

const garita_home *garita_store_home(const garita_store *store);

/* What SQLite said about the last call of this handle that failed; never null. */
const char *garita_store_detail(const garita_store *store);

/* --- transactions --- */

/* Takes the home's write lock, waiting for at most 10 seconds. Calls that change something must
 * stand between begin and commit. LOCKED, READ_ONLY, DISK_FULL, IO, CORRUPT. */
garita_store_error garita_store_begin(garita_store *store);

/* Makes everything since begin durable, or, on any error, undoes it all. */
garita_store_error garita_store_commit(garita_store *store);

/* Undoes everything since begin. Does nothing where there is no transaction. */
void garita_store_rollback(garita_store *store);

/* --- trust --- */

/* A statement that the home keeps but that does not fit its trust (any more). */
typedef struct garita_store_misfit {
    garita_error error;   /* why */
    bool is_pin;          /* a pinned anchor; else a statement that was added */
    const uint8_t *bytes; /* valid during the call */
    size_t bytes_len;
} garita_store_misfit;

/* Told of each misfit. A caller that judges or signs tells people. */
typedef void (*garita_store_on_misfit)(void *context, const garita_store_misfit *misfit);

/* Builds the set that verdicts depend on, from the pins and the statements added, in the order in
 * which they came. *out is freed by garita_trust_free; null on failure. A misfit hinders nothing
 * else. LOCKED, CORRUPT, IO, NO_MEMORY. */
garita_store_error garita_store_load_trust(garita_store *store, garita_trust **out,
                                           garita_store_on_misfit on_misfit, void *context);

/* Builds the set that tells which authority a key of this home is and what it may do: the same, and
 * the authority statements that this home signed. An anchor of its own that is not pinned has the
 * scope that a pin would have by default; one that it has renewed is in force as long as its
 * statement that lasts longest, pinned or not. Never for verdicts: nobody pinned these. Statements
 * of the register that do not fit are left out in silence: a register is history. */
garita_store_error garita_store_load_signers(garita_store *store, garita_trust **out,
                                             garita_store_on_misfit on_misfit, void *context);

/* Keeps a pinned anchor: its statement, first key and scope. The caller has checked with
 * garita_trust_pin, in this transaction, that it fits. EXISTS if this key is pinned already. */
garita_store_error garita_store_add_pin(garita_store *store,
                                        const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                                        const garita_scope *scope, const uint8_t *bytes,
                                        size_t bytes_len);

/* The scope that this key is pinned with, and its statement: GARITA_AUTHORITY_BYTES_MAX bytes, of
 * which *statement_len are used. ABSENT if it is not pinned. */
garita_store_error garita_store_get_pin(garita_store *store, garita_scope *scope,
                                        uint8_t *statement, size_t *statement_len,
                                        const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]);

/* Gives a pin another statement; its scope and its place stay. The caller has checked with
 * garita_trust_pin, in this transaction, that it is one of the same anchor. ABSENT. */
garita_store_error garita_store_renew_pin(garita_store *store,
                                          const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                                          const uint8_t *bytes, size_t bytes_len);

/* Forgets a pin; ABSENT. What depended on it remains: see garita_store_each_trusted. */
garita_store_error garita_store_remove_pin(garita_store *store,
                                           const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]);

/* Keeps an authority statement. The caller has checked with garita_trust_add, in this transaction,
 * that it fits. EXISTS if these very bytes are kept already. */
garita_store_error garita_store_add_trusted(garita_store *store, const uint8_t *bytes,
                                            size_t bytes_len);

/* Forgets the statement with these very bytes; ABSENT. */
garita_store_error garita_store_remove_trusted(garita_store *store, const uint8_t *bytes,
                                               size_t bytes_len);

/* --- the register: what this home signed --- */

/* A reference given by the issuer's own systems, unique for each authority: bytes of UTF-8. */
#define GARITA_REF_BYTES_MAX 128

typedef struct garita_register_entry {
    uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]; /* the authority's */
    uint32_t serial;
    uint8_t key_number;
    garita_type type;
    int64_t issued;       /* moment, by the clock of the machine that signed */
    garita_utf8 ref;      /* len 0: none */
    const uint8_t *bytes; /* the statement */
    size_t bytes_len;
} garita_register_entry;

/* The serial that the authority's next statement has: 1 for an authority that never signed here.
 * Only inside a transaction, so that nobody else can take it. NO_SERIAL, CORRUPT if the register
 * holds that serial already. */
garita_store_error garita_store_next_serial(garita_store *store, uint32_t *out,
                                            const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]);

/* Enters a statement, whose serial must be the one that garita_store_next_serial gives, and moves
 * that on. Only when the transaction has been committed may the statement leave the process.
 * EXISTS if the authority has an entry with this ref. */
garita_store_error garita_store_register(garita_store *store, const garita_register_entry *entry);

/* The entry with this serial, or with this ref; ABSENT. What *out points to is valid until the next
 * call with this store. */
garita_store_error garita_store_get_serial(garita_store *store, garita_register_entry *out,
                                           const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                                           uint32_t serial);
garita_store_error garita_store_get_ref(garita_store *store, garita_register_entry *out,
                                        const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                                        garita_utf8 ref);

/* --- going over what is kept --- */

/* Called with each statement, in the order of arrival; returns false to stop. The bytes are valid
 * during the call, in which this store may not be used. */
typedef bool (*garita_store_visit)(void *context, const uint8_t *bytes, size_t bytes_len);

garita_store_error garita_store_each_trusted(garita_store *store, garita_store_visit visit,
                                             void *context);

/* Called with each node statement in the register of the authority with this first key, by serial;
 * as above. */
typedef bool (*garita_store_visit_serial)(void *context, uint32_t serial, const uint8_t *bytes,
                                          size_t bytes_len);

garita_store_error garita_store_each_own_node(garita_store *store,
                                              const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                                              garita_store_visit_serial visit, void *context);

#ifdef __cplusplus
}
#endif

#endif
