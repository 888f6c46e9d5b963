/* naive_tree.h: the trees of a status log as RFC 9162 and FORMAT.md define them, computed anew from
 * the leaves each time.
 */
#ifndef GARITA_FUZZ_NAIVE_TREE_H
#define GARITA_FUZZ_NAIVE_TREE_H

#include <garita/merkle.h>
#include <garita/trust.h>

/* MTH, of leaf hashes. */
void naive_root(garita_hash *out, const garita_hash *leaves, size_t count);

/* PATH. Returns how many hashes it has. */
size_t naive_inclusion(garita_hash *out, const garita_hash *leaves, size_t count, size_t index);

/* PROOF of the first size1 leaves, 0 < size1 < count, whose first hash is never left out. */
size_t naive_consistency(garita_hash *out, const garita_hash *leaves, size_t count, size_t size1);

/* What a consistency proof with its first hash makes of both trees, by section 2.1.4.2. False if it
 * is too short or too long, or not 0 < size1 < size2. */
bool naive_follow(garita_hash *root1, garita_hash *root2, uint64_t size1, uint64_t size2,
                  const garita_hash *proof, size_t proof_count);

/* The root over chunks, whose indexes ascend. */
void naive_set_root(garita_hash *out, const uint32_t *indexes, const garita_bytes *chunks,
                    size_t count);

#endif
