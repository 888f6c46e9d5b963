/* power_cut.c: preloaded behind faults.c, makes of its SIGKILL a cut of the power: what the program did
 * to files and names since it last flushed them is undone before the process ends.
 *
 *   GARITA_CUT=files  what stands in files; names stay
 *   GARITA_CUT=names  files made, linked, renamed or taken away; what stands in them stays
 *   GARITA_CUT=all    both
 *
 * fsync of a file makes lasting what stands in it; fsync of a directory, the names in it. A disk may
 * keep more than that; the program may count on no more. Files are small here, and one thread writes.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

/* The function of this name behind ours. */
#define NEXT(result, name, ...)                                                                    \
    static result (*next)(__VA_ARGS__);                                                            \
    if (next == NULL)                                                                              \
        *(void **)(&next) = dlsym(RTLD_NEXT, #name)

/* --- what would be lost --- */

struct bytes {
    unsigned char *at;
    size_t len;
};

/* A file that was changed since it was flushed, as it was then. */
struct image {
    struct image *next;
    dev_t device;
    ino_t number;
    int fd; /* of our own: the file may have lost its name */
    struct bytes was;
};

/* A change of names, newest first. */
struct change {
    struct change *next;
    char folder[PATH_MAX]; /* whose flush makes it last */
    char made[PATH_MAX];   /* a name to take away; "" if there is none */
    char lost[PATH_MAX];   /* a name to give back; "" if there is none */
    int fd;                /* the file that had it; -1 for a directory */
};

static struct image *images;
static struct change *changes;

static void give_up(const char *what)
{
    fprintf(stderr, "power_cut: %s: %s\n", what, strerror(errno));
    _exit(99);
}

/* The system's own, in which nothing is noted. */
static int open_again(int fd, int flags)
{
    char path[32];

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    NEXT(int, open, const char *, int, ...);
    return next(path, flags | O_CLOEXEC);
}

static struct bytes read_all(int fd)
{
    struct stat info;
    struct bytes out = {0};

    if (fstat(fd, &info) != 0)
        give_up("fstat");
    out.len = (size_t)info.st_size;
    out.at = malloc(out.len + 1);
    if (out.at == NULL || pread(fd, out.at, out.len, 0) != (ssize_t)out.len)
        give_up("pread");
    return out;
}

static struct image **find(const struct stat *info)
{
    struct image **at = &images;

    while (*at != NULL && ((*at)->device != info->st_dev || (*at)->number != info->st_ino))
        at = &(*at)->next;
    return at;
}

/* Before a change of what stands in a file. */
static void note_file(int fd)
{
    struct stat info;

    if (fd <= STDERR_FILENO || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) ||
        *find(&info) != NULL)
        return;
    struct image *image = calloc(1, sizeof *image);
    if (image == NULL)
        give_up("calloc");
    image->fd = open_again(fd, O_RDWR);
    if (image->fd < 0)
        give_up("open");
    *image = (struct image){images, info.st_dev, info.st_ino, image->fd, read_all(image->fd)};
    images = image;
}

static void flush_file(const struct stat *info)
{
    struct image **at = find(info);
    struct image *image = *at;

    if (image == NULL)
        return;
    *at = image->next;
    close(image->fd);
    free(image->was.at);
    free(image);
}

/* --- names --- */

static void path_of(char out[PATH_MAX], int at, const char *path)
{
    char folder[PATH_MAX - NAME_MAX - 2];
    char link[32];
    ssize_t len;

    if (path[0] == '/') {
        snprintf(out, PATH_MAX, "%s", path);
        return;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", at);
    len = readlink(at == AT_FDCWD ? "/proc/self/cwd" : link, folder, sizeof folder - 1);
    if (len < 0)
        give_up("readlink");
    folder[len] = '\0';
    snprintf(out, PATH_MAX, "%s/%s", folder, path);
}

static void note_names(int made_at, const char *made, int lost_at, const char *lost)
{
    struct change *change = calloc(1, sizeof *change);
    struct stat info;

    if (change == NULL)
        give_up("calloc");
    change->fd = -1;
    if (lost != NULL) {
        path_of(change->lost, lost_at, lost);
        NEXT(int, open, const char *, int, ...);
        if (stat(change->lost, &info) == 0 && S_ISREG(info.st_mode))
            change->fd = next(change->lost, O_RDWR | O_CLOEXEC);
    }
    if (made != NULL)
        path_of(change->made, made_at, made);
    snprintf(change->folder, sizeof change->folder, "%s", made != NULL ? change->made : change->lost);
    char *slash = strrchr(change->folder, '/');
    if (slash != NULL)
        *slash = '\0';
    change->next = changes;
    changes = change;
}

static void forget(struct change **at)
{
    struct change *change = *at;

    *at = change->next;
    if (change->fd >= 0)
        close(change->fd);
    free(change);
}

static void flush_folder(int fd)
{
    char folder[PATH_MAX];
    char link[32];

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link, folder, sizeof folder - 1);
    if (len < 0)
        give_up("readlink");
    folder[len] = '\0';
    for (struct change **at = &changes; *at != NULL;) {
        char real[PATH_MAX];
        if (realpath((*at)->folder, real) != NULL && strcmp(real, folder) == 0)
            forget(at);
        else
            at = &(*at)->next;
    }
}

static void flush(int fd)
{
    struct stat info;

    if (fd <= STDERR_FILENO || fstat(fd, &info) != 0)
        return;
    if (S_ISDIR(info.st_mode))
        flush_folder(fd);
    else
        flush_file(&info);
}

/* --- the cut --- */

static void undo_file(const struct image *image)
{
    NEXT(ssize_t, pwrite, int, const void *, size_t, off_t);
    static int (*truncate_to)(int, off_t);
    if (truncate_to == NULL)
        *(void **)(&truncate_to) = dlsym(RTLD_NEXT, "ftruncate");
    if (truncate_to(image->fd, 0) != 0 ||
        next(image->fd, image->was.at, image->was.len, 0) != (ssize_t)image->was.len)
        give_up("a file cannot be undone");
}

static void copy(int from, const char *path)
{
    struct bytes bytes = read_all(from);
    NEXT(int, open, const char *, int, ...);
    int fd = next(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    static ssize_t (*put)(int, const void *, size_t, off_t);

    if (put == NULL)
        *(void **)(&put) = dlsym(RTLD_NEXT, "pwrite");
    if (fd < 0 || put(fd, bytes.at, bytes.len, 0) != (ssize_t)bytes.len)
        give_up("a name cannot be given back");
    close(fd);
    free(bytes.at);
}

static int take_away(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

/* What had the name made goes back to the name lost, if it had one; else it is nothing's. With a
 * folder goes what is in it, flushed or not. */
static void undo_names(const struct change *change)
{
    if (change->made[0] != '\0')
        nftw(change->made, take_away, 8, FTW_DEPTH | FTW_PHYS);
    if (change->lost[0] != '\0' && change->fd >= 0)
        copy(change->fd, change->lost);
}

static void cut(void)
{
    const char *what = getenv("GARITA_CUT");

    if (what == NULL)
        return;
    if (strcmp(what, "names") != 0)
        for (const struct image *image = images; image != NULL; image = image->next)
            undo_file(image);
    if (strcmp(what, "files") != 0)
        for (const struct change *change = changes; change != NULL; change = change->next)
            undo_names(change);
}

int kill(pid_t process, int signal)
{
    NEXT(int, kill, pid_t, int);
    if (process == getpid() && signal == SIGKILL)
        cut();
    return next(process, signal);
}

/* --- the calls --- */

#define WRAP(result, name, note, parameters, arguments, ...)                                       \
    result name parameters;                                                                        \
    result name parameters                                                                         \
    {                                                                                              \
        NEXT(result, name, __VA_ARGS__);                                                           \
        note;                                                                                      \
        return next arguments;                                                                     \
    }

WRAP(ssize_t, write, note_file(fd), (int fd, const void *bytes, size_t len), (fd, bytes, len), int,
     const void *, size_t)
WRAP(ssize_t, pwrite, note_file(fd), (int fd, const void *bytes, size_t len, off_t at),
     (fd, bytes, len, at), int, const void *, size_t, off_t)
WRAP(ssize_t, pwrite64, note_file(fd), (int fd, const void *bytes, size_t len, off64_t at),
     (fd, bytes, len, at), int, const void *, size_t, off64_t)
WRAP(int, ftruncate, note_file(fd), (int fd, off_t len), (fd, len), int, off_t)
WRAP(int, ftruncate64, note_file(fd), (int fd, off64_t len), (fd, len), int, off64_t)
WRAP(int, fsync, flush(fd), (int fd), (fd), int)
WRAP(int, fdatasync, flush(fd), (int fd), (fd), int)
WRAP(int, unlink, note_names(0, NULL, AT_FDCWD, path), (const char *path), (path), const char *)
WRAP(int, unlinkat, note_names(0, NULL, at, path), (int at, const char *path, int flags),
     (at, path, flags), int, const char *, int)
WRAP(int, mkdir, if (access(path, F_OK) != 0) note_names(AT_FDCWD, path, 0, NULL),
     (const char *path, mode_t mode), (path, mode), const char *, mode_t)

static void note_rename(int from_at, const char *from, int to_at, const char *to)
{
    note_names(0, NULL, from_at, from);
    note_names(to_at, to, to_at, to);
}
WRAP(int, renameat, note_rename(from_at, from, to_at, to),
     (int from_at, const char *from, int to_at, const char *to), (from_at, from, to_at, to), int,
     const char *, int, const char *)

/* Only a name that was not there is made: the program never links or renames over one. */
static void note_new(int at, const char *path)
{
    if (faccessat(at, path, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
        note_names(at, path, 0, NULL);
}
WRAP(int, linkat, note_new(to_at, to),
     (int from_at, const char *from, int to_at, const char *to, int flags),
     (from_at, from, to_at, to, flags), int, const char *, int, const char *, int)

static void note_open(int at, const char *path, int flags)
{
    if ((flags & O_TMPFILE) == O_TMPFILE)
        return;
    if ((flags & O_CREAT) != 0)
        note_new(at, path);
    if ((flags & O_TRUNC) != 0) {
        static int (*next)(int, const char *, int, ...);
        if (next == NULL)
            *(void **)(&next) = dlsym(RTLD_NEXT, "openat");
        int fd = next(at, path, O_RDONLY | O_CLOEXEC);
        if (fd >= 0) {
            note_file(fd);
            close(fd);
        }
    }
}

/* The mode is there only where a file is made. */
#define OPEN(at, ...)                                                                              \
    mode_t mode = 0;                                                                               \
    if ((flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE) {                              \
        va_list more;                                                                              \
        va_start(more, flags);                                                                     \
        mode = va_arg(more, mode_t);                                                               \
        va_end(more);                                                                              \
    }                                                                                              \
    note_open(at, path, flags);                                                                    \
    return next(__VA_ARGS__, mode)

#define WRAP_OPEN(name)                                                                            \
    int name(const char *path, int flags, ...);                                                    \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        NEXT(int, name, const char *, int, ...);                                                   \
        OPEN(AT_FDCWD, path, flags);                                                         \
    }
#define WRAP_OPENAT(name)                                                                          \
    int name(int at, const char *path, int flags, ...);                                            \
    int name(int at, const char *path, int flags, ...)                                             \
    {                                                                                              \
        NEXT(int, name, int, const char *, int, ...);                                              \
        OPEN(at, at, path, flags);                                                           \
    }

WRAP_OPEN(open)
WRAP_OPEN(open64)
WRAP_OPENAT(openat)
WRAP_OPENAT(openat64)
