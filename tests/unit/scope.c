/* Scopes: what somebody may do only ever narrows. */
#include <garita/authority.h>

#include "unit.h"

static void assert_countries(const garita_scope *scope, const char *expected)
{
    garita_scope e = scope_of(expected, 0, 0, 0);
    assert_int_equal(scope->country_count, e.country_count);
    for (size_t i = 0; i < e.country_count; i++)
        assert_string_equal(scope->countries[i], e.countries[i]);
}

static void scope_has_what_its_bits_and_list_say(void **state)
{
    (void)state;
    garita_scope s = scope_of("CAN D MEX", UINT64_C(1) << 62 | 2 | UINT64_C(1) << 63, 0x16, 0);
    assert_true(garita_scope_has_country(&s, "CAN"));
    assert_true(garita_scope_has_country(&s, "D"));
    assert_true(garita_scope_has_country(&s, "MEX"));
    assert_false(garita_scope_has_country(&s, "USA"));
    assert_false(garita_scope_has_country(&s, "ME"));
    assert_false(garita_scope_has_country(&s, ""));
    for (unsigned t = 1; t <= 6; t++)
        assert_int_equal(garita_scope_has_type(&s, (garita_type)t), t == 1 || t == 2 || t == 4);
    for (unsigned p = 0; p <= 70; p++)
        assert_int_equal(garita_scope_has_programme(&s, p), p == 1 || p == 62);
}

static void scope_keeps_its_countries_in_order_and_once(void **state)
{
    (void)state;
    garita_scope s = {0};
    assert_true(garita_scope_add_country(&s, "MEX"));
    assert_true(garita_scope_add_country(&s, "USA"));
    assert_true(garita_scope_add_country(&s, "CAN"));
    assert_true(garita_scope_add_country(&s, "D"));
    assert_true(garita_scope_add_country(&s, "MEX"));
    assert_true(garita_scope_add_country(&s, "DNK"));
    assert_countries(&s, "CAN D DNK MEX USA");
    assert_false(garita_scope_add_country(&s, "usa"));
    assert_false(garita_scope_add_country(&s, "USAX"));
    assert_false(garita_scope_add_country(&s, ""));
    assert_int_equal(s.country_count, 5);
}

static void scope_takes_16_countries(void **state)
{
    (void)state;
    garita_scope s = {0};
    char country[] = "AAA";
    for (unsigned i = 0; i < 16; i++) {
        country[2] = (char)('P' - i);
        assert_true(garita_scope_add_country(&s, country));
    }
    garita_scope full = s;
    assert_false(garita_scope_add_country(&s, "AAQ"));
    assert_false(garita_scope_add_country(&s, "AA0"));
    assert_true(garita_scope_add_country(&s, "AAP")); /* is there */
    assert_true(scopes_equal(&s, &full));
}

static void scope_contains_another_only_whole(void **state)
{
    (void)state;
    garita_scope outer = scope_of("CAN USA", 0x0e, 0x06, 0);
    garita_scope same = outer;
    same.depth = 4;
    assert_true(garita_scope_contains(&outer, &same)); /* depth is another matter */
    garita_scope s = scope_of("CAN", 0x02, 0x02, 0);
    assert_true(garita_scope_contains(&outer, &s));
    assert_false(garita_scope_contains(&s, &outer));
    s = scope_of("CAN MEX", 0x02, 0x02, 0);
    assert_false(garita_scope_contains(&outer, &s));
    s = scope_of("AUT CAN", 0x02, 0x02, 0);
    assert_false(garita_scope_contains(&outer, &s));
    s = scope_of("CAN", 0x12, 0x02, 0);
    assert_false(garita_scope_contains(&outer, &s));
    s = scope_of("CAN", 0x02, 0x08, 0);
    assert_false(garita_scope_contains(&outer, &s));
    garita_scope nothing = {0};
    assert_true(garita_scope_contains(&outer, &nothing));
    assert_true(garita_scope_contains(&nothing, &nothing));
}

static void narrowing_intersects_and_takes_a_level_off(void **state)
{
    (void)state;
    garita_scope parent = scope_of("CAN MEX USA", 0x0e, 0x1e, 3), out;
    garita_scope child = scope_of("D MEX USA", 0x36, 0x64, 4);
    garita_scope_narrow(&out, &parent, &child);
    assert_countries(&out, "MEX USA");
    assert_int_equal(out.programmes, 0x06);
    assert_int_equal(out.types, 0x04);
    assert_int_equal(out.depth, 2);
    child.depth = 1;
    garita_scope_narrow(&out, &parent, &child);
    assert_int_equal(out.depth, 1);
    parent.depth = 0;
    garita_scope_narrow(&out, &parent, &child);
    assert_int_equal(out.depth, 0);
    parent.depth = 1;
    garita_scope_narrow(&out, &parent, &child);
    assert_int_equal(out.depth, 0);
}

static void narrowing_takes_16_countries_through(void **state)
{
    (void)state;
    garita_scope full = scope_of("AAA AAB AAC AAD AAE AAF AAG AAH AAI AAJ AAK AAL AAM AAN AAO AAP",
                                 2, 2, 0),
                 out;
    garita_scope_narrow(&out, &full, &full);
    assert_true(scopes_equal(&out, &full));
}

static void narrowing_may_be_in_place(void **state)
{
    (void)state;
    garita_scope parent = scope_of("CAN MEX", 0x0e, 0x1e, 3), child = scope_of("MEX", 2, 2, 1), out;
    garita_scope_narrow(&out, &parent, &child);
    garita_scope_narrow(&parent, &parent, &child);
    assert_true(scopes_equal(&out, &parent));
}

static void random_scope(garita_scope *s, rng *r)
{
    char country[] = "AAA";
    *s = (garita_scope){.programmes = rng_next(r) & INT64_MAX,
                        .types = (uint32_t)rng_next(r) & GARITA_TYPES_ALL,
                        .depth = (uint8_t)rng_below(r, 5)};
    for (size_t i = rng_below(r, 17); i > 0; i--) {
        country[2] = (char)('A' + rng_below(r, 26));
        garita_scope_add_country(s, country);
    }
}

static void narrowing_never_widens(void **state)
{
    (void)state;
    rng r = {8};
    for (unsigned i = 0; i < 20000; i++) {
        garita_scope parent, child, out;
        random_scope(&parent, &r);
        random_scope(&child, &r);
        garita_scope_narrow(&out, &parent, &child);
        assert_true(garita_scope_contains(&parent, &out));
        assert_true(garita_scope_contains(&child, &out));
        assert_true(out.depth <= child.depth);
        assert_true(out.depth < parent.depth || parent.depth == 0);
        /* and takes no more than it must */
        for (size_t k = 0; k < child.country_count; k++)
            assert_int_equal(garita_scope_has_country(&out, child.countries[k]),
                             garita_scope_has_country(&parent, child.countries[k]));
        assert_int_equal(out.programmes, parent.programmes & child.programmes);
        assert_int_equal(out.types, parent.types & child.types);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(scope_has_what_its_bits_and_list_say),
        cmocka_unit_test(scope_keeps_its_countries_in_order_and_once),
        cmocka_unit_test(scope_takes_16_countries),
        cmocka_unit_test(scope_contains_another_only_whole),
        cmocka_unit_test(narrowing_intersects_and_takes_a_level_off),
        cmocka_unit_test(narrowing_takes_16_countries_through),
        cmocka_unit_test(narrowing_may_be_in_place),
        cmocka_unit_test(narrowing_never_widens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
