/* queue.h: what is to happen, by its time: a binary heap. What is due at one time comes in the
 * order in which it was put in, so that nothing hangs on an address.
 */
#ifndef SIM_QUEUE_H
#define SIM_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue_event {
    int64_t at; /* microseconds */
    uint64_t order;
    unsigned kind;
    uint32_t a, b;
    void *body; /* whoever handles it frees it; what is left at the end, free() does */
};

struct queue {
    struct queue_event *events;
    size_t count, cap;
    uint64_t order;
};

void queue_free(struct queue *queue); /* with the bodies */
void queue_put(struct queue *queue, int64_t at, unsigned kind, uint32_t a, uint32_t b, void *body);
bool queue_take(struct queue *queue, struct queue_event *out); /* false: it is empty */

#endif
