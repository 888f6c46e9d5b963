/* hostile GOLDEN HOSTILE: each hostile file comes to one of the ends that its expected.json allows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <garita/picture.h>
#include <garita/verify.h>

#include "golden.h"

static const garita_picture_options patient = { .timeout_ms = PICTURE_TIMEOUT_MS };
static const char *golden, *hostile;

static bool ends_with(const char *name, const char *end) {
    size_t len = strlen(name), end_len = strlen(end);
    return len >= end_len && strcmp(name + len - end_len, end) == 0;
}

/* Whether a word is one of those that spaces separate. */
static bool is_one_of(const char *word, const char *words) {
    size_t len = strlen(word);
    for (const char *at = words; (at = strstr(at, word)) != NULL; at += len)
        if ((at == words || at[-1] == ' ') && (at[len] == ' ' || at[len] == 0))
            return true;
    return false;
}

static const char *what_becomes_of(const garita_setting *setting, const char *name,
                                   const file *f) {
    garita_verdict verdict;
    if (ends_with(name, ".bin")) {
        garita_verify_statement(&verdict, setting, f->at, f->len);
        return garita_reason_code(verdict.reason);
    }
    if (ends_with(name, ".txt")) {
        garita_verify_text(&verdict, setting, (const char *)f->at, f->len);
        return garita_reason_code(verdict.reason);
    }
    garita_qr_texts texts = { 0 };
    garita_picture_error e = garita_picture_read(&texts, f->at, f->len, &patient);
    garita_qr_texts_free(&texts);
    return garita_picture_error_name(e);
}

static void each_comes_to_an_expected_end(void **state) {
    json_t *list = json_read(hostile, "expected.json");
    garita_trust *trust = trust_load(golden);
    garita_setting setting = { .trust = trust,
                               .lane = garita_lane_builtin("any"),
                               .clock = { .is_known = true, .now = 1811851200 } };
    names files = names_below(hostile);
    size_t count = json_array_size(list), file_count = files.count, wrong = 0;
    (void)state;
    for (size_t i = 0; i < count; i++) {
        const json_t *row = json_array_get(list, i);
        const char *name = json_string_value(json_object_get(row, "file"));
        const char *allowed = json_string_value(json_object_get(row, "expect"));
        file f = file_read(hostile, name);
        assert_non_null(f.at);
        const char *end = what_becomes_of(&setting, name, &f);
        if (!is_one_of(end, allowed)) {
            print_error("%s: expected %s, came to %s\n", name, allowed, end);
            wrong++;
        }
        file_free(&f);
    }
    names_free(&files);
    garita_trust_free(trust);
    json_decref(list);
    assert_int_equal(wrong, 0);
    assert_int_equal(file_count, count + 1); /* and expected.json */
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = { cmocka_unit_test(each_comes_to_an_expected_end) };
    if (argc != 3) {
        fprintf(stderr, "usage: hostile GOLDEN HOSTILE\n");
        return 64;
    }
    golden = argv[1];
    hostile = argv[2];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
