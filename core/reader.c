#include "reader.h"

#include <assert.h>

#include <garita/limits.h>

typedef enum token_kind {
    T_NIL,
    T_BOOL,
    T_UINT,
    T_NEGATIVE,
    T_STR,
    T_BIN,
    T_ARRAY,
    T_MAP
} token_kind;

typedef struct token {
    token_kind kind;
    uint64_t value; /* of T_UINT; of T_NEGATIVE, in two's complement; else the length or count */
    size_t at;
} token;

void garita_reader_start(garita_reader *r, const uint8_t *bytes, size_t len, size_t origin,
                         unsigned depth_max)
{
    *r = (garita_reader){.bytes = bytes,
                         .len = len,
                         .origin = origin,
                         .depth_max = depth_max,
                         .field = "",
                         .fault = {GARITA_OK, 0, ""}};
}

bool garita_reader_ok(const garita_reader *r)
{
    return r->fault.error == GARITA_OK;
}

bool garita_reader_fail(garita_reader *r, garita_error error, size_t at)
{
    assert(error != GARITA_OK);
    if (garita_reader_ok(r))
        r->fault = (garita_fault){error, r->origin + at, r->field};
    return false;
}

static size_t left(const garita_reader *r)
{
    return r->len - r->at;
}

/* Reads a big-endian number of width bytes that must not fit in a shorter form: min is the smallest
 * that needs this one. */
static bool read_number(garita_reader *r, token *t, unsigned width, uint64_t min)
{
    if (left(r) < width)
        return garita_reader_fail(r, GARITA_E_TRUNCATED, r->len);
    uint64_t v = 0;
    for (unsigned i = 0; i < width; i++)
        v = v << 8 | r->bytes[r->at++];
    t->value = v;
    return v >= min || garita_reader_fail(r, GARITA_E_NOT_MINIMAL, t->at);
}

/* int 8 to int 64 are for negative numbers alone; each must need its width. */
static bool read_negative(garita_reader *r, token *t, unsigned width)
{
    if (!read_number(r, t, width, 0))
        return false;
    uint64_t sign = UINT64_C(1) << (8 * width - 1);
    if (!(t->value & sign))
        return garita_reader_fail(r, GARITA_E_NOT_MINIMAL, t->at);
    /* The magnitude's complement: -1 gives 0. The shorter form holds up to its own sign bit. */
    uint64_t complement = ~t->value & (sign - 1);
    uint64_t shorter = width == 1 ? 31 : (UINT64_C(1) << (4 * width - 1)) - 1;
    t->value = ~complement;
    return complement > shorter || garita_reader_fail(r, GARITA_E_NOT_MINIMAL, t->at);
}

static bool read_token(garita_reader *r, token *t)
{
    *t = (token){.at = r->at};
    if (!garita_reader_ok(r))
        return false;
    if (left(r) == 0)
        return garita_reader_fail(r, GARITA_E_TRUNCATED, r->at);
    uint8_t b = r->bytes[r->at++];
    bool ok = true;
    if (b <= 0x7f) {
        t->kind = T_UINT;
        t->value = b;
    } else if (b <= 0x8f) {
        t->kind = T_MAP;
        t->value = b & 0x0fu;
    } else if (b <= 0x9f) {
        t->kind = T_ARRAY;
        t->value = b & 0x0fu;
    } else if (b <= 0xbf) {
        t->kind = T_STR;
        t->value = b & 0x1fu;
    } else if (b >= 0xe0) {
        t->kind = T_NEGATIVE;
        t->value = ~UINT64_C(0xff) | b;
    } else {
        switch (b) {
        case 0xc0:
            t->kind = T_NIL;
            break;
        case 0xc2:
        case 0xc3:
            t->kind = T_BOOL;
            break;
        case 0xc4:
            t->kind = T_BIN;
            ok = read_number(r, t, 1, 0);
            break;
        case 0xc5:
            t->kind = T_BIN;
            ok = read_number(r, t, 2, 0x100);
            break;
        case 0xcc:
            t->kind = T_UINT;
            ok = read_number(r, t, 1, 0x80);
            break;
        case 0xcd:
            t->kind = T_UINT;
            ok = read_number(r, t, 2, 0x100);
            break;
        case 0xce:
            t->kind = T_UINT;
            ok = read_number(r, t, 4, 0x10000);
            break;
        case 0xcf:
            t->kind = T_UINT;
            ok = read_number(r, t, 8, UINT64_C(0x100000000));
            break;
        case 0xd0:
            t->kind = T_NEGATIVE;
            ok = read_negative(r, t, 1);
            break;
        case 0xd1:
            t->kind = T_NEGATIVE;
            ok = read_negative(r, t, 2);
            break;
        case 0xd2:
            t->kind = T_NEGATIVE;
            ok = read_negative(r, t, 4);
            break;
        case 0xd3:
            t->kind = T_NEGATIVE;
            ok = read_negative(r, t, 8);
            break;
        case 0xd9:
            t->kind = T_STR;
            ok = read_number(r, t, 1, 0x20);
            break;
        case 0xda:
            t->kind = T_STR;
            ok = read_number(r, t, 2, 0x100);
            break;
        case 0xdc:
            t->kind = T_ARRAY;
            ok = read_number(r, t, 2, 0x10);
            break;
        case 0xde:
            t->kind = T_MAP;
            ok = read_number(r, t, 2, 0x10);
            break;
        default:
            return garita_reader_fail(r, GARITA_E_FORBIDDEN_KIND, t->at);
        }
    }
    if (!ok)
        return false;
    /* A count or length that the bytes left cannot hold is a lie, whoever would believe it. */
    switch (t->kind) {
    case T_STR:
    case T_BIN:
    case T_ARRAY:
        ok = t->value <= left(r);
        break;
    case T_MAP:
        ok = t->value <= left(r) / 2;
        break;
    default:
        break;
    }
    return ok || garita_reader_fail(r, GARITA_E_TRUNCATED, t->at);
}

static bool read_token_of(garita_reader *r, token *t, token_kind kind)
{
    if (!read_token(r, t))
        return false;
    return t->kind == kind || garita_reader_fail(r, GARITA_E_WRONG_KIND, t->at);
}

static bool enter(garita_reader *r, const token *t)
{
    if (r->depth >= r->depth_max)
        return garita_reader_fail(r, GARITA_E_DEPTH, t->at);
    r->depth++;
    return true;
}

static bool read_container(garita_reader *r, garita_container *c, token_kind kind)
{
    *c = (garita_container){.last_key = -1};
    token t;
    if (!read_token_of(r, &t, kind) || !enter(r, &t))
        return false;
    c->left = (uint32_t)t.value;
    return true;
}

bool garita_reader_map(garita_reader *r, garita_container *map)
{
    return read_container(r, map, T_MAP);
}

bool garita_reader_array(garita_reader *r, garita_container *array)
{
    return read_container(r, array, T_ARRAY);
}

bool garita_reader_key(garita_reader *r, garita_container *map, unsigned *key)
{
    *key = 0;
    if (!garita_reader_ok(r) || map->left == 0)
        return false;
    map->left--;
    token t;
    if (!read_token(r, &t))
        return false;
    map->key_at = t.at;
    if (t.kind != T_UINT)
        return garita_reader_fail(r, GARITA_E_KEY_KIND, t.at);
    if (t.value > GARITA_KEY_MAX)
        return garita_reader_fail(r, GARITA_E_RANGE, t.at);
    if ((int)t.value <= map->last_key)
        return garita_reader_fail(r, GARITA_E_KEY_ORDER, t.at);
    map->last_key = (int)t.value;
    if (t.value <= GARITA_KEY_CRITICAL_MAX)
        map->seen |= UINT64_C(1) << t.value;
    *key = (unsigned)t.value;
    return true;
}

bool garita_reader_element(garita_reader *r, garita_container *array)
{
    if (!garita_reader_ok(r) || array->left == 0)
        return false;
    array->left--;
    return true;
}

bool garita_reader_leave(garita_reader *r, const garita_container *container, uint64_t required)
{
    if (!garita_reader_ok(r))
        return false;
    assert(container->left == 0 && r->depth > 0);
    r->depth--;
    if ((container->seen & required) != required)
        return garita_reader_fail(r, GARITA_E_MISSING_KEY, r->at);
    return true;
}

bool garita_reader_unlisted(garita_reader *r, const garita_container *map, unsigned key,
                            bool may_ignore)
{
    if (key <= GARITA_KEY_CRITICAL_MAX || !may_ignore)
        return garita_reader_fail(r, GARITA_E_UNKNOWN_KEY, map->key_at);
    return garita_reader_skip(r);
}

bool garita_reader_uint(garita_reader *r, uint64_t *out, uint64_t min, uint64_t max)
{
    *out = 0;
    token t;
    if (!read_token_of(r, &t, T_UINT))
        return false;
    if (t.value < min || t.value > max)
        return garita_reader_fail(r, GARITA_E_RANGE, t.at);
    *out = t.value;
    return true;
}

bool garita_utf8_is_unsafe(uint32_t c)
{
    return c <= 0x1f || (c >= 0x7f && c <= 0x9f) || c == 0x61c || c == 0x200e || c == 0x200f ||
           c == 0x2028 || c == 0x2029 || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

/* RFC 3629, table in section 4: the second byte's range depends on the first. */
garita_error garita_utf8_check(size_t *at, garita_utf8 text)
{
    const uint8_t *s = (const uint8_t *)text.at;
    size_t len = text.len, i = 0;
    while (i < len) {
        uint8_t b = s[i];
        if (b >= 0x20 && b <= 0x7e) { /* most of any text, and safe */
            i++;
            continue;
        }
        *at = i;
        uint32_t c = b;
        unsigned more = 0;
        uint8_t low = 0x80, high = 0xbf;
        if (b < 0x80) {
            more = 0;
        } else if (b >= 0xc2 && b <= 0xdf) {
            more = 1;
            c = b & 0x1fu;
        } else if (b >= 0xe0 && b <= 0xef) {
            more = 2;
            c = b & 0x0fu;
            if (b == 0xe0)
                low = 0xa0;
            if (b == 0xed)
                high = 0x9f;
        } else if (b >= 0xf0 && b <= 0xf4) {
            more = 3;
            c = b & 0x07u;
            if (b == 0xf0)
                low = 0x90;
            if (b == 0xf4)
                high = 0x8f;
        } else {
            return GARITA_E_UTF8;
        }
        if (more > len - i - 1)
            return GARITA_E_UTF8;
        for (unsigned k = 1; k <= more; k++) {
            uint8_t d = s[i + k];
            if (d < low || d > high)
                return GARITA_E_UTF8;
            low = 0x80;
            high = 0xbf;
            c = c << 6 | (d & 0x3fu);
        }
        if (garita_utf8_is_unsafe(c))
            return GARITA_E_UNSAFE_TEXT;
        i += 1 + more;
    }
    return GARITA_OK;
}

/* The payload of a str or bin token: skips it, and checks a str's characters. */
static bool take_payload(garita_reader *r, const token *t)
{
    if (t->kind == T_STR) {
        size_t wrong_at = 0;
        garita_utf8 text = {(const char *)r->bytes + r->at, (size_t)t->value};
        garita_error e = garita_utf8_check(&wrong_at, text);
        if (e != GARITA_OK)
            return garita_reader_fail(r, e, r->at + wrong_at);
    }
    r->at += (size_t)t->value;
    return true;
}

bool garita_reader_text(garita_reader *r, garita_utf8 *out, size_t bytes_max)
{
    *out = (garita_utf8){0};
    token t;
    if (!read_token_of(r, &t, T_STR))
        return false;
    if (t.value == 0)
        return garita_reader_fail(r, GARITA_E_EMPTY, t.at);
    if (t.value > bytes_max)
        return garita_reader_fail(r, GARITA_E_RANGE, t.at);
    const uint8_t *payload = r->bytes + r->at;
    if (!take_payload(r, &t))
        return false;
    *out = (garita_utf8){(const char *)payload, (size_t)t.value};
    return true;
}

bool garita_reader_bin(garita_reader *r, const uint8_t **out, size_t len)
{
    *out = NULL;
    token t;
    if (!read_token_of(r, &t, T_BIN))
        return false;
    if (t.value != len)
        return garita_reader_fail(r, GARITA_E_RANGE, t.at);
    *out = r->bytes + r->at;
    return take_payload(r, &t);
}

/* Recursion is bounded by depth_max. */
bool garita_reader_skip(garita_reader *r)
{
    token t;
    if (!read_token(r, &t))
        return false;
    switch (t.kind) {
    case T_STR:
    case T_BIN:
        return take_payload(r, &t);
    case T_ARRAY: {
        garita_container array = {.left = (uint32_t)t.value, .last_key = -1};
        if (!enter(r, &t))
            return false;
        while (garita_reader_element(r, &array))
            garita_reader_skip(r);
        return garita_reader_leave(r, &array, 0);
    }
    case T_MAP: {
        garita_container map = {.left = (uint32_t)t.value, .last_key = -1};
        unsigned key;
        if (!enter(r, &t))
            return false;
        while (garita_reader_key(r, &map, &key))
            garita_reader_skip(r);
        return garita_reader_leave(r, &map, 0);
    }
    default:
        return true;
    }
}

bool garita_reader_any(garita_reader *r, garita_reader_value *out)
{
    *out = (garita_reader_value){0};
    token t;
    if (!read_token(r, &t))
        return false;
    out->at = t.at;
    const char *payload = (const char *)r->bytes + r->at;
    switch (t.kind) {
    case T_NIL:
        return true;
    case T_BOOL:
        out->kind = GARITA_READER_BOOLEAN;
        out->as.boolean = r->bytes[t.at] == 0xc3;
        return true;
    case T_UINT:
    case T_NEGATIVE: {
        uint64_t magnitude = t.kind == T_UINT ? t.value : 0 - t.value;
        if (magnitude > (uint64_t)GARITA_INTEGER_MAX)
            return garita_reader_fail(r, GARITA_E_RANGE, t.at);
        out->kind = GARITA_READER_INTEGER;
        out->as.integer = t.kind == T_UINT ? (int64_t)magnitude : -(int64_t)magnitude;
        return true;
    }
    case T_STR:
    case T_BIN:
        if (!take_payload(r, &t))
            return false;
        out->kind = t.kind == T_STR ? GARITA_READER_TEXT : GARITA_READER_BIN;
        out->as.text = (garita_utf8){payload, (size_t)t.value};
        return true;
    case T_ARRAY:
    case T_MAP:
        if (!enter(r, &t))
            return false;
        out->kind = t.kind == T_ARRAY ? GARITA_READER_ARRAY : GARITA_READER_MAP;
        out->as.container = (garita_container){.left = (uint32_t)t.value, .last_key = -1};
        return true;
    }
    return false;
}

bool garita_reader_end(garita_reader *r)
{
    if (!garita_reader_ok(r))
        return false;
    return r->at == r->len || garita_reader_fail(r, GARITA_E_TRAILING, r->at);
}
