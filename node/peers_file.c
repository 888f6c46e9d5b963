#include "peers_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <garita/node.h>

#define PEERS_FILE "peers"

/* Room for every address on a line of its own, and for remarks. */
enum { FILE_BYTES_MAX = 64 * 1024 };

static bool refuse(struct peers_fault *fault, size_t line, const char *text)
{
    *fault = (struct peers_fault){line, text};
    return false;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool add_line(struct peers *peers, struct peers_fault *fault, size_t number,
                     const char *line, size_t len)
{
    const char *remark = memchr(line, '#', len);
    char *text = peers->texts[peers->count];

    if (remark != NULL)
        len = (size_t)(remark - line);
    while (len > 0 && is_space(line[len - 1]))
        len--;
    for (; len > 0 && is_space(line[0]); len--)
        line++;
    if (len == 0)
        return true;
    if (peers->count == ENGINE_CONFIGURED_MAX)
        return refuse(fault, number, "more peers than a node may be told to keep");
    if (!garita_address_is_wellformed(line, len))
        return refuse(fault, number, "this is not HOST:PORT");
    memcpy(text, line, len);
    text[len] = '\0';
    peers->count++;
    return true;
}

static bool add_lines(struct peers *peers, struct peers_fault *fault, const char *text, size_t len)
{
    for (size_t number = 1; len > 0; number++) {
        const char *end = memchr(text, '\n', len);
        size_t line_len = end != NULL ? (size_t)(end - text) : len;
        if (!add_line(peers, fault, number, text, line_len))
            return false;
        size_t step = line_len + (end != NULL);
        text += step;
        len -= step;
    }
    return true;
}

bool peers_read(struct peers *out, struct peers_fault *fault, int home_fd, const char *const *given,
                size_t given_count)
{
    struct peers read_peers = {0};
    char text[FILE_BYTES_MAX];
    size_t len = 0;
    ssize_t got = 0;
    int fd = openat(home_fd, PEERS_FILE, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0 && errno != ENOENT)
        return refuse(fault, 0, strerror(errno));
    while (fd >= 0 && len < sizeof text && (got = read(fd, text + len, sizeof text - len)) > 0)
        len += (size_t)got;
    int error = errno;
    if (fd >= 0)
        close(fd);
    if (got < 0)
        return refuse(fault, 0, strerror(error));
    if (len == sizeof text)
        return refuse(fault, 0, "it is longer than any such file may be");
    read_peers.count = given_count;
    if (!add_lines(&read_peers, fault, text, len))
        return false;
    *out = read_peers;
    for (size_t i = 0; i < out->count; i++)
        out->at[i] = i < given_count ? given[i] : out->texts[i];
    return true;
}
