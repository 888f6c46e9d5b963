/* faults.c: preloaded into a program, goes wrong at the n-th call by which it changes something on
 * disk. The environment says how, n from 1:
 *
 *   GARITA_KILL_AT=n  the program ends just before it, as by kill -9; one more than there are: at
 *                     the end, when all was said
 *   GARITA_FULL_AT=n  the disk is full: it, and every later call that needs room, gives ENOSPC
 *   GARITA_FAIL_AT=n  the disk fails: it alone gives EIO
 *   GARITA_COUNT=FILE nothing goes wrong, and the number of such calls is written to FILE at the end
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static unsigned long calls;

enum { NO_ROOM_NEEDED, ROOM_NEEDED };

static unsigned long number(const char *name)
{
    const char *text = getenv(name);

    return text != NULL ? strtoul(text, NULL, 10) : 0;
}

/* Counts a call. Returns the errno that it fails with; 0 if it does not. */
static int fault(int need)
{
    unsigned long full_at = number("GARITA_FULL_AT");

    calls++;
    if (calls == number("GARITA_KILL_AT"))
        kill(getpid(), SIGKILL);
    if (calls == number("GARITA_FAIL_AT"))
        return EIO;
    return full_at != 0 && calls >= full_at && need == ROOM_NEEDED ? ENOSPC : 0;
}

/* All was done and said. */
__attribute__((destructor)) static void at_end(void)
{
    if (calls + 1 == number("GARITA_KILL_AT")) {
        fflush(NULL);
        kill(getpid(), SIGKILL);
    }
    const char *path = getenv("GARITA_COUNT");
    FILE *file = path != NULL ? fopen(path, "w") : NULL;

    if (file == NULL)
        return;
    fprintf(file, "%lu\n", calls);
    fclose(file);
}

/* Standard streams do not count: they are no state. */
static int counts(int fd)
{
    return fd > STDERR_FILENO;
}

/* To open a file is to change something where that makes the file or empties it. */
static int takes_mode(int flags)
{
    return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}
static int makes(int at, const char *path, int flags)
{
    if ((flags & O_TRUNC) != 0 || (flags & O_TMPFILE) == O_TMPFILE)
        return 1;
    return (flags & O_CREAT) != 0 && faccessat(at, path, F_OK, AT_SYMLINK_NOFOLLOW) != 0;
}

/* The function of this name behind ours. A pointer to it is stored through a pointer to an object,
 * as POSIX says dlsym is used. */
#define NEXT(result, name, ...)                                                                    \
    static result (*next)(__VA_ARGS__);                                                            \
    if (next == NULL)                                                                              \
        *(void **)(&next) = dlsym(RTLD_NEXT, #name)

#define FAIL_IF(does_count, need)                                                                  \
    do {                                                                                           \
        int error = (does_count) ? fault(need) : 0;                                                \
        if (error != 0) {                                                                          \
            errno = error;                                                                         \
            return -1;                                                                             \
        }                                                                                          \
    } while (0)

/* name(arguments): it counts where does_count is true of the arguments. */
#define WRAP(result, name, does_count, need, parameters, arguments, ...)                           \
    result name parameters;                                                                        \
    result name parameters                                                                         \
    {                                                                                              \
        NEXT(result, name, __VA_ARGS__);                                                           \
        FAIL_IF(does_count, need);                                                                 \
        return next arguments;                                                                     \
    }

WRAP(ssize_t, write, counts(fd), ROOM_NEEDED, (int fd, const void *bytes, size_t len),
     (fd, bytes, len), int, const void *, size_t)
WRAP(ssize_t, writev, counts(fd), ROOM_NEEDED, (int fd, const struct iovec *parts, int count),
     (fd, parts, count), int, const struct iovec *, int)
WRAP(ssize_t, pwrite, counts(fd), ROOM_NEEDED, (int fd, const void *bytes, size_t len, off_t at),
     (fd, bytes, len, at), int, const void *, size_t, off_t)
WRAP(ssize_t, pwrite64, counts(fd), ROOM_NEEDED,
     (int fd, const void *bytes, size_t len, off64_t at), (fd, bytes, len, at), int, const void *,
     size_t, off64_t)
WRAP(int, fsync, counts(fd), NO_ROOM_NEEDED, (int fd), (fd), int)
WRAP(int, fdatasync, counts(fd), NO_ROOM_NEEDED, (int fd), (fd), int)
WRAP(int, ftruncate, counts(fd), NO_ROOM_NEEDED, (int fd, off_t len), (fd, len), int, off_t)
WRAP(int, ftruncate64, counts(fd), NO_ROOM_NEEDED, (int fd, off64_t len), (fd, len), int, off64_t)
WRAP(int, fchmod, counts(fd), NO_ROOM_NEEDED, (int fd, mode_t mode), (fd, mode), int, mode_t)
WRAP(int, fchown, counts(fd), NO_ROOM_NEEDED, (int fd, uid_t user, gid_t group), (fd, user, group),
     int, uid_t, gid_t)
WRAP(int, unlink, 1, NO_ROOM_NEEDED, (const char *path), (path), const char *)
WRAP(int, unlinkat, 1, NO_ROOM_NEEDED, (int at, const char *path, int flags), (at, path, flags),
     int, const char *, int)
WRAP(int, mkdir, 1, ROOM_NEEDED, (const char *path, mode_t mode), (path, mode), const char *,
     mode_t)
WRAP(int, mkdirat, 1, ROOM_NEEDED, (int at, const char *path, mode_t mode), (at, path, mode), int,
     const char *, mode_t)
WRAP(int, linkat, 1, ROOM_NEEDED,
     (int from_at, const char *from, int to_at, const char *to, int flags),
     (from_at, from, to_at, to, flags), int, const char *, int, const char *, int)
WRAP(int, rename, 1, NO_ROOM_NEEDED, (const char *from, const char *to), (from, to), const char *,
     const char *)
WRAP(int, renameat, 1, NO_ROOM_NEEDED, (int from_at, const char *from, int to_at, const char *to),
     (from_at, from, to_at, to), int, const char *, int, const char *)
WRAP(int, renameat2, 1, NO_ROOM_NEEDED,
     (int from_at, const char *from, int to_at, const char *to, unsigned flags),
     (from_at, from, to_at, to, flags), int, const char *, int, const char *, unsigned)

/* The mode is there only where a file is made. */
#define MODE_BEHIND(flags)                                                                         \
    mode_t mode = 0;                                                                               \
    if (takes_mode(flags)) {                                                                       \
        va_list more;                                                                              \
        va_start(more, flags);                                                                     \
        mode = va_arg(more, mode_t);                                                               \
        va_end(more);                                                                              \
    }

#define WRAP_OPEN(name)                                                                            \
    int name(const char *path, int flags, ...);                                                    \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        NEXT(int, name, const char *, int, ...);                                                   \
        MODE_BEHIND(flags)                                                                         \
        FAIL_IF(makes(AT_FDCWD, path, flags), ROOM_NEEDED);                                        \
        return next(path, flags, mode);                                                            \
    }

#define WRAP_OPENAT(name)                                                                          \
    int name(int at, const char *path, int flags, ...);                                            \
    int name(int at, const char *path, int flags, ...)                                             \
    {                                                                                              \
        NEXT(int, name, int, const char *, int, ...);                                              \
        MODE_BEHIND(flags)                                                                         \
        FAIL_IF(makes(at, path, flags), ROOM_NEEDED);                                              \
        return next(at, path, flags, mode);                                                        \
    }

WRAP_OPEN(open)
WRAP_OPEN(open64)
WRAP_OPENAT(openat)
WRAP_OPENAT(openat64)
