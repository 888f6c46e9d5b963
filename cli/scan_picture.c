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

static size_t count_of(const garita_qr_texts *texts)
{
    size_t count = 0;

    for (size_t i = 0; i < texts->count; i++)
        count += scan_picture_counts(texts, &texts->text[i]) ? 1 : 0;
    return count;
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

static void show_codes(struct outlet *outlet, const struct scan *scan, struct origin origin,
                       const garita_qr_texts *texts)
{
    enum scan_style style = scan_style_for(scan, count_of(texts));

    scan_refresh(scan);
    for (size_t i = 0; i < texts->count; i++) {
        const garita_qr_text *text = &texts->text[i];
        if (scan_picture_counts(texts, text))
            scan_text(outlet, scan, origin, style, (const char *)text->bytes, text->len);
    }
    if (scan->is_alone)
        scan_summary(outlet, scan, &outlet->tally);
}

void scan_picture(struct outlet *outlet, const struct scan *scan, struct origin origin,
                  const uint8_t *bytes, size_t len)
{
    const garita_picture_options options = {.wanted = scan_picture_wants};
    garita_qr_texts texts = {0};

    garita_picture_error error = garita_picture_read(&texts, bytes, len, &options);
    if (error == GARITA_PICTURE_OK) {
        show_codes(outlet, scan, origin, &texts);
    } else {
        const char *hint = error == GARITA_PICTURE_NO_QR ? advice_do(GARITA_REASON_NO_QR) : NULL;
        scan_failure(outlet, scan,
                     &(struct failure){status_of(error), garita_picture_error_name(error),
                                       origin.source, origin.line, hint},
                     _(garita_picture_error_text(error)));
    }
    scan_picture_forget(&texts);
}
