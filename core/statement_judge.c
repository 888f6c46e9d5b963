#include "statement_judge.h"

#include <string.h>

garita_reason garita_fault_reason(const garita_fault *fault)
{
    bool newer = fault->error == GARITA_E_UNSUPPORTED_VERSION ||
                 fault->error == GARITA_E_UNKNOWN_TYPE || fault->error == GARITA_E_UNKNOWN_KEY;
    return newer ? GARITA_REASON_UNSUPPORTED_VERSION : GARITA_REASON_MALFORMED;
}

/* Nothing behind this is judged; what was found before stands among the checks alone. */
static void end_early(garita_judged *out, garita_reason reason)
{
    garita_finding *f = &out->finding;
    f->checks[garita_reason_stage(reason)] = (garita_check){GARITA_CHECK_FAIL, reason};
    f->reason = reason;
    f->outcome = garita_reason_outcome(reason);
}

static void end_malformed(garita_judged *out)
{
    end_early(out, garita_fault_reason(&out->fault));
}

static void take(garita_judged *out, const garita_record *record)
{
    out->finding = record->finding;
    out->finding.checks[GARITA_STAGE_FORM].result = GARITA_CHECK_PASS;
    out->finding.checks[GARITA_STAGE_SIGNATURE].result = GARITA_CHECK_PASS;
    out->issuer = record->issuer;
    out->status = record->steps[0].status;
}

/* Of two records that come to the same one has to count, and not by which statement came first: the
 * one nearer to its anchor; then the one whose parent's first key is lower, then the lower serial;
 * then by their parents, in the same way. */
static bool is_before(const garita_issuer *a, const garita_issuer *b)
{
    while (a != b) {
        if (a->level != b->level)
            return a->level < b->level;
        int order = memcmp(a->parent->first_key, b->parent->first_key, GARITA_PUBLIC_KEY_SIZE);
        if (order != 0)
            return order < 0;
        if (a->serial != b->serial)
            return a->serial < b->serial;
        if (a->parent == a || b->parent == b)
            break;
        a = a->parent;
        b = b->parent;
    }
    return false;
}

/* Whether a record counts more than the one that is taken already. */
static bool is_better(const garita_record *record, const garita_judged *taken)
{
    garita_outcome its = record->finding.outcome, so_far = taken->finding.outcome;
    return so_far == GARITA_UNDECIDED || its < so_far ||
           (its == so_far && is_before(record->issuer, taken->issuer));
}

void garita_statement_judge(garita_judged *out, void *claimed, const garita_setting *setting,
                            const garita_judged_type *type, const uint8_t *bytes, size_t bytes_len)
{
    garita_peek peek;
    garita_finding *best = &out->finding;
    *out = (garita_judged){.fault.field = ""};
    if (garita_statement_peek(&peek, &out->fault, type->type, bytes, bytes_len) != GARITA_OK) {
        end_malformed(out);
        return;
    }
    out->has_signer = true;
    out->signer = peek.signer;
    out->key_number = peek.key_number;
    best->checks[GARITA_STAGE_FORM].result = GARITA_CHECK_PASS;

    uint8_t scratch[GARITA_SCRATCH_SIZE(GARITA_QR_STATEMENT_BYTES_MAX)];
    garita_claims claims = {0};
    const uint8_t *good_key = NULL;    /* the key of the last record that made the signature */
    const garita_issuer *first = NULL; /* the first whose chain failed */
    garita_reason refusal = GARITA_REASON_NONE; /* its own, should all chains have failed */
    bool known = false, is_refused = true;
    for (const garita_issuer *issuer = NULL;
         (issuer = garita_trust_find(setting->trust, issuer, &peek.signer, peek.key_number));) {
        garita_record record;
        garita_record_chain(&record, issuer, setting);
        known = true;
        if (record.finding.reason == GARITA_REASON_NONE) {
            is_refused = false;
        } else if (!first || is_before(issuer, first)) {
            first = issuer;
            refusal = record.finding.reason;
        }

        if (!good_key || memcmp(good_key, issuer->public_key, GARITA_PUBLIC_KEY_SIZE) != 0) {
            garita_verified verified;
            garita_error e = garita_statement_verify(&verified, &peek, issuer->public_key, scratch,
                                                     sizeof scratch);
            if (e == GARITA_E_BAD_SIGNATURE)
                continue;
            if (e != GARITA_OK) {
                end_early(out, GARITA_REASON_INTERNAL_ERROR);
                return;
            }
            good_key = issuer->public_key;
            if (type->decode(&claims, claimed, &out->fault, &verified) != GARITA_OK) {
                out->issuer = issuer;
                best->checks[GARITA_STAGE_SIGNATURE].result = GARITA_CHECK_PASS;
                end_malformed(out);
                return;
            }
            out->is_decoded = true;
        }
        garita_record_claims(&record, setting, &claims, type->is_in_scope(claimed, &issuer->scope));
        if (is_better(&record, out))
            take(out, &record);
    }

    if (!known) {
        end_early(out, GARITA_REASON_UNKNOWN_ISSUER);
    } else if (!good_key) {
        best->checks[GARITA_STAGE_SIGNATURE] =
            (garita_check){GARITA_CHECK_FAIL, GARITA_REASON_BAD_SIGNATURE};
        if (!is_refused)
            best->checks[GARITA_STAGE_CHAIN].result = GARITA_CHECK_PASS;
        end_early(out, is_refused ? refusal : GARITA_REASON_BAD_SIGNATURE);
    }
}
