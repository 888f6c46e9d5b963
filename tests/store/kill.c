/* kill.c: preloaded into a program, ends it with SIGKILL just before the n-th call by which it changes
 * something on disk, as kill -9 would. GARITA_KILL_AT=n chooses the call, from 1. With
 * GARITA_KILL_COUNT=FILE the program lives, and the number of such calls is written to FILE when it
 * ends.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned long calls;

/* Standard streams do not count: they are no state. */
static int counts(int fd)
{
    return fd > STDERR_FILENO;
}

static void before(void)
{
    const char *at = getenv("GARITA_KILL_AT");

    calls++;
    if (at != NULL && calls == strtoul(at, NULL, 10))
        kill(getpid(), SIGKILL);
}

__attribute__((destructor)) static void write_count(void)
{
    const char *path = getenv("GARITA_KILL_COUNT");
    FILE *file = path != NULL ? fopen(path, "w") : NULL;

    if (file == NULL)
        return;
    fprintf(file, "%lu\n", calls);
    fclose(file);
}

/* The function of this name behind ours. A pointer to it is stored through a pointer to an object,
 * as POSIX says dlsym is used. */
#define NEXT(result, name, ...)                                                                    \
    static result (*next)(__VA_ARGS__);                                                            \
    if (next == NULL)                                                                              \
        *(void **)(&next) = dlsym(RTLD_NEXT, #name)

/* name(arguments) of a descriptor, or of paths, which always count. */
#define WRAP(result, name, count, parameters, arguments, ...)                                      \
    result name parameters;                                                                        \
    result name parameters                                                                         \
    {                                                                                              \
        NEXT(result, name, __VA_ARGS__);                                                           \
        if (count)                                                                                 \
            before();                                                                              \
        return next arguments;                                                                     \
    }

WRAP(ssize_t, write, counts(fd), (int fd, const void *bytes, size_t len), (fd, bytes, len), int,
     const void *, size_t)
WRAP(ssize_t, pwrite, counts(fd), (int fd, const void *bytes, size_t len, off_t at),
     (fd, bytes, len, at), int, const void *, size_t, off_t)
WRAP(ssize_t, pwrite64, counts(fd), (int fd, const void *bytes, size_t len, off64_t at),
     (fd, bytes, len, at), int, const void *, size_t, off64_t)
WRAP(int, fsync, counts(fd), (int fd), (fd), int)
WRAP(int, fdatasync, counts(fd), (int fd), (fd), int)
WRAP(int, ftruncate, counts(fd), (int fd, off_t len), (fd, len), int, off_t)
WRAP(int, ftruncate64, counts(fd), (int fd, off64_t len), (fd, len), int, off64_t)
WRAP(int, unlink, 1, (const char *path), (path), const char *)
WRAP(int, unlinkat, 1, (int at, const char *path, int flags), (at, path, flags), int, const char *,
     int)
WRAP(int, mkdir, 1, (const char *path, mode_t mode), (path, mode), const char *, mode_t)
WRAP(int, linkat, 1, (int from_at, const char *from, int to_at, const char *to, int flags),
     (from_at, from, to_at, to, flags), int, const char *, int, const char *, int)
WRAP(int, renameat2, 1,
     (int from_at, const char *from, int to_at, const char *to, unsigned flags),
     (from_at, from, to_at, to, flags), int, const char *, int, const char *, unsigned)
