#include "writer.h"

#include <string.h>

#include <msgpack/pack.h>

static int append(void *data, const char *bytes, size_t len)
{
    garita_writer *w = data;
    if (w->overflowed || len > w->cap - w->len) {
        w->overflowed = true;
        return -1;
    }
    if (len > 0) /* an absent text has no address */
        memcpy(w->bytes + w->len, bytes, len);
    w->len += len;
    return 0;
}

static msgpack_packer packer(garita_writer *w)
{
    return (msgpack_packer){.data = w, .callback = append};
}

void garita_writer_start(garita_writer *w, uint8_t *bytes, size_t cap)
{
    *w = (garita_writer){.bytes = bytes, .cap = cap};
}

garita_error garita_writer_end(const garita_writer *w, garita_fault *fault)
{
    if (!w->overflowed)
        return GARITA_OK;
    if (fault)
        *fault = (garita_fault){GARITA_E_TOO_LONG, w->cap, ""};
    return GARITA_E_TOO_LONG;
}

void garita_write_map(garita_writer *w, size_t pairs)
{
    msgpack_packer p = packer(w);
    msgpack_pack_map(&p, pairs);
}

void garita_write_array(garita_writer *w, size_t elements)
{
    msgpack_packer p = packer(w);
    msgpack_pack_array(&p, elements);
}

void garita_write_uint(garita_writer *w, uint64_t value)
{
    msgpack_packer p = packer(w);
    msgpack_pack_uint64(&p, value);
}

void garita_write_int(garita_writer *w, int64_t value)
{
    msgpack_packer p = packer(w);
    msgpack_pack_int64(&p, value);
}

void garita_write_bool(garita_writer *w, bool value)
{
    msgpack_packer p = packer(w);
    if (value)
        msgpack_pack_true(&p);
    else
        msgpack_pack_false(&p);
}

void garita_write_text(garita_writer *w, garita_utf8 text)
{
    msgpack_packer p = packer(w);
    msgpack_pack_str_with_body(&p, text.at, text.len);
}

void garita_write_bin(garita_writer *w, const uint8_t *bytes, size_t len)
{
    msgpack_packer p = packer(w);
    msgpack_pack_bin_with_body(&p, bytes, len);
}

void garita_write_raw(garita_writer *w, const uint8_t *value, size_t len)
{
    append(w, (const char *)value, len);
}

void garita_write_statement_keys(garita_writer *w, garita_type type, const garita_signer *signer)
{
    garita_write_uint(w, 0);
    garita_write_uint(w, 1);
    garita_write_uint(w, 1);
    garita_write_uint(w, (uint64_t)type);
    garita_write_uint(w, 2);
    garita_write_bin(w, signer->id.bytes, GARITA_ID_SIZE);
    garita_write_uint(w, 3);
    garita_write_uint(w, signer->key_number);
}
