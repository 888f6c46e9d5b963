/* policies GOLDEN: the policies below GOLDEN/lanes are what is written there, are written again as
 * the same bytes, and the one that rules a lane is the one that is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <garita/book.h>
#include <garita/certlogic.h>
#include <garita/date.h>
#include <garita/policies.h>

#include "claims.h"
#include "golden.h"
#include "values.h"

#define POLICIES "lanes/policies/"
#define CHOICES "lanes/choices/"

static const char *golden;

static const char *text_of(const json_t *object, const char *name) {
    return json_string_value(json_object_get(object, name));
}

/* --- a policy as the golden JSON has it --- */

static json_t *words_json(const garita_words *words) {
    return json_pack("{s:o, s:o}", "en", text_json(words->en), "es", text_json(words->es));
}

static json_t *ages_json(const garita_lane_ages *ages) {
    return json_pack("[I, I, I]", (json_int_t)ages->issuer, (json_int_t)ages->between,
                     (json_int_t)ages->anchor);
}

static json_t *programmes_json(uint64_t set) {
    json_t *out = json_array();
    for (unsigned code = 0; code <= GARITA_PROGRAMME_CODE_MAX; code++)
        if (set >> code & 1)
            json_array_append_new(out, programme_json((uint8_t)code));
    return out;
}

static json_t *subjects_json(unsigned set) {
    json_t *out = json_array();
    for (unsigned kind = 0; kind < 3; kind++)
        if (set >> kind & 1)
            json_array_append_new(out, json_string(garita_subject_kind_name(kind)));
    return out;
}

static void set_outcome(json_t *outcomes, const char *reason, garita_outcome outcome) {
    if (outcome != GARITA_UNDECIDED)
        json_object_set_new(outcomes, reason, json_string(garita_outcome_name(outcome)));
}

static json_t *requirement_json(const garita_requirement *r) {
    json_t *ways = json_array();
    for (size_t i = 0; i < r->alternative_count; i++) {
        const garita_entry *kind = garita_entry_by_code(GARITA_TABLE_KINDS,
            r->alternatives[i].kind);
        json_array_append_new(ways, json_pack("[s, I]", kind->name,
                                              (json_int_t)r->alternatives[i].max_age_s));
    }
    return json_pack("{s:o, s:o, s:o}", "description", words_json(&r->description), "of",
                     subjects_json(r->subjects), "any_of", ways);
}

static json_t *expression_json(garita_bytes expression) {
    static garita_value values[GARITA_RULE_BYTES_MAX];
    static garita_member members[GARITA_RULE_BYTES_MAX / 2];
    garita_room room = { .values = values, .value_cap = GARITA_RULE_BYTES_MAX, .members = members,
                         .member_cap = GARITA_RULE_BYTES_MAX / 2 };
    garita_value value;
    assert_int_equal(garita_rule_decode(&value, &room, expression.at, expression.len), GARITA_OK);
    return value_json(&value);
}

static json_t *rule_json(const garita_rule *r) {
    return json_pack("{s:o, s:o, s:o, s:s, s:o}", "id", text_json(r->id), "description",
                     words_json(&r->description), "of", subjects_json(r->subjects), "otherwise",
                     garita_outcome_name(r->otherwise), "expression",
                     expression_json(r->expression));
}

static json_t *role_json(const garita_role *r) {
    json_t *out = json_pack("{s:o, s:o, s:o, s:i, s:i}", "title", words_json(&r->title), "is",
                            subjects_json(r->subjects), "programmes",
                            programmes_json(r->programmes), "at_least", (int)r->fewest, "at_most",
                            (int)r->most);
    if (r->employs)
        json_object_set_new(out, "employs", json_true());
    return out;
}

/* Sets a list, if it has anything in it. */
static void set_list(json_t *object, const char *name, json_t *list) {
    if (json_array_size(list) > 0)
        json_object_set(object, name, list);
    json_decref(list);
}

static json_t *lane_json(const garita_lane *l) {
    json_t *out = json_pack("{s:s, s:o, s:o, s:o}", "name", l->name, "title", words_json(&l->title),
                            "programmes", programmes_json(l->programmes), "refer_after",
                            ages_json(&l->refer_after));
    json_t *outcomes = json_object(), *requirements = json_array(), *denied = json_array();
    json_t *rules = json_array(), *roles = json_array();
    if (l->waives_serial_unknown)
        json_object_set_new(out, "waives", json_pack("[s]", "serial-unknown"));
    if (l->reject_after.issuer || l->reject_after.between || l->reject_after.anchor)
        json_object_set_new(out, "reject_after", ages_json(&l->reject_after));
    set_outcome(outcomes, "suspended", l->outcomes.suspended);
    set_outcome(outcomes, "lane-mismatch", l->outcomes.lane_mismatch);
    set_outcome(outcomes, "attestation-expired", l->outcomes.attestation_expired);
    set_outcome(outcomes, "employer-denied", l->outcomes.employer_denied);
    if (json_object_size(outcomes) > 0)
        json_object_set(out, "outcomes", outcomes);
    json_decref(outcomes);
    for (size_t i = 0; i < l->requirement_count; i++)
        json_array_append_new(requirements, requirement_json(&l->requirements[i]));
    for (size_t i = 0; i < l->denied_count; i++)
        json_array_append_new(denied, text_json(l->denied[i]));
    for (size_t i = 0; i < l->rule_count; i++)
        json_array_append_new(rules, rule_json(&l->rules[i]));
    for (size_t i = 0; i < l->role_count; i++)
        json_array_append_new(roles, role_json(&l->roles[i]));
    set_list(out, "attestations", requirements);
    set_list(out, "denied", denied);
    set_list(out, "rules", rules);
    set_list(out, "party", roles);
    return out;
}

static json_t *policy_json(const garita_policy *p) {
    json_t *lanes = json_array();
    for (size_t i = 0; i < p->lane_count; i++)
        json_array_append_new(lanes, lane_json(&p->lanes[i]));
    return json_pack("{s:I, s:o, s:o, s:s, s:o, s:o}", "serial", (json_int_t)p->serial, "from",
                     moment_text_json(p->from), "until", moment_text_json(p->until), "country",
                     p->country, "title", words_json(&p->title), "lanes", lanes);
}

/* --- policies --- */

static bool issues_again(const char *name, const garita_policy *policy, const garita_issuer *by,
                         const file *bytes) {
    uint8_t *again;
    size_t len;
    garita_fault fault;
    garita_peek peek;
    garita_policy *inspected;
    assert_int_equal(garita_policy_inspect(&inspected, &peek, NULL, bytes->at, bytes->len),
                     GARITA_OK);
    garita_policy_free(inspected);
    secret s = secret_for(golden, by->public_key);
    garita_signer signer = { peek.signer, peek.key_number, s.secret_key };
    garita_error e = garita_policy_issue(&again, &len, &fault, policy, &signer);
    bool ok = e == GARITA_OK && len == bytes->len && memcmp(again, bytes->at, len) == 0;
    if (!ok)
        print_error("%s: issued again, it has other bytes (%s, %s)\n", name, garita_error_name(e),
                    e == GARITA_OK ? "" : fault.field);
    free(again);
    return ok;
}

static bool says_what_is_written(const char *name, const json_t *vector, const garita_policy *p) {
    json_t *written = json_object_get(vector, "policy");
    return json_is_null(written) || is_as_written(name, "policy", written, policy_json(p));
}

static bool judge(const garita_trust *trust, const char *name) {
    json_t *vector = vector_json_of(golden, POLICIES, name);
    file bytes = vector_bytes_of(golden, POLICIES, name);
    garita_policy *policy;
    garita_error e;
    const char *written = text_of(vector, "error");
    const garita_issuer *by = garita_policy_signer(&policy, &e, trust, NULL, bytes.at, bytes.len);
    bool ok = strcmp(written ? written : "ok", garita_error_name(e)) == 0;
    if (!ok)
        print_error("%s: written %s, observed %s\n", name, written ? written : "ok",
                    garita_error_name(e));
    if (by)
        ok = says_what_is_written(name, vector, policy) &&
             issues_again(name, policy, by, &bytes) && ok;
    garita_policy_free(policy);
    file_free(&bytes);
    json_decref(vector);
    return ok;
}

static void policies_are_as_written(void **state) {
    garita_trust *trust = trust_load_of_lanes(golden);
    names vectors = vectors_in(golden, POLICIES);
    size_t wrong = 0, count = vectors.count;
    (void)state;
    for (size_t i = 0; i < vectors.count; i++)
        wrong += !judge(trust, vectors.at[i]);
    names_free(&vectors);
    garita_trust_free(trust);
    assert_int_equal(wrong, 0);
    assert_true(count >= 75);
}

/* --- which one rules --- */

static void add(garita_policies *to, const char *name) {
    garita_policies_added added;
    file bytes = vector_bytes_of(golden, POLICIES, name);
    assert_non_null(bytes.at);
    assert_int_equal(garita_policies_add(to, &added, bytes.at, bytes.len), GARITA_OK);
    file_free(&bytes);
}

/* Whether an entry is the policy of this name. */
static bool is_policy(const garita_policies_entry *entry, const char *name) {
    file bytes = vector_bytes_of(golden, POLICIES, name);
    garita_peek peek;
    garita_policy *policy;
    assert_int_equal(garita_policy_inspect(&policy, &peek, NULL, bytes.at, bytes.len), GARITA_OK);
    bool is = policy->serial == entry->serial &&
              memcmp(&peek.signer, &entry->signer->id, sizeof peek.signer) == 0;
    garita_policy_free(policy);
    file_free(&bytes);
    return is;
}

static bool chooses(const garita_trust *trust, const garita_book *book, const char *name) {
    static const char *const standings[] = { [GARITA_LANE_UNKNOWN] = "unknown",
                                             [GARITA_LANE_RULED] = "ruled",
                                             [GARITA_LANE_LACKING] = "lacking" };
    json_t *vector = vector_json_of(golden, CHOICES, name);
    const json_t *list = json_object_get(vector, "policies");
    const char *by = text_of(vector, "by"), *now = text_of(vector, "now");
    garita_policies *policies;
    const garita_policies_entry *entry = NULL;
    garita_lane lane;
    garita_clock clock = { .is_known = true };
    assert_int_equal(garita_moment_parse(&clock.now, now, strlen(now)), GARITA_OK);
    assert_int_equal(garita_policies_new(&policies, trust, book, text_of(vector, "home")),
                     GARITA_OK);
    for (size_t i = 0; i < json_array_size(list); i++)
        add(policies, json_string_value(json_array_get(list, i)));
    const char *standing = standings[garita_policies_lane(&lane, &entry, policies,
                                                          text_of(vector, "lane"), &clock)];
    bool ok = strcmp(standing, text_of(vector, "standing")) == 0 &&
              (by ? entry && is_policy(entry, by) : !entry);
    if (!ok)
        print_error("%s: written %s %s, observed %s, serial %u\n", name,
                    text_of(vector, "standing"), by ? by : "", standing, entry ? entry->serial : 0);
    garita_policies_free(policies);
    json_decref(vector);
    return ok;
}

static void choices_are_as_written(void **state) {
    garita_trust *trust = trust_load_of_lanes(golden);
    garita_book *book;
    names vectors = vectors_in(golden, CHOICES);
    size_t wrong = 0, count = vectors.count;
    (void)state;
    assert_int_equal(garita_book_new(&book, trust), GARITA_OK);
    for (size_t i = 0; i < vectors.count; i++)
        wrong += !chooses(trust, book, vectors.at[i]);
    names_free(&vectors);
    garita_book_free(book);
    garita_trust_free(trust);
    assert_int_equal(wrong, 0);
    assert_true(count >= 30);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_are_as_written),
        cmocka_unit_test(choices_are_as_written),
    };
    if (argc != 2) {
        fprintf(stderr, "usage: policies GOLDEN\n");
        return 64;
    }
    golden = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
