/* What the child says to its parent: frames of one kind byte, four bytes of length (big-endian),
 * and so many bytes. First any texts (kind 'T'), then exactly one end (kind 'E', one byte: the
 * garita_picture_error), after which the parent reads no more. */
#ifndef GARITA_QR_WIRE_H
#define GARITA_QR_WIRE_H

#include <garita/picture.h>

enum { WIRE_HEADER = 5, WIRE_TEXT = 'T', WIRE_END = 'E' };

/* Writes one frame to fd. False if it could not. */
bool wire_send(int fd, int kind, const void *bytes, size_t len);

enum wire_state {
    WIRE_MORE,  /* so far so good */
    WIRE_ENDED, /* the end has come */
    WIRE_BROKEN /* not what an honest child says */
};

struct wire_reader {
    enum wire_state state;
    garita_picture_error end; /* once ended */
    bool no_memory;           /* with broken: it was our own lack of memory */
    size_t used;
    unsigned char frame[WIRE_HEADER + GARITA_QR_TEXT_BYTES_MAX]; /* the one that is coming in */
};

/* Room for the next bytes of the stream: where to put them, and how many at most (never 0 while the
 * state is WIRE_MORE). Never asks for more than the current header or frame. */
size_t wire_room(struct wire_reader *r, unsigned char **where);

/* So many bytes have been put there. Complete texts go to out. */
void wire_take(struct wire_reader *r, size_t len, garita_qr_texts *out);

#endif
