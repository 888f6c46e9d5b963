#include "options.h"

#include <arpa/inet.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <garita/key.h>
#include <garita/node.h>

static const char help[] =
    "garitad: keeps this checkpoint's status logs current with its peers'\n"
    "\n"
    "Usage:\n"
    "  garitad [--home DIR] [--key NAME] [--listen ADDR:PORT]... [--peer HOST:PORT]... [--archive]\n"
    "\n"
    "A checkpoint that others can reach, and one that calls it:\n"
    "  garitad --home A --listen 192.0.2.7:7701\n"
    "  garitad --home B --peer 192.0.2.7:7701\n"
    "\n"
    "Before the first start, an authority that everybody pins certifies the node's key:\n"
    "  garita key new node --no-passphrase; garita key export node -o node.pub\n"
    "  garita node certify --as root --subject node.pub --name \"San Ysidro 1\" -o a.node\n"
    "  garita trust add a.node\n"
    "\n"
    "Options:\n"
    "      --key NAME              the node's key: NAME.key in the home's folder keys (default: node)\n"
    "      --listen ADDR:PORT      take calls there; may be given again. An IPv6 address stands "
    "in\n"
    "                              brackets: [::1]:7701. Port 0 is any that is free: the log says\n"
    "                              which. Without it nothing is listened on\n"
    "      --peer HOST:PORT        always keep a link with this node; may be given again. The "
    "home's\n"
    "                              file peers, one HOST:PORT a line, names more\n"
    "      --archive               keep all batches of all logs, for those who were away for long\n"
    "      --home DIR              where keys and trust are kept (default: $GARITA_HOME, else\n"
    "                              ~/.local/share/garita)\n"
    "      --state DIR             where homes that sign keep their counters (default:\n"
    "                              $XDG_STATE_HOME/garita, else ~/.local/state/garita)\n"
    "      --passphrase-file FILE  read the key's passphrase from FILE instead of asking\n"
    "  -h, --help                  show this help\n"
    "      --version               show the version\n"
    "\n"
    "Signals: TERM and INT end it within a second, HUP reads the home and its file peers anew.\n"
    "What happens is told on standard error, one line an event; \"garita peers\" shows the links.\n"
    "\n"
    "Exit status: 0 ended as asked, 64 wrong usage, 65 bad input, 66 no such home or key,\n"
    "74 reading, writing or listening failed, 77 not allowed (or it is running already).\n";

/* --- where the home is: as garita says it --- */

static char *join(const char *directory, const char *rest)
{
    size_t len = strlen(directory) + strlen(rest) + 1;
    char *path = malloc(len);

    if (path != NULL)
        snprintf(path, len, "%s%s", directory, rest);
    return path;
}

/* XDG Base Directory Specification: a relative path is to be ignored. */
static char *user_path(const char *variable, const char *otherwise)
{
    const char *named = getenv(variable);
    const char *user_home = getenv("HOME");

    if (named != NULL && named[0] == '/')
        return join(named, "/garita");
    if (user_home == NULL || user_home[0] == '\0') {
        const struct passwd *user = getpwuid(getuid());
        user_home = user != NULL ? user->pw_dir : NULL;
    }
    return user_home != NULL ? join(user_home, otherwise) : NULL;
}

static char *home_path(const char *option)
{
    const char *named = getenv("GARITA_HOME");

    if (option != NULL)
        return strdup(option);
    if (named != NULL && named[0] != '\0')
        return strdup(named);
    return user_path("XDG_DATA_HOME", "/.local/share/garita");
}

/* --- addresses --- */

/* ADDR:PORT with a numeric address; a name could come to mean another network. */
static bool read_listen(struct sockaddr_storage *out, const char *text)
{
    struct sockaddr_in *ip4 = (struct sockaddr_in *)out;
    struct sockaddr_in6 *ip6 = (struct sockaddr_in6 *)out;
    const char *colon = strrchr(text, ':');
    char host[INET6_ADDRSTRLEN];
    unsigned long port = 0;

    *out = (struct sockaddr_storage){0};
    if (colon == NULL || colon[1] == '\0' || strlen(colon + 1) > 5)
        return false;
    for (const char *at = colon + 1; *at != '\0'; at++) {
        if (*at < '0' || *at > '9')
            return false;
        port = port * 10 + (unsigned long)(*at - '0');
    }
    size_t len = (size_t)(colon - text);
    bool has_brackets = len > 2 && text[0] == '[' && text[len - 1] == ']';
    if (has_brackets) {
        text++;
        len -= 2;
    }
    if (port > 65535 || len >= sizeof host)
        return false;
    memcpy(host, text, len);
    host[len] = '\0';
    if (has_brackets) {
        ip6->sin6_family = AF_INET6;
        ip6->sin6_port = htons((uint16_t)port);
        return inet_pton(AF_INET6, host, &ip6->sin6_addr) == 1;
    }
    ip4->sin_family = AF_INET;
    ip4->sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, host, &ip4->sin_addr) == 1;
}

static enum exit_status add_listen(struct options *out, const char *text)
{
    if (out->listen_count == OPTIONS_LISTEN_MAX)
        return fail(EXIT_USAGE, NULL, "more than %d addresses to listen on", OPTIONS_LISTEN_MAX);
    if (!read_listen(&out->listen[out->listen_count], text))
        return fail(EXIT_USAGE, "numbers, as in 192.0.2.7:7701 or [2001:db8::7]:7701",
                    "--listen takes an address of this machine and a port, not \"%s\"", text);
    out->listen_count++;
    return EXIT_DONE;
}

static enum exit_status add_peer(struct options *out, const char *text)
{
    if (out->peer_count == ENGINE_CONFIGURED_MAX)
        return fail(EXIT_USAGE, NULL, "more than %d peers", ENGINE_CONFIGURED_MAX);
    if (!garita_address_is_wellformed(text, strlen(text)))
        return fail(EXIT_USAGE, "as in 192.0.2.7:7701, [2001:db8::7]:7701 or otay.example:7701",
                    "--peer takes a host and a port, not \"%s\"", text);
    out->peers[out->peer_count++] = text;
    return EXIT_DONE;
}

/* --- the command line --- */

enum option { HOME, STATE, KEY, PASSPHRASE_FILE, LISTEN, PEER, ARCHIVE, HELP, VERSION, OPTIONS };

static const struct {
    const char *name;
    bool has_value, is_repeatable;
} table[OPTIONS] = {
    [HOME] = {"home", true, false},        [STATE] = {"state", true, false},
    [KEY] = {"key", true, false},          [PASSPHRASE_FILE] = {"passphrase-file", true, false},
    [LISTEN] = {"listen", true, true},     [PEER] = {"peer", true, true},
    [ARCHIVE] = {"archive", false, false}, [HELP] = {"help", false, true},
    [VERSION] = {"version", false, true},
};

static enum option find(const char *argument, size_t *name_len)
{
    if (strcmp(argument, "-h") == 0) {
        *name_len = 0;
        return HELP;
    }
    *name_len = strcspn(argument, "=");
    for (unsigned i = 0; i < OPTIONS; i++)
        if (*name_len > 2 && strncmp(argument, "--", 2) == 0 &&
            strlen(table[i].name) == *name_len - 2 &&
            memcmp(table[i].name, argument + 2, *name_len - 2) == 0)
            return (enum option)i;
    return OPTIONS;
}

static enum exit_status take(struct options *out, const char *values[OPTIONS], enum option option,
                             const char *value)
{
    if (values[option] != NULL && !table[option].is_repeatable)
        return fail(EXIT_USAGE, NULL, "--%s is given twice", table[option].name);
    if (value[0] == '\0')
        return fail(EXIT_USAGE, NULL, "--%s takes a value, and this is an empty text",
                    table[option].name);
    values[option] = value;
    if (option == LISTEN)
        return add_listen(out, value);
    return option == PEER ? add_peer(out, value) : EXIT_DONE;
}

static enum exit_status read_all(struct options *out, const char *values[OPTIONS], int argc,
                                 char **argv)
{
    enum exit_status status = EXIT_DONE;

    for (int i = 1; i < argc && status == EXIT_DONE; i++) {
        const char *argument = argv[i];
        size_t name_len;
        enum option option = find(argument, &name_len);
        bool has_value = argument[name_len] == '=';

        if (option == OPTIONS)
            return fail(EXIT_USAGE, "--help shows what there is", "%s \"%s\"",
                        argument[0] == '-' ? "unknown option" : "garitad takes no", argument);
        if (!table[option].has_value && has_value)
            return fail(EXIT_USAGE, NULL, "--%s takes no value", table[option].name);
        if (table[option].has_value && !has_value && i + 1 == argc)
            return fail(EXIT_USAGE, NULL, "--%s takes a value", table[option].name);
        const char *value = !table[option].has_value ? table[option].name
                            : has_value              ? argument + name_len + 1
                                                     : argv[++i];
        status = take(out, values, option, value);
    }
    return status;
}

static enum exit_status answer(struct options *out, const char *text)
{
    out->is_answered = true;
    if (fputs(text, stdout) < 0 || fflush(stdout) != 0)
        return fail(EXIT_IO, NULL, "cannot write standard output");
    return EXIT_DONE;
}

enum exit_status options_read(struct options *out, int argc, char **argv)
{
    const char *values[OPTIONS] = {NULL};

    *out = (struct options){0};
    enum exit_status status = read_all(out, values, argc, argv);
    if (status != EXIT_DONE)
        return status;
    if (values[HELP] != NULL)
        return answer(out, help);
    if (values[VERSION] != NULL)
        return answer(out, "garitad " GARITA_VERSION "\n");
    out->key = values[KEY] != NULL ? values[KEY] : "node";
    out->passphrase_file = values[PASSPHRASE_FILE];
    out->is_archive = values[ARCHIVE] != NULL;
    if (!garita_key_name_is_wellformed(out->key, strlen(out->key)))
        return fail(EXIT_USAGE,
                    "1 to 64 of a-z A-Z 0-9 . _ - and not beginning with . or -; the name, not the "
                    "file",
                    "\"%s\" cannot be a key's name", out->key);
    out->home = home_path(values[HOME]);
    out->state = values[STATE] != NULL ? strdup(values[STATE])
                                       : user_path("XDG_STATE_HOME", "/.local/state/garita");
    if (out->home == NULL)
        return fail(EXIT_NOT_FOUND, "name it with --home DIR", "cannot tell where the home is");
    return EXIT_DONE;
}

void options_free(struct options *options)
{
    free(options->home);
    free(options->state);
    *options = (struct options){0};
}
