#include "scan_picture.h"

#include <sodium.h>

#include <garita/text.h>

#include "advice.h"
#include "i18n.h"

bool scan_picture_wants(void *context, const unsigned char *text, size_t len)
{
    (void)context;
    return garita_text_is_ours((const char *)text, len) != 0;
}

bool scan_picture_counts(const garita_qr_texts *texts, const garita_qr_text *text)
{
    bool has_ours = false;

    for (size_t i = 0; i < texts->count && !has_ours; i++)
        has_ours = scan_picture_wants(NULL, texts->text[i].bytes, texts->text[i].len);
    return !has_ours || scan_picture_wants(NULL, text->bytes, text->len);
}

void scan_picture_forget(garita_qr_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        sodium_memzero(texts->text[i].bytes, texts->text[i].len);
    garita_qr_texts_free(texts);
}

static exit_status status_of(garita_picture_error error)
{
    return error == GARITA_PICTURE_NO_MEMORY || error == GARITA_PICTURE_NO_SANDBOX ? EXIT_IO
                                                                                   : EXIT_BAD_INPUT;
}

static bool pile_codes(struct scan_pile *pile, const char *source, const garita_qr_texts *texts)
{
    bool is_written = true;

    for (size_t i = 0; i < texts->count && is_written; i++) {
        const garita_qr_text *text = &texts->text[i];
        if (scan_picture_counts(texts, text))
            is_written = scan_pile_add(pile, &(struct code){.kind = CODE_TEXT,
                                                            .origin = {source, 0},
                                                            .at = (const char *)text->bytes,
                                                            .len = text->len});
    }
    return is_written;
}

bool scan_picture(struct scan_pile *pile, const char *source, const uint8_t *bytes, size_t len)
{
    const garita_picture_options options = {.wanted = scan_picture_wants};
    garita_qr_texts texts = {0};
    bool is_written;

    garita_picture_error error = garita_picture_read(&texts, bytes, len, &options);
    if (error == GARITA_PICTURE_OK) {
        is_written = pile_codes(pile, source, &texts);
    } else {
        const char *hint = error == GARITA_PICTURE_NO_QR ? advice_do(GARITA_REASON_NO_QR) : NULL;
        is_written = scan_pile_fail(
            pile,
            &(struct failure){status_of(error), garita_picture_error_name(error), source, 0, hint},
            _(garita_picture_error_text(error)));
    }
    scan_picture_forget(&texts);
    return is_written;
}
