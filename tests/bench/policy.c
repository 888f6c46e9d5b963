/* What a verdict costs beyond its signature checks where a policy rules: 20 rules, a requirement,
 * and a credential with three attestations in one code, against the four bare
 * crypto_sign_verify_detached of the same size. Target: at most 1.30.
 */
#include <stdio.h>

#include <jansson.h>
#include <sodium.h>

#include <garita/certlogic.h>
#include <garita/date.h>
#include <garita/packet.h>
#include <garita/policy.h>

#include "bench.h"
#include "values.h"

enum { TRAVELERS = 250, ROUNDS = 31, PARTS = 4, RULES = 20, CODE_MAX = 1024 };

/* --- the policy: what real ones ask --- */

static const char *const rules[] = {
    "{'>=': [{'var': 'attestations.vaccination.0.dose'}, "
    "{'var': 'attestations.vaccination.0.doses'}]}",
    "{'in': [{'var': 'attestations.vaccination.0.product'}, "
    "['EU/1/20/1528', 'EU/1/20/1507', 'EU/1/20/1525', 'CVX-207', 'CVX-208', 'CVX-212']]}",
    "{'not-after': [{'plusTime': [{'var': 'attestations.vaccination.0.date'}, 14, 'day']}, "
    "{'plusTime': [{'var': 'now'}, 0, 'day']}]}",
    "{'===': [{'var': 'attestations.test.0.result'}, 'negative']}",
    "{'in': [{'var': 'attestations.test.0.type'}, ['naat', 'antigen']]}",
    "{'before': [{'plusTime': [{'var': 'now'}, 0, 'day']}, "
    "{'plusTime': [{'var': 'attestations.test.0.sampled_at'}, 72, 'hour']}]}",
    "{'in': [{'var': 'attestations.essential-worker.0.sector'}, "
    "['healthcare', 'food-agriculture', 'transportation', 'manufacturing']]}",
    "{'===': [{'var': 'attestations.essential-worker.0.employer'}, "
    "{'var': 'credential.employer.id'}]}",
    "{'in': [{'var': 'attestations.essential-worker.0.country'}, ['USA', 'MEX', 'CAN']]}",
    "{'not-after': [{'dccDateOfBirth': [{'var': 'credential.holder.birth_date'}]}, "
    "{'plusTime': [{'var': 'now'}, -18, 'year']}]}",
    "{'in': [{'var': 'credential.holder.nationality'}, ['USA', 'MEX', 'CAN']]}",
    "{'===': [{'var': 'credential.about'}, 'holder']}",
    "{'in': [{'var': 'credential.programme'}, ['sentri', 'global-entry', 'nexus']]}",
    "{'in': [{'var': 'credential.holder.document.type'}, ['passport', 'passport-card']]}",
    "{'after': [{'plusTime': [{'var': 'credential.expires'}, 0, 'day']}, "
    "{'plusTime': [{'var': 'now'}, 30, 'day']}]}",
    "{'===': [{'var': 'lane.country'}, 'USA']}",
    "{'!': [{'var': 'credential.company'}]}",
    "{'reduce': [{'var': 'attestations.vaccination'}, "
    "{'and': [{'var': 'accumulator'}, {'var': 'current.product'}, true]}, true]}",
    "{'reduce': [{'var': 'attestations.test'}, "
    "{'if': [{'===': [{'var': 'current.result'}, 'positive']}, false, {'var': 'accumulator'}]}, "
    "true]}",
    "{'if': [{'var': 'credential.employer.id'}, true, "
    "{'if': [{'var': 'attestations.essential-worker.0'}, true, false]}]}",
};

static garita_utf8 utf8(const char *text) {
    return (garita_utf8){ text, strlen(text) };
}

static json_t *quoted_json(const char *text) {
    char copy[1024];
    WORLD_REQUIRE(strlen(text) < sizeof copy);
    strcpy(copy, text);
    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    json_t *out = json_loads(copy, 0, NULL);
    WORLD_REQUIRE(out != NULL);
    return out;
}

static void make_rule(garita_rule *out, const char *text) {
    static uint8_t room[RULES][1024];
    static size_t count;
    size_t len;
    garita_value value = value_of(quoted_json(text));
    WORLD_REQUIRE(count < RULES);
    WORLD_REQUIRE(garita_rule_encode(room[count], &len, sizeof room[count], NULL, NULL, &value) ==
                  GARITA_OK);
    *out = (garita_rule){ .description = { utf8("a rule"), utf8("una regla") },
                          .subjects = 1u << GARITA_SUBJECT_HOLDER, .otherwise = GARITA_REJECT,
                          .expression = { room[count++], len } };
}

/* Signed and read back, as a home has it. Its statement stays. */
static garita_policy *make_policy(const world *w) {
    static garita_rule list[RULES];
    static char ids[RULES][8];
    garita_requirement requirement = {
        .description = { utf8("a vaccination or a test"), utf8("una vacunación o una prueba") },
        .subjects = 1u << GARITA_SUBJECT_HOLDER, .alternative_count = 2,
        .alternatives = { { GARITA_ATTESTATION_VACCINATION, 500 * 86400 },
                          { GARITA_ATTESTATION_TEST, 72 * 3600 } }
    };
    static garita_utf8 denied[64];
    static char firms[64][24];
    for (size_t i = 0; i < RULES; i++) {
        make_rule(&list[i], rules[i]);
        snprintf(ids[i], sizeof ids[i], "rule-%zu", i);
        list[i].id = utf8(ids[i]);
    }
    for (size_t i = 0; i < 64; i++) {
        snprintf(firms[i], sizeof firms[i], "IMMEX-66%02zu-2010", i);
        denied[i] = utf8(firms[i]);
    }
    garita_lane lane = { .name = "pedestrian", .title = { utf8("On foot"), utf8("A pie") },
                         .programmes = 0xe, .refer_after = { 86400, 90 * 86400, 400 * 86400 },
                         .requirement_count = 1, .requirements = &requirement, .denied_count = 64,
                         .denied = denied, .rule_count = RULES, .rules = list };
    garita_policy policy = { .serial = 1, .from = WORLD_NOW - 86400, .until = WORLD_NOW + 86400,
                             .country = "USA", .title = { utf8("A day"), utf8("Un día") },
                             .lane_count = 1, .lanes = &lane };
    garita_policy *out;
    uint8_t *statement;
    size_t len;
    garita_fault fault;
    WORLD_REQUIRE(garita_policy_issue(&statement, &len, &fault, &policy, &w->agencies[0].signer) ==
                  GARITA_OK);
    WORLD_REQUIRE(garita_policy_signer(&out, NULL, w->trust, NULL, statement, len) != NULL);
    return out;
}

/* --- travelers --- */

typedef struct traveler {
    char text[GARITA_QR_TEXT_MAX];
    size_t text_len;
    struct {
        uint8_t message[512]; /* what is signed: prefix and map */
        size_t message_len;
        uint8_t signature[GARITA_SIGNATURE_SIZE];
        const uint8_t *public_key;
    } parts[PARTS];
} traveler;

static traveler travelers[TRAVELERS];

static void take_part(traveler *t, size_t part, garita_bytes statement, const char *prefix,
                      const world_agency *by) {
    size_t prefix_len = strlen(prefix) + 1, map_len = statement.len - WORLD_ENVELOPE;
    WORLD_REQUIRE(prefix_len + map_len <= sizeof t->parts[part].message);
    memcpy(t->parts[part].message, prefix, prefix_len);
    memcpy(t->parts[part].message + prefix_len, statement.at + 1, map_len);
    t->parts[part].message_len = prefix_len + map_len;
    memcpy(t->parts[part].signature, statement.at + statement.len - GARITA_SIGNATURE_SIZE,
           GARITA_SIGNATURE_SIZE);
    t->parts[part].public_key = by->public_key;
}

static uint32_t day(const char *text) {
    uint32_t out;
    WORLD_REQUIRE(garita_day_parse(&out, text, strlen(text)) == GARITA_OK);
    return out;
}

static void make_traveler(traveler *t, const world *w, uint32_t serial) {
    static uint8_t statements[PARTS][GARITA_ATTESTATION_BYTES_MAX];
    uint8_t code[GARITA_QR_STATEMENT_BYTES_MAX];
    size_t len;
    garita_fault fault;
    garita_credential holder;
    garita_attestation attested[] = {
        { .kind = GARITA_ATTESTATION_VACCINATION,
          .fact.vaccination = { utf8("EU/1/20/1528"), 2, 2, day("2026-09-01") } },
        { .kind = GARITA_ATTESTATION_TEST,
          .fact.test = { .type = 1, .result = 1, .sampled_at = WORLD_NOW - 86400 } },
        { .kind = GARITA_ATTESTATION_ESSENTIAL_WORKER,
          .fact.essential_worker = { .since = day("2026-01-01"), .sector = 11,
                                     .employer_id = utf8("IMMEX-1234-2006"),
                                     .country = utf8("MEX") } },
    };
    /* of the USA, and the last of Mexico */
    static const size_t by[PARTS] = { 0, 2, 4, 1 };
    garita_parts parts = { .attestation_count = PARTS - 1 };
    world_credential(&holder, serial, NULL);
    parts.credential = (garita_bytes){ statements[0], world_issue(statements[0], w, by[0],
        serial) };
    take_part(t, 0, parts.credential, "garita/v1/credential", &w->agencies[by[0]]);
    for (size_t i = 1; i < PARTS; i++) {
        attested[i - 1].serial = serial;
        attested[i - 1].expires = day("2028-01-01");
        garita_subject_of(&attested[i - 1].subject, &holder);
        WORLD_REQUIRE(garita_attestation_issue(statements[i], &len, sizeof statements[i], &fault,
                                               &attested[i - 1], &w->agencies[by[i]].signer) ==
                      GARITA_OK);
        parts.attestations[i - 1] = (garita_bytes){ statements[i], len };
        take_part(t, i, parts.attestations[i - 1], "garita/v1/attestation", &w->agencies[by[i]]);
    }
    WORLD_REQUIRE(garita_packet_join(code, &len, sizeof code, &parts) == GARITA_OK);
    WORLD_REQUIRE(garita_text_encode(t->text, &t->text_len, sizeof t->text, code, len) ==
                  GARITA_OK);
}

/* --- what is measured --- */

/* Every log is fresh. */
static void look_up(const void *context, garita_status *out, const garita_issuer *authority,
                    uint32_t serial) {
    (void)context;
    (void)authority;
    (void)serial;
    *out = (garita_status){ .has_head = true, .issued = GARITA_SERIAL_MAX,
                            .signed_at = WORLD_NOW - 60, .next_due = WORLD_NOW + 3600 };
}

static double bare(void) {
    double since = bench_now_s();
    for (size_t i = 0; i < TRAVELERS; i++)
        for (size_t p = 0; p < PARTS; p++)
            WORLD_REQUIRE(crypto_sign_verify_detached(
                              travelers[i].parts[p].signature, travelers[i].parts[p].message,
                              travelers[i].parts[p].message_len,
                              travelers[i].parts[p].public_key) == 0);
    return (bench_now_s() - since) / TRAVELERS;
}

static double verdicts(const garita_setting *setting) {
    static garita_verdict v;
    double since = bench_now_s();
    for (size_t i = 0; i < TRAVELERS; i++) {
        garita_verify_text(&v, setting, travelers[i].text, travelers[i].text_len);
        WORLD_REQUIRE(v.outcome == GARITA_ACCEPT && v.shown_count == PARTS - 1);
    }
    return (bench_now_s() - since) / TRAVELERS;
}

int main(void) {
    static world w;
    double bare_s[ROUNDS], any_s[ROUNDS], policy_s[ROUNDS];
    world_make(&w, WORLD_AGENCIES_MAX);
    garita_policy *policy = make_policy(&w);
    for (uint32_t i = 0; i < TRAVELERS; i++)
        make_traveler(&travelers[i], &w, 100000 + i);
    const garita_status_source status = { NULL, look_up };
    garita_setting any = world_setting(&w, "any"), ruled = world_setting(&w, "any");
    any.status = ruled.status = &status;
    ruled.lane = &policy->lanes[0];
    bare();
    verdicts(&any);
    verdicts(&ruled);
    for (size_t i = 0; i < ROUNDS; i++) {
        bare_s[i] = bare();
        any_s[i] = verdicts(&any);
        policy_s[i] = verdicts(&ruled);
    }
    double b = bench_median(bare_s, ROUNDS), a = bench_median(any_s, ROUNDS);
    double p = bench_median(policy_s, ROUNDS);
    printf("%zu characters of QR text, a credential and %d attestations, %d rules, %d rounds of %d "
           "in turns, medians\n",
           travelers[0].text_len, PARTS - 1, RULES, ROUNDS, TRAVELERS);
    printf("%d bare signature checks     %8.2f us\n", PARTS, b * 1e6);
    printf("text to verdict, lane any   %8.2f us   ratio %6.3f\n", a * 1e6, a / b);
    printf("text to verdict, policy     %8.2f us   ratio %6.3f    (target: at most 1.30)\n",
           p * 1e6, p / b);
    garita_policy_free(policy);
    world_free(&w);
    return 0;
}
