/* The pipe from the child, as an attacker in the child would use it. */
#include "wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

/* Feeds bytes in pieces of at most step; stops where the reader does. */
static struct wire_reader feed(const void *bytes, size_t len, size_t step, garita_qr_texts *out)
{
    struct wire_reader r = {.state = WIRE_MORE};
    const unsigned char *at = bytes;
    memset(out, 0, sizeof *out);
    while (len > 0 && r.state == WIRE_MORE) {
        unsigned char *where;
        size_t piece = wire_room(&r, &where);
        assert_true(piece > 0);
        assert_true(where >= r.frame && where + piece <= r.frame + sizeof r.frame);
        piece = piece < step ? piece : step;
        piece = piece < len ? piece : len;
        memcpy(where, at, piece);
        wire_take(&r, piece, out);
        at += piece;
        len -= piece;
    }
    return r;
}

static void assert_broken(const void *bytes, size_t len)
{
    for (size_t step = 1; step <= len; step++) {
        garita_qr_texts texts;
        struct wire_reader r = feed(bytes, len, step, &texts);
        assert_int_equal(r.state, WIRE_BROKEN);
        assert_false(r.no_memory);
        garita_qr_texts_free(&texts);
    }
}

static void takes_what_send_sends(void **state)
{
    (void)state;
    int ends[2];
    unsigned char stream[64], end = GARITA_PICTURE_OK;
    assert_int_equal(pipe(ends), 0);
    assert_true(wire_send(ends[1], WIRE_TEXT, "one", 3));
    assert_true(wire_send(ends[1], WIRE_TEXT, "o\0e", 3));
    assert_true(wire_send(ends[1], WIRE_END, &end, 1));
    ssize_t len = read(ends[0], stream, sizeof stream);
    assert_int_equal(len, 8 + 8 + 6);
    for (size_t step = 1; step <= (size_t)len; step++) {
        garita_qr_texts texts;
        struct wire_reader r = feed(stream, (size_t)len, step, &texts);
        assert_int_equal(r.state, WIRE_ENDED);
        assert_int_equal(r.end, GARITA_PICTURE_OK);
        assert_int_equal(texts.count, 2);
        assert_memory_equal(texts.text[0].bytes, "one", 4);
        assert_memory_equal(texts.text[1].bytes, "o\0e", 4);
        garita_qr_texts_free(&texts);
    }
    close(ends[0]);
    close(ends[1]);
}

static void refuses_what_no_honest_child_says(void **state)
{
    (void)state;
    assert_broken("X\0\0\0\1a", 6);            /* a kind that is none */
    assert_broken("T\0\0\0\0", 5);             /* an empty text */
    assert_broken("T\0\0\x1b\xb2", 5);         /* 7,090 bytes: one too many */
    assert_broken("T\xff\xff\xff\xff", 5);     /* 4 GiB */
    assert_broken("E\0\0\0\0", 5);             /* an end that says nothing */
    assert_broken("E\0\0\0\2\0\0", 7);         /* an end that says too much */
    assert_broken("E\0\0\0\1\xff", 6);         /* an end that is none */
    assert_broken("T\0\0\0\1aT\0\0\0\1a", 12); /* the same text twice */
    unsigned char crashed[6] = {'E', 0, 0, 0, 1, GARITA_PICTURE_CRASHED};
    assert_broken(crashed, 6); /* the dead do not speak */
}

static void takes_sixteen_texts_and_no_more(void **state)
{
    (void)state;
    unsigned char stream[17 * 6];
    for (unsigned i = 0; i < 17; i++)
        memcpy(stream + (size_t)i * 6, (unsigned char[6]){'T', 0, 0, 0, 1, (unsigned char)i}, 6);
    garita_qr_texts texts;
    struct wire_reader r = feed(stream, 16 * 6, 6, &texts);
    assert_int_equal(r.state, WIRE_MORE);
    assert_int_equal(texts.count, 16);
    garita_qr_texts_free(&texts);
    assert_broken(stream, sizeof stream);
}

static void takes_the_longest_text(void **state)
{
    (void)state;
    static unsigned char stream[WIRE_HEADER + GARITA_QR_TEXT_BYTES_MAX] = "T\0\0\x1b\xb1";
    garita_qr_texts texts;
    struct wire_reader r = feed(stream, sizeof stream, 1000, &texts);
    assert_int_equal(r.state, WIRE_MORE);
    assert_int_equal(texts.count, 1);
    assert_int_equal(texts.text[0].len, GARITA_QR_TEXT_BYTES_MAX);
    garita_qr_texts_free(&texts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_send_sends),
        cmocka_unit_test(refuses_what_no_honest_child_says),
        cmocka_unit_test(takes_sixteen_texts_and_no_more),
        cmocka_unit_test(takes_the_longest_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
