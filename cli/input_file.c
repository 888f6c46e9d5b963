#include "input_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i18n.h"

enum { FIRST_CAP = 16 * 1024 };

/* Says in *failure and message what went wrong. */
static exit_status failed(struct failure *failure, struct buffer *message, const char *source,
                          int error)
{
    *failure = (struct failure){EXIT_IO, "io", source, 0, NULL};
    if (error == ENOENT || error == ENOTDIR) {
        *failure = (struct failure){EXIT_NOT_FOUND, "not-found", source, 0, NULL};
        buffer_add_text(message, _("there is no such file"));
    } else if (error == EISDIR) {
        *failure = (struct failure){EXIT_BAD_INPUT, "directory", source, 0, NULL};
        buffer_add_text(message, _("this is a directory, not a file"));
    } else if (error == ENOMEM) {
        *failure = (struct failure){EXIT_IO, "no-memory", source, 0, NULL};
        buffer_add_text(message, _("out of memory"));
    } else {
        buffer_add_format(message, _("cannot be read: %s"), strerror(error));
    }
    return failure->status;
}

/* Reads fd to its end. Returns 0, an errno, or EFBIG for more than bytes_max. */
static int read_all(struct input_file *out, int fd, size_t bytes_max)
{
    size_t cap = 0;

    for (;;) {
        /* One byte more than allowed tells a file of just bytes_max from a longer one; another is
         * for the zero. */
        if (out->len + 1 >= cap) {
            size_t more = cap == 0 ? FIRST_CAP : cap * 2;
            cap = more < bytes_max + 2 ? more : bytes_max + 2;
            uint8_t *bytes = realloc(out->bytes, cap);
            if (bytes == NULL)
                return ENOMEM;
            out->bytes = bytes;
        }
        ssize_t got = read(fd, out->bytes + out->len, cap - 1 - out->len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno;
        if (got == 0)
            break;
        out->len += (size_t)got;
        if (out->len > bytes_max)
            return EFBIG;
    }
    out->bytes[out->len] = 0;
    return 0;
}

exit_status input_file_try(struct input_file *out, struct failure *failure, struct buffer *message,
                           const char *path, size_t bytes_max)
{
    bool is_standard = strcmp(path, "-") == 0;

    memset(out, 0, sizeof *out);
    int fd = is_standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return failed(failure, message, path, errno);

    int error = read_all(out, fd, bytes_max);
    if (!is_standard)
        close(fd);
    if (error == 0) {
        out->source = path;
        return EXIT_DONE;
    }
    input_file_free(out);
    if (error != EFBIG)
        return failed(failure, message, path, error);
    *failure = (struct failure){EXIT_BAD_INPUT, "too-long", path, 0, NULL};
    buffer_add_format(message, _("longer than the %zu bytes that are read"), bytes_max);
    return failure->status;
}

exit_status input_file_read(const struct context *context, struct input_file *out, const char *path,
                            size_t bytes_max)
{
    struct failure failure;
    struct buffer message = {0};

    exit_status status = input_file_try(out, &failure, &message, path, bytes_max);
    if (status != EXIT_DONE)
        status = report_failure(context, &failure, "%s", buffer_text(&message));
    buffer_free(&message);
    return status;
}

void input_file_free(struct input_file *input)
{
    free(input->bytes);
    memset(input, 0, sizeof *input);
}
