/* node/log.h: what garitad says while it runs: on standard error, one line an event,
 *
 *   2026-01-01T08:00:00Z info link-up node=3f… name="San Ysidro 1" address=127.0.0.1:7701
 *
 * Under systemd, which has its own clock and levels, a line begins with <N> in place of time and
 * level. A line is one write, from whatever thread.
 */
#ifndef GARITA_NODE_LOG_H
#define GARITA_NODE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO };

struct log_field {
    const char *key; /* null ends a list */
    enum { LOG_KIND_TEXT, LOG_KIND_NUMBER, LOG_KIND_COUNT, LOG_KIND_KEY } kind;
    const char *text;         /* null: the field is left out. Quoted and escaped where it must be */
    int64_t number;           /* a count of 0 is left out */
    const uint8_t *key_bytes; /* 32 of them, shown as hexadecimal digits; null: left out */
};

/* clang-format off */
#define LOG_TEXT(name, value)   {.key = (name), .kind = LOG_KIND_TEXT, .text = (value)}
#define LOG_NUMBER(name, value) {.key = (name), .kind = LOG_KIND_NUMBER, .number = (int64_t)(value)}
#define LOG_KEY(name, value)    {.key = (name), .kind = LOG_KIND_KEY, .key_bytes = (value)}
#define LOG_COUNT(name, value)  {.key = (name), .kind = LOG_KIND_COUNT, .number = (int64_t)(value)}
/* clang-format on */

/* To be called before the first event: whether standard error is systemd's journal. */
void log_start(void);

#define log_event(level, event, ...)                                                               \
    log_write((level), (event), (const struct log_field[]){__VA_ARGS__, {.key = NULL}})
void log_write(enum log_level level, const char *event, const struct log_field *fields);

/* For events that strangers cause: at most a burst of them, then one a second; the next that is
 * let through says how many were not. Zero it; monotonic time in milliseconds. False: keep quiet.
 */
struct log_limit {
    int64_t filled_ms;
    unsigned spent;
    uint64_t suppressed;
};
bool log_allows(struct log_limit *limit, int64_t now_ms, uint64_t *suppressed);

#endif
