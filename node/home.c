#include "home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LOCK_FILE "garitad.lock"

static enum exit_status refuse_second(int lock, const char *path)
{
    char pid[32] = "";
    ssize_t len = pread(lock, pid, sizeof pid - 1, 0);

    pid[len > 0 ? len : 0] = '\0';
    return fail(EXIT_NOT_ALLOWED, "one is enough: \"garita peers\" shows what it does",
                "%s: a garitad serves this home already (process %ld)", path,
                strtol(pid, NULL, 10));
}

static enum exit_status lock(struct home *home)
{
    home->lock = openat(home->fd, LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (home->lock < 0)
        return fail(errno == EACCES || errno == EROFS ? EXIT_NOT_ALLOWED : EXIT_IO, NULL,
                    "%s/" LOCK_FILE ": %s", home->path, strerror(errno));
    if (flock(home->lock, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK
                   ? refuse_second(home->lock, home->path)
                   : fail(EXIT_IO, NULL, "%s/" LOCK_FILE ": %s", home->path, strerror(errno));
    /* For people; the lock is what counts, and a full disk is no reason not to start. */
    if (ftruncate(home->lock, 0) == 0)
        (void)dprintf(home->lock, "%ld\n", (long)getpid());
    return EXIT_DONE;
}

enum exit_status home_open(struct home *out, const char *path)
{
    char detail[GARITA_STORE_DETAIL_SIZE];

    *out = (struct home){.path = path, .fd = -1, .lock = -1};
    garita_store_error error = garita_store_open(&out->reader, detail, path, GARITA_STORE_READ);
    if (error != GARITA_STORE_OK)
        return fail_store(error, path, detail);
    out->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (out->fd < 0)
        return fail(EXIT_IO, NULL, "%s: %s", path, strerror(errno));
    return lock(out);
}

void home_close(struct home *home)
{
    garita_store_close(home->reader);
    if (home->lock >= 0)
        close(home->lock);
    if (home->fd >= 0)
        close(home->fd);
    *home = (struct home){.fd = -1, .lock = -1};
}
