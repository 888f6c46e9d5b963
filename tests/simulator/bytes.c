#include "bytes.h"

#include <stdlib.h>
#include <string.h>

#include "world.h"

void bytes_add(struct bytes *bytes, const uint8_t *from, size_t len)
{
    if (len > bytes->cap - bytes->len) {
        size_t cap = bytes->cap < 64 ? 64 : bytes->cap * 2;
        while (cap - bytes->len < len)
            cap *= 2;
        bytes->at = realloc(bytes->at, cap);
        WORLD_REQUIRE(bytes->at != NULL);
        bytes->cap = cap;
    }
    if (len > 0)
        memcpy(bytes->at + bytes->len, from, len);
    bytes->len += len;
}

void bytes_free(struct bytes *bytes)
{
    free(bytes->at);
    *bytes = (struct bytes){0};
}

bool bytes_sink(void *bytes, const uint8_t *from, size_t len)
{
    bytes_add(bytes, from, len);
    return true;
}

void bytes_add_statement(struct bytes *bytes, garita_bytes statement)
{
    garita_message message = {.kind = GARITA_MESSAGE_STATEMENT, .bytes = statement};

    WORLD_REQUIRE(garita_bundle_write(bytes_sink, bytes, &message));
}
