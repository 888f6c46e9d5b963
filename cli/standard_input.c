#include "standard_input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"

ssize_t standard_input_read(struct tally *total, const struct scan *scan, char *out, size_t cap)
{
    ssize_t got;

    do
        got = read(STDIN_FILENO, out, cap);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        tally_add_failure(total, report_failure(scan->context,
                                                &(struct failure){EXIT_IO, "io", "-", 0, NULL},
                                                _("cannot be read: %s"), strerror(errno)));
    return got;
}
