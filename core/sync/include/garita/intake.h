/* garita/intake.h: taking what others say: the one way by which a statement, a head, a batch, a
 * proof or a piece of evidence comes into a home, from a file or from a peer (core/FORMAT.md,
 * sections 14 and 15).
 *
 * What comes is always a bundle, in memory. It is read from one end to the other, its statements
 * are tried against the trust set, then each authority's part is judged and kept, from the anchors
 * down, each in one transaction: all or nothing. Who keeps it is behind a table of functions, a
 * garita_keeper: a home's store, or the simulated disk of a test. Nothing here does I/O.
 */
#ifndef GARITA_INTAKE_H
#define GARITA_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/book.h>
#include <garita/bundle.h>
#include <garita/carried.h>
#include <garita/log.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where things are kept. Every function returns false if it could not do its part, those but for
 * which there is nothing to return; the keeper then knows why, and the intake ends after a rollback
 * with GARITA_INTAKE_NOT_KEPT. Calls come inside of a transaction where nothing else is said. */
typedef struct garita_keeper {
    void *context;

    bool (*begin)(void *context);
    bool (*commit)(
        void *context); /* durable when it returns true; else all since begin is undone */
    void (*rollback)(void *context); /* also where there is no transaction */

    /* The trust set that authority statements are tried against and added to. It stays the
     * keeper's, who drops it on rollback. */
    bool (*statement_trust)(void *context, garita_trust **out);
    /* Keeps a statement that was added to that set; known ones are no failure. */
    bool (*keep_trusted)(void *context, garita_bytes statement);

    /* The trust set and the book as they are kept now: called once, outside of transactions, when
     * the authority statements are in. Both stay the keeper's, and are good until the intake ends.
     */
    bool (*view)(void *context, garita_trust **trust, garita_book **book);

    /* Carried statements (garita/carried.h): visiting what is kept, each with what it was kept as;
     * keeping one, forgetting one. A visit that returns false ends it, and is no failure; nothing
     * is kept or forgotten in one. */
    bool (*each_carried)(void *context,
                         bool (*visit)(void *visitor, const garita_carried *carried,
                                       garita_bytes statement),
                         void *visitor);
    bool (*keep_carried)(void *context, const garita_carried *carried, garita_bytes statement);
    bool (*drop_carried)(void *context, const garita_carried *carried);

    /* What is held of a log: a copy; or the very log of the book, which then has an all zero one in
     * its place, and is not asked for it. It is the intake's until that gives it to the book
     * (garita_book_put): changed and kept, shortly before the commit; or as it was. Where what was
     * changed cannot be committed, the intake ends it, if it still has it, and after the rollback
     * calls lost: the keeper brings the book's log back to what is kept, whatever it is now. */
    bool (*load_log)(void *context, garita_log *out, const garita_issuer *authority,
                     const garita_hash *id);
    void (*lost)(void *context, const garita_hash *id); /* outside of transactions */
    /* As the functions of garita/store_logs.h. */
    bool (*keep_log)(void *context, garita_log *log,
                     const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                     const garita_log_added *added);
    bool (*keep_proof)(void *context, const garita_hash *log, garita_bytes proof);
    bool (*keep_evidence)(void *context, bool *is_full, const garita_hash *log,
                          const garita_message *evidence);
    /* The leaf hashes that are kept of a log, until the next call. */
    void (*leaves)(void *context, garita_leaf_source *out, const garita_hash *log);
} garita_keeper;

/* --- what came of it --- */

/* Of one authority's part of a bundle. What is found is told once it is committed. */
typedef struct garita_taken {
    const garita_issuer *authority;
    const garita_log *log; /* as it is now; what it was before: */
    bool had_head;
    uint64_t revoked_before;

    garita_log_outcome outcome; /* of all that was offered the one that tells most */
    bool is_changed;            /* something was committed */
    uint64_t batches;           /* added */
    garita_head older;          /* of OLDER: what was offered */
    garita_head missed;         /* the largest head that nothing leads to yet; size 0: none */
    bool is_passed_over;        /* what is known or older was signed with a revoked key */
    bool is_contradicted;       /* an equivocation is proven by something in the bundle, */
    bool is_proof_new;          /* and none was known before */
    bool set_differs_now;       /* form 4 was found */
    uint64_t evidence;          /* pieces that taught something */
    bool is_evidence_full;      /* no more is kept of it */
    bool is_evidence_unmade;    /* there was too much to make evidence of */
} garita_taken;

/* Something in the bundle that is not taken. */
typedef enum garita_refusal_kind {
    GARITA_REFUSED_FOREIGN = 1, /* of nobody whose chain reaches an anchor here */
    GARITA_REFUSED_OUTSIDE,     /* beyond the scope that its signer has here */
    GARITA_REFUSED_DAMAGED,     /* wrong in itself: error says how. Its giver's doing */
    GARITA_REFUSED_MISMATCH, /* not what its head commits to: fault says where. Its giver's doing */
    GARITA_REFUSED_NEWER, /* of a type or version, or with a key, that only a newer program knows */
    GARITA_REFUSED_TAKEN, /* another statement of its authority has this serial or key number. Of
                             two carried ones everybody keeps that with the lower digest, which may
                             be this one: the refusal is then of the one that was kept */
    GARITA_REFUSED_GAP,   /* leads to nothing that is here */
    GARITA_REFUSED_REVOKED, /* signed with a key that has been revoked, and news; or a carried
                               statement that has itself been revoked */
    GARITA_REFUSED_FULL     /* its authority, or the branch that it hangs on, has had its share: an
                               alarm */
} garita_refusal_kind;

typedef struct garita_refusal {
    garita_refusal_kind kind;
    garita_message_kind message; /* what it stands in; END of GAP, and of FULL where nothing of an
                                    authority's part was taken */
    size_t at;                   /* where that stands in the bundle */
    const garita_issuer *authority; /* whose it is, or of what is refused before that is proven:
                                       whose it claims to be; null if that is nobody here */
    garita_error error;             /* of MISMATCH that of the fault; OK of GAP and REVOKED */
    garita_fault fault;             /* of MISMATCH; its field is "" elsewhere */
    garita_head head;               /* of what its authority's log does not take: the head that came
                                       with it, of GAP the largest; zero for a proof, and elsewhere */
    uint64_t held;                  /* of GAP: batches from this number on are missing */
} garita_refusal;

/* Who is told. Any may be null. Calls come outside of transactions, but for settle, and for
 * refused, which may not use the keeper. */
typedef struct garita_intake_listener {
    void *context;
    /* For each statement that is in: new; or it was known, or older than what is here. type is that
     * of the statement. */
    void (*statement)(void *context, garita_bytes statement, garita_type type, bool is_new);
    /* For each carried statement that gave way to a newer one, or was withdrawn. */
    void (*dropped)(void *context, const garita_carried *carried);
    /* What the rest is judged by, before any of it is: once, the authority statements being in. */
    void (*viewed)(void *context, const garita_trust *trust, const garita_book *book);
    void (*refused)(void *context, const garita_refusal *refusal);
    /* Inside the transaction, with the log as it is to be kept; sets *is_changed if it has
     * something to be committed. False ends the intake as the keeper's failures do. */
    bool (*settle)(void *context, const garita_taken *taken, bool *is_changed);
    void (*taken)(void *context, const garita_taken *taken);    /* the book has the log again */
    void (*progress)(void *context, size_t done, size_t count); /* messages */
} garita_intake_listener;

typedef enum garita_intake_end {
    GARITA_INTAKE_DONE = 0,
    GARITA_INTAKE_NO_BUNDLE, /* it does not begin like one of this version: *fault */
    GARITA_INTAKE_CUT, /* it could not be read to its end: *fault. What came before was taken */
    GARITA_INTAKE_NO_MEMORY,
    GARITA_INTAKE_NOT_KEPT /* the keeper could not; what was committed before stays */
} garita_intake_end;

typedef struct garita_intake {
    const garita_keeper *keeper;
    const garita_intake_listener *listener;
    garita_event *events; /* room for GARITA_BATCH_EVENTS_MAX */
} garita_intake;

/* Takes a bundle. Bytes are only read. fault may be null. */
garita_intake_end garita_intake_bundle(const garita_intake *intake, garita_fault *fault,
                                       const uint8_t *bytes, size_t bytes_len);

/* The id of the home that made the bundle, as it claims (GARITA_ORIGIN_SIZE bytes); null if it does
 * not say, or is none. */
const uint8_t *garita_bundle_origin(const uint8_t *bytes, size_t bytes_len);

#ifdef __cplusplus
}
#endif

#endif
