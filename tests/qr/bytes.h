/* A growing buffer for what is drawn. */
#ifndef GARITA_TESTS_QR_BYTES_H
#define GARITA_TESTS_QR_BYTES_H

#include <stdlib.h>
#include <string.h>

struct bytes {
    unsigned char *at;
    size_t len;
};

/* A garita_qr_write. */
static inline int bytes_write(void *context, const void *bytes, size_t len)
{
    struct bytes *b = context;
    b->at = realloc(b->at, b->len + len);
    if (b->at == NULL)
        abort();
    memcpy(b->at + b->len, bytes, len);
    b->len += len;
    return 0;
}

static inline void bytes_free(struct bytes *b)
{
    free(b->at);
    b->at = NULL;
    b->len = 0;
}

#endif
