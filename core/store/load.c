#include <garita/authority.h>

#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "pins.h"

/* Statements, copied out of the rows. */
struct list {
    uint8_t (*copies)[GARITA_AUTHORITY_BYTES_MAX];
    size_t *lens;
    size_t count, cap;
};

static void list_free(struct list *list)
{
    free(list->copies);
    free(list->lens);
}

static bool list_grow(struct list *list)
{
    size_t cap = list->cap == 0 ? 16 : list->cap * 2;
    void *copies = realloc(list->copies, cap * sizeof *list->copies);

    if (copies == NULL)
        return false;
    list->copies = copies;
    void *lens = realloc(list->lens, cap * sizeof *list->lens);
    if (lens == NULL)
        return false;
    list->lens = lens;
    list->cap = cap;
    return true;
}

static bool list_add(struct list *list, const uint8_t *bytes, size_t bytes_len)
{
    if (list->count == list->cap && !list_grow(list))
        return false;
    memcpy(list->copies[list->count], bytes, bytes_len);
    list->lens[list->count++] = bytes_len;
    return true;
}

/* What a load works with. */
struct loader {
    garita_store *store;
    garita_trust *trust;
    garita_store_on_misfit on_misfit;
    void *context;
    struct list statements;
    size_t trusted_count;    /* of statements; those behind are the register's */
    struct list own_anchors; /* the register's statements about this home's own anchors, */
    struct list own;         /* and those about all others */
    bool out_of_memory;
};

static void tell(const struct loader *loader, garita_error error, bool is_pin,
                 garita_bytes statement)
{
    garita_store_misfit misfit = {error, is_pin, statement.at, statement.len};

    loader->on_misfit(loader->context, &misfit);
}

static garita_bytes list_get(const struct list *list, size_t index)
{
    return (garita_bytes){list->copies[index], list->lens[index]};
}

/* Of an anchor's statements the one that is in force longer: those of one key bind it to one name
 * and country, whatever they say of its end. */
static bool is_longer(garita_bytes statement, garita_bytes than)
{
    garita_authority one, other;

    return garita_authority_inspect(&one, NULL, NULL, statement.at, statement.len) == GARITA_OK &&
           garita_authority_inspect(&other, NULL, NULL, than.at, than.len) == GARITA_OK &&
           memcmp(one.public_key, other.public_key, GARITA_PUBLIC_KEY_SIZE) == 0 &&
           one.expires > other.expires;
}

/* Where this home has renewed its own anchor, the renewal counts for what it signs, before anybody
 * has pinned it. */
static garita_bytes renewed(const struct loader *loader, garita_bytes statement)
{
    for (size_t i = 0; i < loader->own_anchors.count; i++)
        if (is_longer(list_get(&loader->own_anchors, i), statement))
            statement = list_get(&loader->own_anchors, i);
    return statement;
}

static garita_store_error take_pin(struct loader *loader, garita_bytes statement,
                                   const garita_scope *scope)
{
    garita_bytes newest = renewed(loader, statement);
    garita_error why = garita_trust_pin(loader->trust, NULL, NULL, scope, newest.at, newest.len);

    if (why != GARITA_OK && newest.at != statement.at)
        why = garita_trust_pin(loader->trust, NULL, NULL, scope, statement.at, statement.len);
    if (why == GARITA_E_NO_MEMORY)
        return GARITA_STORE_NO_MEMORY;
    if (why != GARITA_OK)
        tell(loader, why, true, statement);
    return GARITA_STORE_OK;
}

static garita_store_error load_pins(struct loader *loader)
{
    garita_store *store = loader->store;
    garita_bytes statement;
    garita_scope scope;
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_PINS);

    if (query == NULL)
        return error;
    while ((error = query_step(store, &has_row, query)) == GARITA_STORE_OK && has_row) {
        error = pins_read(store, query, &statement, &scope);
        if (error == GARITA_STORE_OK)
            error = take_pin(loader, statement, &scope);
        if (error != GARITA_STORE_OK)
            break;
    }
    query_end(query);
    return error;
}

static bool collect(void *context, const uint8_t *bytes, size_t bytes_len)
{
    struct loader *loader = context;

    loader->out_of_memory = !list_add(&loader->statements, bytes, bytes_len);
    return !loader->out_of_memory;
}

static garita_store_error collect_trusted(struct loader *loader)
{
    garita_store_error error = garita_store_each_trusted(loader->store, collect, loader);

    loader->trusted_count = loader->statements.count;
    return loader->out_of_memory ? GARITA_STORE_NO_MEMORY : error;
}

/* Takes one authority statement of the register. */
static garita_store_error take_own(struct loader *loader, garita_bytes statement)
{
    garita_authority authority;

    if (garita_authority_inspect(&authority, NULL, NULL, statement.at, statement.len) != GARITA_OK)
        return query_damaged(loader->store,
                             "an authority statement of the register cannot be read");
    bool is_anchor = authority.self_issued && authority.key_number == 1;
    return list_add(is_anchor ? &loader->own_anchors : &loader->own, statement.at, statement.len)
               ? GARITA_STORE_OK
               : GARITA_STORE_NO_MEMORY;
}

static garita_store_error collect_own(struct loader *loader)
{
    garita_store *store = loader->store;
    garita_bytes statement;
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_OWN_AUTHORITIES);

    if (query == NULL)
        return error;
    while ((error = query_step(store, &has_row, query)) == GARITA_STORE_OK && has_row) {
        if (!query_bytes(query, 0, &statement.at, &statement.len, GARITA_AUTHORITY_BYTES_MAX))
            error = query_damaged(store, "an authority statement of the register cannot be read");
        else
            error = take_own(loader, statement);
        if (error != GARITA_STORE_OK)
            break;
    }
    query_end(query);
    return error;
}

/* Pins this home's own anchors that nobody pinned, as by default. */
static garita_store_error pin_own(struct loader *loader)
{
    for (size_t i = 0; i < loader->own_anchors.count; i++) {
        garita_bytes statement = renewed(loader, list_get(&loader->own_anchors, i));
        garita_authority authority;
        garita_scope scope;
        if (garita_authority_inspect(&authority, NULL, NULL, statement.at, statement.len) !=
            GARITA_OK)
            continue;
        garita_pin_default(&scope, authority.country);
        if (garita_trust_pin(loader->trust, NULL, NULL, &scope, statement.at, statement.len) ==
            GARITA_E_NO_MEMORY)
            return GARITA_STORE_NO_MEMORY;
    }
    return GARITA_STORE_OK;
}

/* Puts the register's other statements behind those that are trusted. */
static garita_store_error add_own(struct loader *loader)
{
    for (size_t i = 0; i < loader->own.count; i++) {
        garita_bytes statement = list_get(&loader->own, i);
        if (!list_add(&loader->statements, statement.at, statement.len))
            return GARITA_STORE_NO_MEMORY;
    }
    return pin_own(loader);
}

static garita_store_error load_statements(struct loader *loader)
{
    const struct list *list = &loader->statements;
    garita_bytes *statements = calloc(list->count + 1, sizeof *statements);
    garita_error *errors = calloc(list->count + 1, sizeof *errors);
    garita_store_error error = GARITA_STORE_NO_MEMORY;

    if (statements == NULL || errors == NULL)
        goto done;
    for (size_t i = 0; i < list->count; i++) {
        statements[i] = (garita_bytes){list->copies[i], list->lens[i]};
        /* What stays of it is of those that a full set was never asked for. */
        errors[i] = GARITA_E_FULL;
    }
    if (garita_trust_load(loader->trust, errors, statements, list->count) == GARITA_E_NO_MEMORY)
        goto done;
    for (size_t i = 0; i < loader->trusted_count; i++)
        if (errors[i] != GARITA_OK)
            tell(loader, errors[i], false, statements[i]);
    error = GARITA_STORE_OK;
done:
    free(statements);
    free(errors);
    return error;
}

static garita_store_error load(struct loader *loader, garita_trust **out, bool with_own)
{
    bool begun = false;
    garita_store_error error = GARITA_STORE_NO_MEMORY;

    *out = NULL;
    if (garita_trust_new(&loader->trust) != GARITA_OK)
        return error;
    error = query_hold(loader->store, &begun);
    if (error == GARITA_STORE_OK && with_own)
        error = collect_own(loader);
    if (error == GARITA_STORE_OK)
        error = load_pins(loader);
    if (error == GARITA_STORE_OK)
        error = collect_trusted(loader);
    if (error == GARITA_STORE_OK)
        error = add_own(loader);
    if (begun)
        garita_store_rollback(loader->store);
    if (error == GARITA_STORE_OK)
        error = load_statements(loader);
    list_free(&loader->statements);
    list_free(&loader->own_anchors);
    list_free(&loader->own);
    if (error != GARITA_STORE_OK) {
        garita_trust_free(loader->trust);
        return error;
    }
    *out = loader->trust;
    return GARITA_STORE_OK;
}

garita_store_error garita_store_load_trust(garita_store *store, garita_trust **out,
                                           garita_store_on_misfit on_misfit, void *context)
{
    struct loader loader = {.store = store, .on_misfit = on_misfit, .context = context};

    return load(&loader, out, false);
}

garita_store_error garita_store_load_signers(garita_store *store, garita_trust **out,
                                             garita_store_on_misfit on_misfit, void *context)
{
    struct loader loader = {.store = store, .on_misfit = on_misfit, .context = context};

    return load(&loader, out, true);
}
