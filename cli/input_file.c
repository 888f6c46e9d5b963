#include "input_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i18n.h"
#include "report.h"

enum { FIRST_CAP = 16 * 1024 };

static exit_status failed(const struct context *context, const char *source, int error)
{
    if (error == ENOENT || error == ENOTDIR)
        return report_failure(context,
                              &(struct failure){EXIT_NOT_FOUND, "not-found", source, 0, NULL}, "%s",
                              _("there is no such file"));
    if (error == EISDIR)
        return report_failure(context,
                              &(struct failure){EXIT_BAD_INPUT, "directory", source, 0, NULL}, "%s",
                              _("this is a directory, not a file"));
    if (error == ENOMEM)
        return report_no_memory(context);
    return report_failure(context, &(struct failure){EXIT_IO, "io", source, 0, NULL},
                          _("cannot be read: %s"), strerror(error));
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

exit_status input_file_read(const struct context *context, struct input_file *out, const char *path,
                            size_t bytes_max)
{
    bool is_standard = strcmp(path, "-") == 0;

    memset(out, 0, sizeof *out);
    int fd = is_standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return failed(context, path, errno);

    int error = read_all(out, fd, bytes_max);
    if (!is_standard)
        close(fd);
    if (error == 0) {
        out->source = path;
        return EXIT_DONE;
    }
    input_file_free(out);
    if (error == EFBIG)
        return report_failure(context, &(struct failure){EXIT_BAD_INPUT, "too-long", path, 0, NULL},
                              _("longer than the %zu bytes that are read"), bytes_max);
    return failed(context, path, error);
}

void input_file_free(struct input_file *input)
{
    free(input->bytes);
    memset(input, 0, sizeof *input);
}
