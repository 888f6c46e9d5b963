/* The trust set: who gets in, with what, and that order does not matter. */
#include <garita/trust.h>

#include <stdio.h>
#include <stdlib.h>

#include <garita/date.h>

#include "unit.h"

/* An anchor of each of two countries, agencies below each other, and keys that rotate. */
enum { LEVELS = 6 };

static party anchor, other_anchor, agencies[LEVELS], second_keys[LEVELS], anchor_keys[4];

static int set_up(void **state)
{
    (void)state;
    party_make(&anchor, 40);
    party_make(&other_anchor, 41);
    for (unsigned i = 0; i < LEVELS; i++) {
        party_make(&agencies[i], 50 + i);
        party_rotate(&second_keys[i], &agencies[i], 2, 60 + i);
    }
    for (unsigned i = 0; i < 4; i++)
        party_rotate(&anchor_keys[i], &anchor, (uint8_t)(2 + i), 70 + i);
    return 0;
}

static garita_trust *new_trust(void)
{
    garita_trust *trust;
    assert_ok(garita_trust_new(&trust));
    assert_int_equal(garita_trust_count(trust), 0);
    return trust;
}

static const grant anchor_grant = {.serial = 1, .countries = "CAN MEX USA"};

static garita_trust *pinned(void)
{
    garita_trust *trust = new_trust();
    pin(trust, &anchor, anchor_grant);
    return trust;
}

static garita_error try_add(garita_trust *trust, const blob *b)
{
    const garita_issuer *issuer = NULL;
    garita_fault fault;
    size_t before = garita_trust_count(trust);
    uint8_t *copy = exact_copy(b->bytes, b->len);
    garita_error e = garita_trust_add(trust, &issuer, &fault, copy, b->len);
    free(copy);
    assert_int_equal(issuer != NULL, e == GARITA_OK);
    if (e != GARITA_OK)
        assert_int_equal(garita_trust_count(trust), before);
    else
        assert_ptr_equal(issuer, garita_trust_get(trust, before)); /* the first new one */
    return e;
}

static garita_error try_certify(garita_trust *trust, const party *by, const party *subject, grant g)
{
    blob b;
    certify(&b, by, subject, g);
    return try_add(trust, &b);
}

static garita_error try_pin(garita_trust *trust, const garita_scope *scope, const blob *b)
{
    const garita_issuer *issuer = NULL;
    garita_fault fault;
    size_t before = garita_trust_count(trust);
    garita_error e = garita_trust_pin(trust, &issuer, &fault, scope, b->bytes, b->len);
    assert_int_equal(issuer != NULL, e == GARITA_OK);
    assert_int_equal(garita_trust_count(trust), before + (e == GARITA_OK));
    return e;
}

/* --- pinning --- */

static void pin_makes_the_anchor_s_record(void **state)
{
    (void)state;
    garita_trust *trust = new_trust();
    blob b;
    certify(&b, &anchor, &anchor, (grant){.serial = 9, .from = "2026-01-01", .name = "CBP"});
    garita_scope scope = scope_of("MEX USA", 0x12, 0x06, 1);
    const garita_issuer *r;
    assert_ok(garita_trust_pin(trust, &r, NULL, &scope, b.bytes, b.len));
    assert_ptr_equal(r, garita_trust_get(trust, 0));
    assert_ptr_equal(r->parent, r);
    assert_ptr_equal(r->anchor, r);
    assert_int_equal(r->level, 0);
    assert_int_equal(r->serial, 9);
    assert_int_equal(r->key_number, 1);
    assert_true(garita_id_equal(&r->id, &anchor.signer.id));
    assert_memory_equal(r->public_key, anchor.public_key, 32);
    assert_memory_equal(r->first_key, anchor.public_key, 32);
    assert_string_equal(r->name, "CBP");
    assert_string_equal(r->country, "USA");
    assert_int_equal(r->in_force_from, moment("2026-01-01T00:00:00Z"));
    assert_int_equal(r->in_force_until, moment("2046-01-01T12:00:00Z"));
    assert_int_equal(r->scope.depth, GARITA_CHAIN_DEPTH_MAX);
    scope.depth = GARITA_CHAIN_DEPTH_MAX;
    assert_true(scopes_equal(&r->scope, &scope));
    assert_false(r->shares_id);
    garita_trust_free(trust);
}

static void pin_without_a_start_has_always_been_in_force(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    assert_true(garita_trust_get(trust, 0)->in_force_from == INT64_MIN);
    garita_trust_free(trust);
}

static void default_pin_is_what_the_table_gives(void **state)
{
    (void)state;
    garita_scope scope;
    garita_pin_default(&scope, "USA");
    assert_int_equal(scope.programmes,
                     1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 9 | 1 << 10);
    assert_int_equal(scope.types, 0x7e);
    assert_int_equal(scope.depth, 4);
    assert_int_equal(scope.country_count, 1);
    assert_string_equal(scope.countries[0], "USA");
    garita_pin_default(&scope, "MEX");
    assert_int_equal(scope.programmes,
                     1 << 1 | 1 << 2 | 1 << 4 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10);
    garita_pin_default(&scope, "GTM");
    assert_int_equal(scope.programmes, 0);
    assert_string_equal(scope.countries[0], "GTM");
}

static void pin_refuses_what_is_not_self_signed(void **state)
{
    (void)state;
    garita_trust *trust = new_trust();
    garita_scope scope = scope_of("USA", 2, 0x7e, 4);
    blob b, map;
    /* by somebody else */
    certify(&b, &anchor, &agencies[0], (grant){.serial = 2});
    assert_error(try_pin(trust, &scope, &b), NOT_SELF_SIGNED);
    /* a further key of its own */
    certify(&b, &anchor, &anchor_keys[0], (grant){.serial = 2});
    assert_error(try_pin(trust, &scope, &b), NOT_SELF_SIGNED);
    /* its first key, but signed as another number */
    party as_second = anchor;
    as_second.signer.key_number = 2;
    as_second.signer.secret_key = anchor.secret_key;
    certify(&b, &as_second, &anchor, (grant){.serial = 2});
    assert_error(try_pin(trust, &scope, &b), NOT_SELF_SIGNED);
    /* self-issued, but signed with another key */
    certify(&b, &anchor, &anchor, (grant){.serial = 1});
    memcpy(map.bytes, b.bytes + 1, map.len = b.len - 67);
    sign(&b, &other_anchor, GARITA_TYPE_AUTHORITY, map.bytes, map.len);
    assert_error(try_pin(trust, &scope, &b), BAD_SIGNATURE);
    /* as another type */
    sign(&b, &anchor, GARITA_TYPE_CREDENTIAL, map.bytes, map.len);
    assert_error(try_pin(trust, &scope, &b), BAD_SIGNATURE);
    garita_trust_free(trust);
}

static void pin_refuses_a_country_outside_its_scope(void **state)
{
    (void)state;
    garita_trust *trust = new_trust();
    garita_scope scope = scope_of("CAN MEX", 2, 0x7e, 4);
    blob b;
    certify(&b, &anchor, &anchor, (grant){.serial = 1});
    assert_error(try_pin(trust, &scope, &b), OUT_OF_SCOPE);
    garita_trust_free(trust);
}

static void pin_refuses_a_key_that_is_pinned(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    garita_scope scope = scope_of("USA", 2, 0x7e, 4);
    blob b;
    certify(&b, &anchor, &anchor, (grant){.serial = 1});
    assert_error(try_pin(trust, &scope, &b), ALREADY_KNOWN);
    certify(&b, &anchor, &anchor, (grant){.serial = 2, .until = "2050-01-01"});
    assert_error(try_pin(trust, &scope, &b), ALREADY_KNOWN);
    garita_trust_free(trust);
}

static void pin_says_what_is_malformed(void **state)
{
    (void)state;
    garita_trust *trust = new_trust();
    garita_scope scope = scope_of("USA", 2, 0x7e, 4);
    garita_fault fault;
    blob b;
    certify(&b, &anchor, &anchor, (grant){.serial = 1});
    assert_error(garita_trust_pin(trust, NULL, &fault, &scope, b.bytes, 60), TRUNCATED);
    assert_error(fault.error, TRUNCATED);
    b.bytes[3] = 2;
    assert_error(garita_trust_pin(trust, NULL, &fault, &scope, b.bytes, b.len),
                 UNSUPPORTED_VERSION);
    assert_int_equal(fault.at, 3);
    garita_trust_free(trust);
}

/* --- adding --- */

static void add_makes_a_record_that_its_chain_narrows(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    const garita_issuer *top = garita_trust_get(trust, 0);
    const garita_issuer *r = add(trust, &anchor, &agencies[0],
                                 (grant){.serial = 5,
                                         .from = "2026-02-03",
                                         .until = "2027-04-05",
                                         .name = "INM",
                                         .country = "MEX",
                                         .countries = "GTM MEX USA",
                                         .programmes = 0x2,
                                         .types = 0xffffffff,
                                         .depth = 4});
    assert_ptr_equal(r->parent, top);
    assert_ptr_equal(r->anchor, top);
    assert_int_equal(r->level, 1);
    assert_int_equal(r->serial, 5);
    assert_string_equal(r->name, "INM");
    assert_string_equal(r->country, "MEX");
    assert_int_equal(r->scope.country_count, 2); /* GTM is not the anchor's to give */
    assert_string_equal(r->scope.countries[0], "MEX");
    assert_string_equal(r->scope.countries[1], "USA");
    assert_int_equal(r->scope.programmes, 0x2);
    assert_int_equal(r->scope.types, GARITA_TYPES_ALL);
    assert_int_equal(r->scope.depth, 3);
    assert_int_equal(r->in_force_from, moment("2026-02-03T00:00:00Z"));
    assert_int_equal(r->in_force_until, moment("2027-04-06T12:00:00Z"));
    garita_trust_free(trust);
}

static void add_refuses_an_unknown_signer(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    assert_error(try_certify(trust, &other_anchor, &agencies[0], (grant){.serial = 2}),
                 UNKNOWN_ISSUER);
    /* a key number that nobody has */
    assert_error(try_certify(trust, &anchor_keys[0], &agencies[0], (grant){.serial = 2}),
                 UNKNOWN_ISSUER);
    garita_trust_free(trust);
}

static void add_refuses_a_bad_signature(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    blob b, map;
    party impostor;
    /* another key under the anchor's id and number */
    party_rotate(&impostor, &anchor, 1, 42);
    assert_error(try_certify(trust, &impostor, &agencies[0], (grant){.serial = 2}), BAD_SIGNATURE);
    /* the right key, but the signature of another type */
    certify(&b, &anchor, &agencies[0], (grant){.serial = 2});
    memcpy(map.bytes, b.bytes + 1, map.len = b.len - 67);
    sign(&b, &anchor, GARITA_TYPE_CREDENTIAL, map.bytes, map.len);
    assert_error(try_add(trust, &b), BAD_SIGNATURE);
    sign(&b, &anchor, GARITA_TYPE_HEAD, map.bytes, map.len);
    assert_error(try_add(trust, &b), BAD_SIGNATURE);
    sign(&b, &anchor, GARITA_TYPE_AUTHORITY, map.bytes, map.len);
    assert_ok(try_add(trust, &b)); /* the same map, rightly signed */
    garita_trust_free(trust);
}

static void add_says_what_is_malformed(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    garita_fault fault;
    blob b, map;
    certify(&b, &anchor, &agencies[0], (grant){.serial = 2});
    assert_error(garita_trust_add(trust, NULL, &fault, b.bytes, 66), TRUNCATED);
    memcpy(map.bytes, b.bytes + 1, map.len = b.len - 67);
    map.bytes[map.len++] = 0xc0;
    sign(&b, &anchor, GARITA_TYPE_AUTHORITY, map.bytes, map.len);
    assert_error(garita_trust_add(trust, NULL, &fault, b.bytes, b.len), TRAILING);
    assert_error(fault.error, TRAILING);
    assert_int_equal(fault.at, map.len);
    assert_int_equal(garita_trust_count(trust), 1);
    garita_trust_free(trust);
}

static void add_refuses_a_signer_that_may_certify_nobody(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    add(trust, &anchor, &agencies[0],
        (grant){.serial = 2, .types = 1u << GARITA_TYPE_CREDENTIAL, .depth = 3});
    assert_error(try_certify(trust, &agencies[0], &agencies[1], (grant){.serial = 1}),
                 OUT_OF_SCOPE);
    garita_trust_free(trust);
}

static void add_refuses_a_country_outside_the_signer_s(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    assert_error(try_certify(trust, &anchor, &agencies[0], (grant){.serial = 2, .country = "GTM"}),
                 OUT_OF_SCOPE);
    add(trust, &anchor, &agencies[0],
        (grant){.serial = 2, .country = "USA", .countries = "MEX", .depth = 3});
    assert_error(
        try_certify(trust, &agencies[0], &agencies[1], (grant){.serial = 1, .country = "USA"}),
        OUT_OF_SCOPE);
    assert_ok(
        try_certify(trust, &agencies[0], &agencies[1], (grant){.serial = 1, .country = "MEX"}));
    garita_trust_free(trust);
}

static void add_refuses_more_levels_than_the_format_or_the_signer_allows(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    const party *by = &anchor;
    for (unsigned level = 1; level <= GARITA_CHAIN_DEPTH_MAX; level++) {
        const garita_issuer *r =
            add(trust, by, &agencies[level - 1], (grant){.serial = 2, .depth = 4});
        assert_int_equal(r->level, level);
        assert_int_equal(r->scope.depth, GARITA_CHAIN_DEPTH_MAX - level);
        by = &agencies[level - 1];
    }
    assert_error(try_certify(trust, by, &agencies[4], (grant){.serial = 2, .depth = 4}), TOO_DEEP);
    garita_trust_free(trust);

    trust = pinned();
    add(trust, &anchor, &agencies[0], (grant){.serial = 2, .depth = 0});
    assert_error(try_certify(trust, &agencies[0], &agencies[1], (grant){.serial = 2}), TOO_DEEP);
    garita_trust_free(trust);
}

static void add_refuses_a_second_key_under_one_number(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    party another_second;
    party_rotate(&another_second, &agencies[0], 2, 43);
    add(trust, &anchor, &agencies[0], (grant){.serial = 2});
    add(trust, &anchor, &second_keys[0], (grant){.serial = 3});
    assert_error(try_certify(trust, &anchor, &another_second, (grant){.serial = 4}),
                 KEY_NUMBER_TAKEN);
    assert_ok(try_certify(trust, &anchor, &second_keys[0], (grant){.serial = 4})); /* a renewal */
    garita_trust_free(trust);
}

static void add_refuses_a_second_statement_with_one_serial(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    /* the anchor's own statement has serial 1 */
    assert_error(try_certify(trust, &anchor, &agencies[0], (grant){.serial = 1}), SERIAL_TAKEN);
    add(trust, &anchor, &agencies[0], (grant){.serial = 2, .depth = 2});
    assert_error(try_certify(trust, &anchor, &agencies[1], (grant){.serial = 2}), SERIAL_TAKEN);
    assert_error(try_certify(trust, &anchor, &agencies[0], (grant){.serial = 2, .depth = 3}),
                 SERIAL_TAKEN);
    /* a further key has the authority's serials */
    add(trust, &anchor, &anchor_keys[0], (grant){.serial = 3});
    assert_error(try_certify(trust, &anchor_keys[0], &agencies[1], (grant){.serial = 2}),
                 SERIAL_TAKEN);
    /* another authority has its own */
    add(trust, &agencies[0], &agencies[1], (grant){.serial = 2});
    garita_trust_free(trust);
}

static void add_knows_what_it_has(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    const grant g = {.serial = 2, .name = "Agency"};
    add(trust, &anchor, &agencies[0], g);
    assert_error(try_certify(trust, &anchor, &agencies[0], g), ALREADY_KNOWN);
    garita_trust_free(trust);
}

static void failed_add_may_leave_out_its_fault_and_issuer(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    blob b;
    certify(&b, &other_anchor, &agencies[0], (grant){.serial = 2});
    assert_error(garita_trust_add(trust, NULL, NULL, b.bytes, b.len), UNKNOWN_ISSUER);
    assert_error(garita_trust_add(trust, NULL, NULL, b.bytes, 3), TRUNCATED);
    certify(&b, &anchor, &agencies[0], (grant){.serial = 2});
    assert_ok(garita_trust_add(trust, NULL, NULL, b.bytes, b.len));
    garita_trust_free(trust);
}

/* --- rotation --- */

static void further_key_of_an_authority_has_its_id(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    const garita_issuer *first = add(trust, &anchor, &agencies[0], (grant){.serial = 2});
    const garita_issuer *second =
        add(trust, &anchor, &second_keys[0], (grant){.serial = 3, .programmes = 2});
    assert_true(garita_id_equal(&first->id, &second->id));
    assert_true(garita_issuer_same_authority(first, second));
    assert_int_equal(second->level, 1);
    assert_int_equal(second->scope.programmes, 2); /* each key by its own statement */
    assert_memory_equal(second->first_key, first->public_key, 32);
    assert_false(first->shares_id || second->shares_id);
    assert_ptr_equal(garita_trust_find(trust, NULL, &first->id, 1), first);
    assert_ptr_equal(garita_trust_find(trust, NULL, &first->id, 2), second);
    assert_null(garita_trust_find(trust, second, &first->id, 2));
    assert_null(garita_trust_find(trust, NULL, &first->id, 3));
    garita_trust_free(trust);
}

/* An authority below cannot give itself a key: that is its parent's. */
static void further_key_from_the_authority_itself_is_out_of_scope(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    add(trust, &anchor, &agencies[0], (grant){.serial = 2, .depth = 3});
    assert_error(try_certify(trust, &agencies[0], &second_keys[0], (grant){.serial = 3}),
                 OUT_OF_SCOPE);
    assert_error(try_certify(trust, &agencies[0], &agencies[0], (grant){.serial = 3}),
                 OUT_OF_SCOPE);
    garita_trust_free(trust);
}

static void further_key_of_an_anchor_has_the_anchor_s_scope(void **state)
{
    (void)state;
    garita_trust *trust = new_trust();
    const garita_issuer *top = pin(trust, &anchor,
                                   (grant){.serial = 1,
                                           .from = "2026-01-01",
                                           .until = "2030-01-01",
                                           .countries = "MEX USA",
                                           .programmes = 6,
                                           .types = 0x16});
    const garita_issuer *r = add(trust, &anchor, &anchor_keys[0],
                                 (grant){.serial = 2, .from = "2025-01-01", .until = "2040-01-01"});
    assert_int_equal(r->level, 0);
    assert_ptr_equal(r->parent, top);
    assert_ptr_equal(r->anchor, top);
    assert_true(scopes_equal(&r->scope, &top->scope));
    assert_int_equal(r->in_force_from, top->in_force_from); /* no longer than the anchor is */
    assert_int_equal(r->in_force_until, top->in_force_until);
    assert_true(garita_issuer_same_authority(r, top));
    assert_false(top->shares_id || r->shares_id);
    /* it certifies as the anchor does */
    const garita_issuer *child =
        add(trust, &anchor_keys[0], &agencies[0], (grant){.serial = 3, .depth = 4});
    assert_ptr_equal(child->parent, r);
    assert_ptr_equal(child->anchor, top);
    assert_int_equal(child->level, 1);
    assert_int_equal(child->scope.depth, 3);
    /* and a key certified by the one is of the same authority as one by the other */
    const garita_issuer *rotated =
        add(trust, &anchor, &second_keys[0], (grant){.serial = 4, .depth = 4});
    assert_true(garita_issuer_same_authority(child, rotated));
    assert_false(child->shares_id);
    garita_trust_free(trust);
}

/* As an authority's keys all come from its parent, an anchor's all come from its first. So a chain
 * has a length that is known. */
static void further_key_of_an_anchor_from_another_further_key_is_out_of_scope(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    add(trust, &anchor, &anchor_keys[0], (grant){.serial = 2});
    assert_error(try_certify(trust, &anchor_keys[0], &anchor_keys[1], (grant){.serial = 3}),
                 OUT_OF_SCOPE);
    assert_ok(try_certify(trust, &anchor, &anchor_keys[1], (grant){.serial = 3}));
    garita_trust_free(trust);
}

static void anchor_s_own_statement_is_not_added_below_it(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    assert_error(try_certify(trust, &anchor, &anchor, (grant){.serial = 2}), OUT_OF_SCOPE);
    garita_trust_free(trust);
}

/* --- renewal --- */

static void renewal_is_a_record_of_its_own(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    const garita_issuer *old =
        add(trust, &anchor, &agencies[0], (grant){.serial = 2, .until = "2026-12-31"});
    const garita_issuer *renewed =
        add(trust, &anchor, &agencies[0],
            (grant){.serial = 3, .from = "2026-12-01", .until = "2027-12-31"});
    assert_true(garita_issuer_same_authority(old, renewed));
    assert_false(old->shares_id || renewed->shares_id);
    assert_ptr_equal(garita_trust_find(trust, NULL, &old->id, 1), old);
    assert_ptr_equal(garita_trust_find(trust, old, &old->id, 1), renewed);
    assert_null(garita_trust_find(trust, renewed, &old->id, 1));
    garita_trust_free(trust);
}

static void child_of_a_renewed_parent_is_added_below_each_of_its_records(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    add(trust, &anchor, &agencies[0], (grant){.serial = 2, .until = "2026-12-31", .depth = 2});
    add(trust, &anchor, &agencies[0], (grant){.serial = 3, .until = "2028-12-31", .depth = 2});
    const garita_issuer *first =
        add(trust, &agencies[0], &agencies[1], (grant){.serial = 1, .until = "2030-12-31"});
    assert_int_equal(garita_trust_count(trust), 5);
    const garita_issuer *next = garita_trust_get(trust, 4);
    assert_ptr_equal(first->parent, garita_trust_get(trust, 1));
    assert_ptr_equal(next->parent, garita_trust_get(trust, 2));
    assert_int_equal(first->in_force_until, moment("2027-01-01T12:00:00Z"));
    assert_int_equal(next->in_force_until, moment("2029-01-01T12:00:00Z"));
    assert_true(garita_issuer_same_authority(first, next));
    assert_false(first->shares_id);
    garita_trust_free(trust);
}

/* The same statement, once the parent has been renewed, brings what is missing and no more. */
static void child_is_added_below_a_renewal_that_came_later(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    const grant g = {.serial = 1};
    add(trust, &anchor, &agencies[0], (grant){.serial = 2, .depth = 2});
    add(trust, &agencies[0], &agencies[1], g);
    add(trust, &anchor, &agencies[0], (grant){.serial = 3, .depth = 2});
    assert_ok(try_certify(trust, &agencies[0], &agencies[1], g));
    assert_int_equal(garita_trust_count(trust), 5);
    assert_ptr_equal(garita_trust_get(trust, 4)->parent, garita_trust_get(trust, 3));
    assert_error(try_certify(trust, &agencies[0], &agencies[1], g), ALREADY_KNOWN);
    garita_trust_free(trust);
}

/* One record of the parent may not certify; the other may. */
static void child_is_added_below_whichever_record_may_certify_it(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    add(trust, &anchor, &agencies[0], (grant){.serial = 2, .depth = 0});
    add(trust, &anchor, &agencies[0], (grant){.serial = 3, .depth = 1});
    const garita_issuer *r = add(trust, &agencies[0], &agencies[1], (grant){.serial = 1});
    assert_int_equal(garita_trust_count(trust), 4);
    assert_ptr_equal(r->parent, garita_trust_get(trust, 2));
    garita_trust_free(trust);
}

/* --- two authorities with one id --- */

static void one_key_under_two_anchors_is_two_authorities(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    pin(trust, &other_anchor, (grant){.serial = 1, .country = "MEX"});
    const garita_issuer *one = add(trust, &anchor, &agencies[0], (grant){.serial = 2});
    assert_false(one->shares_id);
    const garita_issuer *two =
        add(trust, &other_anchor, &agencies[0], (grant){.serial = 2, .country = "MEX"});
    assert_true(one->shares_id && two->shares_id);
    assert_false(garita_issuer_same_authority(one, two));
    assert_ptr_equal(garita_trust_find(trust, NULL, &one->id, 1), one);
    assert_ptr_equal(garita_trust_find(trust, one, &one->id, 1), two);
    for (size_t i = 0; i < 2; i++)
        assert_false(garita_trust_get(trust, i)->shares_id);
    garita_trust_free(trust);
}

static void one_key_under_two_parents_of_an_anchor_is_two_authorities(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    add(trust, &anchor, &agencies[0], (grant){.serial = 2, .depth = 2});
    add(trust, &anchor, &agencies[1], (grant){.serial = 3, .depth = 2});
    const garita_issuer *one = add(trust, &agencies[0], &agencies[2], (grant){.serial = 1});
    const garita_issuer *two = add(trust, &agencies[1], &agencies[2], (grant){.serial = 1});
    assert_true(one->shares_id && two->shares_id);
    assert_false(garita_issuer_same_authority(one, two));
    garita_trust_free(trust);
}

/* A further key from somebody who is not the authority's parent is another authority's with its id;
 * what is below each is told apart too. */
static void further_key_from_another_parent_is_another_authority(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    add(trust, &anchor, &agencies[0], (grant){.serial = 2, .depth = 2});
    const garita_issuer *own = add(trust, &anchor, &agencies[1], (grant){.serial = 3});
    const garita_issuer *stolen = add(trust, &agencies[0], &second_keys[1], (grant){.serial = 1});
    assert_false(garita_issuer_same_authority(own, stolen));
    assert_true(own->shares_id && stolen->shares_id);
    garita_trust_free(trust);
}

/* The key of an anchor, certified below another. */
static void anchor_certified_below_another_shares_its_id(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    const garita_issuer *own = pin(trust, &other_anchor, (grant){.serial = 1});
    const garita_issuer *below = add(trust, &anchor, &other_anchor, (grant){.serial = 2});
    assert_true(own->shares_id && below->shares_id);
    assert_false(garita_issuer_same_authority(own, below));
    garita_trust_free(trust);
}

/* Whoever comes later under a shared id is told of too. */
static void every_record_under_a_shared_id_says_so(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    pin(trust, &other_anchor, (grant){.serial = 1});
    const garita_issuer *one = add(trust, &anchor, &agencies[0], (grant){.serial = 2});
    const garita_issuer *second = add(trust, &anchor, &second_keys[0], (grant){.serial = 3});
    const garita_issuer *two = add(trust, &other_anchor, &agencies[0], (grant){.serial = 2});
    const garita_issuer *late = add(trust, &anchor, &agencies[0], (grant){.serial = 4});
    assert_true(one->shares_id && second->shares_id && two->shares_id && late->shares_id);
    garita_trust_free(trust);
}

/* --- what holds of every set --- */

static const char *const some_countries[] = {"CAN MEX USA", "MEX USA", "USA", "MEX", "GTM USA"};

static void random_grant(grant *g, rng *r, uint32_t serial)
{
    static const char *const from[] = {NULL, "2024-01-01", "2026-01-01", "2027-01-01"};
    static const char *const until[] = {NULL, "2027-06-30", "2029-01-01", "2060-01-01"};
    *g = (grant){.serial = serial,
                 .from = from[rng_below(r, COUNT(from))],
                 .until = until[rng_below(r, COUNT(until))],
                 .country = rng_one_in(r, 4) ? "MEX" : "USA",
                 .countries = some_countries[rng_below(r, COUNT(some_countries))],
                 .programmes = rng_next(r) & 0x3ff,
                 .types = (uint32_t)rng_next(r) & 0x7e,
                 .depth = (uint8_t)rng_below(r, 5)};
    if (!rng_one_in(r, 4))
        g->types |= 1u << GARITA_TYPE_AUTHORITY;
    if (!rng_one_in(r, 4) && g->depth == 0)
        g->depth = 4;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* What a record may do is in what each record above may do, and what its own statement says. */
static void assert_narrow(const garita_issuer *r, const grant *g)
{
    garita_scope said = scope_of(g->countries, g->programmes,
                                 g->types == 0 ? GARITA_TYPES_ALL : g->types, g->depth);
    if (g->programmes == 0)
        said.programmes = INT64_MAX;
    assert_true(garita_scope_contains(&said, &r->scope));
    assert_true(r->scope.depth <= g->depth);
    for (const garita_issuer *up = r; up->parent != up;) {
        up = up->parent;
        assert_true(garita_scope_contains(&up->scope, &r->scope));
        assert_true(r->scope.depth < up->scope.depth);
        assert_true(garita_scope_has_country(&up->scope, r->country));
        assert_true(garita_scope_has_type(&up->scope, GARITA_TYPE_AUTHORITY));
        assert_true(r->in_force_from >= up->in_force_from);
        assert_true(r->in_force_until <= up->in_force_until);
    }
    int64_t from = g->from == NULL ? INT64_MIN : garita_day_begins(day(g->from));
    int64_t until = garita_day_expires(day(g->until == NULL ? "2045-12-31" : g->until));
    assert_true(r->in_force_from == later(from, r->parent->in_force_from));
    assert_true(r->in_force_until ==
                (until < r->parent->in_force_until ? until : r->parent->in_force_until));
    assert_int_equal(r->level, r->parent->level + 1);
    assert_true(r->level <= GARITA_CHAIN_DEPTH_MAX);
    assert_ptr_equal(r->anchor, r->parent->anchor);
}

static void no_record_may_do_what_one_above_it_may_not(void **state)
{
    (void)state;
    rng r = {9};
    unsigned by_level[GARITA_CHAIN_DEPTH_MAX + 1] = {0};
    for (unsigned round = 0; round < 150; round++) {
        garita_trust *trust = new_trust();
        grant g;
        random_grant(&g, &r, 1);
        g.country = "USA";
        g.countries = "CAN MEX USA";
        pin(trust, &anchor, g);
        const party *by = &anchor;
        for (uint32_t level = 0; level < 5; level++) {
            blob b;
            random_grant(&g, &r, level + 2);
            certify(&b, by, &agencies[level], g);
            if (try_add(trust, &b) != GARITA_OK)
                continue; /* the next is certified by the one above */
            const garita_issuer *made = garita_trust_get(trust, garita_trust_count(trust) - 1);
            assert_narrow(made, &g);
            by_level[made->level]++;
            by = &agencies[level];
        }
        garita_trust_free(trust);
    }
    for (size_t level = 1; level < COUNT(by_level); level++)
        assert_true(by_level[level] > 0); /* chains of every length were seen */
}

/* --- loading --- */

enum { FOREST = 24 };

/* Two anchors, chains down to the fourth level, rotations, renewals, one key under both. */
static size_t plant(blob statements[FOREST])
{
    static const struct {
        const party *by, *subject;
        grant g;
    } says[] = {
        {&anchor, &anchor_keys[0], {.serial = 2}},
        {&anchor_keys[0], &agencies[0], {.serial = 3, .depth = 4}},
        {&anchor, &agencies[0], {.serial = 4, .depth = 3, .until = "2030-01-01"}},
        {&anchor, &second_keys[0], {.serial = 5, .depth = 3}},
        {&agencies[0], &agencies[1], {.serial = 1, .depth = 4}},
        {&second_keys[0], &agencies[1], {.serial = 2, .depth = 2, .programmes = 2}},
        {&second_keys[0], &second_keys[1], {.serial = 3, .depth = 2}},
        {&agencies[1], &agencies[2], {.serial = 1, .depth = 1}},
        {&second_keys[1], &agencies[2], {.serial = 2, .depth = 1, .until = "2029-01-01"}},
        {&agencies[2], &agencies[3], {.serial = 1}},
        {&other_anchor, &agencies[4], {.serial = 2, .country = "MEX", .depth = 1}},
        {&other_anchor, &agencies[1], {.serial = 3, .country = "MEX", .depth = 1}},
        {&agencies[4], &agencies[3], {.serial = 1, .country = "MEX"}},
    };
    for (size_t i = 0; i < COUNT(says); i++)
        certify(&statements[i], says[i].by, says[i].subject, says[i].g);
    return COUNT(says);
}

/* All that matters of a record and the chain above it, as bytes that can be sorted. */
typedef struct portrait {
    uint8_t bytes[6 * 512];
} portrait;

static void put(uint8_t **to, const void *bytes, size_t len)
{
    memcpy(*to, bytes, len);
    *to += len;
}

static void paint(portrait *p, const garita_issuer *r)
{
    uint8_t *to = p->bytes;
    memset(p, 0, sizeof *p);
    for (;;) {
        put(&to, &r->id, sizeof r->id);
        put(&to, &r->key_number, sizeof r->key_number);
        put(&to, r->public_key, sizeof r->public_key);
        put(&to, r->first_key, sizeof r->first_key);
        put(&to, r->name, sizeof r->name);
        put(&to, r->country, sizeof r->country);
        put(&to, &r->scope.programmes, sizeof r->scope.programmes);
        put(&to, &r->scope.types, sizeof r->scope.types);
        put(&to, &r->scope.depth, sizeof r->scope.depth);
        put(&to, r->scope.countries, sizeof r->scope.countries);
        put(&to, &r->in_force_from, sizeof r->in_force_from);
        put(&to, &r->in_force_until, sizeof r->in_force_until);
        put(&to, &r->serial, sizeof r->serial);
        put(&to, &r->level, sizeof r->level);
        put(&to, &r->shares_id, sizeof r->shares_id);
        if (r->parent == r)
            break;
        r = r->parent;
    }
    assert_true(to <= p->bytes + sizeof p->bytes);
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(portrait));
}

static portrait *portraits_of(const garita_trust *trust)
{
    size_t count = garita_trust_count(trust);
    portrait *all = calloc(count, sizeof *all);
    assert_non_null(all);
    for (size_t i = 0; i < count; i++)
        paint(&all[i], garita_trust_get(trust, i));
    qsort(all, count, sizeof *all, compare);
    return all;
}

static garita_trust *with_anchors(void)
{
    garita_trust *trust = pinned();
    pin(trust, &other_anchor, (grant){.serial = 1, .country = "MEX"});
    return trust;
}

static void load_gives_the_same_set_in_any_order(void **state)
{
    (void)state;
    static blob statements[FOREST];
    size_t count = plant(statements), expected_count = 0;
    portrait *expected = NULL;
    rng r = {10};
    for (unsigned round = 0; round < 60; round++) {
        garita_bytes list[FOREST];
        garita_error errors[FOREST];
        for (size_t i = 0; i < count; i++) {
            size_t k = rng_below(&r, i + 1); /* inside-out shuffle; the first round in order */
            k = round == 0 ? i : k;
            if (k != i)
                list[i] = list[k];
            list[k] = (garita_bytes){statements[i].bytes, statements[i].len};
        }
        garita_trust *trust = with_anchors();
        memset(errors, 0xaa, sizeof errors);
        assert_ok(garita_trust_load(trust, errors, list, count));
        for (size_t i = 0; i < count; i++)
            assert_ok(errors[i]);
        portrait *got = portraits_of(trust);
        if (round == 0) {
            expected = got;
            expected_count = garita_trust_count(trust);
            assert_true(expected_count > count + 2);
        } else {
            assert_int_equal(garita_trust_count(trust), expected_count);
            assert_memory_equal(got, expected, expected_count * sizeof *got);
            free(got);
        }
        /* once more brings nothing */
        assert_ok(garita_trust_load(trust, NULL, list, count));
        assert_int_equal(garita_trust_count(trust), expected_count);
        garita_trust_free(trust);
    }
    free(expected);
}

/* The deepest chain that there may be, from its end. */
static void load_reaches_the_deepest_chain_backwards(void **state)
{
    (void)state;
    static blob statements[6];
    garita_bytes list[6];
    garita_error errors[6];
    certify(&statements[5], &anchor, &anchor_keys[0], (grant){.serial = 2});
    certify(&statements[4], &anchor_keys[0], &agencies[0], (grant){.serial = 3, .depth = 4});
    for (size_t i = 1; i < 5; i++)
        certify(&statements[4 - i], &agencies[i - 1], &agencies[i],
                (grant){.serial = 1, .depth = 4});
    for (size_t i = 0; i < 6; i++)
        list[i] = (garita_bytes){statements[i].bytes, statements[i].len};
    garita_trust *trust = pinned();
    assert_ok(garita_trust_load(trust, errors, list, 6));
    for (size_t i = 1; i < 6; i++)
        assert_ok(errors[i]);
    assert_true(errors[0] == GARITA_E_TOO_DEEP || errors[0] == GARITA_E_UNKNOWN_ISSUER);
    assert_int_equal(garita_trust_count(trust), 6);
    garita_trust_free(trust);
}

static void load_says_what_became_of_each(void **state)
{
    (void)state;
    static blob statements[6];
    garita_bytes list[6];
    garita_error errors[6];
    certify(&statements[0], &agencies[0], &agencies[1], (grant){.serial = 1});
    certify(&statements[1], &anchor, &agencies[0], (grant){.serial = 2, .depth = 1});
    statements[2] = statements[1];
    statements[2].bytes[statements[2].len - 1] ^= 1;
    certify(&statements[3], &anchor, &agencies[2], (grant){.serial = 2});
    certify(&statements[4], &other_anchor, &agencies[2], (grant){.serial = 2});
    statements[5] = statements[1];
    statements[5].len = 9;
    for (size_t i = 0; i < 6; i++)
        list[i] = (garita_bytes){statements[i].bytes, statements[i].len};
    garita_trust *trust = pinned();
    assert_ok(garita_trust_load(trust, errors, list, 6));
    assert_ok(errors[0]);
    assert_ok(errors[1]);
    assert_error(errors[2], BAD_SIGNATURE);
    assert_error(errors[3], SERIAL_TAKEN);
    assert_error(errors[4], UNKNOWN_ISSUER);
    assert_error(errors[5], TRUNCATED);
    assert_int_equal(garita_trust_count(trust), 3);
    assert_ok(garita_trust_load(trust, errors, NULL, 0));
    garita_trust_free(trust);
}

/* --- the bounds --- */

/* As many renewals of one agency, so that each statement of it makes as many records. */
enum { RENEWALS = 64 };

static void branch_has_a_share_and_a_failure_changes_nothing(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    blob b;
    for (uint32_t i = 0; i < RENEWALS; i++)
        add(trust, &anchor, &agencies[0], (grant){.serial = 2 + i, .depth = 2});
    uint32_t serial = 1;
    for (size_t of_branch = RENEWALS; of_branch < GARITA_ISSUERS_PER_BRANCH_MAX;
         of_branch += RENEWALS)
        add(trust, &agencies[0], &agencies[1], (grant){.serial = serial++});
    certify(&b, &agencies[0], &agencies[2], (grant){.serial = serial});
    assert_error(try_add(trust, &b), FULL);
    assert_null(garita_trust_find(trust, NULL, &agencies[2].signer.id, 1));

    /* other branches, and what is there already, are as before */
    assert_ok(try_certify(trust, &anchor, &agencies[3], (grant){.serial = 1000, .depth = 1}));
    assert_ok(try_certify(trust, &agencies[3], &agencies[4], (grant){.serial = 1}));
    assert_error(try_certify(trust, &agencies[0], &agencies[1], (grant){.serial = 1}),
                 ALREADY_KNOWN);
    garita_trust_free(trust);
}

static void anchor_has_a_share(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    for (uint32_t i = 1; i < GARITA_ISSUERS_PER_ANCHOR_MAX; i++)
        add(trust, &anchor, &agencies[3], (grant){.serial = 1000 + i});
    assert_error(try_certify(trust, &anchor, &agencies[4], (grant){.serial = 9000}), FULL);
    pin(trust, &other_anchor, anchor_grant);
    assert_ok(try_certify(trust, &other_anchor, &agencies[4], (grant){.serial = 2}));

    /* load says which it was, and goes on */
    static blob statements[3];
    garita_bytes list[3];
    garita_error errors[3];
    certify(&statements[0], &anchor, &agencies[3], (grant){.serial = 1001});
    certify(&statements[1], &anchor, &agencies[4], (grant){.serial = 9000});
    certify(&statements[2], &other_anchor, &agencies[5], (grant){.serial = 3});
    for (size_t i = 0; i < 3; i++)
        list[i] = (garita_bytes){statements[i].bytes, statements[i].len};
    assert_ok(garita_trust_load(trust, errors, list, 3));
    assert_ok(errors[0]);
    assert_error(errors[1], FULL);
    assert_ok(errors[2]);
    garita_trust_free(trust);
}

/* Keys are public: anyone with the right to certify can certify another's anchor, and whatever that
 * anchor signs then fits below each such record too. */
static void recertifying_another_s_anchor_fills_only_one_s_own_share(void **state)
{
    (void)state;
    garita_trust *trust = pinned();
    pin(trust, &other_anchor, anchor_grant);
    add(trust, &other_anchor, &agencies[0], (grant){.serial = 2, .depth = 2});
    uint32_t refused = 0;
    for (uint32_t i = 1; i <= 2 * GARITA_ISSUERS_PER_BRANCH_MAX; i++)
        refused += try_certify(trust, &agencies[0], &anchor, (grant){.serial = i, .depth = 1}) ==
                   GARITA_E_FULL;
    assert_int_equal(refused, GARITA_ISSUERS_PER_BRANCH_MAX + 1);

    for (uint32_t i = 0; i < 300; i++)
        add(trust, &anchor, &agencies[1], (grant){.serial = 100 + i});
    size_t honest = 0;
    for (const garita_issuer *r = NULL;
         (r = garita_trust_find(trust, r, &agencies[1].signer.id, 1)) != NULL;)
        honest += garita_issuer_same_authority(r->parent, garita_trust_get(trust, 0));
    assert_int_equal(honest, 300);
    garita_trust_free(trust);
}

static void set_is_bounded(void **state)
{
    (void)state;
    garita_trust *trust = new_trust();
    garita_scope scope = scope_of("USA", 2, 0x7e, 4);
    party one;
    blob b;
    for (unsigned i = 0; i < GARITA_ISSUERS_MAX; i++) {
        party_make(&one, 100000 + i);
        certify(&b, &one, &one, (grant){.serial = 1});
        assert_ok(garita_trust_pin(trust, NULL, NULL, &scope, b.bytes, b.len));
    }
    certify(&b, &anchor, &anchor, (grant){.serial = 1});
    assert_error(try_pin(trust, &scope, &b), FULL);
    assert_int_equal(garita_trust_count(trust), GARITA_ISSUERS_MAX);
    garita_trust_free(trust);
}

static void nothing_is_freed_twice(void **state)
{
    (void)state;
    garita_trust_free(NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(pin_makes_the_anchor_s_record),
        cmocka_unit_test(pin_without_a_start_has_always_been_in_force),
        cmocka_unit_test(default_pin_is_what_the_table_gives),
        cmocka_unit_test(pin_refuses_what_is_not_self_signed),
        cmocka_unit_test(pin_refuses_a_country_outside_its_scope),
        cmocka_unit_test(pin_refuses_a_key_that_is_pinned),
        cmocka_unit_test(pin_says_what_is_malformed),
        cmocka_unit_test(add_makes_a_record_that_its_chain_narrows),
        cmocka_unit_test(add_refuses_an_unknown_signer),
        cmocka_unit_test(add_refuses_a_bad_signature),
        cmocka_unit_test(add_says_what_is_malformed),
        cmocka_unit_test(add_refuses_a_signer_that_may_certify_nobody),
        cmocka_unit_test(add_refuses_a_country_outside_the_signer_s),
        cmocka_unit_test(add_refuses_more_levels_than_the_format_or_the_signer_allows),
        cmocka_unit_test(add_refuses_a_second_key_under_one_number),
        cmocka_unit_test(add_refuses_a_second_statement_with_one_serial),
        cmocka_unit_test(add_knows_what_it_has),
        cmocka_unit_test(failed_add_may_leave_out_its_fault_and_issuer),
        cmocka_unit_test(further_key_of_an_authority_has_its_id),
        cmocka_unit_test(further_key_from_the_authority_itself_is_out_of_scope),
        cmocka_unit_test(further_key_of_an_anchor_has_the_anchor_s_scope),
        cmocka_unit_test(further_key_of_an_anchor_from_another_further_key_is_out_of_scope),
        cmocka_unit_test(anchor_s_own_statement_is_not_added_below_it),
        cmocka_unit_test(renewal_is_a_record_of_its_own),
        cmocka_unit_test(child_of_a_renewed_parent_is_added_below_each_of_its_records),
        cmocka_unit_test(child_is_added_below_a_renewal_that_came_later),
        cmocka_unit_test(child_is_added_below_whichever_record_may_certify_it),
        cmocka_unit_test(one_key_under_two_anchors_is_two_authorities),
        cmocka_unit_test(one_key_under_two_parents_of_an_anchor_is_two_authorities),
        cmocka_unit_test(further_key_from_another_parent_is_another_authority),
        cmocka_unit_test(anchor_certified_below_another_shares_its_id),
        cmocka_unit_test(every_record_under_a_shared_id_says_so),
        cmocka_unit_test(no_record_may_do_what_one_above_it_may_not),
        cmocka_unit_test(load_gives_the_same_set_in_any_order),
        cmocka_unit_test(load_reaches_the_deepest_chain_backwards),
        cmocka_unit_test(load_says_what_became_of_each),
        cmocka_unit_test(branch_has_a_share_and_a_failure_changes_nothing),
        cmocka_unit_test(anchor_has_a_share),
        cmocka_unit_test(recertifying_another_s_anchor_fills_only_one_s_own_share),
        cmocka_unit_test(set_is_bounded),
        cmocka_unit_test(nothing_is_freed_twice),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, NULL);
}
