/* regenerate GOLDEN GENERATOR: the committed files are what the generator writes, byte for byte, no
 * file more or less. Whoever changes one on purpose is told how. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <png.h>
#include <sodium.h>

#include "golden.h"

#define FRESH "fresh" /* in the test's own folder */
#define SUMS "SHA256SUMS"
#define BY_HAND "README.md"
#define PNG_WRITER "png-writer.json"

static const char *golden, *generator;

static void generate(void) {
    pid_t child = fork();
    int status = 0;
    assert_true(child >= 0);
    if (child == 0) {
        execl(generator, generator, FRESH, (char *)NULL);
        _exit(127);
    }
    assert_true(waitpid(child, &status, 0) == child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void explain(size_t wrong) {
    if (wrong > 0)
        print_error("%zu golden files differ. If that is a decision: run\n"
                    "    %s fixtures/golden\n"
                    "delete what it no longer writes, read the diff, and say why in the commit\n"
                    "(fixtures/golden/README.md).\n",
                    wrong, generator);
}

static bool ends_with(const char *name, const char *end) {
    size_t len = strlen(name), end_len = strlen(end);
    return len >= end_len && strcmp(name + len - end_len, end) == 0;
}

static bool same_file(const char *name) {
    file a = file_read(golden, name), b = file_read(FRESH, name);
    bool same = a.at && b.at && a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
    file_free(&a);
    file_free(&b);
    return same;
}

/* Another libpng or zlib may pack the same pixels otherwise. */
static bool same_png_writer(void) {
    return same_file(PNG_WRITER);
}

/* --- pixels --- */

typedef struct pixels {
    png_image image;
    uint8_t *at;
} pixels;

static pixels unpack(const char *folder, const char *name) {
    pixels out = { .image = { .version = PNG_IMAGE_VERSION } };
    file png = file_read(folder, name);
    assert_non_null(png.at);
    assert_true(png_image_begin_read_from_memory(&out.image, png.at, png.len));
    out.image.format = PNG_FORMAT_RGBA;
    out.at = malloc(PNG_IMAGE_SIZE(out.image));
    assert_non_null(out.at);
    assert_true(png_image_finish_read(&out.image, NULL, out.at, 0, NULL));
    file_free(&png);
    return out;
}

static bool same_pixels(const char *name) {
    pixels a = unpack(golden, name), b = unpack(FRESH, name);
    bool same = a.image.width == b.image.width && a.image.height == b.image.height &&
                memcmp(a.at, b.at, PNG_IMAGE_SIZE(a.image)) == 0;
    free(a.at);
    free(b.at);
    return same;
}

/* --- the tests --- */

static bool is_in(const names *list, const char *name) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->at[i], name) == 0)
            return true;
    return false;
}

static size_t missing(const names *here, const names *there, const char *what) {
    size_t wrong = 0;
    for (size_t i = 0; i < here->count; i++)
        if (strcmp(here->at[i], BY_HAND) != 0 && !is_in(there, here->at[i])) {
            print_error("%s: %s\n", here->at[i], what);
            wrong++;
        }
    return wrong;
}

static void no_file_more_or_less(void **state) {
    names committed = names_below(golden), fresh = names_below(FRESH);
    (void)state;
    size_t wrong = missing(&committed, &fresh, "committed, but the generator does not write it") +
                   missing(&fresh, &committed, "written by the generator, but not committed");
    names_free(&committed);
    names_free(&fresh);
    explain(wrong);
    assert_int_equal(wrong, 0);
}

static void every_byte_is_the_same(void **state) {
    names fresh = names_below(FRESH);
    bool exact = same_png_writer();
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < fresh.count; i++) {
        bool depends = ends_with(fresh.at[i], ".png") || strcmp(fresh.at[i], SUMS) == 0 ||
                       strcmp(fresh.at[i], PNG_WRITER) == 0;
        if ((depends && !exact) || same_file(fresh.at[i]))
            continue;
        print_error("%s: differs\n", fresh.at[i]);
        wrong++;
    }
    if (!exact)
        print_message("another libpng or zlib than wrote the golden files: of those that depend on "
                      "it the pixels alone are compared\n");
    names_free(&fresh);
    explain(wrong);
    assert_int_equal(wrong, 0);
}

static void every_pixel_is_the_same(void **state) {
    names fresh = names_below(FRESH);
    size_t wrong = 0, count = 0;
    (void)state;
    for (size_t i = 0; i < fresh.count; i++)
        if (ends_with(fresh.at[i], ".png")) {
            count++;
            if (!same_pixels(fresh.at[i])) {
                print_error("%s: other pixels\n", fresh.at[i]);
                wrong++;
            }
        }
    names_free(&fresh);
    explain(wrong);
    assert_int_equal(wrong, 0);
    assert_true(count >= 60);
}

/* "DIGEST  NAME\n" for each committed file but the README and itself, sorted. */
static void sums_are_those_of_the_files(void **state) {
    names committed = names_below(golden);
    file sums = file_read(golden, SUMS);
    size_t at = 0;
    (void)state;
    assert_non_null(sums.at);
    for (size_t i = 0; i < committed.count; i++) {
        uint8_t digest[crypto_hash_sha256_BYTES];
        char line[512], hex[2 * sizeof digest + 1];
        if (strcmp(committed.at[i], BY_HAND) == 0 || strcmp(committed.at[i], SUMS) == 0)
            continue;
        file f = file_read(golden, committed.at[i]);
        crypto_hash_sha256(digest, f.at, f.len);
        file_free(&f);
        sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
        int len = snprintf(line, sizeof line, "%s  %s\n", hex, committed.at[i]);
        assert_in_range(len, 1, sizeof line - 1);
        if ((size_t)len > sums.len - at || memcmp(sums.at + at, line, (size_t)len) != 0)
            fail_msg(SUMS " does not go on with %s: its file was changed, or the list", line);
        at += (size_t)len;
    }
    assert_int_equal(at, sums.len);
    file_free(&sums);
    names_free(&committed);
}

/* The generator depends on nothing of the moment: written over itself, it changes nothing. */
static void generating_again_changes_nothing(void **state) {
    file before = file_read(FRESH, SUMS);
    (void)state;
    generate();
    file after = file_read(FRESH, SUMS);
    assert_int_equal(before.len, after.len);
    assert_memory_equal(before.at, after.at, after.len);
    file_free(&before);
    file_free(&after);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_file_more_or_less),
        cmocka_unit_test(every_byte_is_the_same),
        cmocka_unit_test(every_pixel_is_the_same),
        cmocka_unit_test(sums_are_those_of_the_files),
        cmocka_unit_test(generating_again_changes_nothing),
    };
    if (argc != 3) {
        fprintf(stderr, "usage: regenerate GOLDEN GENERATOR\n");
        return 64;
    }
    golden = argv[1];
    generator = argv[2];
    generate();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
