/* cli/sync_take.h: one authority's part of a bundle, judged and kept, all or nothing.
 */
#ifndef GARITA_CLI_SYNC_TAKE_H
#define GARITA_CLI_SYNC_TAKE_H

#include <garita/book.h>
#include <garita/store.h>

#include "authority_logs.h"
#include "own_keys.h"
#include "progress.h"
#include "sync_import.h"
#include "sync_index.h"
#include "sync_pieces.h"

/* An import on its way. */
struct sync_import {
    const struct context *context;
    const char *source; /* how messages call the bundle */
    struct sync_index index;
    garita_store *store;  /* open for writing */
    garita_trust *trust;  /* of garita_store_load_signers */
    garita_book *book;    /* for it; kept current while authorities are taken */
    struct authority_logs logs; /* the authorities; the book has their logs */
    garita_event *events; /* room for GARITA_BATCH_EVENTS_MAX */
    struct own_keys own;
    struct progress progress;
    struct sync_summary summary;
};

/* Takes the pieces of one authority, which are of one log, and says what came of it. The
 * authorities above it have been taken. Returns EXIT_DONE, also if something had to be refused,
 * which is reported and counted; or another status after a report, and then nothing of it was kept.
 */
exit_status sync_take(struct sync_import *import, const struct sync_piece *pieces, size_t count);

/* Counts a refusal, and reports it if it is not one of too many. The rest of the bundle may be
 * good. */
void sync_refuse(struct sync_import *import, const char *code, const char *hint, const char *format,
                 ...) __attribute__((format(printf, 4, 5)));

#endif
