#include "workers.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t begun;
    pthread_cond_t ended;
    uint64_t round;    /* of the work at hand */
    size_t unfinished; /* threads that have not done their share of this round */
    bool is_over;
    workers_job job;
    void *context;
    size_t threads;
    struct worker {
        struct workers *workers;
        size_t index;
        pthread_t thread;
    } worker[];
};

static void *thread_main(void *argument)
{
    struct worker *self = argument;
    struct workers *workers = self->workers;
    uint64_t done = 0;

    pthread_mutex_lock(&workers->lock);
    for (;;) {
        while (workers->round == done && !workers->is_over)
            pthread_cond_wait(&workers->begun, &workers->lock);
        if (workers->is_over)
            break;
        done = workers->round;
        pthread_mutex_unlock(&workers->lock);
        workers->job(workers->context, self->index);
        pthread_mutex_lock(&workers->lock);
        if (--workers->unfinished == 0)
            pthread_cond_signal(&workers->ended);
    }
    pthread_mutex_unlock(&workers->lock);
    return NULL;
}

struct workers *workers_start(size_t count, workers_job job, void *context)
{
    struct workers *workers = calloc(1, sizeof *workers + count * sizeof workers->worker[0]);

    if (workers == NULL)
        return NULL;
    pthread_mutex_init(&workers->lock, NULL);
    pthread_cond_init(&workers->begun, NULL);
    pthread_cond_init(&workers->ended, NULL);
    workers->job = job;
    workers->context = context;
    while (workers->threads + 1 < count) {
        struct worker *worker = &workers->worker[workers->threads];
        worker->workers = workers;
        worker->index = workers->threads + 1;
        if (pthread_create(&worker->thread, NULL, thread_main, worker) != 0) {
            workers_stop(workers);
            return NULL;
        }
        workers->threads++;
    }
    return workers;
}

void workers_run(struct workers *workers)
{
    if (workers->threads > 0) {
        pthread_mutex_lock(&workers->lock);
        workers->unfinished = workers->threads;
        workers->round++;
        pthread_cond_broadcast(&workers->begun);
        pthread_mutex_unlock(&workers->lock);
    }
    workers->job(workers->context, 0);
    if (workers->threads > 0) {
        pthread_mutex_lock(&workers->lock);
        while (workers->unfinished > 0)
            pthread_cond_wait(&workers->ended, &workers->lock);
        pthread_mutex_unlock(&workers->lock);
    }
}

void workers_stop(struct workers *workers)
{
    if (workers == NULL)
        return;
    pthread_mutex_lock(&workers->lock);
    workers->is_over = true;
    pthread_cond_broadcast(&workers->begun);
    pthread_mutex_unlock(&workers->lock);
    for (size_t i = 0; i < workers->threads; i++)
        pthread_join(workers->worker[i].thread, NULL);
    pthread_cond_destroy(&workers->ended);
    pthread_cond_destroy(&workers->begun);
    pthread_mutex_destroy(&workers->lock);
    free(workers);
}
