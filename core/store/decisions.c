#include <garita/store_decisions.h>

#include <assert.h>
#include <string.h>

#include "internal.h"

static_assert(GARITA_DECISION_HOME_SIZE == GARITA_HOME_ID_SIZE, "a log is named by its home");

/* --- places --- */

/* Reads a position and a hash from the first columns of a row. */
static bool read_place(sqlite3_stmt *row, garita_decision_place *out)
{
    int64_t position;
    const uint8_t *hash;
    size_t hash_len;

    if (!query_number(row, 0, &position, 0, GARITA_DECISIONS_MAX) ||
        !query_bytes(row, 1, &hash, &hash_len, GARITA_HASH_SIZE) || hash_len != GARITA_HASH_SIZE)
        return false;
    out->position = (uint64_t)position;
    memcpy(out->hash.bytes, hash, GARITA_HASH_SIZE);
    return true;
}

/* Runs a query for one place whose parameters are bound; ABSENT. */
static garita_store_error get_place(garita_store *store, garita_decision_place *out,
                                    sqlite3_stmt *query)
{
    bool has_row;
    garita_store_error error = query_step(store, &has_row, query);

    if (error == GARITA_STORE_OK && !has_row)
        error = GARITA_STORE_ABSENT;
    else if (error == GARITA_STORE_OK && !read_place(query, out))
        error = query_damaged(store, "a place in the log of decisions cannot be read");
    query_end(query);
    return error;
}

garita_store_error garita_store_decisions_base(garita_store *store, garita_decision_place *out)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_DECISION_BASE);

    garita_decision_begin(out, store->home.id);
    if (query == NULL)
        return error;
    error = get_place(store, out, query);
    return error == GARITA_STORE_ABSENT ? GARITA_STORE_OK : error;
}

garita_store_error garita_store_decisions_end(garita_store *store, garita_decision_place *out)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_DECISION_END);

    if (query == NULL)
        return error;
    error = get_place(store, out, query);
    return error == GARITA_STORE_ABSENT ? garita_store_decisions_base(store, out) : error;
}

/* --- adding --- */

garita_store_error garita_store_add_entry(garita_store *store, const uint8_t *entry,
                                          size_t entry_len)
{
    garita_decision decision;
    garita_decision_place place;
    garita_error flaw = garita_decision_read(&decision, NULL, entry, entry_len);

    assert(flaw == GARITA_OK && !sqlite3_get_autocommit(store->db));
    (void)flaw;
    garita_store_error error = garita_store_decisions_end(store, &place);
    if (error != GARITA_STORE_OK)
        return error;
    if (place.position == GARITA_DECISIONS_MAX)
        return query_damaged(store, "the log of decisions has no end");
    garita_decision_advance(&place, entry, entry_len);

    sqlite3_stmt *query = query_start(store, &error, QUERY_DECISION_ADD);
    if (query == NULL)
        return error;
    query_bind_number(query, 1, (int64_t)place.position);
    query_bind_number(query, 2, decision.has_moment ? decision.moment : -1);
    query_bind_bytes(query, 3, entry, entry_len);
    query_bind_bytes(query, 4, place.hash.bytes, GARITA_HASH_SIZE);
    return query_run(store, query);
}

garita_store_error garita_store_add_decision(garita_store *store, const garita_decision *decision)
{
    uint8_t entry[GARITA_DECISION_BYTES_MAX];
    size_t entry_len;
    garita_error flaw = garita_decision_write(entry, &entry_len, decision);

    assert(flaw == GARITA_OK);
    (void)flaw;
    return garita_store_add_entry(store, entry, entry_len);
}

/* --- reading --- */

garita_store_error garita_store_each_decision(garita_store *store,
                                              garita_store_visit_decision visit, void *context,
                                              uint64_t after, uint64_t count)
{
    garita_stored_decision decision;
    bool has_row;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_DECISIONS);

    if (query == NULL)
        return error;
    query_bind_number(query, 1, (int64_t)after);
    query_bind_number(query, 2, (int64_t)count);
    while ((error = query_step(store, &has_row, query)) == GARITA_STORE_OK && has_row) {
        if (!read_place(query, &decision.place) ||
            !query_number(query, 2, &decision.moment, -1, INT64_MAX) ||
            !query_bytes(query, 3, &decision.entry, &decision.entry_len,
                         GARITA_DECISION_BYTES_MAX)) {
            error = query_damaged(store, "an entry of the log of decisions cannot be read");
            break;
        }
        if (!visit(context, &decision))
            break;
    }
    query_end(query);
    return error;
}

/* --- tips --- */

static garita_store_error get_tip(garita_store *store, garita_stored_tip *out, sqlite3_stmt *query)
{
    int64_t position;
    const uint8_t *bytes;
    bool has_row;
    garita_store_error error = query_step(store, &has_row, query);

    *out = (garita_stored_tip){0};
    if (error == GARITA_STORE_OK && !has_row) {
        error = GARITA_STORE_ABSENT;
    } else if (error == GARITA_STORE_OK) {
        if (!query_number(query, 0, &position, 0, GARITA_DECISIONS_MAX) ||
            !query_number(query, 1, &out->signed_at, 0, GARITA_MOMENT_MAX) ||
            !query_bytes(query, 2, &bytes, &out->len, sizeof out->bytes)) {
            error = query_damaged(store, "a tip of the log of decisions cannot be read");
        } else {
            out->position = (uint64_t)position;
            memcpy(out->bytes, bytes, out->len);
        }
    }
    query_end(query);
    return error;
}

/* The last tip of an entry at this position or before it. */
static garita_store_error tip_up_to(garita_store *store, garita_stored_tip *out, uint64_t position)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_TIP_UP_TO);

    if (query == NULL)
        return error;
    query_bind_number(query, 1, (int64_t)position);
    return get_tip(store, out, query);
}

garita_store_error garita_store_newest_tip(garita_store *store, garita_stored_tip *out)
{
    garita_decision_place end;
    garita_store_error error = garita_store_decisions_end(store, &end);

    /* One behind the end of the log tells of a tail that was cut, and is nobody's newest. */
    return error == GARITA_STORE_OK ? tip_up_to(store, out, end.position) : error;
}

garita_store_error garita_store_tip_is_due(garita_store *store, bool *out, int64_t now)
{
    garita_decision_place end;
    garita_stored_tip tip;
    garita_store_error error = garita_store_decisions_end(store, &end);

    *out = false;
    if (error == GARITA_STORE_OK)
        error = tip_up_to(store, &tip, end.position);
    if (error == GARITA_STORE_OK)
        /* Behind an hour or ahead of one: the clock may have been set back. */
        *out = tip.position < end.position && (now - tip.signed_at >= GARITA_TIP_EVERY_S ||
                                               tip.signed_at - now >= GARITA_TIP_EVERY_S);
    else if (error == GARITA_STORE_ABSENT)
        *out = end.position > 0;
    return error == GARITA_STORE_ABSENT ? GARITA_STORE_OK : error;
}

/* Whether two tips were signed for one history. */
static bool tips_agree(const garita_stored_tip *a, const garita_stored_tip *b)
{
    garita_tip one, other;

    return garita_tip_inspect(&one, NULL, NULL, a->bytes, a->len) == GARITA_OK &&
           garita_tip_inspect(&other, NULL, NULL, b->bytes, b->len) == GARITA_OK &&
           garita_hash_equal(&one.place.hash, &other.place.hash);
}

garita_store_error garita_store_add_tip(garita_store *store, const garita_stored_tip *tip)
{
    garita_stored_tip known;

    assert(!sqlite3_get_autocommit(store->db));
    garita_store_error error = tip_up_to(store, &known, tip->position);
    /* What shows that the log was rewritten is not lost to the rewritten log. */
    if (error == GARITA_STORE_OK && known.position == tip->position && !tips_agree(&known, tip))
        return GARITA_STORE_OK;
    if (error != GARITA_STORE_OK && error != GARITA_STORE_ABSENT)
        return error;

    sqlite3_stmt *query = query_start(store, &error, QUERY_TIP_ADD);
    if (query == NULL)
        return error;
    query_bind_number(query, 1, (int64_t)tip->position);
    query_bind_number(query, 2, tip->signed_at);
    query_bind_bytes(query, 3, tip->bytes, tip->len);
    return query_run(store, query);
}

/* --- retention --- */

garita_store_error garita_store_find_prunable(garita_store *store, garita_decision_place *out,
                                              int64_t keep_from, int64_t latest)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_DECISION_PRUNABLE);

    if (query == NULL)
        return error;
    query_bind_number(query, 1, keep_from);
    query_bind_number(query, 2, latest);
    return get_place(store, out, query);
}

static garita_store_error run_with_place(garita_store *store, enum query_id id,
                                         const garita_decision_place *place)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, id);

    if (query == NULL)
        return error;
    query_bind_number(query, 1, (int64_t)place->position);
    if (id == QUERY_DECISION_BASE_SET)
        query_bind_bytes(query, 2, place->hash.bytes, GARITA_HASH_SIZE);
    return query_run(store, query);
}

garita_store_error garita_store_prune_decisions(garita_store *store,
                                                const garita_decision_place *place)
{
    assert(!sqlite3_get_autocommit(store->db));
    garita_store_error error = run_with_place(store, QUERY_DECISION_PRUNE, place);
    if (error == GARITA_STORE_OK)
        error = run_with_place(store, QUERY_TIP_PRUNE, place);
    if (error == GARITA_STORE_OK)
        error = run_with_place(store, QUERY_DECISION_BASE_SET, place);
    return error;
}
