#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include <garita/date.h>

/* Longer than any line of ours; what strangers made longer is cut. */
enum { LINE_MAX_BYTES = 2048, VALUE_MAX_BYTES = 512, BURST = 20 };

static bool is_journal;

/* JOURNAL_STREAM names the device and inode of the stream that systemd gave us: somebody may have
 * redirected standard error since. */
void log_start(void)
{
    const char *named = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat stream;

    is_journal = named != NULL && sscanf(named, "%llu:%llu", &device, &inode) == 2 &&
                 fstat(STDERR_FILENO, &stream) == 0 && stream.st_dev == device &&
                 stream.st_ino == inode;
}

struct line {
    size_t len;
    char at[LINE_MAX_BYTES];
};

/* One byte always stays free for the line feed. */
static void add(struct line *line, const char *text, size_t len)
{
    size_t room = sizeof line->at - 1 - line->len;

    if (len > room)
        len = room;
    memcpy(line->at + line->len, text, len);
    line->len += len;
}

static void add_text(struct line *line, const char *text)
{
    add(line, text, strlen(text));
}

static bool is_plain(const char *text)
{
    if (text[0] == '\0')
        return false;
    for (const char *at = text; *at != '\0'; at++)
        if ((unsigned char)*at <= ' ' || *at == '"' || *at == '\\' || *at == '=' || *at == 0x7f)
            return false;
    return true;
}

static void add_value(struct line *line, const char *text)
{
    size_t len = strnlen(text, VALUE_MAX_BYTES);

    if (is_plain(text)) {
        add(line, text, len);
        return;
    }
    add_text(line, "\"");
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        char escaped[5];
        if (c == '"' || c == '\\') {
            const char pair[2] = {'\\', (char)c};
            add(line, pair, 2);
        } else if (c < ' ' || c == 0x7f) {
            snprintf(escaped, sizeof escaped, "\\x%02x", c);
            add_text(line, escaped);
        } else {
            add(line, &text[i], 1);
        }
    }
    add_text(line, "\"");
}

static void add_start(struct line *line, enum log_level level)
{
    static const char *const names[] = {"error", "warning", "info"};
    static const char *const priorities[] = {"<3>", "<4>", "<6>"}; /* as of syslog */
    char moment[GARITA_MOMENT_TEXT_SIZE];
    time_t now = time(NULL);

    if (is_journal) {
        add_text(line, priorities[level]);
        return;
    }
    garita_moment_format(moment, now > 0 ? (int64_t)now : 0);
    add_text(line, moment);
    add_text(line, " ");
    add_text(line, names[level]);
    add_text(line, " ");
}

static void add_field(struct line *line, const struct log_field *field)
{
    char text[2 * 32 + 1];
    const char *value = text;

    switch (field->kind) {
    case LOG_KIND_TEXT:
        value = field->text;
        break;
    case LOG_KIND_COUNT:
    case LOG_KIND_NUMBER:
        if (field->kind == LOG_KIND_COUNT && field->number == 0)
            return;
        snprintf(text, sizeof text, "%lld", (long long)field->number);
        break;
    case LOG_KIND_KEY:
        if (field->key_bytes == NULL)
            return;
        sodium_bin2hex(text, sizeof text, field->key_bytes, 32);
        break;
    }
    if (value == NULL)
        return;
    add_text(line, " ");
    add_text(line, field->key);
    add_text(line, "=");
    add_value(line, value);
}

void log_write(enum log_level level, const char *event, const struct log_field *fields)
{
    struct line line = {0};
    ssize_t written;

    add_start(&line, level);
    add_text(&line, event);
    for (const struct log_field *field = fields; field->key != NULL; field++)
        add_field(&line, field);
    line.at[line.len++] = '\n';
    do
        written = write(STDERR_FILENO, line.at, line.len);
    while (written < 0 && errno == EINTR);
    /* A log that cannot be written is no reason to stop carrying revocations. */
}

bool log_allows(struct log_limit *limit, int64_t now_ms, uint64_t *suppressed)
{
    int64_t seconds = (now_ms - limit->filled_ms) / 1000;

    if (seconds > 0) {
        limit->spent = seconds < (int64_t)limit->spent ? limit->spent - (unsigned)seconds : 0;
        limit->filled_ms += seconds * 1000;
    }
    if (limit->spent >= BURST) {
        limit->suppressed++;
        return false;
    }
    limit->spent++;
    *suppressed = limit->suppressed;
    limit->suppressed = 0;
    return true;
}
