/* scan_rate GARITA: what `garita scan -` costs beyond the signature checks: 100,000 lines of 20,000
 * distinct credentials of 20 authorities, --json to a file, against a loop of bare
 * crypto_sign_verify_detached over the same. Process start included. Target: at most 1.35 on one
 * core, and near twice the rate with --jobs 2.
 */
#include <stdio.h>
#include <unistd.h>

#include <sodium.h>

#include "bench.h"
#include "command.h"

enum { DISTINCT = 20000, TIMES = 5, LINES = DISTINCT * TIMES, ROUNDS = 5 };

static const char prefix[] = "garita/v1/credential"; /* its zero is part of it */

typedef struct card {
    uint8_t message[256];
    uint16_t message_len;
    uint16_t agency;
    uint8_t signature[GARITA_SIGNATURE_SIZE];
} card;

static card cards[DISTINCT];
static world w;

static FILE *create(const char *path) {
    FILE *f = fopen(path, "wb");
    if (f == NULL) {
        perror(path);
        exit(74);
    }
    return f;
}

static void make_input(void) {
    static char text[DISTINCT][512];
    static size_t text_len[DISTINCT];
    for (size_t i = 0; i < DISTINCT; i++) {
        card *c = &cards[i];
        uint8_t statement[GARITA_CREDENTIAL_BYTES_MAX];
        c->agency = (uint16_t)(i % WORLD_AGENCIES_MAX);
        size_t len = world_issue(statement, &w, c->agency, (uint32_t)(100000 + i));
        WORLD_REQUIRE(garita_text_encode(text[i], &text_len[i], sizeof text[i], statement, len) ==
                      GARITA_OK);
        size_t map_len = len - WORLD_ENVELOPE;
        WORLD_REQUIRE(sizeof prefix + map_len <= sizeof c->message);
        c->message_len = (uint16_t)(sizeof prefix + map_len);
        memcpy(c->message, prefix, sizeof prefix);
        memcpy(c->message + sizeof prefix, statement + 1, map_len);
        memcpy(c->signature, statement + len - GARITA_SIGNATURE_SIZE, GARITA_SIGNATURE_SIZE);
    }
    FILE *f = create("lines");
    for (size_t i = 0; i < LINES; i++) {
        fwrite(text[i % DISTINCT], 1, text_len[i % DISTINCT], f);
        fputc('\n', f);
    }
    WORLD_REQUIRE(fclose(f) == 0);
}

/* In a child: the lines from first, every step-th. */
static pid_t bare_child(size_t core, size_t first, size_t step) {
    pid_t child = fork();
    WORLD_REQUIRE(child >= 0);
    if (child == 0) {
        pin_to((int)core);
        for (size_t i = first; i < LINES; i += step) {
            const card *c = &cards[i % DISTINCT];
            if (crypto_sign_verify_detached(c->signature, c->message, c->message_len,
                                            w.agencies[c->agency].public_key) != 0)
                _exit(1);
        }
        _exit(0);
    }
    return child;
}

static double bare(size_t jobs) {
    pid_t child[2];
    double since = bench_now_s();
    for (size_t i = 0; i < jobs; i++)
        child[i] = bare_child(i, i, jobs);
    for (size_t i = 0; i < jobs; i++)
        child_await(NULL, child[i], "the bare loop");
    return bench_now_s() - since;
}

static void require_verdicts(const char *path) {
    FILE *f = fopen(path, "rb");
    static char line[65536];
    size_t lines = 0;
    WORLD_REQUIRE(f != NULL);
    for (; fgets(line, sizeof line, f) != NULL; lines++)
        WORLD_REQUIRE(strstr(line, "\"verdict\":\"accept\"") != NULL);
    fclose(f);
    WORLD_REQUIRE(lines == LINES);
}

static char *program;
static char home[] = "home", now[] = "2027-06-01T12:00:00Z";

static double scan(int jobs) {
    char jobs_text[] = { (char)('0' + jobs), 0 };
    char *arguments[] = { program, "scan", "-",   "--json", "--lane",  "any", "--home",
                          home,    "--now", now, "--jobs", jobs_text, NULL };
    double took_s = run("lines", "verdicts", jobs == 1, arguments).wall_s;
    require_verdicts("verdicts");
    return took_s;
}

static void trust(const char *name, const world_agency *agency, bool is_anchor) {
    char path[64];
    snprintf(path, sizeof path, "%s.bin", name);
    FILE *f = create(path);
    WORLD_REQUIRE(fwrite(agency->statement, 1, agency->statement_len, f) == agency->statement_len);
    WORLD_REQUIRE(fclose(f) == 0);
    char *arguments[] = { program, "trust", "add", path, "--home", home,
                          is_anchor ? "--anchor" : NULL, NULL };
    run("/dev/null", "/dev/null", false, arguments);
}

int main(int argc, char **argv) {
    if (argc != 2 || (program = realpath(argv[1], NULL)) == NULL) {
        fputs("usage: scan_rate GARITA\n", stderr);
        return 64;
    }
    folder_enter();
    world_make(&w, WORLD_AGENCIES_MAX);
    make_input();
    char *init[] = { program, "init", "--home", home, NULL };
    run("/dev/null", "/dev/null", false, init);
    trust("anchor-usa", &w.anchors[0], true);
    trust("anchor-mex", &w.anchors[1], true);
    for (size_t i = 0; i < WORLD_AGENCIES_MAX; i++) {
        char name[32];
        snprintf(name, sizeof name, "agency-%zu", i);
        trust(name, &w.agencies[i], false);
    }

    bool has_two = sysconf(_SC_NPROCESSORS_ONLN) >= 2;
    double bare_1[ROUNDS], scan_1[ROUNDS], bare_2[ROUNDS], scan_2[ROUNDS];
    bare(1);
    scan(1);
    for (size_t i = 0; i < ROUNDS; i++) {
        bare_1[i] = bare(1);
        scan_1[i] = scan(1);
        if (has_two) {
            bare_2[i] = bare(2);
            scan_2[i] = scan(2);
        }
    }
    double b1 = bench_median(bare_1, ROUNDS), s1 = bench_median(scan_1, ROUNDS);
    printf("%d lines of %d distinct credentials, %d rounds in turns, medians\n", LINES, DISTINCT,
           ROUNDS);
    printf("bare loop, one core   %7.2f s  %8.0f a second\n", b1, LINES / b1);
    printf("garita scan -         %7.2f s  %8.0f a second\n", s1, LINES / s1);
    printf("ratio                 %7.3f    (target: at most 1.35)\n", s1 / b1);
    if (has_two) {
        double b2 = bench_median(bare_2, ROUNDS), s2 = bench_median(scan_2, ROUNDS);
        printf("garita scan --jobs 2  %7.2f s  %8.0f a second\n", s2, LINES / s2);
        printf("rate on two cores     %7.3f    times that on one (target: near 2; the bare loop: %.3f)\n",
               s1 / s2, b1 / b2);
    }
    folder_leave();
    world_free(&w);
    free(program);
    return 0;
}
