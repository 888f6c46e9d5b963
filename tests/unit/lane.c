/* Lanes: the built-in ones, and whom a lane denies. */
#include <garita/lane.h>

#include <stdio.h>
#include <stdlib.h>

#include <garita/name.h>
#include <garita/programme.h>

#include "unit.h"

/* --- built in --- */

static void two_lanes_are_built_in(void **state)
{
    (void)state;
    const garita_lane *lane = garita_lane_builtin("default");
    assert_string_equal(lane->name, "default");
    assert_string_equal(lane->country, "");
    assert_false(lane->waives_status_missing || lane->waives_serial_unknown ||
                 lane->waives_freshness || lane->waives_policy || lane->lacks_policy);
    assert_int_equal(lane->refer_after.issuer, 7 * 86400);
    assert_int_equal(lane->refer_after.between, 90 * 86400);
    assert_int_equal(lane->refer_after.anchor, 400 * 86400);
    assert_int_equal(lane->reject_after.issuer, 0);

    lane = garita_lane_builtin("any");
    assert_string_equal(lane->name, "any");
    assert_true(lane->waives_status_missing && lane->waives_serial_unknown &&
                lane->waives_freshness && lane->waives_policy);
    assert_false(lane->lacks_policy);

    assert_null(garita_lane_builtin("Any"));
    assert_null(garita_lane_builtin(""));
    assert_null(garita_lane_builtin("sentri"));
}

/* Those of a later table too; but nobody travels by what stands for attestations alone. */
static void built_in_lanes_take_each_programme_that_is_about_somebody(void **state)
{
    (void)state;
    static const char *const names[] = {"default", "any"};
    for (size_t i = 0; i < COUNT(names); i++) {
        const garita_lane *lane = garita_lane_builtin(names[i]);
        for (unsigned code = 0; code <= GARITA_PROGRAMME_CODE_MAX; code++) {
            const garita_programme *programme = garita_programme_by_code(code);
            bool is_of_somebody = !programme || programme->subjects != 0;
            assert_int_equal(lane->programmes >> code & 1, is_of_somebody);
        }
    }
}

/* --- companies --- */

/* Of copies that end where the ids do. */
static bool is_same(const char *a, const char *b)
{
    uint8_t *copies[] = {exact_copy(a, strlen(a)), exact_copy(b, strlen(b))};
    garita_utf8 id_a = {(const char *)copies[0], strlen(a)};
    garita_utf8 id_b = {(const char *)copies[1], strlen(b)};
    bool same = garita_company_id_equal(id_a, id_b);
    assert_int_equal(garita_company_id_equal(id_b, id_a), same);
    free(copies[0]);
    free(copies[1]);
    return same;
}

static void ids_are_compared_by_letters_and_digits(void **state)
{
    (void)state;
    assert_true(is_same("IMMEX-1234-2006", "IMMEX-1234-2006"));
    assert_true(is_same("IMMEX-1234-2006", "immex 1234/2006"));
    assert_true(is_same("IMMEX-1234-2006", ".Immex12342006 "));
    assert_true(is_same("a", "-a-"));
    assert_false(is_same("IMMEX-1234-2006", "IMMEX-1234-200"));
    assert_false(is_same("IMMEX-1234-2006", "IMMEX-1234-20066"));
    assert_false(is_same("IMMEX-1234-2006", "IMMEX-1234-2007"));
    assert_false(is_same("a", "b"));
    assert_false(is_same("@[`{", "A[a{"));
}

/* A key that a person sees no difference by is no other company. */
static void ids_that_look_the_same_are_the_same(void **state)
{
    (void)state;
    static const char *const written[] = {
        "NANDU-7",
        "nandu 7",
        "\u00d1and\u00fa 7",
        "\u00f1AND\u00da 7",                          /* Ñandú, ñANDÚ */
        "N\u0303andu\u0301 7",                        /* apart: letter and accent */
        "NAN\u00adDU\u00a07",                         /* soft hyphen, no-break space */
        "NAN\u200bDU\u20117",                         /* no space at all, a hyphen that holds */
        "\ufeffNANDU\u30007\u2060",                   /* byte order mark, a wide space */
        "\uff2e\uff41\uff4e\uff24\uff35\uff0d\uff17", /* full width */
    };
    for (size_t i = 0; i < COUNT(written); i++)
        for (size_t j = i; j < COUNT(written); j++)
            assert_true(is_same(written[i], written[j]));
    assert_false(is_same("\u00d1and\u00fa 7", "\u00d1and\u00fa 8"));
    assert_false(is_same("\u00d1and\u00fa", "andu"));

    /* one letter, or a letter and what stands on it */
    assert_true(is_same("\u00d6nder", "O\u0308nder"));
    assert_true(is_same("\u00f6nder", "OENDER"));
    assert_true(is_same("\u00c5bo", "a\u030abo"));
    assert_true(is_same("\u00c5bo", "AABO"));
    assert_true(is_same("\u00fc", "u\u0323\u0308"));
    assert_true(is_same("\u00cb", "E\u0308"));
    assert_true(is_same("\u016e", "U\u030a"));
    assert_true(is_same("\u0308a", "A")); /* on nothing */
    assert_true(is_same("\u00df\u1e9e\u017f", "SSSSS"));
}

static void ids_of_other_scripts_are_compared_as_they_are(void **state)
{
    (void)state;
    assert_true(is_same("\u6771\u4eac-1", "\u6771\u4eac 1"));
    assert_false(is_same("\u6771\u4eac", "\u6771"));
    assert_false(is_same("\u6771\u4eac", "\u4eac\u6771"));
    assert_false(is_same("\u0391", "\u03b1")); /* Greek: no table has its cases */
    assert_false(is_same("\u0391", "A"));      /* nor what only looks alike */
    assert_false(is_same("\u0421", "C"));      /* a Cyrillic letter is what it sounds like */
    assert_true(is_same("\u0421", "s"));
    assert_true(is_same("\U0001f69b", "\U0001f69b"));
    assert_false(is_same("\U0001f69b", "\U0001f69a"));
}

static void put_utf8(char out[4], uint32_t c)
{
    size_t more = c >= 0x800 ? 2 : 1;
    out[0] = (char)((more == 2 ? 0xe0 : 0xc0) | c >> 6 * more);
    for (size_t i = 1; i <= more; i++)
        out[i] = (char)(0x80 | (c >> 6 * (more - i) & 0x3f));
    out[more + 1] = '\0';
}

/* The zone is our only authority for what a letter is without its accents. */
static void letters_are_what_the_zone_makes_of_them(void **state)
{
    (void)state;
    enum { TEH_MARBUTA = 0x0629 }; /* depends on what follows it */
    size_t count = 0;
    for (uint32_t c = 0x80; c < 0x2000; c++) {
        char letter[4], zone[GARITA_MRZ_NAME_MAX];
        size_t zone_len;
        put_utf8(letter, c);
        if (c == TEH_MARBUTA ||
            garita_name_mrz(zone, &zone_len, letter, strlen(letter)) != GARITA_OK)
            continue;
        count++;
        assert_true(is_same(letter, zone));
    }
    assert_in_range(count, 300, 500);
}

static void ids_of_which_nothing_is_left_are_nobodys(void **state)
{
    (void)state;
    assert_false(is_same("", ""));
    assert_false(is_same("-", "-"));
    assert_false(is_same("-", ""));
    assert_false(is_same("-", "a"));
    assert_false(is_same("\u00a0", "\u00a0"));
    assert_false(is_same("\u0301\u200b", "\uff0d"));
    assert_false(is_same("\u042c", "\u042c")); /* a sign that the zone leaves out */
    assert_false(garita_company_id_equal((garita_utf8){0}, (garita_utf8){0}));
}

static void a_lane_denies_whom_it_lists(void **state)
{
    (void)state;
    const garita_utf8 denied[] = {utf8("CTPAT-1"), utf8("IMMEX-1234-2006"), utf8("RFC-9")};
    garita_lane lane = {.denied_count = COUNT(denied), .denied = denied};
    assert_true(garita_lane_denies(&lane, utf8("ctpat1")));
    assert_true(garita_lane_denies(&lane, utf8("immex 1234 2006")));
    assert_true(garita_lane_denies(&lane, utf8("RFC-9")));
    assert_false(garita_lane_denies(&lane, utf8("RFC-99")));
    assert_false(garita_lane_denies(&lane, utf8("-")));
    assert_false(garita_lane_denies(&lane, (garita_utf8){0}));
    assert_true(garita_lane_denies(&lane, utf8("RFC-\uff19")));
    assert_false(garita_lane_denies(garita_lane_builtin("default"), utf8("RFC-9")));
}

static void a_lane_denies_as_many_as_it_may(void **state)
{
    (void)state;
    static char texts[GARITA_DENIED_MAX][GARITA_COMPANY_ID_BYTES_MAX + 1];
    static garita_utf8 denied[GARITA_DENIED_MAX];
    garita_lane lane = {.denied_count = COUNT(denied), .denied = denied};
    for (size_t i = 0; i < COUNT(denied); i++) {
        int len = snprintf(texts[i], sizeof texts[i], "%058zu-\u00d1", i);
        denied[i] = (garita_utf8){texts[i], (size_t)len};
    }
    for (size_t i = 0; i < COUNT(denied); i += 511)
        assert_true(garita_lane_denies(&lane, denied[i]));
    denied[COUNT(denied) - 1] = utf8("RFC-\u00d1");
    assert_true(garita_lane_denies(&lane, utf8("rfc n")));
    assert_false(garita_lane_denies(&lane, utf8("rfc n 1")));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_lanes_are_built_in),
        cmocka_unit_test(built_in_lanes_take_each_programme_that_is_about_somebody),
        cmocka_unit_test(ids_are_compared_by_letters_and_digits),
        cmocka_unit_test(ids_that_look_the_same_are_the_same),
        cmocka_unit_test(ids_of_other_scripts_are_compared_as_they_are),
        cmocka_unit_test(letters_are_what_the_zone_makes_of_them),
        cmocka_unit_test(ids_of_which_nothing_is_left_are_nobodys),
        cmocka_unit_test(a_lane_denies_whom_it_lists),
        cmocka_unit_test(a_lane_denies_as_many_as_it_may),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
