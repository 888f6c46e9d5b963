/* The counter that a restored or copied home does not have: every way in which the home and its
 * file can come to disagree, and the way back. */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include <garita/store_signing.h>

#define assert_store(got, expected)                                                                \
    assert_string_equal(garita_store_error_name(got),                                              \
                        garita_store_error_name(GARITA_STORE_##expected))
#define assert_doubt(got, expected)                                                                \
    assert_string_equal(garita_doubt_name(got), garita_doubt_name(GARITA_DOUBT_##expected))

static const uint8_t key_a[GARITA_PUBLIC_KEY_SIZE] = {0xa};
static const uint8_t key_b[GARITA_PUBLIC_KEY_SIZE] = {0xb};
static const uint8_t key_c[GARITA_PUBLIC_KEY_SIZE] = {0xc};
static const uint8_t home_id[GARITA_HOME_ID_SIZE] = {0xab, 2, 3};
#define COUNTER_NAME "ab020300000000000000000000000000.generation"

/* --- a home and a state folder of its own for each test --- */

static char folder[32], home[64], state[64];
static char detail[GARITA_STORE_DETAIL_SIZE];

static int set_up(void **context)
{
    static unsigned count;

    (void)context;
    snprintf(folder, sizeof folder, "test-%u", count++);
    snprintf(home, sizeof home, "%s/home", folder);
    snprintf(state, sizeof state, "%s/state/garita", folder);
    return 0;
}

static const char *path_in(const char *directory, const char *name)
{
    static char path[256];

    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static garita_store *open_home(const char *path)
{
    garita_store *store;

    assert_store(garita_store_open(&store, detail, path, GARITA_STORE_WRITE), OK);
    return store;
}

static garita_store *make_home(void)
{
    garita_home facts;
    bool created;

    assert_store(garita_store_create(&created, &facts, detail, home, "USA", home_id), OK);
    return open_home(home);
}

static size_t read_file(char *out, size_t cap, const char *path)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        return 0;
    size_t len = fread(out, 1, cap, file);
    fclose(file);
    return len;
}

static void write_file(const char *path, const void *bytes, size_t len)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

/* The counter's file as text; "" if there is none. */
static const char *counter(void)
{
    static char text[128];

    text[read_file(text, sizeof text - 1, path_in(state, COUNTER_NAME))] = '\0';
    return text;
}

static void set_counter(const char *text)
{
    write_file(path_in(state, COUNTER_NAME), text, strlen(text));
}

/* Copies a home that nobody has open. */
static const char *copy_home(const char *name)
{
    static char bytes[1 << 20];
    static char to[128];
    char from[128];

    snprintf(from, sizeof from, "%s/" GARITA_STORE_FILE, home);
    size_t len = read_file(bytes, sizeof bytes, from);
    assert_in_range(len, 1, sizeof bytes - 1);
    snprintf(to, sizeof to, "%s/%s", folder, name);
    mkdir(to, 0700);
    write_file(path_in(to, GARITA_STORE_FILE), bytes, len);
    return to;
}

/* Runs SQL past the store, and gives the first number that comes. */
static int64_t sql(const char *text)
{
    sqlite3 *db;
    sqlite3_stmt *statement;

    assert_int_equal(sqlite3_open(path_in(home, GARITA_STORE_FILE), &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &statement, NULL), SQLITE_OK);
    int64_t number = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return number;
}

static int64_t own_number(void)
{
    return sql("SELECT generation FROM home");
}

static void expect_counter(int64_t done, int64_t next)
{
    char text[128];

    snprintf(text, sizeof text, "garita-generation %lld %lld\n", (long long)done, (long long)next);
    assert_string_equal(counter(), text);
}

/* --- acts --- */

static garita_doubt begin(garita_store *store, const uint8_t *key)
{
    garita_doubt doubt;

    assert_store(garita_store_sign_begin(store, &doubt, state, key), OK);
    return doubt;
}

static garita_doubt doubt_of(garita_store *store, const uint8_t *key)
{
    garita_doubt doubt;

    assert_store(garita_store_doubt(store, &doubt, state, key), OK);
    return doubt;
}

/* In an act: enters a statement. Returns its serial. */
static uint32_t enter(garita_store *store, const uint8_t *key)
{
    garita_register_entry entry = {
        .key_number = 1,
        .type = GARITA_TYPE_CREDENTIAL,
        .issued = 1,
        .bytes = (const uint8_t *)"statement",
        .bytes_len = 9,
    };

    memcpy(entry.first_key, key, GARITA_PUBLIC_KEY_SIZE);
    assert_store(garita_store_next_serial(store, &entry.serial, key), OK);
    assert_store(garita_store_register(store, &entry), OK);
    return entry.serial;
}

static uint32_t act(garita_store *store, const uint8_t *key)
{
    bool is_kept;

    assert_doubt(begin(store, key), NONE);
    uint32_t serial = enter(store, key);
    assert_store(garita_store_sign_commit(store, &is_kept), OK);
    assert_true(is_kept);
    return serial;
}

static bool confirm(garita_store *store, const uint8_t *key, uint32_t issued)
{
    bool was_in_doubt;

    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_confirm(store, &was_in_doubt, state, key, issued), OK);
    assert_store(garita_store_commit(store), OK);
    return was_in_doubt;
}

/* --- tests --- */

static void both_numbers_move_on_with_each_act(void **context)
{
    garita_store *store = make_home();
    struct stat info;

    (void)context;
    assert_store(garita_store_make_counter(store, state), OK);
    assert_true(own_number() > 0);
    expect_counter(own_number(), own_number());
    assert_int_equal(stat(state, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0700);
    assert_int_equal(stat(path_in(state, COUNTER_NAME), &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);

    for (uint32_t serial = 1; serial <= 3; serial++) {
        int64_t before = own_number();
        assert_int_equal(act(store, key_a), serial);
        assert_true(own_number() > before);
        expect_counter(own_number(), own_number());
    }
    /* Of a home that has one nothing is made anew. */
    int64_t number = own_number();
    assert_store(garita_store_make_counter(store, state), OK);
    expect_counter(number, number);
    assert_int_equal(unlink(path_in(state, COUNTER_NAME)), 0);
    assert_store(garita_store_make_counter(store, state), OK);
    assert_string_equal(counter(), "");
    assert_doubt(doubt_of(store, key_a), MISSING);
    garita_store_close(store);
}

static void what_is_undone_moves_nothing(void **context)
{
    garita_store *store = make_home();

    (void)context;
    act(store, key_a);
    int64_t number = own_number();
    assert_doubt(begin(store, key_a), NONE);
    enter(store, key_a);
    garita_store_rollback(store);
    expect_counter(number, number);
    /* The lock is free again, for this handle and for others. */
    garita_store *other = open_home(home);
    assert_int_equal(act(other, key_a), 2);
    assert_int_equal(act(store, key_a), 3);
    /* So is it when a handle is closed in the midst of an act. */
    assert_doubt(begin(other, key_a), NONE);
    garita_store_close(other);
    assert_int_equal(act(store, key_a), 4);
    garita_store_close(store);
}

static void a_home_without_a_counter_gets_one_at_its_first_act(void **context)
{
    garita_store *store = make_home();

    (void)context;
    assert_int_equal(act(store, key_a), 1);
    /* An earlier version of this program counted nothing. */
    sql("UPDATE home SET generation = 0");
    assert_int_equal(unlink(path_in(state, COUNTER_NAME)), 0);
    assert_doubt(doubt_of(store, key_a), NONE);
    assert_int_equal(act(store, key_a), 2);
    expect_counter(own_number(), own_number());
    /* Its backup of those days is as old as any. */
    sql("UPDATE home SET generation = 0");
    assert_doubt(doubt_of(store, key_a), OLDER);
    garita_store_close(store);
}

static void a_crash_before_the_commit_is_no_doubt(void **context)
{
    garita_store *store = make_home();
    char text[96];

    (void)context;
    act(store, key_a);
    int64_t number = own_number();
    int64_t next = number + 12345;
    snprintf(text, sizeof text, "garita-generation %lld %lld\n", (long long)number,
             (long long)next);
    set_counter(text);
    assert_doubt(doubt_of(store, key_a), NONE);
    /* Nothing is there to be completed. */
    assert_store(garita_store_settle(store, state), OK);
    expect_counter(number, next);
    /* The number of the act that was cut short is not used again: the other of two copies may have
     * committed it. */
    assert_int_equal(act(store, key_a), 2);
    assert_true(own_number() > next);
    expect_counter(own_number(), own_number());
    garita_store_close(store);
}

static void a_crash_behind_the_commit_is_completed(void **context)
{
    garita_store *store = make_home();
    char text[96];

    (void)context;
    act(store, key_a);
    int64_t number = own_number();
    snprintf(text, sizeof text, "garita-generation %lld %lld\n", (long long)number - 1,
             (long long)number);
    set_counter(text);
    assert_doubt(doubt_of(store, key_a), NONE);
    assert_store(garita_store_settle(store, state), OK);
    expect_counter(number, number);
    /* The next act does it too. */
    set_counter(text);
    assert_int_equal(act(store, key_a), 2);
    expect_counter(own_number(), own_number());
    /* From then on a copy from before that act does not fit. */
    snprintf(text, sizeof text, "UPDATE home SET generation = %lld", (long long)number);
    sql(text);
    assert_doubt(doubt_of(store, key_a), OLDER);
    garita_store_close(store);
}

static void a_process_that_dies_leaves_nothing_locked(void **context)
{
    int status;
    garita_store *store = make_home();

    (void)context;
    act(store, key_a);
    int64_t number = own_number();
    garita_store_close(store);
    pid_t child = fork();
    if (child == 0) {
        garita_doubt doubt;
        if (garita_store_open(&store, detail, home, GARITA_STORE_WRITE) == GARITA_STORE_OK &&
            garita_store_sign_begin(store, &doubt, state, key_a) == GARITA_STORE_OK)
            kill(getpid(), SIGKILL);
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    store = open_home(home);
    expect_counter(number, number);
    assert_int_equal(act(store, key_a), 2);
    garita_store_close(store);
}

static void a_restored_home_signs_nothing(void **context)
{
    garita_store *store = make_home();

    (void)context;
    act(store, key_a);
    garita_store_close(store);
    const char *backup = copy_home("backup");
    store = open_home(home);
    act(store, key_a);
    char before[128];
    strcpy(before, counter());

    garita_store *restored = open_home(backup);
    assert_doubt(doubt_of(restored, key_a), OLDER);
    assert_doubt(begin(restored, key_a), OLDER);
    /* There is no transaction, so that another can begin. */
    assert_store(garita_store_begin(restored), OK);
    garita_store_rollback(restored);
    /* And the one that has signed is not disturbed. */
    assert_store(garita_store_settle(restored, state), OK);
    assert_store(garita_store_make_counter(restored, state), OK);
    assert_string_equal(counter(), before);
    assert_int_equal(act(store, key_a), 3);
    garita_store_close(restored);
    garita_store_close(store);
}

static void other_disagreements_are_told_apart(void **context)
{
    garita_store *store = make_home();
    char before[128];

    (void)context;
    act(store, key_a);
    strcpy(before, counter());
    act(store, key_a);
    set_counter(before);
    assert_doubt(begin(store, key_a), NEWER);
    assert_int_equal(unlink(path_in(state, COUNTER_NAME)), 0);
    assert_doubt(begin(store, key_a), MISSING);
    assert_string_equal(counter(), "");
    garita_store_close(store);
}

static void what_is_no_counter_is_no_counter(void **context)
{
    static const char *const bad[] = {
        "",
        "\n",
        "garita-generation\n",
        "garita-generation 1\n",
        "garita-generation 2 1\n",
        "garita-generation -1 1\n",
        "garita-generation 1 1",
        "garita-generation 1 1\n\n",
        "garita-generation  1 1\n",
        "garita-generation 01 1\n",
        "garita-generation +1 1\n",
        "garita-generation 1 1 \n",
        "garita-generation 0x1 1\n",
        "garita-generation 1 4611686018427387905\n",
        "garita-generation 1 99999999999999999999999999999999999999\n",
        "a longer text than any counter, as it is found where something else was put in its "
        "place\n",
    };
    garita_store *store = make_home();

    (void)context;
    act(store, key_a);
    for (size_t i = 0; i < COUNT(bad); i++) {
        set_counter(bad[i]);
        if (garita_doubt_name(begin(store, key_a)) != garita_doubt_name(GARITA_DOUBT_UNREADABLE))
            fail_msg("taken: %s", bad[i]);
        /* A head does not help: what it is, somebody has to see. */
        assert_false(confirm(store, key_a, 100));
        assert_string_equal(counter(), bad[i]);
    }
    set_counter("garita-generation 1 4611686018427387904\n");
    assert_doubt(begin(store, key_a), OLDER);

    assert_int_equal(unlink(path_in(state, COUNTER_NAME)), 0);
    assert_int_equal(symlink("elsewhere", path_in(state, COUNTER_NAME)), 0);
    assert_doubt(begin(store, key_a), UNREADABLE);
    assert_int_equal(unlink(path_in(state, COUNTER_NAME)), 0);
    assert_int_equal(mkdir(path_in(state, COUNTER_NAME), 0700), 0);
    assert_doubt(begin(store, key_a), UNREADABLE);
    assert_int_equal(rmdir(path_in(state, COUNTER_NAME)), 0);
    assert_int_equal(mkfifo(path_in(state, COUNTER_NAME), 0600), 0);
    assert_doubt(begin(store, key_a), UNREADABLE);
    garita_store_close(store);
}

/* Another home has assigned what a head says. */
static void a_head_moves_the_next_serial_past_what_it_says(void **context)
{
    garita_store *store = make_home();
    bool is_kept;

    (void)context;
    act(store, key_b);
    assert_doubt(begin(store, key_a), NONE);
    assert_store(garita_store_reserve(store, key_a, 0), OK); /* none: nothing to pass */
    assert_int_equal(enter(store, key_a), 1);
    assert_store(garita_store_reserve(store, key_a, 1), OK); /* its own */
    assert_int_equal(enter(store, key_a), 2);
    assert_store(garita_store_reserve(store, key_a, 9), OK);
    assert_store(garita_store_reserve(store, key_a, 9), OK); /* once */
    assert_int_equal(enter(store, key_a), 9 + GARITA_RESTORED_GAP + 1);
    assert_store(garita_store_sign_commit(store, &is_kept), OK);
    assert_int_equal(act(store, key_b), 2);
    uint32_t serial;
    assert_doubt(begin(store, key_b), NONE);
    assert_store(garita_store_reserve(store, key_b, GARITA_SERIAL_MAX - 1), OK);
    assert_store(garita_store_next_serial(store, &serial, key_b), NO_SERIAL);
    garita_store_rollback(store);
    assert_int_equal(act(store, key_b), 3); /* what was undone moved nothing */
    garita_store_close(store);
}

static void a_head_from_the_world_ends_the_doubt(void **context)
{
    garita_store *store = make_home();

    (void)context;
    act(store, key_a);
    assert_false(confirm(store, key_a, 9)); /* where there is none nothing changes */
    assert_int_equal(act(store, key_a), 2);
    garita_store_close(store);
    const char *backup = copy_home("backup");
    store = open_home(home);
    for (uint32_t serial = 3; serial <= 7; serial++)
        assert_int_equal(act(store, key_a), serial);
    char before[128];
    strcpy(before, counter());

    garita_store *restored = open_home(backup);
    assert_true(confirm(restored, key_a, 7));
    assert_string_equal(counter(), before);
    assert_doubt(doubt_of(restored, key_a), NONE);
    assert_false(confirm(restored, key_a, 7)); /* once */
    assert_int_equal(act(restored, key_a), 7 + GARITA_RESTORED_GAP);
    assert_int_equal(act(restored, key_a), 7 + GARITA_RESTORED_GAP + 1);
    /* Now the other is the one that does not know. */
    assert_doubt(doubt_of(store, key_a), OLDER);
    garita_store_close(restored);
    garita_store_close(store);
}

static void a_copy_that_signs_meanwhile_undoes_a_confirmation(void **context)
{
    garita_store *store = make_home();

    (void)context;
    act(store, key_a);
    garita_store_close(store);
    const char *copy = copy_home("copy");
    store = open_home(home);
    act(store, key_a);

    garita_store *other = open_home(copy);
    assert_true(confirm(other, key_a, 2));
    assert_int_equal(act(store, key_a), 3);
    assert_doubt(begin(other, key_a), OLDER);
    /* Of an act that has begun the outcome is not known either. */
    int64_t number = own_number();
    char text[96];
    snprintf(text, sizeof text, "garita-generation %lld %lld\n", (long long)number - 1,
             (long long)number);
    set_counter(text);
    assert_true(confirm(other, key_a, 3));
    assert_store(garita_store_settle(store, state), OK);
    expect_counter(number, number);
    assert_doubt(begin(other, key_a), OLDER);
    garita_store_close(other);
    garita_store_close(store);
}

static void two_copies_do_not_sign_at_once(void **context)
{
    garita_store *store = make_home();
    int status, ready[2];
    char byte = 0;
    bool is_kept;

    (void)context;
    act(store, key_a);
    garita_store_close(store);
    const char *copy = copy_home("copy");
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        garita_doubt doubt = GARITA_DOUBT_NONE;
        bool is_right =
            read(ready[0], &byte, 1) == 1 &&
            garita_store_open(&store, detail, copy, GARITA_STORE_WRITE) == GARITA_STORE_OK &&
            garita_store_sign_begin(store, &doubt, state, key_a) == GARITA_STORE_OK &&
            doubt == GARITA_DOUBT_OLDER;
        _exit(is_right ? 0 : 1);
    }
    store = open_home(home);
    assert_doubt(begin(store, key_a), NONE);
    enter(store, key_a);
    assert_int_equal(write(ready[1], &byte, 1), 1);
    assert_store(garita_store_sign_commit(store, &is_kept), OK);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(ready[0]);
    close(ready[1]);
    garita_store_close(store);
}

static void each_authority_is_confirmed_by_itself(void **context)
{
    garita_store *store = make_home();

    (void)context;
    act(store, key_a);
    act(store, key_b);
    assert_int_equal(unlink(path_in(state, COUNTER_NAME)), 0);
    /* A key of this home that the backup never saw used may have been used since. */
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_note_signer(store, key_c), OK);
    assert_store(garita_store_commit(store), OK);

    assert_true(confirm(store, key_a, 5));
    assert_string_equal(counter(), "");
    assert_doubt(begin(store, key_b), PENDING);
    assert_doubt(begin(store, key_c), PENDING);
    assert_int_equal(act(store, key_a), 5 + GARITA_RESTORED_GAP);
    expect_counter(own_number(), own_number());
    /* That the numbers agree again says nothing of the others. */
    assert_doubt(begin(store, key_b), PENDING);
    assert_true(confirm(store, key_b, 0));
    assert_int_equal(act(store, key_b), 1 + GARITA_RESTORED_GAP);
    assert_doubt(begin(store, key_c), PENDING);
    assert_true(confirm(store, key_c, 0));
    assert_int_equal(act(store, key_c), GARITA_RESTORED_GAP);
    assert_int_equal(act(store, key_a), 5 + GARITA_RESTORED_GAP + 1);

    /* Nobody's head but those of whose keys are here says anything. */
    static const uint8_t stranger[GARITA_PUBLIC_KEY_SIZE] = {0xd};
    assert_int_equal(unlink(path_in(state, COUNTER_NAME)), 0);
    assert_false(confirm(store, stranger, 5));
    assert_doubt(doubt_of(store, key_a), MISSING);
    garita_store_close(store);
}

static void the_gap_ends_with_the_serials(void **context)
{
    garita_store *store = make_home();
    uint32_t serial;

    (void)context;
    act(store, key_a);
    assert_int_equal(unlink(path_in(state, COUNTER_NAME)), 0);
    assert_true(confirm(store, key_a, GARITA_SERIAL_MAX - GARITA_RESTORED_GAP));
    assert_int_equal(act(store, key_a), GARITA_SERIAL_MAX);
    assert_int_equal(unlink(path_in(state, COUNTER_NAME)), 0);
    assert_true(confirm(store, key_a, 1));
    assert_doubt(begin(store, key_a), NONE);
    assert_store(garita_store_next_serial(store, &serial, key_a), NO_SERIAL);
    garita_store_close(store);
}

static void the_highest_serial_is_the_registers(void **context)
{
    garita_store *store = make_home();
    uint32_t issued = 7;

    (void)context;
    assert_store(garita_store_issued(store, &issued, key_a), OK);
    assert_int_equal(issued, 0);
    act(store, key_a);
    act(store, key_a);
    act(store, key_b);
    assert_store(garita_store_issued(store, &issued, key_a), OK);
    assert_int_equal(issued, 2);
    garita_store_close(store);
}

/* --- a state folder that cannot be written --- */

static void without_a_folder_nothing_is_signed(void **context)
{
    garita_store *store = make_home();
    garita_doubt doubt;

    (void)context;
    write_file(path_in(folder, "state"), "", 0);
    assert_store(garita_store_sign_begin(store, &doubt, state, key_a), COUNTER);
    assert_non_null(strstr(garita_store_detail(store), state));
    assert_store(garita_store_make_counter(store, state), COUNTER);
    assert_int_equal(unlink(path_in(folder, "state")), 0);
    assert_int_equal(act(store, key_a), 1);
    garita_store_close(store);
}

static void without_room_nothing_is_signed(void **context)
{
    garita_store *store = make_home();
    bool is_kept;
    uint32_t serial;
    struct rlimit before, none;

    (void)context;
    act(store, key_a);
    int64_t number = own_number();
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    assert_doubt(begin(store, key_a), NONE);
    enter(store, key_a);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    garita_store_error error = garita_store_sign_commit(store, &is_kept);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_store(error, COUNTER);
    assert_false(is_kept);

    expect_counter(number, number);
    assert_store(garita_store_issued(store, &serial, key_a), OK);
    assert_int_equal(serial, 1);
    assert_int_equal(act(store, key_a), 2);
    garita_store_close(store);
}

/* Between the commit and the file: something takes the place of the file's draft. */
static char draft[256];

static int block_draft(void *context)
{
    (void)context;
    return mkdir(draft, 0700);
}

static int hook(sqlite3 *db, char **message, const struct sqlite3_api_routines *routines)
{
    (void)message;
    (void)routines;
    if (draft[0] != '\0')
        sqlite3_commit_hook(db, block_draft, NULL);
    return SQLITE_OK;
}

static void what_was_committed_stands_even_if_the_file_fails(void **context)
{
    garita_store *store = make_home();
    bool is_kept;
    uint32_t serial;

    (void)context;
    act(store, key_a);
    garita_store_close(store);
    int64_t number = own_number();
    snprintf(draft, sizeof draft, "%s/" COUNTER_NAME ".new", state);
    store = open_home(home);
    assert_doubt(begin(store, key_a), NONE);
    enter(store, key_a);
    assert_store(garita_store_sign_commit(store, &is_kept), COUNTER);
    assert_true(is_kept);
    garita_store_close(store);
    assert_int_equal(rmdir(draft), 0);
    draft[0] = '\0';

    expect_counter(number, own_number());
    store = open_home(home);
    assert_store(garita_store_issued(store, &serial, key_a), OK);
    assert_int_equal(serial, 2);
    assert_store(garita_store_settle(store, state), OK);
    expect_counter(own_number(), own_number());
    assert_int_equal(act(store, key_a), 3);
    garita_store_close(store);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(both_numbers_move_on_with_each_act, set_up),
        cmocka_unit_test_setup(what_is_undone_moves_nothing, set_up),
        cmocka_unit_test_setup(a_home_without_a_counter_gets_one_at_its_first_act, set_up),
        cmocka_unit_test_setup(a_crash_before_the_commit_is_no_doubt, set_up),
        cmocka_unit_test_setup(a_crash_behind_the_commit_is_completed, set_up),
        cmocka_unit_test_setup(a_process_that_dies_leaves_nothing_locked, set_up),
        cmocka_unit_test_setup(a_restored_home_signs_nothing, set_up),
        cmocka_unit_test_setup(other_disagreements_are_told_apart, set_up),
        cmocka_unit_test_setup(what_is_no_counter_is_no_counter, set_up),
        cmocka_unit_test_setup(a_head_moves_the_next_serial_past_what_it_says, set_up),
        cmocka_unit_test_setup(a_head_from_the_world_ends_the_doubt, set_up),
        cmocka_unit_test_setup(a_copy_that_signs_meanwhile_undoes_a_confirmation, set_up),
        cmocka_unit_test_setup(two_copies_do_not_sign_at_once, set_up),
        cmocka_unit_test_setup(each_authority_is_confirmed_by_itself, set_up),
        cmocka_unit_test_setup(the_gap_ends_with_the_serials, set_up),
        cmocka_unit_test_setup(the_highest_serial_is_the_registers, set_up),
        cmocka_unit_test_setup(without_a_folder_nothing_is_signed, set_up),
        cmocka_unit_test_setup(without_room_nothing_is_signed, set_up),
        cmocka_unit_test_setup(what_was_committed_stands_even_if_the_file_fails, set_up),
    };

    if (sqlite3_auto_extension((void (*)(void))hook) != SQLITE_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
