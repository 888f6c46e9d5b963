#include "sim.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "net.h"
#include "node.h"
#include "holding.h"
#include "world.h"

enum { STREAM_WORLD = 1 };

const char *sim_fault_words(unsigned fault)
{
    static const char *const words[] = {
#define SIM_FAULT_WORDS(constant, text) text,
        SIM_FAULTS(SIM_FAULT_WORDS)
#undef SIM_FAULT_WORDS
    };

    return words[fault];
}

void sim_fail(struct sim *sim, const char *format, ...)
{
    va_list arguments;

    if (sim->has_failed)
        return;
    sim->has_failed = true;
    va_start(arguments, format);
    vsnprintf(sim->failure, sizeof sim->failure, format, arguments);
    va_end(arguments);
    trace_line(&sim->trace, sim->now, "FAILED: %s", sim->failure);
}

void sim_count(struct sim *sim, enum sim_fault fault, uint64_t times)
{
    sim->injected[fault] += times;
}

int64_t sim_moment(const struct sim *sim)
{
    return REALM_EPOCH + sim->now / SIM_S;
}

void sim_make(struct sim *sim, const struct sim_options *options)
{
    *sim = (struct sim){.options = *options, .loss = options->loss};
    sim->trace.is_loud = options->is_loud;
    dice_seed(&sim->dice, options->seed, STREAM_WORLD);
    sim->events_room = calloc(GARITA_BATCH_EVENTS_MAX, sizeof *sim->events_room);
    sim->nodes = calloc(options->nodes, sizeof *sim->nodes);
    WORLD_REQUIRE(sim->events_room != NULL && sim->nodes != NULL);
    sim->node_count = options->nodes;
    realm_make(&sim->realm, &sim->dice, options->certifiers, options->agencies);
}

void sim_free(struct sim *sim)
{
    for (size_t i = 0; i < sim->node_count; i++)
        node_free(&sim->nodes[i]);
    queue_free(&sim->queue);
    realm_free(&sim->realm);
    if (sim->stranger != NULL)
        realm_free(sim->stranger);
    free(sim->stranger);
    holding_end();
    free(sim->nodes);
    free(sim->sessions);
    free(sim->blocks);
    free(sim->events_room);
}

static void handle(struct sim *sim, const struct queue_event *event,
                   void (*act)(struct sim *sim, uint32_t what))
{
    struct node *node;

    switch (event->kind) {
    case SIM_TICK:
    case SIM_WRITE:
    case SIM_WRITTEN:
        node = &sim->nodes[event->a];
        if (!node->is_up || node->epoch != event->b)
            break;
        if (event->kind == SIM_TICK)
            node_tick(node);
        else if (event->kind == SIM_WRITE)
            node_write(node);
        else
            node_written(node);
        break;
    case SIM_START:
        node = &sim->nodes[event->a];
        if (!node->is_up && !node->is_gone)
            node_start(node);
        break;
    case SIM_ACT:
        act(sim, event->a);
        break;
    default:
        net_handle(sim, event);
        break;
    }
    free(event->body);
}

void sim_run(struct sim *sim, int64_t until, void (*act)(struct sim *sim, uint32_t what))
{
    struct queue_event event;

    while (!sim->has_failed && sim->queue.count > 0 && sim->queue.events[0].at <= until) {
        queue_take(&sim->queue, &event);
        sim->now = event.at;
        sim->events++;
        trace_mix(&sim->trace, (uint64_t)event.at,
                  (uint64_t)event.kind << 56 ^ (uint64_t)event.a << 24 ^ event.b);
        handle(sim, &event, act);
    }
    if (!sim->has_failed && sim->now < until)
        sim->now = until;
}
