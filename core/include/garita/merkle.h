/* garita/merkle.h: the Merkle tree of RFC 9162, section 2, with SHA-256.
 *
 * Leaves are only ever added at the end. A frontier holds what is needed to go on and to know the
 * root, whatever became of the leaves: a few hashes. Proofs say that a leaf is in a tree, or that a
 * tree is the beginning of another. Nothing here allocates.
 */
#ifndef GARITA_MERKLE_H
#define GARITA_MERKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/error.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GARITA_HASH_SIZE 32
typedef struct garita_hash {
    uint8_t bytes[GARITA_HASH_SIZE];
} garita_hash;

bool garita_hash_equal(const garita_hash *a, const garita_hash *b);

/* SHA-256 of 0x00 and the leaf's bytes; of 0x01 and two hashes. */
void garita_merkle_leaf(garita_hash *out, const uint8_t *bytes, size_t bytes_len);
void garita_merkle_node(garita_hash *out, const garita_hash *left, const garita_hash *right);

/* --- the frontier --- */

/* The most subtrees that a tree of less than 2^64 leaves falls into. */
#define GARITA_FRONTIER_MAX 64

/* The roots of the complete subtrees that the leaves fall into, largest (and leftmost) first: one
 * for each bit that is set in size. All zero is the empty tree. */
typedef struct garita_frontier {
    uint64_t size; /* leaves */
    garita_hash peaks[GARITA_FRONTIER_MAX];
} garita_frontier;

/* How many peaks a tree of this size has. */
size_t garita_frontier_count(uint64_t size);

/* Adds a leaf by its hash. size must be below UINT64_MAX. */
void garita_frontier_append(garita_frontier *frontier, const garita_hash *leaf);

/* The root of the tree: of the empty one the SHA-256 of nothing. */
void garita_frontier_root(garita_hash *out, const garita_frontier *frontier);

/* --- proofs --- */

/* An inclusion proof has at most one hash for each level of the tree, a consistency proof one more.
 */
#define GARITA_PROOF_MAX 65

/* Whether the leaf is number index (from 0) of the tree with this root: RFC 9162, 2.1.3.2. */
bool garita_merkle_includes(const garita_hash *root, uint64_t size, uint64_t index,
                            const garita_hash *leaf, const garita_hash *proof, size_t proof_count);

/* Whether the tree of size1 leaves is the beginning of that of size2: RFC 9162, 2.1.4.2. Two equal
 * sizes need an empty proof and equal roots. A tree of size 0 proves nothing: false, unless size2
 * is 0 too. */
bool garita_merkle_consistent(const garita_hash *root1, uint64_t size1, const garita_hash *root2,
                              uint64_t size2, const garita_hash *proof, size_t proof_count);

/* The root that the first size1 leaves of a tree have, by a consistency proof whose first hash is
 * never left out (RFC 9162 leaves it out where size1 is a power of two, since the verifier knows
 * root1 then). With it a fork is proven: *root1 is what root2 commits to. 1 <= size1 < size2.
 * False if the proof does not yield root2. */
bool garita_merkle_prefix_root(garita_hash *root1, uint64_t size1, const garita_hash *root2,
                               uint64_t size2, const garita_hash *proof, size_t proof_count);

/* The same for a part of a tree, as in Merkle Tree Certificates
 * (draft-ietf-plants-merkle-tree-certs): leaves start to end - 1, where start is a multiple of the
 * smallest power of two that is not below end - start. False if it is no such part. */
bool garita_merkle_subtree_includes(const garita_hash *subtree_root, uint64_t start, uint64_t end,
                                    uint64_t index, const garita_hash *leaf,
                                    const garita_hash *proof, size_t proof_count);
bool garita_merkle_subtree_consistent(const garita_hash *subtree_root, uint64_t start, uint64_t end,
                                      const garita_hash *root, uint64_t size,
                                      const garita_hash *proof, size_t proof_count);

/* Where leaf hashes come from: false if it has no such leaf. */
typedef struct garita_leaf_source {
    void *context;
    bool (*leaf)(void *context, garita_hash *out, uint64_t index);
    /* May be null. The frontier of these leaves at some size, zero at first: whoever needs it at
     * that size or a larger one goes on from there, and leaves it where he came to. */
    garita_frontier *rolling;
} garita_leaf_source;

/* Makes the proof that leaf index is in the tree of size leaves. at is the frontier at some size up
 * to index: earlier leaves are not asked for. proof has GARITA_PROOF_MAX places.
 * False if the source lacks a leaf. */
bool garita_merkle_prove_inclusion(garita_hash *proof, size_t *proof_count,
                                   const garita_frontier *at, const garita_leaf_source *leaves,
                                   uint64_t index, uint64_t size);

/* Makes the proof that the tree of at->size leaves, at least 1, is the beginning of the tree of
 * size leaves; the leaves from at->size on are asked for. With keep_first the first hash stands
 * even where RFC 9162 leaves it out, as garita_merkle_prefix_root needs it. */
bool garita_merkle_prove_consistency(garita_hash *proof, size_t *proof_count,
                                     const garita_frontier *at, const garita_leaf_source *leaves,
                                     uint64_t size, bool keep_first);

#ifdef __cplusplus
}
#endif

#endif
