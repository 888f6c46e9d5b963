#include "generation.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "internal.h"

#define FILE_BEGINS "garita-generation "

enum {
    ID_DIGITS = 2 * GARITA_HOME_ID_SIZE,
    NAME_SIZE = ID_DIGITS + sizeof ".generation.new",
    LINE_SIZE = sizeof FILE_BEGINS + 2 * 20 + 2,
    LOCK_POLL_MS = 10
};

struct generation_lock {
    int folder;
    int fd;
    char name[NAME_SIZE];  /* of the counter's file */
    char draft[NAME_SIZE]; /* of the next one, until it takes that name */
    const char *state;     /* for messages; the caller's */
};

static void make_name(char out[NAME_SIZE], const uint8_t id[GARITA_HOME_ID_SIZE],
                      const char *suffix)
{
    for (size_t i = 0; i < GARITA_HOME_ID_SIZE; i++)
        snprintf(out + 2 * i, 3, "%02x", id[i]);
    snprintf(out + ID_DIGITS, NAME_SIZE - ID_DIGITS, "%s", suffix);
}

/* The system's words come first: of a long path the end may be cut off. */
static garita_store_error failed(char *detail, int number, const char *state, const char *name)
{
    snprintf(detail, GARITA_STORE_DETAIL_SIZE, "%s: %s/%s", strerror(number), state, name);
    return number == ENOMEM ? GARITA_STORE_NO_MEMORY : GARITA_STORE_COUNTER;
}

/* --- the lock --- */

/* Returns 0 or an errno; EWOULDBLOCK after too long. */
static int take_lock(int fd)
{
    const struct timespec pause = {0, LOCK_POLL_MS * 1000000L};

    for (int waited_ms = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; waited_ms += LOCK_POLL_MS) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return errno;
        if (waited_ms >= STORE_BUSY_TIMEOUT_MS)
            return EWOULDBLOCK;
        nanosleep(&pause, NULL);
    }
    return 0;
}

garita_store_error generation_lock(struct generation_lock **out, char *detail, const char *state,
                                   const uint8_t home_id[GARITA_HOME_ID_SIZE])
{
    char name[NAME_SIZE];
    char words[GARITA_STORE_DETAIL_SIZE];

    *out = NULL;
    if (store_make_directories(words, state) != GARITA_STORE_OK) {
        snprintf(detail, GARITA_STORE_DETAIL_SIZE, "%.100s: %.150s", words, state);
        return GARITA_STORE_COUNTER;
    }
    struct generation_lock *lock = calloc(1, sizeof *lock);
    if (lock == NULL)
        return GARITA_STORE_NO_MEMORY;
    lock->state = state;
    lock->fd = -1;
    make_name(lock->name, home_id, ".generation");
    make_name(lock->draft, home_id, ".generation.new");
    make_name(name, home_id, ".lock");

    lock->folder = open(state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock->folder >= 0)
        lock->fd = openat(lock->folder, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    int number = lock->fd >= 0 ? take_lock(lock->fd) : errno;
    if (number != 0) {
        generation_unlock(lock);
        garita_store_error error = failed(detail, number, state, name);
        return number == EWOULDBLOCK ? GARITA_STORE_LOCKED : error;
    }
    *out = lock;
    return GARITA_STORE_OK;
}

void generation_unlock(struct generation_lock *lock)
{
    if (lock == NULL)
        return;
    if (lock->fd >= 0)
        close(lock->fd);
    if (lock->folder >= 0)
        close(lock->folder);
    free(lock);
}

/* --- the file --- */

static int write_line(char out[LINE_SIZE], int64_t done, int64_t next)
{
    return snprintf(out, LINE_SIZE, FILE_BEGINS "%" PRId64 " %" PRId64 "\n", done, next);
}

/* Takes what generation_write writes, and nothing else. */
static bool parse(struct generation *out, const char *line, size_t line_len)
{
    char again[LINE_SIZE];

    if (sscanf(line, FILE_BEGINS "%19" SCNd64 " %19" SCNd64, &out->done, &out->next) != 2 ||
        out->done < 0 || out->next < out->done || out->next > GENERATION_MAX)
        return false;
    int len = write_line(again, out->done, out->next);
    return (size_t)len == line_len && memcmp(again, line, line_len) == 0;
}

/* Reads at most cap bytes; -1 and errno on failure. */
static ssize_t read_up_to(int fd, char *out, size_t cap)
{
    size_t len = 0;
    ssize_t got = 1;

    while (len < cap && got != 0) {
        got = read(fd, out + len, cap - len);
        if (got < 0 && errno != EINTR)
            return -1;
        len += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)len;
}

garita_store_error generation_read(struct generation *out, char *detail, const char *state,
                                   const uint8_t home_id[GARITA_HOME_ID_SIZE])
{
    char name[NAME_SIZE];
    char path[PATH_MAX];
    char line[LINE_SIZE + 1];

    *out = (struct generation){.kind = GENERATION_ABSENT};
    make_name(name, home_id, ".generation");
    int path_len = snprintf(path, sizeof path, "%s/%s", state, name);
    if (path_len < 0 || path_len >= (int)sizeof path)
        return failed(detail, ENAMETOOLONG, state, name);
    /* A pipe in its place does not hold anybody up. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && errno == ENOENT)
        return GARITA_STORE_OK;
    if (fd < 0 && errno != ELOOP)
        return failed(detail, errno, state, name);

    ssize_t len = fd >= 0 ? read_up_to(fd, line, LINE_SIZE) : 0;
    int number = errno;
    if (fd >= 0)
        close(fd);
    if (len < 0 && number != EISDIR)
        return failed(detail, number, state, name);
    line[len > 0 ? len : 0] = '\0';
    out->kind = len > 0 && parse(out, line, (size_t)len) ? GENERATION_SOUND : GENERATION_GARBLED;
    return GARITA_STORE_OK;
}

/* Returns 0 or an errno. */
static int write_whole(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t written = write(fd, bytes, len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return errno;
        bytes += written;
        len -= (size_t)written;
    }
    return fsync(fd) == 0 ? 0 : errno;
}

garita_store_error generation_write(const struct generation_lock *lock, char *detail, int64_t done,
                                    int64_t next)
{
    char line[LINE_SIZE];
    int len = write_line(line, done, next);
    int fd = openat(lock->folder, lock->draft,
                    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    int number = fd >= 0 ? write_whole(fd, line, (size_t)len) : errno;

    if (fd >= 0 && close(fd) != 0 && number == 0)
        number = errno;
    if (number == 0 && renameat(lock->folder, lock->draft, lock->folder, lock->name) != 0)
        number = errno;
    /* The name must reach the disk too, before anything depends on it. */
    if (number == 0 && fsync(lock->folder) != 0 && errno != EINVAL)
        number = errno;
    if (number == 0)
        return GARITA_STORE_OK;
    unlinkat(lock->folder, lock->draft, 0);
    return failed(detail, number, lock->state, lock->name);
}
