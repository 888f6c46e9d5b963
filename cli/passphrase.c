#include "passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "buffer.h"
#include "i18n.h"
#include "report.h"

/* --- one line, without a copy of it in any other memory --- */

/* Reads up to the line feed or the end into guarded memory, a byte at a time: what follows on a
 * pipe belongs to somebody else. Signals outside while_waiting (null: as they are) arrive only
 * while it waits, so that none falls between a look at them and the wait. Returns 0 or an errno;
 * EMSGSIZE if there is no line feed within PASSPHRASE_BYTES_MAX. */
static int read_line(struct passphrase *out, int fd, const sigset_t *while_waiting)
{
    out->len = 0;
    for (;;) {
        char c;
        struct pollfd input = {fd, POLLIN, 0};
        if (while_waiting != NULL && ppoll(&input, 1, NULL, while_waiting) < 0)
            return errno;
        ssize_t got = read(fd, &c, 1);
        if (got < 0)
            return errno;
        if (got == 0 || c == '\n')
            break;
        if (out->len == PASSPHRASE_BYTES_MAX) {
            sodium_memzero(&c, sizeof c);
            return EMSGSIZE;
        }
        out->at[out->len++] = c;
        sodium_memzero(&c, sizeof c);
    }
    if (out->len > 0 && out->at[out->len - 1] == '\r')
        out->len--;
    return 0;
}

static exit_status check(const struct context *context, const char *source,
                         const struct passphrase *passphrase, int error)
{
    if (error == EMSGSIZE)
        return report_failure(
            context, &(struct failure){EXIT_BAD_INPUT, "passphrase-too-long", source, 0, NULL},
            _("a passphrase has at most %d bytes"), PASSPHRASE_BYTES_MAX);
    if (error != 0)
        return report_failure(context, &(struct failure){EXIT_IO, "io", source, 0, NULL},
                              _("cannot read the passphrase: %s"), strerror(error));
    if (passphrase->len == 0)
        return report_failure(
            context, &(struct failure){EXIT_BAD_INPUT, "passphrase-empty", source, 0, NULL}, "%s",
            _("the passphrase is empty"));
    return EXIT_DONE;
}

/* --- from a file --- */

static exit_status from_file(const struct context *context, struct passphrase *out,
                             const char *path)
{
    int fd = STDIN_FILENO;

    if (strcmp(path, "-") != 0) {
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            return report_failure(context,
                                  &(struct failure){errno == ENOENT ? EXIT_NOT_FOUND : EXIT_IO,
                                                    errno == ENOENT ? "not-found" : "io", path, 0,
                                                    NULL},
                                  _("cannot read the passphrase: %s"), strerror(errno));
    }
    int error = read_line(out, fd, NULL);
    if (fd != STDIN_FILENO)
        close(fd);
    return check(context, path, out, error);
}

/* --- from the terminal --- */

/* Signals that would leave the terminal without echo. The last two are what the terminal itself
 * sends to a process in the background; a process that blocks them gets its way there, and must
 * not. */
static const int watched[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP, SIGTTIN, SIGTTOU};
enum { WATCHED_COUNT = sizeof watched / sizeof watched[0], BLOCKED_COUNT = WATCHED_COUNT - 2 };

static volatile sig_atomic_t caught;

static void catch_signal(int signal_number)
{
    caught = signal_number;
}

static void write_all(int fd, const char *text)
{
    size_t len = strlen(text);

    while (len > 0) {
        ssize_t written = write(fd, text, len);
        if (written <= 0)
            return;
        text += written;
        len -= (size_t)written;
    }
}

/* Asks once, echo off. Returns 0 or an errno; EINTR with caught set if a signal came between, by
 * then the terminal and the signals are as before. */
static int ask_once(struct passphrase *out, int terminal, const char *prompt)
{
    struct sigaction before[WATCHED_COUNT];
    struct sigaction action = {.sa_handler = catch_signal}; /* no SA_RESTART: read must return */
    struct termios shown, hidden;
    sigset_t blocked, unblocked;

    if (tcgetattr(terminal, &shown) != 0)
        return errno;
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    hidden.c_lflag |= ICANON;

    caught = 0;
    sigemptyset(&action.sa_mask);
    sigemptyset(&blocked);
    for (size_t i = 0; i < WATCHED_COUNT; i++) {
        sigaction(watched[i], &action, &before[i]);
        if (i < BLOCKED_COUNT)
            sigaddset(&blocked, watched[i]);
    }
    sigprocmask(SIG_BLOCK, &blocked, &unblocked);

    int error = 0;
    if (tcsetattr(terminal, TCSAFLUSH, &hidden) != 0) {
        error = errno;
    } else {
        write_all(terminal, prompt);
        error = read_line(out, terminal, &unblocked);
        write_all(terminal, "\n");
    }
    tcsetattr(terminal, TCSAFLUSH, &shown);
    /* What came meanwhile is caught here. */
    sigprocmask(SIG_SETMASK, &unblocked, NULL);
    for (size_t i = 0; i < WATCHED_COUNT; i++)
        sigaction(watched[i], &before[i], NULL);
    return caught != 0 ? EINTR : error;
}

/* Asks, and asks again after the process was stopped and continued. */
static int ask(struct passphrase *out, int terminal, const char *prompt)
{
    for (;;) {
        int error = ask_once(out, terminal, prompt);
        if (error != EINTR || caught == 0)
            return error;
        int signal_number = caught;
        sodium_memzero(out->at, PASSPHRASE_BYTES_MAX);
        /* Now with its usual effect; those that end the process do so here. */
        kill(getpid(), signal_number);
        if (signal_number != SIGTSTP && signal_number != SIGTTIN && signal_number != SIGTTOU)
            return EINTR;
    }
}

static exit_status no_terminal(const struct context *context, const char *key_name)
{
    return report_failure(context,
                          &(struct failure){EXIT_NOT_ALLOWED, "no-passphrase", key_name, 0,
                                            _("give the passphrase with --passphrase-file FILE")},
                          "%s",
                          _("the key needs a passphrase, and there is no terminal to ask on"));
}

static int ask_for_key(struct passphrase *out, int terminal, const char *key_name, bool again)
{
    struct buffer prompt = {0};

    buffer_add_format(
        &prompt, again ? _("Passphrase for key %s, once more: ") : _("Passphrase for key %s: "),
        key_name);
    int error = ask(out, terminal, buffer_text(&prompt));
    buffer_free(&prompt);
    return error;
}

static exit_status ask_again(const struct context *context, const struct passphrase *first,
                             int terminal, const char *key_name)
{
    struct passphrase second = {sodium_malloc(PASSPHRASE_BYTES_MAX), 0};

    if (second.at == NULL)
        return report_no_memory(context);
    int error = ask_for_key(&second, terminal, key_name, true);
    exit_status status = EXIT_DONE;
    if (error != 0)
        status = check(context, NULL, &second, error);
    else if (second.len != first->len || sodium_memcmp(second.at, first->at, first->len) != 0)
        status = report_failure(
            context, &(struct failure){EXIT_BAD_INPUT, "passphrases-differ", NULL, 0, NULL}, "%s",
            _("the two passphrases are not the same"));
    passphrase_free(&second);
    return status;
}

static exit_status from_terminal(const struct context *context, struct passphrase *out,
                                 const char *key_name, bool twice)
{
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

    if (terminal < 0)
        return no_terminal(context, key_name);
    exit_status status = check(context, NULL, out, ask_for_key(out, terminal, key_name, false));
    if (status == EXIT_DONE && twice)
        status = ask_again(context, out, terminal, key_name);
    close(terminal);
    return status;
}

/* --- --- */

static exit_status obtain(const struct context *context, struct passphrase *out,
                          const char *key_name, bool twice)
{
    out->len = 0;
    out->at = sodium_malloc(PASSPHRASE_BYTES_MAX);
    if (out->at == NULL)
        return report_no_memory(context);
    exit_status status = context->passphrase_file != NULL
                             ? from_file(context, out, context->passphrase_file)
                             : from_terminal(context, out, key_name, twice);
    if (status != EXIT_DONE)
        passphrase_free(out);
    return status;
}

exit_status passphrase_get(const struct context *context, struct passphrase *out,
                           const char *key_name)
{
    return obtain(context, out, key_name, false);
}

exit_status passphrase_choose(const struct context *context, struct passphrase *out,
                              const char *key_name)
{
    return obtain(context, out, key_name, true);
}

void passphrase_free(struct passphrase *passphrase)
{
    sodium_free(passphrase->at); /* wipes */
    *passphrase = (struct passphrase){0};
}
