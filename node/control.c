#include "control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_NAME "garitad.sock"

/* Who asks, reads: one that does not is cut. And so many at once are enough for people. */
enum { CLIENTS_MAX = 16, CLIENT_MS = 2000 };

struct client {
    struct control *control;
    struct client *next;
    uv_pipe_t pipe;
    uv_timer_t timer;
    uv_write_t request;
    char *text;
    unsigned handles;
    bool is_closed;
};

struct control {
    uv_loop_t *loop;
    const struct home *home;
    control_answer answer;
    void *context;
    uv_pipe_t pipe;
    struct client *clients;
    size_t client_count;
    bool is_stopped;
};

static void free_if_done(struct control *control)
{
    if (control->is_stopped && control->clients == NULL)
        free(control);
}

/* --- those who ask --- */

static void on_client_closed(uv_handle_t *handle)
{
    struct client *client = handle->data;
    struct control *control = client->control;
    struct client **at = &control->clients;

    if (--client->handles > 0)
        return;
    while (*at != client)
        at = &(*at)->next;
    *at = client->next;
    control->client_count--;
    free(client->text);
    free(client);
    free_if_done(control);
}

static void close_client(struct client *client)
{
    if (client->is_closed)
        return;
    client->is_closed = true;
    uv_close((uv_handle_t *)&client->timer, on_client_closed);
    uv_close((uv_handle_t *)&client->pipe, on_client_closed);
}

static void on_written(uv_write_t *request, int status)
{
    (void)status;
    close_client(request->data);
}

static void on_timer(uv_timer_t *timer)
{
    close_client(timer->data);
}

static void answer(struct client *client)
{
    struct control *control = client->control;

    client->text = control->answer(control->context);
    if (client->text == NULL) {
        close_client(client);
        return;
    }
    uv_buf_t buffer = uv_buf_init(client->text, (unsigned)strlen(client->text));
    client->request.data = client;
    uv_timer_start(&client->timer, on_timer, CLIENT_MS, 0);
    if (uv_write(&client->request, (uv_stream_t *)&client->pipe, &buffer, 1, on_written) != 0)
        close_client(client);
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct control *control = stream->data;
    struct client *client = status == 0 ? calloc(1, sizeof *client) : NULL;

    if (client == NULL)
        return;
    client->control = control;
    client->handles = 2;
    client->next = control->clients;
    control->clients = client;
    control->client_count++;
    uv_pipe_init(control->loop, &client->pipe, 0);
    uv_timer_init(control->loop, &client->timer);
    client->pipe.data = client->timer.data = client;
    if (uv_accept(stream, (uv_stream_t *)&client->pipe) == 0 &&
        control->client_count <= CLIENTS_MAX)
        answer(client);
    else
        close_client(client);
}

/* --- the socket --- */

/* The path, or where it is too long for an address the home through this process's descriptor. */
static bool set_path(struct sockaddr_un *out, const struct home *home)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    int len = snprintf(out->sun_path, sizeof out->sun_path, "%s/" SOCKET_NAME, home->path);

    if (len >= (int)sizeof out->sun_path)
        len = snprintf(out->sun_path, sizeof out->sun_path, "/proc/self/fd/%d/" SOCKET_NAME,
                       home->fd);
    return len > 0 && len < (int)sizeof out->sun_path;
}

/* A bound socket, for its owner alone from the first moment; -1 with errno. */
static int bind_socket(const struct home *home)
{
    struct sockaddr_un address;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int bound = -1;

    if (fd < 0)
        return -1;
    if (!set_path(&address, home)) {
        errno = ENAMETOOLONG;
    } else if (unlinkat(home->fd, SOCKET_NAME, 0) == 0 || errno == ENOENT) {
        mode_t before = umask(0177);
        bound = bind(fd, (const struct sockaddr *)&address, sizeof address);
        int error = errno;
        umask(before);
        errno = error;
    }
    if (bound == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

enum exit_status control_start(struct control **out, uv_loop_t *loop, const struct home *home,
                               control_answer answer_with, void *context)
{
    int fd = bind_socket(home);
    struct control *control;

    *out = NULL;
    if (fd < 0)
        return fail(EXIT_IO, NULL, "%s/" SOCKET_NAME ": %s", home->path, strerror(errno));
    control = calloc(1, sizeof *control);
    if (control == NULL) {
        close(fd);
        return fail_no_memory();
    }
    *control =
        (struct control){.loop = loop, .home = home, .answer = answer_with, .context = context};
    uv_pipe_init(loop, &control->pipe, 0);
    control->pipe.data = control;
    int error = uv_pipe_open(&control->pipe, fd);
    if (error == 0)
        error = uv_listen((uv_stream_t *)&control->pipe, CLIENTS_MAX, on_connection);
    *out = control;
    if (error == 0)
        return EXIT_DONE;
    control_stop(control);
    *out = NULL;
    return fail(EXIT_IO, NULL, "%s/" SOCKET_NAME ": %s", home->path, uv_strerror(error));
}

static void on_closed(uv_handle_t *handle)
{
    struct control *control = handle->data;

    control->is_stopped = true;
    free_if_done(control);
}

void control_remove(const struct home *home)
{
    (void)unlinkat(home->fd, SOCKET_NAME, 0);
}

void control_stop(struct control *control)
{
    if (control == NULL)
        return;
    control_remove(control->home);
    for (struct client *client = control->clients; client != NULL; client = client->next)
        close_client(client);
    uv_close((uv_handle_t *)&control->pipe, on_closed);
}
