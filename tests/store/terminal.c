/* The passphrase, asked for on a terminal: the program runs on a pseudo-terminal of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* A program on a terminal, and all that it has shown there. */
struct session {
    pid_t child;
    int terminal;
    size_t len;
    char shown[8192];
};

/* Long enough for a sanitized Argon2id on a busy machine; only a failure waits so long. */
enum { PATIENCE_MS = 60000 };

static void start(struct session *session, const char *arguments[])
{
    memset(session, 0, sizeof *session);
    session->child = forkpty(&session->terminal, NULL, NULL, NULL);
    assert_true(session->child >= 0);
    if (session->child == 0) {
        /* Only the first is not const for history's sake. */
        execv(getenv("GARITA"), (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
}

/* Reads until text has been shown. False at the end of the session. */
static bool wait_for(struct session *session, const char *text)
{
    for (;;) {
        struct pollfd ready = {session->terminal, POLLIN, 0};
        if (text != NULL && strstr(session->shown, text) != NULL)
            return true;
        assert_int_equal(poll(&ready, 1, PATIENCE_MS), 1);
        ssize_t got = read(session->terminal, session->shown + session->len,
                           sizeof session->shown - session->len - 1);
        if (got <= 0)
            return false;
        session->len += (size_t)got;
        session->shown[session->len] = '\0';
    }
}

static bool has_echo(const struct session *session)
{
    struct termios settings;

    assert_int_equal(tcgetattr(session->terminal, &settings), 0);
    return (settings.c_lflag & ECHO) != 0;
}

static void answer(struct session *session, const char *question, const char *line)
{
    if (!wait_for(session, question))
        fail_msg("not asked: %s; shown: %s", question, session->shown);
    assert_false(has_echo(session));
    session->len = 0;
    session->shown[0] = '\0';
    assert_int_equal(write(session->terminal, line, strlen(line)), strlen(line));
}

static int finish(struct session *session)
{
    int status;

    wait_for(session, NULL);
    assert_int_equal(waitpid(session->child, &status, 0), session->child);
    close(session->terminal);
    return status;
}

static void expect_exit(struct session *session, int expected)
{
    int status = finish(session);

    if (!WIFEXITED(status) || WEXITSTATUS(status) != expected)
        fail_msg("status %x, not exit %d; shown: %s", (unsigned)status, expected, session->shown);
}

static const char *const new_key[] = {"garita", "--home", "home", "key", "new", "k", NULL};
static const char *const anchor[] = {"garita", "--home",    "home",      "authority", "anchor", "k",
                                     "--name", "Somewhere", "--country", "USA",       NULL};

static void begin(struct session *session, const char *const *arguments)
{
    start(session, (const char **)(uintptr_t)arguments);
}

static bool there(const char *path)
{
    return access(path, F_OK) == 0;
}

static void two_that_differ_make_no_key(void **state)
{
    struct session session;

    (void)state;
    begin(&session, new_key);
    answer(&session, "Passphrase for key k: ", "first one\n");
    answer(&session, "once more: ", "second one\n");
    expect_exit(&session, 65);
    assert_non_null(strstr(session.shown, "not the same"));
    assert_false(there("home/keys/k.key"));
}

static void an_empty_one_makes_no_key(void **state)
{
    struct session session;

    (void)state;
    begin(&session, new_key);
    answer(&session, "Passphrase for key k: ", "\n");
    expect_exit(&session, 65);
    assert_false(there("home/keys/k.key"));
}

static void an_interrupt_gives_the_terminal_back(void **state)
{
    struct session session;
    int status;

    (void)state;
    begin(&session, new_key);
    answer(&session, "Passphrase for key k: ", "half of i");
    assert_int_equal(kill(session.child, SIGINT), 0);
    /* The child's end keeps the settings as long as this side is open. */
    assert_int_equal(waitpid(session.child, &status, 0), session.child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    assert_true(has_echo(&session));
    close(session.terminal);
    assert_false(there("home/keys/k.key"));
}

static void a_stop_asks_again(void **state)
{
    struct session session;

    (void)state;
    begin(&session, new_key);
    answer(&session, "Passphrase for key k: ", "half of i");
    /* Its process group is orphaned, so that it goes on at once, as after SIGCONT. */
    assert_int_equal(kill(session.child, SIGTSTP), 0);
    answer(&session, "Passphrase for key k: ", "\n");
    expect_exit(&session, 65);
}

static void what_was_chosen_opens_the_key_and_is_never_shown(void **state)
{
    static const char secret[] = "correct horse battery";
    struct session session;

    (void)state;
    begin(&session, new_key);
    answer(&session, "Passphrase for key k: ", "correct horse battery\n");
    answer(&session, "once more: ", "correct horse battery\n");
    expect_exit(&session, 0);
    assert_null(strstr(session.shown, secret));
    assert_true(there("home/keys/k.key"));

    begin(&session, anchor);
    answer(&session, "Passphrase for key k: ", "wrong horse\n");
    expect_exit(&session, 77);

    begin(&session, anchor);
    answer(&session, "Passphrase for key k: ", "correct horse battery\n");
    expect_exit(&session, 0);
    assert_null(strstr(session.shown, secret));
}

static int make_home(void **state)
{
    (void)state;
    unsetenv("GARITA_HOME");
    return system("\"$GARITA\" --home home init") == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_that_differ_make_no_key),
        cmocka_unit_test(an_empty_one_makes_no_key),
        cmocka_unit_test(an_interrupt_gives_the_terminal_back),
        cmocka_unit_test(a_stop_asks_again),
        cmocka_unit_test(what_was_chosen_opens_the_key_and_is_never_shown),
    };

    return cmocka_run_group_tests(tests, make_home, NULL);
}
