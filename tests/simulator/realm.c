#include "realm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <garita/authority.h>
#include <garita/programme.h>

#include "world.h"

static const char *const countries[REALM_COUNTRIES] = {"USA", "MEX"};

enum { LAST_DAY = 27758, /* 2045-12-31 */ BITS = 8 };

static garita_utf8 utf8(const char *text)
{
    return (garita_utf8){text, strlen(text)};
}

/* --- what was signed --- */

static size_t slot_of(const struct realm *realm, const garita_digest *digest)
{
    static const garita_digest none;
    size_t at;

    memcpy(&at, digest->bytes, sizeof at);
    for (at &= realm->head_cap - 1;; at = (at + 1) & (realm->head_cap - 1))
        if (memcmp(&realm->heads[at], &none, sizeof none) == 0 ||
            memcmp(&realm->heads[at], digest, sizeof none) == 0)
            return at;
}

static void note_head(struct realm *realm, const uint8_t *head, size_t head_len)
{
    garita_digest digest;

    if (2 * realm->head_count >= realm->head_cap) {
        struct realm old = *realm;
        realm->head_cap = old.head_cap == 0 ? 1024 : 2 * old.head_cap;
        realm->heads = calloc(realm->head_cap, sizeof *realm->heads);
        WORLD_REQUIRE(realm->heads != NULL);
        for (size_t i = 0; i < old.head_cap; i++)
            realm->heads[slot_of(realm, &old.heads[i])] = old.heads[i];
        free(old.heads);
    }
    garita_digest_of(&digest, head, head_len);
    realm->heads[slot_of(realm, &digest)] = digest;
    realm->head_count++;
}

bool realm_has_signed(const struct realm *realm, const uint8_t *head, size_t head_len)
{
    garita_digest digest;

    garita_digest_of(&digest, head, head_len);
    return memcmp(&realm->heads[slot_of(realm, &digest)], &digest, sizeof digest) == 0;
}

static size_t add_statement(struct realm *realm, garita_type type, const struct agency *by,
                            uint32_t serial, const uint8_t *bytes, size_t len)
{
    if (realm->statement_count == realm->statement_cap) {
        realm->statement_cap = realm->statement_cap == 0 ? 64 : 2 * realm->statement_cap;
        realm->statements =
            realloc(realm->statements, realm->statement_cap * sizeof *realm->statements);
        WORLD_REQUIRE(realm->statements != NULL);
    }
    struct statement *statement = &realm->statements[realm->statement_count];
    *statement = (struct statement){.type = type, .agency = by->index, .serial = serial};
    bytes_add(&statement->bytes, bytes, len);
    return realm->statement_count++;
}

/* --- who signs --- */

static garita_signer signer_of(const struct agency *agency)
{
    return (garita_signer){agency->id, (uint8_t)(agency->key + 1),
                           agency->keys[agency->key].secret_key};
}

static void make_key(struct agency *agency, struct dice *dice)
{
    struct agency_key *key = &agency->keys[agency->key_count++];
    uint8_t seed[GARITA_SEED_SIZE];

    WORLD_REQUIRE(agency->key_count <= REALM_KEYS_MAX);
    dice_fill(dice, seed, sizeof seed);
    garita_key_pair(key->secret_key, key->public_key, seed);
    if (agency->key_count == 1)
        garita_key_id(&agency->id, key->public_key);
    agency->key = agency->key_count - 1;
}

/* What a parent, or an anchor itself, says of the newest key of an authority. */
static size_t certify(struct realm *realm, struct agency *agency, uint8_t *out)
{
    struct agency *by = agency->parent < 0 ? agency : &realm->agencies[agency->parent];
    struct agency_key *key = &agency->keys[agency->key_count - 1];
    garita_signer signer = signer_of(by);
    garita_authority authority = {.serial = ++by->issued,
                                  .expires = LAST_DAY,
                                  .id = agency->id,
                                  .key_number = (uint8_t)agency->key_count,
                                  .name = utf8(agency->name)};
    garita_fault fault;
    size_t len;

    key->serial = authority.serial;
    memcpy(authority.public_key, key->public_key, sizeof authority.public_key);
    memcpy(authority.first_key, agency->keys[0].public_key, sizeof authority.first_key);
    memcpy(authority.country, agency->country, sizeof authority.country);
    if (by != agency) {
        garita_pin_default(&authority.scope, agency->country);
        authority.scope.types = agency->types;
        authority.scope.depth = (agency->types >> GARITA_TYPE_AUTHORITY & 1) != 0 ? 2 : 0;
    } else if (agency->key_count > 1) {
        signer.key_number = 1;
        signer.secret_key = agency->keys[0].secret_key;
    }
    WORLD_REQUIRE(garita_authority_issue(out, &len, GARITA_AUTHORITY_BYTES_MAX, &fault, &authority,
                                         &signer) == GARITA_OK);
    return len;
}

static void start_history(struct history *history, const garita_hash *id)
{
    WORLD_REQUIRE(garita_log_start(&history->log, id) == GARITA_OK);
}

static struct agency *add_agency(struct realm *realm, struct dice *dice, int parent,
                                 unsigned country, const char *what, uint32_t types)
{
    struct agency *agency = &realm->agencies[realm->agency_count];
    const garita_issuer *issuer;
    uint8_t statement[GARITA_AUTHORITY_BYTES_MAX];

    WORLD_REQUIRE(realm->agency_count < REALM_AGENCIES_MAX);
    *agency = (struct agency){.index = (unsigned)realm->agency_count++,
                              .parent = parent,
                              .anchor = parent < 0 ? country : realm->agencies[parent].anchor,
                              .types = types};
    memcpy(agency->country, countries[country], GARITA_COUNTRY_SIZE);
    snprintf(agency->name, sizeof agency->name, "%s %u", what, agency->index);
    make_key(agency, dice);
    size_t len = certify(realm, agency, statement);
    if (parent < 0) {
        garita_scope scope;
        garita_pin_default(&scope, agency->country);
        bytes_add(&realm->pins[country], statement, len);
        WORLD_REQUIRE(garita_trust_pin(realm->trust, &issuer, NULL, &scope, statement, len) ==
                      GARITA_OK);
    } else {
        add_statement(realm, GARITA_TYPE_AUTHORITY, &realm->agencies[parent],
                      agency->keys[0].serial, statement, len);
        WORLD_REQUIRE(garita_trust_add(realm->trust, &issuer, NULL, statement, len) == GARITA_OK);
    }
    garita_log_id(&agency->log_id, issuer);
    start_history(&agency->main, &agency->log_id);
    WORLD_REQUIRE(garita_set_new(&agency->ever) == GARITA_OK);
    return agency;
}

void realm_make(struct realm *realm, struct dice *dice, unsigned certifiers, unsigned agencies)
{
    const uint32_t agency_types = 1u << GARITA_TYPE_CREDENTIAL | 1u << GARITA_TYPE_HEAD;

    *realm = (struct realm){.events = calloc(GARITA_BATCH_EVENTS_MAX, sizeof(garita_event))};
    WORLD_REQUIRE(realm->events != NULL && garita_trust_new(&realm->trust) == GARITA_OK);
    for (unsigned c = 0; c < REALM_COUNTRIES; c++)
        add_agency(realm, dice, REALM_ANCHOR, c, "anchor", GARITA_TYPES_ALL);
    for (unsigned i = 0; i < certifiers; i++)
        for (unsigned c = 0; c < REALM_COUNTRIES; c++)
            add_agency(realm, dice, (int)c, c, "certifier",
                       1u << GARITA_TYPE_NODE | 1u << GARITA_TYPE_HEAD);
    for (unsigned i = 0; i < agencies; i++) {
        for (unsigned c = 0; c < REALM_COUNTRIES; c++) {
            int parent = (int)c;
            if (i > 0 && i % 2 == 1)
                parent = (int)add_agency(realm, dice, (int)c, c, "region",
                                         GARITA_TYPES_ALL & ~(1u << GARITA_TYPE_NODE))
                             ->index;
            add_agency(realm, dice, parent, c, "agency",
                       i == 0 ? agency_types | 1u << GARITA_TYPE_POLICY : agency_types);
        }
    }
    realm->first_count = realm->statement_count;
    note_head(realm, (const uint8_t *)"", 0); /* so that there is a table */
}

static void free_history(struct history *history)
{
    for (size_t i = 0; history->batches != NULL && i < history->log.frontier.size; i++)
        bytes_free(&history->batches[i]);
    free(history->batches);
    free(history->leaves);
    garita_log_end(&history->log);
}

void realm_free(struct realm *realm)
{
    for (size_t i = 0; i < realm->agency_count; i++) {
        free_history(&realm->agencies[i].main);
        free_history(&realm->agencies[i].other);
        garita_set_free(realm->agencies[i].ever);
    }
    for (size_t i = 0; i < realm->statement_count; i++)
        bytes_free(&realm->statements[i].bytes);
    for (size_t i = 0; i < REALM_COUNTRIES; i++)
        bytes_free(&realm->pins[i]);
    garita_trust_free(realm->trust);
    free(realm->statements);
    free(realm->heads);
    free(realm->events);
}

struct agency *realm_certifier(struct realm *realm, unsigned number)
{
    return &realm->agencies[REALM_COUNTRIES + number % realm_certifier_count(realm)];
}

size_t realm_certifier_count(const struct realm *realm)
{
    size_t count = 0;

    while (REALM_COUNTRIES + count < realm->agency_count &&
           (realm->agencies[REALM_COUNTRIES + count].types >> GARITA_TYPE_NODE & 1) != 0)
        count++;
    return count;
}

const struct agency *realm_by_log(const struct realm *realm, const garita_hash *log)
{
    for (size_t i = 0; i < realm->agency_count; i++)
        if (garita_hash_equal(&realm->agencies[i].log_id, log))
            return &realm->agencies[i];
    return NULL;
}

size_t realm_rotate(struct realm *realm, struct dice *dice, struct agency *agency)
{
    uint8_t statement[GARITA_AUTHORITY_BYTES_MAX];
    struct agency *by = agency->parent < 0 ? agency : &realm->agencies[agency->parent];

    make_key(agency, dice);
    size_t len = certify(realm, agency, statement);
    WORLD_REQUIRE(garita_trust_add(realm->trust, NULL, NULL, statement, len) == GARITA_OK);
    return add_statement(realm, GARITA_TYPE_AUTHORITY, by,
                         agency->keys[agency->key_count - 1].serial, statement, len);
}

size_t realm_certify_node(struct realm *realm, struct agency *certifier, const char *name,
                          const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE],
                          const uint8_t noise_key[GARITA_NOISE_KEY_SIZE], const char *address)
{
    garita_node node = {.serial = ++certifier->issued, .expires = LAST_DAY, .name = utf8(name)};
    garita_signer signer = signer_of(certifier);
    uint8_t statement[GARITA_NODE_BYTES_MAX];
    garita_fault fault;
    size_t len;

    memcpy(node.public_key, public_key, sizeof node.public_key);
    memcpy(node.noise_key, noise_key, sizeof node.noise_key);
    memcpy(node.country, certifier->country, sizeof node.country);
    if (address != NULL)
        node.addresses[node.address_count++] = utf8(address);
    WORLD_REQUIRE(garita_node_issue(statement, &len, sizeof statement, &fault, &node, &signer) ==
                  GARITA_OK);
    return add_statement(realm, GARITA_TYPE_NODE, certifier, node.serial, statement, len);
}

/* A policy is carried by who cannot read all of it: its first keys, and a key of a later version.
 */
size_t realm_sign_policy(struct realm *realm, struct agency *agency, struct dice *dice)
{
    uint8_t map[64] = {0x86, 0, 1, 1, GARITA_TYPE_POLICY, 2, 0xc4, GARITA_ID_SIZE};
    uint8_t statement[sizeof map + WORLD_ENVELOPE];
    size_t at = 8;

    memcpy(map + at, agency->id.bytes, GARITA_ID_SIZE);
    at += GARITA_ID_SIZE;
    map[at++] = 3;
    map[at++] = (uint8_t)(agency->key + 1);
    map[at++] = 4;
    uint32_t serial = ++agency->issued;
    map[at++] = 0xcd;
    map[at++] = (uint8_t)(serial >> BITS);
    map[at++] = (uint8_t)serial;
    if (serial < 256) { /* the shortest form */
        at -= 3;
        if (serial >= 128)
            map[at++] = 0xcc;
        map[at++] = (uint8_t)serial;
    }
    map[at++] = 50;
    map[at++] = 0xc4;
    map[at++] = 8;
    dice_fill(dice, map + at, 8);
    at += 8;
    size_t len =
        world_sign(statement, map, at, GARITA_TYPE_POLICY, agency->keys[agency->key].secret_key);
    return add_statement(realm, GARITA_TYPE_POLICY, agency, serial, statement, len);
}

/* --- logs --- */

void realm_append(struct realm *realm, struct agency *agency, struct history *history,
                  const uint32_t *serials, size_t count, garita_standing standing, int64_t moment)
{
    static uint8_t batch[GARITA_BATCH_BYTES_MAX];
    size_t len, at = (size_t)history->log.frontier.size;

    for (size_t i = 0; i < count; i++)
        realm->events[i] = (garita_event){serials[i], (uint8_t)standing, GARITA_CAUSE_LOST};
    WORLD_REQUIRE(garita_batch_encode(batch, &len, sizeof batch, moment, realm->events, count) ==
                  GARITA_OK);
    if (at == history->cap) {
        history->cap = history->cap == 0 ? 16 : 2 * history->cap;
        history->batches = realloc(history->batches, history->cap * sizeof *history->batches);
        history->leaves = realloc(history->leaves, history->cap * sizeof *history->leaves);
        WORLD_REQUIRE(history->batches != NULL && history->leaves != NULL);
    }
    history->batches[at] = (struct bytes){0};
    bytes_add(&history->batches[at], batch, len);
    garita_merkle_leaf(&history->leaves[at], batch, len);
    WORLD_REQUIRE(garita_log_append(&history->log, realm->events, batch, len) == GARITA_OK);
    if (standing != GARITA_STANDING_REVOKED)
        return;
    for (size_t i = 0; i < count; i++) {
        WORLD_REQUIRE(garita_set_put(agency->ever, serials[i], GARITA_STANDING_REVOKED) ==
                      GARITA_OK);
        bool is_wanted = count <= 4 || i % (count / 4) == 0;
        if (is_wanted && agency->tracked_count < REALM_TRACKED)
            agency->tracked[agency->tracked_count++] = serials[i];
    }
}

void realm_sign(struct realm *realm, struct agency *agency, struct history *history, int64_t moment)
{
    garita_signer signer = signer_of(agency);

    WORLD_REQUIRE(garita_log_sign(&history->log, agency->issued, moment, 86400, &signer) ==
                  GARITA_OK);
    note_head(realm, history->log.head_bytes, history->log.head_len);
}

void realm_split(struct realm *realm, struct agency *agency)
{
    struct history *main = &agency->main, *other = &agency->other;
    size_t size = (size_t)main->log.frontier.size;

    (void)realm;
    start_history(other, &agency->log_id);
    other->cap = main->cap;
    other->batches = calloc(main->cap + 1, sizeof *other->batches);
    other->leaves = calloc(main->cap + 1, sizeof *other->leaves);
    WORLD_REQUIRE(other->batches != NULL && other->leaves != NULL);
    for (size_t i = 0; i < size; i++) {
        bytes_add(&other->batches[i], main->batches[i].at, main->batches[i].len);
        other->leaves[i] = main->leaves[i];
        WORLD_REQUIRE(garita_log_append(&other->log, realm->events, main->batches[i].at,
                                        main->batches[i].len) == GARITA_OK);
    }
    other->log.has_head = main->log.has_head;
    other->log.head = main->log.head;
    other->log.head_len = main->log.head_len;
    memcpy(other->log.head_bytes, main->log.head_bytes, sizeof other->log.head_bytes);
    agency->has_other = true;
}

void realm_sign_any(struct realm *realm, struct agency *agency, struct bytes *out,
                    const garita_head *head)
{
    uint8_t bytes[GARITA_HEAD_BYTES_MAX];
    garita_signer signer = signer_of(agency);
    garita_fault fault;
    size_t len;

    WORLD_REQUIRE(garita_head_issue(bytes, &len, sizeof bytes, &fault, head, &signer) == GARITA_OK);
    note_head(realm, bytes, len);
    bytes_add(out, bytes, len);
}

void realm_tail(struct bytes *out, const struct history *history, uint64_t from)
{
    garita_message message = {.kind = GARITA_MESSAGE_TAIL};
    uint64_t size = history->log.head.size;

    message.head = (garita_bytes){history->log.head_bytes, history->log.head_len};
    if (from > size)
        from = 0;
    for (uint64_t i = 0; i < from; i++)
        garita_frontier_append(&message.frontier, &history->leaves[i]);
    garita_bundle_write_header(bytes_sink, out);
    garita_bundle_write(bytes_sink, out, &message);
    for (uint64_t i = from; i < size; i++) {
        message = (garita_message){.kind = GARITA_MESSAGE_BATCH,
                                   .bytes = {history->batches[i].at, history->batches[i].len}};
        garita_bundle_write(bytes_sink, out, &message);
    }
    message = (garita_message){.kind = GARITA_MESSAGE_END};
    garita_bundle_write(bytes_sink, out, &message);
}
