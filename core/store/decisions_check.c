/* One pass over the entries, with the tips, in order of position, beside it. */
#include <garita/store_decisions.h>

#include <string.h>

#include "internal.h"

static const struct {
    const char *name;
    const char *text;
} flaws[] = {
#define FLAW_ROW(constant, name, text) {name, text},
    GARITA_DECISION_FLAWS(FLAW_ROW)
#undef FLAW_ROW
};

const char *garita_decision_flaw_name(garita_decision_flaw_kind kind)
{
    return flaws[kind].name;
}

const char *garita_decision_flaw_text(garita_decision_flaw_kind kind)
{
    return flaws[kind].text;
}

struct check {
    garita_store *store;
    garita_decision_check *out;
    garita_store_on_flaw on_flaw;
    void *context;
    const uint8_t *node_key;
    const garita_tip *given; /* null once it has been met */

    garita_decision_flaw pending; /* may yet grow; of kind and position 0: there is none */
    bool has_pending;
    bool is_other; /* the last tip that the home keeps was of another history */
    bool is_start_signed;
    uint64_t pruned_at; /* the entry that says that the log begins where it does; 0: none yet */

    sqlite3_stmt *tips;
    bool has_tip; /* the next one that the home keeps stands below */
    uint64_t tip_position;
    bool tip_is_good;
    garita_tip tip;
};

/* --- what is found --- */

static void tell_pending(struct check *check)
{
    if (!check->has_pending)
        return;
    check->has_pending = false;
    check->out->flaws++;
    check->on_flaw(check->context, &check->pending);
}

static void found(struct check *check, const garita_decision_flaw *flaw)
{
    garita_decision_flaw *pending = &check->pending;

    if (check->has_pending && !flaw->has_tip && !pending->has_tip && pending->kind == flaw->kind &&
        pending->last + 1 == flaw->first) {
        pending->last = flaw->last;
        return;
    }
    tell_pending(check);
    *pending = *flaw;
    check->has_pending = true;
}

static void found_entries(struct check *check, garita_decision_flaw_kind kind, uint64_t first,
                          uint64_t last)
{
    found(check, &(garita_decision_flaw){.kind = kind, .first = first, .last = last});
}

static void found_by_tip(struct check *check, garita_decision_flaw_kind kind, uint64_t first,
                         const garita_tip *tip, bool is_given)
{
    found(check, &(garita_decision_flaw){.kind = kind,
                                         .first = first,
                                         .last = tip->place.position,
                                         .has_tip = true,
                                         .is_given = is_given,
                                         .signed_at = tip->signed_at});
}

/* --- tips --- */

/* Whether the bytes are a tip of this home, at that position and time. */
static bool tip_is_ours(const struct check *check, garita_tip *tip, const uint8_t *bytes,
                        size_t len)
{
    garita_error error = check->node_key != NULL
                             ? garita_tip_verify(tip, check->node_key, bytes, len)
                             : garita_tip_inspect(tip, NULL, NULL, bytes, len);

    return error == GARITA_OK && memcmp(tip->home, check->store->home.id, sizeof tip->home) == 0;
}

/* Moves on to the next tip that the home keeps. */
static garita_store_error next_tip(struct check *check)
{
    int64_t position, signed_at;
    const uint8_t *bytes = NULL;
    size_t len = 0;
    garita_store_error error = query_step(check->store, &check->has_tip, check->tips);

    if (error != GARITA_STORE_OK || !check->has_tip)
        return error;
    if (!query_number(check->tips, 0, &position, 0, GARITA_DECISIONS_MAX))
        return query_damaged(check->store, "a tip of the log of decisions cannot be read");
    check->tip_position = (uint64_t)position;
    check->tip_is_good = query_number(check->tips, 1, &signed_at, 0, GARITA_MOMENT_MAX) &&
                         query_bytes(check->tips, 2, &bytes, &len, GARITA_TIP_BYTES_MAX) &&
                         tip_is_ours(check, &check->tip, bytes, len) &&
                         check->tip.place.position == check->tip_position &&
                         check->tip.signed_at == signed_at;
    return GARITA_STORE_OK;
}

static bool tip_is_here(const struct check *check, const garita_tip *tip)
{
    return tip->place.position == check->out->end.position &&
           garita_hash_equal(&tip->place.hash, &check->out->end.hash);
}

static void meet_kept(struct check *check)
{
    garita_decision_check *out = check->out;
    const garita_tip *tip = &check->tip;

    if (!check->tip_is_good) {
        found_entries(check, GARITA_DECISION_FLAW_FORGED, check->tip_position, check->tip_position);
    } else if (tip_is_here(check, tip)) {
        check->is_start_signed |= tip->place.position == out->base.position;
        check->is_other = false;
        out->tips++;
        out->tip_at = tip->place.position;
        out->tip_signed = tip->signed_at;
    } else if (!check->is_other) {
        /* Every later one tells the same. */
        check->is_other = true;
        found_by_tip(check, GARITA_DECISION_FLAW_DIFFERS, out->tip_at + 1, tip, false);
    }
}

/* The tips of the place that the check has come to. One of an entry that is missing before it has
 * nothing to be compared with, and that entry has been told of. */
static garita_store_error meet_tips(struct check *check)
{
    garita_store_error error = GARITA_STORE_OK;
    uint64_t here = check->out->end.position;

    while (error == GARITA_STORE_OK && check->has_tip && check->tip_position <= here) {
        if (check->tip_position == here || !check->tip_is_good)
            meet_kept(check);
        error = next_tip(check);
    }
    if (check->given != NULL && check->given->place.position <= here) {
        check->out->given_is_good = tip_is_here(check, check->given);
        if (!check->out->given_is_good)
            found_by_tip(check, GARITA_DECISION_FLAW_DIFFERS, check->out->tip_at + 1, check->given,
                         true);
        check->given = NULL;
    }
    return error;
}

/* Those that are behind the last entry: it was not always the last. */
static garita_store_error meet_rest(struct check *check)
{
    uint64_t first_gone = check->out->end.position + 1;
    bool is_cut = false;
    garita_tip last = {0};
    garita_store_error error = GARITA_STORE_OK;

    while (error == GARITA_STORE_OK && check->has_tip) {
        if (!check->tip_is_good)
            meet_kept(check);
        else
            last = check->tip;
        is_cut |= check->tip_is_good;
        error = next_tip(check);
    }
    if (is_cut)
        found_by_tip(check, GARITA_DECISION_FLAW_CUT, first_gone, &last, false);
    if (check->given != NULL)
        found_by_tip(check, GARITA_DECISION_FLAW_CUT, first_gone, check->given, true);
    return error;
}

/* --- entries --- */

static garita_store_error check_entry(struct check *check, sqlite3_stmt *row)
{
    garita_decision_place *at = &check->out->end;
    int64_t position, moment;
    const uint8_t *stored_hash, *entry = NULL;
    size_t hash_len, entry_len = 0;
    garita_decision decision;

    if (!query_number(row, 0, &position, 1, GARITA_DECISIONS_MAX) ||
        !query_bytes(row, 1, &stored_hash, &hash_len, GARITA_HASH_SIZE) ||
        hash_len != GARITA_HASH_SIZE)
        return query_damaged(check->store, "an entry of the log of decisions has no place");
    if (!query_number(row, 2, &moment, -1, GARITA_MOMENT_MAX) ||
        !query_bytes(row, 3, &entry, &entry_len, GARITA_DECISION_BYTES_MAX))
        moment = -2; /* no entry's */

    uint64_t here = (uint64_t)position;
    bool is_next = here == at->position + 1;
    if (!is_next)
        found_entries(check, GARITA_DECISION_FLAW_MISSING, at->position + 1, here - 1);
    garita_decision_advance(at, entry, entry_len);
    at->position = here;
    /* Behind a gap the hash cannot be right, and says nothing new. */
    bool is_right = memcmp(at->hash.bytes, stored_hash, GARITA_HASH_SIZE) == 0 || !is_next;
    bool is_read =
        moment >= -1 && garita_decision_read(&decision, NULL, entry, entry_len) == GARITA_OK;
    if (!is_right || (is_read && moment != (decision.has_moment ? decision.moment : -1)))
        found_entries(check, GARITA_DECISION_FLAW_CHANGED, here, here);
    else if (!is_read)
        found_entries(check, GARITA_DECISION_FLAW_UNREADABLE, here, here);
    else if (decision.kind == GARITA_DECISION_PRUNED &&
             decision.pruned == check->out->base.position)
        check->pruned_at = here;
    /* The rest is checked by what is stored, so that one flaw is not every later entry's. */
    memcpy(at->hash.bytes, stored_hash, GARITA_HASH_SIZE);
    return GARITA_STORE_OK;
}

static garita_store_error check_entries(struct check *check)
{
    bool has_row;
    garita_store_error error;
    sqlite3_stmt *query = query_start(check->store, &error, QUERY_DECISIONS);

    if (query == NULL)
        return error;
    query_bind_number(query, 1, (int64_t)check->out->base.position);
    query_bind_number(query, 2, INT64_MAX);
    while ((error = query_step(check->store, &has_row, query)) == GARITA_STORE_OK && has_row) {
        error = check_entry(check, query);
        if (error == GARITA_STORE_OK)
            error = meet_tips(check);
        if (error != GARITA_STORE_OK)
            break;
    }
    query_end(query);
    return error;
}

/* The place before the first entry, and what is said of it. */
static garita_store_error check_base(struct check *check)
{
    garita_decision_check *out = check->out;
    garita_store_error error = garita_store_decisions_base(check->store, &out->base);

    if (error != GARITA_STORE_OK)
        return error;
    out->end = out->base;
    out->tip_at = out->base.position; /* until a tip is met, for what differs to begin behind */
    if (check->given != NULL && check->given->place.position < out->base.position) {
        found_by_tip(check, GARITA_DECISION_FLAW_TOO_OLD, check->given->place.position,
                     check->given, true);
        check->given = NULL;
    }
    query_bind_number(check->tips, 1, (int64_t)out->base.position);
    error = next_tip(check);
    if (error == GARITA_STORE_OK)
        error = meet_tips(check);
    return error;
}

/* What stood before is gone by somebody's right if a tip vouches for the place, and if the log says
 * so itself, in an entry that a tip vouches for too: any hour's tip vouches for a place. */
static void check_start(struct check *check)
{
    uint64_t base = check->out->base.position;

    if (base > 0 && (!check->is_start_signed || check->pruned_at == 0 ||
                     check->pruned_at > check->out->tip_at))
        found_entries(check, GARITA_DECISION_FLAW_START, base, base);
}

static void check_home(struct check *check)
{
    if (check->given == NULL ||
        memcmp(check->given->home, check->store->home.id, sizeof check->given->home) == 0)
        return;
    found_by_tip(check, GARITA_DECISION_FLAW_FORGED, check->given->place.position, check->given,
                 true);
    check->given = NULL;
}

garita_store_error garita_store_check_decisions(garita_store *store, garita_decision_check *out,
                                                garita_store_on_flaw on_flaw, void *context,
                                                const uint8_t *node_key, const garita_tip *given)
{
    struct check check = {.store = store,
                          .out = out,
                          .on_flaw = on_flaw,
                          .context = context,
                          .node_key = node_key,
                          .given = given};
    bool begun = false;

    *out = (garita_decision_check){0};
    garita_store_error error = query_hold(store, &begun);
    if (error == GARITA_STORE_OK)
        check.tips = query_start(store, &error, QUERY_TIPS);
    if (error == GARITA_STORE_OK) {
        check_home(&check);
        error = check_base(&check);
    }
    if (error == GARITA_STORE_OK)
        error = check_entries(&check);
    if (error == GARITA_STORE_OK)
        error = meet_rest(&check);
    if (error == GARITA_STORE_OK) {
        check_start(&check);
        tell_pending(&check);
    }
    if (check.tips != NULL)
        query_end(check.tips);
    if (begun)
        garita_store_rollback(store);
    return error;
}
