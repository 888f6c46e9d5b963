/* The small parts of garitad that do I/O: what they write is what was asked for, and what they read
 * may be anything. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "failures.h"
#include "links_file.h"
#include "log.h"
#include "notify.h"
#include "peers_file.h"

static int here;

static void write_file(const char *name, const char *text, size_t len)
{
    FILE *file = fopen(name, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

/* --- the log --- */

/* What is written to standard error meanwhile. */
static char logged[65536];

static int begin_logged(void)
{
    int kept = dup(STDERR_FILENO);
    int fd = open("log", O_RDWR | O_CREAT | O_TRUNC, 0600);

    assert_true(kept >= 0 && fd >= 0);
    dup2(fd, STDERR_FILENO);
    close(fd);
    return kept;
}

static void end_logged(int kept)
{
    ssize_t len = pread(STDERR_FILENO, logged, sizeof logged - 1, 0);

    logged[len > 0 ? len : 0] = '\0';
    dup2(kept, STDERR_FILENO);
    close(kept);
}

#define LOGGED(...)                                                                                \
    do {                                                                                           \
        int before = begin_logged();                                                               \
        log_start();                                                                               \
        log_event(__VA_ARGS__);                                                                    \
        end_logged(before);                                                                        \
    } while (0)

static void a_line_has_time_level_event_and_fields(void **state)
{
    const uint8_t key[32] = {0xab, 1};

    (void)state;
    unsetenv("JOURNAL_STREAM");
    LOGGED(LOG_LEVEL_WARNING, "thing", LOG_TEXT("a", "plain"), LOG_TEXT("none", NULL),
           LOG_NUMBER("n", -3), LOG_COUNT("zero", 0), LOG_COUNT("one", 1), LOG_KEY("key", key));
    const char *rest = strchr(logged, ' ');
    assert_non_null(rest);
    assert_int_equal(rest - logged, 20); /* 2026-01-01T08:00:00Z */
    assert_string_equal(rest, " warning thing a=plain n=-3 one=1 key=ab01"
                              "000000000000000000000000000000000000000000000000000000000000\n");
}

static void what_strangers_say_stays_one_quoted_value(void **state)
{
    (void)state;
    LOGGED(LOG_LEVEL_INFO, "thing", LOG_TEXT("a", "x\n2026 error y=\"\\\x1b[31m"),
           LOG_TEXT("b", ""), LOG_TEXT("c", "ñ"), LOG_TEXT("d", "a b"));
    assert_non_null(
        strstr(logged, " a=\"x\\x0a2026 error y=\\\"\\\\\\x1b[31m\" b=\"\" c=ñ d=\"a b\"\n"));
    assert_ptr_equal(strchr(logged, '\n'), logged + strlen(logged) - 1);
}

static void a_line_is_never_longer_than_its_room(void **state)
{
    static char text[5000];

    (void)state;
    memset(text, '\n', sizeof text - 1);
    LOGGED(LOG_LEVEL_INFO, "thing", LOG_TEXT("a", text), LOG_TEXT("b", text), LOG_TEXT("c", text));
    assert_true(strlen(logged) <= 2048);
    assert_ptr_equal(strchr(logged, '\n'), logged + strlen(logged) - 1);
}

static void the_journal_gets_a_priority_and_no_time(void **state)
{
    struct stat stream;
    char named[64];

    (void)state;
    int kept = begin_logged();
    assert_int_equal(fstat(STDERR_FILENO, &stream), 0);
    snprintf(named, sizeof named, "%llu:%llu", (unsigned long long)stream.st_dev,
             (unsigned long long)stream.st_ino);
    setenv("JOURNAL_STREAM", named, 1);
    log_start();
    log_event(LOG_LEVEL_ERROR, "alarm", LOG_NUMBER("n", 1));
    end_logged(kept);
    assert_string_equal(logged, "<3>alarm n=1\n");

    /* named, but standard error is another stream by now */
    setenv("JOURNAL_STREAM", "1:1", 1);
    LOGGED(LOG_LEVEL_ERROR, "alarm", LOG_NUMBER("n", 1));
    assert_non_null(strstr(logged, " error alarm n=1\n"));
    unsetenv("JOURNAL_STREAM");
}

static void a_flood_is_told_of_once_a_second(void **state)
{
    struct log_limit limit = {0};
    uint64_t suppressed = 99;
    unsigned allowed = 0;

    (void)state;
    for (int i = 0; i < 1000; i++)
        allowed += log_allows(&limit, 5000, &suppressed);
    assert_int_equal(allowed, 20);
    assert_int_equal(suppressed, 0);
    assert_true(log_allows(&limit, 6000, &suppressed));
    assert_int_equal(suppressed, 980);
    assert_false(log_allows(&limit, 6000, &suppressed));
    assert_true(log_allows(&limit, 1000000, &suppressed));
    assert_int_equal(suppressed, 1);
    for (allowed = 0; log_allows(&limit, 1000000, &suppressed);)
        allowed++;
    assert_int_equal(allowed, 19);
}

static void a_peer_that_is_away_is_told_of_once(void **state)
{
    static struct failures failures;
    char address[32];

    (void)state;
    assert_true(failures_is_news(&failures, "a:1", "no answer", 0));
    assert_false(failures_is_news(&failures, "a:1", "no answer", 5000));
    assert_true(failures_is_news(&failures, "b:1", "no answer", 5000));
    assert_true(failures_is_news(&failures, "a:1", "refused", 10000));
    assert_true(failures_is_news(&failures, "a:1", "no answer", 15000));
    assert_true(failures_is_news(&failures, "a:1", "no answer", 15000 + FAILURES_AGAIN_MS));
    assert_false(failures_is_news(&failures, "a:1", "no answer", 20000 + FAILURES_AGAIN_MS));
    failures_forget(&failures, "a:1");
    assert_true(failures_is_news(&failures, "a:1", "no answer", 25000 + FAILURES_AGAIN_MS));
    for (int i = 0; i < 1000; i++) { /* more than there is room for */
        snprintf(address, sizeof address, "c:%d", i);
        assert_true(failures_is_news(&failures, address, "no answer", FAILURES_AGAIN_MS));
        assert_false(failures_is_news(&failures, address, "no answer", FAILURES_AGAIN_MS));
    }
}

/* --- HOME/peers --- */

static const char *const given[] = {"192.0.2.1:1"};

static void expect_peers(const char *text, size_t count, const char *last)
{
    struct peers peers = {0};
    struct peers_fault fault;

    write_file("peers", text, strlen(text));
    assert_true(peers_read(&peers, &fault, here, given, 1));
    assert_int_equal(peers.count, count);
    assert_string_equal(peers.at[0], given[0]);
    assert_string_equal(peers.at[count - 1], last);
}

static void expect_fault(const char *text, size_t len, size_t line)
{
    struct peers peers = {.count = 7};
    struct peers_fault fault;

    write_file("peers", text, len);
    assert_false(peers_read(&peers, &fault, here, given, 1));
    assert_int_equal(fault.line, line);
    assert_int_equal(peers.count, 7);
}

static void peers_are_those_given_and_those_of_the_file(void **state)
{
    struct peers peers = {0};
    struct peers_fault fault;

    (void)state;
    unlink("peers");
    assert_true(peers_read(&peers, &fault, here, given, 1));
    assert_int_equal(peers.count, 1);
    expect_peers("", 1, given[0]);
    expect_peers("# none\n\n  \n", 1, given[0]);
    expect_peers("otay.example:7701", 2, "otay.example:7701");
    expect_peers("a:1\r\n\t[2001:db8::7]:7701 # Otay\r\n", 3, "[2001:db8::7]:7701");
}

static void a_file_of_peers_is_read_whole_or_not_at_all(void **state)
{
    static char text[70000];
    size_t len = 0;

    (void)state;
    expect_fault("a:1\nb\n", 6, 2);
    expect_fault("a:1 b:2\n", 8, 1);
    expect_fault("a:0\n", 4, 1);
    expect_fault("a:1\0\n", 5, 1);
    for (int i = 0; i < 64; i++)
        len += (size_t)snprintf(text + len, 16, "host:%d\n", i + 1);
    expect_fault(text, len, 64); /* with the one given it is one too many */
    memset(text, '#', sizeof text);
    expect_fault(text, sizeof text, 0);
}

/* --- HOME/garitad.links --- */

static void links_are_remembered(void **state)
{
    uint8_t keys[3][32], out[ENGINE_REMEMBERED_MAX][32];
    size_t count = 99;

    (void)state;
    for (size_t i = 0; i < sizeof keys; i++)
        keys[i / 32][i % 32] = (uint8_t)(i * 7);
    unlink("garitad.links");
    links_read(out, &count, here);
    assert_int_equal(count, 0);
    assert_true(links_write(here, keys[0], 3));
    links_read(out, &count, here);
    assert_int_equal(count, 3);
    assert_memory_equal(out, keys, sizeof keys);
    assert_true(links_write(here, keys[1], 1));
    links_read(out, &count, here);
    assert_int_equal(count, 1);
    assert_memory_equal(out[0], keys[1], 32);
    assert_true(links_write(here, keys[0], 0));
    links_read(out, &count, here);
    assert_int_equal(count, 0);
    assert_int_equal(access("garitad.links.new", F_OK), -1);
}

static void what_is_no_list_of_links_is_as_far_as_it_is_one(void **state)
{
    static char text[(2 * 32 + 1) * (ENGINE_REMEMBERED_MAX + 1)];
    uint8_t out[ENGINE_REMEMBERED_MAX][32];
    size_t count = 99;

    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i % 65 == 64 ? '\n' : 'a';
    write_file("garitad.links", text, sizeof text); /* more than are remembered */
    links_read(out, &count, here);
    assert_int_equal(count, ENGINE_REMEMBERED_MAX);
    write_file("garitad.links", text, 65 + 64); /* cut */
    links_read(out, &count, here);
    assert_int_equal(count, 1);
    text[65 + 3] = 'g';
    write_file("garitad.links", text, 65 * 3);
    links_read(out, &count, here);
    assert_int_equal(count, 1);
    write_file("garitad.links", "\0", 1);
    links_read(out, &count, here);
    assert_int_equal(count, 0);
}

static void links_that_cannot_be_written_leave_the_old_ones(void **state)
{
    uint8_t keys[2][32] = {{1}, {2}}, out[ENGINE_REMEMBERED_MAX][32];
    size_t count;

    (void)state;
    assert_true(links_write(here, keys[0], 1));
    assert_int_equal(mkdir("garitad.links.new", 0700), 0);
    assert_false(links_write(here, keys[1], 1));
    rmdir("garitad.links.new");
    links_read(out, &count, here);
    assert_int_equal(count, 1);
    assert_memory_equal(out[0], keys[0], 32);
}

/* --- systemd's watchdog --- */

static void the_watchdog_is_fed_at_half_its_time_and_only_by_who_was_asked(void **state)
{
    char pid[32];

    (void)state;
    unsetenv("WATCHDOG_PID");
    unsetenv("WATCHDOG_USEC");
    assert_int_equal(notify_watchdog_ms(), 0);
    setenv("WATCHDOG_USEC", "30000000", 1);
    assert_int_equal(notify_watchdog_ms(), 15000);
    setenv("WATCHDOG_PID", "1", 1);
    assert_int_equal(notify_watchdog_ms(), 0);
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    setenv("WATCHDOG_PID", pid, 1);
    assert_int_equal(notify_watchdog_ms(), 15000);
    setenv("WATCHDOG_USEC", "-5", 1);
    assert_int_equal(notify_watchdog_ms(), 0);
    setenv("WATCHDOG_USEC", "99999999999999999999999", 1);
    assert_int_equal(notify_watchdog_ms(), 0);
}

static void nobody_to_notify_is_no_failure(void **state)
{
    (void)state;
    unsetenv("NOTIFY_SOCKET");
    notify("READY=1\n");
    static const char *const wrong[] = {"", "@", "relative", "/no/such/socket"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        setenv("NOTIFY_SOCKET", wrong[i], 1);
        notify("READY=1\n");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_time_level_event_and_fields),
        cmocka_unit_test(what_strangers_say_stays_one_quoted_value),
        cmocka_unit_test(a_line_is_never_longer_than_its_room),
        cmocka_unit_test(the_journal_gets_a_priority_and_no_time),
        cmocka_unit_test(a_flood_is_told_of_once_a_second),
        cmocka_unit_test(a_peer_that_is_away_is_told_of_once),
        cmocka_unit_test(peers_are_those_given_and_those_of_the_file),
        cmocka_unit_test(a_file_of_peers_is_read_whole_or_not_at_all),
        cmocka_unit_test(links_are_remembered),
        cmocka_unit_test(what_is_no_list_of_links_is_as_far_as_it_is_one),
        cmocka_unit_test(links_that_cannot_be_written_leave_the_old_ones),
        cmocka_unit_test(the_watchdog_is_fed_at_half_its_time_and_only_by_who_was_asked),
        cmocka_unit_test(nobody_to_notify_is_no_failure),
    };

    here = open(".", O_RDONLY | O_DIRECTORY);
    return here < 0 ? 1 : cmocka_run_group_tests_name("node parts", tests, NULL, NULL);
}
