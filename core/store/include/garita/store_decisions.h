/* garita/store_decisions.h: the log of decisions as a home keeps it: entries, the place that it
 * begins after, and the tips that its node key has signed (garita/decision.h, garita/tip.h).
 *
 * Entries are only ever added at the end, and let go of at the beginning, by their age. What is
 * checked is what is there, entry by entry; what somebody with the run of the machine took away
 * together with every tip, only a tip that is kept elsewhere shows.
 */
#ifndef GARITA_STORE_DECISIONS_H
#define GARITA_STORE_DECISIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/decision.h>
#include <garita/store.h>
#include <garita/tip.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- adding: inside a transaction --- */

/* Adds an entry. An entry that garita_decision_write refuses is the caller's mistake. CORRUPT, if
 * the end of the log cannot be read. */
garita_store_error garita_store_add_decision(garita_store *store, const garita_decision *decision);

/* The same for an entry's bytes, as garita_decision_write made them. */
garita_store_error garita_store_add_entry(garita_store *store, const uint8_t *entry,
                                          size_t entry_len);

/* --- reading --- */

/* Where the entries that are kept begin (the place before the first of them) and where they end. */
garita_store_error garita_store_decisions_base(garita_store *store, garita_decision_place *out);
garita_store_error garita_store_decisions_end(garita_store *store, garita_decision_place *out);

typedef struct garita_stored_decision {
    garita_decision_place place; /* of this entry, as it is stored */
    int64_t moment;              /* -1: the entry has none */
    const uint8_t *entry;        /* valid during the call */
    size_t entry_len;
} garita_stored_decision;

/* Called with each entry, in order; returns false to stop. The store may not be used meanwhile. */
typedef bool (*garita_store_visit_decision)(void *context, const garita_stored_decision *decision);

/* At most count entries behind the one at position after (0: from the first). Whoever shows a long
 * log asks for a piece at a time, so that nobody who reads slowly holds up the home. */
garita_store_error garita_store_each_decision(garita_store *store,
                                              garita_store_visit_decision visit, void *context,
                                              uint64_t after, uint64_t count);

/* --- tips --- */

/* The longest that new entries wait for a tip, while they are being added. */
#define GARITA_TIP_EVERY_S 3600

typedef struct garita_stored_tip {
    uint64_t position;
    int64_t signed_at;
    size_t len;
    uint8_t bytes[GARITA_TIP_BYTES_MAX];
} garita_stored_tip;

/* The newest tip; ABSENT. */
garita_store_error garita_store_newest_tip(garita_store *store, garita_stored_tip *out);

/* Whether there are entries without a tip, and the newest tip is an hour away from now, or there is
 * none. */
garita_store_error garita_store_tip_is_due(garita_store *store, bool *out, int64_t now);

/* Keeps a tip, in place of one of the same position; inside a transaction. */
garita_store_error garita_store_add_tip(garita_store *store, const garita_stored_tip *tip);

/* --- retention --- */

/* The last entry that may go if all that was decided before the moment keep_from may go: entries go
 * from the beginning, up to the last old one before the first that is to stay. One dated later than
 * latest (now, and some slack), or not at all, says nothing of its age, and goes or stays with its
 * neighbours. ABSENT if none is to go. */
garita_store_error garita_store_find_prunable(garita_store *store, garita_decision_place *out,
                                              int64_t keep_from, int64_t latest);

/* Lets go of all entries up to this place, and of the tips before it; inside a transaction. Only a
 * tip of this very place, which the caller adds, makes the rest checkable. */
garita_store_error garita_store_prune_decisions(garita_store *store,
                                                const garita_decision_place *place);

/* --- checking --- */

/* X(constant, stable name, one English sentence) */
#define GARITA_DECISION_FLAWS(X)                                                                   \
    X(CHANGED, "entries-changed", "entries are not what was logged in their place")                \
    X(MISSING, "entries-missing", "entries are missing")                                           \
    X(UNREADABLE, "entries-unreadable", "entries cannot be read")                                  \
    X(START, "start-unsigned", "no tip vouches for where the log begins")                          \
    X(CUT, "tail-cut", "the log ends before a tip of it")                                          \
    X(DIFFERS, "tip-differs", "the entries are not those that a tip was signed for")               \
    X(FORGED, "tip-forged", "a tip is not this home's, signed by its node key")                    \
    X(TOO_OLD, "tip-too-old", "a tip is of entries that are no longer kept")

typedef enum garita_decision_flaw_kind {
#define GARITA_DECISION_FLAW_ENUM(constant, name, text) GARITA_DECISION_FLAW_##constant,
    GARITA_DECISION_FLAWS(GARITA_DECISION_FLAW_ENUM)
#undef GARITA_DECISION_FLAW_ENUM
} garita_decision_flaw_kind;

const char *garita_decision_flaw_name(garita_decision_flaw_kind kind);
const char *garita_decision_flaw_text(garita_decision_flaw_kind kind);

typedef struct garita_decision_flaw {
    garita_decision_flaw_kind kind;
    uint64_t first, last; /* the entries that it is about; of CUT those that are gone */
    bool has_tip;         /* a tip shows it */
    bool is_given;        /* the one that the caller gave; else one that the home keeps */
    int64_t signed_at;    /* by that tip */
} garita_decision_flaw;

/* Neighbours with one flaw are told of together. */
typedef void (*garita_store_on_flaw)(void *context, const garita_decision_flaw *flaw);

/* What a log that was checked comes to. */
typedef struct garita_decision_check {
    garita_decision_place base, end;
    uint64_t tips;      /* kept, checked and good */
    uint64_t tip_at;    /* the last entry that a good tip vouches for; 0 if none */
    int64_t tip_signed; /* when that one was signed */
    bool given_is_good; /* the tip that the caller gave is of this very log */
    uint64_t flaws;
} garita_decision_check;

/* Checks the log from its beginning, in one reading of one moment.
 *
 * node_key  the node key's public half; null: signatures cannot be checked, and are not
 * given     a tip from elsewhere, which the caller has verified; null if none
 *
 * LOCKED, CORRUPT (the file, not the log: SQLite cannot read it), IO. */
garita_store_error garita_store_check_decisions(garita_store *store, garita_decision_check *out,
                                                garita_store_on_flaw on_flaw, void *context,
                                                const uint8_t *node_key, const garita_tip *given);

#ifdef __cplusplus
}
#endif

#endif
