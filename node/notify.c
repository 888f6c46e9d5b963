#include "notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    /* A path, or an abstract name behind '@'. */
    if (path == NULL || (path[0] != '/' && path[0] != '@') || path[1] == '\0')
        return;
    size_t len = strlen(path);
    if (len >= sizeof address.sun_path)
        return;
    memcpy(address.sun_path, path, len);
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    /* An abstract name has no zero at its end, a path may go without. */
    (void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address,
                 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
    close(fd);
}

static unsigned long long number_of(const char *name)
{
    const char *text = getenv(name);
    char *end;

    if (text == NULL || text[0] < '0' || text[0] > '9')
        return 0;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0' ? number : 0;
}

uint64_t notify_watchdog_ms(void)
{
    unsigned long long pid = number_of("WATCHDOG_PID");

    if (pid != 0 && pid != (unsigned long long)getpid())
        return 0;
    unsigned long long half_ms = number_of("WATCHDOG_USEC") / 2000;
    return half_ms;
}
