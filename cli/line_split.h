/* cli/line_split.h: from bytes as they arrive to lines, in bounded memory.
 *
 * A line ends with LF, CR LF, or CR (which handheld scanners on a serial line send); nothing else
 * is stripped but a byte order mark before the first. Empty lines are counted and left out. Of a line longer than LINE_BYTES_MAX only so
 * much is kept: no QR code holds more, and every text of ours that is longer is too long anyway.
 */
#ifndef GARITA_CLI_LINE_SPLIT_H
#define GARITA_CLI_LINE_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* QR version 40-L holds 7,089 digits. */
#define LINE_BYTES_MAX 8192
/* Lines handed on at once: enough work to share among threads. */
#define LINES_MAX 1024

struct line {
    const char *at;
    size_t len;      /* at least 1 */
    uint64_t number; /* from 1 */
};

/* All zero before the first byte. */
struct line_split {
    uint64_t number;   /* lines that have begun and ended */
    bool is_after_cr;  /* an LF that comes now belongs to the CR before */
    bool carry_is_out; /* the carried line was handed on and is to be forgotten */
    size_t carry_len;
    char carry[LINE_BYTES_MAX]; /* the beginning of a line whose end has not come */
    size_t count;
    struct line lines[LINES_MAX];
};

/* Fills split->lines with the next lines of bytes, and returns how many bytes that took. Call it
 * until all are taken; after each call split->count lines stand there, until the next call. */
size_t line_split_take(struct line_split *split, const char *bytes, size_t len);

/* After the last byte: a last line without an ending, if there is one. */
void line_split_end(struct line_split *split);

#endif
