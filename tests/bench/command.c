#include "command.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

static char folder[] = "/tmp/garita-bench-XXXXXX";

void folder_enter(void) {
    char state[sizeof folder + 16];
    WORLD_REQUIRE(mkdtemp(folder) != NULL && chdir(folder) == 0);
    snprintf(state, sizeof state, "%s/state", folder);
    WORLD_REQUIRE(setenv("XDG_STATE_HOME", state, 1) == 0);
}

void folder_leave(void) {
    char *clean_up[] = { "/bin/rm", "-rf", folder, NULL };
    WORLD_REQUIRE(chdir("/") == 0);
    pid_t child = fork();
    WORLD_REQUIRE(child >= 0);
    if (child == 0) {
        execv(clean_up[0], clean_up);
        _exit(127);
    }
    child_await(NULL, child, clean_up[0]);
}

void pin_to(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)core, &set);
    WORLD_REQUIRE(sched_setaffinity(0, sizeof set, &set) == 0);
}

static double seconds(struct timeval t) {
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

void child_await(cost *out, pid_t child, const char *what) {
    int status;
    struct rusage usage;
    WORLD_REQUIRE(wait4(child, &status, 0, &usage) == child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "%s ended with status %d; what it said is in %s/messages\n", what,
                WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), folder);
        exit(1);
    }
    if (out != NULL)
        *out = (cost){ .spent_s = seconds(usage.ru_utime) + seconds(usage.ru_stime) };
}

/* In the child. */
static _Noreturn void become(const char *input, const char *output, bool is_pinned,
                             char *const *arguments) {
    int in = open(input, O_RDONLY), out = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int err = open("messages", O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (in < 0 || out < 0 || err < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
        _exit(74);
    if (is_pinned)
        pin_to(0);
    execv(arguments[0], arguments);
    _exit(127);
}

cost run(const char *input, const char *output, bool is_pinned, char *const *arguments) {
    cost took;
    double since = bench_now_s();
    pid_t child = fork();
    WORLD_REQUIRE(child >= 0);
    if (child == 0)
        become(input, output, is_pinned, arguments);
    child_await(&took, child, arguments[1]);
    took.wall_s = bench_now_s() - since;
    return took;
}
