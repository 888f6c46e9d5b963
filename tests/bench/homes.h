/* homes.h: homes whose authorities are the test world's, made with the library, so that they are
 * the same in every run.
 */
#ifndef GARITA_BENCH_HOMES_H
#define GARITA_BENCH_HOMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/log.h>
#include <garita/store.h>

#include "world.h"

/* Makes a home that pins the world's anchors and knows its agencies. */
void home_make(const char *path, const world *w);

/* Puts a key into it, without a passphrase, under a name. */
void home_put_key(const char *path, const char *name, const world_agency *agency);

/* A home that is written to, and one log in it, which is held from act to act. */
typedef struct keeper {
    garita_store *store;
    const garita_issuer *authority;
    const world_agency *agency;
    garita_event *events;
    garita_log log;
} keeper;

void keeper_open(keeper *out, const char *path, const world *w, const world_agency *agency);
void keeper_close(keeper *k);

/* Revokes serials, none to GARITA_BATCH_EVENTS_MAX of them, as one batch, signs a head and keeps
 * both; of no serials only a head. In a transaction, or with a state folder as an act of signing
 * (store_signing.h), for which the log is loaded first if it is not held. */
void keeper_revoke(keeper *k, const char *state, bool is_held, const uint32_t *serials,
                   size_t count, uint32_t issued, int64_t now);

/* Lets the next serial of the keeper's authority be issued + GARITA_RESTORED_GAP + 1, in the one
 * way that there is: the home lost its counter, and a head came back from the world. */
void keeper_restored(keeper *k, const char *state, uint32_t issued);

#endif
