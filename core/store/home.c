#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "internal.h"
#include "schema.h"

/* "file:", each byte of the path as %XX, "?immutable=1" */
enum { URI_MAX = 5 + 3 * PATH_MAX + 16 };

static garita_store_error of_db(garita_store *store, int code)
{
    return store_error_of_db(store->detail, store->db, code);
}

/* --- paths --- */

static bool store_path(char out[PATH_MAX], const char *home, const char *suffix)
{
    int len = snprintf(out, PATH_MAX, "%s/" GARITA_STORE_FILE "%s", home, suffix);
    return len > 0 && len < PATH_MAX;
}

/* Every byte is escaped, so that no path can be read as anything else. */
static void immutable_uri(char out[URI_MAX], const char *path)
{
    size_t len = (size_t)snprintf(out, URI_MAX, "file:");

    for (const char *at = path; *at != '\0'; at++)
        len += (size_t)snprintf(out + len, URI_MAX - len, "%%%02x", (unsigned)(unsigned char)*at);
    snprintf(out + len, URI_MAX - len, "?immutable=1");
}

/* The name of a new directory must reach the disk too, or all that it will hold can be lost with it.
 * Returns 0 or an errno. */
static int make_directory(const char *path, const char *parent)
{
    if (mkdir(path, 0700) != 0)
        return errno == EEXIST ? 0 : errno;
    int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int number = fd >= 0 && fsync(fd) == 0 ? 0 : errno;
    if (fd >= 0)
        close(fd);
    return number == EINVAL ? 0 : number; /* of a file system that flushes no directories */
}

garita_store_error store_make_directories(char *detail, const char *path)
{
    char part[PATH_MAX];
    char parent[PATH_MAX];
    size_t len = strlen(path);

    if (len == 0 || len >= sizeof part)
        return store_error_of_errno(detail, len == 0 ? ENOENT : ENAMETOOLONG);
    memcpy(part, path, len + 1);
    strcpy(parent, path[0] == '/' ? "/" : ".");
    for (size_t i = 1; i <= len; i++) {
        if (part[i] != '/' && part[i] != '\0')
            continue;
        part[i] = '\0';
        int number = make_directory(part, parent);
        if (number != 0)
            return store_error_of_errno(detail, number);
        memcpy(parent, part, i + 1);
        part[i] = path[i];
    }
    return GARITA_STORE_OK;
}

/* Whether there is a store to open at all. */
static garita_store_error look(char *detail, const char *path)
{
    struct stat info;

    if (stat(path, &info) != 0)
        return store_error_of_errno(detail, errno);
    if (!S_ISREG(info.st_mode)) {
        snprintf(detail, GARITA_STORE_DETAIL_SIZE, "it is not a regular file");
        return GARITA_STORE_NOT_A_HOME;
    }
    return GARITA_STORE_OK;
}

/* --- connections --- */

static void disconnect(garita_store *store)
{
    for (size_t i = 0; i < QUERY_COUNT; i++) {
        sqlite3_finalize(store->queries[i]);
        store->queries[i] = NULL;
    }
    sqlite3_close(store->db);
    store->db = NULL;
}

/* Connects to the file and reads what it is. On a failure the store is disconnected. */
static garita_store_error connect_to(garita_store *store, int *version, const char *name, int flags)
{
    int code = sqlite3_open_v2(name, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    garita_store_error error = code == SQLITE_OK ? GARITA_STORE_OK : of_db(store, code);

    if (error == GARITA_STORE_OK) {
        sqlite3_extended_result_codes(store->db, 1);
        sqlite3_busy_timeout(store->db, STORE_BUSY_TIMEOUT_MS);
        sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        code = sqlite3_exec(store->db,
                            "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;"
                            "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON",
                            NULL, NULL, NULL);
        error =
            code == SQLITE_OK ? schema_read(store->db, version, store->detail) : of_db(store, code);
    }
    if (error != GARITA_STORE_OK)
        disconnect(store);
    return error;
}

/* Why SQLite found no file beside a store that is there: it could not make one, and then tried to
 * read it, so that only this reason is left. Asked of the system with a file that has no name. */
static garita_store_error why_none_beside(garita_store *store, const char *home)
{
    int fd = open(home, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);

    if (fd < 0 && errno != EOPNOTSUPP && errno != EISDIR)
        return store_error_of_errno(store->detail, errno);
    if (fd >= 0)
        close(fd);
    snprintf(store->detail, sizeof store->detail, "no file can be made beside it");
    return GARITA_STORE_IO;
}

static garita_store_error read_home(garita_store *store)
{
    const uint8_t *id = NULL;
    size_t id_len = 0;
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_HOME);

    if (query == NULL)
        return error;
    error = query_step(store, &has_row, query);
    if (error == GARITA_STORE_OK) {
        const unsigned char *country = has_row ? sqlite3_column_text(query, 1) : NULL;
        if (country == NULL || sqlite3_column_bytes(query, 1) >= GARITA_COUNTRY_SIZE ||
            !query_bytes(query, 0, &id, &id_len, GARITA_HOME_ID_SIZE) ||
            id_len != GARITA_HOME_ID_SIZE) {
            error = query_damaged(store, "the home's own facts cannot be read");
        } else {
            memcpy(store->home.id, id, GARITA_HOME_ID_SIZE);
            memcpy(store->home.country, country, strlen((const char *)country) + 1);
        }
    }
    query_end(query);
    return error;
}

/* --- making --- */

static garita_store_error insert_home(garita_store *store, const char *country, const uint8_t *id)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->db,
                                  "INSERT INTO home (only, id, country) VALUES (1, ?1, ?2)", -1,
                                  &statement, NULL);

    if (code == SQLITE_OK) {
        sqlite3_bind_blob(statement, 1, id, GARITA_HOME_ID_SIZE, SQLITE_STATIC);
        sqlite3_bind_text(statement, 2, country, -1, SQLITE_STATIC);
        code = sqlite3_step(statement);
    }
    garita_store_error error = code == SQLITE_DONE ? GARITA_STORE_OK : of_db(store, code);
    sqlite3_finalize(statement);
    return error;
}

/* Brings the tables up to date, and writes the home's facts if there were no tables (id not null).
 */
static garita_store_error upgrade(garita_store *store, bool *created, const char *country,
                                  const uint8_t *id)
{
    int version = 0;
    garita_store_error error = garita_store_begin(store);

    if (error != GARITA_STORE_OK)
        return error;
    /* Another process may have been faster. */
    error = schema_read(store->db, &version, store->detail);
    if (error == GARITA_STORE_OK)
        error = schema_migrate(store->db, store->detail, version);
    if (error == GARITA_STORE_OK && version == 0)
        error = insert_home(store, country, id);
    if (error != GARITA_STORE_OK) {
        garita_store_rollback(store);
        return error;
    }
    *created = version == 0;
    return garita_store_commit(store);
}

static garita_store_error use_wal(garita_store *store)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->db, "PRAGMA journal_mode = WAL", -1, &statement, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    garita_store_error error = code == SQLITE_ROW ? GARITA_STORE_OK : of_db(store, code);
    if (error == GARITA_STORE_OK &&
        strcmp((const char *)sqlite3_column_text(statement, 0), "wal") != 0) {
        snprintf(store->detail, sizeof store->detail, "this file system has no shared memory");
        error = GARITA_STORE_IO;
    }
    sqlite3_finalize(statement);
    return error;
}

/* Makes what is missing of a home, in a directory whose lock the caller holds. */
static garita_store_error make_store(garita_store *store, bool *created, const char *path,
                                     const char *country, const uint8_t *id)
{
    int version = 0;
    garita_store_error error = connect_to(store, &version, path, SQLITE_OPEN_READWRITE);

    if (error != GARITA_STORE_OK)
        return error;
    if (version == 0)
        error = use_wal(store);
    if (error == GARITA_STORE_OK && version < schema_version)
        error = upgrade(store, created, country, id);
    if (error == GARITA_STORE_OK)
        error = read_home(store);
    disconnect(store);
    return error;
}

garita_store_error garita_store_create(bool *created, garita_home *facts, char *detail,
                                       const char *path, const char *country,
                                       const uint8_t id[GARITA_HOME_ID_SIZE])
{
    char file[PATH_MAX];
    garita_store store = {0};
    bool made_file = false;
    int directory = -1;

    *created = false;
    memset(facts, 0, sizeof *facts);
    detail[0] = '\0';
    garita_store_error error = store_make_directories(detail, path);
    if (error != GARITA_STORE_OK)
        return error;
    if (!store_path(file, path, ""))
        return store_error_of_errno(detail, ENAMETOOLONG);

    directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* Two that make the same home at once come one after the other. */
    if (directory < 0 || flock(directory, LOCK_EX) != 0) {
        error = store_error_of_errno(detail, errno);
        goto done;
    }
    /* SQLite gives its other files the mode of this one. */
    int fd = openat(directory, GARITA_STORE_FILE, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) {
        made_file = true;
        close(fd);
    } else if (errno != EEXIST) {
        error = store_error_of_errno(detail, errno);
        goto done;
    }

    error = look(detail, file);
    if (error == GARITA_STORE_OK) {
        error = make_store(&store, created, file, country, id);
        if (error == GARITA_STORE_NO_HOME)
            error = why_none_beside(&store, path);
        memcpy(detail, store.detail, sizeof store.detail);
        *facts = store.home;
    }
    if (error == GARITA_STORE_OK && made_file && fsync(directory) != 0)
        error = store_error_of_errno(detail, errno);
    if (error != GARITA_STORE_OK && made_file)
        unlinkat(directory, GARITA_STORE_FILE, 0);
done:
    if (directory >= 0)
        close(directory);
    return error;
}

/* --- opening --- */

/* Opens a home in a directory that may not be written. */
static garita_store_error open_unwritable(garita_store *store, int *version, const char *home,
                                          const char *path)
{
    char wal[PATH_MAX];
    char uri[URI_MAX];
    struct stat info;

    if (!store_path(wal, home, "-wal"))
        return store_error_of_errno(store->detail, ENAMETOOLONG);
    if (stat(wal, &info) == 0 && info.st_size > 0)
        return GARITA_STORE_NEEDS_RECOVERY;
    immutable_uri(uri, path);
    return connect_to(store, version, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

static garita_store_error open_store(garita_store *store, const char *home, garita_store_mode mode)
{
    char path[PATH_MAX];
    int version = 0;
    bool created;

    /* An empty name is no directory, and above all not the root. */
    if (home[0] == '\0')
        return store_error_of_errno(store->detail, ENOENT);
    if (!store_path(path, home, ""))
        return store_error_of_errno(store->detail, ENAMETOOLONG);
    garita_store_error error = look(store->detail, path);
    if (error != GARITA_STORE_OK)
        return error;

    /* For reading too: the last reader tidies up, and SQLite reads only where it must. */
    error = connect_to(store, &version, path, SQLITE_OPEN_READWRITE);
    bool is_writable = faccessat(AT_FDCWD, home, W_OK, AT_EACCESS) == 0;
    if (error == GARITA_STORE_NO_HOME && is_writable)
        error = why_none_beside(store, home);
    if (error != GARITA_STORE_OK && !is_writable) {
        if (mode == GARITA_STORE_READ)
            error = open_unwritable(store, &version, home, path);
        else if (error == GARITA_STORE_NO_HOME) /* the file is there; none can be made beside it */
            error = GARITA_STORE_READ_ONLY;
    } else if (error == GARITA_STORE_DISK_FULL && mode == GARITA_STORE_READ &&
               open_unwritable(store, &version, home, path) == GARITA_STORE_OK) {
        /* Nobody can write to a full disk: an officer is not to be blind for that. */
        error = GARITA_STORE_OK;
    }
    if (error != GARITA_STORE_OK)
        return error;

    if (version == 0) {
        snprintf(store->detail, sizeof store->detail, "it was not finished");
        return GARITA_STORE_NO_HOME;
    }
    if (mode == GARITA_STORE_WRITE && sqlite3_db_readonly(store->db, "main") != 0)
        return GARITA_STORE_READ_ONLY;
    if (version < schema_version) {
        error = upgrade(store, &created, NULL, NULL);
        if (error != GARITA_STORE_OK)
            return error;
    }
    if (mode == GARITA_STORE_READ) {
        int code = sqlite3_exec(store->db, "PRAGMA query_only = ON", NULL, NULL, NULL);
        if (code != SQLITE_OK)
            return of_db(store, code);
    }
    return read_home(store);
}

garita_store_error garita_store_open(garita_store **out, char *detail, const char *path,
                                     garita_store_mode mode)
{
    garita_store *store = calloc(1, sizeof *store);

    *out = NULL;
    detail[0] = '\0';
    if (store == NULL)
        return GARITA_STORE_NO_MEMORY;
    garita_store_error error = open_store(store, path, mode);
    if (error != GARITA_STORE_OK) {
        memcpy(detail, store->detail, sizeof store->detail);
        garita_store_close(store);
        return error;
    }
    *out = store;
    return GARITA_STORE_OK;
}

void garita_store_close(garita_store *store)
{
    if (store == NULL)
        return;
    disconnect(store);
    signing_end(store);
    free(store->entry);
    free(store);
}

const garita_home *garita_store_home(const garita_store *store)
{
    return &store->home;
}

const char *garita_store_detail(const garita_store *store)
{
    return store->detail;
}

/* --- transactions --- */

garita_store_error garita_store_begin(garita_store *store)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_BEGIN);

    return query != NULL ? query_run(store, query) : error;
}

garita_store_error garita_store_commit(garita_store *store)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_COMMIT);

    if (query != NULL)
        error = query_run(store, query);
    if (error != GARITA_STORE_OK)
        garita_store_rollback(store);
    return error;
}

void garita_store_rollback(garita_store *store)
{
    /* It cannot fail in a way that leaves the changes: what was not committed is not there. */
    if (!sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    signing_end(store);
}
