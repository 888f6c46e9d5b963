/* Proofs of equivocation: each form, and beside each what is nearly one. A proof that should not be
 * believed would take an honest authority's accepts away at every checkpoint. */
#include <garita/equivocation.h>

#include <stdlib.h>

#include "unit.h"

enum { SIZE_MAX_HERE = 40 };

static party anchor, agency, agency_online, other;

/* Two histories of one log: they part after 10 batches. */
typedef struct history {
    garita_hash leaves[SIZE_MAX_HERE];
    garita_hash roots[SIZE_MAX_HERE + 1];
} history;

static history one, two;

static void history_make(history *h, uint8_t name)
{
    garita_frontier f = {0};
    garita_frontier_root(&h->roots[0], &f);
    for (size_t i = 0; i < SIZE_MAX_HERE; i++) {
        uint8_t batch[2] = {(uint8_t)i, i < 10 ? 0 : name};
        garita_merkle_leaf(&h->leaves[i], batch, sizeof batch);
        garita_frontier_append(&f, &h->leaves[i]);
        garita_frontier_root(&h->roots[i + 1], &f);
    }
}

static garita_trust *trust;
static const garita_issuer *record; /* the agency's first */

static int set_up(void **state)
{
    (void)state;
    party_make(&anchor, 60);
    party_make(&agency, 61);
    party_rotate(&agency_online, &agency, 2, 62);
    party_make(&other, 63);
    history_make(&one, 1);
    history_make(&two, 2);
    assert_ok(garita_trust_new(&trust));
    pin(trust, &anchor, (grant){.serial = 1});
    record = add(trust, &anchor, &agency, (grant){.serial = 2});
    add(trust, &anchor, &agency_online, (grant){.serial = 3, .types = 1u << GARITA_TYPE_HEAD});
    add(trust, &anchor, &other, (grant){.serial = 4});
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    garita_trust_free(trust);
    return 0;
}

#define NOON INT64_C(1795262400) /* 2026-11-21T12:00:00Z */

static garita_head head_of(const history *h, uint64_t size, int64_t signed_at)
{
    return (garita_head){.size = size,
                         .root = h->roots[size],
                         .signed_at = signed_at,
                         .next_due = signed_at + 86400};
}

static blob signed_head(const party *by, const garita_head *h)
{
    blob b;
    garita_fault fault;
    assert_ok(garita_head_issue(b.bytes, &b.len, sizeof b.bytes, &fault, h, &by->signer));
    return b;
}

/* A proof of two heads; the path is filled in by the test. */
static garita_equivocation proof_of(garita_equivocation_form form, const blob *a, const blob *b)
{
    return (garita_equivocation){.form = form, .heads = {{a->bytes, a->len}, {b->bytes, b->len}}};
}

static bool leaf_of(void *context, garita_hash *out, uint64_t index)
{
    const history *h = context;
    *out = h->leaves[index];
    return index < SIZE_MAX_HERE;
}

static void add_path(garita_equivocation *proof, history *h, uint64_t from, uint64_t to)
{
    garita_frontier at = {0};
    for (size_t i = 0; i < from; i++)
        garita_frontier_append(&at, &h->leaves[i]);
    assert_true(garita_merkle_prove_consistency(proof->path, &proof->path_count, &at,
                                                &(garita_leaf_source){.context = h, .leaf = leaf_of}, to, true));
}

static garita_error check(const garita_equivocation *proof)
{
    uint8_t bytes[GARITA_EQUIVOCATION_BYTES_MAX];
    size_t len;
    garita_head heads[2];
    garita_error e, again;
    garita_equivocation_write(bytes, &len, proof);
    const garita_issuer *r = garita_equivocation_check(heads, &e, trust, NULL, bytes, len);
    assert_true((r != NULL) == (e == GARITA_OK));
    /* without a place for the heads, and with memory of its own length, it is the same */
    uint8_t *copy = exact_copy(bytes, len);
    assert_ptr_equal(garita_equivocation_check(NULL, &again, trust, NULL, copy, len), r);
    free(copy);
    assert_int_equal(e, again);
    for (size_t i = 0; i < 2; i++) {
        garita_head h = {0};
        if (r)
            assert_ok(garita_head_inspect(&h, NULL, NULL, proof->heads[i].at, proof->heads[i].len));
        assert_true(garita_head_equal(&heads[i], &h));
    }
    if (r) {
        assert_true(garita_issuer_same_authority(r, record));
        assert_null(garita_equivocation_check(heads, &e, trust, r, bytes, len));
        assert_ok(e);
    }
    return e;
}

#define assert_check(proof, expected) assert_error(check(proof), expected)

static bool sorts_lower(const blob *a, const blob *b)
{
    return memcmp(a->bytes, b->bytes, a->len < b->len ? a->len : b->len) < 0;
}

/* Form 1, in the order that counts. */
static garita_equivocation same_size(const blob *a, const blob *b)
{
    return sorts_lower(a, b) ? proof_of(GARITA_FORM_SAME_SIZE, a, b)
                             : proof_of(GARITA_FORM_SAME_SIZE, b, a);
}

/* --- form 1 --- */

static void two_roots_of_one_size_are_proven(void **state)
{
    (void)state;
    const party *signers[] = {&agency, &agency_online};
    for (size_t size = 11; size <= 30; size++)
        for (size_t s = 0; s < COUNT(signers); s++) {
            garita_head x = head_of(&one, size, NOON), y = head_of(&two, size, NOON + 7);
            blob a = signed_head(&agency, &x), b = signed_head(signers[s], &y);
            garita_equivocation proof = same_size(&a, &b);
            assert_check(&proof, OK);
            /* the same proof the other way round would be a second one of the same */
            garita_bytes first = proof.heads[0];
            proof.heads[0] = proof.heads[1];
            proof.heads[1] = first;
            assert_check(&proof, NOT_PROVEN);
        }
}

static void two_set_roots_of_one_size_are_proven(void **state)
{
    (void)state;
    garita_head x = head_of(&one, 20, NOON), y = x;
    y.set_root.bytes[31] ^= 1;
    blob a = signed_head(&agency, &x), b = signed_head(&agency, &y);
    garita_equivocation proof = same_size(&a, &b);
    assert_check(&proof, OK);
}

/* An empty log has one root: a head that gives it another lies too. */
static void two_roots_of_the_empty_log_are_proven(void **state)
{
    (void)state;
    garita_head x = head_of(&one, 0, NOON), y = x;
    y.root.bytes[0] ^= 1;
    blob a = signed_head(&agency, &x), b = signed_head(&agency, &y);
    garita_equivocation proof = same_size(&a, &b);
    assert_check(&proof, OK);
}

static void heartbeats_are_no_proof(void **state)
{
    (void)state;
    garita_head x = head_of(&one, 20, NOON), y = head_of(&one, 20, NOON + 3600);
    y.issued = 7; /* it may issue without a batch */
    blob a = signed_head(&agency, &x), b = signed_head(&agency_online, &y);
    garita_equivocation proof = same_size(&a, &b);
    assert_check(&proof, NOT_PROVEN);
    proof = proof_of(GARITA_FORM_SAME_SIZE, &a, &a); /* the same bytes twice */
    assert_check(&proof, NOT_PROVEN);
    x.size = 0;
    x.root = one.roots[0];
    a = signed_head(&agency, &x);
    proof = proof_of(GARITA_FORM_SAME_SIZE, &a, &a);
    assert_check(&proof, NOT_PROVEN);
    proof = proof_of(GARITA_FORM_FORK, &a, &a);
    assert_check(&proof, NOT_PROVEN);
    proof = proof_of(GARITA_FORM_REGRESSION, &a, &a);
    assert_check(&proof, NOT_PROVEN);
}

static void other_sizes_are_no_proof_of_form_1(void **state)
{
    (void)state;
    garita_head x = head_of(&one, 20, NOON), y = head_of(&two, 21, NOON);
    blob a = signed_head(&agency, &x), b = signed_head(&agency, &y);
    garita_equivocation proof = same_size(&a, &b);
    assert_check(&proof, NOT_PROVEN);
}

/* --- form 2 --- */

static void fork_is_proven_at_every_pair_of_sizes(void **state)
{
    (void)state;
    for (size_t small = 1; small < 24; small++)
        for (size_t large = small + 1; large <= 24; large++) {
            garita_head x = head_of(&one, small, NOON), y = head_of(&two, large, NOON + 60);
            blob a = signed_head(&agency, &x), b = signed_head(&agency_online, &y);
            garita_equivocation proof = proof_of(GARITA_FORM_FORK, &a, &b);
            add_path(&proof, &two, small, large);
            /* up to 10 batches both histories are one, and the path yields the same root */
            if (small <= 10)
                assert_check(&proof, NOT_PROVEN);
            else
                assert_check(&proof, OK);
        }
}

static void fork_needs_a_path_that_leads_to_the_larger_root(void **state)
{
    (void)state;
    garita_head x = head_of(&one, 13, NOON), y = head_of(&two, 21, NOON);
    blob a = signed_head(&agency, &x), b = signed_head(&agency, &y);
    garita_equivocation good = proof_of(GARITA_FORM_FORK, &a, &b), proof;
    add_path(&good, &two, 13, 21);
    assert_check(&good, OK);
    for (size_t i = 0; i < good.path_count; i++) {
        proof = good;
        proof.path[i].bytes[i] ^= 1;
        assert_check(&proof, NOT_PROVEN);
    }
    for (size_t count = 0; count <= GARITA_PROOF_MAX; count++) {
        proof = good;
        proof.path_count = count;
        if (count != good.path_count)
            assert_check(&proof, NOT_PROVEN);
    }
    proof = good; /* the honest log's own path is of the other history */
    add_path(&proof, &one, 13, 21);
    assert_check(&proof, NOT_PROVEN);
    proof = good; /* the heads the other way round */
    proof.heads[0] = good.heads[1];
    proof.heads[1] = good.heads[0];
    assert_check(&proof, NOT_PROVEN);
    proof = good;
    proof.form = GARITA_FORM_SAME_SIZE;
    assert_check(&proof, NOT_PROVEN);
    proof.form = GARITA_FORM_REGRESSION;
    assert_check(&proof, NOT_PROVEN);
}

/* What RFC 9162 leaves out where the smaller size is a power of two must be there. */
static void fork_path_has_its_first_hash(void **state)
{
    (void)state;
    garita_head x = head_of(&one, 16, NOON), y = head_of(&two, 32, NOON);
    blob a = signed_head(&agency, &x), b = signed_head(&agency, &y);
    garita_equivocation proof = proof_of(GARITA_FORM_FORK, &a, &b);
    add_path(&proof, &two, 16, 32);
    assert_int_equal(proof.path_count, 2);
    assert_check(&proof, OK);
    proof.path[0] = proof.path[1];
    proof.path_count = 1;
    assert_check(&proof, NOT_PROVEN);
}

static void fork_from_the_empty_log_is_no_proof(void **state)
{
    (void)state;
    garita_head x = head_of(&one, 0, NOON), y = head_of(&two, 1, NOON), z = x;
    z.root.bytes[0] ^= 1;
    blob a = signed_head(&agency, &x), b = signed_head(&agency, &y), c = signed_head(&agency, &z);
    const blob *empty[] = {&a, &c};
    for (size_t i = 0; i < COUNT(empty); i++) {
        garita_equivocation proof = proof_of(GARITA_FORM_FORK, empty[i], &b);
        assert_check(&proof, NOT_PROVEN);
        proof.path_count = 1;
        proof.path[0] = two.roots[1];
        assert_check(&proof, NOT_PROVEN);
        add_path(&proof, &two, 1, 2);
        assert_check(&proof, NOT_PROVEN);
    }
}

/* --- form 3 --- */

static void regression_is_proven_beyond_the_skew(void **state)
{
    (void)state;
    static const struct {
        uint64_t small, large;
        int64_t later;
        bool proven;
    } cases[] = {{19, 20, 301, true},      {19, 20, 300, false}, {19, 20, 0, false},
                 {19, 20, -301, false},    {20, 20, 301, false}, {21, 20, 301, false},
                 {0, 1, 301, true},        {0, 1, 300, false},   {0, 0, 301, false},
                 {5, 20, 86400 * 7, true}, {20, 5, -301, false}, {20, 19, 86400, false}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        garita_head x = head_of(&one, cases[i].small, NOON + cases[i].later),
                    y = head_of(&one, cases[i].large, NOON);
        blob a = signed_head(&agency_online, &x), b = signed_head(&agency, &y);
        garita_equivocation proof = proof_of(GARITA_FORM_REGRESSION, &a, &b);
        garita_error e = check(&proof);
        if ((e == GARITA_OK) != cases[i].proven || (e != GARITA_OK && e != GARITA_E_NOT_PROVEN))
            fail_msg("case %zu: %s", i, garita_error_name(e));
    }
}

static void regression_knows_the_ends_of_time(void **state)
{
    (void)state;
    garita_head x = head_of(&one, 1, 0), y = head_of(&one, 2, GARITA_MOMENT_MAX);
    x.next_due = y.next_due = GARITA_MOMENT_MAX;
    blob a = signed_head(&agency, &x), b = signed_head(&agency, &y);
    garita_equivocation proof = proof_of(GARITA_FORM_REGRESSION, &a, &b);
    assert_check(&proof, NOT_PROVEN);
    x.signed_at = GARITA_MOMENT_MAX;
    y.signed_at = 0;
    a = signed_head(&agency, &x);
    b = signed_head(&agency, &y);
    proof = proof_of(GARITA_FORM_REGRESSION, &a, &b);
    assert_check(&proof, OK);
}

/* --- whose --- */

static void heads_of_two_authorities_are_no_proof(void **state)
{
    (void)state;
    garita_head x = head_of(&one, 20, NOON), y = head_of(&two, 20, NOON);
    blob a = signed_head(&agency, &x), b = signed_head(&other, &y);
    garita_equivocation proof = same_size(&a, &b);
    assert_check(&proof, NOT_PROVEN);
    b = signed_head(&anchor, &y); /* nor is the one above it the same */
    proof = same_size(&a, &b);
    assert_check(&proof, NOT_PROVEN);
}

static void heads_of_nobody_are_no_proof(void **state)
{
    (void)state;
    garita_head x = head_of(&one, 20, NOON), y = head_of(&two, 20, NOON);
    party stranger, impostor;
    party_make(&stranger, 64);
    impostor = stranger;
    impostor.signer.id = agency.signer.id;
    blob a = signed_head(&agency, &x), b = signed_head(&stranger, &y),
         c = signed_head(&stranger, &x);
    garita_equivocation proof = same_size(&a, &b);
    assert_check(&proof, UNKNOWN_ISSUER);
    proof = same_size(&b, &c);
    assert_check(&proof, UNKNOWN_ISSUER);
    b = signed_head(&impostor, &y);
    proof = same_size(&a, &b);
    assert_check(&proof, BAD_SIGNATURE);
    b = signed_head(&agency, &y);
    b.bytes[b.len - 1] ^= 0x10;
    proof = same_size(&a, &b);
    assert_check(&proof, BAD_SIGNATURE);
}

static void key_that_may_not_sign_heads_proves_nothing(void **state)
{
    (void)state;
    garita_head x = head_of(&one, 20, NOON), y = head_of(&two, 20, NOON);
    party minting;
    party_rotate(&minting, &agency, 3, 65);
    add(trust, &anchor, &minting, (grant){.serial = 5, .types = 1u << GARITA_TYPE_CREDENTIAL});
    blob a = signed_head(&agency, &x), b = signed_head(&minting, &y);
    garita_equivocation proof = same_size(&a, &b);
    assert_check(&proof, OUT_OF_SCOPE);
}

static void other_statements_are_no_proof(void **state)
{
    (void)state;
    garita_head x = head_of(&one, 20, NOON);
    garita_credential c = {.serial = 1,
                           .not_before = 1,
                           .expires = 2,
                           .programme = 1,
                           .name = utf8("A"),
                           .birth_date = 19880402,
                           .nationality = utf8("MEX"),
                           .document_type = 1,
                           .document_country = utf8("MEX"),
                           .document_number = utf8("G1")};
    blob a = signed_head(&agency, &x), b;
    issue(&b, &agency, &c);
    garita_equivocation proof = same_size(&a, &b);
    assert_check(&proof, WRONG_TYPE);
}

/* One key that two anchors certified is two authorities: both are shown. */
static void proof_is_shown_of_every_authority_that_it_is_about(void **state)
{
    (void)state;
    garita_trust *wide;
    garita_head x = head_of(&one, 20, NOON), y = head_of(&two, 20, NOON), heads[2];
    uint8_t bytes[GARITA_EQUIVOCATION_BYTES_MAX];
    size_t len;
    garita_error e;
    const uint32_t types = 1u << GARITA_TYPE_HEAD;
    assert_ok(garita_trust_new(&wide));
    pin(wide, &anchor, (grant){.serial = 1});
    pin(wide, &other, (grant){.serial = 1});
    party third;
    party_make(&third, 66);
    pin(wide, &third, (grant){.serial = 1});
    /* under the second anchor the key that signed the second head is not the agency's */
    const garita_issuer *first = add(wide, &anchor, &agency, (grant){.serial = 2, .types = types});
    add(wide, &other, &agency, (grant){.serial = 2, .types = types});
    const garita_issuer *last = add(wide, &third, &agency, (grant){.serial = 2, .types = types});
    add(wide, &anchor, &agency_online, (grant){.serial = 3, .types = types});
    add(wide, &third, &agency_online, (grant){.serial = 3, .types = types});
    blob a = signed_head(&agency, &x), b = signed_head(&agency_online, &y);
    assert_true(sorts_lower(&a, &b)); /* so that the first head is key 1's */
    garita_equivocation proof = same_size(&a, &b);
    garita_equivocation_write(bytes, &len, &proof);
    const garita_issuer *r = garita_equivocation_check(heads, &e, wide, NULL, bytes, len);
    assert_ptr_equal(r, first);
    r = garita_equivocation_check(heads, &e, wide, r, bytes, len);
    assert_ptr_equal(r, last);
    assert_true(garita_head_equal(&heads[0], &x) && garita_head_equal(&heads[1], &y));
    assert_null(garita_equivocation_check(heads, &e, wide, r, bytes, len));
    assert_true(garita_head_equal(&heads[0], &x) && garita_head_equal(&heads[1], &y));
    garita_trust_free(wide);
}

/* --- the bytes --- */

static garita_equivocation good_fork(blob *a, blob *b)
{
    garita_head x = head_of(&one, 13, NOON), y = head_of(&two, 21, NOON);
    *a = signed_head(&agency, &x);
    *b = signed_head(&agency, &y);
    garita_equivocation proof = proof_of(GARITA_FORM_FORK, a, b);
    add_path(&proof, &two, 13, 21);
    return proof;
}

static void proof_comes_back_as_it_was_written(void **state)
{
    (void)state;
    blob a, b;
    uint8_t bytes[GARITA_EQUIVOCATION_BYTES_MAX];
    size_t len;
    garita_equivocation proof = good_fork(&a, &b), again;
    garita_equivocation_write(bytes, &len, &proof);
    assert_int_equal(len, 1 + 2 + a.len + 2 + b.len + 1 + 32 * proof.path_count);
    assert_ok(garita_equivocation_read(&again, bytes, len));
    assert_int_equal(again.form, GARITA_FORM_FORK);
    assert_int_equal(again.heads[0].len, a.len);
    assert_memory_equal(again.heads[0].at, a.bytes, a.len);
    assert_int_equal(again.heads[1].len, b.len);
    assert_memory_equal(again.heads[1].at, b.bytes, b.len);
    assert_int_equal(again.path_count, proof.path_count);
    assert_memory_equal(again.path, proof.path, 32 * proof.path_count);
    proof.form = GARITA_FORM_SAME_SIZE; /* which has no path */
    garita_equivocation_write(bytes, &len, &proof);
    assert_int_equal(len, 1 + 2 + a.len + 2 + b.len);
    assert_ok(garita_equivocation_read(&again, bytes, len));
    assert_int_equal(again.path_count, 0);
}

static void longest_proof_has_room(void **state)
{
    (void)state;
    static uint8_t head[GARITA_HEAD_BYTES_MAX], bytes[GARITA_EQUIVOCATION_BYTES_MAX];
    size_t len;
    garita_equivocation again, proof = {.form = GARITA_FORM_FORK,
                                        .heads = {{head, sizeof head}, {head, sizeof head}},
                                        .path_count = GARITA_PROOF_MAX};
    garita_equivocation_write(bytes, &len, &proof);
    assert_int_equal(len, sizeof bytes);
    assert_ok(garita_equivocation_read(&again, bytes, len));
}

static void assert_read(const uint8_t *bytes, size_t len, garita_error expected)
{
    garita_equivocation out;
    garita_error e;
    uint8_t *copy = exact_copy(bytes, len);
    assert_string_equal(garita_error_name(garita_equivocation_read(&out, copy, len)),
                        garita_error_name(expected));
    assert_true(out.form == 0 && out.heads[0].at == NULL && out.path_count == 0);
    assert_null(garita_equivocation_check(NULL, &e, trust, NULL, copy, len));
    assert_int_equal(e, expected);
    free(copy);
}

static void proof_that_is_not_whole_is_refused(void **state)
{
    (void)state;
    blob a, b;
    uint8_t bytes[GARITA_EQUIVOCATION_BYTES_MAX + 1], wrong[sizeof bytes];
    size_t len;
    garita_equivocation proof = good_fork(&a, &b);
    garita_equivocation_write(bytes, &len, &proof);
    for (size_t cut = 0; cut < len; cut++)
        assert_read(bytes, cut, GARITA_E_TRUNCATED);
    bytes[len] = 0;
    assert_read(bytes, len + 1, GARITA_E_TRAILING);

    static const uint8_t forms[] = {0, 4, 5, 255};
    for (size_t i = 0; i < COUNT(forms); i++) {
        memcpy(wrong, bytes, len);
        wrong[0] = forms[i];
        assert_read(wrong, len, GARITA_E_RANGE);
    }
    wrong[0] = GARITA_FORM_REGRESSION; /* which has no path */
    assert_read(wrong, len, GARITA_E_TRAILING);
    memcpy(wrong, bytes, len);
    wrong[1] = 0x04; /* a head of more than 1,024 bytes */
    wrong[2] = 0x01;
    assert_read(wrong, len, GARITA_E_TOO_LONG);
    memcpy(wrong, bytes, len);
    wrong[1 + 2 + a.len + 2 + b.len] = GARITA_PROOF_MAX + 1;
    assert_read(wrong, len, GARITA_E_RANGE);
}

/* Whatever is altered in a proof that holds, nothing of it holds. */
static void proof_with_a_flipped_bit_proves_nothing(void **state)
{
    (void)state;
    blob a, b;
    uint8_t bytes[GARITA_EQUIVOCATION_BYTES_MAX];
    size_t len;
    garita_error e;
    garita_equivocation proof = good_fork(&a, &b);
    garita_equivocation_write(bytes, &len, &proof);
    assert_non_null(garita_equivocation_check(NULL, &e, trust, NULL, bytes, len));
    for (size_t bit = 0; bit < 8 * len; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_null(garita_equivocation_check(NULL, &e, trust, NULL, bytes, len));
        assert_int_not_equal(e, GARITA_OK);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void forms_have_names(void **state)
{
    (void)state;
    assert_null(garita_equivocation_form_name(0));
    assert_string_equal(garita_equivocation_form_name(1), "same-size");
    assert_string_equal(garita_equivocation_form_name(2), "fork");
    assert_string_equal(garita_equivocation_form_name(3), "regression");
    assert_string_equal(garita_equivocation_form_name(4), "set");
    assert_null(garita_equivocation_form_name(5));
    assert_null(garita_equivocation_form_name(UINT32_MAX));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_roots_of_one_size_are_proven),
        cmocka_unit_test(two_set_roots_of_one_size_are_proven),
        cmocka_unit_test(two_roots_of_the_empty_log_are_proven),
        cmocka_unit_test(heartbeats_are_no_proof),
        cmocka_unit_test(other_sizes_are_no_proof_of_form_1),
        cmocka_unit_test(fork_is_proven_at_every_pair_of_sizes),
        cmocka_unit_test(fork_needs_a_path_that_leads_to_the_larger_root),
        cmocka_unit_test(fork_path_has_its_first_hash),
        cmocka_unit_test(fork_from_the_empty_log_is_no_proof),
        cmocka_unit_test(regression_is_proven_beyond_the_skew),
        cmocka_unit_test(regression_knows_the_ends_of_time),
        cmocka_unit_test(heads_of_two_authorities_are_no_proof),
        cmocka_unit_test(heads_of_nobody_are_no_proof),
        cmocka_unit_test(key_that_may_not_sign_heads_proves_nothing),
        cmocka_unit_test(other_statements_are_no_proof),
        cmocka_unit_test(proof_is_shown_of_every_authority_that_it_is_about),
        cmocka_unit_test(proof_comes_back_as_it_was_written),
        cmocka_unit_test(longest_proof_has_room),
        cmocka_unit_test(proof_that_is_not_whole_is_refused),
        cmocka_unit_test(proof_with_a_flipped_bit_proves_nothing),
        cmocka_unit_test(forms_have_names),
    };
    return garita_init() == GARITA_OK ? cmocka_run_group_tests(tests, set_up, tear_down) : 1;
}
