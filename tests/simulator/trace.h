/* trace.h: what happened: a hash over all of it, the last of it readable, and counts of what was
 * injected.
 */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TRACE_LINES = 256, TRACE_LINE = 200 };

struct trace {
    uint64_t hash;
    bool is_loud; /* every line goes to standard output too */
    size_t next;  /* of lines, a ring */
    uint64_t count;
    char lines[TRACE_LINES][TRACE_LINE];
};

/* Mixes numbers into the hash: for what is too frequent for a line. */
void trace_mix(struct trace *trace, uint64_t a, uint64_t b);
void trace_mix_bytes(struct trace *trace, const uint8_t *bytes, size_t len);

/* A line, with the virtual time in microseconds in front; goes into the hash. */
void trace_line(struct trace *trace, int64_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The last lines, to standard error. */
void trace_show(const struct trace *trace);

#endif
