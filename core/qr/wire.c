#include "wire.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool write_all(int fd, const unsigned char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t done = write(fd, bytes, len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        bytes += done;
        len -= (size_t)done;
    }
    return true;
}

bool wire_send(int fd, int kind, const void *bytes, size_t len)
{
    unsigned char header[WIRE_HEADER] = {(unsigned char)kind, (unsigned char)(len >> 24),
                                         (unsigned char)(len >> 16), (unsigned char)(len >> 8),
                                         (unsigned char)len};
    return write_all(fd, header, sizeof header) && write_all(fd, bytes, len);
}

static size_t payload_len(const struct wire_reader *r)
{
    const unsigned char *f = r->frame;
    return (size_t)f[1] << 24 | (size_t)f[2] << 16 | (size_t)f[3] << 8 | f[4];
}

size_t wire_room(struct wire_reader *r, unsigned char **where)
{
    *where = r->frame + r->used;
    size_t end = r->used < WIRE_HEADER ? WIRE_HEADER : WIRE_HEADER + payload_len(r);
    return end - r->used;
}

static bool is_header_allowed(const struct wire_reader *r, const garita_qr_texts *out)
{
    size_t len = payload_len(r);
    if (r->frame[0] == WIRE_TEXT)
        return len >= 1 && len <= GARITA_QR_TEXT_BYTES_MAX && out->count < GARITA_QR_TEXTS_MAX;
    return r->frame[0] == WIRE_END && len == 1;
}

static void take_text(struct wire_reader *r, garita_qr_texts *out)
{
    const unsigned char *text = r->frame + WIRE_HEADER;
    size_t len = payload_len(r);
    for (size_t i = 0; i < out->count; i++)
        if (out->text[i].len == len && memcmp(out->text[i].bytes, text, len) == 0) {
            r->state = WIRE_BROKEN; /* promised to be distinct */
            return;
        }
    unsigned char *copy = malloc(len + 1);
    if (copy == NULL) {
        r->state = WIRE_BROKEN;
        r->no_memory = true;
        return;
    }
    memcpy(copy, text, len);
    copy[len] = '\0';
    out->text[out->count++] = (garita_qr_text){copy, len};
}

/* What a child may say of itself; timeout and crash are for the parent to see. */
static void take_end(struct wire_reader *r)
{
    switch (r->frame[WIRE_HEADER]) {
    case GARITA_PICTURE_OK:
    case GARITA_PICTURE_NO_QR:
    case GARITA_PICTURE_TOO_LARGE:
    case GARITA_PICTURE_DAMAGED:
    case GARITA_PICTURE_TIMEOUT:
    case GARITA_PICTURE_NO_MEMORY:
    case GARITA_PICTURE_NO_SANDBOX:
        r->end = (garita_picture_error)r->frame[WIRE_HEADER];
        r->state = WIRE_ENDED;
        break;
    default:
        r->state = WIRE_BROKEN;
    }
}

void wire_take(struct wire_reader *r, size_t len, garita_qr_texts *out)
{
    bool had_header = r->used >= WIRE_HEADER;
    r->used += len;
    if (r->used < WIRE_HEADER)
        return;
    if (!had_header) { /* just complete: nothing of the payload has been read yet */
        if (!is_header_allowed(r, out))
            r->state = WIRE_BROKEN;
        return;
    }
    if (r->used < WIRE_HEADER + payload_len(r))
        return;
    if (r->frame[0] == WIRE_TEXT)
        take_text(r, out);
    else
        take_end(r);
    r->used = 0;
}
