#include "links_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#define LINKS_FILE "garitad.links"
#define LINKS_FILE_NEW "garitad.links.new"

enum { LINE_LEN = 2 * GARITA_NOISE_KEY_SIZE + 1, FILE_LEN_MAX = ENGINE_REMEMBERED_MAX * LINE_LEN };

void links_read(uint8_t out[ENGINE_REMEMBERED_MAX][GARITA_NOISE_KEY_SIZE], size_t *count,
                int home_fd)
{
    char text[FILE_LEN_MAX];
    int fd = openat(home_fd, LINKS_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t len = fd >= 0 ? read(fd, text, sizeof text) : 0;
    size_t key_len;

    if (fd >= 0)
        close(fd);
    *count = 0;
    for (ssize_t at = 0; len - at >= LINE_LEN && text[at + LINE_LEN - 1] == '\n'; at += LINE_LEN) {
        if (sodium_hex2bin(out[*count], GARITA_NOISE_KEY_SIZE, text + at, LINE_LEN - 1, NULL,
                           &key_len, NULL) != 0 ||
            key_len != GARITA_NOISE_KEY_SIZE)
            return;
        ++*count;
    }
}

bool links_write(int home_fd, const uint8_t *keys, size_t count)
{
    char text[FILE_LEN_MAX + 1];
    int error = 0;

    if (count > ENGINE_REMEMBERED_MAX)
        count = ENGINE_REMEMBERED_MAX;
    for (size_t i = 0; i < count; i++) {
        sodium_bin2hex(text + i * LINE_LEN, LINE_LEN, keys + i * GARITA_NOISE_KEY_SIZE,
                       GARITA_NOISE_KEY_SIZE);
        text[(i + 1) * LINE_LEN - 1] = '\n';
    }
    int fd = openat(home_fd, LINKS_FILE_NEW, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                    0600);
    if (fd < 0)
        return false;
    ssize_t written = write(fd, text, count * LINE_LEN);
    if (written != (ssize_t)(count * LINE_LEN))
        error = written < 0 ? errno : ENOSPC;
    if (close(fd) != 0 && error == 0)
        error = errno;
    if (error == 0 && renameat(home_fd, LINKS_FILE_NEW, home_fd, LINKS_FILE) != 0)
        error = errno;
    if (error != 0)
        (void)unlinkat(home_fd, LINKS_FILE_NEW, 0);
    errno = error;
    return error == 0;
}
