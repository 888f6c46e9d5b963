/* Attestations: each kind field by field, whom they are bound to, and who may give them. */
#include <garita/attestation.h>

#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include <garita/date.h>

#include "unit.h"
#include "world.h"

static party signer;

static int set_up(void **state)
{
    (void)state;
    party_make(&signer, 20);
    return 0;
}

/* --- one of each kind --- */

enum { KINDS = GARITA_ATTESTATION_KIND_END };

static garita_attestation example(int kind)
{
    garita_attestation a = {
        .serial = 77, .expires = day("2027-05-01"), .kind = (garita_attestation_kind)kind};
    memset(a.subject.bytes, 0x5a, sizeof a.subject.bytes);
    switch (a.kind) {
    case GARITA_ATTESTATION_VACCINATION:
        a.fact.vaccination.product = utf8("EU/1/20/1528");
        a.fact.vaccination.dose = 2;
        a.fact.vaccination.doses = 3;
        a.fact.vaccination.date = day("2026-05-01");
        break;
    case GARITA_ATTESTATION_TEST:
        a.fact.test.type = 1;
        a.fact.test.result = 2;
        a.fact.test.sampled_at = moment("2026-11-20T08:30:05Z");
        break;
    case GARITA_ATTESTATION_RECOVERY:
        a.fact.recovery.date = day("2026-04-01");
        break;
    case GARITA_ATTESTATION_ESSENTIAL_WORKER:
        a.fact.essential_worker.since = day("2026-01-01");
        a.fact.essential_worker.sector = 4;
        a.fact.essential_worker.employer_id = utf8("IMMEX-1234-2006");
        a.fact.essential_worker.employer_name = utf8("Maquiladora del Norte");
        a.fact.essential_worker.country = utf8("MEX");
        break;
    case GARITA_ATTESTATION_LABOR_CERT:
        a.fact.labor_cert.since = day("2026-02-01");
        a.fact.labor_cert.scheme = utf8("H-2A");
        a.fact.labor_cert.level = utf8("gold");
        break;
    case GARITA_ATTESTATION_TRUSTED_TRADER:
        a.fact.trusted_trader.since = day("2026-03-01");
        a.fact.trusted_trader.scheme = 5;
        a.fact.trusted_trader.tier = 2;
        a.fact.trusted_trader.recognized_by_count = 3;
        a.fact.trusted_trader.recognized_by[0] = utf8("CAN");
        a.fact.trusted_trader.recognized_by[1] = utf8("D");
        a.fact.trusted_trader.recognized_by[2] = utf8("MEX");
        break;
    }
    return a;
}

static void assert_utf8_equal(garita_utf8 a, garita_utf8 b)
{
    assert_int_equal(a.len, b.len);
    if (a.len > 0)
        assert_memory_equal(a.at, b.at, a.len);
}

static void assert_fact_equal(const garita_attestation *a, const garita_attestation *b)
{
    switch (a->kind) {
    case GARITA_ATTESTATION_VACCINATION:
        assert_utf8_equal(a->fact.vaccination.product, b->fact.vaccination.product);
        assert_int_equal(a->fact.vaccination.dose, b->fact.vaccination.dose);
        assert_int_equal(a->fact.vaccination.doses, b->fact.vaccination.doses);
        assert_int_equal(a->fact.vaccination.date, b->fact.vaccination.date);
        break;
    case GARITA_ATTESTATION_TEST:
        assert_int_equal(a->fact.test.type, b->fact.test.type);
        assert_int_equal(a->fact.test.result, b->fact.test.result);
        assert_int_equal(a->fact.test.sampled_at, b->fact.test.sampled_at);
        break;
    case GARITA_ATTESTATION_RECOVERY:
        assert_int_equal(a->fact.recovery.date, b->fact.recovery.date);
        break;
    case GARITA_ATTESTATION_ESSENTIAL_WORKER:
        assert_int_equal(a->fact.essential_worker.since, b->fact.essential_worker.since);
        assert_int_equal(a->fact.essential_worker.sector, b->fact.essential_worker.sector);
        assert_utf8_equal(a->fact.essential_worker.employer_id,
                          b->fact.essential_worker.employer_id);
        assert_utf8_equal(a->fact.essential_worker.employer_name,
                          b->fact.essential_worker.employer_name);
        assert_utf8_equal(a->fact.essential_worker.country, b->fact.essential_worker.country);
        break;
    case GARITA_ATTESTATION_LABOR_CERT:
        assert_int_equal(a->fact.labor_cert.since, b->fact.labor_cert.since);
        assert_utf8_equal(a->fact.labor_cert.scheme, b->fact.labor_cert.scheme);
        assert_utf8_equal(a->fact.labor_cert.level, b->fact.labor_cert.level);
        break;
    case GARITA_ATTESTATION_TRUSTED_TRADER:
        assert_int_equal(a->fact.trusted_trader.since, b->fact.trusted_trader.since);
        assert_int_equal(a->fact.trusted_trader.scheme, b->fact.trusted_trader.scheme);
        assert_int_equal(a->fact.trusted_trader.tier, b->fact.trusted_trader.tier);
        assert_int_equal(a->fact.trusted_trader.recognized_by_count,
                         b->fact.trusted_trader.recognized_by_count);
        for (size_t i = 0; i < a->fact.trusted_trader.recognized_by_count; i++)
            assert_utf8_equal(a->fact.trusted_trader.recognized_by[i],
                              b->fact.trusted_trader.recognized_by[i]);
        break;
    }
}

static void assert_attestation_equal(const garita_attestation *a, const garita_attestation *b)
{
    assert_int_equal(a->serial, b->serial);
    assert_int_equal(a->expires, b->expires);
    assert_int_equal(a->kind, b->kind);
    assert_true(garita_subject_equal(&a->subject, &b->subject));
    assert_fact_equal(a, b);
}

static garita_error decode(garita_attestation *out, garita_fault *fault, const blob *b)
{
    static uint8_t scratch[GARITA_SCRATCH_SIZE(GARITA_ATTESTATION_BYTES_MAX)];
    garita_peek peek;
    garita_verified verified;
    assert_ok(garita_statement_peek(&peek, fault, GARITA_TYPE_ATTESTATION, b->bytes, b->len));
    assert_ok(
        garita_statement_verify(&verified, &peek, signer.public_key, scratch, sizeof scratch));
    return garita_attestation_decode(out, fault, &verified);
}

static void attest(blob *out, const garita_attestation *a)
{
    garita_fault fault;
    assert_ok(garita_attestation_issue(out->bytes, &out->len, sizeof out->bytes, &fault, a,
                                       &signer.signer));
}

static void attestation_comes_back_as_it_was_issued(void **state)
{
    (void)state;
    for (int kind = 1; kind < KINDS; kind++) {
        garita_attestation a = example(kind), again;
        garita_fault fault;
        garita_peek peek;
        blob b, twice;
        attest(&b, &a);
        attest(&twice, &a);
        assert_int_equal(b.len, twice.len);
        assert_memory_equal(b.bytes, twice.bytes, b.len);
        assert_ok(decode(&again, &fault, &b));
        assert_attestation_equal(&again, &a);
        assert_ok(garita_attestation_inspect(&again, &peek, &fault, b.bytes, b.len));
        assert_attestation_equal(&again, &a);
        assert_true(garita_id_equal(&peek.signer, &signer.signer.id));
    }
}

/* By the page alone: each kind's facts, and what is around them. */
static const char *const facts[KINDS] = {
    [GARITA_ATTESTATION_VACCINATION] = "84 00 ac 45552f312f32302f31353238 01 02 02 03 03 cd 505e",
    [GARITA_ATTESTATION_TEST] = "83 00 01 01 02 02 ce 6b00050d",
    [GARITA_ATTESTATION_RECOVERY] = "81 00 cd 5040",
    [GARITA_ATTESTATION_ESSENTIAL_WORKER] =
        "85 00 cd 4fe6 01 04 02 af 494d4d45582d313233342d32303036 03 b5 "
        "4d617175696c61646f72612064656c204e6f727465 04 a3 4d4558",
    [GARITA_ATTESTATION_LABOR_CERT] = "83 00 cd 5005 01 a4 482d3241 02 a4 676f6c64",
    [GARITA_ATTESTATION_TRUSTED_TRADER] =
        "84 00 cd 5021 01 05 02 02 03 93 a3 43414e a1 44 a3 4d4558",
};

/* The map of an attestation whose kind and fact are given in hexadecimal digits. */
static void sign_fact(blob *out, const char *kind, const char *fact)
{
    blob map = blob_hex("89 00 01 01 03 02 c408"), rest = blob_hex("03 01 04 4d 05 cd 51cb 06"),
         kind_bytes = blob_hex(kind), fact_bytes = blob_hex(fact);
    memcpy(map.bytes + map.len, signer.signer.id.bytes, GARITA_ID_SIZE);
    map.len += GARITA_ID_SIZE;
    memcpy(map.bytes + map.len, rest.bytes, rest.len);
    map.len += rest.len;
    memcpy(map.bytes + map.len, kind_bytes.bytes, kind_bytes.len);
    map.len += kind_bytes.len;
    rest = blob_hex("07 c410 5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a 08");
    memcpy(map.bytes + map.len, rest.bytes, rest.len);
    map.len += rest.len;
    memcpy(map.bytes + map.len, fact_bytes.bytes, fact_bytes.len);
    map.len += fact_bytes.len;
    sign(out, &signer, GARITA_TYPE_ATTESTATION, map.bytes, map.len);
}

static void attestation_has_the_bytes_of_the_format(void **state)
{
    (void)state;
    assert_int_equal(day("2027-05-01"), 0x51cb);
    for (int kind = 1; kind < KINDS; kind++) {
        garita_attestation a = example(kind);
        char code[3] = {'0', (char)('0' + kind), 0};
        blob b, expected;
        attest(&b, &a);
        sign_fact(&expected, code, facts[kind]);
        assert_int_equal(b.len, expected.len);
        assert_memory_equal(b.bytes, expected.bytes, b.len);
    }
}

/* --- bounds, each side, and the first flaw's name --- */

static char long_text[256];

static garita_utf8 text_of(size_t len)
{
    memset(long_text, 'A', sizeof long_text);
    return (garita_utf8){long_text, len};
}

#define assert_issue(example_kind, member, value, expected, expected_field)                        \
    do {                                                                                           \
        garita_attestation a = example(GARITA_ATTESTATION_##example_kind), again;                  \
        garita_fault fault;                                                                        \
        blob b;                                                                                    \
        size_t len = 9;                                                                            \
        a.member = value;                                                                          \
        garita_error e =                                                                           \
            garita_attestation_issue(b.bytes, &len, sizeof b.bytes, &fault, &a, &signer.signer);   \
        assert_error(e, expected);                                                                 \
        assert_error(fault.error, expected);                                                       \
        assert_string_equal(fault.field, expected_field);                                          \
        assert_true((e == GARITA_OK) == (len > 0));                                                \
        if (e == GARITA_OK) {                                                                      \
            b.len = len;                                                                           \
            assert_ok(decode(&again, &fault, &b));                                                 \
            assert_attestation_equal(&again, &a);                                                  \
        }                                                                                          \
    } while (0)

static void attestation_bounds_what_all_kinds_have(void **state)
{
    (void)state;
    assert_issue(RECOVERY, serial, 0, RANGE, "serial");
    assert_issue(RECOVERY, serial, 1, OK, "");
    assert_issue(RECOVERY, serial, 0xffffffff, OK, "");
    assert_issue(RECOVERY, expires, 65535, OK, "");
    assert_issue(RECOVERY, expires, 65536, RANGE, "expires");
}

static void vaccination_bounds_its_fields(void **state)
{
    (void)state;
    assert_issue(VACCINATION, fact.vaccination.product, text_of(32), OK, "");
    assert_issue(VACCINATION, fact.vaccination.product, text_of(33), RANGE, "product");
    assert_issue(VACCINATION, fact.vaccination.product, utf8(NULL), EMPTY, "product");
    assert_issue(VACCINATION, fact.vaccination.product, utf8("A\nB"), UNSAFE_TEXT, "product");
    assert_issue(VACCINATION, fact.vaccination.product, utf8("A\xff"), UTF8, "product");
    assert_issue(VACCINATION, fact.vaccination.dose, 0, RANGE, "dose");
    assert_issue(VACCINATION, fact.vaccination.dose, 255, OK, ""); /* more than doses: a booster */
    assert_issue(VACCINATION, fact.vaccination.doses, 0, RANGE, "doses");
    assert_issue(VACCINATION, fact.vaccination.doses, 255, OK, "");
    assert_issue(VACCINATION, fact.vaccination.date, 0, OK, "");
    assert_issue(VACCINATION, fact.vaccination.date, a.expires, OK, "");
    assert_issue(VACCINATION, fact.vaccination.date, a.expires + 1, DATE_ORDER, "date");
    assert_issue(VACCINATION, fact.vaccination.date, 65536, RANGE, "date");
}

static void test_bounds_its_fields(void **state)
{
    (void)state;
    assert_issue(TEST, fact.test.type, 0, RANGE, "type");
    assert_issue(TEST, fact.test.type, 63, OK, ""); /* one that has no name here yet */
    assert_issue(TEST, fact.test.type, 64, RANGE, "type");
    assert_issue(TEST, fact.test.result, 0, RANGE, "result");
    assert_issue(TEST, fact.test.result, 63, OK, "");
    assert_issue(TEST, fact.test.result, 64, RANGE, "result");
    assert_issue(TEST, fact.test.sampled_at, 0, OK, "");
    assert_issue(TEST, fact.test.sampled_at, -1, RANGE, "sampled_at");
    assert_issue(TEST, fact.test.sampled_at, GARITA_MOMENT_MAX + 1, RANGE, "sampled_at");
    assert_issue(TEST, fact.test.sampled_at, garita_day_expires(a.expires) - 1, OK, "");
    assert_issue(TEST, fact.test.sampled_at, garita_day_expires(a.expires), DATE_ORDER,
                 "sampled_at");
}

static void recovery_bounds_its_date(void **state)
{
    (void)state;
    assert_issue(RECOVERY, fact.recovery.date, a.expires, OK, "");
    assert_issue(RECOVERY, fact.recovery.date, a.expires + 1, DATE_ORDER, "date");
}

static void essential_worker_bounds_its_fields(void **state)
{
    (void)state;
    assert_issue(ESSENTIAL_WORKER, fact.essential_worker.since, a.expires, OK, "");
    assert_issue(ESSENTIAL_WORKER, fact.essential_worker.since, a.expires + 1, DATE_ORDER, "since");
    assert_issue(ESSENTIAL_WORKER, fact.essential_worker.sector, 0, RANGE, "sector");
    assert_issue(ESSENTIAL_WORKER, fact.essential_worker.sector, 63, OK, "");
    assert_issue(ESSENTIAL_WORKER, fact.essential_worker.sector, 64, RANGE, "sector");
    assert_issue(ESSENTIAL_WORKER, fact.essential_worker.employer_id, text_of(64), OK, "");
    assert_issue(ESSENTIAL_WORKER, fact.essential_worker.employer_id, text_of(65), RANGE,
                 "employer.id");
    assert_issue(ESSENTIAL_WORKER, fact.essential_worker.employer_id, utf8(NULL), EMPTY,
                 "employer.id");
    assert_issue(ESSENTIAL_WORKER, fact.essential_worker.employer_name, utf8(NULL), OK, "");
    assert_issue(ESSENTIAL_WORKER, fact.essential_worker.employer_name, text_of(128), OK, "");
    assert_issue(ESSENTIAL_WORKER, fact.essential_worker.employer_name, text_of(129), RANGE,
                 "employer.name");
    assert_issue(ESSENTIAL_WORKER, fact.essential_worker.country, utf8("CAN"), OK, "");
    assert_issue(ESSENTIAL_WORKER, fact.essential_worker.country, utf8("mex"), COUNTRY, "country");
    assert_issue(ESSENTIAL_WORKER, fact.essential_worker.country, utf8("MEXI"), RANGE, "country");
}

static void labor_cert_bounds_its_fields(void **state)
{
    (void)state;
    assert_issue(LABOR_CERT, fact.labor_cert.since, a.expires + 1, DATE_ORDER, "since");
    assert_issue(LABOR_CERT, fact.labor_cert.scheme, text_of(32), OK, "");
    assert_issue(LABOR_CERT, fact.labor_cert.scheme, text_of(33), RANGE, "scheme");
    assert_issue(LABOR_CERT, fact.labor_cert.scheme, utf8(NULL), EMPTY, "scheme");
    assert_issue(LABOR_CERT, fact.labor_cert.level, text_of(16), OK, "");
    assert_issue(LABOR_CERT, fact.labor_cert.level, text_of(17), RANGE, "level");
    assert_issue(LABOR_CERT, fact.labor_cert.level, utf8(NULL), EMPTY, "level");
}

static void trusted_trader_bounds_its_fields(void **state)
{
    (void)state;
    assert_issue(TRUSTED_TRADER, fact.trusted_trader.since, a.expires + 1, DATE_ORDER, "since");
    assert_issue(TRUSTED_TRADER, fact.trusted_trader.scheme, 4, RANGE, "scheme");
    assert_issue(TRUSTED_TRADER, fact.trusted_trader.scheme, 6, OK, "");
    assert_issue(TRUSTED_TRADER, fact.trusted_trader.scheme, 7, RANGE, "scheme");
    assert_issue(TRUSTED_TRADER, fact.trusted_trader.tier, 0, RANGE, "tier");
    assert_issue(TRUSTED_TRADER, fact.trusted_trader.tier, 9, OK, "");
    assert_issue(TRUSTED_TRADER, fact.trusted_trader.tier, 10, RANGE, "tier");
    assert_issue(TRUSTED_TRADER, fact.trusted_trader.recognized_by_count, 0, OK, "");
    assert_issue(TRUSTED_TRADER, fact.trusted_trader.recognized_by[1], utf8("CAN"), KEY_ORDER,
                 "recognized_by");
    assert_issue(TRUSTED_TRADER, fact.trusted_trader.recognized_by[1], utf8("NIC"), KEY_ORDER,
                 "recognized_by");
    assert_issue(TRUSTED_TRADER, fact.trusted_trader.recognized_by[0], utf8("ca"), COUNTRY,
                 "recognized_by");
    /* a code is not before the one that it begins like */
    assert_issue(TRUSTED_TRADER, fact.trusted_trader.recognized_by[2], utf8("DZA"), OK, "");
}

static void trusted_trader_is_recognized_by_eight_countries_at_most(void **state)
{
    (void)state;
    static const char *const nine[] = {"ABW", "AFG", "AGO", "AIA", "ALA", "ALB", "AND", "ARE"};
    garita_attestation a = example(GARITA_ATTESTATION_TRUSTED_TRADER), again;
    garita_fault fault;
    blob b;
    for (size_t i = 0; i < COUNT(nine); i++)
        a.fact.trusted_trader.recognized_by[i] = utf8(nine[i]);
    a.fact.trusted_trader.recognized_by_count = COUNT(nine);
    attest(&b, &a);
    assert_ok(decode(&again, &fault, &b));
    assert_attestation_equal(&again, &a);
    sign_fact(&b, "06",
              "84 00 cd 5021 01 05 02 02 03 99 a3414257 a3414647 a341474f a3414941 a3414c41 "
              "a3414c42 a3414e44 a3415245 a3415247");
    assert_error(decode(&again, &fault, &b), RANGE);
    assert_string_equal(fault.field, "recognized_by");
    sign_fact(&b, "06", "84 00 cd 5021 01 05 02 02 03 90");
    assert_error(decode(&again, &fault, &b), EMPTY);
}

/* --- keys --- */

static garita_fault read_fact(garita_attestation *out, const char *kind, const char *fact)
{
    blob b;
    garita_fault fault;
    sign_fact(&b, kind, fact);
    garita_error e = garita_attestation_inspect(out, NULL, &fault, b.bytes, b.len);
    assert_int_equal(e, fault.error);
    if (e != GARITA_OK)
        assert_true(out->serial == 0 && out->kind == 0 && out->expires == 0);
    return fault;
}

/* An unknown kind is something newer than this reader; no number of a kind is a flaw. */
static void attestation_tells_new_kinds_from_wrong_ones(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        garita_error error;
    } kinds[] = {{"00", GARITA_E_RANGE},         {"07", GARITA_E_UNKNOWN_TYPE},
                 {"3f", GARITA_E_UNKNOWN_TYPE},  {"40", GARITA_E_RANGE},
                 {"cc01", GARITA_E_NOT_MINIMAL}, {"a131", GARITA_E_WRONG_KIND}};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        garita_attestation out;
        garita_fault fault = read_fact(&out, kinds[i].kind, "81 00 00");
        assert_string_equal(garita_error_name(fault.error), garita_error_name(kinds[i].error));
        assert_string_equal(fault.field, "kind");
    }
}

/* Each required key of each kind: its value with what comes before it left out. */
static void attestation_refuses_a_missing_fact(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *fact;
    } cases[] = {
        {"01", "83 01 02 02 03 03 cd 505e"},
        {"01", "83 00 a141 02 03 03 cd 505e"},
        {"01", "83 00 a141 01 02 03 cd 505e"},
        {"01", "83 00 a141 01 02 02 03"},
        {"02", "82 01 02 02 00"},
        {"02", "82 00 01 02 00"},
        {"02", "82 00 01 01 02"},
        {"03", "80"},
        {"04", "83 01 04 02 a141 04 a34d4558"},
        {"04", "83 00 00 02 a141 04 a34d4558"},
        {"04", "83 00 00 01 04 04 a34d4558"},
        {"04", "83 00 00 01 04 02 a141"},
        {"05", "82 01 a141 02 a141"},
        {"05", "82 00 00 02 a141"},
        {"05", "82 00 00 01 a141"},
        {"06", "82 01 05 02 02"},
        {"06", "82 00 00 02 02"},
        {"06", "82 00 00 01 05"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        garita_attestation out;
        garita_fault fault = read_fact(&out, cases[i].kind, cases[i].fact);
        assert_error(fault.error, MISSING_KEY);
        assert_string_equal(fault.field, "fact");
    }
}

static void attestation_ignores_what_may_be_ignored_in_a_fact_and_no_more(void **state)
{
    (void)state;
    static const char *const bare[KINDS] = {
        NULL,
        "00 a141 01 02 02 03 03 00",
        "00 01 01 02 02 00",
        "00 00",
        "00 00 01 04 02 a141 04 a34d4558",
        "00 00 01 a141 02 a141",
        "00 00 01 05 02 02",
    };
    static const unsigned pairs[KINDS] = {0, 4, 3, 1, 4, 3, 3};
    for (int kind = 1; kind < KINDS; kind++)
        for (int key = 5; key <= 128; key += key == 5 ? 58 : key == 64 ? 63 : 1) {
            char fact[128], code[3] = {'0', (char)('0' + kind), 0};
            garita_attestation out;
            const char *coded = key == 128 ? "cc80" : NULL;
            char one[3];
            snprintf(one, sizeof one, "%02x", (unsigned)key & 0xffu);
            snprintf(fact, sizeof fact, "%02x %s %s 82 00 c0 01 a1 41", 0x80 + pairs[kind] + 1,
                     bare[kind], coded ? coded : one);
            garita_fault fault = read_fact(&out, code, fact);
            if (key == 64 || key == 127)
                assert_ok(fault.error);
            else if (key == 128)
                assert_error(fault.error, RANGE);
            else
                assert_error(fault.error, UNKNOWN_KEY);
        }
}

static void attestation_refuses_a_value_of_another_kind_in_every_fact(void **state)
{
    (void)state;
    /* the pairs before it, and the name of the one that is wrong */
    static const struct {
        const char *kind, *before, *field;
        unsigned pairs;
    } cases[] = {
        {"01", "00", "product", 1},
        {"01", "00 a141 01", "dose", 2},
        {"01", "00 a141 01 02 02", "doses", 3},
        {"01", "00 a141 01 02 02 03 03", "date", 4},
        {"02", "00", "type", 1},
        {"02", "00 01 01", "result", 2},
        {"02", "00 01 01 02 02", "sampled_at", 3},
        {"03", "00", "date", 1},
        {"04", "00", "since", 1},
        {"04", "00 00 01", "sector", 2},
        {"04", "00 00 01 04 02", "employer.id", 3},
        {"04", "00 00 01 04 02 a141 03", "employer.name", 4},
        {"04", "00 00 01 04 02 a141 03 a141 04", "country", 5},
        {"05", "00", "since", 1},
        {"05", "00 00 01", "scheme", 2},
        {"05", "00 00 01 a141 02", "level", 3},
        {"06", "00", "since", 1},
        {"06", "00 00 01", "scheme", 2},
        {"06", "00 00 01 05 02", "tier", 3},
        {"06", "00 00 01 05 02 02 03", "recognized_by", 4},
        {"06", "00 00 01 05 02 02 03 91", "recognized_by", 4},
    };
    static const char *const kinds[] = {"c0", "c3", "ff", "80"};
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t k = 0; k < COUNT(kinds); k++) {
            char fact[128];
            garita_attestation out;
            snprintf(fact, sizeof fact, "%02x %s %s", 0x80 + cases[i].pairs, cases[i].before,
                     kinds[k]);
            garita_fault fault = read_fact(&out, cases[i].kind, fact);
            assert_error(fault.error, WRONG_KIND);
            assert_string_equal(fault.field, cases[i].field);
        }
}

/* --- the map around the fact --- */

static garita_fault read_map(garita_attestation *out, const char *head, const char *tail)
{
    blob map = blob_hex(head), rest = blob_hex(tail), b;
    garita_fault fault;
    memcpy(map.bytes + map.len, signer.signer.id.bytes, GARITA_ID_SIZE);
    map.len += GARITA_ID_SIZE;
    memcpy(map.bytes + map.len, rest.bytes, rest.len);
    map.len += rest.len;
    sign(&b, &signer, GARITA_TYPE_ATTESTATION, map.bytes, map.len);
    garita_error e = garita_attestation_inspect(out, NULL, &fault, b.bytes, b.len);
    assert_int_equal(e, fault.error);
    return fault;
}

#define SUBJECT "07 c410 5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a "

static void attestation_needs_each_of_its_keys(void **state)
{
    (void)state;
    static const char *const tails[] = {
        "03 01 05 cd51cb 06 03 " SUBJECT "08 81 00 00", "03 01 04 4d 06 03 " SUBJECT "08 81 00 00",
        "03 01 04 4d 05 cd51cb " SUBJECT "08 81 00 00", "03 01 04 4d 05 cd51cb 06 03 08 81 00 00",
        "03 01 04 4d 05 cd51cb 06 03 " SUBJECT};
    garita_attestation out;
    assert_ok(
        read_map(&out, "89 0001 0103 02c408", "03 01 04 4d 05 cd51cb 06 03 " SUBJECT "08 81 00 00")
            .error);
    for (size_t i = 0; i < COUNT(tails); i++) {
        garita_fault fault = read_map(&out, "88 0001 0103 02c408", tails[i]);
        assert_error(fault.error, MISSING_KEY);
        assert_string_equal(fault.field, "");
        assert_int_equal(out.serial, 0);
    }
}

/* What is under a fact without a kind must be canonical all the same. */
static void attestation_without_a_kind_is_read_to_its_end(void **state)
{
    (void)state;
    garita_attestation out;
    garita_fault fault =
        read_map(&out, "88 0001 0103 02c408", "03 01 04 4d 05 cd51cb " SUBJECT "08 81 00 cc01");
    assert_error(fault.error, NOT_MINIMAL);
}

static void attestation_is_strict_about_its_own_map(void **state)
{
    (void)state;
    static const struct {
        const char *tail;
        garita_error error;
        const char *field;
    } cases[] = {
        {"03 01 04 4d 05 cd51cb 06 03 " SUBJECT "08 81 00 00 09 00", GARITA_E_UNKNOWN_KEY, ""},
        {"03 01 04 4d 05 cd51cb 06 03 " SUBJECT "08 81 00 00 3f 00", GARITA_E_UNKNOWN_KEY, ""},
        {"03 01 04 4d 05 cd51cb 06 03 " SUBJECT "08 81 00 00 40 00", GARITA_OK, ""},
        {"03 01 04 4d 05 cd51cb 06 03 " SUBJECT "08 81 00 00 7f 00", GARITA_OK, ""},
        {"03 01 04 4d 05 cd51cb 06 03 " SUBJECT "08 81 00 00 cc80 00", GARITA_E_RANGE, ""},
        {"03 01 05 cd51cb 04 4d 06 03 " SUBJECT "08 81 00 00 40 00", GARITA_E_KEY_ORDER, ""},
        {"03 01 04 4d 05 cd51cb 06 03 07 c40f 5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a 08 81 00 00 40 00",
         GARITA_E_RANGE, "subject"},
        {"03 01 04 4d 05 cd51cb 06 03 07 a15a 08 81 00 00 40 00", GARITA_E_WRONG_KIND, "subject"},
        {"03 01 04 4d 05 cd51cb 06 03 " SUBJECT "08 91 00 40 00", GARITA_E_WRONG_KIND, "fact"},
        {"03 01 04 4d 05 cd51cb 06 03 " SUBJECT "08 81 00 00 40 00 00", GARITA_E_TRAILING, ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        garita_attestation out;
        garita_fault fault = read_map(&out, "8a 0001 0103 02c408", cases[i].tail);
        assert_string_equal(garita_error_name(fault.error), garita_error_name(cases[i].error));
        assert_string_equal(fault.field, cases[i].field);
    }
}

static void attestation_takes_no_statement_of_another_type(void **state)
{
    (void)state;
    garita_credential c;
    garita_attestation out;
    garita_fault fault;
    garita_peek peek;
    blob b;
    world_credential(&c, 1, NULL);
    issue(&b, &signer, &c);
    assert_error(garita_attestation_inspect(&out, &peek, &fault, b.bytes, b.len), WRONG_TYPE);
    assert_int_equal(out.serial, 0);
}

static void issue_writes_nothing_that_does_not_fit(void **state)
{
    (void)state;
    garita_attestation a = example(GARITA_ATTESTATION_ESSENTIAL_WORKER);
    garita_fault fault;
    blob b;
    size_t len;
    attest(&b, &a);
    uint8_t *small = malloc(b.len);
    memset(small, 0xaa, b.len);
    for (size_t cap = 0; cap < b.len; cap++) {
        len = 9;
        assert_error(garita_attestation_issue(small, &len, cap, &fault, &a, &signer.signer),
                     NO_SPACE);
        assert_int_equal(len, 0);
        assert_int_equal(small[0], 0xaa);
    }
    free(small);
}

/* Longer than the room that a map gets: the field that is over its bound is named. */
static void issue_names_a_text_that_is_longer_than_any_statement(void **state)
{
    (void)state;
    static char text[4000];
    memset(text, 'A', sizeof text);
    garita_utf8 long_one = {text, sizeof text};
    garita_attestation many[6];
    static const char *const fields[] = {"product", "employer.id", "employer.name",
                                         "scheme",  "level",       "recognized_by"};
    many[0] = example(GARITA_ATTESTATION_VACCINATION);
    many[0].fact.vaccination.product = long_one;
    many[1] = many[2] = example(GARITA_ATTESTATION_ESSENTIAL_WORKER);
    many[1].fact.essential_worker.employer_id = long_one;
    many[2].fact.essential_worker.employer_name = long_one;
    many[3] = many[4] = example(GARITA_ATTESTATION_LABOR_CERT);
    many[3].fact.labor_cert.scheme = long_one;
    many[4].fact.labor_cert.level = long_one;
    many[5] = example(GARITA_ATTESTATION_TRUSTED_TRADER);
    many[5].fact.trusted_trader.recognized_by[1] = long_one;
    for (size_t i = 0; i < COUNT(many); i++) {
        garita_fault fault;
        blob b;
        assert_error(garita_attestation_issue(b.bytes, &b.len, sizeof b.bytes, &fault, &many[i],
                                              &signer.signer),
                     TOO_LONG);
        assert_string_equal(fault.field, fields[i]);
        assert_int_equal(b.len, 0);
    }
}

/* --- whom it is about --- */

/* The digest of the page, with libsodium alone, over bytes that are written out here. */
static garita_subject digest_of(const char *hex)
{
    blob b = blob_hex(hex);
    uint8_t hash[crypto_hash_sha256_BYTES];
    garita_subject subject;
    crypto_hash_sha256(hash, b.bytes, b.len);
    memcpy(subject.bytes, hash, sizeof subject.bytes);
    return subject;
}

static void assert_subject(const garita_credential *c, const char *hex)
{
    garita_subject got, expected = digest_of(hex);
    garita_subject_of(&got, c);
    assert_memory_equal(got.bytes, expected.bytes, GARITA_SUBJECT_SIZE);
}

static void subject_is_the_digest_of_the_format(void **state)
{
    (void)state;
    garita_credential c;
    world_credential(&c, 1, NULL);
    /* "garita/v1/holder" NUL, 1, "MEX" NUL, "G12345678" NUL, 19880402 */
    assert_subject(&c, "6761726974612f76312f686f6c64657200 01 4d455800 47313233343536373800 "
                       "012f59d2");
    c.birth_date = 19880000;
    c.document_type = 11;
    c.document_country = utf8("D");
    c.document_number = utf8("A-1");
    assert_subject(&c, "6761726974612f76312f686f6c64657200 0b 4400 413100 012f5840");
    c = (garita_credential){.about = GARITA_SUBJECT_COMPANY,
                            .company_id = utf8("CTPAT-1"),
                            .company_name = utf8("Norte"),
                            .company_country = utf8("USA")};
    assert_subject(&c, "6761726974612f76312f636f6d70616e7900 55534100 637470617431");
    c = (garita_credential){.about = GARITA_SUBJECT_VEHICLE,
                            .vehicle_plate = utf8("AB 12"),
                            .vehicle_country = utf8("MEX")};
    assert_subject(&c, "6761726974612f76312f76656869636c6500 4d455800 41423132");
}

/* What may change in a person's life without making another of them, and what may not. */
static void subject_depends_on_the_document_and_the_birth_date_alone(void **state)
{
    (void)state;
    garita_credential c, other;
    garita_subject subject, again;
    world_credential(&c, 1, NULL);
    garita_subject_of(&subject, &c);
    other = c;
    other.serial = 9;
    other.programme = 2;
    other.expires++;
    other.name = utf8("OTHER");
    other.nationality = utf8("USA");
    other.employer_id = utf8(NULL);
    garita_subject_of(&again, &other);
    assert_true(garita_subject_equal(&subject, &again));
#define assert_other(member, value)                                                                \
    do {                                                                                           \
        other = c;                                                                                 \
        other.member = value;                                                                      \
        garita_subject_of(&again, &other);                                                         \
        assert_false(garita_subject_equal(&subject, &again));                                      \
    } while (0)
    assert_other(birth_date, 19880403);
    assert_other(document_type, 2);
    assert_other(document_country, utf8("USA"));
    assert_other(document_number, utf8("G12345679"));
    assert_other(document_number, utf8("G1234567"));
#undef assert_other
}

/* However a document, a plate or an id is printed, it is one; and what tells two apart still does.
 */
static void subject_is_one_however_it_is_printed(void **state)
{
    (void)state;
    static const struct {
        garita_subject_kind about;
        const char *a, *b;
        bool is_one;
    } rows[] = {
        {GARITA_SUBJECT_HOLDER, "G12345678", "G-12345678", true},
        {GARITA_SUBJECT_HOLDER, "G12345678", "G 1234.5678<<<", true},
        {GARITA_SUBJECT_HOLDER, "G12345678", "/G12345678", true},
        {GARITA_SUBJECT_HOLDER, "G12345678", "G1234567", false},
        {GARITA_SUBJECT_HOLDER, "G12345678", "G12345687", false},
        {GARITA_SUBJECT_HOLDER, "0", "O", false},
        {GARITA_SUBJECT_VEHICLE, "AB-12-345", "AB12345", true},
        {GARITA_SUBJECT_VEHICLE, "AB-12-345", "AB 12 345", true},
        {GARITA_SUBJECT_VEHICLE, "AB-12-345", "AB-12-346", false},
        {GARITA_SUBJECT_COMPANY, "IMMEX-1234-2006", "immex 1234/2006", true},
        {GARITA_SUBJECT_COMPANY, "EXPORTACIONES NU\u00d1EZ 7", "exportaciones-nunez 7", true},
        {GARITA_SUBJECT_COMPANY, "IMMEX-1234-2006", "IMMEX-1234-2007", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        garita_credential c = {.about = rows[i].about, .birth_date = 19880402, .document_type = 1};
        garita_subject of[2];
        c.document_country = c.company_country = c.vehicle_country = utf8("MEX");
        for (int k = 0; k < 2; k++) {
            c.document_number = c.company_id = c.vehicle_plate = utf8(k ? rows[i].b : rows[i].a);
            garita_subject_of(&of[k], &c);
        }
        if (garita_subject_equal(&of[0], &of[1]) != rows[i].is_one)
            fail_msg("\"%s\" and \"%s\"", rows[i].a, rows[i].b);
        c.document_country = c.company_country = c.vehicle_country = utf8("USA");
        garita_subject_of(&of[0], &c);
        assert_false(garita_subject_equal(&of[0], &of[1]));
    }
}

/* Claims that nobody has checked yet may be of any length: beyond what is hashed at a time. */
static void subject_of_long_claims_is_that_of_the_page(void **state)
{
    (void)state;
    enum { PREFIX = sizeof "garita/v1/vehicle" };
    for (size_t len = 0; len < 600; len++) {
        char plate[600];
        uint8_t message[PREFIX + 4 + sizeof plate] = "garita/v1/vehicle\0MEX", hash[32];
        garita_credential c = {.about = GARITA_SUBJECT_VEHICLE, .vehicle_country = utf8("MEX")};
        garita_subject got;
        memset(plate, 'A', len);
        memset(message + PREFIX + 4, 'A', len);
        c.vehicle_plate = (garita_utf8){plate, len};
        garita_subject_of(&got, &c);
        crypto_hash_sha256(hash, message, PREFIX + 4 + len);
        assert_memory_equal(got.bytes, hash, GARITA_SUBJECT_SIZE);
    }
}

static void subject_reads_what_it_writes(void **state)
{
    (void)state;
    garita_subject subject = {{0x00, 0x01, 0xab, 0xff, 0x10}}, again;
    char text[GARITA_SUBJECT_TEXT_SIZE];
    garita_subject_format(text, &subject);
    assert_string_equal(text, "0001abff100000000000000000000000");
    assert_ok(garita_subject_parse(&again, text, 32));
    assert_true(garita_subject_equal(&again, &subject));
    assert_ok(garita_subject_parse(&again, "0001ABFF100000000000000000000000", 32));
    assert_true(garita_subject_equal(&again, &subject));
    static const char *const wrong[] = {"",
                                        "00",
                                        "0001abff10000000000000000000000",
                                        "0001abff1000000000000000000000000",
                                        "0001abff10000000000000000000000g",
                                        "0001abff 00000000000000000000000"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        again = subject;
        assert_error(garita_subject_parse(&again, wrong[i], strlen(wrong[i])), RANGE);
        assert_int_equal(again.bytes[1], 0);
    }
}

/* --- when it is dated, and who may give it --- */

static void attestation_is_dated_by_its_fact(void **state)
{
    (void)state;
    static const char *const dated[KINDS] = {
        NULL,
        "2026-05-01T00:00:00Z",
        "2026-11-20T08:30:05Z",
        "2026-04-01T00:00:00Z",
        "2026-01-01T00:00:00Z",
        "2026-02-01T00:00:00Z",
        "2026-03-01T00:00:00Z",
    };
    for (int kind = 1; kind < KINDS; kind++) {
        garita_attestation a = example(kind);
        assert_int_equal(garita_attestation_dated(&a), moment(dated[kind]));
    }
}

static void attestation_is_in_scope_by_type_and_programme(void **state)
{
    (void)state;
    static const unsigned programmes[KINDS] = {0, 10, 10, 10, 8, 9, 5};
    for (int kind = 1; kind < KINDS; kind++) {
        garita_attestation a = example(kind);
        uint64_t bit = UINT64_C(1) << programmes[kind];
        garita_scope scope = scope_of("MEX", bit, 1u << GARITA_TYPE_ATTESTATION, 0);
        assert_int_equal(garita_attestation_programme(&a), programmes[kind]);
        assert_true(garita_attestation_in_scope(&a, &scope));
        scope = scope_of("MEX", ~bit & INT64_MAX, 1u << GARITA_TYPE_ATTESTATION, 0);
        assert_false(garita_attestation_in_scope(&a, &scope));
        scope = scope_of("MEX", bit, GARITA_TYPES_ALL & ~(1u << GARITA_TYPE_ATTESTATION), 0);
        assert_false(garita_attestation_in_scope(&a, &scope));
        /* only a designation is of a country */
        scope = scope_of("USA", bit, 1u << GARITA_TYPE_ATTESTATION, 0);
        assert_int_equal(garita_attestation_in_scope(&a, &scope),
                         kind != GARITA_ATTESTATION_ESSENTIAL_WORKER);
    }
    garita_attestation a = example(GARITA_ATTESTATION_TRUSTED_TRADER);
    a.fact.trusted_trader.scheme = 6;
    garita_scope ctpat = scope_of("USA", UINT64_C(1) << 5, GARITA_TYPES_ALL, 0);
    assert_false(garita_attestation_in_scope(&a, &ctpat));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(attestation_comes_back_as_it_was_issued),
        cmocka_unit_test(attestation_has_the_bytes_of_the_format),
        cmocka_unit_test(attestation_bounds_what_all_kinds_have),
        cmocka_unit_test(vaccination_bounds_its_fields),
        cmocka_unit_test(test_bounds_its_fields),
        cmocka_unit_test(recovery_bounds_its_date),
        cmocka_unit_test(essential_worker_bounds_its_fields),
        cmocka_unit_test(labor_cert_bounds_its_fields),
        cmocka_unit_test(trusted_trader_bounds_its_fields),
        cmocka_unit_test(trusted_trader_is_recognized_by_eight_countries_at_most),
        cmocka_unit_test(attestation_tells_new_kinds_from_wrong_ones),
        cmocka_unit_test(attestation_refuses_a_missing_fact),
        cmocka_unit_test(attestation_ignores_what_may_be_ignored_in_a_fact_and_no_more),
        cmocka_unit_test(attestation_refuses_a_value_of_another_kind_in_every_fact),
        cmocka_unit_test(attestation_needs_each_of_its_keys),
        cmocka_unit_test(attestation_without_a_kind_is_read_to_its_end),
        cmocka_unit_test(attestation_is_strict_about_its_own_map),
        cmocka_unit_test(attestation_takes_no_statement_of_another_type),
        cmocka_unit_test(issue_writes_nothing_that_does_not_fit),
        cmocka_unit_test(issue_names_a_text_that_is_longer_than_any_statement),
        cmocka_unit_test(subject_is_the_digest_of_the_format),
        cmocka_unit_test(subject_depends_on_the_document_and_the_birth_date_alone),
        cmocka_unit_test(subject_is_one_however_it_is_printed),
        cmocka_unit_test(subject_of_long_claims_is_that_of_the_page),
        cmocka_unit_test(subject_reads_what_it_writes),
        cmocka_unit_test(attestation_is_dated_by_its_fact),
        cmocka_unit_test(attestation_is_in_scope_by_type_and_programme),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, NULL);
}
