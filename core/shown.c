#include "shown.h"

#include <string.h>

#include <garita/date.h>

#include "clock.h"
#include "statement_judge.h"

/* --- one attestation --- */

static garita_error decode(garita_claims *claims, void *out, garita_fault *fault,
                           const garita_verified *verified)
{
    garita_attestation *attestation = out;
    garita_error e = garita_attestation_decode(attestation, fault, verified);
    if (e == GARITA_OK)
        *claims = (garita_claims){
            .serial = attestation->serial,
            .begins = garita_attestation_dated(attestation) - GARITA_CLOCK_SKEW_S,
            .ends = garita_day_expires(attestation->expires),
        };
    return e;
}

static bool is_in_scope(const void *out, const garita_scope *scope)
{
    return garita_attestation_in_scope(out, scope);
}

void garita_verify_attestation(garita_shown *out, const garita_setting *setting,
                               const uint8_t *bytes, size_t bytes_len)
{
    static const garita_judged_type type = {GARITA_TYPE_ATTESTATION, decode, is_in_scope};
    garita_judged judged;
    *out = (garita_shown){.statement = {bytes, bytes_len}};
    garita_statement_judge(&judged, &out->attestation, setting, &type, bytes, bytes_len);
    out->outcome = judged.finding.outcome;
    out->reason = judged.finding.reason;
    out->fault = judged.fault;
    out->issuer = judged.issuer;
    out->is_readable = judged.is_decoded;
    if (!out->is_readable)
        out->attestation = (garita_attestation){0};
}

bool garita_shown_counts(const garita_shown *shown)
{
    return shown->is_readable && shown->outcome == GARITA_ACCEPT;
}

bool garita_shown_is_doubtful(const garita_shown *shown)
{
    return shown->is_readable && shown->outcome == GARITA_REFER;
}

garita_shown_fit garita_shown_fits(const garita_shown *shown, const garita_requirement *requirement,
                                   const garita_clock *clock)
{
    garita_shown_fit fit = GARITA_SHOWN_UNWANTED;
    int64_t age = 0;
    if (clock->is_known)
        age = garita_seconds_between(garita_attestation_dated(&shown->attestation),
                                     garita_effective_now(clock));
    for (size_t i = 0; i < requirement->alternative_count; i++) {
        const garita_alternative *a = &requirement->alternatives[i];
        if (a->kind != (uint8_t)shown->attestation.kind)
            continue;
        if (!clock->is_known || a->max_age_s == 0 || age <= a->max_age_s)
            return GARITA_SHOWN_YOUNG;
        fit = GARITA_SHOWN_TOO_OLD;
    }
    return fit;
}

/* --- those of a verdict --- */

/* Whether two are one statement: of an honest authority a serial is one, and the same bytes are the
 * same whoever signed them. */
static bool is_same(const garita_shown *a, const garita_shown *b)
{
    if (a->is_readable && b->is_readable && a->attestation.serial == b->attestation.serial &&
        memcmp(a->issuer->first_key, b->issuer->first_key, GARITA_PUBLIC_KEY_SIZE) == 0)
        return true;
    size_t len = a->statement.len;
    return b->statement.len == len &&
           (len == 0 || memcmp(a->statement.at, b->statement.at, len) == 0);
}

static bool is_shown(const garita_verdict *v, const garita_shown *one)
{
    for (size_t i = 0; i < v->shown_count; i++)
        if (is_same(&v->shown[i], one))
            return true;
    return false;
}

static void show(garita_verdict *v, const garita_shown *one)
{
    if (v->shown_count < GARITA_SHOWN_MAX && !is_shown(v, one))
        v->shown[v->shown_count++] = *one;
}

static bool is_others(const garita_verdict *v, const garita_shown *one)
{
    return one->is_readable && !garita_subject_equal(&one->attestation.subject, &v->subject);
}

/* In the order in which they are shown, should there be more than there is room for. */
typedef enum rank { COUNTS, IS_READABLE, IS_ANYBODYS, RANK_COUNT } rank;

static rank rank_of(const garita_shown *one)
{
    if (garita_shown_counts(one))
        return COUNTS;
    return one->is_readable ? IS_READABLE : IS_ANYBODYS;
}

static void gather_own(garita_verdict *out, const garita_setting *setting,
                       const garita_parts *parts)
{
    for (size_t i = 0; i < parts->attestation_count; i++) {
        garita_shown one;
        garita_verify_attestation(&one, setting, parts->attestations[i].at,
                                  parts->attestations[i].len);
        if (is_others(out, &one))
            out->others_count++;
        else
            show(out, &one);
    }
}

void garita_shown_gather(garita_verdict *out, const garita_setting *setting,
                         const garita_parts *parts)
{
    size_t of_rank[RANK_COUNT] = {0};
    gather_own(out, setting, parts);
    for (size_t i = 0; i < setting->beside_count; i++) {
        const garita_shown *one = &setting->beside[i];
        if (is_others(out, one))
            out->others_count++;
        else
            of_rank[rank_of(one)]++;
    }
    for (rank r = COUNTS; r < RANK_COUNT; r++)
        for (size_t i = 0; i < setting->beside_count && of_rank[r] > 0; i++) {
            const garita_shown *one = &setting->beside[i];
            if (!is_others(out, one) && rank_of(one) == r) {
                show(out, one);
                of_rank[r]--;
            }
        }
}
