#include <garita/book.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* An authority: all its records have the one log. */
typedef struct seat {
    garita_hash id;                 /* of its log */
    const garita_issuer *authority; /* one of its records */
    garita_log *log;                /* null: none is known */
} seat;

struct garita_book {
    const garita_trust *trust;
    size_t seat_count, log_count;
    seat *seats;       /* in the order of their first records */
    uint32_t *seat_of; /* by the index of a record */
    uint32_t *slots;   /* seats by log id: the seat's number + 1, 0 for an empty slot */
    size_t slot_count; /* a power of two, more than there are seats */
    garita_log **logs; /* in the order in which they were put in */
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
    book->logs = calloc(count + 1, sizeof *book->logs);
    if (!book->seats || !book->seat_of || !book->slots || !book->logs) {
        garita_book_free(book);
        return GARITA_E_NO_MEMORY;
    }
    seat_records(book);
    *out = book;
    return GARITA_OK;
}

void garita_book_free(garita_book *book)
{
    if (!book)
        return;
    for (size_t i = 0; i < book->log_count; i++) {
        garita_log_end(book->logs[i]);
        free(book->logs[i]);
    }
    free(book->logs);
    free(book->slots);
    free(book->seat_of);
    free(book->seats);
    free(book);
}

garita_error garita_book_put(garita_book *book, garita_log *log)
{
    uint32_t number = *slot_of(book, &log->id);
    if (number == 0) {
        garita_log_end(log);
        return GARITA_OK;
    }
    seat *s = &book->seats[number - 1];
    if (s->log) {
        garita_log_end(s->log);
    } else {
        s->log = malloc(sizeof *s->log);
        if (!s->log)
            return GARITA_E_NO_MEMORY;
        book->logs[book->log_count++] = s->log;
    }
    *s->log = *log;
    *log = (garita_log){0};
    return GARITA_OK;
}

garita_log *garita_book_log(const garita_book *book, const garita_issuer *authority)
{
    return find_seat(book, authority)->log;
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

/* --- what is revoked --- */

static bool is_serial_revoked(const garita_book *book, const garita_issuer *authority,
                              uint32_t serial)
{
    const garita_log *log = garita_book_log(book, authority);
    garita_status status;
    if (!log)
        return false;
    garita_log_status(log, &status, serial);
    return status.standing == GARITA_STANDING_REVOKED;
}

bool garita_book_is_revoked(const garita_book *book, const garita_issuer *issuer)
{
    for (;; issuer = issuer->parent) {
        if (is_serial_revoked(book, issuer->parent, issuer->serial))
            return true;
        if (issuer->parent == issuer)
            return false;
    }
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

static bool has_head_that_counts(const garita_book *book, const seat *s)
{
    const garita_log *log = s->log;
    return log && log->has_head && !log->is_damaged &&
           garita_book_head_counts(book, s->authority,
                                   (garita_bytes){log->head_bytes, log->head_len});
}

/* --- for verdicts --- */

static void look_up(const void *context, garita_status *out, const garita_issuer *authority,
                    uint32_t serial)
{
    const garita_book *book = context;
    const seat *s = find_seat(book, authority);
    if (!s->log)
        return;
    garita_log_status(s->log, out, serial);
    if (out->has_head && !has_head_that_counts(book, s))
        *out = (garita_status){.standing = out->standing, .equivocated = out->equivocated};
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
    *time = s->log ? s->log->head.signed_at : INT64_MIN;
    return *time > least && *time - GARITA_CLOCK_SKEW_S <= clock->now &&
           has_head_that_counts(book, s);
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
