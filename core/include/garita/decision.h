/* garita/decision.h: the log of decisions: what a lane decided, each entry bound to all before it
 * (core/FORMAT.md, section 16).
 *
 * An entry is a canonical map. Its hash covers its bytes and the hash before it, so that no entry
 * can be changed, removed, put in or moved without every hash behind it becoming another: whoever
 * keeps a signed tip (garita/tip.h) of a later place notices. Pure: where entries are kept is the
 * store's part (garita/store_decisions.h).
 */
#ifndef GARITA_DECISION_H
#define GARITA_DECISION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/error.h>
#include <garita/key.h>
#include <garita/limits.h>
#include <garita/merkle.h>
#include <garita/statement.h>
#include <garita/verify.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- an entry --- */

typedef enum garita_decision_kind {
    GARITA_DECISION_VERDICT = 1, /* a lane judged a credential */
    GARITA_DECISION_FLOOR = 2,   /* an operator lowered the clock's floor */
    GARITA_DECISION_PRUNED = 3   /* an operator let go of old entries */
} garita_decision_kind;

/* "verdict", "floor", "pruned"; null for a number that is no kind. */
const char *garita_decision_kind_name(uint64_t kind);

/* Zero what the kind does not have. Texts point into the caller's bytes. */
typedef struct garita_decision {
    garita_decision_kind kind;
    bool has_moment; /* false: no clock could be read, or it is past GARITA_MOMENT_MAX */
    int64_t moment;
    /* VERDICT */
    garita_utf8 lane;
    garita_outcome outcome; /* ACCEPT, REFER or REJECT */
    garita_utf8 reason;     /* its code: an older program shows what a newer one wrote */
    bool has_authority;     /* who signed the credential, or is said by it to have */
    garita_id authority;
    bool has_serial; /* proven by the signature, which needs an authority */
    uint32_t serial;
    garita_utf8 name; /* garita_credential_who; len 0 unless the operator asked for names */
    /* FLOOR: what it was, and what it is from now on */
    bool had_floor;
    int64_t floor_was;
    bool has_floor;
    int64_t floor;
    /* PRUNED: the last entry that is gone */
    uint64_t pruned;
} garita_decision;

/* The entry for a verdict (not NO_VERDICT, which decides nothing) by a lane at the moment by which
 * it was judged. *out points into lane, and with_name into verdict. */
void garita_decision_of_verdict(garita_decision *out, const garita_verdict *verdict,
                                const char *lane, const garita_clock *clock, bool with_name);

/* Writes an entry; out has room for GARITA_DECISION_BYTES_MAX bytes. RANGE, EMPTY, UTF8,
 * UNSAFE_TEXT, MISSING_KEY, TOO_LONG for one that garita_decision_read would refuse. */
garita_error garita_decision_write(uint8_t out[GARITA_DECISION_BYTES_MAX], size_t *out_len,
                                   const garita_decision *decision);

/* Reads one. The errors of the canonical form; UNKNOWN_TYPE for a kind, and UNKNOWN_KEY for a key,
 * that this version or that kind does not have. fault may be null. */
garita_error garita_decision_read(garita_decision *out, garita_fault *fault, const uint8_t *bytes,
                                  size_t bytes_len);

/* --- the chain --- */

/* Whose log it is: the home's id. */
#define GARITA_DECISION_HOME_SIZE 16

/* How far a log has come: so many entries, and the hash of the last of them. */
typedef struct garita_decision_place {
    uint64_t position; /* entries are numbered from 1 */
    garita_hash hash;
} garita_decision_place;

/* The place before the first entry of a home's log. */
void garita_decision_begin(garita_decision_place *out,
                           const uint8_t home[GARITA_DECISION_HOME_SIZE]);

/* Moves a place (position below GARITA_DECISIONS_MAX) past one more entry. */
void garita_decision_advance(garita_decision_place *place, const uint8_t *entry, size_t entry_len);

#ifdef __cplusplus
}
#endif

#endif
