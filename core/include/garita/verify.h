/* garita/verify.h: the one pipeline from QR text to verdict. Pure: trust, status and time come in,
 * a verdict comes out; no I/O, no clock, no allocation.
 */
#ifndef GARITA_VERIFY_H
#define GARITA_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/attestation.h>
#include <garita/batch.h>
#include <garita/certlogic.h>
#include <garita/credential.h>
#include <garita/error.h>
#include <garita/lane.h>
#include <garita/limits.h>
#include <garita/trust.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The reasons in the order of the stages. X(constant, code, stage, usual outcome) */
#define GARITA_REASONS(X)                                                                          \
    X(NO_QR, "no-qr", FORM, NO_VERDICT)                                                            \
    X(FOREIGN_QR, "foreign-qr", FORM, NO_VERDICT)                                                  \
    X(MALFORMED, "malformed", FORM, REJECT)                                                        \
    X(UNSUPPORTED_VERSION, "unsupported-version", FORM, REJECT)                                    \
    X(UNKNOWN_ISSUER, "unknown-issuer", CHAIN, REJECT)                                             \
    X(ISSUER_NOT_YET_VALID, "issuer-not-yet-valid", CHAIN, REJECT)                                 \
    X(ISSUER_EXPIRED, "issuer-expired", CHAIN, REJECT)                                             \
    X(ISSUER_REVOKED, "issuer-revoked", CHAIN, REJECT)                                             \
    X(BAD_SIGNATURE, "bad-signature", SIGNATURE, REJECT)                                           \
    X(OUT_OF_SCOPE, "out-of-scope", SCOPE, REJECT)                                                 \
    X(REVOKED, "revoked", REVOCATION, REJECT)                                                      \
    X(NOT_YET_VALID, "not-yet-valid", DATES, REJECT)                                               \
    X(EXPIRED, "expired", DATES, REJECT)                                                           \
    X(SUSPENDED, "suspended", STATUS, REFER)                                                       \
    X(ISSUER_EQUIVOCATED, "issuer-equivocated", STATUS, REFER)                                     \
    X(SERIAL_UNKNOWN, "serial-unknown", STATUS, REFER)                                             \
    X(STATUS_MISSING, "status-missing", STATUS, REFER)                                             \
    X(STATUS_STALE, "status-stale", FRESHNESS, REFER)                                              \
    X(CLOCK_BEHIND, "clock-behind", FRESHNESS, REFER)                                              \
    X(CLOCK_UNKNOWN, "clock-unknown", FRESHNESS, REFER)                                            \
    X(POLICY_MISSING, "policy-missing", POLICY, REFER)                                             \
    X(ATTESTATION_MISSING, "attestation-missing", POLICY, REFER)                                   \
    X(PARTY_INCOMPLETE, "party-incomplete", POLICY, REFER)                                         \
    X(LANE_MISMATCH, "lane-mismatch", POLICY, REJECT)                                              \
    X(ATTESTATION_EXPIRED, "attestation-expired", POLICY, REJECT)                                  \
    X(RULE_FAILED, "rule-failed", POLICY, REJECT)                                                  \
    X(EMPLOYER_DENIED, "employer-denied", POLICY, REJECT)                                          \
    X(INTERNAL_ERROR, "internal-error", POLICY, REFER)                                             \
    X(OK, "ok", POLICY, ACCEPT)

typedef enum garita_reason {
    GARITA_REASON_NONE = 0, /* of an undecided verdict */
#define GARITA_REASON_ENUM(constant, code, stage, outcome) GARITA_REASON_##constant,
    GARITA_REASONS(GARITA_REASON_ENUM)
#undef GARITA_REASON_ENUM
} garita_reason;

/* The stages, in order; each is one check of the verdict. X(constant, name) */
#define GARITA_STAGES(X)                                                                           \
    X(FORM, "form")                                                                                \
    X(CHAIN, "chain")                                                                              \
    X(SIGNATURE, "signature")                                                                      \
    X(SCOPE, "scope")                                                                              \
    X(REVOCATION, "revocation")                                                                    \
    X(DATES, "dates")                                                                              \
    X(STATUS, "status")                                                                            \
    X(FRESHNESS, "freshness")                                                                      \
    X(POLICY, "policy")

typedef enum garita_stage {
#define GARITA_STAGE_ENUM(constant, name) GARITA_STAGE_##constant,
    GARITA_STAGES(GARITA_STAGE_ENUM)
#undef GARITA_STAGE_ENUM
    GARITA_STAGE_COUNT
} garita_stage;

typedef enum garita_check_result {
    GARITA_CHECK_SKIP = 0, /* not reached, or waived by the lane */
    GARITA_CHECK_PASS,
    GARITA_CHECK_FAIL
} garita_check_result;

typedef struct garita_check {
    garita_check_result result;
    garita_reason reason; /* the first that failed this stage; NONE if none did */
} garita_check;

const char *garita_outcome_name(garita_outcome outcome); /* "accept", "refer", "reject", "none" */
const char *garita_reason_code(garita_reason reason);
const char *garita_stage_name(garita_stage stage);

/* --- status: what is known of an authority's log --- */

/* What is known of one serial, and of the log that it would be in. */
typedef struct garita_status {
    garita_standing standing; /* counts even without a head: known revocations never fall */
    bool equivocated;         /* the authority has shown two histories */
    bool has_head;
    uint32_t issued;   /* highest serial assigned, by the newest head */
    int64_t signed_at; /* moments, of the newest head */
    int64_t next_due;
} garita_status;

/* Where statuses come from. look_up fills *out (zeroed before the call) for a serial in the log of
 * authority; it must not allocate or block. */
typedef struct garita_status_source {
    const void *context;
    void (*look_up)(const void *context, garita_status *out, const garita_issuer *authority,
                    uint32_t serial);
} garita_status_source;

typedef struct garita_clock {
    bool is_known; /* false: no clock could be read */
    int64_t now;   /* moment */
    bool has_floor;
    int64_t floor; /* the newest time attested by enough authorities */
} garita_clock;

/* The later of clock and floor: the true time is no earlier than either, if the authorities that
 * attest the floor are honest. The clock is known. */
int64_t garita_effective_now(const garita_clock *clock);

/* Where a log stands in the chain that a credential is judged by. */
typedef enum garita_place {
    GARITA_PLACE_ISSUER,
    GARITA_PLACE_BETWEEN,
    GARITA_PLACE_ANCHOR
} garita_place;

/* What a lane makes of the age of a log's newest head, whatever it waives. */
typedef enum garita_freshness {
    GARITA_TOO_STALE = 0, /* past its second limit */
    GARITA_STALE,
    GARITA_FRESH
} garita_freshness;

/* status has a head, and the clock is known. */
garita_freshness garita_status_freshness(const garita_status *status, const garita_lane *lane,
                                         garita_place place, const garita_clock *clock);

/* --- attestations --- */

/* What became of an attestation that was shown: in the credential's code, or in one of its own. */
typedef struct garita_shown {
    /* ACCEPT counts; REFER and REJECT do not: it is as if it had not been shown, but people are
     * told why, and where it is what is lacking REFER keeps the lane from a rejection
     * (garita_rule_result, garita_requirement_result). The reason is of the same table, judged by
     * the attestation's own chain and logs, and by its own days: NOT_YET_VALID if it is dated more
     * than GARITA_CLOCK_SKEW_S ahead. OUT_OF_SCOPE is of garita_attestation_in_scope. None of the
     * stage policy. */
    garita_outcome outcome;
    garita_reason reason;
    garita_fault fault;          /* of MALFORMED and UNSUPPORTED_VERSION */
    const garita_issuer *issuer; /* null if the signature is not good */
    bool is_readable;            /* signature good, and decoded; else attestation is zero */
    garita_attestation attestation;
    garita_bytes statement; /* where it was found: in the verdict's bytes, or the caller's */
} garita_shown;

/* --- what the lane asked for --- */

typedef struct garita_requirement_result {
    bool is_asked; /* of a subject of this kind */
    bool is_met;
    /* Not met, but one of a right kind is too old, or past its last day, and was not rejected for
     * anything else; and none that is young enough is REFER itself, and so may be the good one. */
    bool has_expired;
    garita_outcome outcome; /* of that: ACCEPT if it is met or not asked */
    size_t shown; /* the one that met it, or has expired: an index; GARITA_SHOWN_MAX if none */
} garita_requirement_result;

typedef struct garita_rule_result {
    bool is_asked;
    garita_outcome outcome;  /* ACCEPT if it gave true or was not asked; REFER on an error */
    garita_rule_error error; /* that it met; OK: it gave true or false */
    size_t error_at;         /* offset in the expression */
    /* It failed, and would have rejected, but gives true over the attestations that are REFER
     * themselves as well: REFER, so that a person decides. Never more than that. */
    bool is_in_doubt;
} garita_rule_result;

/* --- the verdict --- */

/* All that a verdict depends on besides the code. */
typedef struct garita_setting {
    const garita_trust *trust;
    const garita_lane *lane;            /* within the bounds of limits.h */
    const garita_status_source *status; /* null: no log is known */
    garita_clock clock;
    /* Attestations from other codes, whosever they are, as garita_verify_attestation judged them by
     * this same trust, lane, status and clock: anew for each verdict where time goes on, once for
     * all members of a party. They and their statements outlive the verdict. Any number: a verdict
     * compares each's subject with its own, and no more. */
    const garita_shown *beside;
    size_t beside_count;
    /* One of a party, whose roles garita_party_judge looks at: else the credential is judged as a
     * party of itself alone. */
    bool is_member;
} garita_setting;

typedef struct garita_verdict {
    garita_outcome outcome;
    garita_reason reason; /* the first that gives the outcome */
    garita_check checks[GARITA_STAGE_COUNT];
    garita_fault fault; /* if the form stage failed: what was wrong, and where in bytes */
    bool has_signer;    /* the form allowed to read who claims to have signed */
    garita_id signer;   /* a claim until the signature stage has passed */
    uint8_t key_number;
    const garita_issuer *issuer; /* in the trust set, once the signature is good; else null */
    bool has_credential;         /* signature good and claims read; else credential is zero */
    garita_credential credential;
    garita_subject subject; /* with has_credential */
    bool has_status_age;
    int64_t status_age_s; /* of the newest head of the issuer's log */
    garita_utf8 denied;   /* the id that the lane denies; len 0: none */
    /* How many attestations were about somebody else. They are not among those shown. */
    size_t others_count;
    size_t shown_count;
    size_t bytes_len;

    /* What follows is only filled, and zero, as far as is said. */

    /* Attestations, shown_count of them: those of this subject in its own code; of those beside the
     * ones that count, then its others; last those beside that nobody can read, which may be
     * anybody's (those in its own code stand with the first). None twice: one authority's serial,
     * or the same bytes. None at all until the credential has been read. */
    garita_shown shown[GARITA_SHOWN_MAX];
    /* As many as the lane has of each, in the lane's order. Nothing is asked of what was not
     * judged: a credential that was not read, a lane that waives or lacks its policy. */
    garita_requirement_result requirements[GARITA_REQUIREMENTS_MAX];
    garita_rule_result rules[GARITA_RULES_MAX];
    /* The code's bytes, which credential and shown point into: do not copy or move a verdict. */
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
} garita_verdict;

/* Judges the text of one QR code (no line ending). A text that is not ours is GARITA_NO_VERDICT,
 * foreign-qr; one that holds attestations alone is GARITA_NO_VERDICT, NONE: there was no credential
 * to judge, and shown has all of them, in their order, each judged. */
void garita_verify_text(garita_verdict *out, const garita_setting *setting, const char *text,
                        size_t text_len);

/* Judges a code's bytes: a statement, or a packet (garita/packet.h). */
void garita_verify_statement(garita_verdict *out, const garita_setting *setting,
                             const uint8_t *bytes, size_t bytes_len);

/* Judges an attestation's statement by itself, for setting->beside; who else it is shown with does
 * not matter, so setting->beside and is_member are not looked at. *out points into bytes. */
void garita_verify_attestation(garita_shown *out, const garita_setting *setting,
                               const uint8_t *bytes, size_t bytes_len);

/* What rules see (core/FORMAT.md, "What a rule sees"): a verdict's credential, the attestations
 * that count and are young enough for what the lane requires, the lane and the time.
 * verdict->has_credential. *out points into the verdict, the setting, texts and room, which is used
 * from where it stands, and of which so much is always enough: GARITA_VIEW_VALUES_MAX values and
 * GARITA_VIEW_MEMBERS_MAX members. */
void garita_rule_view(garita_value *out, garita_room *room, char texts[GARITA_VIEW_TEXT_MAX],
                      const garita_verdict *verdict, const garita_setting *setting);

#ifdef __cplusplus
}
#endif

#endif
