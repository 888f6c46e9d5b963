#include "artifact.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <garita/base45.h>
#include <garita/text.h>

#include "i18n.h"
#include "report.h"

static const struct {
    const char *name;
    output_kind kind;
} formats[] = {
    [ARTIFACT_BIN] = {"bin", OUTPUT_BINARY},
    [ARTIFACT_TXT] = {"txt", OUTPUT_TEXT},
    [ARTIFACT_PNG] = {"png", OUTPUT_BINARY},
    [ARTIFACT_SVG] = {"svg", OUTPUT_TEXT},
};
enum { FORMAT_COUNT = sizeof formats / sizeof formats[0] };

bool artifact_format_by_name(artifact_format *out, const char *name)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        if (strcasecmp(formats[i].name, name) == 0) {
            *out = (artifact_format)i;
            return true;
        }
    }
    return false;
}

const char *artifact_format_name(artifact_format format)
{
    return formats[format].name;
}

bool artifact_format_of_path(artifact_format *out, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');

    if (strcmp(path, "-") == 0) {
        *out = ARTIFACT_TXT;
        return true;
    }
    return dot != NULL && artifact_format_by_name(out, dot + 1);
}

output_kind artifact_kind(artifact_format format)
{
    return formats[format].kind;
}

exit_status artifact_read_ecc(const struct context *context, garita_qr_ecc *out, const char *text)
{
    static const struct {
        const char *name;
        garita_qr_ecc ecc;
    } levels[] = {{"L", GARITA_QR_ECC_L},
                  {"M", GARITA_QR_ECC_M},
                  {"Q", GARITA_QR_ECC_Q},
                  {"H", GARITA_QR_ECC_H}};

    *out = GARITA_QR_ECC_M;
    if (text == NULL)
        return EXIT_DONE;
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (strcasecmp(levels[i].name, text) == 0) {
            *out = levels[i].ecc;
            return EXIT_DONE;
        }
    }
    return report_failure(context,
                          &(struct failure){EXIT_USAGE, "usage", NULL, 0,
                                            _("L, M, Q or H: 7, 15, 25 or 30 % of the code may be "
                                              "damaged")},
                          _("--ecc: there is no level \"%s\""), text);
}

/* --- making --- */

garita_error artifact_text(struct buffer *out, const uint8_t *bytes, size_t bytes_len)
{
    size_t cap = strlen(GARITA_TEXT_PREFIX) + garita_base45_encoded_len(bytes_len);
    size_t len = 0;

    buffer_clear(out);
    if (!buffer_reserve(out, cap))
        return GARITA_E_NO_MEMORY;
    garita_error error = garita_text_encode(out->at, &len, cap, bytes, bytes_len);
    out->len = len;
    return error;
}

static int write_to_buffer(void *context, const void *bytes, size_t len)
{
    struct buffer *out = context;

    buffer_add(out, bytes, len);
    return out->failed ? -1 : 0;
}

/* A drawing is stopped by its writer only, and ours stops only without memory. */
static garita_error stopped(garita_error error)
{
    return error == GARITA_E_NO_SPACE ? GARITA_E_NO_MEMORY : error;
}

static garita_error draw(struct buffer *out, const garita_qr *qr,
                         const struct artifact_style *style)
{
    buffer_clear(out);
    return stopped(style->format == ARTIFACT_PNG
                       ? garita_qr_png(qr, style->scale, write_to_buffer, out)
                       : garita_qr_svg(qr, write_to_buffer, out));
}

garita_error artifact_make(struct buffer *out, int *qr_version, const struct artifact_style *style,
                           const uint8_t *bytes, size_t bytes_len)
{
    bool is_drawn = style->format == ARTIFACT_PNG || style->format == ARTIFACT_SVG;
    garita_qr *qr = NULL;
    garita_error error = artifact_text(out, bytes, bytes_len);

    if (error == GARITA_OK && (is_drawn || qr_version != NULL)) {
        qr = malloc(sizeof *qr);
        error =
            qr != NULL ? garita_qr_encode(qr, out->at, out->len, style->ecc) : GARITA_E_NO_MEMORY;
    }
    if (error == GARITA_OK && qr_version != NULL)
        *qr_version = qr->version;
    if (error == GARITA_OK && is_drawn)
        error = draw(out, qr, style);
    free(qr);
    if (error != GARITA_OK)
        return error;

    if (style->format == ARTIFACT_TXT)
        buffer_add_char(out, '\n');
    if (style->format == ARTIFACT_BIN) {
        buffer_clear(out);
        buffer_add(out, bytes, bytes_len);
    }
    return out->failed ? GARITA_E_NO_MEMORY : GARITA_OK;
}

garita_error artifact_terminal(struct buffer *out, int *qr_version, garita_qr_ecc ecc, bool color,
                               const uint8_t *bytes, size_t bytes_len)
{
    garita_qr *qr = malloc(sizeof *qr);
    garita_error error = qr != NULL ? artifact_text(out, bytes, bytes_len) : GARITA_E_NO_MEMORY;

    if (error == GARITA_OK)
        error = garita_qr_encode(qr, out->at, out->len, ecc);
    if (error == GARITA_OK) {
        *qr_version = qr->version;
        buffer_clear(out);
        error = stopped(garita_qr_terminal(qr, color, write_to_buffer, out));
    }
    free(qr);
    return error;
}
