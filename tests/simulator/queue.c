#include "queue.h"

#include <stdlib.h>

#include "world.h"

static bool is_before(const struct queue_event *a, const struct queue_event *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

void queue_free(struct queue *queue)
{
    for (size_t i = 0; i < queue->count; i++)
        free(queue->events[i].body);
    free(queue->events);
    *queue = (struct queue){0};
}

void queue_put(struct queue *queue, int64_t at, unsigned kind, uint32_t a, uint32_t b, void *body)
{
    struct queue_event event = {at, queue->order++, kind, a, b, body};

    if (queue->count == queue->cap) {
        queue->cap = queue->cap == 0 ? 1024 : queue->cap * 2;
        queue->events = realloc(queue->events, queue->cap * sizeof *queue->events);
        WORLD_REQUIRE(queue->events != NULL);
    }
    size_t i = queue->count++;
    for (; i > 0 && is_before(&event, &queue->events[(i - 1) / 2]); i = (i - 1) / 2)
        queue->events[i] = queue->events[(i - 1) / 2];
    queue->events[i] = event;
}

bool queue_take(struct queue *queue, struct queue_event *out)
{
    if (queue->count == 0)
        return false;
    *out = queue->events[0];
    struct queue_event last = queue->events[--queue->count];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < queue->count; i = child) {
        if (child + 1 < queue->count && is_before(&queue->events[child + 1], &queue->events[child]))
            child++;
        if (!is_before(&queue->events[child], &last))
            break;
        queue->events[i] = queue->events[child];
    }
    queue->events[i] = last;
    return true;
}
