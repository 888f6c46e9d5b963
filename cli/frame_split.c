#include "frame_split.h"

#include <string.h>

static uint32_t read_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static const uint8_t png_signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
static const uint8_t jpeg_signature[3] = {0xff, 0xd8, 0xff};

/* A chunk is its length, its type, so many bytes, and a checksum. */
static enum frame_state split_png(size_t *frame_len, const uint8_t *bytes, size_t len)
{
    enum { CHUNK_FRAME = 12 };
    size_t at = sizeof png_signature;

    while (len - at >= CHUNK_FRAME) {
        size_t data_len = read_u32(bytes + at);
        if (data_len > 0x7fffffff) /* 5.3 allows no more */
            return FRAME_FOREIGN;
        if (data_len > len - at - CHUNK_FRAME)
            return FRAME_BEGUN;
        int is_end = memcmp(bytes + at + 4, "IEND", 4) == 0;
        at += CHUNK_FRAME + data_len;
        if (is_end) {
            *frame_len = at;
            return FRAME_WHOLE;
        }
    }
    return FRAME_BEGUN;
}

enum {
    MARKER_RST0 = 0xd0,
    MARKER_RST7 = 0xd7,
    MARKER_EOI = 0xd9,
    MARKER_SOS = 0xda,
    MARKER_TEM = 0x01,
    MARKER_FILL = 0xff
};

/* The compressed data behind a scan's header end at the first marker that is no restart; in them
 * 0xff is followed by 0. Returns where that marker is, or len. */
static size_t skip_scan(const uint8_t *bytes, size_t at, size_t len)
{
    while (at + 1 < len) {
        const uint8_t *found = memchr(bytes + at, 0xff, len - at - 1);
        if (found == NULL)
            return len;
        at = (size_t)(found - bytes);
        uint8_t next = bytes[at + 1];
        if (next != 0 && next != MARKER_FILL && !(next >= MARKER_RST0 && next <= MARKER_RST7))
            return at;
        at += next == MARKER_FILL ? 1 : 2;
    }
    return len;
}

static enum frame_state split_jpeg(size_t *frame_len, const uint8_t *bytes, size_t len)
{
    size_t at = 2;

    while (len - at >= 2) {
        uint8_t marker = bytes[at + 1];
        if (bytes[at] != 0xff)
            return FRAME_FOREIGN;
        if (marker == MARKER_FILL) {
            at++;
            continue;
        }
        at += 2;
        if (marker == MARKER_EOI) {
            *frame_len = at;
            return FRAME_WHOLE;
        }
        if (marker == MARKER_TEM || (marker >= MARKER_RST0 && marker <= MARKER_RST7))
            continue;
        if (len - at < 2)
            return FRAME_BEGUN;
        size_t segment_len = (size_t)bytes[at] << 8 | bytes[at + 1]; /* its own two bytes too */
        if (segment_len < 2)
            return FRAME_FOREIGN;
        if (segment_len > len - at)
            return FRAME_BEGUN;
        at += segment_len;
        if (marker == MARKER_SOS)
            at = skip_scan(bytes, at, len);
    }
    return FRAME_BEGUN;
}

static int begins_like(const uint8_t *bytes, size_t len, const uint8_t *signature,
                       size_t signature_len)
{
    return memcmp(bytes, signature, len < signature_len ? len : signature_len) == 0;
}

enum frame_state frame_split(size_t *frame_len, const uint8_t *bytes, size_t len)
{
    if (len == 0)
        return FRAME_BEGUN;
    if (begins_like(bytes, len, png_signature, sizeof png_signature))
        return len < sizeof png_signature ? FRAME_BEGUN : split_png(frame_len, bytes, len);
    if (begins_like(bytes, len, jpeg_signature, sizeof jpeg_signature))
        return len < sizeof jpeg_signature ? FRAME_BEGUN : split_jpeg(frame_len, bytes, len);
    return FRAME_FOREIGN;
}
