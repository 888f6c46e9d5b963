#include <garita/text.h>

#include <stdbool.h>
#include <string.h>

#include <garita/base45.h>

enum { PREFIX_LEN = sizeof GARITA_TEXT_PREFIX - 1 };

int garita_text_is_ours(const char *text, size_t text_len)
{
    return text_len >= 3 && (text[0] == 'G' || text[0] == 'g') &&
           (text[1] == 'T' || text[1] == 't') && text[2] == '1';
}

garita_error garita_text_encode(char *out, size_t *out_len, size_t out_cap, const uint8_t *bytes,
                                size_t bytes_len)
{
    *out_len = 0;
    if (out_cap < PREFIX_LEN)
        return GARITA_E_NO_SPACE;
    size_t len;
    garita_error e =
        garita_base45_encode(out + PREFIX_LEN, &len, out_cap - PREFIX_LEN, bytes, bytes_len);
    if (e != GARITA_OK)
        return e;
    memcpy(out, GARITA_TEXT_PREFIX, PREFIX_LEN);
    *out_len = PREFIX_LEN + len;
    return GARITA_OK;
}

/* Whether something between the QR and us typed other characters than the QR holds. */
static bool is_altered(size_t *at, const char *text, size_t len)
{
    for (*at = 0; *at < len; ++*at)
        if (!garita_base45_has((unsigned char)text[*at]))
            return true;
    /* Some layouts type a character for the colon that is in the alphabet too. */
    *at = PREFIX_LEN - 1;
    return len < PREFIX_LEN || memcmp(text, GARITA_TEXT_PREFIX, PREFIX_LEN) != 0;
}

garita_error garita_text_decode(uint8_t *out, size_t *out_len, size_t out_cap, size_t *fault_at,
                                const char *text, size_t text_len)
{
    size_t at = 0;
    garita_error e;
    *out_len = 0;
    if (!garita_text_is_ours(text, text_len)) {
        e = GARITA_E_NOT_OURS;
    } else if (text_len > GARITA_QR_TEXT_MAX) {
        e = GARITA_E_TOO_LONG;
        at = GARITA_QR_TEXT_MAX;
    } else if (is_altered(&at, text, text_len)) {
        e = GARITA_E_TEXT_ALTERED;
    } else {
        e = garita_base45_decode(out, out_len, out_cap, &at, text + PREFIX_LEN,
                                 text_len - PREFIX_LEN);
        at += PREFIX_LEN;
    }
    if (fault_at)
        *fault_at = e == GARITA_OK ? 0 : at;
    return e;
}
