/* garita/store_signing.h: signing without ever signing one thing twice in two ways: the counter
 * that a restored or copied home does not have (rule of trust 9).
 *
 * A home that is put back from a backup, or copied, holds an older log and gives serials that it
 * has given before: what it then signs contradicts what is in the world. So a home that signs
 * numbers its acts, and keeps the number of the last one twice: in its store, and in a small file
 * outside of it, under the state folder. Where the two disagree, or the file is not there, nothing
 * is signed until a head of the authority has come back from the world.
 *
 * The file is STATE/HOMEID.generation, HOMEID the home's id in hexadecimal digits, one line of
 * text: "garita-generation DONE NEXT". NEXT, larger than DONE by a random step, is written and
 * flushed before an act is committed, and DONE = NEXT after: a crash between leaves a file that
 * fits both, and nothing that was signed has left the process until the second is written. The step
 * is random so that two copies, each of which may go on after such a crash, do not come to the same
 * number. An act holds a lock, STATE/HOMEID.lock, so that two copies cannot be at it at once.
 *
 * A home whose disk and state folder went back to an earlier moment together, such as a virtual
 * machine's, cannot tell.
 */
#ifndef GARITA_STORE_SIGNING_H
#define GARITA_STORE_SIGNING_H

#include <stdbool.h>
#include <stdint.h>

#include <garita/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Why nothing may be signed. X(constant, name) */
#define GARITA_DOUBTS(X)                                                                           \
    X(NONE, "none")                                                                                \
    X(MISSING, "missing") /* no counter: another machine or user, or it was lost */                \
    X(OLDER, "older") /* than the counter: restored from a backup, or another copy has signed */   \
    X(NEWER, "newer") /* than the counter: the state folder was restored */                        \
    X(UNREADABLE, "unreadable") /* what is in the counter's place is none */                       \
    X(PENDING, "pending")       /* found earlier; this authority has not been confirmed since */

typedef enum garita_doubt {
#define GARITA_DOUBT_ENUM(constant, name) GARITA_DOUBT_##constant,
    GARITA_DOUBTS(GARITA_DOUBT_ENUM)
#undef GARITA_DOUBT_ENUM
} garita_doubt;

const char *garita_doubt_name(garita_doubt doubt); /* never null ("?" for a number that is none) */

/* Makes the counter of a home that has none yet: by init, so that a copy made before the first act
 * is in doubt too, and a folder that cannot be used is found early. Where there is a counter, or should be, nothing is done. state:
 * the folder, made if it is not there (0700). COUNTER, LOCKED, and the errors of reading. */
garita_store_error garita_store_make_counter(garita_store *store, const char *state);

/* Begins a transaction in which something is to be signed for the authority with this first key.
 * With a doubt other than NONE nothing may be signed, and there is no transaction. The first act of
 * a home without a counter makes one. state must stay until the transaction has ended. COUNTER, and
 * the errors of garita_store_begin. */
garita_store_error garita_store_sign_begin(garita_store *store, garita_doubt *doubt,
                                           const char *state,
                                           const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]);

/* Commits it, and moves both counters on. Only when this has returned OK may what was signed leave
 * the process. On error all is undone, but for one case: DONE could not be written after the
 * commit; then what was signed stands, *is_kept is true, and the next act or garita_store_settle
 * completes it. garita_store_rollback undoes what was not committed. */
garita_store_error garita_store_sign_commit(garita_store *store, bool *is_kept);

/* Completes what a crash between commit and file left: before anything that was signed earlier
 * leaves the process (an export, a reprint). Does nothing in a home that is in doubt, or has no
 * counter. Not inside a transaction; a store that is open for reading will do. */
garita_store_error garita_store_settle(garita_store *store, const char *state);

/* Notes that a key of this home is of the authority with this first key, or may become its first:
 * for each key of the home, inside the transaction and before garita_store_confirm, which puts in
 * doubt what it knows of. */
garita_store_error garita_store_note_signer(garita_store *store,
                                            const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]);

/* A head of the authority with this first key has been accepted from outside, one that is not
 * behind what the home held; issued is its. If the home is in doubt about that authority it is
 * confirmed: its next serial is moved past the larger of issued and its own by GARITA_RESTORED_GAP,
 * and every other authority that the home knows of as its own is in doubt until a head of that one
 * has come, unless only this one was. The counter's file stays as it is until the next act: if
 * another copy of the home signs before, there is doubt again. Does nothing for an authority that
 * was not noted and never signed here, nor where the counter is UNREADABLE: that file has to be
 * moved away first. Inside the transaction that keeps the head. *was_in_doubt tells whether there
 * was a doubt. */
garita_store_error garita_store_confirm(garita_store *store, bool *was_in_doubt, const char *state,
                                        const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                                        uint32_t issued);

/* Whether the home is in doubt about signing for this authority; in or outside of a transaction. */
garita_store_error garita_store_doubt(garita_store *store, garita_doubt *doubt, const char *state,
                                      const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]);

/* A head of the authority with this first key says that serials up to issued were assigned: if this
 * home did not assign them, its next one is moved past issued by GARITA_RESTORED_GAP, since more may
 * have been where the head comes from. Inside the act, before garita_store_next_serial. */
garita_store_error garita_store_reserve(garita_store *store,
                                        const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                                        uint32_t issued);

/* The highest serial that the register holds of this authority; 0 if none. */
garita_store_error garita_store_issued(garita_store *store, uint32_t *out,
                                       const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]);

/* The type of the statement that the register holds under this serial; ABSENT. */
garita_store_error garita_store_get_type(garita_store *store, garita_type *out,
                                         const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                                         uint32_t serial);

#ifdef __cplusplus
}
#endif

#endif
