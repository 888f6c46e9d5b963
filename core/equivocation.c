#include <garita/equivocation.h>

#include <assert.h>
#include <string.h>

enum { LENGTH_BYTES = 2 };

_Static_assert(GARITA_EQUIVOCATION_BYTES_MAX == 1 + 2 * (LENGTH_BYTES + GARITA_HEAD_BYTES_MAX) + 1 +
                                                    GARITA_PROOF_MAX * GARITA_HASH_SIZE,
               "the bound is that of the largest proof");

const char *garita_equivocation_form_name(unsigned form)
{
    static const char *const names[] = {[GARITA_FORM_SAME_SIZE] = "same-size",
                                        [GARITA_FORM_FORK] = "fork",
                                        [GARITA_FORM_REGRESSION] = "regression",
                                        [GARITA_FORM_SET] = "set"};
    return form < sizeof names / sizeof names[0] ? names[form] : NULL;
}

static bool is_form_of_proofs(unsigned form)
{
    return form >= GARITA_FORM_SAME_SIZE && form <= GARITA_FORM_REGRESSION;
}

/* --- writing --- */

void garita_equivocation_write(uint8_t *out, size_t *out_len, const garita_equivocation *proof)
{
    assert(is_form_of_proofs(proof->form));
    assert(proof->path_count <= GARITA_PROOF_MAX);
    uint8_t *to = out;
    *to++ = (uint8_t)proof->form;
    for (size_t i = 0; i < 2; i++) {
        const garita_bytes *head = &proof->heads[i];
        assert(head->len > 0 && head->len <= GARITA_HEAD_BYTES_MAX);
        *to++ = (uint8_t)(head->len >> 8);
        *to++ = (uint8_t)(head->len & 0xff);
        memcpy(to, head->at, head->len);
        to += head->len;
    }
    if (proof->form == GARITA_FORM_FORK) {
        *to++ = (uint8_t)proof->path_count;
        memcpy(to, proof->path, proof->path_count * GARITA_HASH_SIZE);
        to += proof->path_count * GARITA_HASH_SIZE;
    }
    *out_len = (size_t)(to - out);
}

/* --- reading --- */

/* Takes the next len bytes; false if there are fewer. */
static bool take(const uint8_t **out, garita_bytes *left, size_t len)
{
    if (len > left->len)
        return false;
    *out = left->at;
    left->at += len;
    left->len -= len;
    return true;
}

static garita_error read_head(garita_bytes *out, garita_bytes *left)
{
    const uint8_t *length;
    if (!take(&length, left, LENGTH_BYTES))
        return GARITA_E_TRUNCATED;
    out->len = (size_t)length[0] << 8 | length[1];
    if (out->len > GARITA_HEAD_BYTES_MAX)
        return GARITA_E_TOO_LONG;
    return take(&out->at, left, out->len) ? GARITA_OK : GARITA_E_TRUNCATED;
}

static garita_error read_path(garita_equivocation *out, garita_bytes *left)
{
    const uint8_t *count, *hashes;
    if (!take(&count, left, 1))
        return GARITA_E_TRUNCATED;
    if (*count > GARITA_PROOF_MAX)
        return GARITA_E_RANGE;
    if (!take(&hashes, left, *count * (size_t)GARITA_HASH_SIZE))
        return GARITA_E_TRUNCATED;
    out->path_count = *count;
    memcpy(out->path, hashes, *count * (size_t)GARITA_HASH_SIZE);
    return GARITA_OK;
}

static garita_error read_proof(garita_equivocation *out, garita_bytes left)
{
    const uint8_t *form;
    garita_error e;
    if (!take(&form, &left, 1))
        return GARITA_E_TRUNCATED;
    if (!is_form_of_proofs(*form))
        return GARITA_E_RANGE;
    out->form = (garita_equivocation_form)*form;
    for (size_t i = 0; i < 2; i++)
        if ((e = read_head(&out->heads[i], &left)) != GARITA_OK)
            return e;
    if (out->form == GARITA_FORM_FORK && (e = read_path(out, &left)) != GARITA_OK)
        return e;
    return left.len == 0 ? GARITA_OK : GARITA_E_TRAILING;
}

garita_error garita_equivocation_read(garita_equivocation *out, const uint8_t *bytes,
                                      size_t bytes_len)
{
    *out = (garita_equivocation){0};
    garita_error e = read_proof(out, (garita_bytes){bytes, bytes_len});
    if (e != GARITA_OK)
        *out = (garita_equivocation){0};
    return e;
}

/* --- judging --- */

/* Byte by byte. Two heads that differ do so before either ends: their maps say where that is. */
static bool sorts_lower(const garita_bytes *a, const garita_bytes *b)
{
    return memcmp(a->at, b->at, a->len < b->len ? a->len : b->len) < 0;
}

/* Whether two heads of one authority contradict each other as the form says. */
static bool is_contradiction(const garita_equivocation *proof, const garita_head heads[2])
{
    const garita_head *a = &heads[0], *b = &heads[1];
    garita_hash root;
    switch (proof->form) {
    case GARITA_FORM_SAME_SIZE:
        return a->size == b->size &&
               (!garita_hash_equal(&a->root, &b->root) ||
                !garita_hash_equal(&a->set_root, &b->set_root)) &&
               sorts_lower(&proof->heads[0], &proof->heads[1]);
    case GARITA_FORM_FORK:
        return garita_merkle_prefix_root(&root, a->size, &b->root, b->size, proof->path,
                                         proof->path_count) &&
               !garita_hash_equal(&root, &a->root);
    case GARITA_FORM_REGRESSION:
        return a->size < b->size && a->signed_at - b->signed_at > GARITA_CLOCK_SKEW_S;
    case GARITA_FORM_SET:
        break;
    }
    return false;
}

const garita_issuer *garita_equivocation_check(garita_head heads[2], garita_error *error,
                                               const garita_trust *trust,
                                               const garita_issuer *after, const uint8_t *bytes,
                                               size_t bytes_len)
{
    garita_equivocation proof;
    garita_head found[2] = {0};
    const garita_issuer *r = NULL;
    garita_error e = garita_equivocation_read(&proof, bytes, bytes_len);
    if (e == GARITA_OK)
        r = garita_head_signer(&found[0], &e, trust, after, proof.heads[0].at, proof.heads[0].len);
    if (r && !after &&
        !garita_head_signer(&found[1], &e, trust, NULL, proof.heads[1].at, proof.heads[1].len))
        r = NULL; /* nobody's: why is in e */
    while (r && !garita_head_is_by(&found[1], trust, r, proof.heads[1].at, proof.heads[1].len))
        r = garita_head_signer(&found[0], NULL, trust, r, proof.heads[0].at, proof.heads[0].len);
    if (r && !is_contradiction(&proof, found))
        r = NULL;
    if (!r && e == GARITA_OK && !after)
        e = GARITA_E_NOT_PROVEN;
    if (heads && (r || !after))
        for (size_t i = 0; i < 2; i++)
            heads[i] = r ? found[i] : (garita_head){0};
    if (error)
        *error = e;
    return r;
}
