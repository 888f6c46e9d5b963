#include <garita/book.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A log, and for whom its head speaks: whoever has the log's first key may have signed it. */
typedef struct state {
    struct state *next; /* in its group */
    garita_log log;
    bool is_other; /* it is of no chain in the trust set */
    bool is_by[];  /* by the places in the group: whether the head was signed with a key of that
                      seat.  One that is lost may have been */
} state;

/* An authority: all its records have the one log. */
typedef struct seat {
    garita_hash id;                 /* of its log */
    const garita_issuer *authority; /* one of its records */
    state *state;                   /* with its log; null: none is known */
    uint32_t group, place;          /* among those with its first key */
    /* once the book is settled */
    bool counts;             /* the head of its own log does */
    const garita_log *known; /* with the newest head that counts for it */
} seat;

/* The seats with one first key: an authority that was certified in several places. */
typedef struct group {
    const uint8_t *first_key;
    uint32_t seat_count;
    state *states;
} group;

struct garita_book {
    const garita_trust *trust;
    size_t seat_count, log_count, group_count;
    seat *seats;       /* in the order of their first records */
    uint32_t *seat_of; /* by the index of a record */
    uint32_t *slots;   /* seats by log id: the seat's number + 1, 0 for an empty slot */
    size_t slot_count; /* a power of two, more than there are seats */
    group *groups;     /* by first key, ascending */
    garita_log **logs; /* in the order in which they were put in */
    bool is_settled, knows_revoked;
    bool *revoked; /* by the index of a record, once it is known of all */
    garita_status_source status;
};

/* --- seats --- */

/* The slot of an id, or the empty one in which it would be. Ids can be ground, so that an authority
 * makes a long row of slots; its share of records bounds that. */
static uint32_t *slot_of(const garita_book *book, const garita_hash *id)
{
    size_t at;
    memcpy(&at, id->bytes, sizeof at);
    for (;; at++) {
        uint32_t *slot = &book->slots[at & (book->slot_count - 1)];
        if (*slot == 0 || garita_hash_equal(&book->seats[*slot - 1].id, id))
            return slot;
    }
}

static void seat_records(garita_book *book)
{
    for (size_t i = 0; i < garita_trust_count(book->trust); i++) {
        const garita_issuer *record = garita_trust_get(book->trust, i);
        garita_hash id;
        garita_log_id(&id, record);
        uint32_t *slot = slot_of(book, &id);
        if (*slot == 0) {
            book->seats[book->seat_count] = (seat){.id = id, .authority = record};
            *slot = (uint32_t)++book->seat_count;
        }
        book->seat_of[i] = *slot - 1;
    }
}

/* A seat and its key, to be sorted by it. */
typedef struct keyed {
    const uint8_t *first_key;
    uint32_t seat;
} keyed;

static int by_first_key(const void *left, const void *right)
{
    const keyed *a = left, *b = right;
    int order = memcmp(a->first_key, b->first_key, GARITA_PUBLIC_KEY_SIZE);
    return order ? order : (a->seat > b->seat) - (a->seat < b->seat);
}

static bool group_seats(garita_book *book)
{
    keyed *seats = calloc(book->seat_count + 1, sizeof *seats); /* never of 0 */
    if (!seats)
        return false;
    for (uint32_t i = 0; i < book->seat_count; i++)
        seats[i] = (keyed){book->seats[i].authority->first_key, i};
    qsort(seats, book->seat_count, sizeof *seats, by_first_key);
    for (size_t i = 0; i < book->seat_count; i++) {
        if (i == 0 ||
            memcmp(seats[i].first_key, seats[i - 1].first_key, GARITA_PUBLIC_KEY_SIZE) != 0)
            book->groups[book->group_count++].first_key = seats[i].first_key;
        seat *s = &book->seats[seats[i].seat];
        s->group = (uint32_t)book->group_count - 1;
        s->place = book->groups[s->group].seat_count++;
    }
    free(seats);
    return true;
}

static group *find_group(const garita_book *book, const uint8_t *first_key)
{
    size_t begin = 0, end = book->group_count;
    while (begin < end) {
        size_t middle = begin + (end - begin) / 2;
        int order = memcmp(book->groups[middle].first_key, first_key, GARITA_PUBLIC_KEY_SIZE);
        if (order == 0)
            return &book->groups[middle];
        if (order < 0)
            begin = middle + 1;
        else
            end = middle;
    }
    return NULL;
}

static const seat *find_seat(const garita_book *book, const garita_issuer *record)
{
    assert(garita_trust_get(book->trust, record->index) == record);
    return &book->seats[book->seat_of[record->index]];
}

/* --- the book --- */

static void look_up(const void *context, garita_status *out, const garita_issuer *authority,
                    uint32_t serial);

garita_error garita_book_new(garita_book **out, const garita_trust *trust)
{
    size_t count = garita_trust_count(trust);
    garita_book *book = calloc(1, sizeof *book);
    *out = NULL;
    if (!book)
        return GARITA_E_NO_MEMORY;
    book->trust = trust;
    book->status = (garita_status_source){book, look_up};
    book->slot_count = 1;
    while (book->slot_count < 2 * count + 1)
        book->slot_count *= 2;
    book->seats = calloc(count + 1, sizeof *book->seats); /* never of 0 */
    book->seat_of = calloc(count + 1, sizeof *book->seat_of);
    book->slots = calloc(book->slot_count, sizeof *book->slots);
    book->groups = calloc(count + 1, sizeof *book->groups);
    book->logs = calloc(count + 1, sizeof *book->logs);
    book->revoked = calloc(count + 1, sizeof *book->revoked);
    bool is_made =
        book->seats && book->seat_of && book->slots && book->groups && book->logs && book->revoked;
    if (is_made) {
        seat_records(book);
        is_made = group_seats(book);
    }
    if (!is_made) {
        garita_book_free(book);
        return GARITA_E_NO_MEMORY;
    }
    *out = book;
    return GARITA_OK;
}

void garita_book_free(garita_book *book)
{
    if (!book)
        return;
    for (size_t i = 0; i < book->group_count; i++) {
        for (state *next, *each = book->groups[i].states; each; each = next) {
            next = each->next;
            garita_log_end(&each->log);
            free(each);
        }
    }
    free(book->revoked);
    free(book->logs);
    free(book->groups);
    free(book->slots);
    free(book->seat_of);
    free(book->seats);
    free(book);
}

/* Whose keys signed the head: one check for each key in a row of records, as in head.c. */
static void find_signers(const garita_book *book, state *out, const group *g)
{
    const garita_log *log = &out->log;
    uint8_t scratch[GARITA_SCRATCH_SIZE(GARITA_HEAD_BYTES_MAX)];
    garita_peek peek;
    garita_verified verified;
    bool is_good = false, is_lost = log->is_damaged && !log->has_head;
    const garita_issuer *checked = NULL;
    for (size_t i = 0; i < g->seat_count; i++)
        out->is_by[i] = is_lost;
    if (!log->has_head || (g->seat_count == 1 && !out->is_other) ||
        garita_statement_peek(&peek, NULL, GARITA_TYPE_HEAD, log->head_bytes, log->head_len) !=
            GARITA_OK)
        return;
    for (const garita_issuer *r = NULL;
         (r = garita_trust_find(book->trust, r, &peek.signer, peek.key_number)) != NULL;) {
        if (memcmp(r->first_key, g->first_key, GARITA_PUBLIC_KEY_SIZE) != 0 ||
            !garita_scope_has_type(&r->scope, GARITA_TYPE_HEAD))
            continue;
        if (!checked || memcmp(checked->public_key, r->public_key, GARITA_PUBLIC_KEY_SIZE) != 0)
            is_good = garita_statement_verify(&verified, &peek, r->public_key, scratch,
                                              sizeof scratch) == GARITA_OK;
        checked = r;
        if (is_good)
            out->is_by[find_seat(book, r)->place] = true;
    }
}

static state *add_state(group *g)
{
    state *added = calloc(1, sizeof *added + g->seat_count * sizeof added->is_by[0]);
    if (!added)
        return NULL;
    added->next = g->states;
    g->states = added;
    return added;
}

static void take(garita_book *book, state *into, garita_log *log, const group *g)
{
    garita_log_end(&into->log);
    into->log = *log;
    *log = (garita_log){0};
    book->is_settled = book->knows_revoked = false;
    find_signers(book, into, g);
}

garita_error garita_book_put(garita_book *book, garita_log *log)
{
    uint32_t number = *slot_of(book, &log->id);
    if (number == 0) {
        garita_log_end(log);
        return GARITA_OK;
    }
    seat *s = &book->seats[number - 1];
    group *g = &book->groups[s->group];
    if (!s->state) {
        s->state = add_state(g);
        if (!s->state)
            return GARITA_E_NO_MEMORY;
        book->logs[book->log_count++] = &s->state->log;
    }
    take(book, s->state, log, g);
    return GARITA_OK;
}

void garita_book_swap(garita_book *a, garita_book *b)
{
    assert(a->trust == b->trust);
    garita_book held = *a;
    *a = *b;
    *b = held;
    a->status.context = a;
    b->status.context = b;
}

bool garita_book_is_other(const garita_book *book, const garita_hash *id,
                          const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    return *slot_of(book, id) == 0 && find_group(book, first_key);
}

garita_error garita_book_put_other(garita_book *book, garita_log *log,
                                   const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    assert(*slot_of(book, &log->id) == 0);
    group *g = find_group(book, first_key);
    if (!g) { /* of nobody, as in garita_book_put */
        garita_log_end(log);
        return GARITA_OK;
    }
    state *added = add_state(g);
    if (!added)
        return GARITA_E_NO_MEMORY;
    added->is_other = true;
    take(book, added, log, g);
    return GARITA_OK;
}

bool garita_book_has_several(const garita_book *book,
                             const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    const group *g = find_group(book, first_key);
    if (!g || g->seat_count > 1)
        return g;
    for (const state *each = g->states; each; each = each->next)
        if (each->is_other)
            return true;
    return false;
}

garita_log *garita_book_log(const garita_book *book, const garita_issuer *authority)
{
    state *own = find_seat(book, authority)->state;
    return own ? &own->log : NULL;
}

size_t garita_book_count(const garita_book *book)
{
    return book->log_count;
}

garita_log *garita_book_get(const garita_book *book, size_t index)
{
    assert(index < book->log_count);
    return book->logs[index];
}

size_t garita_book_branch_memory(const garita_book *book, const garita_issuer *authority)
{
    const seat *own = find_seat(book, authority);
    size_t sum = 0;
    for (const seat *s = book->seats; s < book->seats + book->seat_count; s++) {
        if (!s->state || s == own || !garita_issuer_same_branch(authority, s->authority))
            continue;
        sum += garita_set_memory(s->state->log.set);
        if (s->state->log.elsewhere)
            sum += garita_set_memory(s->state->log.elsewhere);
    }
    return sum;
}

/* --- what is revoked --- */

/* The state after this one, or the first for null, that says something of the seat's authority. */
static const state *next_of(const garita_book *book, const state *after, const seat *s)
{
    const state *each = after ? after->next : book->groups[s->group].states;
    while (each && each != s->state && !each->is_by[s->place])
        each = each->next;
    return each;
}

/* What is revoked in any of its histories: of another log only in the one that its head commits to,
 * which the authority signed. */
static bool is_serial_revoked(const garita_book *book, const seat *s, uint32_t serial)
{
    garita_status status;
    for (const state *each = NULL; (each = next_of(book, each, s)) != NULL;) {
        garita_log_status(&each->log, &status, serial);
        if (each != s->state)
            status.standing = garita_set_get(each->log.set, serial);
        if (status.standing == GARITA_STANDING_REVOKED)
            return true;
    }
    return false;
}

static bool find_revoked(const garita_book *book, const garita_issuer *issuer)
{
    for (;; issuer = issuer->parent) {
        if (is_serial_revoked(book, find_seat(book, issuer->parent), issuer->serial))
            return true;
        if (issuer->parent == issuer)
            return false;
    }
}

bool garita_book_is_revoked(const garita_book *book, const garita_issuer *issuer)
{
    assert(garita_trust_get(book->trust, issuer->index) == issuer);
    return book->knows_revoked ? book->revoked[issuer->index] : find_revoked(book, issuer);
}

bool garita_book_head_counts(const garita_book *book, const garita_issuer *authority,
                             garita_bytes head_statement)
{
    garita_peek peek;
    if (garita_statement_peek(&peek, NULL, GARITA_TYPE_HEAD, head_statement.at,
                              head_statement.len) != GARITA_OK)
        return false;
    /* of one authority a number has one key, by any number of statements */
    for (const garita_issuer *r = NULL;
         (r = garita_trust_find(book->trust, r, &peek.signer, peek.key_number)) != NULL;)
        if (find_seat(book, r) == find_seat(book, authority) &&
            garita_scope_has_type(&r->scope, GARITA_TYPE_HEAD) && !garita_book_is_revoked(book, r))
            return true;
    return false;
}

static bool counts_for(const garita_book *book, const garita_log *log, const seat *s)
{
    return log->has_head && garita_book_head_counts(book, s->authority,
                                                    (garita_bytes){log->head_bytes, log->head_len});
}

static bool own_head_counts(const garita_book *book, const seat *s)
{
    return s->state && !s->state->log.is_damaged && counts_for(book, &s->state->log, s);
}

/* Whether a is what the seat is known by, rather than b. Of the same head the copy that is whole
 * is.
 */
static bool is_newer(const garita_log *a, const garita_log *b)
{
    int order = garita_head_compare(&a->head, &b->head);
    return order > 0 || (order == 0 && b->is_damaged && !a->is_damaged);
}

/* The log with the newest head of the seat's authority, null if there is none for a verdict. In its
 * own log the newest stays what it is where it does not count any more; in another, the heads that
 * do not count are nothing to it: a key that was stolen and revoked may sign them still. Where what
 * a newer head says is lost, none is known until it has come again. */
static const garita_log *find_known(const garita_book *book, const seat *s)
{
    const garita_log *newest = s->state && s->state->log.has_head ? &s->state->log : NULL;
    bool counts = newest && counts_for(book, newest, s);
    for (const state *each = NULL; (each = next_of(book, each, s)) != NULL;) {
        const garita_log *log = &each->log;
        if (log->is_damaged && !log->has_head && !each->is_other)
            return NULL;
        if (each == s->state || !log->has_head || (newest && !is_newer(log, newest)) ||
            !counts_for(book, log, s))
            continue;
        newest = log;
        counts = true;
    }
    return counts && !newest->is_damaged ? newest : NULL;
}

static const garita_log *known(const garita_book *book, const seat *s)
{
    return book->is_settled ? s->known : find_known(book, s);
}

const garita_log *garita_book_known(const garita_book *book, const garita_issuer *authority)
{
    return known(book, find_seat(book, authority));
}

void garita_book_settle(garita_book *book)
{
    for (size_t i = 0; i < garita_trust_count(book->trust); i++)
        book->revoked[i] = find_revoked(book, garita_trust_get(book->trust, i));
    book->knows_revoked = true;
    for (size_t i = 0; i < book->seat_count; i++) {
        seat *s = &book->seats[i];
        s->known = find_known(book, s);
        s->counts = own_head_counts(book, s);
    }
    book->is_settled = true;
}

/* --- for verdicts --- */

/* What a state that is not the seat's own adds. */
static void add_other(garita_status *out, const garita_log *log, const garita_log *newest,
                      uint32_t serial)
{
    garita_standing standing = garita_set_get(log->set, serial);
    /* a suspension may have ended since */
    bool is_past = newest && log != newest && garita_head_compare(&log->head, &newest->head) <= 0;
    if (standing > out->standing && (standing == GARITA_STANDING_REVOKED || !is_past))
        out->standing = standing;
    /* in form 4 it is the head itself that does not fit; a proof is kept for each authority */
    out->equivocated |= log->has_head && log->set_differs && log->set_differs_at == log->head.size;
}

static void look_up(const void *context, garita_status *out, const garita_issuer *authority,
                    uint32_t serial)
{
    const garita_book *book = context;
    const seat *s = find_seat(book, authority);
    const garita_log *own = s->state ? &s->state->log : NULL, *newest = known(book, s);
    *out = (garita_status){0};
    if (own)
        garita_log_status(own, out, serial);
    if (own && own != newest && newest && out->standing == GARITA_STANDING_SUSPENDED)
        out->standing = GARITA_STANDING_ACTIVE; /* as the newer one says */
    for (const state *each = NULL; (each = next_of(book, each, s)) != NULL;)
        if (each != s->state)
            add_other(out, &each->log, newest, serial);
    out->has_head = newest;
    out->issued = newest ? newest->head.issued : 0;
    out->signed_at = newest ? newest->head.signed_at : 0;
    out->next_due = newest ? newest->head.next_due : 0;
}

const garita_status_source *garita_book_status(const garita_book *book)
{
    return &book->status;
}

/* --- the clock's floor --- */

static size_t count_anchors(const garita_trust *trust)
{
    size_t count = 0;
    for (size_t i = 0; i < garita_trust_count(trust); i++) {
        const garita_issuer *record = garita_trust_get(trust, i);
        count += record->parent == record;
    }
    return count;
}

/* The time that an authority attests. False if it attests none, or none after least. */
static bool attested(const garita_book *book, int64_t *time, const seat *s, int64_t least,
                     const garita_clock *clock)
{
    *time = s->state ? s->state->log.head.signed_at : INT64_MIN;
    return *time > least && *time - GARITA_CLOCK_SKEW_S <= clock->now &&
           (book->is_settled ? s->counts : own_head_counts(book, s));
}

/* Whether two authorities are two who say so: one that is certified in two places is one. */
static bool are_two(const seat *a, const seat *b, bool of_two_anchors)
{
    return memcmp(a->authority->first_key, b->authority->first_key, GARITA_PUBLIC_KEY_SIZE) != 0 &&
           (!of_two_anchors || a->authority->anchor != b->authority->anchor);
}

bool garita_book_floor(const garita_book *book, int64_t *floor, const garita_clock *clock)
{
    bool of_two_anchors = count_anchors(book->trust) > 1;
    int64_t newest = -1, first, second; /* heads are of 1970 at the earliest */
    *floor = 0;
    if (!clock->is_known)
        return false;
    for (size_t i = 0; i < book->seat_count; i++) {
        const seat *s = &book->seats[i];
        if (!attested(book, &first, s, newest, clock))
            continue;
        for (size_t j = 0; j < i; j++)
            if (are_two(s, &book->seats[j], of_two_anchors) &&
                attested(book, &second, &book->seats[j], newest, clock))
                newest = first < second ? first : second;
    }
    if (newest < 0)
        return false;
    *floor = newest;
    return true;
}
