/* listener ADDRESS: prints what is sent to a datagram socket, as systemd listens on one: a path, or
 * an abstract name behind @. Says "listening" first, and ends when its standard input does.
 */
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char text[4096];
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (argc != 2 || fd < 0 || strlen(argv[1]) >= sizeof address.sun_path)
        return 64;
    memcpy(address.sun_path, argv[1], strlen(argv[1]));
    if (argv[1][0] == '@')
        address.sun_path[0] = '\0';
    if (bind(fd, (struct sockaddr *)&address,
             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(argv[1]))) != 0)
        return 74;
    printf("listening\n");
    for (;;) {
        struct pollfd polled[] = {{fd, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
        fflush(stdout);
        if (poll(polled, 2, -1) < 0)
            return 74;
        if (polled[0].revents != 0) {
            ssize_t len = recv(fd, text, sizeof text, 0);
            if (len > 0)
                printf("%.*s", (int)len, text);
        } else if (polled[1].revents != 0 && read(STDIN_FILENO, text, 1) <= 0) {
            return 0;
        }
    }
}
