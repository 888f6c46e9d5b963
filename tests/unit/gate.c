/* The gate: who is let in, who has to go, and whose turn it is. */
#include "channel/gate.h"

#include <stdlib.h>

#include "unit.h"

static struct gate *gate;
static gate_id last_id;

static int set_up(void **state)
{
    (void)state;
    gate = gate_new();
    last_id = 0;
    return gate == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    gate_free(gate);
    return 0;
}

struct address {
    uint8_t bytes[16];
};

static struct address ipv4(unsigned a, unsigned b, unsigned c, unsigned d)
{
    return (struct address){
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, (uint8_t)a, (uint8_t)b, (uint8_t)c, (uint8_t)d}};
}

/* Of a /48 with this number, and something behind it. */
static struct address ipv6(unsigned net, unsigned host)
{
    return (struct address){{0x20, 1, 0xd, 0xb8, (uint8_t)(net >> 8), (uint8_t)net,
                             (uint8_t)host, [15] = (uint8_t)(host >> 8)}};
}

/* Lets a newcomer in; *dropped may be null: then nobody has to go. */
static gate_id enter(gate_id *dropped, struct address address, int64_t now_ms)
{
    gate_id out, id = ++last_id;
    gate_enter(gate, &out, id, address.bytes, now_ms);
    if (dropped)
        *dropped = out;
    else
        assert_int_equal(out, 0);
    return id;
}

/* Lets count in from one place; the first of them. */
static gate_id crowd(unsigned count, struct address address, int64_t now_ms)
{
    gate_id first = last_id + 1;
    for (unsigned i = 0; i < count; i++)
        enter(NULL, address, now_ms);
    return first;
}

/* --- room --- */

static void oldest_of_the_largest_crowd_makes_room(void **state)
{
    (void)state;
    gate_id dropped;
    enter(NULL, ipv4(10, 0, 0, 1), 0);
    crowd(100, ipv4(10, 0, 1, 1), 1);
    gate_id large = crowd(GATE_UNFINISHED_MAX - 101, ipv4(10, 0, 2, 1), 2);
    for (unsigned i = 0; i < 50; i++) {
        enter(&dropped, ipv4(10, 1, i, 1), 3); /* from everywhere else */
        assert_int_equal(dropped, large + i);
    }
    enter(&dropped, ipv4(10, 0, 2, 99), 4); /* and from the crowd itself */
    assert_int_equal(dropped, large + 50);
}

static void crowds_of_one_size_go_by_age(void **state)
{
    (void)state;
    gate_id dropped;
    for (unsigned i = 0; i < GATE_UNFINISHED_MAX; i++)
        enter(NULL, ipv6(i, 0), 0);
    enter(&dropped, ipv6(60000, 0), 0); /* all have one: the first that came */
    assert_int_equal(dropped, 1);
    enter(&dropped, ipv6(100, 7), 0); /* whose place has two now: its own oldest */
    assert_int_equal(dropped, 101);
}

static void neighbours_share(void **state)
{
    (void)state;
    static const struct {
        struct address a, b;
        bool is_one;
    } rows[] = {
        {{{[10] = 255, [11] = 255, 192, 0, 2, 1}},
         {{[10] = 255, [11] = 255, 192, 0, 2, 254}},
         true},
        {{{[10] = 255, [11] = 255, 192, 0, 2, 1}}, {{[10] = 255, [11] = 255, 192, 0, 3, 1}}, false},
        {{{0x20, 1, 0xd, 0xb8, 0, 1, 0, 0}}, {{0x20, 1, 0xd, 0xb8, 0, 1, 0xff, 0xff}}, true},
        {{{0x20, 1, 0xd, 0xb8, 0, 1}}, {{0x20, 1, 0xd, 0xb8, 0, 2}}, false},
        {{{[10] = 255, [11] = 255, 0, 0, 0, 1}},
         {{[15] = 1}},
         false}, /* IPv4's 0.0.0 is not ::/48 */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        gate_id dropped;
        gate_free(gate);
        set_up(NULL);
        crowd(2, rows[i].a, 0);        /* 1 and 2 */
        crowd(3, ipv4(9, 9, 9, 9), 0); /* 3 to 5: the largest, unless the others are one */
        for (unsigned n = 0; n < GATE_UNFINISHED_MAX - 7; n++)
            enter(NULL, ipv6(n + 100, 0), 0);
        crowd(2, rows[i].b, 0);
        enter(&dropped, ipv6(60000, 0), 0);
        assert_int_equal(dropped, rows[i].is_one ? 1 : 3);
    }
}

/* Ten thousand silent connections from a few places, and one honest from another at any moment. */
static void silent_thousands_do_not_keep_an_honest_one_out(void **state)
{
    (void)state;
    gate_id honest = 0, dropped;
    unsigned through = 0;
    for (unsigned i = 0; i < 10000; i++) {
        int64_t now = i / 10; /* ten a millisecond */
        enter(&dropped, ipv4(203, 0, i % 7, i % 251), now);
        assert_true(honest == 0 || dropped != honest);
        while (gate_expired(gate, now) != 0)
            ;
        if (i % 250 == 0) {    /* forty a second: fewer than are answered */
            if (honest != 0) { /* a while later it is through */
                gate_leave(gate, honest);
                through++;
            }
            honest = enter(&dropped, ipv4(198, 51, 100, 1), now);
            gate_ready(gate, honest);
            assert_int_equal(gate_answer(gate, now), honest);
        }
    }
    assert_int_equal(through, 39);
}

/* Who shares an address with a crowd has a place for as long as anybody of that crowd. */
static void honest_neighbour_of_a_crowd_has_its_share(void **state)
{
    (void)state;
    gate_id dropped;
    crowd(GATE_UNFINISHED_MAX, ipv4(10, 0, 0, 1), 0);
    gate_id honest = enter(&dropped, ipv4(10, 0, 0, 2), 0);
    for (unsigned i = 1; i < GATE_UNFINISHED_MAX; i++) {
        enter(&dropped, ipv4(10, 0, 0, 1), 0);
        assert_int_not_equal(dropped, honest);
    }
    enter(&dropped, ipv4(10, 0, 0, 1), 0);
    assert_int_equal(dropped, honest);
}

/* --- time --- */

static void time_is_over_after_the_deadline(void **state)
{
    (void)state;
    assert_int_equal(gate_due(gate), INT64_MAX);
    gate_id first = enter(NULL, ipv4(1, 1, 1, 1), 1000),
            second = enter(NULL, ipv4(1, 1, 1, 1), 1500);
    assert_int_equal(gate_due(gate), 1000 + GATE_DEADLINE_MS);
    assert_int_equal(gate_expired(gate, 999 + GATE_DEADLINE_MS), 0);
    assert_int_equal(gate_expired(gate, 1000 + GATE_DEADLINE_MS), first);
    assert_int_equal(gate_expired(gate, 1000 + GATE_DEADLINE_MS), 0);
    assert_int_equal(gate_due(gate), 1500 + GATE_DEADLINE_MS);
    gate_leave(gate, second);
    gate_leave(gate, second); /* harmless */
    gate_leave(gate, 4711);
    assert_int_equal(gate_expired(gate, INT64_MAX), 0);
    assert_int_equal(gate_due(gate), INT64_MAX);
}

/* --- answers --- */

static void only_who_is_ready_is_answered_and_once(void **state)
{
    (void)state;
    gate_id silent = enter(NULL, ipv4(1, 1, 1, 1), 0), ready = enter(NULL, ipv4(1, 1, 1, 1), 0);
    gate_ready(gate, ready);
    gate_ready(gate, 4711); /* nobody */
    assert_int_equal(gate_answer(gate, 0), ready);
    assert_int_equal(gate_answer(gate, 0), 0);
    gate_ready(gate, silent);
    gate_leave(gate, silent);
    assert_int_equal(gate_answer(gate, 0), 0);
}

static void answers_have_a_rate(void **state)
{
    (void)state;
    gate_id first = crowd(500, ipv4(1, 1, 1, 1), 1000000);
    unsigned answered = 0;
    for (gate_id id = first; id < first + 500; id++)
        gate_ready(gate, id);
    while (gate_answer(gate, 1000000) != 0)
        answered++;
    assert_int_equal(answered, GATE_ANSWERS_AT_ONCE);
    assert_int_equal(gate_answer(gate, 999000), 0); /* a clock that runs back gives nothing */
    int64_t due = gate_due(gate);
    assert_int_equal(due, 1000000 + (1000 + GATE_ANSWERS_PER_S - 1) / GATE_ANSWERS_PER_S);
    assert_int_equal(gate_answer(gate, due - 1), 0);
    assert_int_equal(gate_answer(gate, due), first + answered);
    answered++;
    for (int64_t now = due; now <= 1002000; now += 7)
        while (gate_answer(gate, now) != 0)
            answered++;
    assert_in_range(answered, GATE_ANSWERS_AT_ONCE + 2 * GATE_ANSWERS_PER_S - 1,
                    GATE_ANSWERS_AT_ONCE + 2 * GATE_ANSWERS_PER_S);
    answered = 0; /* a long pause gives no more than a burst */
    while (gate_answer(gate, INT64_MAX / 2) != 0)
        answered++;
    assert_int_equal(answered, GATE_ANSWERS_AT_ONCE);
}

/* What was not used is not saved up beyond a burst. */
static void short_pause_gives_no_more_than_was_spent(void **state)
{
    (void)state;
    gate_id first = crowd(100, ipv4(1, 1, 1, 1), 0);
    unsigned answered = 0;
    for (gate_id id = first; id < first + 100; id++)
        gate_ready(gate, id);
    assert_int_equal(gate_answer(gate, 0), first);
    while (gate_answer(gate, 200) != 0)
        answered++;
    assert_int_equal(answered, GATE_ANSWERS_AT_ONCE);
}

static void places_take_turns(void **state)
{
    (void)state;
    gate_id crowd_first = crowd(400, ipv4(6, 6, 6, 6), 0);
    for (gate_id id = crowd_first; id < crowd_first + 400; id++)
        gate_ready(gate, id);
    gate_id other = enter(NULL, ipv4(7, 7, 7, 7), 0), honest = enter(NULL, ipv4(8, 8, 8, 8), 0);
    gate_ready(gate, other);
    gate_ready(gate, honest);
    assert_int_equal(gate_answer(gate, 0), crowd_first);
    assert_int_equal(gate_answer(gate, 0), other);
    assert_int_equal(gate_answer(gate, 0), honest);
    assert_int_equal(gate_answer(gate, 0), crowd_first + 1);
}

/* Whoever was answered, left and comes again has its turn behind those who have had none. */
static void coming_again_gains_nothing(void **state)
{
    (void)state;
    gate_id again = enter(NULL, ipv4(6, 6, 6, 6), 0);
    gate_ready(gate, again);
    assert_int_equal(gate_answer(gate, 0), again);
    gate_leave(gate, again);
    again = enter(NULL, ipv4(6, 6, 6, 6), 0);
    gate_id honest = enter(NULL, ipv4(8, 8, 8, 8), 0);
    gate_ready(gate, again);
    gate_ready(gate, honest);
    assert_int_equal(gate_answer(gate, 0), honest);
    assert_int_equal(gate_answer(gate, 0), again);
}

/* --- anything --- */

/* Beside a list that is kept naively. */
static void whatever_happens_nobody_is_forgotten(void **state)
{
    (void)state;
    static struct {
        gate_id id;
        int64_t until;
        unsigned net;
        bool is_ready;
    } inside[GATE_UNFINISHED_MAX];
    rng r = {42};
    size_t count = 0, dropped_in_all = 0, answered = 0, expired = 0;
    int64_t now = 0;
    for (unsigned n = 0; n < 40000; n++) {
        now += rng_one_in(&r, 2000) ? GATE_DEADLINE_MS : (int64_t)rng_below(&r, 8);
        size_t at = count, pick = count > 0 ? rng_below(&r, count) : 0;
        gate_id id, dropped;
        while ((id = gate_expired(gate, now)) != 0) {
            assert_true(count > 0 && inside[0].id == id && inside[0].until <= now);
            memmove(inside, inside + 1, --count * sizeof *inside);
            expired++;
        }
        assert_true(count == 0 || inside[0].until > now);
        switch (rng_below(&r, 8)) {
        case 0:
            if (count > pick && rng_one_in(&r, 4)) {
                gate_leave(gate, inside[pick].id);
                count--;
                memmove(inside + pick, inside + pick + 1, (count - pick) * sizeof *inside);
            }
            break;
        case 1:
            if (count > pick) {
                gate_ready(gate, inside[pick].id);
                inside[pick].is_ready = true;
            }
            break;
        case 2:
            id = gate_answer(gate, now);
            for (at = 0; at < count && inside[at].id != id; at++)
                ;
            assert_true(id == 0 || (at < count && inside[at].is_ready));
            if (id != 0) {
                inside[at].is_ready = false;
                answered++;
            }
            break;
        default: {
            unsigned net = (unsigned)rng_below(&r, rng_one_in(&r, 2) ? 5 : 3000), most = 0;
            unsigned shares[3000] = {[0] = 0};
            id = enter(&dropped, ipv6(net, n), now);
            assert_int_equal(dropped != 0, count == GATE_UNFINISHED_MAX);
            if (dropped != 0) {
                shares[net]++;
                for (at = 0; at < count; at++)
                    shares[inside[at].net]++;
                for (at = 0; at < count; at++)
                    most = shares[inside[at].net] > most ? shares[inside[at].net] : most;
                for (at = 0; shares[inside[at].net] < most; at++)
                    ;
                assert_int_equal(dropped, inside[at].id);
                memmove(inside + at, inside + at + 1, (--count - at) * sizeof *inside);
                dropped_in_all++;
            }
            inside[count].id = id;
            inside[count].until = now + GATE_DEADLINE_MS;
            inside[count].net = net;
            inside[count++].is_ready = false;
        }
        }
    }
    assert_true(dropped_in_all > 100 && answered > 100 && expired > 100);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(oldest_of_the_largest_crowd_makes_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(crowds_of_one_size_go_by_age, set_up, tear_down),
        cmocka_unit_test_setup_teardown(neighbours_share, set_up, tear_down),
        cmocka_unit_test_setup_teardown(silent_thousands_do_not_keep_an_honest_one_out, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(honest_neighbour_of_a_crowd_has_its_share, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(time_is_over_after_the_deadline, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_who_is_ready_is_answered_and_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(answers_have_a_rate, set_up, tear_down),
        cmocka_unit_test_setup_teardown(short_pause_gives_no_more_than_was_spent, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(places_take_turns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(coming_again_gains_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whatever_happens_nobody_is_forgotten, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
