#include "trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void trace_mix(struct trace *trace, uint64_t a, uint64_t b)
{
    uint64_t h = trace->hash;

    h = (h ^ a) * UINT64_C(0x9e3779b97f4a7c15);
    h ^= h >> 32;
    h = (h ^ b) * UINT64_C(0xbf58476d1ce4e5b9);
    trace->hash = h ^ h >> 29;
}

void trace_mix_bytes(struct trace *trace, const uint8_t *bytes, size_t len)
{
    uint64_t word = 0;

    for (size_t i = 0; i < len; i += sizeof word) {
        size_t n = len - i < sizeof word ? len - i : sizeof word;
        word = 0;
        memcpy(&word, bytes + i, n);
        trace_mix(trace, word, len);
    }
}

void trace_line(struct trace *trace, int64_t at, const char *format, ...)
{
    char *line = trace->lines[trace->next];
    va_list arguments;

    int used = snprintf(line, TRACE_LINE, "%12.6f ", (double)at / 1e6);
    va_start(arguments, format);
    vsnprintf(line + used, (size_t)(TRACE_LINE - used), format, arguments);
    va_end(arguments);
    trace_mix_bytes(trace, (const uint8_t *)line, strlen(line));
    trace->next = (trace->next + 1) % TRACE_LINES;
    trace->count++;
    if (trace->is_loud)
        puts(line);
}

void trace_show(const struct trace *trace)
{
    size_t kept = trace->count < TRACE_LINES ? (size_t)trace->count : TRACE_LINES;

    fprintf(stderr, "the last %zu of %llu lines:\n", kept, (unsigned long long)trace->count);
    for (size_t i = 0; i < kept; i++)
        fprintf(stderr, "%s\n", trace->lines[(trace->next + TRACE_LINES - kept + i) % TRACE_LINES]);
}
