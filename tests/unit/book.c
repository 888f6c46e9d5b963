/* The logs beside the trust set: whose is whose, who is revoked, and what time they attest. */
#include <garita/book.h>

#include "history.h"
#include "world.h"

#define NOW WORLD_NOW
#define SKEW GARITA_CLOCK_SKEW_S

/* usa -> region (two keys, the first renewed) -> office; mex -> agency, and office again. */
static garita_trust *trust;
static garita_book *book;
static party usa, usa_2, mex, region, region_2, office, agency;
static const garita_issuer *usa_record, *usa_2_record, *mex_record, *region_record, *region_renewed,
    *region_2_record, *office_record, *office_below_2, *office_below_mex, *agency_record;

enum {
    USA_SERIAL = 11,
    USA_2_SERIAL,
    REGION_SERIAL,
    REGION_RENEWED_SERIAL,
    REGION_2_SERIAL,
    OFFICE_SERIAL = 21,
    OFFICE_BELOW_2_SERIAL,
    MEX_SERIAL = 31,
    AGENCY_SERIAL,
    OFFICE_BELOW_MEX_SERIAL
};

static int begin(void **state)
{
    (void)state;
    assert_ok(garita_trust_new(&trust));
    party_make(&usa, 230);
    party_rotate(&usa_2, &usa, 2, 231);
    party_make(&mex, 232);
    party_make(&region, 233);
    party_rotate(&region_2, &region, 2, 234);
    party_make(&office, 235);
    party_make(&agency, 236);
    usa_record = pin(trust, &usa, (grant){.serial = USA_SERIAL});
    mex_record = pin(trust, &mex, (grant){.serial = MEX_SERIAL});
    usa_2_record = add(trust, &usa, &usa_2, (grant){.serial = USA_2_SERIAL});
    region_record = add(trust, &usa, &region, (grant){.serial = REGION_SERIAL, .depth = 1});
    office_record = add(trust, &region, &office, (grant){.serial = OFFICE_SERIAL});
    region_2_record = add(trust, &usa, &region_2, (grant){.serial = REGION_2_SERIAL, .depth = 1});
    office_below_2 = add(trust, &region_2, &office, (grant){.serial = OFFICE_BELOW_2_SERIAL});
    region_renewed = add(trust, &usa_2, &region, (grant){.serial = REGION_RENEWED_SERIAL});
    agency_record = add(trust, &mex, &agency,
                        (grant){.serial = AGENCY_SERIAL, .types = 1 << GARITA_TYPE_CREDENTIAL});
    office_below_mex = add(trust, &mex, &office, (grant){.serial = OFFICE_BELOW_MEX_SERIAL});
    assert_ok(garita_book_new(&book, trust));
    return 0;
}

static int end(void **state)
{
    (void)state;
    garita_book_free(book);
    garita_trust_free(trust);
    return 0;
}

/* Puts a log with a head by this party into the book; the serials, the last of them 0, are revoked
 * in it. */
static void put_log(const garita_issuer *authority, const party *by, int64_t signed_at,
                    const uint32_t *revoked)
{
    static history h;
    history_start(&h, by, authority);
    history_put(&h, GARITA_STANDING_REVOKED, revoked);
    history_sign(&h, signed_at);
    assert_ok(garita_book_put(book, &h.log));
    assert_true(h.log.set == NULL && !h.log.has_head);
    history_end(&h);
}

#define put_revoking(authority, by, ...)                                                           \
    put_log(authority, by, NOW, (const uint32_t[]){__VA_ARGS__, 0})

static void put_head(const garita_issuer *authority, const party *by, int64_t signed_at)
{
    put_log(authority, by, signed_at, (const uint32_t[]){0});
}

static garita_status status_of(const garita_issuer *authority, uint32_t serial)
{
    garita_status status = {0};
    const garita_status_source *source = garita_book_status(book);
    source->look_up(source->context, &status, authority, serial);
    return status;
}

/* --- whose is whose --- */

static void log_is_found_from_every_record_of_its_authority(void **state)
{
    (void)state;
    put_revoking(region_2_record, &region_2, 1);
    garita_log *log = garita_book_log(book, region_record);
    assert_non_null(log);
    assert_ptr_equal(garita_book_log(book, region_renewed), log);
    assert_ptr_equal(garita_book_log(book, region_2_record), log);
    assert_null(garita_book_log(book, usa_record));
    assert_null(garita_book_log(book, office_record));
    put_revoking(office_record, &office, 1);
    put_revoking(office_below_mex, &office, 2);
    assert_ptr_equal(garita_book_log(book, office_record), garita_book_log(book, office_below_2));
    assert_ptr_not_equal(garita_book_log(book, office_record),
                         garita_book_log(book, office_below_mex));
}

static void logs_stand_in_the_order_in_which_they_came(void **state)
{
    (void)state;
    put_revoking(agency_record, &agency, 1);
    put_revoking(usa_record, &usa, 1);
    put_revoking(office_record, &office, 1);
    put_revoking(agency_record, &agency, 2); /* takes the place of the first */
    assert_int_equal(garita_book_count(book), 3);
    assert_ptr_equal(garita_book_get(book, 0), garita_book_log(book, agency_record));
    assert_ptr_equal(garita_book_get(book, 1), garita_book_log(book, usa_record));
    assert_ptr_equal(garita_book_get(book, 2), garita_book_log(book, office_record));
    assert_int_equal(standing_of(garita_book_get(book, 0), 1), GARITA_STANDING_ACTIVE);
    assert_int_equal(standing_of(garita_book_get(book, 0), 2), GARITA_STANDING_REVOKED);
}

static void log_of_nobody_is_ended(void **state)
{
    (void)state;
    garita_hash id = {{1}};
    garita_log log;
    assert_ok(garita_log_start(&log, &id));
    assert_ok(garita_book_put(book, &log));
    assert_null(log.set);
    assert_int_equal(garita_book_count(book), 0);
}

static void book_of_an_empty_trust_set_holds_nothing(void **state)
{
    (void)state;
    garita_trust *none;
    garita_book *empty;
    garita_log log;
    garita_hash id = {{0}};
    int64_t floor = 5;
    assert_ok(garita_trust_new(&none));
    assert_ok(garita_book_new(&empty, none));
    assert_ok(garita_log_start(&log, &id));
    assert_ok(garita_book_put(empty, &log));
    assert_int_equal(garita_book_count(empty), 0);
    assert_false(garita_book_floor(empty, &floor, &(garita_clock){.is_known = true, .now = NOW}));
    assert_int_equal(floor, 0);
    garita_book_free(empty);
    garita_book_free(NULL);
    garita_trust_free(none);
}

static void every_log_of_many_is_found(void **state)
{
    (void)state;
    enum { MANY = 200 };
    static party parties[MANY];
    garita_trust *many;
    garita_book *full;
    const garita_issuer *records[MANY];
    assert_ok(garita_trust_new(&many));
    for (unsigned i = 0; i < MANY; i++) {
        party_make(&parties[i], 1000 + i);
        records[i] = pin(many, &parties[i], (grant){.serial = 1});
    }
    assert_ok(garita_book_new(&full, many));
    for (unsigned i = 0; i < MANY; i++) {
        garita_hash id;
        garita_log log;
        garita_log_id(&id, records[i]);
        assert_ok(garita_log_start(&log, &id));
        assert_ok(garita_book_put(full, &log));
    }
    assert_int_equal(garita_book_count(full), MANY);
    for (unsigned i = 0; i < MANY; i++) {
        garita_hash id;
        garita_log_id(&id, records[i]);
        assert_true(garita_hash_equal(&id, &garita_book_log(full, records[i])->id));
    }
    garita_book_free(full);
    garita_trust_free(many);
}

/* --- status --- */

static void status_of_a_log_that_is_not_there_is_zero(void **state)
{
    (void)state;
    garita_status status = status_of(office_record, 1);
    assert_true(status.standing == GARITA_STANDING_ACTIVE && !status.equivocated &&
                !status.has_head && status.issued == 0 && status.signed_at == 0 &&
                status.next_due == 0);
}

static void status_is_of_the_authoritys_log(void **state)
{
    (void)state;
    put_revoking(office_record, &office, 7);
    garita_status status = status_of(office_below_2, 7);
    assert_int_equal(status.standing, GARITA_STANDING_REVOKED);
    assert_true(status.has_head && !status.equivocated);
    assert_int_equal(status.issued, 1000);
    assert_int_equal(status.signed_at, NOW);
    assert_int_equal(status_of(office_record, 8).standing, GARITA_STANDING_ACTIVE);
    assert_false(status_of(agency_record, 7).has_head);
    garita_log_offer_proof(garita_book_log(book, office_record));
    assert_true(status_of(office_record, 7).equivocated);
}

/* --- certified in two places --- */

/* What a checkpoint knows by one chain it does not forget by another whose log is older. */
static void newest_head_of_either_chain_is_what_both_are_known_by(void **state)
{
    (void)state;
    put_revoking(office_record, &office, 7);
    assert_null(garita_book_log(book, office_below_mex));
    garita_status status = status_of(office_below_mex, 7);
    assert_true(status.has_head && status.signed_at == NOW && status.issued == 1000);
    assert_int_equal(status.standing, GARITA_STANDING_REVOKED);
    assert_ptr_equal(garita_book_known(book, office_below_mex),
                     garita_book_log(book, office_record));
    put_head(office_below_mex, &office, NOW - 500); /* a replay: older, nothing revoked */
    status = status_of(office_below_mex, 7);
    assert_int_equal(status.signed_at, NOW);
    assert_int_equal(status.standing, GARITA_STANDING_REVOKED);
    garita_book_settle(book);
    assert_int_equal(status_of(office_below_mex, 7).standing, GARITA_STANDING_REVOKED);
    assert_int_equal(status_of(office_below_mex, 7).signed_at, NOW);
    put_log(office_below_mex, &office, NOW + 9, (const uint32_t[]){5, 6, 0}); /* it is settled no
                                                                                more */
    status = status_of(office_record, 5);
    assert_int_equal(status.signed_at, NOW + 9);
    assert_int_equal(status.standing, GARITA_STANDING_REVOKED);
    assert_int_equal(status_of(office_below_mex, 7).standing, GARITA_STANDING_REVOKED);
}

static void suspension_that_has_ended_by_the_newest_head_is_over(void **state)
{
    (void)state;
    static history h;
    history_start(&h, &office, office_record);
    history_suspend(&h, 3);
    history_sign(&h, NOW - 10);
    assert_ok(garita_book_put(book, &h.log));
    history_end(&h);
    assert_int_equal(status_of(office_below_mex, 3).standing, GARITA_STANDING_SUSPENDED);
    history_start(&h, &office, office_below_mex);
    history_suspend(&h, 3);
    history_reinstate(&h, 3);
    history_sign(&h, NOW);
    assert_ok(garita_book_put(book, &h.log));
    history_end(&h);
    assert_int_equal(status_of(office_below_mex, 3).standing, GARITA_STANDING_ACTIVE);
    assert_int_equal(status_of(office_record, 3).standing, GARITA_STANDING_ACTIVE);
}

/* Whoever certifies a stranger's first key with a further key of his own hurts himself alone. */
static void stranger_who_certifies_the_same_first_key_does_no_harm(void **state)
{
    (void)state;
    party strangers;
    party_rotate(&strangers, &office, 2, 240);
    end(NULL);
    begin(NULL);
    const garita_issuer *framed = add(trust, &mex, &strangers, (grant){.serial = 90});
    garita_book_free(book);
    assert_ok(garita_book_new(&book, trust));
    put_revoking(office_record, &office, 7);
    put_log(framed, &strangers, NOW + 50, (const uint32_t[]){1, 2, 3, 0});
    garita_log *log = garita_book_log(book, framed);
    garita_log_offer_proof(log);
    garita_status status = status_of(office_record, 1);
    assert_true(status.has_head && !status.equivocated);
    assert_int_equal(status.signed_at, NOW);
    assert_int_equal(status.standing, GARITA_STANDING_ACTIVE);
    /* even where the head is the office's own: his fork, and the proof of it, stay with him */
    put_revoking(framed, &office, 7);
    log = garita_book_log(book, framed);
    static history h;
    uint64_t gained;
    history_start(&h, &strangers, framed);
    history_revoke(&h, 1);
    const signed_head *head = history_sign(&h, NOW);
    assert_ok(garita_log_offer_evidence(log, &gained, history_events, &head->head, 0, h.batches[0],
                                        NULL, 0));
    history_end(&h);
    garita_log_offer_proof(log);
    status = status_of(office_record, 1);
    assert_true(status.has_head && !status.equivocated);
    assert_int_equal(status.standing, GARITA_STANDING_ACTIVE);
    assert_int_equal(status_of(framed, 1).standing, GARITA_STANDING_REVOKED);
}

/* A key that one chain has withdrawn may be a thief's, and its heads are nothing to that chain; but
 * what it revoked counts. */
static void head_by_a_key_withdrawn_here_is_not_known_from_elsewhere(void **state)
{
    (void)state;
    put_head(office_below_mex, &office, NOW);
    put_revoking(usa_record, &usa, REGION_SERIAL, REGION_RENEWED_SERIAL, REGION_2_SERIAL);
    assert_false(status_of(office_record, 1).has_head);
    assert_true(status_of(office_below_mex, 1).has_head);
    put_revoking(office_below_mex, &office, 4);
    assert_int_equal(status_of(office_record, 4).standing, GARITA_STANDING_REVOKED);
}

static void what_a_damaged_newer_log_said_is_missed_until_it_is_back(void **state)
{
    (void)state;
    put_revoking(office_record, &office, 7);
    put_head(office_below_mex, &office, NOW - 500);
    garita_log *log = garita_book_log(book, office_record);
    log->is_damaged = true;
    assert_false(status_of(office_below_mex, 1).has_head);
    assert_int_equal(status_of(office_below_mex, 7).standing, GARITA_STANDING_REVOKED);
    put_revoking(office_below_mex, &office, 7); /* the same head again, whole */
    assert_true(status_of(office_below_mex, 1).has_head);
    assert_true(status_of(office_record, 1).has_head); /* by that one */
}

static void log_of_a_chain_that_is_gone_still_counts(void **state)
{
    (void)state;
    static history h;
    const garita_hash id = {{9}};
    history_start(&h, &office, office_record);
    history_revoke(&h, 7);
    history_sign(&h, NOW);
    h.log.id = id;
    assert_true(garita_book_is_other(book, &id, office_record->first_key));
    assert_false(garita_book_is_other(book, &id, id.bytes));
    assert_ok(garita_book_put_other(book, &h.log, office_record->first_key));
    history_end(&h);
    assert_int_equal(garita_book_count(book), 0);
    assert_true(garita_book_has_several(book, office_record->first_key));
    assert_false(garita_book_has_several(book, agency_record->first_key));
    put_head(office_record, &office, NOW - 500);
    assert_int_equal(status_of(office_record, 7).standing, GARITA_STANDING_REVOKED);
    assert_int_equal(status_of(office_record, 7).signed_at, NOW);
}

static void a_log_of_nobody_is_ended(void **state)
{
    (void)state;
    static const uint8_t nobody[GARITA_PUBLIC_KEY_SIZE] = {9};
    history h;
    history_start(&h, &office, office_record);
    h.log.id = (garita_hash){{9}};
    assert_ok(garita_book_put_other(book, &h.log, nobody));
    assert_null(h.log.set);
    history_end(&h);
    assert_false(garita_book_has_several(book, nobody));
}

/* --- who is revoked --- */

static void nobody_is_revoked_without_logs(void **state)
{
    (void)state;
    for (size_t i = 0; i < garita_trust_count(trust); i++)
        assert_false(garita_book_is_revoked(book, garita_trust_get(trust, i)));
}

/* Serials are of the parent's space: the same number elsewhere is somebody else. */
static void revoked_statement_falls_with_all_below_it_and_nobody_else(void **state)
{
    (void)state;
    struct {
        const garita_issuer *const *log;
        const party *by;
        uint32_t serial;
        const garita_issuer *const *fall[12];
    } cases[] = {
        {&usa_record, &usa, REGION_SERIAL, {&region_record, &office_record}},
        {&usa_record, &usa, REGION_2_SERIAL, {&region_2_record, &office_below_2}},
        {&usa_record, &usa, REGION_RENEWED_SERIAL, {&region_renewed}},
        {&usa_record, &usa, USA_2_SERIAL, {&usa_2_record, &region_renewed}},
        {&usa_record,
         &usa,
         USA_SERIAL,
         {&usa_record, &usa_2_record, &region_record, &region_2_record, &region_renewed,
          &office_record, &office_below_2}},
        {&region_record, &region, OFFICE_SERIAL, {&office_record}},
        {&region_record, &region, OFFICE_BELOW_2_SERIAL, {&office_below_2}},
        {&mex_record, &mex, OFFICE_BELOW_MEX_SERIAL, {&office_below_mex}},
        {&mex_record, &mex, MEX_SERIAL, {&mex_record, &agency_record, &office_below_mex}},
        {&office_record, &office, OFFICE_SERIAL, {NULL}},
        {&mex_record, &mex, REGION_SERIAL, {NULL}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        end(NULL);
        begin(NULL);
        put_revoking(*cases[i].log, cases[i].by, cases[i].serial);
        for (size_t r = 0; r < garita_trust_count(trust); r++) {
            const garita_issuer *record = garita_trust_get(trust, r);
            bool falls = false;
            for (size_t k = 0; k < COUNT(cases[i].fall) && cases[i].fall[k] != NULL; k++)
                falls |= *cases[i].fall[k] == record;
            assert_int_equal(garita_book_is_revoked(book, record), falls);
        }
    }
}

static void revocation_known_only_elsewhere_counts(void **state)
{
    (void)state;
    uint64_t gained;
    static history h;
    put_head(usa_record, &usa, NOW);
    history_start(&h, &usa, usa_record);
    history_revoke(&h, REGION_SERIAL);
    const signed_head *head = history_sign(&h, NOW);
    assert_ok(garita_log_offer_evidence(garita_book_log(book, usa_record), &gained, history_events,
                                        &head->head, 0, h.batches[0], NULL, 0));
    assert_true(garita_book_is_revoked(book, office_record));
    assert_false(garita_book_is_revoked(book, office_below_2));
    history_end(&h);
}

/* --- which heads count --- */

static signed_head head_by(const party *by)
{
    garita_head head = {.issued = 1, .signed_at = NOW, .next_due = NOW + 86400};
    return sign_head(by, head);
}

static bool counts(const garita_issuer *authority, const party *by)
{
    signed_head head = head_by(by);
    return garita_book_head_counts(book, authority, statement_of(&head));
}

static void head_counts_while_a_record_of_its_key_stands(void **state)
{
    (void)state;
    assert_true(counts(region_record, &region));
    assert_true(counts(region_2_record, &region)); /* any record of the authority may be given */
    assert_true(counts(region_record, &region_2));
    assert_true(counts(usa_record, &usa_2));
    put_revoking(usa_record, &usa, REGION_SERIAL); /* the renewal of that key stands */
    assert_true(counts(region_record, &region));
    put_revoking(usa_record, &usa, REGION_SERIAL, USA_2_SERIAL); /* who renewed it does not */
    assert_false(counts(region_record, &region));
    assert_true(counts(region_record, &region_2));
    assert_false(counts(usa_record, &usa_2));
    assert_true(counts(usa_record, &usa));
    put_revoking(usa_record, &usa, USA_SERIAL);
    assert_false(counts(usa_record, &usa) || counts(region_record, &region_2) ||
                 counts(office_record, &office));
    assert_true(counts(office_below_mex, &office));
}

static void head_of_another_or_without_the_right_does_not_count(void **state)
{
    (void)state;
    assert_false(counts(usa_record, &mex));
    assert_false(counts(region_record, &usa));
    assert_false(counts(agency_record, &agency)); /* its scope lacks heads */
    assert_false(garita_book_head_counts(book, usa_record, (garita_bytes){NULL, 0}));
    blob credential;
    garita_credential c;
    world_credential(&c, 1, NULL);
    issue(&credential, &region, &c);
    assert_false(garita_book_head_counts(book, region_record,
                                         (garita_bytes){credential.bytes, credential.len}));
}

static void head_that_does_not_count_is_none_but_what_it_revoked_stays(void **state)
{
    (void)state;
    put_log(region_record, &region_2, NOW, (const uint32_t[]){OFFICE_SERIAL, 0});
    assert_true(status_of(region_record, OFFICE_SERIAL).has_head);
    garita_log_offer_proof(garita_book_log(book, region_record));
    put_revoking(usa_record, &usa, REGION_2_SERIAL);
    garita_status status = status_of(region_record, OFFICE_SERIAL);
    assert_false(status.has_head);
    assert_true(status.issued == 0 && status.signed_at == 0 && status.next_due == 0);
    assert_int_equal(status.standing, GARITA_STANDING_REVOKED);
    assert_true(status.equivocated);
    assert_true(garita_book_is_revoked(book, office_record));
}

/* --- the floor --- */

static void assert_floor(int64_t now, int64_t expected)
{
    int64_t floor = -7;
    garita_clock clock = {.is_known = true, .now = now};
    bool has = garita_book_floor(book, &floor, &clock);
    assert_int_equal(has, expected != 0);
    assert_int_equal(floor, expected);
}

static void floor_is_what_authorities_below_two_anchors_have_reached(void **state)
{
    (void)state;
    assert_floor(NOW, 0);
    put_head(usa_record, &usa, NOW - 50);
    assert_floor(NOW, 0); /* one anchor's word is not enough, */
    put_head(region_record, &region, NOW - 40);
    put_head(office_record, &office, NOW - 30);
    assert_floor(NOW, 0); /* however many speak below it */
    put_head(mex_record, &mex, NOW - 1000);
    assert_floor(NOW, NOW - 1000);
    put_head(mex_record, &mex, NOW - 35);
    assert_floor(NOW, NOW - 35);
    put_head(mex_record, &mex, NOW - 10);
    assert_floor(NOW, NOW - 30);
    put_head(usa_record, &usa, NOW - 5);
    assert_floor(NOW, NOW - 10);
}

static void future_head_never_raises_the_floor(void **state)
{
    (void)state;
    put_head(usa_record, &usa, NOW - 50);
    put_head(mex_record, &mex, NOW + SKEW + 1); /* poisoned */
    assert_floor(NOW, 0);
    put_head(mex_record, &mex, NOW + SKEW);
    assert_floor(NOW, NOW - 50);
    put_head(usa_record, &usa, NOW + SKEW);
    assert_floor(NOW, NOW + SKEW); /* both within what clocks differ */
    put_head(usa_record, &usa, GARITA_MOMENT_MAX);
    put_head(mex_record, &mex, GARITA_MOMENT_MAX);
    assert_floor(NOW, 0);
    put_head(region_record, &region, NOW - 5);
    assert_floor(NOW, 0);
    put_head(office_below_mex, &office, NOW - 6);
    assert_floor(NOW, NOW - 6); /* the others go on */
}

static void floor_at_any_clock_is_a_time_that_was_attested(void **state)
{
    (void)state;
    put_head(usa_record, &usa, NOW - 50);
    put_head(mex_record, &mex, NOW - 60);
    assert_floor(INT64_MAX, NOW - 60);
    assert_floor(INT64_MIN, 0);
    assert_floor(0, 0); /* 1970 */
    int64_t floor = 1;
    assert_false(garita_book_floor(book, &floor, &(garita_clock){.now = NOW})); /* none is known */
    assert_int_equal(floor, 0);
}

static void authority_certified_in_two_places_attests_once(void **state)
{
    (void)state;
    put_head(office_record, &office, NOW - 10);
    put_head(office_below_mex, &office, NOW - 10);
    assert_floor(NOW, 0);
    put_head(mex_record, &mex, NOW - 500);
    assert_floor(NOW, NOW - 500);
    put_head(region_record, &region, NOW - 100);
    assert_floor(NOW, NOW - 100);
}

static void head_that_does_not_count_attests_no_time(void **state)
{
    (void)state;
    put_head(region_record, &region_2, NOW - 10);
    put_head(mex_record, &mex, NOW - 10);
    assert_floor(NOW, NOW - 10);
    put_log(usa_record, &usa, NOW - 99, (const uint32_t[]){REGION_2_SERIAL, 0});
    assert_floor(NOW, NOW - 99);
    garita_book_log(book, usa_record)->is_damaged = true;
    assert_floor(NOW, 0);
}

static void with_one_anchor_two_authorities_make_the_floor(void **state)
{
    (void)state;
    end(NULL);
    assert_ok(garita_trust_new(&trust));
    usa_record = pin(trust, &usa, (grant){.serial = USA_SERIAL});
    region_record = add(trust, &usa, &region, (grant){.serial = REGION_SERIAL, .depth = 1});
    office_record = add(trust, &region, &office, (grant){.serial = OFFICE_SERIAL});
    assert_ok(garita_book_new(&book, trust));
    assert_floor(NOW, 0);
    put_head(region_record, &region, NOW - 10);
    assert_floor(NOW, 0);
    put_head(office_record, &office, NOW - 20);
    assert_floor(NOW, NOW - 20);
    put_head(usa_record, &usa, NOW - 5);
    assert_floor(NOW, NOW - 10);
    put_head(usa_record, &usa, NOW + 500);
    assert_floor(NOW, NOW - 20);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
#define test(name) cmocka_unit_test_setup_teardown(name, begin, end)
        test(log_is_found_from_every_record_of_its_authority),
        test(logs_stand_in_the_order_in_which_they_came),
        test(log_of_nobody_is_ended),
        test(book_of_an_empty_trust_set_holds_nothing),
        test(every_log_of_many_is_found),
        test(status_of_a_log_that_is_not_there_is_zero),
        test(status_is_of_the_authoritys_log),
        test(newest_head_of_either_chain_is_what_both_are_known_by),
        test(suspension_that_has_ended_by_the_newest_head_is_over),
        test(stranger_who_certifies_the_same_first_key_does_no_harm),
        test(head_by_a_key_withdrawn_here_is_not_known_from_elsewhere),
        test(what_a_damaged_newer_log_said_is_missed_until_it_is_back),
        test(log_of_a_chain_that_is_gone_still_counts),
        test(a_log_of_nobody_is_ended),
        test(nobody_is_revoked_without_logs),
        test(revoked_statement_falls_with_all_below_it_and_nobody_else),
        test(revocation_known_only_elsewhere_counts),
        test(head_counts_while_a_record_of_its_key_stands),
        test(head_of_another_or_without_the_right_does_not_count),
        test(head_that_does_not_count_is_none_but_what_it_revoked_stays),
        test(floor_is_what_authorities_below_two_anchors_have_reached),
        test(future_head_never_raises_the_floor),
        test(floor_at_any_clock_is_a_time_that_was_attested),
        test(authority_certified_in_two_places_attests_once),
        test(head_that_does_not_count_attests_no_time),
        test(with_one_anchor_two_authorities_make_the_floor),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
