// The shim around ZXing-C++: C in, C out, and no exception through it.
#define ZX_USE_UTF8 // the interface that stays; also silences a pragma message
#include "readers.h"

#include <ReadBarcode.h>

#include <new>

namespace
{

ZXing::DecodeHints make_hints(ZXing::Binarizer binarizer)
{
    // Rotation is for linear codes: the QR detector needs none.
    return ZXing::DecodeHints()
        .setFormats(ZXing::BarcodeFormat::QRCode)
        .setTryHarder(true)
        .setTryRotate(false)
        .setBinarizer(binarizer);
}

bool read(const gray *picture, const ZXing::DecodeHints &hints, reader_found found, void *context)
{
    const ZXing::ImageView view(picture->pixels, picture->width, picture->height,
                                ZXing::ImageFormat::Lum);
    for (const ZXing::Result &result : ZXing::ReadBarcodes(view, hints)) {
        if (!result.isValid() || result.bytes().empty())
            continue;
        point corners[4];
        for (std::size_t i = 0; i < 4; i++)
            corners[i] = {result.position()[i].x + 0.5, result.position()[i].y + 0.5};
        if (!found(context, result.bytes().data(), result.bytes().size(), corners))
            return false;
    }
    return true;
}

bool read_or_false(const gray *picture, const ZXing::DecodeHints &hints, reader_found found,
                   void *context) noexcept
{
    try {
        return read(picture, hints, found, context);
    } catch (const std::bad_alloc &) {
        return false;
    } catch (...) {
        return true; // its own trouble with this picture: nothing found
    }
}

} // namespace

extern "C" bool zxing_read(const gray *picture, reader_kind kind, reader_found found, void *context)
{
    return read_or_false(picture,
                         make_hints(kind == READER_TWO_TONE ? ZXing::Binarizer::FixedThreshold
                                                            : ZXing::Binarizer::LocalAverage),
                         found, context);
}

extern "C" bool zxing_read_drawn(const gray *picture, reader_found found, void *context)
{
    return read_or_false(picture, make_hints(ZXing::Binarizer::FixedThreshold).setIsPure(true),
                         found, context);
}
