/* The Merkle tree, beside a naive one that is RFC 9162, section 2.1, word by word, and with the
 * vectors of transparency-dev. Those lie beside the checkout, not in it: where they are absent the
 * test says so, and is skipped once all else has passed. */
#include <garita/merkle.h>

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "unit.h"

enum { EXIT_SKIPPED = 77, LEAVES_MAX = 130 };

/* --- the naive tree --- */

typedef struct naive {
    garita_hash leaves[LEAVES_MAX];
    garita_hash roots[LEAVES_MAX + 1][LEAVES_MAX + 1]; /* MTH(D[from:to]) */
} naive;

static naive tree, fork_at_64;

/* k of the RFC: the largest power of two smaller than n, n > 1. */
static size_t split(size_t n)
{
    size_t k = 1;
    while (2 * k < n)
        k *= 2;
    return k;
}

static void naive_make(naive *t)
{
    for (size_t len = 1; len <= LEAVES_MAX; len++)
        for (size_t from = 0; from + len <= LEAVES_MAX; from++) {
            uint8_t both[65] = {0x01};
            size_t middle = len > 1 ? from + split(len) : from;
            t->roots[from][from + len] = t->leaves[from];
            if (len == 1)
                continue;
            memcpy(both + 1, &t->roots[from][middle], 32);
            memcpy(both + 33, &t->roots[middle][from + len], 32);
            crypto_hash_sha256(t->roots[from][from + len].bytes, both, sizeof both);
        }
    for (size_t at = 0; at <= LEAVES_MAX; at++)
        crypto_hash_sha256(t->roots[at][at].bytes, NULL, 0);
}

/* PATH(m, D[from:to]): 2.1.3.1. Returns the number of hashes. */
static size_t naive_path(garita_hash *out, const naive *t, size_t m, size_t from, size_t to)
{
    if (to - from == 1)
        return 0;
    size_t k = split(to - from), count;
    if (m < k) {
        count = naive_path(out, t, m, from, from + k);
        out[count] = t->roots[from + k][to];
    } else {
        count = naive_path(out, t, m - k, from + k, to);
        out[count] = t->roots[from][from + k];
    }
    return count + 1;
}

/* SUBPROOF(m, D[from:to], b): 2.1.4.1. */
static size_t naive_subproof(garita_hash *out, const naive *t, size_t m, size_t from, size_t to,
                             bool b)
{
    if (m == to - from) {
        if (!b)
            out[0] = t->roots[from][to];
        return b ? 0 : 1;
    }
    size_t k = split(to - from), count;
    if (m <= k) {
        count = naive_subproof(out, t, m, from, from + k, b);
        out[count] = t->roots[from + k][to];
    } else {
        count = naive_subproof(out, t, m - k, from + k, to, false);
        out[count] = t->roots[from][from + k];
    }
    return count + 1;
}

/* The same for leaves start to end - 1 of D[from:to], which is SUBTREE_SUBPROOF of the draft. */
static size_t naive_subtree(garita_hash *out, const naive *t, size_t start, size_t end, size_t from,
                            size_t to, bool b)
{
    if (start == from && end == to) {
        if (!b)
            out[0] = t->roots[from][to];
        return b ? 0 : 1;
    }
    size_t middle = from + split(to - from), count;
    if (end <= middle) {
        count = naive_subtree(out, t, start, end, from, middle, b);
        out[count] = t->roots[middle][to];
    } else if (start >= middle) {
        count = naive_subtree(out, t, start, end, middle, to, b);
        out[count] = t->roots[from][middle];
    } else {
        assert_int_equal(start, from);
        count = naive_subtree(out, t, middle, end, middle, to, false);
        out[count] = t->roots[from][middle];
    }
    return count + 1;
}

static const garita_hash *root_of(const naive *t, size_t size)
{
    return &t->roots[0][size];
}

static int set_up(void **state)
{
    (void)state;
    rng r = {9162};
    for (size_t i = 0; i < LEAVES_MAX; i++) {
        uint8_t bytes[40] = {0};
        rng_fill(&r, bytes + 1, sizeof bytes - 1);
        /* i bytes of the leaf: none, too; the first byte is the leaf's mark */
        crypto_hash_sha256(tree.leaves[i].bytes, bytes, 1 + i % sizeof bytes);
        fork_at_64.leaves[i] = tree.leaves[i];
        fork_at_64.leaves[i].bytes[31] ^= i < 64 ? 0 : 1;
        garita_hash leaf;
        garita_merkle_leaf(&leaf, bytes + 1, i % sizeof bytes);
        assert_true(garita_hash_equal(&leaf, &tree.leaves[i]));
    }
    naive_make(&tree);
    naive_make(&fork_at_64);
    return 0;
}

/* --- leaves for the prover, with a count of what it asks for --- */

typedef struct leaves {
    const garita_hash *at;
    uint64_t first, end; /* it has these */
    size_t asked;
} leaves;

static bool leaf_of(void *context, garita_hash *out, uint64_t index)
{
    leaves *l = context;
    l->asked++;
    if (index < l->first || index >= l->end)
        return false;
    *out = l->at[index - l->first];
    return true;
}

static garita_frontier frontier_of(const naive *t, size_t size)
{
    garita_frontier f = {0};
    for (size_t i = 0; i < size; i++)
        garita_frontier_append(&f, &t->leaves[i]);
    return f;
}

/* --- the frontier --- */

static void frontier_has_the_peaks_and_the_root(void **state)
{
    (void)state;
    garita_frontier f = {0};
    for (size_t size = 0;; size++) {
        garita_hash root;
        size_t from = 0, count = 0;
        for (size_t bit = 128; bit > 0; bit /= 2)
            if (size & bit) {
                assert_true(garita_hash_equal(&f.peaks[count], &tree.roots[from][from + bit]));
                from += bit;
                count++;
            }
        assert_int_equal(garita_frontier_count(size), count);
        assert_int_equal(f.size, size);
        garita_frontier_root(&root, &f);
        assert_true(garita_hash_equal(&root, root_of(&tree, size)));
        if (size == LEAVES_MAX)
            break;
        garita_frontier_append(&f, &tree.leaves[size]);
    }
    assert_int_equal(garita_frontier_count(UINT64_MAX), GARITA_FRONTIER_MAX);
}

/* --- inclusion --- */

/* Every way to spoil a proof: calls is_good, which must say no. */
static void no_altered_proof_is_good(bool (*is_good)(const void *, const garita_hash *, size_t),
                                     const void *context, const garita_hash *proof, size_t count,
                                     rng *r)
{
    garita_hash other[GARITA_PROOF_MAX + 1];
    for (size_t i = 0; i < count; i++) {
        memcpy(other, proof, count * sizeof *proof);
        other[i].bytes[rng_below(r, 32)] ^= (uint8_t)(1u << rng_below(r, 8));
        assert_false(is_good(context, other, count));
        /* one missing */
        memcpy(other, proof, i * sizeof *proof);
        memcpy(other + i, proof + i + 1, (count - i - 1) * sizeof *proof);
        assert_false(is_good(context, other, count - 1));
        /* two swapped */
        memcpy(other, proof, count * sizeof *proof);
        other[i] = proof[(i + 1) % count];
        other[(i + 1) % count] = proof[i];
        if (count > 1)
            assert_false(is_good(context, other, count));
    }
    for (size_t i = 0; i <= count; i++) {
        memcpy(other, proof, i * sizeof *proof);
        memcpy(other + i + 1, proof + i, (count - i) * sizeof *proof);
        rng_fill(r, &other[i], sizeof other[i]);
        assert_false(is_good(context, other, count + 1));
        other[i] = count > 0 ? proof[i < count ? i : 0] : *root_of(&tree, 1);
        assert_false(is_good(context, other, count + 1));
    }
}

typedef struct place {
    uint64_t size1, size2; /* of an inclusion, size1 is the index */
} place;

static bool is_included(const void *context, const garita_hash *proof, size_t count)
{
    const place *p = context;
    return garita_merkle_includes(root_of(&tree, p->size2), p->size2, p->size1,
                                  &tree.leaves[p->size1], proof, count);
}

static void inclusion_is_proven_for_every_leaf_of_every_tree(void **state)
{
    (void)state;
    garita_hash proof[GARITA_PROOF_MAX], expected[GARITA_PROOF_MAX];
    garita_frontier none = {0};
    size_t count;
    for (size_t size = 1; size <= LEAVES_MAX; size++)
        for (size_t index = 0; index < size; index++) {
            leaves l = {tree.leaves, 0, size, 0};
            garita_leaf_source source = {.context = &l, .leaf = leaf_of};
            place p = {index, size};
            size_t expected_count = naive_path(expected, &tree, index, 0, size);
            assert_true(garita_merkle_prove_inclusion(proof, &count, &none, &source, index, size));
            assert_int_equal(count, expected_count);
            assert_memory_equal(proof, expected, count * sizeof *proof);
            assert_int_equal(l.asked, size - 1); /* each but the leaf itself, once */
            assert_true(is_included(&p, proof, count));
        }
}

static void inclusion_is_proven_from_every_frontier(void **state)
{
    (void)state;
    garita_hash proof[GARITA_PROOF_MAX], expected[GARITA_PROOF_MAX];
    size_t count;
    for (size_t size = 1; size <= 48; size++)
        for (size_t start = 0; start < size; start++) {
            garita_frontier at = frontier_of(&tree, start);
            for (size_t index = start; index < size; index++) {
                leaves l = {tree.leaves + start, start, size, 0};
                garita_leaf_source source = {.context = &l, .leaf = leaf_of};
                size_t expected_count = naive_path(expected, &tree, index, 0, size);
                assert_true(
                    garita_merkle_prove_inclusion(proof, &count, &at, &source, index, size));
                assert_int_equal(count, expected_count);
                assert_memory_equal(proof, expected, count * sizeof *proof);
                assert_int_equal(l.asked, size - start - 1);
            }
        }
}

static void inclusion_of_anything_else_is_refused(void **state)
{
    (void)state;
    garita_hash proof[GARITA_PROOF_MAX];
    rng r = {1};
    for (size_t size = 1; size <= LEAVES_MAX; size += size < 40 ? 1 : 9)
        for (size_t index = 0; index < size; index++) {
            place p = {index, size};
            size_t count = naive_path(proof, &tree, index, 0, size);
            assert_true(is_included(&p, proof, count));
            no_altered_proof_is_good(is_included, &p, proof, count, &r);
            for (size_t other = 0; other < size + 2; other++)
                if (other != index) {
                    const garita_hash *leaf = &tree.leaves[index];
                    assert_false(garita_merkle_includes(root_of(&tree, size), size, other, leaf,
                                                        proof, count));
                }
            for (size_t other = 0; other <= LEAVES_MAX; other++)
                if (other != size) { /* another tree */
                    const garita_hash *leaf = &tree.leaves[index];
                    assert_false(garita_merkle_includes(root_of(&tree, other), other, index, leaf,
                                                        proof, count));
                }
            garita_hash leaf = tree.leaves[index];
            leaf.bytes[rng_below(&r, 32)] ^= 0x10;
            assert_false(
                garita_merkle_includes(root_of(&tree, size), size, index, &leaf, proof, count));
        }
}

/* --- consistency --- */

static bool is_consistent(const void *context, const garita_hash *proof, size_t count)
{
    const place *p = context;
    return garita_merkle_consistent(root_of(&tree, p->size1), p->size1, root_of(&tree, p->size2),
                                    p->size2, proof, count);
}

/* Whether the path shows what the honest one does. */
static bool is_prefix(const void *context, const garita_hash *proof, size_t count)
{
    const place *p = context;
    garita_hash root1;
    return garita_merkle_prefix_root(&root1, p->size1, root_of(&tree, p->size2), p->size2, proof,
                                     count);
}

static void consistency_is_proven_for_every_prefix_of_every_tree(void **state)
{
    (void)state;
    garita_hash proof[GARITA_PROOF_MAX], expected[GARITA_PROOF_MAX], root1;
    size_t count;
    for (size_t size1 = 1; size1 <= LEAVES_MAX; size1++) {
        garita_frontier at = frontier_of(&tree, size1);
        for (size_t size2 = size1; size2 <= LEAVES_MAX; size2++) {
            leaves l = {tree.leaves + size1, size1, size2, 0};
            garita_leaf_source source = {.context = &l, .leaf = leaf_of};
            place p = {size1, size2};
            size_t expected_count = naive_subproof(expected, &tree, size1, 0, size2, true);
            assert_true(garita_merkle_prove_consistency(proof, &count, &at, &source, size2, false));
            assert_int_equal(count, expected_count);
            assert_memory_equal(proof, expected, count * sizeof *proof);
            assert_int_equal(l.asked, size2 - size1);
            assert_true(is_consistent(&p, proof, count));
            if (size1 == size2) { /* a tree proves itself */
                assert_true(
                    garita_merkle_prove_consistency(proof, &count, &at, &source, size2, true));
                assert_int_equal(count, 0);
                continue;
            }

            expected_count = naive_subproof(expected, &tree, size1, 0, size2, false);
            assert_true(garita_merkle_prove_consistency(proof, &count, &at, &source, size2, true));
            assert_int_equal(count, expected_count);
            assert_memory_equal(proof, expected, count * sizeof *proof);
            assert_true(garita_merkle_prefix_root(&root1, size1, root_of(&tree, size2), size2,
                                                  proof, count));
            assert_true(garita_hash_equal(&root1, root_of(&tree, size1)));
        }
    }
}

static void consistency_of_anything_else_is_refused(void **state)
{
    (void)state;
    garita_hash proof[GARITA_PROOF_MAX], path[GARITA_PROOF_MAX];
    rng r = {2};
    for (size_t size2 = 1; size2 <= LEAVES_MAX; size2 += size2 < 40 ? 1 : 9)
        for (size_t size1 = 1; size1 <= size2; size1++) {
            place p = {size1, size2};
            size_t count = naive_subproof(proof, &tree, size1, 0, size2, true);
            assert_true(is_consistent(&p, proof, count));
            no_altered_proof_is_good(is_consistent, &p, proof, count, &r);
            for (size_t other = 0; other <= LEAVES_MAX; other++) {
                place q = {other, size2};
                assert_int_equal(is_consistent(&q, proof, count), other == size1);
                q = (place){size1, other};
                assert_int_equal(is_consistent(&q, proof, count), other == size2);
            }
            garita_hash wrong = *root_of(&tree, size1);
            wrong.bytes[rng_below(&r, 32)] ^= 0x20;
            assert_false(garita_merkle_consistent(&wrong, size1, root_of(&tree, size2), size2,
                                                  proof, count));
            wrong = *root_of(&tree, size2);
            wrong.bytes[rng_below(&r, 32)] ^= 0x20;
            assert_false(garita_merkle_consistent(root_of(&tree, size1), size1, &wrong, size2,
                                                  proof, count));
            if (size1 == size2)
                continue;
            count = naive_subproof(path, &tree, size1, 0, size2, false);
            assert_true(is_prefix(&p, path, count));
            no_altered_proof_is_good(is_prefix, &p, path, count, &r);
        }
}

static void consistency_with_the_empty_tree_proves_nothing(void **state)
{
    (void)state;
    const garita_hash *empty = root_of(&tree, 0), *one = root_of(&tree, 1);
    garita_hash root1;
    assert_true(garita_merkle_consistent(empty, 0, empty, 0, NULL, 0));
    assert_false(garita_merkle_consistent(one, 0, one, 0, NULL, 0)); /* not its root */
    assert_false(garita_merkle_consistent(empty, 0, one, 0, NULL, 0));
    assert_false(garita_merkle_consistent(empty, 0, empty, 0, one, 1));
    assert_false(garita_merkle_consistent(empty, 0, one, 1, NULL, 0));
    assert_false(garita_merkle_consistent(empty, 0, one, 1, one, 1));
    assert_false(garita_merkle_consistent(one, 1, empty, 0, NULL, 0));
    assert_false(garita_merkle_prefix_root(&root1, 0, one, 1, one, 1));
    assert_false(garita_merkle_prefix_root(&root1, 1, one, 1, one, 1)); /* the same size */
    assert_false(garita_merkle_prefix_root(&root1, 2, one, 1, one, 1));
}

/* --- forks --- */

static void path_out_of_a_fork_yields_the_forks_prefix(void **state)
{
    (void)state;
    garita_hash path[GARITA_PROOF_MAX], root1;
    size_t count;
    for (size_t size1 = 60; size1 < 100; size1++) {
        garita_frontier at = frontier_of(&fork_at_64, size1);
        for (size_t size2 = size1 + 1; size2 <= LEAVES_MAX; size2++) {
            leaves l = {fork_at_64.leaves + size1, size1, size2, 0};
            garita_leaf_source source = {.context = &l, .leaf = leaf_of};
            assert_true(garita_merkle_prove_consistency(path, &count, &at, &source, size2, true));
            assert_true(garita_merkle_prefix_root(&root1, size1, root_of(&fork_at_64, size2), size2,
                                                  path, count));
            assert_true(garita_hash_equal(&root1, root_of(&fork_at_64, size1)));
            /* up to 64 leaves both histories are one */
            assert_int_equal(garita_hash_equal(&root1, root_of(&tree, size1)), size1 <= 64);
            assert_int_equal(
                garita_merkle_prefix_root(&root1, size1, root_of(&tree, size2), size2, path, count),
                size2 <= 64);
        }
    }
}

/* --- parts of trees --- */

static bool is_part(size_t start, size_t end)
{
    size_t power = 1;
    while (power < end - start)
        power *= 2;
    return start % power == 0;
}

static void subtrees_are_proven_where_they_are_parts(void **state)
{
    (void)state;
    garita_hash proof[GARITA_PROOF_MAX];
    for (size_t size = 1; size <= 70; size++)
        for (size_t start = 0; start <= size; start++)
            for (size_t end = start; end <= size; end++) {
                const garita_hash *part = &tree.roots[start][end];
                size_t count = 0;
                if (start < end && is_part(start, end))
                    count = naive_subtree(proof, &tree, start, end, 0, size, true);
                assert_int_equal(garita_merkle_subtree_consistent(
                                     part, start, end, root_of(&tree, size), size, proof, count),
                                 is_part(start, end));
                if (start == end || !is_part(start, end))
                    continue;
                assert_false(garita_merkle_subtree_consistent(
                    part, start, end, root_of(&fork_at_64, LEAVES_MAX), size, proof, count));
                /* no other start or end, be it of a part or not, passes for this one */
                for (size_t other = 0; size < 20 && other <= size; other++) {
                    assert_true(other == start || other > end ||
                                !garita_merkle_subtree_consistent(
                                    part, other, end, root_of(&tree, size), size, proof, count));
                    assert_true(other == end || other < start ||
                                !garita_merkle_subtree_consistent(
                                    part, start, other, root_of(&tree, size), size, proof, count));
                }
                size_t index = start + (end - start) / 2;
                count = naive_path(proof, &tree, index - start, start, end);
                assert_true(garita_merkle_subtree_includes(part, start, end, index,
                                                           &tree.leaves[index], proof, count));
                assert_false(garita_merkle_subtree_includes(part, start, end, end,
                                                            &tree.leaves[index], proof, count));
            }
}

/* --- what the prover is not given --- */

static void prover_without_a_leaf_says_so(void **state)
{
    (void)state;
    garita_hash proof[GARITA_PROOF_MAX];
    garita_frontier at = frontier_of(&tree, 21);
    size_t count = 99;
    for (size_t end = 21; end < 37; end++) {
        leaves l = {tree.leaves + 21, 21, end, 0};
        garita_leaf_source source = {.context = &l, .leaf = leaf_of};
        assert_false(garita_merkle_prove_inclusion(proof, &count, &at, &source, 21, 38));
        assert_int_equal(count, 0);
        count = 99;
        assert_false(garita_merkle_prove_consistency(proof, &count, &at, &source, 38, true));
        assert_int_equal(count, 0);
    }
}

/* --- sizes that nobody reaches --- */

/* A tree of which nobody has the first leaves: any hashes can be its peaks. */
static garita_frontier frontier_out_of_nothing(uint64_t size, rng *r)
{
    garita_frontier f = {.size = size};
    for (size_t i = 0; i < garita_frontier_count(size); i++)
        rng_fill(r, &f.peaks[i], sizeof f.peaks[i]);
    return f;
}

static void proofs_hold_at_the_largest_sizes(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {UINT32_MAX - UINT64_C(9), UINT32_MAX + UINT64_C(1),
                                     (UINT64_C(1) << 63) - 9,  (UINT64_C(1) << 63) - 1,
                                     UINT64_C(1) << 63,        (UINT64_C(1) << 63) + 1,
                                     UINT64_MAX - 20};
    enum { MORE = 20 };
    garita_hash proof[GARITA_PROOF_MAX], root1, root2, again;
    size_t count, longest = 0;
    rng r = {3};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        garita_frontier at = frontier_out_of_nothing(sizes[i], &r), then = at;
        garita_frontier_root(&root1, &at);
        for (size_t more = 1; more <= MORE; more++) {
            uint64_t size = at.size + more;
            leaves l = {tree.leaves, at.size, size, 0};
            garita_leaf_source source = {.context = &l, .leaf = leaf_of};
            garita_frontier_append(&then, &tree.leaves[more - 1]);
            assert_int_equal(then.size, size);
            garita_frontier_root(&root2, &then);
            for (uint64_t index = at.size; index < size; index++) {
                const garita_hash *leaf = &tree.leaves[index - at.size];
                assert_true(
                    garita_merkle_prove_inclusion(proof, &count, &at, &source, index, size));
                assert_true(garita_merkle_includes(&root2, size, index, leaf, proof, count));
                assert_false(garita_merkle_includes(&root2, size, index - 1, leaf, proof, count));
                assert_false(garita_merkle_includes(&root2, size, size, leaf, proof, count));
            }
            assert_true(garita_merkle_prove_consistency(proof, &count, &at, &source, size, false));
            assert_true(garita_merkle_consistent(&root1, at.size, &root2, size, proof, count));
            assert_false(garita_merkle_consistent(&root1, at.size - 1, &root2, size, proof, count));
            assert_true(garita_merkle_prove_consistency(proof, &count, &at, &source, size, true));
            assert_true(garita_merkle_prefix_root(&again, at.size, &root2, size, proof, count));
            assert_true(garita_hash_equal(&again, &root1));
            longest = count > longest ? count : longest;
        }
    }
    assert_true(longest > 60 && longest <= GARITA_PROOF_MAX);
}

static uint64_t any_number(rng *r)
{
    uint64_t n = rng_next(r) >> rng_below(r, 64);
    switch (rng_below(r, 3)) {
    case 0:
        return n;
    case 1: /* around a power of two */
        return (UINT64_C(1) << rng_below(r, 64)) + rng_below(r, 5) - 2;
    default:
        return ~n;
    }
}

static void no_numbers_and_no_proof_make_nonsense_true(void **state)
{
    (void)state;
    garita_hash proof[GARITA_PROOF_MAX], a, b, root1;
    rng r = {4};
    rng_fill(&r, proof, sizeof proof);
    rng_fill(&r, &a, sizeof a);
    rng_fill(&r, &b, sizeof b);
    for (size_t i = 0; i < 20000; i++) {
        uint64_t x = any_number(&r), y = any_number(&r), z = any_number(&r);
        size_t count = rng_below(&r, GARITA_PROOF_MAX + 1);
        assert_false(garita_merkle_includes(&a, x, y, &b, proof, count));
        assert_false(garita_merkle_consistent(&a, x, &b, y, proof, count));
        assert_false(garita_merkle_prefix_root(&root1, x, &b, y, proof, count));
        assert_false(garita_merkle_subtree_includes(&a, x, y, z, &b, proof, count));
        assert_false(garita_merkle_subtree_consistent(&a, x, y, &b, z, proof, count));
    }
}

/* --- transparency-dev's vectors --- */

static json_t *vectors;

/* False if it is no hash: what has another length cannot even be asked about. */
static bool read_hash(garita_hash *out, const json_t *text)
{
    const char *base64 = json_string_value(text);
    size_t len;
    assert_non_null(base64);
    assert_int_equal(sodium_base642bin(out->bytes, sizeof out->bytes, base64, strlen(base64), NULL,
                                       &len, NULL, sodium_base64_VARIANT_ORIGINAL),
                     0);
    return len == sizeof out->bytes;
}

static uint64_t number(const json_t *test, const char *key)
{
    const char *digits = json_string_value(json_object_get(test, key));
    assert_non_null(digits);
    return strtoull(digits, NULL, 10);
}

static bool judge(const char *name, const json_t *test)
{
    garita_hash proof[GARITA_PROOF_MAX], root, root1, root2 = {0}, leaf;
    size_t i;
    json_t *hash, *hashes = json_object_get(test, "proof");
    size_t count = json_array_size(hashes);
    assert_true(count <= GARITA_PROOF_MAX);
    json_array_foreach(hashes, i, hash) if (!read_hash(&proof[i], hash)) return false;

    if (json_object_get(test, "leafHash")) {
        uint64_t index = number(test, "leafIdx");
        if (!read_hash(&root, json_object_get(test, "root")) ||
            !read_hash(&leaf, json_object_get(test, "leafHash")))
            return false;
        if (strncmp(name, "subtree", 7) == 0)
            return garita_merkle_subtree_includes(&root, number(test, "start"), number(test, "end"),
                                                  index, &leaf, proof, count);
        return garita_merkle_includes(&root, number(test, "treeSize"), index, &leaf, proof, count);
    }
    if (!read_hash(&root1, json_object_get(test, "root1")))
        return false;
    /* of an empty part the root of the whole does not count, and may be anything */
    bool has_root2 = read_hash(&root2, json_object_get(test, "root2"));
    if (strncmp(name, "subtree", 7) == 0) {
        uint64_t start = number(test, "start"), end = number(test, "end");
        return (has_root2 || start == end) &&
               garita_merkle_subtree_consistent(&root1, start, end, &root2, number(test, "size"),
                                                proof, count);
    }
    return has_root2 && garita_merkle_consistent(&root1, number(test, "size1"), &root2,
                                                 number(test, "size2"), proof, count);
}

static void vectors_are_judged_as_they_say(void **state)
{
    (void)state;
    const char *name;
    json_t *test;
    size_t good = 0, bad = 0;
    if (vectors == NULL)
        skip();
    json_object_foreach(json_object_get(vectors, "cases"), name, test)
    {
        bool expected = !json_is_true(json_object_get(test, "wantErr"));
        if (judge(name, test) != expected)
            fail_msg("%s: should %s", name, expected ? "pass" : "fail");
        expected ? good++ : bad++;
    }
    assert_true(good > 0 && bad > 0);
    print_message("%zu good and %zu bad proofs\n", good, bad);
}

/* Numbers here go up to 2^64 - 1, jansson's up to 2^63 - 1: each is made a string first. */
static json_t *load_vectors(FILE *file)
{
    static char text[1 << 18];
    size_t len = 0;
    bool in_string = false, in_number = false;
    json_error_t error;
    for (int c = getc(file); c != EOF && len < sizeof text - 2; c = getc(file)) {
        bool is_number = !in_string && c >= '0' && c <= '9';
        if (is_number != in_number)
            text[len++] = '"';
        in_number = is_number;
        in_string ^= c == '"';
        text[len++] = (char)c;
    }
    json_t *loaded = json_loadb(text, len, 0, &error);
    if (loaded == NULL)
        printf("Merkle vectors, line %d: %s\n", error.line, error.text);
    return loaded;
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(frontier_has_the_peaks_and_the_root),
        cmocka_unit_test(inclusion_is_proven_for_every_leaf_of_every_tree),
        cmocka_unit_test(inclusion_is_proven_from_every_frontier),
        cmocka_unit_test(inclusion_of_anything_else_is_refused),
        cmocka_unit_test(consistency_is_proven_for_every_prefix_of_every_tree),
        cmocka_unit_test(consistency_of_anything_else_is_refused),
        cmocka_unit_test(consistency_with_the_empty_tree_proves_nothing),
        cmocka_unit_test(path_out_of_a_fork_yields_the_forks_prefix),
        cmocka_unit_test(subtrees_are_proven_where_they_are_parts),
        cmocka_unit_test(prover_without_a_leaf_says_so),
        cmocka_unit_test(proofs_hold_at_the_largest_sizes),
        cmocka_unit_test(no_numbers_and_no_proof_make_nonsense_true),
        cmocka_unit_test(vectors_are_judged_as_they_say),
    };
    if (argc != 2 || sodium_init() < 0)
        return 1;
    FILE *file = fopen(argv[1], "r");
    if (file != NULL) {
        vectors = load_vectors(file);
        fclose(file);
        if (vectors == NULL)
            return 1;
    }
    int failed = cmocka_run_group_tests(tests, set_up, NULL);
    json_decref(vectors);
    if (failed != 0 || file != NULL)
        return failed;
    printf("no Merkle vectors beside the checkout (shared/vectors/merkle)\n");
    return EXIT_SKIPPED;
}
