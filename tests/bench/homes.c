#include "homes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <garita/store_logs.h>
#include <garita/store_signing.h>

#include "bench.h"
#include "revocations.h"

/* --- homes --- */

static garita_store *open_store(const char *path) {
    garita_store *store;
    char detail[GARITA_STORE_DETAIL_SIZE];
    WORLD_REQUIRE(garita_store_open(&store, detail, path, GARITA_STORE_WRITE) == GARITA_STORE_OK);
    return store;
}

static void pin(garita_store *store, const world_agency *anchor, const char *country) {
    garita_scope scope;
    garita_pin_default(&scope, country);
    WORLD_REQUIRE(garita_store_add_pin(store, anchor->public_key, &scope, anchor->statement,
                                       anchor->statement_len) == GARITA_STORE_OK);
}

void home_make(const char *path, const world *w) {
    static uint8_t made;
    const uint8_t id[GARITA_HOME_ID_SIZE] = { ++made };
    char detail[GARITA_STORE_DETAIL_SIZE];
    bool is_new;
    garita_home facts;
    WORLD_REQUIRE(garita_store_create(&is_new, &facts, detail, path, "USA", id) ==
                  GARITA_STORE_OK && is_new);
    garita_store *store = open_store(path);
    WORLD_REQUIRE(garita_store_begin(store) == GARITA_STORE_OK);
    pin(store, &w->anchors[0], "USA");
    pin(store, &w->anchors[1], "MEX");
    for (size_t i = 0; i < w->agency_count; i++)
        WORLD_REQUIRE(garita_store_add_trusted(store, w->agencies[i].statement,
                                               w->agencies[i].statement_len) == GARITA_STORE_OK);
    WORLD_REQUIRE(garita_store_commit(store) == GARITA_STORE_OK);
    garita_store_close(store);
}

void home_put_key(const char *path, const char *name, const world_agency *agency) {
    static const uint8_t random[GARITA_KEY_FILE_SALT_SIZE + GARITA_KEY_FILE_NONCE_SIZE];
    uint8_t bytes[GARITA_KEY_FILE_SIZE];
    char file[256];
    WORLD_REQUIRE(garita_key_file_seal(bytes, agency->secret_key, NULL, 0,
                                       GARITA_KDF_COST_MODERATE, random) == GARITA_OK);
    snprintf(file, sizeof file, "%s/keys", path);
    (void)mkdir(file, 0700);
    snprintf(file, sizeof file, "%s/keys/%s.key", path, name);
    FILE *f = fopen(file, "wb");
    WORLD_REQUIRE(f != NULL && fwrite(bytes, 1, sizeof bytes, f) == sizeof bytes);
    WORLD_REQUIRE(fclose(f) == 0 && chmod(file, 0600) == 0);
}

/* --- logs --- */

static void load(keeper *k) {
    garita_hash id;
    garita_log_id(&id, k->authority);
    garita_log_end(&k->log);
    WORLD_REQUIRE(garita_store_load_log(k->store, &k->log, NULL, &id) == GARITA_STORE_OK);
    WORLD_REQUIRE(!k->log.is_damaged);
}

void keeper_open(keeper *out, const char *path, const world *w, const world_agency *agency) {
    *out = (keeper){ .store = open_store(path), .agency = agency };
    out->authority = garita_trust_find(w->trust, NULL, &agency->signer.id, 1);
    out->events = calloc(GARITA_BATCH_EVENTS_MAX, sizeof *out->events);
    WORLD_REQUIRE(out->authority != NULL && out->events != NULL);
    load(out);
}

void keeper_close(keeper *k) {
    garita_log_end(&k->log);
    garita_store_close(k->store);
    free(k->events);
    *k = (keeper){ 0 };
}

static void begin(keeper *k, const char *state) {
    garita_doubt doubt = GARITA_DOUBT_NONE;
    if (state == NULL)
        WORLD_REQUIRE(garita_store_begin(k->store) == GARITA_STORE_OK);
    else
        WORLD_REQUIRE(garita_store_sign_begin(k->store, &doubt, state, k->authority->first_key) ==
                      GARITA_STORE_OK);
    WORLD_REQUIRE(doubt == GARITA_DOUBT_NONE);
}

static void commit(keeper *k, const char *state) {
    bool is_kept;
    if (state == NULL)
        WORLD_REQUIRE(garita_store_commit(k->store) == GARITA_STORE_OK);
    else
        WORLD_REQUIRE(garita_store_sign_commit(k->store, &is_kept) == GARITA_STORE_OK);
}

void keeper_revoke(keeper *k, const char *state, bool is_held, const uint32_t *serials,
                   size_t count, uint32_t issued, int64_t now) {
    static uint8_t batch[GARITA_BATCH_BYTES_MAX];
    garita_bytes kept = { batch, 0 };
    begin(k, state);
    if (!is_held)
        load(k);
    uint64_t first = k->log.frontier.size;
    if (count > 0) {
        revoking(k->events, serials, count);
        WORLD_REQUIRE(garita_batch_encode(batch, &kept.len, sizeof batch, now, k->events, count) ==
                      GARITA_OK);
        WORLD_REQUIRE(garita_log_append(&k->log, k->events, batch, kept.len) == GARITA_OK);
    }
    WORLD_REQUIRE(garita_log_sign(&k->log, issued, now, GARITA_DUE_ISSUER_S, &k->agency->signer) ==
                  GARITA_OK);
    const garita_log_added added = { .first = first, .batch_count = count > 0, .batches = &kept };
    WORLD_REQUIRE(garita_store_keep_log(k->store, &k->log, k->authority->first_key, &added) ==
                  GARITA_STORE_OK);
    commit(k, state);
}

static void lose_counter(keeper *k, const char *state) {
    char path[256];
    int len = snprintf(path, sizeof path, "%s/", state);
    for (size_t i = 0; i < GARITA_HOME_ID_SIZE; i++)
        len += snprintf(path + len, sizeof path - (size_t)len, "%02x",
                        garita_store_home(k->store)->id[i]);
    snprintf(path + len, sizeof path - (size_t)len, ".generation");
    WORLD_REQUIRE(remove(path) == 0);
}

void keeper_restored(keeper *k, const char *state, uint32_t issued) {
    bool was_in_doubt;
    begin(k, state);
    commit(k, state);
    lose_counter(k, state);
    begin(k, NULL);
    WORLD_REQUIRE(garita_store_confirm(k->store, &was_in_doubt, state, k->authority->first_key,
                                       issued) == GARITA_STORE_OK && was_in_doubt);
    commit(k, NULL);
}
