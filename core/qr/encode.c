#include "bounds.h"

#include <qrcodegen.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(GARITA_QR_SIDE_MAX == 4 * qrcodegen_VERSION_MAX + 17, "version 40 fits garita_qr");
_Static_assert((int)GARITA_QR_ECC_L == (int)qrcodegen_Ecc_LOW &&
                   (int)GARITA_QR_ECC_M == (int)qrcodegen_Ecc_MEDIUM &&
                   (int)GARITA_QR_ECC_Q == (int)qrcodegen_Ecc_QUARTILE &&
                   (int)GARITA_QR_ECC_H == (int)qrcodegen_Ecc_HIGH,
               "levels have the generator's numbers");

/* ISO/IEC 18004, table 5. */
static bool is_alphanumeric(const char *text, size_t len)
{
    static const char set[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    for (size_t i = 0; i < len; i++)
        if (memchr(set, text[i], sizeof set - 1) == NULL)
            return false;
    return true;
}

/* What qrcodegen needs besides its input: too much for a stack that may be a thread's. */
struct workspace {
    char text[GARITA_QR_TEXT_BYTES_MAX + 1];
    uint8_t segment[GARITA_QR_TEXT_BYTES_MAX];
    uint8_t temporary[qrcodegen_BUFFER_LEN_MAX];
    uint8_t code[qrcodegen_BUFFER_LEN_MAX];
};

static struct qrcodegen_Segment make_segment(struct workspace *w, const char *text, size_t len)
{
    if (!is_alphanumeric(text, len))
        return qrcodegen_makeBytes((const uint8_t *)text, len, w->segment);
    memcpy(w->text, text, len);
    w->text[len] = '\0';
    return qrcodegen_makeAlphanumeric(w->text, w->segment);
}

/* The level of a finished code is in its format bits, masked: ISO/IEC 18004, 7.9.1. The first two
 * stand in row 8, columns 0 and 1. */
static garita_qr_ecc read_level(const uint8_t code[])
{
    static const garita_qr_ecc by_bits[4] = {GARITA_QR_ECC_M, GARITA_QR_ECC_L, GARITA_QR_ECC_H,
                                             GARITA_QR_ECC_Q};
    int bits = qrcodegen_getModule(code, 0, 8) << 1 | qrcodegen_getModule(code, 1, 8);
    return by_bits[bits ^ 2];
}

garita_error garita_qr_encode(garita_qr *out, const char *text, size_t len, garita_qr_ecc ecc)
{
    memset(out, 0, sizeof *out);
    if (len == 0)
        return GARITA_E_EMPTY;
    if ((unsigned)ecc > GARITA_QR_ECC_H)
        return GARITA_E_RANGE;
    if (len > GARITA_QR_TEXT_BYTES_MAX)
        return GARITA_E_TOO_LONG;

    struct workspace *w = malloc(sizeof *w);
    if (w == NULL)
        return GARITA_E_NO_MEMORY;
    struct qrcodegen_Segment segment = make_segment(w, text, len);
    bool fits = qrcodegen_encodeSegmentsAdvanced(&segment, 1, (enum qrcodegen_Ecc)ecc,
                                                 qrcodegen_VERSION_MIN, qrcodegen_VERSION_MAX,
                                                 qrcodegen_Mask_AUTO, true, w->temporary, w->code);
    if (fits) {
        out->side = qrcodegen_getSize(w->code);
        out->version = (out->side - 17) / 4;
        out->ecc = read_level(w->code);
        for (int y = 0; y < out->side; y++)
            for (int x = 0; x < out->side; x++)
                if (qrcodegen_getModule(w->code, x, y)) {
                    unsigned bit = (unsigned)(y * out->side + x);
                    out->dark[bit / 8] |= (unsigned char)(1U << bit % 8);
                }
    }
    free(w);
    return fits ? GARITA_OK : GARITA_E_TOO_LONG;
}

bool garita_qr_dark(const garita_qr *qr, int x, int y)
{
    if (x < 0 || y < 0 || x >= qr->side || y >= qr->side)
        return false;
    unsigned bit = (unsigned)(y * qr->side + x);
    return qr->dark[bit / 8] >> bit % 8 & 1;
}
