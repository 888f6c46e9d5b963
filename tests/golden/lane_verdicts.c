/* lane_verdicts GOLDEN: what a lane says of those who come is what is written below
 * GOLDEN/lanes/verdicts: the verdict, each member's, and each rule's. */
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
#include <garita/date.h>
#include <garita/packet.h>
#include <garita/party.h>
#include <garita/policies.h>

#include "golden.h"

#define CARDS "lanes/cards/"
#define ATTESTATIONS "lanes/attestations/"
#define POLICIES "lanes/policies/"
#define VERDICTS "lanes/verdicts/"

enum { HEAD_AGE_S = 600, DUE_S = 7 * 86400, BESIDE_MAX = 8 };

static const char *golden;

static const char *text_of(const json_t *object, const char *name) {
    return json_string_value(json_object_get(object, name));
}

/* --- what is told of logs --- */

typedef struct logs {
    int64_t now;
    const json_t *told;
} logs;

/* Each log has a head of ten minutes ago that issued every serial and withdrew none, unless told
 * otherwise. */
static void look_up(const void *context, garita_status *out, const garita_issuer *authority,
                    uint32_t serial) {
    const logs *l = context;
    char id[GARITA_ID_TEXT_SIZE];
    garita_id_format(id, &authority->id);
    int64_t age = HEAD_AGE_S;
    *out = (garita_status){ .has_head = true, .issued = GARITA_SERIAL_MAX };
    for (size_t i = 0; i < json_array_size(l->told); i++) {
        const json_t *told = json_array_get(l->told, i);
        const char *standing = text_of(told, "standing");
        if (strcmp(text_of(told, "authority"), id) != 0)
            continue;
        if (!standing) {
            out->has_head = !json_is_null(json_object_get(told, "head")) ||
                            !json_object_get(told, "head");
            if (json_object_get(told, "age_s"))
                age = json_integer_value(json_object_get(told, "age_s"));
            if (json_object_get(told, "issued"))
                out->issued = (uint32_t)json_integer_value(json_object_get(told, "issued"));
        } else if (serial == (uint32_t)json_integer_value(json_object_get(told, "serial"))) {
            out->standing = strcmp(standing, "revoked") == 0 ? GARITA_STANDING_REVOKED
                                                             : GARITA_STANDING_SUSPENDED;
        }
    }
    out->signed_at = l->now - age;
    out->next_due = out->signed_at + DUE_S;
}

/* --- codes --- */

static file statement_named(const char *name) {
    file out = vector_bytes_of(golden, ATTESTATIONS, name);
    if (!out.at)
        out = vector_bytes_of(golden, CARDS, name);
    assert_non_null(out.at);
    return out;
}

/* A credential and attestations, by their names, as one code's bytes. */
static size_t join(uint8_t out[GARITA_QR_STATEMENT_BYTES_MAX], const json_t *code) {
    file files[GARITA_PACKET_PARTS_MAX];
    garita_parts parts = { 0 };
    size_t len, count = json_array_size(code);
    assert_in_range(count, 1, GARITA_PACKET_PARTS_MAX);
    for (size_t i = 0; i < count; i++) {
        files[i] = statement_named(json_string_value(json_array_get(code, i)));
        garita_bytes part = { files[i].at, files[i].len };
        if (i == 0)
            parts.credential = part;
        else
            parts.attestations[parts.attestation_count++] = part;
    }
    assert_int_equal(garita_packet_join(out, &len, GARITA_QR_STATEMENT_BYTES_MAX, &parts),
                     GARITA_OK);
    for (size_t i = 0; i < count; i++)
        file_free(&files[i]);
    return len;
}

/* --- the lane --- */

static garita_policies *policies_of(const garita_trust *trust, const garita_book *book,
                                    const json_t *vector) {
    garita_policies *out;
    garita_policies_added added;
    const json_t *list = json_object_get(vector, "policies");
    assert_int_equal(garita_policies_new(&out, trust, book, "USA"), GARITA_OK);
    for (size_t i = 0; i < json_array_size(list); i++) {
        file bytes = vector_bytes_of(golden, POLICIES, json_string_value(json_array_get(list, i)));
        assert_int_equal(garita_policies_add(out, &added, bytes.at, bytes.len), GARITA_OK);
        assert_int_equal(added.fate, GARITA_POLICIES_ADDED);
        file_free(&bytes);
    }
    return out;
}

static const garita_lane *lane_of(garita_lane *room, const garita_policies *policies,
                                  const char *name, const garita_clock *clock) {
    const garita_lane *builtin = garita_lane_builtin(name);
    if (builtin)
        return builtin;
    assert_int_not_equal(garita_policies_lane(room, NULL, policies, name, clock),
                         GARITA_LANE_UNKNOWN);
    return room;
}

/* --- comparing --- */

static bool is(const char *vector, const char *whose, const json_t *written, garita_outcome outcome,
               garita_reason reason) {
    const char *verdict = garita_outcome_name(outcome), *code = garita_reason_code(reason);
    bool ok = strcmp(text_of(written, "verdict"), verdict) == 0 &&
              strcmp(text_of(written, "reason"), code) == 0;
    if (!ok)
        print_error("%s, %s: written %s %s, observed %s %s\n", vector, whose,
                    text_of(written, "verdict"), text_of(written, "reason"), verdict, code);
    return ok;
}

/* The rules that did not accept, by their ids. */
static json_t *rules_json(const garita_verdict *v, const garita_lane *lane) {
    json_t *out = json_object();
    for (size_t i = 0; i < lane->rule_count; i++) {
        const garita_rule_result *r = &v->rules[i];
        if (!r->is_asked || r->outcome == GARITA_ACCEPT)
            continue;
        json_t *id = json_stringn(lane->rules[i].id.at, lane->rules[i].id.len);
        const char *error = r->error == GARITA_RULE_OK ? NULL : garita_rule_error_name(r->error);
        json_object_set_new(out, json_string_value(id),
                            json_pack("{s:s, s:s?}", "outcome", garita_outcome_name(r->outcome),
                                      "error", error));
        json_decref(id);
    }
    return out;
}

static bool member_is(const char *vector, json_t *written, const garita_verdict *v,
                      const garita_lane *lane) {
    const char *whose = json_string_value(json_array_get(json_object_get(written, "code"), 0));
    bool ok = is(vector, whose, written, v->outcome, v->reason);
    return ok & is_as_written(vector, whose, json_object_get(written, "rules"),
                              rules_json(v, lane));
}

static bool party_is(const char *name, const json_t *vector, const garita_lane *lane,
                     const garita_verdict *const *members, size_t count) {
    const json_t *written = json_object_get(vector, "party");
    const json_t *missing = json_object_get(written, "missing");
    garita_party party;
    garita_party_judge(&party, lane, members, count,
                       (size_t)json_integer_value(json_object_get(written, "expected")));
    bool ok = is(name, "the party", vector, party.outcome, party.reason);
    for (size_t i = 0; i < json_array_size(missing); i++) {
        json_int_t want = json_integer_value(json_array_get(missing, i));
        if (party.missing[i] == want)
            continue;
        print_error("%s: of role %zu written %d missing, observed %d\n", name, i, (int)want,
                    party.missing[i]);
        ok = false;
    }
    if (party.lacks_employer != json_is_true(json_object_get(written, "lacks_employer"))) {
        print_error("%s: observed lacks_employer %d\n", name, party.lacks_employer);
        ok = false;
    }
    return ok;
}

/* --- judging --- */

/* Attestations in codes of their own. */
typedef struct besides {
    size_t count;
    file files[BESIDE_MAX];
    garita_shown shown[BESIDE_MAX];
} besides;

static void verify_beside(besides *out, const garita_setting *setting, const json_t *list) {
    out->count = json_array_size(list);
    assert_in_range(out->count, 0, BESIDE_MAX);
    for (size_t i = 0; i < out->count; i++) {
        out->files[i] = statement_named(json_string_value(json_array_get(list, i)));
        garita_verify_attestation(&out->shown[i], setting, out->files[i].at, out->files[i].len);
    }
}

static bool judge_members(const char *name, const json_t *vector, const garita_setting *setting) {
    static garita_verdict verdicts[GARITA_PARTY_MAX];
    const garita_verdict *members[GARITA_PARTY_MAX];
    const json_t *list = json_object_get(vector, "members");
    size_t count = json_array_size(list);
    bool ok = true;
    assert_in_range(count, 1, GARITA_PARTY_MAX);
    for (size_t i = 0; i < count; i++) {
        uint8_t code[GARITA_QR_STATEMENT_BYTES_MAX];
        json_t *written = json_array_get(list, i);
        size_t len = join(code, json_object_get(written, "code"));
        garita_verify_statement(&verdicts[i], setting, code, len);
        members[i] = &verdicts[i];
        ok &= member_is(name, written, &verdicts[i], setting->lane);
    }
    if (setting->is_member)
        return ok & party_is(name, vector, setting->lane, members, count);
    return ok & is(name, "the verdict", vector, verdicts[0].outcome, verdicts[0].reason);
}

static bool judge(const garita_trust *trust, const garita_book *book, const char *name) {
    static besides beside;
    garita_lane room;
    json_t *vector = vector_json_of(golden, VERDICTS, name);
    const char *now = text_of(vector, "now");
    logs told = { .told = json_object_get(vector, "status") };
    garita_status_source status = { &told, look_up };
    garita_setting setting = { .trust = trust, .status = &status,
                               .is_member = json_object_get(vector, "party") != NULL };
    if (now) {
        assert_int_equal(garita_moment_parse(&told.now, now, strlen(now)), GARITA_OK);
        setting.clock = (garita_clock){ .is_known = true, .now = told.now };
    }
    garita_policies *policies = policies_of(trust, book, vector);
    setting.lane = lane_of(&room, policies, text_of(vector, "lane"), &setting.clock);
    verify_beside(&beside, &setting, json_object_get(vector, "beside"));
    setting.beside = beside.shown;
    setting.beside_count = beside.count;
    bool ok = judge_members(name, vector, &setting);
    for (size_t i = 0; i < beside.count; i++)
        file_free(&beside.files[i]);
    garita_policies_free(policies);
    json_decref(vector);
    return ok;
}

static void judge_all(garita_trust *trust) {
    garita_book *book;
    names vectors = vectors_in(golden, VERDICTS);
    size_t wrong = 0, count = vectors.count;
    assert_int_equal(garita_book_new(&book, trust), GARITA_OK);
    for (size_t i = 0; i < vectors.count; i++)
        wrong += !judge(trust, book, vectors.at[i]);
    print_message("%zu verdicts of lanes\n", count);
    names_free(&vectors);
    garita_book_free(book);
    garita_trust_free(trust);
    assert_int_equal(wrong, 0);
    assert_true(count >= 190);
}

static void verdicts_are_as_written(void **state) {
    (void)state;
    judge_all(trust_load_of_lanes(golden));
}

static void verdicts_do_not_depend_on_the_order_of_statements(void **state) {
    (void)state;
    judge_all(trust_load_of_lanes_backwards(golden));
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_are_as_written),
        cmocka_unit_test(verdicts_do_not_depend_on_the_order_of_statements),
    };
    if (argc != 2) {
        fprintf(stderr, "usage: lane_verdicts GOLDEN\n");
        return 64;
    }
    golden = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
