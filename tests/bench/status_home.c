/* status_home GARITA: what a million revocations among 20,000,000 serials cost a home: to publish,
 * to carry, to take, to check, and to judge beside. The start of a process is part of its time.
 * "cpu" is the processor's; "all" the clock's, with the waiting for the disk and for others.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <garita/bundle.h>
#include <garita/store_logs.h>

#include "bench.h"
#include "command.h"
#include "homes.h"
#include "revocations.h"

enum { FRESH = 1000, DISTINCT = 20000, TIMES = 5, LINES = DISTINCT * TIMES, ROUNDS = 7, TAKES = 3 };

/* Each of the world's agencies has as many serials of the 20,000,000. */
enum { SHARE = SERIALS / WORLD_AGENCIES_MAX };

static world w;
static char *program;
static char now[] = "2027-06-01T12:00:00Z"; /* WORLD_NOW */
static const char state[] = "state/garita";

/* --- files and programs --- */

static FILE *create(const char *path) {
    FILE *f = fopen(path, "wb");
    if (f == NULL) {
        perror(path);
        exit(74);
    }
    return f;
}

static void close_file(FILE *f) {
    WORLD_REQUIRE(fclose(f) == 0);
}

static size_t file_len(const char *path, const char *more) {
    char name[256];
    struct stat facts;
    snprintf(name, sizeof name, "%s%s", path, more);
    return stat(name, &facts) == 0 ? (size_t)facts.st_size : 0;
}

static uint8_t *read_whole(size_t *len, const char *path) {
    *len = file_len(path, "");
    uint8_t *bytes = malloc(*len + 1);
    FILE *f = fopen(path, "rb");
    WORLD_REQUIRE(bytes != NULL && f != NULL && fread(bytes, 1, *len, f) == *len);
    close_file(f);
    return bytes;
}

/* What this process has written so far, by its system calls. */
static double written_mb(void) {
    char line[128];
    unsigned long long bytes = 0;
    FILE *f = fopen("/proc/self/io", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "wchar: %llu", &bytes) == 1)
            break;
    if (f != NULL)
        close_file(f);
    return (double)bytes / 1e6;
}

/* Runs garita with its clock at WORLD_NOW in a home, and up to eight arguments; null ends them. */
enum { ARGUMENTS_MAX = 8 };
static cost garita(char *home, const char *input, const char *output,
                   char *const arguments[ARGUMENTS_MAX]) {
    char *all[6 + ARGUMENTS_MAX] = { program, "--home", home, "--now", now };
    for (size_t i = 0; i < ARGUMENTS_MAX && arguments[i] != NULL; i++)
        all[5 + i] = arguments[i];
    return run(input, output, true, all);
}

#define GARITA(home, ...) \
    garita(home, "/dev/null", "/dev/null", (char *[ARGUMENTS_MAX]){ __VA_ARGS__ })

static void copy_home(char *to, char *from) {
    char *remove_it[] = { "/bin/rm", "-rf", to, NULL };
    char *copy_it[] = { "/bin/cp", "-r", from, to, NULL };
    run("/dev/null", "/dev/null", false, remove_it);
    run("/dev/null", "/dev/null", false, copy_it);
}

/* --- publishing --- */

/* What publishing wrote: in all, to the store, and to its WAL at the end. 0: not known, or none. */
typedef struct written {
    double mb;
    size_t db_bytes, wal_bytes;
} written;

static void show_publishing(const char *what, cost took, double bare, written to_disk) {
    printf("  %-40s %8.2f %8.2f %7.2f", what, took.spent_s, took.wall_s, took.spent_s / bare);
    if (to_disk.db_bytes > 0)
        printf(" %8.2f", (double)to_disk.db_bytes / 1e6);
    if (to_disk.wal_bytes > 0)
        printf(" %8.2f %8.2f", (double)to_disk.wal_bytes / 1e6, to_disk.mb);
    putchar('\n');
}

static size_t store_len(const char *home, const char *more) {
    char db[64];
    snprintf(db, sizeof db, "%s/" GARITA_STORE_FILE, home);
    return file_len(db, more);
}

/* A batch and a head an act, as the command does it, or with the log held from one to the next. */
static void publish_in_acts(const char *home, const uint32_t *serials, bool is_held, double bare) {
    keeper k;
    home_make(home, &w);
    keeper_open(&k, home, &w, &w.agencies[0]);
    keeper_restored(&k, state, SERIALS);
    double wall = bench_now_s(), spent = bench_spent_s(), before_mb = written_mb();
    for (unsigned b = 0; b < BATCHES; b++)
        keeper_revoke(&k, state, is_held, serials + b * BATCH, BATCH, SERIALS, WORLD_NOW);
    cost took = { .wall_s = bench_now_s() - wall, .spent_s = bench_spent_s() - spent };
    WORLD_REQUIRE(garita_set_revoked(k.log.set) == MANY);
    written to_disk = { .mb = written_mb() - before_mb, .wal_bytes = store_len(home, "-wal") };
    keeper_close(&k);
    to_disk.db_bytes = store_len(home, "");
    show_publishing(is_held ? "and kept, an act each, the log held"
                            : "  and loaded anew for each act",
                    took, bare, to_disk);
}

static void write_serials(const uint32_t *serials, size_t count) {
    FILE *f = create("serials");
    for (size_t i = 0; i < count; i++)
        fprintf(f, "%u\n", serials[i]);
    close_file(f);
}

static cost revoke_by_command(char *home, const uint32_t *serials, size_t count) {
    write_serials(serials, count);
    return GARITA(home, "revoke", "--as", "agency", "--serials-from", "serials", "--unregistered");
}

/* All at once by the command, in a home whose serials go on behind SERIALS, or never began. */
static void publish_at_once(char *home, const uint32_t *serials, bool has_issued, double bare) {
    home_make(home, &w);
    home_put_key(home, "agency", &w.agencies[0]);
    if (has_issued) {
        keeper k;
        keeper_open(&k, home, &w, &w.agencies[0]);
        keeper_restored(&k, state, SERIALS);
        keeper_close(&k);
    }
    cost took = revoke_by_command(home, serials, MANY);
    show_publishing(has_issued ? "garita revoke --serials-from, once"
                               : "  where none of them is issued yet",
                    took, bare, (written){ .db_bytes = store_len(home, "") });
}

/* homes: four names for those that are made. */
static void show_publishing_all(char *const homes[4], bool in_lots) {
    bare_work noted;
    const uint32_t *serials = draw_serials(MANY, in_lots);
    double core = revoke_in_core_s(&noted, &w), bare = bare_s(&noted, &w);
    printf(" %s: %zu bytes of batches, %zu of heads; %zu touched chunks of %.2f MB, %zu nodes\n",
           draw_name(in_lots), noted.batch_bytes, noted.head_bytes,
           noted.length_count - noted.batch_count, (double)noted.chunk_bytes / 1e6,
           noted.node_count);
    bare_work_free(&noted);
    show_publishing("SHA-256 over these, and the signatures", (cost){ bare, bare }, bare,
                    (written){ 0 });
    show_publishing("batches, set, log and heads in memory", (cost){ core, core }, bare,
                    (written){ 0 });
    publish_in_acts(homes[0], serials, true, bare);
    publish_in_acts(homes[1], serials, false, bare);
    publish_at_once(homes[2], serials, true, bare);
    publish_at_once(homes[3], serials, false, bare);
}

/* --- carrying and taking --- */

typedef struct contents {
    size_t heads, head_bytes, batches, batch_bytes, chunks, chunk_bytes, len;
} contents;

static contents look_into(const char *path) {
    contents out = { 0 };
    garita_bundle_reader reader;
    garita_message message;
    uint8_t *bytes = read_whole(&out.len, path);
    WORLD_REQUIRE(garita_bundle_open(&reader, bytes, out.len) == GARITA_OK);
    do {
        WORLD_REQUIRE(garita_bundle_next(&reader, &message, NULL) == GARITA_OK);
        out.heads += message.head.len > 0;
        out.head_bytes += message.head.len;
        out.batches += message.kind == GARITA_MESSAGE_BATCH;
        out.batch_bytes += message.kind == GARITA_MESSAGE_BATCH ? message.bytes.len : 0;
        out.chunks += message.kind == GARITA_MESSAGE_CHUNK;
        out.chunk_bytes += message.kind == GARITA_MESSAGE_CHUNK ? message.bytes.len : 0;
    } while (message.kind != GARITA_MESSAGE_END);
    free(bytes);
    return out;
}

static bool sink(void *context, const uint8_t *bytes, size_t len) {
    return fwrite(bytes, 1, len, context) == len;
}

static bool sink_batch(void *context, const uint8_t *bytes, size_t len) {
    const garita_message batch = { .kind = GARITA_MESSAGE_BATCH, .bytes = { bytes, len } };
    return garita_bundle_write(sink, context, &batch);
}

/* Every batch of the log, which an export would not give where a snapshot is smaller. */
static void write_whole_log(const char *path, const char *home) {
    FILE *f = create(path);
    keeper k;
    keeper_open(&k, home, &w, &w.agencies[0]);
    garita_message tail = { .kind = GARITA_MESSAGE_TAIL,
                            .head = { k.log.head_bytes, k.log.head_len } };
    WORLD_REQUIRE(garita_bundle_write_header(sink, f) && garita_bundle_write(sink, f, &tail));
    WORLD_REQUIRE(garita_store_each_batch(k.store, &k.log.id, 0, sink_batch, f) == GARITA_STORE_OK);
    WORLD_REQUIRE(garita_bundle_write(sink, f, &(garita_message){ .kind = GARITA_MESSAGE_END }));
    keeper_close(&k);
    close_file(f);
}

static cost median(cost *costs, size_t count) {
    double wall[ROUNDS], spent[ROUNDS];
    for (size_t i = 0; i < count; i++) {
        wall[i] = costs[i].wall_s;
        spent[i] = costs[i].spent_s;
    }
    return (cost){ bench_median(wall, count), bench_median(spent, count) };
}

static void show_cost(const char *what, cost took, size_t db_bytes) {
    printf("  %-50s %8.2f %8.2f", what, took.spent_s, took.wall_s);
    if (db_bytes > 0)
        printf(" %8.2f", (double)db_bytes / 1e6);
    putchar('\n');
}

/* Into a home that has nothing yet. */
static void show_taking(char *home, char *template, char *bundle, const char *what) {
    char line[64];
    cost imports[TAKES], doctors[TAKES];
    for (size_t i = 0; i < TAKES; i++) {
        copy_home(home, template);
        imports[i] = GARITA(home, "sync", "import", bundle);
        doctors[i] = GARITA(home, "doctor");
    }
    snprintf(line, sizeof line, "garita sync import: %s, %zu bytes", what, file_len(bundle, ""));
    show_cost(line, median(imports, TAKES), store_len(home, ""));
    show_cost("  garita doctor there", median(doctors, TAKES), 0);
}

static void show_taking_all(char *agency, char *checkpoint) {
    static char newcomer[] = "newcomer";
    home_make(newcomer, &w);
    GARITA(newcomer, "sync", "have", "-o", "have-none.bin");
    cost took = GARITA(agency, "sync", "export", "--for", "have-none.bin", "-o", "snapshot.gtb");
    contents snapshot = look_into("snapshot.gtb");
    WORLD_REQUIRE(snapshot.chunks > 0 && snapshot.batches == 0);
    write_whole_log("whole.gtb", agency);
    printf("  %-50s %8s %8s %8s\n", "of the million at random", "cpu s", "all s", "store MB");
    show_cost("garita sync export, for a newcomer", took, 0);
    show_cost("garita doctor, where they were published", GARITA(agency, "doctor"), 0);
    show_taking("follower", newcomer, "whole.gtb", "the whole log");
    show_taking(checkpoint, newcomer, "snapshot.gtb", "the snapshot");
}

/* Fresh revocations in a number of acts, for a checkpoint that had all before. */
static void show_fresh(char *agency, char *checkpoint, size_t batch_count) {
    uint32_t serials[FRESH];
    size_t each = FRESH / batch_count;
    remove("have.bin");
    remove("fresh.gtb");
    GARITA(checkpoint, "sync", "have", "-o", "have.bin");
    for (size_t b = 0; b < batch_count; b++) {
        for (size_t i = 0; i < each; i++)
            serials[i] = draw_another();
        revoke_by_command(agency, serials, each);
    }
    GARITA(agency, "sync", "export", "--for", "have.bin", "-o", "fresh.gtb");
    GARITA(checkpoint, "sync", "import", "fresh.gtb");
    contents fresh = look_into("fresh.gtb");
    WORLD_REQUIRE(fresh.batches == batch_count && fresh.heads == 1 && fresh.chunks == 0);
    printf("  %7zu %9zu %6zu %8zu   %6.3f   (target: at most 1.3)\n", batch_count,
           fresh.batch_bytes, fresh.head_bytes, fresh.len,
           (double)fresh.len / (double)(fresh.batch_bytes + fresh.head_bytes));
}

/* --- judging beside it --- */

static size_t agency_of(uint32_t serial) {
    return (serial - 1) / SHARE;
}

static uint32_t serial_of(uint32_t serial) {
    return (serial - 1) % SHARE + 1;
}

/* Revokes the drawn serials, each in its agency's log, in batches of BATCH with a head each, and
 * signs a head of every authority. */
static void fill(const char *home, const uint32_t *serials, size_t count) {
    uint32_t its[BATCH];
    keeper k;
    for (size_t a = 0; a < WORLD_AGENCIES_MAX; a++) {
        size_t pending = 0;
        keeper_open(&k, home, &w, &w.agencies[a]);
        for (size_t i = 0; i < count; i++) {
            if (agency_of(serials[i]) != a)
                continue;
            its[pending++] = serial_of(serials[i]);
            if (pending == BATCH) {
                keeper_revoke(&k, NULL, true, its, BATCH, SHARE, WORLD_NOW);
                pending = 0;
            }
        }
        keeper_revoke(&k, NULL, true, its, pending, SHARE, WORLD_NOW);
        keeper_close(&k);
    }
    for (size_t a = 0; a < 2; a++) {
        keeper_open(&k, home, &w, &w.anchors[a]);
        keeper_revoke(&k, NULL, true, NULL, 0, SHARE, WORLD_NOW);
        keeper_close(&k);
    }
}

/* Credentials with serials that nobody revoked, one of each agency after the other. */
static void write_cards(void) {
    static char text[DISTINCT][512];
    static size_t text_len[DISTINCT];
    for (size_t i = 0; i < DISTINCT; i++) {
        uint8_t statement[GARITA_CREDENTIAL_BYTES_MAX];
        uint32_t serial = draw_another();
        size_t len = world_issue(statement, &w, agency_of(serial), serial_of(serial));
        WORLD_REQUIRE(garita_text_encode(text[i], &text_len[i], sizeof text[i], statement, len) ==
                      GARITA_OK);
    }
    FILE *f = create("lines");
    for (size_t i = 0; i < LINES; i++)
        fprintf(f, "%.*s\n", (int)text_len[i % DISTINCT], text[i % DISTINCT]);
    close_file(f);
    f = create("card.txt");
    fprintf(f, "%.*s\n", (int)text_len[0], text[0]);
    close_file(f);
}

static void require_accepted(size_t lines) {
    static char line[65536];
    FILE *f = fopen("verdicts", "rb");
    WORLD_REQUIRE(f != NULL);
    for (; fgets(line, sizeof line, f) != NULL; lines--)
        WORLD_REQUIRE(lines > 0 && strstr(line, "\"verdict\":\"accept\"") != NULL);
    WORLD_REQUIRE(lines == 0);
    close_file(f);
}

static cost scan(char *home, const char *input, size_t lines) {
    cost took = garita(home, input, "verdicts",
                       (char *[ARGUMENTS_MAX]){ "scan", "-", "--json", "--jobs", "1" });
    require_accepted(lines);
    return took;
}

/* One home's processes in all rounds. */
typedef struct judging {
    char *home;
    cost first[ROUNDS], all[ROUNDS];
} judging;

static void judge(judging *j, size_t round) {
    j->first[round] = scan(j->home, "card.txt", 1);
    j->all[round] = scan(j->home, "lines", LINES);
}

/* The median of the rounds' ratios: neighbours in time met the same machine. */
static double ratio(const double *a, const double *b) {
    double ratios[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++)
        ratios[i] = a[i] / b[i];
    return bench_median(ratios, ROUNDS);
}

/* Seconds behind the first verdict, for the lines behind the first. */
static void steady(double *spent, double *wall, const judging *j) {
    for (size_t i = 0; i < ROUNDS; i++) {
        spent[i] = j->all[i].spent_s - j->first[i].spent_s;
        wall[i] = j->all[i].wall_s - j->first[i].wall_s;
    }
}

static void show_home(const char *what, judging *j) {
    double spent[ROUNDS], wall[ROUNDS];
    steady(spent, wall, j);
    cost first = median(j->first, ROUNDS);
    printf("  %-20s %9.1f %9.1f %10.0f %10.0f %8.2f\n", what, first.spent_s * 1e3,
           first.wall_s * 1e3, (LINES - 1) / bench_median(spent, ROUNDS),
           (LINES - 1) / bench_median(wall, ROUNDS), (double)store_len(j->home, "") / 1e6);
}

static void show_judging(void) {
    judging none = { .home = "home-empty" }, many = { .home = "home-many" };
    double spent[2][ROUNDS], wall[2][ROUNDS];
    const uint32_t *serials = draw_serials(MANY, false);
    home_make(none.home, &w);
    home_make(many.home, &w);
    fill(none.home, NULL, 0);
    fill(many.home, serials, MANY);
    write_cards();
    scan(none.home, "lines", LINES);
    scan(many.home, "lines", LINES);
    for (size_t i = 0; i < ROUNDS; i++) {
        judge(i % 2 == 0 ? &none : &many, i);
        judge(i % 2 == 0 ? &many : &none, i);
    }
    printf("garita scan -, the default lane, one core, %d authorities, %d turns: open and first "
           "verdict; then %d lines, rate a second\n", WORLD_AGENCIES_MAX, ROUNDS, LINES);
    printf("  %-20s %9s %9s %10s %10s %8s\n", "", "cpu ms", "all ms", "by cpu", "in all",
           "store MB");
    show_home("empty logs", &none);
    show_home("1,000,000 revoked", &many);
    steady(spent[0], wall[0], &none);
    steady(spent[1], wall[1], &many);
    printf("  a line costs %.3f times as much, by cpu; %.3f in all "
           "(target: at most 1.1)\n", ratio(spent[1], spent[0]), ratio(wall[1], wall[0]));
}

int main(int argc, char **argv) {
    static char *const lots[] = { "lots", "lots-anew", "lots-once", "lots-fresh" };
    static char *const alone[] = { "alone", "alone-anew", "alone-once", "alone-fresh" };
    static char checkpoint[] = "checkpoint";
    if (argc != 2 || (program = realpath(argv[1], NULL)) == NULL) {
        fputs("usage: status_home GARITA\n", stderr);
        return 64;
    }
    setvbuf(stdout, NULL, _IOLBF, 0); /* it takes minutes */
    folder_enter();
    world_make(&w, WORLD_AGENCIES_MAX);

    printf("%d revocations of %d serials in %d batches, a signed head each (garita revoke: as few "
           "batches as hold them, one head)\n", MANY, SERIALS, BATCHES);
    printf("  %-40s %8s %8s %7s %8s %8s %8s\n", "", "cpu s", "all s", "times", "store MB", "WAL MB",
           "written");
    show_publishing_all(lots, true);
    show_publishing_all(alone, false);
    putchar('\n');

    home_put_key(alone[0], "agency", &w.agencies[0]);
    show_taking_all(alone[0], checkpoint);
    putchar('\n');
    printf("%d fresh revocations for a checkpoint that is otherwise current, bytes\n", FRESH);
    printf("  %7s %9s %6s %8s   %6s\n", "batches", "of them", "head", "bundle", "ratio");
    show_fresh(alone[0], checkpoint, 1);
    show_fresh(alone[0], checkpoint, 10);
    show_fresh(alone[0], checkpoint, 100);
    putchar('\n');

    show_judging();
    folder_leave();
    world_free(&w);
    free(program);
    return 0;
}
