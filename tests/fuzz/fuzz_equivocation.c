/* Proofs of equivocation: the input says what two heads say and who signs them, and what else the
 * proof holds; then, perhaps, one byte of it is altered. Nothing is proven but what libsodium, the
 * page and RFC 9162 find proven too.
 *
 * Heads are given as maps, or as numbers: then the roots of a fork may be what its path makes.
 */
#include "naive_tree.h"
#include "signers.h"

#include <garita/equivocation.h>

static signers s;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    signers_make(&s);
    return 0;
}

/* --- the input --- */

typedef struct input {
    const uint8_t *at;
    size_t left;
} input;

/* Zeros behind the end. */
static uint8_t next(input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->at++;
}

static uint32_t next_two(input *in)
{
    uint32_t high = next(in);
    return high << 8 | next(in);
}

static garita_hash next_hash(input *in)
{
    garita_hash out;
    memset(&out, next(in), sizeof out);
    return out;
}

/* --- a proof --- */

enum { FORM_BITS = 7, HAS_MAPS = 8, HAS_FOLLOWED = 16, IS_SWAPPED = 32, MAP_MAX = 400 };
enum { PATH_MAX = 255 }; /* what its count can say */

typedef struct proof {
    uint8_t bytes[GARITA_EQUIVOCATION_BYTES_MAX + PATH_MAX * GARITA_HASH_SIZE];
    size_t len;
} proof;

static void put(proof *p, const void *bytes, size_t len)
{
    WORLD_REQUIRE(len <= sizeof p->bytes - p->len);
    memcpy(p->bytes + p->len, bytes, len);
    p->len += len;
}

static void put_head(proof *p, const uint8_t *statement, size_t len)
{
    uint8_t length[2] = {(uint8_t)(len >> 8), (uint8_t)len};
    put(p, length, sizeof length);
    put(p, statement, len);
}

static size_t signed_map(uint8_t *out, input *in)
{
    const world_agency *by = &s.keys[next(in) % SIGNERS];
    size_t len = next_two(in);
    if (len > in->left)
        len = in->left;
    if (len > MAP_MAX)
        len = MAP_MAX;
    size_t statement_len = world_sign(out, in->at, len, GARITA_TYPE_HEAD, by->secret_key);
    in->at += len;
    in->left -= len;
    return statement_len;
}

static garita_head next_head(input *in)
{
    garita_head out = {.size = next_two(in), .issued = 9};
    if (out.size >= 0xff00) /* the largest */
        out.size |= 0xffff0000u;
    out.root = next_hash(in);
    out.set_root = next_hash(in);
    out.signed_at = WORLD_NOW + next_two(in);
    out.next_due = out.signed_at;
    return out;
}

static size_t signed_head(uint8_t *out, input *in, const garita_head *head)
{
    const world_agency *by = &s.keys[next(in) % SIGNERS];
    size_t len;
    WORLD_REQUIRE(garita_head_issue(out, &len, GARITA_HEAD_BYTES_MAX, NULL, head, &by->signer) ==
                  GARITA_OK);
    return len;
}

static void make(proof *out, input *in)
{
    uint8_t flags = next(in), form = flags & FORM_BITS, count = 0, *statements[2];
    size_t lens[2];
    garita_hash path[PATH_MAX], root1, root2;
    if (form == GARITA_FORM_FORK) {
        count = next(in);
        for (size_t i = 0; i < count; i++)
            path[i] = next_hash(in);
    }
    for (size_t i = 0; i < 2; i++) {
        statements[i] = malloc(GARITA_HEAD_BYTES_MAX);
        WORLD_REQUIRE(statements[i] != NULL);
    }
    if (flags & HAS_MAPS) {
        for (size_t i = 0; i < 2; i++)
            lens[i] = signed_map(statements[i], in);
    } else {
        garita_head heads[2] = {next_head(in), next_head(in)};
        if ((flags & HAS_FOLLOWED) &&
            naive_follow(&root1, &root2, heads[0].size, heads[1].size, path, count)) {
            heads[1].root = root2;
            if (heads[0].set_root.bytes[0] & 1) /* no fork */
                heads[0].root = root1;
        }
        for (size_t i = 0; i < 2; i++)
            lens[i] = signed_head(statements[i], in, &heads[i]);
    }
    out->len = 0;
    put(out, &form, 1);
    size_t first = (flags & IS_SWAPPED) ? 1 : 0;
    put_head(out, statements[first], lens[first]);
    put_head(out, statements[1 - first], lens[1 - first]);
    if (form == GARITA_FORM_FORK) {
        put(out, &count, 1);
        put(out, path, count * sizeof *path);
    }
    for (size_t i = 0; i < 2; i++)
        free(statements[i]);
    /* and what is left: an alteration, and more bytes */
    size_t at = next_two(in);
    uint8_t mask = next(in);
    if (at < out->len)
        out->bytes[at] ^= mask;
    put(out, in->at, in->left < 64 ? in->left : 64);
}

/* --- the page's judgement --- */

typedef struct parts {
    unsigned form;
    garita_bytes heads[2];
    uint8_t path_count;
    garita_hash path[GARITA_PROOF_MAX];
} parts;

static bool split(parts *out, const uint8_t *bytes, size_t len)
{
    size_t at = 1;
    if (len < 1 || bytes[0] < 1 || bytes[0] > 3)
        return false;
    out->form = bytes[0];
    for (size_t i = 0; i < 2; i++) {
        if (at + 2 > len)
            return false;
        size_t head_len = (size_t)bytes[at] << 8 | bytes[at + 1];
        at += 2;
        if (head_len > GARITA_HEAD_BYTES_MAX || at + head_len > len)
            return false;
        out->heads[i] = (garita_bytes){bytes + at, head_len};
        at += head_len;
    }
    out->path_count = 0;
    if (out->form == GARITA_FORM_FORK) {
        if (at + 1 > len || bytes[at] > 65)
            return false;
        out->path_count = bytes[at++];
        if (at + 32u * out->path_count > len)
            return false;
        memcpy(out->path, bytes + at, 32u * out->path_count);
        at += 32u * out->path_count;
    }
    return at == len;
}

static bool contradict(const parts *p, const garita_head *a, const garita_head *b)
{
    garita_hash root1, root2;
    const garita_bytes *first = &p->heads[0], *second = &p->heads[1];
    switch (p->form) {
    case 1:
        return a->size == b->size &&
               (memcmp(&a->root, &b->root, 32) != 0 ||
                memcmp(&a->set_root, &b->set_root, 32) != 0) &&
               memcmp(first->at, second->at, first->len < second->len ? first->len : second->len) <
                   0;
    case 2:
        return naive_follow(&root1, &root2, a->size, b->size, p->path, p->path_count) &&
               memcmp(&root2, &b->root, 32) == 0 && memcmp(&root1, &a->root, 32) != 0;
    default:
        return a->size < b->size && a->signed_at > b->signed_at + 300;
    }
}

/* Whether an authority, given by a record, signed a head. */
static bool has_signed(const garita_issuer *authority, const garita_bytes *head)
{
    garita_head inspected;
    garita_peek peek;
    if (garita_head_inspect(&inspected, &peek, NULL, head->at, head->len) != GARITA_OK)
        return false;
    for (size_t i = 0; i < garita_trust_count(s.w.trust); i++) {
        const garita_issuer *r = garita_trust_get(s.w.trust, i);
        if (garita_issuer_same_authority(r, authority) &&
            signers_is_by(r, &peek, head->at, head->len))
            return true;
    }
    return false;
}

static bool is_of_one_before(const garita_issuer *r)
{
    for (size_t i = 0; i < r->index; i++)
        if (garita_issuer_same_authority(garita_trust_get(s.w.trust, i), r))
            return true;
    return false;
}

/* Of how many authorities it proves something. */
static size_t count_proven(const parts *p, const garita_head heads[2])
{
    size_t count = 0;
    if (!contradict(p, &heads[0], &heads[1]))
        return 0;
    for (size_t i = 0; i < garita_trust_count(s.w.trust); i++) {
        const garita_issuer *r = garita_trust_get(s.w.trust, i);
        count += !is_of_one_before(r) && has_signed(r, &p->heads[0]) && has_signed(r, &p->heads[1]);
    }
    return count;
}

static void judge(const uint8_t *bytes, size_t len)
{
    parts p;
    garita_head heads[2], expected[2];
    garita_error e;
    garita_equivocation read;
    size_t expected_count = 0, count = 0;
    bool is_split = split(&p, bytes, len);
    WORLD_REQUIRE((garita_equivocation_read(&read, bytes, len) == GARITA_OK) == is_split);
    if (is_split) {
        uint8_t *again = malloc(GARITA_EQUIVOCATION_BYTES_MAX);
        size_t again_len;
        WORLD_REQUIRE(again != NULL);
        if (read.heads[0].len > 0 && read.heads[1].len > 0) {
            garita_equivocation_write(again, &again_len, &read);
            WORLD_REQUIRE(again_len == len && memcmp(again, bytes, len) == 0);
        }
        free(again);
        bool are_heads = true;
        for (size_t i = 0; i < 2; i++)
            are_heads = garita_head_inspect(&expected[i], NULL, NULL, p.heads[i].at,
                                            p.heads[i].len) == GARITA_OK &&
                        are_heads;
        if (are_heads)
            expected_count = count_proven(&p, expected);
    }
    const garita_issuer *r = garita_equivocation_check(heads, &e, s.w.trust, NULL, bytes, len);
    WORLD_REQUIRE((e == GARITA_OK) == (r != NULL));
    for (size_t i = 0; i < 2; i++)
        WORLD_REQUIRE(garita_head_equal(&heads[i], r != NULL ? &expected[i] : &(garita_head){0}));
    for (; r != NULL; r = garita_equivocation_check(NULL, NULL, s.w.trust, r, bytes, len)) {
        WORLD_REQUIRE(has_signed(r, &p.heads[0]) && has_signed(r, &p.heads[1]));
        count++;
    }
    WORLD_REQUIRE(count == expected_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static proof made;
    input in = {data, size};
    judge(data, size);
    make(&made, &in);
    uint8_t *exact = malloc(made.len);
    WORLD_REQUIRE(exact != NULL);
    memcpy(exact, made.bytes, made.len);
    judge(exact, made.len);
    free(exact);
    return 0;
}
