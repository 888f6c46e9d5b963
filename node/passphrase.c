#include "passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <sodium.h>

/* Reads a line, its end stripped. Returns 0 or an errno: E2BIG where it is too long, EINTR where a
 * signal came between. */
static int read_line(char *out, size_t *out_len, int fd)
{
    size_t len = 0;

    for (;;) {
        ssize_t got = read(fd, out + len, 1);
        if (got < 0)
            return errno;
        if (got == 0 || out[len] == '\n')
            break;
        if (++len == PASSPHRASE_BYTES_MAX)
            return E2BIG;
    }
    if (len > 0 && out[len - 1] == '\r')
        len--;
    *out_len = len;
    return 0;
}

static enum exit_status check(int error, size_t len)
{
    if (error == E2BIG)
        return fail(EXIT_BAD_INPUT, NULL, "the passphrase is longer than any may be");
    if (error != 0)
        return fail(EXIT_IO, NULL, "cannot read the passphrase: %s", strerror(error));
    return len > 0 ? EXIT_DONE : fail(EXIT_BAD_INPUT, NULL, "the passphrase is empty");
}

static enum exit_status from_file(char *out, size_t *out_len, const char *file)
{
    int fd = strcmp(file, "-") == 0 ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return fail(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_IO, NULL, "%s: %s", file,
                    strerror(errno));
    int error = read_line(out, out_len, fd);
    if (fd != STDIN_FILENO)
        close(fd);
    return check(error, *out_len);
}

static volatile sig_atomic_t caught;

static void catch_signal(int number)
{
    caught = number;
}

/* Whatever comes meanwhile, the terminal has its echo again after. */
static int ask(char *out, size_t *out_len, int terminal, const char *key_name)
{
    static const int watched[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP};
    enum { WATCHED = sizeof watched / sizeof watched[0] };
    struct sigaction action = {.sa_handler = catch_signal}; /* no SA_RESTART: read returns */
    struct sigaction before[WATCHED];
    struct termios shown, hidden;

    if (tcgetattr(terminal, &shown) != 0)
        return errno;
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    caught = 0;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < WATCHED; i++)
        sigaction(watched[i], &action, &before[i]);
    int error = tcsetattr(terminal, TCSAFLUSH, &hidden) == 0 ? 0 : errno;
    if (error == 0) {
        dprintf(terminal, "Passphrase for key %s: ", key_name);
        error = read_line(out, out_len, terminal);
        dprintf(terminal, "\n");
    }
    tcsetattr(terminal, TCSAFLUSH, &shown);
    for (size_t i = 0; i < WATCHED; i++)
        sigaction(watched[i], &before[i], NULL);
    if (caught != 0)
        raise(caught);
    return error;
}

static enum exit_status from_terminal(char *out, size_t *out_len, const char *key_name)
{
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

    if (terminal < 0)
        return fail(EXIT_NOT_ALLOWED, "give the passphrase with --passphrase-file FILE",
                    "the key %s needs a passphrase, and there is no terminal to ask on", key_name);
    int error = ask(out, out_len, terminal, key_name);
    close(terminal);
    return check(error, *out_len);
}

enum exit_status passphrase_get(char **out, size_t *out_len, const char *file, const char *key_name)
{
    *out_len = 0;
    *out = sodium_malloc(PASSPHRASE_BYTES_MAX);
    if (*out == NULL)
        return fail_no_memory();
    enum exit_status status =
        file != NULL ? from_file(*out, out_len, file) : from_terminal(*out, out_len, key_name);
    if (status != EXIT_DONE) {
        sodium_free(*out); /* wipes */
        *out = NULL;
    }
    return status;
}
