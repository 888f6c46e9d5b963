/* cli/workers.h: the same work in several threads at once, again and again. */
#ifndef GARITA_CLI_WORKERS_H
#define GARITA_CLI_WORKERS_H

#include <stddef.h>

struct workers;

/* Does the share of worker index, of as many as there are. */
typedef void (*workers_job)(void *context, size_t index);

/* Starts count - 1 threads; the caller is the last worker. Null if they cannot be had. */
struct workers *workers_start(size_t count, workers_job job, void *context);

/* Runs the job in every worker, and returns when all are done. */
void workers_run(struct workers *workers);

/* Ends the threads and frees. Null is allowed. */
void workers_stop(struct workers *workers);

#endif
