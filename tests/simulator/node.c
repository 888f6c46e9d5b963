#include "node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "foe.h"
#include "net.h"
#include "holding.h"
#include "watch.h"
#include "world.h"

/* What a sync of a disk takes, and the mean of what is added. */
#define SYNC_MIN (2 * SIM_MS)
#define SYNC_MORE (6 * SIM_MS)

/* How long a node is down after a crash, about. */
#define DOWN (20 * SIM_S)

/* Ticks at one time: more, and a real node would spin. */
enum { IDLE_TICKS_MAX = 1000 };

/* Engines draw from streams of their own, so that one more draw in one changes no other. */
enum { STREAM_NODES = 1000 };

/* --- time --- */

struct engine_time node_time(const struct node *node)
{
    const struct sim *sim = node->sim;
    struct engine_time out = {.ms = sim->now / SIM_MS, .moment = INT64_MIN};
    int64_t ahead = node->clock + sim->now / 1000000 * node->drift;

    if (node->has_clock)
        out.moment = REALM_EPOCH + (sim->now + ahead) / SIM_S;
    int64_t floor = disk_floor(node->disk);
    if (out.moment < floor)
        out.moment = floor;
    return out;
}

/* --- what the engine is given --- */

static void draw(void *context, uint8_t *out, size_t len)
{
    struct node *node = context;

    dice_fill(&node->dice, out, len);
}

static bool give(void *context, const garita_hash *log, const garita_have_log *theirs,
                 bool wants_batches, garita_bundle_sink sink, void *sink_context)
{
    struct node *node = context;
    struct disk_shelf shelf_context;
    garita_shelf shelf;
    garita_plan plan;
    bool is_given;

    if (node->foe != FOE_NONE && foe_gives(node, log, &is_given, sink, sink_context))
        return is_given;
    return disk_shelf_of(&shelf, &shelf_context, node->disk, log) &&
           /* as garitad: who has nothing may have a head that it cannot use, at any size */
           (theirs == NULL && !wants_batches
                ? garita_plan_for_all(&plan, &shelf)
                : garita_plan_for(&plan, &shelf, theirs, wants_batches)) &&
           garita_plan_write(&plan, &shelf, NULL, sink, sink_context);
}

static bool item(void *context, const garita_hash *log, unsigned kind, const garita_digest *digest,
                 garita_bundle_sink sink, void *sink_context)
{
    struct node *node = context;

    return holding_item(node->disk, log, kind, digest, sink, sink_context);
}

/* --- life --- */

static void certify(struct node *node)
{
    struct realm *realm = &node->sim->realm;
    struct agency *by = &realm->agencies[node->certifier];

    node->statement =
        realm_certify_node(realm, by, node->name, node->public_key, node->noise_key, node->address);
    node->serials[node->serial_count++] = realm->statements[node->statement].serial;
    node->payload.len = 0;
    for (size_t i = 0; i < realm->statement_count; i++) {
        const struct statement *statement = &realm->statements[i];
        bool is_above = statement->type == GARITA_TYPE_AUTHORITY &&
                        statement->serial == by->keys[0].serial &&
                        (int)statement->agency == by->parent;
        if (is_above || i == node->statement)
            bytes_add_statement(&node->payload,
                                (garita_bytes){statement->bytes.at, statement->bytes.len});
    }
}

void node_make(struct sim *sim, unsigned index, unsigned certifier)
{
    struct node *node = &sim->nodes[index];
    struct agency *by = realm_certifier(&sim->realm, certifier);
    uint8_t seed[GARITA_SEED_SIZE], secret[GARITA_SECRET_KEY_SIZE];

    *node = (struct node){.sim = sim, .index = index, .has_clock = true, .tick_at = INT64_MAX};
    node->takes_end = &node->takes;
    node->certifier = by->index;
    dice_seed(&node->dice, sim->options.seed, STREAM_NODES + index);
    snprintf(node->name, sizeof node->name, "n%u", index);
    snprintf(node->address, sizeof node->address, "n%u.sim:7700", index);
    dice_fill(&sim->dice, seed, sizeof seed);
    garita_key_pair(secret, node->public_key, seed);
    garita_key_noise(NULL, node->noise_key, seed);
    node->disk = disk_new(sim->realm.pins, REALM_COUNTRIES);
    certify(node);
}

void node_move(struct node *node)
{
    snprintf(node->address, sizeof node->address, "n%u.sim:%u", node->index,
             7701 + node->epoch % 1000);
    certify(node);
}

static void free_takes(struct node *node)
{
    for (struct take *take = node->takes, *next; take != NULL; take = next) {
        next = take->next;
        bytes_free(&take->bundle);
        free(take);
    }
    node->takes = NULL;
    node->takes_end = &node->takes;
    if (node->taking != NULL)
        bytes_free(&node->taking->bundle);
    free(node->taking);
    node->taking = NULL;
    node->is_writing = false;
}

void node_free(struct node *node)
{
    free_takes(node);
    engine_free(node->engine);
    if (node->disk != NULL)
        disk_free(node->disk);
    bytes_free(&node->payload);
    bytes_free(&node->stick);
    bytes_free(&node->replay);
    free(node->sessions);
}

/* What its operator gave it: the authorities that were certified at the beginning, and itself. */
static void bring_own(struct node *node)
{
    const struct realm *realm = &node->sim->realm;
    struct bytes bundle = {0};
    garita_message end = {.kind = GARITA_MESSAGE_END};

    garita_bundle_write_header(bytes_sink, &bundle);
    for (size_t i = 0; i < realm->statement_count; i++) {
        const struct statement *statement = &realm->statements[i];
        bool is_own = i == node->statement && !node->sim->options.is_sparse;
        if (is_own || i < realm->first_count)
            bytes_add_statement(&bundle, (garita_bytes){statement->bytes.at, statement->bytes.len});
    }
    garita_bundle_write(bytes_sink, &bundle, &end);
    node_bring(node, &bundle);
}

void node_start(struct node *node)
{
    struct sim *sim = node->sim;
    struct engine_config config = {
        .host = {.context = node, .random = draw, .give = give, .item = item},
        .is_archive = node->is_archive,
        .links = ENGINE_LINKS,
        .period_ms = ENGINE_PERIOD_MS};

    WORLD_REQUIRE(!node->is_up);
    disk_mount(node->disk);
    watch_started(node);
    memcpy(config.noise_key, node->noise_key, sizeof config.noise_key);
#ifdef ENGINE_BUGS
    config.bug = node->foe == FOE_NONE ? sim->options.bug : 0;
#endif
    node->engine = engine_new(&config);
    WORLD_REQUIRE(node->engine != NULL);
    node->is_up = true;
    node->has_met_foe = false;
    node->epoch++;
    node->tick_at = INT64_MAX;
    uint8_t keys[ENGINE_REMEMBERED_MAX][GARITA_NOISE_KEY_SIZE];
    garita_bytes remembered = disk_remembered(node->disk);
    if (remembered.len > 0 && remembered.len <= sizeof keys) {
        memcpy(keys, remembered.at, remembered.len);
        engine_remember(node->engine, (const uint8_t(*)[GARITA_NOISE_KEY_SIZE])keys,
                        remembered.len / GARITA_NOISE_KEY_SIZE);
    }
    /* Two that its operator configured: the next in a ring, so that nobody is an island. */
    const char *addresses[2];
    size_t count = 0;
    for (size_t i = 1; i <= 2 && i < sim->node_count && !sim->options.is_sparse; i++)
        addresses[count++] = sim->nodes[(node->index + i * i) % sim->node_count].address;
    WORLD_REQUIRE(engine_configure(node->engine, node_time(node), addresses, count));
    trace_line(&sim->trace, sim->now, "%s starts", node->name);
    node_restock(node);
    node_pump(node);
    bring_own(node);
}

void node_crash(struct node *node, bool is_told)
{
    struct sim *sim = node->sim;

    if (!node->is_up)
        return;
    trace_line(&sim->trace, sim->now, "%s stops", node->name);
    node->is_up = false;
    net_drop_all(node, is_told);
    engine_free(node->engine);
    node->engine = NULL;
    free_takes(node);
    disk_crash(node->disk, &sim->dice);
    disk_release(node->disk);
    node->stops_when_written = false;
    if (!node->is_gone && !sim->is_cut_long)
        queue_put(&sim->queue, sim->now + SIM_S + dice_exponential(&sim->dice, DOWN), SIM_START,
                  node->index, 0, NULL);
}

/* --- the stock --- */

/* In the place of the roster the nodes that it is linked with. */
static void make_sparse(const struct node *node, struct engine_stock *stock,
                        struct engine_node neighbours[ENGINE_LINKS])
{
    memset(neighbours, 0, ENGINE_LINKS * sizeof *neighbours);
    for (size_t i = 0; i < ENGINE_LINKS; i++) {
        const struct node *other = &node->sim->nodes[node->neighbours[i]];
        const struct agency *certifier = &node->sim->realm.agencies[other->certifier];
        struct engine_node *out = &neighbours[i];
        memcpy(out->public_key, other->public_key, sizeof out->public_key);
        memcpy(out->noise_key, other->noise_key, sizeof out->noise_key);
        out->certifier = certifier->log_id;
        memcpy(out->name, other->name, sizeof other->name);
        memcpy(out->country, certifier->country, sizeof out->country);
        out->from = INT64_MIN;
        out->until = INT64_MAX;
        out->address_count = 1;
        memcpy(out->addresses[0], other->address, sizeof other->address);
    }
    stock->nodes = neighbours;
    stock->node_count = ENGINE_LINKS;
}

void node_restock(struct node *node)
{
    struct engine_stock stock;
    struct engine_node neighbours[ENGINE_LINKS];

    holding_of(&stock, node->disk);
    if (node->sim->options.is_sparse)
        make_sparse(node, &stock, neighbours);
    node->version = disk_version(node->disk);
    WORLD_REQUIRE(engine_stock(node->engine, node_time(node), &stock));
    disk_release(node->disk);
}

const garita_log *node_log(const struct node *node, const struct agency *agency)
{
    const garita_book *book = disk_book(node->disk);

    for (size_t i = 0; i < garita_book_count(book); i++)
        if (garita_hash_equal(&garita_book_get(book, i)->id, &agency->log_id))
            return garita_book_get(book, i);
    return NULL;
}

void node_export(struct node *node, struct bytes *out)
{
    const garita_trust *trust = disk_trust(node->disk);
    garita_book *book = disk_book(node->disk);
    garita_message end = {.kind = GARITA_MESSAGE_END};

    garita_bundle_write_header(bytes_sink, out);
    for (size_t i = 0; i < garita_book_count(book); i++) {
        garita_message proof = {.kind = GARITA_MESSAGE_PROOF,
                                .bytes = disk_proof(node->disk, &garita_book_get(book, i)->id)};
        if (proof.bytes.len > 0)
            garita_bundle_write(bytes_sink, out, &proof);
    }
    for (size_t i = 0; i < disk_trusted_count(node->disk); i++)
        bytes_add_statement(out, disk_trusted(node->disk, i, NULL));
    for (size_t i = 0; i < disk_carried_count(node->disk); i++) {
        garita_carried carried;
        bytes_add_statement(out, disk_carried(node->disk, i, &carried));
    }
    (void)trust;
    for (size_t i = 0; i < garita_book_count(book); i++) {
        struct disk_shelf context;
        garita_shelf shelf;
        garita_plan plan;
        if (disk_shelf_of(&shelf, &context, node->disk, &garita_book_get(book, i)->id) &&
            garita_plan_for_all(&plan, &shelf))
            garita_plan_write(&plan, &shelf, NULL, bytes_sink, out);
    }
    garita_bundle_write(bytes_sink, out, &end);
}

/* --- the writer --- */

static void add_take(struct node *node, uint32_t job, uint32_t link, struct bytes *bundle)
{
    struct sim *sim = node->sim;
    struct take *take = calloc(1, sizeof *take);

    WORLD_REQUIRE(take != NULL);
    take->job = job;
    take->link = link;
    take->bundle = *bundle;
    *bundle = (struct bytes){0};
    *node->takes_end = take;
    node->takes_end = &take->next;
    if (!node->is_writing) {
        node->is_writing = true;
        queue_put(&sim->queue, sim->now + dice_below(&sim->dice, 1000), SIM_WRITE, node->index,
                  node->epoch, NULL);
    }
}

void node_bring(struct node *node, struct bytes *bundle)
{
    if (node->is_up)
        add_take(node, 0, 0, bundle);
    else
        bytes_free(bundle);
}

static void refused(void *context, const garita_refusal *refusal)
{
    struct node *node = context;

    switch (refusal->kind) {
    case GARITA_REFUSED_DAMAGED:
        /* as in garitad: two keys with one number are their certifier's doing, not the giver's */
        if (refusal->error == GARITA_E_BAD_SIGNATURE)
            node->result.is_foreign = true;
        else
            node->result.is_wrong = true;
        break;
    case GARITA_REFUSED_MISMATCH:
        node->result.is_wrong = true;
        break;
    case GARITA_REFUSED_FOREIGN:
    case GARITA_REFUSED_OUTSIDE:
        node->result.is_foreign = true;
        break;
    case GARITA_REFUSED_GAP:
        node->result.is_gap = true;
        break;
    case GARITA_REFUSED_REVOKED:
        node->result.is_revoked = true;
        break;
    default:
        break;
    }
}

static void taken(void *context, const garita_taken *what)
{
    struct node *node = context;

    if (!what->is_changed)
        return;
    node->has_grown = node->has_grown || what->batches > 0;
    if (node->changed_count < REALM_AGENCIES_MAX)
        node->changed[node->changed_count++] = what->authority;
    else
        node->has_changed_all = true;
}

void node_write(struct node *node)
{
    struct sim *sim = node->sim;
    struct take *take = node->takes;
    garita_intake_listener listener = {.context = node, .refused = refused, .taken = taken};
    garita_intake intake = {disk_keeper(node->disk), &listener, sim->events_room};
    uint64_t syncs = disk_syncs(node->disk);

    WORLD_REQUIRE(take != NULL && node->taking == NULL);
    node->takes = take->next;
    if (node->takes == NULL)
        node->takes_end = &node->takes;
    node->taking = take;
    node->changed_count = 0;
    node->has_changed_all = false;
    node->result = (struct engine_take_result){0};
    garita_intake_end end = garita_intake_bundle(&intake, NULL, take->bundle.at, take->bundle.len);
    trace_mix(&sim->trace, (uint64_t)end, take->bundle.len);
    if (disk_is_dead(node->disk)) {
        sim_count(sim, SIM_CRASH_IN_WRITE, 1);
        node_crash(node, dice_chance(&sim->dice, 500));
        return;
    }
    WORLD_REQUIRE(end != GARITA_INTAKE_NO_MEMORY);
    if (node->stops_when_written && disk_syncs(node->disk) > syncs) {
        sim_count(sim, SIM_CRASH_AFTER_WRITE, 1);
        node_crash(node, true);
        return;
    }
    node->result.is_kept = end != GARITA_INTAKE_NOT_KEPT;
    node->result.is_wrong =
        node->result.is_wrong || end == GARITA_INTAKE_NO_BUNDLE || end == GARITA_INTAKE_CUT;
    const struct engine_take_result *result = &node->result;
    if (!result->is_kept || result->is_wrong || result->is_foreign || result->is_gap ||
        result->is_revoked)
        trace_line(&sim->trace, sim->now, "%s refuses some of %zu bytes:%s%s%s%s%s", node->name,
                   take->bundle.len, result->is_kept ? "" : " not kept",
                   result->is_wrong ? " wrong" : "", result->is_foreign ? " foreign" : "",
                   result->is_gap ? " gap" : "", result->is_revoked ? " revoked" : "");
    int64_t cost = SIM_MS / 5;
    for (syncs = disk_syncs(node->disk) - syncs; syncs > 0; syncs--)
        cost += SYNC_MIN + dice_exponential(&sim->dice, SYNC_MORE);
    queue_put(&sim->queue, sim->now + cost, SIM_WRITTEN, node->index, node->epoch, NULL);
}

static void raise_floor(struct node *node)
{
    int64_t floor;
    garita_clock clock = {.is_known = node->has_clock, .now = node_time(node).moment};

    if (garita_book_floor(disk_book(node->disk), &floor, &clock) &&
        floor > disk_floor(node->disk) + 60)
        disk_raise_floor(node->disk, floor);
}

void node_written(struct node *node)
{
    struct sim *sim = node->sim;
    struct take *take = node->taking;
    struct engine_log log;

    node->taking = NULL;
    if (node->has_grown)
        node->grown_at = sim->now;
    node->has_grown = false;
    watch_kept(node);
    if (take->job != 0 && node->result.is_wrong)
        watch_wrong(node, take->link);
    raise_floor(node);
    if (disk_is_dead(node->disk)) {
        bytes_free(&take->bundle);
        free(take);
        node_crash(node, true);
        return;
    }
    if (disk_version(node->disk) != node->version || node->has_changed_all) {
        node_restock(node);
    } else {
        for (size_t i = 0; i < node->changed_count; i++) {
            holding_log(&log, node->disk, node->changed[i]);
            WORLD_REQUIRE(engine_log(node->engine, node_time(node), &log));
        }
    }
    if (take->job != 0)
        engine_taken(node->engine, node_time(node), take->job, &node->result);
    bytes_free(&take->bundle);
    free(take);
    node->is_writing = node->takes != NULL;
    if (node->is_writing)
        queue_put(&sim->queue, sim->now + 1, SIM_WRITE, node->index, node->epoch, NULL);
    node_pump(node);
}

/* --- what the engine wants --- */

static void take(struct node *node, const struct engine_action *action)
{
    struct bytes bundle = {0};

    if (!foe_takes(node)) {
        struct engine_take_result result = {.is_kept = true};
        engine_taken(node->engine, node_time(node), action->job, &result);
        return;
    }
    bytes_add(&bundle, action->bytes, action->len);
    add_take(node, action->job, action->link, &bundle);
}

static void act(struct node *node, const struct engine_action *action)
{
    struct sim *sim = node->sim;
    const char *peer = action->node != NULL ? action->node->name : "?";

    switch (action->kind) {
    case ENGINE_SEND:
        watch_sends(node, action->bytes, action->len);
        if (node->foe != FOE_NONE && foe_sends(node, action->link, action->bytes, action->len))
            break;
        if (node->is_newer && newer_sends(node, action->link, action->bytes, action->len))
            break;
        net_send(node, action->link, action->bytes, action->len);
        break;
    case ENGINE_TAKE:
        take(node, action);
        break;
    case ENGINE_DIAL:
        net_dial(node, action->dial, action->text, action->noise_key);
        break;
    case ENGINE_CLOSE:
        trace_line(&sim->trace, sim->now, "%s closes on %s: %s", node->name, peer,
                   engine_reason_name(action->reason));
        watch_closes(node, action);
        net_close(node, action->link);
        break;
    case ENGINE_UP:
        trace_line(&sim->trace, sim->now, "%s up with %s", node->name, peer);
        break;
    case ENGINE_TOLD:
        trace_line(&sim->trace, sim->now, "%s is told by %s: %s", node->name, peer,
                   engine_reason_name(action->reason));
        break;
    case ENGINE_REMEMBER:
        disk_remember(node->disk, action->bytes, action->len);
        break;
    case ENGINE_ALARM:
        trace_line(&sim->trace, sim->now, "%s alarm: %.100s", node->name, action->text);
        break;
    }
}

void node_pump(struct node *node)
{
    struct sim *sim = node->sim;
    const struct engine_action *action;

    if (!node->is_up)
        return;
    while ((action = engine_next(node->engine)) != NULL)
        act(node, action);
    int64_t due = engine_due(node->engine);
    int64_t at = due >= INT64_MAX / SIM_MS ? INT64_MAX : due * SIM_MS;
    if (at < sim->now)
        at = sim->now;
    if (at < node->tick_at) {
        node->tick_at = at;
        queue_put(&sim->queue, at, SIM_TICK, node->index, node->epoch, NULL);
    }
}

void node_tick(struct node *node)
{
    int64_t now = node->sim->now;

    if (now < node->tick_at)
        return; /* an earlier one was wanted, and has been */
    node->tick_at = INT64_MAX;
    node->idle_ticks = now == node->ticked_at ? node->idle_ticks + 1 : 0;
    node->ticked_at = now;
    if (node->idle_ticks > IDLE_TICKS_MAX)
        sim_fail(node->sim, "%s: the engine is always due, and time stands still", node->name);
    engine_tick(node->engine, node_time(node));
    node_pump(node);
}
