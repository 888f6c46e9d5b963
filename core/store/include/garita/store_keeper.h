/* garita/store_keeper.h: a home's store as what the intake keeps things in, and what a log is given
 * from (garita/intake.h, garita/giving.h).
 */
#ifndef GARITA_STORE_KEEPER_H
#define GARITA_STORE_KEEPER_H

#include <garita/giving.h>
#include <garita/intake.h>
#include <garita/store_logs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Holds a trust set and a book, its view, so that to take a bundle costs what is in it: they are
 * loaded anew only where another process has changed what they depend on, and each transaction asks
 * whether one has. */
typedef struct garita_store_keeper garita_store_keeper;

/* A keeper over a store that is open for writing, and that is used for nothing else in the keeper's
 * transactions but inside of the listener's settle; between them nothing that a verdict depends on
 * is changed through it but by functions of the keeper. Free it before the store is closed.
 * knows_own: the authorities that this home signs are in its view, as of garita_store_load_signers;
 * else only what is pinned, and below it. on_damage is told of each log that does not hold together
 * when the view is loaded; it may be null. GARITA_STORE_NO_MEMORY. */
garita_store_error garita_store_keeper_new(garita_store_keeper **out, garita_store *store,
                                           bool knows_own, garita_store_on_damage on_damage,
                                           void *context);
void garita_store_keeper_free(garita_store_keeper *keeper); /* null is allowed */

/* With begin the view is brought up to date with what other processes have committed meanwhile:
 * trust set and book stay where they are, the book's logs do not (garita_book_log is to be asked
 * again). What load_log gives is a copy: until garita_book_put the book tells how the log was.
 * load_log and keep_carried are LOCKED where the home no longer trusts all that the trust set has:
 * the bundle is to be taken again. */
const garita_keeper *garita_store_keeper_table(const garita_store_keeper *keeper);
garita_store *garita_store_keeper_store(const garita_store_keeper *keeper);

/* Why the last function of the table that returned false did; detail by garita_store_detail. */
garita_store_error garita_store_keeper_error(const garita_store_keeper *keeper);

/* The trust set and the book as they are kept now, the book settled. The keeper's, good until its
 * next use. Inside of garita_store_hold they are of that moment. */
garita_store_error garita_store_keeper_view(garita_store_keeper *keeper, garita_trust **trust,
                                            garita_book **book);

/* A log to give from: *shelf points into *context, log and store, which outlive it. */
typedef struct garita_store_shelf {
    garita_store *store;
    garita_hash log;
    garita_store_leaves leaves;
    garita_store_error error; /* of what last returned false; OK: it was the sink, or what is kept
                                 does not lead to the head */
} garita_store_shelf;
void garita_store_shelf_of(garita_shelf *shelf, garita_store_shelf *context, garita_store *store,
                           const garita_log *log);

/* Raises the clock's floor to what the heads below the pins attest by now (rule of trust 7), in a
 * transaction of its own, if there is anything to raise. clock as in garita_book_floor. Only heads
 * below what is pinned attest a time: an anchor of this home's own, which nobody pinned, would
 * attest this home's own clock. */
garita_store_error garita_store_attest_floor(garita_store *store, const garita_clock *clock);

/* The same out of the view of a keeper without knows_own. */
garita_store_error garita_store_keeper_attest_floor(garita_store_keeper *keeper,
                                                    const garita_clock *clock);

#ifdef __cplusplus
}
#endif

#endif
