#include "gate.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* All loops go over at most GATE_PREFIXES_MAX small things that lie side by side: three
 * microseconds, less than the accept that is before it. */

enum { PREFIX_SIZE = 7, FAMILY_4 = 4, FAMILY_6 = 6 };

/* Time is counted in thousandths of an answer, of which a millisecond is a whole number. */
enum {
    ANSWER = 1000,
    GAIN_PER_MS = GATE_ANSWERS_PER_S * ANSWER / 1000,
    STORE_MAX = GATE_ANSWERS_AT_ONCE * ANSWER
};

struct prefix {
    uint8_t bytes[PREFIX_SIZE]; /* family, then as much of the address as counts */
    unsigned inside;            /* of its connections */
    uint64_t answered;          /* the number of the last answer that it got; 0: none yet */
};

struct visitor {
    gate_id id;
    unsigned prefix; /* its place among prefixes */
    bool is_waiting; /* for an answer */
    int64_t until_ms;
};

struct gate {
    /* those inside, the oldest first */
    unsigned count;
    struct visitor visitors[GATE_UNFINISHED_MAX];
    unsigned prefix_count;
    struct prefix prefixes[GATE_PREFIXES_MAX];
    uint64_t answers; /* given so far */
    /* a token bucket */
    int64_t store;
    int64_t filled_ms; /* when it was as full as store says */
};

struct gate *gate_new(void)
{
    struct gate *gate = calloc(1, sizeof *gate);
    if (gate) {
        gate->store = STORE_MAX;
        gate->filled_ms = INT64_MIN;
    }
    return gate;
}

void gate_free(struct gate *gate)
{
    free(gate);
}

/* --- prefixes --- */

static void prefix_of(uint8_t out[PREFIX_SIZE], const uint8_t address[16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    memset(out, 0, PREFIX_SIZE);
    if (memcmp(address, mapped, sizeof mapped) == 0) {
        out[0] = FAMILY_4;
        memcpy(out + 1, address + sizeof mapped, 3);
    } else {
        out[0] = FAMILY_6;
        memcpy(out + 1, address, 6);
    }
}

/* Its place; a new one takes that of who has nobody inside and was answered longest ago. */
static unsigned find_prefix(struct gate *gate, const uint8_t address[16])
{
    uint8_t bytes[PREFIX_SIZE];
    unsigned at = GATE_PREFIXES_MAX;
    prefix_of(bytes, address);
    for (unsigned i = 0; i < gate->prefix_count; i++)
        if (memcmp(gate->prefixes[i].bytes, bytes, sizeof bytes) == 0)
            return i;
    if (gate->prefix_count < GATE_PREFIXES_MAX) {
        at = gate->prefix_count++;
    } else {
        for (unsigned i = 0; i < GATE_PREFIXES_MAX; i++)
            if (gate->prefixes[i].inside == 0 &&
                (at == GATE_PREFIXES_MAX ||
                 gate->prefixes[i].answered < gate->prefixes[at].answered))
                at = i;
        assert(at < GATE_PREFIXES_MAX); /* there are more places than visitors */
    }
    gate->prefixes[at] = (struct prefix){.answered = 0};
    memcpy(gate->prefixes[at].bytes, bytes, sizeof bytes);
    return at;
}

/* --- visitors --- */

static void remove_at(struct gate *gate, unsigned at)
{
    gate->prefixes[gate->visitors[at].prefix].inside--;
    gate->count--;
    memmove(gate->visitors + at, gate->visitors + at + 1,
            (gate->count - at) * sizeof *gate->visitors);
}

/* Its place, or count. */
static unsigned find_visitor(const struct gate *gate, gate_id id)
{
    unsigned at = 0;
    while (at < gate->count && gate->visitors[at].id != id)
        at++;
    return at;
}

/* Takes out the oldest of the prefix that has most inside; of several such prefixes, of the one
 * whose oldest is oldest. */
static gate_id make_room(struct gate *gate)
{
    unsigned most = 0, at = 0;
    for (unsigned i = 0; i < gate->prefix_count; i++)
        if (gate->prefixes[i].inside > most)
            most = gate->prefixes[i].inside;
    while (gate->prefixes[gate->visitors[at].prefix].inside != most)
        at++;
    gate_id id = gate->visitors[at].id;
    remove_at(gate, at);
    return id;
}

void gate_enter(struct gate *gate, gate_id *dropped, gate_id id, const uint8_t address[16],
                int64_t now_ms)
{
    assert(id != 0 && find_visitor(gate, id) == gate->count);
    unsigned prefix = find_prefix(gate, address);
    gate->prefixes[prefix].inside++; /* the newcomer counts: no prefix gains by coming last */
    *dropped = gate->count == GATE_UNFINISHED_MAX ? make_room(gate) : 0;
    gate->visitors[gate->count++] =
        (struct visitor){.id = id, .prefix = prefix, .until_ms = now_ms + GATE_DEADLINE_MS};
}

void gate_ready(struct gate *gate, gate_id id)
{
    unsigned at = find_visitor(gate, id);
    if (at < gate->count)
        gate->visitors[at].is_waiting = true;
}

void gate_leave(struct gate *gate, gate_id id)
{
    unsigned at = find_visitor(gate, id);
    if (at < gate->count)
        remove_at(gate, at);
}

gate_id gate_expired(struct gate *gate, int64_t now_ms)
{
    if (gate->count == 0 || gate->visitors[0].until_ms > now_ms)
        return 0;
    gate_id id = gate->visitors[0].id;
    remove_at(gate, 0);
    return id;
}

/* --- answers --- */

static void fill_store(struct gate *gate, int64_t now_ms)
{
    static const int64_t whole_ms = STORE_MAX / GAIN_PER_MS + 1;
    if (gate->filled_ms == INT64_MIN || now_ms >= gate->filled_ms + whole_ms)
        gate->store = STORE_MAX;
    else if (now_ms > gate->filled_ms)
        gate->store += (now_ms - gate->filled_ms) * GAIN_PER_MS;
    else
        return;
    if (gate->store > STORE_MAX)
        gate->store = STORE_MAX;
    gate->filled_ms = now_ms;
}

/* Whose turn it is, or count. */
static unsigned next_waiting(const struct gate *gate)
{
    unsigned best = gate->count;
    for (unsigned i = 0; i < gate->count; i++)
        if (gate->visitors[i].is_waiting &&
            (best == gate->count || gate->prefixes[gate->visitors[i].prefix].answered <
                                        gate->prefixes[gate->visitors[best].prefix].answered))
            best = i;
    return best;
}

gate_id gate_answer(struct gate *gate, int64_t now_ms)
{
    unsigned at = next_waiting(gate);
    if (at == gate->count)
        return 0;
    fill_store(gate, now_ms);
    if (gate->store < ANSWER)
        return 0;
    gate->store -= ANSWER;
    gate->visitors[at].is_waiting = false;
    gate->prefixes[gate->visitors[at].prefix].answered = ++gate->answers;
    return gate->visitors[at].id;
}

int64_t gate_due(const struct gate *gate)
{
    if (gate->count == 0)
        return INT64_MAX;
    int64_t due = gate->visitors[0].until_ms;
    if (next_waiting(gate) == gate->count || gate->filled_ms == INT64_MIN)
        return due;
    int64_t lacking = gate->store < ANSWER ? ANSWER - gate->store : 0;
    int64_t answer = gate->filled_ms + (lacking + GAIN_PER_MS - 1) / GAIN_PER_MS;
    return answer < due ? answer : due;
}
