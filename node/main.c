/* garitad: from the command line to a running node. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <garita/key.h>

#include "fail.h"
#include "home.h"
#include "key.h"
#include "log.h"
#include "node.h"
#include "options.h"

/* Descriptors for every handshake that the gate lets in, every link, and the store's files. */
enum { DESCRIPTORS = 4096 };

/* The node's key passes through this process: no core file, no debugger of the same user. */
static void refuse_core_dumps(void)
{
    const struct rlimit none = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static void raise_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= DESCRIPTORS)
        return;
    limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

static enum exit_status run(const struct options *options)
{
    struct home home;
    struct key key = {.noise_secret = NULL};
    enum exit_status status = home_open(&home, options->home);

    if (status == EXIT_DONE)
        status = key_open(&key, options->home, options->key, options->passphrase_file);
    if (status == EXIT_DONE)
        status = node_run(options, &home, &key);
    key_free(&key);
    home_close(&home);
    return status;
}

int main(int argc, char **argv)
{
    struct options options;

    refuse_core_dumps();
    raise_descriptors();
    /* Writes to who went away, and beyond a limit on file sizes, are failed writes. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    if (garita_init() != GARITA_OK)
        return (int)fail_no_memory();
    log_start();
    enum exit_status status = options_read(&options, argc, argv);
    if (status == EXIT_DONE && !options.is_answered)
        status = run(&options);
    options_free(&options);
    return (int)status;
}
