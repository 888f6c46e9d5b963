#include "lockdown.h"

#include "bounds.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#ifndef WITH_ASAN
#define WITH_ASAN 0
#endif

static bool keep_one_descriptor(int pipe)
{
    if (pipe != LOCKDOWN_PIPE && dup2(pipe, LOCKDOWN_PIPE) < 0)
        return false;
    unsigned first_below = 0, last_below = WITH_ASAN ? 1 : 2;
    return close_range(first_below, last_below, 0) == 0 &&
           close_range(LOCKDOWN_PIPE + 1, ~0U, 0) == 0;
}

/* Bytes of address space in use, from /proc/self/statm; a fair guess where there is no /proc. */
static rlim_t mapped_bytes(void)
{
    char text[32] = "";
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    unsigned long pages = len > 0 ? strtoul(text, NULL, 10) : 0;
    return pages > 0 ? (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) : (rlim_t)1 << 30;
}

static bool limit(__rlimit_resource_t resource, rlim_t most)
{
    struct rlimit old;
    if (getrlimit(resource, &old) != 0)
        return false;
    if (old.rlim_max < most)
        most = old.rlim_max; /* stricter already */
    struct rlimit new = {most, most};
    return setrlimit(resource, &new) == 0;
}

static bool limit_resources(rlim_t mapped, unsigned cpu_seconds)
{
    return (WITH_ASAN || limit(RLIMIT_AS, mapped + PICTURE_CHILD_MEMORY_MAX)) &&
           limit(RLIMIT_CPU, cpu_seconds) && limit(RLIMIT_NOFILE, 0) && limit(RLIMIT_NPROC, 0) &&
           limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_MEMLOCK, 0);
}

/* The system calls that are left. */
static bool allow_calls(scmp_filter_ctx filter)
{
    static const int always[] = {
        SCMP_SYS(exit_group),
        SCMP_SYS(exit),
        SCMP_SYS(brk),
        SCMP_SYS(munmap),
        SCMP_SYS(mremap),
        SCMP_SYS(madvise),
        SCMP_SYS(clock_gettime),
#if WITH_ASAN
        SCMP_SYS(sigaltstack),
        SCMP_SYS(sched_yield),
        SCMP_SYS(getpid),
        SCMP_SYS(gettid),
#endif
    };
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, always[i], 0) != 0)
            return false;
    /* Memory of our own only, and never code. */
    if (seccomp_rule_add(
            filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
            SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS | MAP_SHARED, MAP_ANONYMOUS)) != 0 ||
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                         SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) != 0)
        return false;
    /* std::call_once wakes waiters that are not there. None may wait: a lock that another thread of
     * the parent held at the fork is death at once, not a hang. */
    if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(futex), 1,
                         SCMP_A1(SCMP_CMP_MASKED_EQ, (uint32_t)FUTEX_CMD_MASK, FUTEX_WAKE)) != 0)
        return false;
    /* Elsewhere there is nothing to write to; a library that complains to standard error may. */
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
                            SCMP_A0(SCMP_CMP_EQ, LOCKDOWN_PIPE, 0)) == 0 &&
           seccomp_rule_add(filter, WITH_ASAN ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EBADF),
                            SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_NE, LOCKDOWN_PIPE, 0)) == 0;
}

static bool filter_calls(void)
{
    scmp_filter_ctx filter =
        seccomp_init(WITH_ASAN ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS);
    bool ok = filter != NULL &&
              seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
              allow_calls(filter) && seccomp_load(filter) == 0;
    if (filter != NULL)
        seccomp_release(filter);
    return ok;
}

bool lockdown(int pipe, unsigned cpu_seconds, pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        return false; /* the parent may have died before it was asked for */
    rlim_t mapped = mapped_bytes();
    return keep_one_descriptor(pipe) && prctl(PR_SET_DUMPABLE, 0) == 0 &&
           prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && limit_resources(mapped, cpu_seconds) &&
           filter_calls();
}
