/* relay LEFT RIGHT: a cable between two TAP devices, which it makes in the network namespace that
 * it runs in, for kernels without netem: what comes out of one goes into the other, later, slower,
 * or not at all. Says "ready" when both are there; then takes commands, a line each, and answers
 * each with "ok":
 *
 *   delay MS       each frame arrives so much later
 *   rate BITS      a second, each way; 0: as fast as it comes
 *   loss PERCENT   of the frames, by a generator of a fixed seed
 *   cut left       frames that come out of LEFT are dropped; cut right: of RIGHT
 *   cut both       a partition
 *   heal           nothing is cut
 *   count          answers "count" and the frames passed and dropped, from left and from right
 *
 * Ends with its standard input, and the devices with it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* A frame of Ethernet without jumbo ones; as many on their way as 300 ms at 80 Mbit/s hold. More
 * are dropped, as by any router. */
enum { FRAME_MAX = 1600, FRAMES = 2048, LINE_MAX_LEN = 80 };

struct frame {
    int64_t due_us;
    size_t len;
    uint8_t bytes[FRAME_MAX];
};

/* One way through the cable. */
struct way {
    int from, to;
    bool is_cut;
    int64_t free_us; /* when the last bit of what is queued has left, at this rate */
    size_t first, count;
    unsigned long passed, dropped;
    struct frame frames[FRAMES];
};

static struct way ways[2];
static int64_t delay_us;
static int64_t rate_bits;
static unsigned loss_percent;
static uint64_t seed = 0x9e3779b97f4a7c15;

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* xorshift64: any sequence does that is the same each time. */
static uint64_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static int open_tap(const char *name)
{
    struct ifreq request = {0};
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    if (strlen(name) >= sizeof request.ifr_name) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(request.ifr_name, name, strlen(name) + 1);
    if (fd >= 0 && ioctl(fd, TUNSETIFF, &request) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* --- frames --- */

static void queue(struct way *way, const uint8_t *bytes, size_t len, int64_t now)
{
    if (way->is_cut || next_random() % 100 < loss_percent || way->count == FRAMES) {
        way->dropped++;
        return;
    }
    int64_t start = way->free_us > now ? way->free_us : now;
    way->free_us = start + (rate_bits > 0 ? (int64_t)len * 8 * 1000000 / rate_bits : 0);
    struct frame *frame = &way->frames[(way->first + way->count++) % FRAMES];
    frame->due_us = way->free_us + delay_us;
    frame->len = len;
    memcpy(frame->bytes, bytes, len);
}

static void take(struct way *way)
{
    uint8_t bytes[FRAME_MAX];
    ssize_t len;

    while ((len = read(way->from, bytes, sizeof bytes)) > 0)
        queue(way, bytes, (size_t)len, now_us());
}

static void give(struct way *way)
{
    int64_t now = now_us();

    for (; way->count > 0 && way->frames[way->first].due_us <= now; way->count--) {
        const struct frame *frame = &way->frames[way->first];
        bool is_passed = !way->is_cut && write(way->to, frame->bytes, frame->len) > 0;
        way->passed += is_passed;
        way->dropped += !is_passed;
        way->first = (way->first + 1) % FRAMES;
    }
}

static int wait_ms(void)
{
    int64_t least = INT64_MAX;

    for (size_t i = 0; i < 2; i++)
        if (ways[i].count > 0 && ways[i].frames[ways[i].first].due_us < least)
            least = ways[i].frames[ways[i].first].due_us;
    if (least == INT64_MAX)
        return -1;
    int64_t left = least - now_us();
    return left <= 0 ? 0 : (int)((left + 999) / 1000);
}

/* --- commands --- */

static bool read_number(int64_t *out, const char *text, int64_t max)
{
    char *end = NULL;
    long long number = strtoll(text, &end, 10);

    *out = number;
    return end != text && *end == '\0' && number >= 0 && number <= max;
}

static bool obey(const char *line)
{
    int64_t number = 0;

    if (strncmp(line, "delay ", 6) == 0 && read_number(&number, line + 6, 60000)) {
        delay_us = number * 1000;
    } else if (strncmp(line, "rate ", 5) == 0 && read_number(&number, line + 5, 1000000000)) {
        rate_bits = number;
    } else if (strncmp(line, "loss ", 5) == 0 && read_number(&number, line + 5, 100)) {
        loss_percent = (unsigned)number;
    } else if (strncmp(line, "cut ", 4) == 0) {
        bool is_both = strcmp(line + 4, "both") == 0;
        bool is_left = strcmp(line + 4, "left") == 0;
        if (!is_both && !is_left && strcmp(line + 4, "right") != 0)
            return false;
        ways[0].is_cut = ways[0].is_cut || is_both || is_left;
        ways[1].is_cut = ways[1].is_cut || is_both || !is_left;
    } else if (strcmp(line, "heal") == 0) {
        ways[0].is_cut = ways[1].is_cut = false;
    } else if (strcmp(line, "count") == 0) {
        printf("count %lu %lu %lu %lu\n", ways[0].passed, ways[0].dropped, ways[1].passed,
               ways[1].dropped);
    } else {
        return false;
    }
    return true;
}

/* False at the end of the input, or for what is no command. */
static bool take_commands(void)
{
    static char line[LINE_MAX_LEN];
    static size_t used;
    ssize_t len = read(STDIN_FILENO, line + used, sizeof line - used);

    if (len <= 0)
        return false;
    used += (size_t)len;
    for (char *end; (end = memchr(line, '\n', used)) != NULL;) {
        *end = '\0';
        if (!obey(line)) {
            fprintf(stderr, "relay: no command: %s\n", line);
            return false;
        }
        puts("ok");
        used -= (size_t)(end + 1 - line);
        memmove(line, end + 1, used);
    }
    return used < sizeof line;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: relay LEFT RIGHT\n", stderr);
        return 64;
    }
    int left = open_tap(argv[1]);
    int right = left >= 0 ? open_tap(argv[2]) : -1;
    if (right < 0) {
        perror("relay: no TAP device");
        return 1;
    }
    ways[0].from = ways[1].to = left;
    ways[0].to = ways[1].from = right;
    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("ready");
    for (;;) {
        struct pollfd wanted[] = {{.fd = left, .events = POLLIN},
                                  {.fd = right, .events = POLLIN},
                                  {.fd = STDIN_FILENO, .events = POLLIN}};
        if (poll(wanted, 3, wait_ms()) < 0 && errno != EINTR) {
            perror("relay: poll");
            return 1;
        }
        if ((wanted[2].revents & (POLLIN | POLLHUP)) != 0 && !take_commands())
            return 0;
        for (size_t i = 0; i < 2; i++) {
            take(&ways[i]);
            give(&ways[i]);
        }
    }
}
