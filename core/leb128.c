#include "leb128.h"

enum { BITS = 7, MORE = 0x80 };

size_t garita_leb128_write(uint8_t out[GARITA_LEB128_MAX], uint64_t value)
{
    size_t len = 0;
    do {
        uint8_t low = value & (MORE - 1);
        value >>= BITS;
        if (out)
            out[len] = (uint8_t)(value > 0 ? low | MORE : low);
        len++;
    } while (value > 0);
    return len;
}

garita_error garita_leb128_read(uint64_t *out, size_t *len, uint64_t max, const uint8_t *bytes,
                                size_t bytes_len)
{
    size_t len_max = garita_leb128_write(NULL, max), at = 0;
    uint64_t value = 0;
    *out = 0;
    *len = 0;
    do {
        if (at == len_max)
            return GARITA_E_RANGE;
        if (at == bytes_len)
            return GARITA_E_TRUNCATED;
        /* the tenth byte of a number has one bit to give; what it has too many would be lost */
        uint64_t low = bytes[at] & (MORE - 1);
        if (low << BITS * at >> BITS * at != low)
            return GARITA_E_RANGE;
        value |= low << BITS * at;
    } while (bytes[at++] & MORE);
    if (at > 1 && bytes[at - 1] == 0)
        return GARITA_E_NOT_MINIMAL;
    if (value > max)
        return GARITA_E_RANGE;
    *out = value;
    *len = at;
    return GARITA_OK;
}
