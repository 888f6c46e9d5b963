#include "equivocation_text.h"

#include <assert.h>
#include <sodium.h>

#include <garita/date.h>

#include "i18n.h"

/* A head of a proof, as its statement has it. */
struct said {
    garita_head head;
    unsigned key_number;
    char signed_at[GARITA_MOMENT_TEXT_SIZE];
    char root[2 * GARITA_HASH_SIZE + 1];
    char set_root[2 * GARITA_HASH_SIZE + 1];
};

static garita_equivocation read_proof(garita_bytes bytes)
{
    garita_equivocation proof;
    garita_error error = garita_equivocation_read(&proof, bytes.at, bytes.len);

    assert(error == GARITA_OK);
    (void)error;
    return proof;
}

static void read_head(struct said *out, garita_bytes statement)
{
    garita_peek peek;
    garita_error error = garita_head_inspect(&out->head, &peek, NULL, statement.at, statement.len);

    assert(error == GARITA_OK);
    (void)error;
    out->key_number = peek.key_number;
    garita_moment_format(out->signed_at, out->head.signed_at);
    sodium_bin2hex(out->root, sizeof out->root, out->head.root.bytes, GARITA_HASH_SIZE);
    sodium_bin2hex(out->set_root, sizeof out->set_root, out->head.set_root.bytes, GARITA_HASH_SIZE);
}

const char *equivocation_text_form(unsigned form)
{
    switch (form) {
    case GARITA_FORM_SAME_SIZE:
        return _("two heads for the same number of batches say different things");
    case GARITA_FORM_FORK:
        return _("the batches behind the larger head do not begin with those behind the smaller");
    case GARITA_FORM_REGRESSION:
        return _("a head with fewer batches was signed later than one with more");
    case GARITA_FORM_SET:
        return _("a head signs a state that its own batches do not add up to");
    default:
        return "?";
    }
}

void equivocation_text_add_heads(struct buffer *out, garita_bytes bytes)
{
    garita_equivocation proof = read_proof(bytes);
    struct said said;

    for (size_t i = 0; i < 2; i++) {
        read_head(&said, proof.heads[i]);
        buffer_add_text(out, "    ");
        buffer_add_format(out, P_("%lu batch", "%lu batches", said.head.size),
                          (unsigned long)said.head.size);
        buffer_add_format(out, _(", signed %s with key %u"), said.signed_at, said.key_number);
        buffer_add_format(out, "\n        root %s\n        %s %s\n", said.root, _("set root"),
                          said.set_root);
    }
}

json_t *equivocation_text_heads_json(garita_bytes bytes)
{
    garita_equivocation proof = read_proof(bytes);
    json_t *heads = json_array();
    struct said said;

    for (size_t i = 0; i < 2; i++) {
        read_head(&said, proof.heads[i]);
        json_array_append_new(heads, json_pack("{s:I, s:s, s:s, s:I, s:s, s:i}", "size",
                                               (json_int_t)said.head.size, "root", said.root,
                                               "set_root", said.set_root, "issued",
                                               (json_int_t)said.head.issued, "signed_at",
                                               said.signed_at, "key_number", (int)said.key_number));
    }
    return heads;
}

unsigned equivocation_text_form_of(garita_bytes proof)
{
    return read_proof(proof).form;
}
