#include "peers_ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define SOCKET_NAME "garitad.sock"

/* A full backlog empties as the node comes round to it. */
enum { RETRY_MS = 20, PIECE = 4096 };

static int64_t steady_ms(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* False when the time is over. */
static bool wait_for(int fd, short events, int64_t until, int64_t at_most)
{
    int64_t left = until - steady_ms();
    struct pollfd wanted = {.fd = fd, .events = events};

    if (left <= 0)
        return false;
    (void)poll(&wanted, 1, (int)(left < at_most ? left : at_most));
    return true;
}

static enum peers_answer of_errno(void)
{
    switch (errno) {
    case ENOENT:       /* never started here, or ended in order */
    case ECONNREFUSED: /* what it left when it was killed */
        return PEERS_NOBODY;
    case EACCES:
    case EPERM:
        return PEERS_DENIED;
    default:
        return PEERS_FAILED;
    }
}

/* A path longer than an address has room for is reached by the folder's descriptor. */
static bool address_of(struct sockaddr_un *out, const char *home, int folder)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    int len = snprintf(out->sun_path, sizeof out->sun_path, "%s/" SOCKET_NAME, home);
    if (len >= 0 && (size_t)len < sizeof out->sun_path)
        return true;
    len = snprintf(out->sun_path, sizeof out->sun_path, "/proc/self/fd/%d/" SOCKET_NAME, folder);
    return len >= 0 && (size_t)len < sizeof out->sun_path;
}

static enum peers_answer call(int fd, const char *home, int folder, int64_t until)
{
    struct sockaddr_un address;

    if (!address_of(&address, home, folder)) {
        errno = ENAMETOOLONG;
        return PEERS_FAILED;
    }
    while (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        if (errno != EAGAIN && errno != EINTR)
            return of_errno();
        if (!wait_for(-1, 0, until, RETRY_MS))
            return PEERS_SILENT;
    }
    return PEERS_ANSWERED;
}

static enum peers_answer hear(struct buffer *out, int fd, int64_t until)
{
    size_t before = out->len;
    char piece[PIECE];

    for (;;) {
        ssize_t len = recv(fd, piece, sizeof piece, 0);
        if (len == 0)
            return PEERS_ANSWERED;
        if (len > 0) {
            if ((size_t)len > PEERS_ANSWER_BYTES_MAX - (out->len - before))
                return PEERS_GARBLED;
            buffer_add(out, piece, (size_t)len);
        } else if (errno != EAGAIN && errno != EINTR) {
            return of_errno();
        }
        /* The clock is asked after each piece: one that says a byte a second does not go on. */
        if (!wait_for(fd, POLLIN, until, PEERS_ANSWER_MS))
            return PEERS_SILENT;
    }
}

static enum peers_answer ask_at(struct buffer *out, const char *home, int folder)
{
    int64_t until = steady_ms() + PEERS_ANSWER_MS;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return PEERS_FAILED;
    enum peers_answer answer = call(fd, home, folder, until);
    if (answer == PEERS_ANSWERED)
        answer = hear(out, fd, until);
    int why = errno;
    close(fd);
    errno = why;
    return answer;
}

enum peers_answer peers_ask(struct buffer *out, const char *home)
{
    int folder = open(home, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (folder < 0)
        return errno == ENOENT || errno == ENOTDIR ? PEERS_NO_HOME : of_errno();
    enum peers_answer answer = ask_at(out, home, folder);
    int why = errno;
    close(folder);
    errno = why;
    return answer;
}
