#include <garita/store_signing.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "generation.h"
#include "internal.h"

/* The most that a number grows by: two copies of a home that go on from the same number come to the
 * same next one in one of so many cases, and the numbers last for 2^39 acts. */
enum { STEP_MAX = 1 << 24 };

struct signing_act {
    struct generation_lock *lock;
    int64_t own;  /* the home's number */
    int64_t next; /* the act's */
};

const char *garita_doubt_name(garita_doubt doubt)
{
    static const char *const names[] = {
#define NAME(constant, name) name,
        GARITA_DOUBTS(NAME)
#undef NAME
    };

    return (size_t)doubt < sizeof names / sizeof names[0] ? names[doubt] : "?";
}

/* --- the home's own number --- */

/* Reads the one number that a query gives; absent if it gives no row, or NULL. */
static garita_store_error read_number(garita_store *store, int64_t *out, int64_t absent,
                                      sqlite3_stmt *query, int64_t max)
{
    bool has_row = false;
    garita_store_error error = query_step(store, &has_row, query);

    *out = absent;
    if (error == GARITA_STORE_OK && has_row && sqlite3_column_type(query, 0) != SQLITE_NULL &&
        !query_number(query, 0, out, 0, max))
        error = query_damaged(store, "a number about signing is out of its range");
    query_end(query);
    return error;
}

static garita_store_error read_own(garita_store *store, int64_t *out)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_GENERATION);

    return query != NULL ? read_number(store, out, 0, query, GENERATION_MAX) : error;
}

static garita_store_error write_own(garita_store *store, int64_t number)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_GENERATION_SET);

    if (query == NULL)
        return error;
    query_bind_number(query, 1, number);
    return query_run(store, query);
}

/* --- doubt --- */

/* Whether the home may go on from what the file says. 0 is a home that has no number: of an earlier
 * version, or made where no file could be written. */
static garita_doubt compare(const struct generation *file, int64_t own)
{
    switch (file->kind) {
    case GENERATION_ABSENT:
        return own == 0 ? GARITA_DOUBT_NONE : GARITA_DOUBT_MISSING;
    case GENERATION_SOUND:
        if (own == file->done || own == file->next)
            return GARITA_DOUBT_NONE;
        return own < file->next ? GARITA_DOUBT_OLDER : GARITA_DOUBT_NEWER;
    case GENERATION_GARBLED:
        break;
    }
    return GARITA_DOUBT_UNREADABLE;
}

/* Both numbers, which belong together if the lock is held or nobody signs. */
struct numbers {
    int64_t own;
    struct generation file;
};

static garita_store_error read_numbers(garita_store *store, struct numbers *out, const char *state)
{
    garita_store_error error = read_own(store, &out->own);

    return error == GARITA_STORE_OK
               ? generation_read(&out->file, store->detail, state, store->home.id)
               : error;
}

/* What is known of this authority alone. */
static garita_store_error read_doubt(garita_store *store, garita_doubt *doubt,
                                     const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    int64_t is_in_doubt = 0;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_SIGNER_DOUBT);

    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, first_key, GARITA_PUBLIC_KEY_SIZE);
    error = read_number(store, &is_in_doubt, 0, query, 1);
    *doubt = is_in_doubt != 0 ? GARITA_DOUBT_PENDING : GARITA_DOUBT_NONE;
    return error;
}

garita_store_error garita_store_doubt(garita_store *store, garita_doubt *doubt, const char *state,
                                      const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    struct numbers numbers;

    assert(store->act == NULL);
    *doubt = GARITA_DOUBT_NONE;
    garita_store_error error = read_numbers(store, &numbers, state);
    if (error != GARITA_STORE_OK)
        return error;
    *doubt = compare(&numbers.file, numbers.own);
    /* Perhaps of before and after another process's act. */
    if (*doubt == GARITA_DOUBT_OLDER || *doubt == GARITA_DOUBT_NEWER) {
        struct generation_lock *lock;
        error = generation_lock(&lock, store->detail, state, store->home.id);
        if (error == GARITA_STORE_OK)
            error = read_numbers(store, &numbers, state);
        generation_unlock(lock);
        /* Where nothing can be locked, nothing can be signed either. */
        if (error == GARITA_STORE_COUNTER)
            return GARITA_STORE_OK;
        if (error != GARITA_STORE_OK)
            return error;
        *doubt = compare(&numbers.file, numbers.own);
    }
    return *doubt == GARITA_DOUBT_NONE ? read_doubt(store, doubt, first_key) : GARITA_STORE_OK;
}

/* --- an act --- */

static int64_t random_step(void)
{
    uint32_t random;

    sqlite3_randomness(sizeof random, &random);
    return 1 + random % STEP_MAX;
}

garita_store_error garita_store_make_counter(garita_store *store, const char *state)
{
    struct generation_lock *lock;
    struct numbers numbers;
    garita_store_error error = garita_store_begin(store);

    if (error != GARITA_STORE_OK)
        return error;
    error = generation_lock(&lock, store->detail, state, store->home.id);
    if (error == GARITA_STORE_OK)
        error = read_numbers(store, &numbers, state);
    if (error == GARITA_STORE_OK && numbers.own == 0 && numbers.file.kind == GENERATION_ABSENT) {
        /* From the beginning the home has a number: a copy of it that signed nothing yet is in doubt
         * too. The file fits before the commit and after. */
        int64_t number = random_step();
        error = write_own(store, number);
        if (error == GARITA_STORE_OK)
            error = generation_write(lock, store->detail, 0, number);
        if (error == GARITA_STORE_OK)
            error = garita_store_commit(store);
        if (error == GARITA_STORE_OK)
            error = generation_write(lock, store->detail, number, number);
    }
    garita_store_rollback(store);
    generation_unlock(lock);
    return error;
}

void signing_end(garita_store *store)
{
    if (store->act == NULL)
        return;
    generation_unlock(store->act->lock);
    free(store->act);
    store->act = NULL;
}

/* In the transaction: takes the counter, and finds out whether there is a doubt. */
static garita_store_error take_counter(garita_store *store, garita_doubt *doubt, const char *state,
                                       const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    struct signing_act *act = store->act;
    struct numbers numbers;
    garita_store_error error = generation_lock(&act->lock, store->detail, state, store->home.id);

    if (error == GARITA_STORE_OK)
        error = read_numbers(store, &numbers, state);
    if (error != GARITA_STORE_OK)
        return error;
    *doubt = compare(&numbers.file, numbers.own);
    if (*doubt == GARITA_DOUBT_NONE)
        error = read_doubt(store, doubt, first_key);
    if (error != GARITA_STORE_OK || *doubt != GARITA_DOUBT_NONE)
        return error;
    act->own = numbers.own;
    /* Beyond the number of an act that a crash cut short. */
    act->next = (numbers.own > numbers.file.next ? numbers.own : numbers.file.next) + random_step();
    return act->next <= GENERATION_MAX
               ? GARITA_STORE_OK
               : query_damaged(store, "the numbers of acts of signing are used up");
}

garita_store_error garita_store_sign_begin(garita_store *store, garita_doubt *doubt,
                                           const char *state,
                                           const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    assert(store->act == NULL);

    *doubt = GARITA_DOUBT_NONE;
    struct signing_act *act = calloc(1, sizeof *act);
    if (act == NULL)
        return GARITA_STORE_NO_MEMORY;
    garita_store_error error = garita_store_begin(store);
    store->act = act;
    if (error == GARITA_STORE_OK)
        error = take_counter(store, doubt, state, first_key);
    if (error == GARITA_STORE_OK && *doubt == GARITA_DOUBT_NONE)
        error = garita_store_note_signer(store, first_key);
    if (error != GARITA_STORE_OK || *doubt != GARITA_DOUBT_NONE)
        garita_store_rollback(store);
    return error;
}

garita_store_error garita_store_sign_commit(garita_store *store, bool *is_kept)
{
    const struct signing_act *act = store->act;

    assert(act != NULL);
    *is_kept = false;
    garita_store_error error = write_own(store, act->next);
    if (error == GARITA_STORE_OK)
        error = generation_write(act->lock, store->detail, act->own, act->next);
    if (error == GARITA_STORE_OK)
        error = garita_store_commit(store);
    if (error != GARITA_STORE_OK) {
        garita_store_rollback(store);
        return error;
    }
    *is_kept = true;
    error = generation_write(act->lock, store->detail, act->next, act->next);
    signing_end(store);
    return error;
}

garita_store_error garita_store_settle(garita_store *store, const char *state)
{
    struct generation_lock *lock;
    struct numbers numbers;

    assert(sqlite3_get_autocommit(store->db));
    garita_store_error error = read_numbers(store, &numbers, state);
    if (error != GARITA_STORE_OK || numbers.file.kind != GENERATION_SOUND ||
        numbers.file.done == numbers.file.next)
        return error;
    /* Cut short, or under way: the lock tells. */
    error = generation_lock(&lock, store->detail, state, store->home.id);
    if (error == GARITA_STORE_OK)
        error = read_numbers(store, &numbers, state);
    if (error == GARITA_STORE_OK && numbers.file.kind == GENERATION_SOUND &&
        numbers.own == numbers.file.next && numbers.file.done != numbers.file.next)
        error = generation_write(lock, store->detail, numbers.own, numbers.own);
    generation_unlock(lock);
    return error;
}

/* --- confirming --- */

garita_store_error garita_store_note_signer(garita_store *store,
                                            const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    assert(!sqlite3_get_autocommit(store->db));

    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_SIGNER_NOTE);
    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, first_key, GARITA_PUBLIC_KEY_SIZE);
    return query_run(store, query);
}

static garita_store_error is_noted(garita_store *store, bool *out,
                                   const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_SIGNER_DOUBT);

    *out = false;
    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, first_key, GARITA_PUBLIC_KEY_SIZE);
    error = query_step(store, out, query);
    query_end(query);
    return error;
}

/* The home takes up the number that the file has, or 0 where there is none, and what it doubted as
 * a whole it doubts of each authority. Of an act that another copy has begun it takes up the number
 * before: when that act is completed, and whenever the file moves on otherwise, there is doubt
 * again. */
static garita_store_error take_up(garita_store *store, const struct generation *file,
                                  const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    garita_store_error error = write_own(store, file->kind == GENERATION_SOUND ? file->done : 0);
    sqlite3_stmt *query =
        error == GARITA_STORE_OK ? query_start(store, &error, QUERY_SIGNER_DOUBT_OTHERS) : NULL;

    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, first_key, GARITA_PUBLIC_KEY_SIZE);
    return query_run(store, query);
}

garita_store_error garita_store_confirm(garita_store *store, bool *was_in_doubt, const char *state,
                                        const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                                        uint32_t issued)
{
    struct numbers numbers;
    garita_doubt doubt;
    bool is_own;

    assert(!sqlite3_get_autocommit(store->db));
    *was_in_doubt = false;
    garita_store_error error = is_noted(store, &is_own, first_key);
    if (error != GARITA_STORE_OK || !is_own)
        return error;
    error = read_numbers(store, &numbers, state);
    if (error != GARITA_STORE_OK)
        return error;
    doubt = compare(&numbers.file, numbers.own);
    if (doubt == GARITA_DOUBT_UNREADABLE)
        return GARITA_STORE_OK;
    if (doubt != GARITA_DOUBT_NONE)
        error = take_up(store, &numbers.file, first_key);
    else
        error = read_doubt(store, &doubt, first_key);
    if (error != GARITA_STORE_OK || doubt == GARITA_DOUBT_NONE)
        return error;

    *was_in_doubt = true;
    sqlite3_stmt *query = query_start(store, &error, QUERY_SIGNER_CONFIRM);
    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, first_key, GARITA_PUBLIC_KEY_SIZE);
    query_bind_number(query, 2, issued);
    query_bind_number(query, 3, GARITA_RESTORED_GAP);
    return query_run(store, query);
}

garita_store_error garita_store_reserve(garita_store *store,
                                        const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                                        uint32_t issued)
{
    assert(!sqlite3_get_autocommit(store->db));

    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_SIGNER_RESERVE);
    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, first_key, GARITA_PUBLIC_KEY_SIZE);
    query_bind_number(query, 2, issued);
    query_bind_number(query, 3, GARITA_RESTORED_GAP);
    return query_run(store, query);
}

garita_store_error garita_store_issued(garita_store *store, uint32_t *out,
                                       const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    int64_t serial = 0;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_REGISTER_LAST);

    *out = 0;
    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, first_key, GARITA_PUBLIC_KEY_SIZE);
    error = read_number(store, &serial, 0, query, GARITA_SERIAL_MAX);
    *out = (uint32_t)serial;
    return error;
}

garita_store_error garita_store_get_type(garita_store *store, garita_type *out,
                                         const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                                         uint32_t serial)
{
    int64_t type = 0;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_REGISTER_TYPE);

    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, first_key, GARITA_PUBLIC_KEY_SIZE);
    query_bind_number(query, 2, serial);
    error = read_number(store, &type, 0, query, GARITA_TYPE_NODE);
    if (error != GARITA_STORE_OK)
        return error;
    *out = (garita_type)type;
    return type != 0 ? GARITA_STORE_OK : GARITA_STORE_ABSENT;
}
