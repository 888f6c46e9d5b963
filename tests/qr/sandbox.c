/* After the lock-down nothing is left: a child tries each thing that an attacker in the decoder
 * would, and must die of it. (With AddressSanitizer it must fail.) */
#include "lockdown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#define WITH_ASAN 1
#else
#define WITH_ASAN 0
#endif

enum { REFUSED = 40, ALLOWED = 41, NOT_LOCKED = 42 };

static int a_socket; /* open in the parent: the child inherits it and must lose it */

/* What a child does after the lock-down; true if it got its way. */
typedef bool (*attempt)(void);

static bool try_open(void)
{
    return syscall(SYS_open, "/etc/passwd", O_RDONLY) >= 0;
}

static bool try_openat(void)
{
    return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY) >= 0;
}

static bool try_create(void)
{
    return syscall(SYS_openat, AT_FDCWD, "made-by-the-child", O_WRONLY | O_CREAT, 0600) >= 0;
}

static bool try_unlink(void)
{
    return syscall(SYS_unlink, "made-by-the-parent") == 0;
}

static bool try_socket(void)
{
    return syscall(SYS_socket, AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool try_connect(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return syscall(SYS_connect, a_socket, &to, sizeof to) == 0;
}

static bool try_send(void)
{
    return syscall(SYS_sendto, a_socket, "x", 1, 0, NULL, 0) == 1;
}

static bool try_execve(void)
{
    char *const nothing[] = {NULL};
    return syscall(SYS_execve, "/bin/true", nothing, nothing) == 0;
}

static bool try_fork(void)
{
    long child = syscall(SYS_fork);
    if (child == 0)
        _exit(0);
    return child > 0;
}

static bool try_clone(void)
{
    long child = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0);
    if (child == 0)
        _exit(0);
    return child > 0;
}

static bool try_ptrace(void)
{
    return syscall(SYS_ptrace, PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool try_kill_parent(void)
{
    return syscall(SYS_kill, getppid(), 0) == 0;
}

static bool try_read_other_memory(void)
{
    return syscall(SYS_process_vm_readv, 1, NULL, 0, NULL, 0, 0) == 0;
}

static bool try_code_pages(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                0) != MAP_FAILED;
}

static bool try_make_code(void)
{
    static unsigned char page[8192] __attribute__((aligned(4096)));
    return mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool try_shared_memory(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) !=
           MAP_FAILED;
}

static bool try_ioctl(void)
{
    return syscall(SYS_ioctl, LOCKDOWN_PIPE, 0x5413, NULL) == 0;
}

static bool try_read(void)
{
    char byte;
    return syscall(SYS_read, LOCKDOWN_PIPE, &byte, 1) >= 0;
}

static bool try_more_rights(void)
{
    struct rlimit more = {100, 100};
    return setrlimit(RLIMIT_NOFILE, &more) == 0;
}

static bool try_time_setting(void)
{
    struct timespec t = {0, 0};
    return syscall(SYS_clock_settime, CLOCK_REALTIME, &t) == 0;
}

static bool try_32_bit_call(void)
{
#if defined(__x86_64__) && !WITH_ASAN
    long result = 20; /* getpid of the 32-bit table, whose numbers mean other calls in ours */
    __asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
    return result > 0;
#else
    return false;
#endif
}

/* Runs an attempt in a locked-down child; returns its wait status. */
static int locked_down(attempt tried)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t parent = getpid(), child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(!lockdown(ends[1], 10, parent) ? NOT_LOCKED : tried() ? ALLOWED : REFUSED);
    close(ends[0]);
    close(ends[1]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void every_attempt_is_death(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        attempt tried;
    } attempts[] = {
        {"open", try_open},
        {"openat", try_openat},
        {"create", try_create},
        {"unlink", try_unlink},
        {"socket", try_socket},
        {"connect", try_connect},
        {"sendto", try_send},
        {"execve", try_execve},
        {"fork", try_fork},
        {"clone", try_clone},
        {"ptrace", try_ptrace},
        {"kill", try_kill_parent},
        {"process_vm_readv", try_read_other_memory},
        {"mmap of code", try_code_pages},
        {"mprotect to code", try_make_code},
        {"shared mmap", try_shared_memory},
        {"ioctl", try_ioctl},
        {"read", try_read},
        {"setrlimit", try_more_rights},
        {"clock_settime", try_time_setting},
        {"a 32-bit call", try_32_bit_call},
    };
    int made = open("made-by-the-parent", O_WRONLY | O_CREAT, 0600);
    assert_true(made >= 0);
    close(made);
    a_socket = socket(AF_INET, SOCK_DGRAM, 0);
    assert_true(a_socket >= 0);
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        int status = locked_down(attempts[i].tried);
        bool stopped = WITH_ASAN ? WIFEXITED(status) && WEXITSTATUS(status) == REFUSED
                                 : WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
        if (attempts[i].tried == try_32_bit_call && WIFSIGNALED(status))
            stopped = true; /* a kernel without such calls: SIGSEGV */
        if (!stopped)
            fail_msg("%s: wait status %#x", attempts[i].name, (unsigned)status);
    }
    close(a_socket);
    assert_int_equal(access("made-by-the-parent", F_OK), 0);
    assert_int_equal(access("made-by-the-child", F_OK), -1);
    unlink("made-by-the-parent");
}

/* The attempts above are worth something only if, unlocked, they succeed. */
static void unlocked_the_attempts_succeed(void **state)
{
    (void)state;
    static const attempt attempts[] = {try_open,   try_openat,      try_socket,        try_fork,
                                       try_clone,  try_kill_parent, try_shared_memory, try_ptrace,
                                       try_execve, try_code_pages,  try_make_code};
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        pid_t child = fork();
        if (child == 0)
            _exit(attempts[i]() ? ALLOWED : REFUSED);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        /* /bin/true, where execve succeeds, ends with 0 */
        assert_int_equal(WEXITSTATUS(status), attempts[i] == try_execve ? 0 : ALLOWED);
    }
}

static bool use_what_is_left(void)
{
    struct timespec now;
    char *memory = malloc(8 << 20);
    if (memory == NULL)
        return false;
    memset(memory, 1, 8 << 20);
    free(memory);
    return clock_gettime(CLOCK_MONOTONIC, &now) == 0 && write(LOCKDOWN_PIPE, "x", 1) == 1;
}

static void memory_clock_and_pipe_are_left(void **state)
{
    (void)state;
    int ends[2];
    char byte = 0;
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    pid_t parent = getpid(), child = fork();
    if (child == 0)
        _exit(!lockdown(ends[1], 10, parent) ? NOT_LOCKED : use_what_is_left() ? ALLOWED : REFUSED);
    close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 1);
    assert_int_equal(byte, 'x');
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), ALLOWED);
}

static bool take_too_much_memory(void)
{
    void *volatile memory = malloc((size_t)2 << 30);
    return memory != NULL;
}

static bool burn(void)
{
    volatile unsigned i = 0;
    for (;;)
        i++;
    return false;
}

/* A pipe whose writing end the child inherits comes to its end while the child still lives: so the
 * child has let go of it. */
static void no_other_descriptor_is_left(void **state)
{
    (void)state;
    int ends[2], other[2];
    char byte;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(pipe(other), 0);
    pid_t parent = getpid(), child = fork();
    if (child == 0)
        _exit(!lockdown(ends[1], 10, parent) ? NOT_LOCKED : burn());
    close(ends[1]);
    close(other[1]);
    assert_int_equal(read(other[0], &byte, 1), 0);
    assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    close(ends[0]);
    close(other[0]);
}

static void memory_is_bounded(void **state)
{
    (void)state;
    if (WITH_ASAN)
        skip();
    int status = locked_down(take_too_much_memory);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), REFUSED);
}

static void processor_time_is_bounded(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t parent = getpid(), child = fork();
    if (child == 0)
        _exit(!lockdown(ends[1], 1, parent) ? NOT_LOCKED : burn());
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    close(ends[0]);
    close(ends[1]);
}

static void refuses_where_the_parent_is_gone(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0)
        _exit(lockdown(ends[1], 10, 1) ? ALLOWED : NOT_LOCKED); /* 1 did not fork it */
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), NOT_LOCKED);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_attempt_is_death),
        cmocka_unit_test(unlocked_the_attempts_succeed),
        cmocka_unit_test(memory_clock_and_pipe_are_left),
        cmocka_unit_test(no_other_descriptor_is_left),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(processor_time_is_bounded),
        cmocka_unit_test(refuses_where_the_parent_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
