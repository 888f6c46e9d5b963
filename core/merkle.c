#include <garita/merkle.h>

#include <assert.h>
#include <string.h>

#include <sodium.h>

_Static_assert(sizeof(garita_hash) == GARITA_HASH_SIZE, "hashes lie side by side");
_Static_assert(crypto_hash_sha256_BYTES == GARITA_HASH_SIZE, "SHA-256");

/* --- hashes --- */

bool garita_hash_equal(const garita_hash *a, const garita_hash *b)
{
    return memcmp(a->bytes, b->bytes, GARITA_HASH_SIZE) == 0;
}

/* The first byte tells a leaf from a node: no leaf's bytes can pass for two hashes. */
void garita_merkle_leaf(garita_hash *out, const uint8_t *bytes, size_t bytes_len)
{
    static const uint8_t is_leaf = 0x00;
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, &is_leaf, 1);
    crypto_hash_sha256_update(&state, bytes, bytes_len);
    crypto_hash_sha256_final(&state, out->bytes);
}

void garita_merkle_node(garita_hash *out, const garita_hash *left, const garita_hash *right)
{
    uint8_t bytes[1 + 2 * GARITA_HASH_SIZE];
    bytes[0] = 0x01;
    memcpy(bytes + 1, left->bytes, GARITA_HASH_SIZE);
    memcpy(bytes + 1 + GARITA_HASH_SIZE, right->bytes, GARITA_HASH_SIZE);
    crypto_hash_sha256(out->bytes, bytes, sizeof bytes);
}

static void empty_root(garita_hash *out)
{
    crypto_hash_sha256(out->bytes, NULL, 0);
}

/* --- the frontier --- */

size_t garita_frontier_count(uint64_t size)
{
    size_t count = 0;
    for (; size != 0; size &= size - 1)
        count++;
    return count;
}

void garita_frontier_append(garita_frontier *frontier, const garita_hash *leaf)
{
    assert(frontier->size < UINT64_MAX);
    garita_hash root = *leaf;
    size_t count = garita_frontier_count(frontier->size);
    /* as in adding one: each bit that carries is two subtrees of a size that become one */
    for (uint64_t carry = frontier->size; carry & 1; carry >>= 1)
        garita_merkle_node(&root, &frontier->peaks[--count], &root);
    frontier->peaks[count] = root;
    frontier->size++;
}

void garita_frontier_root(garita_hash *out, const garita_frontier *frontier)
{
    size_t count = garita_frontier_count(frontier->size);
    if (count == 0) {
        empty_root(out);
        return;
    }
    garita_hash root = frontier->peaks[--count];
    while (count > 0)
        garita_merkle_node(&root, &frontier->peaks[--count], &root);
    *out = root;
}

/* --- the way from a part of a tree to its root ---
 *
 * All proofs are one: that leaves start to end - 1 are a part of a tree. An inclusion proof is of a
 * part of one leaf, a consistency proof of one that starts at 0. Where such a part is no node of
 * the tree, the way begins at the node that holds its last leaves, and everything else of the part
 * joins from the left.
 *
 * Nodes are counted from 0 at each level, leaves being level 0. A node with no sibling (the last
 * one, if its number is even) is the same hash one level up. */
typedef struct way {
    unsigned level;
    uint64_t first; /* the node that holds the part's first leaf */
    uint64_t at;    /* the node that holds its last leaf: where the way is */
    uint64_t last;  /* the last node of the level */
} way;

/* Whether start to end - 1 is a part that a tree can be asked about: start is a multiple of the
 * smallest power of two that is not below the length. */
static bool is_subtree(uint64_t start, uint64_t end)
{
    if (start > end)
        return false;
    if (start == end)
        return true;
    uint64_t mask = end - start - 1;
    for (unsigned shift = 1; shift < 64; shift *= 2)
        mask |= mask >> shift;
    return (start & mask) == 0;
}

static void go_up(way *w)
{
    w->level++;
    w->first >>= 1;
    w->at >>= 1;
    w->last >>= 1;
}

/* Goes to the largest node that holds the last leaves of the part and nothing else. */
static void begin(way *w, uint64_t start, uint64_t end, uint64_t size)
{
    assert(start < end && end <= size);
    *w = (way){.first = start, .at = end - 1, .last = size - 1};
    while (w->first < w->at && ((w->at & 1) || w->at == w->last))
        go_up(w);
}

/* Whether that node is the whole part. */
static bool begins_with_all(const way *w)
{
    return w->first == w->at;
}

typedef enum sibling { SIBLING_NONE, SIBLING_LEFT, SIBLING_RIGHT } sibling;

static sibling sibling_of(const way *w)
{
    if (w->at & 1)
        return SIBLING_LEFT;
    return w->at < w->last ? SIBLING_RIGHT : SIBLING_NONE;
}

/* --- checking --- */

/* Follows a proof. *part and *root become the hashes of the part and of the tree. known: the part's
 * hash, where the proof may leave it out; null if it stands in the proof in any case.
 * False if the proof is too short or too long. */
static bool follow(garita_hash *part, garita_hash *root, uint64_t start, uint64_t end,
                   uint64_t size, const garita_hash *known, const garita_hash *proof,
                   size_t proof_count)
{
    way w;
    begin(&w, start, end, size);
    if (known && begins_with_all(&w)) {
        *part = *known;
    } else {
        if (proof_count == 0)
            return false;
        *part = *proof++;
        proof_count--;
    }
    *root = *part;
    for (; w.last > 0; go_up(&w)) {
        sibling side = sibling_of(&w);
        if (side == SIBLING_NONE)
            continue;
        if (proof_count == 0)
            return false;
        if (side == SIBLING_RIGHT) {
            garita_merkle_node(root, root, proof);
        } else {
            garita_merkle_node(root, proof, root);
            if (w.first < w.at) /* the sibling is of the part too */
                garita_merkle_node(part, proof, part);
        }
        proof++;
        proof_count--;
    }
    return proof_count == 0;
}

bool garita_merkle_includes(const garita_hash *root, uint64_t size, uint64_t index,
                            const garita_hash *leaf, const garita_hash *proof, size_t proof_count)
{
    garita_hash part, whole;
    return index < size &&
           follow(&part, &whole, index, index + 1, size, leaf, proof, proof_count) &&
           garita_hash_equal(&whole, root);
}

bool garita_merkle_consistent(const garita_hash *root1, uint64_t size1, const garita_hash *root2,
                              uint64_t size2, const garita_hash *proof, size_t proof_count)
{
    if (size1 == 0 && (size2 != 0 || !garita_hash_equal(root1, root2)))
        return false;
    return garita_merkle_subtree_consistent(root1, 0, size1, root2, size2, proof, proof_count);
}

bool garita_merkle_prefix_root(garita_hash *root1, uint64_t size1, const garita_hash *root2,
                               uint64_t size2, const garita_hash *proof, size_t proof_count)
{
    garita_hash part, whole;
    if (size1 == 0 || size1 >= size2 ||
        !follow(&part, &whole, 0, size1, size2, NULL, proof, proof_count) ||
        !garita_hash_equal(&whole, root2))
        return false;
    *root1 = part;
    return true;
}

bool garita_merkle_subtree_includes(const garita_hash *subtree_root, uint64_t start, uint64_t end,
                                    uint64_t index, const garita_hash *leaf,
                                    const garita_hash *proof, size_t proof_count)
{
    return is_subtree(start, end) && start <= index &&
           garita_merkle_includes(subtree_root, end - start, index - start, leaf, proof,
                                  proof_count);
}

bool garita_merkle_subtree_consistent(const garita_hash *subtree_root, uint64_t start, uint64_t end,
                                      const garita_hash *root, uint64_t size,
                                      const garita_hash *proof, size_t proof_count)
{
    garita_hash part, whole;
    if (!is_subtree(start, end) || end > size)
        return false;
    if (start == end) { /* nothing is a part of every tree */
        empty_root(&part);
        return proof_count == 0 && garita_hash_equal(&part, subtree_root);
    }
    return follow(&part, &whole, start, end, size, subtree_root, proof, proof_count) &&
           garita_hash_equal(&part, subtree_root) && garita_hash_equal(&whole, root);
}

/* --- proving --- */

/* What proofs are made of: a frontier, and the leaves behind it. */
typedef struct tree {
    const garita_frontier *at;
    const garita_leaf_source *leaves;
    uint64_t size;
} tree;

/* The hash of a node. One that lies before the frontier is one of its peaks; of one that the
 * frontier runs through, the peaks that lie in it are a beginning. */
static bool node_hash(garita_hash *out, const tree *t, unsigned level, uint64_t number)
{
    uint64_t from = number << level;
    uint64_t len = UINT64_C(1) << level;
    if (len > t->size - from) /* the last node of its level */
        len = t->size - from;

    garita_frontier inside = {0};
    if (from < t->at->size) {
        size_t before = garita_frontier_count(from);
        if (len <= t->at->size - from) {
            assert((t->at->size - from) >> 1 < len);
            *out = t->at->peaks[before];
            return true;
        }
        inside.size = t->at->size - from;
        memcpy(inside.peaks, t->at->peaks + before,
               garita_frontier_count(inside.size) * sizeof inside.peaks[0]);
    }
    while (inside.size < len) {
        garita_hash leaf;
        if (!t->leaves->leaf(t->leaves->context, &leaf, from + inside.size))
            return false;
        garita_frontier_append(&inside, &leaf);
    }
    garita_frontier_root(out, &inside);
    return true;
}

/* The proof that follow() follows. */
static bool prove(garita_hash *proof, size_t *proof_count, const tree *t, uint64_t start,
                  uint64_t end, bool keep_first)
{
    way w;
    size_t count = 0;
    begin(&w, start, end, t->size);
    if ((keep_first || !begins_with_all(&w)) && !node_hash(&proof[count++], t, w.level, w.at))
        return false;
    for (; w.last > 0; go_up(&w)) {
        sibling side = sibling_of(&w);
        if (side == SIBLING_NONE)
            continue;
        uint64_t number = side == SIBLING_LEFT ? w.at - 1 : w.at + 1;
        assert(count < GARITA_PROOF_MAX);
        if (!node_hash(&proof[count++], t, w.level, number))
            return false;
    }
    *proof_count = count;
    return true;
}

bool garita_merkle_prove_inclusion(garita_hash *proof, size_t *proof_count,
                                   const garita_frontier *at, const garita_leaf_source *leaves,
                                   uint64_t index, uint64_t size)
{
    assert(at->size <= index && index < size);
    tree t = {at, leaves, size};
    *proof_count = 0;
    return prove(proof, proof_count, &t, index, index + 1, false);
}

bool garita_merkle_prove_consistency(garita_hash *proof, size_t *proof_count,
                                     const garita_frontier *at, const garita_leaf_source *leaves,
                                     uint64_t size, bool keep_first)
{
    assert(at->size >= 1 && at->size <= size);
    tree t = {at, leaves, size};
    *proof_count = 0;
    /* a tree is the beginning of itself, and needs no proof of it */
    return at->size == size || prove(proof, proof_count, &t, 0, at->size, keep_first);
}
