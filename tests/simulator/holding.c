#include "holding.h"

#include <stdlib.h>
#include <string.h>

#include "world.h"

/* A record of the trust set, with what is asked of it again and again. */
struct seat {
    const garita_issuer *issuer;
    garita_hash log, anchor;
};

static struct engine_log *logs;
static struct engine_item *items;
static struct engine_node *nodes;
static struct seat *seats;
static size_t log_cap, item_cap, node_cap, seat_cap, seat_count;

static void *grown(void *at, size_t *cap, size_t count, size_t size)
{
    if (count < *cap)
        return at;
    *cap = *cap == 0 ? 64 : 2 * *cap;
    at = realloc(at, *cap * size);
    WORLD_REQUIRE(at != NULL);
    return at;
}

void holding_end(void)
{
    free(logs);
    free(items);
    free(nodes);
    free(seats);
    logs = NULL;
    items = NULL;
    nodes = NULL;
    seats = NULL;
    log_cap = item_cap = node_cap = seat_cap = 0;
}

void holding_log(struct engine_log *out, const struct disk *disk, const garita_issuer *authority)
{
    const garita_book *book = disk_book(disk);
    const garita_log *log = garita_book_log(book, authority);

    memset(out, 0, sizeof *out);
    garita_log_id(&out->id, authority);
    garita_log_id(&out->anchor, authority->anchor);
    memcpy(out->name, authority->name, sizeof out->name);
    if (log == NULL)
        return;
    out->is_equivocated = log->is_equivocated;
    if (!log->has_head)
        return;
    out->is_given =
        !log->is_damaged &&
        garita_book_head_counts(book, authority, (garita_bytes){log->head_bytes, log->head_len});
    out->head = log->head;
    out->head_len = log->head_len;
    memcpy(out->head_bytes, log->head_bytes, log->head_len);
    if (out->is_given)
        out->frontier = log->frontier;
}

static void add_item(struct engine_stock *stock, const struct seat *seat, unsigned kind,
                     const garita_digest *digest)
{
    items = grown(items, &item_cap, stock->item_count, sizeof *items);
    struct engine_item *item = &items[stock->item_count++];
    memset(item, 0, sizeof *item);
    item->log = seat->log;
    item->anchor = seat->anchor;
    item->kind = (uint8_t)kind;
    item->digest = *digest;
}

static bool proof_counts(const struct disk *disk, const garita_issuer *authority,
                         garita_bytes proof)
{
    garita_equivocation read;

    return proof.len > 0 && garita_equivocation_read(&read, proof.at, proof.len) == GARITA_OK &&
           garita_book_head_counts(disk_book(disk), authority, read.heads[0]) &&
           garita_book_head_counts(disk_book(disk), authority, read.heads[1]);
}

static void add_log(struct engine_stock *stock, const struct disk *disk, const struct seat *seat)
{
    garita_digest digest;

    logs = grown(logs, &log_cap, stock->log_count, sizeof *logs);
    holding_log(&logs[stock->log_count++], disk, seat->issuer);
    garita_bytes proof = disk_proof(disk, &seat->log);
    if (proof_counts(disk, seat->issuer, proof)) {
        garita_digest_of(&digest, proof.at, proof.len);
        add_item(stock, seat, ENGINE_ITEM_PROOF, &digest);
    }
    for (size_t i = 0; i < disk_evidence_count(disk, &seat->log); i++) {
        garita_bytes bytes = disk_evidence(disk, &seat->log, i);
        garita_bundle_reader reader = {.bytes = bytes.at, .len = bytes.len};
        garita_message message;
        WORLD_REQUIRE(garita_bundle_next(&reader, &message, NULL) == GARITA_OK);
        if (!garita_book_head_counts(disk_book(disk), seat->issuer, message.head))
            continue;
        garita_digest_of(&digest, message.bytes.at, message.bytes.len);
        add_item(stock, seat, ENGINE_ITEM_EVIDENCE, &digest);
    }
}

static void make_seats(const garita_trust *trust)
{
    seat_count = garita_trust_count(trust);
    while (seat_cap < seat_count)
        seats = grown(seats, &seat_cap, seat_cap, sizeof *seats);
    for (size_t i = 0; i < seat_count; i++) {
        seats[i].issuer = garita_trust_get(trust, i);
        garita_log_id(&seats[i].log, seats[i].issuer);
        garita_log_id(&seats[i].anchor, seats[i].issuer->anchor);
    }
}

/* The record of a log with this key number. */
static const struct seat *seat_of(const garita_hash *log, uint8_t key_number)
{
    for (size_t i = 0; i < seat_count; i++)
        if (seats[i].issuer->key_number == key_number && garita_hash_equal(&seats[i].log, log))
            return &seats[i];
    return NULL;
}

/* Who signed an authority statement: of those that have its subject below them. */
static const struct seat *signer_of(garita_bytes statement)
{
    garita_authority authority;
    garita_peek peek;

    WORLD_REQUIRE(garita_authority_inspect(&authority, &peek, NULL, statement.at, statement.len) ==
                  GARITA_OK);
    for (size_t i = 0; i < seat_count; i++) {
        const garita_issuer *issuer = seats[i].issuer;
        if (memcmp(issuer->public_key, authority.public_key, sizeof issuer->public_key) == 0 &&
            garita_id_equal(&issuer->parent->id, &peek.signer))
            return &seats[issuer->parent->index];
    }
    return NULL;
}

static bool is_revoked_at(const struct disk *disk, const garita_issuer *signer, uint32_t serial)
{
    const garita_log *log = garita_book_log(disk_book(disk), signer);
    garita_status status;

    if (garita_book_is_revoked(disk_book(disk), signer))
        return true;
    if (log == NULL)
        return false;
    garita_log_status(log, &status, serial);
    return status.standing == GARITA_STANDING_REVOKED;
}

/* What a node statement says, whoever holds it. */
struct note {
    uint32_t serial;
    uint8_t key_number;
    struct engine_node node;
};

static struct note *read_node(const garita_carried *carried, garita_bytes statement)
{
    struct note *note = calloc(1, sizeof *note);
    garita_node node;
    garita_peek peek;

    WORLD_REQUIRE(note != NULL && garita_node_inspect(&node, &peek, NULL, statement.at,
                                                      statement.len) == GARITA_OK);
    struct engine_node *out = &note->node;
    note->serial = node.serial;
    note->key_number = peek.key_number;
    memcpy(out->public_key, node.public_key, sizeof out->public_key);
    memcpy(out->noise_key, node.noise_key, sizeof out->noise_key);
    out->certifier = carried->branch;
    memcpy(out->name, node.name.at, node.name.len);
    memcpy(out->country, node.country, sizeof out->country);
    out->from = garita_node_from(&node);
    out->until = garita_node_until(&node);
    out->address_count = node.address_count;
    for (size_t i = 0; i < node.address_count; i++)
        memcpy(out->addresses[i], node.addresses[i].at, node.addresses[i].len);
    return note;
}

static void add_node(struct engine_stock *stock, struct disk *disk, size_t index,
                     const garita_carried *carried, garita_bytes statement)
{
    void **place = disk_carried_note(disk, index);

    if (*place == NULL)
        *place = read_node(carried, statement);
    const struct note *note = *place;
    const struct seat *signer = seat_of(&carried->log, note->key_number);
    if (signer == NULL)
        return;
    nodes = grown(nodes, &node_cap, stock->node_count, sizeof *nodes);
    struct engine_node *out = &nodes[stock->node_count++];
    *out = note->node;
    if (signer->issuer->in_force_from > out->from)
        out->from = signer->issuer->in_force_from;
    if (signer->issuer->in_force_until < out->until)
        out->until = signer->issuer->in_force_until;
    out->is_revoked = is_revoked_at(disk, signer->issuer, note->serial);
}

void holding_of(struct engine_stock *out, struct disk *disk)
{
    *out = (struct engine_stock){.trust = disk_trust(disk)};
    make_seats(out->trust);
    for (size_t i = 0; i < seat_count; i++) {
        bool is_new = true;
        for (size_t j = 0; j < i && is_new; j++)
            is_new = !garita_hash_equal(&seats[j].log, &seats[i].log);
        if (is_new)
            add_log(out, disk, &seats[i]);
    }
    for (size_t i = 0; i < disk_trusted_count(disk); i++) {
        garita_digest digest;
        const struct seat *signer = signer_of(disk_trusted(disk, i, &digest));
        if (signer != NULL)
            add_item(out, signer, ENGINE_ITEM_AUTHORITY, &digest);
    }
    for (size_t i = 0; i < disk_carried_count(disk); i++) {
        garita_carried carried;
        garita_bytes statement = disk_carried(disk, i, &carried);
        const struct seat *signer = seat_of(&carried.log, 1);
        if (signer == NULL)
            continue;
        add_item(out, signer, carried.type, &carried.digest);
        if (carried.type == GARITA_TYPE_NODE)
            add_node(out, disk, i, &carried, statement);
    }
    out->logs = logs;
    out->items = items;
    out->nodes = nodes;
}

/* --- one item --- */

static bool write_item(garita_message_kind kind, garita_bytes bytes, garita_bundle_sink sink,
                       void *sink_context)
{
    garita_message message = {.kind = kind, .bytes = bytes};

    return bytes.len > 0 && garita_bundle_write(sink, sink_context, &message);
}

static bool write_evidence(const struct disk *disk, const garita_hash *log,
                           const garita_digest *digest, garita_bundle_sink sink, void *sink_context)
{
    for (size_t i = 0; i < disk_evidence_count(disk, log); i++) {
        garita_bytes bytes = disk_evidence(disk, log, i);
        garita_bundle_reader reader = {.bytes = bytes.at, .len = bytes.len};
        garita_message message;
        garita_digest its;
        WORLD_REQUIRE(garita_bundle_next(&reader, &message, NULL) == GARITA_OK);
        garita_digest_of(&its, message.bytes.at, message.bytes.len);
        if (memcmp(&its, digest, sizeof its) == 0)
            return sink(sink_context, bytes.at, bytes.len);
    }
    return false;
}

bool holding_item(const struct disk *disk, const garita_hash *log, unsigned kind,
                  const garita_digest *digest, garita_bundle_sink sink, void *sink_context)
{
    switch (kind) {
    case ENGINE_ITEM_PROOF: /* any is as good as another */
        return write_item(GARITA_MESSAGE_PROOF, disk_proof(disk, log), sink, sink_context);
    case ENGINE_ITEM_EVIDENCE:
        return write_evidence(disk, log, digest, sink, sink_context);
    case ENGINE_ITEM_AUTHORITY:
        for (size_t i = 0; i < disk_trusted_count(disk); i++) {
            garita_digest its;
            garita_bytes statement = disk_trusted(disk, i, &its);
            if (memcmp(&its, digest, sizeof its) == 0)
                return write_item(GARITA_MESSAGE_STATEMENT, statement, sink, sink_context);
        }
        return false;
    default:
        for (size_t i = 0; i < disk_carried_count(disk); i++) {
            garita_carried carried;
            garita_bytes statement = disk_carried(disk, i, &carried);
            if (memcmp(&carried.digest, digest, sizeof carried.digest) == 0)
                return write_item(GARITA_MESSAGE_STATEMENT, statement, sink, sink_context);
        }
        return false;
    }
}
