#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "foe.h"
#include "net.h"
#include "node.h"
#include "stick.h"
#include "watch.h"
#include "world.h"

/* How long things go wrong in a world of twenty nodes, and how long after that all are to agree at
 * the latest. In a larger world as much goes wrong in less time. */
#define STORM (8 * SIM_MINUTE)
#define STORM_MIN (2 * SIM_MINUTE)
#define STORM_NODES 20
#define CALM_MAX (10 * SIM_MINUTE)

enum {
    SIGN_EVERY_S = 15, /* about */
    LAST_WORDS_S = 12, /* before calm */
    FAULT_EVERY_S = 5,
    WEATHER_EVERY_S = 45,
    CHECK_EVERY_S = 5,
    FOE_EVERY_S = 1,
    REVOKED_NODES_MAX = 3,
    ARCHIVES = 3 /* of each country: one more than is asked for, since disks rot here */
};

enum act {
    ACT_SIGN,
    ACT_FAULT,
    ACT_WEATHER,
    ACT_CHECK,
    ACT_FOES,
    ACT_EMPTY_DISK, /* the node is behind it, in the bits above */
    ACT_REGRESS,    /* the agency */
    ACT_LONG_CUT,
    ACT_LONG_END,
    ACT_MILLION,
    ACT_LAST_WORDS,
    ACT_REPAIR,
    ACT_GROW /* the agency is behind it */
};

static void later(struct sim *sim, int64_t after, enum act what, uint32_t which)
{
    queue_put(&sim->queue, sim->now + after, SIM_ACT, (uint32_t)what | which << 8, 0, NULL);
}

static int64_t storm_of(unsigned nodes)
{
    int64_t storm = nodes <= STORM_NODES ? STORM : STORM * STORM_NODES / nodes;

    return storm < STORM_MIN ? STORM_MIN : storm;
}

static int64_t about(struct sim *sim, int64_t seconds)
{
    return dice_exponential(&sim->dice, seconds * SIM_S) + SIM_MS;
}

static bool is_honest(const struct node *node)
{
    return node->foe == FOE_NONE && !node->is_gone;
}

/* A node that is up, honest and to stay; null if chance finds none. */
static struct node *any_node(struct sim *sim)
{
    for (unsigned i = 0; i < 8; i++) {
        struct node *node = &sim->nodes[dice_below(&sim->dice, (uint32_t)sim->node_count)];
        if (is_honest(node) && node->is_up)
            return node;
    }
    return NULL;
}

/* --- what agencies do --- */

/* The agencies proper: those that sign neither nodes nor authorities. */
static struct agency *any_agency(struct sim *sim)
{
    struct realm *realm = &sim->realm;

    for (;;) {
        struct agency *agency =
            &realm->agencies[dice_below(&sim->dice, (uint32_t)realm->agency_count)];
        if ((agency->types & (1u << GARITA_TYPE_NODE | 1u << GARITA_TYPE_AUTHORITY)) == 0)
            return agency;
    }
}

static int64_t moment_of(const struct sim *sim, const struct agency *agency)
{
    return sim_moment(sim) + agency->skew_s;
}

/* What an agency has published reaches its home, or where its operator carries it. */
static void publish(struct sim *sim, const struct agency *agency, const struct history *history,
                    struct node *node)
{
    struct bytes bundle = {0};
    const garita_log *log;

    if (node == NULL || !node->is_up)
        node = any_node(sim);
    if (node == NULL)
        return;
    log = node_log(node, agency);
    realm_tail(&bundle, history,
               log == NULL || log->is_damaged || agency->has_other ? 0 : log->frontier.size);
    trace_line(&sim->trace, sim->now, "%s publishes size %llu at %s", agency->name,
               (unsigned long long)history->log.head.size, node->name);
    node_bring(node, &bundle);
}

static void bring_statement(struct sim *sim, size_t index)
{
    const struct statement *statement = &sim->realm.statements[index];
    struct node *node = any_node(sim);
    garita_message end = {.kind = GARITA_MESSAGE_END};
    struct bytes bundle = {0};

    if (node == NULL)
        node = &sim->nodes[sim->homes[statement->agency]];
    garita_bundle_write_header(bytes_sink, &bundle);
    bytes_add_statement(&bundle, (garita_bytes){statement->bytes.at, statement->bytes.len});
    garita_bundle_write(bytes_sink, &bundle, &end);
    node_bring(node, &bundle);
}

/* Whether it may sign: after its own image was restored only when the world has shown it a head
 * again (rule of trust 9). */
static bool may_sign(struct sim *sim, struct agency *agency)
{
    const struct node *home = &sim->nodes[sim->homes[agency->index]];

    if (sim->doubtful != agency->index + 1)
        return true;
    if (!home->is_up)
        return false;
    const garita_log *log = node_log(home, agency);
    if (log == NULL || log->is_damaged || !log->has_head ||
        garita_head_compare(&log->head, &agency->main.log.head) != 0)
        return false;
    agency->issued += GARITA_RESTORED_GAP;
    sim->doubtful = 0;
    return true;
}

static void revoke(struct sim *sim, struct agency *agency, struct history *history, size_t count)
{
    uint32_t serials[8];

    for (size_t i = 0; i < count; i++)
        serials[i] = ++agency->issued;
    sim_count(sim, SIM_REVOCATION, count);
    realm_append(&sim->realm, agency, history, serials, count, GARITA_STANDING_REVOKED,
                 moment_of(sim, agency));
}

/* Some thousand serials here and there, which take a run of many pieces. */
static void revoke_many(struct sim *sim, struct agency *agency)
{
    static uint32_t serials[12000];
    size_t count = 1000 + dice_below(&sim->dice, 11000);

    for (size_t i = 0; i < count; i++)
        serials[i] = agency->issued += 1 + dice_below(&sim->dice, 60);
    sim_count(sim, SIM_REVOCATION, count);
    realm_append(&sim->realm, agency, &agency->main, serials, count, GARITA_STANDING_REVOKED,
                 moment_of(sim, agency));
    for (unsigned i = 1; i <= 3; i++)
        later(sim, i * dice_below(&sim->dice, 2000) * SIM_MS, ACT_GROW, agency->index);
}

/* The log grows while the run of what came before is still under way. */
static void grow_again(struct sim *sim, struct agency *agency)
{
    if (sim->is_calm || !may_sign(sim, agency))
        return;
    revoke(sim, agency, &agency->main, 1);
    realm_sign(&sim->realm, agency, &agency->main, moment_of(sim, agency));
    publish(sim, agency, &agency->main, &sim->nodes[sim->homes[agency->index]]);
}

static void sign(struct sim *sim)
{
    struct agency *agency = any_agency(sim);
    struct realm *realm = &sim->realm;

    if (dice_chance(&sim->dice, 200)) /* anchors and certifiers say now and then that they live */
        agency = &realm->agencies[dice_below(&sim->dice, (uint32_t)realm->agency_count)];
    if (!may_sign(sim, agency))
        return;
    if (dice_chance(&sim->dice, 700)) {
        if (dice_chance(&sim->dice, 150) && agency->issued > 0)
            realm_append(realm, agency, &agency->main, &agency->issued, 1,
                         GARITA_STANDING_SUSPENDED, moment_of(sim, agency));
        if (dice_chance(&sim->dice, 150))
            revoke_many(sim, agency);
        else
            revoke(sim, agency, &agency->main, 1 + dice_below(&sim->dice, 5));
    }
    realm_sign(realm, agency, &agency->main, moment_of(sim, agency));
    publish(sim, agency, &agency->main, &sim->nodes[sim->homes[agency->index]]);
    if (agency->has_other && dice_chance(&sim->dice, 300)) {
        revoke(sim, agency, &agency->other, 1);
        realm_sign(realm, agency, &agency->other, moment_of(sim, agency));
        publish(sim, agency, &agency->other, any_node(sim));
    }
}

/* A million serials, in runs of a thousand, under one head. */
static void sign_million(struct sim *sim)
{
    struct agency *agency = any_agency(sim);
    static uint32_t serials[GARITA_BATCH_EVENTS_MAX];
    uint32_t next = 1000000;

    if (!may_sign(sim, agency))
        return;
    for (size_t done = 0, count; done < 1000000; done += count) {
        count = 1000000 - done < 50000 ? 1000000 - done : 50000;
        for (size_t i = 0; i < count; i++) {
            if (i % 1000 == 0)
                next += 1000;
            serials[i] = next++;
        }
        realm_append(&sim->realm, agency, &agency->main, serials, count, GARITA_STANDING_REVOKED,
                     moment_of(sim, agency));
    }
    agency->issued = next;
    sim_count(sim, SIM_REVOCATION, 1000000);
    realm_sign(&sim->realm, agency, &agency->main, moment_of(sim, agency));
    publish(sim, agency, &agency->main, &sim->nodes[sim->homes[agency->index]]);
}

static void equivocate(struct sim *sim)
{
    struct realm *realm = &sim->realm;
    struct agency *agency = any_agency(sim);
    unsigned how = dice_below(&sim->dice, 3);

    if (agency->is_equivocal || agency->main.log.head.size == 0 || !may_sign(sim, agency) ||
        sim->doubtful != 0)
        return;
    agency->is_equivocal = true;
    realm_split(realm, agency);
    revoke(sim, agency, &agency->main, 2);
    realm_sign(realm, agency, &agency->main, moment_of(sim, agency));
    publish(sim, agency, &agency->main, &sim->nodes[sim->homes[agency->index]]);
    if (how == 2) { /* the smaller history lives on, and signs later */
        sim_count(sim, SIM_REGRESSION, 1);
        later(sim, (GARITA_CLOCK_SKEW_S + 10) * SIM_S, ACT_REGRESS, agency->index);
        return;
    }
    for (unsigned i = 0; i <= how; i++)
        revoke(sim, agency, &agency->other, 1);
    sim_count(sim, how == 0 ? SIM_SPLIT_SAME : SIM_SPLIT_OTHER, 1);
    realm_sign(realm, agency, &agency->other, moment_of(sim, agency));
    publish(sim, agency, &agency->other, any_node(sim));
}

/* What only one node has seen, while nobody hears it: both sides of a split view. */
static void split_alone(struct sim *sim)
{
    struct agency *agency = any_agency(sim);
    struct node *node = &sim->nodes[sim->homes[agency->index]];

    if (agency->is_equivocal || agency->main.log.head.size == 0 || sim->doubtful != 0 ||
        !node->is_up || agency->is_revoked)
        return;
    agency->is_equivocal = true;
    sim_count(sim, SIM_SPLIT_SAME, 1);
    realm_split(&sim->realm, agency);
    for (unsigned i = 0; i < 2; i++) {
        struct history *history = i == 0 ? &agency->main : &agency->other;
        revoke(sim, agency, history, 1);
        realm_sign(&sim->realm, agency, history, moment_of(sim, agency));
        publish(sim, agency, history, node);
    }
}

/* Shortly before calm all speak once more, and nothing arrives: what is only said when it is new is
 * lost. */
static void last_words(struct sim *sim)
{
    struct realm *realm = &sim->realm;

    sim->is_last = true;
    memset(sim->blocks, 1, sim->node_count * sim->node_count);
    sim_count(sim, SIM_PARTITION, 1);
    if (dice_chance(&sim->dice, 500))
        split_alone(sim);
    for (size_t i = 0; i < realm->agency_count; i++) {
        struct agency *agency = &realm->agencies[i];
        if (!agency->main.log.has_head || !may_sign(sim, agency))
            continue;
        realm_sign(realm, agency, &agency->main, moment_of(sim, agency));
        publish(sim, agency, &agency->main, &sim->nodes[sim->homes[i]]);
    }
}

/* What rotted at an agency's own home may have been the only copy: its operator brings it again. */
static void repair(struct sim *sim)
{
    for (size_t i = 0; i < sim->realm.agency_count; i++) {
        const struct agency *agency = &sim->realm.agencies[i];
        struct node *home = &sim->nodes[sim->homes[i]];
        const garita_log *log = home->is_up ? node_log(home, agency) : NULL;
        if (log != NULL && log->is_damaged)
            publish(sim, agency, &agency->main, home);
    }
}

static void regress(struct sim *sim, struct agency *agency)
{
    realm_sign(&sim->realm, agency, &agency->other, moment_of(sim, agency));
    publish(sim, agency, &agency->other, any_node(sim));
}

static void rotate(struct sim *sim)
{
    struct agency *agency = any_agency(sim);

    if (agency->key_count == REALM_KEYS_MAX || agency->is_revoked)
        return;
    sim_count(sim, SIM_ROTATION, 1);
    bring_statement(sim, realm_rotate(&sim->realm, &sim->dice, agency));
}

static void revoke_statements(struct sim *sim, struct agency *by, const uint32_t *serials,
                              size_t count)
{
    realm_append(&sim->realm, by, &by->main, serials, count, GARITA_STANDING_REVOKED,
                 moment_of(sim, by));
    realm_sign(&sim->realm, by, &by->main, moment_of(sim, by));
    publish(sim, by, &by->main, &sim->nodes[sim->homes[by->index]]);
}

static bool is_home(const struct sim *sim, const struct node *node)
{
    for (size_t i = 0; i < sim->realm.agency_count; i++)
        if (sim->homes[i] == node->index)
            return true;
    return false;
}

static void revoke_node(struct sim *sim)
{
    struct node *node = any_node(sim);

    if (node == NULL || node->is_archive || is_home(sim, node) ||
        sim->injected[SIM_NODE_REVOKED] >= REVOKED_NODES_MAX)
        return;
    sim_count(sim, SIM_NODE_REVOKED, 1);
    trace_line(&sim->trace, sim->now, "%s is revoked", node->name);
    node->is_gone = true;
    /* all that were ever made about it: an older one would do as well */
    revoke_statements(sim, &sim->realm.agencies[node->certifier], node->serials,
                      node->serial_count);
}

static void revoke_authority(struct sim *sim)
{
    struct agency *agency = &sim->realm.agencies[sim->realm.agency_count - 1];

    if (agency->is_revoked || agency->is_equivocal)
        return;
    agency->is_revoked = true;
    sim_count(sim, SIM_AUTHORITY_REVOKED, 1);
    for (unsigned i = 0; i < agency->key_count; i++)
        revoke_statements(sim, &sim->realm.agencies[agency->parent], &agency->keys[i].serial, 1);
}

/* --- what goes wrong --- */

static void crash(struct sim *sim, struct node *node)
{
    switch (dice_below(&sim->dice, 4)) {
    case 0:
        disk_crash_in(node->disk, 1 + dice_below(&sim->dice, 12));
        break;
    case 1:
        node->stops_when_written = true;
        break;
    default:
        sim_count(sim, SIM_CRASH, 1);
        node_crash(node, dice_chance(&sim->dice, 500));
        break;
    }
}

static void restore(struct sim *sim, struct node *node)
{
    if (node->image == 0) {
        node->image = disk_image(node->disk);
        return;
    }
    sim_count(sim, SIM_IMAGE, 1);
    node_crash(node, true);
    disk_restore(node->disk, node->image);
    watch_forgets(node);
}

/* An agency's machine is restored with its node's: it does not know what it signed since. */
static void restore_agency(struct sim *sim)
{
    struct agency *agency = any_agency(sim);
    struct node *home = &sim->nodes[sim->homes[agency->index]];

    if (sim->doubtful != 0 || agency->is_equivocal || agency->main.log.head.size == 0 ||
        !home->is_up)
        return;
    if (home->image == 0) {
        home->image = disk_image(home->disk);
        return;
    }
    sim_count(sim, SIM_AGENCY_IMAGE, 1);
    sim->doubtful = agency->index + 1;
    restore(sim, home);
}

static void rot(struct sim *sim, struct node *node)
{
    /* what only one node has heard may rot with nobody to have it from: not in the last words */
    if (sim->is_last || !disk_rot(node->disk, &sim->dice))
        return;
    sim_count(sim, SIM_ROT, 1);
    node_crash(node, true);
}

static void fill_disk(struct sim *sim, struct node *node)
{
    sim_count(sim, SIM_FULL, 1);
    disk_set_full(node->disk, true);
    later(sim, 30 * SIM_S, ACT_EMPTY_DISK, node->index);
}

static void set_clock(struct sim *sim, struct node *node)
{
    switch (dice_below(&sim->dice, 5)) {
    case 0:
        sim_count(sim, SIM_CLOCK_1970, 1);
        node->clock = -REALM_EPOCH * SIM_S - sim->now;
        break;
    case 1:
        sim_count(sim, SIM_DRIFT, 1);
        node->drift = dice_between(&sim->dice, -2000, 2000);
        break;
    case 2:
        sim_count(sim, SIM_CLOCK, 1);
        node->clock = dice_between(&sim->dice, -25 * 365, 25 * 365) * SIM_DAY;
        break;
    case 3:
        sim_count(sim, SIM_CLOCK, 1);
        node->has_clock = false;
        break;
    default:
        sim_count(sim, SIM_CLOCK, 1);
        node->clock = dice_between(&sim->dice, -3600, 3600) * SIM_S;
        break;
    }
}

static void move(struct sim *sim, struct node *node)
{
    if (node->serial_count == NODE_STATEMENTS_MAX)
        return;
    sim_count(sim, SIM_MOVE, 1);
    node_crash(node, true);
    node_move(node);
}

static void cut_one(struct sim *sim, struct node *node)
{
    if (node->session_count == 0)
        return;
    sim_count(sim, SIM_CUT, 1);
    net_cut(sim, node->sessions[dice_below(&sim->dice, (uint32_t)node->session_count)]);
}

static void fault(struct sim *sim)
{
    struct node *node = any_node(sim);

    if (node == NULL)
        return;
    switch (dice_below(&sim->dice, 32)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
        crash(sim, node);
        break;
    case 6:
    case 7:
        rot(sim, node);
        break;
    case 8:
        fill_disk(sim, node);
        break;
    case 9:
    case 10:
        restore(sim, node);
        break;
    case 11:
        restore_agency(sim);
        break;
    case 12:
    case 13:
    case 14:
        set_clock(sim, node);
        break;
    case 15:
        move(sim, node);
        break;
    case 16:
        rotate(sim);
        break;
    case 17:
        sim_count(sim, SIM_POLICY, 1);
        bring_statement(sim, realm_sign_policy(&sim->realm,
                                               &sim->realm.agencies[dice_below(&sim->dice, 2)],
                                               &sim->dice));
        break;
    case 18:
        equivocate(sim);
        break;
    case 19:
        revoke_node(sim);
        break;
    case 20:
        revoke_authority(sim);
        break;
    case 21:
        if (node->rate == 0)
            sim_count(sim, SIM_CLOG, 1);
        node->rate = 8000;
        break;
    case 22:
    case 23:
    case 24:
    case 25:
        cut_one(sim, node);
        break;
    default:
        stick(sim, node, any_node(sim));
        break;
    }
}

/* --- the weather --- */

static void block(struct sim *sim, unsigned from, unsigned to)
{
    sim->blocks[from * sim->node_count + to] = 1;
}

static void partition(struct sim *sim)
{
    unsigned n = (unsigned)sim->node_count, how = dice_below(&sim->dice, 5);
    unsigned part = 1 + dice_below(&sim->dice, n / 2);

    memset(sim->blocks, 0, (size_t)n * n);
    if (how == 0)
        return;
    sim_count(sim, SIM_PARTITION, 1);
    if (how == 4)
        sim_count(sim, SIM_ONE_WAY, n);
    for (unsigned a = 0; a < n; a++) {
        for (unsigned b = 0; b < n; b++) {
            bool crosses = how == 1   ? (a < part) != (b < part) /* two halves */
                           : how == 2 ? a % 3 != b % 3           /* by country, and a third */
                           : how == 3 ? a != b && (a == part || b == part) /* one alone */
                                      : a != b && (a * 7 + b) % n == part; /* some directions */
            if (crosses)
                block(sim, a, b);
        }
    }
}

static void weather(struct sim *sim)
{
    static const unsigned losses[] = {0, 0, 20, 100, 300};

    sim->loss = losses[dice_below(&sim->dice, 5)];
    sim->duplicates = dice_chance(&sim->dice, 300) ? 50 : 0;
    sim->reorders = dice_chance(&sim->dice, 300) ? 50 : 0;
    partition(sim);
}

static void calm(struct sim *sim)
{
    sim->is_calm = true;
    sim->loss = sim->duplicates = sim->reorders = 0;
    memset(sim->blocks, 0, sim->node_count * sim->node_count);
    trace_line(&sim->trace, sim->now, "calm");
    for (size_t i = 0; i < sim->node_count; i++) {
        struct node *node = &sim->nodes[i];
        node->rate = 0;
        node->clock = node->drift = 0;
        node->has_clock = true;
        node->stops_when_written = false;
        disk_set_full(node->disk, false);
        disk_crash_in(node->disk, 0);
    }
}

/* All but one are switched off for a day, in which it hears from its agency. */
static void cut_long(struct sim *sim, bool is_begun)
{
    struct node *left = &sim->nodes[sim->homes[any_agency(sim)->index]];

    sim->is_cut_long = is_begun;
    if (is_begun)
        sim_count(sim, SIM_LONG_CUT, 1);
    for (size_t i = 0; i < sim->node_count; i++) {
        struct node *node = &sim->nodes[i];
        if (is_begun && node != left)
            node_crash(node, true);
        else if (!is_begun && !node->is_up)
            queue_put(&sim->queue, sim->now + dice_below(&sim->dice, 60000) * SIM_MS, SIM_START,
                      node->index, 0, NULL);
    }
}

/* --- the run --- */

static void repeat(struct sim *sim, int64_t seconds, enum act what)
{
    int64_t after = about(sim, seconds);

    if (!sim->is_cut_long)
        after = after * storm_of(sim->options.nodes) / STORM;
    if (!sim->is_calm)
        later(sim, after, what, 0);
}

static void handle(struct sim *sim, uint32_t what)
{
    uint32_t which = what >> 8;

    switch ((enum act)(what & 0xff)) {
    case ACT_SIGN:
        if (!sim->is_calm)
            sign(sim);
        repeat(sim, sim->is_cut_long ? 3600 : SIGN_EVERY_S, ACT_SIGN);
        break;
    case ACT_FAULT:
        if (!sim->is_calm && !sim->is_cut_long)
            fault(sim);
        repeat(sim, sim->is_cut_long ? 3600 : FAULT_EVERY_S, ACT_FAULT);
        break;
    case ACT_WEATHER:
        if (!sim->is_calm && !sim->is_last)
            weather(sim);
        repeat(sim, sim->is_cut_long ? 3600 : WEATHER_EVERY_S, ACT_WEATHER);
        break;
    case ACT_CHECK:
        watch_bounds(sim);
        later(sim, (sim->is_cut_long ? 600 : CHECK_EVERY_S) * SIM_S, ACT_CHECK, 0);
        break;
    case ACT_FOES:
        for (size_t i = 0; i < sim->node_count; i++)
            if (sim->nodes[i].foe != FOE_NONE && sim->nodes[i].is_up)
                foe_acts(&sim->nodes[i]);
        later(sim, (sim->is_cut_long ? 600 : FOE_EVERY_S) * SIM_S, ACT_FOES, 0);
        break;
    case ACT_EMPTY_DISK:
        disk_set_full(sim->nodes[which].disk, false);
        break;
    case ACT_REGRESS:
        if (!sim->is_calm)
            regress(sim, &sim->realm.agencies[which]);
        break;
    case ACT_LONG_CUT:
        cut_long(sim, true);
        later(sim, SIM_DAY, ACT_LONG_END, 0);
        break;
    case ACT_LONG_END:
        cut_long(sim, false);
        break;
    case ACT_MILLION:
        sign_million(sim);
        break;
    case ACT_GROW:
        grow_again(sim, &sim->realm.agencies[which]);
        break;
    case ACT_REPAIR:
        repair(sim);
        break;
    case ACT_LAST_WORDS:
        last_words(sim);
        break;
    }
}

struct sim_options run_options(uint64_t seed, unsigned nodes)
{
    return (struct sim_options){.seed = seed,
                                .nodes = nodes,
                                .has_faults = true,
                                .has_million = seed % 50 == 7,
                                .certifiers = 2,
                                .agencies = 2,
                                .latency = 20 * SIM_MS,
                                .latency_more = 80 * SIM_MS};
}

static void choose_foes(struct sim *sim)
{
    static const enum sim_fault counted[] = {
        [FOE_FLOOD] = SIM_FOE_FLOOD,    [FOE_WITHHOLD] = SIM_FOE_WITHHOLD,
        [FOE_DRIP] = SIM_FOE_DRIP,      [FOE_REPLAY] = SIM_FOE_REPLAY,
        [FOE_FREEZE] = SIM_FOE_FREEZE,  [FOE_FORWARD] = SIM_FOE_FORWARD,
        [FOE_FORGE] = SIM_FOE_FORGE,    [FOE_BOMB] = SIM_FOE_BOMB,
        [FOE_ECLIPSE] = SIM_FOE_ECLIPSE};
    unsigned eclipse = dice_below(&sim->dice, 4);

    for (size_t i = 0; i < sim->node_count; i++) {
        struct node *node = &sim->nodes[i];
        if (dice_chance(&sim->dice, 150))
            node->foe = (enum foe)(1 + dice_below(&sim->dice, FOE_ECLIPSE - 1));
        else if (eclipse == 0 && i % 4 == 1) /* all nodes of one certifier */
            node->foe = FOE_ECLIPSE;
        else if (dice_chance(&sim->dice, 100))
            node->is_newer = true;
        if (node->foe != FOE_NONE)
            sim_count(sim, counted[node->foe], 1);
        else if (node->is_newer)
            sim_count(sim, SIM_VERSION, 1);
    }
}

/* Some honest nodes of each country keep all batches, and stay. */
static void choose_archives(struct sim *sim)
{
    unsigned count[REALM_COUNTRIES] = {0};

    for (size_t i = 0; i < sim->node_count; i++) {
        struct node *node = &sim->nodes[i];
        unsigned country = sim->realm.agencies[node->certifier].anchor;
        node->is_archive = node->foe == FOE_NONE && count[country] < ARCHIVES;
        count[country] += node->is_archive;
    }
}

static void begin(struct sim *sim, const struct sim_options *options)
{
    sim_make(sim, options);
    sim->blocks = calloc(options->nodes, options->nodes);
    WORLD_REQUIRE(sim->blocks != NULL);
    for (unsigned i = 0; i < options->nodes; i++)
        node_make(sim, i, i);
    choose_foes(sim);
    choose_archives(sim);
    for (size_t i = 0; i < sim->realm.agency_count; i++) {
        unsigned home = dice_below(&sim->dice, options->nodes);
        while (sim->nodes[home].foe != FOE_NONE)
            home = (home + 1) % options->nodes;
        sim->homes[i] = home;
        sim->realm.agencies[i].skew_s = dice_between(&sim->dice, -30, 30);
    }
    for (unsigned i = 0; i < options->nodes; i++) {
        queue_put(&sim->queue, dice_below(&sim->dice, 5000) * SIM_MS, SIM_START, i, 0, NULL);
    }
    later(sim, 10 * SIM_S, ACT_SIGN, 0);
    later(sim, 20 * SIM_S, ACT_FAULT, 0);
    later(sim, 20 * SIM_S, ACT_WEATHER, 0);
    later(sim, CHECK_EVERY_S * SIM_S, ACT_CHECK, 0);
    later(sim, 5 * SIM_S, ACT_FOES, 0);
    if (options->has_million)
        later(sim, storm_of(options->nodes) / 4, ACT_MILLION, 0);
}

static void run_all(struct sim *sim)
{
    int64_t storm = storm_of(sim->options.nodes);
    char why[160];

    if (sim->options.seed % 10 == 3) {
        later(sim, storm / 2, ACT_LONG_CUT, 0);
        storm += SIM_DAY;
    }
    later(sim, storm - LAST_WORDS_S * SIM_S, ACT_LAST_WORDS, 0);
    sim_run(sim, storm, handle);
    calm(sim);
    later(sim, 2 * SIM_MINUTE, ACT_REPAIR, 0);
    int64_t end = sim->now + CALM_MAX;
    for (;;) {
        sim_run(sim, sim->now + 5 * SIM_S, handle);
        if (sim->has_failed || watch_agrees(sim, why, sizeof why))
            return;
        if (sim->now >= end)
            sim_fail(sim, "no agreement after calm: %s", why);
    }
}

void run(struct run_result *out, const struct sim_options *options)
{
    struct sim *sim = malloc(sizeof *sim);

    WORLD_REQUIRE(sim != NULL);
    *out = (struct run_result){0};
    begin(sim, options);
    int64_t before = storm_of(options->nodes) + (options->seed % 10 == 3 ? SIM_DAY : 0);
    run_all(sim);
    out->has_failed = sim->has_failed;
    out->hash = sim->trace.hash;
    out->events = sim->events;
    out->calm_us = sim->now - before;
    out->memory_max = sim->memory_max;
    memcpy(out->injected, sim->injected, sizeof out->injected);
    memcpy(out->failure, sim->failure, sizeof out->failure);
    if (sim->has_failed && !options->is_quiet) {
        trace_show(&sim->trace);
        watch_show(sim);
        fprintf(stderr, "sim: seed %llu of %u nodes: %s\n", (unsigned long long)options->seed,
                options->nodes, sim->failure);
    }
    sim_free(sim);
    free(sim);
}
