/* memory_keeper.h: a garita_keeper in memory, which keeps to what garita/intake.h asks of one, and
 * may be told to fail.
 */
#ifndef GARITA_TESTS_MEMORY_KEEPER_H
#define GARITA_TESTS_MEMORY_KEEPER_H

#include <garita/intake.h>

#include "unit.h"

enum { KEPT_STATEMENTS = 64, KEPT_LOGS = 16, KEPT_LEAVES = 64 };

typedef struct kept_log {
    garita_log log;
    size_t leaf_count; /* kept, from the log's start on */
    garita_hash leaves[KEPT_LEAVES];
    bool has_proof;
    size_t evidence;
} kept_log;

typedef struct kept_carried {
    garita_carried carried;
    blob statement;
} kept_carried;

/* What is kept. */
typedef struct kept_state {
    size_t trusted_count, carried_count, log_count;
    blob trusted[KEPT_STATEMENTS];
    kept_carried carried[KEPT_STATEMENTS];
    kept_log logs[KEPT_LOGS];
} kept_state;

typedef struct memory_keeper {
    garita_keeper table;
    void (*pin_anchors)(garita_trust *trust); /* puts the anchors into a trust set */
    bool gives_own; /* load_log takes the book's log out, and gives no copy */
    int fail_in;    /* calls until one fails: 0 is the next; negative is never */
    bool evidence_is_full;

    bool is_open;               /* a transaction is */
    kept_state *kept, *changed; /* changed: in the transaction */
    unsigned commits;
    garita_trust *statements, *trust;
    garita_book *book; /* with trust, null until view */
} memory_keeper;

/* While one of its functions runs: its memory never runs out. */
extern bool memory_keeper_is_at_work;

void memory_keeper_start(memory_keeper *out, void (*pin_anchors)(garita_trust *trust));
void memory_keeper_end(memory_keeper *keeper);

/* All that is kept, to be compared. */
garita_hash memory_keeper_hash(const memory_keeper *keeper);

/* Requires that no transaction is open, and that the book has just what is kept. */
void memory_keeper_check(memory_keeper *keeper);

/* The kept log of an authority; null if there is none. */
const kept_log *memory_keeper_log(const memory_keeper *keeper, const garita_issuer *authority);

#endif
