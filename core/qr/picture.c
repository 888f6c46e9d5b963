/* garita_picture_read, the parent's side. */
#include <garita/picture.h>

#include "bounds.h"
#include "child.h"
#include "decode.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- names ---- */

const char *garita_picture_error_name(garita_picture_error error)
{
    switch (error) {
#define NAME(constant, name, text)                                                                 \
    case GARITA_PICTURE_##constant:                                                                \
        return name;
        GARITA_PICTURE_ERRORS(NAME)
#undef NAME
    }
    return "?";
}

const char *garita_picture_error_text(garita_picture_error error)
{
    switch (error) {
#define TEXT(constant, name, text)                                                                 \
    case GARITA_PICTURE_##constant:                                                                \
        return text;
        GARITA_PICTURE_ERRORS(TEXT)
#undef TEXT
    }
    return "?";
}

bool garita_picture_is(const unsigned char *bytes, size_t len)
{
    return decode_is_png(bytes, len) || decode_is_jpeg(bytes, len);
}

/* ---- the child's life ---- */

struct job {
    pid_t child;
    int pipe; /* our end */
    struct timespec end;
};

static void default_signals(void)
{
    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL); /* refused for some, which have no handlers either */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* After a fork in a process with threads, the child may use what glibc keeps usable there, malloc
 * above all, and code that takes no lock; the libraries were warmed up to be that. Signals wait, so
 * that none of the caller's handlers runs in the child. */
static bool start(struct job *job, const unsigned char *bytes, size_t len,
                  const garita_picture_options *options)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    sigset_t all, before;
    sigfillset(&all);
    pid_t parent = getpid();
    pthread_sigmask(SIG_SETMASK, &all, &before);
    job->child = fork();
    if (job->child == 0) {
        default_signals();
        child_run(ends[1], parent, bytes, len, options);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(ends[1]);
    job->pipe = ends[0];
    if (job->child < 0)
        close(job->pipe);
    return job->child > 0;
}

/* Milliseconds until the job's end, at least 0. */
static int left_ms(const struct job *job)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long ms = (job->end.tv_sec - now.tv_sec) * 1000 + (job->end.tv_nsec - now.tv_nsec) / 1000000;
    return ms < 0 ? 0 : ms > INT_MAX ? INT_MAX : (int)ms;
}

/* Takes what the child says until it ends, breaks off, or the time is up. */
static garita_picture_error listen(const struct job *job, garita_qr_texts *out)
{
    struct wire_reader reader = {.state = WIRE_MORE};
    struct pollfd pipe = {.fd = job->pipe, .events = POLLIN};
    while (reader.state == WIRE_MORE) {
        int left = left_ms(job);
        int ready = left > 0 ? poll(&pipe, 1, left) : 0;
        if (ready == 0)
            return GARITA_PICTURE_TIMEOUT;
        unsigned char *where;
        size_t room = wire_room(&reader, &where);
        ssize_t got = ready < 0 ? -1 : read(job->pipe, where, room);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return GARITA_PICTURE_CRASHED;
        wire_take(&reader, (size_t)got, out);
    }
    if (reader.state == WIRE_ENDED)
        return reader.end;
    return reader.no_memory ? GARITA_PICTURE_NO_MEMORY : GARITA_PICTURE_CRASHED;
}

/* Kills the child, whatever it does, and collects it. True if its processor time had run out. The
 * caller may have arranged for children to be collected by the system: then there is no status. */
static bool finish(const struct job *job)
{
    int status = 0;
    pid_t got;
    close(job->pipe);
    kill(job->child, SIGKILL);
    do
        got = waitpid(job->child, &status, 0);
    while (got < 0 && errno == EINTR);
    return got == job->child && WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU;
}

garita_picture_error garita_picture_read(garita_qr_texts *out, const unsigned char *bytes,
                                         size_t len, const garita_picture_options *options)
{
    garita_picture_options o = {0};
    if (options != NULL)
        o = *options;
    if (o.timeout_ms <= 0)
        o.timeout_ms = GARITA_PICTURE_TIMEOUT_MS;
    memset(out, 0, sizeof *out);
    if (!garita_picture_is(bytes, len))
        return GARITA_PICTURE_NOT_A_PICTURE;
    if (len > PICTURE_BYTES_MAX)
        return GARITA_PICTURE_TOO_LARGE;

    struct job job;
    clock_gettime(CLOCK_MONOTONIC, &job.end);
    job.end.tv_sec += o.timeout_ms / 1000;
    job.end.tv_nsec += o.timeout_ms % 1000 * 1000000L;
    child_warm_up();
    if (!start(&job, bytes, len, &o))
        return GARITA_PICTURE_NO_SANDBOX;
    garita_picture_error error = listen(&job, out);
    if (finish(&job) && error == GARITA_PICTURE_CRASHED)
        error = GARITA_PICTURE_TIMEOUT;

    if (out->count > 0)
        return GARITA_PICTURE_OK;
    return error == GARITA_PICTURE_OK ? GARITA_PICTURE_CRASHED : error;
}
