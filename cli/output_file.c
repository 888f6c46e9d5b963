#include "output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buffer.h"
#include "i18n.h"
#include "report.h"

/* A file on its way: open, in the directory where it is to be, with a name of its own only where
 * the file system knows no files without one. */
struct draft {
    int directory;
    int fd;
    char name[32];          /* "" if it has none */
    const char *final_name; /* the last part of the path */
};

static bool is_standard(const char *path)
{
    return strcmp(path, "-") == 0;
}

static exit_status failed(const struct context *context, const char *path, int error)
{
    if (is_standard(path))
        return report_failure(context, &(struct failure){EXIT_IO, "io", NULL, 0, NULL},
                              _("standard output cannot be written: %s"), strerror(error));
    if (error == EEXIST)
        return report_failure(context,
                              &(struct failure){EXIT_EXISTS, "exists", path, 0,
                                                _("choose another name, or move the file away")},
                              "%s", _("exists already, and nothing is overwritten"));
    if (error == ENOENT || error == ENOTDIR)
        return report_failure(
            context,
            &(struct failure){EXIT_NOT_FOUND, "not-found", path, 0, _("make the directory first")},
            "%s", _("there is no such directory to write to"));
    return report_failure(context, &(struct failure){EXIT_IO, "io", path, 0, NULL},
                          _("cannot be written: %s"), strerror(error));
}

static exit_status refuse_terminal(const struct context *context)
{
    return report_failure(
        context,
        &(struct failure){EXIT_USAGE, "terminal", NULL, 0,
                          _("write to a file with -o FILE, or pipe the output to a program")},
        "%s", _("will not write binary data to a terminal"));
}

/* Opens the directory of path; *name is what follows, never empty. -1 and errno on failure. */
static int open_directory(const char **name, const char *path)
{
    const char *slash = strrchr(path, '/');
    const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

    if (slash == NULL) {
        *name = path;
        return open(".", flags);
    }
    *name = slash + 1;
    if (**name == '\0') {
        errno = EISDIR;
        return -1;
    }
    char *directory = strndup(path, slash == path ? 1 : (size_t)(slash - path));
    if (directory == NULL)
        return -1;
    int fd = open(directory, flags);
    int error = errno;
    free(directory);
    errno = error;
    return fd;
}

exit_status output_file_check(const struct context *context, const char *path, output_kind kind)
{
    const char *name;
    struct stat status;
    int error = 0;

    if (is_standard(path))
        return kind == OUTPUT_BINARY && context->out_is_terminal ? refuse_terminal(context)
                                                                 : EXIT_DONE;
    int directory = open_directory(&name, path);
    if (directory < 0)
        return failed(context, path, errno);
    if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
        error = EEXIST;
    else if (errno != ENOENT)
        error = errno;
    else if (faccessat(directory, ".", W_OK | X_OK, AT_EACCESS) != 0)
        error = errno;
    close(directory);
    return error == 0 ? EXIT_DONE : failed(context, path, error);
}

static int write_all(int fd, const unsigned char *bytes, size_t len)
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
    return 0;
}

/* Returns 0 or an errno; on failure there is nothing to abandon. */
static int draft_open(struct draft *draft, const char *path, mode_t mode)
{
    draft->name[0] = '\0';
    draft->directory = open_directory(&draft->final_name, path);
    if (draft->directory < 0)
        return errno;
    draft->fd = openat(draft->directory, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
    /* FAT on a USB stick, and some network file systems. */
    for (unsigned i = 0;
         draft->fd < 0 && i < 100 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EEXIST);
         i++) {
        snprintf(draft->name, sizeof draft->name, ".garita-%ld-%u", (long)getpid(), i);
        draft->fd =
            openat(draft->directory, draft->name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode);
    }
    if (draft->fd >= 0)
        return 0;
    int error = errno;
    close(draft->directory);
    return error;
}

/* Gives the draft its name, or fails with EEXIST. Returns 0 or an errno. */
static int draft_name(struct draft *draft)
{
    if (draft->name[0] != '\0') {
        if (renameat2(draft->directory, draft->name, draft->directory, draft->final_name,
                      RENAME_NOREPLACE) != 0)
            return errno;
        draft->name[0] = '\0';
        return 0;
    }
    /* A link by descriptor alone (AT_EMPTY_PATH) needs a privilege; this does not. */
    char fd_path[32];
    snprintf(fd_path, sizeof fd_path, "/proc/self/fd/%d", draft->fd);
    return linkat(AT_FDCWD, fd_path, draft->directory, draft->final_name, AT_SYMLINK_FOLLOW) == 0
               ? 0
               : errno;
}

static int write_draft(struct draft *draft, const void *bytes, size_t bytes_len)
{
    int error = write_all(draft->fd, bytes, bytes_len);

    if (error == 0 && fsync(draft->fd) != 0)
        error = errno;
    if (error != 0)
        return error;
    error = draft_name(draft);
    if (error != 0)
        return error;
    /* The name must reach the disk too. Where it cannot be made to, it does not stay. */
    if (fsync(draft->directory) != 0 && errno != EINVAL) {
        error = errno;
        unlinkat(draft->directory, draft->final_name, 0);
    }
    return error;
}

static void draft_close(struct draft *draft)
{
    if (draft->name[0] != '\0')
        unlinkat(draft->directory, draft->name, 0);
    close(draft->fd);
    close(draft->directory);
}

static exit_status write_standard(const struct context *context, output_kind kind,
                                  const void *bytes, size_t bytes_len)
{
    if (kind == OUTPUT_BINARY && context->out_is_terminal)
        return refuse_terminal(context);
    if (fwrite(bytes, 1, bytes_len, context->out) != bytes_len || fflush(context->out) != 0)
        return failed(context, "-", errno);
    return EXIT_DONE;
}

exit_status output_file_write(const struct context *context, const char *path, output_kind kind,
                              mode_t mode, const void *bytes, size_t bytes_len)
{
    struct draft draft;

    if (is_standard(path))
        return write_standard(context, kind, bytes, bytes_len);

    int error = draft_open(&draft, path, mode);
    if (error == 0) {
        error = write_draft(&draft, bytes, bytes_len);
        draft_close(&draft);
    }
    return error == 0 ? EXIT_DONE : failed(context, path, error);
}
