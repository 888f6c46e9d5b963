/* hostile PORT HOME...: certified nodes that turned hostile: for each home one, which calls the
 * node on 127.0.0.1:PORT, shakes hands with the key of the home (keys/node.key, without a
 * passphrase), and then sends packets of random bytes as fast as they are taken. One that is closed
 * calls again. Says "ready" when each has stood once; ends with its standard input, and says then
 * how many sessions stood, and what they sent.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include <garita/key.h>

#include "channel/channel.h"

/* How long one that was closed stays away. */
enum { AWAY_MS = 1000, PEERS_MAX = 1000 };

struct peer {
    struct channel_self self;
    uint8_t *secret;
    struct channel *channel; /* null: away */
    int fd;
    int64_t back_ms;
    bool has_stood;
    /* Heard and not yet taken; sealed and not yet sent. */
    uint8_t in[CHANNEL_RECORD_MAX], out[CHANNEL_RECORD_MAX];
    size_t in_len, out_at, out_len;
};

static struct peer *peers;
static size_t peer_count, stood_once;
static unsigned long long stood, sent;
static struct sockaddr_in target = {.sin_family = AF_INET};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "hostile: %s\n", what);
    exit(1);
}

static void draw(void *context, uint8_t *out, size_t len)
{
    (void)context;
    randombytes_buf(out, len);
}

static void load(struct peer *peer, const char *home)
{
    char path[4096];
    uint8_t bytes[GARITA_KEY_FILE_SIZE];
    uint8_t seed[GARITA_SEED_SIZE];

    if ((size_t)snprintf(path, sizeof path, "%s/keys/node.key", home) >= sizeof path)
        die(home);
    FILE *file = fopen(path, "rb");
    if (file == NULL || fread(bytes, 1, sizeof bytes, file) != sizeof bytes || fclose(file) != 0 ||
        garita_key_file_open(seed, bytes, sizeof bytes, NULL, 0) != GARITA_OK)
        die(path);
    peer->secret = sodium_malloc(GARITA_NOISE_KEY_SIZE);
    if (peer->secret == NULL)
        die("no memory");
    /* Its statement is in the node's roster already: it brings no payload. */
    peer->self = (struct channel_self){.noise_secret = peer->secret,
                                       .payload = (const uint8_t *)"",
                                       .random = draw,
                                       .records_max = CHANNEL_RECORDS_MAX};
    garita_key_noise(peer->secret, peer->self.noise_public, seed);
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(bytes, sizeof bytes);
}

static void leave(struct peer *peer)
{
    close(peer->fd);
    channel_free(peer->channel);
    peer->channel = NULL;
    peer->back_ms = now_ms() + AWAY_MS;
}

static void come(struct peer *peer)
{
    peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    peer->channel = channel_new(&peer->self, true, NULL);
    peer->in_len = peer->out_at = peer->out_len = 0;
    if (peer->fd < 0 || peer->channel == NULL)
        die("no socket, or no memory");
    if (connect(peer->fd, (struct sockaddr *)&target, sizeof target) != 0 && errno != EINPROGRESS)
        leave(peer);
}

/* What goes out next. */
static void fill(struct peer *peer)
{
    uint8_t packet[ENGINE_PACKET_MAX];

    peer->out_at = peer->out_len = 0;
    if (channel_owes(peer->channel)) {
        peer->out_len = channel_shake(peer->channel, peer->out);
        stood += channel_state(peer->channel) == CHANNEL_OPEN;
    } else if (channel_state(peer->channel) == CHANNEL_OPEN) {
        randombytes_buf(packet, sizeof packet);
        peer->out_len = channel_seal(peer->channel, peer->out, packet, sizeof packet);
    }
    if (channel_state(peer->channel) == CHANNEL_OPEN && !peer->has_stood) {
        peer->has_stood = true;
        stood_once++;
    }
}

/* False when the node has closed it. */
static bool say(struct peer *peer)
{
    if (peer->out_at == peer->out_len)
        fill(peer);
    if (peer->out_at == peer->out_len)
        return true;
    ssize_t done =
        send(peer->fd, peer->out + peer->out_at, peer->out_len - peer->out_at, MSG_NOSIGNAL);
    if (done < 0)
        return errno == EAGAIN || errno == EINTR;
    sent += (size_t)done;
    peer->out_at += (size_t)done;
    return true;
}

static bool hear(struct peer *peer)
{
    ssize_t len = recv(peer->fd, peer->in + peer->in_len, sizeof peer->in - peer->in_len, 0);

    if (len <= 0)
        return len < 0 && (errno == EAGAIN || errno == EINTR);
    peer->in_len += (size_t)len;
    for (size_t taken = 1; taken > 0 && !channel_owes(peer->channel);) {
        const uint8_t *packet;
        size_t packet_len;
        taken = channel_receive(peer->channel, peer->in, peer->in_len, &packet, &packet_len);
        peer->in_len -= taken;
        memmove(peer->in, peer->in + taken, peer->in_len);
    }
    return channel_state(peer->channel) != CHANNEL_BROKEN;
}

/* Whether there is anything to say now: else a quiet socket would wake us without end. */
static bool is_talkative(const struct peer *peer)
{
    return peer->out_at < peer->out_len || channel_owes(peer->channel) ||
           channel_state(peer->channel) == CHANNEL_OPEN;
}

static void attend(struct peer *peer, short events)
{
    bool stays = (events & (POLLERR | POLLHUP)) == 0;

    if (stays && (events & POLLIN) != 0)
        stays = hear(peer);
    if (stays && (events & POLLOUT) != 0)
        stays = say(peer);
    if (!stays)
        leave(peer);
}

static void turn(struct pollfd *wanted)
{
    wanted[peer_count] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
    for (size_t i = 0; i < peer_count; i++) {
        struct peer *peer = &peers[i];
        if (peer->channel == NULL && peer->back_ms <= now_ms())
            come(peer);
        wanted[i] = (struct pollfd){.fd = peer->channel != NULL ? peer->fd : -1};
        if (peer->channel != NULL)
            wanted[i].events = (short)(is_talkative(peer) ? POLLIN | POLLOUT : POLLIN);
    }
    if (poll(wanted, peer_count + 1, 20) < 0)
        return;
    for (size_t i = 0; i < peer_count; i++)
        if (wanted[i].fd >= 0 && wanted[i].revents != 0)
            attend(&peers[i], wanted[i].revents);
}

int main(int argc, char **argv)
{
    bool is_ready = false;
    char bytes[64];
    long port = argc > 2 ? strtol(argv[1], NULL, 10) : 0;

    if (port < 1 || port > 65535 || argc - 2 > PEERS_MAX) {
        fputs("usage: hostile PORT HOME...\n", stderr);
        return 64;
    }
    target.sin_port = htons((uint16_t)port);
    target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    peer_count = (size_t)argc - 2;
    peers = calloc(peer_count, sizeof *peers);
    struct pollfd *wanted = calloc(peer_count + 1, sizeof *wanted);
    if (garita_init() != GARITA_OK || peers == NULL || wanted == NULL)
        die("no memory");
    for (size_t i = 0; i < peer_count; i++)
        load(&peers[i], argv[i + 2]);
    setvbuf(stdout, NULL, _IOLBF, 0);
    do {
        turn(wanted);
        if (!is_ready && stood_once == peer_count) {
            is_ready = true;
            puts("ready");
        }
    } while (wanted[peer_count].revents == 0 || read(STDIN_FILENO, bytes, sizeof bytes) > 0);
    printf("stood %llu sent %llu\n", stood, sent);
    for (size_t i = 0; i < peer_count; i++) {
        if (peers[i].channel != NULL)
            leave(&peers[i]);
        sodium_free(peers[i].secret);
    }
    free(peers);
    free(wanted);
    return 0;
}
