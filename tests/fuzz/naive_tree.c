#include "naive_tree.h"

enum { SET_LEVELS = 16 };

/* The largest power of two below count, which is at least 2. */
static size_t split(size_t count)
{
    size_t k = 1;
    while (2 * k < count)
        k *= 2;
    return k;
}

void naive_root(garita_hash *out, const garita_hash *leaves, size_t count)
{
    garita_hash left, right;
    if (count == 0) {
        *out = (garita_hash){{0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4,
                              0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b,
                              0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55}};
        return;
    }
    if (count == 1) {
        *out = leaves[0];
        return;
    }
    naive_root(&left, leaves, split(count));
    naive_root(&right, leaves + split(count), count - split(count));
    garita_merkle_node(out, &left, &right);
}

size_t naive_inclusion(garita_hash *out, const garita_hash *leaves, size_t count, size_t index)
{
    if (count == 1)
        return 0;
    size_t k = split(count), n;
    if (index < k) {
        n = naive_inclusion(out, leaves, k, index);
        naive_root(&out[n], leaves + k, count - k);
    } else {
        n = naive_inclusion(out, leaves + k, count - k, index - k);
        naive_root(&out[n], leaves, k);
    }
    return n + 1;
}

size_t naive_consistency(garita_hash *out, const garita_hash *leaves, size_t count, size_t size1)
{
    if (size1 == count) {
        naive_root(out, leaves, count);
        return 1;
    }
    size_t k = split(count), n;
    if (size1 <= k) {
        n = naive_consistency(out, leaves, k, size1);
        naive_root(&out[n], leaves + k, count - k);
    } else {
        n = naive_consistency(out, leaves + k, count - k, size1 - k);
        naive_root(&out[n], leaves, k);
    }
    return n + 1;
}

bool naive_follow(garita_hash *root1, garita_hash *root2, uint64_t size1, uint64_t size2,
                  const garita_hash *proof, size_t proof_count)
{
    if (size1 == 0 || size1 >= size2 || proof_count == 0)
        return false;
    uint64_t fn = size1 - 1, sn = size2 - 1;
    while (fn & 1) {
        fn >>= 1;
        sn >>= 1;
    }
    *root1 = *root2 = proof[0];
    for (size_t i = 1; i < proof_count; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) || fn == sn) {
            garita_merkle_node(root1, &proof[i], root1);
            garita_merkle_node(root2, &proof[i], root2);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            garita_merkle_node(root2, root2, &proof[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0;
}

/* Of the chunks from first on, 2^level of them. */
static void subtree(garita_hash *out, uint32_t first, unsigned level, const uint32_t *indexes,
                    const garita_bytes *chunks, size_t count)
{
    garita_hash left, right;
    size_t inside = 0;
    for (size_t i = 0; i < count; i++)
        if (indexes[i] >> level == first >> level) {
            if (level == 0) {
                garita_merkle_leaf(out, chunks[i].at, chunks[i].len);
                return;
            }
            inside++;
        }
    if (level == 0) {
        *out = (garita_hash){0};
        return;
    }
    level--;
    subtree(&left, first, level, indexes, chunks, inside > 0 ? count : 0);
    if (inside > 0)
        subtree(&right, first + (UINT32_C(1) << level), level, indexes, chunks, count);
    else
        right = left;
    garita_merkle_node(out, &left, &right);
}

void naive_set_root(garita_hash *out, const uint32_t *indexes, const garita_bytes *chunks,
                    size_t count)
{
    subtree(out, 0, SET_LEVELS, indexes, chunks, count);
}
