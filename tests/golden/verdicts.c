/* verdicts GOLDEN: what Garita makes of every golden vector and authority is what is written there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <garita/date.h>
#include <garita/programme.h>
#include <garita/text.h>
#include <garita/verify.h>

#include "claims.h"
#include "golden.h"

static const char *golden;

/* --- the observed, in the form of the golden JSON --- */

static json_t *signer_json(const garita_id *id, uint8_t key_number) {
    char text[GARITA_ID_TEXT_SIZE];
    json_t *out = json_object();
    garita_id_format(text, id);
    json_object_set_new(out, "id", json_string(text));
    json_object_set_new(out, "key_number", json_integer(key_number));
    return out;
}

/* The stage that gave the verdict its reason; of an accept, the last. */
static const char *deciding_stage(const garita_verdict *v) {
    for (unsigned s = 0; s < GARITA_STAGE_COUNT; s++)
        if (v->checks[s].result == GARITA_CHECK_FAIL && v->checks[s].reason == v->reason)
            return garita_stage_name((garita_stage)s);
    return v->outcome == GARITA_ACCEPT ? garita_stage_name(GARITA_STAGE_POLICY) : "none";
}

static json_t *verdict_json(const garita_verdict *v) {
    json_t *out = json_object(), *expect = json_object();
    bool flawed = v->fault.error != GARITA_OK;
    json_object_set_new(expect, "verdict", json_string(garita_outcome_name(v->outcome)));
    json_object_set_new(expect, "reason", json_string(garita_reason_code(v->reason)));
    json_object_set_new(expect, "stage", json_string(deciding_stage(v)));
    json_object_set_new(expect, "error",
                        flawed ? json_string(garita_error_name(v->fault.error)) : json_null());
    json_object_set_new(expect, "at",
                        flawed ? json_integer((json_int_t)v->fault.at) : json_null());
    json_object_set_new(expect, "field", flawed ? json_string(v->fault.field) : json_null());
    json_object_set_new(out, "expect", expect);
    json_object_set_new(out, "signer",
                        v->has_signer ? signer_json(&v->signer, v->key_number) : json_null());
    json_object_set_new(out, "serial",
                        v->has_credential ? json_integer(v->credential.serial) : json_null());
    json_object_set_new(out, "claims",
                        v->has_credential ? credential_claims_json(&v->credential) : json_null());
    return out;
}

/* --- comparing --- */

/* Whether each part of the observed is as written; says which is not. */
static bool compare(const char *name, const char *source, json_t *written, json_t *observed) {
    bool same = true;
    const char *part;
    json_t *value;
    json_object_foreach(observed, part, value) {
        json_t *expected = json_object_get(written, part);
        if (expected && json_equal(expected, value))
            continue;
        char *want = expected ? json_dumps(expected, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
        char *got = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        print_error("%s, %s, \"%s\": written %s, observed %s\n", name, source, part,
                    want ? want : "nothing", got);
        free(want);
        free(got);
        same = false;
    }
    json_decref(observed);
    return same;
}

static garita_setting setting_of(const garita_trust *trust, const json_t *vector) {
    const char *now = json_string_value(json_object_get(vector, "now"));
    garita_setting out = {
        .trust = trust,
        .lane = garita_lane_builtin(json_string_value(json_object_get(vector, "lane"))),
        .clock = { .is_known = true }
    };
    assert_non_null(out.lane);
    assert_int_equal(garita_moment_parse(&out.clock.now, now, strlen(now)), GARITA_OK);
    return out;
}

static file vector_file(const char *name, const char *extension) {
    char path[512];
    int len = snprintf(path, sizeof path, "vectors/%s.%s", name, extension);
    assert_in_range(len, 1, sizeof path - 1);
    return file_read(golden, path);
}

static json_t *vector_json(const char *name) {
    char path[512];
    int len = snprintf(path, sizeof path, "vectors/%s.json", name);
    assert_in_range(len, 1, sizeof path - 1);
    return json_read(golden, path);
}

/* Whether the text holds what lies beside it, and nothing if nothing does. */
static bool text_holds(const file *text, const file *statement) {
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
    size_t len;
    garita_error e = garita_text_decode(bytes, &len, sizeof bytes, NULL, (const char *)text->at,
                                        text->len);
    if (!statement->at)
        return e != GARITA_OK;
    return e == GARITA_OK && len == statement->len && memcmp(bytes, statement->at, len) == 0;
}

static bool judge(const garita_trust *trust, const char *name) {
    garita_verdict verdict;
    json_t *written = vector_json(name);
    file text = vector_file(name, "txt"), statement = vector_file(name, "bin");
    garita_setting setting = setting_of(trust, written);
    assert_non_null(text.at);
    bool ok = strcmp(json_string_value(json_object_get(written, "name")), name) == 0;
    if (!ok)
        print_error("%s: the name inside is another\n", name);
    garita_verify_text(&verdict, &setting, (const char *)text.at, text.len);
    ok &= compare(name, "txt", written, verdict_json(&verdict));
    if (statement.at) {
        garita_verify_statement(&verdict, &setting, statement.at, statement.len);
        ok &= compare(name, "bin", written, verdict_json(&verdict));
    }
    if (!text_holds(&text, &statement)) {
        print_error("%s: .txt does not hold .bin\n", name);
        ok = false;
    }
    file_free(&text);
    file_free(&statement);
    json_decref(written);
    return ok;
}

static void verdicts_are_as_written(void **state) {
    garita_trust *trust = trust_load(golden);
    names vectors = vectors_in(golden, "vectors/");
    size_t wrong = 0, refused = 0;
    (void)state;
    for (size_t i = 0; i < vectors.count; i++) {
        json_t *written = vector_json(vectors.at[i]);
        const json_t *expect = json_object_get(written, "expect");
        refused += strcmp(json_string_value(json_object_get(expect, "verdict")), "accept") != 0;
        json_decref(written);
        wrong += !judge(trust, vectors.at[i]);
    }
    print_message("%zu vectors, %zu of them not accepted\n", vectors.count, refused);
    names_free(&vectors);
    garita_trust_free(trust);
    assert_int_equal(wrong, 0);
    assert_true(refused >= 60);
}

/* --- authorities --- */

static json_t *moment_json(int64_t moment) {
    char text[GARITA_MOMENT_TEXT_SIZE];
    if (moment == INT64_MIN)
        return json_null();
    garita_moment_format(text, moment);
    return json_string(text);
}

static json_t *hex_json(const uint8_t *at, size_t len) {
    char text[2 * GARITA_PUBLIC_KEY_SIZE + 1];
    for (size_t i = 0; i < len; i++)
        snprintf(text + 2 * i, 3, "%02x", at[i]);
    return json_string(text);
}

static json_t *programmes_json(uint64_t set) {
    json_t *out = json_array();
    for (unsigned code = 0; code <= GARITA_PROGRAMME_CODE_MAX; code++)
        if (set >> code & 1)
            json_array_append_new(out, programme_json((uint8_t)code));
    return out;
}

static json_t *types_json(uint32_t set) {
    json_t *out = json_array();
    for (unsigned type = 0; type < 32; type++)
        if (set >> type & 1) {
            const char *name = garita_type_name(type);
            json_array_append_new(out, name ? json_string(name) : json_integer(type));
        }
    return out;
}

static void set_scope(json_t *object, const garita_scope *scope) {
    json_t *countries = json_array();
    for (size_t i = 0; i < scope->country_count; i++)
        json_array_append_new(countries, json_string(scope->countries[i]));
    json_object_set_new(object, "countries", countries);
    json_object_set_new(object, "programmes", programmes_json(scope->programmes));
    json_object_set_new(object, "types", types_json(scope->types));
    json_object_set_new(object, "depth", json_integer(scope->depth));
}

static json_t *authority_json(const garita_authority *a, const garita_peek *peek) {
    json_t *out = json_object(), *scope = a->self_issued ? json_null() : json_object();
    char id[GARITA_ID_TEXT_SIZE];
    garita_id_format(id, &a->id);
    if (!a->self_issued)
        set_scope(scope, &a->scope);
    json_object_set_new(out, "signer", signer_json(&peek->signer, peek->key_number));
    json_object_set_new(out, "serial", json_integer(a->serial));
    json_object_set_new(out, "not_before", a->has_start ? day_json(a->not_before) : json_null());
    json_object_set_new(out, "expires", day_json(a->expires));
    json_object_set_new(out, "id", json_string(id));
    json_object_set_new(out, "key_number", json_integer(a->key_number));
    json_object_set_new(out, "public_key", hex_json(a->public_key, sizeof a->public_key));
    json_object_set_new(out, "first_key", hex_json(a->first_key, sizeof a->first_key));
    json_object_set_new(out, "name", text_json(a->name));
    json_object_set_new(out, "country", json_string(a->country));
    json_object_set_new(out, "scope", scope);
    return out;
}

static json_t *record_json(const garita_issuer *issuer) {
    json_t *out = json_object(), *record = json_object();
    json_object_set_new(record, "level", json_integer(issuer->level));
    set_scope(record, &issuer->scope);
    json_object_set_new(record, "in_force_from", moment_json(issuer->in_force_from));
    json_object_set_new(record, "in_force_until", moment_json(issuer->in_force_until));
    json_object_set_new(out, "record", record);
    return out;
}

/* The record that this statement made: its key, and its serial in the space of the same signer. */
static const garita_issuer *record_of(const garita_trust *trust, const garita_authority *a,
                                      const garita_peek *peek) {
    for (const garita_issuer *r = NULL;
         (r = garita_trust_find(trust, r, &a->id, a->key_number)) != NULL;)
        if (r->serial == a->serial && garita_id_equal(&r->parent->id, &peek->signer))
            return r;
    return NULL;
}

static bool check_authority(const garita_trust *trust, const char *name) {
    char json_name[512];
    garita_authority authority;
    garita_peek peek;
    garita_fault fault;
    file statement = file_read(golden, name);
    snprintf(json_name, sizeof json_name, "%.*s.json", (int)(strlen(name) - strlen(".bin")), name);
    json_t *written = json_read(golden, json_name);
    assert_int_equal(garita_authority_inspect(&authority, &peek, &fault, statement.at,
                                              statement.len),
                     GARITA_OK);
    bool ok = compare(name, "statement", written, authority_json(&authority, &peek));
    const garita_issuer *record = record_of(trust, &authority, &peek);
    if (record) {
        ok &= compare(name, "trust set", written, record_json(record));
    } else {
        print_error("%s: the trust set has no record of it\n", name);
        ok = false;
    }
    file_free(&statement);
    json_decref(written);
    return ok;
}

static void authorities_are_as_written(void **state) {
    garita_trust *trust = trust_load(golden);
    names all = names_below(golden);
    size_t count = 0, wrong = 0;
    (void)state;
    for (size_t i = 0; i < all.count; i++)
        if (strncmp(all.at[i], "authority-", strlen("authority-")) == 0 &&
            strstr(all.at[i], ".bin")) {
            count++;
            wrong += !check_authority(trust, all.at[i]);
        }
    print_message("%zu authority statements\n", count);
    size_t records = garita_trust_count(trust);
    names_free(&all);
    garita_trust_free(trust);
    assert_int_equal(wrong, 0);
    assert_int_equal(count, records);
}

/* --- statements that no trust set may take --- */

static garita_error offer(garita_trust *trust, const json_t *refused, const file *statement) {
    const json_t *countries = json_object_get(refused, "pin");
    if (json_is_null(countries))
        return garita_trust_add(trust, NULL, NULL, statement->at, statement->len);
    garita_scope scope = { .programmes = UINT64_C(1) << 1, .types = GARITA_TYPES_ALL };
    for (size_t i = 0; i < json_array_size(countries); i++)
        assert_true(garita_scope_add_country(
            &scope, json_string_value(json_array_get(countries, i))));
    return garita_trust_pin(trust, NULL, NULL, &scope, statement->at, statement->len);
}

static bool is_refused(garita_trust *trust, const char *json_name) {
    char name[512];
    json_t *refused = json_read(golden, json_name);
    snprintf(name, sizeof name, "%.*s.bin", (int)(strlen(json_name) - strlen(".json")), json_name);
    file statement = file_read(golden, name);
    assert_non_null(statement.at);
    size_t before = garita_trust_count(trust);
    const char *written = json_string_value(json_object_get(refused, "error"));
    const char *observed = garita_error_name(offer(trust, refused, &statement));
    bool ok = strcmp(written, observed) == 0 && garita_trust_count(trust) == before;
    if (!ok)
        print_error("%s: written %s, observed %s\n", name, written, observed);
    file_free(&statement);
    json_decref(refused);
    return ok;
}

static void refusals_are_as_written(void **state) {
    garita_trust *trust = trust_load(golden);
    names all = names_below(golden);
    size_t count = 0, wrong = 0;
    (void)state;
    for (size_t i = 0; i < all.count; i++)
        if (strncmp(all.at[i], "refused/", strlen("refused/")) == 0 && strstr(all.at[i], ".json")) {
            count++;
            wrong += !is_refused(trust, all.at[i]);
        }
    print_message("%zu authority statements refused\n", count);
    names_free(&all);
    garita_trust_free(trust);
    assert_int_equal(wrong, 0);
    assert_true(count >= 40);
}

/* --- keys, and writing --- */

static void keys_are_as_written(void **state) {
    json_t *keys = json_read(golden, "keys.json");
    (void)state;
    for (size_t i = 0; i < json_array_size(keys); i++) {
        const json_t *key = json_array_get(keys, i);
        secret s = secret_of(key);
        uint8_t expected[GARITA_FINGERPRINT_SIZE], fingerprint[GARITA_FINGERPRINT_SIZE];
        char id_text[GARITA_ID_TEXT_SIZE];
        garita_id id;
        unhex(expected, sizeof expected, json_string_value(json_object_get(key, "public_key")));
        assert_memory_equal(s.public_key, expected, sizeof s.public_key);
        garita_key_fingerprint(fingerprint, s.public_key);
        unhex(expected, sizeof expected, json_string_value(json_object_get(key, "fingerprint")));
        assert_memory_equal(fingerprint, expected, sizeof fingerprint);
        garita_key_id(&id, s.public_key);
        garita_id_format(id_text, &id);
        assert_string_equal(id_text, json_string_value(json_object_get(key, "id")));
    }
    assert_true(json_array_size(keys) >= 20);
    json_decref(keys);
}

/* Made otherwise than an issuer would: with keys of a later version, or another nonce. */
static bool is_unusual(const char *name) {
    static const char *const unusual[] = { "ignorable-", "sixteen-pairs", "longest-statement",
                                           "r-honest" };
    for (size_t i = 0; i < sizeof unusual / sizeof unusual[0]; i++)
        if (strncmp(name, unusual[i], strlen(unusual[i])) == 0)
            return true;
    return false;
}

/* Whether issuing what the verdict read gives the same bytes. Vectors with no claims are not issued. */
static bool issues_again(const garita_trust *trust, const char *name, size_t *count) {
    static garita_verdict verdict;
    uint8_t bytes[GARITA_CREDENTIAL_BYTES_MAX];
    size_t len = 0;
    json_t *written = vector_json(name);
    file statement = vector_file(name, "bin");
    garita_setting setting = setting_of(trust, written);
    bool ok = true;
    garita_verify_statement(&verdict, &setting, statement.at ? statement.at : (uint8_t *)"",
                            statement.len);
    if (statement.at && verdict.has_credential && !is_unusual(name)) {
        secret s = secret_for(golden, verdict.issuer->public_key);
        garita_signer signer = { verdict.signer, verdict.key_number, s.secret_key };
        garita_error e = garita_credential_issue(bytes, &len, sizeof bytes, NULL,
                                                 &verdict.credential, &signer);
        ok = e == GARITA_OK && len == statement.len && memcmp(bytes, statement.at, len) == 0;
        if (!ok)
            print_error("%s: issued again, it has other bytes (%s)\n", name, garita_error_name(e));
        ++*count;
    }
    file_free(&statement);
    json_decref(written);
    return ok;
}

static void issuing_again_gives_the_same_bytes(void **state) {
    garita_trust *trust = trust_load(golden);
    names vectors = vectors_in(golden, "vectors/");
    size_t wrong = 0, count = 0;
    (void)state;
    for (size_t i = 0; i < vectors.count; i++)
        wrong += !issues_again(trust, vectors.at[i], &count);
    print_message("%zu credentials issued again\n", count);
    names_free(&vectors);
    garita_trust_free(trust);
    assert_int_equal(wrong, 0);
    assert_true(count >= 60);
}

static void certifying_again_gives_the_same_bytes(void **state) {
    garita_trust *trust = trust_load(golden);
    names all = names_below(golden);
    (void)state;
    for (size_t i = 0; i < all.count; i++) {
        uint8_t bytes[GARITA_AUTHORITY_BYTES_MAX];
        size_t len;
        garita_authority authority;
        garita_peek peek;
        if (strncmp(all.at[i], "authority-", strlen("authority-")) != 0 ||
            !strstr(all.at[i], ".bin"))
            continue;
        file statement = file_read(golden, all.at[i]);
        assert_int_equal(garita_authority_inspect(&authority, &peek, NULL, statement.at,
                                                  statement.len),
                         GARITA_OK);
        const garita_issuer *by = garita_trust_find(trust, NULL, &peek.signer, peek.key_number);
        assert_non_null(by);
        secret s = secret_for(golden, by->public_key);
        garita_signer signer = { peek.signer, peek.key_number, s.secret_key };
        assert_int_equal(garita_authority_issue(bytes, &len, sizeof bytes, NULL, &authority,
                                                &signer),
                         GARITA_OK);
        assert_int_equal(len, statement.len);
        assert_memory_equal(bytes, statement.at, len);
        file_free(&statement);
    }
    names_free(&all);
    garita_trust_free(trust);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_as_written),
        cmocka_unit_test(authorities_are_as_written),
        cmocka_unit_test(refusals_are_as_written),
        cmocka_unit_test(verdicts_are_as_written),
        cmocka_unit_test(issuing_again_gives_the_same_bytes),
        cmocka_unit_test(certifying_again_gives_the_same_bytes),
    };
    if (argc != 2) {
        fprintf(stderr, "usage: verdicts GOLDEN\n");
        return 64;
    }
    golden = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
