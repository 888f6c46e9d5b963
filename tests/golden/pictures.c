/* pictures GOLDEN PICTURES: each golden PNG, read as a picture from outside, holds its text and no
 * other; and the pictures as cameras take them hold the texts of the vectors that their
 * expected.json names, so that the verdicts on them are those of the vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <garita/picture.h>

#include "golden.h"

static const garita_picture_options patient = { .timeout_ms = PICTURE_TIMEOUT_MS };
static const char *golden, *taken;

static file vector_file(const char *name, const char *extension) {
    char path[512];
    int len = snprintf(path, sizeof path, "vectors/%s.%s", name, extension);
    assert_in_range(len, 1, sizeof path - 1);
    return file_read(golden, path);
}

static bool reads_its_text(const char *name, const file *png) {
    garita_qr_texts texts = { 0 };
    file text = vector_file(name, "txt");
    assert_non_null(text.at);
    garita_picture_error e = garita_picture_read(&texts, png->at, png->len, &patient);
    bool ok = e == GARITA_PICTURE_OK && texts.count == 1 && texts.text[0].len == text.len &&
              memcmp(texts.text[0].bytes, text.at, text.len) == 0;
    if (!ok)
        print_error("%s.png: %s, %zu texts, not its .txt\n", name, garita_picture_error_name(e),
                    texts.count);
    garita_qr_texts_free(&texts);
    file_free(&text);
    return ok;
}

static void every_picture_holds_its_text(void **state) {
    names vectors = vectors_in(golden, "vectors/");
    size_t count = 0, wrong = 0;
    (void)state;
    for (size_t i = 0; i < vectors.count; i++) {
        file png = vector_file(vectors.at[i], "png");
        if (png.at) {
            count++;
            wrong += !reads_its_text(vectors.at[i], &png);
        }
        file_free(&png);
    }
    print_message("%zu pictures of %zu vectors\n", count, vectors.count);
    size_t undrawn = vectors.count - count;
    names_free(&vectors);
    assert_int_equal(wrong, 0);
    assert_int_equal(undrawn, 1); /* the text of no character */
}

/* --- as cameras take them --- */

static bool holds(const garita_qr_texts *texts, const file *text) {
    for (size_t i = 0; i < texts->count; i++)
        if (texts->text[i].len == text->len &&
            memcmp(texts->text[i].bytes, text->at, text->len) == 0)
            return true;
    return false;
}

/* Whether the vector's own file says the same as a result here. */
static bool agrees(const json_t *result, const char *now) {
    char path[512];
    const char *name = json_string_value(json_object_get(result, "vector"));
    int len = snprintf(path, sizeof path, "vectors/%s.json", name);
    assert_in_range(len, 1, sizeof path - 1);
    json_t *vector = json_read(golden, path);
    json_t *expect = json_object_get(vector, "expect");
    bool ok = json_equal(json_object_get(expect, "verdict"), json_object_get(result, "verdict")) &&
              json_equal(json_object_get(expect, "reason"), json_object_get(result, "reason")) &&
              strcmp(json_string_value(json_object_get(vector, "now")), now) == 0 &&
              strcmp(json_string_value(json_object_get(vector, "lane")), "any") == 0;
    if (!ok)
        print_error("%s: expected.json says something else of it\n", name);
    json_decref(vector);
    return ok;
}

static bool reads_as_expected(const json_t *expected) {
    garita_qr_texts texts = { 0 };
    const char *name = json_string_value(json_object_get(expected, "file"));
    const char *now = json_string_value(json_object_get(expected, "now"));
    const json_t *results = json_object_get(expected, "results");
    size_t count = json_array_size(results);
    file picture = file_read(taken, name);
    assert_non_null(picture.at);
    garita_picture_error e = garita_picture_read(&texts, picture.at, picture.len, &patient);
    bool ok = e == (count > 0 ? GARITA_PICTURE_OK : GARITA_PICTURE_NO_QR) && texts.count == count;
    for (size_t i = 0; i < count; i++) {
        const json_t *result = json_array_get(results, i);
        file text = vector_file(json_string_value(json_object_get(result, "vector")), "txt");
        assert_non_null(text.at);
        ok &= holds(&texts, &text) && agrees(result, now);
        file_free(&text);
    }
    if (!ok)
        print_error("%s: %s, %zu texts, not those expected\n", name, garita_picture_error_name(e),
                    texts.count);
    garita_qr_texts_free(&texts);
    file_free(&picture);
    return ok;
}

static void every_photograph_holds_what_is_expected(void **state) {
    json_t *list = json_read(taken, "expected.json");
    names files = names_below(taken);
    size_t count = json_array_size(list), file_count = files.count, wrong = 0;
    (void)state;
    for (size_t i = 0; i < count; i++)
        wrong += !reads_as_expected(json_array_get(list, i));
    names_free(&files);
    json_decref(list);
    assert_int_equal(wrong, 0);
    assert_int_equal(file_count, count + 1); /* and expected.json */
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_picture_holds_its_text),
        cmocka_unit_test(every_photograph_holds_what_is_expected),
    };
    if (argc != 3) {
        fprintf(stderr, "usage: pictures GOLDEN PICTURES\n");
        return 64;
    }
    golden = argv[1];
    taken = argv[2];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
