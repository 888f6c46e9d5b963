#include "error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
#define NAME(constant, name, text) name,
    GARITA_STORE_ERRORS(NAME)
#undef NAME
};

static const char *const texts[] = {
#define TEXT(constant, name, text) text,
    GARITA_STORE_ERRORS(TEXT)
#undef TEXT
};

const char *garita_store_error_name(garita_store_error error)
{
    return (size_t)error < sizeof names / sizeof names[0] ? names[error] : "?";
}

const char *garita_store_error_text(garita_store_error error)
{
    return (size_t)error < sizeof texts / sizeof texts[0] ? texts[error] : "?";
}

static garita_store_error of_code(int code)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return GARITA_STORE_LOCKED;
    case SQLITE_FULL:
        return GARITA_STORE_DISK_FULL;
    case SQLITE_CORRUPT:
        return GARITA_STORE_CORRUPT;
    case SQLITE_NOTADB:
        return GARITA_STORE_NOT_A_HOME;
    case SQLITE_READONLY:
        return GARITA_STORE_READ_ONLY;
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return GARITA_STORE_DENIED;
    case SQLITE_NOMEM:
        return GARITA_STORE_NO_MEMORY;
    /* Our statements are fixed: a constraint or a type that does not hold was broken on the disk.
     */
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
        return GARITA_STORE_CORRUPT;
    default:
        return GARITA_STORE_IO;
    }
}

garita_store_error store_error_of_errno(char *detail, int number)
{
    snprintf(detail, GARITA_STORE_DETAIL_SIZE, "%s", strerror(number));
    switch (number) {
    case ENOENT:
        return GARITA_STORE_NO_HOME;
    case ENOTDIR:
        return GARITA_STORE_NOT_A_HOME;
    case EACCES:
    case EPERM:
        return GARITA_STORE_DENIED;
    case EROFS:
        return GARITA_STORE_READ_ONLY;
    case ENOSPC:
    case EDQUOT:
        return GARITA_STORE_DISK_FULL;
    case ENOMEM:
        return GARITA_STORE_NO_MEMORY;
    default:
        return GARITA_STORE_IO;
    }
}

garita_store_error store_error_of_db(char *detail, sqlite3 *db, int code)
{
    int primary = code & 0xff;

    snprintf(detail, GARITA_STORE_DETAIL_SIZE, "%s",
             db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(code));
    /* Here SQLite only knows that a call failed; the system knows why. */
    if (db != NULL && (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) &&
        sqlite3_system_errno(db) != 0) {
        char words[GARITA_STORE_DETAIL_SIZE];
        garita_store_error error = store_error_of_errno(words, sqlite3_system_errno(db));
        if (error != GARITA_STORE_IO) {
            memcpy(detail, words, sizeof words);
            return error;
        }
    }
    return of_code(code);
}
