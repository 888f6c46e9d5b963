/* node/writer.h: the one thread that writes to the home. It takes what peers sent through the
 * acceptance rules, one bundle after another, looks four times a second whether another process has
 * written, and tells the loop what the home holds since. A disk that is slow delays nobody but it.
 */
#ifndef GARITA_NODE_WRITER_H
#define GARITA_NODE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "fail.h"
#include "holdings.h"

struct writer;

struct writer_config {
    const char *home;  /* these are the caller's, and outlive the writer */
    const char *state; /* where homes that sign keep their counters; may be null */
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE]; /* this node's */
    uint8_t noise_key[GARITA_NOISE_KEY_SIZE];
    bool is_archive;
    uv_loop_t *loop;
    void (*on_results)(void *context); /* in the loop: writer_next has some */
    void *context;
};

/* Opens the home for writing, loads the stock and starts the thread; the stock is the first result.
 * Returns EXIT_DONE, or another status after a message, and *out null. */
enum exit_status writer_start(struct writer **out, const struct writer_config *config);

/* What became of a job, and what the home holds since. */
struct writer_result {
    uint32_t job; /* of a take; 0: of nobody's asking */
    struct engine_take_result taken;
    struct holdings *stock; /* all of it anew; else null, and only these changed: */
    struct engine_log *logs;
    size_t log_count;
    struct writer_result *next;
};

/* Hands over a bundle, which is copied. False if there is no memory for it. */
bool writer_take(struct writer *writer, uint32_t job, const uint8_t *bytes, size_t len);

/* Asks for the whole stock. */
void writer_reload(struct writer *writer);

/* The next result, for writer_result_free; null if there is none. A caller who keeps the stock sets
 * it to null before. */
struct writer_result *writer_next(struct writer *writer);
void writer_result_free(struct writer_result *result);

/* Ends it: what was handed over is finished, up to timeout_ms. False if it was not: what the disk
 * has not finished is as after kill -9, all or nothing, and the process must end without touching
 * the writer again. */
bool writer_stop(struct writer *writer, uint64_t timeout_ms);

#endif
