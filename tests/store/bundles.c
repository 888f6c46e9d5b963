/* bundles FOLDER BUNDLE STEP FLIPS: takes a bundle into copies of a home, in this process: cut at
 * every STEP-th byte, and FLIPS times with bits flipped; and after each of these the whole one.
 *
 * FOLDER has a home, "base", as it was before; and is where its copies are made. What the whole
 * bundle says of CBP is in the names of the checks below.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <garita/store_logs.h>

#include "i18n.h"
#include "sync_import.h"

enum { BUNDLE_MAX = 1 << 20 };

static uint8_t whole[BUNDLE_MAX];
static uint8_t altered[BUNDLE_MAX];
static size_t whole_len;

static char base[PATH_MAX], copy[PATH_MAX], copy_file[PATH_MAX], input[PATH_MAX];
static struct context context;

static void fail(const char *what, const char *kind, size_t number)
{
    fprintf(stderr, "FAILED: %s, %s %zu\n", what, kind, number);
    exit(1);
}

static void must(bool is_so, const char *what)
{
    if (!is_so)
        fail(what, strerror(errno), 0);
}

/* --- files --- */

static void name(char out[PATH_MAX], const char *folder, const char *file)
{
    int len = snprintf(out, PATH_MAX, "%s/%s", folder, file);

    must(len > 0 && len < PATH_MAX, "a path is too long");
}

/* The home as it was before: its store was closed, so that it is one file. */
static void restore(void)
{
    static const char *const beside[] = {"-wal", "-shm"};
    char path[PATH_MAX + 8];
    struct stat info;

    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
        snprintf(path, sizeof path, "%s%s", copy_file, beside[i]);
        unlink(path);
    }
    int from = open(base, O_RDONLY | O_CLOEXEC);
    int to = open(copy_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    must(from >= 0 && to >= 0 && fstat(from, &info) == 0, "the home cannot be copied");
    for (off_t left = info.st_size; left > 0;) {
        ssize_t sent = sendfile(to, from, NULL, (size_t)left);
        must(sent > 0, "the home cannot be copied");
        left -= sent;
    }
    close(from);
    close(to);
}

static exit_status import(const uint8_t *bytes, size_t len)
{
    struct sync_summary summary;
    FILE *file = fopen(input, "wb");

    must(file != NULL && fwrite(bytes, 1, len, file) == len && fclose(file) == 0,
         "the bundle cannot be written");
    return sync_import_file(&context, &summary, input);
}

/* --- what is to be there afterwards --- */

static void on_misfit(void *data, const garita_store_misfit *misfit)
{
    (void)misfit;
    *(bool *)data = false;
}

static void on_damage(void *data, const garita_issuer *authority, const char *what)
{
    (void)authority;
    (void)what;
    *(bool *)data = false;
}

static const garita_issuer *cbp(const garita_trust *trust)
{
    for (size_t i = 0; i < garita_trust_count(trust); i++)
        if (strcmp(garita_trust_get(trust, i)->name, "CBP") == 0)
            return garita_trust_get(trust, i);
    return NULL;
}

/* Whether the home holds together, and serials 1 and 2 of CBP are revoked, each in a history of its
 * own, and serial 3 is not. */
static bool knows_all(void)
{
    char detail[GARITA_STORE_DETAIL_SIZE];
    garita_store *store = NULL;
    garita_trust *trust = NULL;
    garita_book *book = NULL;
    bool is_sound = garita_store_open(&store, detail, copy, GARITA_STORE_READ) == GARITA_STORE_OK;

    is_sound =
        is_sound &&
        garita_store_load_trust(store, &trust, on_misfit, &is_sound) == GARITA_STORE_OK &&
        garita_store_load_book(store, &book, trust, on_damage, &is_sound) == GARITA_STORE_OK &&
        is_sound && cbp(trust) != NULL && garita_book_log(book, cbp(trust)) != NULL;
    for (uint32_t serial = 1; is_sound && serial <= 3; serial++) {
        garita_status status = {.standing = GARITA_STANDING_ACTIVE};
        garita_log_status(garita_book_log(book, cbp(trust)), &status, serial);
        is_sound = status.has_head && status.equivocated &&
                   (status.standing == GARITA_STANDING_REVOKED) == (serial < 3);
    }
    garita_book_free(book);
    garita_trust_free(trust);
    garita_store_close(store);
    return is_sound;
}

static void expect_whole(const char *kind, size_t number)
{
    if (import(whole, whole_len) != EXIT_DONE)
        fail("the whole bundle is not taken afterwards", kind, number);
    if (!knows_all())
        fail("not all of the whole bundle is known afterwards", kind, number);
    if (import(whole, whole_len) != EXIT_DONE)
        fail("the whole bundle is not taken twice", kind, number);
}

/* --- --- */

static void cut_everywhere(size_t step)
{
    for (size_t len = 0; len < whole_len; len += step) {
        restore();
        if (import(whole, len) != EXIT_BAD_INPUT)
            fail("a part of a bundle is taken for a whole one", "of length", len);
        expect_whole("after one cut at byte", len);
    }
}

/* Park and Miller's: the same bits in every run. */
static uint32_t next(uint32_t *seed, size_t bound)
{
    *seed = (uint32_t)(*seed * UINT64_C(48271) % 2147483647);
    return (uint32_t)(*seed % bound);
}

static void flip_bits(size_t count)
{
    uint32_t seed = 20261121;

    for (size_t i = 0; i < count; i++) {
        restore();
        memcpy(altered, whole, whole_len);
        for (size_t bit = 0; bit <= i % 3; bit++)
            altered[next(&seed, whole_len)] ^= (uint8_t)(1u << next(&seed, 8));
        exit_status status = import(altered, whole_len);
        if (status != EXIT_DONE && status != EXIT_BAD_INPUT)
            fail("flipped bits are more than bad input", "number", i);
        expect_whole("after flipped bits, number", i);
    }
}

static void read_bundle(const char *path)
{
    FILE *file = fopen(path, "rb");

    must(file != NULL, "no bundle");
    whole_len = fread(whole, 1, sizeof whole, file);
    must(whole_len > 0 && whole_len < sizeof whole && fclose(file) == 0, "no bundle");
}

int main(int argc, char **argv)
{
    char home[PATH_MAX];

    must(argc == 5 && strtoul(argv[3], NULL, 10) > 0 && garita_init() == GARITA_OK,
         "how it is called");
    name(home, argv[1], "base");
    name(base, home, GARITA_STORE_FILE);
    name(copy, argv[1], "copy");
    name(copy_file, copy, GARITA_STORE_FILE);
    name(input, argv[1], "input");
    must(mkdir(copy, 0700) == 0 || errno == EEXIST, "no folder for the copy");
    read_bundle(argv[2]);

    i18n_set_language("en");
    context = (struct context){.home = copy,
                               .state = copy,
                               .has_now = true,
                               .now = 1811851200, /* 2027-06-01T16:00:00Z */
                               .out = fopen("/dev/null", "w"),
                               .err = fopen("/dev/null", "w")};
    must(context.out != NULL && context.err != NULL, "/dev/null");
    restore();
    expect_whole("in the home as it was", 0);
    cut_everywhere((size_t)strtoul(argv[3], NULL, 10));
    flip_bits((size_t)strtoul(argv[4], NULL, 10));
    fclose(context.out);
    fclose(context.err);
    return 0;
}
