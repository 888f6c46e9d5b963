#include "watch.h"

#include <stdio.h>
#include <string.h>

#include "engine/wire.h"

#include "node.h"
#include "holding.h"
#include "world.h"

/* What an engine of such a small world may take of memory, whatever peers send. */
enum { MEMORY_MAX = 6 * 1024 * 1024 };
/* How long a session may outlive the news that its peer is revoked: what was to be sent leaves. */
#define REVOKED_LINK (5 * SIM_S)

static bool is_watched(const struct node *node)
{
    return node->foe == FOE_NONE;
}

static bool is_revoked(const garita_log *log, uint32_t serial)
{
    garita_status status;

    if (log == NULL)
        return false;
    garita_log_status(log, &status, serial);
    if (status.standing == GARITA_STANDING_REVOKED)
        return true;
    return garita_set_get(log->set, serial) == GARITA_STANDING_REVOKED ||
           (log->elsewhere != NULL &&
            garita_set_get(log->elsewhere, serial) == GARITA_STANDING_REVOKED);
}

/* --- what is kept --- */

static void check_signed(struct node *node, const struct agency *agency, const garita_log *log)
{
    struct sim *sim = node->sim;

    if (log->has_head && !realm_has_signed(&sim->realm, log->head_bytes, log->head_len))
        sim_fail(sim, "%s holds a head that %s did not sign", node->name, agency->name);
    if (!garita_set_covers(agency->ever, log->set) ||
        (log->elsewhere != NULL && !garita_set_covers(agency->ever, log->elsewhere)))
        sim_fail(sim, "%s holds a revocation that %s did not sign", node->name, agency->name);
}

static void check_shadow(struct node *node, const struct agency *agency, const garita_log *log)
{
    struct sim *sim = node->sim;
    struct shadow *shadow = &node->shadows[agency->index];
    uint64_t size = log != NULL && log->has_head ? log->head.size : 0;
    int64_t signed_at = log != NULL && log->has_head ? log->head.signed_at : 0;

    if (log != NULL && log->is_damaged) {
        *shadow = (struct shadow){0}; /* what rotted may be gone: it is taken anew */
        return;
    }
    if (size < shadow->size || (size == shadow->size && signed_at < shadow->signed_at))
        sim_fail(sim, "%s goes back on %s: from size %llu to %llu", node->name, agency->name,
                 (unsigned long long)shadow->size, (unsigned long long)size);
    if (shadow->is_equivocated && !log->is_equivocated)
        sim_fail(sim, "%s forgets that %s equivocated", node->name, agency->name);
    shadow->size = size;
    shadow->signed_at = signed_at;
    shadow->is_equivocated = log != NULL && log->is_equivocated;
    for (size_t i = 0; i < agency->tracked_count; i++) {
        bool is = is_revoked(log, agency->tracked[i]);
        if (shadow->revoked[i] && !is)
            sim_fail(sim, "%s undoes the revocation of %u by %s", node->name, agency->tracked[i],
                     agency->name);
        shadow->revoked[i] = is;
    }
}

static void check_all(struct node *node)
{
    struct realm *realm = &node->sim->realm;

    if (!is_watched(node))
        return;
    for (size_t i = 0; i < realm->agency_count; i++) {
        const struct agency *agency = &realm->agencies[i];
        const garita_log *log = node_log(node, agency);
        if (log != NULL)
            check_signed(node, agency, log);
        check_shadow(node, agency, log);
    }
}

void watch_started(struct node *node)
{
    check_all(node);
}

void watch_kept(struct node *node)
{
    struct realm *realm = &node->sim->realm;

    if (!is_watched(node))
        return;
    if (node->has_changed_all) {
        check_all(node);
        return;
    }
    for (size_t i = 0; i < node->changed_count; i++) {
        garita_hash id;
        garita_log_id(&id, node->changed[i]);
        const struct agency *agency = realm_by_log(realm, &id);
        if (agency == NULL) {
            sim_fail(node->sim, "%s keeps a log of nobody", node->name);
            return;
        }
        const garita_log *log = node_log(node, agency);
        check_signed(node, agency, log);
        check_shadow(node, agency, log);
    }
}

void watch_forgets(struct node *node)
{
    memset(node->shadows, 0, sizeof node->shadows);
}

/* --- what is sent --- */

/* Of what it holds a node says neither more than is kept, nor less. */
static void check_said(struct node *node, const struct agency *agency, uint64_t size,
                       int64_t signed_at)
{
    const struct shadow *shadow = &node->shadows[agency->index];

    if (size > shadow->size || (size == shadow->size && signed_at > shadow->signed_at))
        sim_fail(node->sim, "%s tells of a head of %s before it is kept", node->name, agency->name);
    if (size < shadow->size || (size == shadow->size && signed_at < shadow->signed_at))
        sim_fail(node->sim, "%s tells of a head of %s that is older than what it holds", node->name,
                 agency->name);
}

static const struct agency *by_prefix(const struct realm *realm, const garita_digest *prefix)
{
    for (size_t i = 0; i < realm->agency_count; i++)
        if (memcmp(realm->agencies[i].log_id.bytes, prefix->bytes, sizeof *prefix) == 0)
            return &realm->agencies[i];
    return NULL;
}

static void check_vector(struct node *node, const struct wire_vector *vector)
{
    struct wire_vector_log entry;
    const struct agency *agency;
    size_t at = 0;

    while (wire_vector_next(vector, &at, &entry)) {
        agency = by_prefix(&node->sim->realm, &entry.prefix);
        if (agency != NULL && entry.has_head)
            check_said(node, agency, entry.size, entry.signed_at);
    }
}

static void check_head(struct node *node, const struct wire_head *said)
{
    garita_head head;
    garita_peek peek;
    const struct agency *agency = by_prefix(&node->sim->realm, &said->prefix);

    if (agency == NULL || garita_head_inspect(&head, &peek, NULL, said->statement.at,
                                              said->statement.len) != GARITA_OK)
        sim_fail(node->sim, "%s sends a head that is none", node->name);
    else
        check_said(node, agency, head.size, head.signed_at);
}

void watch_sends(struct node *node, const uint8_t *bytes, size_t len)
{
    struct sim *sim = node->sim;
    struct wire_reader reader = {.bytes = bytes, .len = len};
    struct wire_message message;
    enum wire_result result;

    if (!is_watched(node) || !sim->options.has_faults)
        return;
    while ((result = wire_next(&reader, &message)) == WIRE_OK) {
        if (message.kind == WIRE_VECTOR)
            check_vector(node, &message.as.vector);
        else if (message.kind == WIRE_HEAD)
            check_head(node, &message.as.head);
    }
    if (result == WIRE_MALFORMED)
        sim_fail(sim, "%s sends what cannot be read", node->name);
}

void watch_closes(struct node *node, const struct engine_action *action)
{
    struct sim *sim = node->sim;
    const struct session *session = &sim->sessions[(action->link - 1) / 2];
    const struct node *peer = &sim->nodes[session->ends[action->link % 2]];

    if (!is_watched(node) || peer->foe != FOE_NONE || action->reason < ENGINE_MALFORMED)
        return;
    if (action->reason == ENGINE_CLOGGED && (node->rate > 0 || peer->rate > 0))
        return;
    sim_fail(sim, "%s bans %s, which is honest: %s", node->name, peer->name,
             engine_reason_name(action->reason));
}

static const struct node *peer_of(const struct sim *sim, uint32_t session, const struct node *node)
{
    const struct session *its = &sim->sessions[session];

    return &sim->nodes[its->ends[its->ends[0] == node->index ? 1 : 0]];
}

void watch_wrong(struct node *node, uint32_t link)
{
    struct sim *sim = node->sim;

    if (!is_watched(node))
        return;
    if (link != 0) {
        const struct node *peer = peer_of(sim, (link - 1) / 2, node);
        if (is_watched(peer))
            sim_fail(sim, "%s takes something wrong from %s, which is honest", node->name,
                     peer->name);
        return;
    }
    if (!node->has_met_foe)
        sim_fail(sim, "%s takes something wrong, and all its peers were honest", node->name);
}

/* --- bounds --- */

/* What a peer may send unasked, and three times as much of what it was asked for. */
static void check_traffic(struct node *node, const struct engine_link_view *view)
{
    struct sim *sim = node->sim;
    uint64_t age_s = (uint64_t)(sim->now / SIM_MS - view->since_ms) / 1000;

    if (view->is_up && view->bytes_in > 4 * ENGINE_BYTES_BURST + ENGINE_BYTES_PER_S * (age_s + 1))
        sim_fail(sim, "%s has taken %llu bytes from %s in %llu s", node->name,
                 (unsigned long long)view->bytes_in, view->address, (unsigned long long)age_s);
}

static void check_link(struct node *node, const struct engine_link_view *view)
{
    struct sim *sim = node->sim;
    struct session *session = &sim->sessions[(view->link - 1) / 2];
    const struct node *peer = &sim->nodes[session->ends[view->link % 2]];
    const struct agency *certifier = &sim->realm.agencies[peer->certifier];
    int64_t *since = &session->revoked_since[(view->link - 1) % 2];

    if (!view->is_up ||
        !is_revoked(node_log(node, certifier), sim->realm.statements[peer->statement].serial)) {
        *since = 0;
        return;
    }
    if (*since == 0)
        *since = sim->now;
    if (sim->now - *since > REVOKED_LINK)
        sim_fail(sim, "%s keeps its link with %s, which is revoked", node->name, peer->name);
}

void watch_bounds(struct sim *sim)
{
    for (size_t i = 0; i < sim->node_count; i++) {
        struct node *node = &sim->nodes[i];
        if (!is_watched(node) || !node->is_up)
            continue;
        size_t memory = engine_memory(node->engine);
        if (memory > sim->memory_max)
            sim->memory_max = memory;
        if (memory > MEMORY_MAX)
            sim_fail(sim, "%s: the engine takes %zu bytes", node->name, memory);
        for (size_t j = 0; j < engine_link_count(node->engine); j++) {
            struct engine_link_view view;
            engine_link_at(node->engine, j, &view);
            check_link(node, &view);
            check_traffic(node, &view);
        }
    }
}

/* --- convergence --- */

/* Sums do not depend on the order in which things came. */
struct sums {
    uint64_t trusted, carried;
};

static uint64_t number_of(const garita_digest *digest)
{
    uint64_t out;

    memcpy(&out, digest->bytes, sizeof out);
    return out;
}

static struct sums sums_of(const struct node *node)
{
    struct sums out = {0};

    for (size_t i = 0; i < disk_trusted_count(node->disk); i++) {
        garita_digest digest;
        disk_trusted(node->disk, i, &digest);
        out.trusted += number_of(&digest);
    }
    for (size_t i = 0; i < disk_carried_count(node->disk); i++) {
        garita_carried carried;
        disk_carried(node->disk, i, &carried);
        out.carried += number_of(&carried.digest);
    }
    return out;
}

#define DIFFERS(...)                                                                               \
    do {                                                                                           \
        if (why != NULL)                                                                           \
            snprintf(why, why_size, __VA_ARGS__);                                                  \
        return false;                                                                              \
    } while (0)

/* Whether it, or an authority above it, was revoked: what it signs reaches whom it reached before.
 */
static bool is_out(const struct sim *sim, const struct agency *agency)
{
    while (!agency->is_revoked && agency->parent >= 0)
        agency = &sim->realm.agencies[agency->parent];
    return agency->is_revoked;
}

static bool agree_on(const struct sim *sim, const struct node *a, const struct node *b,
                     const struct agency *agency, char *why, size_t why_size)
{
    const garita_log *one = node_log(a, agency), *other = node_log(b, agency);
    if (is_out(sim, agency))
        return true;
    bool has_one = one != NULL && one->has_head && !one->is_damaged;
    bool has_other = other != NULL && other->has_head && !other->is_damaged;

    /* of an equivocated log the only copy of one side may have rotted */
    if (has_one != has_other && !agency->is_equivocal)
        DIFFERS("%s and %s: one has no head of %s", a->name, b->name, agency->name);
    if ((one != NULL && one->is_equivocated) != (other != NULL && other->is_equivocated))
        DIFFERS("%s and %s: one does not know that %s equivocated", a->name, b->name, agency->name);
    for (size_t i = 0; i < agency->tracked_count; i++)
        if (is_revoked(one, agency->tracked[i]) != is_revoked(other, agency->tracked[i]))
            DIFFERS("%s has serial %u of %s revoked, and %s has not",
                    is_revoked(one, agency->tracked[i]) ? a->name : b->name, agency->tracked[i],
                    agency->name, is_revoked(one, agency->tracked[i]) ? b->name : a->name);
    if (!has_one || !has_other || one->is_equivocated)
        return true; /* of two histories each goes on with its own */
    if (one->head_len != other->head_len ||
        memcmp(one->head_bytes, other->head_bytes, one->head_len) != 0)
        DIFFERS("%s and %s have other heads of %s: sizes %llu and %llu", a->name, b->name,
                agency->name, (unsigned long long)one->head.size,
                (unsigned long long)other->head.size);
    return true;
}

bool watch_agrees(struct sim *sim, char *why, size_t why_size)
{
    const struct node *first = NULL;
    struct sums reference = {0};

    for (size_t i = 0; i < sim->node_count; i++) {
        const struct node *node = &sim->nodes[i];
        if (!is_watched(node) || node->is_gone)
            continue;
        if (!node->is_up)
            DIFFERS("%s is down", node->name);
        struct sums sums = sums_of(node);
        if (first == NULL) {
            first = node;
            reference = sums;
            continue;
        }
        if (sums.trusted != reference.trusted)
            DIFFERS("%s and %s differ on authority statements", first->name, node->name);
        if (sums.carried != reference.carried)
            DIFFERS("%s and %s differ on nodes or policies", first->name, node->name);
        for (size_t j = 0; j < sim->realm.agency_count; j++)
            if (!agree_on(sim, first, node, &sim->realm.agencies[j], why, why_size))
                return false;
    }
    return true;
}

void watch_show(const struct sim *sim)
{
    fputs(
        "what each node holds: foe (0: honest), state, links, statements, then of each authority\n"
        "the size, ! if it equivocated, x if its log is damaged\n",
        stderr);
    for (size_t i = 0; i < sim->node_count; i++) {
        const struct node *node = &sim->nodes[i];
        size_t links = 0;
        for (size_t j = 0; node->is_up && j < engine_link_count(node->engine); j++) {
            struct engine_link_view view;
            engine_link_at(node->engine, j, &view);
            links += view.is_up;
        }
        fprintf(stderr, "%-5s %u %s%s %2zu %3zu+%-3zu", node->name, (unsigned)node->foe,
                node->is_up ? "up" : "down", node->is_gone ? " revoked" : "", links,
                disk_trusted_count(node->disk), disk_carried_count(node->disk));
        for (size_t j = 0; j < sim->realm.agency_count; j++) {
            const garita_log *log = node_log(node, &sim->realm.agencies[j]);
            if (log == NULL || !log->has_head)
                fputs("    -", stderr);
            else
                fprintf(stderr, " %4llu", (unsigned long long)log->head.size);
            if (log != NULL && (log->is_equivocated || log->is_damaged))
                fputs(log->is_damaged ? "x" : "!", stderr);
        }
        fputc('\n', stderr);
    }
}
