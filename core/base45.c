#include <garita/base45.h>

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

enum { BASE = 45, NONE = 255 };

/* The value of each character; NONE for those that have none. */
static unsigned value_of(unsigned char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'Z')
        return 10u + (c - 'A');
    switch (c) {
    case ' ':
        return 36;
    case '$':
        return 37;
    case '%':
        return 38;
    case '*':
        return 39;
    case '+':
        return 40;
    case '-':
        return 41;
    case '.':
        return 42;
    case '/':
        return 43;
    case ':':
        return 44;
    default:
        return NONE;
    }
}

int garita_base45_has(unsigned char c)
{
    return value_of(c) != NONE;
}

size_t garita_base45_encoded_len(size_t len)
{
    return len / 2 * 3 + len % 2 * 2;
}

garita_error garita_base45_encode(char *out, size_t *out_len, size_t out_cap, const uint8_t *bytes,
                                  size_t bytes_len)
{
    *out_len = 0;
    if (bytes_len > out_cap || garita_base45_encoded_len(bytes_len) > out_cap)
        return GARITA_E_NO_SPACE;
    char *to = out;
    for (size_t i = 0; i + 1 < bytes_len; i += 2) {
        unsigned n = (unsigned)bytes[i] << 8 | bytes[i + 1];
        *to++ = alphabet[n % BASE];
        *to++ = alphabet[n / BASE % BASE];
        *to++ = alphabet[n / (BASE * BASE)];
    }
    if (bytes_len % 2 == 1) {
        unsigned n = bytes[bytes_len - 1];
        *to++ = alphabet[n % BASE];
        *to++ = alphabet[n / BASE];
    }
    *out_len = (size_t)(to - out);
    return GARITA_OK;
}

garita_error garita_base45_decode(uint8_t *out, size_t *out_len, size_t out_cap, size_t *fault_at,
                                  const char *text, size_t text_len)
{
    size_t at = 0;
    *out_len = 0;
    if (fault_at)
        *fault_at = 0;
    if (text_len / 3 * 2 + (text_len % 3 == 2) > out_cap)
        return GARITA_E_NO_SPACE;
    uint8_t *to = out;
    while (text_len - at >= 2) {
        unsigned digits = text_len - at >= 3 ? 3 : 2;
        unsigned long n = 0, weight = 1;
        for (unsigned i = 0; i < digits; i++, weight *= BASE) {
            unsigned v = value_of((unsigned char)text[at + i]);
            if (v == NONE) {
                at += i;
                goto wrong;
            }
            n += v * weight;
        }
        if (n > (digits == 3 ? 0xffffu : 0xffu))
            goto wrong;
        if (digits == 3)
            *to++ = (uint8_t)(n >> 8);
        *to++ = (uint8_t)(n & 0xff);
        at += digits;
    }
    if (at != text_len)
        goto wrong;
    *out_len = (size_t)(to - out);
    return GARITA_OK;

wrong:
    if (fault_at)
        *fault_at = at;
    return GARITA_E_BASE45;
}
