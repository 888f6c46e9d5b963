/* The pipeline: each row of FORMAT.md, section 9, alone and together. */
#include <garita/verify.h>

#include <pthread.h>
#include <stdlib.h>

#include <garita/date.h>
#include <garita/text.h>

#include "unit.h"
#include "world.h"

#define NOW WORLD_NOW

enum { DAY_S = 86400, SENTRI = 1, OEA = 6, HEALTH = 10 };

/* The one programme that nobody travels by. */
#define ALL_BUT_HEALTH (~(UINT64_C(1) << HEALTH))

/* anchor -> region -> office, who issues. Two more offices are not yet, and no longer, in force. */
enum { ANCHOR_SERIAL = 3, REGION_SERIAL = 5, OFFICE_SERIAL = 9, CREDENTIAL_SERIAL = 77 };

static party anchor, region, office, future_office, past_office, stranger;
static garita_trust *trust;

static int set_up(void **state)
{
    (void)state;
    party_make(&anchor, 80);
    party_make(&region, 81);
    party_make(&office, 82);
    party_make(&future_office, 83);
    party_make(&past_office, 84);
    party_make(&stranger, 85);
    if (garita_trust_new(&trust) != GARITA_OK)
        return 1;
    pin(trust, &anchor, (grant){.serial = ANCHOR_SERIAL});
    add(trust, &anchor, &region, (grant){.serial = REGION_SERIAL, .depth = 3});
    const grant usual = {.serial = OFFICE_SERIAL, .programmes = 1 << SENTRI, .types = 1 << 2};
    grant future = usual, past = usual;
    future.serial++;
    future.from = "2028-01-01";
    past.serial += 2;
    past.until = "2026-12-31";
    add(trust, &region, &office, usual);
    add(trust, &region, &future_office, future);
    add(trust, &region, &past_office, past);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    garita_trust_free(trust);
    return 0;
}

/* --- a status source: what is known of the log at each level --- */

typedef struct book {
    garita_status by_level[GARITA_CHAIN_DEPTH_MAX + 1];
} book;

static const garita_status good_status = {
    .has_head = true, .issued = 1000, .signed_at = NOW - 3600, .next_due = NOW + 3600};

static book good_book(void)
{
    book b;
    for (size_t i = 0; i < COUNT(b.by_level); i++)
        b.by_level[i] = good_status;
    return b;
}

static void look_up(const void *context, garita_status *out, const garita_issuer *authority,
                    uint32_t serial)
{
    const book *b = context;
    assert_true(out->standing == GARITA_STANDING_ACTIVE && !out->equivocated && !out->has_head &&
                out->issued == 0 && out->signed_at == 0 && out->next_due == 0); /* as promised */
    assert_true(serial > 0);
    *out = b->by_level[authority->level];
}

static void usual_credential(garita_credential *c)
{
    world_credential(c, CREDENTIAL_SERIAL, NULL);
}

static garita_setting setting_of(const garita_status_source *source, const char *lane)
{
    return (garita_setting){.trust = trust,
                            .lane = garita_lane_builtin(lane),
                            .status = source,
                            .clock = {.is_known = true, .now = NOW}};
}

/* A verdict does not move; this one is overwritten by the next. */
static garita_verdict verdict;

static void judge(const garita_setting *setting, const blob *b)
{
    uint8_t *copy = exact_copy(b->bytes, b->len);
    memset(&verdict, 0xaa, sizeof verdict);
    garita_verify_statement(&verdict, setting, copy, b->len);
    free(copy); /* the verdict has its own */
}

#define assert_verdict(expected_outcome, expected_reason)                                          \
    do {                                                                                           \
        assert_string_equal(garita_reason_code(verdict.reason), expected_reason);                  \
        assert_string_equal(garita_outcome_name(verdict.outcome), expected_outcome);               \
    } while (0)

static void assert_check(garita_stage stage, garita_check_result result, garita_reason reason)
{
    const garita_check *c = &verdict.checks[stage];
    if (c->result != result || c->reason != reason)
        fail_msg("stage %s: %d \"%s\", not %d \"%s\" (verdict %s)", garita_stage_name(stage),
                 (int)c->result, garita_reason_code(c->reason), (int)result,
                 garita_reason_code(reason), garita_reason_code(verdict.reason));
}

static void assert_nothing_is_known_of_the_holder(void)
{
    const garita_credential *c = &verdict.credential;
    assert_false(verdict.has_credential);
    assert_true(c->serial == 0 && c->expires == 0 && c->birth_date == 0 && c->name.at == NULL &&
                c->nationality.at == NULL && c->document_number.at == NULL &&
                c->employer_id.at == NULL);
    assert_false(verdict.has_status_age);
}

/* --- the good case --- */

static void verdict_that_nobody_filled_is_undecided(void **state)
{
    (void)state;
    garita_verdict zero;
    memset(&zero, 0, sizeof zero);
    assert_int_equal(zero.outcome, GARITA_UNDECIDED);
    assert_int_equal(zero.reason, GARITA_REASON_NONE);
    assert_int_equal(zero.checks[GARITA_STAGE_SIGNATURE].result, GARITA_CHECK_SKIP);
    assert_true(GARITA_ACCEPT != 0);
}

static void good_credential_is_accepted_with_every_check_passed(void **state)
{
    (void)state;
    book logs = good_book();
    garita_status_source source = {&logs, look_up};
    garita_setting setting = setting_of(&source, "default");
    garita_credential c;
    blob b;
    usual_credential(&c);
    issue(&b, &office, &c);
    judge(&setting, &b);
    assert_verdict("accept", "ok");
    for (int s = 0; s < GARITA_STAGE_COUNT; s++)
        assert_check((garita_stage)s, GARITA_CHECK_PASS, GARITA_REASON_NONE);
    assert_true(verdict.has_signer && verdict.has_credential && verdict.has_status_age);
    assert_true(garita_id_equal(&verdict.signer, &office.signer.id));
    assert_int_equal(verdict.key_number, 1);
    assert_ptr_equal(verdict.issuer, garita_trust_find(trust, NULL, &office.signer.id, 1));
    assert_int_equal(verdict.credential.serial, CREDENTIAL_SERIAL);
    assert_int_equal(verdict.status_age_s, 3600);
    assert_int_equal(verdict.bytes_len, b.len);
    assert_memory_equal(verdict.bytes, b.bytes, b.len);
    /* texts point into the verdict, not at the caller's bytes */
    assert_true((const uint8_t *)verdict.credential.name.at > verdict.bytes &&
                (const uint8_t *)verdict.credential.name.at < verdict.bytes + b.len);
    assert_error(verdict.fault.error, OK);
    assert_string_equal(verdict.fault.field, "");
}

static void without_any_log_default_refers_and_any_accepts(void **state)
{
    (void)state;
    garita_setting setting = setting_of(NULL, "default");
    garita_credential c;
    blob b;
    usual_credential(&c);
    issue(&b, &office, &c);
    judge(&setting, &b);
    assert_verdict("refer", "status-missing");
    assert_check(GARITA_STAGE_REVOCATION, GARITA_CHECK_SKIP, GARITA_REASON_NONE);
    assert_check(GARITA_STAGE_FRESHNESS, GARITA_CHECK_SKIP, GARITA_REASON_NONE);
    assert_true(verdict.has_credential);
    assert_false(verdict.has_status_age);
    setting.lane = garita_lane_builtin("any");
    judge(&setting, &b);
    assert_verdict("accept", "ok");
    assert_check(GARITA_STAGE_STATUS, GARITA_CHECK_SKIP, GARITA_REASON_NONE);
}

static void built_in_lanes_are_those_of_the_format(void **state)
{
    (void)state;
    const garita_lane *lane = garita_lane_builtin("default");
    assert_string_equal(lane->name, "default");
    assert_true(lane->programmes == ALL_BUT_HEALTH);
    assert_false(lane->waives_status_missing || lane->waives_serial_unknown ||
                 lane->waives_freshness || lane->waives_policy || lane->lacks_policy);
    assert_int_equal(lane->refer_after.issuer, 7 * DAY_S);
    assert_int_equal(lane->refer_after.between, 90 * DAY_S);
    assert_int_equal(lane->refer_after.anchor, 400 * DAY_S);
    assert_true(lane->reject_after.issuer == 0 && lane->reject_after.between == 0 &&
                lane->reject_after.anchor == 0);
    lane = garita_lane_builtin("any");
    assert_string_equal(lane->name, "any");
    assert_true(lane->programmes == ALL_BUT_HEALTH);
    assert_true(lane->waives_status_missing && lane->waives_serial_unknown &&
                lane->waives_freshness && lane->waives_policy);
    assert_null(garita_lane_builtin("Any"));
    assert_null(garita_lane_builtin(""));
    assert_null(garita_lane_builtin("otay-mesa"));
}

/* --- form --- */

static void judge_text(const garita_setting *setting, const char *text, size_t len)
{
    char *copy = (char *)exact_copy(text, len);
    memset(&verdict, 0xaa, sizeof verdict);
    garita_verify_text(&verdict, setting, copy, len);
    free(copy);
}

static void text_that_is_not_ours_gets_no_verdict(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "GT", "HC1:6BFOXN", "shc:/5676", "https://a.example/"};
    garita_setting setting = setting_of(NULL, "any");
    for (size_t i = 0; i < COUNT(texts); i++) {
        judge_text(&setting, texts[i], strlen(texts[i]));
        assert_verdict("none", "foreign-qr");
        assert_error(verdict.fault.error, NOT_OURS);
        assert_check(GARITA_STAGE_FORM, GARITA_CHECK_FAIL, GARITA_REASON_FOREIGN_QR);
        assert_false(verdict.has_signer);
        assert_null(verdict.issuer);
        assert_nothing_is_known_of_the_holder();
    }
}

static void text_of_ours_that_cannot_be_read_is_malformed(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        garita_error error;
        size_t at;
    } texts[] = {
        {"gt1:bb8", GARITA_E_TEXT_ALTERED, 0}, {"GT1ÑBB8", GARITA_E_TEXT_ALTERED, 3},
        {"GT1:BB8B", GARITA_E_BASE45, 7},      {"GT1:", GARITA_E_TRUNCATED, 0},
        {"GT1:BB8", GARITA_E_TRUNCATED, 2},
    };
    garita_setting setting = setting_of(NULL, "any");
    for (size_t i = 0; i < COUNT(texts); i++) {
        judge_text(&setting, texts[i].text, strlen(texts[i].text));
        assert_verdict("reject", "malformed");
        assert_string_equal(garita_error_name(verdict.fault.error),
                            garita_error_name(texts[i].error));
        assert_int_equal(verdict.fault.at, texts[i].at);
        assert_check(GARITA_STAGE_FORM, GARITA_CHECK_FAIL, GARITA_REASON_MALFORMED);
        assert_check(GARITA_STAGE_CHAIN, GARITA_CHECK_SKIP, GARITA_REASON_NONE);
        assert_nothing_is_known_of_the_holder();
    }
    static char longest[GARITA_QR_TEXT_MAX + 1];
    memset(longest, '0', sizeof longest);
    memcpy(longest, "GT1:", 4);
    judge_text(&setting, longest, sizeof longest);
    assert_verdict("reject", "malformed");
    assert_error(verdict.fault.error, TOO_LONG);
    judge_text(&setting, longest, sizeof longest - 1);
    assert_error(verdict.fault.error, ENVELOPE);
}

static void statement_that_is_too_long_is_malformed(void **state)
{
    (void)state;
    garita_setting setting = setting_of(NULL, "any");
    blob b = {.len = GARITA_QR_STATEMENT_BYTES_MAX + 1};
    memset(b.bytes, 0x92, b.len);
    judge(&setting, &b);
    assert_verdict("reject", "malformed");
    assert_error(verdict.fault.error, TOO_LONG);
    b.len--;
    judge(&setting, &b);
    assert_error(verdict.fault.error, ENVELOPE);
}

static void sign_map(blob *out, const party *by, const char *first_keys, const char *rest)
{
    blob map, head = blob_hex(first_keys), tail = blob_hex(rest);
    memcpy(map.bytes, head.bytes, head.len);
    map.len = head.len;
    memcpy(map.bytes + map.len, by->signer.id.bytes, 8);
    map.len += 8;
    memcpy(map.bytes + map.len, tail.bytes, tail.len);
    map.len += tail.len;
    sign(out, by, GARITA_TYPE_CREDENTIAL, map.bytes, map.len);
}

/* Of another version or type: said before any key is looked for, for nobody of ours may know them.
 */
static void statement_of_another_version_or_type_is_unsupported_version(void **state)
{
    (void)state;
    static const struct {
        const char *first_keys;
        garita_error error;
    } maps[] = {{"85 00 02 01 02 02 c408", GARITA_E_UNSUPPORTED_VERSION},
                {"85 00 00 01 02 02 c408", GARITA_E_UNSUPPORTED_VERSION},
                {"85 00 01 01 07 02 c408", GARITA_E_UNKNOWN_TYPE},
                {"85 00 01 01 08 02 c408", GARITA_E_UNKNOWN_TYPE},
                {"85 00 01 01 18 02 c408", GARITA_E_UNKNOWN_TYPE}};
    garita_setting setting = setting_of(NULL, "any");
    for (size_t i = 0; i < COUNT(maps); i++) {
        blob b;
        sign_map(&b, &stranger, maps[i].first_keys, "03 01 04 01");
        judge(&setting, &b);
        assert_verdict("reject", "unsupported-version");
        assert_string_equal(garita_error_name(verdict.fault.error),
                            garita_error_name(maps[i].error));
        assert_check(GARITA_STAGE_FORM, GARITA_CHECK_FAIL, GARITA_REASON_UNSUPPORTED_VERSION);
        assert_false(verdict.has_signer);
    }
}

static void statement_of_another_of_our_types_is_malformed(void **state)
{
    (void)state;
    garita_setting setting = setting_of(NULL, "any");
    blob b;
    certify(&b, &anchor, &region, (grant){.serial = REGION_SERIAL, .depth = 3});
    judge(&setting, &b);
    assert_verdict("reject", "malformed");
    assert_error(verdict.fault.error, WRONG_TYPE);
}

static void flaw_under_a_good_signature_is_malformed(void **state)
{
    (void)state;
    static const struct {
        const char *rest;
        garita_error error;
        const char *field, *reason;
    } maps[] = {
        {"03 01 04 00", GARITA_E_RANGE, "serial", "malformed"},
        {"03 01 04 cc01", GARITA_E_NOT_MINIMAL, "serial", "malformed"},
        {"03 01 04 01", GARITA_E_MISSING_KEY, "", "malformed"},
        {"03 01 03 01", GARITA_E_KEY_ORDER, "", "malformed"},
        {"03 01 0c 01", GARITA_E_UNKNOWN_KEY, "", "unsupported-version"},
        {"03 01 3f c0", GARITA_E_UNKNOWN_KEY, "", "unsupported-version"},
    };
    garita_setting setting = setting_of(NULL, "any");
    for (size_t i = 0; i < COUNT(maps); i++) {
        blob b;
        sign_map(&b, &office, "85 00 01 01 02 02 c408", maps[i].rest);
        judge(&setting, &b);
        assert_verdict("reject", maps[i].reason);
        assert_string_equal(garita_error_name(verdict.fault.error),
                            garita_error_name(maps[i].error));
        assert_string_equal(verdict.fault.field, maps[i].field);
        assert_check(GARITA_STAGE_FORM, GARITA_CHECK_FAIL, verdict.reason);
        assert_check(GARITA_STAGE_SIGNATURE, GARITA_CHECK_PASS, GARITA_REASON_NONE);
        assert_check(GARITA_STAGE_SCOPE, GARITA_CHECK_SKIP, GARITA_REASON_NONE);
        assert_non_null(verdict.issuer); /* people are told who signs such things */
        assert_nothing_is_known_of_the_holder();
        /* and it is nothing that a stranger can make us look for */
        b.bytes[b.len - 1] ^= 1;
        judge(&setting, &b);
        assert_verdict("reject", "bad-signature");
        assert_error(verdict.fault.error, OK);
    }
}

/* --- chain and signature --- */

static void credential_of_a_stranger_is_unknown_issuer(void **state)
{
    (void)state;
    garita_setting setting = setting_of(NULL, "any");
    garita_credential c;
    blob b;
    party second;
    usual_credential(&c);
    issue(&b, &stranger, &c);
    judge(&setting, &b);
    assert_verdict("reject", "unknown-issuer");
    assert_check(GARITA_STAGE_FORM, GARITA_CHECK_PASS, GARITA_REASON_NONE);
    assert_check(GARITA_STAGE_CHAIN, GARITA_CHECK_FAIL, GARITA_REASON_UNKNOWN_ISSUER);
    assert_check(GARITA_STAGE_SIGNATURE, GARITA_CHECK_SKIP, GARITA_REASON_NONE);
    assert_true(verdict.has_signer);
    assert_true(garita_id_equal(&verdict.signer, &stranger.signer.id));
    assert_null(verdict.issuer);
    assert_nothing_is_known_of_the_holder();
    /* a number of a known authority that no key has */
    party_rotate(&second, &office, 2, 86);
    issue(&b, &second, &c);
    judge(&setting, &b);
    assert_verdict("reject", "unknown-issuer");
}

static void bad_signature_exposes_no_credential(void **state)
{
    (void)state;
    garita_setting setting = setting_of(NULL, "any");
    garita_credential c;
    blob b;
    party impostor;
    usual_credential(&c);
    party_rotate(&impostor, &office, 1, 87);
    issue(&b, &impostor, &c);
    judge(&setting, &b);
    assert_verdict("reject", "bad-signature");
    assert_check(GARITA_STAGE_FORM, GARITA_CHECK_PASS, GARITA_REASON_NONE);
    assert_check(GARITA_STAGE_CHAIN, GARITA_CHECK_PASS, GARITA_REASON_NONE);
    assert_check(GARITA_STAGE_SIGNATURE, GARITA_CHECK_FAIL, GARITA_REASON_BAD_SIGNATURE);
    for (int s = GARITA_STAGE_SCOPE; s < GARITA_STAGE_COUNT; s++)
        assert_check((garita_stage)s, GARITA_CHECK_SKIP, GARITA_REASON_NONE);
    assert_true(verdict.has_signer);
    assert_null(verdict.issuer);
    assert_nothing_is_known_of_the_holder();
}

static void every_bit_flipped_is_rejected_and_exposes_nothing(void **state)
{
    (void)state;
    garita_setting setting = setting_of(NULL, "any");
    garita_credential c;
    blob b;
    usual_credential(&c);
    issue(&b, &office, &c);
    for (size_t bit = 0; bit < 8 * b.len; bit++) {
        b.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        judge(&setting, &b);
        if (verdict.outcome == GARITA_NO_VERDICT) { /* by its type an attestation now */
            assert_int_equal(verdict.shown_count, 1);
            assert_int_equal(verdict.shown[0].outcome, GARITA_REJECT);
            assert_false(verdict.shown[0].is_readable);
        } else {
            assert_int_equal(verdict.outcome, GARITA_REJECT);
        }
        assert_nothing_is_known_of_the_holder();
        assert_null(verdict.issuer);
        b.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    judge(&setting, &b);
    assert_verdict("accept", "ok");
}

/* With a bad signature the chain's reason is given if every chain failed, else the signature's. */
static void bad_signature_under_a_failed_chain_is_the_chain_s(void **state)
{
    (void)state;
    book logs = good_book();
    garita_status_source source = {&logs, look_up};
    garita_setting setting = setting_of(&source, "any");
    garita_credential c;
    blob b;
    usual_credential(&c);
    static const struct {
        const party *by;
        const char *reason;
    } offices[] = {{&future_office, "issuer-not-yet-valid"}, {&past_office, "issuer-expired"}};
    for (size_t i = 0; i < COUNT(offices); i++) {
        issue(&b, offices[i].by, &c);
        b.bytes[b.len - 1] ^= 1;
        judge(&setting, &b);
        assert_verdict("reject", offices[i].reason);
        assert_check(GARITA_STAGE_CHAIN, GARITA_CHECK_FAIL, verdict.reason);
        assert_check(GARITA_STAGE_SIGNATURE, GARITA_CHECK_FAIL, GARITA_REASON_BAD_SIGNATURE);
        assert_nothing_is_known_of_the_holder();
    }
    logs.by_level[1].standing = GARITA_STANDING_REVOKED;
    issue(&b, &office, &c);
    b.bytes[b.len - 1] ^= 1;
    judge(&setting, &b);
    assert_verdict("reject", "issuer-revoked");
}

/* Three records, in each order of good and failed chains. */
static void bad_signature_under_one_good_chain_of_several_is_bad_signature(void **state)
{
    (void)state;
    static const unsigned failed_masks[] = {0, 1, 2, 3, 4, 5, 6, 7};
    for (size_t i = 0; i < COUNT(failed_masks); i++) {
        garita_trust *several;
        garita_credential c;
        blob b;
        assert_ok(garita_trust_new(&several));
        pin(several, &anchor, (grant){.serial = 1});
        for (uint32_t k = 0; k < 3; k++)
            add(several, &anchor, &office,
                (grant){.serial = 2 + k,
                        .until = failed_masks[i] >> k & 1 ? "2026-12-31" : "2030-12-31"});
        garita_setting setting = setting_of(NULL, "any");
        setting.trust = several;
        usual_credential(&c);
        issue(&b, &office, &c);
        b.bytes[b.len - 1] ^= 1;
        judge(&setting, &b);
        assert_verdict("reject", failed_masks[i] == 7 ? "issuer-expired" : "bad-signature");
        b.bytes[b.len - 1] ^= 1;
        judge(&setting, &b);
        if (failed_masks[i] == 7)
            assert_verdict("reject", "issuer-expired");
        else
            assert_verdict("accept", "ok");
        garita_trust_free(several);
    }
}

/* --- every row together with every other --- */

typedef enum flaw {
    F_ISSUER_FUTURE,
    F_ISSUER_PAST,
    F_ISSUER_REVOKED,
    F_OUT_OF_SCOPE,
    F_REVOKED,
    F_NOT_YET_VALID,
    F_EXPIRED,
    F_SUSPENDED,
    F_EQUIVOCATED,
    F_SERIAL_UNKNOWN,
    F_MISSING,
    F_STALE,
    F_TOO_STALE,
    F_CLOCK_BEHIND,
    F_CLOCK_UNKNOWN,
    F_LANE,
    FLAWS
} flaw;

/* In the table's order. */
static const struct {
    garita_reason reason;
    garita_stage stage;
    garita_outcome outcome;
    bool any_waives, needs_clock;
} rows[FLAWS] = {
#define ROW(reason, stage, outcome) GARITA_REASON_##reason, GARITA_STAGE_##stage, GARITA_##outcome
    /* clang-format off */
    [F_ISSUER_FUTURE]  = {ROW(ISSUER_NOT_YET_VALID, CHAIN, REJECT), false, true},
    [F_ISSUER_PAST]    = {ROW(ISSUER_EXPIRED, CHAIN, REJECT), false, true},
    [F_ISSUER_REVOKED] = {ROW(ISSUER_REVOKED, CHAIN, REJECT), false, false},
    [F_OUT_OF_SCOPE]   = {ROW(OUT_OF_SCOPE, SCOPE, REJECT), false, false},
    [F_REVOKED]        = {ROW(REVOKED, REVOCATION, REJECT), false, false},
    [F_NOT_YET_VALID]  = {ROW(NOT_YET_VALID, DATES, REJECT), false, true},
    [F_EXPIRED]        = {ROW(EXPIRED, DATES, REJECT), false, true},
    [F_SUSPENDED]      = {ROW(SUSPENDED, STATUS, REFER), false, false},
    [F_EQUIVOCATED]    = {ROW(ISSUER_EQUIVOCATED, STATUS, REFER), false, false},
    [F_SERIAL_UNKNOWN] = {ROW(SERIAL_UNKNOWN, STATUS, REFER), true, false},
    [F_MISSING]        = {ROW(STATUS_MISSING, STATUS, REFER), true, false},
    [F_STALE]          = {ROW(STATUS_STALE, FRESHNESS, REFER), true, true},
    [F_TOO_STALE]      = {ROW(STATUS_STALE, FRESHNESS, REJECT), true, true},
    [F_CLOCK_BEHIND]   = {ROW(CLOCK_BEHIND, FRESHNESS, REFER), true, true},
    [F_CLOCK_UNKNOWN]  = {ROW(CLOCK_UNKNOWN, FRESHNESS, REFER), false, false},
    [F_LANE]           = {ROW(LANE_MISMATCH, POLICY, REJECT), false, false},
/* clang-format on */
#undef ROW
};

static bool has(uint32_t set, flaw f)
{
    return (set >> f & 1) != 0;
}

static bool can_be(uint32_t set)
{
    return !(has(set, F_ISSUER_FUTURE) && has(set, F_ISSUER_PAST)) &&
           !(has(set, F_NOT_YET_VALID) && has(set, F_EXPIRED)) &&
           !(has(set, F_STALE) && has(set, F_TOO_STALE));
}

static void judge_with(uint32_t set, const garita_lane *base)
{
    book logs = good_book();
    garita_status_source source = {&logs, look_up};
    garita_lane lane = *base;
    garita_setting setting = setting_of(&source, "default");
    garita_credential c;
    blob b;
    setting.lane = &lane;
    lane.reject_after.anchor = 500 * DAY_S;
    usual_credential(&c);
    const party *by = has(set, F_ISSUER_FUTURE) ? &future_office
                      : has(set, F_ISSUER_PAST) ? &past_office
                                                : &office;
    if (has(set, F_ISSUER_REVOKED)) /* the office's statement, in the region's log */
        logs.by_level[1].standing = GARITA_STANDING_REVOKED;
    if (has(set, F_OUT_OF_SCOPE))
        c.programme = OEA;
    if (has(set, F_REVOKED))
        logs.by_level[2].standing = GARITA_STANDING_REVOKED;
    if (has(set, F_NOT_YET_VALID))
        c.not_before = day("2027-06-02");
    if (has(set, F_EXPIRED))
        c.expires = day("2027-05-30");
    if (has(set, F_SUSPENDED)) /* the region's, in the anchor's */
        logs.by_level[0].standing = GARITA_STANDING_SUSPENDED;
    logs.by_level[0].equivocated = has(set, F_EQUIVOCATED);
    if (has(set, F_SERIAL_UNKNOWN))
        logs.by_level[2].issued = CREDENTIAL_SERIAL - 1;
    logs.by_level[1].has_head = !has(set, F_MISSING);
    if (has(set, F_STALE))
        logs.by_level[0].next_due = NOW - 1;
    if (has(set, F_TOO_STALE))
        logs.by_level[0].signed_at = NOW - 501 * DAY_S;
    if (has(set, F_CLOCK_BEHIND)) {
        setting.clock.has_floor = true;
        setting.clock.floor = NOW + 10;
    }
    setting.clock.is_known = !has(set, F_CLOCK_UNKNOWN);
    if (has(set, F_LANE))
        lane.programmes = ~(UINT64_C(1) << c.programme);
    issue(&b, by, &c);
    judge(&setting, &b);
}

static void assert_as_the_table_says(uint32_t set, const garita_lane *lane)
{
    garita_outcome outcome = GARITA_ACCEPT;
    garita_reason reason = GARITA_REASON_OK;
    garita_check expected[GARITA_STAGE_COUNT];
    bool waives = lane->waives_freshness;
    bool clock = !has(set, F_CLOCK_UNKNOWN);
    for (int s = 0; s < GARITA_STAGE_COUNT; s++)
        expected[s] = (garita_check){GARITA_CHECK_PASS, GARITA_REASON_NONE};
    if (!clock)
        expected[GARITA_STAGE_DATES].result = GARITA_CHECK_SKIP;
    if (waives && (has(set, F_SERIAL_UNKNOWN) || has(set, F_MISSING)))
        expected[GARITA_STAGE_STATUS].result = GARITA_CHECK_SKIP;
    if (waives)
        expected[GARITA_STAGE_FRESHNESS].result = GARITA_CHECK_SKIP;
    for (flaw f = 0; f < FLAWS; f++) {
        garita_check *check = &expected[rows[f].stage];
        if (!has(set, f) || (rows[f].any_waives && waives) || (rows[f].needs_clock && !clock))
            continue;
        if (check->result != GARITA_CHECK_FAIL)
            *check = (garita_check){GARITA_CHECK_FAIL, rows[f].reason};
        if (rows[f].outcome > outcome) {
            outcome = rows[f].outcome;
            reason = rows[f].reason;
        }
    }
    judge_with(set, lane);
    if (verdict.outcome != outcome || verdict.reason != reason)
        fail_msg("flaws %05x in %s: %s %s, not %s %s", (unsigned)set, lane->name,
                 garita_outcome_name(verdict.outcome), garita_reason_code(verdict.reason),
                 garita_outcome_name(outcome), garita_reason_code(reason));
    for (int s = 0; s < GARITA_STAGE_COUNT; s++)
        assert_check((garita_stage)s, expected[s].result, expected[s].reason);
    assert_true(verdict.has_credential);
    assert_non_null(verdict.issuer);
    assert_int_equal(verdict.has_status_age, clock);
}

/* All sets of up to three flaws, and the whole of each that can be. */
static void worst_of_several_flaws_is_the_outcome_and_the_first_of_it_the_reason(void **state)
{
    (void)state;
    static const char *const lanes[] = {"default", "any"};
    for (size_t l = 0; l < COUNT(lanes); l++) {
        const garita_lane *lane = garita_lane_builtin(lanes[l]);
        assert_as_the_table_says(0, lane);
        for (unsigned i = 0; i < FLAWS; i++)
            for (unsigned j = i; j < FLAWS; j++)
                for (unsigned k = j; k < FLAWS; k++) {
                    uint32_t set = 1u << i | 1u << j | 1u << k;
                    if (can_be(set))
                        assert_as_the_table_says(set, lane);
                }
        uint32_t all = (1u << FLAWS) - 1;
        static const flaw pairs[3][2] = {
            {F_ISSUER_FUTURE, F_ISSUER_PAST}, {F_NOT_YET_VALID, F_EXPIRED}, {F_STALE, F_TOO_STALE}};
        for (unsigned choice = 0; choice < 16; choice++) {
            uint32_t set = all;
            for (unsigned p = 0; p < 3; p++)
                set &= ~(1u << pairs[p][choice >> p & 1]);
            if (choice >> 3)
                set &= ~(1u << F_CLOCK_UNKNOWN);
            assert_as_the_table_says(set, lane);
        }
    }
}

/* --- every level of the chain --- */

/* The deepest: the credential, four authorities, the anchor's further key, the anchor. */
enum { STEPS = GARITA_CHAIN_DEPTH_MAX + 3 };

typedef struct deep {
    garita_trust *trust;
    party anchor, anchor_second, agencies[GARITA_CHAIN_DEPTH_MAX];
    blob credential;
} deep;

/* Fills in place: a party does not move. */
static void dig(deep *d)
{
    garita_credential c;
    const party *by = &d->anchor_second;
    assert_ok(garita_trust_new(&d->trust));
    party_make(&d->anchor, 100);
    party_rotate(&d->anchor_second, &d->anchor, 2, 101);
    pin(d->trust, &d->anchor, (grant){.serial = 10});
    add(d->trust, &d->anchor, &d->anchor_second, (grant){.serial = 11});
    for (uint32_t i = 0; i < GARITA_CHAIN_DEPTH_MAX; i++) {
        party_make(&d->agencies[i], 102 + i);
        add(d->trust, by, &d->agencies[i], (grant){.serial = 12 + i, .depth = 4});
        by = &d->agencies[i];
    }
    world_credential(&c, 16, NULL);
    issue(&d->credential, by, &c);
}

/* One status for all logs, but for one that the serial finds. */
typedef struct spotted {
    uint32_t serial;
    garita_status usual, there;
} spotted;

static void look_up_spotted(const void *context, garita_status *out, const garita_issuer *authority,
                            uint32_t serial)
{
    const spotted *s = context;
    (void)authority;
    *out = serial == s->serial ? s->there : s->usual;
}

typedef void (*spot)(garita_status *);

static void make_revoked(garita_status *s)
{
    s->standing = GARITA_STANDING_REVOKED;
}
static void make_suspended(garita_status *s)
{
    s->standing = GARITA_STANDING_SUSPENDED;
}
static void make_equivocated(garita_status *s)
{
    s->equivocated = true;
}
static void make_missing(garita_status *s)
{
    s->has_head = false;
}
static void make_overdue(garita_status *s)
{
    s->next_due = NOW - 1;
}
static void make_future(garita_status *s)
{
    s->signed_at = NOW + GARITA_CLOCK_SKEW_S + 1;
}
static void make_ancient(garita_status *s)
{
    s->signed_at = NOW - 401 * DAY_S;
}
/* At most 9 were issued, says the head: so each of ours is unknown. */
static void make_unknown(garita_status *s)
{
    s->issued = 9;
}

static void flaw_at_any_level_counts(void **state)
{
    (void)state;
    static const struct {
        spot spot;
        const char *below,
            *above; /* reasons in lane default, for the credential and for the rest */
        const char *any_below, *any_above;
    } spots[] = {
        {make_revoked, "revoked", "issuer-revoked", "revoked", "issuer-revoked"},
        {make_suspended, "suspended", "suspended", "suspended", "suspended"},
        {make_equivocated, "issuer-equivocated", "issuer-equivocated", "issuer-equivocated",
         "issuer-equivocated"},
        {make_missing, "status-missing", "status-missing", "ok", "ok"},
        {make_unknown, "serial-unknown", "serial-unknown", "ok", "ok"},
        {make_overdue, "status-stale", "status-stale", "ok", "ok"},
        {make_future, "status-stale", "status-stale", "ok", "ok"},
        {make_ancient, "status-stale", "status-stale", "ok", "ok"},
    };
    static deep d;
    dig(&d);
    for (size_t i = 0; i < COUNT(spots); i++)
        for (uint32_t serial = 9; serial <= 16; serial++) {
            spotted s = {serial, good_status, good_status};
            garita_status_source source = {&s, look_up_spotted};
            garita_setting setting = setting_of(&source, "default");
            setting.trust = d.trust;
            spots[i].spot(&s.there);
            judge(&setting, &d.credential);
            const char *expected = serial == 9    ? "ok" /* nobody's: the test can tell */
                                   : serial == 16 ? spots[i].below
                                                  : spots[i].above;
            if (strcmp(garita_reason_code(verdict.reason), expected) != 0)
                fail_msg("spot %zu at serial %u: %s", i, (unsigned)serial,
                         garita_reason_code(verdict.reason));
            setting.lane = garita_lane_builtin("any");
            judge(&setting, &d.credential);
            expected = serial == 9 ? "ok" : serial == 16 ? spots[i].any_below : spots[i].any_above;
            assert_string_equal(garita_reason_code(verdict.reason), expected);
        }
    garita_trust_free(d.trust);
}

/* Whose log is asked for which serial, from the credential up. */
typedef struct asked {
    size_t count;
    struct {
        const garita_issuer *authority;
        uint32_t serial;
    } at[16];
} asked;

static void look_up_and_note(const void *context, garita_status *out,
                             const garita_issuer *authority, uint32_t serial)
{
    asked *a;
    memcpy(&a, context, sizeof a);
    assert_true(a->count < COUNT(a->at));
    a->at[a->count].authority = authority;
    a->at[a->count].serial = serial;
    a->count++;
    *out = good_status;
}

static void each_serial_is_looked_up_in_its_signer_s_log_once(void **state)
{
    (void)state;
    static deep d;
    asked a = {0}, *note = &a;
    garita_status_source source = {&note, look_up_and_note};
    garita_setting setting = setting_of(&source, "default");
    dig(&d);
    setting.trust = d.trust;
    judge(&setting, &d.credential);
    assert_verdict("accept", "ok");
    assert_int_equal(a.count, STEPS);
    bool seen[STEPS] = {false};
    for (size_t i = 0; i < STEPS; i++) {
        uint32_t serial = a.at[i].serial;
        const garita_issuer *who = a.at[i].authority;
        assert_true(serial >= 10 && serial <= 16 && !seen[serial - 10]);
        seen[serial - 10] = true;
        /* 10 is the anchor's of itself; 11 the further key's, in its log; 12 the first agency's, in
         * the further key's log, which is the anchor's too; and so on down to the credential's, 16
         */
        if (serial <= 11)
            assert_ptr_equal(who, garita_trust_get(d.trust, 0));
        else
            assert_ptr_equal(who, garita_trust_get(d.trust, serial - 11));
    }
    garita_trust_free(d.trust);
}

static void credential_of_an_anchor_itself_is_judged_by_its_own_log(void **state)
{
    (void)state;
    asked a = {0}, *note = &a;
    garita_status_source source = {&note, look_up_and_note};
    garita_setting setting = setting_of(&source, "default");
    garita_credential c;
    blob b;
    usual_credential(&c);
    issue(&b, &anchor, &c);
    judge(&setting, &b);
    assert_verdict("accept", "ok");
    assert_int_equal(a.count, 2);
    for (size_t i = 0; i < 2; i++)
        assert_ptr_equal(a.at[i].authority, garita_trust_get(trust, 0));
    assert_int_equal(a.at[0].serial + a.at[1].serial, CREDENTIAL_SERIAL + ANCHOR_SERIAL);
}

/* --- freshness, to the second --- */

static void judge_aged(size_t level, int64_t age_s, const garita_lane *lane)
{
    book logs = good_book();
    garita_status_source source = {&logs, look_up};
    garita_setting setting = setting_of(&source, "default");
    garita_credential c;
    blob b;
    setting.lane = lane;
    logs.by_level[level].signed_at = NOW - age_s;
    usual_credential(&c);
    issue(&b, &office, &c);
    judge(&setting, &b);
}

static void status_is_stale_after_its_level_s_limit(void **state)
{
    (void)state;
    static const int64_t limits[] = {400 * DAY_S, 90 * DAY_S, 7 * DAY_S}; /* by level */
    const garita_lane *lane = garita_lane_builtin("default");
    for (size_t level = 0; level < COUNT(limits); level++) {
        judge_aged(level, limits[level], lane);
        assert_verdict("accept", "ok");
        judge_aged(level, limits[level] + 1, lane);
        assert_verdict("refer", "status-stale");
        assert_check(GARITA_STAGE_FRESHNESS, GARITA_CHECK_FAIL, GARITA_REASON_STATUS_STALE);
    }
}

static void status_past_the_second_limit_is_rejected(void **state)
{
    (void)state;
    garita_lane lane = *garita_lane_builtin("default");
    lane.refer_after = (garita_lane_ages){.issuer = 10, .between = 20, .anchor = 30};
    lane.reject_after = (garita_lane_ages){.issuer = 100, .between = 200, .anchor = 300};
    for (size_t level = 0; level < 3; level++) {
        int64_t first = 30 - 10 * (int64_t)level, second = 10 * first;
        /* the others are fresh */
        book logs = good_book();
        garita_status_source source = {&logs, look_up};
        garita_setting setting = setting_of(&source, "default");
        garita_credential c;
        blob b;
        setting.lane = &lane;
        usual_credential(&c);
        issue(&b, &office, &c);
        for (size_t i = 0; i < 3; i++)
            logs.by_level[i].signed_at = NOW;
        logs.by_level[level].signed_at = NOW - first;
        judge(&setting, &b);
        assert_verdict("accept", "ok");
        logs.by_level[level].signed_at = NOW - first - 1;
        judge(&setting, &b);
        assert_verdict("refer", "status-stale");
        logs.by_level[level].signed_at = NOW - second;
        judge(&setting, &b);
        assert_verdict("refer", "status-stale");
        logs.by_level[level].signed_at = NOW - second - 1;
        judge(&setting, &b);
        assert_verdict("reject", "status-stale");
        /* past due alone is no reason to reject */
        logs.by_level[level].signed_at = NOW;
        logs.by_level[level].next_due = NOW - 1000;
        judge(&setting, &b);
        assert_verdict("refer", "status-stale");
    }
}

/* A second limit without a first one. */
static void second_limit_counts_by_itself(void **state)
{
    (void)state;
    garita_lane lane = *garita_lane_builtin("default");
    lane.refer_after = (garita_lane_ages){0};
    lane.reject_after = (garita_lane_ages){.issuer = 7200};
    judge_aged(2, 7200, &lane);
    assert_verdict("accept", "ok");
    judge_aged(2, 7201, &lane);
    assert_verdict("reject", "status-stale");
    judge_aged(0, 400 * (int64_t)DAY_S, &lane); /* zero is no limit */
    assert_verdict("accept", "ok");
}

/* A promise of news in a century counts for as long as the place of the log in the chain allows. */
static void next_due_is_capped_by_the_place_in_the_chain(void **state)
{
    (void)state;
    garita_lane lane = *garita_lane_builtin("default");
    lane.refer_after = (garita_lane_ages){0};
    static const int64_t caps[] = {400 * DAY_S, 90 * DAY_S, 7 * DAY_S}; /* by level */
    for (unsigned level = 0; level < COUNT(caps); level++) {
        judge_aged(level, caps[level], &lane);
        assert_verdict("accept", "ok");
        judge_aged(level, caps[level] + 1, &lane);
        assert_verdict("refer", "status-stale");
    }
}

static void status_is_stale_past_its_next_due_and_beyond_the_skew(void **state)
{
    (void)state;
    book logs = good_book();
    garita_status_source source = {&logs, look_up};
    garita_setting setting = setting_of(&source, "default");
    garita_credential c;
    blob b;
    usual_credential(&c);
    issue(&b, &office, &c);
    logs.by_level[2].next_due = NOW;
    judge(&setting, &b);
    assert_verdict("accept", "ok");
    logs.by_level[2].next_due = NOW - 1;
    judge(&setting, &b);
    assert_verdict("refer", "status-stale");
    logs = good_book();
    logs.by_level[2].signed_at = NOW + 300;
    judge(&setting, &b);
    assert_verdict("accept", "ok");
    assert_int_equal(verdict.status_age_s, -300);
    logs.by_level[2].signed_at = NOW + 301;
    judge(&setting, &b);
    assert_verdict("refer", "status-stale");
}

static void serial_up_to_issued_is_known(void **state)
{
    (void)state;
    book logs = good_book();
    garita_status_source source = {&logs, look_up};
    garita_setting setting = setting_of(&source, "default");
    garita_credential c;
    blob b;
    usual_credential(&c);
    issue(&b, &office, &c);
    logs.by_level[0].issued = REGION_SERIAL;
    logs.by_level[1].issued = OFFICE_SERIAL;
    logs.by_level[2].issued = CREDENTIAL_SERIAL;
    judge(&setting, &b);
    assert_verdict("accept", "ok");
    for (size_t level = 0; level < 3; level++) {
        logs.by_level[level].issued--;
        judge(&setting, &b);
        assert_verdict("refer", "serial-unknown");
        logs.by_level[level].issued++;
    }
}

/* Known revocations never fall: not for want of a head, nor of a clock. */
static void revocation_counts_however_old_or_lonely_in_every_lane(void **state)
{
    (void)state;
    static const char *const lanes[] = {"default", "any"};
    static const garita_standing standings[] = {GARITA_STANDING_SUSPENDED, GARITA_STANDING_REVOKED};
    for (size_t l = 0; l < COUNT(lanes); l++)
        for (size_t i = 0; i < COUNT(standings); i++) {
            book logs = {0};
            garita_status_source source = {&logs, look_up};
            garita_setting setting = setting_of(&source, lanes[l]);
            garita_credential c;
            blob b;
            usual_credential(&c);
            issue(&b, &office, &c);
            logs.by_level[2].standing = standings[i];
            judge(&setting, &b);
            if (standings[i] == GARITA_STANDING_REVOKED)
                assert_verdict("reject", "revoked");
            else
                assert_verdict("refer", "suspended");
            logs.by_level[2] = good_status;
            logs.by_level[2].standing = standings[i];
            logs.by_level[2].signed_at = logs.by_level[2].next_due = 0;
            setting.clock.is_known = false;
            judge(&setting, &b);
            if (standings[i] == GARITA_STANDING_REVOKED)
                assert_verdict("reject", "revoked");
            else
                assert_verdict("refer", "suspended");
        }
}

/* --- dates, to the second --- */

static void judge_at(const garita_setting *setting, const blob *b, int64_t now)
{
    garita_setting then = *setting;
    then.clock.now = now;
    judge(&then, b);
}

static void credential_is_in_force_on_its_days(void **state)
{
    (void)state;
    garita_setting setting = setting_of(NULL, "any");
    garita_credential c;
    blob b;
    usual_credential(&c);
    issue(&b, &office, &c);
    judge_at(&setting, &b, moment("2025-12-31T23:59:59Z"));
    assert_verdict("reject", "not-yet-valid");
    judge_at(&setting, &b, moment("2026-01-01T00:00:00Z"));
    assert_verdict("accept", "ok");
    judge_at(&setting, &b, moment("2031-01-02T11:59:59Z"));
    assert_verdict("accept", "ok");
    judge_at(&setting, &b, moment("2031-01-02T12:00:00Z"));
    assert_verdict("reject", "expired");
}

static void chain_is_in_force_on_its_days(void **state)
{
    (void)state;
    garita_setting setting = setting_of(NULL, "any");
    garita_credential c;
    blob b;
    usual_credential(&c);
    issue(&b, &future_office, &c); /* from 2028-01-01 */
    judge_at(&setting, &b, moment("2027-12-31T23:59:59Z"));
    assert_verdict("reject", "issuer-not-yet-valid");
    judge_at(&setting, &b, moment("2028-01-01T00:00:00Z"));
    assert_verdict("accept", "ok");
    issue(&b, &past_office, &c); /* until 2026-12-31 */
    judge_at(&setting, &b, moment("2027-01-01T11:59:59Z"));
    assert_verdict("accept", "ok");
    judge_at(&setting, &b, moment("2027-01-01T12:00:00Z"));
    assert_verdict("reject", "issuer-expired");
}

/* --- the clock --- */

static void clock_behind_its_floor_is_referred_and_the_floor_is_judged_by(void **state)
{
    (void)state;
    book logs = good_book();
    garita_status_source source = {&logs, look_up};
    garita_setting setting = setting_of(&source, "default");
    garita_credential c;
    blob b;
    usual_credential(&c);
    issue(&b, &office, &c);
    setting.clock.has_floor = true;
    setting.clock.floor = NOW;
    judge(&setting, &b);
    assert_verdict("accept", "ok");
    setting.clock.now = NOW - 1;
    judge(&setting, &b);
    assert_verdict("refer", "clock-behind");
    assert_check(GARITA_STAGE_FRESHNESS, GARITA_CHECK_FAIL, GARITA_REASON_CLOCK_BEHIND);
    assert_int_equal(verdict.status_age_s, 3600); /* by the floor */
    /* a clock set back ten years brings nothing back to life, in any lane */
    setting.clock.now = NOW - 3650 * (int64_t)DAY_S;
    judge(&setting, &b);
    assert_verdict("refer", "clock-behind");
    setting.clock.floor = moment("2031-01-02T12:00:00Z");
    judge(&setting, &b);
    assert_verdict("reject", "expired");
    setting.lane = garita_lane_builtin("any");
    judge(&setting, &b);
    assert_verdict("reject", "expired");
    setting.clock.floor = NOW;
    judge(&setting, &b);
    assert_verdict("accept", "ok"); /* which waives clock-behind */
    /* a floor that there is not does not count */
    setting.lane = garita_lane_builtin("default");
    setting.clock = (garita_clock){.is_known = true, .now = NOW, .floor = INT64_MAX};
    judge(&setting, &b);
    assert_verdict("accept", "ok");
}

static void unknown_clock_is_referred_in_every_lane(void **state)
{
    (void)state;
    book logs = good_book();
    garita_status_source source = {&logs, look_up};
    garita_credential c;
    blob b;
    usual_credential(&c);
    c.expires = c.not_before; /* long past, if there were a clock */
    issue(&b, &past_office, &c);
    static const char *const lanes[] = {"default", "any"};
    for (size_t l = 0; l < COUNT(lanes); l++) {
        garita_setting setting = setting_of(&source, lanes[l]);
        setting.clock =
            (garita_clock){.is_known = false, .now = NOW, .has_floor = true, .floor = NOW + 100};
        judge(&setting, &b);
        assert_verdict("refer", "clock-unknown");
        assert_check(GARITA_STAGE_DATES, GARITA_CHECK_SKIP, GARITA_REASON_NONE);
        assert_check(GARITA_STAGE_FRESHNESS, GARITA_CHECK_FAIL, GARITA_REASON_CLOCK_UNKNOWN);
        assert_false(verdict.has_status_age);
    }
}

/* Whatever a clock, a floor or a head says, it comes to a verdict that is no accept, or to a sane
 * one. */
static void poisoned_times_end_in_a_verdict(void **state)
{
    (void)state;
    static const int64_t times[] = {INT64_MIN, INT64_MIN + 1, -1,       0, 1,
                                    NOW,       INT64_MAX - 1, INT64_MAX};
    garita_credential c;
    blob b;
    usual_credential(&c);
    issue(&b, &office, &c);
    for (size_t i = 0; i < COUNT(times); i++)
        for (size_t k = 0; k < COUNT(times); k++)
            for (size_t m = 0; m < COUNT(times); m++) {
                book logs = good_book();
                garita_status_source source = {&logs, look_up};
                garita_setting setting = setting_of(&source, "default");
                setting.clock.now = times[i];
                setting.clock.has_floor = true;
                setting.clock.floor = times[k];
                for (size_t level = 0; level < 3; level++) {
                    logs.by_level[level].signed_at = times[m];
                    logs.by_level[level].next_due = INT64_MAX;
                }
                judge(&setting, &b);
                bool sane = times[i] == NOW && times[k] <= NOW && times[m] == NOW;
                assert_int_equal(verdict.outcome == GARITA_ACCEPT, sane);
                assert_int_not_equal(verdict.outcome, GARITA_UNDECIDED);
            }
}

/* --- scope and lane --- */

static void programme_and_type_must_be_in_the_issuer_s_scope(void **state)
{
    (void)state;
    garita_setting setting = setting_of(NULL, "any");
    garita_credential c;
    blob b;
    garita_trust *other;
    usual_credential(&c);
    for (uint8_t p = 0; p <= GARITA_PROGRAMME_CODE_MAX; p++) {
        c.programme = p;
        issue(&b, &office, &c);
        judge(&setting, &b);
        if (p == SENTRI)
            assert_verdict("accept", "ok");
        else
            assert_verdict("reject", "out-of-scope");
    }
    /* an authority that may do all but credentials */
    assert_ok(garita_trust_new(&other));
    pin(other, &anchor, (grant){.serial = 1});
    add(other, &anchor, &office,
        (grant){.serial = 2, .types = GARITA_TYPES_ALL & ~(1u << GARITA_TYPE_CREDENTIAL)});
    setting.trust = other;
    c.programme = SENTRI;
    issue(&b, &office, &c);
    judge(&setting, &b);
    assert_verdict("reject", "out-of-scope");
    garita_trust_free(other);
}

static void lane_takes_its_programmes_alone(void **state)
{
    (void)state;
    garita_lane lane = *garita_lane_builtin("any");
    garita_setting setting = setting_of(NULL, "any");
    garita_credential c;
    blob b;
    setting.lane = &lane;
    usual_credential(&c);
    for (uint8_t p = 0; p <= GARITA_PROGRAMME_CODE_MAX; p++) {
        c.programme = p;
        issue(&b, &region, &c); /* who may all */
        lane.programmes = UINT64_C(1) << p;
        judge(&setting, &b);
        if (p == HEALTH) { /* nobody travels by it, whatever the lane's bits say */
            assert_verdict("reject", "lane-mismatch");
            continue;
        }
        assert_verdict("accept", "ok");
        assert_check(GARITA_STAGE_POLICY, GARITA_CHECK_PASS, GARITA_REASON_NONE);
        lane.programmes = ~lane.programmes;
        judge(&setting, &b);
        assert_verdict("reject", "lane-mismatch");
        assert_check(GARITA_STAGE_POLICY, GARITA_CHECK_FAIL, GARITA_REASON_LANE_MISMATCH);
    }
}

/* --- several records --- */

static void best_of_a_renewed_authority_s_records_counts(void **state)
{
    (void)state;
    static const char *const ends[][2] = {{"2026-12-31", "2030-12-31"},
                                          {"2030-12-31", "2026-12-31"}};
    for (size_t i = 0; i < COUNT(ends); i++) {
        garita_trust *renewed;
        garita_credential c;
        blob b;
        assert_ok(garita_trust_new(&renewed));
        pin(renewed, &anchor, (grant){.serial = 1});
        const garita_issuer *r[2];
        for (uint32_t k = 0; k < 2; k++)
            r[k] = add(renewed, &anchor, &office, (grant){.serial = 2 + k, .until = ends[i][k]});
        garita_setting setting = setting_of(NULL, "any");
        setting.trust = renewed;
        usual_credential(&c);
        issue(&b, &office, &c);
        judge(&setting, &b);
        assert_verdict("accept", "ok");
        assert_ptr_equal(verdict.issuer, r[i == 0]);
        assert_check(GARITA_STAGE_CHAIN, GARITA_CHECK_PASS, GARITA_REASON_NONE);
        /* the first of those that are as good */
        judge_at(&setting, &b, moment("2026-06-01T00:00:00Z"));
        assert_verdict("accept", "ok");
        assert_ptr_equal(verdict.issuer, r[0]);
        judge_at(&setting, &b, moment("2031-01-01T12:00:00Z"));
        assert_verdict("reject", "issuer-expired");
        garita_trust_free(renewed);
    }
}

/* Refer beats reject, accept beats refer, and the checks are those of the record that won. */
static void record_that_only_refers_beats_one_that_rejects(void **state)
{
    (void)state;
    garita_trust *renewed;
    garita_credential c;
    blob b;
    assert_ok(garita_trust_new(&renewed));
    pin(renewed, &anchor, (grant){.serial = 1});
    add(renewed, &anchor, &office, (grant){.serial = 2, .programmes = 1 << OEA});
    const garita_issuer *second = add(renewed, &anchor, &office, (grant){.serial = 3});
    const garita_issuer *third = add(renewed, &anchor, &office, (grant){.serial = 4});
    spotted s = {3, good_status, good_status};
    garita_status_source source = {&s, look_up_spotted};
    garita_setting setting = setting_of(&source, "default");
    setting.trust = renewed;
    s.there.standing = GARITA_STANDING_SUSPENDED;
    usual_credential(&c);
    issue(&b, &office, &c);
    judge(&setting, &b);
    assert_verdict("accept", "ok");
    assert_ptr_equal(verdict.issuer, third);
    s.usual.has_head = false; /* of all others */
    s.usual.standing = GARITA_STANDING_ACTIVE;
    judge(&setting, &b);
    assert_verdict("refer", "suspended");
    assert_ptr_equal(verdict.issuer, second);
    assert_check(GARITA_STAGE_SCOPE, GARITA_CHECK_PASS, GARITA_REASON_NONE);
    garita_trust_free(renewed);
}

/* Of records as good as each other, nearer to the anchor, then by the parent's key, then by serial:
 * each pair of these in both orders of coming. */
static void order_of_statements_decides_nothing(void **state)
{
    (void)state;
    const party *low = &future_office, *high = &past_office; /* by their keys */
    if (memcmp(low->first_key, high->first_key, GARITA_PUBLIC_KEY_SIZE) > 0) {
        low = &past_office;
        high = &future_office;
    }
    const struct {
        const party *by;
        uint32_t serial;
        const char *name;
    } of[] = {{&anchor, 90, "one"}, {&anchor, 91, "two"}, {low, 80, "three"},
              {low, 81, "four"},    {high, 2, "five"},    {high, 3, "six"}};
    for (size_t i = 0; i < COUNT(of); i++)
        for (size_t k = 0; k < COUNT(of); k++) {
            garita_trust *several;
            garita_credential c;
            blob b;
            if (i == k)
                continue;
            assert_ok(garita_trust_new(&several));
            pin(several, &anchor, (grant){.serial = 1});
            add(several, &anchor, low, (grant){.serial = 70, .depth = 2});
            add(several, &anchor, high, (grant){.serial = 60, .depth = 2});
            const size_t order[2] = {i, k};
            for (size_t n = 0; n < 2; n++)
                add(several, of[order[n]].by, &office,
                    (grant){.serial = of[order[n]].serial,
                            .name = of[order[n]].name,
                            .until = "2030-12-31"});
            garita_setting setting = setting_of(NULL, "any");
            setting.trust = several;
            usual_credential(&c);
            issue(&b, &office, &c);
            judge(&setting, &b);
            assert_verdict("accept", "ok");
            assert_string_equal(verdict.issuer->name, of[i < k ? i : k].name);
            judge_at(&setting, &b, moment("2031-01-01T12:00:00Z"));
            assert_verdict("reject", "issuer-expired");
            assert_string_equal(verdict.issuer->name, of[i < k ? i : k].name);
            garita_trust_free(several);
        }
}

/* One statement below two records of its signer: those are compared, and so on up. And where no
 * chain is good and no key either, the reason is the first record's in that same order. */
static void records_of_one_statement_go_by_their_parents(void **state)
{
    (void)state;
    for (int later_first = 0; later_first < 2; later_first++) {
        static const struct {
            uint32_t serial;
            const char *from, *until;
        } of[2] = {{20, NULL, "2026-12-31"}, {21, "2028-01-01", NULL}};
        garita_trust *renewed;
        garita_credential c;
        blob b;
        assert_ok(garita_trust_new(&renewed));
        pin(renewed, &anchor, (grant){.serial = 1});
        for (int n = 0; n < 2; n++) {
            int at = n ^ later_first;
            add(renewed, &anchor, &region,
                (grant){.serial = of[at].serial,
                        .from = of[at].from,
                        .until = of[at].until,
                        .depth = 3});
        }
        add(renewed, &region, &office, (grant){.serial = 5});
        garita_setting setting = setting_of(NULL, "any");
        setting.trust = renewed;
        usual_credential(&c);
        issue(&b, &office, &c);
        judge(&setting, &b);
        assert_verdict("reject", "issuer-expired");
        assert_int_equal(verdict.issuer->parent->serial, 20);
        b.bytes[b.len - 1] ^= 1;
        judge(&setting, &b);
        assert_verdict("reject", "issuer-expired");
        garita_trust_free(renewed);
    }
}

/* Two authorities under one id, key number and all, with different keys: each is tried. */
static void each_authority_under_a_shared_id_is_tried(void **state)
{
    (void)state;
    garita_trust *shared;
    party one, two, parent;
    garita_credential c;
    blob b;
    party_make(&parent, 110);
    party_rotate(&one, &office, 2, 111);
    party_rotate(&two, &office, 2, 112);
    assert_ok(garita_trust_new(&shared));
    pin(shared, &anchor, (grant){.serial = 1});
    add(shared, &anchor, &parent, (grant){.serial = 2, .depth = 1});
    const garita_issuer *of_one = add(shared, &anchor, &one, (grant){.serial = 3});
    const garita_issuer *of_two = add(shared, &parent, &two, (grant){.serial = 1});
    assert_true(of_one->shares_id && of_two->shares_id);
    garita_setting setting = setting_of(NULL, "any");
    setting.trust = shared;
    usual_credential(&c);
    issue(&b, &one, &c);
    judge(&setting, &b);
    assert_verdict("accept", "ok");
    assert_ptr_equal(verdict.issuer, of_one);
    issue(&b, &two, &c);
    judge(&setting, &b);
    assert_verdict("accept", "ok");
    assert_ptr_equal(verdict.issuer, of_two);
    /* which of them signed is no matter of the other's scope */
    c.programme = 0;
    issue(&b, &two, &c);
    judge(&setting, &b);
    assert_ptr_equal(verdict.issuer, of_two);
    garita_trust_free(shared);
}

/* --- text and statement --- */

static void text_is_judged_as_its_statement_is(void **state)
{
    (void)state;
    static garita_verdict by_text;
    garita_setting setting = setting_of(NULL, "default");
    garita_credential c;
    blob b;
    usual_credential(&c);
    issue(&b, &office, &c);
    for (size_t bit = 0; bit <= 8 * b.len; bit += 5) {
        char text[512];
        size_t len;
        blob altered = b;
        if (bit > 0)
            altered.bytes[(bit - 1) / 8] ^= (uint8_t)(1u << (bit - 1) % 8);
        assert_ok(garita_text_encode(text, &len, sizeof text, altered.bytes, altered.len));
        garita_verify_text(&by_text, &setting, text, len);
        judge(&setting, &altered);
        assert_int_equal(by_text.outcome, verdict.outcome);
        assert_int_equal(by_text.reason, verdict.reason);
        assert_int_equal(by_text.fault.error, verdict.fault.error);
        assert_int_equal(by_text.fault.at, verdict.fault.at);
        assert_string_equal(by_text.fault.field, verdict.fault.field);
        assert_memory_equal(by_text.checks, verdict.checks, sizeof verdict.checks);
        assert_ptr_equal(by_text.issuer, verdict.issuer);
        assert_int_equal(by_text.has_credential, verdict.has_credential);
        assert_int_equal(by_text.bytes_len, verdict.bytes_len);
        assert_memory_equal(by_text.bytes, verdict.bytes, verdict.bytes_len);
    }
}

/* --- threads --- */

enum { THREADS = 2, ROUNDS = 200 };

typedef struct job {
    const char *text;
    size_t text_len;
    unsigned accepted, rejected;
} job;

static void *scan(void *argument)
{
    job *j = argument;
    garita_setting setting = setting_of(NULL, "any");
    garita_verdict *v = malloc(sizeof *v);
    char *altered = (char *)exact_copy(j->text, j->text_len);
    altered[j->text_len - 1] = altered[j->text_len - 1] == '0' ? '1' : '0';
    for (unsigned i = 0; i < ROUNDS; i++) {
        garita_verify_text(v, &setting, j->text, j->text_len);
        j->accepted += v->outcome == GARITA_ACCEPT;
        garita_verify_text(v, &setting, altered, j->text_len);
        j->rejected += v->outcome == GARITA_REJECT;
    }
    free(altered);
    free(v);
    return NULL;
}

static void one_trust_set_serves_several_threads(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    job jobs[THREADS];
    char text[512];
    garita_credential c;
    blob b;
    size_t len;
    usual_credential(&c);
    issue(&b, &office, &c);
    assert_ok(garita_text_encode(text, &len, sizeof text, b.bytes, b.len));
    for (unsigned i = 0; i < THREADS; i++) {
        jobs[i] = (job){.text = text, .text_len = len};
        assert_int_equal(pthread_create(&threads[i], NULL, scan, &jobs[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(jobs[i].accepted, ROUNDS);
        assert_int_equal(jobs[i].rejected, ROUNDS);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdict_that_nobody_filled_is_undecided),
        cmocka_unit_test(good_credential_is_accepted_with_every_check_passed),
        cmocka_unit_test(without_any_log_default_refers_and_any_accepts),
        cmocka_unit_test(built_in_lanes_are_those_of_the_format),
        cmocka_unit_test(text_that_is_not_ours_gets_no_verdict),
        cmocka_unit_test(text_of_ours_that_cannot_be_read_is_malformed),
        cmocka_unit_test(statement_that_is_too_long_is_malformed),
        cmocka_unit_test(statement_of_another_version_or_type_is_unsupported_version),
        cmocka_unit_test(statement_of_another_of_our_types_is_malformed),
        cmocka_unit_test(flaw_under_a_good_signature_is_malformed),
        cmocka_unit_test(credential_of_a_stranger_is_unknown_issuer),
        cmocka_unit_test(bad_signature_exposes_no_credential),
        cmocka_unit_test(every_bit_flipped_is_rejected_and_exposes_nothing),
        cmocka_unit_test(bad_signature_under_a_failed_chain_is_the_chain_s),
        cmocka_unit_test(bad_signature_under_one_good_chain_of_several_is_bad_signature),
        cmocka_unit_test(worst_of_several_flaws_is_the_outcome_and_the_first_of_it_the_reason),
        cmocka_unit_test(flaw_at_any_level_counts),
        cmocka_unit_test(each_serial_is_looked_up_in_its_signer_s_log_once),
        cmocka_unit_test(credential_of_an_anchor_itself_is_judged_by_its_own_log),
        cmocka_unit_test(status_is_stale_after_its_level_s_limit),
        cmocka_unit_test(status_past_the_second_limit_is_rejected),
        cmocka_unit_test(second_limit_counts_by_itself),
        cmocka_unit_test(next_due_is_capped_by_the_place_in_the_chain),
        cmocka_unit_test(status_is_stale_past_its_next_due_and_beyond_the_skew),
        cmocka_unit_test(serial_up_to_issued_is_known),
        cmocka_unit_test(revocation_counts_however_old_or_lonely_in_every_lane),
        cmocka_unit_test(credential_is_in_force_on_its_days),
        cmocka_unit_test(chain_is_in_force_on_its_days),
        cmocka_unit_test(clock_behind_its_floor_is_referred_and_the_floor_is_judged_by),
        cmocka_unit_test(unknown_clock_is_referred_in_every_lane),
        cmocka_unit_test(poisoned_times_end_in_a_verdict),
        cmocka_unit_test(programme_and_type_must_be_in_the_issuer_s_scope),
        cmocka_unit_test(lane_takes_its_programmes_alone),
        cmocka_unit_test(best_of_a_renewed_authority_s_records_counts),
        cmocka_unit_test(record_that_only_refers_beats_one_that_rejects),
        cmocka_unit_test(order_of_statements_decides_nothing),
        cmocka_unit_test(records_of_one_statement_go_by_their_parents),
        cmocka_unit_test(each_authority_under_a_shared_id_is_tried),
        cmocka_unit_test(text_is_judged_as_its_statement_is),
        cmocka_unit_test(one_trust_set_serves_several_threads),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
