/* Which policy rules a lane: by country, scope, time, serial and place in the chain; and what
 * becomes of it when a policy, a key or an authority is withdrawn, in doubt or not understood. */
#include <garita/policies.h>

#include <stdlib.h>

#include <garita/bundle.h>

#include "history.h"

/* usa -> cbp (two keys, the first renewed) -> port; usa -> health (no policies); mex -> sat; other,
 * another anchor, which certified cbp's key again. */
static party usa, mex, other, cbp, cbp_2, port, health, sat;
static garita_trust *trust;
static garita_book *book;
static garita_policies *policies;
static const garita_issuer *usa_record, *cbp_record, *cbp_renewed, *cbp_2_record, *port_record,
    *mex_record;

enum {
    USA_SERIAL = 1,
    CBP_SERIAL = 11,
    CBP_RENEWED_SERIAL,
    CBP_2_SERIAL,
    HEALTH_SERIAL,
    PORT_SERIAL = 21,
};

#define FROM INT64_C(1000000)
#define NOW INT64_C(2000000)
#define UNTIL INT64_C(3000000)

static int begin(void **state)
{
    (void)state;
    party_make(&usa, 90);
    party_make(&mex, 91);
    party_make(&other, 92);
    party_make(&cbp, 93);
    party_rotate(&cbp_2, &cbp, 2, 94);
    party_make(&port, 95);
    party_make(&health, 96);
    party_make(&sat, 97);
    assert_ok(garita_trust_new(&trust));
    usa_record = pin(trust, &usa, (grant){.serial = USA_SERIAL, .countries = "MEX USA"});
    mex_record = pin(trust, &mex, (grant){.serial = 1, .country = "MEX"});
    cbp_record = add(trust, &usa, &cbp, (grant){.serial = CBP_SERIAL, .depth = 1});
    cbp_2_record = add(trust, &usa, &cbp_2, (grant){.serial = CBP_2_SERIAL, .until = "1970-01-24"});
    cbp_renewed = add(trust, &usa, &cbp,
                      (grant){.serial = CBP_RENEWED_SERIAL, .depth = 1, .from = "1970-01-02"});
    port_record = add(trust, &cbp, &port, (grant){.serial = PORT_SERIAL});
    add(trust, &usa, &health,
        (grant){.serial = HEALTH_SERIAL, .types = GARITA_TYPES_ALL & ~(1u << GARITA_TYPE_POLICY)});
    add(trust, &mex, &sat, (grant){.serial = 11, .country = "MEX"});
    assert_ok(garita_book_new(&book, trust));
    assert_ok(garita_policies_new(&policies, trust, book, "USA"));
    return 0;
}

static int end(void **state)
{
    (void)state;
    garita_policies_free(policies);
    garita_book_free(book);
    garita_trust_free(trust);
    policies = NULL;
    return 0;
}

/* What policies hold was settled by the book as it was: anew. */
static void begin_policies(const char *country)
{
    garita_policies_free(policies);
    assert_ok(garita_policies_new(&policies, trust, book, country));
}

/* --- what is said --- */

typedef struct words {
    uint32_t serial;
    int64_t from, until;   /* 0: FROM, UNTIL */
    const char *lanes;     /* one letter each; null: "a" */
    const char *country;   /* null: USA */
    uint64_t programmes;   /* of each lane: to tell them apart */
    bool is_unreadable;    /* it has a key that nobody knows */
    bool is_without_dates; /* and nothing that is known behind its serial */
} words;

typedef struct statement {
    uint8_t *bytes;
    size_t len;
} statement;

/* The same, of a later version: a pair more, behind all others or right behind the serial. */
static statement make_unreadable(const party *by, statement s, const words *said)
{
    blob b;
    uint8_t map[2000];
    size_t len = s.len - 67, keep = said->is_without_dates ? 20 : len;
    assert_true(len < sizeof map - 2 && said->serial < 128);
    memcpy(map, s.bytes + 1, keep);
    map[0] = said->is_without_dates ? 0x86 : 0x8b;
    map[keep++] = 0x20;
    map[keep++] = 0x01;
    sign(&b, by, GARITA_TYPE_POLICY, map, keep);
    free(s.bytes);
    return (statement){exact_copy(b.bytes, b.len), b.len};
}

static statement say(const party *by, words said)
{
    garita_lane lanes[8] = {0};
    const char *names = said.lanes ? said.lanes : "a";
    garita_policy p = {.serial = said.serial,
                       .from = said.from ? said.from : FROM,
                       .until = said.until ? said.until : UNTIL,
                       .title = {utf8("Policy"), utf8("Política")},
                       .lane_count = strlen(names),
                       .lanes = lanes};
    memcpy(p.country, said.country ? said.country : "USA", 3);
    for (size_t i = 0; i < p.lane_count; i++) {
        lanes[i].name[0] = names[i];
        lanes[i].title = p.title;
        lanes[i].programmes = said.programmes ? said.programmes : said.serial;
    }
    statement out;
    assert_ok(garita_policy_issue(&out.bytes, &out.len, NULL, &p, &by->signer));
    return said.is_unreadable ? make_unreadable(by, out, &said) : out;
}

static const char *const fates[] = {"of-nobody", "withdrawn",  "twin",
                                    "elsewhere", "unreadable", "added"};

static void assert_adds(const char *fate, const char *error, const party *by, words said)
{
    garita_policies_added added;
    statement s = say(by, said);
    assert_ok(garita_policies_add(policies, &added, s.bytes, s.len));
    free(s.bytes);
    assert_string_equal(fates[added.fate], fate);
    assert_string_equal(garita_error_name(added.error), error);
}

#define add_policy(by, ...) assert_adds("added", "ok", by, (words){__VA_ARGS__})
#define add_unreadable(by, ...)                                                                    \
    assert_adds("unreadable", "unknown-key", by, (words){.is_unreadable = true, __VA_ARGS__})

/* --- what is asked --- */

static const garita_clock noon = {.is_known = true, .now = NOW};

static garita_lane_standing standing_at(const char *lane, const garita_clock *clock,
                                        garita_lane *out, const garita_policies_entry **entry)
{
    memset(out, 0xee, sizeof *out);
    *entry = (const garita_policies_entry *)1;
    garita_lane_standing standing = garita_policies_lane(out, entry, policies, lane, clock);
    assert_true((standing == GARITA_LANE_RULED) == (*entry != NULL));
    if (standing != GARITA_LANE_UNKNOWN) {
        assert_string_equal(out->name, lane);
        assert_string_equal(out->country, "USA");
        assert_int_equal(out->lacks_policy, standing == GARITA_LANE_LACKING);
    }
    garita_lane again;
    assert_int_equal(garita_policies_lane(&again, NULL, policies, lane, clock), standing);
    return standing;
}

/* Ruled by the policy with these programmes. */
static void assert_ruled_at(const char *lane, const garita_clock *clock, uint64_t programmes)
{
    garita_lane out;
    const garita_policies_entry *entry;
    assert_int_equal(standing_at(lane, clock, &out, &entry), GARITA_LANE_RULED);
    assert_int_equal(out.programmes, programmes);
    assert_non_null(entry->policy);
}

#define assert_ruled(lane, programmes) assert_ruled_at(lane, &noon, programmes)

static void assert_standing_at(const char *lane, const garita_clock *clock,
                               garita_lane_standing expected)
{
    garita_lane out;
    const garita_policies_entry *entry;
    assert_int_equal(standing_at(lane, clock, &out, &entry), expected);
    if (expected == GARITA_LANE_LACKING) {
        const garita_lane *usual = garita_lane_builtin("default");
        assert_int_equal(out.refer_after.issuer, usual->refer_after.issuer);
        assert_false(out.waives_policy || out.waives_freshness || out.waives_serial_unknown ||
                     out.waives_status_missing);
    }
}

#define assert_lacking(lane) assert_standing_at(lane, &noon, GARITA_LANE_LACKING)
#define assert_unknown(lane) assert_standing_at(lane, &noon, GARITA_LANE_UNKNOWN)

/* The serials of those that are current, in a set of bits. */
static uint64_t current(void)
{
    uint64_t set = 0;
    for (size_t i = 0; i < garita_policies_count(policies); i++)
        if (garita_policies_is_current(policies, i, &noon))
            set |= UINT64_C(1) << garita_policies_get(policies, i)->serial;
    return set;
}

/* --- logs --- */

typedef struct saying {
    garita_standing standing;
    uint32_t serial;
    bool is_equivocated;
} saying;

static void put_log(const party *by, const garita_issuer *record, saying said)
{
    static history h;
    history_start(&h, by, record);
    if (said.serial != 0)
        history_put(&h, said.standing, (const uint32_t[]){said.serial, 0});
    else
        history_empty_batch(&h);
    history_sign(&h, NOW);
    h.log.is_equivocated = said.is_equivocated;
    assert_ok(garita_book_put(book, &h.log));
    history_end(&h);
    begin_policies("USA");
}

static void revoke(const party *by, const garita_issuer *record, uint32_t serial)
{
    put_log(by, record, (saying){GARITA_STANDING_REVOKED, serial, false});
}

static void suspend(const party *by, const garita_issuer *record, uint32_t serial)
{
    put_log(by, record, (saying){GARITA_STANDING_SUSPENDED, serial, false});
}

static void equivocate(const party *by, const garita_issuer *record)
{
    put_log(by, record, (saying){.is_equivocated = true});
}

/* --- who may --- */

static void what_is_not_for_this_home_is_not_kept(void **state)
{
    (void)state;
    assert_adds("elsewhere", "ok", &sat, (words){.serial = 50, .country = "MEX"});
    assert_adds("elsewhere", "ok", &usa, (words){.serial = 50, .country = "MEX"});
    assert_adds("of-nobody", "out-of-scope", &sat, (words){.serial = 51});
    assert_adds("of-nobody", "out-of-scope", &mex, (words){.serial = 51});
    assert_adds("of-nobody", "out-of-scope", &cbp, (words){.serial = 52, .country = "MEX"});
    assert_adds("of-nobody", "out-of-scope", &health, (words){.serial = 50});
    assert_adds("of-nobody", "unknown-issuer", &other, (words){.serial = 50});
    party liar = other;
    liar.signer.id = cbp.signer.id;
    assert_adds("of-nobody", "bad-signature", &liar, (words){.serial = 50});
    assert_int_equal(garita_policies_count(policies), 0);
    assert_unknown("a");
    begin_policies(""); /* a home without a country */
    assert_adds("elsewhere", "ok", &cbp, (words){.serial = 50});
    assert_adds("elsewhere", "ok", &cbp,
                (words){.serial = 50, .is_unreadable = true, .is_without_dates = true});
    assert_int_equal(garita_policies_count(policies), 0);
}

static void what_is_no_policy_is_not_kept(void **state)
{
    (void)state;
    garita_policies_added added;
    statement s = say(&cbp, (words){.serial = 50});
    for (size_t cut = 0; cut < s.len; cut++) {
        uint8_t *copy = exact_copy(s.bytes, cut);
        assert_ok(garita_policies_add(policies, &added, copy, cut));
        assert_int_equal(added.fate, GARITA_POLICIES_OF_NOBODY);
        assert_int_not_equal(added.error, GARITA_OK);
        free(copy);
    }
    blob b;
    sign(&b, &cbp, GARITA_TYPE_NODE, s.bytes + 1, s.len - 67);
    assert_ok(garita_policies_add(policies, &added, b.bytes, b.len));
    assert_error(added.error, BAD_SIGNATURE);
    /* without a serial it could never be withdrawn */
    memmove(s.bytes + 1 + 18, s.bytes + 1 + 20, s.len - 67 - 20);
    s.bytes[1]--;
    sign(&b, &cbp, GARITA_TYPE_POLICY, s.bytes + 1, s.len - 69);
    assert_ok(garita_policies_add(policies, &added, b.bytes, b.len));
    assert_int_equal(added.fate, GARITA_POLICIES_OF_NOBODY);
    assert_error(added.error, MISSING_KEY);
    free(s.bytes);
    assert_int_equal(garita_policies_count(policies), 0);
}

static void a_lane_is_ruled_by_the_policy_that_names_it(void **state)
{
    (void)state;
    garita_lane lane;
    const garita_policies_entry *entry;
    add_policy(&cbp, .serial = 50, .lanes = "abc");
    assert_int_equal(standing_at("b", &noon, &lane, &entry), GARITA_LANE_RULED);
    assert_int_equal(entry->serial, 50);
    assert_int_equal(entry->from, FROM);
    assert_int_equal(entry->until, UNTIL);
    assert_true(garita_issuer_same_authority(entry->signer, cbp_record));
    assert_false(entry->is_suspended || entry->is_equivocated || entry->is_signer_suspended);
    assert_unknown("d");
    assert_unknown("ab");
    assert_unknown("");
    assert_unknown("default");
    assert_unknown("any");
    assert_unknown("A lane of a name that is longer than any lane's name may be, of any policy");
}

/* --- time --- */

static void a_policy_rules_from_its_first_moment_to_its_last(void **state)
{
    (void)state;
    garita_clock clock = {.is_known = true};
    add_policy(&cbp, .serial = 50);
    clock.now = FROM - 1;
    assert_standing_at("a", &clock, GARITA_LANE_LACKING);
    clock.now = FROM;
    assert_ruled_at("a", &clock, 50);
    clock.now = UNTIL - 1;
    assert_ruled_at("a", &clock, 50);
    clock.now = UNTIL;
    assert_standing_at("a", &clock, GARITA_LANE_LACKING);
    clock.now = INT64_MAX;
    assert_standing_at("a", &clock, GARITA_LANE_LACKING);
    clock.now = INT64_MIN;
    assert_standing_at("a", &clock, GARITA_LANE_LACKING);
}

/* A clock that was set back does not bring back what is over. */
static void the_floor_counts_where_it_is_later(void **state)
{
    (void)state;
    garita_clock clock = {.is_known = true, .now = FROM, .has_floor = true, .floor = UNTIL};
    add_policy(&cbp, .serial = 50);
    assert_standing_at("a", &clock, GARITA_LANE_LACKING);
    assert_false(garita_policies_is_current(policies, 0, &clock));
    clock.floor = FROM - 5;
    assert_ruled_at("a", &clock, 50);
    clock.has_floor = false;
    clock.floor = UNTIL;
    assert_ruled_at("a", &clock, 50);
}

static void without_a_clock_every_lane_is_lacking(void **state)
{
    (void)state;
    const garita_clock none = {.now = NOW, .has_floor = true, .floor = NOW};
    add_policy(&cbp, .serial = 50);
    assert_standing_at("a", &none, GARITA_LANE_LACKING);
    assert_standing_at("b", &none, GARITA_LANE_UNKNOWN);
    assert_false(garita_policies_is_current(policies, 0, &none));
    add_unreadable(&cbp, .serial = 51);
    assert_standing_at("b", &none, GARITA_LANE_LACKING);
}

static void the_chain_is_in_force_by_any_of_its_statements(void **state)
{
    (void)state;
    garita_clock clock = {.is_known = true, .now = moment("1970-01-25T11:59:59Z")};
    add_policy(&cbp_2, .serial = 50, .lanes = "a"); /* until 1970-01-24 */
    add_policy(&cbp, .serial = 49, .lanes = "a");
    assert_ruled_at("a", &clock, 50);
    clock.now++;
    assert_ruled_at("a", &clock, 49);
    /* the first statement has no start, the second one has */
    clock.now = FROM;
    assert_ruled_at("a", &clock, 50);
}

/* --- of one authority --- */

static void the_highest_serial_rules_alone(void **state)
{
    (void)state;
    add_policy(&cbp, .serial = 50, .lanes = "ab");
    add_policy(&cbp_2, .serial = 52, .lanes = "a"); /* its other key */
    add_policy(&cbp, .serial = 51, .lanes = "ac");
    assert_int_equal(garita_policies_count(policies), 3);
    assert_int_equal(garita_policies_get(policies, 0)->serial, 52);
    assert_int_equal(garita_policies_get(policies, 2)->serial, 50);
    assert_ruled("a", 52);
    assert_lacking("b");
    assert_lacking("c");
    assert_true(current() == UINT64_C(1) << 52);
}

/* Signed later, for earlier: until then the one before rules, and after it again. */
static void one_for_later_waits(void **state)
{
    (void)state;
    garita_clock clock = {.is_known = true, .now = NOW};
    add_policy(&cbp, .serial = 50);
    add_policy(&cbp, .serial = 51, .from = NOW + 10, .until = NOW + 20);
    assert_ruled_at("a", &clock, 50);
    clock.now = NOW + 10;
    assert_ruled_at("a", &clock, 51);
    clock.now = NOW + 20;
    assert_ruled_at("a", &clock, 50);
}

static void of_two_with_one_serial_the_lower_digest_stays(void **state)
{
    (void)state;
    words said[2] = {{.serial = 50, .programmes = 1}, {.serial = 50, .programmes = 2}};
    garita_digest digests[2];
    for (size_t i = 0; i < 2; i++) {
        statement s = say(&cbp, said[i]);
        garita_digest_of(&digests[i], s.bytes, s.len);
        free(s.bytes);
    }
    size_t low = memcmp(&digests[0], &digests[1], sizeof digests[0]) < 0 ? 0 : 1;
    for (size_t first = 0; first < 2; first++) {
        begin_policies("USA");
        assert_adds("added", "ok", &cbp, said[first]);
        assert_adds(first == low ? "twin" : "added", "ok", &cbp, said[1 - first]);
        assert_adds("added", "ok", &cbp, said[low]); /* again */
        assert_int_equal(garita_policies_count(policies), 1);
        assert_ruled("a", said[low].programmes);
    }
}

/* One space of serials: what it said of an authority has this one. */
static void a_serial_that_an_authority_has_is_taken(void **state)
{
    (void)state;
    assert_adds("twin", "ok", &cbp, (words){.serial = PORT_SERIAL});
    assert_adds("twin", "ok", &usa, (words){.serial = CBP_SERIAL});
    assert_adds("added", "ok", &cbp, (words){.serial = CBP_SERIAL}); /* another space */
}

/* --- withdrawn --- */

static void what_is_revoked_gives_way_to_what_was_before(void **state)
{
    (void)state;
    revoke(&cbp, cbp_record, 51);
    add_policy(&cbp, .serial = 50);
    assert_adds("withdrawn", "ok", &cbp, (words){.serial = 51});
    assert_adds("withdrawn", "ok", &cbp, (words){.serial = 51, .is_unreadable = true});
    assert_ruled("a", 50);
    assert_int_equal(garita_policies_count(policies), 1);
}

static void what_is_suspended_is_as_if_it_were_not_there(void **state)
{
    (void)state;
    suspend(&cbp, cbp_record, 51);
    add_policy(&cbp, .serial = 50);
    add_policy(&cbp, .serial = 51, .lanes = "ab");
    assert_ruled("a", 50);
    assert_lacking("b");
    assert_true(current() == UINT64_C(1) << 50);
    assert_true(garita_policies_get(policies, 0)->is_suspended);
    add_unreadable(&cbp, .serial = 52);
    assert_lacking("a");
}

/* Whoever has a key that was revoked rules nothing, whatever the serial. */
static void what_a_revoked_key_signed_rules_nothing(void **state)
{
    (void)state;
    revoke(&usa, usa_record, CBP_2_SERIAL);
    add_policy(&cbp, .serial = 50);
    assert_adds("withdrawn", "ok", &cbp_2, (words){.serial = 51});
    assert_adds("withdrawn", "ok", &cbp_2, (words){.serial = 51, .is_unreadable = true});
    assert_ruled("a", 50);
}

/* Its renewal stands: the key is not revoked where the first statement is. */
static void a_renewed_key_stands_by_the_statement_that_does(void **state)
{
    (void)state;
    garita_clock clock = {.is_known = true, .now = moment("1970-01-01T12:00:00Z")};
    revoke(&usa, usa_record, CBP_SERIAL);
    add_policy(&cbp, .serial = 50, .from = 1);
    assert_ruled("a", 50);
    assert_standing_at("a", &clock, GARITA_LANE_LACKING); /* the renewal has a start */
    /* what was certified with the key hangs below both */
    add_policy(&port, .serial = 60, .lanes = "p");
    assert_ruled("p", 60);
}

static void an_authority_that_is_revoked_rules_nothing_nor_who_is_below_it(void **state)
{
    (void)state;
    static history h;
    history_start(&h, &usa, usa_record);
    history_revoke(&h, CBP_SERIAL, CBP_RENEWED_SERIAL, CBP_2_SERIAL);
    history_sign(&h, NOW);
    assert_ok(garita_book_put(book, &h.log));
    history_end(&h);
    begin_policies("USA");
    assert_adds("withdrawn", "ok", &cbp, (words){.serial = 50});
    assert_adds("withdrawn", "ok", &port, (words){.serial = 50});
    assert_unknown("a");
}

/* --- in doubt --- */

static void nothing_is_in_force_by_one_that_equivocated(void **state)
{
    (void)state;
    equivocate(&cbp, cbp_record);
    add_policy(&cbp, .serial = 50, .lanes = "ab");
    add_policy(&cbp, .serial = 51, .lanes = "a");
    assert_true(garita_policies_get(policies, 0)->is_equivocated);
    assert_lacking("a");
    assert_lacking("b");
    /* nor does another rule in its place, unless it stands nearer */
    add_policy(&port, .serial = 60, .lanes = "ac");
    assert_true(garita_policies_get(policies, 0)->is_equivocated &&
                garita_policies_get(policies, 2)->is_equivocated); /* below it */
    assert_lacking("a");
    assert_lacking("c");
    add_policy(&usa, .serial = 70, .lanes = "ac");
    assert_ruled("a", 70);
    assert_ruled("c", 70);
    assert_lacking("b");
}

static void an_anchor_that_equivocated_leaves_nothing_in_force_below_it(void **state)
{
    (void)state;
    equivocate(&usa, usa_record);
    add_policy(&cbp, .serial = 50);
    add_policy(&usa, .serial = 51, .lanes = "b");
    assert_lacking("a");
    assert_lacking("b");
}

static void a_suspended_chain_leaves_its_lanes_lacking(void **state)
{
    (void)state;
    suspend(&usa, usa_record, CBP_2_SERIAL);
    add_policy(&cbp, .serial = 50);
    add_policy(&cbp_2, .serial = 51);
    assert_true(garita_policies_get(policies, 0)->is_signer_suspended);
    assert_false(garita_policies_get(policies, 0)->is_suspended);
    assert_lacking("a");
    assert_true(current() == UINT64_C(1) << 51);
}

static void one_statement_that_is_not_suspended_is_enough(void **state)
{
    (void)state;
    suspend(&usa, usa_record, CBP_SERIAL);
    add_policy(&cbp, .serial = 50, .from = 1);
    assert_false(garita_policies_get(policies, 0)->is_signer_suspended);
    assert_ruled("a", 50);
    /* but only while it is in force */
    const garita_clock early = {.is_known = true, .now = moment("1970-01-01T12:00:00Z")};
    assert_standing_at("a", &early, GARITA_LANE_LACKING);
}

/* --- not understood --- */

static void nothing_older_rules_where_the_newer_cannot_be_read(void **state)
{
    (void)state;
    garita_clock clock = {.is_known = true, .now = NOW};
    add_policy(&cbp, .serial = 50);
    add_unreadable(&cbp, .serial = 51, .from = NOW, .until = NOW + 10);
    assert_null(garita_policies_get(policies, 0)->policy);
    assert_int_equal(garita_policies_get(policies, 0)->serial, 51);
    assert_int_equal(garita_policies_get(policies, 0)->from, NOW);
    assert_lacking("a");
    assert_lacking("z"); /* it may well name that */
    clock.now = NOW - 1;
    assert_ruled_at("a", &clock, 50);
    assert_standing_at("z", &clock, GARITA_LANE_UNKNOWN);
    clock.now = NOW + 10;
    assert_ruled_at("a", &clock, 50);
    /* nor one of a lower place in its chain */
    add_policy(&port, .serial = 60);
    assert_lacking("a");
    /* but one that this program can read, and that is newer still, does */
    add_policy(&cbp, .serial = 52);
    assert_ruled("a", 52);
    assert_unknown("z");
}

static void one_whose_time_cannot_be_read_is_in_force_always(void **state)
{
    (void)state;
    garita_clock clock = {.is_known = true, .now = 0};
    add_policy(&cbp, .serial = 50);
    add_unreadable(&cbp, .serial = 51, .is_without_dates = true);
    assert_true(garita_policies_get(policies, 0)->from == INT64_MIN);
    assert_true(garita_policies_get(policies, 0)->until == INT64_MAX);
    assert_lacking("a");
    clock.now = moment("2045-01-01T00:00:00Z");
    assert_standing_at("a", &clock, GARITA_LANE_LACKING);
}

/* One of lower rank, or of another country, blocks nobody by being unreadable. */
static void what_cannot_be_read_blocks_only_as_far_as_it_could_rule(void **state)
{
    (void)state;
    add_policy(&cbp, .serial = 50);
    add_unreadable(&port, .serial = 60);
    assert_ruled("a", 50);
    assert_lacking("z");
    begin_policies("USA");
    add_policy(&cbp, .serial = 50);
    assert_adds("elsewhere", "ok", &sat,
                (words){.serial = 51, .is_unreadable = true, .country = "MEX"});
    assert_adds("of-nobody", "out-of-scope", &sat, (words){.serial = 52, .is_unreadable = true});
    assert_adds("of-nobody", "out-of-scope", &sat,
                (words){.serial = 53, .is_unreadable = true, .is_without_dates = true});
    assert_adds("of-nobody", "out-of-scope", &health, (words){.serial = 54, .is_unreadable = true});
    assert_ruled("a", 50);
    assert_unknown("z");
}

/* --- between authorities --- */

static void the_authority_nearest_to_its_anchor_rules(void **state)
{
    (void)state;
    add_policy(&port, .serial = 90, .lanes = "abp", .from = FROM + 5);
    assert_ruled("a", 90);
    add_policy(&cbp, .serial = 50, .lanes = "ab");
    assert_ruled("a", 50);
    assert_ruled("p", 90);
    add_policy(&usa, .serial = 40, .lanes = "a");
    assert_ruled("a", 40);
    assert_ruled("b", 50);
    for (size_t i = 0; i < garita_policies_count(policies); i++)
        assert_true(garita_policies_is_current(policies, i, &noon)); /* each of its authority */
}

/* Another of as high a place: the one in force since later, then the lower digest. */
static void of_equals_the_later_rules(void **state)
{
    (void)state;
    const garita_issuer *twin = pin(trust, &other, (grant){.serial = 1, .countries = "USA"});
    garita_book_free(book);
    assert_ok(garita_book_new(&book, trust));
    begin_policies("USA");
    assert_int_equal(twin->level, 0);
    add_policy(&usa, .serial = 40);
    add_policy(&other, .serial = 39, .from = FROM + 1);
    assert_ruled("a", 39);
    begin_policies("USA");
    add_policy(&usa, .serial = 40, .from = FROM + 2);
    add_policy(&other, .serial = 60, .from = FROM + 1);
    assert_ruled("a", 40);
    /* of the same moment */
    garita_digest digests[2];
    const party *const by[2] = {&usa, &other};
    for (size_t i = 0; i < 2; i++) {
        statement s = say(by[i], (words){.serial = (uint32_t)(40 + i)});
        garita_digest_of(&digests[i], s.bytes, s.len);
        free(s.bytes);
    }
    uint64_t lower = memcmp(&digests[0], &digests[1], sizeof digests[0]) < 0 ? 40 : 41;
    for (size_t first = 0; first < 2; first++) {
        begin_policies("USA");
        add_policy(by[first], .serial = (uint32_t)(40 + first));
        add_policy(by[1 - first], .serial = (uint32_t)(41 - first));
        assert_ruled("a", lower);
    }
    /* what cannot be read is as near: nobody knows what it says of the lane */
    add_unreadable(&other, .serial = 80, .from = FROM + 1);
    assert_lacking("a");
}

/* A key that two certified is two authorities: each has its own place and its own log. */
static void one_key_in_two_places_is_two_authorities(void **state)
{
    (void)state;
    pin(trust, &other, (grant){.serial = 1, .countries = "USA"});
    const garita_issuer *again = add(trust, &other, &cbp, (grant){.serial = 2});
    garita_book_free(book);
    assert_ok(garita_book_new(&book, trust));
    begin_policies("USA");
    add_policy(&cbp, .serial = 50);
    assert_int_equal(garita_policies_count(policies), 2);
    assert_ruled("a", 50);
    /* certified by other no more: it rules by usa's word still */
    revoke(&other, again->parent, 2);
    add_policy(&cbp, .serial = 50);
    assert_int_equal(garita_policies_count(policies), 1);
    assert_true(garita_issuer_same_authority(garita_policies_get(policies, 0)->signer, cbp_record));
    assert_ruled("a", 50);
    /* revoked in its log by either */
    revoke(&cbp, again, 50);
    assert_adds("withdrawn", "ok", &cbp, (words){.serial = 50});
}

/* Whatever is added, in whatever order, the same rules. */
static void the_order_of_adding_changes_nothing(void **state)
{
    (void)state;
    static const struct {
        const party *by;
        words said;
    } all[] = {
        {&cbp, {.serial = 50, .lanes = "ab", .programmes = 1}},
        {&cbp, {.serial = 50, .lanes = "ab", .programmes = 2}}, /* a twin */
        {&cbp_2, {.serial = 51, .lanes = "bc", .programmes = 3}},
        {&cbp, {.serial = 52, .lanes = "a", .programmes = 4, .from = NOW + 1}},
        {&port, {.serial = 60, .lanes = "abcd", .programmes = 5}},
        {&port, {.serial = 61, .is_unreadable = true, .until = NOW}},
        {&usa, {.serial = 40, .lanes = "b", .programmes = 6}},
        {&usa, {.serial = 41, .lanes = "d", .programmes = 7, .until = NOW}},
        {&sat, {.serial = 1, .lanes = "abcd", .programmes = 8, .country = "MEX"}},
    };
    uint64_t expected[4] = {0};
    rng r = {7};
    for (size_t round = 0; round < 50; round++) {
        size_t order[COUNT(all)];
        for (size_t i = 0; i < COUNT(all); i++) {
            size_t at = rng_below(&r, i + 1);
            order[i] = order[at];
            order[at] = i;
        }
        begin_policies("USA");
        for (size_t i = 0; i < COUNT(all); i++) {
            garita_policies_added added;
            statement s = say(all[order[i]].by, all[order[i]].said);
            assert_ok(garita_policies_add(policies, &added, s.bytes, s.len));
            free(s.bytes);
        }
        for (size_t lane = 0; lane < 4; lane++) {
            const char name[2] = {(char)('a' + lane), '\0'};
            garita_lane out;
            const garita_policies_entry *entry;
            uint64_t got = (uint64_t)standing_at(name, &noon, &out, &entry) << 8;
            got |= entry ? out.programmes : 0;
            if (round == 0)
                expected[lane] = got;
            assert_int_equal(got, expected[lane]);
        }
    }
    assert_int_equal(expected[0], GARITA_LANE_RULED << 8 | 5); /* 51 is current, and lacks a */
    assert_int_equal(expected[1], GARITA_LANE_RULED << 8 | 6);
    assert_int_equal(expected[2], GARITA_LANE_RULED << 8 | 3);
    assert_int_equal(expected[3], GARITA_LANE_RULED << 8 | 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(what_is_not_for_this_home_is_not_kept),
        TEST(what_is_no_policy_is_not_kept),
        TEST(a_lane_is_ruled_by_the_policy_that_names_it),
        TEST(a_policy_rules_from_its_first_moment_to_its_last),
        TEST(the_floor_counts_where_it_is_later),
        TEST(without_a_clock_every_lane_is_lacking),
        TEST(the_chain_is_in_force_by_any_of_its_statements),
        TEST(the_highest_serial_rules_alone),
        TEST(one_for_later_waits),
        TEST(of_two_with_one_serial_the_lower_digest_stays),
        TEST(a_serial_that_an_authority_has_is_taken),
        TEST(what_is_revoked_gives_way_to_what_was_before),
        TEST(what_is_suspended_is_as_if_it_were_not_there),
        TEST(what_a_revoked_key_signed_rules_nothing),
        TEST(a_renewed_key_stands_by_the_statement_that_does),
        TEST(an_authority_that_is_revoked_rules_nothing_nor_who_is_below_it),
        TEST(nothing_is_in_force_by_one_that_equivocated),
        TEST(an_anchor_that_equivocated_leaves_nothing_in_force_below_it),
        TEST(a_suspended_chain_leaves_its_lanes_lacking),
        TEST(one_statement_that_is_not_suspended_is_enough),
        TEST(nothing_older_rules_where_the_newer_cannot_be_read),
        TEST(one_whose_time_cannot_be_read_is_in_force_always),
        TEST(what_cannot_be_read_blocks_only_as_far_as_it_could_rule),
        TEST(the_authority_nearest_to_its_anchor_rules),
        TEST(of_equals_the_later_rules),
        TEST(one_key_in_two_places_is_two_authorities),
        TEST(the_order_of_adding_changes_nothing),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
