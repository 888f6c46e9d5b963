/* damage HOME SQL...: writes into a home's store what the program never would, as a disk that fails
 * or a stranger with a text editor might. @NAME in the SQL is the id of the log of the authority
 * with this name, as the blob literal that a query needs. */
#include <garita/log.h>
#include <garita/store.h>

#include <stdio.h>
#include <string.h>

#include <sodium.h>
#include <sqlite3.h>

static int fail(const char *what)
{
    fprintf(stderr, "damage: %s\n", what);
    return 1;
}

static void ignore(void *context, const garita_store_misfit *misfit)
{
    (void)context;
    (void)misfit;
}

/* The id of the log of whoever has this name: x'…'. False if nobody has. */
static int log_of(char out[70], const garita_trust *trust, const char *name, size_t name_len)
{
    for (size_t i = 0; i < garita_trust_count(trust); i++) {
        const garita_issuer *issuer = garita_trust_get(trust, i);
        garita_hash id;
        if (strlen(issuer->name) != name_len || memcmp(issuer->name, name, name_len) != 0)
            continue;
        garita_log_id(&id, issuer);
        strcpy(out, "x'");
        sodium_bin2hex(out + 2, 65, id.bytes, sizeof id.bytes);
        strcat(out, "'");
        return 1;
    }
    return 0;
}

static int expand(char *out, size_t out_cap, const garita_trust *trust, const char *sql)
{
    size_t len = 0;

    for (const char *at = sql; *at != '\0';) {
        char id[70];
        if (*at != '@') {
            if (len + 1 >= out_cap)
                return 0;
            out[len++] = *at++;
            continue;
        }
        size_t name_len = strspn(at + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
        if (!log_of(id, trust, at + 1, name_len) || len + strlen(id) >= out_cap)
            return 0;
        memcpy(out + len, id, strlen(id));
        len += strlen(id);
        at += 1 + name_len;
    }
    out[len] = '\0';
    return 1;
}

static int load(garita_trust **trust, const char *home)
{
    char detail[GARITA_STORE_DETAIL_SIZE];
    garita_store *store;

    if (garita_init() != GARITA_OK ||
        garita_store_open(&store, detail, home, GARITA_STORE_READ) != GARITA_STORE_OK)
        return 0;
    garita_store_error error = garita_store_load_signers(store, trust, ignore, NULL);
    garita_store_close(store);
    return error == GARITA_STORE_OK;
}

int main(int argc, char **argv)
{
    char path[4096];
    char sql[4096];
    garita_trust *trust = NULL;
    sqlite3 *db = NULL;

    if (argc < 3)
        return 64;
    snprintf(path, sizeof path, "%s/" GARITA_STORE_FILE, argv[1]);
    if (!load(&trust, argv[1]))
        return fail("the home cannot be opened");
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        return fail(sqlite3_errmsg(db));
    int status = 0;
    for (int i = 2; i < argc && status == 0; i++) {
        if (!expand(sql, sizeof sql, trust, argv[i]))
            status = fail("nobody has that name");
        else if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
            status = fail(sqlite3_errmsg(db));
        else if (sqlite3_changes(db) == 0)
            status = fail("nothing was changed");
    }
    sqlite3_close(db);
    garita_trust_free(trust);
    return status;
}
