/* statement_judge.h: the pipeline from a statement's bytes to what it is worth, policy apart: form,
 * chain, signature, then all that can be said of a good signature. One for all types that are
 * judged: they differ in how they are decoded, and in what their signer must be allowed. Private.
 */
#ifndef GARITA_STATEMENT_JUDGE_H
#define GARITA_STATEMENT_JUDGE_H

#include "record_judge.h"

/* A type. decode fills claims and *out, which is the type's own struct. */
typedef struct garita_judged_type {
    garita_type type;
    garita_error (*decode)(garita_claims *claims, void *out, garita_fault *fault,
                           const garita_verified *verified);
    bool (*is_in_scope)(const void *out, const garita_scope *scope);
} garita_judged_type;

typedef struct garita_judged {
    garita_finding finding; /* decided */
    garita_fault fault;     /* of MALFORMED and UNSUPPORTED_VERSION: within the bytes */
    bool has_signer;
    garita_id signer;
    uint8_t key_number;
    const garita_issuer *issuer; /* the record that the finding is of; null: no good signature */
    bool is_decoded;             /* signature good and claims read: what decode gave is there */
    garita_status status;        /* of the serial in the issuer's log; with is_decoded */
} garita_judged;

/* *claimed is what type->decode fills, and else not written. It points into bytes. */
void garita_statement_judge(garita_judged *out, void *claimed, const garita_setting *setting,
                            const garita_judged_type *type, const uint8_t *bytes, size_t bytes_len);

/* The reason of a fault of form: MALFORMED, or UNSUPPORTED_VERSION of what may well be good. */
garita_reason garita_fault_reason(const garita_fault *fault);

#endif
