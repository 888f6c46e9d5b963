/* garbage KIND PORT COUNT [ADDRESSES]: strangers at the door of a node on 127.0.0.1.
 *
 *   silent    COUNT connections are held that say nothing, or a part of a handshake; one that the
 *             node closes is made again
 *   noise     COUNT connections send random bytes as fast as they are taken; a third of them behind
 *             a handshake message that is well-formed, so that it costs the node a key agreement
 *
 * They come from ADDRESSES addresses of the loopback, 127.1.0.1 and on; default 1, which is
 * 127.0.0.1 itself, the address of the node's honest peers. Says "ready" when each has connected
 * once; ends with its standard input, and says then how many connections it made, how many it
 * holds, and what it sent.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* One write; events at once; and how long a stranger whom the node closes stays away: 10,000 who
 * came back at once would measure the loopback and nothing else. */
enum { PIECE = 16384, EVENTS = 256, AWAY_MS = 1000 };
/* The first message of Noise XX: two bytes of length, and a public key. */
enum { HELLO = 2 + 32 };

struct stranger {
    int fd;        /* -1: away */
    bool is_known; /* was there once */
    int64_t back_ms;
    size_t said;
};

struct crowd {
    bool is_noise;
    uint16_t port;
    size_t count, addresses;
    struct stranger *strangers;
    int epoll;
    uint64_t seed;
    size_t known;
    unsigned long long made, failed, sent;
    uint8_t noise[PIECE];
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static uint8_t next_random(struct crowd *crowd)
{
    crowd->seed = crowd->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint8_t)(crowd->seed >> 56);
}

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(1);
}

/* --- one of them --- */

static void leave(struct stranger *stranger, int64_t now)
{
    close(stranger->fd);
    stranger->fd = -1;
    stranger->back_ms = now + AWAY_MS;
}

static struct sockaddr_in address(uint32_t host, uint16_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};

    at.sin_addr.s_addr = htonl(host);
    return at;
}

static void come(struct crowd *crowd, size_t index, int64_t now)
{
    struct stranger *stranger = &crowd->strangers[index];
    struct sockaddr_in to = address(INADDR_LOOPBACK, crowd->port);
    struct sockaddr_in from = address(
        crowd->addresses > 1 ? 0x7f010001u + (uint32_t)(index % crowd->addresses) : INADDR_LOOPBACK,
        0);
    struct epoll_event wanted = {.events = EPOLLIN | EPOLLOUT, .data.u64 = index};
    int one = 1;

    stranger->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (stranger->fd < 0)
        die("garbage: socket");
    (void)setsockopt(stranger->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    stranger->said = 0;
    if (bind(stranger->fd, (struct sockaddr *)&from, sizeof from) != 0)
        die("garbage: bind");
    if ((connect(stranger->fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS) ||
        epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, stranger->fd, &wanted) != 0) {
        crowd->failed++;
        leave(stranger, now);
    }
}

/* False when the node has closed it. */
static bool say(struct crowd *crowd, struct stranger *stranger, const void *bytes, size_t len)
{
    ssize_t done = send(stranger->fd, bytes, len, MSG_NOSIGNAL);

    if (done < 0)
        return errno == EAGAIN || errno == EINTR;
    stranger->said += (size_t)done;
    crowd->sent += (size_t)done;
    return true;
}

static bool say_hello(struct crowd *crowd, struct stranger *stranger, size_t len)
{
    uint8_t hello[HELLO] = {0, HELLO - 2};

    for (size_t i = 2; i < sizeof hello; i++)
        hello[i] = next_random(crowd);
    return stranger->said >= len ||
           say(crowd, stranger, hello + stranger->said, len - stranger->said);
}

static bool say_noise(struct crowd *crowd, struct stranger *stranger)
{
    for (size_t i = 0; i < 16; i++) /* no two pieces are the same */
        crowd->noise[next_random(crowd)] = next_random(crowd);
    return say(crowd, stranger, crowd->noise, sizeof crowd->noise);
}

static void attend(struct crowd *crowd, size_t index, uint32_t events, int64_t now)
{
    struct stranger *stranger = &crowd->strangers[index];
    struct epoll_event quiet = {.events = EPOLLIN, .data.u64 = index};
    uint8_t heard[4096];
    bool stays = (events & (EPOLLERR | EPOLLHUP)) == 0;

    /* A node that is besieged closes some before they have said a word: they were there. */
    crowd->known += !stranger->is_known;
    stranger->is_known = true;
    if (stays && (events & EPOLLIN) != 0) {
        ssize_t len = recv(stranger->fd, heard, sizeof heard, 0);
        stays = len > 0 || (len < 0 && errno == EAGAIN);
    }
    if (stays && (events & EPOLLOUT) != 0) {
        crowd->made += stranger->said == 0;
        if (crowd->is_noise) {
            stays = index % 3 == 0 ? say_hello(crowd, stranger, HELLO) : true;
            stays = stays && say_noise(crowd, stranger);
        } else {
            /* Nothing, half a message, or all of it and never an answer. */
            stays = say_hello(crowd, stranger, index % 3 * (HELLO / 2));
            epoll_ctl(crowd->epoll, EPOLL_CTL_MOD, stranger->fd, &quiet);
        }
    }
    if (!stays)
        leave(stranger, now);
}

/* --- all of them --- */

static bool is_input_open(void)
{
    char bytes[64];
    ssize_t len = read(STDIN_FILENO, bytes, sizeof bytes);

    return len > 0 || (len < 0 && (errno == EAGAIN || errno == EINTR));
}

static void run(struct crowd *crowd)
{
    struct epoll_event events[EVENTS];
    bool is_ready = false;
    int64_t looked_ms = 0;

    while (is_input_open()) {
        int64_t now = now_ms();
        if (now - looked_ms >= 20) {
            looked_ms = now;
            /* The node's backlog is not what is measured: a few hundred at a time. */
            size_t coming = 0;
            for (size_t i = 0; i < crowd->count && coming < 400; i++)
                if (crowd->strangers[i].fd < 0 && crowd->strangers[i].back_ms <= now) {
                    come(crowd, i, now);
                    coming++;
                }
        }
        int count = epoll_wait(crowd->epoll, events, EVENTS, 20);
        for (int i = 0; i < count; i++)
            attend(crowd, (size_t)events[i].data.u64, events[i].events, now);
        if (!is_ready && crowd->known == crowd->count) {
            is_ready = true;
            puts("ready");
        }
    }
}

static bool read_number(size_t *out, const char *text, unsigned long max)
{
    char *end = NULL;
    unsigned long number = strtoul(text, &end, 10);

    *out = number;
    return end != text && *end == '\0' && number >= 1 && number <= max;
}

int main(int argc, char **argv)
{
    static struct crowd crowd = {.addresses = 1, .seed = 7};
    struct rlimit files;
    size_t port = 0;
    size_t held = 0;

    crowd.is_noise = argc > 1 && strcmp(argv[1], "noise") == 0;
    if (argc < 4 || argc > 5 || (!crowd.is_noise && strcmp(argv[1], "silent") != 0) ||
        !read_number(&port, argv[2], 65535) || !read_number(&crowd.count, argv[3], 100000) ||
        (argc == 5 && !read_number(&crowd.addresses, argv[4], 60000))) {
        fputs("usage: garbage silent|noise PORT COUNT [ADDRESSES]\n", stderr);
        return 64;
    }
    crowd.port = (uint16_t)port;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        die("garbage: getrlimit");
    files.rlim_cur = files.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur < crowd.count + 16) {
        fprintf(stderr, "garbage: no %zu files may be open\n", crowd.count);
        return 77;
    }
    crowd.strangers = calloc(crowd.count, sizeof *crowd.strangers);
    crowd.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (crowd.strangers == NULL || crowd.epoll < 0 || fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK) != 0)
        die("garbage");
    for (size_t i = 0; i < crowd.count; i++)
        crowd.strangers[i].fd = -1;
    for (size_t i = 0; i < sizeof crowd.noise; i++)
        crowd.noise[i] = next_random(&crowd);
    setvbuf(stdout, NULL, _IOLBF, 0);
    run(&crowd);
    for (size_t i = 0; i < crowd.count; i++)
        held += crowd.strangers[i].fd >= 0;
    printf("made %llu failed %llu held %zu sent %llu\n", crowd.made, crowd.failed, held,
           crowd.sent);
    free(crowd.strangers);
    close(crowd.epoll);
    return 0;
}
