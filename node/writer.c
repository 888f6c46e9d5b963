#include "writer.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <garita/intake.h>
#include <garita/store_carried.h>
#include <garita/store_keeper.h>
#include <garita/store_view.h>

#include "log.h"
#include "taking.h"

/* How often it is looked whether another process has written: with the gossip behind it, a
 * revocation is on its way well within a second. */
#define WATCH_NS (UINT64_C(250) * 1000 * 1000)
/* The clock's floor moves on with every heartbeat, and a commit for each would double what the disk
 * has to do: a floor that is a few seconds older is one as well. */
#define FLOOR_NS (UINT64_C(10) * 1000 * 1000 * 1000)

/* All that the home holds is loaded once for many bundles that change it, since it costs a
 * signature for each statement; but so many, or so long, are enough to wait. */
enum { HELD_MAX = 64 };
#define HELD_NS (UINT64_C(200) * 1000 * 1000)

struct job {
    uint32_t number; /* of a take; 0: reload */
    struct job *next;
    size_t len;
    uint8_t bytes[];
};

struct writer {
    struct writer_config config;
    garita_store *store;
    garita_store_keeper *keeper;
    struct taking *taking;
    struct log_limit alarms;

    /* what the loop was told is of this moment */
    int64_t version;
    uint8_t knowledge[GARITA_STORE_KNOWLEDGE_SIZE];
    bool is_knowledge_old; /* this thread has written since */
    bool is_stock_wanted;  /* it could not be loaded, or somebody asks */
    bool is_floor_due;
    uint64_t watched_ns, floored_ns;

    struct writer_result *held, **held_last; /* they wait for the stock to be loaded */
    size_t held_count;
    uint64_t held_ns; /* since when */

    uv_thread_t thread;
    uv_async_t async;
    uv_mutex_t mutex; /* of what follows */
    uv_cond_t wake, ended;
    struct job *first, **last;
    struct writer_result *results, **results_last;
    bool is_stopping, is_ended;
};

static void alarm_store(struct writer *writer, garita_store_error error)
{
    uint64_t suppressed;

    if (!log_allows(&writer->alarms, (int64_t)(uv_hrtime() / 1000000), &suppressed))
        return;
    log_event(LOG_LEVEL_ERROR, "alarm", LOG_TEXT("text", garita_store_error_text(error)),
              LOG_TEXT("error", garita_store_error_name(error)),
              LOG_TEXT("detail", garita_store_detail(writer->store)),
              LOG_COUNT("suppressed", suppressed));
}

static void push_result(struct writer *writer, struct writer_result *result)
{
    uv_mutex_lock(&writer->mutex);
    *writer->results_last = result;
    writer->results_last = &result->next;
    uv_mutex_unlock(&writer->mutex);
    (void)uv_async_send(&writer->async);
}

static garita_clock clock_of_now(void)
{
    time_t now = time(NULL);

    return now > 0 ? (garita_clock){.is_known = true, .now = (int64_t)now}
                   : (garita_clock){.now = INT64_MIN};
}

/* --- what the home holds --- */

/* Loads all of it. Whatever is written from here on changes the version, and is found by watch. */
static bool load_stock(struct writer *writer, struct writer_result *result)
{
    garita_store_error error = garita_store_version(writer->store, &writer->version);

    if (error == GARITA_STORE_OK)
        error = garita_store_knowledge(writer->store, writer->knowledge);
    if (error == GARITA_STORE_OK)
        error =
            holdings_load(&result->stock, writer->store, writer->keeper, writer->config.public_key,
                          writer->config.noise_key, clock_of_now().now);
    writer->is_stock_wanted = error != GARITA_STORE_OK;
    writer->is_knowledge_old = writer->is_stock_wanted;
    if (error != GARITA_STORE_OK)
        alarm_store(writer, error);
    return error == GARITA_STORE_OK;
}

static void reload(struct writer *writer)
{
    struct writer_result *result = calloc(1, sizeof *result);

    writer->is_stock_wanted = true;
    if (result != NULL && load_stock(writer, result))
        push_result(writer, result);
    else
        writer_result_free(result);
}

/* Another process may have written: a revocation, a pin, or only a decision. */
static void watch(struct writer *writer)
{
    uint8_t knowledge[GARITA_STORE_KNOWLEDGE_SIZE];
    int64_t version;

    garita_store_error error = garita_store_version(writer->store, &version);
    if (error == GARITA_STORE_OK && version == writer->version && !writer->is_stock_wanted)
        return;
    if (error == GARITA_STORE_OK && !writer->is_knowledge_old && !writer->is_stock_wanted) {
        error = garita_store_knowledge(writer->store, knowledge);
        if (error == GARITA_STORE_OK &&
            memcmp(knowledge, writer->knowledge, sizeof knowledge) == 0) {
            writer->version = version;
            return;
        }
    }
    reload(writer);
}

static void raise_floor(struct writer *writer)
{
    garita_clock clock = clock_of_now();

    writer->is_floor_due = false;
    garita_store_error error = garita_store_keeper_attest_floor(writer->keeper, &clock);
    if (error != GARITA_STORE_OK)
        alarm_store(writer, error);
}

/* --- jobs --- */

/* The logs that were changed, by themselves. */
static bool list_logs(struct writer *writer, struct writer_result *result)
{
    size_t count = taking_log_count(writer->taking);
    garita_trust *trust;
    garita_book *book;

    if (count == 0)
        return true;
    result->logs = calloc(count, sizeof *result->logs);
    garita_store_error error = result->logs == NULL
                                   ? GARITA_STORE_NO_MEMORY
                                   : garita_store_keeper_view(writer->keeper, &trust, &book);
    if (error != GARITA_STORE_OK) {
        alarm_store(writer, error);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct taking_log *log = taking_log(writer->taking, i);
        if (!holdings_log(&result->logs[i], trust, book, &log->id, log->first_key))
            return false; /* somebody changed the trust meanwhile: all is loaded anew */
        result->log_count++;
    }
    return true;
}

static void hold(struct writer *writer, struct writer_result *result)
{
    if (writer->held_count++ == 0)
        writer->held_ns = uv_hrtime();
    *writer->held_last = result;
    writer->held_last = &result->next;
}

/* Tells what became of the bundles that waited; what the home holds now comes with the first. */
static void tell_held(struct writer *writer, bool with_stock)
{
    struct writer_result *result = writer->held, *next;

    if (result != NULL && with_stock)
        (void)load_stock(writer, result);
    writer->held = NULL;
    writer->held_last = &writer->held;
    writer->held_count = 0;
    for (; result != NULL; result = next) {
        next = result->next;
        result->next = NULL;
        push_result(writer, result);
    }
}

static bool has_job(struct writer *writer)
{
    uv_mutex_lock(&writer->mutex);
    bool has_one = writer->first != NULL;
    uv_mutex_unlock(&writer->mutex);
    return has_one;
}

static bool is_held_enough(struct writer *writer)
{
    return writer->held_count >= HELD_MAX || uv_hrtime() - writer->held_ns >= HELD_NS ||
           !has_job(writer);
}

static void take(struct writer *writer, const struct job *job)
{
    struct writer_result *result = calloc(1, sizeof *result);
    struct writer_result spare = {.job = job->number};

    if (result != NULL)
        result->job = job->number;
    struct writer_result *to = result != NULL ? result : &spare;
    bool needs_all = taking_take(writer->taking, &to->taken, job->bytes, job->len);
    if (taking_has_changed(writer->taking))
        writer->is_knowledge_old = writer->is_floor_due = true;
    bool is_all_there = !needs_all && list_logs(writer, to);
    if (result == NULL) {
        writer->is_stock_wanted = true;
        free(spare.logs);
    } else if (is_all_there) {
        push_result(writer, result);
    } else {
        hold(writer, result);
    }
}

static void run_job(struct writer *writer, const struct job *job)
{
    if (job->number == 0)
        reload(writer);
    else
        take(writer, job);
}

static void do_idle_work(struct writer *writer)
{
    uint64_t now_ns = uv_hrtime();

    if (now_ns - writer->watched_ns >= WATCH_NS) {
        writer->watched_ns = now_ns;
        watch(writer);
    }
    if (writer->is_floor_due && now_ns - writer->floored_ns >= FLOOR_NS) {
        writer->floored_ns = now_ns;
        raise_floor(writer);
    }
}

/* Waits for a job, and no longer than it may wait to watch. */
static struct job *next_job(struct writer *writer, bool *is_stopping)
{
    uv_mutex_lock(&writer->mutex);
    if (writer->first == NULL && !writer->is_stopping)
        (void)uv_cond_timedwait(&writer->wake, &writer->mutex, WATCH_NS);
    struct job *job = writer->first;
    if (job != NULL) {
        writer->first = job->next;
        if (writer->first == NULL)
            writer->last = &writer->first;
    }
    *is_stopping = writer->is_stopping;
    uv_mutex_unlock(&writer->mutex);
    return job;
}

static void run(void *context)
{
    struct writer *writer = context;
    struct job *job;
    bool is_stopping;

    while ((job = next_job(writer, &is_stopping)) != NULL || !is_stopping) {
        if (job != NULL)
            run_job(writer, job);
        free(job);
        if (writer->held_count > 0 && (is_stopping || is_held_enough(writer)))
            tell_held(writer, !is_stopping);
        if (!is_stopping)
            do_idle_work(writer);
    }
    if (writer->is_floor_due)
        raise_floor(writer);
    uv_mutex_lock(&writer->mutex);
    writer->is_ended = true;
    uv_cond_signal(&writer->ended);
    uv_mutex_unlock(&writer->mutex);
}

static bool push_job(struct writer *writer, struct job *job)
{
    if (job == NULL)
        return false;
    uv_mutex_lock(&writer->mutex);
    *writer->last = job;
    writer->last = &job->next;
    uv_cond_signal(&writer->wake);
    uv_mutex_unlock(&writer->mutex);
    return true;
}

bool writer_take(struct writer *writer, uint32_t job, const uint8_t *bytes, size_t len)
{
    struct job *made = malloc(sizeof *made + len);

    if (made != NULL) {
        *made = (struct job){.number = job, .len = len};
        memcpy(made->bytes, bytes, len);
    }
    return push_job(writer, made);
}

void writer_reload(struct writer *writer)
{
    /* Where there is no memory even for this, the next change of the home does the same. */
    (void)push_job(writer, calloc(1, sizeof(struct job)));
}

/* --- life --- */

static void on_async(uv_async_t *async)
{
    struct writer *writer = async->data;

    writer->config.on_results(writer->config.context);
}

static void tell_damage(void *context, const garita_issuer *authority, const char *what)
{
    (void)context;
    log_event(LOG_LEVEL_ERROR, "alarm",
              LOG_TEXT("text", "a log of this home does not hold together; it is fetched anew"),
              LOG_TEXT("log", authority->name), LOG_TEXT("detail", what));
}

static garita_store_error settle_archive(struct writer *writer)
{
    bool is_archive;
    garita_store_error error = garita_store_begin(writer->store);

    if (error == GARITA_STORE_OK)
        error = garita_store_is_archive(writer->store, &is_archive);
    if (error == GARITA_STORE_OK && is_archive != writer->config.is_archive) {
        error = garita_store_set_archive(writer->store, writer->config.is_archive);
        if (error == GARITA_STORE_OK)
            error = garita_store_commit(writer->store);
    }
    garita_store_rollback(writer->store);
    return error;
}

static enum exit_status open_home(struct writer *writer)
{
    char detail[GARITA_STORE_DETAIL_SIZE];
    const char *home = writer->config.home;
    garita_store_error error = garita_store_open(&writer->store, detail, home, GARITA_STORE_WRITE);

    if (error != GARITA_STORE_OK)
        return fail_store(error, home, detail);
    error = settle_archive(writer);
    if (error == GARITA_STORE_OK)
        error = garita_store_keeper_new(&writer->keeper, writer->store, false, tell_damage, NULL);
    if (error != GARITA_STORE_OK)
        return fail_store(error, home, garita_store_detail(writer->store));
    writer->taking = taking_new(writer->store, writer->keeper, home, writer->config.state);
    return writer->taking != NULL ? EXIT_DONE : fail_no_memory();
}

static void close_home(struct writer *writer)
{
    taking_free(writer->taking);
    garita_store_keeper_free(writer->keeper);
    garita_store_close(writer->store);
}

enum exit_status writer_start(struct writer **out, const struct writer_config *config)
{
    struct writer *writer = calloc(1, sizeof *writer);

    *out = NULL;
    if (writer == NULL)
        return fail_no_memory();
    writer->config = *config;
    writer->last = &writer->first;
    writer->results_last = &writer->results;
    writer->held_last = &writer->held;
    enum exit_status status = open_home(writer);
    struct writer_result *stock = status == EXIT_DONE ? calloc(1, sizeof *stock) : NULL;
    if (status == EXIT_DONE && (stock == NULL || !load_stock(writer, stock)))
        status = fail(EXIT_IO, NULL, "%s: what the home holds cannot be read", config->home);
    writer->async.data = writer;
    if (status != EXIT_DONE || uv_async_init(config->loop, &writer->async, on_async) != 0) {
        writer_result_free(stock);
        close_home(writer);
        free(writer);
        return status != EXIT_DONE ? status : fail_no_memory();
    }
    /* As libuv itself does where there is no memory for a lock. */
    if (uv_mutex_init(&writer->mutex) != 0 || uv_cond_init(&writer->wake) != 0 ||
        uv_cond_init(&writer->ended) != 0 || uv_thread_create(&writer->thread, run, writer) != 0)
        abort();
    push_result(writer, stock);
    *out = writer;
    return EXIT_DONE;
}

struct writer_result *writer_next(struct writer *writer)
{
    uv_mutex_lock(&writer->mutex);
    struct writer_result *result = writer->results;
    if (result != NULL) {
        writer->results = result->next;
        if (writer->results == NULL)
            writer->results_last = &writer->results;
    }
    uv_mutex_unlock(&writer->mutex);
    return result;
}

void writer_result_free(struct writer_result *result)
{
    if (result == NULL)
        return;
    holdings_free(result->stock);
    free(result->logs);
    free(result);
}

static void on_async_closed(uv_handle_t *handle)
{
    struct writer *writer = handle->data;
    struct writer_result *result;

    while ((result = writer_next(writer)) != NULL)
        writer_result_free(result);
    close_home(writer);
    uv_cond_destroy(&writer->wake);
    uv_cond_destroy(&writer->ended);
    uv_mutex_destroy(&writer->mutex);
    free(writer);
}

bool writer_stop(struct writer *writer, uint64_t timeout_ms)
{
    uint64_t end_ns = uv_hrtime() + timeout_ms * 1000 * 1000;

    uv_mutex_lock(&writer->mutex);
    writer->is_stopping = true;
    uv_cond_signal(&writer->wake);
    for (uint64_t now_ns; !writer->is_ended && (now_ns = uv_hrtime()) < end_ns;)
        (void)uv_cond_timedwait(&writer->ended, &writer->mutex, end_ns - now_ns);
    bool is_ended = writer->is_ended;
    uv_mutex_unlock(&writer->mutex);
    if (!is_ended)
        return false;
    uv_thread_join(&writer->thread);
    uv_close((uv_handle_t *)&writer->async, on_async_closed);
    return true;
}
