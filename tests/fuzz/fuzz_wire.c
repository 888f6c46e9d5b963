/* What the parent reads from the process that decodes pictures, which an attacker may have taken. The
 * first byte says in what pieces the stream arrives.
 */
#include "fuzz.h"

#include "qr/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct wire_reader r;
    garita_qr_texts texts = { 0 };
    if (size == 0)
        return 0;
    size_t piece = 1 + (size_t)data[0] * 32;
    data++;
    size--;
    memset(&r, 0, sizeof r);
    while (size > 0 && r.state == WIRE_MORE) {
        unsigned char *where;
        size_t room = wire_room(&r, &where), len = piece;
        WORLD_REQUIRE(room > 0);
        WORLD_REQUIRE(where >= r.frame && where + room <= r.frame + sizeof r.frame);
        if (len > room)
            len = room;
        if (len > size)
            len = size;
        memcpy(where, data, len);
        data += len;
        size -= len;
        wire_take(&r, len, &texts);
    }
    WORLD_REQUIRE(texts.count <= GARITA_QR_TEXTS_MAX);
    for (size_t i = 0; i < texts.count; i++) {
        WORLD_REQUIRE(texts.text[i].len >= 1 && texts.text[i].len <= GARITA_QR_TEXT_BYTES_MAX);
        WORLD_REQUIRE(texts.text[i].bytes[texts.text[i].len] == 0);
        for (size_t k = 0; k < i; k++)
            WORLD_REQUIRE(texts.text[i].len != texts.text[k].len ||
                          memcmp(texts.text[i].bytes, texts.text[k].bytes, texts.text[i].len) != 0);
    }
    /* What only the parent can know, the child cannot make it say. */
    if (r.state == WIRE_ENDED)
        WORLD_REQUIRE(r.end != GARITA_PICTURE_CRASHED && r.end != GARITA_PICTURE_NOT_A_PICTURE);
    for (size_t i = 0; i < texts.count; i++)
        free(texts.text[i].bytes);
    return 0;
}
