/* intake.h: an intake on its way, and its stages. Private.
 *
 * The stages, in their order: authority statements, carried statements, then each authority's part.
 */
#ifndef GARITA_SYNC_INTAKE_H
#define GARITA_SYNC_INTAKE_H

#include <garita/bundle_index.h>
#include <garita/intake.h>
#include <garita/pieces.h>

typedef struct garita_intake_run {
    const garita_keeper *keeper;
    const garita_intake_listener *listener;
    garita_event *events;
    garita_bundle_index index;
    garita_trust *trust; /* the keeper's view, once there is one */
    garita_book *book;
} garita_intake_run;

/* --- intake_refusals.c --- */

/* Tells of a refusal. */
void garita_intake_refuse(const garita_intake_run *run, const garita_refusal *refusal);

/* Tells of a message that was left out with this error, by the trust set that it was tried against.
 */
void garita_intake_leave_out(const garita_intake_run *run, const garita_trust *trust,
                             const garita_bundle_item *item, garita_error error);

/* Tells of a carried statement that is revoked. */
void garita_intake_refuse_revoked(const garita_intake_run *run, const garita_bundle_item *item);

/* --- intake_statements.c --- */

/* Takes the authority statements, in a transaction. */
garita_intake_end garita_intake_statements(garita_intake_run *run);

/* --- intake_carried.c --- */

/* Takes the carried statements, in a transaction. Statements of types that no bundle has are
 * refused.
 */
garita_intake_end garita_intake_carried(garita_intake_run *run);

/* Inside a transaction: forgets all that are revoked by the book as it is, and adds them to *out.
 */
garita_intake_end garita_intake_withdraw(garita_intake_run *run, garita_carried_list *out);

/* Tells of them, and empties the list. */
void garita_intake_tell_dropped(const garita_intake_run *run, garita_carried_list *dropped);

/* --- intake_part.c --- */

/* Takes the pieces of one authority, which are of one log, in a transaction. Those of the
 * authorities above it have been taken. */
garita_intake_end garita_intake_part(garita_intake_run *run, const garita_piece *pieces,
                                     size_t count);

/* A part inside its transaction. */
typedef struct garita_part_taking {
    garita_intake_run *run;
    garita_taken *taken;
    const garita_issuer *authority;
    garita_log *log; /* what is held; the taking's until it is the book's */
    garita_leaf_source leaves;
    garita_frontier rolling;   /* of the leaves, while older heads come by size */
    uint64_t elsewhere_before; /* what the union revoked when the log was loaded */
    bool is_changed;           /* the log is, or what is kept beside it: it is to be committed */
    bool is_full;              /* the authority is beyond its share */
    bool is_undefined;         /* the log is: it is only to be ended */
    garita_log_result result;  /* of the last offer: its proof is good even then */
} garita_part_taking;

/* --- intake_offer.c --- */

/* Offers a tail or a snapshot, and keeps what came of it. */
garita_intake_end garita_intake_offer(garita_part_taking *taking, const garita_piece *piece);

/* Keeps what the part's log has become but for batches. */
garita_intake_end garita_intake_keep_log(garita_part_taking *taking);

/* --- intake_evidence.c --- */

/* Takes a piece of evidence. */
garita_intake_end garita_intake_evidence(garita_part_taking *taking, const garita_piece *piece);

/* Whether a batch revokes what neither the log nor the union has as revoked. False for one that
 * cannot be read. */
bool garita_intake_teaches(const garita_part_taking *taking, garita_bytes batch);

/* Makes evidence of the batches of a tail that showed a fork, and keeps it, so that those who never
 * see that tail learn what was revoked in it. */
garita_intake_end garita_intake_keep_fork(garita_part_taking *taking, const garita_log_tail *tail,
                                          garita_bytes head);

#endif
