/* What is told of a message that is not taken. */
#include "intake.h"

#include <garita/equivocation.h>

void garita_intake_refuse(const garita_intake_run *run, const garita_refusal *refusal)
{
    if (run->listener->refused)
        run->listener->refused(run->listener->context, refusal);
}

static garita_refusal_kind kind_of(garita_error error)
{
    switch (error) {
    case GARITA_E_UNKNOWN_ISSUER:
        return GARITA_REFUSED_FOREIGN;
    case GARITA_E_OUT_OF_SCOPE:
    case GARITA_E_TOO_DEEP:
        return GARITA_REFUSED_OUTSIDE;
    case GARITA_E_UNSUPPORTED_VERSION:
    case GARITA_E_UNKNOWN_TYPE:
    case GARITA_E_UNKNOWN_KEY:
        return GARITA_REFUSED_NEWER;
    case GARITA_E_SERIAL_TAKEN:
    case GARITA_E_KEY_NUMBER_TAKEN:
        return GARITA_REFUSED_TAKEN;
    case GARITA_E_FULL:
        return GARITA_REFUSED_FULL;
    default:
        return GARITA_REFUSED_DAMAGED;
    }
}

/* Who is said to have signed it, as far as that can be read and is known here; else null. An id is
 * no proof: for people who ask where it comes from. */
static const garita_issuer *claimed_signer(const garita_trust *trust, const garita_message *message)
{
    garita_equivocation proof;
    garita_peek peek;
    garita_type type = GARITA_TYPE_HEAD;
    garita_bytes statement = message->head;
    if (message->kind == GARITA_MESSAGE_STATEMENT) {
        statement = message->bytes;
        type = (garita_type)garita_statement_type(statement.at, statement.len);
    } else if (message->kind == GARITA_MESSAGE_PROOF) {
        if (garita_equivocation_read(&proof, message->bytes.at, message->bytes.len) != GARITA_OK)
            return NULL;
        statement = proof.heads[0];
    }
    if ((int)type == 0 ||
        garita_statement_peek(&peek, NULL, type, statement.at, statement.len) != GARITA_OK)
        return NULL;
    return garita_trust_find(trust, NULL, &peek.signer, peek.key_number);
}

static void refuse_item(const garita_intake_run *run, const garita_trust *trust,
                        const garita_bundle_item *item, garita_refusal_kind kind,
                        garita_error error)
{
    garita_bundle_reader reader;
    garita_message message;
    garita_bundle_index_first(&run->index, &reader, &message, item);
    const garita_refusal refusal = {.kind = kind,
                                    .message = item->kind,
                                    .at = item->at,
                                    .authority = claimed_signer(trust, &message),
                                    .error = error,
                                    .fault = {.field = ""}};
    garita_intake_refuse(run, &refusal);
}

void garita_intake_leave_out(const garita_intake_run *run, const garita_trust *trust,
                             const garita_bundle_item *item, garita_error error)
{
    refuse_item(run, trust, item, kind_of(error), error);
}

void garita_intake_refuse_revoked(const garita_intake_run *run, const garita_bundle_item *item)
{
    refuse_item(run, run->trust, item, GARITA_REFUSED_REVOKED, GARITA_OK);
}
