#include "node_inside.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <garita/limits.h>

#include "links_file.h"
#include "log.h"
#include "node_view.h"
#include "notify.h"

/* A second from the signal to the end: for links to say goodbye, for the writer to finish, for
 * the loop to let go. */
enum { GOODBYE_MS = 400, FINISH_MS = 350, LOOP_MS = 100 };

struct engine_time node_now(const struct node *node)
{
    time_t wall = time(NULL);
    /* A clock from before there was anything to certify has lost its battery: it is none, or the node
     * would find all others not yet valid, and never hear of the time. */
    int64_t moment = wall >= GARITA_BATCH_TIME_MIN ? (int64_t)wall : INT64_MIN;
    const struct holdings *stock = node->stock;

    /* A clock that stands before the floor is wrong by at least so much (rule of trust 7). */
    if (moment != INT64_MIN && stock != NULL && stock->has_floor && moment < stock->floor)
        moment = stock->floor;
    return (struct engine_time){(int64_t)uv_now(&node->loop), moment};
}

void node_tell_alarm(const char *text)
{
    log_event(LOG_LEVEL_ERROR, "alarm", LOG_TEXT("text", text));
}

/* --- signals, watchdog, control --- */

static void on_goodbye(uv_timer_t *timer)
{
    struct node *node = timer->data;

    net_cut(node->net);
    uv_stop(&node->loop); /* end does not wait for long either */
}

static void on_stop_signal(uv_signal_t *handle, int number)
{
    struct node *node = handle->data;

    if (node->is_stopping)
        return;
    node->is_stopping = true;
    log_event(LOG_LEVEL_INFO, "stopping", LOG_TEXT("signal", number == SIGINT ? "INT" : "TERM"),
              LOG_NUMBER("links", node->links.up));
    notify("STOPPING=1\n");
    engine_stop(node->engine, node_now(node));
    node_drain(node);
    net_stop(node->net);
    uv_timer_start(&node->goodbye, on_goodbye, GOODBYE_MS, 0);
    node_stop_if_quiet(node);
}

static void on_hang_up(uv_signal_t *handle, int number)
{
    (void)number;
    node_reload(handle->data);
}

static void on_watchdog(uv_timer_t *timer)
{
    const struct node *node = timer->data;
    char text[128];

    snprintf(text, sizeof text, "WATCHDOG=1\nSTATUS=%zu links%s\n", node->links.up,
             node->is_certified ? "" : ", not certified");
    notify(text);
}

static char *answer(void *context)
{
    struct node *node = context;

    node_judge_self(node);
    const struct node_view view = {.public_key = node->key->public_key,
                                   .name =
                                       node->stock->self.is_known ? node->stock->self.name : NULL,
                                   .is_certified = node->is_certified,
                                   .is_archive = node->options->is_archive,
                                   .since = node->since,
                                   .now = node_now(node),
                                   .engine = node->engine,
                                   .net = node->net,
                                   .links = &node->links};
    return node_view_json(&view);
}

/* --- life --- */

static void start_handles(struct node *node)
{
    uint64_t watchdog_ms = notify_watchdog_ms();

    uv_timer_init(&node->loop, &node->watchdog);
    uv_timer_init(&node->loop, &node->goodbye);
    uv_signal_init(&node->loop, &node->terminate);
    uv_signal_init(&node->loop, &node->interrupt);
    uv_signal_init(&node->loop, &node->hang_up);
    node->watchdog.data = node->goodbye.data = node;
    node->terminate.data = node->interrupt.data = node->hang_up.data = node;
    uv_signal_start(&node->terminate, on_stop_signal, SIGTERM);
    uv_signal_start(&node->interrupt, on_stop_signal, SIGINT);
    uv_signal_start(&node->hang_up, on_hang_up, SIGHUP);
    if (watchdog_ms > 0)
        uv_timer_start(&node->watchdog, on_watchdog, watchdog_ms, watchdog_ms);
}

static enum exit_status configure_first(struct node *node)
{
    struct peers_fault fault;

    if (node_configure(node, &fault))
        return EXIT_DONE;
    return fault.line > 0 ? fail(EXIT_BAD_INPUT, "one HOST:PORT a line; # begins a remark",
                                 "%s/peers:%zu: %s", node->home->path, fault.line, fault.text)
                          : fail(EXIT_IO, NULL, "%s/peers: %s", node->home->path, fault.text);
}

static enum exit_status start_engine(struct node *node)
{
    uint8_t remembered[ENGINE_REMEMBERED_MAX][GARITA_NOISE_KEY_SIZE];
    size_t count;
    struct engine_config config = {.host = host_for_engine(&node->host),
                                   .is_archive = node->options->is_archive,
                                   .links = ENGINE_LINKS,
                                   .period_ms = ENGINE_PERIOD_MS};

    memcpy(config.noise_key, node->key->noise_public, sizeof config.noise_key);
    node->engine = engine_new(&config);
    if (node->engine == NULL)
        return fail_no_memory();
    links_read(remembered, &count, node->home->fd);
    engine_remember(node->engine, (const uint8_t(*)[GARITA_NOISE_KEY_SIZE])remembered, count);
    return configure_first(node);
}

static enum exit_status start_writer(struct node *node)
{
    struct writer_config config = {.home = node->options->home,
                                   .state = node->options->state,
                                   .is_archive = node->options->is_archive,
                                   .loop = &node->loop,
                                   .on_results = node_on_results,
                                   .context = node};

    memcpy(config.public_key, node->key->public_key, sizeof config.public_key);
    memcpy(config.noise_key, node->key->noise_public, sizeof config.noise_key);
    return writer_start(&node->writer, &config);
}

static enum exit_status start_net(struct node *node)
{
    enum exit_status status = EXIT_DONE;

    node->self.noise_secret = node->key->noise_secret;
    node->self.payload = node->payload;
    memcpy(node->self.noise_public, node->key->noise_public, sizeof node->self.noise_public);
    node->self.random = host_random;
    node->self.records_max = CHANNEL_RECORDS_MAX;
    node->net = net_new(&node->loop, &node->self, &node->net_events);
    if (node->net == NULL)
        return fail_no_memory();
    for (size_t i = 0; i < node->options->listen_count && status == EXIT_DONE; i++)
        status = net_listen(node->net, (const struct sockaddr *)&node->options->listen[i]);
    return status;
}

static enum exit_status start(struct node *node)
{
    enum exit_status status = start_net(node);

    if (status == EXIT_DONE)
        status = start_engine(node);
    if (status == EXIT_DONE)
        status = control_start(&node->control, &node->loop, node->home, answer, node);
    if (status == EXIT_DONE)
        status = start_writer(node);
    return status;
}

static void tell_started(const struct node *node)
{
    log_event(LOG_LEVEL_INFO, "started", LOG_TEXT("version", GARITA_VERSION),
              LOG_NUMBER("pid", getpid()), LOG_TEXT("home", node->home->path),
              LOG_KEY("node", node->key->public_key),
              LOG_TEXT("name", node->stock->self.is_known ? node->stock->self.name : NULL),
              LOG_NUMBER("peers", node->peers.count),
              LOG_TEXT("archive", node->options->is_archive ? "yes" : NULL));
    for (size_t i = 0; i < net_listen_count(node->net); i++)
        log_event(LOG_LEVEL_INFO, "listening", LOG_TEXT("address", net_listen_at(node->net, i)));
}

/* The disk, or the system's look-up of a name, is slower than we may be. What it has not finished
 * is as after kill -9. */
static _Noreturn void leave(const struct node *node, const char *reason)
{
    log_event(LOG_LEVEL_WARNING, "stopped", LOG_NUMBER("pid", getpid()),
              LOG_TEXT("reason", reason));
    control_remove(node->home);
    _exit(EXIT_DONE);
}

static void on_loop_deadline(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

/* Everything is closed by who made it; what is left are the handles of this file. */
static void end(struct node *node)
{
    struct writer *writer = node->writer;

    node->writer = NULL;
    if (writer != NULL && !writer_stop(writer, FINISH_MS))
        leave(node, "the disk did not finish");
    control_stop(node->control);
    if (node->net != NULL)
        net_cut(node->net);
    uv_close((uv_handle_t *)&node->tick, NULL);
    uv_close((uv_handle_t *)&node->watchdog, NULL);
    uv_close((uv_handle_t *)&node->terminate, NULL);
    uv_close((uv_handle_t *)&node->interrupt, NULL);
    uv_close((uv_handle_t *)&node->hang_up, NULL);
    uv_timer_start(&node->goodbye, on_loop_deadline, LOOP_MS, 0);
    uv_unref((uv_handle_t *)&node->goodbye);
    uv_run(&node->loop, UV_RUN_DEFAULT);
    uv_close((uv_handle_t *)&node->goodbye, NULL);
    uv_run(&node->loop, UV_RUN_NOWAIT);
    if (uv_loop_close(&node->loop) != 0)
        leave(node, "a look-up of a name did not finish");
    net_free(node->net);
    engine_free(node->engine);
    host_end(&node->host);
    links_end(&node->links);
    holdings_free(node->stock);
}

enum exit_status node_run(const struct options *options, const struct home *home,
                          const struct key *key)
{
    static struct node node; /* large; and there is one */
    time_t since = time(NULL);

    node = (struct node){.options = options,
                         .home = home,
                         .key = key,
                         .host = {.reader = home->reader},
                         .since = since > 0 ? (int64_t)since : 0};
    if (uv_loop_init(&node.loop) != 0)
        return fail_no_memory();
    node_acts_start(&node);
    start_handles(&node);
    enum exit_status status = start(&node);
    if (status == EXIT_DONE) {
        node_on_results(&node); /* the stock, before anybody is met */
        status = node.stock != NULL ? EXIT_DONE : fail_no_memory();
    }
    if (status == EXIT_DONE) {
        tell_started(&node);
        node_notify_ready(&node);
        uv_run(&node.loop, UV_RUN_DEFAULT);
    }
    end(&node);
    if (status == EXIT_DONE)
        log_event(LOG_LEVEL_INFO, "stopped", LOG_NUMBER("pid", getpid()));
    return status;
}
