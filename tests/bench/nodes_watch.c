/* nodes_watch AUTHORITY SERIAL HOME...: says for each home, as soon as it is so, that a scan there
 * would find the serial of the authority of that name revoked: the moment in milliseconds of the
 * wall clock, and the home. Says "ready" first; ends when it is so everywhere, or with its standard
 * input.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <garita/store_logs.h>
#include <garita/store_view.h>

#include "bench.h"

/* The finest that the figures are good for. */
static const struct timespec often = {.tv_nsec = 3000000};

typedef struct lane {
    const char *home;
    garita_store *store;
    int64_t version;
    bool is_done;
} lane;

static bool holds(lane *l, const char *name, uint32_t serial)
{
    garita_trust *trust = NULL;
    garita_book *book = NULL;
    bool is_revoked = false;
    WORLD_REQUIRE(garita_store_hold(l->store) == GARITA_STORE_OK);
    WORLD_REQUIRE(garita_store_load_trust(l->store, &trust, NULL, NULL) == GARITA_STORE_OK);
    WORLD_REQUIRE(garita_store_load_book(l->store, &book, trust, NULL, NULL) == GARITA_STORE_OK);
    garita_store_rollback(l->store);
    for (size_t i = 0; i < garita_trust_count(trust) && !is_revoked; i++) {
        const garita_issuer *issuer = garita_trust_get(trust, i);
        const garita_log *log = garita_book_known(book, issuer);
        is_revoked = strcmp(issuer->name, name) == 0 && log != NULL &&
                     garita_set_get(log->set, serial) == GARITA_STANDING_REVOKED;
    }
    garita_book_free(book);
    garita_trust_free(trust);
    return is_revoked;
}

/* Whether it came to hold it just now. */
static bool look(lane *l, const char *name, uint32_t serial)
{
    int64_t version = 0;
    WORLD_REQUIRE(garita_store_version(l->store, &version) == GARITA_STORE_OK);
    if (version == l->version)
        return false;
    l->version = version;
    l->is_done = holds(l, name, serial);
    return l->is_done;
}

static bool is_input_open(void)
{
    char byte;
    return read(STDIN_FILENO, &byte, 1) != 0;
}

int main(int argc, char **argv)
{
    char detail[GARITA_STORE_DETAIL_SIZE];
    size_t count = argc > 3 ? (size_t)argc - 3 : 0;
    if (count == 0) {
        fputs("usage: nodes_watch AUTHORITY SERIAL HOME...\n", stderr);
        return 64;
    }
    uint32_t serial = (uint32_t)strtoul(argv[2], NULL, 10);
    lane *lanes = calloc(count, sizeof *lanes);
    WORLD_REQUIRE(lanes != NULL && fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK) == 0);
    for (size_t i = 0; i < count; i++) {
        lanes[i] = (lane){.home = argv[i + 3], .version = -1};
        WORLD_REQUIRE(garita_store_open(&lanes[i].store, detail, lanes[i].home,
                                        GARITA_STORE_READ) == GARITA_STORE_OK);
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("ready");
    for (size_t left = count; left > 0 && is_input_open(); nanosleep(&often, NULL))
        for (size_t i = 0; i < count; i++)
            if (!lanes[i].is_done && look(&lanes[i], argv[1], serial)) {
                struct timespec now;
                WORLD_REQUIRE(clock_gettime(CLOCK_REALTIME, &now) == 0);
                printf("%lld %s\n", (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000,
                       lanes[i].home);
                left--;
            }
    for (size_t i = 0; i < count; i++)
        garita_store_close(lanes[i].store);
    free(lanes);
    return 0;
}
